#!/usr/bin/env bash
# make install, what is installed at work, make uninstall.
. "$(dirname "$0")/lib.sh"

there=$work/there/usr
t "install" make -C "$root" --no-print-directory install DESTDIR="$work/there" PREFIX=/usr
t "the program runs" says "weft 0." "$there/bin/weft" --version
cat > lib.wf <<'W'
import std.math
flow main(x: Float) -> (y: Float) { y = math.clamp(x, 0.0, 1.0) }
W
t "finds the standard library" "$there/bin/weft" check lib.wf
t "and all its parts" "$there/bin/weft" build lib.wf -o exe
t "the executable runs" json '.y == 1' ./exe --x 3
t "manual pages" test -s "$there/share/man/man1/weft.1" -a -s "$there/share/man/man1/weft-build.1"
t "completions" test -s "$there/share/bash-completion/completions/weft" -a -s "$there/share/zsh/site-functions/_weft"
t "a .pc file" grep -q '^Version: 0' "$there/lib/pkgconfig/weft.pc"
t "uninstall" make -C "$root" --no-print-directory uninstall DESTDIR="$work/there" PREFIX=/usr
t "leaves nothing" test -z "$(find "$work/there" ! -type d)"
finish
