/* slurm.h: what the files of the Slurm target share. */
#ifndef WEFT_EMIT_SLURM_H
#define WEFT_EMIT_SLURM_H

#include "emit/target.h"
#include "front/ast.h"

typedef struct Slurm {
  const Plan *plan;
  const Graph *graph;
  const EmitOptions *options;
  Arena *arena;
  const bool *called; /* by task: a step calls it */
} Slurm;

/* ---- slurm_site.c ---- */

/* A word that a site says of itself: its queue, its account; NULL: it says none, or none that Slurm would take. */
const char *slurm_site_word(const Slurm *slurm, const char *name);
/* A number: in base units, 0: it says none. */
double slurm_site_number(const Slurm *slurm, const char *name);

/* ---- slurm_job.c ---- */

/* The script of a task. */
void slurm_job(const Slurm *slurm, const Task *task, const char *class, Text *into);
/* The script that goes on when the jobs before it have ended. */
void slurm_next(const Slurm *slurm, Text *into);
/* The script of the job that runs the whole workflow. */
void slurm_pilot(const Slurm *slurm, Text *into);
/* `#SBATCH` lines that the site asks of every job. */
void slurm_site_lines(const Slurm *slurm, Text *into);
/* An attribute that is the same for all calls; false: it is not, or is not given.  Of an uncertain one with its standard
 * deviation, where `sd` is not NULL. */
bool slurm_static(const Graph *graph, const Task *task, AttrKind attr, double *value, double *sd);

#endif
