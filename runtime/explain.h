/* explain.h: --explain and --dry-run: why a task runs, what would run. */
#ifndef WEFT_RT_EXPLAIN_H
#define WEFT_RT_EXPLAIN_H

#include "task.h"

/* A finished task whose output is not what it was (NULL: its record cannot be read): noted for explain_start. */
void explain_missing(Job *job, const char *path);
/* The job starts: with --explain, say why. */
void explain_start(Job *job);
/* --dry-run: the job would start. */
void explain_dry(Job *job);
/* --dry-run: a step of which only a run will tell. */
void explain_later(const Frame *frame, uint32_t step);

#endif
