/* batch.h: going through a workflow without running its tasks, and running one of its tasks alone.
 *
 * Preparation goes step by step as a run does, but a task that is ready is noted here, and its outputs become
 * *promises*: files with the path that they will have and no contents.  What asks for contents (a pattern, `File?`,
 * read_*, standard output as a value, size(), the comparison of files) ends with "later": the step and all that
 * needs it wait, and are come to by another preparation, once the tasks that it names are done.
 *
 *   STATE/store/KEY/        where the task of a key makes its outputs, as in a run; KEY: 32 digits
 *   STATE/marks/KEY.done    the task is done: the line that the journal would have; written whole, by a rename
 *   STATE/marks/KEY.failed  it has failed: "CODE label", a newline, and all that was said of it
 *   STATE/running/KEY/      what an element that runs needs besides
 *
 * Keys.  In a run a task's key tells the contents of its inputs, and contents are not known before.  So in a
 * preparation the digest of a file that a task of the workflow makes, done or not, is that of its path below the store:
 * the maker's key, then the path inside.  Such keys are known before anything has run, and stay what they are when it
 * has.  Where all contents are known a preparation looks for the key by contents as well, and a run that finds
 * nothing under it looks for the key by makers, so each finds what the other has done.
 *
 * Marks say what is done, and no process or job does.  Whoever opens the state directory takes new marks into the
 * journal first. */
#ifndef WEFT_RT_BATCH_H
#define WEFT_RT_BATCH_H

#include "task.h"

/* What a task asks for; many tasks share one.  Zero: not said. */
typedef struct BatchAttrs {
  double cpus, gpus, memory, disk; /* cores, devices, bytes, bytes */
  RtUncertain time;                /* seconds */
  double timeout;                  /* seconds; the element itself sees to it */
  int64_t retries;                 /* the element itself tries again */
  int64_t nodes, ranks;
  const char *image; /* NULL: none */
} BatchAttrs;

/* A list of numbers: batch->numbers[first .. first + count). */
typedef struct BatchSpan {
  uint32_t first, count;
} BatchSpan;

enum { BATCH_LATER = 1 };

/* A task that is not done, by number in the order of preparation: whatever it needs has a lower one.  Calls of one key are one task. */
typedef struct BatchTask {
  uint32_t task;  /* index in program->tasks */
  uint32_t attrs; /* index in batch->attrs */
  uint64_t label; /* offset in batch->text: batch_label() */
  uint64_t name;  /* of its directory below STATE/store: offset in batch->text; the key, but in MODE_LIST */
  uint64_t input; /* offset in batch->text, encoded; its length */
  uint32_t input_len;
  uint32_t
      level; /* 0: it needs nothing that is not done; else one more than the greatest level that it needs */
  BatchSpan
      needs; /* tasks that are not done and must be: makers of its inputs, and single ones that it is after */
  BatchSpan joints; /* numbers of batch->joints, for what it is `after` that is many tasks */
  RtDigest key;
  uint8_t state; /* BATCH_LATER: what it makes is known only when it is done */
} BatchTask;

/* Many tasks that others come after: shared, so that n tasks after m do not take n * m.  Done tasks are not in it. */
typedef struct BatchJoint {
  BatchSpan tasks;
  uint32_t level; /* the greatest of its tasks' */
} BatchJoint;

/* Something that only contents will tell. */
typedef struct BatchLater {
  uint64_t label;  /* offset in batch->text */
  uint32_t waits;  /* the task whose contents it waits for; RT_NONE: a question */
  RtPlace place;   /* of what asked */
  const char *why; /* "the size of a file", "a pattern", "a question", ... */
  uint8_t blocks;  /* whether tasks may come of it that are not prepared yet; else only results wait for it */
} BatchLater;

struct Batch {
  Run *run;
  BatchTask *tasks;
  uint32_t count;
  BatchAttrs *attrs;
  uint32_t attrs_count;
  BatchJoint *joints;
  uint32_t joint_count;
  uint32_t *numbers;
  BatchLater *later;
  uint32_t later_count;
  int64_t found;   /* calls whose records were found: done already */
  uint8_t blocked; /* whether another preparation is needed: tasks may come that are not in the list */
  RtText text;
  struct BatchWork *work; /* batch_work.h */
};

/* ---- preparing ----
 * rt_main comes to a preparation through the mode of the command line (RtOptions.mode; batch_use has a row for each
 * mode that prepares).  The state directory is open and locked, new marks are in the journal, and `end` is called once
 * with all that could be prepared, still under the lock.  What it returns is the exit status.  The journal is left as one of a run that goes on: volatile tasks keep their keys until a
 * run (or --finish) has come to its end. */
typedef enum Promised {
  PROMISED_NOTHING,
  PROMISED_PART, /* the outputs that are not RtPort.by_contents */
  PROMISED_ALL
} Promised;

typedef struct BatchUse {
  int (*end)(Batch *batch);
  /* When a task is noted, while its command is at hand (task.h: command_make).  Its outputs are in its slot if they are
   * `promised`.  NULL: nothing to do. */
  void (*noted)(Batch *batch, uint32_t number, const Job *job, Promised promised);
  /* When the inputs are there, and nothing else.  NULL: nothing to do. */
  void (*begin)(Batch *batch);
} BatchUse;

/* The row of a mode that prepares; NULL for others. */
const BatchUse *batch_use(RtMode mode);

/* Text of the batch at an offset: labels, names. */
const char *batch_text(const Batch *batch, uint64_t offset);
const RtTask *batch_task(const Batch *batch, uint32_t number);
/* The first 32 digits of the key and a NUL: the name of its mark and of its directory in the store. */
void batch_key(const Batch *batch, uint32_t number, char key[33]);
/* The tasks that something later waits for, each once, in order; `*count` of them.  To be freed. */
uint32_t *batch_awaited(const Batch *batch, uint32_t *count);

/* Write a file of tasks for --element: element i is task numbers[i].  Whole, by a rename; 0 or errno.
 * A line a task, then an index, so that element 99,999 is found as fast as the first.  It names the state directory. */
int batch_write(const Batch *batch, const char *path, const uint32_t *numbers, uint32_t count);

/* ---- marks ---- */

typedef enum MarkState { MARK_NONE, MARK_DONE, MARK_FAILED } MarkState;

/* What the marks say of a key (its first 32 digits); a torn mark is none. */
MarkState mark_state(const Store *store, const char *key);
/* What a failed task has said, on malloc; NULL if there is no such mark. The first line is "CODE label". */
char *mark_reason(const Store *store, const char *key, size_t *len);
/* Forget a failure, before the task is given to a queue again; nothing there is no error. */
void mark_clear(const Store *store, const char *key);

/* ---- one task alone: `./x --element FILE N`, N from 0 ----
 * The life of the task as in a run, by the same code.  Neither lock nor journal is touched.  Exit status: 0 done (also if
 * it was done already), 1 failed, 2 the file is not one, 128+n stopped by a signal, without a mark: as if it never ran. */
int element_main(const RtProgram *program, int argc, char **argv);

/* ---- what the rest of the runtime calls ---- */

/* What the mode of a run prepares for; NULL: nothing, it runs. */
Batch *batch_new(Run *run);
void batch_free(Batch *batch);
/* The inputs are in the root's slots. */
void batch_begin(Run *run);
/* A job is ready and not done: note it, and promise what it makes.  Takes the job. */
void batch_note(Job *job);
/* run->failure says that a step asked for contents. */
void batch_later(Run *run, Frame *frame, uint32_t step);
/* Whether a step can go on with what a task makes that is only promised in part: a step of the frame `up` levels
 * outwards. */
int batch_can_use(const Frame *frame, uint32_t step, uint32_t up, uint32_t maker);
/* A region step starts. */
void batch_region_starts(const Frame *owner, uint32_t step);
/* The record of a job was found. */
void batch_done(const Job *job);
/* A question has no answer. */
void batch_unanswered(Run *run, Frame *frame, uint32_t step);
/* Nothing more can be prepared: hand it all over; run->status is what came of it. */
void batch_end(Run *run);

#endif
