/* paths.h: where the parts of Weft are: beside the executable in the build folder, or installed. */
#ifndef WEFT_DRIVER_PATHS_H
#define WEFT_DRIVER_PATHS_H

#include "base/arena.h"

/* The directory of the standard library, or NULL. */
const char *paths_library(Arena *arena);
/* A file that goes with weft, as libweftrt.a: beside the executable, else in ../lib/weft; NULL if in neither. */
const char *paths_part(Arena *arena, const char *name);

#endif
