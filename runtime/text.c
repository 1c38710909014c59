/* text.c: growing text buffers, numbers as text, UTF-8. */
#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static void reserve(RtText *text, size_t more) {
  if (more >= PTRDIFF_MAX - text->len) arena_exhausted(more);
  size_t need = text->len + more + 1;
  if (need <= text->cap) return;
  size_t cap = text->cap ? text->cap * 2 : 64;
  if (cap < need) cap = need;
  char *data = realloc(text->data, cap);
  if (!data) arena_exhausted(cap);
  text->data = data;
  text->cap = cap;
}

void text_add(RtText *text, const char *bytes, size_t len) {
  reserve(text, len);
  if (len) memcpy(text->data + text->len, bytes, len);
  text->len += len;
  text->data[text->len] = 0;
}

void text_char(RtText *text, char c) {
  reserve(text, 1);
  text->data[text->len++] = c;
  text->data[text->len] = 0;
}

void text_puts(RtText *text, const char *string) { text_add(text, string, strlen(string)); }

/* Mostly short: the second round of formatting is for what does not fit at once. */
void text_addf(RtText *text, const char *format, ...) {
  if (!format) return;
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  reserve(text, 64);
  size_t room = text->cap - text->len;
  int len = vsnprintf(text->data + text->len, room, format, args);
  va_end(args);
  if (len > 0 && (size_t)len >= room) {
    reserve(text, (size_t)len);
    vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
  }
  if (len > 0) text->len += (size_t)len;
  va_end(again);
}

void text_free(RtText *text) {
  free(text->data);
  *text = (RtText){0};
}

void text_int(RtText *text, int64_t value) {
  char digits[24], *at = digits + sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do *--at = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) *--at = '-';
  text_add(text, at, (size_t)(digits + sizeof digits - at));
}

void text_double(RtText *text, double value, int point) {
  if (!isfinite(value)) {
    text_puts(text, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  if (fabs(value) < 1e15 && value == (double)(int64_t)value && !(value == 0 && signbit(value))) {
    text_int(text, (int64_t)value);
    if (point) text_puts(text, ".0");
    return;
  }
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  text_puts(text, digits);
  if (point && !strpbrk(digits, ".e")) text_puts(text, ".0");
}

/* How JSON writes a control character; 0: with \u. */
static char json_short_escape(unsigned char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    default:
      return 0;
  }
}

void text_json(RtText *text, const char *bytes, size_t len) {
  text_char(text, '"');
  size_t plain = 0; /* bytes from here on need no escape */
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
    text_add(text, bytes + plain, i - plain);
    plain = i + 1;
    char escape = json_short_escape(c);
    if (escape)
      text_add(text, (char[]){'\\', escape}, 2);
    else
      text_addf(text, "\\u%04x", c);
  }
  text_add(text, bytes + plain, len - plain);
  text_char(text, '"');
}

int utf8_decode(const char *at, const char *end, uint32_t *rune) {
  const unsigned char *s = (const unsigned char *)at;
  ptrdiff_t left = end - at;
  if (left < 1) return 0;
  if (s[0] < 0x80) return *rune = s[0], 1;
  int len = s[0] >= 0xf0 && s[0] <= 0xf4  ? 4
            : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
            : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                                          : 0;
  if (!len || left < len) return 0;
  uint32_t value = s[0] & (0x7fu >> len);
  for (int i = 1; i < len; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
    value = value << 6 | (s[i] & 0x3f);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[len] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 0;
  *rune = value;
  return len;
}

int utf8_encode(uint32_t rune, char into[4]) {
  int len = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
  if (len == 1) return into[0] = (char)rune, 1;
  for (int i = len - 1; i > 0; i--, rune >>= 6) into[i] = (char)(0x80 | (rune & 0x3f));
  into[0] = (char)(0xffu << (8 - len) | rune);
  return len;
}

int utf8_valid(const char *bytes, size_t len, size_t *bad) {
  const char *at = bytes, *end = bytes + len;
  while (at < end) {
    uint32_t rune;
    int step = utf8_decode(at, end, &rune);
    if (!step) {
      if (bad) *bad = (size_t)(at - bytes);
      return 0;
    }
    at += step;
  }
  return 1;
}
