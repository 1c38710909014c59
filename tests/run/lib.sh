# lib.sh: what end-to-end tests share. A test is an executable tests/run/test_NAME.sh:
#   . "$(dirname "$0")/lib.sh"
#   t "a sentence that holds" COMMAND…     one test: the command's status decides
#   finish                                 the last line: how many passed, failed, were skipped
# Each runs in a folder of its own, $work, which is removed at the end; $weft is the program, $root the source tree.
# shellcheck shell=bash
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
weft=${WEFT:-$root/build/weft}
work=$(mktemp -d)
export XDG_CACHE_HOME=$work/cache NO_COLOR=1
passed=0 failed=0 skipped=0
cd "$work" || exit 1
trap 'chmod -R u+w "$work" 2> /dev/null; rm -rf "$work"' EXIT

# t NAME COMMAND…
t() {
  local name=$1
  shift
  local status=0
  "$@" > "$work/.log" 2>&1 || status=$?
  if ((status == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $name (status $status): $*"
    head -n 40 "$work/.log" | sed 's/^/    /'
  fi
}

# skip NAME REASON: told, and counted
skip() {
  skipped=$((skipped + 1))
  echo "SKIP $1: $2"
}

# status EXPECTED COMMAND…: its exit status is this one
status() {
  local expected=$1 actual=0
  shift
  "$@" || actual=$?
  [[ $actual == "$expected" ]] || { echo "status $actual instead of $expected"; return 1; }
}

# says TEXT COMMAND…: its standard output and error hold the text; the status does not matter
says() {
  local text=$1 output
  shift
  output=$("$@" 2>&1)
  [[ $output == *"$text"* ]] || { echo "no \`$text\` in: $output"; return 1; }
}

# json FILTER COMMAND…: its standard output is JSON for which jq's filter is true; the status does not matter
json() {
  local filter=$1 output
  shift
  output=$("$@")
  if [[ ! $output ]] || ! jq -e "$filter" <<< "$output" > /dev/null; then
    echo "not $filter: $output"
    return 1
  fi
}

# build FILE EXE [OPTION…]: of a workflow
build() { "$weft" build "${@:3}" -o "$2" "$1"; }

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  exit $((failed > 0))
}
