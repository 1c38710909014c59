/* process.c: vfork and exec, process groups, waiting.
 *
 * A task costs us these system calls: vfork, wait4, kill; and its child setpgid, prctl, getppid, chdir, dup2 for
 * each stream, execve.  None is spent on signals: handlers only set flags, so that they may run in the child
 * between vfork and exec, and exec sets them back to the default.  Standard input is /dev/null for ourselves,
 * so that children inherit it.  Waiting is one blocking wait4, which the timer's signal interrupts ten times a
 * second for everything that goes by the clock; a signal that comes between a look at the flags and the wait
 * is thus seen a tenth of a second later. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "text.h"

static _Noreturn void child_exec(const Launch *launch, pid_t parent, volatile int *error) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127); /* we died before prctl */
  int ok = chdir(launch->dir) == 0;
  if (ok && launch->in >= 0) ok = dup2(launch->in, 0) >= 0;
  ok = ok && dup2(launch->out, 1) >= 0 && dup2(launch->err, 2) >= 0;
  if (ok) execve(launch->path, launch->argv, launch->envp);
  *error = errno;
  _exit(127);
}

pid_t process_start(const Launch *launch) {
  static pid_t parent;
  if (!parent) parent = getpid();
  volatile int error = 0;
  pid_t pid = vfork();
  if (pid == 0) child_exec(launch, parent, &error);
  if (pid < 0) return -1;
  if (!error) return pid;
  int status;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  errno = error;
  return -1;
}

void process_signal(pid_t group, int signal) { kill(-group, signal); }

pid_t process_wait(int block, int *status, struct rusage *usage) {
  pid_t pid = wait4(-1, status, block ? 0 : WNOHANG, usage);
  if (pid >= 0) return pid;
  return errno == EINTR ? 0 : -1;
}

/* ---- programs ---- */

static int can_run(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *search(const char *name, const char *path) {
  RtText text = {0};
  while (path) {
    size_t len = strcspn(path, ":");
    text.len = 0;
    if (len == 0) text_add(&text, ".", 1);
    text_add(&text, path, len);
    text_add(&text, "/", 1);
    text_puts(&text, name);
    if (can_run(text.data)) return text.data;
    path = path[len] ? path + len + 1 : NULL;
  }
  text_free(&text);
  return NULL;
}

static void remember(Programs *programs, uint64_t key, char *path) {
  char **paths = realloc(programs->paths, (programs->count + 1) * sizeof *paths);
  if (!paths) arena_exhausted(sizeof *paths);
  programs->paths = paths;
  paths[programs->count++] = path;
  if (key) hash_put(&programs->found, key, programs->count);
}

const char *program_find(Programs *programs, const char *name, const char *path) {
  if (strchr(name, '/')) return name;
  if (!*name) return NULL;
  uint64_t key = path ? 0 : hash_bytes(name, strlen(name)) | 1;
  uint64_t known = key ? hash_get(&programs->found, key) : 0;
  if (known) return programs->paths[known - 1];
  const char *own = getenv("PATH");
  char *found = search(name, path ? path : own ? own : "/usr/local/bin:/usr/bin:/bin");
  if (found) remember(programs, key, found);
  return found;
}

void programs_free(Programs *programs) {
  for (size_t i = 0; i < programs->count; i++) free(programs->paths[i]);
  free(programs->paths);
  hash_free(&programs->found);
}

/* ---- signals ---- */

static volatile sig_atomic_t stop_signal, stop_count, tick;

/* The third one does not wait for us: a long evaluation may be under way. */
static void on_stop(int number) {
  if (!stop_signal) stop_signal = number;
  if (++stop_count < 3) return;
  signal(number, SIG_DFL);
  raise(number);
}

static void on_tick(int signal) {
  (void)signal;
  tick = 1;
}

static void on_pipe(int signal) { (void)signal; }

static void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

/* A signal that we were told to ignore (nohup) stays ignored. */
static void handle_stop(int signal) {
  struct sigaction old;
  if (sigaction(signal, NULL, &old) == 0 && old.sa_handler == SIG_IGN && signal == SIGHUP) return;
  handle(signal, on_stop);
}

static void set_timer(int microseconds) {
  struct itimerval every = {.it_interval.tv_usec = microseconds, .it_value.tv_usec = microseconds};
  setitimer(ITIMER_REAL, &every, NULL);
}

void signals_begin(void) {
  for (int signal = 1; signal < SIGRTMIN; signal++)
    if (signal != SIGHUP && signal != SIGKILL && signal != SIGSTOP) handle(signal, SIG_DFL);
  handle_stop(SIGINT);
  handle_stop(SIGTERM);
  handle_stop(SIGHUP);
  handle(SIGPIPE, on_pipe);
  handle(SIGALRM, on_tick);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  set_timer(100000);
}

void signals_end(void) { set_timer(0); }

int signals_stop(int *count) {
  *count = stop_count;
  return stop_signal;
}

int signals_tick(void) {
  int passed = tick;
  tick = 0;
  return passed;
}
