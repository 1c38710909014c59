#include "vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vec_grow(void **data, uint32_t *cap, size_t item_size) {
  if (*cap > UINT32_MAX / 2) BUG("a vector of more than 2^31 items");
  *cap = *cap ? *cap * 2 : 8;
  *data = mem_resize(*data, *cap * item_size);
}

static void text_reserve(Text *text, size_t more) {
  if (text->len + more + 1 <= text->cap) return;
  while (text->len + more + 1 > text->cap) text->cap = text->cap ? text->cap * 2 : 128;
  text->data = mem_resize(text->data, text->cap);
}

void text_add(Text *text, const char *bytes, size_t len) {
  text_reserve(text, len);
  if (len) memcpy(text->data + text->len, bytes, len);
  text->len += len;
  text->data[text->len] = 0;
}

void text_puts(Text *text, const char *string) { text_add(text, string, strlen(string)); }

void text_putc(Text *text, char c) { text_add(text, &c, 1); }

void text_number(Text *text, uint64_t number) {
  char digits[20], *at = digits + sizeof digits;
  do *--at = (char)('0' + number % 10);
  while (number /= 10);
  text_add(text, at, (size_t)(digits + sizeof digits - at));
}

void text_addf(Text *text, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  text_reserve(text, (size_t)len);
  vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
  text->len += (size_t)len;
  va_end(again);
  va_end(args);
}

void text_double(Text *text, double number) {
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, number);
    if (strtod(digits, NULL) == number) break;
  }
  text_puts(text, digits);
}

void text_rune(Text *text, uint32_t rune) {
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  int more = rune < 0x80 ? 0 : rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
  text_putc(text, (char)(lead[more] | rune >> (6 * more)));
  while (more-- > 0) text_putc(text, (char)(0x80 | (rune >> (6 * more) & 0x3f)));
}

void text_json(Text *text, const char *bytes, size_t len) {
  text_putc(text, '"');
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    if (c == '"' || c == '\\')
      text_addf(text, "\\%c", c);
    else if (c == '\n')
      text_puts(text, "\\n");
    else if (c == '\t')
      text_puts(text, "\\t");
    else if (c < 0x20)
      text_addf(text, "\\u%04x", c);
    else
      text_putc(text, (char)c);
  }
  text_putc(text, '"');
}

void text_free(Text *text) {
  free(text->data);
  *text = (Text){0};
}

char *text_keep(Text *text, Arena *arena) {
  char *kept = arena_text(arena, text->data ? text->data : "", text->len);
  text_free(text);
  return kept;
}
