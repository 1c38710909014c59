/* slurm_show.c: what has come of a workflow that Slurm does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "slurm_wait.h"
#include "text.h"

static char *read_file(const SlurmFollow *follow, const char *name, size_t *len) {
  RtText path = {0};
  text_addf(&path, "%s/slurm/%s", follow->state, name);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC);
  char *data = fd < 0 ? NULL : disk_get(fd, 0, SIZE_MAX / 2, len);
  if (fd >= 0) close(fd);
  text_free(&path);
  return data;
}

static void copy_out(const SlurmFollow *follow, const char *name, int fd) {
  size_t len = 0;
  char *data = read_file(follow, name, &len);
  if (data) disk_write(fd, data, len);
  free(data);
}

int slurm_tell(const SlurmFollow *follow, int status) {
  copy_out(follow, "report", STDERR_FILENO);
  if (status == 0) copy_out(follow, "summary.json", STDOUT_FILENO);
  return status;
}

int slurm_finished(const SlurmFollow *follow) {
  size_t len = 0;
  char *text = read_file(follow, "finished", &len), *end = NULL;
  long status = text ? strtol(text, &end, 10) : -1;
  if (text && (end == text || *end != '\n' || status > 255)) status = -1;
  free(text);
  return (int)status;
}

void slurm_leave(const SlurmFollow *follow, int status) {
  RtText path = {0}, line = {0};
  text_addf(&path, "%s/slurm/finished", follow->state);
  text_addf(&line, "%d\n", status);
  int error = disk_put(path.data, line.data, line.len, 0666);
  if (error) fprintf(stderr, "cannot write %s: %s\n", path.data, strerror(error));
  text_free(&path);
  text_free(&line);
}

/* ---- --status ---- */

typedef struct Tally {
  const SlurmFollow *follow;
  int64_t tasks, done, failed;
} Tally;

static void tally(Tally *all, const char *key) {
  char path[sizeof all->follow->state + 64];
  snprintf(path, sizeof path, "%s/marks/%.32s.done", all->follow->state, key);
  all->tasks++;
  if (access(path, F_OK) == 0) {
    all->done++;
    return;
  }
  snprintf(path, sizeof path, "%s/marks/%.32s.failed", all->follow->state, key);
  all->failed += access(path, F_OK) == 0;
}

/* The third field of each line of the index; a task that was submitted twice counts by its last. */
static void tally_index(Tally *all) {
  size_t len = 0;
  char *text = read_file(all->follow, "index", &len);
  HashMap seen = {0};
  for (char *line = text; line && strchr(line, '\n'); line = strchr(line, '\n') + 1) {
    char *key = strchr(line, '\t');
    key = key ? strchr(key + 1, '\t') : NULL;
    if (!key || strlen(key) < 33) continue;
    uint64_t hash = hash_bytes(key + 1, 32);
    if (!hash_get(&seen, hash)) tally(all, key + 1);
    hash_put(&seen, hash, 1);
  }
  hash_free(&seen);
  free(text);
}

int slurm_show(const SlurmFollow *follow) {
  Tally all = {.follow = follow};
  SlurmJobs jobs;
  tally_index(&all);
  int status = slurm_finished(follow), answers = slurm_jobs(follow->tag, &jobs);
  printf("submitted %lld tasks: %lld done, %lld failed\n", (long long)all.tasks, (long long)all.done,
         (long long)all.failed);
  if (!answers)
    printf("Slurm does not answer\n");
  else
    printf("in the queue: %lld, %lld of them running\n", (long long)jobs.count, (long long)jobs.running);
  if (status >= 0)
    printf("finished with status %d\n", status);
  else
    printf(!answers || jobs.count ? "under way\n" : "not finished: submit again to go on\n");
  return 0;
}

/* ---- --cancel ---- */

int slurm_end(const SlurmFollow *follow) {
  static const char line[] = "cancelled; submit again to go on\n";
  int64_t jobs = slurm_cancel(follow->tag);
  if (jobs < 0) {
    fprintf(stderr, "Slurm does not answer; nothing is cancelled\n");
    return 1;
  }
  fprintf(stderr, "%lld jobs cancelled\n", (long long)jobs);
  if (jobs == 0 || slurm_finished(follow) >= 0) return 0;
  RtText path = {0};
  text_addf(&path, "%s/slurm/report", follow->state);
  disk_put(path.data, line, sizeof line - 1, 0666);
  text_free(&path);
  slurm_leave(follow, 143);
  return 0;
}

/* ---- failures ---- */

static int forget(int dir_fd, const char *name, int type, void *with) {
  (void)type, (void)with;
  size_t len = strlen(name);
  if (len > 7 && strcmp(name + len - 7, ".failed") == 0) unlinkat(dir_fd, name, 0);
  return 0;
}

void slurm_forget_failures(const char *marks) {
  int fd = open(marks, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) disk_each(fd, forget, NULL), close(fd);
}
