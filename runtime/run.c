/* run.c: rt_main, the loop that drives everything, and where failed evaluations land. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "ask.h"
#include "batch.h"
#include "disk.h"
#include "element.h"
#include "explain.h"
#include "mark.h"
#include "message.h"
#include "progress.h"
#include "publish.h"
#include "report.h"
#include "slurm.h"
#include "task.h"
#include "text.h"

enum { SYNC_EVERY = 5, GRACE = 2, SLICE = 1024, MOST_ROUNDS = 100 };

double clock_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double clock_wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- failed evaluations ----
 * Compiled code calls rt_fail from any depth; it lands at the innermost run_try.  The run is found through this
 * variable and not through the context, since defaults of inputs are evaluated before there is a run. */

static Run *running;

_Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code, const char *message) {
  (void)ctx;
  if (!running || !running->landing) {
    if (at && at->file)
      fprintf(stderr, "error[%s]: %s\n  --> %s:%u:%u\n", code, message, at->file, at->line, at->column);
    else
      fprintf(stderr, "error[%s]: %s\n", code, message);
    exit(2);
  }
  Failure *failure = &running->failure;
  failure->later = NULL;
  snprintf(failure->code, sizeof failure->code, "%s", code);
  failure->at = at ? *at : (RtPlace){0};
  failure->message.len = 0;
  text_puts(&failure->message, message);
  siglongjmp(*running->landing, 1);
}

_Noreturn void run_later(RtCtx *ctx, const RtPlace *at, const RtFile *file, const char *what) {
  (void)ctx;
  Failure *failure = &running->failure;
  failure->later = what;
  failure->file = file;
  failure->at = at ? *at : (RtPlace){0};
  siglongjmp(*running->landing, 1);
}

_Noreturn void rt_fail_index(RtCtx *ctx, const RtPlace *at, int64_t index, int64_t len) {
  char message[120];
  snprintf(message, sizeof message, "index %lld of an array of %lld elements", (long long)index,
           (long long)len);
  rt_fail(ctx, at, "R0106", message);
}

_Noreturn void rt_fail_zip(RtCtx *ctx, const RtPlace *at, int64_t len_a, int64_t len_b) {
  char message[120];
  snprintf(message, sizeof message, "arrays of %lld and %lld elements cannot go side by side",
           (long long)len_a, (long long)len_b);
  rt_fail(ctx, at, "R0107", message);
}

void run_set_current(Run *run) { running = run; }

int run_try(Run *run, void (*work)(void *with), void *with) {
  sigjmp_buf here, *volatile before = run->landing;
  volatile int done = 0;
  if (sigsetjmp(here, 0) == 0) {
    run->landing = &here;
    work(with);
    done = 1;
  }
  run->landing = before;
  return done;
}

/* ---- counting ---- */

/* Tasks that a frame has for sure: those directly in its region. */
void run_expect(Run *run, const Plan *plan, int64_t frames) {
  const RtRegion *code = plan->code;
  if (!plan->calls) return;
  for (uint32_t i = 0; i < code->nsteps; i++)
    if (code->steps[i].kind == RT_CALL || code->steps[i].kind == RT_ASK) run->counts.known += frames;
}

void run_skipped(Run *run, Frame *frame, uint32_t step) {
  uint8_t kind = frame->plan->code->steps[step].kind;
  if (kind == RT_CALL || kind == RT_ASK) run->counts.skipped++;
  if (run->options.dry_run && kind != RT_RESULT) explain_later(frame, step);
}

void run_done(Job *job, EventState state) {
  Run *run = job->run;
  Plan *plan = job->frame->plan;
  int64_t *total[EVENT_STATES] = {&run->counts.done, &run->counts.cached, &run->counts.failed};
  uint32_t *each[EVENT_STATES] = {plan->done, plan->cached, plan->failed};
  ++*total[state];
  each[state][job->step]++;
  trace_job(run, job, state);
  report_job(run, job, state);
}

/* ---- stopping ---- */

static void signal_all(Run *run, int signal) {
  for (Job *job = run->sched.running; job; job = job->next) {
    if (job->pid) process_signal(job->pid, signal);
    job->ended = 1;
  }
}

static void stop(Run *run) {
  if (run->stopping) return;
  run->stopping = 1;
  run->stopped_at = clock_now();
  signal_all(run, SIGTERM);
}

void run_failed(Run *run) {
  run->status = 1;
  if (!run->options.keep_going) stop(run);
}

void run_broken(Run *run, const char *what, const char *path, int reason) {
  run->status = 1;
  if (!run->broken) {
    RtText text = {0};
    text_addf(&text, "cannot %s %s: %s", what, path, strerror(reason));
    message_error(run, "R0108", NULL, text.data, "what is finished is kept: run again once there is room");
    text_free(&text);
  }
  run->broken = 1;
  stop(run);
}

void run_damaged(Run *run, const char *path) {
  const char *key = store_key_of(&run->store, path);
  if (!key) return;
  if (run->element) {
    element_damaged(run, path);
    return;
  }
  mark_forget(&run->store, key);
  journal_forget(&run->journal, key, path);
  int error = journal_flush(&run->journal);
  if (error) run_broken(run, "write", "the journal", error);
  run->again = run->stopping = 1; /* what runs may end in peace */
}

/* ---- by the clock ---- */

static void check_deadlines(Run *run, double now) {
  for (Job *job = run->sched.running; job; job = job->next) {
    if (job->deadline && now >= job->deadline && !job->timed_out) {
      job->timed_out = 1;
      job->kill_at = now + GRACE;
      process_signal(job->pid, SIGTERM);
    }
    if (job->kill_at && now >= job->kill_at) process_signal(job->pid, SIGKILL);
  }
}

static void check_signals(Run *run) {
  int count, signal = signals_stop(&count);
  if (!signal) return;
  if (!run->stop_signal) {
    run->stop_signal = signal;
    stop(run);
  }
  if (count > run->stop_count && run->stop_count) signal_all(run, SIGKILL);
  run->stop_count = count;
}

/* A child writes the buffers to the disk, so that nothing waits for it. */
static void start_sync(Run *run) {
  if (run->syncer || run->journal.length == run->journal.dirty_from) return;
  run->syncing_to = run->journal.length;
  run->synced = clock_now();
  run->syncer = fork();
  if (run->syncer == 0) {
    close(run->store.lock_fd); /* it may take long, and must not hold the lock when we are gone */
    _exit(syncfs(run->store.state_fd) ? 1 : 0);
  }
  if (run->syncer < 0) run->syncer = 0;
}

static void note_synced(Run *run, int64_t to) {
  RtText *line = journal_begin(&run->journal, 'S');
  text_addf(line, "%lld", (long long)to);
  journal_end(&run->journal);
  int error = journal_flush(&run->journal);
  if (error) run_broken(run, "write", "the journal", error);
  run->journal.dirty_from = run->journal.length;
}

static void tick(Run *run) {
  if (run->batch) return;
  double now = clock_now();
  check_deadlines(run, now);
  if (run->stopping && run->stopped_at && now - run->stopped_at > GRACE) signal_all(run, SIGKILL);
  if (run->element) return;
  if (run->asks) ask_poll(run);
  if (now - run->synced > SYNC_EVERY) start_sync(run);
  progress_tick(run);
}

/* ---- the loop ---- */

static void reap(Run *run, pid_t pid, int status, const struct rusage *usage) {
  if (pid == run->syncer) {
    run->syncer = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !run->broken) note_synced(run, run->syncing_to);
    return;
  }
  Job *job = sched_find(run, pid);
  if (job) task_ended(job, status, usage);
}

/* Everything that has ended; with `block`, wait until something does. */
static void collect(Run *run, int block) {
  int status;
  struct rusage usage;
  for (pid_t pid; (pid = process_wait(block, &status, &usage)) > 0; block = 0) {
    reap(run, pid, status, &usage);
    if (run->sched.running_count == 0 || run->ready.len) return;
    if (block) return; /* what it set free can start at once; others are met in the next round */
  }
}

/* For about a millisecond at most: processes that have ended meanwhile should not wait for long. */
static void drain(void *with) {
  Run *run = with;
  double until = clock_now() + 1e-3;
  for (int slice = SLICE; slice > 0; slice--) {
    if (slice % 32 == 0 && clock_now() > until) return;
    if (run->ready.len) {
      run->current = run->ready.places[--run->ready.len];
      step_run(run->current.frame, run->current.step);
    } else if (run->open_pure.newest && !run->stopping) {
      region_open(&run->open_pure);
    } else {
      return;
    }
  }
}

/* Steps that run at once.  One that fails is lost, and the rest goes on. */
static void run_ready(Run *run) {
  if (run_try(run, drain, run)) return;
  Frame *frame = run->current.frame;
  uint32_t step = run->current.step;
  uint8_t kind = frame->plan->code->steps[step].kind;
  if (run->failure.later) {
    batch_later(run, frame, step);
    return;
  }
  message_failure(run, frame, step);
  run_failed(run);
  if (kind >= RT_MAP && kind <= RT_TREE)
    region_lose(frame, step);
  else
    step_done(frame, step, 1);
}

static int work(Run *run) {
  if (run->ready.len || (run->open_pure.newest && !run->stopping)) {
    run_ready(run);
    return 1;
  }
  if (sched_start(run)) return 1;
  if (run->open.newest && sched_room(run) && run->sched.pending_len == 0) {
    region_open(&run->open);
    return 1;
  }
  return 0;
}

static void wait_a_tick(void) {
  struct timespec tenth = {0, 100000000};
  nanosleep(&tenth, NULL);
}

static void loop(Run *run) {
  uint32_t since = 0;
  while (!run->finished) {
    if (signals_tick()) tick(run);
    check_signals(run);
    if (work(run)) {
      if (run->sched.running_count && ++since % 4 == 0) collect(run, 0);
      continue;
    }
    if (run->stopping && run->sched.running_count == 0) return;
    if (run->sched.running_count)
      collect(run, 1);
    else if (run->asks)
      wait_a_tick();
    else
      return; /* nothing runs, nothing is ready: cannot be, unless the program is wrong */
  }
}

/* ---- beginning and end ---- */

static char *initial_slots(const RtProgram *program, RtArena *arena) {
  const RtRegion *root = &program->regions[0];
  size_t size = root->frame_size > sizeof(RtFrameHead) ? root->frame_size : sizeof(RtFrameHead);
  char *slots = arena_alloc(arena, size);
  if (root->image) memcpy(slots, root->image, root->frame_size);
  return slots;
}

static void on_exhausted(size_t wanted) {
  Run *run = running;
  if (run) {
    progress_clear(run);
    signal_all(run, SIGKILL);
  }
  char line[100];
  int len = snprintf(line, sizeof line, "error[R0090]: out of memory (%zu bytes more were needed)\n", wanted);
  disk_write(STDERR_FILENO, line, (size_t)len);
  _exit(1);
}

/* Descriptors 1 and 2 are open, so that no file of ours gets their number. */
int run_set_streams(void) {
  int null = open("/dev/null", O_RDWR);
  if (null < 0) null = memfd_create("null", 0); /* a bare chroot has no /dev; an empty file does as well */
  if (null < 0) return 0;
  if (fcntl(1, F_GETFD) < 0) dup2(null, 1);
  if (fcntl(2, F_GETFD) < 0) dup2(null, 2);
  if (null > 0) dup2(null, 0);
  if (null > 2) close(null);
  return 1;
}

static int open_state(Run *run) {
  RtError error;
  RtText path = {0};
  if (run->options.mode == MODE_LIST) return 1; /* nothing is looked up, and nothing kept */
  if (run->element) return element_open(run);
  if (!store_open(&run->store, run->options.state, &error)) {
    message_explained(run, &error);
    return 0;
  }
  text_addf(&path, "%s/answers", run->store.state);
  run->answers_dir = arena_copy(run->arena, path.data, path.len);
  path.len = 0;
  text_addf(&path, "%s/journal", run->store.state);
  int fresh = run->options.fresh ? 1 + (run->batch != NULL) : 0;
  int opened = journal_open(&run->journal, path.data, run->program->identity, fresh, &error);
  text_free(&path);
  if (!opened) {
    message_explained(run, &error);
    return 0;
  }
  if (run->journal.damaged)
    message_note(run, "warning: %d lines of the journal are damaged; their tasks run again",
                 run->journal.damaged);
  return mark_absorb(run);
}

static void close_journal(Run *run) {
  Journal *journal = &run->journal;
  if (run->broken || journal->fd < 0) return;
  if (run->again) return; /* the next round is the same run */
  int worth = run->counts.done > 0 || journal->doubted;
  if (!run->batch) { /* of a preparation nothing has ended: it goes on elsewhere */
    RtText *line = journal_begin(journal, 'E');
    text_addf(line, "%d", run->status);
    journal_end(journal);
  }
  int error = journal_flush(journal);
  if (error)
    run_broken(run, "write", "the journal", error);
  else if (worth && syncfs(run->store.state_fd) == 0)
    note_synced(run, journal->length);
}

/* The system would take it all back, but tests look for what is lost. */
static void release(Run *run) {
  signals_end();
  if (run->syncer) {
    int status;
    while (waitpid(run->syncer, &status, 0) < 0 && errno == EINTR) continue;
  }
  journal_close(&run->journal);
  store_close(&run->store);
  task_end_all(run);
  programs_free(&run->programs);
  sched_end(run);
  text_free(&run->failure.message);
  for (size_t i = 0; i < run->event_count; i++) free(run->events[i].label);
  free(run->events);
  frames_free(run);
  for (uint32_t i = 0; i < run->program->region_count; i++) plan_free_spare(&run->plans[i]);
  batch_free(run->batch);
}

static void tell_stop(Run *run) {
  if (run->stop_signal)
    message_note(run, "stopped by %s; the same command goes on from here",
                 run->stop_signal == SIGINT   ? "SIGINT"
                 : run->stop_signal == SIGHUP ? "SIGHUP"
                                              : "SIGTERM");
}

/* What is left to do once no task runs any more. */
static void conclude(Run *run) {
  if (run->batch) {
    batch_end(run);
    if (run->stop_signal) run->status = 128 + run->stop_signal;
    return;
  }
  if (run->element) {
    element_end(run);
    tell_stop(run);
    if (run->stop_signal) run->status = 128 + run->stop_signal;
    return;
  }
  if (run->finished && run->status == 0 && !run->options.dry_run && !run->options.only && !run->stop_signal) {
    if (!publish_all(run) || (!run->again && !publish_summary(run))) run->status = 1;
    if (run->store.has_marks) disk_remove(run->store.state_fd, "running"); /* what killed ones have left */
  }
  if (run->again) {
    progress_clear(run);
    trace_end(run);
    return;
  }
  if (run->options.only && run->matched == 0 && run->status == 0) {
    message_error(run, "R0118", NULL, "no task with the label given to --only could be reached", NULL);
    run->status = 1;
  }
  if (!run->finished && run->status == 0 && !run->stop_signal) {
    message_error(run, "R0120", NULL, "the workflow cannot go on: its steps wait for each other", NULL);
    run->status = 1;
  }
  if (run->options.dry_run && run->status == 0)
    message_note(run, "%lld to run now, %lld found done, %lld known later", (long long)run->dry_runs,
                 (long long)run->counts.cached, (long long)(run->counts.skipped));
  if (run->missing)
    message_note(run, "failed or not done: %lld; nothing is published", (long long)run->missing);
  progress_end(run);
  tell_stop(run);
  report_write(run, run->status);
  trace_end(run);
  if (run->stop_signal) run->status = 128 + run->stop_signal;
}

static void execute(Run *run, const char *slots) {
  run->plans = plans_new(run->program, run->arena);
  sched_begin(run);
  run->root = frame_new(run, &run->plans[0], NULL, 0);
  memcpy(run->root->slots + sizeof(RtFrameHead), slots + sizeof(RtFrameHead),
         run->plans[0].code->frame_size > sizeof(RtFrameHead)
             ? run->plans[0].code->frame_size - sizeof(RtFrameHead)
             : 0);
  run_expect(run, &run->plans[0], 1);
  if (!run->batch && !run->element) progress_begin(run);
  signals_begin();
  batch_begin(run);
  frame_start(run->root);
  frame_settle(run->root);
  loop(run);
  conclude(run);
  ask_end(run);
  close_journal(run);
}

int run_once(Run *run, char *slots) {
  run->began = run->synced = clock_now();
  run->began_wall = clock_wall();
  if (!report_begin(run)) return 1;
  int looks_only = run->options.dry_run || run->options.only || run->options.mode == MODE_LIST;
  run->batch = batch_new(run);
  if ((looks_only || publish_check(run)) && open_state(run)) {
    execute(run, slots);
  } else {
    run->status = 1;
    run->plans = plans_new(run->program, run->arena);
  }
  release(run);
  return run->status;
}

/* Another round when a file was not what it had been: its record is gone, so each round mends what the last found. */
static int run_rounds(Run *run, char *slots) {
  Run first = *run;
  for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
    *run = first;
    int status = run_once(run, slots);
    if (!run->again || run->broken || run->stop_signal) return status;
    first.options.fresh = 0; /* what the last round has done is fresh enough */
  }
  message_error(run, "R0121", NULL, "files of the state directory keep changing",
                "is another program writing there?");
  return 1;
}

int rt_main(const RtProgram *program, int argc, char **argv) {
  if (program->abi != RT_ABI) {
    fprintf(stderr, "error[R0117]: the program was compiled for another runtime (%u, this is %d)\n",
            program->abi, RT_ABI);
    return 1;
  }
  arena_on_exhausted(on_exhausted);
  if (argc > 1 && strcmp(argv[1], "--element") == 0) return element_main(program, argc, argv);
  if (argc > 1 && strcmp(argv[1], "--slurm") == 0) return slurm_main(program, argc, argv);
  RtArena *arena = arena_new();
  Run run = {.program = program, .command = argv[0], .arena = arena, .tty_fd = -1, .trace_fd = -1};
  char *slots = initial_slots(program, arena);
  int status = cli_parse(program, argc, argv, &run.options, arena, slots);
  if (status < 0 && slurm_wanted(&run.options)) {
    status = slurm_control(program, argc, argv, &run.options);
  } else if (status < 0) {
    running = &run;
    status = run_set_streams() ? run_rounds(&run, slots) : 1;
    running = NULL;
  }
  arena_free(arena);
  return status;
}
