#!/usr/bin/env bash
# Pure expressions as JavaScript: node computes what the native executable computes, and fails where it fails.
. "$(dirname "$0")/lib.sh"
js=$root/tests/run/js

mapfile -t objects < <(find "$root"/build/compiler/{base,front,ir,pass} "$root"/build/compiler/emit/{js*,pieces}.o "$root"/build/grammar -name '*.o')
t "the oracle builds" cc -O1 -std=gnu17 -D_GNU_SOURCE= -I"$root/compiler" -I"$root" -rdynamic -o oracle \
  "$root/tests/run/js_oracle.c" "${objects[@]}" -l:libcrypto.a -lm -ldl

# expressions FILE NAME: NAME.js.json has its expressions, NAME is the executable
expressions() { ./oracle "$1" "$root/stdlib" > "$2.js.json" && build "$1" "$2"; }

# agree NAME INPUTS GROUP: each expression of the group is a test
agree() {
  local code=() line
  ./"$1" --inputs "$2" --out out > native.json 2> native.err ||
    code=("$(grep -o 'R[0-9]\{4\}' native.err | head -n 1)")
  node "$js/compare.js" "$1.js.json" "$2" native.json "$3" "${code[@]}" > compared || echo "FAIL broke off" >> compared
  [[ -s compared ]] || echo "FAIL nothing was compared" > compared
  passed=$((passed + $(grep -c '^ok ' compared)))
  while read -r line; do t "$1 over $(basename "$2"): $line" false; done < <(grep '^FAIL' compared)
}

cp "$js"/*.json .
printf same > 'a b.txt'
printf same > copy.txt
printf other > "it's.tar.gz"
t "values" expressions "$js/values.wf" values
agree values values.json outputs

python3 "$js/random.py" "${SEED:-1}" 250 > random.wf
t "random expressions" expressions random.wf random
agree random random_1.json outputs
agree random random_2.json outputs

mkdir bin
for name in bash python3 Rscript node perl; do printf '#!/bin/bash\nprintf %%s "${@: -1}"\n' > "bin/$name"; done
printf '#!/bin/bash\nIFS="|"\nprintf %%s "$*"\n' > bin/words
chmod +x bin/*
sed "s|BIN|$work/bin|" "$js/quote.wf" > quote.wf
t "commands" expressions quote.wf quote
agree quote quote_1.json commands
agree quote quote_2.json commands

# reads NAME TYPE EXPRESSION: a task that reads `doc` so; then documents, one an argument
reads() {
  local name=$1 document
  printf 'task t(doc: File) -> (v: %s = %s) { run "true" }\nflow main(doc: File) -> (v: %s) = t(doc)\n' "$2" "$3" "$2" \
    > "$name.wf"
  t "$name" expressions "$name.wf" "$name"
  printf '{"doc": "document"}' > "$name.in.json"
  for document in "${@:4}"; do
    printf '%b' "$document" > document
    agree "$name" "$name.in.json" t
  done
}
reads an_int Int 'read_int(doc)' ' 12\n' -9007199254740991 007 '+3\r\n' '' 1.5 '1 2' 99999999999999999999 abc -
reads a_float Float 'read_float(doc)' 1 -2.5e-3 .5 5. '0x10' 1e999 '1e' ' 3.25\t\n'
reads a_bool Bool 'read_bool(doc)' true 'false\n' True ''
reads a_string String 'read_string(doc)' ' a b \n\n' '' 'é\r\n' 'x\n y'
reads an_option 'Int?' 'read_int(doc)' 5 '' ' \n' x
reads a_time Duration 'read_json(doc)' 3 '"4 min"' '"4 kB"' '"4"' '"x"' '"1e3 ms"'
reads a_guess 'Uncertain<Duration>' 'read_json(doc)' '"40 s +- 10 s"' '"1 +- 2 min"' '{"mean": 3, "sd": "1 min"}' 7 '"1 s +- -1 s"' '{}'
reads lines '[String]' 'read_lines(doc)' 'a\nb\n' 'a\r\n\nb' '' '\n' 'x'
reads json '[(n: Int, x: Float?, s: String, b: Bool)]' 'read_json(doc).rows' \
  '{"rows": [{"n": 1, "x": 2.5, "s": "a\\u00e9\\ud83c\\udf4e\\n", "b": true, "more": [null]}, {"s": "", "b": false, "n": -0}]}' \
  '{"rows": []}' '{"rows": null}' '{}' '[]' '' '{"rows": [{"n": 1.5, "s": "", "b": true}]}' '{"rows": [1,]}' "{'rows': []}" \
  '{"rows": [{"n": 1, "n": 2, "s": "", "b": true}]}' '{"rows": [{"n": "1", "s": "", "b": true}]}' '{"rows": [] } x' \
  '{"rows": [{"n": 1, "s": "\\u0000", "b": true}]}' '{"rows": [{"n": 1, "s": "\\ud800", "b": true}]}' '{"rows": [{"n": 1, "s": "a\tb", "b": true}]}' \
  '{"rows": [{"n": 1, "s": 1, "b": true}]}' '{"rows": [{"n": 01, "s": "", "b": true}]}'
reads deep '[[Float]]' 'read_json(doc).a.b[1]' '{"a": {"b": [0, [[1, 2e0], []]]}}' '{"a": {"b": [0]}}' '{"a": 3}' '{"a": {"b": [0, [["nan"]]]}}' \
  '{"a": {"b": [0, [["1"]]]}}'
reads tsv '[(n: Int, x: Float?, s: String)]' 'read_tsv(doc)' 's\tn\tx\na b\t1\t\n"q"\t2\t2.5\r\n\n\t3\t1e3' 'n\ts\n1\tx' 'n\ts\n' '' 'n\n1\n' \
  'n\ts\n1\n' 'n\tn\ts\n1\t2\t3' 'n\ts\nx\ty' '\xef\xbb\xbfn\ts\n7\té\n'
reads csv '[(s: String, list: [Int], d: Duration)]' 'read_csv(doc)' 's,list,d\n"a ""b"",\nc","[1, 2]",4 min\r\nx,[],3' 's,list,d\n"a,[],1' \
  's,list,d\n"a"b,[],1' 's,list,d\na,3,1' 's,list,d\n'

# What fails natively fails alike.
t "what fails" expressions "$js/fails.wf" fails
for k in {0..8}; do
  printf '{"k": %d, "n": 0, "s": "x", "xs": [1], "f": 1e19, "big": -9223372036854}' "$k" > fails.in.json
  t "failure $k" status 1 ./fails --inputs fails.in.json
  agree fails fails.in.json outputs
done

cat > library.wf << 'END'
flow main(n: Int) -> (v: Int) { v = n + 1 }
END
t "only functions that are used are written" json '.library | contains("weft_add") and (contains("weft_quote") | not)' \
  ./oracle library.wf "$root/stdlib"
finish
