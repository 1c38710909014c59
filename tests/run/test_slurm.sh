#!/usr/bin/env bash
# Workflows as jobs of a real Slurm, of several nodes on this machine: the same results as in a native run; nothing
# finished is lost, nothing waits for ever, whatever is killed; the same command goes on.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"
slurm=$root/tests/run/slurm.sh
cluster=$(mktemp -d /dev/shm/weft-XXXXXX 2> /dev/null || mktemp -d)
trap '"$slurm" down "$cluster" > /dev/null 2>&1; "$slurm" down "$cluster/small" > /dev/null 2>&1; rm -rf "$cluster"; chmod -R u+w "$work" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
for program in slurmctld slurmd munged sbatch; do
  PATH=$PATH:/usr/sbin command -v $program > /dev/null && continue
  skip "Slurm" "$program is not installed"
  finish
done
"$slurm" up "$cluster" MaxArraySize=101 MaxJobCount=2000 || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
export SLURM_CONF=$cluster/slurm.conf
export RAN=$work/ran

# contents FOLDER: names and contents of its results
contents() {
  (cd "$1" && find . -name .weft -prune -o -type f -print0 | sort -z | xargs -0r sha256sum)
}

# left: nothing of ours is in the queue, after a moment for what Slurm is about to drop
none_left() {
  for _ in {1..100}; do
    [[ $(squeue -h) ]] || return 0
    sleep 0.1
  done
  squeue
  return 1
}

# until_true COMMAND…: for a while
until_true() {
  for _ in {1..200}; do
    "$@" > /dev/null 2>&1 && return 0
    sleep 0.05
  done
  echo "never: $*"
  return 1
}

# ran TEXT: how often a task said so
ran() { grep -cx -- "$1" "$RAN" 2> /dev/null; }

export_of() { # FILE FOLDER
  "$weft" export --to slurm -o "$2" "$1"
}

# same NAME FILE ARGS…: native, exported, and with the controller
same() {
  local name=$1 file=$2
  shift 2
  export_of "$file" "$name.x" && shellcheck "$name.x/submit.sh" "$name.x"/jobs/*.sbatch || return 1
  "$name.x/workflow" "$@" --out "$name.n" -q > "$name.n.json" || return 1
  timeout 60 "$name.x/submit.sh" "$@" --out "$name.s" --wait > "$name.s.json" || return 1
  timeout 60 "$name.x/workflow" "$@" --out "$name.c" --executor slurm > "$name.c.json" || return 1
  diff <(contents "$name.n") <(contents "$name.s") && diff <(contents "$name.n") <(contents "$name.c") || return 1
  diff <(sed "s,/$name\.n/,/$name.s/,g" "$name.n.json") "$name.s.json" || return 1
  diff <(sed "s,/$name\.n/,/$name.c/,g" "$name.n.json") "$name.c.json" || return 1
  none_left
}

# ---- a full queue ----
# What has ended counts until Slurm forgets it, once a minute: so this goes on beside the rest.

cat > full.wf << 'W'
task part(i: Int) -> (list: File = "list") { run "echo ~{i} > ~{list}" }
task next(f: File) -> (list: File = "list") { run "{ cat ~{f}; echo x; } > ~{list}" }
flow main(width: Int = 25) -> (all: [File]) { all = for i in range(width) { next(part(i)) } }
W
full_queue() {
  NODES=1 "$slurm" up "$cluster/small" MaxJobCount=40 MinJobAge=2 || return 1
  local result=0
  SLURM_CONF=$cluster/small/slurm.conf timeout 150 full.x/submit.sh --out full.s --wait > full.json || result=1
  "$slurm" down "$cluster/small"
  return $result
}
export_of full.wf full.x
full_queue > full.log 2>&1 &
full=$!

# ---- the same results ----

cat > shapes.wf << 'W'
## Nested scatter, empty arrays, optional outputs, names with spaces and quotes, files without a byte.
task part(i: Int, j: Int) -> (list: File = "a 'b' \"$c\" ~{i}%a.txt") {
  memory 10 MiB
  time 1 min +- 10 s
  run "seq ~{i * 10 + j} > ~{list}"
}
task perhaps(i: Int) -> (out: File? = "out") { run "[ ~{i} = 1 ] || : > ~{out}" }
task join(parts: [File]) -> (all: File = "all") { run "cat /dev/null ~{parts} > ~{all}" }
task count(f: File, label: String) -> (n: Int = read_int("n"), said: String = stdout) {
  run "wc -l < ~{f} > n; echo ~{label}"
}
task halve(n: Int) -> (half: Int = stdout) { run "echo $((~{n} / 2))" }
task tag(f: File, n: Int) -> (out: File = "out") { run "{ cat ~{f}; echo ~{n}; } > ~{out}" }
flow main(width: Int = 4, label: String = "$(x) 'y' \"z\" %a") -> (
  all: [File], empty: [File], said: [String], maybe: [File?], half: Int, folded: File, late: [File], chosen: Int
) {
  all = for i in range(width) { join(for j in range(i) { part(i, j) }) }
  empty = for i in range(0) { join([part(i, i)]) }
  counted = for f in all { count(f, label) }
  said = for c in counted { c.said }
  maybe = for i in range(3) { perhaps(i) }
  half = loop h = 100 { halve(h) } until h < 20 max 20
  folded = fold f = all[0] for c in counted { tag(f, 7) }
  late = for i in range(counted[2].n) { part(i, 1) }
  chosen = if counted[1].n > 5 { count(all[3], "yes").n } else { 0 }
}
W
t "shapes of all kinds" same shapes shapes.wf
corpus=$root/corpus
t "corpus: words" same words "$corpus/words/words.wf" --texts "$corpus/words/texts/sonnet.txt" \
  --texts "$corpus/words/texts/tyger.txt" --texts "$corpus/words/texts/the wheelbarrow.txt" \
  --texts "$corpus/words/texts/empty.txt"
t "corpus: ensemble" same ensemble "$corpus/ensemble/ensemble.wf" --disease "$corpus/ensemble/disease.txt" \
  --path "$corpus/ensemble/path.txt"
t "corpus: pi" same pi "$corpus/pi/pi.wf" --members 4 --samples 1000
t "corpus: active" same active "$corpus/active/active.wf" --rounds 1 --target 0.85
t "corpus: data" "$corpus/variants/make-data" data
t "corpus: variants" same variants "$corpus/variants/variants.wf" --samples data/samples.tsv --ref data/lambda.fa

# ---- one job for all ----

cat > small.wf << 'W'
task part(i: Int) -> (list: File = "list") {
  time 1 s
  run "echo ~{i} > ~{list}"
}
task join(parts: [File]) -> (all: File = "all") {
  time 2 s +- 1 s
  run "cat ~{parts} > ~{all}"
}
flow main(width: Int = 40) -> (all: File) { all = join(for i in range(width) { part(i) }) }
W
pilot() {
  says "strategy: pilot, since no task is said to take longer than 4 s" export_of small.wf small.x || return 1
  small.x/workflow --out small.n -q > small.n.json && timeout 30 small.x/submit.sh --out small.s --wait > small.s.json || return 1
  diff <(contents small.n) <(contents small.s) && diff <(sed 's,/small.n/,/small.s/,g' small.n.json) small.s.json && none_left
}
t "--strategy pilot: chosen for small tasks, the same results" pilot
t "... and again: nothing to do" status 0 timeout 30 small.x/submit.sh --out small.s --wait
t "... --strategy arrays goes on from there" status 0 timeout 30 small.x/submit.sh --out small.s --wait --strategy arrays

cat > nodes.wf << 'W'
site here : slurm { nodes 3 cpus 8 queue "main" }
task part(i: Int) -> (list: File = "list") {
  run "echo ${SLURMD_NODENAME-} >> $NODES_RAN; sleep 0.1; seq ~{i + 1} > ~{list}"
}
task twice(f: File) -> (list: File = "list") { run "cat ~{f} ~{f} > ~{list}" }
task join(parts: [File]) -> (all: File = "all", n: Int = read_int("n")) {
  cpus 5
  run "cat ~{parts} > ~{all}; wc -l < ~{all} > n"
}
flow main(n: Int = 30) -> (all: File, more: [File]) {
  j = join(for i in range(n) { twice(part(i)) })
  all = j.all
  more = for i in range(j.n / 100) { part(i + 100) }
}
W
nodes() {
  export NODES_RAN=$work/nodes.ran
  export_of nodes.wf nodes.x && sed -i 's/--nodes=1/--nodes=3/' nodes.x/jobs/whole-run.sbatch || return 1
  nodes.x/workflow -j 8 --out nodes.n -q > nodes.n.json && : > nodes.ran || return 1
  timeout 60 nodes.x/submit.sh --out nodes.s --wait --strategy pilot > nodes.s.json || return 1
  timeout 60 nodes.x/submit.sh --out nodes.a --wait > nodes.a.json || return 1
  diff <(contents nodes.n) <(contents nodes.s) && diff <(contents nodes.n) <(contents nodes.a) || return 1
  diff <(sed 's,/nodes.n/,/nodes.s/,g' nodes.n.json) nodes.s.json && none_left
}
t "a pilot over three nodes, CPUs that this machine does not have" nodes
t "... on each of them" [ "$(head -n 30 nodes.ran | sort -u | grep -c n)" = 3 ]

# ---- limits ----

cat > wide.wf << 'W'
site here : slurm { nodes 3 cpus 8 max_jobs 150 queue "main" }
task part(i: Int) -> (list: File = "list") { run "echo part >> $RAN; echo ~{i} > ~{list}" }
task next(f: File) -> (list: File = "list") { run "echo next >> $RAN; { cat ~{f}; echo x; } > ~{list}" }
flow main(width: Int = 110) -> (all: [File]) { all = for i in range(width) { next(part(i)) } }
W
t "arrays below MaxArraySize, no more jobs than the site allows" same wide wide.wf
t "... each in one array, and none larger than 101" [ "$(cut -f 3 wide.s/.weft/slurm/jobs | sort -n | tail -n 1)" -le 101 ]
t "run again: nothing runs" status 0 timeout 20 wide.x/submit.sh --out wide.s --wait
t "... indeed" [ "$(ran part)" = 330 ]

# ---- what fails ----

cat > fail.wf << 'W'
task part(i: Int, bad: File) -> (list: File = "list") {
  run "echo part ~{i} >> $RAN; grep -qx ~{i} ~{bad} && { echo no luck >&2; exit 3; }; echo ~{i} > ~{list}"
}
task next(f: File) -> (list: File = "list") { run "echo next >> $RAN; { cat ~{f}; echo x; } > ~{list}" }
task join(parts: [File]) -> (all: File = "all") { run "cat ~{parts} > ~{all}" }
flow main(bad: File, width: Int = 6) -> (all: File) { all = join(for i in range(width) { next(part(i, bad)) }) }
W
fails() {
  export_of fail.wf fail.x && echo 2 > bad && : > "$RAN" || return 1
  status 1 timeout 30 fail.x/submit.sh --bad bad --out fail.s --wait > fail.json 2> fail.err || return 1
  [[ ! -s fail.json && $(ran next) == 5 ]] && grep -q 'exit status 3' fail.err && grep -q 'no luck' fail.err && none_left
}
t "a failed task: told, and what does not need it is done" fails
t "... where its log is" grep -q 'no luck' "fail.s/.weft/slurm/logs/$(grep -o 'part.[0-9]*_2' fail.s/.weft/slurm/index | head -n 1)"
t "... --status" says "1 failed" fail.x/submit.sh --bad bad --out fail.s --status
t "bad flags: status 2, and nothing submitted" status 2 fail.x/submit.sh --wrong 1 --out bad.s
t "submit.sh --help" says "--bad" fail.x/submit.sh --help

# ---- what is killed ----

cat > slow.wf << 'W'
task part(i: Int, hold: String) -> (list: File = "list") {
  run "echo part ~{i} >> $RAN; while [ -e ~{hold} ]; do sleep 0.05; done; seq ~{i + 1} > ~{list}"
}
task next(f: File) -> (list: File = "list") { run "echo next >> $RAN; { cat ~{f}; echo x; } > ~{list}" }
task join(parts: [File]) -> (all: File = "all") { run "cat ~{parts} > ~{all}" }
flow main(hold: String, width: Int = 4) -> (all: File) { all = join(for i in range(width) { next(part(i, hold)) }) }
W
export_of slow.wf slow.x
slow.x/workflow --hold "$work/hold" --out slow.n -q > slow.n.json

slow() { timeout 60 slow.x/submit.sh --hold "$work/hold" --out "$1" "${@:2}"; }
started() { [[ $(sort -u "$RAN" | grep -c '^part') == 4 ]]; }
begin() { # FOLDER: all four parts run, and hold on
  : > "$RAN"
  : > hold
  slow "$1" && until_true started
}
right() { diff <(contents slow.n) <(contents "$1"); }

is_gone() { ! squeue -h -r -o %i | grep -qx "$1"; }

scancel_one() {
  begin one.s || return 1
  local element
  element=$(squeue -h -r -n part -o %i | tail -n 1)
  scancel "$element" && until_true is_gone "$element" && rm hold
  status 1 slow one.s --wait 2> one.err || return 1
  grep -qE 'ended without a result|SIGTERM|exit status 143' one.err && [[ $(ran next) == 3 ]] && none_left || {
    cat one.err "$RAN"
    return 1
  }
  slow one.s --wait && right one.s && [[ $(grep -c part "$RAN") == 5 && $(ran next) == 4 ]]
}
t "scancel of one element: the others end well; again: only that one" scancel_one

kill_job() {
  begin job.s || return 1
  kill -KILL "$(pgrep -f -- "--element $work/job.s/.weft/slurm/1.tasks 2")" && sleep 0.3 && rm hold
  status 1 slow job.s --wait 2> job.err && none_left && slow job.s --wait && right job.s
}
t "a job killed: the same" kill_job

kill_node() {
  begin node.s || return 1
  local node
  node=$(squeue -h -r -n part -o %N | head -n 1)
  "$slurm" kill "$cluster" "slurmd-$node"
  scontrol update "nodename=$node" state=down reason=test && rm hold
  "$slurm" start "$cluster" "$node" && scontrol update "nodename=$node" state=resume
  slow node.s --wait && right node.s && none_left
}
t "a node lost: Slurm gives its jobs to others" kill_node

# Three nodes, one of which is lost: the job begins anew, and what was done is done.
kill_pilot_node() {
  : > "$RAN"
  : > hold
  export_of slow.wf pilot.x && sed -i 's/--nodes=1/--nodes=3/' pilot.x/jobs/whole-run.sbatch || return 1
  timeout 60 pilot.x/submit.sh --hold "$work/hold" --out pilot.s --strategy pilot && until_true started || return 1
  scontrol update nodename=n2 state=down reason=test && rm hold && sleep 0.5
  until_true scontrol update nodename=n2 state=resume
  timeout 60 pilot.x/submit.sh --hold "$work/hold" --out pilot.s --strategy pilot --wait && right pilot.s && none_left
}
t "a node of a pilot lost: it begins anew" kill_pilot_node

attach() {
  begin attach.s && status 1 slow attach.s 2> attach.err && grep -q 'under way' attach.err || return 1
  (sleep 0.5 && rm hold) &
  slow attach.s --wait && right attach.s && none_left
}
t "submit.sh again while it is under way; --wait waits for it" attach

cancel() {
  begin cancel.s && slow cancel.s --cancel && none_left && rm hold || return 1
  [[ $(cat cancel.s/.weft/slurm/finished) == 143 ]] || return 1
  slow cancel.s --wait && right cancel.s
}
t "--cancel ends everything; again: done" cancel

# The submitter is killed after its Nth sbatch, which is the real one.
kill_submit() { # N
  mkdir -p "shim$1" && rm -f hold
  printf '#!/bin/sh\n/usr/bin/sbatch "$@"\necho x >> %s\n[ "$(wc -l < %s)" != %s ] || kill -KILL $PPID\n' \
    "$work/calls$1" "$work/calls$1" "$1" > "shim$1/sbatch"
  chmod +x "shim$1/sbatch"
  PATH=$work/shim$1:$PATH slow "kill$1.s" > /dev/null 2>&1
  slow "kill$1.s" --wait > /dev/null && right "kill$1.s" && none_left
}
t "the submitter killed after its first sbatch" kill_submit 1
t "... after its second" kill_submit 2
t "... after its last" kill_submit 4

controller_killed() {
  : > "$RAN"
  : > hold
  slow.x/workflow --hold "$work/hold" --out lead.s --executor slurm 2> /dev/null &
  local pid=$!
  until_true started && kill -TERM $pid
  wait $pid
  (($? == 143)) && none_left && rm hold || return 1
  slow.x/workflow --hold "$work/hold" --out lead.s --executor slurm > /dev/null && right lead.s
}
t "--executor slurm: a signal cancels its jobs, and again it goes on" controller_killed

lose_control() {
  begin lost.s || return 1
  "$slurm" kill "$cluster" slurmctld
  rm hold && sleep 0.5 && rm -rf "$cluster/state" && mkdir "$cluster/state"
  "$slurm" control "$cluster" && until_true scontrol ping && until_true sinfo
  slow lost.s --wait && right lost.s
}
t "a controller that has forgotten all jobs" lose_control

full_queue_done() {
  wait $full || { cat full.log; return 1; }
  grep -q 'as many as the queue takes' full.log full.s/.weft/slurm/next.log && full.x/workflow --out full.n -q > /dev/null &&
    diff <(contents full.n) <(contents full.s)
}
t "a queue that takes 40 jobs, and 50 to be done" full_queue_done

finish
