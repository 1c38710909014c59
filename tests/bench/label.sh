#!/usr/bin/env bash
# Canonical labelling of graphs like those of workflows, against bliss and nauty's Traces through their libraries.
# LIMIT is how many seconds the others get for a graph (10).
. "$(dirname "$0")/lib.sh"

limit=${LIMIT:-10}
read -ra flags <<< "$(pkg-config --cflags --libs nauty)"
cc -O2 -std=gnu17 -D_GNU_SOURCE= -I"$root/compiler" -o label "$root"/tests/bench/label.c \
  "$root"/tests/unit/label_{graphs,kinds}.c "$root"/compiler/canon/label*.c \
  "$root"/compiler/base/{arena,hash,vec}.c -lbliss "${flags[@]}"

# against GRAPH WHAT: a row for each of the others
against() {
  ./label "$1" "$runs" "$limit" > figures
  local name seconds ours count edges
  while read -r name seconds; do
    case $name in
      vertices) count=$seconds ;;
      edges) edges=$seconds ;;
      weft) ours=$seconds ;;
      *)
        local told="$seconds s" than=
        [[ $seconds != - ]] || told="more than $limit s" than=" (at most)" seconds=$limit
        local ratio
        ratio=$(awk -v a="$ours" -v b="$seconds" 'BEGIN { printf "%.6f", a / b }')
        echo "$name $ratio" >> ratios
        line "labelling $2 / $name$than" "$ratio" "" 1 "$ours s against $told; $count vertices, $edges edges"
        ;;
    esac
  done < figures
}
against layered-4 "layers, 10^4"
against layered-5 "layers, 10^5"
against montage-4 "Montage, 10^4"
against montage-5 "Montage, 10^5"
against branches "10^4 branches of 1"
against chains "10^4 branches of 10"
against all-but-one "all but one of 300"
against copies "300 Montages"
against fans "300 fan-outs of 30"

for name in bliss Traces; do
  line "labelling, median / $name" "$(awk -v n="$name" '$1 == n { print $2 }' ratios | sort -g |
    awk '{ r[NR] = $1 } END { print NR % 2 ? r[(NR + 1) / 2] : (r[NR / 2] + r[NR / 2 + 1]) / 2 }')" "" 0.1 "of the ratios above"
done
