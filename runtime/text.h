/* text.h: what text buffers offer beyond value.h: numbers, JSON strings, UTF-8. */
#ifndef WEFT_RT_TEXT_H
#define WEFT_RT_TEXT_H

#include "value.h"

/* Append one byte. */
void text_char(RtText *text, char c);

/* Append a NUL-terminated string. */
void text_puts(RtText *text, const char *string);

/* Append an integer in decimal. */
void text_int(RtText *text, int64_t value);

/* Append the shortest decimal that reads back as `value`. With `point`, a whole number gets ".0", so that it
 * stays a Float for who reads it. Not finite: nan, inf, -inf. */
void text_double(RtText *text, double value, int point);

/* Append a JSON string, quotes included. */
void text_json(RtText *text, const char *bytes, size_t len);

/* Decode one UTF-8 character at `at` (before `end`) into `*rune`; returns its length, 0 if it is not valid. */
int utf8_decode(const char *at, const char *end, uint32_t *rune);

/* Encode `rune` into `into`; returns the length, 1 to 4. */
int utf8_encode(uint32_t rune, char into[4]);

/* Whether the bytes are valid UTF-8; if not, `*bad` is the offset of the first wrong byte. */
int utf8_valid(const char *bytes, size_t len, size_t *bad);

#endif
