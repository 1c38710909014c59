/* unroll.h: loops, folds and `for`s over sets of a known size, written out. */
#ifndef WEFT_CANON_UNROLL_H
#define WEFT_CANON_UNROLL_H

#include "ir/graph.h"

/* What may be spent: rounds of one loop, and nodes of the whole. */
enum { UNROLL_ROUNDS = 1024, UNROLL_NODES = 1 << 20 };

/* A new graph in normal form in which every `for`, fold and loop of at most UNROLL_ROUNDS literal rounds is written
 * out, unless something volatile is in it.  NULL: there is none.  `over_budget` is set where there are more rounds than that or too many nodes. */
Graph *unroll(const Graph *normal, bool *over_budget);

#endif
