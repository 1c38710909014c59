/* walk.h: everything below a directory, sorted. */
#ifndef WEFT_RT_WALK_H
#define WEFT_RT_WALK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct WalkEntry {
  char *path;  /* relative to where the walk began */
  mode_t mode; /* links followed; of a dangling one, its own */
  int64_t size;
} WalkEntry;

typedef struct WalkList {
  WalkEntry *entries;
  size_t count, cap;
} WalkList;

/* Append all that is below `path` (taken from `dir_fd`), sorted by the bytes of the paths.  Links are followed;
 * one that leads back to a directory it is in is ELOOP.  Returns 0 or errno; the list is to be freed either way. */
int walk_tree(int dir_fd, const char *path, WalkList *list);

/* The sum of the sizes of the regular files in a list. */
int64_t walk_size(const WalkList *list);

void walk_free(WalkList *list);

#endif
