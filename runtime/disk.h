/* disk.h: files and directories: made, emptied, removed, written whole. */
#ifndef WEFT_RT_DISK_H
#define WEFT_RT_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* All return 0 or errno, unless said otherwise. */

/* A directory and those above it. */
int disk_make_dirs(const char *path);
/* Remove whatever is at a path below `dir_fd`, with all that is in it; nothing there is no error. */
int disk_remove(int dir_fd, const char *path);
/* Whether a directory is empty: 1, 0, or -1 with errno. */
int disk_empty(int dir_fd);
/* From where `dir_fd` stands (at the start, when just opened), call `each` for every entry but . and .., with its name and d_type, until it returns an error. */
int disk_each(int dir_fd, int (*each)(int dir_fd, const char *name, int type, void *with), void *with);
/* Write all of it, whatever signals come. */
int disk_write(int fd, const void *data, size_t len);
/* A whole new file, through a temporary name; into what is no regular file, all is written. 0 or errno. */
int disk_put(const char *path, const void *data, size_t len, mode_t mode);
/* The contents from `at` on, at most `most` bytes, of an open file into malloc'd text with a NUL; NULL on error. */
char *disk_get(int fd, int64_t at, size_t most, size_t *len);
/* Copy the contents of a file; shares blocks where the file system can. */
int disk_copy(int from_fd, int into_fd);
/* Hard links for all files of a tree below the new directory `into`; copies where links cannot be. */
int disk_clone_tree(const char *from, const char *into);
/* Whether two trees have the same entries, files being the very same: 1 or 0. */
int disk_same_tree(int fd_a, const char *a, int fd_b, const char *b);
/* One file: a hard link, or a copy. `into` must not be there. */
int disk_clone_file(const char *from, const char *into);

static inline int64_t disk_mtime(const struct stat *st) {
  return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

#endif
