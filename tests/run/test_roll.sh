#!/usr/bin/env bash
# Flat workflows as small ones, and back. `weft roll` itself checks that what it writes comes to the same jobs. Real workflows are
# looked for in $WEFT_WORKFLOWS, else in ../shared/workflows beside the source tree.
. "$(dirname "$0")/lib.sh"
data=${WEFT_WORKFLOWS:-$root/../shared/workflows}

# rolls FILE LINE…: these lines are in what it is rolled to, and that can be read
rolls() {
  local line
  "$weft" roll "$1" -o rolled.wf && "$weft" check rolled.wf || return
  for line in "${@:2}"; do grep -qF -e "$line" rolled.wf || { echo "no \`$line\` in:"; cat rolled.wf; return 1; }; done
}

# document NAME JOBS: a WfFormat document of jobs `name: input… > output…`
document() {
  python3 - "$2" > "$1" << 'END'
import json, sys
tasks = []
for number, line in enumerate(sys.argv[1].strip().splitlines()):
    program, rest = line.split(":")
    ins, outs = (part.split() for part in rest.split(">"))
    tasks.append({"name": "%s_%d" % (program.strip(), number),
                  "files": [{"name": n, "link": "input"} for n in ins] + [{"name": n, "link": "output"} for n in outs]})
json.dump({"schemaVersion": "1.4", "workflow": {"tasks": tasks}}, sys.stdout)
END
}

document each.json 'a: x0 > y0
a: x1 > y1
a: x2 > y2
b: y0 > z0
b: y1 > z1
b: y2 > z2'
t "the same element" rolls each.json 'b_all = for i in range(3) { b([a_all[i]]) }'

document all.json 'a: x0 > y0
a: x1 > y1
b: y0 y1 > z'
t "all" rolls all.json 'b_one = b(a_all)'

document broadcast.json 'a: x > y
b: y p0 > z0
b: y p1 > z1'
t "one for all" rolls broadcast.json 'b_all = for i in range(2) { b([a_one, p0[i]]) }'

document groups.json 'a: x0 > y0
a: x1 > y1
a: x2 > y2
a: x3 > y3
b: y0 y1 > z0
b: y2 y3 > z1'
t "equal groups" rolls groups.json 'b((for k in range(2) { a_all[2 * i + k] }))'

document uneven.json 'a: x0 > y0
a: x1 > y1
a: x2 > y2
b: y0 > z0
b: y1 y2 > z1'
t "uneven groups" rolls uneven.json 'starts = [0, 1, 3]' 'b((for k in range(starts[i + 1] - starts[i]) { a_all[starts[i] + k] }))'

document window.json 'a: x0 > y0
a: x1 > y1
a: x2 > y2
a: x3 > y3
b: y0 y1 > z0
b: y1 y2 > z1
b: y2 y3 > z2'
t "windows" rolls window.json 'b((for k in range(2) { a_all[i + k] }))'

document cross.json 'a: x0 > y0
a: x1 > y1
b: y0 p > z0
b: y0 q > z1
b: y0 r > z2
b: y1 p > z3
b: y1 q > z4
b: y1 r > z5'
t "each with each" rolls cross.json 'b([a_all[i / 3], p[i % 3]])'

document table.json 'a: x0 > y0
a: x1 > y1
a: x2 > y2
a: x3 > y3
b: y0 y1 > z0
b: y0 y3 > z1
b: y1 y2 > z2'
t "a table where nothing else fits" rolls table.json 'table = ['

document shuffled.json 'b: y2 y3 > z1
a: x3 > y3
a: x0 > y0
b: y1 y0 > z0
a: x2 > y2
a: x1 > y1'
t "the order of the document makes no difference" rolls shuffled.json 'b((for k in range(2) { a_all[2 * i + k] }))'

document outputs.json 'split: x > p0 p1 p2
work: p0 > q0
work: p1 > q1
work: p2 > q2
join: q0 q1 q2 > r log'
t "parts of one job" rolls outputs.json 'work_all = for i in range(3) { work([split_one[i]]) }' '-> (join_one: [File])'

t "equal jobs get numbers" rolls "$root/tests/import/more/twins.json" 'draw_all = for i in range(3) { draw(i) }' 'report() after draw_all'
t "a workflow of the language is none" says E0802 "$weft" roll "$root/corpus/pi/pi.wf"

# ---- expand ----

cat > gen.wf << 'END'
task sim(seed: Int, deck: File) -> (out: File = "out") { run "sim ~{seed} ~{deck}" }
task merge(xs: [File]) -> (out: File = "out") { run "merge ~{xs}" }
flow main(n: Int = 3, deck: File) -> (r: File) {
  r = merge(for i in range(n) { sim(i, deck) })
}
END
calls() { [[ $("$weft" expand gen.wf "${@:2}" | grep -c '= sim(') == "$1" ]]; }
t "expand with a default" calls 3
t "expand with a given width" calls 5 --n 5
t "what is expanded can be read" sh -c '"$1" expand -o flat.wf gen.wf && "$1" check flat.wf' - "$weft"
printf '%s\n' 'task f(x: Int) -> (y: Int = read_int("y")) { run "f ~{x}" }' 'flow main(n: Int) -> (ys: [Int]) { ys = for i in range(n) { f(i) } }' > open.wf
t "a width that is not known" says E0807 "$weft" expand open.wf
printf '%s\n' 'task f(x: Int) -> (y: Int = read_int("y")) { run "f ~{x}" }' 'flow main() -> (y: Int) { y = loop s = 0 { f(s) } until s > 3 max 5 }' > loop.wf
t "a loop" says E0807 "$weft" expand loop.wf

# ---- real workflows ----

if [[ ! -d $data ]]; then
  skip "real workflows: roll and back" "there is no $data"
  finish
fi
mapfile -t all < <(find "$data/wfformat-1.5" "$data/wfformat-versions" "$data/dax" "$data/dax-pegasus" "$data/pegasus-yaml" \
  -type f ! -name '*sample*' | sort)
t "there are workflows" test "${#all[@]}" -ge 85
lines=()
roll_all() {
  local file
  for file in "${all[@]}"; do
    "$weft" roll "$file" -o rolled.wf 2> told || { echo "$file"; cat told; return 1; }
    lines+=("$(wc -l < rolled.wf)")
  done
}
t "each is rolled to what comes to the same jobs" roll_all
median() { printf '%s\n' "${lines[@]}" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
t "half of them to fewer than 30 lines" test "$(median)" -lt 30
no_table() {
  local file
  for file in "$data"/wfformat-1.5/pegasus/{1000genome,epigenomics,seismology}/*.json "$data"/wfformat-1.5/makeflow/blast/*.json; do
    "$weft" roll "$file" | grep -q '^  table' && { echo "$file"; return 1; }
  done
  return 0
}
t "no table where nothing is irregular" no_table
one_table() {
  local file
  for file in "$data"/wfformat-1.5/pegasus/montage/*.json; do
    [[ $("$weft" roll "$file" | grep -c '^  table') == 1 ]] || { echo "$file"; return 1; }
  done
}
t "one table for the overlaps of Montage" one_table

finish
