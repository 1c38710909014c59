#!/usr/bin/env bash
# An executable needs nothing: neither Weft nor LLVM, no interpreter, no library.
# shellcheck disable=SC2317 # `t` calls the functions
. "$(dirname "$0")/lib.sh"

cat > alone.wf <<'W'
task greet(name: String) -> (text: File = "text", n: Int = read_int("n")) {
  run "echo hello ~{name} > ~{text}; echo 5 > n"
}
task straight(n: Int) -> (r: String = stdout) { run "/bin/sh -c 'echo direct' ~{n}" }
fn half(x: Float) -> Float = sqrt(x) / 2.0
flow main(names: [String]) -> (texts: [File], sum: Int, root: Float, direct: String) {
  made = for n in names { greet(n) }
  texts = for m in made { m.text }
  sum = fold s = 0 for m in made { s + m.n }
  root = half(float(sum))
  d = straight(sum)
  direct = d
}
W
t "it is built" build alone.wf alone
t "nothing is linked" bash -c '! ldd ./alone'
t "no interpreter is asked for" bash -c '! readelf -l ./alone | grep INTERP'
t "it is one file of a few MB" test "$(stat -c %s alone)" -lt 8000000

# A shell, static if there is one, else with the libraries that it needs.
mkdir -p root/bin root/tmp
if [[ -x /bin/busybox ]] && ! ldd /bin/busybox > /dev/null 2>&1; then
  cp /bin/busybox root/bin/sh
else
  cp "$(command -v dash)" root/bin/sh
  ldd root/bin/sh | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "root$(dirname "$library")"
    cp "$library" "root$library"
  done
fi
cp alone root/
enter=(chroot root)
((EUID == 0)) || enter=(unshare --map-root-user chroot root)
if "${enter[@]}" /bin/sh -c : 2> /dev/null; then
  t "its help, in an empty root" says "names" "${enter[@]}" /alone --help
  t "a run" json '.sum == 10 and .direct == "direct" and (.texts | length) == 2' "${enter[@]}" /alone --names a --names b --out /tmp/out
  t "its results" test "$(cat root/tmp/out/texts/text)" = "hello a"
  t "a second run" says "0 tasks run, 3 found done" "${enter[@]}" /alone --names a --names b --out /tmp/out
  t "a program that is not there" says "R0103" "${enter[@]}" /bin/sh -c 'PATH=/nowhere /alone --names c --out /tmp/out2'
else
  skip "in an empty root" "chroot is not allowed here"
fi
finish
