#!/usr/bin/env bash
# Start-up: `weft --version` and `--help` of a built executable, against a C program that returns 0.
. "$(dirname "$0")/lib.sh"

echo 'int main(void) { return 0; }' > nothing.c
cc -O2 -o nothing nothing.c
cp "$root/corpus/variants/variants.wf" .
build variants

# more WHAT COMMAND…: how many milliseconds more than the empty program
more() {
  local what=$1 ours other
  shift
  { read -ra ours; read -ra other; } <<< "$("$work/time" 51 "$@" --- ./nothing)"
  line "$what" "$(awk -v a="${ours[0]}" -v b="${other[0]}" 'BEGIN { print 1e3 * (a - b) }')" ms 2 \
    "${ours[0]} s against ${other[0]} s"
}
more "start of weft --version" "$weft" --version
more "start of an executable's --help" ./variants --help
