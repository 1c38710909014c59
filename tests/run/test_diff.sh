#!/usr/bin/env bash
# `weft diff` and `weft equiv` end to end: statuses, formats, git.
. "$(dirname "$0")/lib.sh"

cat > a.wf <<'EOF'
task trim(reads: File, len: Int = 20) -> (trimmed: File = "trimmed") { run "cut -c 1-~{len} ~{reads} > ~{trimmed}" }
task count(reads: File) -> (n: Int = read_int("n")) { run "wc -l < ~{reads} > n" }

flow main(reads: [File]) -> (ns: [Int]) {
  ns = for r in reads {
    t = trim(r, 15)
    count(t)
  }
}
EOF
sed 's/15/17/; s/wc -l/wc -c/' a.wf > b.wf
sed 's/\bt\b/cut/g; s/\btrim\b/shorten/g' a.wf > renamed.wf
sed 's/count(t)/cuont(t)/' a.wf > broken.wf

# ---- statuses ----
t "the same is 0" status 0 "$weft" diff a.wf a.wf
t "renames are the same" says "same up to 2 renames" "$weft" diff a.wf renamed.wf
t "something else is 1" status 1 "$weft" diff a.wf b.wf
t "a broken file is 2" status 2 "$weft" diff a.wf broken.wf
t "its errors are shown" says "cuont" "$weft" diff a.wf broken.wf
t "a missing file is 2" status 2 "$weft" diff a.wf nowhere.wf
t "one file is not enough" status 2 "$weft" diff a.wf
t "three files are too many" status 2 "$weft" diff a.wf b.wf a.wf
t "standard input" status 1 "$weft" diff - b.wf < a.wf
t "nothing is a workflow" says "step inserted" "$weft" diff /dev/null a.wf
t "equiv: the same is 0" status 0 "$weft" equiv a.wf renamed.wf
t "equiv: something else is 1" status 1 "$weft" equiv a.wf b.wf
t "equiv: a broken file is 2" status 2 "$weft" equiv broken.wf a.wf
cat > left.wf <<'EOF'
task add(a: Int, b: Int) -> (n: Int = read_int("n")) { run "expr ~{a} + ~{b} > n" }
flow main(ns: [Int]) -> Int = fold s = 0 for n in ns { add(s, n) }
EOF
sed 's/add(s, n)/add(n, s)/' left.wf > right.wf
t "equiv: what is not known is 3" status 3 "$weft" equiv left.wf right.wf
t "equiv tells the reason" says "loops or folds" "$weft" equiv left.wf right.wf
no_output() { [[ ! $("$@") ]]; }
full() { "$@" > /dev/full; }
t "a full disk is 2" status 2 full "$weft" diff a.wf b.wf
t "a full disk is 2 for pictures" status 2 full "$weft" diff --format dot a.wf b.wf
t "a file that cannot be written is 2" status 2 "$weft" diff a.wf b.wf -o nowhere/x
t "output goes to a file" no_output "$weft" diff a.wf b.wf -o out.txt
t "and is there" grep -q '15 → 17' out.txt

# ---- text ----
t "a change stands with both places" says '~ 6:17  6:17  literal `len` of `t`: 15 → 17' "$weft" diff a.wf b.wf
t "a word of a command" says 'command of task `count`: -l → -c' "$weft" diff a.wf b.wf
t "the last line sums up" says '1 literal, 1 command' "$weft" diff a.wf b.wf
t "--stat counts" says ' ~     1  literal' "$weft" diff --stat a.wf b.wf
t "no colours unless asked for" no_output grep -l $'\033' out.txt
t "colours" says $'\033[33m~' "$weft" diff --color always a.wf b.wf
a_to_b=$("$weft" diff a.wf b.wf)
same_in() { [[ $(cd "$1" && "$weft" diff a.wf b.wf) == "$a_to_b" ]]; }
mkdir elsewhere && cp a.wf b.wf elsewhere
t "it does not depend on the folder" same_in elsewhere

# ---- JSON ----
t "JSON of a difference" json '.same == false and .counts == {"literal": 1, "command": 1} and (.changes | length) == 2' \
  "$weft" diff --format json a.wf b.wf
t "JSON of one change" json '.changes[1] | .kind == "literal" and .what == "`len` of `t`" and .before.value == "15" and
  .after.value == "17" and .before.place == {path: "a.wf", line: 6, column: 17, end_line: 6, end_column: 19}' \
  "$weft" diff --format json a.wf b.wf
t "JSON of the same" json '.same and .changes == [] and .rewritten.renames == 2 and .before.identity == .after.identity' \
  "$weft" diff --format json a.wf renamed.wf
t "JSON of what is new" json '[.changes[].before.place] | all(. == null)' "$weft" diff --format json /dev/null a.wf
identity() { [[ $("$weft" diff --format json a.wf b.wf | jq -r .after.identity) == $("$weft" hash b.wf | cut -c -64) ]]; }
t "identities are those of weft hash" identity
t "JSON of equiv" json '.verdict == "different" and .tier == "C2" and .witness.output == "ns" and
  .witness.before.line == 7 and .witness.after.path == "b.wf"' "$weft" equiv --format json a.wf b.wf
t "JSON of unknown" json '.verdict == "unknown" and .tier == "C4" and (.reason | type) == "string"' \
  "$weft" equiv --format json left.wf right.wf

# ---- pictures ----
t "SVG is drawn" status 1 "$weft" diff --format svg a.wf b.wf -o diff.svg
t "SVG is well-formed" xmllint --noout diff.svg
t "it shows what has changed" grep -q 'literal: 15 → 17' diff.svg
"$weft" diff --format dot a.wf b.wf -o diff.dot
t "what has changed is amber" grep -q '#ffd98a.*t = trim' diff.dot
t "what has not is grey" grep -q '#eeeeee.*reads' diff.dot
sed 's/count(t)/count(trim(t, 3))/' a.wf > longer.wf
t "what is new is green" says '#b9e4b4' "$weft" diff --format dot a.wf longer.wf
t "what is gone is red" says '#f6b8b1' "$weft" diff --format dot longer.wf a.wf
plain() { ! "$weft" diff --format dot a.wf renamed.wf | grep -qE '#(ffd98a|b9e4b4|f6b8b1|b3261e)'; }
t "renames leave all grey" plain

# ---- git ----
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_PAGER=cat
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
mkdir repo && cd repo || exit 1
git init -q . 2> /dev/null
git config diff.weft.command "'$weft' diff --git"
echo '*.wf diff=weft' > .gitattributes
mkdir lib
printf 'task count(reads: File) -> (n: Int = read_int("n")) { run "wc -l < ~{reads} > n" }\n' > lib/tools.wf
{ echo 'import lib.tools (count)'; grep -v '^task count' ../a.wf; } > main.wf
git add . && git commit -q -m one
sed -i 's/15/17/' main.wf
t "git shows the change" says 'literal `len` of `t`: 15 → 17' git diff
t "under git's names" says '+++ b/main.wf' git diff
cp ../a.wf new.wf && git add new.wf
t "a new file" says '--- /dev/null' git diff --cached
git rm -qf new.wf && git rm -q --cached lib/tools.wf
t "a removed file" says 'weft diff lib/tools.wf' git diff --cached
git add lib/tools.wf
git add . && git commit -q -m two
t "git show" says '1 literal' git show --ext-diff
t "git log" says '1 literal' git log -p --ext-diff -n 1
git config --unset diff.weft.command
git config diff.weft.textconv "'$weft' canon"
cp ../a.wf plain.wf
git add plain.wf && git commit -q -m three
lines() { git diff plain.wf | grep '^[+-][^+-]'; }
sed 's/15/17/' ../renamed.wf > plain.wf
t "converted: a literal is one line" says '17' lines
one_line() { [[ $(lines | wc -l) == 2 ]]; }
t "and nothing else" one_line
cp ../renamed.wf plain.wf
t "converted: renames are no line" no_output lines
git checkout -q plain.wf
git config --unset diff.weft.textconv
git config diff.weft.command "'$weft' diff --git"
git mv main.wf other.wf && sed -i 's/17/18/' other.wf
git add other.wf
t "a renamed file" says '17 → 18' git diff --cached -M20% HEAD
echo 'flow {' > other.wf
t "a broken file does not stop git" status 0 git diff
t "and is told" says 'cannot be compared as a workflow' git diff
cd ..
finish
