/* sched.h: steps that are ready, tasks that wait for room, tasks that run. */
#ifndef WEFT_RT_SCHED_H
#define WEFT_RT_SCHED_H

#include <sys/types.h>

#include "frame.h"

typedef struct Job Job;

typedef struct ReadyStack {
  Place *places;
  size_t len, cap;
} ReadyStack;

typedef struct Sched {
  Place *pending; /* calls whose inputs are there, a ring */
  size_t pending_at, pending_len, pending_cap;
  Job *waiting, *waiting_last; /* prepared jobs for which there was no room */
  uint32_t waiting_count;
  Job *running;
  uint32_t running_count;
  Job *by_pid[256], *by_key[256]; /* running by process; all of a shared key by that: chained */
  double cpus, memory, gpus;      /* capacities */
  double machine_cpus, machine_memory, machine_gpus; /* what there is at all */
  double cpus_free, memory_free;
  uint64_t gpus_used;      /* one bit a device */
  uint64_t lanes_used[16]; /* for timelines: which of 1024 lanes are taken */
} Sched;

void ready_push(Run *run, Frame *frame, uint32_t step);
void pending_push(Run *run, Frame *frame, uint32_t step);

/* Find out what the machine has. */
void sched_begin(Run *run);
void sched_end(Run *run);
/* Whether another task could start, were it there. */
int sched_room(const Run *run);
/* Start what can start: prepares pending calls and admits jobs. Returns how many calls were taken. */
int sched_start(Run *run);
/* Queue a prepared job until there is room. */
void sched_queue(Run *run, Job *job);
/* A job's process runs. */
void sched_started(Run *run, Job *job);
/* The job of a shared key that is under way; NULL if there is none. */
Job *sched_same_key(const Run *run, const RtDigest *key);
/* Its key is no longer under way. */
void sched_forget(Run *run, Job *job);
/* Take out of the running ones, and give back what it held. */
void sched_release(Run *run, Job *job);
/* The running job of a process; NULL if it is none of ours. */
Job *sched_find(const Run *run, pid_t pid);

#endif
