/* batch_work.h: what the files of a preparation share (batch.h). */
#ifndef WEFT_RT_BATCH_WORK_H
#define WEFT_RT_BATCH_WORK_H

#include "batch.h"

typedef struct BatchWork {
  const BatchUse *use;
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
/* The task that makes a path; RT_NONE: none that is not done. */
uint32_t batch_maker(Batch *batch, const char *path);
/* The task that is being added needs another, or none (RT_NONE). */
void batch_need(Batch *batch, uint32_t number);

#endif
