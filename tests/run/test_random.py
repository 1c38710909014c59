#!/usr/bin/env python3
"""Random workflows, compiled and run: results and volatile calls must be those that the text means.

A term is made as its text and its meaning side by side, so nothing of the compiler takes part in what is expected.
usage: test_random.py [--seed N] [--cases N] [--keep]; --keep leaves workflows that fail as random-SEED.wf
"""
import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, namedtuple

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WEFT = os.environ.get("WEFT", os.path.join(ROOT, "build", "weft"))
MOST_CALLS = 150  # of volatile tasks in a run
SIZES = range(500, 12000)  # of the text
INPUTS = [{"n": 1, "m": 2, "xs": [1, 2, 1]}, {"n": 4, "m": 0, "xs": [1, 2, 4]}]

# A volatile task that notes what it was called with, a pure one, and a function.
HEAD = """\
volatile task v(site: Int, x: Int) -> (y: Int = stdout) {
  run "echo ~{site} ~{x} >> \\"$LOG\\"; echo $(( (~{x} * 3 + ~{site}) % 7 ))"
}
task p(x: Int) -> (y: Int = stdout) { run "echo $(( (~{x} * 5 + 2) % 7 ))" }
fn g(x: Int) -> Int = fold t = x for i in range(3) { (t * 3 + i) % 11 }
"""

# `value(env, calls)`: what it is where names are `env`; volatile calls are counted in `calls`.
Term = namedtuple("Term", "text value")
# `[for x in xs, ...] ... if filter`: `each(env, calls)` gives the environments, one an iteration.
Clauses = namedtuple("Clauses", "text names each")
Flow = namedtuple("Flow", "name ins body")


Case = namedtuple("Case", "seed text wrong")


class Unusable(Exception):
    """A workflow that fails, or does too much."""


# ---- terms ----


def literal(number):
    return Term(str(number), lambda env, calls: number)


def variable(name):
    return Term(name, lambda env, calls: env[name])


def apply(form, function, *terms):
    """A strict operation."""
    text = form.format(*(term.text for term in terms))
    return Term(text, lambda env, calls: function(*[term.value(env, calls) for term in terms]))


def volatile(site, term):
    def value(env, calls):
        x = term.value(env, calls)
        calls[site, x] += 1
        if calls.total() > MOST_CALLS:
            raise Unusable
        return (x * 3 + site) % 7

    return Term(f"v({site}, {term.text})", value)


def function_g(x):
    for i in range(3):
        x = (x * 3 + i) % 11
    return x


def both(a, b):
    return Term(f"({a.text} && {b.text})", lambda env, calls: a.value(env, calls) and b.value(env, calls))


def either(a, b):
    return Term(f"({a.text} || {b.text})", lambda env, calls: a.value(env, calls) or b.value(env, calls))


def choice(condition, yes, no):
    def value(env, calls):
        return (yes if condition.value(env, calls) else no).value(env, calls)

    return Term(f"(if {condition.text} {yes.text} else {no.text})", value)


def fold(state, start, clauses, body):
    def value(env, calls):
        result = start.value(env, calls)
        for inner in clauses.each(env, calls):
            result = body.value({**inner, state: result}, calls)
        return result

    return Term(f"(fold {state} = {start.text} {clauses.text} {body.text})", value)


def loop(state, start, body, stop, most):
    def value(env, calls):
        result = start.value(env, calls)
        for _ in range(most):
            result = body.value({**env, state: result}, calls)
            if stop.value({**env, state: result}, calls):
                break
        return result

    return Term(f"(loop {state} = {start.text} {body.text} until {stop.text} max {most})", value)


def comprehension(clauses, body):
    return Term(
        f"({clauses.text} {body.text})",
        lambda env, calls: [body.value(inner, calls) for inner in clauses.each(env, calls)],
    )


def call(flow, args):
    def value(env, calls):
        return flow.body.value({name: arg.value(env, calls) for name, arg in zip(flow.ins, args)}, calls)

    return Term(f"{flow.name}({', '.join(arg.text for arg in args)})", value)


def block(steps, last):
    """Steps are pairs of a name, or None for a statement, and a term."""

    def value(env, calls):
        env = dict(env)
        for name, term in steps:
            env[name] = term.value(env, calls)
        return last.value(env, calls)

    lines = [f"{name} = {term.text}" if name else term.text for name, term in steps]
    return Term("{ " + "; ".join(lines + [last.text]) + " }", value)


def clauses_of(levels, condition):
    """A level is one `for` with pairs of names and arrays, side by side."""

    def level(k, env, calls):
        if k == len(levels):
            if condition is None or condition.value(env, calls):
                yield env
            return
        arrays = [array.value(env, calls) for _, array in levels[k]]
        if len({len(array) for array in arrays}) > 1:
            raise Unusable
        for values in zip(*arrays):
            yield from level(k + 1, {**env, **dict(zip((name for name, _ in levels[k]), values))}, calls)

    text = " ".join("for " + ", ".join(f"{name} in {array.text}" for name, array in one) for one in levels)
    if condition:
        text += " if " + condition.text
    return Clauses(text, [name for one in levels for name, _ in one], lambda env, calls: level(0, env, calls))


# ---- random terms ----


class Generator:
    """`env` are the names in scope by their type, "int" or "array"."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sites = self.names = 0
        self.flows = []
        self.depth = 3 + seed % 3

    def chance(self, probability):
        return self.random.random() < probability

    def name(self):
        self.names += 1
        return f"a{self.names}"

    def pick(self, env, kind):
        names = [name for name, of in env.items() if of == kind]
        return variable(self.random.choice(names)) if names and self.chance(0.7) else None

    def volatile(self, depth, env):
        self.sites += 1
        return volatile(self.sites, self.int(depth, env))

    def int(self, depth, env):
        if depth <= 0 or self.chance(0.12):
            return self.pick(env, "int") or literal(self.random.randrange(5))
        forms = [self.volatile, self.pure, self.sum, self.choice, self.fold, self.loop, self.call, self.total]
        return self.random.choices(forms, [21, 19, 12, 16, 12, 10, 6, 4])[0](depth - 1, env)

    def pure(self, depth, env):
        x = self.int(depth, env)
        if self.chance(0.2):
            return apply("g({})", function_g, x)
        return apply("p({})", lambda value: (value * 5 + 2) % 7, x)

    def sum(self, depth, env):
        return apply("({} + {})", lambda a, b: a + b, self.int(depth, env), self.int(depth, env))

    def choice(self, depth, env, kind="int"):
        condition, yes = self.bool(depth, env), self.block(kind, depth, env)
        return choice(condition, yes, yes if self.chance(0.1) else self.block(kind, depth, env))

    def fold(self, depth, env):
        state, start, clauses = self.name(), self.int(depth, env), self.clauses(depth, env)
        inner = {**env, **dict.fromkeys(clauses.names + [state], "int")}
        return fold(state, start, clauses, self.block("int", depth, inner))

    def loop(self, depth, env):
        state, start = self.name(), self.int(depth, env)
        inner = {**env, state: "int"}
        stop = self.bool(min(depth - 1, 1), inner)
        return loop(state, start, self.block("int", depth, inner), stop, self.random.randrange(4))

    def call(self, depth, env):
        if not self.flows:
            return self.total(depth, env)
        flow = self.random.choice(self.flows)
        return call(flow, [self.int(depth - 1, env) for _ in flow.ins])

    def total(self, depth, env):
        return apply("(fold q = 0 for z in {} {{ q + z }})", sum, self.array(depth, env))

    def bool(self, depth, env):
        if depth <= 0 or self.chance(0.6):
            x = self.int(depth - 1, env)
            if self.chance(0.5):
                return apply("({} % 2 == 0)", lambda value: value % 2 == 0, x)
        elif self.chance(0.25):
            x = self.volatile(depth - 1, env)
        elif self.chance(0.33):
            return apply("(!{})", lambda flag: not flag, self.bool(depth - 1, env))
        else:
            join = both if self.chance(0.5) else either
            return join(self.bool(depth - 1, env), self.bool(depth - 1, env))
        return apply("({} < {})", lambda a, b: a < b, x, literal(self.random.randrange(6)))

    def clauses(self, depth, env):
        x, first = self.name(), self.array(depth, env)
        levels = [[(x, first)]]
        if self.chance(0.1):
            levels[0].append((self.name(), self.array(depth, env)))
        elif self.chance(0.2):
            levels.append([(self.name(), self.array(depth - 1, {**env, x: "int"}))])
        names = [name for level in levels for name, _ in level]
        inner = {**env, **dict.fromkeys(names, "int")}
        return clauses_of(levels, self.bool(depth - 1, inner) if self.chance(0.3) else None)

    def array(self, depth, env):
        if depth <= 0 or self.chance(0.15):
            return self.pick(env, "array") or apply("range({})", self.range, literal(self.random.randrange(4)))
        form = self.random.choices(["range", "list", "joined", "choice", "for"], [20, 10, 10, 10, 50])[0]
        if form == "range":
            return apply("range({} % 4)", lambda n: self.range(n % 4), self.int(depth - 1, env))
        if form == "list":
            items = [self.int(depth - 1, env) for _ in range(self.random.randrange(1, 3))]
            return apply("[" + ", ".join(["{}"] * len(items)) + "]", lambda *values: list(values), *items)
        if form == "joined":
            return apply("({} + {})", lambda a, b: a + b, self.array(depth - 1, env), self.array(depth - 1, env))
        if form == "choice":
            return self.choice(depth - 1, env, "array")
        clauses = self.clauses(depth - 1, env)
        return comprehension(clauses, self.block("int", depth - 1, {**env, **dict.fromkeys(clauses.names, "int")}))

    @staticmethod
    def range(count):
        return list(range(count))

    def term(self, kind, depth, env):
        return self.int(depth, env) if kind == "int" else self.array(depth, env)

    def block(self, kind, depth, env):
        steps, env = [], dict(env)
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3]) if depth > 0 else 0):
            if self.chance(0.2):
                steps.append((None, self.volatile(depth - 1, env)))
                continue
            of, name = self.random.choice(["int", "int", "array"]), self.name()
            steps.append((name, self.term(of, depth - 1, env)))
            env[name] = of
        return block(steps, self.term(kind, depth - 1, env))

    def workflow(self):
        """Its text, and the body of main."""
        for k in range(self.random.randrange(3)):
            ins = [self.name() for _ in range(self.random.randrange(1, 3))]
            body = self.block("int", self.depth - 1, dict.fromkeys(ins, "int"))
            self.flows.append(Flow(f"f{k}", ins, body))
        main = self.block("int", self.depth, {"n": "int", "m": "int", "xs": "array"})
        text = HEAD
        for flow in self.flows:
            text += f"flow {flow.name}({', '.join(name + ': Int' for name in flow.ins)}) -> Int {flow.body.text}\n"
        return text + f"flow main(n: Int, m: Int, xs: [Int]) -> Int {main.text}\n", main


# ---- cases ----


def expected_of(main):
    """Results and calls for each of the inputs, or None when the workflow is of no use."""
    expected = []
    try:
        for inputs in INPUTS:
            calls = Counter()
            expected.append((main.value(inputs, calls), calls))
    except Unusable:
        return None
    return expected if any(calls for _, calls in expected) else None


def run_once(folder, inputs, expected, calls):
    """What is wrong with one run, or None."""
    log = os.path.join(folder, "log")
    open(log, "w").close()
    flags = [text for name, value in inputs.items() for text in ("--" + name, json.dumps(value))]
    done = subprocess.run(
        [folder + "/random", *flags, "-q", "--fresh", "-j", "3", "--out", folder + "/out"],
        capture_output=True, text=True, timeout=120, env={**os.environ, "LOG": log})
    if done.returncode:
        return f"status {done.returncode}: {done.stderr}"
    result = next(iter(json.loads(done.stdout).values()))
    if result != expected:
        return f"{inputs} gives {result} instead of {expected}"
    with open(log) as lines:
        seen = Counter(tuple(map(int, line.split())) for line in lines)
    if seen != calls:
        return f"{inputs}: calls too many {dict(seen - calls)}, missing {dict(calls - seen)}"
    return None


def check(seed):
    """None for a workflow of no use, else a case."""
    text, main = Generator(seed).workflow()
    expected = expected_of(main) if len(text) in SIZES else None
    if not expected:
        return None
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/random.wf", "w") as file:
            file.write(text)
        built = subprocess.run([WEFT, "build", "-o", folder + "/random", folder + "/random.wf"],
                               capture_output=True, text=True, timeout=120)
        if built.returncode:
            return Case(seed, text, built.stderr)
        for inputs, (result, calls) in zip(INPUTS, expected):
            wrong = run_once(folder, inputs, result, calls)
            if wrong:
                return Case(seed, text, wrong)
    return Case(seed, text, None)


def tell(case, keep):
    print(f"FAIL --seed {case.seed} --cases 1: {case.wrong}\n{case.text}")
    if keep:
        with open(f"random-{case.seed}.wf", "w") as file:
            file.write(case.text)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    options.add_argument("--cases", type=int, default=50)
    options.add_argument("--keep", action="store_true")
    options = options.parse_args()
    print(f"--seed {options.seed}")
    passed = failed = 0
    seed = options.seed
    with multiprocessing.Pool(2) as pool:
        while passed + failed < options.cases:
            batch = range(seed, seed + min(16, options.cases - passed - failed))
            seed = batch.stop
            for case in filter(None, pool.map(check, batch, chunksize=1)):
                failed += bool(case.wrong)
                passed += not case.wrong
                if case.wrong:
                    tell(case, options.keep)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
