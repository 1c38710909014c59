#!/usr/bin/env bash
# Starting programs: 1,000 times /bin/true, two at once, as independent tasks, as a chain, and as 1 → 1,000 → 1;
# against a bare loop of posix_spawn and other engines. Makeflow is slow: five rounds; Snakemake
# slower: one, or five if SLOW is set.
. "$(dirname "$0")/lib.sh"

count=1000
snakemake_runs=${SLOW:+5}
snakemake_runs=${snakemake_runs:-1}
tool spawn_floor

weft_files() {
  cat > apart.wf << 'END'
volatile task t(i: Int) { run "/bin/true" }
flow main(n: Int) { for i in range(n) { t(i) } }
END
  cat > fan.wf << 'END'
volatile task t(i: Int) { run "/bin/true" }
flow main(n: Int) {
  first = t(0)
  middle = for i in range(n) { t(i) after first }
  last = t(1) after middle
}
END
  cat > chain.wf << 'END'
volatile task t(i: Int) -> (next: Int = i + 1) { run "/bin/true" }
flow main(n: Int) -> (last: Int) { last = fold i = 0 for k in range(n) { t(i) } }
END
}

# The rules of SHAPE as lines `NAME NEEDED…`.
rules() {
  case $1 in
    apart) seq "$count" ;;
    chain) echo 1; for ((i = 2; i <= count; i++)); do echo "$i $((i - 1))"; done ;;
    fan) echo first; seq -f '%g first' "$count"; echo last "$(seq -s ' ' "$count")" ;;
  esac
}

engine_files() {
  rules "$1" | awk '{ name = $1; $1 = ""; print name ":" $0 "\n\t/bin/true"; all = all " " name }
    END { print ".PHONY: all" all; print "all:" all }' > "$1.mk"
  rules "$1" | awk 'BEGIN { print "rule t\n  command = /bin/true" } { name = $1; $1 = ""; print "build " name ": t" $0 }' \
    > "$1.ninja"
  rules "$1" | awk '{ name = $1; $1 = ""; for (i = 2; i <= NF; i++) $i = "m" $i; print "m" name ":" $0 "\n\t: > m" name "\n" }' \
    > "$1.makeflow"
  rules "$1" | awk '{ print "rule r" $1 ":\n  output: touch(\"s" $1 "\")"
    if (NF > 1) { printf "  input: "; for (i = 2; i <= NF; i++) printf "\"s%s\",", $i; print "" }
    print "  shell: \"/bin/true\""; all = all "\"s" $1 "\"," } END { print "rule all:\n  input: " all }' > "$1.smk"
}

weft_files
for shape in apart chain fan; do
  build "$shape"
  engine_files "$shape"
  alive=2
  [[ $shape != chain ]] || alive=1
  expected=$(rules "$shape" | wc -l)
  "./$shape" --n "$count" -j2 2>&1 | grep -q "^$expected tasks run" || die "$shape did not run $expected tasks"
  ours=("./$shape" --n "$count" -j2)
  clean='rm -rf results'
  reach=1.15
  [[ $shape == apart ]] || reach=-
  row "1,000 tasks, $shape / posix_spawn" "$reach" "$runs" --before "$clean" "${ours[@]}" \
    --- ./spawn_floor "$expected" "$alive" /bin/true
  row "1,000 tasks, $shape / make" 1 "$runs" --before "$clean" "${ours[@]}" --- make -s -j2 -f "$shape.mk" all
  row "1,000 tasks, $shape / ninja" 1 "$runs" --before "$clean" "${ours[@]}" \
    --- --before 'rm -f .ninja_log .ninja_deps' ninja -j2 -f "$shape.ninja"
  row "1,000 tasks, $shape / makeflow" 1 5 --before "$clean" "${ours[@]}" \
    --- --before 'rm -f m*[0-9] mfirst mlast *.makeflowlog' makeflow -j2 "$shape.makeflow"
  # Snakemake takes half a minute for each run: one round, unless SLOW=1 asks for five; it cannot read long chains.
  [[ $shape != chain ]] || continue
  row "1,000 tasks, $shape / snakemake" 1 "$snakemake_runs" --before "$clean" "${ours[@]}" \
    --- --before 'rm -rf s*[0-9] sfirst slast .snakemake' snakemake -j2 -q -s "$shape.smk" all
done
