#!/usr/bin/env bash
# 10,000 tasks that make one file each, with cache and journal, against ninja and make; then nothing to do.
. "$(dirname "$0")/lib.sh"

count=10000
cat > files.wf << 'END'
task t(i: Int) -> (f: File = "f~{i}") { run ": > ~{f}" }
flow main(n: Int) -> (fs: [File]) { fs = for i in range(n) { t(i) } }
END
build files
awk -v n="$count" 'BEGIN { print "rule t\n  command = : > $out"; for (i = 0; i < n; i++) print "build n/" i ": t" }' > build.ninja
awk -v n="$count" 'BEGIN { for (i = 0; i < n; i++) { print "g/" i ":\n\t: > $@"; all = all " g/" i }; print "all:" all }' > Makefile
ours=(./files --n "$count" -j2 --out results)

row "10,000 tasks of one file / ninja" 1.2 5 --before 'rm -rf results' "${ours[@]}" \
  --- --before 'rm -rf n .ninja_log .ninja_deps' ninja -j2
[[ $(find results -path results/.weft -prune -o -type f -print | wc -l) == "$count" ]] || die "files are missing"
row "10,000 tasks of one file / make" 1.2 5 --before 'rm -rf results' "${ours[@]}" \
  --- --before 'rm -rf g; mkdir g' make -s -j2 all
"${ours[@]}" 2>&1 > summary.json | grep -q '^0 tasks run' || die "a second run repeats work"
row "nothing to do, 10,000 tasks / ninja" 1 21 "${ours[@]}" --- ninja -j2
row "nothing to do, 10,000 tasks / make" - 11 "${ours[@]}" --- make -s -j2 all
