#!/usr/bin/env bash
# Exports that name every task and file: Makeflow, Snakemake, WfFormat, dot.
# shellcheck disable=SC2016,SC2317 # `t` and eval call
. "$(dirname "$0")/lib.sh"

made=$root/tests/run/static
echo "some words" > "my file"
mkdir -p "d ir/in" && echo 1 > "d ir/in/one"
for engine in makeflow snakemake work_queue_worker dot; do
  command -v "$engine" > /dev/null || { skip "all of it" "$engine is not installed"; finish; }
done

# Names and contents of results.
sums() { (cd "$1" && find . -path ./.weft -prune -o -type f -print0 | sort -z | xargs -0 sha256sum); }

# run_engine ENGINE FOLDER: in the exported folder. Makeflow's status says nothing.
run_engine() {
  case $1 in
    makeflow) (cd "$2" && timeout 120 makeflow -T local -r 1 > log 2>&1 && [[ -f results.json ]]) ;;
    snakemake) (cd "$2" && timeout 120 snakemake -j 2 --nocolor > log 2>&1) ;;
    queue)
      (
        cd "$2" || exit
        timeout 120 makeflow -T wq -p 0 -Z port > log 2>&1 &
        until [[ -s port ]]; do sleep 0.1; done
        timeout 60 work_queue_worker -t 2 localhost "$(< port)" > worker.log 2>&1
        wait
        [[ -f results.json ]]
      ) ;;
  esac
}

# export_for ENGINE FOLDER FILE ARGS…
export_for() {
  local target=$1 folder=$2 file=$3
  [[ $target != queue ]] || target=makeflow
  rm -rf "$folder"
  "$weft" export --to "$target" "$file" -o "$folder" -- "${@:4}"
}

# native NAME FILE ARGS…: NAME.out, and what is in it in NAME.sums
native() {
  build "$2" "$1" && "./$1" "${@:3}" --out "$1.out" -q > "$1.json" || return
  mkdir -p "$1.out" && sums "$1.out" > "$1.sums"
}

# same ENGINE NAME FILE ARGS…: the same files as in NAME.sums, the same values as in NAME.json
same() {
  local folder=$2.$1
  export_for "$1" "$folder" "${@:3}" || return
  run_engine "$1" "$folder" || { tail -n 30 "$folder/log"; return 1; }
  sums "$folder/results" | diff "$2.sums" - || return
  diff <(values < "$2.json") <(values < "$folder/results.json")
}

# Files by their names alone; numbers of 64 bits stay what they are.
values() { sed -E 's/("path": ")[^"]*\//\1/; s/, "size": [0-9]+, "sha256": "[0-9a-f]*"//g; s/("path": ")([^"\\]|\\.)*\//\1/g'; }

# ---- the same bytes as a native run ----

words=("$made/words.wf" --ref "my file" --dir "d ir" --names "a b'c\"\$HOME" --names '*' --names 'x\y`z`')
order=("$made/order.wf" --n 3)
mkdir -p marks.n marks.m marks.s marks.done/first
ends=("$made/ends.wf" --f "my file" --mark "$work")
t "native: names and quotes" native words "${words[@]}"
t "native: order" native order "${order[@]}"
t "native: ends" native ends "${ends[@]/%$work/$work/marks.n}"
t "Makeflow: names and quotes" same makeflow words "${words[@]}"
t "Snakemake: names and quotes" same snakemake words "${words[@]}"
t "Work Queue, by a worker in folders of its own: names and quotes" same queue words "${words[@]}"
t "Makeflow: order, loops, folds" same makeflow order "${order[@]}"
t "Snakemake: order, loops, folds" same snakemake order "${order[@]}"
t "Makeflow: statuses and attempts" same makeflow ends "${ends[@]/%$work/$work/marks.m}"
t "Snakemake: statuses and attempts" same snakemake ends "${ends[@]/%$work/$work/marks.s}"
t "a first attempt has failed" grep -q 'attempt 2 of 3' ends.makeflow/log
t "native: pi" native pi "$root/corpus/pi/pi.wf" --members 10 --samples 1000
t "Makeflow: pi, which has no tasks" same makeflow pi "$root/corpus/pi/pi.wf" --members 10 --samples 1000

# The workflows of all engines: the same, or refused at a place in the source, or failing as they do natively.
read_args() { # FILE → args
  local base=${1%.wf} line
  args=()
  [[ ! -f $base.args ]] || while IFS= read -r line || [[ -n $line ]]; do
    args+=("${line//\{dir\}/$root/tests/run/export}")
  done < "$base.args"
  [[ ! -d $base.in ]] || cp -r "$base.in/." .
}
same_or_refused() { # ENGINE FILE
  local args name=set.${2##*/} status=0
  read_args "$2"
  export_for "$1" "$name.$1" "$2" "${args[@]}" 2> refused || status=$?
  if ((status == 2)); then
    grep -q "^error.*cannot be expressed in ${1^}" refused && grep -q -- "--> .*${2##*/}:[0-9]*:[0-9]*" refused
  elif [[ -f ${2%.wf}.exit ]]; then
    ((status == 0)) && ! run_engine "$1" "$name.$1"
  else
    cat refused
    native "$name" "$2" "${args[@]}" && same "$1" "$name" "$2" "${args[@]}"
  fi
}
for file in "$root"/tests/run/export/*.wf; do
  t "Makeflow: ${file##*/} gives the same, or is refused" same_or_refused makeflow "$file"
  t "Snakemake: ${file##*/} gives the same, or is refused" same_or_refused snakemake "$file"
done

# What the engines have done is not done again.
t "Makeflow has nothing left to do" eval '(cd words.makeflow && makeflow -T local > again 2>&1; ! grep "submitting job" again)'
t "Snakemake has nothing left to do" eval '(cd words.snakemake && says "Nothing to be done" snakemake -j 2)'

# The folder can be moved before it is run.
t "an exported folder can be moved" eval 'export_for makeflow here "${order[@]}" && mkdir -p "an other/place" && mv here "an other/place/x" &&
  run_engine makeflow "an other/place/x" && sums "an other/place/x/results" | diff order.sums -'

# ---- failures ----

# fails ENGINE TEXT ARGS…: nothing is published, and the log says why
fails() {
  export_for "$1" failing "${ends[@]/%$work/$work/marks.done}" "${@:3}" && ! run_engine "$1" failing && [[ ! -e failing/results ]] &&
    says "$2" cat failing/log
}
for engine in makeflow snakemake; do
  t "$engine: a status that is not accepted" fails "$engine" "exit status 4" --n 4
  t "$engine: success is not accepted where only 1 is" fails "$engine" "exit status 0" --n 0
  t "$engine: an output is missing" fails "$engine" 'the output "out" was not made' --name other
  t "$engine: time is over" fails "$engine" "ended after 2 s" --seconds 60
done
t "a folder that holds something is left alone" status 1 "$weft" export --to makeflow "$made/order.wf" -o words.out
echo mine > mine
t "a file is left alone" eval 'status 1 "$weft" export --to snakemake "$made/order.wf" -o mine && grep -q mine mine'
t "a folder cannot go to standard output" status 1 "$weft" export --to makeflow "$made/order.wf" -o -
t "wrong inputs are told" says "R0003" "$weft" export --to makeflow "$made/order.wf" -o none -- --k 3
t "wrong inputs: how help is shown" says "weft run $made/order.wf -- --help" "$weft" export --to dot "$made/order.wf" -o - -- --k 3
t "wrong inputs: status" status 1 "$weft" export --to makeflow "$made/order.wf" -o none2 -- --k 3

# ---- what cannot be expressed, at its place ----

cat > late.wf << 'END'
task count(f: File) -> (n: Int = read_int("n"), maybe: File? = "maybe", parts: [File] = glob("p*")) {
  memory size(f)
  run "wc -l < ~{f} > n"
}
task make(n: Int) -> (f: File = "f") { run "seq ~{n} > f" }
task far(f: File) -> (o: File = "o") { run "cat ~{raw(path(f))} > o" }
flow main(f: File) -> (fs: [File], o: File) {
  c = count(make(2))
  fs = for i in range(c.n) { make(i) }
  go = ask Bool("Go?")
  o = if go { c.parts[0] } else { far(f) }
}
END
sed 's/^flow main.*/flow main(f: File) -> (o: File) { o = far(f) }/; /^  [cfgo]/d; /^}$/d' late.wf |
  sed -n '/^task far/p; /^flow/p' > raw.wf
for target in makeflow snakemake wfformat dot; do
  t "$target: refused" status 2 "$weft" export --to "$target" late.wf -o no -- --f late.wf
  for place in 1:34 1:64 1:89 9:17 10:8; do
    t "$target: refused at $place" says "late.wf:$place" "$weft" export --to "$target" late.wf -o no -- --f late.wf
  done
done
t "nothing is written then" test ! -e no
cat > size.wf << 'END'
task make(n: Int) -> (f: File = "f") { run "seq ~{n} > f" }
task use(f: File) -> (g: File = f, h: File = "h") {
  memory 1 MiB + 2 * size(f)
  run "cat ~{f} > h"
}
flow main(x: File, n: Int = 0) -> (g: File, h: File) {
  u = use(x)
  g = u.g
  h = if n > 0 { use(make(3)).h } else { u.h }
}
END
cat > look.wf << 'END'
task t(s: String, f: File) -> (o: File = "o") { run "echo ~{s} > ~{o}; cat ~{f} >> ~{o}" }
flow main(a: File, b: File, n: Int = 0) -> (o: File, same: Bool) {
  same = a == b
  o = if n == 1 && contains(path(a), "in") { t("in", a) } else {
    if n == 2 && path(a) == "/a" { t("/a", a) } else { t(stem(a), b) }
  }
}
END
cp size.wf size.copy
t "native: contents of inputs are compared" native look look.wf --a size.wf --b size.copy
t "Makeflow: the same" same makeflow look look.wf --a size.wf --b size.copy
t "what depends on a folder's name is refused" says "look.wf:4:" "$weft" export --to dot look.wf -o - -- --a size.wf --b size.wf --n 1
t "so is its comparison" says "look.wf:5:" "$weft" export --to dot look.wf -o - -- --a size.wf --b size.wf --n 2
t "the size of an input is known" "$weft" export --to makeflow size.wf -o size -- --x size.wf
t "that of a file to be made is not" says "size.wf:9" "$weft" export --to makeflow size.wf -o no -- --x size.wf --n 1
t "then nothing is left" test ! -e no
t "an input that is handed on is nobody's output" json '.workflow.specification.tasks[0].outputFiles == ["u.0.h"]' \
  "$weft" export --to wfformat size.wf -o - -- --x size.wf
t "an unquoted path in a command is refused" says "raw.wf:1:6" "$weft" export --to makeflow raw.wf -o no -- --f raw.wf
for name in active ensemble variants words; do
  t "corpus/$name decides as it runs" says "E0601" "$weft" export --to makeflow "$root/corpus/$name/$name.wf" -o no
done

# ---- WfFormat, dot ----

# What the schema of WfFormat 1.5 asks for; and that parents, children and files fit together.
wfformat='
  def id: type == "string" and test("^[0-9a-zA-Z._-]+$");
  . as $d | .workflow.specification as $s |
  (.name | type == "string" and length > 0) and .schemaVersion == "1.5" and (.identity | test("^[0-9a-f]{64}$")) and
  ($s.tasks | length > 0) and
  all($s.tasks[]; (.name | type == "string" and length > 0) and (.id | id) and
    all(.parents[], .children[], .inputFiles[], .outputFiles[]; id)) and
  ($s.tasks | map(.id) | length == (unique | length)) and
  ([$s.tasks[].outputFiles[]] | length == (unique | length)) and
  all($s.files[]; (.id | id) and (.sizeInBytes | type == "number" and . >= 0)) and
  ([$s.tasks[] | .id as $i | .parents[] | [., $i]] | sort) == ([$s.tasks[] | .id as $i | .children[] | [$i, .]] | sort) and
  ([$s.tasks[] | .id as $i | .parents[] | [., $i]] | length == (unique | length)) and
  ([$s.tasks[] | .id as $i | .outputFiles[] | {key: ., value: $i}] | from_entries) as $maker |
  all($s.tasks[]; .parents as $p | all(.inputFiles[]; $maker[.] as $m | $m == null or any($p[]; . == $m)))'
t "WfFormat: names and quotes" json "$wfformat" "$weft" export --to wfformat -o - "${words[0]}" -- "${words[@]:1}"
t "WfFormat: order" json "$wfformat" "$weft" export --to wfformat -o - "${order[0]}" -- "${order[@]:1}"
t "WfFormat: sizes of the user's files" json '.workflow.specification.files | any(.sizeInBytes == 11)' \
  "$weft" export --to wfformat -o - "${words[0]}" -- "${words[@]:1}"
t "WfFormat: order alone makes parents" json '.workflow.specification.tasks | any(.id == "last.0" and (.parents | length) >= 3)' \
  "$weft" export --to wfformat -o - "${order[0]}" -- "${order[@]:1}"
t "WfFormat: no tasks are told" status 1 "$weft" export --to wfformat -o none.json "$root/corpus/pi/pi.wf" -- --members 2
t "a file that cannot be written" status 1 "$weft" export --to wfformat -o no/such/x.json "${order[0]}"
for name in words order; do
  declare -n args=$name
  t "dot: $name" "$weft" export --to dot -o "$name.dot" "${args[0]}" -- "${args[@]:1}"
  t "dot: $name can be drawn" eval "dot -Tsvg $name.dot | grep -q '</svg>'"
done

# ---- scripts ----

for folder in words ends order; do
  t "scripts of $folder: shellcheck" eval "find $folder.makeflow/tasks -type f -print0 | xargs -0 shellcheck -s sh -e SC2016,SC2028,SC1091"
done
finish
