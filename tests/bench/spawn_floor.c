/* spawn_floor.c: what starting N programs costs at least: a loop of posix_spawn with so many alive, and no more.
 * usage: spawn_floor N ALIVE PROGRAM [ARG]...
 * The programs get our streams and run where we are.  The exit status is 1 when one could not be started or failed. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static int start(char **argv) {
  pid_t pid;
  int error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
  if (error) fprintf(stderr, "spawn_floor: %s: %s\n", argv[0], strerror(error));
  return error;
}

static int reap(void) {
  int status;
  return wait(&status) < 0 || status != 0;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: spawn_floor N ALIVE PROGRAM [ARG]...\n");
    return 2;
  }
  long count = strtol(argv[1], NULL, 10), most = strtol(argv[2], NULL, 10), alive = 0;
  int failed = 0;
  for (long i = 0; i < count && !failed; i++) {
    if (alive == most) {
      failed |= reap();
      alive--;
    }
    failed |= start(argv + 3);
    alive++;
  }
  for (; alive > 0 && !failed; alive--) failed |= reap();
  return failed;
}
