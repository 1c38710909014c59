/* normal.h: the normal form of a graph under the laws (laws.def). */
#ifndef WEFT_CANON_NORMAL_H
#define WEFT_CANON_NORMAL_H

#include "ir/graph.h"

/* A new graph in normal form.  The old one is used up: nodes are added and its ends are replaced, but its trace, where
 * it has one, tells how; it is still the caller's.  Where `full` is set, the graph was too large. */
Graph *normal_form(Graph *graph);

#endif
