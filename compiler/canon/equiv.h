/* equiv.h: whether two workflows are the same, and if not, where. */
#ifndef WEFT_CANON_EQUIV_H
#define WEFT_CANON_EQUIV_H

#include "canon/form.h"

/* What a pair of workflows needs to be told apart; one row each in tiers.def. */
typedef enum Tier {
#define TIER(tier, ...) tier,
#include "canon/tiers.def"
#undef TIER
  TIER_COUNT
} Tier;

const char *tier_name(Tier tier);
const char *tier_fragment(Tier tier);

typedef enum Verdict { VERDICT_SAME, VERDICT_DIFFERENT, VERDICT_UNKNOWN } Verdict;
const char *verdict_name(Verdict verdict);

typedef enum WitnessEnd { END_OUTPUT, END_EFFECT, END_INPUT } WitnessEnd;

/* A pair of terms at which two workflows part: what is around them is the same. */
typedef struct Witness {
  WitnessEnd end;
  Sym name;           /* of the output or input; 0 for an effect */
  Node before, after; /* NODE_NONE: there is none on this side */
  Span places[2];     /* in the source */
} Witness;

typedef struct Equiv {
  Verdict verdict;
  Tier tier;
  bool unrolled;      /* told of the workflows with known rounds written out */
  const char *reason; /* of `unknown`; static */
  bool has_witness;
  Witness witness;  /* nodes are of `graphs` */
  Graph *graphs[2]; /* unrolled ones that the witness is of, or NULL: the normal forms given */
} Equiv;

/* Both graphs are normal forms, of one session. Linear but for what is unrolled. End it with equiv_end. */
void equiv_of(const Graph *before, const Graph *after, Equiv *equiv);
void equiv_end(Equiv *equiv);

#endif
