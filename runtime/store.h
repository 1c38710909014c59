/* store.h: the state directory: its lock, work directories, finished outputs, what failed.
 *
 *   STATE/lock              held by the run that uses the directory; says who that is
 *   STATE/journal           journal.h
 *   STATE/store/abcd...     directory of the outputs of the task whose key begins so
 *   STATE/work/PID.N        directories of tasks that leave no files, used again and again
 *   STATE/failed/LABEL      what a failed task left, stderr.log, run.sh
 *   STATE/answers/ID        answers to questions, put there by people
 *   STATE/log               what tasks that ended well have printed
 *
 * A task whose outputs are files runs in its place in the store from the start: paths that programs write into
 * their outputs stay true, and nothing is renamed.  What makes an entry valid is its line in the journal alone;
 * one without is removed before its task starts. */
#ifndef WEFT_RT_STORE_H
#define WEFT_RT_STORE_H

#include "error.h"
#include "value.h"

/* What one running task needs, kept for the next one. */
typedef struct Slot {
  RtText dir; /* of tasks that leave no files; "" until needed */
  int dir_fd;
  int64_t
      settled; /* time of change of the directory when it was seen empty and had been so for a while; 0: no */
  int log_fd;  /* standard error, and output when nobody reads it: an unnamed file */
  int out_fd;  /* standard output that is read: likewise; -1 until needed */
  struct Slot *next; /* free ones */
} Slot;

typedef struct Store {
  char *state; /* absolute path of the directory */
  char *made;  /* STATE/store/, which paths of what tasks have made begin with */
  int lock_fd, state_fd;
  Slot *free;
  uint32_t serial; /* of slots, and of what is thrown away */
  int log_fd;
  char own[48]; /* where work/ and trash/ are: "", or "running/KEY" of a task that runs alone */
  int own_fd;   /* the same, open */
  uint8_t work_made, trash_made;
  uint8_t has_marks; /* whether tasks have run alone here (batch.h) */
} Store;

/* Make the directory if need be, take the lock, remove what a run that was killed left in work/.
 * 1, or 0 with an explanation. */
int store_open(Store *store, const char *state, RtError *error);
void store_close(Store *store);
/* The same for the task of a key (its first 32 digits) that runs alone, while others may do so: with a lock of its own. */
int store_attach(Store *store, const char *state, const char *key, RtError *error);

/* A slot with a log; NULL with errno. */
Slot *slot_take(Store *store);
/* Its streams are emptied; `log_size` is what its log has. */
void slot_give(Store *store, Slot *slot, int64_t log_size);
/* Make sure that it has an empty directory; 0 or errno. */
int slot_dir(Store *store, Slot *slot);
/* Make sure that its standard output is kept; 0 or errno. */
int slot_out(Store *store, Slot *slot);

/* Make the empty directory of a key, in the place of whatever is there; 0 or errno. `path` gets it. */
int store_make(Store *store, const RtDigest *key, RtText *path);
/* Remove all of a directory but the paths given (relative to it), and it itself when none is; 0 or errno. */
int store_tidy(int dir_fd, const char *const *keep, size_t count);
/* Remove a directory of the store or of a slot. */
int store_remove(Store *store, const char *path);
/* Move the directory of a failed task to failed/LABEL; its path into `into`.  0 or errno. */
int store_keep_failed(Store *store, const char *dir, const char *label, RtText *into);

/* The part of a path below the state directory; NULL if it is not below it. */
const char *store_below(const Store *store, const char *path);
/* The 32 digits of the key whose entry a path is in; NULL if it is in none. */
const char *store_key_of(const Store *store, const char *path);

/* Append what a task has printed (the contents of `fd`) to STATE/log, below a line that says whose it is. */
int store_log(Store *store, const char *label, double seconds, int fd, int64_t size);

#endif
