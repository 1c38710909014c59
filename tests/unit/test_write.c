/* test_write.c: what is written of a graph reads back as the same graph, and looks as a person would write it. */
#include "ir_support.h"
#include "write_support.h"

#include "canon/normal.h"
#include "front/fmt.h"
#include "front/parse.h"

#include <CUnit/CUnit.h>
#include <glob.h>
#include <string.h>

CU_ErrorCode suite_write(void);

/* ---- there and back ---- */

static void fail(const char *path, const char *how, const char *why, const char *text) {
  fprintf(stderr, "write: %s, %s: %s\n%s\n", path, how, why, text ? text : "");
  CU_FAIL("the graph changed");
}

static void check_layout(const char *path, const Text *text) {
  Session *session = session_new();
  Module *module = parse_module(session, sources_add(session->sources, "t.wf", text->data, text->len));
  Text again = {0};
  fmt_module(session, module, &again);
  if (!again.data || strcmp(again.data, text->data) != 0) fail(path, "layout", "is not the one", text->data);
  text_free(&again);
  session_free(session);
}

/* Writes a graph, reads it and compares; canonical text has to be its own canonical text. */
static void check_graph(Graph *graph, const char *path, bool canonical) {
  const char *how = canonical ? "canonical" : "named";
  Text text = {0}, again = {0};
  WriteOptions options = {.canonical = canonical};
  if (!write_wf(graph, options, &text)) {
    fail(path, how, "is not written", NULL);
    return;
  }
  Lowered back = lowered_new(text.data, text.len, "written.wf");
  const char *differs = back.graph ? graphs_differ(graph, back.graph, !canonical) : "it does not check";
  if (back.told) differs = "it has warnings";
  if (differs) fail(path, how, differs, text.data);
  bool once = !canonical || !back.graph ||
              (write_wf(back.graph, options, &again) && !strcmp(text.data, again.data));
  if (!once) fail(path, how, "is not its own canonical text", text.data);
  check_layout(path, &text);
  CU_PASS("the same graph");
  lowered_free(&back);
  text_free(&text);
  text_free(&again);
}

/* The same of normal forms, which is what is shown of a workflow under the laws. */
static void check_normal(Graph *graph, const char *path) {
  Text text = {0}, again = {0};
  WriteOptions options = {.canonical = true};
  Graph *normal = normal_form(graph);
  if (!write_wf(normal, options, &text)) fail(path, "normal form", "is not written", NULL);
  Lowered back = lowered_new(text.data ? text.data : "", text.len, "written.wf");
  Graph *other = back.graph ? normal_form(back.graph) : NULL;
  const char *differs = other ? graphs_differ(normal, other, false) : "it does not check";
  if (differs) fail(path, "normal form", differs, text.data);
  if (other && (!write_wf(other, options, &again) || strcmp(text.data, again.data) != 0))
    fail(path, "normal form", "is not its own canonical text", text.data);
  graph_free(normal);
  graph_free(other);
  lowered_free(&back);
  text_free(&text);
  text_free(&again);
}

/* False: it has no graph. */
static bool check_text(const char *text, size_t len, const char *path) {
  Lowered lowered = lowered_new(text, len, path);
  bool is_program = lowered.graph != NULL;
  for (int canonical = 0; is_program && canonical < 2; canonical++)
    check_graph(lowered.graph, path, canonical);
  if (is_program) check_normal(lowered.graph, path);
  lowered_free(&lowered);
  return is_program;
}

static Text file_text(const char *path) {
  Text text = {0};
  char bytes[4096];
  FILE *file = fopen(path, "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) text_add(&text, bytes, n);
  fclose(file);
  if (!text.data) text_puts(&text, "");
  return text;
}

/* Checks all files of a pattern; at least `least` of them are programs. */
static void check_files(const char *pattern, uint32_t least) {
  glob_t found = {0};
  uint32_t programs = 0;
  glob(pattern, 0, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    Text text = file_text(found.gl_pathv[i]);
    programs += check_text(text.data, text.len, found.gl_pathv[i]);
    text_free(&text);
  }
  globfree(&found);
  CU_ASSERT_TRUE(programs >= least);
}

static void test_language(void) { check_files(TEST_DIR "/golden/lang/*.wf", 80); }

static void test_corpus(void) { check_files(TEST_DIR "/../corpus/*/*.wf", 5); }

/* ---- the examples of the documentation ---- */

static uint32_t check_examples(const char *path) {
  Text text = file_text(path);
  uint32_t programs = 0;
  for (char *at = text.data; (at = strstr(at, "\n```wf\n"));) {
    at += strlen("\n```wf\n");
    char *end = strstr(at, "\n```\n");
    if (!end) break;
    programs += check_text(at, (size_t)(end + 1 - at), path);
    at = end + 1;
  }
  text_free(&text);
  return programs;
}

static void test_examples(void) {
  uint32_t programs = check_examples(TEST_DIR "/../README.md") +
                      check_examples(TEST_DIR "/../docs/tutorial.md");
  CU_ASSERT_TRUE(programs > 0);
  CU_ASSERT_TRUE(check_examples(TEST_DIR "/../docs/language.md") > 20);
}

/* ---- forms of one workflow ---- */

static void canonical_text(const char *path, Text *into) {
  Text text = file_text(path);
  Lowered lowered = lowered_new(text.data, text.len, path);
  CU_ASSERT_PTR_NOT_NULL_FATAL(lowered.graph);
  CU_ASSERT_TRUE(write_wf(lowered.graph, (WriteOptions){.canonical = true}, into));
  lowered_free(&lowered);
  text_free(&text);
}

/* NAME.1.wf, NAME.2.wf, … have one canonical text. */
static void test_same(void) {
  check_files(TEST_DIR "/same/*.wf", 40);
  glob_t found = {0};
  glob(TEST_DIR "/same/*.wf", 0, NULL, &found);
  Text first = {0};
  for (size_t i = 0; i < found.gl_pathc; i++) {
    Text text = {0};
    canonical_text(found.gl_pathv[i], &text);
    if (strstr(found.gl_pathv[i], ".1.wf")) {
      text_free(&first);
      first = text;
      continue;
    }
    if (strcmp(first.data, text.data) != 0)
      fail(found.gl_pathv[i], "canonical", "is not that of the first", text.data);
    text_free(&text);
  }
  text_free(&first);
  globfree(&found);
}

/* ---- how it looks ---- */

static void becomes(const char *source, bool canonical, const char *expected) {
  Lowered lowered = lowered_new(source, strlen(source), "source.wf");
  Text text = {0};
  CU_ASSERT_PTR_NOT_NULL_FATAL(lowered.graph);
  CU_ASSERT_TRUE(write_wf(lowered.graph, (WriteOptions){canonical}, &text));
  if (text.data && strcmp(text.data, expected) != 0)
    fprintf(stderr, "got:\n%s\nexpected:\n%s\n", text.data, expected);
  CU_ASSERT_STRING_EQUAL(text.data ? text.data : "", expected);
  for (int k = 0; k < 2; k++) check_graph(lowered.graph, source, k);
  text_free(&text);
  lowered_free(&lowered);
}

static void test_names(void) {
  const char *source =
      "## Greet.\ntask greet(name: String) -> (text: String = stdout) { run \"echo ~{name}\" }\n"
      "flow main(names: [String]  ## whom\n) -> (texts: [String], first: String) {\n"
      "texts = for n in names { greet(n) }\nhello = greet(\"you\")\nfirst = hello + hello }";
  becomes(
      source, false,
      "## Greet.\ntask greet(name: String) -> (text: String = stdout) {\n  run \"echo ~{name}\"\n}\n\n"
      "flow main(\n  names: [String]  ## whom\n) -> (texts: [String], first: String) {\n"
      "  texts = for name in names { greet(name) }\n  hello = greet(\"you\")\n  first = hello + hello\n}\n");
  becomes(source, true,
          "task t1(name: String) -> (text: String = stdout) {\n  run \"echo ~{name}\"\n}\n\n"
          "flow main(names: [String]) -> (first: String, texts: [String]) {\n"
          "  s1 = t1(\"you\")\n  first = s1 + s1\n  texts = for x1 in names { t1(x1) }\n}\n");
}

static void test_operators(void) {
  becomes(
      "flow main(a: Int, b: Int, x: Float) -> (n: Int, t: Bool, y: Float) {\n"
      "n = (a + b) * -(a - (b - 1)) % 3\nt = !(a < b) && (a == b || b != 1)\ny = a * x - 1 / (2.0 * b) }",
      false,
      "flow main(a: Int, b: Int, x: Float) -> (n: Int, t: Bool, y: Float) {\n"
      "  n = (a + b) * -(a - (b - 1)) % 3\n  t = !(a < b) && (a == b || b != 1)\n  y = a * x - 1.0 / (2.0 * "
      "b)\n}\n");
}

static void test_literals(void) {
  becomes(
      "flow main() -> (a: Float, b: [Float], s: String, d: Duration, z: Size, n: Int, i: Float) {\n"
      "a = 0.1\nb = [1e300, 2.0, -0.0, 1.0 / 0.0]\ns = \"a\\t\\\"~{1}\\~{x}\\u{1}é\"\nd = 90 min\nz = 1.5 "
      "GiB\n"
      "n = -9223372036854775807 - 1\ni = 1 / 3.0 }",
      false,
      "flow main() -> (a: Float, b: [Float], s: String, d: Duration, z: Size, n: Int, i: Float) {\n"
      "  b = [1e300, 2.0, -0.0, 1.0 / 0.0]\n  a = 0.1\n  s = \"a\\t\\\"1\\~{x}\\u{1}é\"\n  d = 1.5 h\n  z = "
      "1.5 GiB\n"
      "  n = -9223372036854775807 - 1\n  i = 0.3333333333333333\n}\n");
}

/* A task inside an `if` inside a `for` that no output shows, and one that waits. */
static void test_effects(void) {
  becomes(
      "volatile task put(s: String) { run \"touch ~{s}\" }\n"
      "flow main(xs: [String]) -> (ys: [String]) {\n"
      "a = for x in xs { if x != \"\" { put(x) } }\nput(\"end\") after a\nys = for x in xs { put(x); x + x } "
      "}",
      false,
      "volatile task put(s: String) {\n  run \"touch ~{s}\"\n}\n\n"
      "flow main(xs: [String]) -> (ys: [String]) {\n"
      "  ys = for x in xs {\n    put(x)\n    x + x\n  }\n  a = for x in xs { if x != \"\" { put(x) } }\n"
      "  put(\"end\") after a\n}\n");
}

/* Work that two loops share is one array: a volatile call is one call. */
static void test_shared_work(void) {
  becomes(
      "volatile task now(x: Int) -> (t: String = stdout) { run \"date; echo ~{x}\" }\n"
      "task pair(x: Int) -> (a: Int = stdout, b: Int = read_int(\"b\")) { run \"echo ~{x} > b; echo ~{x}\" "
      "}\n"
      "flow main(xs: [Int]) -> (s: [String], t: [String], a: [Int], b: [Int]) {\n"
      "ts = for x in xs { now(x) }\ns = for t in ts { t + \"!\" }\nt = for t in ts { t + \"?\" }\n"
      "ps = for x in xs { pair(x) }\na = for p in ps { p.a }\nb = for p in ps { p.b } }",
      true,
      "task t1(x: Int) -> (a: Int = stdout, b: Int = read_int(\"b\")) {\n  run \"echo ~{x} > b; echo "
      "~{x}\"\n}\n\n"
      "volatile task t2(x: Int) -> (t: String = stdout) {\n  run \"date; echo ~{x}\"\n}\n\n"
      "flow main(xs: [Int]) -> (a: [Int], b: [Int], s: [String], t: [String]) {\n"
      "  s1 = for x1 in xs { t1(x1) }\n  a = for x2 in s1 { x2.a }\n  b = for x3 in s1 { x3.b }\n"
      "  s2 = for x4 in xs { t2(x4) }\n  s = for x5 in s2 { \"~{x5}!\" }\n  t = for x6 in s2 { \"~{x6}?\" "
      "}\n}\n");
}

/* A question outside of a branch that uses it alone is asked in any case. */
static void test_arms(void) {
  becomes(
      "flow main(c: Bool) -> (n: Int, m: Int) {\nq = ask Int(\"Which?\")\n"
      "n = if c { q } else { 0 }\nm = if c { 1 } else { ask Int(\"Why?\") } }",
      false,
      "flow main(c: Bool) -> (n: Int, m: Int) {\n  q = ask Int(\"Which?\")\n  n = if c { q } else { 0 }\n"
      "  m = if c { 1 } else { ask Int(\"Why?\") }\n}\n");
}

/* ---- bounds ---- */

static void test_deep(void) {
  IrTest test = ir_begin();
  Node sum = test.n;
  test.graph->name = intern(test.session->names, "main", 4);
  for (int i = 0; i < 100000; i++) sum = IR_NODE(&test, OP_SUB_, T_INT, test.n, sum);
  ir_output(&test, "sum", sum);
  Text text = {0};
  CU_ASSERT_TRUE(write_wf(test.graph, (WriteOptions){0}, &text));
  CU_ASSERT_TRUE(text.len < 10000000);
  text_free(&text);
  ir_end(&test);
}

/* Each term is used twice by the next: it is written once. */
static void test_shared(void) {
  IrTest test = ir_begin();
  Node twice = test.n;
  test.graph->name = intern(test.session->names, "main", 4);
  for (int i = 0; i < 200; i++) twice = IR_NODE(&test, OP_MUL_, T_INT, twice, twice);
  ir_output(&test, "twice", twice);
  check_graph(test.graph, "shared", false);
  check_graph(test.graph, "shared", true);
  ir_end(&test);
}

/* Binders too deep inside each other to be read again are refused. */
static void test_nested(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  graph->name = intern(test.session->names, "main", 4);
  Node body = test.n, open[400];
  for (int i = 0; i < 400; i++)
    open[i] = graph_open_index(graph, IR_NODE(&test, OP_DIM_OF, T_UNIT, test.xs), (Span){0});
  for (int i = 0; i < 400; i++)
    body = IR_NODE(&test, OP_ADD_, T_INT, body, IR_NODE(&test, OP_ELEMENT, T_INT, test.xs, open[i]));
  for (int i = 400; i-- > 0;) body = graph_collect(graph, open[i], graph_bool(graph, true), body, (Span){0});
  ir_output(&test, "cube", body);
  Text text = {0};
  CU_ASSERT_FALSE(write_wf(graph, (WriteOptions){0}, &text));
  text_free(&text);
  ir_end(&test);
}

CU_ErrorCode suite_write(void) {
  CU_TestInfo tests[] = {
      {"every form of the language", test_language},
      {"the corpus", test_corpus},
      {"the examples of the documentation", test_examples},
      {"forms of one workflow", test_same},
      {"names", test_names},
      {"operators", test_operators},
      {"literals", test_literals},
      {"effects", test_effects},
      {"shared work", test_shared_work},
      {"arms", test_arms},
      {"deep terms", test_deep},
      {"shared terms", test_shared},
      {"deep binders", test_nested},
      CU_TEST_INFO_NULL,
  };
  CU_SuiteInfo suites[] = {{"write", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
