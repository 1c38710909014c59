/* normal.h: the normal form of a graph under the laws (laws.def). */
#ifndef WEFT_CANON_NORMAL_H
#define WEFT_CANON_NORMAL_H

#include "ir/graph.h"

/* A new graph in normal form; the old one stays.  Where `full` is set in it, the graph was too large. */
Graph *normal_form(const Graph *graph);

#endif
