#!/usr/bin/env bash
# What goes wrong in a run, and what is said of it.
# shellcheck disable=SC2016,SC2317 # tasks expand, not this shell; `t` calls the functions
. "$(dirname "$0")/lib.sh"

export LENGTH=876$$ # of a sleep that nobody else sleeps
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "SEED=$seed"

# fails STATUS CODE TEXT COMMAND…: it ends with the status and tells the code and the text
fails() {
  local expected=$1 code=$2 text=$3 output actual=0
  shift 3
  output=$("$@" 2>&1) || actual=$?
  [[ $actual == "$expected" && $output == *"error[$code]"* && $output == *"$text"* ]] || {
    echo "status $actual instead of $expected, or no $code with \`$text\`: $output"
    return 1
  }
}

# one_line COMMAND…: it tells one error
one_line() {
  local output
  output=$("$@" 2>&1 > /dev/null)
  [[ $(grep -c '^error' <<< "$output") == 1 ]] || { echo "$output"; return 1; }
}

# ---- inputs ----

cat > inputs.wf <<'W'
type Row = (id: String, n: Int)
task lines(f: File) -> (n: Int = read_int("n")) { run "wc -l < ~{f} > n" }
task names(d: Dir) -> (n: Int = read_int("n")) { run "ls ~{d} | wc -l > n" }
flow main(
  reads: File,                  ## what is read
  folder: Dir,
  rows: [Row] = [],
  min_quality: Int = 1,
  limit: Size = 1 GiB
) -> (n: Int, m: Int, sum: Int, bytes: Size) {
  n = lines(reads)
  m = names(folder)
  sum = fold s = min_quality for r in rows { s + r.n }
  bytes = limit
}
W
t "inputs are built" build inputs.wf inputs
echo a > a.txt
mkdir dir
good=(./inputs --reads a.txt --folder dir)
t "all is well with good ones" json '.n == 1 and .sum == 1' "${good[@]}"
t "missing inputs" fails 2 R0004 "--reads" ./inputs
t "each of them" fails 2 R0004 "--folder" ./inputs
t "an input's description is its hint" says "what is read" ./inputs
t "an unknown flag" fails 2 R0001 'did you mean --min_quality?' "${good[@]}" --min-qualty 3
t "an unknown option" fails 2 R0001 'did you mean --dry-run?' "${good[@]}" --dry-rn
t "a flag without a value" fails 2 R0002 "--reads" ./inputs --folder dir --reads
t "an argument of no flag" fails 2 R0003 'b.txt' "${good[@]}" b.txt
t "an input given twice" fails 2 R0005 "--reads" "${good[@]}" --reads a.txt
t "a wrong number of jobs" fails 2 R0006 '"0"' "${good[@]}" -j 0
t "a file that is not there" fails 2 R0010 'missing.txt' ./inputs --reads missing.txt --folder dir
t "a directory for a file" fails 2 R0011 'dir' ./inputs --reads dir --folder dir
t "a file for a directory" fails 2 R0012 'a.txt' ./inputs --reads a.txt --folder a.txt
t "a device for a file" fails 2 R0014 '/dev/null' ./inputs --reads /dev/null --folder dir
t "several errors are all told" fails 2 R0012 'error[R0010]' ./inputs --reads missing.txt --folder a.txt
t "not an Int" fails 2 R0020 '"many"' "${good[@]}" --min-quality many
t "too large for an Int" fails 2 R0021 '99999999999999999999' "${good[@]}" --min-quality 99999999999999999999
t "not a quantity" fails 2 R0024 '--limit' "${good[@]}" --limit much
t "a unit of something else" fails 2 R0025 '--limit' "${good[@]}" --limit '4 h'
t "a quantity without its unit" fails 2 R0028 'units of Size: B, ' "${good[@]}" --limit 4
printf '{"limit": 4}\n' > limit.json
t "nor in a document" fails 2 R0028 'limit.json:1:11' "${good[@]}" --inputs limit.json
printf '{"limit": "4 kB"}\n' > limit.json
t "a string with the unit" json '.bytes == 4000' "${good[@]}" --inputs limit.json

printf 'id\tn\nx\t1\ny\ttwo\n' > rows.tsv
t "a wrong cell: row and column" fails 2 R0020 'rows.tsv:3' "${good[@]}" --rows rows.tsv
t "the column's name" says 'column 2 (n)' "${good[@]}" --rows rows.tsv
printf 'id\tn\nx\t1\ny\n' > rows.tsv
t "a row that is too short" fails 2 R0043 'rows.tsv:3' "${good[@]}" --rows rows.tsv
printf 'id\tm\nx\t1\n' > rows.tsv
t "a column that is missing" fails 2 R0041 '"n"' "${good[@]}" --rows rows.tsv
: > rows.tsv
t "a table without a header" fails 2 R0040 'rows.tsv' "${good[@]}" --rows rows.tsv
printf 'id,n\n"x,1\n' > rows.csv
t "a quote that is not closed" fails 2 R0044 'rows.csv' "${good[@]}" --rows rows.csv
printf '{"reads": "a.txt",\n "folder": "dir",\n "min_quality": [}\n' > in.json
t "wrong JSON: line and column" fails 2 R0030 'in.json:3:' ./inputs --inputs in.json
printf '{"reads": "a.txt",\n "folder": "dir",\n "min_quality": "x"}\n' > in.json
t "a value of another kind" fails 2 R0026 'in.json:3:' ./inputs --inputs in.json
printf '{"reads": "a.txt",\n "folder": "dir",\n "rows": [{"id": "x", "n": 1, "k": 2}]}\n' > in.json
t "an unknown field" fails 2 R0031 'k' ./inputs --inputs in.json
printf '{"reads": "a.txt",\n "folder": "dir",\n "rows": [{"id": "x"}]}\n' > in.json
t "a field that is missing" fails 2 R0032 'n' ./inputs --inputs in.json
printf 'reads: a.txt\nfolder: dir\nrows:\n - {id: x, n: [\n' > in.yaml
t "wrong YAML" fails 2 R0030 'in.yaml:' ./inputs --inputs in.yaml
printf 'reads: a.txt\nfolder: dir\nrows:\n - {id: x, n: 4}\n' > in.yaml
t "good YAML" json '.sum == 5' ./inputs --inputs in.yaml

# ---- what tasks make ----

# task NAME FILE: a workflow of one task
one() { printf 'task work() -> (%s) {\n  %s\n}\nflow main() -> (r: %s) { r = work() }\n' "$2" "$3" "$1" > one.wf && build one.wf one && rm -rf results; }
# task_fails NAME TYPE OUTPUT BODY CODE TEXT
task_fails() {
  local name=$1 type=$2 output=$3 body=$4
  t "$name: built" one "$type" "$output" "$body"
  t "$name" fails 1 "$5" "$6" ./one
}
task_fails "an output that is not made" File 'r: File = "r.txt"' 'run "true"' R0080 'r.txt'
task_fails "a directory for a file" File 'r: File = "r.txt"' 'run "mkdir r.txt"' R0083 'r.txt'
task_fails "a file for a directory" Dir 'r: Dir = "r"' 'run ": > r"' R0083 'r'
task_fails "a link that leads nowhere" File 'r: File = "r"' 'run "ln -s nowhere r"' R0082 'r'
task_fails "an output outside" File 'r: File = "../r"' 'run ": > ../r"' R0081 '../r'
task_fails "text that is no Int" Int 'r: Int = read_int("n")' 'run "echo 1x > n"' R0020 '1x'
task_fails "text that is no Bool" Bool 'r: Bool = read_bool("n")' 'run "echo yes > n"' R0023 'yes'
task_fails "a line that is no Float" Float 'r: Float = read_float("n")' 'run "echo > n"' R0022 'n'
task_fails "JSON that is none" Int 'r: Int = read_json("n").a' "run \"printf '{\\\\n  x}' > n\"" R0030 'n:2:'
task_fails "nothing at that place" Int 'r: Int = read_json("n").a.b' "run \"echo '{\\\"a\\\": {}}' > n\"" R0034 'b'
task_fails "a wrong cell" '[(a: Int)]' 'r: [(a: Int)] = read_tsv("n")' "run \"printf 'a\\\\n1\\\\nx\\\\n' > n\"" R0020 'n:3'
task_fails "text that is not UTF-8" String 'r: String = stdout' "run \"printf '\\\\377'\"" R0015 'UTF-8'
task_fails "a program that is not there" String 'r: String = stdout' 'run "no-such-program-here -x"' R0103 'no-such-program-here'
task_fails "one in a shell" String 'r: String = stdout' 'run "no-such-program-here -x; :"' R0100 '127'
task_fails "an interpreter that is not there" String 'r: String = stdout' 'run "/no/python" "print(1)"' R0103 '/no/python'
task_fails "a signal" String 'r: String = stdout' 'run "kill -SEGV $$; sleep 1"' R0101 'SIGSEGV'
task_fails "more CPUs than there are" String 'r: String = stdout' 'cpus 100000
  run "true"' R0104 '100000 CPUs'
task_fails "more memory" String 'r: String = stdout' 'memory 1000 TiB
  run "true"' R0104 'memory'
task_fails "GPUs" String 'r: String = stdout' 'gpus 65
  run "true"' R0104 'GPUs'

# ---- expressions ----

cat > expr.wf <<'W'
fn pick(xs: [Int], i: Int) -> Int = xs[i]
flow main(xs: [Int] = [1, 2], ys: [Int] = [1, 2], i: Int = 0, d: Int = 1, s: String = "1") -> (a: Int, b: Int, c: Int, e: [Int]) {
  a = pick(xs, i)
  b = 10 / d + 10 % d
  c = parse_int(s)
  e = for x in xs, y in ys { x * y }
}
W
t "expressions are built" build expr.wf expr
t "division by zero" fails 1 R0062 'expr.wf:4:' ./expr --d 0
t "an index out of range" fails 1 R0106 'index 2 of an array of 2 elements' ./expr --i 2
t "with its place" says 'expr.wf:1:' ./expr --i 2
t "a negative index" fails 1 R0106 'index -1' ./expr --i -1
t "text that is no number" fails 1 R0060 'x' ./expr --s x
t "arrays of unequal length" fails 1 R0107 '2 and 1 elements' ./expr --ys 1
t "one error, one line" one_line ./expr --i 2

# ---- the state directory ----

cat > slow.wf <<'W'
task nap(i: Int, pause: Float) -> (n: Int = stdout) { run "sleep ~{pause}; echo ~{i}" }
flow main(n: Int = 3, pause: Float = 0.0) -> (ns: [Int]) { ns = for i in range(n) { nap(i, pause) } }
W
t "a slow one is built" build slow.wf slow
two_at_once() {
  rm -rf two
  ./slow --pause 9 --out two > /dev/null 2>&1 &
  local pid=$!
  for ((k = 0; k < 500; k++)); do if [[ -s two/.weft/lock ]]; then break; else sleep 0.01; fi; done
  fails 1 R0109 "process $pid on $(hostname)" ./slow --out two
  local result=$?
  kill "$pid" && wait "$pid"
  return "$result"
}
t "two runs on one state directory" two_at_once
t "the lock goes with the run" status 0 ./slow --out two
another_version() {
  cp -r two/.weft other
  sed -i '1s/.*/weft-journal 7/' other/journal
  fails 1 R0110 'version 7' ./slow --out two --state other && grep -q '^weft-journal 7' other/journal
}
t "a state directory of another version" another_version
not_a_state() {
  mkdir -p strange
  echo hello > strange/journal
  fails 1 R0111 'strange' ./slow --out two --state strange && [[ $(cat strange/journal) == hello ]]
}
t "a journal that is none" not_a_state

# A journal that was cut off, or has other bytes in it, costs no more than what the damage hides.
./slow --n 8 -j 8 --out cut > expected.json 2> /dev/null
cut_journal() {
  local size state=cut/.weft
  size=$(stat -c %s "$state/journal")
  cp "$state/journal" journal.whole
  for ((n = 0; n < 25; n++)); do
    cp journal.whole "$state/journal"
    truncate -s $((RANDOM % size)) "$state/journal"
    ./slow --n 8 -j 8 --out cut > again.json 2> err || { cat err; return 1; }
    cmp expected.json again.json || return 1
    says "0 tasks run, 8 found done" ./slow --n 8 --out cut || return 1
  done
}
t "a journal cut off anywhere" cut_journal
garbled_journal() {
  local size state=cut/.weft
  size=$(stat -c %s journal.whole)
  for ((n = 0; n < 25; n++)); do
    cp journal.whole "$state/journal"
    printf 'X' | dd of="$state/journal" bs=1 seek=$((16 + RANDOM % (size - 16))) conv=notrunc status=none
    ./slow --n 8 -j 8 --out cut > again.json 2> err || { cat err; return 1; }
    cmp expected.json again.json || return 1
  done
}
t "a journal with a wrong byte" garbled_journal

into_pipe() {
  mkfifo pipe && exec 3<> pipe
  ./slow --n 1 --out two --report pipe && [[ -p pipe && $(head -c 15 pipe) == '<!DOCTYPE html>' ]]
  local result=$?
  exec 3>&-
  return "$result"
}
t "a report into a pipe, which stays one" into_pipe
t "a summary that cannot be written" fails 1 R0112 'summary' bash -c './slow --n 1 --out two 2>&1 > /dev/full'
t "no standard output: no summary" status 0 bash -c './slow --n 1 --out two >&-'
t "nothing of it in the journal" bash -c '! grep ns two/.weft/journal | grep "{"'

# ---- ends of tasks ----

cat > ends.wf <<'W'
task late() -> (r: String = stdout) { timeout 0.3 s
  run "sleep $LENGTH & sleep $LENGTH; echo done" }
task flaky(log: String, times: Int) -> (r: String = stdout) { retries 3
  run "echo x >> ~{log}; test $(wc -l < ~{log}) -ge ~{times}; echo good" }
task odd(code: Int) -> (r: String = stdout) { accept [0, 3]
  run "echo with ~{code}; exit ~{code}" }
task bad(i: Int, text: String) -> (r: Int = stdout) {
  run """
    echo "on the way" >&2; echo made > made.txt
    for k in $(seq 30); do echo "line $k" >&2; done
    echo ~{text} > text.txt
    if test ~{i} = 1; then exit 7; fi; echo ~{i}
  """ }
flow one_late() -> (r: String) { r = late() }
flow one_flaky(log: String, times: Int) -> (r: String) { r = flaky(log, times) }
flow one_odd(code: Int) -> (r: String) { r = odd(code) }
flow bads(text: String = "a b") -> (rs: [Int], sum: Int, other: String) {
  rs = for i in range(4) { bad(i, text) }
  sum = fold s = 0 for r in rs { s + r }
  other = odd(0)
}
W
for flow in one_late one_flaky one_odd bads; do t "flow $flow is built" build ends.wf $flow --flow $flow; done
timed_out() {
  fails 1 R0102 'timeout of 0.3 s' ./one_late --out late && ! pgrep -f "sleep $LENGTH"
}
t "a timeout ends the whole group" timed_out
t "retries: enough" json '.r == "good"' ./one_flaky --log "$work/flaky1" --times 4 --out flaky
t "each is told" says 'attempt 2 of 4 follows' ./one_flaky --log "$work/flaky2" --times 4 --out flaky
t "retries: too few" fails 1 R0100 'exit status 1' ./one_flaky --log "$work/flaky3" --times 5 --out flaky
t "as many runs as were allowed" test "$(wc -l < "$work/flaky3")" = 4
t "an exit code that is accepted" json '.r == "with 3"' ./one_odd --code 3 --out odd
t "one that is not" fails 1 R0100 'exit status 4' ./one_odd --code 4 --out odd

kept=b/.weft/failed/rs-1.bad
hostile="it's \$(touch oops) \"x\""
t "a failing task: its status" fails 1 R0100 'rs[1]/bad failed: exit status 7' ./bads --out b --text "$hostile"
t "its place" says 'ends.wf:7:' ./bads --out b --text "$hostile"
t "its command" says 'if test 1 = 1; then exit 7' ./bads --out b --text "$hostile"
t "the end of its standard error" says 'line 30' ./bads --out b --text "$hostile"
t "only the end" bash -c '! ./bads --out b 2>&1 | grep -x " *on the way"'
t "its directory" says "$work/$kept" ./bads --out b --text "$hostile"
t "which has what it made" test "$(cat "$kept/made.txt")" = made
t "and all of standard error" grep -q 'on the way' "$kept/stderr.log"
repeat() {
  local command
  command=$(./bads --out b --text "$hostile" 2>&1 | sed -n 's/.*to repeat it alone: *//p')
  [[ $command ]] || return 1
  status 7 bash -c "$command" && [[ $(cat "$kept/text.txt") == "$hostile" ]]
}
t "the command that repeats it works" repeat
t "no value was executed" test "$(find . -name oops)" = ""
t "--keep-going does the rest" says '4 tasks run, 1 failed' ./bads --keep-going --out b2
t "and fails all the same" status 1 ./bads --keep-going --out b2
t "what needs it does not run" bash -c '[ -z "$(./bads -k --out b2 2> /dev/null)" ]'
t "without it, it ends soon" status 1 ./bads -j 1 --out b3
finish
