/* slurm_call.c: programs of Slurm are called by their words: no value goes through a shell. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "slurm.h"
#include "text.h"

extern char **environ;

/* A job's variables say what that job asked for; calls from inside it mean another one. */
static char **clean_environment(void) {
  size_t count = 0, kept = 0;
  while (environ[count]) count++;
  char **clean = calloc(count + 1, sizeof *clean);
  if (!clean) arena_exhausted(count * sizeof *clean);
  for (size_t i = 0; i < count; i++)
    if (strncmp(environ[i], "SLURM_", 6) != 0 || strncmp(environ[i], "SLURM_CONF=", 11) == 0)
      clean[kept++] = environ[i];
  return clean;
}

static _Noreturn void child(char *const argv[], char **environment, const int out[2], const int err[2]) {
  int null = open("/dev/null", O_RDONLY);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (null >= 0) dup2(null, 0);
  dup2(out[1], 1);
  dup2(err[1], 2);
  execvpe(argv[0], argv, environment);
  dprintf(2, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

/* 0: the end of it. */
static int take(int fd, RtText *into) {
  char chunk[8192];
  ssize_t got = read(fd, chunk, sizeof chunk);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text_add(into, chunk, (size_t)got);
  return got > 0;
}

/* 0: it was ended since it waits for room. */
static int listen_to(pid_t pid, int out, int err, int patient, RtText *said, RtText *told) {
  struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
  int left = 2, stayed = 1;
  while (left) {
    if (poll(fds, 2, -1) < 0) continue;
    for (int i = 0; i < 2; i++) {
      if (!fds[i].revents || take(fds[i].fd, i ? told : said)) continue;
      fds[i].fd = -1;
      left--;
    }
    if (!patient && stayed && told->len && strstr(told->data, "retrying")) {
      kill(pid, SIGKILL);
      stayed = 0;
    }
  }
  return stayed;
}

int slurm_call(char *const argv[], int patient, RtText *out, RtText *err) {
  int outs[2], errs[2];
  if (pipe2(outs, O_CLOEXEC)) return -1;
  if (pipe2(errs, O_CLOEXEC)) return close(outs[0]), close(outs[1]), -1;
  char **environment = clean_environment();
  pid_t pid = fork();
  if (pid == 0) child(argv, environment, outs, errs);
  close(outs[1]);
  close(errs[1]);
  int status = 0, stayed = pid > 0 && listen_to(pid, outs[0], errs[0], patient, out, err);
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  close(outs[0]);
  close(errs[0]);
  free(environment);
  text_add(out, "", 0);
  text_add(err, "", 0);
  return stayed && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int64_t slurm_setting(const char *name, int64_t otherwise) {
  char *argv[] = {"scontrol", "show", "config", NULL};
  RtText out = {0}, err = {0};
  int64_t value = otherwise;
  size_t len = strlen(name);
  if (slurm_call(argv, 1, &out, &err) == 0)
    for (const char *line = out.data; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
      if (strncmp(line, name, len) != 0 || line[len] != ' ') continue;
      const char *equals = strchr(line, '=');
      long long found = equals ? strtoll(equals + 1, NULL, 10) : 0;
      if (found > 0) value = found;
      break;
    }
  text_free(&out);
  text_free(&err);
  return value;
}

void slurm_tag(char tag[17], const char *state) {
  RtDigest digest;
  char hex[65];
  digest_bytes(state, strlen(state), &digest);
  digest_hex(&digest, hex);
  memcpy(tag, hex, 16);
  tag[16] = 0;
}
