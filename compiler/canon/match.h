/* match.h: where a pattern occurs in a workflow.
 *
 * A pattern is a graph with holes (OP_HOLE); both graphs are in normal form, so what the laws call the same is found.
 * - An input of the pattern, and a hole without operands, stand for any term; the same one twice for the same term.
 * - A hole with operands stands for any term over these: what it is of the binders of the pattern it is through them.
 *   It may use everything that is known outside of these binders. It is never the operand itself: something happens.
 *   Where several terms would do, it is the smallest.
 * - Everything else stands for itself; tasks are the same when their identities are. */
#ifndef WEFT_CANON_MATCH_H
#define WEFT_CANON_MATCH_H

#include "ir/graph.h"

/* What a hole stands for. */
typedef struct Filling {
  Sym hole;
  Node node; /* of the target */
} Filling;

typedef struct Occurrence {
  Node root;             /* of the target */
  uint32_t first, count; /* its fillings, by the names of the holes */
  Node instance;         /* the pattern with its holes filled, made anew: the same as `root` */
} Occurrence;

typedef struct Matches {
  VEC(Occurrence) all; /* in the order of their places in the source */
  VEC(Filling) fillings;
  bool exhausted; /* the budget ran out: there may be more */
} Matches;

/* Whether a pattern has more than holes. */
bool match_is_pattern(const Graph *pattern);
/* All occurrences of the pattern's results. The names of the pattern's steps are forgotten. Both graphs are of one session and one table of types; what is filled in
 * is made in the target, which only grows. Linear in the target for each node of the pattern where there is no choice;
 * where there is one, within a budget. */
void match_find(Graph *pattern, Graph *target, Matches *matches);
/* Whether the pattern with its holes filled has the identity of what was found. Always, but for choices inside of
 * each other, whose normal form is complete within a budget only. Linear in the target where the two are not one node. */
bool match_is_instance(Graph *target, const Occurrence *found);
/* Keep those occurrences that are. Where many would have to be looked at, the rest is left out, and told as exhausted. */
void match_keep_instances(Graph *target, Matches *matches);
void matches_free(Matches *matches);

#endif
