/* differ.h: what the files that make a diff share. */
#ifndef WEFT_CANON_DIFFER_H
#define WEFT_CANON_DIFFER_H

#include "canon/diff.h"
#include "canon/places.h"

typedef struct Differ {
  Diff *diff;
  Align *align;
  const AlignSide *sides; /* both of align's */
  Places *places[2];
  Map inputs[2], outputs[2]; /* name to number + 1 */
  Map told;                  /* key of a change to its place + 1 */
  Map grouped;               /* key of what several steps share to the change + 1 */
  Map variables[2];          /* those that such a change tells of */
  Map arrays;                /* key of two arrays that a `for` goes over instead of each other */
  uint8_t *moved; /* of each node before: a step that is in other `for`s or loops than its partner */
} Differ;

/* Where a value is used on both sides. */
typedef struct Use {
  const char *what; /* "`len` of `trim`" */
  Span places[2];
  Node nodes[2];        /* the users, or NODE_NONE */
  ChangeKind kind;      /* of a change of what is neither a literal nor a step */
  const Port *ports[2]; /* of the task called, or NULL */
} Use;

/* diff_words.c: names and values, in the arena. */
const char *differ_step(const Differ *differ, int side, Node step);  /* `t` */
const char *differ_value(const Differ *differ, int side, Node node); /* 15, `t`, `t.n`, `a + 1` */
const char *differ_expression(const Differ *differ, int side,
                              Node node);                             /* the same, but never a name alone */
const char *differ_source(const Differ *differ, int side, Span span); /* what stands there; NULL: too long */
const char *differ_owner(const Differ *differ, int side,
                         Node node); /* `t`, output `n`: what a node is part of */
const char *differ_output(const Differ *differ, int side, Node node);  /* output `n`; "" */
const char *differ_set(const Differ *differ, int side, Node variable); /* `samples`; a loop */
Span differ_span(const Differ *differ, int side, Node node);

/* diff.c */
/* Add a change unless an equal one is told; gives the one. */
Change *differ_tell(Differ *differ, ChangeKind kind, const Span places[2], const char *what,
                    const char *before, const char *after);
/* Names of steps are in what `differ_tell` is given next. */
void differ_nodes(Change *change, Node before, Node after);

/* diff_task.c, diff_ends.c, diff_steps.c, diff_wires.c, diff_scatter.c, diff_rewritten.c */
void differ_tasks(Differ *differ);
void differ_ends(Differ *differ);
void differ_steps(Differ *differ);
void differ_scatters(Differ *differ);
/* One index that a binder has for another; nothing where that is told. */
void differ_index(Differ *differ, const Use *use, Node before, Node after);
/* Whether a node depends on a variable that its step is moved into or out of. */
bool differ_is_moved(const Differ *differ, Node before, Node after, int side, Node operand);
void differ_wires(Differ *differ);
/* Tell what became of a value that is not the partner of the one that stands there now; either may be NODE_NONE. */
void differ_value_change(Differ *differ, const Use *use, Node before, Node after);
void differ_rewritten(Differ *differ);

#endif
