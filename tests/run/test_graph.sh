#!/usr/bin/env bash
# Pictures of workflows.
. "$(dirname "$0")/lib.sh"

cat > flow.wf << 'END'
task twice(x: Int) -> (y: Int = stdout) { run "expr 2 * ~{x}" }
flow main(n: Int) -> (ys: [Int]) { ys = for i in range(n) { if i > 3 { twice(i) } else { i } } }
END

first_bytes() { head -c "$2" "$1" | od -An -tx1 | tr -d ' \n'; }
is_png() { [[ $(first_bytes "$1" 8) == 89504e470d0a1a0a ]]; }
is_svg() { grep -q '<svg' "$1" && grep -q '</svg>' "$1"; }

for view in source graph plan; do
  t "dot text of the $view names the task" says twice "$weft" graph --view "$view" flow.wf
  t "the $view as SVG" "$weft" graph --view "$view" flow.wf -o "$view.svg"
  t "the $view as SVG is one" is_svg "$view.svg"
  t "the $view as PNG" "$weft" graph --view "$view" flow.wf -o "$view.png"
  t "the $view as PNG is one" is_png "$view.png"
done
t "an unknown format is refused" status 2 "$weft" graph flow.wf -o flow.xyz
t "a file that is not there is told" status 2 "$weft" graph nothing.wf
t "a folder that is not there is told" status 1 "$weft" graph flow.wf -o no/such/folder.dot
finish
