/* publish.h: final results into the results folder, and their summary. */
#ifndef WEFT_RT_PUBLISH_H
#define WEFT_RT_PUBLISH_H

#include "run.h"

/* Whether the results folder can be written to, before anything runs.  1, or 0 after telling why. */
int publish_check(Run *run);
/* Put every file of the outputs into OUT and make the values say so.  1, or 0 after telling why. */
int publish_all(Run *run);
/* All outputs as one JSON object on standard output.  1, or 0 after telling why. */
int publish_summary(Run *run);

#endif
