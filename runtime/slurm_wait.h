/* slurm_wait.h: following a workflow that Slurm does: waves, waiting, telling what came of it. */
#ifndef WEFT_RT_SLURM_WAIT_H
#define WEFT_RT_SLURM_WAIT_H

#include "slurm.h"

typedef struct SlurmFollow {
  char state[4096]; /* the state directory, absolute */
  char tag[17];
} SlurmFollow;

/* ---- slurm_follow.c ---- */

/* Waves of our own until one waits for jobs (-1), or the workflow is finished: its exit status. `who`: submit, next,
 * control. */
int slurm_waves(const SlurmFollow *follow, const char *who);
/* The whole workflow, in this job: the exit status. */
int slurm_pilot(const SlurmFollow *follow);
/* Waves from here, each when what the last has waited for is there: the exit status. */
int slurm_lead(const SlurmFollow *follow);
/* Wait until the workflow is finished, and tell.  The exit status. */
int slurm_wait(const SlurmFollow *follow);

/* ---- slurm_show.c ---- */

/* Results on standard output, failures on standard error; returns `status`. */
int slurm_tell(const SlurmFollow *follow, int status);
/* The exit status that was left; -1: not finished. */
int slurm_finished(const SlurmFollow *follow);
/* Leave it, whole. */
void slurm_leave(const SlurmFollow *follow, int status);
/* --status */
int slurm_show(const SlurmFollow *follow);
/* --cancel */
int slurm_end(const SlurmFollow *follow);
/* Remove the marks of failures in a folder of marks: what has failed is tried again. */
void slurm_forget_failures(const char *marks);

#endif
