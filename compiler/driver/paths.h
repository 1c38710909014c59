/* paths.h: where the standard library is: in the source tree, or installed. */
#ifndef WEFT_DRIVER_PATHS_H
#define WEFT_DRIVER_PATHS_H

#include "base/arena.h"

/* The directory of the standard library, or NULL. */
const char *paths_library(Arena *arena);

#endif
