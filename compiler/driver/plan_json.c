#include "plan_json.h"

#include "base/vec.h"

#include <string.h>

static void skip_space(JsonCursor *cursor) { cursor->at += strspn(cursor->at, " \t\r\n"); }

bool json_take(JsonCursor *cursor, char c) {
  skip_space(cursor);
  if (*cursor->at != c) return false;
  cursor->at++;
  skip_space(cursor);
  return true;
}

/* After a backslash. Pairs of surrogates are left as two characters: nothing here compares such texts. */
static void read_escape(JsonCursor *cursor, Text *into) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char *found = *cursor->at ? strchr(names, *cursor->at) : NULL;
  unsigned code;
  if (found) {
    text_putc(into, values[found - names]);
    cursor->at++;
  } else if (*cursor->at == 'u' && strspn(cursor->at + 1, "0123456789abcdefABCDEF") >= 4) {
    char digits[5] = {0};
    memcpy(digits, cursor->at + 1, 4);
    code = (unsigned)strtoul(digits, NULL, 16);
    text_rune(into, code);
    cursor->at += 5;
  } else {
    cursor->failed = true;
  }
}

static void read_string(JsonCursor *cursor, Text *into) {
  cursor->at++;
  while (*cursor->at && *cursor->at != '"' && !cursor->failed) {
    if (*cursor->at != '\\') {
      text_putc(into, *cursor->at++);
      continue;
    }
    cursor->at++;
    read_escape(cursor, into);
  }
  if (*cursor->at == '"')
    cursor->at++;
  else
    cursor->failed = true;
}

/* Past arrays and objects, however deep: brackets are counted, strings skipped. */
static void skip_nested(JsonCursor *cursor) {
  Text ignored = {0};
  size_t depth = 0;
  do {
    if (*cursor->at == '"') {
      ignored.len = 0;
      read_string(cursor, &ignored);
      continue;
    }
    if (!*cursor->at) cursor->failed = true;
    if (*cursor->at == '[' || *cursor->at == '{') depth++;
    if (*cursor->at == ']' || *cursor->at == '}') depth--;
    if (!cursor->failed) cursor->at++;
  } while (depth && !cursor->failed);
  text_free(&ignored);
}

Sym json_value(JsonCursor *cursor, Session *session, bool *scalar) {
  skip_space(cursor);
  const char *from = cursor->at;
  *scalar = *from != '[' && *from != '{';
  if (*from == '"') {
    Text text = {0};
    read_string(cursor, &text);
    Sym value = intern(session->names, text.data ? text.data : "", text.len);
    text_free(&text);
    skip_space(cursor);
    return value;
  }
  if (*scalar)
    cursor->at += strcspn(from, " \t\r\n,]}:");
  else
    skip_nested(cursor);
  if (cursor->at == from) cursor->failed = true;
  Sym value = intern(session->names, from, (size_t)(cursor->at - from));
  skip_space(cursor);
  return value;
}
