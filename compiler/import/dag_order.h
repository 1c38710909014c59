/* dag_order.h: what comes before what, as adjacency lists of jobs. */
#ifndef WEFT_IMPORT_DAG_ORDER_H
#define WEFT_IMPORT_DAG_ORDER_H

#include "import/dag.h"

typedef struct DagEdge {
  uint32_t child, parent;
  Span span;
} DagEdge;
typedef VEC(DagEdge) DagEdges;

/* The parents of job j are to[first[j]] … to[first[j + 1] - 1], each once, in the order of their numbers. */
typedef struct Parents {
  uint32_t count; /* of jobs */
  uint32_t *first, *to;
  Span *span;
  uint32_t *level; /* length of the longest path to the job; by parents_order */
  uint32_t *seen;  /* by parents_reach: the last search that has seen a job */
  uint32_t search;
  uint64_t work; /* edges that searches have gone along */
  VEC(uint32_t) stack;
} Parents;

Parents parents_of(uint32_t count, const DagEdges *edges);
void parents_free(Parents *parents);
/* All jobs into `order`, each behind its parents, otherwise in the order of their numbers, and their levels.  False:
 * there is a cycle, and it is told. */
bool parents_order(const Dag *dag, Parents *parents, uint32_t *order);
/* Whether a path leads from `from` to `to`; with `indirect` set another one than the edge between them. */
bool parents_reach(Parents *parents, uint32_t from, uint32_t to, bool indirect);

#endif
