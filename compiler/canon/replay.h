/* replay.h: the checker of certificates.  It shares with what wrote them the graph, its text form and raw
 * substitution, and none of the rules: each law is told again in its own words (replay_laws.c). */
#ifndef WEFT_CANON_REPLAY_H
#define WEFT_CANON_REPLAY_H

#include "ir/graph.h"

typedef struct Replayed {
  Graph *graph;   /* with the ends that the certificate proves; the caller's to free */
  Text start;     /* the graph's text form before, without names of steps; the caller's to free */
  uint32_t facts; /* that were checked */
  uint32_t laws;  /* of these: applications of laws */
  bool
      too_long; /* it was not checked to its end: conditions in each other take as many cases as they have outcomes */
} Replayed;

/* Read a certificate (certificate.h) and check every line of it; linear in its size, but for the sorting of operands.
 * False: told as a diagnostic, and nothing is to be freed; `too_long` says whether that is all that is wrong. */
bool replay(Session *session, Types *types, Source *source, Replayed *replayed);

#endif
