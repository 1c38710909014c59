#!/usr/bin/env bash
# Volatile tasks run as often as the source says: no call is left out, none is done twice.
# shellcheck disable=SC2016 # tasks expand, not this shell
. "$(dirname "$0")/lib.sh"

export LOG=$work/log

# runs WORKFLOW COUNTS [ARG…]: how often each call ran, as `site:times`, whose body is that of main(n: Int, xs: [Int])
runs() {
  local flow=$1 expected=$2 actual
  printf '%s\n' 'volatile task v(site: Int, x: Int) -> (y: Int = stdout) {' \
    '  run "echo ~{site} >> \"$LOG\"; echo $(( ~{x} * 3 + ~{site} ))"' '}' \
    'assoc flow plus(a: Int, b: Int) -> Int { v(9, a); a + b }' \
    'flow volatile_flow(x: Int) -> Int { v(8, x); x }' \
    "$flow" > flow.wf
  "$weft" build -o flow flow.wf 2> build.log || { cat build.log; return 1; }
  rm -rf results && : > "$LOG"
  ./flow -q --n 3 --xs '[1, 2, 3]' > out.json || return 1
  actual=$(sort "$LOG" | uniq -c | awk '{ printf "%s%s:%s", (NR > 1 ? " " : ""), $2, $1 }')
  [[ $actual == "$expected" ]] || { echo "ran $actual instead of $expected: $flow"; return 1; }
}
main='flow main(n: Int, xs: [Int]) -> (a: Int)'

t "rounds whose result nobody uses" runs "$main {
  fold s = n for x in xs { v(1, x); s }
  loop s = n { v(2, s); 0 } until s > 9 max 2
  fold 0 for x in xs by plus
  xs |> map volatile_flow
  a = 1 }" "1:3 2:2 8:3 9:3"
t "an arrow that folds" runs "flow add(s: Int, x: Int) -> Int { v(3, x); 7 }
  $main { a = 1; (fold add)(n, xs) }" "3:3"
t "the right side of && and || only where it counts" runs "$main {
  b = n > 5 && v(1, 0) > 0; c = n > 2 && v(2, 0) > 0
  d = n > 5 || v(3, 0) > 0; e = n > 2 || v(4, 0) > 0
  a = if b { 1 } else if c { 2 } else if d { 3 } else if e { 4 } else { 5 } }" "2:1 3:1"
t "and of ??" runs "flow main(n: Int, xs: [Int], o: Int? = none, p: Int? = 1) -> (a: Int) {
  a = (o ?? v(1, n)) + (p ?? v(2, n)) }" "1:1"
t "filters, once for each element" runs "$main {
  b = for x in xs if v(1, x) > 4 { v(2, x) }
  c = fold s = 0 for x in xs if v(3, x) > 6 { v(4, x) }
  d = fold s = 0 for x in xs if v(5, x) > s { v(6, x); s + 9 }
  a = length(b) + c + d }" "1:3 2:2 3:3 4:2 5:3 6:2"
t "in one loop and in loops inside of it" runs "$main {
  b = for x in xs { y = v(1, x); fold s = 0 for z in xs { s + y * z } }
  a = b[0] + b[2] }" "1:3"
t "results that loops inside of each other go through" runs "$main {
  b = for x in xs { v(1, x) }
  c = for x in b { for y in b { x - y } }
  d = for x in xs if n < 5 { v(2, x) }
  e = fold s = 0 for x in d for y in d if x < 9 { s + y }
  a = c[1][1] + e + length(for x in b, y in b { x + y }) }" "1:3 2:3"
t "lifted, with several results" runs "flow both(x: Int) -> (p: Int, q: [Int]) {
    p = v(1, x)
    q = for i in range(3) { p + i } }
  $main { b = xs |> map both; a = b.p[0] + b.q[1][1] }" "1:3"
t "what one run of it gave, everywhere" json '.a == [0, 0, 0]' bash -c '
  printf "%s\n" "volatile task draw(x: Int) -> (y: Int = stdout) { run bash \"echo \$RANDOM\" }" \
    "flow main(xs: [Int]) -> (a: [Int]) { b = for x in xs { draw(x) }" \
    "  a = for i in indices(b) { (fold s = 0 for x in b { s + x }) - (fold s = 0 for y in b { s + y }) } }" > draw.wf
  "$1" run draw.wf -- -q --xs 1 --xs 2 --xs 3' - "$weft"

finish
