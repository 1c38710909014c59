#!/usr/bin/env bash
# Nothing is lost: runs that are killed at random moments, and runs that are told to stop.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

kills=${KILLS:-50}
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "SEED=$seed KILLS=$kills"

# Each task writes its name to $RAN as it starts.
cat > kill.wf <<'W'
task part(i: Int) -> (list: File = "list", n: Int = read_int("n")) {
  run "echo part ~{i} >> $RAN; seq ~{1000 * (i + 1)} > ~{list}; sleep 0.01; wc -l < ~{list} > n"
}
task join(parts: [File]) -> (all: File = "all", tail: Dir = "tail") {
  run "echo join >> $RAN; cat ~{parts} > ~{all}; mkdir tail; tail -n 5 ~{all} > tail/five; cp ~{all} tail/all"
}
task add(sum: Int, n: Int) -> (next: Int = read_int("next")) {
  run "echo add ~{sum} >> $RAN; echo $((~{sum} + ~{n})) > next"
}
task halve(n: Int) -> (half: Int = stdout) {
  run "echo halve ~{n} >> $RAN; echo $((~{n} / 2))"
}
volatile task stamp(i: Int) -> (text: String = stdout) {
  run "echo stamp ~{i} >> $RAN; sleep 0.01; echo s~{i}"
}
flow main(width: Int = 12) -> (all: File, tail: Dir, parts: [File], sum: Int, half: Int, stamps: [String]) {
  made = for i in range(width) { part(i) }
  parts = for m in made { m.list }
  j = join(parts)
  all = j.all
  tail = j.tail
  sum = fold s = 0 for m in made { add(s, m.n) }
  half = loop h = sum { halve(h) } until h < 10 max 50
  stamps = for i in range(5) { stamp(i) }
}
W

# What is in a results folder, names and contents, without what belongs to the runtime.
contents() {
  (cd "$1" && find . \( -name .weft -o -name '.weft-*' \) -prune -o -type f -print0 | sort -z | xargs -0r sha256sum)
}

# One line of $RAN for each task that the journal calls finished: the third field is NAME[INDEX]/TASK or NAME. What is
# volatile counts only since the last run that came to its end; with `all`, ever.
names() {
  grep -a '^[0-9a-f]\{8\} [DE] ' "$1/.weft/journal" 2> /dev/null | sed 's/^........ E /E\t\tE/' | cut -f 3 |
    awk -F '[][/]' -v all="${2-}" -v sums='0 1000 3000 6000 10000 15000 21000 28000 36000 45000 55000 66000' \
      -v halves='78000 39000 19500 9750 4875 2437 1218 609 304 152 76 38 19' '
      BEGIN { split(sums, s, " "); split(halves, h, " ") }
      $1 == "E0" && !all { delete stamps }
      $1 == "j" { print "join" }
      $1 == "parts" { print "part", $2 }
      $1 == "stamps" { stamps[$2] }
      $1 == "sum" { print "add", s[$2 + 1] }
      $1 == "half" { print "halve", h[$2 + 1] }
      END { for (i in stamps) print "stamp", i }' | sort -u
}

# run_killed SECONDS: a run that is killed after that time, waited for
run_killed() {
  ./kill --out out -q > killed.out 2>> killed.err &
  local pid=$!
  sleep "$1"
  kill -KILL "$pid" 2> /dev/null
  wait "$pid" 2> /dev/null
}

# What is published is whole: each file is what it is in the end.
published_whole() {
  [[ -d out ]] || return 0
  local odd
  odd=$(comm -23 <(contents out | sort) <(sort expected.files))
  [[ ! $odd ]] || { echo "published: $odd"; return 1; }
}

# After a kill: nothing that was finished runs again when the run goes on.
not_again() {
  local again
  again=$(comm -12 "$1" <(sort -u "$2"))
  [[ ! $again ]] || { echo "ran again: $again"; return 1; }
}

# Kill a run `times` times, each at a moment between 0 and what is a little more than a run takes; then let it end.
killed_and_resumed() {
  local times=$1 moments=''
  rm -rf out
  : > "$RAN"
  for ((k = 0; k < times; k++)); do
    local moment
    moment=$(awk -v r="$RANDOM" -v t="$takes" 'BEGIN { printf "%.4f", r / 32768 * t }')
    moments+=" $moment"
    names out > finished.names
    : > "$RAN"
    run_killed "$moment"
    not_again finished.names "$RAN" || { echo "killed after$moments"; return 1; }
    published_whole || { echo "killed after$moments"; return 1; }
  done
  names out > finished.names
  : > "$RAN"
  ./kill --out out -q > resumed.json || { echo "killed after$moments, then failed"; return 1; }
  if ! { not_again finished.names "$RAN" && cmp expected.json resumed.json && cmp expected.files <(contents out); } ||
    [[ $(find out -name '.weft-new*') ]]; then
    echo "killed after$moments"
    ls -A out
    return 1
  fi
}

export RAN=$work/ran
t "the workflow is built" build kill.wf kill
start=$EPOCHREALTIME
t "it runs" bash -c './kill --out out -q > expected.json'
takes=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print 1.2 * (b - a) }')
t "the sum is right" json '.sum == 78000 and .half == 9' cat expected.json
contents out > expected.files
t "each task has run once" test "$(sort "$RAN" | uniq -d)" = ""
t "and is in the journal" test "$(names out all)" = "$(sort "$RAN")"
killed_once=$((kills * 3 / 5))
for ((n = 0; n < killed_once; n++)); do t "killed once ($n)" killed_and_resumed 1; done
for ((n = killed_once; n < kills; n += 5)); do t "killed five times ($n)" killed_and_resumed 5; done

# A run that is killed between the making of a copy and its renaming leaves it behind.
left_behind() {
  rm -rf out
  mkdir out
  strace -f -qq -o trace -e trace=rename -e inject=rename:signal=KILL:when=1 ./kill --out out -q > killed.out 2>&1
  find out -maxdepth 1 -name '.weft-new*' | grep -q . || { echo "nothing was left: no test"; cat killed.out; return 1; }
  ./kill --out out -q > resumed.json && cmp expected.json resumed.json && cmp expected.files <(contents out) &&
    [[ ! $(find out -maxdepth 1 -name '.weft-new*') ]]
}
t "what a killed run has half published goes with the next" left_behind

# ---- told to stop ----

# Their sleep is told from that of others by its length.
cat > stop.wf <<'W'
volatile task child(i: Int) -> (done: String = stdout) {
  run "sleep $LENGTH.~{i}1 & sh -c \"sleep $LENGTH.~{i}2; :\" & sleep $LENGTH.~{i}3; wait; echo never"
}
volatile task stubborn() -> (done: String = stdout) {
  run "trap '' TERM INT HUP; sleep $LENGTH.4 & while :; do sleep $LENGTH.5 || true; done; echo never"
}
task make() -> (text: File = "text") { run "echo quick >> $RAN; echo quick > ~{text}" }
flow main(stubbornly: Bool = false, wait: Bool = true) -> (texts: [String]?, quick: File, never: String?) {
  q = make()
  quick = q
  texts = if wait { for i in range(2) { child(i) } after q }
  never = if stubbornly { stubborn() after q }
}
W
export LENGTH=987$$

sleepers() { pgrep -c -f "^sleep $LENGTH\\.[0-9]" || true; }

# A shell makes what it starts in the background ignore SIGINT, and who started the tests may have ignored SIGHUP.
cat > defaults.py <<'P'
import os, signal, sys
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM): signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
P

# within SECONDS COMMAND…: tried until it is true
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do if ((SECONDS < end)); then sleep 0.05; else return 1; fi; done
}
many_sleep() { (($(sleepers) >= $1)); }
is_over() { ! kill -0 "$1" 2> /dev/null; }

# stopped SIGNAL STATUS SLEEPERS ARGS…: a run stopped by the signal leaves no process, and ends with the status
stopped() {
  local signal=$1 expected=$2 least=$3 actual=0 pid
  shift 3
  rm -rf out
  : > "$RAN"
  python3 defaults.py ./stop --out out "$@" > stop.out 2> stop.err &
  pid=$!
  within 20 many_sleep "$least" || { echo "only $(sleepers) children"; cat stop.err; kill -9 "$pid"; return 1; }
  kill "-$signal" "$pid"
  within 20 is_over "$pid" || { echo "it goes on"; kill -9 "$pid"; return 1; }
  wait "$pid" || actual=$?
  [[ $actual == "$expected" ]] || { echo "status $actual"; return 1; }
  (($(sleepers) == 0)) || { echo "left running:"; pgrep -a -f "sleep $LENGTH"; return 1; }
  grep -q "stopped by SIG$signal" stop.err || { cat stop.err; return 1; }
  [[ ! -s stop.out ]] || { echo "it printed a summary"; return 1; }
}

t "the workflow that waits is built" build stop.wf stop
t "SIGINT ends all children" stopped INT 130 6 -j 4
t "SIGTERM ends all children" stopped TERM 143 6 -j 4
t "SIGHUP ends all children" stopped HUP 129 6 -j 4
t "also those that do not listen" stopped TERM 143 8 -j 4 --stubbornly true
t "the same command goes on" json '.quick.size == 6' ./stop --out out --wait false
t "without what was finished" test "$(cat "$RAN")" = quick
finish
