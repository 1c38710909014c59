/* write.h: a graph as source: readable, valid `.wf` that lowers to the same graph. */
#ifndef WEFT_CANON_WRITE_H
#define WEFT_CANON_WRITE_H

#include "ir/graph.h"

typedef struct WriteOptions {
  /* Names of tasks, steps and variables are numbered in the order of a traversal from the outputs, and descriptions
   * are left out, so that equal terms give equal bytes. Inputs and outputs keep their names, and are sorted by them. */
  bool canonical;
} WriteOptions;

/* Append the graph (which gets nodes that nothing reaches) as a module in the one layout: its tasks in order of their first use, then one flow. False when it
 * has no source of a size that could be read again: binders nested hundreds deep, or a text beyond SOURCE_MOST. */
bool write_wf(Graph *graph, WriteOptions options, Text *into);

/* Whether a word of the language or a built-in function is called so: no name for what one makes. */
bool write_is_reserved(const char *name);

#endif
