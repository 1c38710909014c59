/* mark.h: what the rest of the runtime does with the marks of tasks that ran alone (batch.h). */
#ifndef WEFT_RT_MARK_H
#define WEFT_RT_MARK_H

#include "task.h"

/* Take new marks into the journal; the state directory is ours.  1, or 0 after telling why not. */
int mark_absorb(Run *run);
/* Write the mark of a key, whole and on the disk: "done" or "failed".  0 or errno. */
int mark_put(const Store *store, const RtDigest *key, const char *kind, const char *data, size_t len);
/* The outputs of a key (its first 32 digits) are not what they were: its mark goes. */
void mark_forget(const Store *store, const char *key);
/* --finish: a task is not done: say whether it has failed.  Takes the job. */
void mark_missing(Job *job);

#endif
