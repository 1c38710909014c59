/* arena.h: what arenas offer beyond value.h: dirty memory, arenas that end with another, exhaustion. */
#ifndef WEFT_RT_ARENA_H
#define WEFT_RT_ARENA_H

#include "value.h"

/* Like arena_alloc, but what the memory holds is not defined. */
void *arena_take(RtArena *arena, size_t size);

/* A new arena that is freed with `parent`, if not before. */
RtArena *arena_new_child(RtArena *parent);

/* A copy of `len` bytes, with a NUL after them. */
char *arena_copy(RtArena *arena, const char *bytes, size_t len);

/* A new string value of `len` bytes. */
const RtString *arena_string(RtArena *arena, const char *bytes, size_t len);

/* What happens when memory ends; `handler` must not return. The default says so and exits with 1. */
void arena_on_exhausted(void (*handler)(size_t wanted));

/* Say that `wanted` bytes could not be had, through the handler; never returns. */
_Noreturn void arena_exhausted(size_t wanted);

#endif
