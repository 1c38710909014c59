/* slurm_agent.c: the hands of a pilot on each node: `workflow --slurm agent FILE`, started by one srun.  Lines come in,
 * "AGENT NUMBER": run that task of the file, if the agent is us; lines go out, "NUMBER STATUS", as tasks end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "slurm.h"
#include "text.h"

typedef struct Agent {
  const char *file, *own; /* our number among the agents */
  RtText in;
  HashMap numbers; /* of a process: 1 + its task */
  uint32_t running;
} Agent;

static _Noreturn void become_element(const char *file, const char *number) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int null = open("/dev/null", O_RDONLY);
  if (null >= 0) dup2(null, 0);
  dup2(2, 1);
  char *argv[] = {"workflow", "--element", (char *)file, (char *)number, NULL};
  execv("/proc/self/exe", argv);
  _exit(127);
}

static void tell(uint64_t number, int status) {
  char line[60];
  int len = snprintf(line, sizeof line, "%llu %d\n", (unsigned long long)number, status);
  if (disk_write(STDOUT_FILENO, line, (size_t)len)) _exit(1); /* nobody listens any more */
}

static void start(Agent *agent, char *line) {
  char *space = strchr(line, ' ');
  if (!space) return;
  *space = 0;
  if (strcmp(line, agent->own) != 0) return;
  pid_t pid = fork();
  if (pid == 0) become_element(agent->file, space + 1);
  uint64_t number = strtoull(space + 1, NULL, 10);
  if (pid < 0) {
    tell(number, 1);
    return;
  }
  hash_put(&agent->numbers, (uint64_t)pid, number + 1);
  agent->running++;
}

/* 0: no more will come. */
static int take_lines(Agent *agent) {
  char chunk[4096];
  ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text_add(&agent->in, chunk, (size_t)got);
  char *at = agent->in.data;
  for (char *end; (end = memchr(at, '\n', agent->in.len - (size_t)(at - agent->in.data))); at = end + 1) {
    *end = 0;
    start(agent, at);
  }
  agent->in.len -= (size_t)(at - agent->in.data);
  memmove(agent->in.data, at, agent->in.len);
  return got > 0;
}

static void reap(Agent *agent) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0; agent->running--)
    tell(hash_get(&agent->numbers, (uint64_t)pid) - 1,
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int slurm_agent(const char *file) {
  const char *own = getenv("SLURM_PROCID");
  Agent agent = {.file = file, .own = own ? own : "0"};
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                          {.fd = signalfd(-1, &children, SFD_CLOEXEC), .events = POLLIN}};
  while (fds[0].fd >= 0 || agent.running) {
    struct signalfd_siginfo info;
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents && read(fds[1].fd, &info, sizeof info) > 0) reap(&agent);
    if (fds[0].fd >= 0 && fds[0].revents && !take_lines(&agent)) fds[0].fd = -1;
  }
  text_free(&agent.in);
  hash_free(&agent.numbers);
  return 0;
}
