#!/usr/bin/env bash
# A real Slurm of our own: 1,000 tasks as arrays against 1,000 sbatch and against Makeflow's Slurm mode; one job that
# runs 1,000 tasks of 10 ms against an array of the same.
. "$(dirname "$0")/lib.sh"

export NODES=4 CPUS=16
chmod 711 "$work" # munge looks at it
cluster=$work/c
slurm=$root/tests/run/slurm.sh
trap '"$slurm" down "$cluster" > /dev/null 2>&1; rm -rf "$work"' EXIT
"$slurm" up "$cluster" MaxJobCount=100000 MinJobAge=2 || die "no Slurm"
export SLURM_CONF=$cluster/slurm.conf

# Calls of the real sbatch are counted.
mkdir bin
real=$(command -v sbatch)
printf '#!/bin/sh\necho >> %s/calls\nexec %s "$@"\n' "$work" "$real" > bin/sbatch
chmod +x bin/sbatch
export PATH=$work/bin:$PATH

cat > many.wf << 'W'
task t(i: Int) -> (out: File = "out") { run ": > ~{out}" }
flow main(n: Int = 1000) -> (all: [File]) { all = for i in range(n) { t(i) } }
W
cat > short.wf << 'W'
task t(i: Int) -> (out: File = "out") {
  time 1 s
  run "sleep 0.01; : > ~{out}"
}
flow main(n: Int = 1000) -> (all: [File]) { all = for i in range(n) { t(i) } }
W
for name in many short; do "$weft" export --to slurm "$name.wf" -o "$name" 2> /dev/null; done

declare -A seconds calls
# timed NAME COMMAND…: how long, and how many calls of sbatch
timed() {
  local name=$1 start
  shift
  : > calls
  start=$EPOCHREALTIME
  "$@" > /dev/null 2> "$name.err" || { cat "$name.err" >&2; die "$name failed"; }
  seconds[$name]=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }')
  calls[$name]=$(wc -l < "$work/calls")
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }

# Without the last job there would be nothing to wait for: the queue is looked at.
separate() {
  local i
  mkdir -p apart
  for ((i = 0; i < 1000; i++)); do sbatch --output=/dev/null --wrap ": > apart/$i"; done
  until [[ ! $(squeue -h -t PD,R,CG | head -n 1) ]]; do sleep 0.1; done
}
makeflow_mode() {
  mkdir mf && cd mf || exit
  seq 1000 | awk '{ print "f" $1 ":\n\t: > f" $1 "\n" }' > Makeflow
  makeflow -T slurm -J 1000 > log
  cd ..
}

timed arrays many/submit.sh --out many.out --wait
timed separately separate
line "1,000 tasks on Slurm / 1,000 sbatch: calls" "$(ratio "${calls[arrays]}" "${calls[separately]}")" "" 0.1 \
  "${calls[arrays]} calls of sbatch against ${calls[separately]}"
line "1,000 tasks on Slurm / 1,000 sbatch: time" "$(ratio "${seconds[arrays]}" "${seconds[separately]}")" "" - \
  "${seconds[arrays]} s against ${seconds[separately]} s, submit to done"
if command -v makeflow > /dev/null; then
  timed makeflow makeflow_mode
  line "1,000 tasks on Slurm / Makeflow -T slurm: calls" "$(ratio "${calls[arrays]}" "${calls[makeflow]}")" "" 0.1 \
    "${calls[arrays]} calls of sbatch against ${calls[makeflow]}"
  line "1,000 tasks on Slurm / Makeflow -T slurm: time" "$(ratio "${seconds[arrays]}" "${seconds[makeflow]}")" "" - "${seconds[arrays]} s against ${seconds[makeflow]} s"
fi
timed pilot short/submit.sh --out pilot.out --wait
timed array short/submit.sh --out array.out --wait --strategy arrays
line "1,000 tasks of 10 ms, pilot / array" "$(ratio "${seconds[pilot]}" "${seconds[array]}")" "" 1 "${seconds[pilot]} s against ${seconds[array]} s"
