/* task.h: one task's life: prepared, looked up, started, ended. */
#ifndef WEFT_RT_TASK_H
#define WEFT_RT_TASK_H

#include "run.h"

struct Job {
  Run *run;
  Frame *frame;
  uint32_t step;
  const RtStep *code;
  const RtTask *task;
  RtArena *arena; /* of the inputs gathered, attributes and pieces */
  char *in, *pieces;
  RtAttrs attrs;
  RtDigest key;
  RtText parts;  /* digests of what the key is made of, by name */
  RtText reason; /* for --explain: what was found about its last record */
  RtText dir;    /* in the store; "": the slot's */
  Slot *slot;
  int out_fd; /* standard output in a file of its own; -1: none */
  pid_t pid;
  double cpus, memory; /* what it holds */
  int gpus;
  uint64_t gpu_bits;
  uint32_t lane;
  double start, start_wall, deadline, kill_at; /* seconds; 0: none */
  double used_wall, used_cpu;                  /* of the last attempt */
  int64_t used_rss, log_size;
  int64_t attempt;
  uint8_t shared;           /* the key is one that others can have: not volatile */
  uint8_t timed_out, ended; /* we ended it */
  uint8_t held, keyed;      /* whether it counts as running; whether its key is in the table */
  uint32_t passed;          /* jobs that started before it since it waits */
  Job *next, *prev, *same_pid, *same_key;
  Job *twins; /* jobs of the same key that wait for this one */
};

/* Prepare a call whose inputs are there: it is done (found in the journal), lost, or queued. */
void task_consider(Run *run, Frame *frame, uint32_t step);
/* Start an admitted job. */
void task_start(Job *job);
/* Its process has ended. */
void task_ended(Job *job, int status, const struct rusage *usage);
/* Fail without having run. */
void task_refuse(Job *job, const char *code, const char *message, const char *hint);
/* Give a job back: its results are in its slot, or it and its twins are lost. */
void task_done(Job *job);
void task_drop(Job *job);
/* Give a job back whose step waits: neither done nor lost. */
void task_hold(Job *job);
/* Remove what it has on the disk, give back its slot. */
void task_abandon(Job *job);
/* Whether values of a type can hold files: outputs that can are made in the store. */
int task_has_files(const RtType *type);
/* The directory it runs in. */
const char *task_dir(const Job *job);
/* Free what is kept for later jobs. */
void task_end_all(Run *run);

/* key.c: digest all inputs and make the key; 0, or errno with the path of the file that could not be read.
 * Files below `made` count by their paths (batch.h); NULL: all by their contents.  `parts` may be NULL. */
int key_make(Job *job, const char *made, RtDigest *key, RtText *parts, const char **path);
/* Whether files of a value that are in the store are still what they were; the first that is not in `path`.
 * By size and time, or by contents. */
int key_verify(const Store *store, const RtType *type, void *value, int contents, const char **path);

/* command.c: the program and words of a job. */
typedef struct Command {
  RtText words; /* each followed by a NUL */
  char **argv;
  RtText script; /* text for an interpreter that is too long for a command line */
  RtText path;   /* where the script is */
} Command;

/* Make argv. A script is named, but not written. */
void command_make(Command *command, const Job *job);
void command_free(Command *command);
/* As a shell would take it, for people and run.sh. */
void command_show(RtText *into, const Job *job);
/* Environment of the job: ours, or a copy with its changes in `arena`. */
char *const *command_env(const Job *job, RtArena *arena);
/* The value of a variable that the task sets itself; NULL if it does not. */
const char *command_env_value(const Job *job, const char *name);
/* The whole of run.sh. */
void command_script(RtText *into, const Job *job, const char *label);

/* failed.c: keep and tell. `what`: "exit status 1". */
void failed_report(Job *job, const char *code, const char *what, const RtPlace *at, const char *hint);

#endif
