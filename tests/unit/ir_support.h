/* ir_support.h: a session with a graph, and graphs from text, for the tests of the graph. */
#ifndef WEFT_TESTS_IR_SUPPORT_H
#define WEFT_TESTS_IR_SUPPORT_H

#include "ir/graph.h"

typedef struct IrTest {
  Session *session;
  Types *types;
  Graph *graph;
  TypeId ints, strings; /* [Int], [String] */
  Node xs, ys;          /* inputs of type [Int] */
  Node n, b, s;         /* inputs of type Int, Bool, String */
} IrTest;

IrTest ir_begin(void);
void ir_end(IrTest *test);
Node ir_input(IrTest *test, const char *name, TypeId type);
Node ir_string(IrTest *test, const char *text);
/* Make a node an output of the graph. */
void ir_output(IrTest *test, const char *name, Node node);
/* NULL when the text is refused. */
Graph *ir_read(IrTest *test, const char *text);
/* The text form, in the session's arena. */
const char *ir_print(IrTest *test, const Graph *graph);

#define IR_NODE(test, op, type, ...) graph_node((test)->graph, op, type, ((Span){0}), __VA_ARGS__)

#endif
