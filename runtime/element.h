/* element.h: a task that runs alone (batch.h): a run of a program that has one step. */
#ifndef WEFT_RT_ELEMENT_H
#define WEFT_RT_ELEMENT_H

#include "task.h"

struct Element {
  RtDigest key;
  RtText said; /* everything told on standard error */
  int done;    /* its mark is written */
  const RtType *in_type;
  char *in; /* the inputs, decoded */
};

/* Open the state directory.  1, or 0 after telling why not. */
int element_open(Run *run);
/* The task has ended well, and run->journal.pending is its line: write the mark.  0 or errno. */
int element_done(Job *job, char *slot);
/* An input is not what it was. */
void element_damaged(Run *run, const char *path);
/* Nothing is left to do: leave the mark of a failure. */
void element_end(Run *run);

#endif
