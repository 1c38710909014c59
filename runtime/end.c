/* end.c: a process has ended: outputs are read, checked, hashed and noted in the journal, or the failure is told. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "element.h"
#include "message.h"
#include "report.h"
#include "task.h"
#include "text.h"
#include "work.h"

/* What the end of a process is told by. */
typedef struct Used {
  double wall, cpu;
  int64_t rss;
} Used;

/* Outputs of a job, as finish made them. */
typedef struct Outputs {
  Job *job;
  RtWork work;
  char *slot;
  const char **keep; /* relative to the directory */
  size_t count, cap;
  int error;
  const char *path;
} Outputs;

static void give_slot(Job *job) {
  if (job->out_fd >= 0) close(job->out_fd);
  job->out_fd = -1;
  if (job->slot) slot_give(&job->run->store, job->slot, job->log_size);
  job->slot = NULL;
}

void task_abandon(Job *job) {
  if (job->dir.len) store_remove(&job->run->store, job->dir.data);
  job->dir.len = 0;
  give_slot(job);
}

/* ---- a good end ---- */

static void call_finish(void *with) {
  Outputs *outputs = with;
  Job *job = outputs->job;
  RtCtx ctx = {frame_arena(job->frame), &outputs->work, job->run};
  job->task->finish(&ctx, job->in, outputs->slot);
}

/* The path below the task's directory; NULL if it is not below it (an input handed on). */
static const char *below_dir(const Job *job, const RtFile *file) {
  const char *dir = task_dir(job), *path = file->path->bytes;
  size_t len = strlen(dir);
  if (strncmp(path, dir, len) != 0) return NULL;
  if (!path[len]) return ".";
  return path[len] == '/' ? path + len + 1 : NULL;
}

static void note_kept(RtFile *file, void *with) {
  Outputs *outputs = with;
  const char *path = below_dir(outputs->job, file);
  if (!path) return;
  if (outputs->count == outputs->cap) {
    outputs->cap = outputs->cap ? outputs->cap * 2 : 8;
    const char **keep = realloc(outputs->keep, outputs->cap * sizeof *keep);
    if (!keep) arena_exhausted(outputs->cap * sizeof *keep);
    outputs->keep = keep;
  }
  outputs->keep[outputs->count++] = path;
}

static void hash_output(RtFile *file, void *with) {
  Outputs *outputs = with;
  if (outputs->error || file->hashed) return;
  outputs->error = file_hash(file);
  if (outputs->error) outputs->path = file->path->bytes;
}

/* What is not an output goes; then what is left is hashed. */
static void keep_outputs(Outputs *outputs) {
  Job *job = outputs->job;
  const RtType *type = job->task->out_type;
  if (!job->dir.len) return; /* a slot's directory is emptied when it is used next */
  value_each_file(type, outputs->slot, note_kept, outputs);
  if (outputs->count == 0) {
    outputs->error = store_remove(&job->run->store, job->dir.data);
  } else {
    outputs->error = store_tidy(outputs->work.dir_fd, outputs->keep, outputs->count);
  }
  if (outputs->error) outputs->path = job->dir.data;
  value_each_file(type, outputs->slot, hash_output, outputs);
}

static void keep_log(const Job *job, const Used *used) {
  if (!job->log_size) return;
  RtText label = {0};
  step_label(&label, job->frame, job->step);
  int error = store_log(&job->run->store, label.data, used->wall, job->slot->log_fd, job->log_size);
  if (error) run_broken(job->run, "write", "the log of tasks", error);
  text_free(&label);
}

static void note_done(Job *job, const Used *used, char *slot) {
  Run *run = job->run;
  RtText *line = journal_begin(&run->journal, 'D');
  char hex[65];
  digest_hex(&job->key, hex);
  text_addf(line, "%s\t%s\t", hex, job->task->name);
  step_label(line, job->frame, job->step);
  text_addf(line, "\t%.3f\t%.4f\t%.4f\t%lld\t", job->start_wall, used->wall, used->cpu, (long long)used->rss);
  text_add(line, job->parts.data, job->parts.len);
  text_char(line, '\t');
  value_encode(line, job->task->out_type, slot, run->store.state);
  if (job->shared && !run->element)
    journal_end(&run->journal);
  else
    journal_end_unindexed(&run->journal);
  int error = run->element ? element_done(job, slot) : journal_flush(&run->journal);
  if (error) run_broken(run, "write", run->element ? "the mark of the task" : "the journal", error);
}

static int open_work(Outputs *outputs) {
  Job *job = outputs->job;
  RtWork *work = &outputs->work;
  work->dir = task_dir(job);
  work->task = job->task;
  work->stdout_fd = job->task->uses_stdout ? (job->out_fd >= 0 ? job->out_fd : job->slot->out_fd) : -1;
  work->dir_fd = job->slot->dir_fd;
  if (!job->dir.len) return 1;
  work->dir_fd = open(job->dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return work->dir_fd >= 0;
}

static void close_work(Outputs *outputs) {
  if (outputs->job->dir.len && outputs->work.dir_fd >= 0) close(outputs->work.dir_fd);
  free(outputs->keep);
}

static void succeed(Job *job, const Used *used, Outputs *outputs) {
  keep_outputs(outputs);
  int error = outputs->error;
  const char *path = outputs->path;
  close_work(outputs);
  if (error) {
    run_broken(job->run, "keep the output", path, error);
    run_done(job, EVENT_FAILED);
    task_abandon(job);
    task_drop(job);
    return;
  }
  keep_log(job, used);
  note_done(job, used, outputs->slot);
  give_slot(job);
  run_done(job, EVENT_RAN);
  task_done(job);
}

/* ---- a bad end ---- */

/* Once more, if the task says so. */
static int retry(Job *job, const char *what) {
  Run *run = job->run;
  if (job->attempt >= job->attrs.retries || run->stopping || run->options.only) return 0;
  job->attempt++;
  RtText label = {0};
  step_label(&label, job->frame, job->step);
  message_note(run, "%s: %s; attempt %lld of %lld follows", label.data, what, (long long)job->attempt + 1,
               (long long)job->attrs.retries + 1);
  text_free(&label);
  task_abandon(job);
  job->timed_out = job->ended = 0;
  job->kill_at = 0;
  sched_queue(run, job);
  return 1;
}

static void fail(Job *job, const char *code, const char *what, const RtPlace *at, const char *hint) {
  if (retry(job, what)) return;
  failed_report(job, code, what, at, hint);
  task_abandon(job);
  run_done(job, EVENT_FAILED);
  run_failed(job->run);
  task_drop(job);
}

static int accepted(const Job *job, int code) {
  const RtArray *accept = job->attrs.accept;
  if (!accept) return code == 0;
  for (int64_t i = 0; i < accept->len; i++)
    if (((const int64_t *)(const void *)accept->items)[i] == code) return 1;
  return 0;
}

static void read_outputs(Job *job, const Used *used) {
  Outputs outputs = {.job = job, .slot = job->frame->slots + job->code->slot};
  if (!open_work(&outputs)) {
    close_work(&outputs);
    fail(job, "R0080", "its directory is gone", &job->task->place, NULL);
  } else if (run_try(job->run, call_finish, &outputs)) {
    succeed(job, used, &outputs);
  } else {
    Failure *failure = &job->run->failure;
    close_work(&outputs);
    RtText what = {0};
    text_add(&what, failure->message.data, failure->message.len);
    RtPlace at = failure->at.file ? failure->at : job->task->place;
    char code[8];
    memcpy(code, failure->code, sizeof code);
    fail(job, code, what.data, &at, NULL);
    text_free(&what);
  }
}

static double seconds(const struct timeval *time) {
  return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void account(Job *job, const struct rusage *usage, Used *used) {
  Run *run = job->run;
  used->wall = clock_now() - job->start;
  used->cpu = seconds(&usage->ru_utime) + seconds(&usage->ru_stime);
  used->rss = usage->ru_maxrss;
  if (used->rss > run->peak_rss) run->peak_rss = used->rss;
  run->cpu_total += used->cpu;
  run->wall_total += used->wall;
  job->used_wall = used->wall;
  job->used_cpu = used->cpu;
  job->used_rss = used->rss;
}

void task_ended(Job *job, int status, const struct rusage *usage) {
  Used used;
  char what[80];
  process_signal(job->pid, SIGKILL); /* what it left running */
  account(job, usage, &used);
  sched_release(job->run, job);
  struct stat st;
  job->log_size = fstat(job->slot->log_fd, &st) ? 1 : st.st_size;
  if (job->ended) {
    task_abandon(job);
    run_skipped(job->run, job->frame, job->step);
    task_drop(job);
  } else if (job->timed_out) {
    snprintf(what, sizeof what, "it was not done within its timeout of %g s", job->attrs.timeout);
    fail(job, "R0102", what, &job->task->place, NULL);
  } else if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    const char *name = sigabbrev_np(number);
    snprintf(what, sizeof what, "signal %d (SIG%s)", number, name ? name : "?");
    fail(job, "R0101", what, &job->task->place,
         number == SIGKILL ? "the system kills so when memory runs out" : NULL);
  } else if (!accepted(job, WEXITSTATUS(status))) {
    snprintf(what, sizeof what, "exit status %d", WEXITSTATUS(status));
    fail(job, "R0100", what, &job->task->place,
         WEXITSTATUS(status) == 127 ? "127 mostly means: a command was not found" : NULL);
  } else {
    read_outputs(job, &used);
  }
}
