/* slurm_run.c: how the workflow was submitted, for the waves that follow. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "slurm.h"
#include "text.h"

#define MAGIC "weft-slurm 1"
enum { FIXED = 6 };

static void put(RtText *into, const char *word) { text_add(into, word, strlen(word) + 1); }

static void path_of(RtText *into, const char *state) { text_addf(into, "%s/slurm/run", state); }

int slurm_run_write(const SlurmRun *run, const char *state) {
  RtText text = {0}, path = {0};
  char number[32];
  put(&text, MAGIC);
  put(&text, run->cwd);
  put(&text, run->jobs);
  put(&text, run->strategy);
  snprintf(number, sizeof number, "%lld", (long long)run->max_array);
  put(&text, number);
  snprintf(number, sizeof number, "%lld", (long long)run->max_jobs);
  put(&text, number);
  for (uint32_t i = 0; i < run->arg_count; i++) put(&text, run->args[i]);
  path_of(&path, state);
  int error = disk_put(path.data, text.data, text.len, 0666);
  text_free(&path);
  text_free(&text);
  return error;
}

static int split(SlurmRun *run) {
  size_t words = 0;
  for (size_t i = 0; i < run->text.len; i++) words += run->text.data[i] == 0;
  if (words < FIXED || strcmp(run->text.data, MAGIC) != 0 || run->text.data[run->text.len - 1]) return EINVAL;
  run->args = calloc(words - FIXED + 1, sizeof *run->args);
  if (!run->args) arena_exhausted(words * sizeof *run->args);
  char *at = run->text.data;
  for (size_t i = 0; i < words; i++, at += strlen(at) + 1) {
    if (i == 1) run->cwd = at;
    if (i == 2) run->jobs = at;
    if (i == 3) run->strategy = at;
    if (i == 4) run->max_array = strtoll(at, NULL, 10);
    if (i == 5) run->max_jobs = strtoll(at, NULL, 10);
    if (i >= FIXED) run->args[run->arg_count++] = at;
  }
  return 0;
}

int slurm_run_read(SlurmRun *run, const char *state) {
  *run = (SlurmRun){0};
  RtText path = {0};
  path_of(&path, state);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC);
  text_free(&path);
  if (fd < 0) return errno;
  run->text.data = disk_get(fd, 0, SIZE_MAX / 2, &run->text.len);
  close(fd);
  if (!run->text.data) return EIO;
  return run->text.len ? split(run) : EINVAL;
}

void slurm_run_free(SlurmRun *run) {
  free(run->args);
  text_free(&run->text);
}
