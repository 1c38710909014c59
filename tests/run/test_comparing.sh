#!/usr/bin/env bash
# The examples of docs/comparing.md, word for word: a ```wf block is the file that its first line names, `# clean.wf`;
# a ```console block holds commands, `$ weft …`, each followed by what it prints. All of it is one session.
. "$(dirname "$0")/lib.sh"

PATH=$(dirname "$weft"):$PATH
mkdir session && cd session || exit 1

# Blocks in order, as files NUMBER.wf and NUMBER.console.
awk '
  /^```(wf|wf fragment|console) *$/ { kind = $1; sub(/^```/, "", kind); out = sprintf("../%03d.%s", ++number, kind); printf "" > out; next }
  /^```/ { if (out) close(out); out = ""; next }
  out { print > out }' "$root/docs/comparing.md"

# transcript FILE: run its commands, and print them with what they print
transcript() {
  local line status=0
  while IFS= read -r line; do
    [[ $line == '$ '* ]] || continue
    printf '%s\n' "$line"
    (exit "$status") # for `echo $?`
    eval "${line#\$ }" 2>&1 < /dev/null
    status=$?
  done < "$1"
}

# Identities change with the laws, so any is as good as another.
any_identity() { sed -E 's/\b[0-9a-f]{12,64}\b/IDENTITY/g'; }
same_transcript() { diff -u <(any_identity < "$1") <(transcript "$1" | any_identity); }

ran=0
for block in ../*.wf ../*.console; do [[ -e $block ]] && echo "$block"; done | sort > ../blocks
while IFS= read -r block; do
  if [[ $block == *.wf ]]; then
    name=$(sed -n '1s/^# \([A-Za-z0-9_.-]*\.wf\)$/\1/p' "$block")
    [[ ! $name ]] || cp "$block" "$name"
  else
    ran=$((ran + 1))
    t "$(head -n 1 "$block")" same_transcript "$block"
  fi
done < ../blocks
t "there are examples" test "$ran" -gt 0
cd ..
finish
