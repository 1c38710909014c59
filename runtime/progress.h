/* progress.h: how far a run is: a bar on a terminal, a plain line now and then elsewhere. */
#ifndef WEFT_RT_PROGRESS_H
#define WEFT_RT_PROGRESS_H

#include "run.h"

void progress_begin(Run *run);
/* Ten times a second. */
void progress_tick(Run *run);
/* Take the bar off the terminal, so that other text can be written. */
void progress_clear(Run *run);
/* The last line: what was done, and in what time. */
void progress_end(Run *run);

#endif
