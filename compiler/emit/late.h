/* late.h: what only the run can tell. */
#ifndef WEFT_EMIT_LATE_H
#define WEFT_EMIT_LATE_H

#include "ir/graph.h"

/* A byte for each node (on malloc): whether its value is known only when some task has run.  Names of files that tasks
 * make are known before, values read from them, their number and their sizes are not. */
uint8_t *late_nodes(const Graph *graph);

#endif
