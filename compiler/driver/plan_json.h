/* plan_json.h: as much of JSON as it takes to count elements and pick scalars. */
#ifndef WEFT_DRIVER_PLAN_JSON_H
#define WEFT_DRIVER_PLAN_JSON_H

#include "base/session.h"

/* Where in a NUL-terminated text the reading is. */
typedef struct JsonCursor {
  const char *at;
  bool failed;
} JsonCursor;

/* Whether `c` comes next; it is passed over with the space around it. */
bool json_take(JsonCursor *cursor, char c);
/* The text of the next value, of a string what it says; *scalar: whether it is one. */
Sym json_value(JsonCursor *cursor, Session *session, bool *scalar);

#endif
