/* work.h: a task that has just run, as the readers of its results see it. */
#ifndef WEFT_RT_WORK_H
#define WEFT_RT_WORK_H

#include "weftrt.h"

struct RtWork {
  const char *dir; /* absolute path of the task's own directory */
  int dir_fd;      /* the same, open */
  int stdout_fd;   /* what it wrote on standard output, open for reading; -1: not kept */
  const RtTask *task;
  uint8_t promise;   /* it has not run: files are promised, and contents are blank */
  const char *later; /* the first contents that were asked for, if any */
  RtPlace later_at;
};

#endif
