# lib.sh: what benchmarks share. A row is `WHAT  RATIO  REACH  VERDICT  DETAIL`; the ratio is the median, over rounds in
# which the commands ran in turn, of ours to the other's time. WEFT names another compiler; RUNS is how many rounds (7).
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
weft=$(realpath "${WEFT:-$root/build/weft}")
# shellcheck disable=SC2034 # for the scripts that read this file
runs=${RUNS:-7}
work=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$work"' EXIT
# Makeflow is linked to MPI, which it does not use; this keeps MPI from looking for daemons of its own.
export OMPI_MCA_ess_singleton_isolated=1
export XDG_CACHE_HOME=$work/cache
cd "$work"

# tool NAME: compile tests/bench/NAME.c as $work/NAME
tool() { cc -O2 -std=gnu17 -Wall -Wextra -o "$work/$1" "$root/tests/bench/$1.c"; }
tool time

# build NAME: NAME.wf as the executable NAME; what the compiler says is shown when it fails
build() { "$weft" build "$1.wf" -o "$1" 2> "$1.log" || { cat "$1.log" >&2; return 1; }; }

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# line WHAT VALUE UNIT REACH DETAIL: a row of a value, which should be at most REACH (-: it only informs)
line() {
  awk -v what="$1" -v value="$2" -v unit="$3" -v reach="$4" -v detail="$5" 'BEGIN {
    verdict = reach == "-" ? "-" : value + 0 <= reach + 0 ? "reached" : "missed"
    printf "%-46s %9.3f%-3s %5s  %-8s %s\n", what, value, unit, reach, verdict, detail }'
}

# row WHAT REACH RUNS COMMAND --- COMMAND: the first command against the second; leaves the medians in $medians
row() {
  local what=$1 reach=$2 ours other
  shift 2
  medians=$("$work/time" "$@")
  { read -ra ours; read -ra other; } <<< "$medians"
  line "$what" "${other[2]}" "" "$reach" "${ours[0]} s against ${other[0]} s (CPU ${ours[1]} against ${other[1]})"
}
