#!/usr/bin/env bash
# Huge and endless files, as workflows and as inputs: told within seconds, and with less than 2 GB.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

# repeat COUNT TEXT: the text so many times, in no time; the text has no `%`
repeat() { head -c "$1" /dev/zero | sed "s%\\x00%$2%g"; }
# many COUNT CHARACTER: the same for one character, without a line to hold in memory
many() { head -c "$1" /dev/zero | tr '\0' "$2"; }
# refused STATUS TEXT COMMAND…: ends so, and says so
refused() {
  local expected=$1 text=$2 output actual=0
  shift 2
  output=$(ulimit -v 2000000 && timeout 60 "$@" 2>&1 > /dev/null) || actual=$?
  [[ $actual == "$expected" && $output == *"$text"* && ${#output} -lt 10000 ]] && return
  echo "status $actual, and not $text: ${output:0:2000}"
  return 1
}
# piped COMMAND…: as `refused`, `weft check` of what the command makes
piped() {
  local expected=$1
  shift
  refused 1 "$expected" "$weft" check - < <("$@")
}

t "100 MB of (" piped 'error[E0110]: nested too deeply' many 100000000 '('
t "100 MB of {" piped 'error[E0' many 100000000 '{'
t "a line of 1 GB" piped 'error[E0005]' many 1000000000 a
t "a name of 50 MB" piped 'error[E0117]' many 50000000 a
open_string() { printf '"' && many 50000000 a; }
t "a string of 50 MB that is not closed" piped 'error[E0' open_string
stray() { repeat 5000000 'x '; }
t "errors without number" piped 'error[E0101]' stray
plus() { printf 'flow main() -> (s: Int) { s = 1' && repeat 5000000 '+1' && printf ' }\n'; }
t "a sum of five million" piped 'error[E0110]' plus
t "a device without end" refused 1 'error[E0005]' "$weft" check /dev/zero

cat > in.wf <<'W'
type Row = (id: String, n: Int)
flow main(rows: [Row] = [], s: String = "") -> (sum: Int, same: Bool) {
  sum = fold t = 0 for r in rows { t + r.n }
  same = s == ""
}
W
t "inputs are built" build in.wf in
many 100000000 '[' > a.json
t "100 MB of [ as JSON" refused 2 'R0035]: --inputs: a.json:1:501' ./in --inputs a.json
mv a.json a.yaml
t "as YAML" refused 2 'R0037]: --inputs: a.yaml' ./in --inputs a.yaml
many 1000000 '[' > a.yaml
t "1 MB of [ as YAML" refused 2 'R0030]: --inputs: a.yaml:1:64' ./in --inputs a.yaml
{ printf '{"s": "' && many 50000000 a; } > a.json
t "a string that is not closed" refused 2 'R0030]: --inputs: a.json:1:50000008' ./in --inputs a.json
{ printf 'id\tn\n' && many 50000000 a; } > a.tsv
t "a cell of 50 MB" refused 2 'R0043]: --rows: a.tsv:2' ./in --rows a.tsv
{ printf 'id\tn\n' && repeat 1000000 'x\t1\n'; } > a.tsv
t "a million rows" json '.sum == 1000000' ./in --rows a.tsv
truncate -s 1T a.tsv
t "a table of 1 TB" refused 1 'R0090' ./in --rows a.tsv
t "a device for an executable" refused 1 '/dev/full: not a regular file' "$weft" build in.wf -o /dev/full
t "a folder for an executable" refused 1 'not a regular file' "$weft" build in.wf -o .
finish
