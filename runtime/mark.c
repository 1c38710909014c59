/* mark.c: marks of tasks that ran alone: one small file each, since many machines write them at once. */
#include "mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "batch.h"
#include "disk.h"
#include "message.h"
#include "text.h"

enum { KEY = 32, NAME = 48, MOST_PENDING = 1 << 20, MOST_MISSING = 20 };

static void put_name(char name[NAME + 8], const char *key, const char *kind) {
  snprintf(name, NAME + 8, "marks/%.32s.%s", key, kind);
}

/* ---- written ---- */

static int write_whole(int fd, const char *data, size_t len) {
  int error = disk_write(fd, data, len);
  if (!error && fsync(fd)) error = errno;
  return close(fd) && !error ? errno : error;
}

/* The name says who writes, so that two that do the same do not write into one file. */
int mark_put(const Store *store, const RtDigest *key, const char *kind, const char *data, size_t len) {
  char hex[65], name[NAME + 8], temporary[256], host[65] = "";
  digest_hex(key, hex);
  put_name(name, hex, kind);
  gethostname(host, sizeof host - 1);
  snprintf(temporary, sizeof temporary, "marks/%.32s.%s.%d.new", hex, host, (int)getpid());
  if (mkdirat(store->state_fd, "marks", 0777) && errno != EEXIST) return errno;
  int fd = openat(store->state_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  int error = fd < 0 ? errno : write_whole(fd, data, len);
  if (!error && renameat(store->state_fd, temporary, store->state_fd, name)) error = errno;
  if (error) {
    unlinkat(store->state_fd, temporary, 0);
    return error;
  }
  int dir = openat(store->state_fd, "marks", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0) {
    fsync(dir); /* where directories cannot be synced, a rename is on the disk as soon as it will be */
    close(dir);
  }
  return 0;
}

void mark_forget(const Store *store, const char *key) {
  char name[NAME + 8];
  put_name(name, key, "done");
  unlinkat(store->state_fd, name, 0);
}

void mark_clear(const Store *store, const char *key) {
  char name[NAME + 8];
  put_name(name, key, "failed");
  unlinkat(store->state_fd, name, 0);
}

/* ---- read ---- */

static char *read_mark(const Store *store, const char *key, const char *kind, size_t *len) {
  char name[NAME + 8];
  put_name(name, key, kind);
  int fd = openat(store->state_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  char *data = fd < 0 ? NULL : disk_get(fd, 0, SIZE_MAX / 2, len);
  if (fd >= 0) close(fd);
  return data;
}

MarkState mark_state(const Store *store, const char *key) {
  size_t len = 0;
  char *line = read_mark(store, key, "done", &len);
  int done = line && journal_is_record(line, len, key);
  free(line);
  if (done) return MARK_DONE;
  char name[NAME + 8];
  struct stat st;
  put_name(name, key, "failed");
  return fstatat(store->state_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? MARK_FAILED : MARK_NONE;
}

char *mark_reason(const Store *store, const char *key, size_t *len) {
  return read_mark(store, key, "failed", len);
}

/* ---- into the journal ---- */

/* The key that a name of a mark says: 1 or 0. */
static int key_from_name(const char *name, RtDigest *key) {
  if (strlen(name) != KEY + 5 || strcmp(name + KEY, ".done") != 0) return 0;
  memset(key, 0, sizeof *key);
  for (size_t i = 0; i < KEY; i++) {
    const char *digit = strchr("0123456789abcdef", name[i]);
    if (!digit) return 0;
    size_t value = (size_t)(digit - "0123456789abcdef");
    key->bytes[i / 2] = (uint8_t)(key->bytes[i / 2] << 4 | value);
  }
  return 1;
}

typedef struct Absorbing {
  Run *run;
  int damaged;
} Absorbing;

static int absorb(int dir_fd, const char *name, int type, void *with) {
  (void)dir_fd, (void)type;
  Absorbing *absorbing = with;
  Journal *journal = &absorbing->run->journal;
  RtDigest key;
  Record record;
  if (!key_from_name(name, &key) || journal_find(journal, &key, &record) > 0) return 0;
  size_t len = 0;
  char *line = read_mark(&absorbing->run->store, name, "done", &len);
  if (line && journal_is_record(line, len, name)) {
    journal_take(journal, line, len);
  } else {
    mark_forget(&absorbing->run->store, name);
    absorbing->damaged++;
  }
  free(line);
  return journal->pending.len > MOST_PENDING ? journal_flush(journal) : 0;
}

int mark_absorb(Run *run) {
  Absorbing absorbing = {run, 0};
  if (run->options.fresh && run->batch) disk_remove(run->store.state_fd, "marks");
  int fd = openat(run->store.state_fd, "marks", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return 1; /* no task has ever run alone here */
  run->store.has_marks = 1;
  int error = run->options.fresh ? 0 : disk_each(fd, absorb, &absorbing);
  close(fd);
  if (!error) error = journal_flush(&run->journal);
  if (absorbing.damaged)
    message_note(run, "warning: %d marks of finished tasks are damaged; the tasks run again",
                 absorbing.damaged);
  if (error) run_broken(run, "write", "the journal", error);
  return error == 0;
}

/* ---- --finish ---- */

/* Tasks that ran alone are known by the keys of their inputs' makers. */
static char *failure_of(Job *job, size_t *len) {
  RtDigest key;
  const char *path;
  char hex[65];
  Run *run = job->run;
  if (key_make(job, run->store.made, &key, NULL, &path)) return NULL;
  digest_hex(&key, hex);
  return mark_reason(&run->store, hex, len);
}

void mark_missing(Job *job) {
  Run *run = job->run;
  RtText text = {0};
  size_t len = 0;
  char *reason = failure_of(job, &len);
  const char *said = reason ? memchr(reason, '\n', len) : NULL;
  run->status = 1;
  if (said && run->missing++ < MOST_MISSING) {
    text_add(&text, said + 1, len - (size_t)(said + 1 - reason));
    message_text(run, &text);
  } else if (!said && run->missing++ < MOST_MISSING) {
    step_label(&text, job->frame, job->step);
    text_puts(&text, " is not done");
    message_error(run, "R0123", &job->task->place, text.data, NULL);
  }
  free(reason);
  text_free(&text);
  run_done(job, EVENT_FAILED);
  task_drop(job);
}
