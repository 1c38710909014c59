/* sample.h: computed values compared by computing them: what the laws cannot tell of arithmetic and texts, some
 * values may. */
#ifndef WEFT_CANON_SAMPLE_H
#define WEFT_CANON_SAMPLE_H

#include "canon/form.h"

typedef enum Sampled {
  SAMPLED_NOT,      /* they are made of more than numbers, truth values and texts, or are too large */
  SAMPLED_ALIKE,    /* no values were found for which they differ */
  SAMPLED_DIFFERENT /* they differ for some values of what they are computed from */
} Sampled;

/* Whether an operation computes: on values alone, the same everywhere. */
bool sample_computes(Op op);
/* Compare two terms for some values of the parts that are not computed; equal parts of both get equal values. */
Sampled sample_terms(const Form *before, Node x, const Form *after, Node y);

#endif
