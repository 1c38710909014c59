#!/usr/bin/env bash
# Exports: 10^5 steps for each target against `weft build` of the same, and 10^4 to see that they grow in line.
. "$(dirname "$0")/lib.sh"

steps() { # COUNT FILE: chains of a hundred, each step with an expression of its own
  awk -v n="$1" 'BEGIN {
    print "task t(a: Int) -> (n: Int = read_int(\"n\")) { run \"echo ~{a} > n\" }"
    print "flow main(x: Int) -> (r: Int) {\n  s0 = x"
    for (i = 1; i <= n; i++) print "  s" i " = t(s" (i % 100 ? i - 1 : 0) " + " i ")"
    printf "  r = s0"; for (i = 99; i < n; i += 100) printf " + s%d", i; print " + s" n "\n}" }' > "$2"
}
steps 10000 few.wf
steps 100000 many.wf

# measure TARGET NAME: to a file or folder called NAME
measure() {
  local few many
  row "weft export --to $1 / weft build, 10^5 steps" 1 1 \
    "$weft" export --to "$1" many.wf -o "$2" --- "$weft" build many.wf -o many
  read -ra few <<< "$("$work/time" 7 "$weft" export --to "$1" few.wf -o "few.$2")"
  read -ra many <<< "$medians"
  line "a step at 10^5 steps / at 10^4, $1" "$(awk -v a="${many[1]}" -v b="${few[1]}" 'BEGIN { print a / b / 10 }')" \
    "" 1.5 "CPU ${many[1]} s against ${few[1]} s"
}
measure cwl many.cwl
