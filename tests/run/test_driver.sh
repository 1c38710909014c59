#!/usr/bin/env bash
# The command line of weft itself.
# shellcheck disable=SC2016 # the inner shell expands
. "$(dirname "$0")/lib.sh"

cat > good.wf <<'W'
flow main(n: Int) -> (m: Int) {
  m = n + 1
}
W
printf 'flow main( n:Int )->(m:Int){m=n+1}\n' > ugly.wf
printf 'flow main(n: Int) -> (m: Int) { m = k }\n' > bad.wf
printf 'flow main(n: Int -> {\n' > broken.wf
printf 'flow main() -> (n: Int) {\n  n = 1\n  m = n + 1\n}\n' > warned.wf

t "no command is a usage error" status 2 "$weft"
t "usage lists the commands" says "check" "$weft"
t "an unknown command is told" status 2 "$weft" chekc
t "with the one that was meant" says 'did you mean `check`?' "$weft" chekc
t "an unknown option is told" says 'did you mean `--format`?' "$weft" check --fromat x good.wf
t "a value that is none of the choices" says "text|json|sarif" "$weft" check --format yaml good.wf
t "an option without its value" status 2 "$weft" check good.wf --format
t "a value for a switch" status 2 "$weft" fmt --check=yes good.wf
t "no operand" status 2 "$weft" check
t "too many operands" status 2 "$weft" build good.wf bad.wf
t "help as a command" says "usage: weft build" "$weft" help build
t "help as an option" says "usage: weft build" "$weft" build --help
t "help of what is no command" status 2 "$weft" help nothing
t "version" says "weft 0." "$weft" --version

t "check says yes" status 0 "$weft" check good.wf
t "check says nothing when all is well" test -z "$("$weft" check good.wf 2>&1)"
t "check says no" status 1 "$weft" check bad.wf
t "check reads standard input" says "<stdin>:1:37" "$weft" check - < bad.wf
t "a file that is not there" status 2 "$weft" check missing.wf
t "is named" says "missing.wf" "$weft" check missing.wf
t "a directory is no file" status 2 "$weft" check .
cp bad.wf bad2.wf
t "an error of one file does not hide that of another" says "2 errors" "$weft" check bad.wf bad2.wf good.wf
printf 'import bad\nflow main() -> (n: Int) { n = 1 }\n' > importing.wf
t "an error is told once, whoever imports it" says "1 error" "$weft" check importing.wf ./bad.wf bad.wf importing.wf
t "JSON" json '.[0].code == "E0202"' "$weft" check --format json bad.wf
t "JSON when there is nothing to tell" json '. == []' "$weft" check --format json good.wf
t "SARIF" json '.runs[0].results[0].ruleId == "E0202"' "$weft" check --format sarif bad.wf
t "colours when asked for" says $'\033[' "$weft" check --color always bad.wf
t "none by default outside a terminal" bash -c '! "$1" check bad.wf 2>&1 | grep -q "\[3"' - "$weft"

t "fmt --check tells" status 1 "$weft" fmt --check ugly.wf
t "fmt --check names the file" says "ugly.wf" "$weft" fmt --check ugly.wf
chmod 640 ugly.wf
ln -s ugly.wf link.wf
t "fmt rewrites" "$weft" fmt link.wf
t "through a link, which stays" test -L link.wf
t "with the permissions of before" test "$(stat -c %a ugly.wf)" = 640
t "as the one layout" status 0 "$weft" fmt --check ugly.wf good.wf
t "fmt reads standard input" bash -c '"$1" fmt - < ugly.wf | cmp - ugly.wf' - "$weft"
cp broken.wf broken.copy
t "fmt leaves a broken file" status 2 "$weft" fmt broken.wf
t "as it is" cmp broken.wf broken.copy
t "writing to a full device fails" bash -c '"$1" help > /dev/full; [ $? = 1 ]' - "$weft"

t "explain an error" says "unknown" "$weft" explain E0202
t "in lower case" says "unknown" "$weft" explain e0202
t "explain an error of a run" says "unknown flag" "$weft" explain R0001
t "explain what there is not" status 2 "$weft" explain E9999
t "bash completions are valid" bash -n <("$weft" completions bash)
t "zsh completions are valid" zsh -n <("$weft" completions zsh)
t "no completions for another shell" status 2 "$weft" completions fish
t "manual pages are valid" bash -c 'for c in "" check build run; do "$1" help --man $c; done > all.1' - "$weft"

t "build names the executable after the file" bash -c '"$1" build good.wf && ./good --n 1' - "$weft"
t "build to a place" build good.wf exe
t "the result is JSON" json '.m == 2' ./exe --n 1
t "build says why not" status 2 "$weft" build bad.wf
t "and leaves nothing" test ! -e bad
t "a folder that is not there" status 1 "$weft" build good.wf -o missing/exe
t "an unknown flow" status 2 "$weft" build --flow nothing good.wf
t "the graph" says "output" "$weft" build --emit graph good.wf
t "the plan" says "root" "$weft" build --emit plan good.wf
t "LLVM's text" says 'define i32 @main' "$weft" build --emit llvm good.wf
t "assembly" says ".text" "$weft" build --emit asm good.wf
t "an object" bash -c '"$1" build --emit obj good.wf && test -s good.o' - "$weft"
t "the graph after a pass" says "output" "$weft" build --stop-after simplify good.wf
t "and on the way" says "# after simplify" "$weft" build --dump-after simplify -o exe good.wf
t "an unknown pass" says "simplify" "$weft" build --stop-after simplfy good.wf
t "how long it took" says "lower" "$weft" build --timings -o exe good.wf

t "a drawing as dot" says "digraph" "$weft" graph good.wf
t "as SVG" bash -c '"$1" graph good.wf -o good.svg && xmllint --noout --nonet good.svg' - "$weft"
t "as PNG" bash -c '"$1" graph --view graph good.wf -o good.png && head -c 4 good.png | grep -q PNG' - "$weft"
t "of the plan" says "digraph" "$weft" graph --view plan good.wf
t "into a folder that is not there" status 1 "$weft" graph good.wf -o missing/good.svg
t "what will run" status 0 "$weft" plan good.wf

t "run builds and runs" json '.m == 5' "$weft" run good.wf --n 4
t "after -- as well" json '.m == 6' "$weft" run good.wf -- --n 5
t "from the cache" test "$(find cache/weft -name good | wc -l)" = 1
t "help is the workflow's own" says -- "--n" "$weft" run good.wf --help
printf 'flow main(n: Int) -> (m: Int) { m = n + 2 }\n' > good.wf
t "warnings at each run" says W0701 "$weft" run warned.wf
t "also of what is built" says W0701 "$weft" run warned.wf
t "a change builds anew" json '.m == 7' "$weft" run good.wf --n 5
t "what is wrong with the workflow" status 2 "$weft" run bad.wf
t "what is wrong with the arguments" status 2 "$weft" run good.wf --k 1
t "no place for a cache" env -u HOME -u XDG_CACHE_HOME bash -c '"$1" run good.wf --n 1; [ $? = 1 ]' - "$weft"

# Errors that only whole programs can have, each by its code.
: > nothing.wf
printf 'flow pick<T>(x: T) -> (y: T) { y = x }\n' > generic.wf
awk 'BEGIN {
  print "volatile task v(x: Int) -> (y: Int = stdout) { run \"echo ~{x}\" }"
  print "flow f0(x: Int) -> (y: Int) { y = v(x) }"
  for (i = 1; i < 40; i++) printf "flow f%d(x: Int) -> (y: Int) { y = f%d(x) + f%d(x) }\n", i, i - 1, i - 1
  print "flow main(x: Int) -> (y: Int) { y = f39(x) }" }' > doubling.wf
awk 'BEGIN { for (i = 0; i < 300; i++) printf "fn f%d(x: Int) -> Int = x + * 2\\n", i }' > broken.wf
"$weft" canon --certificate proof good.wf > /dev/null
sed 's/^law [0-9]*/law 999/' proof > forged
t "a file that is not there" says E0001 "$weft" check missing.wf
t "more errors than anybody reads" says E0118 "$weft" check --format json broken.wf
t "a program without flows" says E0407 "$weft" build nothing.wf
t "a generic flow to start with" says E0408 "$weft" build --flow pick generic.wf
t "flows that double forty times" says E0409 "$weft" build doubling.wf
t "a certificate of another law" says E0120 "$weft" canon --replay forged
t "a pattern of holes alone" says E0412 "$weft" match '?f' good.wf
t "a hole of an unknown type" says E0411 "$weft" match '?a + ?b' good.wf
finish
