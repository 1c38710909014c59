/* error.c: explanations, the table of codes, spelling suggestions. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const RtCode codes[] = {
#define RT_CODE(code, meaning, help) {#code, meaning, help},
#include "codes.def"
#undef RT_CODE
};

const RtCode *error_codes(size_t *count) {
  *count = sizeof codes / sizeof *codes;
  return codes;
}

const RtCode *error_find(const char *code) {
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (strcmp(codes[i].code, code) == 0) return &codes[i];
  return NULL;
}

/* One line: what came from outside must not forge a second one, nor move the cursor. */
static void make_line(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < 0x20 || *text == 0x7f) *text = '?';
}

int error_set(RtError *error, const char *code, const char *hint, const char *format, ...) {
  size_t size = sizeof error->text;
  int used = snprintf(error->text, size, "%s ", code);
  size_t most = size - (size_t)used - (hint ? 256 : 0);
  va_list args;
  va_start(args, format);
  vsnprintf(error->text + used, most, format, args);
  va_end(args);
  make_line(error->text);
  size_t len = strlen(error->text);
  if (hint) {
    snprintf(error->text + len, size - len, "\n%s", hint);
    make_line(error->text + len + 1);
  }
  return 0;
}

void error_code(const RtError *error, char code[8]) {
  size_t len = strcspn(error->text, " ");
  if (len > 7) len = 7;
  memcpy(code, error->text, len);
  code[len] = 0;
}

const char *error_message(const RtError *error, size_t *len) {
  const char *space = strchr(error->text, ' ');
  const char *message = space ? space + 1 : error->text;
  *len = strcspn(message, "\n");
  return message;
}

const char *error_hint(const RtError *error) {
  const char *line = strchr(error->text, '\n');
  return line ? line + 1 : "";
}

void error_prefix(RtError *error, const char *where) {
  RtError old = *error;
  char code[8];
  size_t len;
  error_code(&old, code);
  const char *message = error_message(&old, &len), *hint = error_hint(&old);
  error_set(error, code, *hint ? hint : NULL, "%s: %.*s", where, (int)len, message);
}

enum { LONGEST = 63 };

/* Edits (insert, delete, replace, swap of neighbours) from a to b; words past LONGEST are far from all. */
static size_t distance(const char *a, const char *b) {
  size_t la = strlen(a), lb = strlen(b);
  if (la > LONGEST || lb > LONGEST) return SIZE_MAX;
  size_t rows[3][LONGEST + 1];
  for (size_t j = 0; j <= lb; j++) rows[0][j] = j;
  for (size_t i = 1; i <= la; i++) {
    size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *upper = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= lb; j++) {
      size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
      if (up[j] + 1 < best) best = up[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && upper[j - 2] + 1 < best)
        best = upper[j - 2] + 1;
      row[j] = best;
    }
  }
  return rows[la % 3][lb];
}

const char *suggest(const char *word, const char *const *candidates, size_t count) {
  size_t nearest = strlen(word) / 3 + 1;
  const char *found = NULL;
  for (size_t i = 0; i < count; i++) {
    size_t edits = distance(word, candidates[i]);
    if (edits < nearest || (edits == nearest && !found && nearest < strlen(word))) {
      nearest = edits;
      found = candidates[i];
    }
  }
  return found;
}
