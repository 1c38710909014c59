#!/usr/bin/env bash
# Reading a recorded run of 100,000 jobs (WfFormat 1.5, about 100 MB): against Python's JSON reader, which does nothing with it; and
# rolling it, its check included, against reading it.
. "$(dirname "$0")/lib.sh"

"$root/tests/bench/wfformat.py" 100000 > large.json
"$root/tests/bench/wfformat.py" 10000 > small.json
row "import of 100,000 jobs : json.load" 1.0 "$runs" "$weft" check large.json \
  --- python3 -c 'import json; json.load(open("large.json"))'

# phases FILE: seconds of import, of all that rolling does after it
phases() {
  "$weft" roll --timings "$1" -o rolled.wf 2>&1 |
    awk '$1 == "import" { import = $2 } $1 == "roll" || $1 == "check" { rest += $2 } END { print import / 1000, rest / 1000 }'
}
read -r large_import large_roll <<< "$(phases large.json)"
read -r small_import small_roll <<< "$(phases small.json)"
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }
line "roll of 100,000 jobs : its import" "$(ratio "$large_roll" "$large_import")" "" 3 "$large_roll s against $large_import s"
line "roll of 100,000 jobs : of 10,000, by 10" "$(ratio "$large_roll" "$(ratio "$small_roll" 0.1)")" "" 1.5 \
  "$small_roll s for 10,000 (import $small_import s)"
/usr/bin/time -f %M -o memory "$weft" check large.json
line "memory of an import of 100,000 jobs" "$(awk '{ print $1 / 1024 }' memory)" MiB 256 "$(($(stat -c %s large.json) / 1000000)) MB of JSON"
