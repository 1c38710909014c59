/* evaluate_ops.h: operations of the graph on values, as docs/language.md says them. */
#ifndef WEFT_TESTS_EVALUATE_OPS_H
#define WEFT_TESTS_EVALUATE_OPS_H

#include "value.h"

/* The value of a node without variables, from those of its operands.  *known is set to false for what is not
 * interpreted. */
const Value *apply_op(Arena *arena, const Graph *graph, Node node, const Value *const *args, uint32_t count,
                      bool *known);

#endif
