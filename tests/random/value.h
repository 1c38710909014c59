/* value.h: values of an interpretation, in its arena. */
#ifndef WEFT_TESTS_VALUE_H
#define WEFT_TESTS_VALUE_H

#include "ir/graph.h"

typedef enum ValueKind {
  VALUE_FAILED, /* whoever needs it fails as well */
  VALUE_UNIT,
  VALUE_BOOL,
  VALUE_INT,
  VALUE_FLOAT, /* and quantities */
  VALUE_STRING,
  VALUE_FILE, /* integer: its contents */
  VALUE_ARRAY,
  VALUE_RECORD, /* also an uncertain number: mean, standard deviation */
  VALUE_ABSENT,
  VALUE_SOME,
  VALUE_PLACE /* integer: of an index in its set */
} ValueKind;

typedef struct Value {
  ValueKind kind;
  int64_t integer;
  double number;
  const char *text;
  uint32_t count;
  const struct Value **items;
} Value;

const Value *value_failed(void);
const Value *value_unit(void);
const Value *value_int(Arena *arena, int64_t integer);
const Value *value_bool(Arena *arena, bool flag);
const Value *value_float(Arena *arena, double number);
const Value *value_text(Arena *arena, const char *text);
const Value *value_place(Arena *arena, int64_t place);
const Value *value_file(Arena *arena, uint64_t contents);
/* The items are kept, not copied. */
const Value *value_items(Arena *arena, ValueKind kind, const Value **items, uint32_t count);
/* Whether there is a failure anywhere inside. */
bool value_is_broken(const Value *value);
bool value_same(const Value *a, const Value *b);
uint64_t value_hash(const Value *value);
/* As `str` writes it, roughly; equal values have equal texts. */
void value_print(const Value *value, Text *into);

/* Some value of a type, determined by `hash`; `width` is that of all arrays, or negative: from 0 to 4. */
const Value *value_arbitrary(Arena *arena, const Types *types, TypeId type, uint64_t hash, int width);

#endif
