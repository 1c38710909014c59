/* intern.h: one number for equal strings. */
#ifndef WEFT_BASE_INTERN_H
#define WEFT_BASE_INTERN_H

#include "arena.h"

/* An interned string; 0 is the empty one. Equal strings have equal numbers. */
typedef uint32_t Sym;

typedef struct Interner Interner;

Interner *interner_new(Arena *arena);
void interner_free(Interner *interner);
Sym intern(Interner *interner, const char *bytes, size_t len);
/* NUL-terminated; may hold NULs inside. Lives as long as the arena. */
const char *sym_text(const Interner *interner, Sym sym);
size_t sym_len(const Interner *interner, Sym sym);

#endif
