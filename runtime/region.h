/* region.h: region steps that have started: maps, branches, folds, loops, trees. */
#ifndef WEFT_RT_REGION_H
#define WEFT_RT_REGION_H

#include "frame.h"

/* What an export of all frames of a map is gathered into. */
typedef struct Gather {
  RtArray *array; /* NULL: nobody reads it */
  const RtType *elem;
  int64_t left; /* frames that have not delivered */
  uint8_t lost;
} Gather;

typedef struct Tree Tree;

struct Region {
  Run *run;
  Frame *owner;
  uint32_t step;
  Plan *plan;                /* of the frames; NULL: there are none */
  int64_t width, next, live; /* frames in all (-1: not known), the next to make, alive */
  uint8_t lost, finished;
  uint8_t listed;        /* whether it is in one of the lists of regions that can make frames */
  uint8_t stalled;       /* its latest frame waits for outer steps alone: more would wait as well */
  Region *newer, *older; /* in that list */
  Gather *gather;        /* maps: by export */
  Tree *tree;
};

/* Regions that can make another frame, the newest first. */
typedef struct RegionList {
  Region *newest;
} RegionList;

/* Start region step `step` of `owner`. */
void region_start(Frame *owner, uint32_t step);
/* The step is lost before it could start. */
void region_lose(Frame *owner, uint32_t step);
/* A frame has computed an export (or lost it). */
void region_deliver(Frame *frame, uint32_t step, int lost);
/* A frame has finished; it is freed by the caller afterwards. */
void region_leave(Frame *frame);
/* A frame that waited goes on. */
void region_wake(Region *region);
/* Make the next frame of the newest region in the list. */
void region_open(RegionList *list);
void region_free(Region *region);

#endif
