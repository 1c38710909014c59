/* glob.h: patterns of file names: ? * ** [a-z] [!a-z] {a,b}. */
#ifndef WEFT_RT_GLOB_H
#define WEFT_RT_GLOB_H

#include <stddef.h>

typedef struct GlobList {
  char **paths; /* relative to the directory, sorted by bytes, each once */
  size_t count, cap;
} GlobList;

/* All that is below the open directory and matches: files, directories and links.  `*` and `?` match no leading
 * dot and no slash, `**` as a whole component matches any number of directories, links to directories left out.
 * Returns 0, or errno: EINVAL for a pattern that is not one, E2BIG for one with too many alternatives. */
int glob_find(int dir_fd, const char *pattern, GlobList *list);

/* Whether one component matches a pattern without braces. */
int glob_match(const char *pattern, const char *name);

void glob_free(GlobList *list);

#endif
