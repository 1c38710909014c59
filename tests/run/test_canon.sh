#!/usr/bin/env bash
# weft canon: forms that are their own, certificates from one process to the next.
. "$(dirname "$0")/lib.sh"

# own_form FILE…: the canonical form of each file is its own, to the byte, and has the file's identity
own_form() {
  local file bad=0 count=0
  for file; do
    "$weft" canon "$file" > once.wf 2> log || { grep -q E0407 log && continue; }
    "$weft" canon once.wf > twice.wf 2> log || cat log
    cmp once.wf twice.wf || bad=1
    [[ $("$weft" hash "$file" 2> log | cut -c 1-64) == $("$weft" hash once.wf | cut -c 1-64) ]] || bad=1
    ((bad)) && echo "$file" && return 1
    count=$((count + 1))
  done
  ((count > 0))
}
t "canonical forms of workflows are their own" own_form "$root"/corpus/*/*.wf
t "canonical forms of small programs are their own" own_form "$root"/tests/golden/lang/*.wf
t "both sides of laws have forms of their own" own_form "$root"/tests/laws/*.1.wf

same_form() {
  local first
  for first in "$root"/tests/laws/0*.1.wf; do
    cmp <("$weft" canon "$first") <("$weft" canon "${first%.1.wf}.2.wf") || return 1
  done
}
t "both sides of a law have one form" same_form
sed 's/(x: Int) -> (y:/(w: Int) -> (out:/; s/~{x}/~{w}/' "$root/tests/laws/027_filter.1.wf" > ports.wf
t "names of ports make no difference" cmp <("$weft" canon ports.wf) <("$weft" canon "$root/tests/laws/027_filter.1.wf")

law=$root/tests/laws/020_map_fusion
"$weft" canon --certificate proof "$law.1.wf"
t "a certificate is written and holds" status 0 "$weft" canon --replay proof
t "it is of this workflow" status 0 "$weft" canon --replay proof "$law.1.wf"
t "it is of no other, not even an equal one" status 1 "$weft" canon --replay proof "$law.2.wf"
t "the form goes to a file" status 0 "$weft" canon -o form.wf "$law.1.wf"
t "the form is there" "$weft" check form.wf
sed 's/^law 20/law 21/' proof > forged
t "one of another law does not hold" status 1 "$weft" canon --replay forged
sed '$d' proof > short
t "one without its end does not hold" status 1 "$weft" canon --replay short
t "one that is no certificate does not hold" status 1 "$weft" canon --replay "$law.1.wf"
t "one that is not there is bad input" status 2 "$weft" canon --replay nothing
t "no file is bad usage" status 2 "$weft" canon

# templates VIEW FILE…: the template of each file under a view is a program
templates() {
  local view=$1 file
  shift
  for file; do
    "$weft" canon --view "$view" "$file" > template.wf 2> log || { grep -q E0407 log && continue; }
    "$weft" check template.wf > log 2>&1 || { echo "$file" && cat log template.wf && return 1; }
  done
}
t "templates without literals are programs" templates params "$root"/corpus/*/*.wf "$root"/tests/golden/lang/*.wf
t "templates without commands are programs" templates shape "$root"/corpus/*/*.wf "$root"/tests/golden/lang/*.wf
# literals FILE: the template, without the values that its parameters have by default
literals() { "$weft" canon --view "$1" "$2" | sed -E 's/(p[0-9]+: Int) = [0-9]+/\1/g'; }
one_template() { diff <(literals "$1" "$root/tests/laws/$2.1.wf") <(literals "$1" "$root/tests/laws/$2.2.wf"); }
t "another literal is the same template" one_template params 108_literal
t "another image is not" status 1 one_template params 109_image
t "but the same shape" one_template shape 109_image
explained() { "$weft" canon --explain "$law.1.wf" | grep -A2 'law 20, map fusion' | grep -q '= f('; }
t "laws are told with both sides" explained
finish
