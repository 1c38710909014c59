/* glob.c: braces are expanded first; then each component is matched against its directory, so that only the
 * directories which can hold a match are read. */
#include "glob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "text.h"

enum { MOST_ALTERNATIVES = 4096, DEEPEST = 200 };

/* ---- one component ---- */

static uint32_t next_rune(const char **at) {
  uint32_t rune = (unsigned char)**at;
  int step = utf8_decode(*at, *at + strnlen(*at, 4), &rune);
  *at += step ? step : 1;
  return rune;
}

/* The end of the class that begins at "[": the place after its "]"; NULL if it is not closed. */
static const char *class_end(const char *at) {
  at++;
  if (*at == '!' || *at == '^') at++;
  if (*at == ']') at++;
  while (*at && *at != ']') at++;
  return *at ? at + 1 : NULL;
}

static int class_has(const char *at, uint32_t rune) {
  const char *end = class_end(at) - 1;
  int inverted = at[1] == '!' || at[1] == '^', found = 0;
  for (at += 1 + inverted; at < end;) {
    uint32_t low = next_rune(&at), high = low;
    if (at + 1 < end && *at == '-') {
      at++;
      high = next_rune(&at);
    }
    found |= rune >= low && rune <= high;
  }
  return found != inverted;
}

/* Match one pattern item other than "*" at `*pattern` against one character at `*name`. */
static int match_one(const char **pattern, const char **name) {
  if (!**name) return 0;
  const char *class = **pattern == '[' ? class_end(*pattern) : NULL;
  const char *at = *pattern;
  uint32_t rune = next_rune(name);
  if (class) return *pattern = class, class_has(at, rune);
  if (*at == '?') return ++*pattern, 1;
  return next_rune(pattern) == rune;
}

/* Goes back to the last star alone, which is enough: time is at most the product of the lengths. */
int glob_match(const char *pattern, const char *name) {
  const char *star = NULL, *star_name = NULL;
  if (*name == '.' && *pattern != '.') return 0;
  while (*pattern || *name) {
    if (*pattern == '*') {
      star = ++pattern;
      star_name = name;
      continue;
    }
    if (*pattern && match_one(&pattern, &name)) continue;
    if (!star || !*star_name) return 0;
    next_rune(&star_name);
    pattern = star;
    name = star_name;
  }
  return 1;
}

/* ---- directories ---- */

static void list_add(GlobList *list, const char *path) {
  if (list->count == list->cap) {
    list->cap = list->cap ? list->cap * 2 : 16;
    char **paths = realloc(list->paths, list->cap * sizeof *paths);
    if (!paths) arena_exhausted(list->cap * sizeof *paths);
    list->paths = paths;
  }
  char *copy = strdup(path);
  if (!copy) arena_exhausted(strlen(path));
  list->paths[list->count++] = copy;
}

static int find_below(int fd, RtText *path, const char *pattern, int depth, GlobList *list);

static int is_dir(int fd, const char *name, int flags) {
  struct stat st;
  return fstatat(fd, name, &st, flags) == 0 && S_ISDIR(st.st_mode);
}

/* The entry `name` of `fd` has matched; what of the pattern is left (NULL: nothing) goes on below it. */
static int entry_matched(int fd, RtText *path, const char *name, const char *rest, int depth,
                         GlobList *list) {
  size_t base = path->len;
  int error = 0;
  if (base) text_char(path, '/');
  text_puts(path, name);
  if (!rest) {
    list_add(list, path->data);
  } else if (is_dir(fd, name, 0)) {
    int sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    error = sub < 0 ? errno : find_below(sub, path, rest, depth + 1, list);
    if (sub >= 0) close(sub);
  }
  path->len = base;
  path->data[base] = 0;
  return error;
}

/* Apply to each entry: `component` NULL means "**", which descends with the whole pattern. */
static int each_entry(int fd, RtText *path, const char *component, const char *rest, int depth,
                      GlobList *list) {
  int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = copy < 0 ? NULL : fdopendir(copy);
  if (!dir) return errno;
  int error = 0;
  for (struct dirent *entry; !error && (errno = 0, entry = readdir(dir));) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    int matches = component ? glob_match(component, name)
                            : *name != '.' && is_dir(fd, name, AT_SYMLINK_NOFOLLOW);
    if (matches) error = entry_matched(fd, path, name, rest, depth, list);
    errno = 0;
  }
  closedir(dir);
  return error;
}

static int find_literal(int fd, RtText *path, const char *component, const char *rest, int depth,
                        GlobList *list) {
  struct stat st;
  if (fstatat(fd, component, &st, AT_SYMLINK_NOFOLLOW)) return errno == ENOENT ? 0 : errno;
  return entry_matched(fd, path, component, rest, depth, list);
}

static int find_below(int fd, RtText *path, const char *pattern, int depth, GlobList *list) {
  if (depth > DEEPEST) return ELOOP;
  while (*pattern == '/' || (pattern[0] == '.' && pattern[1] == '/')) pattern++;
  size_t len = strcspn(pattern, "/");
  const char *rest = pattern[len] ? pattern + len + 1 : NULL;
  if (len == 0) return 0;
  if (len == 2 && memcmp(pattern, "**", 2) == 0) {
    int error = rest ? find_below(fd, path, rest, depth, list) : each_entry(fd, path, "*", NULL, depth, list);
    return error ? error : each_entry(fd, path, NULL, pattern, depth, list);
  }
  char *component = strndup(pattern, len);
  if (!component) arena_exhausted(len);
  int error = strpbrk(component, "*?[") ? each_entry(fd, path, component, rest, depth, list)
                                        : find_literal(fd, path, component, rest, depth, list);
  free(component);
  return error;
}

/* ---- braces ---- */

/* The "}" that closes the "{" at `at`; NULL if none does. */
static const char *brace_close(const char *at) {
  int depth = 0;
  for (; *at; at++) {
    depth += (*at == '{') - (*at == '}');
    if (depth == 0) return at;
  }
  return NULL;
}

/* Find with the first brace replaced by each of its alternatives. */
static int find_expanded(int fd, const char *pattern, int *left, GlobList *list) {
  const char *open = strchr(pattern, '{');
  if (--*left < 0) return E2BIG;
  if (!open) {
    RtText path = {0};
    text_add(&path, "", 0);
    int error = find_below(fd, &path, pattern, 0, list);
    text_free(&path);
    return error;
  }
  const char *close = brace_close(open);
  if (!close) return EINVAL;
  int error = 0, depth = 0;
  for (const char *from = open + 1, *at = from; at <= close && !error; at++) {
    if (at < close && (depth || *at != ',')) {
      depth += (*at == '{') - (*at == '}');
      continue;
    }
    RtText one = {0};
    text_add(&one, pattern, (size_t)(open - pattern));
    text_add(&one, from, (size_t)(at - from));
    text_puts(&one, close + 1);
    error = find_expanded(fd, one.data, left, list);
    text_free(&one);
    from = at + 1;
  }
  return error;
}

static int classes_closed(const char *pattern) {
  for (; *pattern; pattern++) {
    if (*pattern != '[') continue;
    pattern = class_end(pattern);
    if (!pattern) return 0;
    pattern--;
  }
  return 1;
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void sort_once(GlobList *list) {
  if (list->count < 2) return;
  qsort(list->paths, list->count, sizeof *list->paths, by_bytes);
  size_t kept = 1;
  for (size_t i = 1; i < list->count; i++) {
    if (strcmp(list->paths[i], list->paths[kept - 1]) == 0)
      free(list->paths[i]);
    else
      list->paths[kept++] = list->paths[i];
  }
  list->count = kept;
}

int glob_find(int dir_fd, const char *pattern, GlobList *list) {
  int left = MOST_ALTERNATIVES;
  if (!classes_closed(pattern)) return EINVAL;
  int error = find_expanded(dir_fd, pattern, &left, list);
  sort_once(list);
  return error;
}

void glob_free(GlobList *list) {
  for (size_t i = 0; i < list->count; i++) free(list->paths[i]);
  free(list->paths);
  *list = (GlobList){0};
}
