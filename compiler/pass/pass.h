/* pass.h: passes over the graph, one row each in passes.def. */
#ifndef WEFT_PASS_PASS_H
#define WEFT_PASS_PASS_H

#include "ir/graph.h"

/* What can be said of a graph, beyond what graph_verify checks of every one. */
enum {
  PROPERTY_SIMPLE = 1 << 0,  /* no local rule applies any more */
  PROPERTY_COMPACT = 1 << 1, /* every node and task is used */
  PROPERTY_SPLIT = 1 << 2    /* tasks run as early and as seldom as they can */
};

typedef struct PassInfo {
  const char *name, *what;
  unsigned needs, gives, breaks;
  /* A new graph; the old one stays. */
  Graph *(*run)(const Graph *graph);
} PassInfo;

uint32_t pass_count(void);
const PassInfo *pass_info(uint32_t number);
/* The row of a name, or NULL. */
const PassInfo *pass_find(const char *name);

typedef struct PassOptions {
  const char *dump_after; /* name of a pass, or NULL */
  const char *stop_after; /* the same */
  void (*dump)(void *self, const char *pass, const Graph *graph);
  void *self;
} PassOptions;

/* Run the passes over a graph, which is given up for the one that comes back.  Each result is verified; a wrong
 * one is an error of ours and ends the program.  When the result has `full` set, the graph was too large. */
Graph *passes_run(Graph *graph, const PassOptions *options);

Graph *pass_simplify(const Graph *graph);
Graph *pass_split(const Graph *graph);
Graph *pass_share(const Graph *graph);
Graph *pass_compact(const Graph *graph);

/* For passes: an empty graph with the name and the counters of another. */
Graph *pass_new_graph(const Graph *from);
/* Inputs, outputs, effects and tasks of `from` for `to`, each node replaced by its image. */
void pass_copy_roots(const Graph *from, Graph *to, Node (*image)(void *self, Node node), void *self);

/* Element `index` of an array, kept as it is said. */
Node pass_element(Graph *graph, Node array, Node index);
/* `term` with each of `old` replaced by the one of `new`, and `variable` by another. */
Node pass_replace(Graph *graph, Node term, Node variable, Node by, const Node *old, const Node *new,
                  uint32_t count);

#endif
