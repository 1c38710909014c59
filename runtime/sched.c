/* sched.c: what runs next.
 *
 * Steps that need no process run at once, from a stack.  Calls wait in a ring and are prepared only when there is
 * room, so that what is known of them is a frame and a number; a few prepared ones wait when they ask for more
 * than is free.  Smaller ones may overtake, but not for ever. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "arena.h"
#include "task.h"

enum { MOST_WAITING = 16, MOST_PASSED = 64, LANES = 1024 };

static void *grown(void *old, size_t size) {
  void *memory = realloc(old, size);
  if (!memory) arena_exhausted(size);
  return memory;
}

void ready_push(Run *run, Frame *frame, uint32_t step) {
  ReadyStack *ready = &run->ready;
  if (ready->len == ready->cap) {
    ready->cap = ready->cap ? ready->cap * 2 : 256;
    ready->places = grown(ready->places, ready->cap * sizeof *ready->places);
  }
  ready->places[ready->len++] = (Place){frame, step};
}

void pending_push(Run *run, Frame *frame, uint32_t step) {
  Sched *sched = &run->sched;
  if (sched->pending_len == sched->pending_cap) {
    size_t cap = sched->pending_cap ? sched->pending_cap * 2 : 64;
    Place *ring = grown(NULL, cap * sizeof *ring);
    for (size_t i = 0; i < sched->pending_len; i++)
      ring[i] = sched->pending[(sched->pending_at + i) & (sched->pending_cap - 1)];
    free(sched->pending);
    sched->pending = ring;
    sched->pending_cap = cap;
    sched->pending_at = 0;
  }
  sched->pending[(sched->pending_at + sched->pending_len++) & (sched->pending_cap - 1)] = (Place){frame,
                                                                                                  step};
}

static Place pending_take(Sched *sched) {
  Place place = sched->pending[sched->pending_at];
  sched->pending_at = (sched->pending_at + 1) & (sched->pending_cap - 1);
  sched->pending_len--;
  return place;
}

/* ---- capacities ---- */

static int count_gpus(void) {
  int count = 0;
  struct stat st;
  for (char path[32]; count < 64; count++) {
    snprintf(path, sizeof path, "/dev/nvidia%d", count);
    if (stat(path, &st)) break;
  }
  return count;
}

void sched_begin(Run *run) {
  Sched *sched = &run->sched;
  const RtOptions *options = &run->options;
  struct sysinfo info;
  int cpus = get_nprocs();
  sched->machine_cpus = cpus;
  sched->cpus = options->jobs > 0 ? (double)options->jobs : cpus;
  if (sched->cpus > sched->machine_cpus) sched->machine_cpus = sched->cpus;
  sched->machine_memory = sysinfo(&info) == 0 ? (double)info.totalram * info.mem_unit : INFINITY;
  sched->memory = options->memory > 0 ? options->memory : sched->machine_memory;
  sched->machine_memory = sched->memory;
  sched->gpus = options->gpus >= 0 ? (double)options->gpus : count_gpus();
  if (sched->gpus > 64) sched->gpus = 64;
  sched->machine_gpus = sched->gpus;
  if (run->batch || run->element ||
      run->options.mode == MODE_FINISH) /* others decide what there is room for */
    sched->machine_cpus = sched->machine_memory = sched->machine_gpus = sched->memory = INFINITY;
  sched->cpus_free = sched->cpus;
  sched->memory_free = sched->memory;
}

void sched_end(Run *run) {
  free(run->sched.pending);
  free(run->ready.places);
}

/* ---- admission ---- */

static int gpus_free(const Sched *sched) { return (int)sched->gpus - __builtin_popcountll(sched->gpus_used); }

static int fits(const Sched *sched, const Job *job) {
  static const double slack = 1e-9; /* tenths of a CPU do not add up exactly */
  return job->cpus <= sched->cpus_free + slack && job->memory <= sched->memory_free &&
         job->gpus <= gpus_free(sched);
}

static uint32_t take_lane(Sched *sched) {
  for (uint32_t word = 0; word < LANES / 64; word++) {
    if (sched->lanes_used[word] == UINT64_MAX) continue;
    uint32_t bit = (uint32_t)__builtin_ctzll(~sched->lanes_used[word]);
    sched->lanes_used[word] |= UINT64_C(1) << bit;
    return word * 64 + bit;
  }
  return LANES;
}

static void hold(Sched *sched, Job *job) {
  sched->cpus_free -= job->cpus;
  sched->memory_free -= job->memory;
  job->gpu_bits = 0;
  for (int i = 0, left = job->gpus; left > 0; i++) {
    if (sched->gpus_used >> i & 1) continue;
    job->gpu_bits |= UINT64_C(1) << i;
    left--;
  }
  sched->gpus_used |= job->gpu_bits;
  job->lane = take_lane(sched);
  job->prev = NULL;
  job->next = sched->running;
  if (sched->running) sched->running->prev = job;
  sched->running = job;
  sched->running_count++;
  job->held = 1;
}

static Job **pid_chain(Sched *sched, pid_t pid) { return &sched->by_pid[(unsigned)pid & 255]; }

void sched_started(Run *run, Job *job) {
  Job **chain = pid_chain(&run->sched, job->pid);
  job->same_pid = *chain;
  *chain = job;
}

Job *sched_find(const Run *run, pid_t pid) {
  Job *job = run->sched.by_pid[(unsigned)pid & 255];
  while (job && job->pid != pid) job = job->same_pid;
  return job;
}

void sched_release(Run *run, Job *job) {
  Sched *sched = &run->sched;
  if (!job->held) return;
  job->held = 0;
  for (Job **link = pid_chain(sched, job->pid); job->pid && *link; link = &(*link)->same_pid) {
    if (*link != job) continue;
    *link = job->same_pid;
    break;
  }
  job->pid = 0;
  sched->cpus_free += job->cpus;
  sched->memory_free += job->memory;
  sched->gpus_used &= ~job->gpu_bits;
  if (job->lane < LANES) sched->lanes_used[job->lane / 64] &= ~(UINT64_C(1) << job->lane % 64);
  if (job->prev)
    job->prev->next = job->next;
  else
    sched->running = job->next;
  if (job->next) job->next->prev = job->prev;
  sched->running_count--;
}

/* ---- keys under way ---- */

static Job **key_chain(Sched *sched, const RtDigest *key) { return &sched->by_key[key->bytes[0]]; }

Job *sched_same_key(const Run *run, const RtDigest *key) {
  Job *job = run->sched.by_key[key->bytes[0]];
  while (job && memcmp(&job->key, key, sizeof *key) != 0) job = job->same_key;
  return job;
}

void sched_forget(Run *run, Job *job) {
  sched_release(run, job);
  if (!job->keyed) return;
  job->keyed = 0;
  Job **link = key_chain(&run->sched, &job->key);
  while (*link != job) link = &(*link)->same_key;
  *link = job->same_key;
}

static void remember_key(Sched *sched, Job *job) {
  if (!job->shared || job->keyed) return;
  Job **chain = key_chain(sched, &job->key);
  job->same_key = *chain;
  *chain = job;
  job->keyed = 1;
}

/* ---- the queue ---- */

void sched_queue(Run *run, Job *job) {
  Sched *sched = &run->sched;
  remember_key(sched, job);
  job->passed = 0;
  job->next = NULL;
  job->prev = sched->waiting_last;
  if (sched->waiting_last)
    sched->waiting_last->next = job;
  else
    sched->waiting = job;
  sched->waiting_last = job;
  sched->waiting_count++;
}

static void unqueue(Sched *sched, Job *job) {
  if (job->prev)
    job->prev->next = job->next;
  else
    sched->waiting = job->next;
  if (job->next)
    job->next->prev = job->prev;
  else
    sched->waiting_last = job->prev;
  sched->waiting_count--;
}

/* The first that fits; none, once the first of all has been passed too often. */
static Job *next_job(Sched *sched) {
  for (Job *job = sched->waiting; job; job = job->next) {
    if (fits(sched, job)) return job;
    if (job->passed >= MOST_PASSED) return NULL;
    job->passed++;
  }
  return NULL;
}

static int start_waiting(Run *run) {
  int started = 0;
  for (Job *job; !run->stopping && (job = next_job(&run->sched)); started++) {
    unqueue(&run->sched, job);
    hold(&run->sched, job);
    task_start(job);
  }
  return started;
}

int sched_room(const Run *run) {
  const Sched *sched = &run->sched;
  return !run->stopping && sched->cpus_free > 1e-9 && sched->waiting_count < MOST_WAITING;
}

/* Jobs that will not start any more are lost, so that everything comes to its end. */
static int drop_waiting(Run *run) {
  int dropped = 0;
  for (Job *job; (job = run->sched.waiting); dropped++) {
    unqueue(&run->sched, job);
    run_skipped(run, job->frame, job->step);
    task_drop(job);
  }
  while (run->sched.pending_len) {
    Place place = pending_take(&run->sched);
    run_skipped(run, place.frame, place.step);
    step_done(place.frame, place.step, 1);
    dropped++;
  }
  return dropped;
}

int sched_start(Run *run) {
  if (run->stopping) return drop_waiting(run);
  int taken = start_waiting(run);
  while (run->sched.pending_len && sched_room(run)) {
    Place place = pending_take(&run->sched);
    task_consider(run, place.frame, place.step);
    taken += 1 + start_waiting(run);
    if (run->ready.len) break;
  }
  return taken;
}
