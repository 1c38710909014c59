/* file_in.c: paths given as inputs become canonical files and directories; whole files are loaded. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "input.h"
#include "text.h"
#include "walk.h"

enum { MOST_NAMES = 2000 };

/* The name in the directory of `path` that is most like its last component; written to `hint`. */
static const char *similar_name(const char *path, char *hint, size_t size) {
  const char *slash = strrchr(path, '/');
  RtText dir_path = {0};
  if (slash)
    text_add(&dir_path, path, (size_t)(slash - path) + 1);
  else
    text_puts(&dir_path, ".");
  DIR *dir = opendir(dir_path.data);
  text_free(&dir_path);
  if (!dir) return NULL;
  char *names[MOST_NAMES];
  size_t count = 0;
  for (struct dirent *entry; count < MOST_NAMES && (entry = readdir(dir));)
    if (entry->d_name[0] != '.' && (names[count] = strdup(entry->d_name))) count++;
  closedir(dir);
  const char *found = suggest(slash ? slash + 1 : path, (const char *const *)names, count);
  if (found) snprintf(hint, size, "did you mean \"%s\"?", found);
  for (size_t i = 0; i < count; i++) free(names[i]);
  return found ? hint : NULL;
}

/* `shown` is the path as given, `path` as it is looked up. */
static int not_there(const char *shown, const char *path, RtError *error) {
  int reason = errno;
  char buffer[300];
  const char *hint = similar_name(path, buffer, sizeof buffer);
  if (reason == ENOENT && !hint && strcmp(shown, path) != 0 && access(shown, F_OK) == 0)
    hint = "relative paths inside a document start at the document's own directory";
  if (reason == ENOENT)
    return error_set(error, "R0010", hint, "no such file or directory: \"%.400s\"", shown);
  return error_set(error, "R0013", NULL, "cannot read \"%.400s\": %s", shown, strerror(reason));
}

static int check_kind(const char *shown, const struct stat *st, int is_dir, RtError *error) {
  if (S_ISDIR(st->st_mode) && !is_dir)
    return error_set(error, "R0011", NULL, "\"%.400s\" is a directory, and a File is needed", shown);
  if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode))
    return error_set(error, "R0014", NULL, "\"%.400s\" is neither a file nor a directory", shown);
  if (S_ISREG(st->st_mode) && is_dir)
    return error_set(error, "R0012", NULL, "\"%.400s\" is a file, and a Dir is needed", shown);
  return 1;
}

/* The size of a directory is that of what it holds. */
static int measure(const char *shown, const char *path, const struct stat *st, int64_t *size,
                   RtError *error) {
  *size = st->st_size;
  if (!S_ISDIR(st->st_mode)) return 1;
  WalkList list = {0};
  int reason = walk_tree(AT_FDCWD, path, &list);
  *size = walk_size(&list);
  walk_free(&list);
  return reason ? error_set(error, "R0013", NULL, "cannot read \"%.400s\": %s", shown, strerror(reason)) : 1;
}

static int file_at(RtArena *arena, const char *shown, const char *path, int is_dir, const RtFile **into,
                   RtError *error) {
  char canonical[PATH_MAX];
  struct stat st;
  int64_t size;
  if (!realpath(path, canonical) || stat(canonical, &st)) return not_there(shown, path, error);
  if (!check_kind(shown, &st, is_dir, error)) return 0;
  if (access(canonical, is_dir ? R_OK | X_OK : R_OK))
    return error_set(error, "R0013", NULL, "cannot read \"%.400s\": %s", shown, strerror(errno));
  if (!utf8_valid(canonical, strlen(canonical), NULL))
    return error_set(error, "R0015", NULL, "the path of \"%.400s\" is not valid UTF-8", shown);
  if (!measure(shown, canonical, &st, &size, error)) return 0;
  RtFile *file = arena_alloc(arena, sizeof *file);
  file->path = arena_string(arena, canonical, strlen(canonical));
  file->size = size;
  file->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
  file->is_dir = (uint8_t)is_dir;
  *into = file;
  return 1;
}

int file_from_path(RtArena *arena, const char *path, size_t len, const char *base, int is_dir,
                   const RtFile **file, RtError *error) {
  if (len == 0) return error_set(error, "R0010", NULL, "an empty path names no file");
  if (memchr(path, 0, len)) return error_set(error, "R0015", NULL, "a path cannot hold a NUL byte");
  RtText full = {0}, shown = {0};
  text_add(&shown, path, len);
  if (*path != '/' && base && *base) text_addf(&full, "%s/", base);
  text_add(&full, path, len);
  int done = file_at(arena, shown.data, full.data, is_dir, file, error);
  text_free(&full);
  text_free(&shown);
  return done;
}

static char *load_fd(int fd, size_t guess, size_t *len) {
  size_t cap = guess + 1;
  char *data = malloc(cap);
  *len = 0;
  while (data) {
    ssize_t got = read(fd, data + *len, cap - 1 - *len);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got == 0) return data[*len] = 0, data;
      free(data);
      return NULL;
    }
    *len += (size_t)got;
    if (*len < cap - 1) continue;
    char *more = realloc(data, cap = cap * 2 + 4096);
    if (!more) free(data);
    data = more;
  }
  errno = ENOMEM;
  return NULL;
}

char *input_load(const char *path, size_t *len, RtError *error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st)) {
    not_there(path, path, error);
    if (fd >= 0) close(fd);
    return NULL;
  }
  char *data = NULL;
  if (S_ISDIR(st.st_mode)) {
    error_set(error, "R0011", NULL, "\"%.400s\" is a directory, and a file is needed", path);
  } else {
    data = load_fd(fd, S_ISREG(st.st_mode) ? (size_t)st.st_size + 1 : 4096, len);
    if (!data && errno == ENOMEM) arena_exhausted((size_t)st.st_size);
    if (!data) error_set(error, "R0013", NULL, "cannot read \"%.400s\": %s", path, strerror(errno));
  }
  close(fd);
  return data;
}
