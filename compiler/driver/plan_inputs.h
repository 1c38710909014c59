/* plan_inputs.h: inputs as they would be given to the executable, as far as a plan needs them. */
#ifndef WEFT_DRIVER_PLAN_INPUTS_H
#define WEFT_DRIVER_PLAN_INPUTS_H

#include "ir/graph.h"

/* What is known of one input. */
typedef struct InputValue {
  bool given;
  bool complete;  /* all elements or the value stand in `texts`; false: only the count */
  uint32_t count; /* of an array's elements */
  VEC(Sym) texts; /* of scalars: as on the command line */
} InputValue;

typedef struct PlanInputs {
  Session *session;
  const Graph *graph;
  InputValue *values; /* one an input, in the order of the graph's */
  bool any;
} PlanInputs;

/* Read `--name value`, `--name=value`, `--flag`, `--no-flag` and `--inputs FILE.json`; arrays as repeated flags, as
 * JSON, or as .json, .tsv and .csv files.  False: told on standard error. */
bool plan_inputs_read(PlanInputs *inputs, Session *session, const Graph *graph, char **args, int count);
/* A new graph with known values in place of inputs.  Literal defaults count as given once anything is. */
Graph *plan_inputs_apply(const PlanInputs *inputs);
/* Name of each input of known length to that length + 1. */
Map plan_inputs_lengths(const PlanInputs *inputs);
void plan_inputs_free(PlanInputs *inputs);

#endif
