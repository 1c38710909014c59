/* reader.c: what a task's outputs are read with, once it has run. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "glob.h"
#include "input.h"
#include "run.h"
#include "text.h"
#include "walk.h"
#include "work.h"

static _Noreturn __attribute__((format(printf, 4, 5))) void fail(RtCtx *ctx, const RtPlace *at,
                                                                 const char *code, const char *format, ...) {
  char message[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  rt_fail(ctx, at, code, arena_copy(ctx->arena, message, strlen(message)));
}

static _Noreturn void fail_with(RtCtx *ctx, const RtPlace *at, const RtError *error) {
  char code[8];
  size_t len;
  error_code(error, code);
  const char *message = error_message(error, &len), *hint = error_hint(error);
  fail(ctx, at, arena_copy(ctx->arena, code, strlen(code)), "%.*s%s%s", (int)len, message, *hint ? "; " : "",
       hint);
}

/* ---- paths ---- */

/* Outside of a task (a program's default), paths start at the current directory. */
static const char *work_dir(const RtCtx *ctx) { return ctx->work ? ctx->work->dir : NULL; }
static int work_fd(const RtCtx *ctx) { return ctx->work ? ctx->work->dir_fd : AT_FDCWD; }

/* An absolute path inside the directory, made relative to it; NULL if it is not inside. */
static const char *inside(const char *path, const char *dir) {
  size_t len = strlen(dir);
  while (len && dir[len - 1] == '/') len--;
  if (strncmp(path, dir, len) != 0 || (path[len] && path[len] != '/')) return NULL;
  path += len;
  while (*path == '/') path++;
  return path;
}

/* Append the path without "." and ".." to `into`; 0 if it leads above where it starts. */
static int normalise(const char *path, char *into) {
  size_t len = 0;
  for (; *path; path += *path == '/') {
    size_t part = strcspn(path, "/");
    if (part == 2 && memcmp(path, "..", 2) == 0) {
      if (len == 0) return 0;
      while (len && into[--len] != '/') continue;
    } else if (part && !(part == 1 && *path == '.')) {
      if (len) into[len++] = '/';
      memcpy(into + len, path, part);
      len += part;
    }
    path += part;
  }
  into[len] = 0;
  return 1;
}

/* The path below the task's directory, normalised ("." for the directory itself); fails when it leads out. */
static const char *locate(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  const char *rest = path->bytes, *dir = work_dir(ctx);
  if (path->len == 0) fail(ctx, at, "R0080", "an empty path names no output");
  if (!dir) return rest;
  if (*rest == '/') rest = inside(rest, dir);
  char *into = arena_take(ctx->arena, (size_t)path->len + 2);
  if (!rest || !normalise(rest, into))
    fail(ctx, at, "R0081", "\"%.400s\" leads out of the task's directory", path->bytes);
  return *into ? into : ".";
}

/* What is read may also be an input: an absolute path outside of the task's directory. */
static const char *locate_source(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  const char *dir = work_dir(ctx);
  int input = dir && path->bytes[0] == '/' && !inside(path->bytes, dir);
  return input ? path->bytes : locate(ctx, at, path);
}

static const RtString *full_path(RtCtx *ctx, const char *path) {
  const char *dir = work_dir(ctx);
  RtText full = {0};
  char here[4096];
  if (!dir && *path != '/') dir = getcwd(here, sizeof here);
  if (dir) text_puts(&full, dir);
  if (dir && strcmp(path, ".") != 0) text_char(&full, '/');
  if (!dir || strcmp(path, ".") != 0) text_puts(&full, path);
  const RtString *string = arena_string(ctx->arena, full.data, full.len);
  text_free(&full);
  return string;
}

/* Why stat failed: never made, a link to nowhere, or the system's reason. */
static _Noreturn void not_made(RtCtx *ctx, const RtPlace *at, const char *path, int reason) {
  struct stat st;
  if ((reason == ENOENT || reason == ELOOP) && fstatat(work_fd(ctx), path, &st, AT_SYMLINK_NOFOLLOW) == 0)
    fail(ctx, at, "R0082", "the output \"%.400s\" is a link that leads nowhere", path);
  if (reason == ENOENT || reason == ENOTDIR)
    fail(ctx, at, "R0080", "the output \"%.400s\" was not made", path);
  fail(ctx, at, "R0013", "cannot read the output \"%.400s\": %s", path, strerror(reason));
}

static int is_absent(RtCtx *ctx, const char *path, int reason) {
  struct stat st;
  if (reason == ENOTDIR) return 1;
  return reason == ENOENT && fstatat(work_fd(ctx), path, &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT;
}

static int64_t dir_size(RtCtx *ctx, const RtPlace *at, const char *path) {
  WalkList list = {0};
  int error = walk_tree(work_fd(ctx), path, &list);
  int64_t size = walk_size(&list);
  walk_free(&list);
  if (error) fail(ctx, at, "R0013", "cannot read the output \"%.400s\": %s", path, strerror(error));
  return size;
}

/* In a preparation the task has not run.  Whether it is so; contents that are asked for are noted, and blank. */
static int is_promise(RtCtx *ctx, const RtPlace *at, const char *contents) {
  RtWork *work = ctx->work;
  if (!work || !work->promise) return 0;
  if (contents && !work->later) {
    work->later = contents;
    if (at) work->later_at = *at;
  }
  return 1;
}

/* What is promised has a path, and nothing else is known. */
static const RtFile *promise(RtCtx *ctx, const char *path, int is_dir) {
  RtFile *file = arena_alloc(ctx->arena, sizeof *file);
  file->path = full_path(ctx, path);
  file->is_dir = (uint8_t)is_dir;
  file->promised = 1;
  return file;
}

static void set_blank(RtCtx *ctx, const RtType *type, char *slot) {
  if (type->size) memset(slot, 0, type->size);
  if (type->kind == RT_STRING) *(const RtString **)(void *)slot = arena_string(ctx->arena, "", 0);
  if (type->kind == RT_FILE || type->kind == RT_DIR)
    *(const RtFile **)(void *)slot = promise(ctx, ".", type->kind == RT_DIR);
  if (type->kind == RT_ARRAY) *(RtArray **)(void *)slot = rt_array_new(ctx, 0, type->elem->size);
  for (uint32_t i = 0; type->kind == RT_RECORD && i < type->field_count; i++)
    set_blank(ctx, type->fields[i].type, slot + type->fields[i].offset);
}

static const RtFile *out(RtCtx *ctx, const RtPlace *at, const char *path, int is_dir, int or_null) {
  struct stat st;
  if (is_promise(ctx, at, or_null ? "whether a file is there" : NULL))
    return or_null ? NULL : promise(ctx, path, is_dir);
  if (fstatat(work_fd(ctx), path, &st, 0)) {
    int reason = errno;
    if (or_null && is_absent(ctx, path, reason)) return NULL;
    not_made(ctx, at, path, reason);
  }
  if (S_ISDIR(st.st_mode) != is_dir || (!is_dir && !S_ISREG(st.st_mode)))
    fail(ctx, at, "R0083", "the output \"%.400s\" is %s, and a %s is needed", path,
         S_ISDIR(st.st_mode)   ? "a directory"
         : S_ISREG(st.st_mode) ? "a file"
                               : "neither a file nor a directory",
         is_dir ? "Dir" : "File");
  if (!utf8_valid(path, strlen(path), NULL))
    fail(ctx, at, "R0015", "the path of an output is not valid UTF-8");
  RtFile *file = arena_alloc(ctx->arena, sizeof *file);
  file->path = full_path(ctx, path);
  file->size = is_dir ? dir_size(ctx, at, path) : st.st_size;
  file->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
  file->is_dir = (uint8_t)is_dir;
  return file;
}

const RtFile *rt_out_file(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  return out(ctx, at, locate(ctx, at, path), 0, 0);
}

const RtFile *rt_out_dir(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  return out(ctx, at, locate(ctx, at, path), 1, 0);
}

const RtFile *rt_out_file_or_null(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  return out(ctx, at, locate(ctx, at, path), 0, 1);
}

const RtFile *rt_out_dir_or_null(RtCtx *ctx, const RtPlace *at, const RtString *path) {
  return out(ctx, at, locate(ctx, at, path), 1, 1);
}

const RtFile *rt_named_file(RtCtx *ctx, const RtPlace *at, const RtString *path, int is_dir) {
  const char *dir = work_dir(ctx);
  if (dir && (path->bytes[0] != '/' || inside(path->bytes, dir)))
    return out(ctx, at, locate(ctx, at, path), is_dir, 0);
  const RtFile *file;
  RtError error = {{0}};
  if (!file_from_path(ctx->arena, path->bytes, (size_t)path->len, NULL, is_dir, &file, &error))
    fail_with(ctx, at, &error);
  return file;
}

/* ---- patterns ---- */

/* The regular files of what was found; a link that leads nowhere fails. */
static int is_regular(RtCtx *ctx, const RtPlace *at, const char *path) {
  struct stat st;
  if (fstatat(work_fd(ctx), path, &st, 0)) not_made(ctx, at, path, errno);
  return S_ISREG(st.st_mode);
}

/* The arena's copy of what was found, so that a failure on the way leaks nothing. */
static char **found_paths(RtCtx *ctx, const RtPlace *at, const char *pattern, size_t *count) {
  GlobList list = {0};
  int error = glob_find(work_fd(ctx), pattern, &list);
  *count = list.count;
  char **paths = arena_alloc(ctx->arena, (list.count + 1) * sizeof *paths);
  for (size_t i = 0; i < list.count; i++)
    paths[i] = arena_copy(ctx->arena, list.paths[i], strlen(list.paths[i]));
  glob_free(&list);
  if (error == EINVAL)
    fail(ctx, at, "R0084", "\"%.400s\" is not a pattern: a bracket or brace is not closed", pattern);
  if (error == E2BIG) fail(ctx, at, "R0084", "\"%.400s\" has too many alternatives", pattern);
  if (error) fail(ctx, at, "R0013", "cannot look for \"%.400s\": %s", pattern, strerror(error));
  return paths;
}

const RtArray *rt_glob(RtCtx *ctx, const RtPlace *at, const RtString *pattern) {
  if (is_promise(ctx, at, "a pattern of files")) return rt_array_new(ctx, 0, sizeof(RtFile *));
  size_t found, count = 0;
  char **paths = found_paths(ctx, at, locate(ctx, at, pattern), &found);
  for (size_t i = 0; i < found; i++)
    if (is_regular(ctx, at, paths[i])) paths[count++] = paths[i];
  RtArray *array = rt_array_new(ctx, (int64_t)count, sizeof(RtFile *));
  const RtFile **files = (const RtFile **)(void *)array->items;
  for (size_t i = 0; i < count; i++) files[i] = out(ctx, at, paths[i], 0, 0);
  return array;
}

/* ---- standard output ---- */

/* The name of the open file in the task's directory, found by its inode: where /proc is not mounted there is no
 * other way.  NULL if it has none there. */
static char *name_of(RtCtx *ctx, const struct stat *want) {
  int fd = openat(work_fd(ctx), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  char *name = NULL;
  struct stat st;
  for (struct dirent *entry; dir && !name && (entry = readdir(dir));) {
    if (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN) continue;
    if (fstatat(work_fd(ctx), entry->d_name, &st, AT_SYMLINK_NOFOLLOW)) continue;
    if (st.st_ino == want->st_ino && st.st_dev == want->st_dev)
      name = arena_copy(ctx->arena, entry->d_name, strlen(entry->d_name));
  }
  if (dir) closedir(dir);
  return name;
}

static const RtString *stdout_path(RtCtx *ctx, const struct stat *st) {
  char link[64], target[4096];
  const char *name = name_of(ctx, st);
  if (name) return full_path(ctx, name);
  snprintf(link, sizeof link, "/proc/self/fd/%d", ctx->work->stdout_fd);
  ssize_t len = readlink(link, target, sizeof target - 1);
  if (len <= 0 || *target != '/') fail(ctx, NULL, "R0080", "the standard output was not kept");
  return arena_string(ctx->arena, target, (size_t)len);
}

const RtFile *rt_stdout_file(RtCtx *ctx) {
  struct stat st;
  if (is_promise(ctx, NULL, NULL)) return promise(ctx, "stdout", 0);
  if (!ctx->work || ctx->work->stdout_fd < 0 || fstat(ctx->work->stdout_fd, &st))
    fail(ctx, NULL, "R0080", "the standard output was not kept");
  RtFile *file = arena_alloc(ctx->arena, sizeof *file);
  file->path = stdout_path(ctx, &st);
  file->size = st.st_size;
  file->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
  return file;
}

/* All of an open file, from its start, into the arena; NULL and errno when it cannot be read. */
static const char *read_all(RtCtx *ctx, int fd, size_t *len) {
  struct stat st;
  if (fstat(fd, &st)) return NULL;
  char *data = arena_take(ctx->arena, (size_t)st.st_size + 1);
  *len = 0;
  while (*len < (size_t)st.st_size) {
    ssize_t got = pread(fd, data + *len, (size_t)st.st_size - *len, (off_t)*len);
    if (got == 0) break;
    if (got > 0)
      *len += (size_t)got;
    else if (errno != EINTR)
      return NULL;
  }
  data[*len] = 0;
  return data;
}

static size_t without_newlines(const char *text, size_t len) {
  while (len && (text[len - 1] == '\n' || text[len - 1] == '\r')) len--;
  return len;
}

const RtString *rt_stdout_string(RtCtx *ctx, const RtPlace *at) {
  static const RtType type = {.kind = RT_STRING, .align = 8, .size = 8, .has_pointers = 1, .text = "String"};
  if (is_promise(ctx, at, "the standard output")) return arena_string(ctx->arena, "", 0);
  if (!ctx->work || ctx->work->stdout_fd < 0) fail(ctx, at, "R0080", "the standard output was not kept");
  size_t len;
  const char *text = read_all(ctx, ctx->work->stdout_fd, &len);
  if (!text) fail(ctx, at, "R0013", "cannot read the standard output: %s", strerror(errno));
  const RtString *string;
  RtError error;
  const RtSource source = {ctx->arena, "standard output", NULL, 0, &error};
  if (!scalar_from_text(&source, &type, text, without_newlines(text, len), &string)) {
    error_prefix(&error, "standard output");
    fail_with(ctx, at, &error);
  }
  return string;
}

/* ---- values from files ---- */

static const char *load(RtCtx *ctx, const RtPlace *at, const char *path, size_t *len) {
  int fd = openat(work_fd(ctx), path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) not_made(ctx, at, path, errno);
  struct stat st;
  if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
    close(fd);
    fail(ctx, at, "R0083", "the output \"%.400s\" is not a file", path);
  }
  const char *text = read_all(ctx, fd, len);
  int reason = errno;
  close(fd);
  if (!text) fail(ctx, at, "R0013", "cannot read the output \"%.400s\": %s", path, strerror(reason));
  return text;
}

static int is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* A string keeps the blanks around it, but not the newline that ends a file; anything else is trimmed. */
static int read_text(const RtSource *source, const RtType *type, const char *text, size_t len, void *into) {
  const RtType *scalar = type->kind == RT_OPTION ? type->elem : type;
  if (scalar->kind == RT_STRING) {
    len = without_newlines(text, len);
  } else {
    while (len && is_space(text[len - 1])) len--;
    for (; len && is_space(*text); text++) len--;
  }
  if (scalar_from_text(source, type, text, len, into)) return 1;
  error_prefix(source->error, source->name);
  return 0;
}

static int64_t count_lines(const char *text, size_t len) {
  int64_t lines = len && text[len - 1] != '\n';
  for (size_t i = 0; i < len; i++) lines += text[i] == '\n';
  return lines;
}

static int read_lines(const RtSource *source, const RtType *type, const char *text, size_t len,
                      const RtArray **into) {
  int64_t lines = count_lines(text, len);
  RtArray *array = arena_alloc(source->arena, sizeof *array + (size_t)lines * type->elem->size);
  const char *end = text + len;
  for (char *slot = array->items; array->len < lines; slot += type->elem->size) {
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    size_t line = (size_t)((newline ? newline : end) - text);
    size_t kept = line && text[line - 1] == '\r' ? line - 1 : line;
    array->len++;
    if (!scalar_from_text(source, type->elem, text, kept, slot)) {
      char where[400];
      snprintf(where, sizeof where, "%.300s:%lld", source->name, (long long)array->len);
      error_prefix(source->error, where);
      return 0;
    }
    text += newline ? line + 1 : line;
  }
  *into = array;
  return 1;
}

static int read_json(const RtSource *source, const char *pointer, const RtType *type, const char *text,
                     size_t len, void *into) {
  RtArena *nodes = arena_new();
  const RtNode *root = json_parse(nodes, text, len, source->name, source->error);
  const RtNode *node = root ? node_at(root, pointer, source->name, source->error) : NULL;
  int done = node && value_from_node(source, node, type, into);
  arena_free(nodes);
  return done;
}

void rt_read(RtCtx *ctx, const RtPlace *at, RtFormat format, const RtString *path, const char *pointer,
             const RtType *type, void *into) {
  if (is_promise(ctx, at, "a value in a file")) {
    set_blank(ctx, type, into);
    return;
  }
  size_t len;
  const char *name = locate_source(ctx, at, path);
  const char *text = load(ctx, at, name, &len);
  RtError error = {{0}};
  const RtSource source = {ctx->arena, name, work_dir(ctx), 0, &error};
  int done = 0;
  switch (format) {
    case RT_READ_TEXT:
      done = read_text(&source, type, text, len, into);
      break;
    case RT_READ_LINES:
      done = read_lines(&source, type, text, len, into);
      break;
    case RT_READ_JSON:
      done = read_json(&source, pointer, type, text, len, into);
      break;
    case RT_READ_TSV:
      done = table_parse(&source, type, text, len, '\t', into);
      break;
    case RT_READ_CSV:
      done = table_parse(&source, type, text, len, ',', into);
      break;
  }
  if (!done) fail_with(ctx, at, &error);
}
