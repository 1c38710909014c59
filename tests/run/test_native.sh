#!/usr/bin/env bash
# Native code: what it looks like, and how it fails.
. "$(dirname "$0")/lib.sh"

cat > map.wf <<'W'
flow main(xs: [Float], ks: [Int]) -> (ys: [Float], n: Int) {
  ys = for x in xs { (x * 0.5 + 1.0) * x }
  n = fold s = 0 for k in ks { s + bit_xor(k, 12345) }
}
W
cat > filter.wf <<'W'
flow main(n: Int) -> (r: Int) {
  a = for i in range(n) { i * 3 + 1 }
  b = for x in a if x % 4 != 1 { x }
  r = fold s = 0 for x in (for x in b { x + 2 }) { s + x }
}
W
cat > fails.wf <<'W'
flow main(a: Int, b: Int, f: Float, xs: [Int]) -> (q: Int) {
  q = if a == 0 { xs[b] } else if a == 1 { a / b } else if a == 2 { int(f) } else if a == 3 {
    fold s = 0 for x in xs, y in range(b) { s + x * y }
  } else { a % b }
}
W
# What is shared and may fail is code once, however many conditions ask for it.
shared() {
  echo 'fn g(p: Int, q: Int) -> Int {'
  echo '  s0 = p / q'
  for ((i = 1; i < 200; i++)); do
    echo "  s$i = (if p > $i { s$((i - 1)) / q } else { 1 }) + (if q > $i { s$((i - 1)) * 2 } else { 3 })"
  done
  echo '  s199'
  echo '}'
  echo 'flow main(p: Int, q: Int) -> (r: Int) { r = g(p, q) }'
}
shared > shared.wf

calls() { "$weft" build --emit asm "$1" -o - | grep -cE "call.*$2"; }
fails_with() { # CODE A B F XS
  says "$1" ./fails --a "$2" --b "$3" --f "$4" --xs "$5" --fresh
}

t "a map of floats is vectorised" says "mulpd" "$weft" build --emit asm map.wf -o -
t "so is a sum of Ints" says "paddq" "$weft" build --emit asm map.wf -o -
t "map, filter, map and fold make no array" test "$(calls filter.wf rt_alloc)" = 0
t "one loop of them, without a check" test "$(calls filter.wf rt_fail)" = 0

t "a program with all that can fail" "$weft" build fails.wf -o fails
t "an index outside" fails_with R0106 0 3 0 '[1,2,3]'
t "a negative index" fails_with R0106 0 -1 0 '[1,2,3]'
t "division by zero" fails_with R0062 1 0 0 '[]'
t "remainder by zero" fails_with R0062 4 0 0 '[]'
t "a float that is no Int" fails_with R0064 2 0 1e30 '[]'
t "nor is what is no number" fails_with R0064 2 0 nan '[]'
t "arrays of different length side by side" fails_with R0107 3 2 0 '[1,2,3]'
t "the place is told" says "fails.wf:2:" ./fails --a 0 --b 3 --f 0 --xs '[]'
t "nothing that was not asked for fails" json '.q == 2' ./fails --a 0 --b 1 --f nan --xs '[1,2,3]'
t "the least Int divided by -1" says R0063 ./fails --a -9223372036854775808 --b -1 --f 0 --xs '[]'

t "shared parts below conditions" "$weft" build shared.wf -o shared
t "are computed when asked for" json '.r == 4' ./shared --p 1 --q 0
t "and right" json '.r == 4' ./shared --p 5 --q 3
t "their code does not grow with the conditions" test "$("$weft" build --emit llvm shared.wf -o - | wc -l)" -lt 40000

t "the same bytes each time" cmp <("$weft" build --emit obj map.wf -o -) <("$weft" build --emit obj map.wf -o -)
t "an executable needs no library" says "not a dynamic executable" ldd ./fails

finish
