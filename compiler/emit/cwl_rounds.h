/* cwl_rounds.h: what rounds that are written out, rounds that the engine counts, and trees share. */
#ifndef WEFT_EMIT_CWL_ROUNDS_H
#define WEFT_EMIT_CWL_ROUNDS_H

#include "emit/cwl.h"

typedef struct Rounds {
  Cwl *cwl;
  Yaml *yaml;
  uint32_t region;
  const Step *step;
  TypeId type; /* of the state */
  bool optional;
  int64_t count; /* of rounds; -1: the engine counts */
  const char *initial, *bound, *index, *stopped;
  const char *next, *stop;
} Rounds;

/* The input of a round's process for a variable of the region; NULL: it does not use it. */
const char *rounds_name(const Rounds *rounds, Node variable);
/* The process around: class, id, inputs; `items`: it starts with an array of states. */
void rounds_open_around(Rounds *rounds, const char *id, bool items);
/* Its only output, up to what it comes from; and from there to its steps. */
void rounds_open_output(Rounds *rounds);
void rounds_close_output(Rounds *rounds);
/* Inputs of a step: what every round is given alike. */
void rounds_pass_on(Rounds *rounds);

/* The output and steps of the process around a tree; the process of one level. */
void rounds_tree(Rounds *rounds, const char *level);
void rounds_level(Rounds *rounds, const char *id);

#endif
