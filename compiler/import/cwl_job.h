/* cwl_job.h: what a job file says as inputs of an executable, and its results as an object of CWL. */
#ifndef WEFT_IMPORT_CWL_JOB_H
#define WEFT_IMPORT_CWL_JOB_H

#include "import/cwl.h"

/* The inputs of the workflow as JSON.  What a document holds as text becomes files in `folder`. False: told. */
bool cwl_job_inputs(Cwl *cwl, const char *folder, Text *json);
/* The summary of a run as an output object; files are put into `folder` under their own names.  NULL, or what could not
 * be done. */
const char *cwl_job_outputs(Cwl *cwl, const Tree *summary, const char *folder, Text *json);

#endif
