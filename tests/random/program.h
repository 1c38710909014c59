/* program.h: a random workflow as the compiler sees it. */
#ifndef WEFT_TESTS_PROGRAM_H
#define WEFT_TESTS_PROGRAM_H

#include "evaluate.h"
#include "tree.h"

typedef struct Compiled {
  struct Session *session;
  struct Program *program;
  Graph *lowered, *normal;
  char identity[65];
  bool exhausted;       /* the identity may be another one for an equal workflow, which is told */
  Evaluator *evaluator; /* of the graph as lowered */
} Compiled;

/* False when the compiler refuses the text; what it says is printed if `tell`. */
bool compile(const Workflow *flow, Compiled *into, bool tell);
/* Whether the graph as lowered, its normal form, and, without volatile calls, what the compiler's passes make of it have
 * equal outcomes. */
Alike compiled_sound(const Compiled *compiled, uint64_t seed, uint32_t count);
/* Whether the certificate of normalising one law at a time holds, and proves the identity that this comes to. */
bool compiled_certified(const Compiled *compiled);
void compiled_free(Compiled *compiled);

#endif
