/* evaluate.h: what a graph computes when nothing is known of its tasks.
 *
 * An interpretation is a key: it determines the values and widths of the inputs, and reads each task as a function of its
 * identity, its inputs and the key.  A volatile call is a function of which call it is and of the iteration, too; what
 * calls were made is part of the outcome.  Values are lazy: a failure counts only where it is needed. */
#ifndef WEFT_TESTS_EVALUATE_H
#define WEFT_TESTS_EVALUATE_H

#include "ir/graph.h"

typedef struct Evaluator Evaluator;

typedef struct Outcome {
  uint64_t outputs, events; /* hashes: of the outputs in order, of the set of volatile calls */
  bool gave_up;             /* too much work; the hashes mean nothing */
} Outcome;

Evaluator *evaluator_new(const Graph *graph);
void evaluator_free(Evaluator *evaluator);
/* The volatile calls of the graph. */
uint32_t evaluator_calls(const Evaluator *evaluator);
/* `numbers` says for each volatile call which one it is; NULL: as they come. */
Outcome evaluator_run(Evaluator *evaluator, uint64_t key, const uint32_t *numbers);

typedef enum Alike { ALIKE, UNLIKE, ALIKE_UNKNOWN } Alike;
/* Whether two graphs have equal outcomes under `count` interpretations, for some renaming of volatile calls. */
Alike evaluators_alike(Evaluator *a, Evaluator *b, uint64_t seed, uint32_t count);

#endif
