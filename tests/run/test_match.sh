#!/usr/bin/env bash
# weft match: what is found, what it is made of, what is not found, errors.
. "$(dirname "$0")/lib.sh"

cat > text.wf << 'END'
task sort(x: File, n: Int) -> (y: File = "y") { run "sort -k ~{n} ~{x} > ~{y}" }
task uniq(x: File) -> (y: File = "y") { run "uniq ~{x} > ~{y}" }
task cmp(a: File, b: File) -> (y: File = "y") { run "cmp ~{a} ~{b} > ~{y}" }
task cat(xs: [File]) -> (y: File = "y") { run "cat ~{xs} > ~{y}" }
task count(x: File) -> (n: Int = read_int("n"), log: File = "log") { run "wc ~{x} > n" }
volatile task draw(x: File) -> (y: File = "y") { run "shuf ~{x} > ~{y}" }
assoc fn lesser(a: Int, b: Int) -> Int = min(a, b)

flow main(a: File, bs: [File], n: Int) -> (
  y: File, z: File, merged: File, sizes: [Int], some: [Int], total: Int, least: Int, drawn: [File],
  kept: File, pairs: [File], root: Int
) {
  first = sort(a, 1)
  y = uniq(first)
  z = cmp(sort(a, 3), sort(uniq(a), 3))
  merged = cat(for b in bs { uniq(sort(b, 2)) })
  sizes = for b in bs { count(b).n }
  some = for s in sizes if s > n { s * 2 }
  total = fold t = 0 for s in sizes { t + s }
  least = fold 100 for s in sizes by lesser
  drawn = for b in bs { draw(b) }
  kept = if n > 3 { y } else { z }
  pairs = for b in bs, c in drawn { cmp(b, c) }
  root = loop r = n { (r + n / r) / 2 } until r * r < n max 9
}
END

matches() { "$weft" match --format json "$@"; }
# found COUNT PATTERN [FILE…]: so many occurrences
found() { json ".occurrences | length == $1" matches "$2" "${@:3}"; }
# lines LIST PATTERN: at these lines and columns of text.wf
lines() { json "[.occurrences[] | \"\(.line):\(.column)\"] == [$1]" matches "$2" text.wf; }
# holds HOLE TERM PATTERN: what the hole stands for in the first occurrence
holds() { json ".occurrences[0].holes[\"$1\"].term == \"$2\"" matches "$3" text.wf; }

# Series, in arrows as in calls.
t "one task on another" lines '"14:7", "16:30"' 'sort >> uniq'
t "the same as a call" lines '"14:7", "16:30"' 'uniq(sort(?x, ?n))'
t "what is open is anything" holds x 'sort(a, 1).y' 'uniq(?x)'
t "a literal is that literal" found 0 'sort(?x, 4)' text.wf
t "a literal that is there" lines '"15:11", "15:23"' 'sort(?x, 3)'
t "partial application" holds x 'a' 'uniq(sort(?x, 1))'
t "not the other way round" found 0 'uniq >> uniq' text.wf
t "a hole before a task" holds f 'sort(a, 1).y' '?f >> uniq'
t "a hole is not nothing" found 2 '?f >> uniq' text.wf
t "a hole after a task is the next thing that happens" holds f 'uniq(first)' 'sort(_, 1) >> ?f'
t "a hole in between" holds f 'sort(uniq(a).y, 3).y' 'uniq >> ?f >> cmp(?b, _)'
t "a fork" holds g 'sort(uniq(a).y, 3).y' '(?f & ?g) >> cmp'
t "a fork with a task" found 1 '(sort(_, 3) & ?g) >> cmp' text.wf
t "one hole twice is one thing" found 0 'cmp(?x, ?x)' text.wf
t "application" found 1 '?x |> uniq |> sort(_, 3)' text.wf

# Arrays.
t "map of two" lines '"16:16", "18:10"' 'map (?f >> ?g)'
t "scatter and gather" lines '"16:12"' 'map (sort(_, 2) >> uniq) >> ?merge'
t "scatter and gather, all of it open" holds work 'uniq(sort(bs[i], 2).y).y' 'map ?work >> cat'
t "a for is a map" holds xs 'bs' 'for b in ?xs { uniq(sort(b, 2)) }'
t "a map of a map is one" found 1 'map sort(_, ?n) >> map uniq' text.wf
t "a step of two" holds f 'sort(bs[i], 2).y' 'map ?f >> map uniq'
t "an array of numbers is no array of files" found 0 'for s in ?xs { uniq(?f(s + 1)) }' text.wf
t "filter and map" holds p 'n < count(bs[i]).n' 'filter ?p >> map ?f'
t "zip" holds ys 'collect(i, true, draw(bs[i]).y)' 'for x in ?xs, y in ?ys { cmp(x, y) }'
t "a zip is no map of one array" found 0 'for x in ?xs, y in ?ys { uniq(?f(x, y)) }' text.wf
t "map of a volatile task" found 1 'map draw' text.wf

# Loops.
t "fold" holds combine 'count(bs[i]).n + state' 'fold t = ?z for s in ?xs { ?combine(t, s) }'
t "fold by" holds z '100' 'fold ?z for s in ?xs by ?f'
t "loop" holds step '(n / state + state) / 2' 'loop r = ?z { ?step(r) } until ?stop(r) max ?n'
t "loop with its bound" found 1 'loop r = ?z { ?step(r) } until ?stop(r) max 9' text.wf
t "loop with another bound" found 0 'loop r = ?z { ?step(r) } until ?stop(r) max 8' text.wf
t "choice" holds c '3 < n' 'if ?c { uniq(?x) } else { ?y }'

# The corpus.
active=$root/corpus/active/active.wf variants=$root/corpus/variants/variants.wf ensemble=$root/corpus/ensemble/ensemble.wf
at104='[.occurrences[].line] | length > 1 and unique == [104]'
t "active learning is a loop" json "$at104" matches 'loop s = ?first { ?round(s) } until ?enough(s) max ?rounds' "$active"
t "that begins with a training" json "$at104" matches 'loop s = ?f(train(?x, ?seed)) { ?round(s) } until ?enough(s) max ?rounds' "$active"
t "one of them chooses at random" found 1 'loop s = ?z { ?f(s, at_random(?m(s), ?l(s), ?b, ?seed)) } until ?enough(s) max ?rounds' "$active"
t "variants are called of all samples" json '.occurrences[] | .holes.work.term == "align(idx, samples[i], 2).bam"' \
  matches 'map ?work >> call(?ref, _)' "$variants"
t "ensembles" json '[.occurrences[].holes.simulate.term] | unique == ["epidemic(i, disease).peak", "walk(i, path).farthest"]' \
  matches 'for i in range(?n) { ?simulate(i) }' "$ensemble"
t "several files" json '[.occurrences[].searched] | unique | length > 2' matches 'map ?f' "$root"/corpus/*/*.wf

# Files with patterns.
cat > pattern.wf << 'END'
task arrange(x: File, n: Int) -> (sorted: File = "y") { run "sort -k ~{n} ~{x} > ~{sorted}" }
flow pattern(x: File, key: Int) -> (result: File) {
  sorted = arrange(x, key)
  result = ?then(sorted)
}
END
t "tasks of a pattern are found by what they do" json '[.occurrences[].line] == [14, 15, 16]' matches pattern.wf text.wf
sed 's/sort -k/sort -n -k/' pattern.wf > other.wf
t "and not by their names" status 1 "$weft" match other.wf text.wf
printf 'flow p(n: Int, f: Float) -> Bool = ?x(float(n) < f)\n' > typed.wf
t "types are respected" status 1 "$weft" match typed.wf text.wf
printf 'flow p(xs: [Int]) -> [Int] = for x in xs { ?f(x) }\n' > ints.wf
t "an input of a type" json '[.occurrences[].line] == [18]' matches ints.wf text.wf
t "what is walked is of it" json '.occurrences[0].holes.f.term == "2 * count(bs[i]).n"' matches ints.wf text.wf
printf 'flow p(xs: [Int]) -> Int = fold t = 0 for x in xs { if ?c { x + t } else { t } }\n' > sum.wf
printf 'flow p(xs: [Int]) -> Int { y = ?x\n  fold t = y for x in xs { x + t } }\n' > total.wf
t "operands in any order" found 1 total.wf text.wf
t "another operation" status 1 "$weft" match sum.wf text.wf
printf 'flow p(xs: [File]) -> [Int] = for x in xs { ?f(x) }\n' > files.wf
t "of another type" json '[.occurrences[].line] == [17, 18]' matches files.wf text.wf
printf 'flow p(x: Int) -> Int = x + 1\n' > plain.wf
t "a file without holes" says 'no flow has a hole' "$weft" match plain.wf text.wf

# Status and errors.
t "found" status 0 "$weft" match 'sort >> uniq' text.wf
t "not found" status 1 "$weft" match 'uniq >> uniq' text.wf
t "broken grammar" status 2 "$weft" match 'sort >> >> uniq' text.wf
t "carets show where" says '    |         ^^' sh -c "'$weft' match 'sort >> >> uniq' text.wf 2>&1 | sed 's/^  |/    |/'"
t "holes alone" status 2 "$weft" match '?f >> ?g' text.wf
t "an unknown name" says 'did you mean `uniq`' "$weft" match 'unic >> ?f' text.wf
t "a name that one file knows" status 0 "$weft" match 'align(?i, ?s)' text.wf "$variants"
t "a type that has to be known" says 'E0411' "$weft" match 'uniq(?x.y)' text.wf
t "a broken file" status 2 "$weft" match 'sort >> uniq' text.wf missing.wf
t "a hole outside of a pattern" says 'E0404' "$weft" check pattern.wf
t "text" says $'text.wf:14:7: uniq(first)\n  ?x = sort(a, 1).y  at text.wf:13:11' "$weft" match 'uniq(?x)' text.wf

# Sizes: what has many candidates ends.
awk 'BEGIN { print "task t(a: Int) -> (n: Int = read_int(\"n\")) { run \"echo ~{a} > n\" }"
  print "flow main(x: Int) -> (r: Int) {\n  s0 = x"
  for (i = 1; i <= 20000; i++) print "  s" i " = t(s" i - 1 ")"
  print "  r = s20000\n}" }' > chain.wf
t "a long chain" timeout 20 "$weft" match 't >> t' chain.wf
t "a hole in a long chain" timeout 30 "$weft" match 't >> ?f >> t' chain.wf
finish
