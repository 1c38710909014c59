/* time.c: times commands against each other.
 * usage: time RUNS [--before SCRIPT] COMMAND [ARG]... [--- [--before SCRIPT] COMMAND [ARG]...]...
 * The commands run in turn, so that a disturbance hits all alike, RUNS times each, after one round that is not
 * counted if RUNS is more than 1; standard output and error go to /dev/null. SCRIPT is run by sh before each run and is not timed.
 * For each command one line: median seconds, median seconds of CPU (with children), median of the first command's
 * seconds as a multiple of this one's in the same round, and the most memory of one process in KiB. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { MOST_COMMANDS = 16 };

typedef struct Command {
  const char *before; /* NULL: nothing */
  char **argv;
  double *wall, *cpu;
  long memory;
} Command;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

/* Run one command to its end; ends the program when it fails. */
static void run(char **argv, posix_spawn_file_actions_t *actions, struct rusage *used) {
  pid_t child;
  int status;
  int error = posix_spawnp(&child, argv[0], actions, NULL, argv, environ);
  if (error) {
    fprintf(stderr, "time: %s: %s\n", argv[0], strerror(error));
    exit(1);
  }
  while (wait4(child, &status, 0, used) < 0 && errno == EINTR) continue;
  if (status) {
    fprintf(stderr, "time: %s: wait status %d\n", argv[0], status);
    exit(1);
  }
}

static void prepare(const Command *command, posix_spawn_file_actions_t *actions) {
  if (!command->before) return;
  char *argv[] = {"sh", "-c", (char *)command->before, NULL};
  struct rusage used;
  run(argv, actions, &used);
}

static void measure(Command *command, posix_spawn_file_actions_t *actions, int round) {
  struct rusage used;
  prepare(command, actions);
  double start = now();
  run(command->argv, actions, &used);
  double taken = now() - start;
  if (used.ru_maxrss > command->memory) command->memory = used.ru_maxrss;
  if (round < 0) return;
  command->wall[round] = taken;
  command->cpu[round] = seconds(used.ru_utime) + seconds(used.ru_stime);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *values, int count) {
  double *sorted = malloc((size_t)count * sizeof *sorted);
  if (!sorted) exit(1);
  memcpy(sorted, values, (size_t)count * sizeof *sorted);
  qsort(sorted, (size_t)count, sizeof *sorted, compare);
  double middle = sorted[count / 2];
  free(sorted);
  return middle;
}

static void print(const Command *first, const Command *command, int runs) {
  double *ratios = malloc((size_t)runs * sizeof *ratios);
  if (!ratios) exit(1);
  for (int i = 0; i < runs; i++) ratios[i] = first->wall[i] / command->wall[i];
  printf("%.6f %.6f %.4f %ld\n", median(command->wall, runs), median(command->cpu, runs),
         median(ratios, runs), command->memory);
  free(ratios);
}

/* Read the commands between "---"; gives back how many there are. */
static int split(char **argv, Command *commands, int runs) {
  int count = 0;
  while (*argv && count < MOST_COMMANDS) {
    Command *command = &commands[count++];
    *command = (Command){.wall = calloc((size_t)runs, sizeof(double)),
                         .cpu = calloc((size_t)runs, sizeof(double))};
    if (!command->wall || !command->cpu) exit(1);
    if (!strcmp(argv[0], "--before") && argv[1]) {
      command->before = argv[1];
      argv += 2;
    }
    command->argv = argv;
    while (*argv && strcmp(*argv, "---")) argv++;
    if (*argv) *argv++ = NULL;
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int runs = atoi(argv[1]);
  if (runs < 1) return 2;
  Command commands[MOST_COMMANDS];
  int count = split(argv + 2, commands, runs);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  for (int i = runs > 1 ? -1 : 0; i < runs; i++)
    for (int k = 0; k < count; k++) measure(&commands[k], &actions, i);
  for (int k = 0; k < count; k++) print(&commands[0], &commands[k], runs);
  for (int k = 0; k < count; k++) {
    free(commands[k].wall);
    free(commands[k].cpu);
  }
  posix_spawn_file_actions_destroy(&actions);
  return 0;
}
