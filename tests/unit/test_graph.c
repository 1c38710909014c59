/* Nodes made once, variables without names, what is reachable. */
#include "ir_support.h"

#include <CUnit/CUnit.h>

static void test_equal_nodes_are_one(void) {
  IrTest test = ir_begin();
  Node a = IR_NODE(&test, OP_ADD_, T_INT, test.n, graph_int(test.graph, 2));
  CU_ASSERT_EQUAL(a, IR_NODE(&test, OP_ADD_, T_INT, test.n, graph_int(test.graph, 2)));
  CU_ASSERT_NOT_EQUAL(a, IR_NODE(&test, OP_ADD_, T_INT, test.n, graph_int(test.graph, 3)));
  CU_ASSERT_NOT_EQUAL(graph_int(test.graph, 0), graph_bool(test.graph, false));
  CU_ASSERT_NOT_EQUAL(graph_float(test.graph, T_FLOAT, 0.0), graph_float(test.graph, T_FLOAT, -0.0));
  ir_end(&test);
}

/* for x in array { x + amount } */
static Node map_add(IrTest *test, Node array, Node amount) {
  Range range = graph_range(test->graph, array, (Span){0});
  Node body = IR_NODE(test, OP_ADD_, T_INT, range.element, amount);
  return graph_collect(test->graph, range.index, range.condition, body, (Span){0});
}

static void test_bound_variables_have_no_names(void) {
  IrTest test = ir_begin();
  Node one = graph_int(test.graph, 1);
  Node first = map_add(&test, test.xs, one);
  graph_open_index(test.graph, IR_NODE(&test, OP_DIM_OF, T_UNIT, test.xs), (Span){0});
  CU_ASSERT_EQUAL(first, map_add(&test, test.xs, one));
  CU_ASSERT_EQUAL(test.graph->vars.data[first], 0);
  ir_end(&test);
}

/* for x in xs { for y in xs { x - y } } is not for x in xs { for y in xs { y - x } } */
static Node cross(IrTest *test, bool swapped) {
  Graph *graph = test->graph;
  Range x = graph_range(graph, test->xs, (Span){0}), y = graph_range(graph, test->xs, (Span){0});
  Node a = swapped ? y.element : x.element, b = swapped ? x.element : y.element;
  Node inner = graph_collect(graph, y.index, y.condition, IR_NODE(test, OP_SUB_, T_INT, a, b), (Span){0});
  return graph_collect(graph, x.index, x.condition, inner, (Span){0});
}

static void test_nested_variables_stay_apart(void) {
  IrTest test = ir_begin();
  CU_ASSERT_NOT_EQUAL(cross(&test, false), cross(&test, true));
  CU_ASSERT_EQUAL(cross(&test, false), cross(&test, false));
  ir_output(&test, "a", cross(&test, false));
  ir_output(&test, "b", cross(&test, true));
  CU_ASSERT_PTR_NULL(graph_verify(test.graph));
  ir_end(&test);
}

/* A closed variable of the same rank comes under a binder that must not capture it. */
static void test_nothing_is_captured(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node dim = IR_NODE(&test, OP_DIM_OF, T_UNIT, test.xs), yes = graph_bool(graph, true);
  Node inner = graph_open_index(graph, dim, (Span){0});
  Node ordinal = IR_NODE(&test, OP_ORDINAL, T_INT, inner);
  Node body = IR_NODE(&test, OP_ADD_, T_INT, ordinal, test.n);
  Node collect = graph_collect(graph, inner, yes, body, (Span){0});
  Node closed = graph_arg(graph, collect, 0);
  Node other = IR_NODE(&test, OP_ORDINAL, T_INT, closed);
  Node state = graph_open_state(graph, T_INT, (Span){0});
  Node open = graph_open_index(graph, dim, (Span){0});
  Node with_state = graph_collect(
      graph, open, yes, IR_NODE(&test, OP_ADD_, T_INT, IR_NODE(&test, OP_ORDINAL, T_INT, open), state),
      (Span){0});
  Node replaced = graph_substitute(graph, with_state, state, other);
  CU_ASSERT_TRUE(graph_mentions(graph, replaced, closed));
  CU_ASSERT_NOT_EQUAL(graph_arg(graph, replaced, 0), closed);
  ir_end(&test);
}

static void test_maps_fuse(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node twice = map_add(&test, map_add(&test, test.xs, test.n), test.n);
  Range range = graph_range(graph, test.xs, (Span){0});
  Node body = IR_NODE(&test, OP_ADD_, T_INT, IR_NODE(&test, OP_ADD_, T_INT, range.element, test.n), test.n);
  CU_ASSERT_EQUAL(twice, graph_collect(graph, range.index, range.condition, body, (Span){0}));
  ir_end(&test);
}

static void test_filters_fuse(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Range x = graph_range(graph, test.xs, (Span){0});
  Node filtered = graph_collect(graph, x.index, IR_NODE(&test, OP_LT_, T_BOOL, test.n, x.element), x.element,
                                (Span){0});
  Range y = graph_range(graph, filtered, (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, y.condition), OP_LT_);
  CU_ASSERT_EQUAL(graph_op(graph, graph_arg(graph, y.index, 0)), OP_DIM_OF);
  CU_ASSERT_EQUAL(graph_arg(graph, graph_arg(graph, y.index, 0), 0), test.xs);
  ir_end(&test);
}

static void test_zip(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node elements[3], arrays[3] = {test.xs, map_add(&test, test.xs, test.n), test.xs};
  Range same = graph_zip(graph, arrays, 3, elements, (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, graph_arg(graph, same.index, 0)), OP_DIM_OF);
  CU_ASSERT_EQUAL(graph_op(graph, elements[1]), OP_ADD_);
  CU_ASSERT_EQUAL(elements[0], elements[2]);
  Range other = graph_zip(graph, (Node[]){arrays[1], test.ys}, 2, elements, (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, graph_arg(graph, other.index, 0)), OP_DIM_ZIP);
  CU_ASSERT_EQUAL(graph_op(graph, elements[0]), OP_ADD_);
  Node length = graph_extent(graph, graph_arg(graph, other.index, 0), (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, length), OP_LENGTH);
  Node zipped = graph_collect(graph, other.index, other.condition, elements[0], (Span){0});
  CU_ASSERT_EQUAL(length, IR_NODE(&test, OP_LENGTH, T_INT, zipped));
  ir_end(&test);
}

static void test_full_graph_answers(void) {
  IrTest test = ir_begin();
  test.graph->limit = graph_count(test.graph) + 5;
  Node node = test.xs;
  for (int i = 0; i < 20; i++) node = map_add(&test, node, graph_int(test.graph, i));
  CU_ASSERT_TRUE(test.graph->full);
  CU_ASSERT_TRUE(node < graph_count(test.graph));
  CU_ASSERT_PTR_NOT_NULL(graph_verify(test.graph));
  ir_end(&test);
}

enum { LONG = 200000, MAPS = 20000 };

static void test_long_chain(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Range range = graph_range(graph, test.xs, (Span){0});
  Node node = range.element;
  for (int i = 0; i < LONG; i++)
    node = IR_NODE(&test, OP_ADD_, T_INT, node, IR_NODE(&test, OP_MUL_, T_INT, node, test.n));
  Node array = graph_collect(graph, range.index, range.condition, node, (Span){0});
  CU_ASSERT_EQUAL(graph->vars.data[array], 0);
  uint32_t before = graph_count(graph);
  CU_ASSERT_EQUAL(graph_op(graph, map_add(&test, array, test.n)), OP_COLLECT);
  CU_ASSERT_TRUE(graph_count(graph) - before < 5 * LONG);
  ir_end(&test);
}

/* Each map fuses with all before it, and costs no more than the first. */
static void test_many_maps(void) {
  IrTest test = ir_begin();
  Node array = test.xs;
  for (int i = 0; i < MAPS; i++) array = map_add(&test, array, graph_int(test.graph, i % 7 + 1));
  ir_output(&test, "maps", array);
  CU_ASSERT_FALSE(test.graph->full);
  CU_ASSERT_TRUE(graph_count(test.graph) < 20 * MAPS);
  CU_ASSERT_PTR_NULL(graph_verify(test.graph));
  ir_end(&test);
}

CU_ErrorCode suite_graph(void);
CU_ErrorCode suite_graph(void) {
  CU_TestInfo tests[] = {{"equal nodes are one", test_equal_nodes_are_one},
                         {"bound variables have no names", test_bound_variables_have_no_names},
                         {"nested variables stay apart", test_nested_variables_stay_apart},
                         {"nothing is captured", test_nothing_is_captured},
                         {"maps fuse", test_maps_fuse},
                         {"filters fuse", test_filters_fuse},
                         {"zip", test_zip},
                         {"a full graph answers", test_full_graph_answers},
                         {"a long chain", test_long_chain},
                         {"many maps", test_many_maps},
                         CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"graph", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
