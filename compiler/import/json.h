/* json.h: a pull reader of JSON with positions, for documents of any size: nothing is kept of what was read.
 *
 *   if (json_object(json))
 *     while (json_member(json, &key)) …one value…
 *
 * Each call takes one value or one bracket; what does not follow the grammar is told once, and from then on every
 * call says no, so that the loops end. */
#ifndef WEFT_IMPORT_JSON_H
#define WEFT_IMPORT_JSON_H

#include "base/session.h"
#include "base/vec.h"

#include <string.h>

/* Bytes of a text in the document, or of one with its escapes resolved; good until the next call. */
typedef struct JsonText {
  const char *data;
  size_t len;
  Span span;
} JsonText;

typedef struct Json {
  Session *session;
  const Source *source;
  const char *at, *end;
  uint32_t released; /* how much of the source is not needed any more */
  uint32_t depth;
  bool first; /* no element yet of the bracket that was opened last */
  bool failed;
  Text scratch[2]; /* of a key, of a value */
} Json;

void json_open(Json *json, Session *session, const Source *source);
/* Nothing may follow the value that was read. */
void json_close(Json *json);

/* Whether the next value is an object, an array: it is opened.  Anything else is told and read over. */
bool json_object(Json *json);
bool json_array(Json *json);
/* The next member of the object; false: it is closed. */
bool json_member(Json *json, JsonText *key);
/* Whether the array has another element, which is next; false: it is closed. */
bool json_element(Json *json);

/* A scalar of that kind. Anything else is told, read over, and the result is false. */
bool json_string(Json *json, JsonText *text);
bool json_number(Json *json, double *number);
/* The first character of the next value: `"`, `{`, `[`, `t`, `f`, `n`, `-` or a digit; 0 at the end. */
char json_peek(Json *json);
/* Any value, read over. */
void json_skip(Json *json);
/* Where the next value begins. */
Span json_place(Json *json);

static inline bool json_is(const JsonText *text, const char *word) {
  return strlen(word) == text->len && !memcmp(text->data, word, text->len);
}

#endif
