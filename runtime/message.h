/* message.h: what a run says on standard error besides its progress. */
#ifndef WEFT_RT_MESSAGE_H
#define WEFT_RT_MESSAGE_H

#include "run.h"

/* An error: code, place (may be NULL), one sentence, what to do about it (may be NULL). */
void message_error(Run *run, const char *code, const RtPlace *at, const char *text, const char *hint);
/* run->failure, of a step. */
void message_failure(Run *run, const Frame *frame, uint32_t step);
/* One plain line; not with --quiet. */
void message_note(Run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text as it is, in one piece, above the bar. */
void message_text(Run *run, const RtText *text);
/* What RtError explains. */
void message_explained(Run *run, const RtError *error);

#endif
