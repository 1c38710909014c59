/* slurm.h: a workflow as jobs of Slurm.
 *
 * Slurm starts tasks; nothing of ours has to stay alive.  A *wave* goes through the workflow once (batch.h), and
 * submits what is ready: an array for each task, level and resources; element i runs `workflow --element FILE i`.  A
 * last job, `next`, waits for what the wave could not see behind, or for everything: it makes the next wave, or
 * publishes the results.
 *
 *   STATE/slurm/run            how the workflow was submitted: folder, arguments; each followed by a NUL
 *   STATE/slurm/N.tasks        what the elements of array N are
 *   STATE/slurm/index          a line an element: array, element, key, log, label.  Written before the array is submitted
 *   STATE/slurm/jobs           a line an array after sbatch: array, job (`-`: refused), elements, task
 *   STATE/slurm/logs/TASK.N_i  what element i has printed
 *   STATE/slurm/next.log       what the waves that run as jobs have said
 *   STATE/slurm/awaited        what the last wave waits for: `any` or `all`, and keys
 *   STATE/slurm/summary.json   the results; STATE/slurm/report: what has failed
 *   STATE/slurm/finished       the exit status.  Written last: who waits, waits for it
 *
 * What is true.  Marks (batch.h) say what is done and what has failed.  What is under way is what `squeue` shows with
 * our comment, `weft TAG N`, where TAG is made of the state's path; index says which tasks those are.  So
 * - killed before sbatch: lines of the index that no job stands for; their tasks are submitted again;
 * - killed after sbatch: the array is in the queue, found by its comment, whatever `jobs` says;
 * - killed before `next` is submitted: arrays run to their end and leave marks; the same command again goes on;
 * - slurmctld has lost a job: no mark, no log, not in the queue, unknown to scontrol: submitted again;
 * - an element has ended without a mark (cancelled, out of time, killed): a mark of failure is written for it, with
 *   what scontrol says.  Jobs of failed nodes are requeued by Slurm, and are in the queue;
 * - an element was dropped by Slurm since a job before it failed: submitted again, if what it needs is done.
 * A task is given to Slurm three times at most without a word of it; a new submission begins to count anew.
 *
 * With the strategy `pilot` there is one job, `pilot`, which runs the workflow as on any machine, on the CPUs that it was
 * given, and leaves summary, report and finished; the journal says what is done.
 *
 * Waves hold the lock of the state directory; elements do not. */
#ifndef WEFT_RT_SLURM_H
#define WEFT_RT_SLURM_H

#include "batch.h"
#include "hash.h"

/* ---- slurm_call.c: programs of Slurm ---- */

/* Run one with its words, our SLURM_ variables taken out but SLURM_CONF; what it prints.  Its exit status; -1: it
 * could not be started, or was ended since it said that it waits for room (`patient` 0). */
int slurm_call(char *const argv[], int patient, RtText *out, RtText *err);
/* A setting of `scontrol show config`, above 0; `otherwise` if it is not to be had. */
int64_t slurm_setting(const char *name, int64_t otherwise);
/* 16 hex digits that stand for the state directory in the comments of jobs. */
void slurm_tag(char tag[17], const char *state);

/* ---- slurm_queue.c: what is in the queue ---- */

/* An array that may be of interest, by its number. */
typedef struct SlurmArray {
  char job[24];      /* "": not known */
  uint32_t count;    /* elements */
  uint32_t live;     /* of them in the queue */
  uint8_t refused;   /* sbatch did not take it */
  uint8_t looked_up; /* slurm_state has asked for it */
} SlurmArray;

/* An element that has been given to Slurm, the last of its key. */
typedef struct SlurmEntry {
  uint32_t array, element, tries;
  uint64_t log; /* offset in texts */
} SlurmEntry;

typedef struct SlurmQueue {
  int dir_fd;      /* STATE/slurm */
  const char *dir; /* its path */
  char tag[17];
  SlurmArray *arrays; /* by number; 0 is none */
  uint32_t array_count;
  SlurmEntry *entries;
  uint32_t entry_count;
  HashMap by_key; /* entry + 1 */
  HashMap live;   /* array << 32 | element + 1: it is in the queue */
  HashMap states; /* the same: 1 + offset in texts, of what scontrol has said */
  RtText texts;
  int64_t jobs;      /* ours in the queue, the next wave included */
  int64_t others;    /* of the user, in all */
  uint8_t next_live; /* another wave is in the queue */
} SlurmQueue;

/* Read index and jobs, and ask squeue.  1, or 0 after telling why. */
int slurm_queue_open(SlurmQueue *queue, const char *state);
void slurm_queue_close(SlurmQueue *queue);
/* The last entry of a key (32 digits); NULL if there is none. */
SlurmEntry *slurm_entry(const SlurmQueue *queue, const char *key);
int slurm_is_live(const SlurmQueue *queue, uint32_t array, uint32_t element);
/* What scontrol says of an element that is not in the queue: "CANCELLED", "" if it does not know it. */
const char *slurm_state(SlurmQueue *queue, uint32_t array, uint32_t element);
/* A new array of so many elements; its number. */
uint32_t slurm_array_new(SlurmQueue *queue, uint32_t count);
/* Ask Slurm to end all jobs of a tag, and wait for their end.  How many there were; -1 when Slurm does not answer. */
int64_t slurm_cancel(const char *tag);
/* Jobs of a tag in the queue. */
typedef struct SlurmJobs {
  int64_t count, running;
  uint8_t goes_on; /* the next wave is among them */
} SlurmJobs;

/* 1, or 0 when Slurm does not answer. */
int slurm_jobs(const char *tag, SlurmJobs *jobs);

/* ---- slurm_run.c: how the workflow was submitted ---- */

typedef struct SlurmRun {
  const char *cwd;
  const char *jobs;     /* folder of scripts; "": none, the script of STATE/slurm is used */
  const char *strategy; /* "arrays", or "pilot": one job in which the executable runs as it does here */
  int64_t max_array, max_jobs; /* limits; 0: as Slurm says */
  char **args;                 /* of the workflow, NULL at the end */
  uint32_t arg_count;
  RtText text;
} SlurmRun;

/* 0 or errno. */
int slurm_run_write(const SlurmRun *run, const char *state);
int slurm_run_read(SlurmRun *run, const char *state);
void slurm_run_free(SlurmRun *run);

/* ---- slurm_deps.c, slurm_submit.c: arrays ---- */

typedef enum SlurmFate {
  FATE_NEW,    /* to be submitted */
  FATE_LIVE,   /* in the queue */
  FATE_DONE,   /* since the preparation looked */
  FATE_FAILED, /* it has failed, or what it needs has */
} SlurmFate;

typedef struct SlurmWave {
  Batch *batch;
  SlurmQueue queue;
  SlurmRun run;
  char self[4096];                 /* our executable */
  uint8_t *fates;                  /* by task */
  uint32_t *in_array, *as_element; /* by task that is live: where */
  uint32_t *stamps;                /* by task: the array whose dependencies count it already */
  int64_t room;                    /* how many elements the queue takes yet */
  uint32_t submitted, unsent;      /* tasks */
  uint32_t last;                   /* the last array submitted; 0: none */
} SlurmWave;

/* What the tasks `numbers` wait for in the queue, as the words of --dependency; "": nothing. */
void slurm_dependencies(SlurmWave *wave, const uint32_t *numbers, uint32_t count, RtText *into);
/* Submit all that is FATE_NEW as far as there is room. */
void slurm_submit(SlurmWave *wave);
/* One sbatch with its options, ended by `argv`'s NULL: 1 with the job's number, 0: there is no room, -1: refused, and
 * `why` says so. */
int slurm_sbatch(char *const argv[], char job[24], RtText *why);
/* The name of a task's script: its own, with a number where tasks share one. */
void slurm_class(RtText *into, const RtProgram *program, uint32_t task);
/* Submit the script `script` of the exported folder, which goes on: after the jobs of `dependency`, unless it is "".
 * As slurm_sbatch. */
int slurm_submit_script(const SlurmRun *run, const char *state, const char *script, const char *dependency,
                        RtText *why);

/* ---- slurm_pilot.c, slurm_agent.c: several nodes in one job ---- */

/* Run what the wave has found to do on the nodes of this job: a WaveEnd, or 1 when the agents are lost. */
int slurm_pilot_wave(SlurmWave *wave);
/* `./x --slurm agent FILE` */
int slurm_agent(const char *file);

/* ---- slurm_wave.c ---- */

/* What a wave ends with. */
typedef enum WaveEnd {
  WAVE_WAITS = 0,
  WAVE_ENDS = 10, /* nothing is left that can run: finish */
  WAVE_AGAIN,     /* something was done meanwhile: look again */
  WAVE_FULL,      /* the queue takes nothing: later */
  WAVE_DOWN       /* Slurm does not answer */
} WaveEnd;

extern const BatchUse slurm_use;

/* ---- slurm.c: `./x --slurm COMMAND`, `./x --executor slurm` ---- */

int slurm_main(const RtProgram *program, int argc, char **argv);
/* Whether the run is asked to have Slurm do its tasks. */
int slurm_wanted(const RtOptions *options);
/* The controller: waves from here, until the end. */
int slurm_control(const RtProgram *program, int argc, char **argv, const RtOptions *options);

#endif
