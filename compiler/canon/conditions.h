/* conditions.h: choices in one order, and operations that do not care about them below.
 *
 * A term under conditions is a decision tree: choices by atomic conditions, ordered, each at most once on a path, and
 * no choice below an operation (R. Bryant, Graph-based algorithms for Boolean function manipulation, 1986, with terms
 * for leaves).  Such trees can be large, so each operation may get only so many leaves, and all together; beyond that it stays as it is
 * and `exhausted` is set.  When all is in this form, what both arms have in common is taken out again. */
#ifndef WEFT_CANON_CONDITIONS_H
#define WEFT_CANON_CONDITIONS_H

#include "canon/digest.h"
#include "ir/rewrite.h"

typedef struct Conditions {
  Graph *graph;
  Digester *digester;
  uint32_t room;  /* leaves that may still be made for the operation under way */
  uint64_t total; /* leaves that may still be made at all */
  bool exhausted; /* somewhere there was no room */
} Conditions;

/* The operation on these operands as a decision tree; NODE_NONE: none of them is a choice, or there is no room. */
Node conditions_make(Conditions *conditions, Op op, TypeId type, uint32_t data, const Node *args,
                     uint32_t count, Span span);
/* The same of a binder that is about to be closed by rewrite_close: what does not depend on its variables is decided
 * outside. */
Node conditions_close(Conditions *conditions, Rewrite *rewrite, Node old, const Node *variables,
                      const Node *args);
/* A body where the filter around it holds. */
Node conditions_filtered(Conditions *conditions, Node filter, Node body, Span span);
/* The graph's ends with what arms have in common outside of the choice; its rules are left alone. */
void conditions_factor(Conditions *conditions);

#endif
