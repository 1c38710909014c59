/* frame.h: frames, their counters, and the steps that become ready. */
#ifndef WEFT_RT_FRAME_H
#define WEFT_RT_FRAME_H

#include "value.h"

typedef struct Run Run;
typedef struct Frame Frame;
typedef struct Region Region;
typedef struct Waiter Waiter;

/* What is known of an RtRegion before the run. */
typedef struct Plan {
  const RtRegion *code;
  uint32_t id;           /* index of the region */
  uint32_t *result_from; /* results of step s: results[result_from[s] .. result_from[s + 1]) */
  uint32_t *results;
  uint32_t *exports;  /* export number to step, or RT_NONE */
  uint32_t *ordinals; /* of region steps: place in Frame.regions */
  uint32_t *twins;    /* how many steps before it have the same name and can run something */
  uint32_t region_count;
  uint32_t *first; /* steps that wait for nothing, last first */
  uint32_t first_count;
  uint32_t *outer; /* steps that wait for outer ones */
  uint32_t outer_count;
  uint8_t calls; /* whether a task or a question is anywhere inside */
  uint32_t counters_at, state_at, regions_at, slots_at, bytes; /* offsets in the memory of a frame */
  char *initial;                    /* what a frame has from regions_at on when it is new */
  uint32_t *done, *cached, *failed; /* for each step, over all frames */
  Frame *spare;                     /* frames to be used again */
  uint32_t spare_count;
} Plan;

/* LOST: it failed, or something before it did.  LATER: it is come to in another preparation (batch.h),
 * PART: but some of its outputs are promised now.  IDLE: no task can come of it, nor of what waits for it. */
enum { STEP_DONE = 1, STEP_LOST = 2, STEP_LATER = 4, STEP_PART = 8, STEP_IDLE = 16 };

struct Frame {
  Run *run;
  Plan *plan;
  Frame *parent;           /* NULL: the root */
  Region *region;          /* of the parent, that made it */
  int64_t index;           /* in a tree: number of the node, which RtFrameHead does not tell */
  RtArena *arena;          /* NULL until something is allocated */
  char *slots;             /* RtFrameHead first */
  uint32_t *counters;      /* what each step still waits for */
  uint8_t *state;          /* STEP_DONE, ... */
  Region **regions;        /* region steps that have started, by Plan.ordinals */
  Waiter **waiters;        /* by step; NULL until an inner frame waits for one of ours */
  uint32_t left, children; /* steps not done, frames of inner regions */
  uint32_t blocked;        /* steps that wait for outer ones */
  Frame *newer, *older;    /* of all that live */
  Frame *next_spare;
};

/* A step of a frame, where one is named by both. */
typedef struct Place {
  Frame *frame;
  uint32_t step;
} Place;

/* Tables for each region of the program; never fails. */
Plan *plans_new(const RtProgram *program, RtArena *arena);

/* Free the frames that are kept for later. */
void plan_free_spare(Plan *plan);

/* A frame whose slots are initialised but none of whose steps has started; `region` is NULL for the root. */
Frame *frame_new(Run *run, Plan *plan, Region *region, int64_t index);
/* Count what its steps wait for and let those start that wait for nothing. */
void frame_start(Frame *frame);
void frame_free(Frame *frame);
/* Free all frames of a run that has not come to its end. */
void frames_free(Run *run);
/* The arena of its values, made when first needed. */
RtArena *frame_arena(Frame *frame);
/* A slot seen from a frame. */
void *frame_at(const Frame *frame, RtRef ref);
/* Finish the frame if nothing in it is left to do.  The frame may be gone afterwards. */
void frame_settle(Frame *frame);

/* A step has finished, or is lost: tell what waits for it.  The frame may be gone afterwards. */
void step_done(Frame *frame, uint32_t step, int lost);
/* A call has promised those of its outputs that are not by_contents: who needs no others goes on. */
void step_promised(Frame *frame, uint32_t step);
/* Call `visit` for each step that waits for this one, be it in another frame. */
void step_each_user(Frame *frame, uint32_t step, void (*visit)(Frame *frame, uint32_t step, void *with),
                    void *with);
/* Run one ready step. */
void step_run(Frame *frame, uint32_t step);

/* The instance's name for people: "bams[3]/align". */
void step_label(RtText *into, const Frame *frame, uint32_t step);
/* The instance's identity: region, step and index, outwards to the root. */
void step_path(RtText *into, const Frame *frame, uint32_t step);

#endif
