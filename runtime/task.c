/* task.c: a call becomes a job: its inputs are gathered, its key made and looked up. */
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch.h"
#include "element.h"
#include "explain.h"
#include "mark.h"
#include "message.h"
#include "report.h"
#include "text.h"

enum { SPARE_ARENA = 1 << 18 };

/* ---- jobs are used again ---- */

static Job *job_new(Run *run, Frame *frame, uint32_t step) {
  Job *job = run->spare_jobs;
  if (job) {
    run->spare_jobs = job->next;
  } else {
    job = calloc(1, sizeof *job);
    if (!job) arena_exhausted(sizeof *job);
    job->arena = arena_new();
  }
  job->run = run;
  job->frame = frame;
  job->step = step;
  job->code = &frame->plan->code->steps[step];
  job->task = &run->program->tasks[job->code->target];
  job->shared = !job->task->is_volatile && !job->code->volatile_context;
  return job;
}

static void job_free(Job *job) {
  Job kept = {.arena = job->arena, .parts = job->parts, .dir = job->dir, .reason = job->reason};
  if (arena_used(job->arena) > SPARE_ARENA) {
    arena_free(job->arena);
    kept.arena = arena_new();
  } else {
    arena_reset(job->arena);
  }
  kept.parts.len = kept.dir.len = kept.reason.len = 0;
  kept.next = job->run->spare_jobs;
  Run *run = job->run;
  *job = kept;
  run->spare_jobs = job;
}

void task_end_all(Run *run) {
  for (Job *job = run->spare_jobs, *next; job; job = next) {
    next = job->next;
    arena_free(job->arena);
    text_free(&job->parts);
    text_free(&job->dir);
    text_free(&job->reason);
    free(job);
  }
  run->spare_jobs = NULL;
}

/* Whoever waited for the same key is told as well: with the same result, or lost. */
static void finish_twins(Job *job, int lost) {
  for (Job *twin = job->twins, *next; twin; twin = next) {
    next = twin->twins;
    Frame *frame = twin->frame;
    const RtStep *code = twin->code;
    if (!lost)
      value_copy(frame_arena(frame), code->type, job->frame->slots + job->code->slot,
                 frame->slots + code->slot);
    run_done(twin, lost ? EVENT_FAILED : EVENT_CACHED);
    uint32_t step = twin->step;
    job_free(twin);
    step_done(frame, step, lost);
  }
}

static void job_finish(Job *job, int lost) {
  sched_forget(job->run, job);
  finish_twins(job, lost);
  Frame *frame = job->frame;
  uint32_t step = job->step;
  job_free(job);
  step_done(frame, step, lost);
}

void task_done(Job *job) { job_finish(job, 0); }
void task_drop(Job *job) { job_finish(job, 1); }

void task_refuse(Job *job, const char *code, const char *message, const char *hint) {
  RtText label = {0}, text = {0};
  step_label(&label, job->frame, job->step);
  text_addf(&text, "%s cannot run: %s", label.data, message);
  message_error(job->run, code, &job->task->place, text.data, hint);
  text_free(&text);
  text_free(&label);
  run_done(job, EVENT_FAILED);
  run_failed(job->run);
  task_drop(job);
}

/* ---- preparing ---- */

static void gather(Job *job) {
  const RtTask *task = job->task;
  job->in = arena_alloc(job->arena, task->in_type->size + 1);
  for (uint32_t i = 0; i < task->in_count; i++)
    memcpy(job->in + task->ins[i].offset, frame_at(job->frame, job->code->refs[i]), task->ins[i].type->size);
  job->pieces = arena_alloc(job->arena, (size_t)task->pieces_size + 1);
}

void task_hold(Job *job) {
  sched_forget(job->run, job);
  job_free(job);
}

static void cannot_prepare(Job *job) {
  Run *run = job->run;
  if (run->failure.later) {
    batch_later(run, job->frame, job->step);
    task_hold(job);
    return;
  }
  message_failure(run, job->frame, job->step);
  run_done(job, EVENT_FAILED);
  run_failed(run);
  task_drop(job);
}

static void prepare(void *with) {
  Job *job = with;
  RtCtx ctx = {job->arena, NULL, job->run};
  job->task->prepare(&ctx, job->in, &job->attrs, job->pieces);
}

static const char *wrong_attrs(const RtAttrs *attrs) {
  if (!(attrs->cpus >= 0) || isinf(attrs->cpus)) return "`cpus` must be a number that is not negative";
  if (!(attrs->gpus >= 0) || isinf(attrs->gpus)) return "`gpus` must be a number that is not negative";
  if (!(attrs->memory >= 0) || isinf(attrs->memory)) return "`memory` must be a size that is not negative";
  if (!(attrs->timeout >= 0)) return "`timeout` must be a duration that is not negative";
  if (attrs->retries < 0) return "`retries` must not be negative";
  return NULL;
}

/* What the job holds while it runs. A task that says nothing holds one CPU. */
static const char *too_much(Job *job, RtText *text) {
  const Sched *sched = &job->run->sched;
  const RtAttrs *attrs = &job->attrs;
  job->cpus = attrs->cpus > 0 ? attrs->cpus : 1;
  if (attrs->ranks > 0 && attrs->cpus == 0) job->cpus = (double)attrs->ranks;
  job->memory = attrs->memory;
  job->gpus = (int)ceil(attrs->gpus < 1e6 ? attrs->gpus : 1e6);
  if (job->run->element) job->gpus = 0; /* what it may use is in its environment already */
  if (job->cpus > sched->machine_cpus)
    text_addf(text, "it asks for %g CPUs, and this machine has %g", job->cpus, sched->machine_cpus);
  else if (job->memory > sched->machine_memory)
    text_addf(text, "it asks for %.1f MiB of memory, and there are %.1f", job->memory / 1048576,
              sched->machine_memory / 1048576);
  else if (job->gpus > sched->machine_gpus)
    text_addf(text, "it asks for %d GPUs, and there are %g", job->gpus, sched->machine_gpus);
  if (job->cpus > sched->cpus) job->cpus = sched->cpus; /* -j below what it asks for: it runs alone */
  return text->len ? text->data : NULL;
}

static int check_attrs(Job *job) {
  const char *wrong = wrong_attrs(&job->attrs);
  if (wrong) {
    task_refuse(job, "R0119", wrong, NULL);
    return 0;
  }
  RtText text = {0};
  wrong = too_much(job, &text);
  if (wrong) task_refuse(job, "R0104", wrong, "ask for less, or run it where there is more");
  text_free(&text);
  return wrong == NULL;
}

/* ---- looking up ---- */

/* The outputs of a record.  Whether files are still what they were is looked at where they are used: by a task that
 * starts, or when results are published.  Most runs after the first never come to look at most files, and nobody
 * misses what nobody needs. */
static int take_record(Job *job, const Record *record, const char **missing) {
  Frame *frame = job->frame;
  char *slot = frame->slots + job->code->slot;
  const RtType *type = job->task->out_type;
  *missing = NULL;
  RtArena *arena = frame_arena(frame);
  if (!value_decode(arena, record->outputs, record->end, type, slot, job->run->store.state)) return 0;
  return !record->doubtful || key_verify(&job->run->store, type, slot, 1, missing);
}

static int look_up(Job *job, const RtDigest *key) {
  Run *run = job->run;
  Record record;
  const char *missing = NULL;
  int found = journal_find(&run->journal, key, &record);
  if (found < 0)
    explain_missing(job, arena_copy(job->arena, record.outputs, (size_t)(record.end - record.outputs)));
  if (found <= 0) return 0;
  if (!take_record(job, &record, &missing)) {
    explain_missing(job, missing);
    return 0;
  }
  if (record.doubtful) run->journal.doubted = 1;
  run_done(job, EVENT_CACHED);
  return 1;
}

/* Of the files of a job's inputs: how many tasks have made, and how many they will make. */
typedef struct Made {
  const char *prefix;
  int64_t made, promised;
} Made;

static void count_made(RtFile *file, void *with) {
  Made *made = with;
  made->promised += file->promised;
  made->made += strncmp(file->path->bytes, made->prefix, strlen(made->prefix)) == 0;
}

/* A key tells the contents of the inputs, or their makers (batch.h): what is not found by one may be by the other. */
static int look_up_other(Job *job) {
  Run *run = job->run;
  if (run->batch ? run->journal.fd < 0 : !run->store.has_marks) return 0;
  Made made = {run->store.made, 0, 0};
  value_each_file(job->task->in_type, job->in, count_made, &made);
  if (!made.made || made.promised) return 0;
  RtDigest key;
  const char *path;
  return key_make(job, run->batch ? NULL : run->store.made, &key, NULL, &path) == 0 && look_up(job, &key);
}

/* Wait for a job of the same key that is under way. */
static int join_twin(Job *job) {
  if (!job->shared) return 0;
  Job *other = sched_same_key(job->run, &job->key);
  if (!other) return 0;
  job->twins = other->twins;
  other->twins = job;
  return 1;
}

static int make_key(Job *job) {
  const char *path = NULL;
  if (job->run->element) {
    job->key = job->run->element->key;
    return 1;
  }
  int error = key_make(job, job->run->batch ? job->run->store.made : NULL, &job->key, &job->parts, &path);
  if (!error) return 1;
  RtText text = {0};
  text_addf(&text, "cannot read its input %s: %s", path ? path : "", strerror(error));
  task_refuse(job, "R0115", text.data, NULL);
  text_free(&text);
  return 0;
}

/* Whether --only is about this job, or not there. */
static int chosen(Job *job) {
  if (!job->run->options.only) return 1;
  RtText label = {0};
  step_label(&label, job->frame, job->step);
  int same = strcmp(label.data, job->run->options.only) == 0;
  text_free(&label);
  job->run->matched += same;
  return same;
}

/* Nothing is known of it: it runs, or what else the mode says. */
static void go_on(Job *job) {
  Run *run = job->run;
  if (run->batch) {
    batch_note(job);
  } else if (run->options.dry_run) {
    explain_dry(job);
    task_drop(job);
  } else if (run->options.mode == MODE_FINISH) {
    mark_missing(job);
  } else {
    sched_queue(run, job);
  }
}

void task_consider(Run *run, Frame *frame, uint32_t step) {
  Job *job = job_new(run, frame, step);
  gather(job);
  if (!run_try(run, prepare, job)) {
    cannot_prepare(job);
    return;
  }
  if (!check_attrs(job) || !make_key(job)) return;
  if (join_twin(job)) return;
  int wanted = chosen(job), again = wanted && run->options.only;
  if (!again && (look_up(job, &job->key) || look_up_other(job))) {
    if (run->batch) batch_done(job);
    task_done(job);
  } else if (!wanted) {
    run_skipped(run, frame, step);
    task_drop(job);
  } else {
    go_on(job);
  }
}
