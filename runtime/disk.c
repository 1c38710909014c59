/* disk.c: the file system calls that need a loop or a fallback. */
#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"

int disk_make_dirs(const char *path) {
  if (mkdir(path, 0777) == 0) return 0;
  if (errno == EEXIST) {
    struct stat st;
    return stat(path, &st) ? errno : S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
  }
  if (errno != ENOENT) return errno;
  const char *slash = strrchr(path, '/');
  if (!slash || slash == path) return ENOENT;
  RtText above = {0};
  text_add(&above, path, (size_t)(slash - path));
  int error = disk_make_dirs(above.data);
  text_free(&above);
  if (error) return error;
  return mkdir(path, 0777) && errno != EEXIST ? errno : 0;
}

int disk_each(int dir_fd, int (*each)(int, const char *, int, void *), void *with) {
  _Alignas(struct dirent64) char buffer[8192];
  for (;;) {
    ssize_t got = getdents64(dir_fd, buffer, sizeof buffer);
    if (got <= 0) return got ? errno : 0;
    for (ssize_t at = 0; at < got;) {
      const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
      at += entry->d_reclen;
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      int error = each(dir_fd, entry->d_name, entry->d_type, with);
      if (error) return error;
    }
  }
}

static int note_entry(int dir_fd, const char *name, int type, void *with) {
  (void)type;
  (void)dir_fd;
  (void)name;
  *(int *)with = 0;
  return ECANCELED;
}

int disk_empty(int dir_fd) {
  int empty = 1;
  if (lseek(dir_fd, 0, SEEK_SET) < 0) return -1;
  int error = disk_each(dir_fd, note_entry, &empty);
  if (!error || error == ECANCELED) return empty;
  errno = error;
  return -1;
}

static int remove_entry(int dir_fd, const char *name, int type, void *with) {
  (void)type;
  (void)with;
  return disk_remove(dir_fd, name);
}

static int remove_dir(int dir_fd, const char *path) {
  int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == EACCES && fchmodat(dir_fd, path, 0700, 0) == 0)
    fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? 0 : errno;
  fchmod(fd, 0700); /* a task may have taken our own right to empty it */
  int error = disk_each(fd, remove_entry, NULL);
  close(fd);
  if (error) return error;
  return unlinkat(dir_fd, path, AT_REMOVEDIR) && errno != ENOENT ? errno : 0;
}

/* A directory that is read while it is emptied may hide entries: it is read again. */
int disk_remove(int dir_fd, const char *path) {
  if (unlinkat(dir_fd, path, 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  int error = ENOTEMPTY;
  for (int tries = 0; tries < 5 && error == ENOTEMPTY; tries++) error = remove_dir(dir_fd, path);
  return error;
}

int disk_write(int fd, const void *data, size_t len) {
  const char *at = data;
  while (len) {
    ssize_t wrote = write(fd, at, len);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    at += wrote;
    len -= (size_t)wrote;
  }
  return 0;
}

/* A device or a pipe is written to, and stays what it is. */
static int put_special(const char *path, const void *data, size_t len) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  int error = fd < 0 ? errno : disk_write(fd, data, len);
  if (fd >= 0 && close(fd) && !error) error = errno;
  return error;
}

int disk_put(const char *path, const void *data, size_t len, mode_t mode) {
  struct stat st;
  if (!stat(path, &st) && !S_ISREG(st.st_mode)) return put_special(path, data, len);
  RtText temporary = {0};
  text_addf(&temporary, "%s.tmp-%d", path, (int)getpid());
  int fd = open(temporary.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  int error = fd < 0 ? errno : disk_write(fd, data, len);
  if (fd >= 0 && close(fd) && !error) error = errno;
  if (!error && rename(temporary.data, path)) error = errno;
  if (error && fd >= 0) unlink(temporary.data);
  text_free(&temporary);
  return error;
}

char *disk_get(int fd, int64_t at, size_t most, size_t *len) {
  RtText text = {0};
  text_add(&text, "", 0);
  char chunk[16384];
  while (text.len < most) {
    size_t want = most - text.len < sizeof chunk ? most - text.len : sizeof chunk;
    ssize_t got = pread(fd, chunk, want, at + (int64_t)text.len);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      text_free(&text);
      return NULL;
    }
    if (got == 0) break;
    text_add(&text, chunk, (size_t)got);
  }
  *len = text.len;
  return text.data;
}

static int copy_chunks(int from_fd, int into_fd) {
  char chunk[65536];
  for (;;) {
    ssize_t got = read(from_fd, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got ? errno : 0;
    int error = disk_write(into_fd, chunk, (size_t)got);
    if (error) return error;
  }
}

int disk_copy(int from_fd, int into_fd) {
  if (ioctl(into_fd, FICLONE, from_fd) == 0) return 0;
  for (;;) {
    ssize_t copied = copy_file_range(from_fd, NULL, into_fd, NULL, 1 << 30, 0);
    if (copied == 0) return 0;
    if (copied < 0 && errno != EINTR) return errno == ENOSPC ? errno : copy_chunks(from_fd, into_fd);
  }
}

static int copy_file(const char *from, const char *into) {
  int from_fd = open(from, O_RDONLY | O_CLOEXEC);
  if (from_fd < 0) return errno;
  struct stat st;
  int error = fstat(from_fd, &st) ? errno : 0;
  int into_fd = error ? -1 : open(into, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
  if (!error && into_fd < 0) error = errno;
  if (!error) error = disk_copy(from_fd, into_fd);
  if (into_fd >= 0 && close(into_fd) && !error) error = errno;
  if (error && into_fd >= 0) unlink(into);
  close(from_fd);
  return error;
}

/* Symbolic links are followed: what is published must not point into the store. */
int disk_clone_file(const char *from, const char *into) {
  if (linkat(AT_FDCWD, from, AT_FDCWD, into, AT_SYMLINK_FOLLOW) == 0) return 0;
  return errno == EEXIST || errno == ENOSPC || errno == EROFS ? errno : copy_file(from, into);
}

typedef struct Pair {
  const char *from, *into;
} Pair;

static int clone_entry(int dir_fd, const char *name, int type, void *with) {
  (void)type;
  (void)dir_fd;
  const Pair *pair = with;
  RtText from = {0}, into = {0};
  text_addf(&from, "%s/%s", pair->from, name);
  text_addf(&into, "%s/%s", pair->into, name);
  struct stat st;
  int error = stat(from.data, &st) ? errno : 0;
  if (!error)
    error = S_ISDIR(st.st_mode) ? disk_clone_tree(from.data, into.data)
                                : disk_clone_file(from.data, into.data);
  text_free(&from);
  text_free(&into);
  return error;
}

int disk_clone_tree(const char *from, const char *into) {
  if (mkdir(into, 0777)) return errno;
  int fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  Pair pair = {from, into};
  int error = disk_each(fd, clone_entry, &pair);
  close(fd);
  return error;
}

/* Entries of a directory that are the same in the other one, counted. */
typedef struct Compare {
  int other_fd;
  int count, different;
} Compare;

static int compare_entry(int dir_fd, const char *name, int type, void *with) {
  (void)type;
  Compare *compare = with;
  compare->count++;
  if (!disk_same_tree(dir_fd, name, compare->other_fd, name)) compare->different = 1;
  return compare->different ? ECANCELED : 0;
}

static int count_entry(int dir_fd, const char *name, int type, void *with) {
  (void)type;
  (void)dir_fd;
  (void)name;
  ++*(int *)with;
  return 0;
}

static int same_dirs(int fd_a, int fd_b) {
  Compare compare = {fd_b, 0, 0};
  int others = 0;
  if (disk_each(fd_a, compare_entry, &compare) || compare.different) return 0;
  return disk_each(fd_b, count_entry, &others) == 0 && others == compare.count;
}

int disk_same_tree(int fd_a, const char *a, int fd_b, const char *b) {
  struct stat st_a, st_b;
  if (fstatat(fd_a, a, &st_a, 0) || fstatat(fd_b, b, &st_b, AT_SYMLINK_NOFOLLOW)) return 0;
  if (!S_ISDIR(st_a.st_mode)) return st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
  if (!S_ISDIR(st_b.st_mode)) return 0;
  int dir_a = openat(fd_a, a, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int dir_b = openat(fd_b, b, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int same = dir_a >= 0 && dir_b >= 0 && same_dirs(dir_a, dir_b);
  if (dir_a >= 0) close(dir_a);
  if (dir_b >= 0) close(dir_b);
  return same;
}
