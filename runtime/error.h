/* error.h: explanations of what is wrong with an input, and the table of codes. */
#ifndef WEFT_RT_ERROR_H
#define WEFT_RT_ERROR_H

#include "value.h"

/* RtError.text is "R0010 message", and after a newline a hint, if there is one. */

/* Explain; always returns 0, so that a reader can end with it. `hint` may be NULL. */
int error_set(RtError *error, const char *code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The parts of an explanation: the code, the message, the hint ("" for none).  Valid as long as `error`;
 * `message` has `*len` bytes and no NUL after them. */
void error_code(const RtError *error, char code[8]);
const char *error_message(const RtError *error, size_t *len);
const char *error_hint(const RtError *error);

/* Put "where: " before the message. */
void error_prefix(RtError *error, const char *where);

typedef struct RtCode {
  const char *code, *meaning, *help;
} RtCode;

/* The row of a code; NULL if there is none. */
const RtCode *error_find(const char *code);

/* All rows in order; `*count` of them. */
const RtCode *error_codes(size_t *count);

/* The candidate nearest to `word`; NULL when none is near. */
const char *suggest(const char *word, const char *const *candidates, size_t count);

#endif
