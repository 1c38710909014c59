/* run.h: one run of a program: what its parts share. */
#ifndef WEFT_RT_RUN_H
#define WEFT_RT_RUN_H

#include <setjmp.h>

#include "cli.h"
#include "frame.h"
#include "hash.h"
#include "journal.h"
#include "process.h"
#include "region.h"
#include "sched.h"
#include "store.h"

typedef struct Ask Ask;

typedef struct Batch Batch;
typedef struct Element Element;

/* Why an evaluation ended early. */
typedef struct Failure {
  char code[8];
  RtPlace at; /* file NULL: unknown */
  RtText message;
  const char *
      later; /* it has not failed: contents were asked for that are not there yet; which ones. NULL: failed */
  const RtFile *file; /* whose; NULL: of the task that is being prepared */
} Failure;

/* Where the time of a run goes, task by task: kept for --report only. */
typedef struct Event {
  uint32_t plan, step, lane;
  uint8_t state;           /* EventState */
  double start, wall, cpu; /* seconds; start since the run began */
  int64_t rss;             /* KiB */
  char *label;
} Event;

typedef enum EventState { EVENT_RAN, EVENT_CACHED, EVENT_FAILED, EVENT_STATES } EventState;

typedef struct Counts {
  int64_t known, done, cached, failed, skipped, later;
} Counts;

struct Run {
  const RtProgram *program;
  RtOptions options;
  const char *command; /* argv[0] */
  RtArena *arena;      /* of the run: options, tables */
  Plan *plans;
  Frame *root;
  Store store;
  Journal journal;
  Programs programs;
  ReadyStack ready;
  Sched sched;
  RegionList open, open_pure; /* regions that can make frames: with tasks inside, and without */
  Ask *asks;
  Job *spare_jobs;  /* to be used again */
  Frame *frames;    /* all that live, the newest first */
  int finished;     /* the root frame has nothing left to do */
  Batch *batch;     /* batch.h: tasks are prepared, and none runs; NULL: they run */
  Element *element; /* batch.h: the one task that runs, alone; NULL: a whole workflow does */

  sigjmp_buf *landing; /* where rt_fail goes; NULL: out of the program */
  Failure failure;
  Place current; /* the step being evaluated */

  int status;   /* 0, or 1 once something has failed */
  int stopping; /* no new tasks: something failed, or a signal came */
  int again;    /* a file of the store is not what it was: all begins anew without it */
  int broken;   /* the state directory cannot be written any more */
  int stop_signal, stop_count;
  double stopped_at; /* when tasks were told to end; 0: not yet */
  int64_t matched;   /* tasks that --only chose */
  int64_t dry_runs;  /* tasks that --dry-run has named */
  int64_t missing;   /* tasks that --finish has found neither done nor lost */

  Counts counts;
  double began, began_wall;   /* monotonic, and since 1970 */
  double drawn, said, synced; /* when: the bar, a plain line, the disk */
  int64_t said_done;
  int bar; /* whether a bar is on the terminal */
  int bar_shown;
  int tty_fd; /* to read answers from; -1: none */
  int tty_tried;
  char *answers_dir;
  pid_t syncer; /* process that writes buffers to the disk; 0: none */
  int64_t syncing_to;
  Event *events;
  size_t event_count, event_cap;
  int trace_fd;
  RtText trace;
  int64_t peak_rss;
  double cpu_total, wall_total;
};

/* Run what `run` has been told, with the root frame's slots: the exit status. */
int run_once(Run *run, char *slots);
/* Our standard input becomes /dev/null, which tasks inherit; 1 and 2 are made sure to be open.  1 or 0. */
int run_set_streams(void);
/* The run that rt_fail ends evaluations of; NULL: none. */
void run_set_current(Run *run);
/* Call `work` with a landing place for rt_fail; 1 when it came back by itself, 0 with run->failure. */
int run_try(Run *run, void (*work)(void *with), void *with);
/* list.c: where a user's file lies that --list-tasks tells of elsewhere; other paths are what they are. */
const RtString *list_given(const RtString *path);
/* End the evaluation: it needs contents that are not there yet (never returns). In a preparation only. */
_Noreturn void run_later(RtCtx *ctx, const RtPlace *at, const RtFile *file, const char *what);
/* Seconds of a clock that only goes forward, and since 1970. */
double clock_now(void);
double clock_wall(void);

/* A step that may not run since something before it failed, or is not known yet (--dry-run). */
void run_skipped(Run *run, Frame *frame, uint32_t step);
/* A map, branch, round or tree has come to be: so many frames more are expected. */
void run_expect(Run *run, const Plan *plan, int64_t frames);
/* The state directory cannot be written: say so once; nothing new starts, what runs is ended. */
void run_broken(Run *run, const char *what, const char *path, int reason);
/* A file of the store is not what it was when it was made: its task will run again, in another round. */
void run_damaged(Run *run, const char *path);
/* A job is over: counts, report, trace. */
void run_done(Job *job, EventState state);
/* Something failed: without --keep-going nothing new starts. */
void run_failed(Run *run);

#endif
