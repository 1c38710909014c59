#!/usr/bin/env bash
# Each allocation of the runtime fails in its turn: a run ends with one line and status 1, and can go on from there.
# shellcheck disable=SC2016,SC2317 # inner shells expand; `t` calls the functions
. "$(dirname "$0")/lib.sh"

most=${FAULTS:-200}

# The runtime with WEFT_FAULTS (runtime/fault.c); the names of the allocators are changed in the archive, since weft
# links it as it is.
mkdir -p faulty
sources=("$root"/runtime/*.c)
flags=(-std=gnu17 -D_GNU_SOURCE= -DWEFT_FAULTS -O1 -I"$root/runtime" -ffunction-sections -fdata-sections -fno-pie)
compile() { printf '%s\0' "${sources[@]}" | (cd faulty && xargs -0 -n 8 -P "$(nproc)" "${CC:-cc}" "${flags[@]}" -c); }
archive() {
  local libraries
  libraries=$(dirname "$("${CC:-cc}" -print-file-name=libcrypto.a)")
  ld -r -o faulty/weftrt.o faulty/*.o --wrap=malloc --wrap=calloc --wrap=realloc -L"$libraries" -l:libfyaml.a -l:libcrypto.a &&
    objcopy --wildcard --keep-global-symbol='rt_*' --redefine-sym __real_malloc=malloc \
      --redefine-sym __real_calloc=calloc --redefine-sym __real_realloc=realloc faulty/weftrt.o && ar rcsD faulty/libweftrt.a faulty/weftrt.o
}
t "the runtime is compiled with faults" compile
t "and put together" archive
here=$(dirname "$weft")
cp "$weft" "$here"/weft-native.so faulty/

cat > fault.wf <<'W'
task part(i: Int) -> (list: File = "list", n: Int = read_int("n")) { run "seq ~{i + 1} > ~{list}; wc -l < ~{list} > n" }
task add(a: Int, b: Int) -> (c: Int = read_json("c").c) { run "printf '{\"c\": %d}' $((~{a} + ~{b})) > c" }
flow main(names: [(id: String, n: Int)], width: Int = 3) -> (parts: [File], sum: Int, ids: [String]) {
  made = for i in range(width) { part(i) }
  parts = for m in made { m.list }
  sum = fold s = 0 for m in made { add(s, m.n) }
  ids = for n in names { n.id + str(n.n) }
}
W
printf 'id\tn\na\t1\nb\t2\n' > names.tsv
t "a workflow is built with it" env -u WEFT faulty/weft build fault.wf -o fault
run=(./fault --names names.tsv --out)
t "it runs" bash -c '"$@" good -q > expected.json' - "${run[@]}"

# With the nth allocation failing: as it should be when that is never reached, else one line; then the rest.
nth() {
  local actual=0
  rm -rf out
  WEFT_RT_FAIL_ALLOC=$1 timeout 20 "${run[@]}" out -q > nth.json 2> nth.err || actual=$?
  if ((actual == 0)); then
    sed 's|/out/|/good/|g' nth.json | cmp - expected.json || return 1
  else
    [[ $actual == 1 && $(wc -l < nth.err) == 1 && $(cat nth.err) == *'error[R0090]: out of memory'* ]] ||
      { echo "status $actual"; cat nth.err; return 1; }
  fi
  timeout 20 "${run[@]}" out -q > nth.json || return 1
  sed 's|/out/|/good/|g' nth.json | cmp - expected.json
}
for ((n = 1; n <= most; n++)); do t "allocation $n fails" nth "$n"; done
# What a run of this size does not reach would test nothing.
t "the last of them was reached" bash -c '! WEFT_RT_FAIL_ALLOC=$0 "$@" reached -q > /dev/null 2>&1' "$((most < 60 ? most : 60))" "${run[@]}"
finish
