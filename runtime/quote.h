/* quote.h: how values become words and literals, beyond value.h. */
#ifndef WEFT_RT_QUOTE_H
#define WEFT_RT_QUOTE_H

#include "value.h"

/* In commands for another place (list.c), paths below `root` begin with the environment variable
 * RT_ROOT_VARIABLE in its place.  NULL: paths stand as they are.  For the whole program. */
void quote_from(const char *root);
/* Where the root begins in a text; NULL: it is not in there. */
const char *quote_root(const char *bytes, size_t len);
size_t quote_root_len(void);
/* The text of a string is looked at: where it has the root in it, what it says is later (run_later). */
void quote_look(const RtString *string);

/* How many words a value makes: of an array, those of its elements; of an absent option, none; else one.
 * With RT_QUOTE_WORD, value_quote puts a NUL between words: an array alone in an argv word is split there. */
int64_t quote_words(const RtType *type, const void *value);

/* Append as `~{x}` shows it in a string: files are their paths, arrays joined by one space. */
void quote_plain(RtText *into, const RtType *type, const void *value);

/* Append a literal of a programming language: RT_QUOTE_PYTHON, _R, _JS, _PERL. */
void quote_literal(RtText *into, RtQuote quote, const RtType *type, const void *value);

#endif
