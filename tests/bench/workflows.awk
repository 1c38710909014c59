# Writes many workflows of about 50 steps each: awk -v files=N -v folder=DIR -f workflows.awk.
# A fifth are copies of others with other names, a fifth differ from others in a literal, and most hold some of twenty
# chains of five to eight steps that are common to all. The same files whatever the machine.

function random(n) {
  seed = (seed * 16807) % 2147483647
  return seed % n
}

function step(call) {
  body = body "  " prefix count " = " call "\n"
  return count++
}

function chain(number, input,  length_, k, at) {
  length_ = 5 + number % 4
  at = input
  for (k = 0; k < length_; k++) at = prefix step("tool" ((number * 7 + k * 3) % 60) "(" at ", " (number + k) ")")
  return at
}

function workflow(variant, literal,  k, last, other) {
  prefix = variant; body = ""; count = 0
  last = "x"
  while (count < 44) {
    if (random(3) == 0) last = chain(random(20), last)
    else if (random(4) == 0) {
      step("for f in xs { tool" random(60) "(tool" random(60) "(f, " random(5) "), 1) }")
      last = prefix step("merge(" last ", " prefix (count - 1) ")")
    } else {
      other = count ? prefix random(count) : "x"
      last = prefix step("join" random(10) "(" last ", x, " random(50) ")")
    }
  }
  step("tool1(" last ", " literal ")")
  return "flow main(x: File, xs: [File]) -> (y: File) {\n" body "  y = " prefix (count - 1) "\n}\n"
}

# The tasks that a text calls.
function declarations(flow,  k, text) {
  for (k = 0; k < 60; k++)
    if (index(flow, "tool" k "("))
      text = text "task tool" k "(x: File, n: Int) -> (y: File = \"y\") { run \"tool" k " -n ~{n} ~{x} > ~{y}\" }\n"
  for (k = 0; k < 10; k++)
    if (index(flow, "join" k "("))
      text = text "task join" k "(a: File, b: File, n: Int) -> (y: File = \"y\") { run \"join" k " -n ~{n} ~{a} ~{b} > ~{y}\" }\n"
  return text "task merge(a: File, all: [File]) -> (y: File = \"y\") { run \"cat ~{a} ~{all} > ~{y}\" }\n"
}

BEGIN {
  for (i = 0; i < files; i++) {
    kind = i % 5
    seed = 1 + (kind ? i - (kind < 3 ? kind : 0) : i) * 7919 # kinds 1 and 2 are like the file of kind 0 before them
    path = sprintf("%s/w%05d.wf", folder, i)
    flow = workflow(kind == 1 ? "renamed" : "s", kind == 2 ? 7 : 3)
    printf "%s%s", declarations(flow), flow > path
    close(path)
  }
}
