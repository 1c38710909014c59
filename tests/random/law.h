/* law.h: changes of a workflow at a place.  A law keeps its identity, a mutation does not. */
#ifndef WEFT_TESTS_LAW_H
#define WEFT_TESTS_LAW_H

#include "arrow.h"
#include "generate.h"

typedef struct Edit {
  Workflow *flow;
  World *world;
  Rng *rng;
  Place place;
} Edit;

/* False: it cannot be done here. */
typedef bool Change(Edit *edit);

typedef struct ChangeInfo {
  const char *name;
  bool held; /* a law that is known not to hold yet; run only when asked for by name */
  Change *change;
} ChangeInfo;

extern const ChangeInfo laws[], mutations[];
uint32_t keep_count(void);
uint32_t mutation_count(void);

/* Make the change at some place of the workflow; false when there is none. */
bool change_apply(const ChangeInfo *info, Workflow *flow, Rng *rng);

/* ---- for changes ---- */

static inline Term *edit_term(const Edit *edit) { return *edit->place.slot; }
static inline bool edit_set(const Edit *edit, Term *term) { return *edit->place.slot = term, term != NULL; }
/* Whether the place holds a value that another may take the place of. */
bool edit_is_value(const Edit *edit);
/* A pure term of a type from what is in scope here; NULL where there is none. */
Term *edit_other(Edit *edit, const Sort *sort);
/* Whether the place is inside of a function. */
bool edit_in_fn(const Edit *edit);

typedef VEC(Term **) Slots;
/* The slots in a term that see no variables but those that the term sees, itself first. */
Slots slots_within(Term **slot);

/* A step for a block, at its end. */
void block_add(World *world, Term *block, Variable *variable, Term *step);
/* `{ variable = step; value }` */
Term *block_of(World *world, Variable *variable, Term *step, Term *value);

#define LAW(name, held, function) bool function(Edit *edit);
#include "laws.def"
#undef LAW
#define MUTATION(name, function) bool function(Edit *edit);
#include "mutations.def"
#undef MUTATION

#endif
