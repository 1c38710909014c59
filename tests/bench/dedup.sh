#!/usr/bin/env bash
# Comparing a collection: `weft dedup` of 10,000 workflows of about 50 steps in one call.
. "$(dirname "$0")/lib.sh"

mkdir many
awk -v files=10000 -v folder=many -f "$root/tests/bench/workflows.awk"
read -ra time <<< "$("$work/time" 3 sh -c "exec '$weft' dedup many/*.wf")"
"$weft" dedup --format json many/*.wf > found.json
detail=$(jq -r '"\(.different.exact) different, \(.fragments | length) shared fragments"' found.json)
line "weft dedup of 10,000 files" "${time[0]}" s 10 \
  "CPU ${time[1]} s, $((time[3] / 1024)) MiB, $(cat many/*.wf | wc -c | awk '{ printf "%.1f", $1 / 1e6 }') MB of source; $detail"
