#!/usr/bin/env bash
# Compiling: the whole time of `weft build`, and its phases.
. "$(dirname "$0")/lib.sh"

cp "$root/corpus/variants/variants.wf" .
awk -v n=10000 'BEGIN {
  print "task t(a: Int) -> (n: Int = read_int(\"n\")) { run \"echo ~{a} > n\" }"
  print "flow main(x: Int) -> (r: Int) {\n  s0 = x"
  for (i = 1; i <= n; i++) print "  s" i " = t(s" (i % 100 ? i - 1 : 0) " + " i ")"
  printf "  r = s0"; for (i = 99; i < n; i += 100) printf " + s%d", i; print " + s" n "\n}" }' > many.wf

phases() {
  "$weft" build --timings "$1.wf" -o "$1" 2>&1 > /dev/null |
    awk '$3 == "ms" { printf "%s%s %s", separator, $1, $2; separator = ", " } END { print " ms" }'
}
measure() {
  local time
  read -ra time <<< "$("$work/time" "$3" "$weft" build "$1.wf" -o "$1")"
  line "weft build of $2" "${time[0]}" s "$4" "CPU ${time[1]} s; $(phases "$1"); $((time[3] / 1024)) MiB"
}
measure variants variants "$runs" 0.3
measure many "10^4 steps" 5 2
./many --help > /dev/null || die "the executable does not run"
