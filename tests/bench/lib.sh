# lib.sh: what benchmarks share. $bench_time is a program of ours: `time RUNS COMMAND --- COMMAND …` runs the commands
# in turn, RUNS times each, and prints the median of each in seconds.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # for the scripts that read this file
weft=$root/build/weft
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bench_time=$root/build/bench-time
mkdir -p "$root/build"
[[ $bench_time -nt $root/tests/bench/time.c ]] || cc -O2 -std=gnu17 -Wall -Wextra -o "$bench_time" "$root/tests/bench/time.c"
export XDG_CACHE_HOME=$work/cache
cd "$work"

# row NAME RUNS COMMAND --- COMMAND: one row, the first command's median as a multiple of the second's
row() {
  local name=$1 medians
  shift
  medians=$("$bench_time" "$@")
  # shellcheck disable=SC2086 # words
  set -- $medians
  awk -v name="$name" -v a="$1" -v b="${2:-}" 'BEGIN {
    if (b == "") printf "%-44s %8s  %.4f s\n", name, "-", a
    else printf "%-44s %8.2f  %.4f s against %.4f s\n", name, a / b, a, b }'
}
