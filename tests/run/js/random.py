"""Random pure expressions: prints a workflow with COUNT outputs. usage: random.py SEED COUNT"""
import random
import sys

rng = random.Random(int(sys.argv[1]))
LEAVES = {
    "Int": ["a", "b", "3", "(-7)", "9007199254740991", "0"],
    "Float": ["f", "g", "0.1", "1e22", "(-2.5)"],
    "Bool": ["c", "true"],
    "String": ["s", "t", '"x,y"', '""'],
    "[Int]": ["xs", "[a, b, 5]", "range(4)"],
    "[String]": ["ws", "[s, t]"],
    "Int?": ["o"],
}
FORMS = {
    "Int": ["(@Int@ + @Int@)", "(@Int@ - @Int@)", "(@Int@ * @Int@)", "(@Int@ / (bit_and(@Int@, 15) + 1))",
            "(@Int@ % (bit_or(@Int@, 1)))", "(-@Int@)", "max(@Int@, @Int@)", "min(@Int@, @Int@)", "abs(@Int@)",
            "bit_and(@Int@, @Int@)", "bit_or(@Int@, @Int@)", "bit_xor(@Int@, @Int@)", "shift_left(@Int@, @Int@)",
            "shift_right(@Int@, @Int@)", "length(@[Int]@)", "length(@[String]@)", "(@Int?@ ?? @Int@)",
            "(if @Bool@ { @Int@ } else { @Int@ })", "(fold q = @Int@ for x in @[Int]@ { q * 3 + x })",
            "(fold q = 0 for x in @[Int]@ if x > q { x - q })", "(@[Int]@ + [@Int@])[0]", "(let z = @Int@ in z * z - z)",
            "(loop q = @Int@ { q / 2 + a } until q > 50 max 7)", "(fold @Int@ for x in @[Int]@ by larger)",
            "(a: @Int@, b: @String@).a", "int(min(max(@Float@, -1e9), 1e9))"],
    "Float": ["(@Float@ + @Float@)", "(@Float@ * @Float@)", "(@Float@ - @Float@)", "(@Float@ / @Float@)", "abs(@Float@)",
              "floor(@Float@)", "ceil(@Float@)", "round(@Float@)", "float(@Int@)", "(@Int@ * @Float@)",
              "max(@Float@, @Float@)", "sqrt(abs(@Float@))", "(if @Bool@ { @Float@ } else { @Float@ })",
              "mean(@Float@ ± 1.5)"],
    "Bool": ["(@Int@ < @Int@)", "(@Float@ <= @Float@)", "(@String@ < @String@)", "(@String@ == @String@)", "!@Bool@",
             "(@Bool@ && @Bool@)", "(@Bool@ || @Bool@)", "(@[Int]@ == @[Int]@)", "(@Int@ == @Int@)", "is_some(@Int?@)",
             "contains(@String@, @String@)", "starts_with(@String@, @String@)", "ends_with(@String@, @String@)",
             "(@Int?@ == @Int?@)", "((a: @Int@, b: @String@) != (a: @Int@, b: @String@))"],
    "String": ["(@String@ + @String@)", "str(@Int@)", "str(@Float@)", "str(@Bool@)", "join(@[String]@, @String@)",
               "replace(@String@, @String@, @String@)", "basename(@String@)", "stem(@String@)", "str(@[Int]@)",
               '"~{@String@}-~{@Int@}"', "(if @Bool@ { @String@ } else { @String@ })",
               '(fold q = "" for w in @[String]@ { w + q })'],
    "[Int]": ["(for x in @[Int]@ { x + @Int@ })", "(for x in @[Int]@ if x % 2 == 0 { x })", "(@[Int]@ + @[Int]@)",
              "(for x in @[Int]@ for y in range(2) { x * y })", "flatten([@[Int]@, @[Int]@])",
              "compact([@Int?@, @Int@])", "(for w in @[String]@ { length(split(w, \"\")) })",
              "(for x in xs, y in ys { x * y + @Int@ })"],
    "[String]": ["split(@String@, @String@)", 'split(@String@, "")', "(for x in @[Int]@ { str(x) })",
                 "(@[String]@ + @[String]@)", "(for w in @[String]@ { w + @String@ })"],
    "Int?": ["(if @Bool@ { @Int@ })", "@Int?@"],
}


def expression(kind, depth):
    """A form's @KIND@ are expressions of that kind."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(LEAVES[kind])
    parts = rng.choice(FORMS[kind]).split("@")
    return "".join(expression(part, depth - 1) if i % 2 else part for i, part in enumerate(parts))


def text(kind, value):
    """Ints and Floats as text: all their values can leave so."""
    if kind == "Int?":
        return f"str(compact([{value}, a]))"
    return value if kind in ("Bool", "String", "[String]") else f"str({value})"


kinds = [rng.choice(list(FORMS)) for _ in range(int(sys.argv[2]))]
types = {"Bool": "Bool", "[String]": "[String]"}
print("assoc comm fn larger(a: Int, b: Int) -> Int = max(a, b)")
print("flow main(a: Int, b: Int, f: Float, g: Float, s: String, t: String, c: Bool, xs: [Int], ys: [Int], ws: [String],")
print("  o: Int?) -> (" + ", ".join(f"e{i}: {types.get(kind, 'String')}" for i, kind in enumerate(kinds)) + ") {")
for i, kind in enumerate(kinds):
    print(f"  e{i} = {text(kind, expression(kind, 4))}")
print("}")
