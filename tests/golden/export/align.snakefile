==> Snakefile
# Run it here: snakemake -j 4
# align.wf --ref {dir}/align.in/ref.txt --reads {dir}/align.in/a.txt --reads '{dir}/align.in/b c.txt'
# exported by weft VERSION; identity 118a0069bf096fd87379218bcaceed3fc472def824a40feb3fb8f7a2c2a50194


def table(path):
    """What differs between the tasks of a rule: rows by their first column."""
    with open(path) as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return {row[0]: dict(zip(rows[0], row)) for row in rows}


wildcard_constraints:
    n=r"[0-9_.-]+",


localrules:
    results,


rule results:
    input:
        open("tasks/results.needs").read().split(),
    output:
        "results.json",
    shell:
        "sh tasks/results.sh"


table_idx = table("tasks/idx.tsv")


rule task_idx:
    input:
        "tasks/life.sh",
        "tasks/idx/{n}",
        lambda task: table_idx[task.n]["input"].split(),
    output:
        directory("store/idx/{n}"),
    shell:
        "sh tasks/idx/{wildcards.n}"


table_align = table("tasks/align.tsv")


rule task_align:
    input:
        "tasks/life.sh",
        "tasks/align/{n}",
        lambda task: table_align[task.n]["input"].split(),
    output:
        directory("store/align/{n}"),
    threads: lambda task: int(table_align[task.n]["threads"])
    resources:
        mem_mb=lambda task: int(table_align[task.n]["mem_mb"]),
    shell:
        "sh tasks/align/{wildcards.n}"
==> in/0/ref.txt -> {dir}/align.in/ref.txt
==> in/1/a.txt -> {dir}/align.in/a.txt
==> in/2/b c.txt -> {dir}/align.in/b c.txt
==> in/file-2 -> {dir}/align.in/b c.txt
==> tasks/align.tsv
n	threads	mem_mb	disk_mb	runtime	gpus	input
0	2	17	0	0	0	in/1/a.txt store/idx/0
1	2	17	0	0	0	in/file-2 store/idx/0
==> tasks/align/0
#!/bin/sh
# aligned[0]/align: align.wf:4: task align
. tasks/life.sh
stage() {
  link "$WEFT_DIR"/store/idx/0/ref.idx ref.idx
}
script() {
  cat << 'END'
sort "$WEFT_DIR"/in/1/a.txt | comm -12 ref.idx - > a.hits
echo 'a' "it's done" | awk '{ print $1 }'
END
}
work() {
  run LC_ALL=C bash -euo pipefail -c "$(script)" < /dev/null > stdout
}
outputs() {
  file a.hits
  file stdout
}
life store/align/0 'aligned[0]/align' 1
==> tasks/align/1
#!/bin/sh
# aligned[1]/align: align.wf:4: task align
. tasks/life.sh
given 2 'b c.txt'
stage() {
  link "$WEFT_DIR"/store/idx/0/ref.idx ref.idx
}
script() {
  cat << 'END'
sort "$WEFT_DIR"'/in/2/b c.txt' | comm -12 ref.idx - > 'b c.hits'
echo 'b c' "it's done" | awk '{ print $1 }'
END
}
work() {
  run LC_ALL=C bash -euo pipefail -c "$(script)" < /dev/null > stdout
}
outputs() {
  file 'b c.hits'
  file stdout
}
life store/align/1 'aligned[1]/align' 1
==> tasks/idx.tsv
n	threads	mem_mb	disk_mb	runtime	gpus	input
0	1	0	0	0	0	in/0/ref.txt
==> tasks/idx/0
#!/bin/sh
# idx: align.wf:2: task index
. tasks/life.sh
work() {
  run sh -eu -c 'sort "$WEFT_DIR"/in/0/ref.txt > ref.idx' < /dev/null >&2
}
outputs() {
  file ref.idx
}
life store/idx/0 idx
==> tasks/life.sh
# life.sh: the life of a task, as in a native run: a directory of its own, the command, a look at its end and at its
# outputs; all else that it has left there goes.  The scripts of tasks say stage, work and outputs, and call life.
# They are run in the folder that tasks/ is in.
# shellcheck shell=sh disable=SC2034,SC2317
WEFT_DIR=$PWD
export WEFT_DIR

fail() {
  printf '%s: %s\n' "$weft_label" "$1" >&2
  exit 1
}

# given N NAME: a file of the user's, under its own name
given() {
  [ -e "in/$1/$2" ] && return
  mkdir -p "in/$1" && ln -s "../file-$1" "in/$1/$2" || exit 1
}

# unpack DIRECTORY: what a task has made, where it comes as an archive
unpack() { [ -d "store/$1" ] || [ ! -e "store/$1.tar" ] || tar -xf "store/$1.tar" || exit 1; }

# link FILE NAME: for programs that insist on a name
link() {
  case $2 in */*) mkdir -p "./${2%/*}" || exit 1 ;; esac
  ln -s "$1" "./$2" || exit 1
}

stage() { :; }

# run NAME=VALUE... COMMAND...
run() {
  if [ "$weft_timeout" != 0 ]; then timeout -k 2 "$weft_timeout" env "$@"; else env "$@"; fi
}

# file PATH, dir PATH: outputs are looked at, or the entry of the directory that belongs to one is kept
file() {
  kept "$1" && return
  [ -f "./$1" ] || fail "the output \"$1\" was not made"
  [ ! -h "./$1" ] || { cp -p "./$1" .weft-copy && mv -f .weft-copy "./$1"; } || exit 1
}
dir() { kept "$1" || [ -d "./$1" ] || fail "the output directory \"$1\" was not made"; }
kept() {
  [ -n "$weft_entry" ] || return 1
  case $1/ in ./ | "$weft_entry"/*) weft_kept=1 ;; esac
}

tidy() {
  for weft_entry in * .[!.]* ..?*; do
    [ -e "./$weft_entry" ] || [ -h "./$weft_entry" ] || continue
    weft_kept=
    outputs
    [ -n "$weft_kept" ] || rm -rf "./$weft_entry"
  done
}

attempt() {
  [ ! -e "$1" ] || rm -rf "./$1" || exit 1
  mkdir -p "$1" && cd "$1" || exit 1
  stage
  weft_status=0
  work || weft_status=$?
  [ "$weft_timeout" = 0 ] || case $weft_status in 124 | 137) fail "ended after $weft_timeout s" ;; esac
  case " $2 " in *" $weft_status "*) ;; *) fail "exit status $weft_status" ;; esac
  weft_entry=
  outputs
  tidy
}

# life DIRECTORY LABEL [RETRIES [TIMEOUT [ACCEPTED STATUSES]]]
life() {
  weft_label=$2 weft_timeout=${4-0} weft_tries=0
  until (attempt "$1" "${5-0}"); do
    [ "$weft_tries" -lt "${3-0}" ] || exit 1
    weft_tries=$((weft_tries + 1))
    echo "$weft_label: attempt $((weft_tries + 1)) of $(($3 + 1)) follows" >&2
  done
}
==> tasks/results.needs
store/align/0 store/align/1==> tasks/results.sh
#!/bin/sh
# Puts what the workflow brings into results/, and tells of it in results.json.
. tasks/life.sh
unpack() { [ ! -e "store/$1.tar" ] || { rm -rf "store/$1" && tar -xf "store/$1.tar"; } || exit 1; }
place() { # COMMAND... FROM TO
  for weft_to; do :; done
  case $weft_to in */*) [ -d "${weft_to%/*}" ] || mkdir -p "${weft_to%/*}" || exit 1 ;; esac
  "$@" 2> results.error
}
copy() { place cp -RHp "$1" "results.new/$2" || { cat results.error >&2; exit 1; }; }
put() { place ln "$1" "results.new/$2" || copy "$1" "$2"; }
rm -rf results.new && mkdir results.new || exit 1
put store/align/0/a.hits hits/a.hits
put 'store/align/1/b c.hits' 'hits/b c.hits'
put store/align/0/stdout stdout
printf '%s\n' '{"hits": [{"path": "results/hits/a.hits"}, {"path": "results/hits/b c.hits"}],
 "log": {"path": "results/stdout"},
 "number": 2}' > results.json || exit 1
rm -rf results && mv results.new results && rm -f results.error
