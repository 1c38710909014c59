/* batch_work.h: what the files of a preparation share (batch.h). */
#ifndef WEFT_RT_BATCH_WORK_H
#define WEFT_RT_BATCH_WORK_H

#include "batch.h"

typedef struct Orders Orders;

typedef struct BatchWork {
  const BatchUse *use;
  Orders *orders; /* batch_order.c */
  Place *laters;  /* where each of batch->later is */
  size_t laters_cap;
  size_t task_cap, attrs_cap, joint_cap, number_cap, later_cap, number_count;
  RtText prefix;        /* STATE/store/ */
  HashMap by_key;       /* number + 1 of a task */
  HashMap by_name;      /* the same, by the name of its directory */
  HashMap names;        /* MODE_LIST: how many directories would have a name */
  HashMap by_attrs;     /* index + 1 in batch->attrs */
  uint32_t *needed;     /* by task: which one needed it last, + 1 */
  RtText out;           /* MODE_LIST: lines not written yet */
  uint32_t joints_told; /* the same: joints below are written */
} BatchWork;

/* list.c: --list-tasks */
extern const BatchUse list_use;
/* prepare.c: --prepare */
extern const BatchUse prepare_use;

/* Room for one more. */
void *batch_room(void *items, size_t count, size_t *cap, size_t size);
/* ---- batch_task.c ---- */

/* Add the task of a job; its number. */
uint32_t batch_add(Batch *batch, Job *job);
/* The task of the same key, if it is one that can be shared; RT_NONE: none. */
uint32_t batch_find_twin(const Batch *batch, const Job *job);
/* The label of a step, as an offset in batch->text. */
uint64_t batch_put_label(Batch *batch, const Frame *frame, uint32_t step);
/* The task that makes a path; RT_NONE: none that is not done. */
uint32_t batch_maker(Batch *batch, const char *path);
/* The task that is being added needs another, or none (RT_NONE). */
void batch_need(Batch *batch, uint32_t number);
/* Append to batch->numbers. */
void batch_push_number(Batch *batch, uint32_t number);

/* ---- batch_order.c ---- */

/* What each call of a program comes after without using it. */
Orders *orders_new(const RtProgram *program);
void orders_free(Orders *orders, const RtProgram *program);
/* The call has this task; RT_NONE: it is done. */
void batch_is_at(Batch *batch, const Frame *frame, uint32_t step, uint32_t number);
/* Make the joints that a call comes after, so that their numbers lie before those of its task. */
void batch_make_joints(Batch *batch, const Frame *frame, uint32_t step);
/* The task that is being added needs what else the call comes after; which joints those are. */
void batch_need_single(Batch *batch, const Frame *frame, uint32_t step);
BatchSpan batch_find_joints(Batch *batch, const Frame *frame, uint32_t step);
/* Whether an output of the workflow is known, be it as a promise. */
int batch_output_known(const Batch *batch, const RtOutput *output);

#endif
