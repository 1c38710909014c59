/* load.c: libLLVM and graphviz cost 20 ms of every start of a program that is linked to them, so weft is not. */
#include "base/load.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *load_path(Arena *arena, const char *name) {
  static const char *const places[] = {"", "../lib/weft/"};
  char own[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", own, sizeof own);
  const char *slash = len > 0 ? memrchr(own, '/', (size_t)len) : NULL;
  for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
    const char *path = arena_format(arena, "%.*s/%s%s", (int)(slash - own), own, places[i], name);
    if (!access(path, R_OK)) return path;
  }
  fprintf(stderr, "weft: %s is neither beside weft nor in ../lib/weft\n", name);
  return NULL;
}

void *load_symbol(const char *part, const char *symbol) {
  void *linked = dlsym(RTLD_DEFAULT, symbol);
  if (linked) return linked;
  Arena *arena = arena_new();
  const char *path = load_path(arena, part);
  void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  void *found = library ? dlsym(library, symbol) : NULL;
  if (path && !found) fprintf(stderr, "weft: %s: %s\n", path, dlerror());
  arena_free(arena);
  return found;
}
