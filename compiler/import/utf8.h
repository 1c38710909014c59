/* utf8.h: whether bytes are a text. */
#ifndef WEFT_IMPORT_UTF8_H
#define WEFT_IMPORT_UTF8_H

#include <stddef.h>

/* The first byte that does not belong to a UTF-8 character, or NULL. */
const char *utf8_wrong(const char *text, size_t len);

#endif
