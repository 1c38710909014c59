/* pegasus.h: what both formats of Pegasus have. */
#ifndef WEFT_IMPORT_PEGASUS_H
#define WEFT_IMPORT_PEGASUS_H

#include "import/dag.h"

/* A profile of a job: a request that a task has an attribute for, or an environment. False: it has no place, and a warning
 * says so. */
bool pegasus_profile(Dag *dag, DagJob *job, const char *space, Sym key, const char *value, Span span);

#endif
