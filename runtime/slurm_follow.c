/* slurm_follow.c: waves, one after another, and waiting for what they have submitted.
 *
 * Who waits looks at files; Slurm is asked now and then, ever more seldom, whether jobs are there at all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "slurm_wait.h"
#include "text.h"

enum { FULL_FIRST = 1, FULL_MOST = 30, ASK_FIRST = 3, ASK_MOST = 60, DOWN_TRIES = 20, LOCK_SECONDS = 600 };

static void rest(double seconds) {
  struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&time, NULL);
}

/* ---- processes of our own ---- */

static _Noreturn void become(const SlurmRun *run, const char *const extra[], int out, int err) {
  uint32_t count = 1, more = 0;
  while (extra[more]) more++;
  char **argv = calloc(run->arg_count + more + 2, sizeof *argv);
  if (!argv) arena_exhausted(run->arg_count * sizeof *argv);
  argv[0] = "workflow";
  for (uint32_t i = 0; i < run->arg_count; i++) argv[count++] = run->args[i];
  for (uint32_t i = 0; i < more; i++) argv[count++] = (char *)extra[i];
  if (out >= 0) dup2(out, 1);
  if (err >= 0) dup2(err, 2);
  if (chdir(run->cwd) == 0) execv("/proc/self/exe", argv);
  fprintf(stderr, "cannot go on in %s: %s\n", run->cwd, strerror(errno));
  _exit(1);
}

/* The workflow's own command with more words; its exit status. */
static int call_self(const SlurmFollow *follow, const char *const extra[], int out, int err) {
  SlurmRun run;
  int error = slurm_run_read(&run, follow->state), status = 0;
  if (error) {
    fprintf(stderr, "error[R0112]: cannot read %s/slurm/run: %s\n", follow->state, strerror(error));
    return 1;
  }
  pid_t pid = fork();
  if (pid == 0) become(&run, extra, out, err);
  slurm_run_free(&run);
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (pid < 0) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A wave that has just submitted us may still hold the lock. */
static void wait_for_lock(const SlurmFollow *follow) {
  RtText path = {0};
  text_addf(&path, "%s/lock", follow->state);
  int fd = open(path.data, O_RDWR | O_CLOEXEC);
  for (int tries = 0; fd >= 0 && tries < 50 * LOCK_SECONDS && flock(fd, LOCK_EX | LOCK_NB); tries++)
    rest(0.02);
  if (fd >= 0) close(fd);
  text_free(&path);
}

/* ---- the end ---- */

/* A file of STATE/slurm for writing. */
static int open_new(const SlurmFollow *follow, const char *name) {
  RtText path = {0};
  text_addf(&path, "%s/slurm/%s", follow->state, name);
  int fd = open(path.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  text_free(&path);
  return fd;
}

/* The last process: its output is what is left. */
static int run_last(const SlurmFollow *follow, const char *const extra[]) {
  int out = open_new(follow, "summary.json"), err = open_new(follow, "report");
  int status = call_self(follow, extra, out, err);
  if (out >= 0) close(out);
  if (err >= 0) close(err);
  slurm_leave(follow, status);
  return status;
}

static int finish(const SlurmFollow *follow) {
  static const char *const extra[] = {"--executor", "native", "--quiet", "--finish", NULL};
  return run_last(follow, extra);
}

/* This job was ended by Slurm and begins anew: tasks that ended with it have not failed. */
static void forget_ended(const SlurmFollow *follow) {
  RtText path = {0};
  text_addf(&path, "%s/marks", follow->state);
  slurm_forget_failures(path.data);
  text_free(&path);
}

/* A signal is for the workflow, which stops cleanly; what came of it is still left here. */
int slurm_pilot(const SlurmFollow *follow) {
  const char *cpus = getenv("SLURM_CPUS_PER_TASK"), *all = getenv("SLURM_CPUS_ON_NODE");
  const char *memory = getenv("SLURM_MEM_PER_NODE");
  char size[40];
  const char *extra[] = {"--executor", "native", "--quiet", "--jobs", cpus ? cpus : all ? all : "1",
                         NULL,         NULL,     NULL};
  if (memory && atoll(memory) > 0) {
    snprintf(size, sizeof size, "%lld MiB", atoll(memory));
    extra[5] = "--memory";
    extra[6] = size;
  }
  const char *nodes = getenv("SLURM_JOB_NUM_NODES");
  if (getenv("SLURM_RESTART_COUNT")) forget_ended(follow);
  if (nodes && atoll(nodes) > 1) return slurm_waves(follow, "pilot");
  signal(SIGTERM, SIG_IGN);
  wait_for_lock(follow);
  return run_last(follow, extra);
}

/* A wave could not do its work.  Where it was a job, that is the end, so that nobody waits for ever; elsewhere somebody
 * sees it, and jobs that are in the queue go on. */
static int broken(const SlurmFollow *follow, const char *who, int status) {
  RtText line = {0};
  int down = status == WAVE_DOWN, job = strcmp(who, "next") == 0 || strcmp(who, "pilot") == 0;
  if (down)
    text_puts(&line, "error[R0129]: Slurm does not answer\n  help: does `squeue` work here?\n");
  else if (job)
    text_addf(&line, "the workflow could not go on; %s/slurm/next.log may say why\n", follow->state);
  int fd = job ? open_new(follow, "report") : dup(STDERR_FILENO);
  if (fd >= 0 && line.len) disk_write(fd, line.data, line.len);
  if (fd >= 0) close(fd);
  text_free(&line);
  if (job) slurm_leave(follow, down ? 1 : status);
  return down ? 1 : status;
}

/* Before anything is submitted its silence is an error; later it may be a moment's. */
static int is_patient(const SlurmFollow *follow, int tries) {
  RtText path = {0};
  text_addf(&path, "%s/slurm/jobs", follow->state);
  int begun = access(path.data, F_OK) == 0;
  text_free(&path);
  return begun && tries < DOWN_TRIES;
}

int slurm_waves(const SlurmFollow *follow, const char *who) {
  const char *const extra[] = {"--executor", "native", "--slurm-wave", who, NULL};
  int down = 0;
  for (int pause = FULL_FIRST;; pause = pause * 2 > FULL_MOST ? FULL_MOST : pause * 2) {
    wait_for_lock(follow);
    int end = call_self(follow, extra, -1, -1);
    if (end == WAVE_WAITS) return -1;
    if (end == WAVE_ENDS) return finish(follow);
    if (end == WAVE_DOWN && is_patient(follow, down++)) end = WAVE_FULL;
    if (end != WAVE_AGAIN && end != WAVE_FULL) return broken(follow, who, end);
    if (end == WAVE_FULL) rest(pause);
  }
}

/* ---- waiting ---- */

/* Jobs may be gone without a word: nobody would go on then. */
typedef struct Watch {
  double next, pause;
} Watch;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Whether it is time to ask Slurm, and no job of ours is there. */
static int all_gone(const SlurmFollow *follow, Watch *watch) {
  double time = now();
  if (!watch->pause) watch->pause = ASK_FIRST, watch->next = time + ASK_FIRST;
  if (time < watch->next) return 0;
  watch->pause = watch->pause * 2 > ASK_MOST ? ASK_MOST : watch->pause * 2;
  watch->next = time + watch->pause;
  SlurmJobs jobs;
  return slurm_jobs(follow->tag, &jobs) && jobs.count == 0;
}

/* All jobs are gone, and nothing is left of the workflow's end. */
static int go_on_alone(const SlurmFollow *follow) {
  SlurmRun run;
  int pilot = slurm_run_read(&run, follow->state) == 0 && strcmp(run.strategy, "pilot") == 0;
  slurm_run_free(&run);
  if (!pilot) return slurm_waves(follow, "submit");
  fprintf(stderr, "error[R0126]: the job has ended without a result; submit again to go on\n");
  return 1;
}

int slurm_wait(const SlurmFollow *follow) {
  Watch watch = {0};
  for (double pause = 0.01;; pause = pause < 0.2 ? pause * 1.2 : 0.2) {
    int status = slurm_finished(follow);
    if (status < 0 && all_gone(follow, &watch) && (status = slurm_finished(follow)) < 0) {
      status = go_on_alone(follow);
      watch = (Watch){0};
    }
    if (status >= 0) return slurm_tell(follow, status);
    rest(pause);
  }
}

/* ---- the controller ---- */

/* What a wave waits for. */
typedef struct Awaited {
  char *text, *at; /* keys that are not there yet begin at `at` */
  int any;
  struct timespec seen; /* when the folder of marks had changed */
} Awaited;

static void awaited_open(Awaited *awaited, const SlurmFollow *follow) {
  RtText path = {0};
  size_t len;
  text_addf(&path, "%s/slurm/awaited", follow->state);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC);
  *awaited = (Awaited){.text = fd < 0 ? NULL : disk_get(fd, 0, SIZE_MAX / 2, &len)};
  if (fd >= 0) close(fd);
  text_free(&path);
  if (!awaited->text) return;
  awaited->any = strncmp(awaited->text, "any", 3) == 0;
  char *line = strchr(awaited->text, '\n');
  awaited->at = line ? line + 1 : NULL;
}

static int is_there(const SlurmFollow *follow, const char *key) {
  char path[sizeof follow->state + 64];
  snprintf(path, sizeof path, "%s/marks/%.32s.done", follow->state, key);
  if (access(path, F_OK) == 0) return 1;
  snprintf(path, sizeof path, "%s/marks/%.32s.failed", follow->state, key);
  return access(path, F_OK) == 0;
}

static int folder_changed(Awaited *awaited, const SlurmFollow *follow) {
  char path[sizeof follow->state + 16];
  struct stat st;
  snprintf(path, sizeof path, "%s/marks", follow->state);
  if (stat(path, &st) || memcmp(&st.st_mtim, &awaited->seen, sizeof st.st_mtim) == 0) return 0;
  awaited->seen = st.st_mtim;
  return 1;
}

/* Of all, those before `at` are there; of any, one is. */
static int awaited_over(Awaited *awaited, const SlurmFollow *follow) {
  if (!awaited->at || !folder_changed(awaited, follow)) return !awaited->at;
  for (char *key = awaited->at; strlen(key) > 32; key += 33) {
    int there = is_there(follow, key);
    if (there && awaited->any) return 1;
    if (!there && !awaited->any) return 0;
    if (!awaited->any) awaited->at = key + 33;
  }
  return !awaited->any;
}

static volatile sig_atomic_t stopped;
static void on_stop(int number) { stopped = number; }

static void wait_for_marks(const SlurmFollow *follow) {
  Awaited awaited;
  Watch watch = {0};
  awaited_open(&awaited, follow);
  for (double pause = 0.01; !stopped; pause = pause < 0.2 ? pause * 1.2 : 0.2) {
    if (awaited_over(&awaited, follow) || all_gone(follow, &watch)) break;
    rest(pause);
  }
  free(awaited.text);
}

int slurm_lead(const SlurmFollow *follow) {
  struct sigaction action = {.sa_handler = on_stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  int status;
  while ((status = slurm_waves(follow, "control")) < 0 && !stopped) wait_for_marks(follow);
  if (!stopped) return status;
  slurm_cancel(follow->tag);
  slurm_leave(follow, 128 + stopped);
  return 128 + stopped;
}
