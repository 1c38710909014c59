#!/usr/bin/env bash
# Documents of CWL. Beside tests/import/cwl/x.cwl stand x.wf, what `weft import` makes of it, or x.err, what is wrong with it.
# The conformance documents are looked for in $WEFT_WORKFLOWS, else in ../shared/workflows beside the source tree.
# With --bless, the files beside are rewritten.
. "$(dirname "$0")/lib.sh"
data=${WEFT_WORKFLOWS:-$root/../shared/workflows}
documents=$root/tests/import/cwl
runner=$root/build/weft-cwl-runner
bless=${1:-}

expect() {
  local file=$1 base=${1%.cwl} name actual kind=wf status=0
  name=$(basename "$file")
  actual=$(cd "$documents" && "$weft" import "$name" 2> "$work/told") || status=$?
  ((status == 0)) || kind=err
  [[ ! -s $work/told ]] || actual+=$'\n'$(< "$work/told")
  [[ ! $bless ]] || printf '%s\n' "$actual" > "$base.$kind"
  [[ -f $base.$kind ]] || { echo "status $status: $actual"; return 1; }
  diff -u "$base.$kind" - <<< "$actual"
}

same() { [[ $("$weft" hash "$@" | cut -d ' ' -f 1 | sort -u | wc -l) == 1 ]] || { "$weft" hash "$@"; return 1; }; }

round() { "$weft" import "$1" -o round.wf && [[ $("$weft" hash round.wf | cut -d ' ' -f 1) == "$("$weft" hash "$1" | cut -d ' ' -f 1)" ]]; }

# as_engine EXPECTED DOCUMENT [JOB]: the output object, without the places of files
as_engine() {
  local actual
  actual=$("$runner" --outdir "$work/out" --quiet "${@:2}" | jq -cS 'del(.. | .location?, .path?)') || return 1
  [[ $actual == "$1" ]] || { echo "$actual"; return 1; }
}

status_of() { local status=0; "${@:2}" > /dev/null 2>&1 || status=$?; [[ $status == "$1" ]] || { echo "status $status"; return 1; }; }

# A document that would need much memory or a deep stack ends in an error.
hostile() { (ulimit -v 2000000; status_of 2 timeout 60 "$weft" hash "$1"); }

for file in "$documents"/*.cwl; do t "$(basename "$file")" expect "$file"; done
cd "$documents" || exit 1
t "lists and maps, packed and in files: one identity" same packed.cwl map.cwl
cd "$work" || exit 1
t "a workflow keeps its identity as source" round "$documents/scatter.cwl"
t "a tool keeps its identity as source" round "$documents/count.cwl"
t "a workflow runs as in other engines" as_engine '{"texts":["Hello Ada\n","Goodbye Ada\n"]}' "$documents/scatter.cwl" "$documents/scatter.yml"
t "what is not supported ends with 33" status_of 33 "$runner" --outdir out --quiet "$documents/bad-requirement.cwl"
{ echo 'cwlVersion: v1.2'; printf 'x: '; head -c 1000000 /dev/zero | tr '\0' '['; } > deep.cwl
t "10⁶ brackets inside each other" hostile deep.cwl
{ echo 'cwlVersion: v1.2'; printf 'x: "'; head -c 1000000000 /dev/zero | tr '\0' 'a'; echo '"'; } > long.cwl
t "a text of 1 GB" hostile long.cwl
rm -f long.cwl
{ echo 'cwlVersion: v1.2'; seq -f 'k%.0f:' 400000; } > keys.cwl
t "4·10⁵ keys of one map" hostile keys.cwl
printf '%s\n' 'cwlVersion: v1.2' 'class: CommandLineTool' 'baseCommand: cat' 'inputs: {x: {type: File, inputBinding: {}}}' \
  'stdout: out' 'outputs: {o: stdout}' > copy.cwl
{
  printf '%s\n' 'cwlVersion: v1.2' 'class: Workflow' 'inputs: {x: File}' 'outputs: {o: {type: File, outputSource: s30000/o}}' steps:
  seq 30000 -1 1 | awk '{ print "  s" $1 ": {run: copy.cwl, in: {x: " ($1 > 1 ? "s" $1 - 1 "/o" : "x") "}, out: [o]}" }'
} > backwards.cwl
t "3·10⁴ steps, the last first" status_of 0 timeout 20 "$weft" import backwards.cwl
if [[ -d $data/cwl/cwl-v1.2 ]]; then
  t "conformance: required, without files or containers that are not there" "$root/tests/run/cwl_conformance" --quiet \
    --id wf_simple --id cl_gen_arrayofarrays --id wf_compound_doc --id nameroot_nameext_stdout_expr --id success_codes \
    --id wf_default_tool_default --id wf_scatter_nested_crossproduct "$runner" "$data/cwl/cwl-v1.2/conformance_tests.yaml"
else
  skip "conformance" "$data/cwl/cwl-v1.2 is not there"
fi
finish
