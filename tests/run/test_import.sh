#!/usr/bin/env bash
# Workflows of other formats. Beside tests/import/x stand x.wf, what `weft import` makes of it, or x.err, what is wrong
# with it. Real workflows are looked for in $WEFT_WORKFLOWS, else in ../shared/workflows beside the source tree.
# With --bless, the files beside are rewritten.
. "$(dirname "$0")/lib.sh"
data=${WEFT_WORKFLOWS:-$root/../shared/workflows}
bless=${1:-}

# expect FILE: what is made of it, or told of it, is what stands beside
expect() {
  local file=$1 base=$1 name actual kind=wf status=0
  name=$(basename "$file")
  actual=$(cd "$root/tests/import" && "$weft" import "$name" 2> "$work/told") || status=$?
  ((status == 0)) || kind=err
  [[ ! -s $work/told ]] || actual+=$'\n'$(< "$work/told")
  [[ ! $bless ]] || printf '%s\n' "$actual" > "$base.$kind"
  [[ -f $base.$kind ]] || { echo "status $status: $actual"; return 1; }
  diff -u "$base.$kind" - <<< "$actual"
}

identity() { "$weft" hash ${2:+--view "$2"} "$1" | cut -d ' ' -f 1; }

# same FILE…: one identity
same() { [[ $("$weft" hash "$@" | cut -d ' ' -f 1 | sort -u | wc -l) == 1 ]] || { "$weft" hash "$@"; return 1; }; }

# round FILE…: what is imported and written has the identity of the file
round() {
  local file
  for file; do
    "$weft" import "$file" -o "$work/round.wf" && [[ $(identity "$work/round.wf") == "$(identity "$file")" ]] || { echo "$file"; return 1; }
  done
}

for file in "$root"/tests/import/*.{json,xml,yml}; do
  [[ -f $file ]] && t "$(basename "$file")" expect "$file"
done

cd "$root/tests/import" || exit 1
t "one workflow has one identity in all formats" same diamond-*.{json,xml,yml}
t "a workflow keeps its identity as source" round diamond-*.{json,xml,yml} more/twins.json copies.json script.json streams.yml
cat > "$work/two.json" << 'END'
{"schemaVersion": "1.4", "workflow": {"tasks": [
  {"name": "draw_1"}, {"name": "draw_2"}, {"name": "report", "parents": ["draw_1", "draw_2"]}]}}
END
t "two equal jobs and three have one shape" test "$(identity more/twins.json shape)" = "$(identity "$work/two.json" shape)"
t "two equal jobs are not three" test "$(identity more/twins.json)" != "$(identity "$work/two.json")"
t "from standard input" sh -c '"$1" hash - < diamond-1.3.json | grep -q "$2"' - "$weft" "$(identity diamond-1.3.json)"
t "a format that there is not" says 'did you mean `wfformat`?' "$weft" check --from wfformt diamond-1.3.json
t "a format that the file is not in" status 1 "$weft" check --from wfformat "$root/corpus/pi/pi.wf"
t "diff of two formats" status 0 "$weft" diff diamond-1.0.json diamond-1.3.json
t "equiv" says same "$weft" equiv diamond-1.0.json diamond-1.5.json
t "match" says '?f' "$weft" match '?f >> analyze' diamond-1.5.json
t "plan" says findrange "$weft" plan diamond-1.5.json
t "graph" says findrange "$weft" graph --view plan diamond-1.5.json
t "a certificate" sh -c '"$1" canon --certificate "$2" more/twins.json && "$1" canon --replay "$2" more/twins.json' - "$weft" "$work/certificate"
cd "$work" || exit 1

# ---- what is imported runs ----

cat > copy.json << 'END'
{"schemaVersion": "1.5", "workflow": {
  "specification": {"tasks": [
    {"name": "copy", "id": "1", "inputFiles": ["in.txt"], "outputFiles": ["mid"]},
    {"name": "join", "id": "2", "parents": ["1"], "inputFiles": ["mid", "in.txt"], "outputFiles": ["end.txt"]}]},
  "execution": {"tasks": [
    {"id": "1", "command": {"program": "cp", "arguments": ["in.txt", "mid"]}},
    {"id": "2", "command": {"program": "cat mid in.txt > end.txt"}}]}}}
END
runs() {
  echo hello > in.txt
  "$weft" run copy.json --in_txt in.txt --out results || return
  [[ $(cat results/*) == $'hello\nhello' ]]
}
t "run" runs

# ---- hostile input: an error, in little memory ----

# bounded MIB FILE: it is told that something is wrong, without more memory than that
bounded() {
  local used
  /usr/bin/time -f '%M' -o used "$weft" check "$2" > told 2>&1
  used=$(tail -n 1 used)
  grep -q 'error' told || { head -c 1000 told; return 1; }
  ((used < $1 * 1024)) || { echo "$used KiB"; return 1; }
}

deep() { python3 -c 'import sys; n = 10**6; sys.stdout.write(sys.argv[1] + sys.argv[2] * n + sys.argv[3] * n)' "$@"; }
deep '{"workflow": {"x": ' '[' ']' > deep1.json
deep '{"workflow": ' '{"a":' '}' > deep2.json
t "arrays nested a million deep" bounded 64 deep1.json
t "objects nested a million deep" bounded 64 deep2.json
(printf '{"workflow": {"tasks": [{"name": "'; head -c 1000000000 /dev/zero | tr '\0' x; printf '"}]}}') > long.json
t "a text of 1 GB in JSON" bounded 64 long.json
rm long.json
(printf '<adag><job id="'; head -c 1000000000 /dev/zero | tr '\0' x; printf '"/></adag>') > long.xml
t "a text of 1 GB in XML" bounded 128 long.xml
(printf 'pegasus: "'; head -c 1000000000 /dev/zero | tr '\0' x; printf '"') > long.xml
t "a text of 1 GB in YAML" bounded 64 long.xml
rm long.xml
deep '<adag>' '<a>' '</a>' > deep.xml
t "elements nested a million deep" bounded 64 deep.xml
deep 'pegasus: ' '[' ']' > deep1.yml
deep 'pegasus: ' '{a: ' '}' > deep2.yml
deep $'pegasus:\n ' '- ' '' > deep3.yml
t "sequences nested a million deep" bounded 64 deep1.yml
t "mappings nested a million deep" bounded 64 deep2.yml
t "items nested a million deep" bounded 64 deep3.yml

# ---- real workflows ----

if [[ ! -d $data ]]; then
  for name in versions identities; do skip "real workflows: $name" "there is no $data"; done
  finish
fi

versions() {
  local file name
  for file in "$data"/wfformat-versions/schema-1.0/*; do
    name=$(basename "$file")
    same "$data"/wfformat-versions/*/"$name" "$(find "$data/wfformat-1.5" -name "$name")" || return
  done
}
t "one identity in WfFormat 1.0 to 1.5" versions

mapfile -t all < <(find "$data/wfformat-1.5" -name '*.json' | sort)
mapfile -t -O "${#all[@]}" all < <(find "$data/dax" "$data/dax-pegasus" "$data/pegasus-yaml" -type f ! -name '*sample*' | sort)
t "there are workflows" test "${#all[@]}" -ge 55

# Instances of one application at different scale have one shape, and different applications different ones.
one_shape() { [[ $("$weft" hash --view shape "$@" 2> /dev/null | cut -d ' ' -f 1 | sort -u | wc -l) == 1 ]]; }
families=(pegasus/montage pegasus/epigenomics pegasus/1000genome pegasus/seismology makeflow/blast)
for family in "${families[@]}"; do
  t "one shape: $family" one_shape "$data/wfformat-1.5/$family"/*.json
done
t "one shape: CyberShake" one_shape "$data"/dax/CyberShake_*.xml
t "one shape: Montage in DAX" one_shape "$data"/dax/Montage_*.xml
shapes() {
  local family
  for family in "${families[@]}"; do identity "$(find "$data/wfformat-1.5/$family" -name '*.json' | sort | head -n 1)" shape; done |
    sort -u | wc -l
}
t "applications differ in shape" test "$(shapes)" = "${#families[@]}"
t "all keep their identity as source" round "${all[@]}"

finish
