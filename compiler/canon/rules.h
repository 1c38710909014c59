/* rules.h: local rules of the canonical form, beyond those that every graph is made with (ir/simplify.h). */
#ifndef WEFT_CANON_RULES_H
#define WEFT_CANON_RULES_H

#include "ir/graph.h"

extern const RuleRow canon_rules[OP_COUNT_];

/* fuse.c: binders over arrays that are made of others go over these. */
Rule canon_collect, canon_fold;
/* rules.c */
Rule canon_element, canon_length, canon_flatten, canon_compact, canon_loop, canon_after, canon_reduce;

/* Whether a volatile call below the term happens once for each value of a variable: such calls mention it. */
bool repeats(const Graph *graph, Node term, Node variable);
/* How many operands are certain to be done with a node: of a choice the condition, of what is repeated none. */
static inline uint32_t certain_operands(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return op == OP_CHOOSE ? 1 : op_info[op].flags & FLAG_B ? 0 : graph_arity(graph, node);
}
/* Whether what is combined of a left and a right variable may be combined in any grouping and order. */
bool combines_in_any_order(const Graph *graph, Node left, Node right, Node combined);

#endif
