#!/usr/bin/env bash
# slurm.sh: a real Slurm of our own on this one machine, for tests: munged, slurmctld and several slurmd, without
# systemd and without /etc/slurm. All it writes is in one folder; all sockets are on 127.0.0.1.
#   slurm.sh up DIR [LINE…]   start it; LINEs are added to slurm.conf (MaxArraySize=101)
#   slurm.sh down DIR         end its jobs and daemons; DIR stays
# Clients find it by SLURM_CONF=DIR/slurm.conf. NODES and CPUS say how many nodes there are, and CPUs in each.
set -euo pipefail
export PATH=/usr/sbin:/sbin:$PATH
nodes=${NODES:-3} cpus=${CPUS:-8}

die() {
  echo "slurm.sh: $*" >&2
  exit 1
}

# As many ports in a row that nobody listens on.
free_ports() { # COUNT
  local base i
  for _ in {1..100}; do
    base=$((20000 + RANDOM % 10000))
    for ((i = 0; i < $1; i++)); do listens $((base + i)) && continue 2; done
    echo "$base" && return
  done
  die "no free ports"
}

listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# What /proc says of a process: 1 its state, 20 when it started.
field() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d ' ' -f "$2"; }

# daemon NAME COMMAND…: in a session of its own; noted with the time it started, so that no other process is ever hit
daemon() {
  local name=$1
  shift
  setsid "$@" < /dev/null > "$dir/log/$name" 2>&1 &
  echo "$! $(field $! 20) $name" >> "$dir/pids"
  disown $!
}

# wait_for WHAT COMMAND…
wait_for() {
  local what=$1
  shift
  for _ in {1..1500}; do
    "$@" > /dev/null 2>&1 && return
    sleep 0.02
  done
  tail -n 5 "$dir"/log/* >&2
  down
  die "$what"
}

configuration() {
  cat << C
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,default_queue_depth=10000,bf_interval=1,bf_continue
PriorityType=priority/basic
EnforcePartLimits=ALL
Epilog=/bin/true
KillWait=2
MessageTimeout=60
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
C
  printf '%s\n' "$@"
  for ((i = 1; i <= nodes; i++)); do
    echo "NodeName=n$i NodeHostname=n$i NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=$cpus RealMemory=100000 State=UNKNOWN"
  done
  echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
}

all_idle() { [[ $(sinfo -h -N -o %T | grep -cx idle) == "$nodes" ]]; }

start_node() { # NAME; what hwloc is told saves it a look at the real machine
  mkdir -p "$dir/spool/$1"
  daemon "slurmd-$1" env HWLOC_SYNTHETIC="pack:1 core:$cpus pu:1" slurmd -D -N "$1"
}

up() {
  mkdir -p "$dir"/{munge,state,spool,log}
  chmod 755 "$dir" "$dir/munge"
  : > "$dir/pids"
  port=$(free_ports $((nodes + 1)))
  configuration "$@" > "$dir/slurm.conf"
  (umask 077 && head -c 1024 /dev/urandom > "$dir/munge/key")
  daemon munged munged --foreground --socket="$dir/munge/socket" --key-file="$dir/munge/key" \
    --pid-file="$dir/munge/pid" --seed-file="$dir/munge/seed"
  wait_for "munged does not answer" munge -n -S "$dir/munge/socket"
  daemon slurmctld slurmctld -D
  wait_for "slurmctld does not listen" listens "$port"
  for ((i = 1; i <= nodes; i++)); do start_node "n$i"; done
  wait_for "not all nodes are there" all_idle
}

# The daemons that still live, the last started first.
living() { # [NAME]
  local pid since name
  [[ -f $dir/pids ]] || return 0
  tac "$dir/pids" | while read -r pid since name; do
    [[ ! ${1-} || $name == "$1" ]] || continue
    [[ $since && $(field "$pid" 20) == "$since" && $(field "$pid" 1) != Z ]] && echo "$pid"
  done
  return 0
}

# Processes of its jobs, and what holds them: they have its SLURM_CONF and are none of those that we run under.
strays() {
  local file pid above=" " at=$$
  while ((at > 1)); do above+="$at " && at=$(field "$at" 2); done
  for file in $(grep -lzxF "SLURM_CONF=$dir/slurm.conf" /proc/[0-9]*/environ 2> /dev/null); do
    pid=${file#/proc/} pid=${pid%/environ}
    [[ $above == *" $pid "* ]] && continue
    [[ $(readlink "/proc/$pid/exe") == */slurmstepd ]] || grep -qz '^SLURM_JOB_ID=' "$file" 2> /dev/null || continue
    echo "$pid"
  done
  return 0
}

end_jobs() {
  [[ $(living slurmctld) ]] || return 0
  timeout 5 scontrol update PartitionName=main State=DOWN || true
  timeout 5 scancel --partition=main --state=PENDING || true
  timeout 5 scancel --partition=main --signal=KILL --full || true
  for _ in {1..50}; do
    [[ $(timeout 5 squeue -h -t R,CG -o %i) ]] || break
    sleep 0.05
  done
}

down() {
  local pid
  end_jobs > /dev/null 2>&1
  living | xargs -r kill 2> /dev/null || true
  for _ in {1..100}; do
    [[ $(living) ]] || break
    sleep 0.05
  done
  { living && strays; } | xargs -r kill -KILL 2> /dev/null || true
  rm -f "$dir/pids"
}

(($# >= 2)) || die "usage: slurm.sh up|down|node|kill DIR …"
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
((${#dir} <= 60)) || die "$dir is too long: names of sockets are made of it"
export SLURM_CONF=$dir/slurm.conf
case $1 in
  up) up "${@:3}" ;;
  down) down ;;
  start) start_node "$3" ;;                                        # a node that was killed
  kill) living "$3" | xargs -r kill -KILL ;;                       # slurmctld, slurmd-n1
  control) daemon slurmctld slurmctld -D ;;                        # slurmctld again
  *) die "no command $1" ;;
esac
