/* launch.c: an admitted job gets a directory and streams, and its program is started. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "explain.h"
#include "message.h"
#include "progress.h"
#include "task.h"
#include "text.h"

int task_has_files(const RtType *type) {
  switch ((RtKind)type->kind) {
    case RT_FILE:
    case RT_DIR:
      return 1;
    case RT_ARRAY:
    case RT_OPTION:
      return task_has_files(type->elem);
    case RT_RECORD:
      for (uint32_t i = 0; i < type->field_count; i++)
        if (task_has_files(type->fields[i].type)) return 1;
      return 0;
    default:
      return 0;
  }
}

const char *task_dir(const Job *job) { return job->dir.len ? job->dir.data : job->slot->dir.data; }

/* Where it runs: in the store if files come of it, in a directory used again and again if not. */
static int make_dir(Job *job) {
  if (task_has_files(job->task->out_type)) return store_make(&job->run->store, &job->key, &job->dir);
  return slot_dir(&job->run->store, job->slot);
}

/* Names that a tool insists on; directories of a name are made. */
static int stage_file(Job *job, const RtStage *stage) {
  RtText path = {0};
  text_addf(&path, "%s/%s", task_dir(job), stage->name->bytes);
  char *slash = strrchr(path.data, '/');
  *slash = 0;
  int error = disk_make_dirs(path.data);
  *slash = '/';
  if (!error && symlink(stage->file->path->bytes, path.data)) error = errno;
  text_free(&path);
  return error;
}

static int leads_out(const char *name) {
  if (!*name || *name == '/') return 1;
  for (const char *at = name; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
    if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || !at[2])) return 1;
  return 0;
}

static int stage_files(Job *job) {
  for (int64_t i = 0; job->attrs.stage && i < job->attrs.stage->len; i++) {
    const RtStage *stage = &((const RtStage *)(const void *)job->attrs.stage->items)[i];
    int error = leads_out(stage->name->bytes) ? EINVAL : stage_file(job, stage);
    if (error) return error;
  }
  return 0;
}

/* Standard output that becomes a File is written to one at once. */
static int open_streams(Job *job, Launch *launch) {
  const RtString *text = job->attrs.stdin_text;
  launch->in = -1;
  launch->err = launch->out = job->slot->log_fd;
  if (job->attrs.stdin_file) launch->in = open(job->attrs.stdin_file->path->bytes, O_RDONLY | O_CLOEXEC);
  if (text) launch->in = open(job->run->store.state, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if ((job->attrs.stdin_file || text) && launch->in < 0) return errno;
  if (text) {
    int error = disk_write(launch->in, text->bytes, (size_t)text->len);
    if (!error && lseek(launch->in, 0, SEEK_SET) < 0) error = errno;
    if (error) return error;
  }
  if (!job->task->uses_stdout) return 0;
  if (!job->dir.len) {
    int error = slot_out(&job->run->store, job->slot);
    launch->out = job->slot->out_fd;
    return error;
  }
  RtText path = {0};
  text_addf(&path, "%s/stdout", job->dir.data);
  launch->out = job->out_fd = open(path.data, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  text_free(&path);
  return launch->out < 0 ? errno : 0;
}

static void close_streams(const Job *job, const Launch *launch) {
  (void)job;
  if (launch->in >= 0) close(launch->in);
}

static int write_script(const Command *command) {
  return command->path.len ? disk_put(command->path.data, command->script.data, command->script.len, 0666)
                           : 0;
}

/* Our own disk is the matter, not the task: the run ends. */
static void cannot_set_up(Job *job, int error) {
  if (error == EINVAL && job->attrs.stage) {
    task_abandon(job);
    task_refuse(job, "R0119", "a name in `stage` leads out of the task's directory", NULL);
    return;
  }
  Run *run = job->run;
  task_abandon(job);
  run_broken(run, "prepare a directory in", run->store.state, error);
  run_done(job, EVENT_FAILED);
  task_drop(job);
}

static void cannot_start(Job *job, const char *name, int error) {
  RtText text = {0};
  const char *hint = NULL, *code = "R0116";
  if (error == ENOENT) {
    code = "R0103";
    hint = "install it, or add its directory to PATH";
    text_addf(&text, "the program %s was not found", name);
  } else if (error == E2BIG) {
    text_addf(&text, "its command line is longer than the system allows");
    hint = "hand over a file with the names, not the names";
  } else {
    text_addf(&text, "%s cannot be started: %s", name, strerror(error));
  }
  task_abandon(job);
  task_refuse(job, code, text.data, hint);
  text_free(&text);
}

static void started(Job *job, pid_t pid) {
  job->pid = pid;
  job->deadline = job->attrs.timeout > 0 ? job->start + job->attrs.timeout : 0;
  sched_started(job->run, job);
}

static void start_program(Job *job, const Launch *streams) {
  Command command;
  command_make(&command, job);
  Launch launch = *streams;
  int error = write_script(&command);
  if (error) {
    cannot_set_up(job, error);
  } else if (!command.argv[0]) {
    cannot_start(job, "(an empty command)", EINVAL);
  } else {
    launch.path = program_find(&job->run->programs, command.argv[0], command_env_value(job, "PATH"));
    launch.argv = command.argv;
    launch.envp = command_env(job, job->arena);
    launch.dir = task_dir(job);
    job->start = clock_now();
    job->start_wall = clock_wall();
    pid_t pid = launch.path ? process_start(&launch) : -1;
    if (pid < 0)
      cannot_start(job, command.argv[0], launch.path ? errno : ENOENT);
    else
      started(job, pid);
  }
  command_free(&command);
}

/* The files that it is going to read are looked at before anything is made. */
static int inputs_there(Job *job) {
  const char *path;
  if (!job->task->in_type->has_pointers) return 1;
  if (key_verify(&job->run->store, job->task->in_type, job->in, 0, &path)) return 1;
  run_damaged(job->run, path);
  run_skipped(job->run, job->frame, job->step);
  task_drop(job);
  return 0;
}

void task_start(Job *job) {
  Launch launch = {0};
  job->out_fd = -1;
  if (!inputs_there(job)) return;
  if (job->attempt == 0) explain_start(job);
  job->slot = slot_take(&job->run->store);
  int error = job->slot ? make_dir(job) : errno;
  if (!error) error = stage_files(job);
  if (!error) error = open_streams(job, &launch);
  if (error)
    cannot_set_up(job, error);
  else
    start_program(job, &launch);
  if (launch.in > 0) close_streams(job, &launch);
}
