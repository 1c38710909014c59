#!/usr/bin/env bash
# The example of README.md, word for word.
. "$(dirname "$0")/lib.sh"

# block LANGUAGE: the first fenced block of that language
block() { awk -v fence="\`\`\`$1" '$0 == fence {on = 1; next} /^```/ && on {exit} on' "$root/README.md"; }

block wf > count.wf
block sh > commands
block json > expected
PATH=$(dirname "$weft"):$PATH
t "the commands work" bash -e commands
tail -n 1 commands > last
t "and print what it says" cmp <(jq -S . expected) <(bash last 2> /dev/null | jq -S .)
finish
