/* rt_support.c: scratch directories, and rt_fail for tests that end in one.  It is weak: a test program that
 * contains the scheduler has its own. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rt_types.h"

Run test_run;
sigjmp_buf failed_at;

__attribute__((weak)) _Noreturn void rt_fail(RtCtx *ctx, const RtPlace *at, const char *code,
                                             const char *message) {
  Run *run = ctx->run;
  (void)at;
  if (!run || !run->landing) {
    fprintf(stderr, "unexpected failure %s: %s\n", code, message);
    abort();
  }
  snprintf(run->failure.code, sizeof run->failure.code, "%s", code);
  run->failure.message.len = 0;
  text_add(&run->failure.message, message, strlen(message));
  sigjmp_buf *landing = run->landing;
  run->landing = NULL;
  siglongjmp(*landing, 1);
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
