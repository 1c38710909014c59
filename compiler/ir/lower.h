/* lower.h: from a checked program to its graph. */
#ifndef WEFT_IR_LOWER_H
#define WEFT_IR_LOWER_H

#include "front/check.h"
#include "ir/graph.h"

/* The graph of one flow, everything inlined.  NULL when that is impossible; told as diagnostics. */
Graph *lower_flow(Program *program, const Decl *flow);
/* The same with every node as it is said, for a trace of what makes it simpler; such a graph can grow large. */
Graph *lower_flow_as_said(Program *program, const Decl *flow);
/* That, with a trace, in which lowering notes the laws that it settles. */
Graph *lower_flow_traced(Program *program, const Decl *flow);

/* Whether a command is one program with its words, so that no shell is needed. */
bool command_is_direct(const Graph *graph, const Piece *pieces, uint32_t count);

#endif
