#!/usr/bin/env bash
# In-process work: what the scheduler costs for each evaluating step, and fused loops against the same loops in C.
. "$(dirname "$0")/lib.sh"

# per WHAT FLAGS…: nanoseconds a step, from runs with many and with none
per() {
  local what=$1 steps=$2 many none n=1000000
  shift 2
  cc -O2 -std=gnu17 "-DSTEPS=$steps" "$@" -I"$root/runtime" -o steps "$root/tests/bench/steps.c" \
    "$(dirname "$weft")/libweftrt.a" -lm -static
  { read -ra many; read -ra none; } <<< "$("$work/time" "$runs" ./steps --n "$n" --- ./steps --n 0)"
  line "$what" "$(awk -v a="${many[1]}" -v b="${none[1]}" -v k=$((n * steps)) 'BEGIN { print 1e9 * (a - b) / k }')" ns \
    100 "of CPU; $n frames of $steps steps in ${many[1]} s"
}
per "a step through the scheduler: map of 1" 1
per "a step through the scheduler: map of 10" 10
per "a step through the scheduler: fold of 1" 1 -DFOLD

cat > fold.wf << 'END'
flow main(n: Int) -> (r: Int) { r = fold s = 0 for i in range(n) { s * 3 + i % 7 } }
END
cat > fold.h << 'END'
static long work(long n) {
  long s = 0;
  for (long i = 0; i < n; i++) s = s * 3 + i % 7;
  return s;
}
END
cat > chain.wf << 'END'
flow main(n: Int) -> (r: Int) {
  a = for i in range(n) { i + i + i + 1 }
  b = for x in a if x % 4 != 1 { x }
  c = for x in b { x + x + 1 }
  r = fold s = 0 for x in c { s + x }
}
END
cat > chain.h << 'END'
static long work(long n) {
  long s = 0;
  for (long i = 0; i < n; i++) {
    long x = i + i + i + 1;
    if (x % 4 != 1) s += x + x + 1;
  }
  return s;
}
END
cat > sum.wf << 'END'
flow main(n: Int) -> (r: Int) { r = fold s = 0 for i in range(n) { s + i % 8 } }
END
cat > sum.h << 'END'
static long work(long n) {
  long s = 0;
  for (long i = 0; i < n; i++) s += i % 8;
  return s;
}
END
cat > floats.wf << 'END'
fn poly(x: Float) -> Float = ((x * 0.5 + 1.0) * x + 2.0) * x * 0.25 + 3.0
flow main(n: Int) -> (r: Float) {
  xs = for i in range(n) { float(i % 1024) }
  ys = for x in xs { poly(x) }
  least = fold m = 1e300 for y in ys { if y < m { y } else { m } }
  r = fold s = 0.0 for y in ys { s + (y - least) }
}
END
cat > floats.h << 'END'
#include <stdlib.h>
static double poly(double x) { return ((x * 0.5 + 1.0) * x + 2.0) * x * 0.25 + 3.0; }
static double work(long n) {
  double *ys = malloc((size_t)n * sizeof *ys), least = 1e300, s = 0;
  for (long i = 0; i < n; i++) ys[i] = poly((double)(i % 1024));
  for (long i = 0; i < n; i++) least = ys[i] < least ? ys[i] : least;
  for (long i = 0; i < n; i++) s += ys[i] - least;
  free(ys);
  return s;
}
END
cat > pairs.wf << 'END'
flow main(n: Int) -> (r: Int) { r = fold s = 0 for i in range(n) for j in range(1000) if i % 8 < j % 8 { s + i - j } }
END
cat > pairs.h << 'END'
static long work(long n) {
  long s = 0;
  for (long i = 0; i < n; i++)
    for (long j = 0; j < 1000; j++)
      if (i % 8 < j % 8) s += i - j;
  return s;
}
END

# loop NAME N FORMAT: NAME.wf against NAME.h; both must give the same.
loop() {
  build "$1"
  printf '#include <stdio.h>\n#include <stdlib.h>\n#include "%s.h"\nint main(int c, char **v) { printf("%s\\n", work(c > 1 ? atol(v[1]) : 0)); return 0; }\n' \
    "$1" "$3" > "$1.c"
  cc -O2 -o "$1-c" "$1.c"
  local ours theirs
  ours=$("./$1" --n "$2" -q 2> /dev/null | sed 's/[^:]*: *//; s/}//')
  theirs=$("./$1-c" "$2")
  awk -v a="$ours" -v b="$theirs" 'BEGIN { exit !(a == b) }' || die "$1: $ours is not $theirs"
  local vectors
  vectors=$("$weft" build --emit asm "$1.wf" | grep -cE '\b(padd|psub|pmul|addpd|subpd|mulpd)' || true)
  row "loop $1 / C -O2 (vector instructions: $vectors)" 1.05 "$runs" "./$1" --n "$2" --- "./$1-c" "$2"
}
loop fold 100000000 %ld
loop sum 200000000 %ld
loop chain 200000000 %ld
loop floats 20000000 %.17g
loop pairs 100000 %ld
