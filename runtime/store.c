/* store.c: directories that tasks run in, and what is kept of them. */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "text.h"

enum { MOST_LOG = 1 << 20, MOST_LOG_FILE = 64 << 20, SETTLED_NS = 50000000, LOCK_TRIES = 40 };

static void put_path(RtText *into, const Store *store, const char *rest) {
  into->len = 0;
  text_puts(into, store->state);
  text_char(into, '/');
  text_puts(into, rest);
}

/* ---- the lock ---- */

static int in_use(const Store *store, RtError *error) {
  size_t len = 0;
  char *holder = disk_get(store->lock_fd, 0, 300, &len);
  if (holder) holder[strcspn(holder, "\n")] = 0;
  error_set(error, "R0109", "wait for it, end it, or use another directory with --state",
            "%s is in use by %s", store->state, holder && *holder ? holder : "another run");
  free(holder);
  return 0;
}

static void sign_lock(const Store *store) {
  char host[65] = "", since[32];
  gethostname(host, sizeof host - 1);
  time_t now = time(NULL);
  struct tm local;
  strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &local));
  char line[160];
  int len = snprintf(line, sizeof line, "process %d on %s since %s\n", (int)getpid(), host, since);
  if (ftruncate(store->lock_fd, 0) || pwrite(store->lock_fd, line, (size_t)len, 0) != len)
    return; /* for people only */
}

static int holder_alive(const Store *store) {
  char line[80] = "";
  int pid = 0;
  if (pread(store->lock_fd, line, sizeof line - 1, 0) <= 0 || sscanf(line, "process %d ", &pid) != 1 ||
      pid <= 0)
    return 1;
  return kill(pid, 0) == 0 || errno != ESRCH;
}

/* A run that was killed as it started a program leaves a child that has the lock as well, for the moment it needs to
 * see that it is alone.  So who finds the lock taken tries for a while, and longer if the holder is gone. */
static int try_lock(const Store *store) {
  for (int tries = 0;; tries++) {
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK && errno != EINTR) return errno;
    if (tries >= LOCK_TRIES && (holder_alive(store) || tries >= 10 * LOCK_TRIES)) return EWOULDBLOCK;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
}

static int failed_to(RtError *error, const char *what, const char *path, int reason) {
  return error_set(error, "R0112", NULL, "cannot %s %s: %s", what, path, strerror(reason));
}

static int take_lock(Store *store, RtError *error) {
  store->lock_fd = openat(store->state_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (store->lock_fd < 0) return failed_to(error, "write in", store->state, errno);
  int reason = try_lock(store);
  if (reason == EWOULDBLOCK) return in_use(store, error);
  if (reason) return failed_to(error, "lock", store->state, reason);
  sign_lock(store);
  return 1;
}

static const Store nothing = {.lock_fd = -1, .state_fd = -1, .own_fd = -1, .log_fd = -1};

static int find_state(Store *store, const char *state, RtError *error) {
  store->state = realpath(state, NULL);
  if (!store->state) return failed_to(error, "find", state, errno);
  RtText made = {0};
  text_addf(&made, "%s/store/", store->state);
  store->made = made.data;
  store->state_fd = open(store->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  store->own_fd = store->state_fd;
  return store->state_fd < 0 ? failed_to(error, "open", state, errno) : 1;
}

int store_open(Store *store, const char *state, RtError *error) {
  int reason = disk_make_dirs(state);
  *store = nothing;
  if (reason) return failed_to(error, "make the directory", state, reason);
  if (!find_state(store, state, error) || !take_lock(store, error)) return 0;
  disk_remove(store->state_fd, "work"); /* best effort: names are new in each run */
  disk_remove(store->state_fd, "trash");
  if (mkdirat(store->state_fd, "store", 0777) && errno != EEXIST)
    return failed_to(error, "write in", state, errno);
  return 1;
}

/* The lock of one task, which may run twice by mistake: a scheduler thinks that a machine is gone, and it is not.  Who
 * comes second waits for the first to end.  Where there are no locks nobody waits. */
static int lock_alone(Store *store, const char *name) {
  for (;;) {
    struct stat held, there;
    store->lock_fd = openat(store->state_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (store->lock_fd < 0) return errno;
    while (flock(store->lock_fd, LOCK_EX) && errno == EINTR) continue;
    if (fstat(store->lock_fd, &held)) return errno;
    int same = fstatat(store->state_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
               held.st_ino == there.st_ino;
    if (same) return 0;
    close(store->lock_fd); /* its holder has ended, and taken the name away */
  }
}

static int make_own(Store *store, const char *key, RtText *path) {
  char lock[64];
  put_path(path, store, "running");
  int reason = disk_make_dirs(path->data);
  snprintf(lock, sizeof lock, "running/%.32s.lock", key);
  if (!reason) reason = lock_alone(store, lock);
  snprintf(store->own, sizeof store->own, "running/%.32s", key);
  put_path(path, store, store->own);
  if (!reason) reason = disk_remove(store->state_fd, store->own); /* what one that was killed has left */
  if (!reason && mkdir(path->data, 0777)) reason = errno;
  store->own_fd = open(path->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return !reason && store->own_fd < 0 ? errno : reason;
}

int store_attach(Store *store, const char *state, const char *key, RtError *error) {
  *store = nothing;
  if (!find_state(store, state, error)) return 0;
  RtText path = {0};
  int reason = make_own(store, key, &path);
  if (reason) failed_to(error, "make the directory", path.data, reason);
  text_free(&path);
  store->log_fd = dup(STDERR_FILENO); /* whoever runs it keeps that by name */
  return reason == 0;
}

static void leave_own(Store *store) {
  char lock[64];
  snprintf(lock, sizeof lock, "%s.lock", store->own);
  disk_remove(store->state_fd, store->own);
  if (store->own_fd >= 0) close(store->own_fd);
  unlinkat(store->state_fd, lock, 0);
}

static void slot_free(Slot *slot) {
  if (slot->dir_fd >= 0) close(slot->dir_fd);
  if (slot->log_fd >= 0) close(slot->log_fd);
  if (slot->out_fd >= 0) close(slot->out_fd);
  text_free(&slot->dir);
  free(slot);
}

void store_close(Store *store) {
  for (Slot *slot = store->free, *next; slot; slot = next) {
    next = slot->next;
    slot_free(slot);
  }
  if (store->work_made) disk_remove(store->own_fd, "work");
  if (store->trash_made) disk_remove(store->own_fd, "trash");
  if (*store->own) leave_own(store);
  if (store->log_fd >= 0) close(store->log_fd);
  if (store->lock_fd >= 0) close(store->lock_fd);
  if (store->state_fd >= 0) close(store->state_fd);
  free(store->state);
  free(store->made);
  *store = nothing;
}

/* ---- slots ---- */

/* A file without a name on the disk of the state directory: long logs must not fill the memory. */
static int unnamed_file(const Store *store) {
  int fd = openat(store->own_fd, ".", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  fd = openat(store->own_fd, "unnamed", O_RDWR | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) unlinkat(store->own_fd, "unnamed", 0);
  return fd;
}

Slot *slot_take(Store *store) {
  Slot *slot = store->free;
  if (slot) {
    store->free = slot->next;
    return slot;
  }
  slot = calloc(1, sizeof *slot);
  if (!slot) arena_exhausted(sizeof *slot);
  slot->dir_fd = slot->out_fd = -1;
  slot->log_fd = unnamed_file(store);
  if (slot->log_fd >= 0) return slot;
  int reason = errno;
  free(slot);
  errno = reason;
  return NULL;
}

/* Failing to empty it, a stream is replaced when next needed. */
static void empty_stream(int *fd) {
  if (ftruncate(*fd, 0)) close(*fd), *fd = -1;
}

void slot_give(Store *store, Slot *slot, int64_t log_size) {
  if (log_size) empty_stream(&slot->log_fd);
  if (slot->out_fd >= 0) empty_stream(&slot->out_fd);
  if (slot->log_fd < 0) {
    slot_free(slot);
    return;
  }
  slot->next = store->free;
  store->free = slot;
}

int slot_out(Store *store, Slot *slot) {
  if (slot->out_fd < 0) slot->out_fd = unnamed_file(store);
  return slot->out_fd < 0 ? errno : 0;
}

static int slot_make_dir(Store *store, Slot *slot) {
  if (!store->work_made && mkdirat(store->own_fd, "work", 0777) && errno != EEXIST) return errno;
  store->work_made = 1;
  char name[112];
  snprintf(name, sizeof name, "%s%swork/%d.%u", store->own, *store->own ? "/" : "", (int)getpid(),
           store->serial++);
  put_path(&slot->dir, store, name);
  slot->settled = 0;
  if (mkdir(slot->dir.data, 0777)) return errno;
  slot->dir_fd = open(slot->dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return slot->dir_fd < 0 ? errno : 0;
}

/* Whether a slot's directory is empty.  When it was so for a while when looked at (timestamps may be as coarse as
 * a clock tick), its time of change alone tells whether it still is. */
static int still_empty(Slot *slot) {
  struct stat st;
  if (fstat(slot->dir_fd, &st)) return 0;
  int64_t changed = disk_mtime(&st);
  if (slot->settled && slot->settled == changed) return 1;
  slot->settled = 0;
  if (disk_empty(slot->dir_fd) != 1) return 0;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t age = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - changed;
  if (age > SETTLED_NS) slot->settled = changed;
  return 1;
}

/* Looking costs a system call or three, a new directory several and changes on the disk. */
int slot_dir(Store *store, Slot *slot) {
  if (slot->dir_fd >= 0) {
    if (still_empty(slot)) return 0;
    if (store_tidy(slot->dir_fd, NULL, 0) == 0 && disk_empty(slot->dir_fd) == 1) return 0;
    close(slot->dir_fd);
    slot->dir_fd = -1;
  }
  return slot_make_dir(store, slot);
}

/* ---- entries ---- */

/* Out of the way first, in one step, then removed: who still writes there writes into what is thrown away. */
static int throw_away(Store *store, const char *path) {
  if (!store->trash_made && mkdirat(store->own_fd, "trash", 0777) && errno != EEXIST) return errno;
  store->trash_made = 1;
  char name[32];
  snprintf(name, sizeof name, "trash/%u", store->serial++);
  if (renameat(AT_FDCWD, path, store->own_fd, name)) return errno == ENOENT ? 0 : errno;
  int error = disk_remove(store->own_fd, name);
  return error == ENOTEMPTY ? 0 : error; /* the rest goes when the store is closed */
}

/* 128 bits of the key are a name that no two keys share, and short enough for the system to look up fast. */
int store_make(Store *store, const RtDigest *key, RtText *path) {
  char hex[65], rest[48];
  digest_hex(key, hex);
  snprintf(rest, sizeof rest, "store/%.32s", hex);
  put_path(path, store, rest);
  for (int tries = 0; tries < 4; tries++) {
    if (mkdir(path->data, 0777) == 0) return 0;
    int reason = errno == EEXIST ? throw_away(store, path->data) : errno;
    if (reason) return reason;
  }
  return EEXIST;
}

/* What is to be kept of a directory: paths below `prefix`. */
typedef struct Keep {
  const char *const *paths;
  size_t count;
  const char *prefix;
} Keep;

/* Whether a path is kept as a whole (2), or something below it is (1). */
static int is_kept(const Keep *keep, const char *path) {
  size_t len = strlen(path);
  int found = 0;
  for (size_t i = 0; i < keep->count; i++) {
    if (strncmp(keep->paths[i], path, len) != 0) continue;
    if (!keep->paths[i][len]) return 2;
    if (keep->paths[i][len] == '/') found = 1;
  }
  return found;
}

/* A link among the outputs becomes what it leads to: its target may be staged, or not ours to keep. */
static int make_real(int dir_fd, const char *name) {
  struct stat st;
  if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISLNK(st.st_mode)) return 0;
  if (fstatat(dir_fd, name, &st, 0) || !S_ISREG(st.st_mode)) return 0;
  static const char temporary[] = ".weft-copy";
  int from = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
  if (from < 0) return errno;
  int into = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
  int error = into < 0 ? errno : disk_copy(from, into);
  if (into >= 0 && close(into) && !error) error = errno;
  close(from);
  if (!error && renameat(dir_fd, temporary, dir_fd, name)) error = errno;
  return error;
}

static int tidy_entry(int dir_fd, const char *name, int type, void *with) {
  const Keep *keep = with;
  if (!keep->count) return disk_remove(dir_fd, name);
  RtText path = {0};
  text_addf(&path, "%s%s", keep->prefix, name);
  int kept = is_kept(keep, path.data), error = 0;
  if (!kept) error = disk_remove(dir_fd, name);
  if (kept == 2 && (type == DT_LNK || type == DT_UNKNOWN)) error = make_real(dir_fd, name);
  if (kept == 1) {
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    text_char(&path, '/');
    Keep below = {keep->paths, keep->count, path.data};
    if (fd >= 0) error = disk_each(fd, tidy_entry, &below);
    if (fd >= 0) close(fd);
  }
  text_free(&path);
  return error;
}

int store_tidy(int dir_fd, const char *const *keep, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(keep[i], ".") == 0) return 0; /* the directory itself is an output */
  Keep all = {keep, count, ""};
  if (!count && lseek(dir_fd, 0, SEEK_SET) < 0) return errno; /* a slot's, looked into before */
  return disk_each(dir_fd, tidy_entry, &all);
}

const char *store_below(const Store *store, const char *path) {
  size_t len = strlen(store->state);
  return strncmp(path, store->state, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

const char *store_key_of(const Store *store, const char *path) {
  const char *below = store_below(store, path);
  if (!below || strncmp(below, "store/", 6) != 0 || strlen(below) < 6 + 32) return NULL;
  return below + 6;
}

int store_remove(Store *store, const char *path) { return throw_away(store, path); }

/* A label as the name of a directory. */
static void put_name(RtText *into, const char *label) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  for (; *label; label++) {
    if (*label == ']') continue;
    text_char(into, strchr(plain, *label) ? *label : *label == '[' ? '-' : *label == '/' ? '.' : '_');
  }
}

int store_keep_failed(Store *store, const char *dir, const char *label, RtText *into) {
  if (mkdirat(store->state_fd, "failed", 0777) && errno != EEXIST) return errno;
  put_path(into, store, "failed/");
  put_name(into, label);
  if (into->len > strlen(store->state) + 200) into->data[into->len = strlen(store->state) + 200] = 0;
  int error = throw_away(store, into->data);
  if (error) return error;
  return rename(dir, into->data) ? errno : 0;
}

/* ---- the log ---- */

static int open_log(Store *store) {
  store->log_fd = openat(store->state_fd, "log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  struct stat st;
  if (store->log_fd >= 0 && fstat(store->log_fd, &st) == 0 && st.st_size > MOST_LOG_FILE) {
    renameat(store->state_fd, "log", store->state_fd, "log.old");
    close(store->log_fd);
    store->log_fd = openat(store->state_fd, "log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  }
  return store->log_fd < 0 ? errno : 0;
}

int store_log(Store *store, const char *label, double seconds, int fd, int64_t size) {
  int error = store->log_fd < 0 ? open_log(store) : 0;
  if (error) return error;
  RtText text = {0};
  char when[32];
  time_t now = time(NULL);
  struct tm local;
  strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &local));
  text_addf(&text, "== %s  %s  %.2f s\n", label, when, seconds);
  size_t len = 0;
  int64_t from = size > MOST_LOG ? size - MOST_LOG : 0;
  if (from) text_addf(&text, "(the first %lld bytes are left out)\n", (long long)from);
  char *contents = disk_get(fd, from, MOST_LOG, &len);
  if (contents) text_add(&text, contents, len);
  free(contents);
  if (text.data[text.len - 1] != '\n') text_char(&text, '\n');
  error = disk_write(store->log_fd, text.data, text.len);
  text_free(&text);
  return error;
}
