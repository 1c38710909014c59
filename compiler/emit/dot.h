/* dot.h: graphs and plans as pictures, in graphviz' language or drawn by it. */
#ifndef WEFT_EMIT_DOT_H
#define WEFT_EMIT_DOT_H

#include "canon/diff.h"
#include "ir/plan.h"

typedef enum DrawView {
  VIEW_SOURCE, /* inputs, tasks, named steps, outputs; `for`s as boxes around what they repeat */
  VIEW_GRAPH   /* every node */
} DrawView;

/* Append the graph as dot text. */
void dot_graph(const Graph *graph, DrawView view, Text *into);
/* Append the plan: a box a region, its steps, and what waits for what. */
void dot_plan(const Plan *plan, Text *into);

/* Append both sides of a diff in one picture: grey is in both, amber changed, red only before, green only after. */
void dot_diff(const Diff *diff, Text *into);

/* Write the picture: "dot", or a format that graphviz draws: "svg", "png", ….
 * 0, or 1 after one line on standard error. */
int graph_draw(const Graph *graph, const char *format, DrawView view, FILE *out);
int plan_draw(const Plan *plan, const char *format, FILE *out);
int diff_draw(const Diff *diff, const char *format, FILE *out);

#endif
