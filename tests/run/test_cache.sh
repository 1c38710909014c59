#!/usr/bin/env bash
# What runs again, and why.
# shellcheck disable=SC2016,SC2317 # tasks expand, not this shell; `t` calls the functions
. "$(dirname "$0")/lib.sh"

write() {
  cat > cache.wf <<W
task upper(text: File) -> (big: File = "big") { run "tr a-z A-Z < ~{text} > ~{big}$1" }
task first(text: File, n: Int) -> (line: String = stdout) { run "head -n ~{n} ~{text}" }
task say(line: String) -> (said: File = "said") { run "echo ~{line} > ~{said}" }
volatile task stamp() -> (at: String = stdout) { run "echo stamped" }
flow main(a: File, b: File, n: Int = 1) -> (saids: [File], at: String) {
  saids = for f in [a, b] { say(first(upper(f), n)) }
  at = stamp()
}
W
}
write ''
printf 'one\ntwo\n' > a
printf 'three\nfour\n' > b
run=(./cache --a a --b b --out out)

# ran NUMBER FOUND ARGS…: so many tasks run, so many are found done
ran() {
  local number=$1 found=$2 output
  shift 2
  output=$("${run[@]}" "$@" 2>&1 > summary.json) || { echo "$output"; return 1; }
  [[ $output =~ (^|$'\n')([0-9]+)\ tasks?\ run(,\ ([0-9]+)\ found\ done)? && ${BASH_REMATCH[2]} == "$number" && ${BASH_REMATCH[4]:-0} == "$found" ]] ||
    { echo "$output"; return 1; }
}

t "it is built" build cache.wf cache
t "all runs at first" ran 7 0
t "then only what is volatile" ran 1 6
touch a b
t "new times change nothing" ran 1 6
printf 'one\nTWO\n' > a
t "early cut-off: upper and first run, their results are what they were" ran 2 5
printf 'one\nzwei\n' > a
t "upper and first again, say not" ran 3 4
printf 'eins\nzwei\n' > a
t "a change goes as far as it matters" ran 4 3
t "a value of an input" ran 5 2 --n 2
t "what was there before is there still" ran 1 6 --n 1
cp a a2
t "contents count, not names" bash -c './cache --a a2 --b b --out out 2>&1 | grep "^1 task run, 6 found done"'
t "--explain: nothing to tell of what is found" bash -c '! "$@" --explain 2>&1 | grep "upper runs"' - "${run[@]}"
printf 'uno\n' > a
t "--explain names the input that changed" says 'saids[0]/upper runs: input text changed' "${run[@]}" --explain
t "and says what is volatile" says 'at runs: volatile' "${run[@]}" --explain
t "--explain with another value" says 'first runs: input n changed' "${run[@]}" --explain --n 3
printf 'due\n' > a
dry() {
  "${run[@]}" --dry-run > dry.out 2> dry.err || return 1
  grep -q 'upper' dry.err && grep -q "tr a-z A-Z" dry.err && [[ ! -s dry.out ]] && ran 4 3
}
t "--dry-run tells, and runs nothing" dry
t "--fresh runs everything" ran 7 0 --fresh
t "once" ran 1 6
only() {
  "${run[@]}" --only 'saids[1]/say' > only.out 2> only.err || { cat only.err; return 1; }
  grep -q '^1 task run' only.err
}
t "--only runs one task" only
t "--only of what there is not" says 'R0118' "${run[@]}" --only nothing
rm -r out/saids
t "results that were removed are published again" ran 1 6
t "they are there" test "$(cat out/saids/said)" = DUE
echo broken > out/saids/said
t "one that was changed is put right" ran 1 6
t "it is" test "$(cat out/saids/said)" = DUE
chmod -R u+w out/.weft/store
for f in out/.weft/store/*/said; do echo damaged > "$f"; done
t "a damaged store is mended" status 0 "${run[@]}"
t "with the right contents" bash -c 'cat out/saids/said out/saids/1/said | cmp - <(printf "DUE\nTHREE\n")'
mv out/.weft moved
t "a state folder may move" ran 1 6 --state moved
rm -rf out
t "without the results, too" ran 1 6 --state moved
write '; :'
t "it is built again" build cache.wf cache
t "another command is another task; what follows is cut off" ran 3 4 --state moved
t "--explain says so" bash -c '"$1" build cache.wf -o cache && cd . ' - "$weft"
write '; : :'
t "it is built once more" build cache.wf cache
t "--explain names the command" says 'upper runs: command changed' "${run[@]}" --state moved --explain

# ---- what is volatile: again after a run that came to its end, not after one that did not ----

cat > broken.wf <<'W'
volatile task once(log: String) -> (r: String = stdout) { run "echo x >> ~{log}; echo once" }
task may_fail(ok: String, r: String) -> (s: String = stdout) { run "test -e ~{ok}; echo ~{r}" }
flow main(ok: String, log: String) -> (s: String) { s = may_fail(ok, once(log)) }
W
t "a run that can fail is built" build broken.wf broken
again=(./broken --ok "$work/ok" --log "$work/log" --out again)
t "it fails" status 1 "${again[@]}"
t "again" status 1 "${again[@]}"
t "what is volatile ran once" test "$(wc -l < log)" = 1
touch ok
t "then it ends well" json '.s == "once"' "${again[@]}"
t "still once" test "$(wc -l < log)" = 1
t "the next run" status 0 "${again[@]}"
t "runs it again" test "$(wc -l < log)" = 2

# ---- reports ----

self_contained() {
  "${run[@]}" --report report.html > /dev/null 2>&1 || return 1
  grep -q '</html>' report.html && grep -q 'upper' report.html && grep -q '<svg' report.html || return 1
  ! grep -oE '(src|href|url)[=(] *.?(https?:)?//[^ ]*' report.html
}
t "--report is one page that needs nothing else" self_contained
t "it is well-formed" bash -c 'xmllint --html --noout report.html 2>&1 | grep -v "Tag .* invalid" | grep error; [ $? = 1 ]'
t "--trace is JSON" bash -c '"$@" --fresh --trace trace.json && jq -e "map(select(.ph == \"X\")) | length == 7 and all(.ts >= 0 and .dur >= 0)" trace.json' - "${run[@]}"
t "a report that cannot be written" says 'R0112' "${run[@]}" --report /nowhere/r.html
t "a trace that cannot be written" says 'R0112' "${run[@]}" --trace /nowhere/t.json
finish
