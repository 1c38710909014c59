#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 64 << 10, LAST_BLOCK = 4 << 20, ALIGN = 16 };

typedef struct Block {
  struct Block *next;
  size_t pad; /* keeps the payload 16-aligned */
} Block;

struct Arena {
  Block *blocks;
  char *at, *end;
  size_t block_size;
};

void bug_abort(const char *file, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "weft: internal error at %s:%d: ", file, line);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  abort();
}

static _Noreturn void out_of_memory(void) {
  fputs("weft: out of memory\n", stderr);
  exit(1);
}

void *mem_alloc(size_t size) {
  void *data = malloc(size ? size : 1);
  if (!data) out_of_memory();
  return data;
}

void *mem_zero(size_t size) { return memset(mem_alloc(size), 0, size); }

void *mem_resize(void *old, size_t size) {
  void *data = realloc(old, size ? size : 1);
  if (!data) out_of_memory();
  return data;
}

Arena *arena_new(void) {
  Arena *arena = mem_alloc(sizeof *arena);
  *arena = (Arena){.block_size = FIRST_BLOCK};
  return arena;
}

void arena_free(Arena *arena) {
  if (!arena) return;
  for (Block *block = arena->blocks, *next; block; block = next) {
    next = block->next;
    free(block);
  }
  free(arena);
}

/* Blocks double up to a limit, so that small commands stay small and large ones make few calls. */
static void arena_grow(Arena *arena, size_t size) {
  size_t payload = size > arena->block_size ? size : arena->block_size;
  Block *block = calloc(1, sizeof *block + payload);
  if (!block) out_of_memory();
  block->next = arena->blocks;
  arena->blocks = block;
  arena->at = (char *)(block + 1);
  arena->end = arena->at + payload;
  if (arena->block_size < LAST_BLOCK) arena->block_size *= 2;
}

void *arena_alloc(Arena *arena, size_t size) {
  if (size > SIZE_MAX / 2) out_of_memory();
  size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  if ((size_t)(arena->end - arena->at) < size) arena_grow(arena, size);
  void *result = arena->at;
  arena->at += size;
  return result;
}

void *arena_copy(Arena *arena, const void *from, size_t size) {
  void *result = arena_alloc(arena, size);
  if (size) memcpy(result, from, size);
  return result;
}

char *arena_text(Arena *arena, const char *bytes, size_t len) {
  char *text = arena_alloc(arena, len + 1);
  if (len) memcpy(text, bytes, len);
  return text;
}

char *arena_format(Arena *arena, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  char *text = arena_alloc(arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  va_end(args);
  return text;
}
