/* vec.h: growing arrays on malloc. */
#ifndef WEFT_BASE_VEC_H
#define WEFT_BASE_VEC_H

#include "arena.h"

#include <stdlib.h>

/* `VEC(Node) nodes = {0};` is an empty vector; vec_free ends it. */
#define VEC(Type)      \
  struct {             \
    Type *data;        \
    uint32_t len, cap; \
  }

#define vec_push(vec, ...)                                                                           \
  do {                                                                                               \
    if ((vec)->len == (vec)->cap) vec_grow((void **)&(vec)->data, &(vec)->cap, sizeof *(vec)->data); \
    (vec)->data[(vec)->len++] = (__VA_ARGS__);                                                       \
  } while (0)
#define vec_pop(vec) ((vec)->data[--(vec)->len])
#define vec_last(vec) ((vec)->data[(vec)->len - 1])
#define vec_free(vec) (free((vec)->data), (vec)->data = NULL, (vec)->len = (vec)->cap = 0)

void vec_grow(void **data, uint32_t *cap, size_t item_size);

/* A growing text on malloc; `data` ends with a NUL that `len` does not count. */
typedef struct Text {
  char *data;
  size_t len, cap;
} Text;

void text_add(Text *text, const char *bytes, size_t len);
void text_puts(Text *text, const char *string);
void text_putc(Text *text, char c);
/* A number in decimal; text_addf takes ten times as long. */
void text_number(Text *text, uint64_t number);
void text_addf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal of 15 to 17 digits that reads back. */
void text_double(Text *text, double number);
/* A character (up to 0x1fffff) in UTF-8. */
void text_rune(Text *text, uint32_t rune);
/* Append `bytes` as a double-quoted JSON string. */
void text_json(Text *text, const char *bytes, size_t len);
void text_free(Text *text);
/* The text in an arena, "" if nothing was added; freed as text_free does. */
char *text_keep(Text *text, Arena *arena);

#endif
