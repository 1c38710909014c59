/* time.c: times commands against each other.
 * usage: time RUNS COMMAND [ARG]... [--- COMMAND [ARG]...]...
 * The commands run in turn, so that a disturbance hits all alike, RUNS times each (at least 5) after one round that
 * is not counted; standard output and error go to /dev/null. Prints the median of each in seconds.
 * A command "sh -c ..." may prepare what it needs: only whole processes are timed. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { MOST_COMMANDS = 16 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Seconds that one run takes; ends the program when it fails. */
static double run(char **argv, posix_spawn_file_actions_t *actions) {
  pid_t child;
  int status;
  double start = now();
  int error = posix_spawnp(&child, argv[0], actions, NULL, argv, environ);
  if (error) {
    fprintf(stderr, "time: %s: %s\n", argv[0], strerror(error));
    exit(1);
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  double taken = now() - start;
  if (status) {
    fprintf(stderr, "time: %s: wait status %d\n", argv[0], status);
    exit(1);
  }
  return taken;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Split argv at "---"; gives back the number of commands. */
static int split(char **argv, char ***commands) {
  int count = 0;
  commands[count++] = argv;
  for (; *argv; argv++) {
    if (strcmp(*argv, "---")) continue;
    *argv = NULL;
    if (count < MOST_COMMANDS) commands[count++] = argv + 1;
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int runs = atoi(argv[1]);
  if (runs < 5) runs = 5;
  char **commands[MOST_COMMANDS];
  int count = split(argv + 2, commands);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  double *times = calloc((size_t)runs * (size_t)count, sizeof *times);
  if (!times) return 1;
  for (int i = -1; i < runs; i++)
    for (int k = 0; k < count; k++) {
      double taken = run(commands[k], &actions);
      if (i >= 0) times[k * runs + i] = taken;
    }
  for (int k = 0; k < count; k++) {
    qsort(times + k * runs, (size_t)runs, sizeof *times, compare);
    printf("%.6f%c", times[k * runs + runs / 2], k + 1 < count ? ' ' : '\n');
  }
  free(times);
  posix_spawn_file_actions_destroy(&actions);
  return 0;
}
