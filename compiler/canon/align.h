/* align.h: which nodes of two workflows are each other's, so that what is left are the changes.
 *
 * Equal digests are one pair; then pairs spread: to users all of whose operands are paired alike (as in congruence
 * closure), and from a pair to operands in the same places.  What this leaves is paired by the names of steps and by
 * common neighbours, and spreads again: the scheme of J.-R. Falleri et al., "Fine-grained and Accurate Source Code
 * Differencing" (GumTree, ASE 2014), on graphs.  Near linear. */
#ifndef WEFT_CANON_ALIGN_H
#define WEFT_CANON_ALIGN_H

#include "canon/digest.h"

enum { BEFORE, AFTER };

typedef struct AlignSide {
  const Graph *graph;
  const Digests *digests; /* exact ones */
  Node *to;               /* of each node: its partner on the other side, or NODE_NONE */
  uint32_t *task_to;      /* of each task, likewise */
  uint32_t *first_user; /* users of n are users[first_user[n]] … users[first_user[n + 1] - 1], ascending */
  Node *users;
} AlignSide;

typedef struct NodePair {
  Node before, after;
} NodePair;

typedef struct Align {
  AlignSide sides[2];
  VEC(NodePair) certain, likely; /* still to spread from; pairs of operands still to try */
  uint32_t *waiting;             /* of each node before: operands without a partner */
  uint32_t *next_alike;          /* of each node after: the next of the same key + 1 */
  Map alike;                     /* key to the first node after + 1 */
  VEC(Node) args;                /* of one node */
  bool spreads_down;
} Align;

/* Digests stay the caller's. End it with align_free. */
Align *align_new(const Digests *before, const Digests *after);
void align_free(Align *align);

static inline bool align_reachable(const AlignSide *side, Node node) {
  return side->digests->reachable[node];
}
/* Whether two nodes are paired with each other. */
static inline bool align_paired(const Align *align, Node before, Node after) {
  return align->sides[BEFORE].to[before] == after;
}

/* What of one pair's operands stands against what of the other's. */
typedef struct OperandPair {
  Node before, after; /* NODE_NONE: there is none on this side */
  uint32_t place;     /* of the operand, on the side that has it */
} OperandPair;
typedef VEC(OperandPair) OperandPairs;
/* Operands of a pair by their places: ports of calls by name, elements of arrays by what is paired already. */
void align_operands(const Align *align, Node before, Node after, OperandPairs *into);

/* For align*.c: */

/* Whether two nodes do the same alone, whatever their types and operands. */
bool align_compatible(const Align *align, Node before, Node after);
bool align_free_pair(const Align *align, Node before, Node after);
void align_pair(Align *align, Node before, Node after);
/* Spread until nothing moves. */
void align_spread(Align *align);
/* Pair tasks: by what they are, by name, by the words of their commands. */
void align_tasks(Align *align);
/* Pair steps by name; by neighbours of which they share at least so many quarters, most first; and those that stand
 * in each other's place. */
void align_names(Align *align);
void align_neighbours(Align *align, uint32_t least);
void align_replaced(Align *align);
/* A step: what a person sees as one. */
bool align_is_step(const Graph *graph, Node node);
/* The step whose output a node is part of, through projections and the like; else the node. */
Node align_peel(const Graph *graph, Node node);

#endif
