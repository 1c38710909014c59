#!/usr/bin/env bash
# Exports that name every task: 10^5 written steps against `weft build` of the same, which is part of them; a `for` over
# 10^4 and 10^5 tasks, to see that they grow in line; scripts of tasks against commands in the Makeflow itself.
. "$(dirname "$0")/lib.sh"

awk -v n=100000 'BEGIN {
  print "task t(a: File, n: Int) -> (f: File = \"f\") { run \"cat ~{a} > f; echo ~{n} >> f\" }"
  print "flow main(x: File) -> (r: [File]) {\n  s0 = x"
  for (i = 1; i <= n; i++) print "  s" i " = t(s" (i % 100 ? i - 1 : 0) ", " i ")"
  printf "  r = [s0"; for (i = 99; i < n; i += 100) printf ", s%d", i; print ", s" n "]\n}" }' > steps.wf
cat > wide.wf << 'END'
task t(n: Int) -> (f: File = "f") { run "sh -c 'echo '~{n}' > f'" }
flow main(n: Int) -> (fs: [File]) { fs = for i in range(n) { t(i) } }
END
echo x > x

# into NAME COMMAND…: into a fresh NAME
cat > into << 'END'
#!/bin/sh
name=$1
shift
rm -rf "$name"
exec "$@" -o "$name" -- $inputs
END
chmod +x into

export inputs="--x x"
row "weft export --to makeflow / weft build, 10^5 steps" - 1 ./into steps "$weft" export --to makeflow steps.wf --- \
  "$weft" build steps.wf -o steps.exe
row "weft export --to wfformat / weft build, 10^5 steps" - 1 ./into steps "$weft" export --to wfformat steps.wf --- \
  "$weft" build steps.wf -o steps.exe

for target in makeflow snakemake wfformat dot; do
  export inputs="--n 10000"
  read -ra few <<< "$("$work/time" 3 ./into few "$weft" export --to "$target" wide.wf)"
  export inputs="--n 100000"
  read -ra many <<< "$("$work/time" 1 ./into many "$weft" export --to "$target" wide.wf)"
  line "a task of 10^5 / of 10^4, --to $target" "$(awk -v a="${many[1]}" -v b="${few[1]}" 'BEGIN { print a / b / 10 }')" \
    "" 1.3 "CPU ${many[1]} s against ${few[1]} s; ${many[0]} s, $((many[3] / 1024)) MiB"
done

# What the life of a task costs in a shell.
export inputs="--n 500"
cat > exported << 'END'
#!/bin/sh
./into few "$1" export --to makeflow wide.wf && cd few && makeflow -T local > log 2>&1 && test -f results.json
END
cat > plain << 'END'
#!/bin/sh
rm -rf plain.d && mkdir plain.d && cd plain.d || exit
seq 500 | awk '{ print "f" $1 ":\n\tsh -c \"echo " $1 " > f" $1 "\"\n" }' > Makeflow
makeflow -T local > log 2>&1 && test -f f500
END
chmod +x exported plain
row "500 exported tasks / plain rules, Makeflow" - 3 ./exported "$weft" --- ./plain
