/* expand.h: a workflow of known widths as a flat one: each call of a task a job. */
#ifndef WEFT_IMPORT_EXPAND_H
#define WEFT_IMPORT_EXPAND_H

#include "import/dag.h"

/* The calls that a graph comes to, and the files between them, by going through it with numbers for its indices; none of the
 * rewriter's rules has a part in it.  NULL: a width or a condition is not known before the workflow runs, or something is in
 * it that a flat workflow has no place for; told as a diagnostic. The caller's; not finished. */
Dag *expand_graph(const Graph *graph);

#endif
