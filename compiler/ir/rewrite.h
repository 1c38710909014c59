/* rewrite.h: terms made anew with variables replaced; the one walk that crosses binders. */
#ifndef WEFT_IR_REWRITE_H
#define WEFT_IR_REWRITE_H

#include "ir/graph.h"

/* Variables replaced below one binder, and what became of the nodes that mention them. */
typedef struct Scope Scope;
struct Scope {
  Scope *parent;
  uint32_t count;
  uint32_t id; /* in the graph's trace; 0: not traced */
  Node from[2], by[2];
  Map memo; /* node to new node + 1 */
};

typedef struct Frame {
  Node node;
  Scope *scope, *inner;
} Frame;

/* A walk from terms of `from` to terms of `to`, which may be the same graph.  Every binder on the way that
 * mentions what changes is opened with a fresh variable and closed again, so nothing is ever captured. */
typedef struct Rewrite Rewrite;
struct Rewrite {
  const Graph *from;
  Graph *to;
  bool all; /* closed terms are made anew as well: always so from one graph to another */
  /* Makes a node that binds nothing; NULL: graph_make with the same operation. */
  Node (*make)(Rewrite *rewrite, Node old, const Node *args, uint32_t count);
  /* Closes a binder over new open variables; of `args` the variables' places are unset. NULL: rewrite_close. */
  Node (*close)(Rewrite *rewrite, Node old, const Node *variables, const Node *args);
  /* Told of the variables that are opened for a binder; may be NULL. */
  void (*opened)(Rewrite *rewrite, const Scope *scope);
  void *self;
  Scope root;
  uint32_t *dense; /* with `all`: the root's memo, a place for each node */
  VEC(Frame) stack;
  VEC(Node) args;
};

/* The new term; `rewrite->root` may hold variables and keeps what was done between calls. */
Node rewrite_term(Rewrite *rewrite, Node node);
/* The same operation on new operands, by graph_make, or as it is said. */
Node rewrite_make(Rewrite *rewrite, Node old, const Node *args, uint32_t count);
Node rewrite_raw(Rewrite *rewrite, Node old, const Node *args, uint32_t count);
Node rewrite_close(Rewrite *rewrite, Node old, const Node *variables, const Node *args);
void rewrite_end(Rewrite *rewrite);

#endif
