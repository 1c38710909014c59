/* run.h: the parts of `weft run`. */
#ifndef WEFT_DRIVER_RUN_H
#define WEFT_DRIVER_RUN_H

#include "pipeline.h"

/* The executable of a file, read by the pipeline or already in it, built if need be; NULL with *status set. */
const char *run_prepare(Pipeline *pipeline, const char *path, int *status);
/* Whether this is `run FILE.cwl[#ID] [--outdir DIR] [--quiet] [JOB]`, as other engines of CWL are called. */
bool run_is_cwl(Session *session, const Options *options);
int run_cwl(Session *session, const Options *options);

#endif
