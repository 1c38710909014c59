/* element.c: --element FILE N: one prepared task, as a run of a program that has no other step. */
#include "element.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "batch.h"
#include "disk.h"
#include "mark.h"
#include "message.h"
#include "spec.h"
#include "text.h"

/* ---- the program of one step ---- */

/* Memory for it: the step reads its inputs from the root frame, as they lie in the record of inputs. */
typedef struct One {
  RtProgram program;
  RtRegion region;
  RtStep step;
  uint32_t in_at, out_at;
} One;

static uint32_t align_up(uint32_t at) { return (at + 15) & ~15u; }

static void make_program(One *one, const RtProgram *program, const Spec *spec, RtArena *arena) {
  const RtTask *task = &program->tasks[spec->task];
  one->in_at = align_up(sizeof(RtFrameHead));
  one->out_at = align_up(one->in_at + task->in_type->size);
  RtRef *refs = arena_alloc(arena, (task->in_count + 1) * sizeof *refs);
  for (uint32_t i = 0; i < task->in_count; i++) refs[i].offset = one->in_at + task->ins[i].offset;
  one->step = (RtStep){.kind = RT_CALL,
                       .slot = one->out_at,
                       .type = task->out_type,
                       .nrefs = task->in_count,
                       .refs = refs,
                       .target = spec->task,
                       .export_ = RT_NONE,
                       .name = spec->label,
                       .place = task->place};
  one->region = (RtRegion){.name = program->name,
                           .frame_size = align_up(one->out_at + task->out_type->size),
                           .nsteps = 1,
                           .steps = &one->step};
  one->program = *program;
  one->program.in_count = one->program.out_count = 0;
  one->program.region_count = 1;
  one->program.regions = &one->region;
}

/* ---- inputs ---- */

/* A file that was only promised when the task was prepared is there by now, or its maker has failed. */
static void find_file(RtFile *file, void *with) {
  Run *run = with;
  struct stat st;
  if (file->hashed || run->status) return;
  if (stat(file->path->bytes, &st)) {
    element_damaged(run, file->path->bytes);
    return;
  }
  file->size = st.st_size;
  file->mtime_ns = disk_mtime(&st);
}

void element_damaged(Run *run, const char *path) {
  RtText text = {0};
  text_addf(&text, "its input %s is not there, or not what it was", path);
  message_error(run, "R0124", NULL, text.data, "the task that makes it has failed, or has to run again");
  text_free(&text);
  run->status = run->stopping = 1;
}

/* ---- the mark ---- */

static void sync_file(RtFile *file, void *with) {
  int *error = with;
  int fd = open(file->path->bytes, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || (file->is_dir ? syncfs(fd) : fsync(fd))) *error = errno;
  if (fd >= 0) close(fd);
}

/* What the mark tells of is on the disk before it is. */
int element_done(Job *job, char *slot) {
  Run *run = job->run;
  RtText *line = &run->journal.pending;
  int error = 0;
  value_each_file(job->task->out_type, slot, sync_file, &error);
  if (!error) error = mark_put(&run->store, &run->element->key, "done", line->data, line->len);
  run->element->done = !error;
  line->len = 0;
  return error;
}

static void mark_failure(Run *run) {
  RtText text = {0};
  const char *said = run->element->said.data ? run->element->said.data : "";
  const char *code = strstr(said, "error[");
  text_addf(&text, "%.5s %s\n%s", code ? code + 6 : "R0100", run->program->regions[0].steps[0].name, said);
  int error = mark_put(&run->store, &run->element->key, "failed", text.data, text.len);
  if (error) run_broken(run, "write", "the mark of the task", error);
  text_free(&text);
}

void element_end(Run *run) {
  char hex[65];
  digest_hex(&run->element->key, hex);
  if (run->element->done)
    mark_clear(&run->store, hex);
  else if (!run->stop_signal)
    mark_failure(run);
}

/* ---- the whole ---- */

int element_open(Run *run) {
  RtError error;
  char hex[65];
  digest_hex(&run->element->key, hex);
  if (!store_attach(&run->store, run->options.state, hex, &error)) {
    message_explained(run, &error);
    return 0;
  }
  if (mark_state(&run->store, hex) == MARK_DONE) /* by the one that had the lock */
    run->element->done = run->stopping = 1;
  else
    value_each_file(run->element->in_type, run->element->in, find_file, run);
  return 1;
}

/* Whether its mark is there; looked at before anything is touched. */
static int is_done(const Spec *spec) {
  char hex[65];
  digest_hex(&spec->key, hex);
  Store store = {.state_fd = open(spec->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  int done = store.state_fd >= 0 && mark_state(&store, hex) == MARK_DONE;
  if (store.state_fd >= 0) close(store.state_fd);
  return done;
}

static int run_element(const RtProgram *program, const Spec *spec, RtArena *arena, const char *command) {
  One one;
  make_program(&one, program, spec, arena);
  const RtTask *task = &program->tasks[spec->task];
  char *slots = arena_alloc(arena, one.region.frame_size);
  Element element = {.key = spec->key, .in_type = task->in_type, .in = slots + one.in_at};
  Run run = {.program = &one.program,
             .command = command,
             .arena = arena,
             .element = &element,
             .journal.fd = -1,
             .tty_fd = -1,
             .trace_fd = -1};
  run.options = (RtOptions){.out = ".", .state = spec->state, .gpus = -1};
  run_set_current(&run);
  int status = 2;
  if (!value_decode(arena, spec->input, spec->input_end, task->in_type, element.in, spec->state)) {
    message_error(&run, "R0125", NULL, "the inputs of the task cannot be read", NULL);
  } else if (!run_set_streams()) {
    status = 1;
  } else {
    status = run_once(&run, slots);
  }
  run_set_current(NULL);
  text_free(&element.said);
  return status;
}

static int64_t number_of(const char *text) {
  char *end;
  errno = 0;
  long long number = strtoll(text, &end, 10);
  return errno || *end || end == text || number < 0 ? -1 : number;
}

int element_main(const RtProgram *program, int argc, char **argv) {
  int64_t number = argc == 4 ? number_of(argv[3]) : -1;
  if (number < 0) {
    fprintf(stderr, "error[R0002]: --element needs a file of tasks and a number\n");
    return 2;
  }
  RtArena *arena = arena_new();
  RtError error;
  Spec spec;
  int status = 0;
  if (!spec_read(&spec, argv[2], number, program, arena, &error)) {
    fprintf(stderr, "error[%.5s]: %s\n", error.text, error.text + 6);
    status = 2;
  } else if (!is_done(&spec)) {
    status = run_element(program, &spec, arena, argv[0]);
  }
  arena_free(arena);
  return status;
}
