/* The text form: what is printed reads back the same, and what is wrong is refused. */
#include "ir_support.h"

#include <CUnit/CUnit.h>

#include <math.h>
#include <string.h>

#include "pass/pass.h"

static const char counting[] =
    "graph \"main\" ## \"Counts.\"\n"
    "%0 = input \"xs\" : [File<bam>]\n"
    "%1 = dim.of %0\n"
    "%2 = lit true : Bool\n"
    "%3 = index #0 %1\n"
    "%4 = element %0 %3 : File<bam>\n"
    "%5 = task @0 %4 : (n: Int)\n"
    "%6 = project #0 %5 : Int ; n\n"
    "%7 = lit 3 : Int\n"
    "%8 = lt %7 %6 : Bool\n"
    "%9 = collect %3 %8 %5 : [(n: Int)] ; \"large ones\"\n"
    "%10 = state #0 : Int\n"
    "%11 = lit 0 : Int\n"
    "%12 = add %10 %6 : Int\n"
    "%13 = fold %3 %2 %10 %11 %12 : Int\n"
    "%14 = input \"ys\" : [Int]\n"
    "%15 = dim.of %14\n"
    "%16 = index #0 %15\n"
    "%17 = element %14 %16 : Int\n"
    "%18 = add %6 %17 : Int\n"
    "%19 = collect %3 %2 %18 : [Int]\n"
    "%20 = collect %16 %2 %19 : [[Int]]\n"
    "%21 = token #4\n"
    "%22 = task @1 %7 %21 : ()\n"
    "%23 = param #0 : File<bam>\n"
    "%24 = lit \"n \\\"1\\\".txt\\u0001\" : String\n"
    "%25 = lit \"\" : String\n"
    "%26 = read #0 %24 %25 : Int\n"
    "%27 = lit 0.1 : Float\n"
    "task @0 \"count\" run \"bash\" ## \"Counts reads.\"\n"
    "  in \"bam\" : File<bam>\n"
    "  out \"n\" = %26 : Int\n"
    "  text \"samtools view -c \"\n"
    "  value %23\n"
    "  text \" > n.txt\\n\"\n"
    "  cpus %27\n"
    "  env \"TMPDIR\" %24\n"
    "  stage %23 %24\n"
    "end\n"
    "task @1 \"say\" volatile direct\n"
    "  in \"n\" : Int\n"
    "  text \"say\" end\n"
    "end\n"
    "input \"xs\" ## \"reads\" : [File<bam>]\n"
    "input \"ys\" = %14 ~ \"[]\" : [Int]\n"
    "output \"some\" %9\n"
    "output \"sum\" %13\n"
    "output \"cross\" %20\n"
    "effect %22\n";

static void test_round_trip(void) {
  IrTest test = ir_begin();
  Graph *graph = ir_read(&test, counting);
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  const char *once = ir_print(&test, graph);
  CU_ASSERT_STRING_EQUAL(once, counting);
  CU_ASSERT_EQUAL(graph->next_token, 5);
  graph_free(graph);
  ir_end(&test);
}

/* Split: the filter becomes options, the fold walks an array, the inner loop's task runs once for its index. */
static void test_split(void) {
  IrTest test = ir_begin();
  Graph *graph = ir_read(&test, counting);
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  Graph *split = pass_split(graph), *compact = pass_compact(split);
  CU_ASSERT_PTR_NULL(graph_verify(split));
  const char *text = ir_print(&test, compact);
  CU_ASSERT_PTR_NOT_NULL(strstr(text, " = compact "));
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "%16 = collect %6 %5 %10 : [Int]\n"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text, " = element %16 %6 : Int\n"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text, " = element %16 %18 : Int\n"));
  Graph *again = ir_read(&test, text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(again);
  CU_ASSERT_STRING_EQUAL(ir_print(&test, again), text);
  graph_free(graph);
  graph_free(split);
  graph_free(compact);
  graph_free(again);
  ir_end(&test);
}

static const char optional[] =
    "graph \"\"\n"
    "%0 = input \"xs\" : [Int]\n"
    "%1 = dim.of %0\n"
    "%2 = index #0 %1\n"
    "%3 = element %0 %2 : Int\n"
    "%4 = task @0 %3 : (n: Int?)\n"
    "%5 = project #0 %4 : Int?\n"
    "%6 = is_some %5 : Bool\n"
    "%7 = collect %2 %6 %5 : [Int?]\n"
    "%8 = lit none : Int?\n"
    "task @0 \"t\" run \"sh\"\n"
    "  in \"x\" : Int\n"
    "  out \"n\" = %8 : Int?\n"
    "end\n"
    "input \"xs\" : [Int]\n"
    "output \"some\" %7\n";

/* There is no option of an option, so what is filtered there are records. */
static void test_split_of_options(void) {
  IrTest test = ir_begin();
  Graph *graph = ir_read(&test, optional);
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  Graph *split = pass_split(graph);
  CU_ASSERT_PTR_NULL(graph_verify(split));
  CU_ASSERT_EQUAL(graph_type(split, split->outputs.data[0].node),
                  graph_type(graph, graph->outputs.data[0].node));
  CU_ASSERT_PTR_NOT_NULL(strstr(ir_print(&test, split), " : [(value: Int?)?]\n"));
  graph_free(graph);
  graph_free(split);
  ir_end(&test);
}

static void test_numbers_are_exact(void) {
  static const double numbers[] = {
      0.1, -0.0, 1e300, 5e-324, INFINITY, -INFINITY, NAN, 1.0 / 3, 123456789012345680.0};
  IrTest test = ir_begin();
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    ir_output(&test, "x", graph_float(test.graph, T_FLOAT, numbers[i]));
  ir_output(&test, "least", graph_int(test.graph, INT64_MIN));
  const char *text = ir_print(&test, test.graph);
  Graph *graph = ir_read(&test, text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  for (uint32_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    double read = graph_literal(graph, graph->outputs.data[i].node)->number;
    CU_ASSERT_EQUAL(memcmp(&read, &numbers[i], sizeof read), 0);
  }
  CU_ASSERT_STRING_EQUAL(ir_print(&test, graph), text);
  graph_free(graph);
  ir_end(&test);
}

static const char *const types[] = {"()",
                                    "[[Int]]",
                                    "File<bam>?",
                                    "Uncertain<Duration>",
                                    "Uncertain<Float>?",
                                    "Rate",
                                    "Dir",
                                    "[(a: Int, b: [String])?]",
                                    "Quantity<s^2*B/g>",
                                    "Quantity<1/B>"};

static void test_types(void) {
  IrTest test = ir_begin();
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    const char *text = arena_format(
        test.session->arena, "graph \"\"\n%%0 = input \"x\" : %s\ninput \"x\" : %s\noutput \"x\" %%0\n",
        types[i], types[i]);
    Graph *graph = ir_read(&test, text);
    CU_ASSERT_PTR_NOT_NULL(graph);
    if (graph) CU_ASSERT_STRING_EQUAL(ir_print(&test, graph), text);
    graph_free(graph);
  }
  ir_end(&test);
}

static const char *const wrong[] = {
    "",
    "graph \"x\"\n%1 = lit 1 : Int\n",
    "graph \"x\"\n%0 = lit 1 : Int\n%1 = lit 1 : Int\n",
    "graph \"x\"\n%0 = lit 1 : String\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = neg %0 : Int\n",
    "graph \"x\"\n%0 = lit 1 : Int\n%1 = neg %0 %0 : Int\n",
    "graph \"x\"\n%0 = lit 1 : Int\n%1 = lit true : Bool\n%2 = add %0 %1 : Int\noutput \"x\" %2\n",
    "graph \"x\"\n%0 = state #0 : Int\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = input \"y\" : Int\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = param #0 : Int\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = stdout : String\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = task @0 : ()\noutput \"x\" %0\n",
    "graph \"x\"\n%0 = lit 3 : Int\n%1 = dim.range %0\n%2 = index #1 %1\n%3 = lit true : Bool\n"
    "%4 = ordinal %2 : Int\n%5 = collect %2 %3 %4 : [Int]\noutput \"x\" %5\n",
    "graph \"x\"\n%0 = lit 9223372036854775808 : Int\n",
    "graph \"x\"\n%0 = lit \"a : String\n",
    "graph \"x\"\n%0 = frobnicate : Int\n",
    "graph \"x\"\noutput \"x\" %0\n",
    "graph \"x\" trailing\n",
};

static void test_wrong_texts_are_refused(void) {
  IrTest test = ir_begin();
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Graph *graph = ir_read(&test, wrong[i]);
    CU_ASSERT_PTR_NULL(graph);
    CU_ASSERT_EQUAL(diags_errors(test.session->diags), i + 1);
    graph_free(graph);
  }
  ir_end(&test);
}

static void identity_of(IrTest *test, const char *text, char hex[65]) {
  Graph *graph = ir_read(test, text);
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  graph_task_identity(graph, 0, hex);
  graph_free(graph);
}

#define TASK(port, text, attr, other)                                                        \
  "graph \"\"\n" other "%" attr " = lit 2.0 : Float\ntask @0 \"t\" run \"sh\"\n  in \"" port \
  "\" : Int\n  text "                                                                        \
  "\"" text "\"\n  cpus %" attr "\nend\n"

static void test_task_identity(void) {
  IrTest test = ir_begin();
  char a[65], b[65], c[65], d[65];
  identity_of(&test, TASK("x", "ls", "0", ""), a);
  identity_of(&test, TASK("y", "ls", "1", "%0 = lit 7 : Int\n"), b);
  identity_of(&test, TASK("x", "ls -l", "0", ""), c);
  identity_of(&test, "graph \"\"\ntask @0 \"t\" run \"bash\"\n  in \"x\" : Int\n  text \"ls\"\nend\n", d);
  CU_ASSERT_STRING_EQUAL(a, b);
  CU_ASSERT_STRING_NOT_EQUAL(a, c);
  CU_ASSERT_STRING_NOT_EQUAL(a, d);
  ir_end(&test);
}

CU_ErrorCode suite_read(void);
CU_ErrorCode suite_read(void) {
  CU_TestInfo tests[] = {{"round trip", test_round_trip},
                         {"split", test_split},
                         {"split of options", test_split_of_options},
                         {"numbers are exact", test_numbers_are_exact},
                         {"types", test_types},
                         {"wrong texts are refused", test_wrong_texts_are_refused},
                         {"task identity", test_task_identity},
                         CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"read", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
