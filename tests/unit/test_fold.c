/* Constants are folded exactly as machine code computes them. */
#include "ir_support.h"

#include <CUnit/CUnit.h>
#include <math.h>

typedef struct IntCase {
  Op op;
  int64_t a, b, result;
} IntCase;

static const IntCase ints[] = {
    {OP_ADD_, INT64_MAX, 1, INT64_MIN},
    {OP_SUB_, INT64_MIN, 1, INT64_MAX},
    {OP_MUL_, INT64_MIN, -1, INT64_MIN},
    {OP_DIV_, -7, 2, -3},
    {OP_DIV_, 7, -2, -3},
    {OP_MOD_, -7, 2, -1},
    {OP_MOD_, 7, -2, 1},
    {OP_BIT_AND, 12, 10, 8},
    {OP_BIT_OR, 12, 10, 14},
    {OP_BIT_XOR, 12, 10, 6},
    {OP_SHIFT_LEFT, 1, 65, 2},
    {OP_SHIFT_RIGHT, -1, 63, 1},
    {OP_MIN, -1, 1, -1},
    {OP_MAX, -1, 1, 1},
};

static void test_ints(void) {
  IrTest test = ir_begin();
  for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
    Node a = graph_int(test.graph, ints[i].a), b = graph_int(test.graph, ints[i].b);
    CU_ASSERT_EQUAL(IR_NODE(&test, ints[i].op, T_INT, a, b), graph_int(test.graph, ints[i].result));
  }
  ir_end(&test);
}

static void test_what_fails_is_left(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node zero = graph_int(graph, 0), one = graph_int(graph, 1), least = graph_int(graph, INT64_MIN);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_DIV_, T_INT, one, zero)), OP_DIV_);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_MOD_, T_INT, one, zero)), OP_MOD_);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_DIV_, T_INT, least, graph_int(graph, -1))), OP_DIV_);
  Node fails = IR_NODE(&test, OP_DIV_, T_INT, one, zero);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_MUL_, T_INT, fails, zero)), OP_MUL_);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_TO_INT, T_INT, graph_float(graph, T_FLOAT, 0x1p63))),
                  OP_TO_INT);
  CU_ASSERT_EQUAL(
      graph_op(graph, IR_NODE(&test, OP_PARSE_INT, T_INT, ir_string(&test, "9223372036854775808"))),
      OP_PARSE_INT);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_PARSE_INT, T_INT, ir_string(&test, "1 "))), OP_PARSE_INT);
  ir_end(&test);
}

static void test_units(void) {
  IrTest test = ir_begin();
  Node zero = graph_int(test.graph, 0), one = graph_int(test.graph, 1);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ADD_, T_INT, test.n, zero), test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ADD_, T_INT, zero, test.n), test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_SUB_, T_INT, test.n, zero), test.n);
  CU_ASSERT_EQUAL(graph_op(test.graph, IR_NODE(&test, OP_SUB_, T_INT, zero, test.n)), OP_SUB_);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_MUL_, T_INT, one, test.n), test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_MUL_, T_INT, test.n, zero), zero);
  Node x = ir_input(&test, "x", T_FLOAT), none = graph_float(test.graph, T_FLOAT, 0);
  CU_ASSERT_EQUAL(graph_op(test.graph, IR_NODE(&test, OP_ADD_, T_FLOAT, x, none)), OP_ADD_);
  ir_end(&test);
}

static void test_floats(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node a = graph_float(graph, T_FLOAT, 0.1), b = graph_float(graph, T_FLOAT, 0.2),
       nan = graph_float(graph, T_FLOAT, NAN);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ADD_, T_FLOAT, a, b), graph_float(graph, T_FLOAT, 0.1 + 0.2));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ROUND, T_FLOAT, graph_float(graph, T_FLOAT, -2.5)),
                  graph_float(graph, T_FLOAT, -3.0));
  CU_ASSERT_TRUE(graph_is_bool(graph, IR_NODE(&test, OP_EQ_, T_BOOL, nan, nan), false));
  CU_ASSERT_TRUE(graph_is_bool(graph, IR_NODE(&test, OP_LE_, T_BOOL, a, b), true));
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_MAX, T_FLOAT, nan, a)), OP_MAX);
  Node x = ir_input(&test, "x", T_FLOAT);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_EQ_, T_BOOL, x, x)), OP_EQ_);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_INT, T_INT, graph_float(graph, T_FLOAT, -2.9)), graph_int(graph, -2));
  ir_end(&test);
}

typedef struct TextCase {
  Op op;
  const char *a, *b, *result;
} TextCase;

static const TextCase paths[] = {
    {OP_BASENAME, "/a/b.tar.gz", NULL, "b.tar.gz"},
    {OP_STEM, "/a/b.tar.gz", NULL, "b"},
    {OP_STEM, ".hidden", NULL, ".hidden"},
    {OP_BASENAME, "a/b//", NULL, "b"},
    {OP_BASENAME, "/", NULL, "/"},
    {OP_BASENAME, "", NULL, ""},
};

static void test_texts(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    CU_ASSERT_EQUAL(IR_NODE(&test, paths[i].op, T_STRING, ir_string(&test, paths[i].a)),
                    ir_string(&test, paths[i].result));
  Node s = ir_string(&test, "a,b,,c"), comma = ir_string(&test, ",");
  Node parts = IR_NODE(&test, OP_SPLIT, test.strings, s, comma);
  CU_ASSERT_EQUAL(graph_arity(graph, parts), 4);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_JOIN, T_STRING, parts, comma), s);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_REPLACE, T_STRING, s, comma, ir_string(&test, "--")),
                  ir_string(&test, "a--b----c"));
  CU_ASSERT_TRUE(graph_is_bool(graph, IR_NODE(&test, OP_CONTAINS, T_BOOL, s, ir_string(&test, "b,,")), true));
  CU_ASSERT_TRUE(graph_is_bool(graph, IR_NODE(&test, OP_STARTS_WITH, T_BOOL, s, comma), false));
  CU_ASSERT_TRUE(graph_is_bool(graph, IR_NODE(&test, OP_ENDS_WITH, T_BOOL, s, ir_string(&test, ",c")), true));
  CU_ASSERT_TRUE(graph_is_bool(
      graph, IR_NODE(&test, OP_LT_, T_BOOL, ir_string(&test, "a"), ir_string(&test, "ab")), true));
  ir_end(&test);
}

static void test_numbers_as_text(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  static const int8_t seconds[UNIT_COUNT] = {1};
  TypeId duration = type_quantity(test.types, seconds);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_STRING, T_STRING, graph_float(graph, T_FLOAT, 3)),
                  ir_string(&test, "3.0"));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_STRING, T_STRING, graph_float(graph, duration, 3)),
                  ir_string(&test, "3"));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_STRING, T_STRING, graph_float(graph, T_FLOAT, 0.1)),
                  ir_string(&test, "0.1"));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_STRING, T_STRING, graph_int(graph, INT64_MIN)),
                  ir_string(&test, "-9223372036854775808"));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_PARSE_INT, T_INT, ir_string(&test, "-9223372036854775808")),
                  graph_int(graph, INT64_MIN));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_PARSE_FLOAT, T_FLOAT, ir_string(&test, "2.5")),
                  graph_float(graph, T_FLOAT, 2.5));
  ir_end(&test);
}

CU_ErrorCode suite_fold(void);
CU_ErrorCode suite_fold(void) {
  CU_TestInfo tests[] = {{"ints", test_ints},   {"what fails is left", test_what_fails_is_left},
                         {"units", test_units}, {"floats", test_floats},
                         {"texts", test_texts}, {"numbers as text", test_numbers_as_text},
                         CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"fold", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
