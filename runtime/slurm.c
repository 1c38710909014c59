/* slurm.c: what submit.sh, the jobs of waves and the controller call: processes of our own, one after another, so
 * that none of them can take the others with it. */
#include "slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "slurm_wait.h"
#include "text.h"

static const char task_script[] = "#!/bin/sh\nexec \"$1\" --element \"$2\" \"$SLURM_ARRAY_TASK_ID\"\n";

/* What `submit` was asked for. */
typedef struct Submit {
  SlurmFollow follow;
  SlurmRun run;
  int wait, status, cancel;
  RtOptions options;
} Submit;

int slurm_wanted(const RtOptions *options) {
  return options->executor && strcmp(options->executor, "slurm") == 0 && options->mode == MODE_RUN &&
         !options->dry_run;
}

static int is_pilot(const Submit *submit) { return strcmp(submit->run.strategy, "pilot") == 0; }

/* ---- its own words, before those of the workflow ---- */

/* `--jobs DIR --strategy NAME --max-array N --max-jobs N --`, written by the exporter; then the user's. */
static int take_settings(Submit *submit, int argc, char **argv) {
  int at = 3;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    if (strcmp(argv[at], "--jobs") == 0) submit->run.jobs = argv[at + 1];
    if (strcmp(argv[at], "--strategy") == 0) submit->run.strategy = argv[at + 1];
    if (strcmp(argv[at], "--max-array") == 0) submit->run.max_array = strtoll(argv[at + 1], NULL, 10);
    if (strcmp(argv[at], "--max-jobs") == 0) submit->run.max_jobs = strtoll(argv[at + 1], NULL, 10);
  }
  return at < argc ? at + 1 : at;
}

/* Switches of ours among the user's; the rest is the workflow's. */
static void take_switches(Submit *submit, int from, int argc, char **argv) {
  submit->run.args = calloc((size_t)argc + 1, sizeof *submit->run.args);
  if (!submit->run.args) arena_exhausted((size_t)argc * sizeof *submit->run.args);
  for (int i = from; i < argc; i++) {
    if (strcmp(argv[i], "--wait") == 0)
      submit->wait = 1;
    else if (strcmp(argv[i], "--status") == 0)
      submit->status = 1;
    else if (strcmp(argv[i], "--cancel") == 0)
      submit->cancel = 1;
    else if (strcmp(argv[i], "--strategy") == 0 && i + 1 < argc)
      submit->run.strategy = argv[++i];
    else
      submit->run.args[submit->run.arg_count++] = argv[i];
  }
}

/* All problems with the flags are told here, before anything is submitted: -1 to go on. */
static int check_flags(Submit *submit, const RtProgram *program, RtArena *arena, const char *command) {
  char **argv = arena_alloc(arena, (submit->run.arg_count + 2) * sizeof *argv);
  argv[0] = (char *)command;
  memcpy(argv + 1, submit->run.args, submit->run.arg_count * sizeof *argv);
  size_t size = program->regions[0].frame_size;
  char *frame = arena_alloc(arena, size + sizeof(RtFrameHead));
  if (program->regions[0].image) memcpy(frame, program->regions[0].image, size);
  int status = cli_parse(program, (int)submit->run.arg_count + 1, argv, &submit->options, arena, frame);
  if (status >= 0) return status;
  if (!is_pilot(submit) && strcmp(submit->run.strategy, "arrays") != 0) {
    fprintf(stderr, "error[R0006]: --strategy: \"%.80s\" is neither arrays nor pilot\n",
            submit->run.strategy);
    return 2;
  }
  if (!submit->options.fresh && !submit->options.only) return -1;
  fprintf(stderr, "error[R0007]: --%s is not for Slurm\n", submit->options.only ? "only" : "fresh");
  fprintf(stderr, "  help: remove %s to run everything again\n", submit->options.state);
  return 2;
}

/* ---- the state directory ---- */

static int open_state(SlurmFollow *follow, const char *state, RtText *path) {
  text_addf(path, "%s/slurm/logs", state);
  int error = disk_make_dirs(path->data);
  char *real = error ? NULL : realpath(state, NULL);
  if (!real) {
    fprintf(stderr, "error[R0112]: cannot make the directory %s: %s\n", path->data,
            strerror(error ? error : errno));
    return 0;
  }
  int usable = strlen(real) < sizeof follow->state && !strpbrk(real, "\\\n");
  snprintf(follow->state, sizeof follow->state, "%s", real);
  if (usable)
    slurm_tag(follow->tag, real);
  else
    fprintf(stderr, "error[R0112]: Slurm cannot write logs in %s: the path is too long or has a backslash\n",
            real);
  free(real);
  return usable;
}

/* What an earlier submission has left that would tell of this one. */
static void forget_earlier(const SlurmFollow *follow, int in_queue) {
  static const char *const names[] = {"finished", "summary.json", "report", "awaited", "index", "jobs"};
  enum { OF_QUEUE = 2 }; /* the last ones, which tell what is in the queue */
  RtText path = {0};
  for (size_t i = 0; i < sizeof names / sizeof *names - (in_queue ? OF_QUEUE : 0); i++) {
    path.len = 0;
    text_addf(&path, "%s/slurm/%s", follow->state, names[i]);
    unlink(path.data);
  }
  path.len = 0;
  text_addf(&path, "%s/marks", follow->state);
  if (!in_queue) slurm_forget_failures(path.data);
  text_free(&path);
}

static int write_run(Submit *submit, RtArena *arena) {
  char *cwd = getcwd(NULL, 0);
  submit->run.cwd = cwd ? arena_copy(arena, cwd, strlen(cwd)) : ".";
  free(cwd);
  int error = slurm_run_write(&submit->run, submit->follow.state);
  RtText path = {0};
  text_addf(&path, "%s/slurm/task.sbatch", submit->follow.state);
  if (!error && !*submit->run.jobs) error = disk_put(path.data, task_script, sizeof task_script - 1, 0666);
  text_free(&path);
  if (error) fprintf(stderr, "error[R0112]: cannot write in %s: %s\n", submit->follow.state, strerror(error));
  return error == 0;
}

/* ---- submit ---- */

static int silent(void) {
  fprintf(stderr, "error[R0129]: Slurm does not answer\n  help: does `squeue` work here?\n");
  return 1;
}

static int under_way(const SlurmJobs *jobs) {
  fprintf(stderr,
          "error[R0128]: the workflow is under way: %lld jobs are in the queue\n"
          "  help: wait for it with --wait, look at it with --status, or end it with --cancel\n",
          (long long)jobs->count);
  return 1;
}

/* One job that does it all: -1 once it is submitted. */
static int submit_pilot(const Submit *submit) {
  RtText why = {0};
  int end = slurm_submit_script(&submit->run, submit->follow.state, "whole-run", "", &why);
  if (end <= 0) fprintf(stderr, "error[R0127]: Slurm does not take the job: %s\n", why.data ? why.data : "");
  text_free(&why);
  return end > 0 ? -1 : 1;
}

/* Jobs that nothing follows were left by a submission that was killed: they are gone on with. */
static int submit_first(Submit *submit, RtArena *arena) {
  SlurmFollow *follow = &submit->follow;
  SlurmJobs jobs;
  if (!slurm_jobs(follow->tag, &jobs)) return silent();
  if (jobs.goes_on) return submit->wait ? slurm_wait(follow) : under_way(&jobs);
  forget_earlier(follow, jobs.count > 0);
  if (!write_run(submit, arena)) return 1;
  int status = is_pilot(submit) ? submit_pilot(submit) : slurm_waves(follow, "submit");
  if (status < 0 && submit->wait) return slurm_wait(follow);
  if (status < 0 && !is_pilot(submit))
    fprintf(stderr, "logs are in %s/slurm/logs, what each is of in %s/slurm/index\n", follow->state,
            follow->state);
  return status < 0 ? 0 : slurm_tell(follow, status);
}

static int submit_main(const RtProgram *program, int argc, char **argv) {
  RtArena *arena = arena_new();
  RtText path = {0};
  Submit submit = {.run = {.jobs = "", .strategy = "arrays"}};
  take_switches(&submit, take_settings(&submit, argc, argv), argc, argv);
  int status = check_flags(&submit, program, arena, argv[0]);
  if (status < 0 && !open_state(&submit.follow, submit.options.state, &path)) status = 1;
  if (status < 0) {
    if (submit.cancel)
      status = slurm_end(&submit.follow);
    else if (submit.status)
      status = slurm_show(&submit.follow);
    else
      status = submit_first(&submit, arena);
  }
  free(submit.run.args);
  text_free(&path);
  arena_free(arena);
  return status;
}

/* ---- a wave that runs as a job ---- */

static int next_main(const char *state, int pilot) {
  SlurmFollow follow = {.state = ""};
  snprintf(follow.state, sizeof follow.state, "%s", state);
  slurm_tag(follow.tag, state);
  int status = pilot ? slurm_pilot(&follow) : slurm_waves(&follow, "next");
  return status < 0 ? 0 : status;
}

int slurm_main(const RtProgram *program, int argc, char **argv) {
  if (argc > 2 && strcmp(argv[2], "submit") == 0) return submit_main(program, argc, argv);
  if (argc == 4 && strcmp(argv[2], "next") == 0) return next_main(argv[3], 0);
  if (argc == 4 && strcmp(argv[2], "pilot") == 0) return next_main(argv[3], 1);
  if (argc == 4 && strcmp(argv[2], "agent") == 0) return slurm_agent(argv[3]);
  fprintf(stderr, "error[R0002]: --slurm needs `submit`, `next` or `pilot`\n");
  return 2;
}

/* ---- the controller ---- */

int slurm_control(const RtProgram *program, int argc, char **argv, const RtOptions *options) {
  (void)program;
  RtArena *arena = arena_new();
  RtText path = {0};
  Submit submit = {.run = {.jobs = "", .strategy = "arrays"}, .wait = 1};
  submit.run.args = argv + 1;
  submit.run.arg_count = (uint32_t)argc - 1;
  int status = 1;
  if (options->fresh || options->only)
    fprintf(stderr, "error[R0007]: --%s is not for Slurm\n", options->only ? "only" : "fresh");
  else if (open_state(&submit.follow, options->state, &path)) {
    /* what a controller that was killed has left */
    if (slurm_cancel(submit.follow.tag) < 0) return silent();
    forget_earlier(&submit.follow, 0);
    if (write_run(&submit, arena)) status = slurm_tell(&submit.follow, slurm_lead(&submit.follow));
  }
  text_free(&path);
  arena_free(arena);
  return status;
}
