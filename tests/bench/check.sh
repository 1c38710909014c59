#!/usr/bin/env bash
# Reading a large file: `weft check` against `ninja -n` on the same graph, layers of 1,000 steps with two inputs each.
# BIG=1 measures a million steps too.
. "$(dirname "$0")/lib.sh"

: > x
# Step i needs step i - 1,000 and the one before that in its layer.
graph() {
  awk -v n="$1" 'BEGIN {
    print "task t(a: File, b: File) -> (f: File = \"f\") { run \"cat ~{a} ~{b} > ~{f}\" }"
    print "flow main(x: File) -> (fs: [File]) {"
    for (i = 0; i < n; i++) {
      a = i < 1000 ? "x" : "s" i - 1000
      b = i < 1000 ? "x" : "s" i - (i % 1000 ? 1001 : 1)
      print "  s" i " = t(" a ", " b ")"
    }
    printf "  fs = ["
    for (i = n - 1000; i < n; i++) printf "%ss%d", (i > n - 1000 ? ", " : ""), i
    print "]\n}" }' > big.wf
  awk 'BEGIN { print "rule t\n  command = cat $in > $out" }
    /^  s[0-9]/ { gsub(/[(),]|t\(/, " "); print "build " $1 ": t " $(NF - 1) " " $NF }' big.wf > build.ninja
}

measure() {
  local few=$1 name=$2 rounds=$3
  graph "$few"
  "$weft" check big.wf 2> check.log || { head check.log >&2; die "the graph is refused"; }
  [[ ! -s check.log ]] || { head -n 20 check.log >&2; die "the graph is warned about"; }
  [[ $(ninja -n | grep -c '^\[') == "$few" ]] || die "ninja would not run $few steps"
  row "weft check of $name steps / ninja -n" 1 "$rounds" "$weft" check big.wf --- ninja -n
  local ours other
  { read -ra ours; read -ra other; } <<< "$medians"
  line "memory of weft check, bytes a step" "$((ours[3] * 1024 / few))" B - "ninja -n: $((other[3] * 1024 / few)) B"
  line "time of weft check a step" "$(awk -v t="${ours[0]}" -v n="$few" 'BEGIN { print 1e9 * t / n }')" ns - ""
}
measure 100000 10^5 "$runs"
[[ -z ${BIG:-} ]] || measure 1000000 10^6 5
