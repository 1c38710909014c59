/* evaluate.h: what a graph computes when nothing is known of its tasks.
 *
 * An interpretation is a key: it determines the values and widths of the inputs, and reads each task as a function of its
 * identity, its inputs and the key.  A volatile call is a function of which call it is and of the iteration, too; what
 * calls were made is part of the outcome.  Values are lazy: a failure counts only where it is needed. */
#ifndef WEFT_TESTS_EVALUATE_H
#define WEFT_TESTS_EVALUATE_H

#include "ir/graph.h"

typedef struct Evaluator Evaluator;

enum { MOST_OUTPUTS = 8 }; /* that are told apart */

typedef struct Outcome {
  uint64_t outputs, events;    /* hashes: of the outputs in order, of the set of volatile calls */
  uint64_t each[MOST_OUTPUTS]; /* hashes of the outputs */
  uint32_t failed;             /* a bit for each output with a failure inside; the last one: an effect */
  bool gave_up;                /* too much work; the rest means nothing */
} Outcome;

Evaluator *evaluator_new(const Graph *graph);
void evaluator_free(Evaluator *evaluator);
/* The volatile calls of the graph. */
uint32_t evaluator_calls(const Evaluator *evaluator);
/* `numbers` says for each volatile call which one it is; NULL: as they come. */
Outcome evaluator_run(Evaluator *evaluator, uint64_t key, const uint32_t *numbers);

typedef enum Alike { ALIKE, UNLIKE, ALIKE_UNKNOWN } Alike;

/* What failures mean.  A law may drop what is not needed, and a failure with it: `if c { x } else { x }` is `x` even if c
 * fails. */
typedef enum Failures {
  FAILURES_COUNT,   /* the same outputs fail */
  FAILURES_IGNORED, /* only what fails on neither side is compared */
  FAILURES_FEWER    /* the second fails only where the first does */
} Failures;

/* Whether two graphs have equal outcomes under `count` interpretations, for some renaming of volatile calls. */
Alike evaluators_alike(Evaluator *a, Evaluator *b, Failures failures, uint64_t seed, uint32_t count);

#endif
