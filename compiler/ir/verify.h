/* verify.h: the parts of graph_verify. Each finds the first claim that does not hold. */
#ifndef WEFT_IR_VERIFY_H
#define WEFT_IR_VERIFY_H

#include "ir/graph.h"

/* What is wrong with the operands and the type of one node; NULL: nothing. */
const char *verify_types(const Graph *graph, Node node);
/* The same, that operands come before it, and that variables are bound where they may be used. */
const char *verify_node(const Graph *graph, Node node);
/* Whether the variables of a binder have the least ranks, as they get when it is made. */
bool binder_ranks_least(const Graph *graph, Node binder);

#endif
