/* write_support.h: programs as graphs, and whether two graphs are the same, for the tests of the writer. */
#ifndef WEFT_TESTS_WRITE_SUPPORT_H
#define WEFT_TESTS_WRITE_SUPPORT_H

#include "canon/write.h"
#include "front/check.h"

typedef struct Program_ {
  Session *session;
  Program *program;
  Graph *graph;  /* NULL: it has errors, or no entry */
  uint32_t told; /* diagnostics, but for warnings of `raw` */
} Lowered;

/* A text that is thought to lie at `path`. */
Lowered lowered_new(const char *text, size_t len, const char *path);
void lowered_free(Lowered *lowered);
/* NULL when two graphs of any sessions are the same but for the order of nodes, tokens and effects; else what differs.
 * `names`: tasks have the same names and descriptions. */
const char *graphs_differ(const Graph *a, const Graph *b, bool names);

#endif
