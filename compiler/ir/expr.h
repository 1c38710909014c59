/* expr.h: expressions of a graph as a person would write them, for plans and messages. */
#ifndef WEFT_IR_EXPR_H
#define WEFT_IR_EXPR_H

#include "ir/graph.h"

/* Append `node`: steps by their names, operators between their operands, at most a few dozen terms and `...` for
 * what is beyond.  Where `names` are given, parameters of a task are shown by the names of its ports. */
void expr_print(const Graph *graph, Node node, const Task *names, Text *into);
/* The same, but the node itself is written out also where it is a named step. */
void expr_print_term(const Graph *graph, Node node, Text *into);
/* Append a quantity in the unit that suits it: `2 GiB`, `40 s`; a plain number as it is. */
void quantity_print(const Types *types, TypeId type, double value, Text *into);

#endif
