/* binder.h: which operands of a binder are its variables, and which are in their scope. */
#ifndef WEFT_IR_BINDER_H
#define WEFT_IR_BINDER_H

#include "ir/graph.h"

typedef struct Binder {
  uint8_t count;       /* of variables: 0 for an operation that binds none */
  uint8_t variable[2]; /* their operands */
  uint8_t scoped;      /* a bit for each operand in which they are bound */
} Binder;

static inline Binder binder_of(Op op) {
  switch (op) {
    case OP_COLLECT:
      return (Binder){1, {0, 0}, 1 << 1 | 1 << 2};
    case OP_FOLD:
      return (Binder){2, {0, 2}, 1 << 1 | 1 << 4};
    case OP_REDUCE:
      return (Binder){2, {0, 1}, 1 << 2};
    case OP_LOOP:
      return (Binder){1, {0, 0}, 1 << 2 | 1 << 3};
    default:
      return (Binder){0, {0, 0}, 0};
  }
}

/* The index set that a COLLECT or FOLD goes over: that of its variable. */
static inline Node binder_dim(const Graph *graph, Node node) {
  return graph_arg(graph, graph_arg(graph, node, 0), 0);
}

#endif
