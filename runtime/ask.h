/* ask.h: questions that only a person answers. */
#ifndef WEFT_RT_ASK_H
#define WEFT_RT_ASK_H

#include "frame.h"

/* A question step is ready: answered at once if the answer is known, else it waits. */
void ask_start(Run *run, Frame *frame, uint32_t step);
/* Look for answers and for questions whose time is over; ten times a second. */
void ask_poll(Run *run);
/* Give up on all questions: they are lost. */
void ask_end(Run *run);

#endif
