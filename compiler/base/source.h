/* source.h: source files and positions in them. */
#ifndef WEFT_BASE_SOURCE_H
#define WEFT_BASE_SOURCE_H

#include "arena.h"

#include <stdbool.h>

/* A range of bytes [lo, hi) in the space of all sources; {0, 0}: nowhere. */
typedef struct Span {
  uint32_t lo, hi;
} Span;

/* From an offset on, a text that was made of another one comes from that place in it. */
typedef struct Origin {
  uint32_t offset;
  Span span;
} Origin;

typedef struct Source {
  const char *path; /* as the user gave it */
  const char *text; /* size bytes, then two NULs unless it is mapped */
  bool mapped;
  uint32_t size;
  uint32_t base;   /* Span of byte i is base + i */
  uint32_t *lines; /* offsets of line starts, made when first asked for */
  uint32_t line_count;
  const Origin *origins; /* of a text that was made: in order; messages name those places */
  uint32_t origin_count;
  uint32_t last, last_line, last_column; /* the place that was asked for last: the next one is often near */
} Source;

/* A file is read no further than to where it is clearly too large. */
enum { SOURCE_MOST = 256 << 20 };

/* All sources of a session. */
typedef struct Sources Sources;

Sources *sources_new(Arena *arena);
void sources_free(Sources *sources);
/* Add a text (copied) under a name.  NULL if it does not fit any more (4 GiB in all). */
Source *sources_add(Sources *sources, const char *path, const char *text, size_t size);
/* Read a file; "-" is standard input.  NULL with *error set to the system's reason. */
Source *sources_read(Sources *sources, const char *path, const char **error);
/* A regular file whose text is not read but mapped: for readers that go once through what can be large, and ask for no
 * NULs behind it.  NULL if it cannot be mapped: then sources_read says why, or reads it all the same. */
Source *sources_map(Sources *sources, const char *path);
/* Of a mapped source: the pages before an offset need not be kept in memory; they come back when they are looked at. */
void source_release(const Source *source, uint32_t offset);
/* The place that a message names for a span: itself, or where a text that was made comes from. */
Span sources_told(const Sources *sources, Span span);
/* The source that a span lies in; NULL for nowhere. */
Source *sources_at(const Sources *sources, Span span);

typedef struct Position {
  const char *path;
  uint32_t line, column; /* from 1; columns count code points */
} Position;

Position sources_position(const Sources *sources, uint32_t offset);
/* The text of a 1-based line without its newline. */
const char *source_line(Source *source, uint32_t line, uint32_t *len);

static inline Span span_join(Span a, Span b) {
  if (!a.hi) return b;
  if (!b.hi) return a;
  return (Span){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

#endif
