/* rules.h: local rules of the canonical form, beyond those that every graph is made with (ir/simplify.h). */
#ifndef WEFT_CANON_RULES_H
#define WEFT_CANON_RULES_H

#include "ir/graph.h"

extern const RuleRow canon_rules[OP_COUNT_];

/* fuse.c: binders over arrays that are made of others go over these. */
Rule canon_collect, canon_fold;
/* rules.c */
Rule canon_element, canon_length, canon_flatten, canon_compact, canon_loop, canon_after, canon_reduce;

/* Whether a volatile call is at or below the node. */
static inline bool is_volatile(const Graph *graph, Node node) {
  return (graph->below.data[node] & BELOW_VOLATILE) != 0;
}

/* Whether a volatile call below the term happens once for each value of a variable: such calls mention it. */
bool repeats(const Graph *graph, Node term, Node variable);
/* Whether what is combined of a left and a right variable may be combined in any grouping and order. */
bool combines_in_any_order(const Graph *graph, Node left, Node right, Node combined);

#endif
