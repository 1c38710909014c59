/* arena.c: bump allocation in blocks that grow, from 1 KiB to 1 MiB; large blocks are mapped, so that
 * freeing them gives the memory back whatever malloc's thresholds have become. */
#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGN = 16, FIRST_BLOCK = 1024, LAST_BLOCK = 1 << 20, MAPPED = 1 << 18 };

typedef struct Block {
  struct Block *next;
  size_t size; /* of the whole block, header included */
  alignas(ALIGN) char data[];
} Block;

struct RtArena {
  Block *blocks;  /* the one in use first */
  char *at, *end; /* what is free of it */
  size_t used, next_size;
  RtArena *children, *sibling, *parent;
};

static void exit_exhausted(size_t wanted) {
  (void)wanted;
  static const char message[] = "error[R0090]: out of memory\n";
  ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
  (void)ignored;
  _exit(1);
}

static void (*on_exhausted)(size_t) = exit_exhausted;

void arena_on_exhausted(void (*handler)(size_t wanted)) { on_exhausted = handler; }

void arena_exhausted(size_t wanted) {
  on_exhausted(wanted);
  abort();
}

static Block *block_new(size_t size) {
  Block *block;
  if (size < MAPPED) {
    block = malloc(size);
  } else {
    block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) block = NULL;
  }
  if (!block) arena_exhausted(size);
  block->size = size;
  return block;
}

static void block_free(Block *block) {
  if (block->size < MAPPED)
    free(block);
  else
    munmap(block, block->size);
}

RtArena *arena_new(void) {
  RtArena *arena = calloc(1, sizeof *arena);
  if (!arena) arena_exhausted(sizeof *arena);
  arena->next_size = FIRST_BLOCK;
  return arena;
}

RtArena *arena_new_child(RtArena *parent) {
  RtArena *arena = arena_new();
  arena->parent = parent;
  arena->sibling = parent->children;
  parent->children = arena;
  return arena;
}

static void free_children(RtArena *arena) {
  RtArena *child = arena->children;
  arena->children = NULL;
  while (child) {
    RtArena *next = child->sibling;
    child->parent = NULL; /* nothing to leave any more */
    arena_free(child);
    child = next;
  }
}

static void leave_parent(RtArena *arena) {
  if (!arena->parent) return;
  RtArena **link = &arena->parent->children;
  while (*link != arena) link = &(*link)->sibling;
  *link = arena->sibling;
}

void arena_free(RtArena *arena) {
  if (!arena) return;
  free_children(arena);
  leave_parent(arena);
  for (Block *block = arena->blocks; block;) {
    Block *next = block->next;
    block_free(block);
    block = next;
  }
  free(arena);
}

/* The block that is kept must not pin a large piece of memory: one past LAST_BLOCK goes as well. */
void arena_reset(RtArena *arena) {
  free_children(arena);
  Block *kept = NULL;
  for (Block *block = arena->blocks; block;) {
    Block *next = block->next;
    if (!kept && block->size <= LAST_BLOCK)
      kept = block;
    else
      block_free(block);
    block = next;
  }
  arena->blocks = kept;
  arena->used = 0;
  arena->at = kept ? kept->data : NULL;
  arena->end = kept ? (char *)kept + kept->size : NULL;
  if (kept)
    kept->next = NULL;
  else
    arena->next_size = FIRST_BLOCK;
}

/* A piece too large for the usual block gets one of its own, behind the one in use. */
static void *take_alone(RtArena *arena, size_t size) {
  Block *block = block_new(sizeof(Block) + size);
  if (arena->blocks) {
    block->next = arena->blocks->next;
    arena->blocks->next = block;
  } else {
    block->next = NULL;
    arena->blocks = block;
    arena->at = arena->end = (char *)block + block->size;
  }
  return block->data;
}

static void *take_slowly(RtArena *arena, size_t size) {
  if (size > arena->next_size / 4) return take_alone(arena, size);
  Block *block = block_new(arena->next_size);
  if (arena->next_size < LAST_BLOCK) arena->next_size *= 2;
  block->next = arena->blocks;
  arena->blocks = block;
  arena->at = block->data + size;
  arena->end = (char *)block + block->size;
  return block->data;
}

void *arena_take(RtArena *arena, size_t size) {
  if (size > PTRDIFF_MAX - (size_t)LAST_BLOCK) arena_exhausted(size);
  size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  if (size == 0) size = ALIGN; /* each piece has an address of its own */
  arena->used += size;
  if ((size_t)(arena->end - arena->at) >= size) {
    char *piece = arena->at;
    arena->at += size;
    return piece;
  }
  return take_slowly(arena, size);
}

void *arena_alloc(RtArena *arena, size_t size) {
  void *piece = arena_take(arena, size);
  memset(piece, 0, size);
  return piece;
}

size_t arena_used(const RtArena *arena) { return arena->used; }

char *arena_copy(RtArena *arena, const char *bytes, size_t len) {
  char *copy = arena_take(arena, len + 1);
  if (len) memcpy(copy, bytes, len);
  copy[len] = 0;
  return copy;
}

const RtString *arena_string(RtArena *arena, const char *bytes, size_t len) {
  RtString *string = arena_take(arena, sizeof *string + len + 1);
  string->len = (int64_t)len;
  if (len) memcpy(string->bytes, bytes, len);
  string->bytes[len] = 0;
  return string;
}
