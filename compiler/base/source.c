#include "source.h"

#include "vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct Sources {
  Arena *arena;
  VEC(Source *) list;
  VEC(char *) texts;    /* of files that were read */
  VEC(Source *) mapped; /* whose texts are the files themselves */
  uint32_t next_base;
};

Sources *sources_new(Arena *arena) {
  Sources *sources = mem_alloc(sizeof *sources);
  *sources = (Sources){.arena = arena, .next_base = 1};
  return sources;
}

void sources_free(Sources *sources) {
  if (!sources) return;
  for (uint32_t i = 0; i < sources->list.len; i++) free(sources->list.data[i]->lines);
  for (uint32_t i = 0; i < sources->texts.len; i++) free(sources->texts.data[i]);
  for (uint32_t i = 0; i < sources->mapped.len; i++)
    munmap((void *)sources->mapped.data[i]->text, sources->mapped.data[i]->size);
  vec_free(&sources->texts);
  vec_free(&sources->mapped);
  vec_free(&sources->list);
  free(sources);
}

/* `text` lives as long as the sources and ends with two NULs. */
static Source *adopt(Sources *sources, const char *path, const char *text, size_t size) {
  if (size > UINT32_MAX / 2 || sources->next_base > UINT32_MAX - (uint32_t)size - 2) return NULL;
  Source *source = ARENA_NEW(sources->arena, Source);
  *source = (Source){.path = arena_text(sources->arena, path, strlen(path)),
                     .text = text,
                     .size = (uint32_t)size,
                     .base = sources->next_base};
  sources->next_base += (uint32_t)size + 2;
  vec_push(&sources->list, source);
  return source;
}

Source *sources_add(Sources *sources, const char *path, const char *text, size_t size) {
  char *copy = arena_alloc(sources->arena, size + 2);
  memcpy(copy, text, size);
  return adopt(sources, path, copy, size);
}

/* Up to one byte more than SOURCE_MOST, on malloc, with room for two NULs. NULL with errno set. */
static char *read_all(int fd, size_t *size) {
  struct stat st;
  size_t cap = 1 << 16, len = 0;
  if (!fstat(fd, &st) && S_ISREG(st.st_mode))
    cap = st.st_size > SOURCE_MOST ? SOURCE_MOST : (size_t)st.st_size;
  char *data = mem_alloc(cap + 4);
  for (;;) {
    if (len > SOURCE_MOST) break;
    if (len == cap + 1) data = mem_resize(data, (cap *= 2) + 4);
    ssize_t got = read(fd, data + len, cap + 1 - len);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      free(data);
      return NULL;
    }
    if (got == 0) break;
    len += (size_t)got;
  }
  memset(data + len, 0, 2);
  *size = len;
  return data;
}

Source *sources_read(Sources *sources, const char *path, const char **error) {
  bool is_stdin = !strcmp(path, "-");
  int fd = is_stdin ? 0 : open(path, O_RDONLY | O_CLOEXEC);
  size_t size = 0;
  char *data = fd < 0 ? NULL : read_all(fd, &size);
  int reason = errno;
  if (fd > 0) close(fd);
  if (!data) {
    *error = strerror(reason);
    return NULL;
  }
  Source *source = adopt(sources, is_stdin ? "<stdin>" : path, data, size);
  if (source) vec_push(&sources->texts, data);
  if (source) return source;
  free(data);
  *error = strerror(EFBIG);
  return NULL;
}

Source *sources_map(Sources *sources, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat st;
  bool fits = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 &&
              st.st_size < UINT32_MAX / 2;
  void *text = fits ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  if (fd >= 0) close(fd);
  if (text == MAP_FAILED) return NULL;
  Source *source = adopt(sources, path, text, (size_t)st.st_size);
  if (!source) {
    munmap(text, (size_t)st.st_size);
    return NULL;
  }
  source->mapped = true;
  vec_push(&sources->mapped, source);
  return source;
}

void source_release(const Source *source, uint32_t offset) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (source->mapped && offset >= page) madvise((void *)source->text, offset & ~(page - 1), MADV_DONTNEED);
}

Source *sources_at(const Sources *sources, Span span) {
  if (!span.hi) return NULL;
  uint32_t low = 0, high = sources->list.len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const Source *source = sources->list.data[middle];
    if (span.lo > source->base + source->size + 1)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == sources->list.len || span.lo < sources->list.data[low]->base) return NULL;
  return sources->list.data[low];
}

Span sources_told(const Sources *sources, Span span) {
  const Source *source = sources_at(sources, span);
  if (!source || !source->origin_count) return span;
  uint32_t low = 0, high = source->origin_count, offset = span.lo - source->base;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (source->origins[middle].offset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return source->origins[low ? low - 1 : 0].span;
}

/* A piece at a time, so that a mapped text need not be in memory as a whole. */
static void find_lines(Source *source) {
  enum { PIECE = 4 << 20 };
  VEC(uint32_t) lines = {0};
  vec_push(&lines, 0);
  for (uint32_t from = 0; from < source->size; from += PIECE) {
    const char *at = source->text + from,
               *end = at + (source->size - from < PIECE ? source->size - from : PIECE);
    while ((at = memchr(at, '\n', (size_t)(end - at)))) vec_push(&lines, (uint32_t)(++at - source->text));
    source_release(source, from);
  }
  source->lines = lines.data;
  source->line_count = lines.len;
}

static uint32_t line_of(Source *source, uint32_t offset) {
  if (!source->lines) find_lines(source);
  uint32_t low = 0, high = source->line_count;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (source->lines[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

Position sources_position(const Sources *sources, uint32_t offset) {
  offset = sources_told(sources, (Span){offset, offset + 1}).lo;
  Source *source = sources_at(sources, (Span){offset, offset + 1});
  if (!source) return (Position){"", 0, 0};
  uint32_t in = offset - source->base;
  if (in > source->size) in = source->size;
  uint32_t line = line_of(source, in), from = source->lines[line], column = 1;
  if (source->last_line == line + 1) from = source->last, column = source->last_column;
  for (uint32_t i = from; i < in; i++) column += (source->text[i] & 0xc0) != 0x80;
  for (uint32_t i = in; i < from; i++) column -= (source->text[i] & 0xc0) != 0x80;
  source->last = in;
  source->last_line = line + 1;
  source->last_column = column;
  return (Position){source->path, line + 1, column};
}

const char *source_line(Source *source, uint32_t line, uint32_t *len) {
  if (!source->lines) find_lines(source);
  uint32_t start = source->lines[line - 1];
  uint32_t end = line < source->line_count ? source->lines[line] - 1 : source->size;
  *len = end - start;
  return source->text + start;
}
