/* pipeline.h: from a file to its plan, as far as a command needs it. */
#ifndef WEFT_DRIVER_PIPELINE_H
#define WEFT_DRIVER_PIPELINE_H

#include "driver.h"
#include "ir/plan.h"

typedef struct Pipeline {
  Session *session;
  const Options *options;
  Loaded loaded;
  Program *program; /* of `.wf`, or NULL */
  Decl *flow;
  Graph *graph;
  Plan *plan;
  bool timings;           /* tell on standard error how long each phase took */
  const char *dump_after; /* of the passes over the graph; NULL: none */
  const char *stop_after;
  double since; /* when the phase began, in seconds */
} Pipeline;

/* Each does one phase, and all before it that are not done; false after the reasons were told on standard error,
 * warnings as well. */

/* Read and check the file. */
bool pipeline_program(Pipeline *pipeline, const char *path);
/* The graph as lowered, of flow `name` (NULL: the entry) or as it was imported; the caller's. NULL: told as diagnostics. */
Graph *pipeline_lower(Pipeline *pipeline, const char *name);
/* The graph of flow `name` (NULL: the entry), through the passes. */
bool pipeline_graph(Pipeline *pipeline, const char *name);
/* The same of the graph that is there as lowered; NULL: what there is to tell of it is told. */
bool pipeline_passes(Pipeline *pipeline);
bool pipeline_plan(Pipeline *pipeline);
/* Ends a phase: with `timings` its name and the milliseconds since the last one. */
void pipeline_phase(Pipeline *pipeline, const char *name);
void pipeline_free(Pipeline *pipeline);

/* The site of that name in any module; NULL: told. */
const Decl *pipeline_site(const Pipeline *pipeline, const char *name);
/* The only site of that engine; NULL: there is none, or there are several. */
const Decl *pipeline_site_of(const Pipeline *pipeline, const char *engine);

#endif
