#!/usr/bin/env bash
# Values can never break out of their quotes: hostile strings and file names arrive byte for byte, and nothing is run.
# shellcheck disable=SC1003,SC2016,SC2317 # tasks expand, not this shell; `t` calls the functions
. "$(dirname "$0")/lib.sh"

hostile=(
  'a b;$(touch x)'\''"'$'\n'
  '$(touch x)' '`touch x`' '; touch x' '&& touch x' '| touch x' '> x' $'\n''touch x'$'\n'
  "' ; touch x ; '" '" ; touch x ; "' "'; import os; os.system('touch x'); '" '"""; open("x", "w"); """'
  "'''; open('x', 'w'); '''" '\' '\\' '\n' "\\'" 'a\' '-n' '-rf' '--help' '-e x' '~' '~root' '~{x}' '*' '?' '[a-z]' '{a,b}'
  '$HOME' '${HOME}' '%s%n' '#x' ' ' '  a  ' $'\t' $'a\r' '' 'é' '日本語' $'\U1F34E' '!!' '!x' 'a=b' '=' '\u0041' '\x41' $'\x01'
  'EOF' $'EOF\n' '$((1/0))' "it's" '"quoted"' '&amp;' '@' '$@' '$*' '$1' '<(touch x)' 'x:y' 'a%0Ab'
)

cat > quotes.wf <<'W'
type Made = (alone: File, part: File, many: File)

## In a word by itself, in part of a word, and as many words; the program is one that writes its words as they are.
task in_sh(s: String, ss: [String]) -> (alone: File = "a", part: File = "b", many: File = "c") {
  run """
    printf '%s' ~{s} > ~{alone}
    printf '%s' --x=~{s}.txt > ~{part}
    printf '%s\0' ~{ss} > ~{many}
  """
}
task in_bash(s: String, ss: [String]) -> (alone: File = "a", part: File = "b", many: File = "c") {
  run bash """
    x=~{s}
    printf '%s' "$x" > ~{alone}
    words=(~{ss})
    printf '%s' --x=~{s}.txt > ~{part}
    printf '%s\0' "${words[@]}" > ~{many}
  """
}
task in_python(s: String, ss: [String]) -> (alone: File = "a", part: File = "b", many: File = "c") {
  run "/usr/bin/python3" """
    def put(path, text):
        with open(path, "w", newline="") as f:
            f.write(text)
    put(~{alone}, ~{s})
    put(~{part}, "--x=" + ~{s} + ".txt")
    put(~{many}, "".join(s + "\0" for s in ~{ss}))
  """
}
task direct_word(s: String) -> (alone: File = stdout) { run "printf %s ~{s}" }
task direct_part(s: String) -> (part: File = stdout) { run "printf %s --x=~{s}.txt" }
task direct_many(ss: [String]) -> (many: File = stdout) { run "printf '%s\\0' ~{ss}" }
task by_env(s: String) -> (alone: File = stdout) {
  env (VALUE: s)
  run "printenv VALUE"
}
task by_stdin(s: String) -> (alone: File = stdout) {
  stdin s
  run "cat"
}

flow main(ss: [String]) -> (
  made: [(sh: Made, bash: Made, python: Made, direct: Made)], env: [File], stdin: [File], back: [String]
) {
  made = for s in ss {
    (
      sh: in_sh(s, ss),
      bash: in_bash(s, ss),
      python: in_python(s, ss),
      direct: (alone: direct_word(s), part: direct_part(s), many: direct_many(ss))
    )
  }
  env = for s in ss { by_env(s) }
  stdin = for s in ss { by_stdin(s) }
  back = ss
}
W
t "strings are built" build quotes.wf quotes
for s in "${hostile[@]}"; do printf '%s\0' "$s"; done > hostile.list
python3 -c 'import json; json.dump({"ss": open("hostile.list", newline="").read().split("\0")[:-1]}, open("all.json", "w"))'
t "they run" bash -c './quotes --inputs all.json --out out -q > summary.json'

cat > arrived.py <<'P'
import json, sys
made, wanted, wrong = json.load(open("summary.json")), json.load(open("all.json"))["ss"], []
def same(where, file, text):
    got = open(file["path"], "rb").read()
    if got != text.encode(): wrong.append(f"{where}: {got!r} instead of {text!r}")
many = "".join(s + "\0" for s in wanted)
for number, text in enumerate(wanted):
    if sys.argv[1] in made["made"][number]:
        port = made["made"][number][sys.argv[1]]
        same("alone", port["alone"], text)
        same("part of a word", port["part"], "--x=" + text + ".txt")
        same("array", port["many"], many)
    else:
        same(sys.argv[1], made[sys.argv[1]][number], text + ("\n" if sys.argv[1] == "env" else ""))
if made["back"] != wanted: wrong.append("back")
sys.exit("\n".join(wrong) or 0)
P
for how in sh bash python direct env stdin; do t "they arrive through $how" python3 arrived.py $how; done
t "as flags too" bash -c 'while IFS= read -rd "" s; do [[ $s == "["* ]] || a+=("--ss=$s"); done < hostile.list
  ./quotes "${a[@]}" --out out -q | jq -e --slurpfile all all.json ".back == (\$all[0].ss | map(select(startswith(\"[\") | not)))"'
t "nothing was executed" test -z "$(find . -name x)"

# ---- as names of files ----

cat > files.wf <<'W'
task in_sh(f: File, fs: [File]) -> (one: File = "one", all: File = "all", n: Int = read_int("n")) {
  run "cat ~{f} > ~{one}; cat ~{fs} > ~{all}; printf '%s\n' ~{length(fs)} > n"
}
task in_bash(f: File, fs: [File]) -> (one: File = "one", all: File = "all") {
  run bash "cat < ~{f} > ~{one}; for f in ~{fs}; do cat -- \"$f\"; done > ~{all}"
}
task in_python(f: File, fs: [File]) -> (one: File = "one", all: File = "all") {
  run "/usr/bin/python3" """
    open(~{one}, "wb").write(open(~{f}, "rb").read())
    open(~{all}, "wb").write(b"".join(open(f, "rb").read() for f in ~{fs}))
  """
}
task direct(f: File) -> (one: File = stdout) { run "cat ~{f}" }
task by_stdin(f: File) -> (one: File = stdout) { stdin f
  run "cat" }
task staged(f: File, name: String) -> (one: File = stdout) { stage (f: "in/~{name}")
  run "cat in/~{name}" }
task renamed(f: File, name: String) -> (one: File = "~{name}") { run "cp -- ~{f} ~{one}" }
flow main(fs: [File]) -> (made: [[File]], all: [File], names: [String]) {
  shs = for f in fs { in_sh(f, fs) }
  bashs = for f in fs { in_bash(f, fs) }
  pythons = for f in fs { in_python(f, fs) }
  made = for f in fs, a in shs, b in bashs, c in pythons {
    [a.one, b.one, c.one, direct(f), by_stdin(f), staged(f, basename(f)), renamed(f, basename(f))]
  }
  all = [shs[0].all, bashs[0].all, pythons[0].all]
  names = for f in fs { basename(f) }
}
W
t "files are built" build files.wf files
mkdir names
for s in "${hostile[@]}"; do
  [[ ! $s || $s == */* || $s == x ]] || { printf 'in %s\n' "$s" > "names/$s" && names+=("$s"); }
done
for s in "${names[@]}"; do printf '%s\0' "$s"; done > names.list
python3 -c 'import json
json.dump({"fs": ["names/" + s for s in open("names.list", newline="").read().split("\0")[:-1]]}, open("names.json", "w"))'
t "they run" bash -c './files --inputs names.json --out files.out -q > summary.json'
cat > arrived.py <<'P'
import json, os, sys
made, wanted, wrong = json.load(open("summary.json")), json.load(open("names.json"))["fs"], []
def same(where, file, text):
    if open(file["path"], "rb").read() != text: wrong.append(f"{where}: {file['path']!r}")
for number, path in enumerate(wanted):
    for how, file in enumerate(made["made"][number]): same(how, file, open(path, "rb").read())
    name = os.path.basename(path)
    if os.path.basename(made["made"][number][6]["path"]) != name: wrong.append(f"name of the output {name!r}")
    if made["names"][number] != name: wrong.append(f"name {name!r}")
for file in made["all"]: same("all", file, b"".join(open(path, "rb").read() for path in wanted))
sys.exit("\n".join(wrong) or 0)
P
t "they arrive, under their names" python3 arrived.py
t "nothing was executed" test -z "$(find . -name x)"

# ---- between quotes of the command: refused, or kept inside of them ----

quoted() {
  printf 'task q(s: String) -> (o: File = "o") {\n  run %s"""\n    %s\n  """\n}\n' "$1" "$2" > q.wf
  echo 'flow main(ss: [String]) -> (os: [File]) { os = for s in ss { q(s) } }' >> q.wf
  build q.wf q > build.log 2>&1 || { grep 'error\[E' build.log; return; } # refused: well
  rm -rf q.out
  ./q --inputs all.json --out q.out -q > q.json || return 1
  [[ ! $(find . -name x) ]] || { echo "executed"; find . -name x -delete; return 1; }
  python3 -c 'import json, sys
wanted = json.load(open("all.json"))["ss"]
sys.exit("\n".join(repr(s) for s, o in zip(wanted, json.load(open("q.json"))["os"]) if open(o["path"], "rb").read() != s.encode()) or 0)'
}
t "in single quotes of sh" quoted '' "printf '%s' '~{s}' > ~{o}"
t "in double quotes of sh" quoted '' "printf '%s' \"~{s}\" > ~{o}"
t "in double quotes of bash" quoted 'bash ' "x=\"~{s}\"; printf '%s' \"\$x\" > ~{o}"
t "in a here-document" quoted '' $'cat > ~{o} <<EOF\n    ~{s}\n    EOF'
t "in a string of python3" quoted 'python3 ' "open(~{o}, 'w', newline='').write('~{s}')"
t "in a comment" quoted '' $'printf "%s" ~{s} > ~{o} # ~{s}'
t "in a substitution" quoted '' "printf '%s' \"\$(printf '%s.' ~{s})\" | head -c -1 > ~{o}"
finish
