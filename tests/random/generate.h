/* generate.h: random workflows, typed and valid. */
#ifndef WEFT_TESTS_GENERATE_H
#define WEFT_TESTS_GENERATE_H

#include "tree.h"

/* What may be in it. */
enum {
  WITH_CONTROL = 1 << 0,  /* if, fold, loop: beyond C2 */
  WITH_VOLATILE = 1 << 1, /* volatile tasks, questions, after */
  WITH_ARITHMETIC = 1 << 2,
  WITH_FAILURES = 1 << 3, /* zips and elements that may not be there */
  WITH_ARRAYS = 1 << 4,
  WITH_ALL = (1 << 5) - 1
};

/* A workflow of about `steps` steps. */
Workflow *generate(World *world, Rng *rng, unsigned with, uint32_t steps);
/* A workflow over a fixed small alphabet of tasks, so that equal ones come up often. */
Workflow *generate_tiny(World *world, Rng *rng, unsigned with);

/* A term of a type out of what is in scope; for laws and mutations that need another term.  Pure, and NULL where there is
 * none. */
Term *generate_pure(World *world, Rng *rng, const Workflow *flow, const Scope *scope, const Sort *sort,
                    bool in_fn);

#endif
