/* dedup.h: which of many workflows are the same, and what they share. */
#ifndef WEFT_CANON_DEDUP_H
#define WEFT_CANON_DEDUP_H

#include "canon/fragment.h"

typedef struct Member {
  const char *path;
  char hex[VIEW_COUNT][65]; /* its identities */
} Member;

/* Members whose identities are the same under a view. Those of one shape are split by params, and these by exact. */
typedef struct DedupClass {
  View view;
  uint32_t first, count; /* members */
  uint32_t parts,
      parted; /* classes of the next finer view: number of the first, and how many; 0 for exact ones */
} DedupClass;

typedef struct Dedup {
  VEC(Member) members;
  View fragments; /* under which view fragments are alike; VIEW_COUNT: none are looked for */
  Vertices vertices;
  /* set by dedup_sort */
  VEC(DedupClass) classes;
  uint32_t shapes; /* the classes by shape come first */
} Dedup;

/* Take down a workflow in normal form, which may go away after this. True: its identities are sure (see Form). */
bool dedup_add(Dedup *dedup, const char *path, const Graph *normal);
/* Put members into classes: the largest first, else in the order in which they came. */
void dedup_sort(Dedup *dedup);
/* How many different identities there are under a view. */
uint32_t dedup_count(const Dedup *dedup, View view);
void dedup_free(Dedup *dedup);

#endif
