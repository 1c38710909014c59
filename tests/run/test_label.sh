#!/usr/bin/env bash
# Canonical labelling agrees with bliss about which graphs are the same.
. "$(dirname "$0")/lib.sh"

t "the comparison is built" cc -O2 -std=gnu17 -D_GNU_SOURCE= -I"$root/compiler" -I"$root" -o oracle \
  "$root"/tests/run/label_oracle.c "$root"/tests/unit/label_{graphs,kinds}.c "$root"/compiler/canon/label*.c \
  "$root"/compiler/base/{arena,hash,vec}.c -lbliss
status 0 timeout "${LIMIT:-120}" ./oracle > oracle.log || echo "FAIL broke off" >> oracle.log
while read -r line; do t "both agree: ${line#* }" test "${line%% *}" = ok; done < oracle.log
finish
