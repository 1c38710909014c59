#!/usr/bin/env bash
# Exported CWL: cwltool and toil-cwl-runner give the same outputs as the native executable.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

for program in cwltool toil-cwl-runner node; do
  command -v $program > /dev/null && continue
  skip "all" "$program is not installed"
  finish
done
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

# prepare NAME FILE FOLDER EXPORT-FLAGS -- ARGS…: what the executable gives, and the document with its job
prepare() {
  local name=$1 file=$2 folder=$3 flags=() status=0
  shift 3
  while [[ $1 != -- ]]; do flags+=("$1") && shift; done
  shift
  build "$file" "$name" || return 1
  (cd "$folder" && exec "$work/$name" "$@" --out "$work/$name.native" --state "$work/$name.state" -q) \
    > "$name.json" 2> "$name.err" || status=$?
  echo $status > "$name.status"
  (cd "$folder" && exec "$weft" export --to cwl ${flags[@]+"${flags[@]}"} "$file" -o "$work/$name.cwl" -- "$@") 2> "$name.err"
}

# The same of tests/run/export/FILE.wf, whose arguments and files are beside it.
prepare_file() { # NAME FILE EXPORT-FLAGS…
  local name=$1 base=$root/tests/run/export/$2 args=() line expected=0
  [[ ! -f $base.args ]] || while IFS= read -r line || [[ $line ]]; do args+=("$line"); done < "$base.args"
  mkdir "$name.in"
  [[ ! -d $base.in ]] || cp -r "$base.in/." "$name.in"
  prepare "$name" "$base.wf" "$name.in" "${@:3}" -- "${args[@]}" || return 1
  [[ ! -f $base.exit ]] || expected=$(< "$base.exit")
  [[ $(< "$name.status") == "$expected" ]] || { echo "native status $(< "$name.status")"; return 1; }
}

# told NAME FILE: what was found out about NAME is that it is as it should be
told() {
  grep -qxF "ok $1" "$2" && return
  sed -n "/^FAIL $1:/,/^ok \|^FAIL /p" "$2"
  return 1
}

all=() loops=(late loops_counted active)
for file in "$root"/tests/run/export/*.wf; do
  name=$(basename "$file" .wf)
  [[ $name != late ]] || continue
  all+=("$name")
  t "$name is exported" prepare_file "$name" "$name"
done
t "late is exported" prepare_file late late --cwl-loop
t "loops that the engine counts are exported" prepare_file loops_counted loops --cwl-loop

corpus=$root/corpus
t "words is exported" prepare words "$corpus/words/words.wf" . -- --texts "$corpus/words/texts/sonnet.txt" \
  --texts "$corpus/words/texts/tyger.txt" --texts "$corpus/words/texts/the wheelbarrow.txt" \
  --texts "$corpus/words/texts/empty.txt"
t "pi is exported" prepare pi "$corpus/pi/pi.wf" . -- --members 10 --samples 1000
t "ensemble is exported" prepare ensemble "$corpus/ensemble/ensemble.wf" . -- --members 4 \
  --disease "$corpus/ensemble/disease.txt" --path "$corpus/ensemble/path.txt"
all+=(words pi ensemble)
if /usr/bin/python3 -c 'import sklearn' 2> /dev/null; then
  t "active is exported" prepare active "$corpus/active/active.wf" . --cwl-loop -- --rounds 1
else
  skip "active" "python3-sklearn is not installed"
  loops=(late loops_counted)
fi
if "$corpus/variants/make-data" data > /dev/null 2> no-data && command -v bowtie2 samtools bcftools > /dev/null; then
  t "variants is exported" prepare variants "$corpus/variants/variants.wf" . -- \
    --samples data/samples.tsv --ref data/lambda.fa
  all+=(variants)
else
  skip "variants" "bowtie2, samtools, bcftools or bowtie2-examples is not installed: $(cat no-data)"
fi

run=$root/tests/run/cwl_compare.py
toil=(accept)
"$run" --toil "${toil[@]}" > toil.log 2> toil.err &
"$run" "${all[@]}" > all.log 2> all.err
"$run" --loop "${loops[@]}" > loops.log 2> loops.err
wait
for name in "${all[@]}"; do t "$name by cwltool" told "$name" all.log; done
for name in "${loops[@]}"; do t "$name by cwltool, loops as it counts them" told "$name" loops.log; done
for name in "${toil[@]}"; do t "$name by toil" told "$name" toil.log; done

t "flags of the workflow are flags of the document" says '"text": "2.5 6144' \
  cwltool --quiet --no-container numbers.cwl --size 3072 --share 0.1 -n 8
t "an open loop is refused" says "give \`--cwl-loop\`" "$weft" export --to cwl "$root/tests/run/export/late.wf" -o late.cwl
echo 'flow main() -> (fs: [File]) = t()
task t() -> (fs: [File] = glob("**/*.txt")) { run "echo > a.txt" }' > folders.wf
t "a pattern for any folders is refused" says "folders.wf:2:27: not to be said in CWL" \
  "$weft" export --to cwl folders.wf -o folders.cwl
t "cwltool is content" status 0 cwltool --validate --quiet words.cwl
finish
