/* rt_support.c: scratch directories, failures in a child process, and an rt_fail for test programs without the
 * scheduler, whose own goes before this weak one. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt_types.h"

char failed_code[8], failed_message[1024];

__attribute__((weak)) _Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code,
                                             const char *message) {
  (void)ctx, (void)at;
  fprintf(stderr, "error[%s]: %s\n", code, message);
  exit(2);
}

/* Wait for the child and take what it said apart. */
static void read_failure(FILE *said, pid_t child) {
  char line[1200] = "";
  int status = 0;
  if (!fgets(line, sizeof line, said)) *line = 0;
  while (fgetc(said) != EOF) continue;
  waitpid(child, &status, 0);
  *failed_code = *failed_message = 0;
  if (status && sscanf(line, "error[%7[^]]]: %1023[^\n]", failed_code, failed_message) < 1)
    fprintf(stderr, "the child ended with %d: %s", status, line);
}

int test_fork(void) {
  int ends[2];
  fflush(NULL);
  if (pipe(ends)) abort();
  pid_t child = fork();
  if (child < 0) abort();
  close(ends[child ? 1 : 0]);
  if (child == 0) return dup2(ends[1], STDERR_FILENO) < 0;
  FILE *said = fdopen(ends[0], "r");
  if (!said) abort();
  read_failure(said, child);
  fclose(said);
  return 1;
}

static char dir[256];

const char *test_dir(void) {
  if (!*dir) {
    const char *base = getenv("TMPDIR");
    char path[200];
    snprintf(path, sizeof path, "%s/weft-unit-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(path) || !realpath(path, dir)) abort();
  }
  return dir;
}

const char *test_write(const char *name, const char *text) {
  static char path[600];
  snprintf(path, sizeof path, "%s/%s", test_dir(), name);
  FILE *file = fopen(path, "w");
  if (!file) abort();
  fputs(text, file);
  fclose(file);
  return path;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
  (void)st, (void)flag, (void)ftw;
  return remove(path);
}

void test_clean(void) {
  if (*dir) nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  *dir = 0;
}
