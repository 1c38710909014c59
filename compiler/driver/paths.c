#include "paths.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The directory that the running executable is in. */
static const char *own_directory(Arena *arena) {
  char path[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", path, sizeof path);
  if (len <= 0 || len == sizeof path) return NULL;
  const char *slash = memrchr(path, '/', (size_t)len);
  return slash ? arena_text(arena, path, (size_t)(slash - path)) : NULL;
}

const char *paths_library(Arena *arena) {
  /* installed; of the source tree, from build/ and build/MODE/ */
  static const char *const places[] = {"../share/weft/std", "../stdlib", "../../stdlib"};
  const char *own = own_directory(arena);
  for (size_t i = 0; own && i < sizeof places / sizeof *places; i++) {
    const char *path = arena_format(arena, "%s/%s", own, places[i]);
    if (!access(path, F_OK)) return path;
  }
  return NULL;
}
