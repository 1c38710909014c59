#!/usr/bin/env bash
# Every workflow of corpus/ runs; a second run gives the same bytes, and runs nothing.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

corpus=$root/corpus

# twice NAME FILTER ARGS…: build and run corpus/NAME, check the summary with jq, run again
twice() {
  local name=$1 filter=$2
  shift 2
  build "$corpus/$name/$name.wf" "$name" || return 1
  "./$name" "$@" --out "$name.out" > "$name.1" 2> "$name.err" || { cat "$name.err"; return 1; }
  jq -e "$filter" "$name.1" > /dev/null || { cat "$name.1"; return 1; }
  "./$name" "$@" --out "$name.out" > "$name.2" 2> "$name.err" || { cat "$name.err"; return 1; }
  cmp "$name.1" "$name.2" || return 1
  grep -q '^0 tasks run' "$name.err" || { cat "$name.err"; return 1; }
}
# anew NAME ARGS…: from the start, in another place: the same bytes
anew() {
  local name=$1
  shift
  "./$name" "$@" --out "$name.new" -q > "$name.3" || return 1
  sed "s/$name\.new/$name.out/" "$name.3" | cmp "$name.1" -
}

words=(--texts "$corpus/words/texts/sonnet.txt" --texts "$corpus/words/texts/tyger.txt"
  --texts "$corpus/words/texts/the wheelbarrow.txt" --texts "$corpus/words/texts/empty.txt")
t "words" twice words '.total == 272 and .left_out == ["the wheelbarrow.txt", "empty.txt"]' "${words[@]}"
t "words, anew" anew words "${words[@]}"
t "words, none of them" json '.table == null' ./words "${words[@]}" --least 1000 --out none
t "pi" twice pi '.pi > 3.1415 and .pi < 3.1416'
t "pi, of fewer points" json '.off < 0.05' ./pi --members 10 --samples 1000
ensemble=(--disease "$corpus/ensemble/disease.txt" --path "$corpus/ensemble/path.txt")
t "ensemble" twice ensemble '.epidemics.most <= 1000 and .walks.least > 0' "${ensemble[@]}"
t "ensemble, anew" anew ensemble "${ensemble[@]}"
if /usr/bin/python3 -c 'import sklearn' 2> /dev/null; then
  t "active" twice active '.accuracy > 0.5 and .labels == 20 + 20 * ((.history | length) - 1)' --rounds 3 --target 0.85
else
  skip "active" "python3-sklearn is not installed"
fi
if "$corpus/variants/make-data" data > /dev/null 2> no-data && command -v bowtie2 samtools bcftools > /dev/null; then
  variants=(--samples data/samples.tsv --ref data/lambda.fa)
  t "variants" twice variants '.variants > 50 and (.mapped | length) == 4' "${variants[@]}"
  t "variants, anew" anew variants "${variants[@]}"
else
  skip "variants" "bowtie2, samtools, bcftools or bowtie2-examples is not installed: $(cat no-data)"
fi
finish
