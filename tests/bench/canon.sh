#!/usr/bin/env bash
# Identities and diffs: starting up, a large workflow against the SHA-256 of its source, `diff` against two `hash`es.
. "$(dirname "$0")/lib.sh"

cp "$root/corpus/variants/variants.wf" .
read -ra time <<< "$("$work/time" 31 "$weft" hash variants.wf)"
line "weft hash of a small file" "$(awk -v t="${time[0]}" 'BEGIN { print 1e3 * t }')" ms 5 "CPU ${time[1]} s"

# Layers of 1,000 steps with two inputs and a number of their own each.
graph() { # STEPS FILE
  awk -v n="$1" 'BEGIN {
    print "task t(a: File, b: File, k: Int) -> (f: File = \"f\") { run \"cat ~{a} ~{b} ~{k} > ~{f}\" }"
    print "flow main(x: File) -> (fs: [File]) {"
    for (i = 0; i < n; i++) {
      a = i < 1000 ? "x" : "s" i - 1000
      b = i < 1000 ? "x" : "s" i - (i % 1000 ? 1001 : 1)
      print "  s" i " = t(" a ", " b ", " i ")"
    }
    printf "  fs = ["
    for (i = n - 1000; i < n; i++) printf "%ss%d", (i > n - 1000 ? ", " : ""), i
    print "]\n}" }' > "$2"
}

# One literal far below changes all identities above it.
graph 100000 old.wf
sed 's/^\(  s50 = t(x, x, \)50)$/\1999999)/' old.wf > new.wf
[[ $("$weft" diff --stat old.wf new.wf) == *"1 literal" ]] || die "the change is not told as one"
row "weft diff of 10^5 steps / their two hashes" 3 "$runs" sh -c '"$0" diff old.wf new.wf > /dev/null || [ $? = 1 ]' "$weft" \
  --- "$weft" hash old.wf new.wf

# phases STEPS: seconds of all phases but the parser's and checker's, and which they are
phases() {
  graph "$1" big.wf
  "$weft" hash --timings big.wf 2>&1 > /dev/null | awk '$1 != "check" {
    ms = $(NF - 1); sum += ms; $NF = $(NF - 1) = ""; sub(/ +$/, ""); list = list ", " $0 " " int(ms) " ms" }
    END { print sum / 1e3; print substr(list, 3) }'
}
{ read -r few; read -r _; } < <(phases 100000)
{ read -r many; read -r detail; } < <(phases 1000000)
read -ra sha <<< "$("$work/time" 5 sha256sum big.wf)"
line "identity of 10^6 steps / sha256sum" "$(awk -v a="$many" -v b="${sha[0]}" 'BEGIN { print a / b }')" "" - \
  "$many s against ${sha[0]} s, parse excluded; $detail"
line "time a step at 10^6 / at 10^5 steps" "$(awk -v a="$many" -v b="$few" 'BEGIN { print a / b / 10 }')" "" 2 "it is linear"
