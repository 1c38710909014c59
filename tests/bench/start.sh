#!/usr/bin/env bash
# Start-up: `weft --version` against a C program that returns 0.
. "$(dirname "$0")/lib.sh"

echo 'int main(void) { return 0; }' > nothing.c
cc -O2 -o nothing nothing.c
row "start of weft --version / an empty C program" 51 "$weft" --version --- ./nothing
