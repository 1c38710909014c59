/* arena.h: memory by lifetime; nothing is freed by itself. */
#ifndef WEFT_BASE_ARENA_H
#define WEFT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct Arena Arena;

/* Abort with a message for an error of ours; never for a user's. */
#define BUG(...) bug_abort(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_abort(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

Arena *arena_new(void);
void arena_free(Arena *arena);
/* `size` zeroed bytes, 16-aligned.  Never NULL: out of memory ends the program with one line, status 1. */
void *arena_alloc(Arena *arena, size_t size);
/* A NUL-terminated copy of `len` bytes. */
char *arena_text(Arena *arena, const char *bytes, size_t len);
char *arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A copy of `size` bytes at `from`. */
void *arena_copy(Arena *arena, const void *from, size_t size);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc(arena, sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_alloc(arena, sizeof(Type) * (size_t)(count)))

/* malloc and realloc that never return NULL; what they give is the caller's to free. */
void *mem_alloc(size_t size);
void *mem_zero(size_t size); /* zeroed */
void *mem_resize(void *old, size_t size);

#endif
