/* load.h: parts of weft that need a large library, opened when a command needs them. */
#ifndef WEFT_BASE_LOAD_H
#define WEFT_BASE_LOAD_H

#include "arena.h"

/* The function `symbol` of a part ("weft-native.so"), which is beside the executable or in ../lib/weft.
 * It stays open; where it is linked in, no part is needed.  NULL after one line on standard error. */
void *load_symbol(const char *part, const char *symbol);
/* The path of a file that goes with weft, in `arena`; NULL after one line on standard error. */
const char *load_path(Arena *arena, const char *name);

#endif
