/* laws.h: the rows of laws.def, to be looked up. */
#ifndef WEFT_CANON_LAWS_H
#define WEFT_CANON_LAWS_H

#include "ir/trace.h"

typedef struct LawInfo {
  uint32_t number;
  const char *tier, *name, *left, *right, *condition, *decreases;
} LawInfo;

typedef struct NonLaw {
  uint32_t number;
  const char *name, *left, *right, *why;
} NonLaw;

extern const LawInfo law_info[LAW_COUNT]; /* by law; LAW_NONE is empty */
extern const NonLaw nonlaws[];
extern const uint32_t nonlaw_count;

/* The law of a number, or LAW_NONE. */
Law law_find(uint32_t number);

#endif
