/* walk.c: reads a directory tree with openat, so that paths of any length can be followed. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "text.h"

enum { DEEPEST = 200 };

/* The directories that the walk is inside of, to see a link that leads back. */
typedef struct Above {
  const struct Above *up;
  dev_t dev;
  ino_t ino;
  int depth;
} Above;

static int leads_back(const Above *above, const struct stat *st) {
  for (; above; above = above->up)
    if (above->dev == st->st_dev && above->ino == st->st_ino) return 1;
  return 0;
}

static void list_add(WalkList *list, const RtText *path, const struct stat *st) {
  if (list->count == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 64;
    WalkEntry *entries = realloc(list->entries, cap * sizeof *entries);
    if (!entries) arena_exhausted(cap * sizeof *entries);
    list->entries = entries;
    list->cap = cap;
  }
  char *copy = strdup(path->data);
  if (!copy) arena_exhausted(path->len);
  list->entries[list->count++] = (WalkEntry){copy, st->st_mode, st->st_size};
}

static int walk_dir(int fd, RtText *path, const Above *above, WalkList *list);

/* `path` is that of the entry; `name` its last component, in the directory open as `fd`. */
static int walk_entry(int fd, const char *name, RtText *path, const Above *above, WalkList *list) {
  struct stat st;
  if (fstatat(fd, name, &st, 0)) {
    if (errno != ENOENT && errno != ELOOP) return errno;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW)) return errno;
  }
  list_add(list, path, &st);
  if (!S_ISDIR(st.st_mode)) return 0;
  if (above->depth >= DEEPEST || leads_back(above, &st)) return ELOOP;
  int sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (sub < 0) return errno;
  const Above here = {above, st.st_dev, st.st_ino, above->depth + 1};
  return walk_dir(sub, path, &here, list);
}

/* Takes over `fd`. */
static int walk_dir(int fd, RtText *path, const Above *above, WalkList *list) {
  DIR *dir = fdopendir(fd);
  if (!dir) {
    int error = errno;
    close(fd);
    return error;
  }
  size_t base = path->len;
  int error = 0;
  for (struct dirent *entry; !error && (errno = 0, entry = readdir(dir));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (base) text_char(path, '/');
    text_puts(path, entry->d_name);
    error = walk_entry(fd, entry->d_name, path, above, list);
    path->len = base;
    path->data[base] = 0;
  }
  if (!error) error = errno;
  closedir(dir);
  return error;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const WalkEntry *)a)->path, ((const WalkEntry *)b)->path);
}

int walk_tree(int dir_fd, const char *path, WalkList *list) {
  int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  struct stat st;
  if (fstat(fd, &st)) {
    int error = errno;
    close(fd);
    return error;
  }
  RtText at = {0};
  text_add(&at, "", 0);
  const Above here = {NULL, st.st_dev, st.st_ino, 0};
  int error = walk_dir(fd, &at, &here, list);
  text_free(&at);
  if (list->count) qsort(list->entries, list->count, sizeof *list->entries, by_path);
  return error;
}

int64_t walk_size(const WalkList *list) {
  int64_t sum = 0;
  for (size_t i = 0; i < list->count; i++)
    if (S_ISREG(list->entries[i].mode)) sum += list->entries[i].size;
  return sum;
}

void walk_free(WalkList *list) {
  for (size_t i = 0; i < list->count; i++) free(list->entries[i].path);
  free(list->entries);
  *list = (WalkList){0};
}
