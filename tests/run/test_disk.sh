#!/usr/bin/env bash
# Full disks and folders that cannot be written: one clear line, and the same command goes on once there is room.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

# A small file system needs root, or a user's own name space of mounts.
if ((EUID != 0)) && [[ ! ${WEFT_OWN_MOUNTS-} ]] && unshare --map-root-user --mount true 2> /dev/null; then
  WEFT_OWN_MOUNTS=1 exec unshare --map-root-user --mount "$0"
fi

cat > disk.wf <<'W'
task block(i: Int, kib: Int) -> (data: File = "data", n: Int = read_int("n")) {
  run "head -c ~{kib}k /dev/zero | tr '\\000' ~{i % 10} > ~{data}; echo ~{i} > n"
}
flow main(count: Int = 8, kib: Int = 256) -> (blocks: [File], sum: Int) {
  made = for i in range(count) { block(i, kib) }
  blocks = for m in made { m.data }
  sum = fold s = 0 for m in made { s + m.n }
}
W
t "it is built" build disk.wf disk
./disk --out good -q > expected.json
contents() { (cd "$1" && find . -name .weft -prune -o -type f -print0 | sort -z | xargs -0r sha256sum); }
contents good > expected.files

# fails_clearly TEXT COMMAND…: exit status 1, the text, no more than a few lines, no summary
fails_clearly() {
  local text=$1 actual=0
  shift
  "$@" > clear.out 2> clear.err || actual=$?
  [[ $actual == 1 && ! -s clear.out ]] && grep -q -- "$text" clear.err && (($(grep -c '^error' clear.err) == 1)) && return
  echo "status $actual"
  cat clear.err clear.out
  return 1
}
# completes ARGS…: with the results that it should have
completes() {
  local out=$1
  shift
  ./disk --out "$out" -q "$@" > again.json || return 1
  jq -e .sum==28 again.json > /dev/null && contents "$out" | cmp - expected.files && [[ ! $(find "$out" -name '.weft-new*') ]]
}

# ---- a limit on the size of files, which needs no privileges ----

limited() { (ulimit -f 100 && exec ./disk --out limited -j 1); }
t "a file that gets too large fails its task" fails_clearly 'exit status 153' limited
t "without the limit it goes on" completes limited

# ---- a small file system ----

if mkdir small && mount -t tmpfs -o size=1200k,nr_inodes=400 weft-test small 2> /dev/null; then
  trap 'umount -l small readonly 2> /dev/null; rm -rf "$work"' EXIT
  full() {
    local actual=0
    ./disk --out small/out "$@" > full.out 2> full.err || actual=$?
    [[ $actual == 1 && ! -s full.out ]] && grep -q 'error\[R' full.err && grep -qi 'no space\|is full' full.err && return
    echo "status $actual"
    cat full.err
    return 1
  }
  for jobs in 1 4; do
    rm -rf small/out
    mount -o remount,size=1200k small
    t "a full disk (-j $jobs)" full -j "$jobs"
    t "again, it is still full" full -j "$jobs"
    mount -o remount,size=8m small
    t "with room it goes on" completes small/out
  done
  # At every size: wherever the room ends, in a task, in the journal or in what is published.
  any_size() {
    local size
    for size in 4 8 12 16 20 24 32 48 64 96 128 160; do
      rm -rf small/out
      mount -o "remount,size=${size}k" small || return 1
      ./disk --kib 8 --out small/out > any.out 2> any.err && [[ ! -s any.out ]] && { echo "$size KiB: no summary, no failure"; return 1; }
      [[ -s any.out ]] || grep -q 'error\[R' any.err || { echo "$size KiB:"; cat any.err; return 1; }
      mount -o remount,size=8m small
      ./disk --kib 8 --out small/out -q > any.json || { echo "$size KiB, resumed"; return 1; }
      [[ $(jq -r '.blocks[].path' any.json | xargs -n 1 stat -c %s | sort -u) == 8192 ]] || { echo "$size KiB: wrong bytes"; return 1; }
    done
  }
  t "wherever the room ends" any_size
  rm -rf small/* small/.[!.]*
  mount -o remount,size=1200k small
  t "results only: state elsewhere" fails_clearly 'R0112' ./disk --state st --out small/out
  mount -o remount,size=8m small
  t "with room they are published, and nothing runs" bash -c './disk --state st --out small/out 2>&1 | grep "^0 tasks run, 8 found"'

  mkdir readonly
  mount -t tmpfs -o ro weft-test readonly
  t "a read-only results folder" fails_clearly 'Read-only' ./disk --state st2 --out readonly/out
  t "is told before anything runs" bash -c '! grep -s " D " st2/journal'
  t "a read-only state folder" fails_clearly 'Read-only' ./disk --out readonly/out
  t "one of its own" fails_clearly 'Read-only' ./disk --state readonly/st --out out3
else
  skip "full disks" "mounting a file system is not allowed here"
fi
: > file
t "a file where the results should go" fails_clearly 'file' ./disk --out file
t "a file where the state should go" fails_clearly 'file' ./disk --state file --out out4
finish
