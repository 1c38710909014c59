/* fragment.h: sub-workflows that several workflows share, or one has several times.
 *
 * What is kept of a workflow are its *vertices*: calls of tasks and questions, each with a digest of itself and of
 * what lies between it and the calls below.  Vertices are told apart level by level: at level 1 by themselves alone,
 * at level k + 1 also by what is below them at level k, everything deeper being left open.  A class of vertices that
 * falls apart at the next level is a fragment that no larger one covers. */
#ifndef WEFT_CANON_FRAGMENT_H
#define WEFT_CANON_FRAGMENT_H

#include "canon/form.h"

#define VERTEX_NONE UINT32_MAX

/* Where a call was written. */
typedef struct Place {
  Sym path;
  uint32_t line, column; /* from 1; 0: nowhere */
} Place;

typedef struct Vertex {
  Digest alone;    /* the call and its constant operands; all others are open */
  Digest skeleton; /* what lies between it and the vertices below */
  uint32_t first;  /* of its vertices below, in `below` */
  Sym name;        /* of the task; 0: no call, but a large expression that calls use */
  Place place;
} Vertex;

typedef struct Vertices {
  Session *session; /* names of tasks and files */
  VEC(Vertex) all;
  VEC(uint32_t) below; /* VERTEX_NONE: something that is not looked into */
} Vertices;

typedef struct Fragment {
  Digest id;
  uint32_t root;   /* one of its roots */
  uint32_t levels; /* it ends so many vertices below its root; UINT32_MAX: where its workflow ends */
  uint32_t tasks;
  uint32_t first, count; /* its places, in `places` */
} Fragment;

typedef struct Fragments {
  VEC(Fragment) all; /* those that would save most first */
  VEC(Place) places; /* each once, in order */
  bool exhausted;    /* the budget ran out: long ones are told in pieces */
} Fragments;

/* Take down the vertices of a workflow in canonical form, which may go away after this.  Linear. */
void vertices_add(Vertices *vertices, const Form *form);
void vertices_free(Vertices *vertices);

static inline uint32_t vertices_below_end(const Vertices *vertices, uint32_t vertex) {
  return vertex + 1 < vertices->all.len ? vertices->all.data[vertex + 1].first : vertices->below.len;
}

/* All fragments of at least `least` tasks that stand in at least two places, and that are not always part of the same
 * larger one.  Work: levels that are needed to tell vertices apart times vertices, within a budget. */
void fragments_find(const Vertices *vertices, uint32_t least, Fragments *fragments);
void fragments_free(Fragments *fragments);
/* Append a fragment as calls of tasks, `uniq(sort)`; at most a dozen, and `...` for the rest. */
void fragment_print(const Vertices *vertices, const Fragment *fragment, Text *into);
/* How many calls less there would be if all places used one. */
static inline uint64_t fragment_saved(const Fragment *fragment) {
  return (uint64_t)fragment->tasks * (fragment->count - 1);
}

#endif
