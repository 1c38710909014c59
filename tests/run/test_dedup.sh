#!/usr/bin/env bash
# weft dedup: classes, fragments, what is broken, and sizes.
. "$(dirname "$0")/lib.sh"

tasks='task a(x: File, n: Int) -> (y: File = "y") { run "a ~{n} ~{x} > ~{y}" }
task b(x: File) -> (y: File = "y") { run "b ~{x} > ~{y}" }
task c(x: File) -> (y: File = "y") { run "c ~{x} > ~{y}" }
task d(x: File) -> (y: File = "y") { run "d ~{x} > ~{y}" }
task two(x: File, y: File) -> (z: File = "z") { run "two ~{x} ~{y} > ~{z}" }
task all(xs: [File]) -> (z: File = "z") { run "cat ~{xs} > ~{z}" }
volatile task draw(x: File) -> (y: File = "y") { run "draw ~{x} > ~{y}" }'

# flow NAME BODY: NAME.wf, which gives `r` from x and xs
flow() { printf '%s\n\nflow main(x: File, xs: [File]) -> (r: File) {\n%s\n}\n' "$tasks" "$2" > "$1.wf"; }

# found FILTER OPTION-OR-FILE…
found() { json "$1" "$weft" dedup --format json "${@:2}"; }
# terms LIST FILE…: the fragments, in order, with how many places
terms() { found "[.fragments[] | \"\(.term) \(.places | length)\"] == [$1]" "${@:2}"; }

flow one 'r = c(b(a(x, 1)))'
flow renamed 'first = a(x, 1)
second = b(first)
r = c(second)'
flow literal 'r = c(b(a(x, 2)))'
flow other 'r = d(b(d(x)))'
t "equal workflows are one exact class" found '.different.exact == 3 and (.classes[0].parts[0].parts[0].files == ["one.wf", "renamed.wf"])' \
  one.wf renamed.wf literal.wf other.wf
t "literals alone are one class by params" found '.different.params == 2 and .classes[0].parts[0].count == 3' \
  one.wf renamed.wf literal.wf other.wf
t "the larger class comes first" found '[.classes[].count] == [3, 1]' other.wf one.wf renamed.wf literal.wf
t "text shows the finest view of a class" says $'exact' "$weft" dedup one.wf renamed.wf
t "classes of one are left out" status 1 says other.wf "$weft" dedup one.wf renamed.wf other.wf
t "unless --all is given" says $'1 file\n  other.wf' "$weft" dedup --all one.wf renamed.wf other.wf

t "a whole workflow is a fragment" terms '"c(b(a)) 2"' one.wf renamed.wf
t "literals make fragments different" terms '"c(b) 2"' one.wf literal.wf
t "unless they are looked for by params" terms '"c(b(a)) 2"' --fragments params one.wf literal.wf
t "none are looked for" terms '' --fragments none one.wf renamed.wf
t "they have at least so many tasks" terms '' --least 4 one.wf renamed.wf
flow open 'r = c(b(d(x)))'
t "a fragment is open below" terms '"c(b) 2"' one.wf open.wf
flow closed 'r = d(c(b(x)))'
t "and may stand on an input" terms '"c(b) 2"' one.wf closed.wf
flow scatter 'ys = for y in xs { d(c(b(y))) }
r = all(ys)'
t "a for makes no difference" terms '"d(c(b)) 2"' closed.wf scatter.wf
flow twice 'r = two(c(b(x)), c(b(xs[0])))'
t "several times in one" terms '"c(b) 2"' twice.wf
flow nested 'r = two(d(c(b(x))), d(c(b(xs[0]))))'
t "what is always part of a larger one is not told" terms '"d(c(b)) 3", "c(b) 4"' nested.wf closed.wf one.wf
flow called 'f = b >> c
r = two(f(x), f(xs[0]))'
t "a flow that is used twice is written once" terms '' called.wf
flow shared 'v = draw(x)
r = two(b(v), c(v))'
flow apart 'r = two(b(draw(x)), c(draw(x)))'
t "one volatile call is not two" terms '"two(b, c) 2"' shared.wf apart.wf
t "saved: tasks times places less one" found '.fragments[0].saved == 3' one.wf renamed.wf
t "places are where the last task is called" found '.fragments[0].places == [{file: "one.wf", line: 10, column: 5}, {file: "renamed.wf", line: 12, column: 5}]' \
  one.wf renamed.wf

printf 'flow main(' > broken.wf
t "broken and missing files are told" says "cannot read" "$weft" dedup broken.wf one.wf missing.wf
t "their status" status 2 "$weft" dedup broken.wf one.wf missing.wf
t "and the rest goes on" found '.files == 2' broken.wf one.wf missing.wf other.wf
t "a wrong number" status 2 "$weft" dedup --least 0 one.wf

flow chain 'r = b(b(b(b(b(b(x))))))'
t "copies do not overlap" found '.fragments[0].tasks * (.fragments[0].places | length) <= 6' chain.wf

# Thousands of equal calls on each other, and as many side by side on one line.
awk 'BEGIN { print "task t(a: Int) -> (n: Int = read_int(\"n\")) { run \"echo ~{a} > n\" }"
  print "flow main(x: Int) -> (r: Int) {\n  s0 = x"
  for (i = 1; i <= 20000; i++) print "  s" i " = t(s" i - 1 ")"
  print "  r = s20000\n}" }' > chains.wf
awk 'BEGIN { print "task t(a: Int) -> (n: Int = read_int(\"n\")) { run \"echo ~{a} > n\" }"
  printf "flow main(x: Int) -> (r: [Int]) { r = ["
  for (i = 1; i <= 20000; i++) printf "t(x + %d), ", i
  print "t(x)] }" }' > line.wf
t "a chain of equal calls ends within the budget" says "told in pieces" timeout 20 "$weft" dedup chains.wf
t "a long line takes no time" timeout 10 "$weft" dedup line.wf
finish
