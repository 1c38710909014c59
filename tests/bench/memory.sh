#!/usr/bin/env bash
# Memory of a run: what a run of 10^5 tasks (BIG=1: 10^6) in a `for` takes more than one of 10^3, a task.
. "$(dirname "$0")/lib.sh"

many=${BIG:+1000000}
many=${many:-100000}
cat > start.s << 'END'
.globl _start
_start:
  mov $60, %eax
  xor %edi, %edi
  syscall
END
# The program that ends at once needs no library, so that a run of a million takes minutes.
cc -nostdlib -static -o "$work/true" start.s 2> /dev/null || cp /bin/true "$work/true"
cat > nothing.wf << END
volatile task t(i: Int) { run "$work/true" }
flow main(n: Int) { for i in range(n) { t(i) } }
END
cat > numbers.wf << END
task t(i: Int) -> (n: Int = i) { run "$work/true" }
flow main(n: Int) -> (r: Int) { r = fold s = 0 for k in (for i in range(n) { t(i) }) { s + k } }
END
for name in nothing numbers; do
  build "$name"
  read -ra few <<< "$("$work/time" 1 --before 'rm -rf results' "./$name" --n 1000 -j2)"
  read -ra all <<< "$("$work/time" 1 --before 'rm -rf results' "./$name" --n "$many" -j2)"
  line "memory of $many tasks ($name), bytes a task" "$(((all[3] - few[3]) * 1024 / (many - 1000)))" B - \
    "${all[3]} KiB against ${few[3]} KiB for 1,000; $(awk -v t="${all[0]}" -v n="$many" 'BEGIN { printf "%.3f", 1e3 * t / n }') ms a task"
done
