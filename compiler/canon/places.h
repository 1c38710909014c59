/* places.h: where in the source things stand that a graph carries without their places: literals, and parts of
 * tasks. */
#ifndef WEFT_CANON_PLACES_H
#define WEFT_CANON_PLACES_H

#include "front/check.h"
#include "ir/graph.h"

/* A literal in the source. */
typedef struct LiteralPlace {
  Span span;
  Sym name; /* of the step that is this literal, or of the input whose default it is; 0: neither */
  const Decl *decl;
  bool is_default;
  Literal value;
} LiteralPlace;

typedef struct Places {
  const Session *session;
  VEC(LiteralPlace) literals; /* by place */
  Map named;                  /* name of a step to its literal + 1 */
  Map tasks;                  /* place of a task's name to its number in `decls` + 1 */
  VEC(const Decl *) decls;    /* tasks; flows and functions */
} Places;

/* Of a program and what it imports; NULL for none. End it with places_free. */
Places *places_new(const Program *program);
void places_free(Places *places);
/* The literal of this value inside of a span; NULL: none. */
const LiteralPlace *places_literal(const Places *places, Span within, const Literal *value);
/* The literal that a step of this name is; NULL: none. */
const LiteralPlace *places_named(const Places *places, Sym name, const Literal *value);
/* The declaration around a place, and that of a task; NULL: unknown. */
const Decl *places_around(const Places *places, Span span);
const Decl *places_task(const Places *places, const Task *task);

#endif
