#!/usr/bin/env bash
# Workflows are prepared, their tasks run one by one, the results published: the same bytes as a run's, whatever is
# killed on the way.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

kills=${KILLS:-40}
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "SEED=$seed KILLS=$kills"
export RAN=$work/ran
corpus=$root/corpus

# prepare EXE OUT ARGS…: OUT.tasks and OUT.list; what is told last must be right
prepare() {
  "$1" "${@:3}" --out "$2" --prepare "$2.tasks" > "$2.list" 2> "$2.err" || { cat "$2.err"; return 1; }
  last "$2" '.tasks >= 0 and .found >= 0'
}
last() { tail -n 1 "$1.list" | jq -e "$2" > /dev/null || { echo "not $2: $(tail -n 1 "$1.list")"; return 1; }; }
count() { tail -n 1 "$1.list" | jq .tasks; }

# Elements two at a time: each starts when what it needs has run, in the order of levels.
elements() {
  local exe=$1 out=$2 level
  for level in $(jq -r 'select(.level != null) | .level' "$out.list" | sort -nu); do
    jq -r "select(.level == $level) | .task" "$out.list" |
      xargs -r -P 2 -n 1 "$exe" --element "$out.tasks" >> "$out.log" 2>&1 || [[ ${failures:-} ]] || { cat "$out.log"; return 1; }
  done
}

# through EXE OUT ARGS…: until nothing is later
through() {
  local exe=$1 out=$2 rounds
  for ((rounds = 0; rounds < 40; rounds++)); do
    prepare "$@" || return 1
    elements "$exe" "$out" || return 1
    last "$out" '.blocked == false' > /dev/null && return 0
    (($(count "$out"))) || { echo "nothing to do, and blocked:"; cat "$out.list"; return 1; }
  done
  echo "no end after $rounds preparations"
  return 1
}

# lines FILTER COMMAND…: its lines of JSON as one array
lines() {
  local output
  output=$("${@:2}" 2> /dev/null)
  jq -se "$1" <<< "$output" > /dev/null || { echo "not $1: $output"; return 1; }
}

# Files are told by their contents.
summary() { jq -S 'walk(if type == "object" and has("sha256") then .path |= sub(".*/"; "") else . end)' "$@"; }
files() { (cd "$1" && find . -path ./.weft -prune -o -type f -print0 | sort -z | xargs -0r sha256sum); }

# same EXE ARGS…: a run, and a preparation with all its elements, give the same; what was done is found afterwards
same() {
  local exe=$1 name
  name=$(basename "$exe")
  rm -rf "$name.run" "$name.alone"
  "$exe" "${@:2}" --out "$name.run" -q > "$name.run.json" || return 1
  through "$exe" "$name.alone" "${@:2}" || return 1
  prepare "$exe" "$name.alone" "${@:2}" || return 1
  last "$name.alone" '.tasks == 0 and .blocked == false' || return 1
  "$exe" "${@:2}" --out "$name.alone" --finish > "$name.alone.json" 2> "$name.err" || { cat "$name.err"; return 1; }
  cmp <(summary "$name.run.json") <(summary "$name.alone.json") || return 1
  cmp <(files "$name.run") <(files "$name.alone") || return 1
  "$exe" "${@:2}" --out "$name.alone" --finish > "$name.again.json" && cmp "$name.alone.json" "$name.again.json" || return 1
  [[ ! -e $name.alone/.weft/running ]] || { ls "$name.alone/.weft/running"; return 1; }
  # and what a run has done is found by a preparation
  prepare "$exe" "$name.run" "${@:2}" && { [[ ${volatile:-} ]] || last "$name.run" '.tasks == 0'; }
}

t "words" build "$corpus/words/words.wf" words
t "words, alone" same ./words --texts "$corpus/words/texts/sonnet.txt" --texts "$corpus/words/texts/tyger.txt" \
  --texts "$corpus/words/texts/the wheelbarrow.txt" --texts "$corpus/words/texts/empty.txt"
t "ensemble" build "$corpus/ensemble/ensemble.wf" ensemble
t "ensemble, alone" same ./ensemble --disease "$corpus/ensemble/disease.txt" --path "$corpus/ensemble/path.txt" --members 5
t "pi" build "$corpus/pi/pi.wf" pi
t "pi, which has no tasks" same ./pi --members 3 --samples 100
if "$corpus/variants/make-data" data > /dev/null 2> no-data && command -v bowtie2 samtools bcftools > /dev/null; then
  t "variants" build "$corpus/variants/variants.wf" variants
  t "variants, alone" same ./variants --samples data/samples.tsv --ref data/lambda.fa
else
  skip "variants" "bowtie2, samtools, bcftools or bowtie2-examples is not installed: $(cat no-data)"
fi

# ---- a workflow of everything ----

cat > all.wf <<'W'
type Pair = (f: File, n: Int)
task make(i: Int, name: String) -> (o: File = "~{name} ~{i}.txt", n: Int = read_int("n")) {
  cpus 2  memory 1 GiB  time 5 s
  run bash "echo ~{name} ~{i} > ~{o}; wc -c < ~{o} > n"
}
task blank() -> (o: File = "empty", d: Dir = "dir") { run "mkdir dir; : > empty; : > dir/empty" }
task join(fs: [File]) -> (o: File = "joined") { env (SEP: "it's\n\"\t$HOME") run "cat ~{fs} /dev/null > ~{o}; echo \"$SEP\" >> ~{o}" }
task maybe(i: Int) -> (o: File? = "odd", always: File = "always") {
  run "echo ~{i} > always; [ $((~{i} % 2)) = 0 ] || echo ~{i} > odd"
}
task split(f: File, n: Int) -> (parts: [File] = glob("part*"), first: String = stdout) {
  run bash "split -n l/~{n} ~{f} part; head -n 1 ~{f}"
}
task up(f: File) -> (o: File = stdout) { memory 1 MiB + 2 * size(f)  stdin f  run "tr a-z A-Z" }
task stage_in(f: File, d: Dir) -> (o: File = "out") { stage (f: "sub dir/in.txt", d: "d") run "cat 'sub dir/in.txt' > out; ls d >> out" }
task read(names: [String]) -> (o: File = "listed") { run "cat ~{names} > listed" }
task grow(f: File) -> (o: File = "grown", n: Int = read_int("n")) { run "cat ~{f} ~{f} > ~{o}; wc -c < ~{o} > n" }
assoc task both(a: File, b: File) -> (o: File = "both") { run "cat ~{a} ~{b} > ~{o}" }
task nothing_yet() -> (o: File = "none") { run ": > none" }

flow main(n: Int = 3, name: String = "it's \"q\"\n~ é $(x)", none_at_all: [Int] = []) -> (
  made: [File], nested: [[File]], joined: File, empty: File, dir: Dir, odd: [File?], parts: [File], first: String,
  upper: [File], staged: File, listed: File, grown: Pair, tree: File, nothing: [File], chosen: File?, long: [String], equal: Bool
) {
  ms = for i in range(n) { make(i, name) }
  made = for m in ms { m.o }
  nested = for i in range(2) { for j in range(i + 1) { make(i * 10 + j, "x").o } }
  joined = join(made)
  e = blank()
  empty = e.o
  dir = e.d
  mb = for i in range(n) { maybe(i) }
  odd = for m in mb { m.o }
  s = split(joined, 2)
  parts = s.parts
  first = s.first
  upper = for p in s.parts { up(p) }
  staged = stage_in(joined, e.d)
  listed = read(for m in made { "~{m}" })
  grown = loop g = (f: joined, n: 0) { let r = grow(g.f) in (f: r.o, n: r.n) } until g.n > 300 max 5
  tree = fold nothing_yet() for m in made by both
  nothing = for i in none_at_all { make(i, "no").o }
  chosen = if ms[0].n > 3 { join(for m in mb { m.always }) }
  long = for m in ms if m.n > 1 { basename(m.o) }
  equal = made[0] == made[1]
}
W
t "everything" build all.wf all
t "everything, alone, of two" same ./all --n 2 --name x
t "everything, alone" same ./all
t "the same tasks by another preparation" bash -c './all --out all.alone --prepare p2 | tail -n 1 | jq -e ".tasks == 0"'
t "what only a run tells is told" bash -c '! ./all --list-tasks 2> err > list && grep -q "error.R0122.: .* asks for .*, which only a run of .* tells" err && grep -q " --> all.wf:" err'
t "a run takes over what was prepared" bash -c '
  rm -rf over && ./all --out over --prepare over.tasks > over.list && ./all --element over.tasks 0 && ./all --element over.tasks 1 &&
  ./all --out over 2>&1 > over.json | grep -q "tasks run, 2 found done"'
t "with the same results" cmp <(summary over.json) <(summary all.run.json)
t "an element that is done does nothing" bash -c '
  rm -rf twice ran && ./all --out twice --prepare twice.tasks > /dev/null && ./all --element twice.tasks 0 &&
  find twice -printf "%p %T@\n" > before && ./all --element twice.tasks 0 && find twice -printf "%p %T@\n" | cmp before -'
t "two at once are one" bash -c '
  rm -rf twice && ./all --out twice --prepare twice.tasks > /dev/null &&
  for k in 1 2 3 4; do ./all --element twice.tasks 0 & pids="$pids $!"; done; for p in $pids; do wait $p || exit 1; done
  test "$(ls twice/.weft/marks | wc -l)" = 1 && test ! "$(ls twice/.weft/running)"'

# ---- order without data, volatile tasks ----

cat > order.wf <<'W'
volatile task note(i: Int) { run "echo note ~{i} >> $RAN" }
volatile task draw(i: Int) -> (o: File = stdout) { run bash "echo draw ~{i} >> $RAN; echo $RANDOM$RANDOM" }
task made(i: Int) -> (o: File = "o") { run "echo made ~{i} >> $RAN; echo ~{i} > o" }
task copy(f: File) -> (o: File = "o") { run "cp ~{f} o" }
flow main(n: Int = 3) -> (a: [File], b: File, c: [File], d: [File]) {
  first = for i in range(n) { note(i) }
  a = for i in range(n) { made(i) after first }
  second = note(90) after a
  b = made(91) after second
  third = note(92) after b
  c = for i in range(n) { made(i + 100) after first, third }
  d = for i in range(n) { copy(draw(i)) }
}
W
t "order" build order.wf order
: > "$RAN"
t "order, alone" through ./order order.out
t "is one preparation" test "$(grep -c blocked order.out.list)" = 1
t "each task once" test "$(sort "$RAN" | uniq -d)" = ""
t "in the order said" bash -c 'awk "/note [0-2]\$/ { a = NR } /made [0-2]\$/ { if (NR < a || !a) exit 1; b = NR } /note 90/ { if (NR < b) exit 1; c = NR }
  /made 91/ { if (!c) exit 1; d = NR } /note 92/ { if (!d) exit 1; e = NR } /made 10/ { if (!e) exit 1 }" "$RAN"'
t "what many wait for is told once" lines '([.[] | select(.joint)] | length) == 2 and ([.[] | select(.joints)] | length) == 7' cat order.out.list
t "volatile ones are kept until the end" bash -c './order --out order.out --prepare o2 | tail -n 1 | jq -e ".tasks == 0"'
t "finish" bash -c './order --out order.out --finish > order.json'
t "and drawn anew after it" bash -c './order --out order.out --prepare o2 | tail -n 1 | jq -e ".tasks >= 8"'

cat > values.wf <<'W'
volatile task note(i: Int) { run "true ~{i}" }
task use(f: File, s: String) -> (o: File = "o") { run "cat ~{f} > o; echo ~{s} >> o" }
task mk(i: Int) -> (o: File = "o") { run "echo ~{i} > o" }
flow main(f: File, n: Int = 3) -> (o: File, q: [File], r: File) {
  p = for i in range(n) { note(i) }
  v = f after p
  o = use(v, "a")
  w = "~{n}" after note(77)
  q = for i in range(2) { use(f, "~{i}~{w}") }
  m = mk(5)
  l = loop s = m { use(s, "x") } until false max 2
  r = use(l, "z") after m
}
W
t "values that come after" build values.wf values
values() { ./values --f values.wf --out values.out --prepare values.tasks; }
t "a file of the inputs after many tasks" lines '(.[] | select(.label == "o")) | .joints == [0] and .needs == []' values
t "a text after one" lines '([.[] | select(.label == "note") | .task]) as $n | [.[] | select(.label | tostring | startswith("q["))] |
  length == 2 and all(.needs == $n)' values
t "what is used and what is not" lines '(.[] | select(.label == "r")) | (.needs | length) == 2 and .level == 3' values

cat > blocks.wf <<'W'
task qc(i: Int) -> (f: File = "f", n: Int = read_int("n")) { run "echo ~{i} > f; echo ~{i} > n" }
task split(n: Int) -> (p: [File] = glob("p*")) { run bash "for ((i=0;i<~{n};i++)); do echo $i > p$i; done" }
task up(f: File) -> (o: File = "up.txt") { run "cp ~{f} ~{o}" }
task sized(f: File) -> (o: File = "s") { memory size(f) * 2 + 1 MiB  run "cp ~{f} ~{o}" }
flow main(n: Int = 3, big: Bool = false) -> (q: [Int], s: Int, u: [File], f: [File], g: File?) {
  a = for i in range(n) { qc(i) }
  q = for x in a { x.n + 1 }
  s = fold t = 0 for x in a { t + x.n }
  u = for p in split(n) { up(p) }
  f = for x in a { up(x.f) }
  g = if big { sized(qc(9).f) }
}
W
t "what is later" build blocks.wf blocks
t "only what more tasks may come of blocks" lines '([.[] | select(.later)] | length) == 4 and ([.[] | select(.blocks) | .later] == ["split"])' \
  ./blocks --out blocks.out --prepare blocks.tasks
t "a task whose attributes wait blocks" lines '[.[] | select(.blocks) | .why] | sort == ["a pattern of files", "the size of a file"]' \
  ./blocks --out blocks.out --prepare blocks.tasks --big
t "blocks, alone" same ./blocks --big

# ---- failures ----

cat > fail.wf <<'W'
task sometimes(i: Int) -> (o: File = "o") { retries 2  run "echo try ~{i} >> $RAN; [ $(grep -c \"try ~{i}\" $RAN) -ge $TRIES ]; echo ~{i} > o" }
task fails(f: File) -> (o: File = "o") { run "echo one two >&2; cp ~{f} o; exit 3" }
task use(f: File) -> (o: File = "o") { run "cp ~{f} o" }
task slow() -> (o: File = "o") { timeout 200 ms  run "sleep 9; : > o" }
task missing() -> (o: File = "o") { run "true" }
task noprogram() -> (o: File = "o") { run "no-such-program-here ~{1}" }
flow main() -> (a: File, b: File, c: File, d: File, e: File) {
  a = use(fails(sometimes(1)))
  b = slow()
  c = missing()
  d = noprogram()
  e = use(sometimes(2))
}
W
t "failures" build fail.wf fail
: > "$RAN"
export TRIES=2
t "failures, alone" env failures=1 bash -c "$(declare -f prepare last count elements through); failures=1 through ./fail fail.out"
t "tried again" test "$(grep -c . "$RAN")" = 4
ends() { # ends STATUS LABEL TEXT: the element of this label
  local number
  number=$(jq "select(.label == \"$2\") | .task" fail.out.list)
  says "$3" status "$1" ./fail --element fail.out.tasks "$number"
}
key() { jq -r "select(.label == \"$1\") | .key" fail.out.list; }
t "status, standard error" ends 1 fails "exit status 3"
t "what it said" ends 1 fails "one two"
t "timeout" ends 1 b "not done within its timeout"
t "output not made" ends 1 c 'the output "o" was not made'
t "no program" ends 1 d "no-such-program-here was not found"
t "what has failed is not there" ends 1 a "is not there"
t "what is done is done" ends 0 e ""
t "a mark of the failure" grep -q '^R0100 fails$' "fail.out/.weft/marks/$(key fails).failed"
t "its directory is kept" test -f fail.out/.weft/failed/fails/stderr.log
t "finish tells each" bash -c 'status=0; ./fail --out fail.out --finish 2> err || status=$?; ((status == 1)) &&
  for text in "exit status 3" "timeout of 0.2 s" "was not made" "was not found"; do grep -q "$text" err || exit 1; done'
t "and publishes nothing" test ! -e fail.out/e
t "an unprepared one is not done" says "is not done" ./fail --out other --finish
t "a failed element runs again" bash -c "TRIES=1; sed -i s/x/x/ $RAN; ./fail --out fail.out --prepare again.tasks | tail -n 1 | jq -e '.found == 3'"

# ---- answers, options ----

cat > ask.wf <<'W'
task use(s: String) -> (o: File = "o") { run "echo ~{s} > o" }
flow main() -> (o: File) { o = use(ask String("which?")) }
W
t "a question" build ask.wf ask
t "is later" lines '.[-1].blocked and (.[0].why == "an answer")' ./ask --out ask.out --prepare ask.tasks
t "its answer" lines '.[-1] == {"tasks": 1, "found": 0, "blocked": false}' ./ask --out ask.out --prepare ask.tasks --answer "$(
  ./ask --out ask.out --prepare ask.tasks | jq -r 'select(.later) | .later')=x"
t "is not waited for at the end" says "R0123" status 1 ./ask --out ask.out --finish
t "a question in a list" says R0122 status 1 ./ask --list-tasks

# fresh: nothing that was done before counts, until the end
fresh() {
  through ./all fresh.out || return 1
  ./all --out fresh.out --fresh --prepare fresh.out.tasks > fresh.out.list || return 1
  last fresh.out '.found == 0' || return 1
  elements ./all fresh.out || return 1
  prepare ./all fresh.out && last fresh.out ".found == $(./all --out none --prepare x.tasks | tail -n 1 | jq .tasks)"
}
rm -rf fresh.out
t "fresh" fresh

# ---- the list of tasks ----

cat > list.wf <<'W'
task gen(i: Int) -> (o: File = "a b ~{i}") { cpus 2 memory 1 GiB time 5 s ± 1 s retries 2 run "echo ~{i} > ~{o}" }
task cat(fs: [File], r: File) -> (o: File = stdout) { env (A: "x\ny") accept [0, 3] run "cat ~{fs} ~{r}; exit 3" }
task py(f: File) -> (o: File = "out") { stage (f: "in put") run python3 "open('out','w').write(open(~{f}).read() + open('in put').read())" }
task sum(t: String, f: File) -> (o: File = "s") { stdin f run "sort > s; echo ~{t} >> s" }
flow main(n: Int = 3, r: File) -> (o: File, p: File, s: [File]) {
  gs = for i in range(n) { gen(i) }
  c = cat(gs, r)
  o = c
  p = py(c)
  s = for i in range(2) for j in range(2) { sum("~{gs[i]}~{j}", c) }
}
W
echo ref > "ref 'x"
t "list" build list.wf list
list() { ./list --r "ref 'x" --list-tasks; }
t "all lines are JSON" lines 'length == 12 and .[0].workflow == "main" and (.[-1].outputs | length) == 3' list
t "folders are apart" lines '[.[].dir | select(.)] | length == 9 and (unique == sort) and all(test("^[^/]+/[^/]+$"))' list
t "needs have lower numbers" lines 'all(.[]; .task as $t | (.needs // []) | all(. < $t))' list
t "attributes" lines '.[2].cpus == 2 and .[2].memory == 1073741824 and .[2].time == 5 and .[2].time_sd == 1 and .[2].retries == 2' list
t "a path in a string is a need" lines '[.[] | select(.name == "sum") | .needs | length] == [2, 2, 2, 2]' list

# What the list says, run by a few lines of Python in a folder of its own, gives what a run gives.
cat > runner.py <<'P'
import json, os, subprocess, sys
root = os.path.abspath("listed")
lines = [json.loads(line) for line in sys.stdin]
at = lambda f: os.path.join(root, f["/"])
real = lambda text: text.replace("/.weft-root", root)
for t in lines:
    if "given" in t:
        os.makedirs(os.path.dirname(at(t)))
        os.symlink(t["given"], at(t))
    if "task" not in t: continue
    d = os.path.join(root, "store", t["dir"])
    os.makedirs(d)
    for s in t.get("stage", []):
        os.symlink(at(s["file"]), os.path.join(d, s["name"]))
    argv = [real(w) for w in t["argv"]] if "argv" in t else t["interpreter"] + [t["script"]]
    out = open(os.path.join(d, "stdout"), "w") if "stdout" in t else subprocess.DEVNULL
    inp = open(at(t["stdin_file"])) if "stdin_file" in t else subprocess.DEVNULL
    env = {k: real(v) for k, v in t.get("env", {}).items()}
    status = subprocess.run(argv, cwd=d, stdin=inp, stdout=out, env={**os.environ, "WEFT_DIR": root, **env}).returncode
    assert status in t.get("accept", [0]), t
    for f in t["outputs"]: assert os.path.exists(at(f)), f
for o in lines[-1]["outputs"][:2]: print(open(at(o["value"])).read())
P
by_list() {
  rm -rf listed
  list | python3 runner.py > by.list || return 1
  ./list --r "ref 'x" --out list.out -q > list.json || return 1
  for file in o p; do cat "$(jq -r ".$file.path" list.json)"; done > by.run
  diff <(sed '/^$/d' by.list) <(sed '/^$/d' by.run)
}
t "what the list says gives what a run gives" by_list

# ---- files of tasks that are not what they were ----

: > none.tasks
head -c 300 all.alone.tasks > short.tasks
./all --out damage --prepare damage.tasks > damage.list
t "an empty file" says R0125 status 2 ./all --element none.tasks 0
t "a torn one" says R0125 status 2 ./all --element short.tasks 0
t "no file" status 2 ./all --element nowhere.tasks 0
t "a number that is none" status 2 ./all --element damage.tasks x
t "a number too great" says R0125 status 2 ./all --element damage.tasks 100000
t "another workflow's" says R0125 status 2 ./list --element damage.tasks 0
flipped() { # each damage is told, or the task is what it was; nothing crashes
  local size at
  size=$(stat -c %s damage.tasks)
  for ((k = 0; k < 60; k++)); do
    cp damage.tasks flip.tasks
    at=$((RANDOM * 32768 % size + RANDOM % 100))
    printf '\x%02x' $((RANDOM % 256)) | dd of=flip.tasks bs=1 seek=$((at % size)) conv=notrunc status=none
    local s=0
    ./all --element flip.tasks $((RANDOM % 5)) > flip.log 2>&1 || s=$?
    ((s <= 2)) || { echo "status $s, byte $((at % size))"; cat flip.log; return 1; }
  done
}
t "a byte changed anywhere" flipped
torn() { # a mark that is torn is none: the element runs again, and the journal does not take it
  local mark
  mark=$(ls twice/.weft/marks/*.done)
  truncate -s 40 "$mark"
  ./all --out twice --prepare torn.tasks 2> torn.err | tail -n 1 | jq -e '.found == 0' || return 1
  grep -q "marks of finished tasks are damaged" torn.err || return 1
  ./all --element torn.tasks 0 && ./all --out twice --prepare torn.tasks | tail -n 1 | jq -e '.found == 1'
}
t "a torn mark" torn
damaged() { # an output that was changed is found out, and made again
  rm -rf damaged.out
  through ./all damaged.out || return 1
  local file
  file=$(find damaged.out/.weft/store -name joined | head -n 1)
  echo changed > "$file"
  status 1 ./all --out damaged.out --finish 2> /dev/null > /dev/null || return 1
  through ./all damaged.out && ./all --out damaged.out --finish > damaged.json && cmp <(summary damaged.json) <(summary all.run.json)
}
t "an output that was changed" damaged

# ---- killed ----

kill_one() { # kill_one SECONDS NUMBER
  ./all --element killed.out.tasks "$2" > /dev/null 2>&1 &
  local pid=$!
  sleep "$1"
  kill -KILL "$pid" 2> /dev/null
  wait "$pid" 2> /dev/null
}
killed() {
  rm -rf killed.out
  local tasks round k=0
  for ((round = 0; round < 30; round++)); do
    prepare ./all killed.out || return 1
    tasks=$(count killed.out)
    for ((; k < kills * (round + 1) / 4 && k < kills && tasks; k++)); do
      kill_one "$(awk -v r="$RANDOM" 'BEGIN { printf "%.4f", r / 32768 * 0.02 }')" $((RANDOM % tasks))
    done
    elements ./all killed.out || return 1
    last killed.out '.blocked == false' > /dev/null && break
  done
  ./all --out killed.out --finish > killed.json || return 1
  cmp <(summary killed.json) <(summary all.run.json) && cmp <(files killed.out) <(files all.run)
}
t "the first workflow again, for comparison" bash -c 'rm -rf all.run && ./all --out all.run -q > all.run.json'
t "killed at any instant" killed
t "told to stop: no mark" bash -c '
  rm -rf stop && ./fail --out stop --prepare stop.tasks > stop.list && n=$(jq "select(.label == \"b\") | .task" stop.list) &&
  { ./fail --element stop.tasks "$n" 2> stop.err & pid=$!; sleep 0.1; kill -TERM $pid; wait $pid; (($? == 143)); } &&
  ! ls stop/.weft/marks/* 2> /dev/null'
finish
