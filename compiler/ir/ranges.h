/* ranges.h: what a `for` ranges over, opened again and again at the same cost.
 *
 * A map of a map is one collect, so each of n maps in a row opens a longer body than the one before.  All ranges
 * over one index set take turns with one open variable; a collect that was closed over it is opened by looking up
 * what it was before, and closing it again finds most of the work done. */
#ifndef WEFT_IR_RANGES_H
#define WEFT_IR_RANGES_H

#include "ir/graph.h"

/* What is known of closing one open variable: ranks inside of nodes, and nodes with the variable closed. */
typedef struct Closing {
  Node variable;
  Map memo;
  VEC(Node) stack, args;
} Closing;

void closing_end(Closing *closing);

typedef struct Ranges Ranges;

Ranges *ranges_new(void);
void ranges_free(Ranges *ranges);
/* A variable is being closed: others may have it from now on. What is known of closing it; NULL: not shared. */
Closing *ranges_give_back(Graph *graph, Node variable);
/* Remember what a collect was before it was closed. */
void ranges_keep(Graph *graph, Node collect, Range range);

#endif
