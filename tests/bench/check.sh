#!/usr/bin/env bash
# Reading a large file: `weft check` against `ninja -n` on the same graph, layers of 1,000 steps with two inputs each.
# BIG=1 measures a million steps too.
. "$(dirname "$0")/lib.sh"

: > x
graph() {
  awk -v n="$1" 'BEGIN {
    print "task t(a: File, b: File) -> (f: File = \"f\") { run \"cat ~{a} ~{b} > ~{f}\" }"
    print "flow main(x: File) -> (fs: [File]) {"
    for (i = 1; i <= n; i++) {
      a = i <= 1000 ? "x" : "s" (i - 1000); b = i <= 1000 ? "x" : "s" (i - 1 - (i % 1000 == 1 ? 0 : 1000))
      if (i > 1000 && i % 1000 == 1) b = "s" (i - 1000 + 999)
      if (b == "s" i) b = a
      print "  s" i " = t(" a ", " b ")"
    }
    printf "  fs = ["; for (i = n - 999; i <= n; i++) printf "%ss%d", (i > n - 999 ? ", " : ""), i; print "]\n}" }' > big.wf
  awk '/^  s[0-9]/ { gsub(/[(),]|t\(/, " "); print "build " $1 ": t " $(NF - 1) " " $NF }
    BEGIN { print "rule t\n  command = cat $in > $out" }' big.wf > build.ninja
}

measure() {
  local few=$1 name=$2
  graph "$few"
  "$weft" check big.wf 2> check.log || { head check.log >&2; die "the graph is refused"; }
  [[ ! -s check.log ]] || { head -n 20 check.log >&2; die "the graph is warned about"; }
  [[ $(ninja -n | grep -c '^\[') == "$few" ]] || die "ninja would not run $few steps"
  row "weft check of $name steps / ninja -n" 1 "$runs" "$weft" check big.wf --- ninja -n
  local ours other
  { read -ra ours; read -ra other; } <<< "$medians"
  line "memory of weft check, bytes a step" "$((ours[3] * 1024 / few))" B - "ninja -n: $((other[3] * 1024 / few)) B"
  line "time of weft check a step" "$(awk -v t="${ours[0]}" -v n="$few" 'BEGIN { print 1e9 * t / n }')" ns - ""
}
measure 100000 10^5
[[ -z ${BIG:-} ]] || measure 1000000 10^6
