/* The local rules of graph_make, each with what it must not do. */
#include "ir_support.h"

#include <CUnit/CUnit.h>

#include "pass/pass.h"

static Node total(IrTest *test, Range range, Node body) {
  return graph_collect(test->graph, range.index, graph_bool(test->graph, true), body, (Span){0});
}

static void test_records(void) {
  IrTest test = ir_begin();
  Sym names[2] = {1, 2};
  TypeId pair = type_record(test.types, 2, names, (TypeId[]){T_INT, T_BOOL});
  TypeId other = type_record(test.types, 2, (Sym[]){3, 4}, (TypeId[]){T_INT, T_BOOL});
  Node record = IR_NODE(&test, OP_RECORD, pair, test.n, test.b);
  CU_ASSERT_EQUAL(graph_project(test.graph, record, 1, (Span){0}), test.b);
  Node input = ir_input(&test, "pair", pair);
  Node a = graph_project(test.graph, input, 0, (Span){0}), b = graph_project(test.graph, input, 1, (Span){0});
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_RECORD, pair, a, b), input);
  CU_ASSERT_NOT_EQUAL(IR_NODE(&test, OP_RECORD, other, a, b), input);
  CU_ASSERT_EQUAL(graph_op(test.graph, IR_NODE(&test, OP_RECORD, pair, a, test.b)), OP_RECORD);
  ir_end(&test);
}

static void test_eta(void) {
  IrTest test = ir_begin();
  Range range = graph_range(test.graph, test.xs, (Span){0});
  CU_ASSERT_EQUAL(total(&test, range, range.element), test.xs);
  Node zipped[2];
  Range both = graph_zip(test.graph, (Node[]){test.xs, test.ys}, 2, zipped, (Span){0});
  CU_ASSERT_NOT_EQUAL(total(&test, both, zipped[0]), test.xs);
  ir_end(&test);
}

static void test_elements(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node array = IR_NODE(&test, OP_ARRAY, test.ints, test.n, graph_int(graph, 4));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ELEMENT, T_INT, array, graph_int(graph, 0)), test.n);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_ELEMENT, T_INT, array, graph_int(graph, 2))), OP_ELEMENT);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_ELEMENT, T_INT, array, graph_int(graph, -1))),
                  OP_ELEMENT);
  Range range = graph_range(graph, test.xs, (Span){0});
  Node number = IR_NODE(&test, OP_ORDINAL, T_INT, range.index);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_ELEMENT, T_INT, test.xs, number), range.element);
  CU_ASSERT_NOT_EQUAL(IR_NODE(&test, OP_ELEMENT, T_INT, test.ys, number),
                      IR_NODE(&test, OP_ELEMENT, T_INT, test.ys, range.index));
  ir_end(&test);
}

static void test_filtered_arrays_are_opaque(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Range range = graph_range(graph, test.xs, (Span){0});
  Node condition = IR_NODE(&test, OP_LT_, T_BOOL, test.n, range.element);
  Node some = graph_collect(graph, range.index, condition, range.element, (Span){0});
  Node dim = IR_NODE(&test, OP_DIM_OF, T_UNIT, some);
  CU_ASSERT_EQUAL(graph_op(graph, dim), OP_DIM_OF);
  Node index = graph_open_index(graph, dim, (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_ELEMENT, T_INT, some, index)), OP_ELEMENT);
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_LENGTH, T_INT, some)), OP_LENGTH);
  ir_end(&test);
}

static void test_sizes(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Range range = graph_range(graph, test.xs, (Span){0});
  Node map = total(&test, range, IR_NODE(&test, OP_ADD_, T_INT, range.element, test.n));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_LENGTH, T_INT, map), IR_NODE(&test, OP_LENGTH, T_INT, test.xs));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_DIM_OF, T_UNIT, map), IR_NODE(&test, OP_DIM_OF, T_UNIT, test.xs));
  Node dim = IR_NODE(&test, OP_DIM_RANGE, T_UNIT, graph_int(graph, -3));
  CU_ASSERT_EQUAL(graph_extent(graph, dim, (Span){0}), graph_int(graph, 0));
  dim = IR_NODE(&test, OP_DIM_RANGE, T_UNIT, IR_NODE(&test, OP_LENGTH, T_INT, test.xs));
  CU_ASSERT_EQUAL(graph_extent(graph, dim, (Span){0}), IR_NODE(&test, OP_LENGTH, T_INT, test.xs));
  Node empty = IR_NODE(&test, OP_ARRAY, test.ints, test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_LENGTH, T_INT, empty), graph_int(graph, 1));
  ir_end(&test);
}

static void test_zips(void) {
  IrTest test = ir_begin();
  Node a = IR_NODE(&test, OP_DIM_OF, T_UNIT, test.xs), b = IR_NODE(&test, OP_DIM_OF, T_UNIT, test.ys);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_DIM_ZIP, T_UNIT, a, a), a);
  Node zip = IR_NODE(&test, OP_DIM_ZIP, T_UNIT, a, b);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_DIM_ZIP, T_UNIT, zip, b, a), zip);
  ir_end(&test);
}

static void test_conditions(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node yes = graph_bool(graph, true), no = graph_bool(graph, false), one = graph_int(graph, 1);
  Node choice = IR_NODE(&test, OP_CHOOSE, T_INT, test.b, test.n, one);
  Node not = IR_NODE(&test, OP_NOT_, T_BOOL, test.b);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_INT, yes, test.n, one), test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_INT, no, test.n, one), one);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_INT, test.b, one, one), one);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_INT, not, one, test.n), choice);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_INT, test.b, choice, one), choice);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_BOOL, test.b, yes, no), test.b);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_BOOL, test.b, no, yes), not );
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CHOOSE, T_BOOL, test.b, test.b, no), test.b);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_NOT_, T_BOOL, not ), test.b);
  ir_end(&test);
}

static void test_options(void) {
  IrTest test = ir_begin();
  TypeId maybe = type_option(test.types, T_INT), names = type_option(test.types, T_STRING);
  Node some = IR_NODE(&test, OP_SOME, maybe, test.n), absent = graph_absent(test.graph, maybe);
  CU_ASSERT_TRUE(graph_is_bool(test.graph, IR_NODE(&test, OP_IS_SOME, T_BOOL, some), true));
  CU_ASSERT_TRUE(graph_is_bool(test.graph, IR_NODE(&test, OP_IS_SOME, T_BOOL, absent), false));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_UNWRAP, T_INT, some), test.n);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CAST, names, absent), graph_absent(test.graph, names));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CAST, T_INT, test.n), test.n);
  ir_end(&test);
}

static void test_casts(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  TypeId bam = type_file(test.types, T_FILE, intern(test.session->names, "bam", 3)),
         file = type_file(test.types, T_FILE, 0);
  TypeId bams = type_array(test.types, bam), files = type_array(test.types, file);
  Node array = ir_input(&test, "bams", bams), cast = IR_NODE(&test, OP_CAST, files, array);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CAST, bams, cast), array);
  Range range = graph_range(graph, cast, (Span){0});
  CU_ASSERT_EQUAL(graph_op(graph, range.element), OP_CAST);
  CU_ASSERT_EQUAL(graph_arg(graph, range.index, 0), IR_NODE(&test, OP_DIM_OF, T_UNIT, array));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_LENGTH, T_INT, cast), IR_NODE(&test, OP_LENGTH, T_INT, array));
  ir_end(&test);
}

static void test_whole_arrays(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  TypeId nested = type_array(test.types, test.ints), maybe = type_option(test.types, T_INT);
  Node one = IR_NODE(&test, OP_ARRAY, test.ints, test.n),
       two = IR_NODE(&test, OP_ARRAY, test.ints, test.n, test.n);
  Node empty = graph_make(graph, OP_ARRAY, test.ints, 0, NULL, 0, (Span){0});
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_APPEND, test.ints, one, empty, one), two);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_APPEND, test.ints, empty, empty), empty);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_APPEND, test.ints, empty, test.xs), test.xs);
  Node inner = IR_NODE(&test, OP_APPEND, test.ints, test.xs, one);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_APPEND, test.ints, inner, one),
                  IR_NODE(&test, OP_APPEND, test.ints, test.xs, two));
  Node arrays = IR_NODE(&test, OP_ARRAY, nested, test.xs, one);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_FLATTEN, test.ints, arrays), inner);
  Range range = graph_range(graph, test.xs, (Span){0});
  Node singles = total(&test, range, IR_NODE(&test, OP_ARRAY, test.ints, range.element));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_FLATTEN, test.ints, singles), test.xs);
  Node options = IR_NODE(&test, OP_ARRAY, type_array(test.types, maybe),
                         IR_NODE(&test, OP_SOME, maybe, test.n), graph_absent(graph, maybe));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_COMPACT, test.ints, options), one);
  ir_end(&test);
}

static void test_empty_and_idle_binders(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node yes = graph_bool(graph, true), no = graph_bool(graph, false);
  Node empty = graph_make(graph, OP_ARRAY, test.ints, 0, NULL, 0, (Span){0});
  Range range = graph_range(graph, test.xs, (Span){0});
  CU_ASSERT_EQUAL(graph_collect(graph, range.index, no, range.element, (Span){0}), empty);
  range = graph_range(graph, empty, (Span){0});
  CU_ASSERT_EQUAL(total(&test, range, test.n), empty);
  Node state = graph_open_state(graph, T_INT, (Span){0});
  range = graph_range(graph, test.xs, (Span){0});
  CU_ASSERT_EQUAL(graph_fold(graph, range.index, yes, state, test.n, state, (Span){0}), test.n);
  state = graph_open_state(graph, T_INT, (Span){0});
  Node next = IR_NODE(&test, OP_ADD_, T_INT, state, test.n);
  CU_ASSERT_EQUAL(graph_loop(graph, state, test.n, next, no, graph_int(graph, 0), (Span){0}), test.n);
  CU_ASSERT_EQUAL(
      graph_op(graph, graph_loop(graph, state, test.n, next, no, graph_int(graph, -1), (Span){0})), OP_LOOP);
  ir_end(&test);
}

static void test_order(void) {
  IrTest test = ir_begin();
  Node asked = graph_make(
      test.graph, OP_ASK, T_INT, 0,
      (Node[]){test.s, graph_unit(test.graph), graph_unit(test.graph), graph_unit(test.graph)}, 4, (Span){0});
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_AFTER, T_INT, test.n, test.s), test.n);
  Node after = IR_NODE(&test, OP_AFTER, T_INT, test.n, asked);
  CU_ASSERT_EQUAL(graph_op(test.graph, after), OP_AFTER);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_AFTER, T_INT, after, asked, test.s), after);
  ir_end(&test);
}

static void test_texts(void) {
  IrTest test = ir_begin();
  Graph *graph = test.graph;
  Node a = ir_string(&test, "a"), b = ir_string(&test, "b"), none = ir_string(&test, "");
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CONCAT, T_STRING, a, b), ir_string(&test, "ab"));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CONCAT, T_STRING, none, test.s), test.s);
  Node nested = IR_NODE(&test, OP_CONCAT, T_STRING, test.s, a);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_CONCAT, T_STRING, nested, b),
                  IR_NODE(&test, OP_CONCAT, T_STRING, test.s, ir_string(&test, "ab")));
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_TO_STRING, T_STRING, test.s), test.s);
  Node parts = IR_NODE(&test, OP_ARRAY, test.strings, test.s, a);
  CU_ASSERT_EQUAL(IR_NODE(&test, OP_JOIN, T_STRING, parts, b),
                  IR_NODE(&test, OP_CONCAT, T_STRING, test.s, ir_string(&test, "ba")));
  CU_ASSERT_EQUAL(graph_op(graph, IR_NODE(&test, OP_CONCAT, T_STRING, test.s, test.s)), OP_CONCAT);
  ir_end(&test);
}

/* The pass drops what nobody uses, and changes nothing the second time. */
static void test_pass(void) {
  IrTest test = ir_begin();
  Range range = graph_range(test.graph, test.xs, (Span){0});
  IR_NODE(&test, OP_MUL_, T_INT, test.n, test.n);
  ir_output(&test, "sum", total(&test, range, IR_NODE(&test, OP_ADD_, T_INT, range.element, test.n)));
  Graph *once = pass_simplify(test.graph), *twice = pass_simplify(once);
  CU_ASSERT_TRUE(graph_count(once) < graph_count(test.graph));
  CU_ASSERT_STRING_EQUAL(ir_print(&test, once), ir_print(&test, twice));
  CU_ASSERT_PTR_NULL(graph_verify(once));
  graph_free(once);
  graph_free(twice);
  ir_end(&test);
}

CU_ErrorCode suite_simplify(void);
CU_ErrorCode suite_simplify(void) {
  CU_TestInfo tests[] = {{"records", test_records},
                         {"eta", test_eta},
                         {"elements", test_elements},
                         {"filtered arrays are opaque", test_filtered_arrays_are_opaque},
                         {"sizes", test_sizes},
                         {"zips", test_zips},
                         {"conditions", test_conditions},
                         {"options", test_options},
                         {"casts", test_casts},
                         {"whole arrays", test_whole_arrays},
                         {"empty and idle binders", test_empty_and_idle_binders},
                         {"order", test_order},
                         {"texts", test_texts},
                         {"the pass", test_pass},
                         CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"simplify", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
