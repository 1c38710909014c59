#!/usr/bin/env bash
# Memory follows what runs at once, not how much there is to run; resources limit what runs at once.
# shellcheck disable=SC2016,SC2317 # tasks expand, not this shell; `t` calls the functions
. "$(dirname "$0")/lib.sh"

cat > wide.wf <<'W'
volatile task nothing() { run "true" }
flow main(n: Int) { for i in range(n) { nothing() } }
W
width=${WIDTH:-20000} # 10^5 and 10^6 take minutes, and no more memory
t "a wide one is built" build wide.wf wide
# peak N: kilobytes
peak() { /usr/bin/time -f %M ./wide --n "$1" -j 2 -q --out "wide.$1" 2>&1 > /dev/null | tail -n 1; }
little_more() {
  local narrow wide
  narrow=$(peak 1000) wide=$(peak "$width")
  echo "$narrow KB for 10^3 tasks, $wide KB for $width"
  ((wide < narrow + 4096))
}
t "$width tasks take little more memory than 10^3" little_more

# ---- how many run at once: each notes when it begins and ends ----

cat > admit.wf <<'W'
volatile task by_cpus(log: String, cores: Float) { cpus cores
  run "echo + >> ~{log}; sleep 0.1; echo - >> ~{log}" }
volatile task by_memory(log: String, each: Size) { memory each
  cpus 0.1
  run "echo + >> ~{log}; sleep 0.1; echo - >> ~{log}" }
volatile task by_gpus(log: String, each: Float) { gpus each
  cpus 0.1
  run "echo + $CUDA_VISIBLE_DEVICES >> ~{log}; sleep 0.1; echo - >> ~{log}" }
flow c(log: String, cores: Float) { for i in range(8) { by_cpus(log, cores) } }
flow m(log: String, each: Size) { for i in range(8) { by_memory(log, each) } }
flow g(log: String, each: Float) { for i in range(8) { by_gpus(log, each) } }
W
for flow in c m g; do t "flow $flow is built" build admit.wf $flow --flow $flow; done
# at_once MOST COMMAND…: exactly so many of its tasks are seen to run side by side
at_once() {
  local most=$1 seen
  shift
  : > log
  "$@" --log "$work/log" -q --out out > /dev/null || return 1
  seen=$(awk '/^\+/ { if (++n > most) most = n } /^-/ { n-- } END { print most }' log)
  [[ $seen == "$most" && $(grep -c '^-' log) == 8 ]] || { echo "$seen at once"; return 1; }
}
t "-j" at_once 4 ./c --cores 1 -j 4
t "-j 1" at_once 1 ./c --cores 1 -j 1
t "cpus" at_once 2 ./c --cores 2 -j 4
t "a fraction of a CPU" at_once 8 ./c --cores 0.5 -j 4
t "more than -j: alone" at_once 1 ./c --cores 2 -j 1
t "memory" at_once 3 ./m --each '300 MiB' --memory '1 GiB' -j 8
t "gpus" at_once 2 ./g --each 1 --gpus 2 -j 8
t "which are told apart" test "$(grep -o '[0-9]' log | sort -u | tr '\n' ' ')" = "0 1 "
t "two for each" at_once 2 ./g --each 2 --gpus 4 -j 8
finish
