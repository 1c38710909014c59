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

/* The first of the places, each relative to the executable, where `name` exists. */
static const char *find(Arena *arena, const char *const *places, const char *name) {
  const char *own = own_directory(arena);
  for (; own && *places; places++) {
    const char *path = arena_format(arena, "%s/%s%s", own, *places, name);
    if (!access(path, F_OK)) return path;
  }
  return NULL;
}

const char *paths_library(Arena *arena) {
  /* installed; of the source tree, from build/ and build/MODE/ */
  static const char *const places[] = {"../share/weft/std", "../stdlib", "../../stdlib", NULL};
  return find(arena, places, "");
}

const char *paths_part(Arena *arena, const char *name) {
  static const char *const places[] = {"", "../lib/weft/", NULL};
  return find(arena, places, name);
}
