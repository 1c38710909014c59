#include "value.h"

#include <inttypes.h>
#include <string.h>

const Value *value_failed(void) {
  static const Value failed = {.kind = VALUE_FAILED};
  return &failed;
}

const Value *value_unit(void) {
  static const Value unit = {.kind = VALUE_UNIT};
  return &unit;
}

static const Value *make(Arena *arena, Value value) { return arena_copy(arena, &value, sizeof value); }

const Value *value_int(Arena *arena, int64_t integer) {
  return make(arena, (Value){.kind = VALUE_INT, .integer = integer});
}

const Value *value_bool(Arena *arena, bool flag) {
  return make(arena, (Value){.kind = VALUE_BOOL, .integer = flag});
}

const Value *value_float(Arena *arena, double number) {
  return make(arena, (Value){.kind = VALUE_FLOAT, .number = number});
}

const Value *value_text(Arena *arena, const char *text) {
  return make(arena, (Value){.kind = VALUE_STRING, .text = arena_text(arena, text, strlen(text))});
}

const Value *value_place(Arena *arena, int64_t place) {
  return make(arena, (Value){.kind = VALUE_PLACE, .integer = place});
}

const Value *value_file(Arena *arena, uint64_t contents) {
  return make(arena, (Value){.kind = VALUE_FILE, .integer = (int64_t)contents});
}

const Value *value_items(Arena *arena, ValueKind kind, const Value **items, uint32_t count) {
  return make(arena, (Value){.kind = kind, .items = items, .count = count});
}

bool value_is_broken(const Value *value) {
  if (value->kind == VALUE_FAILED) return true;
  for (uint32_t i = 0; i < value->count; i++)
    if (value_is_broken(value->items[i])) return true;
  return false;
}

bool value_same(const Value *a, const Value *b) {
  if (a->kind != b->kind || a->count != b->count || a->integer != b->integer) return false;
  if (a->kind == VALUE_FLOAT) return a->number == b->number;
  if (a->kind == VALUE_STRING) return !strcmp(a->text, b->text);
  for (uint32_t i = 0; i < a->count; i++)
    if (!value_same(a->items[i], b->items[i])) return false;
  return true;
}

uint64_t value_hash(const Value *value) {
  uint64_t bits = 0, hash = hash_add(value->kind, (uint64_t)value->integer);
  memcpy(&bits, &value->number, sizeof bits);
  if (value->number != value->number) bits = 1;
  hash = hash_add(hash, bits);
  if (value->text) hash = hash_add(hash, hash_bytes(value->text, strlen(value->text)));
  hash = hash_add(hash, value->count);
  for (uint32_t i = 0; i < value->count; i++) hash = hash_add(hash, value_hash(value->items[i]));
  return hash;
}

void value_print(const Value *value, Text *into) {
  switch (value->kind) {
    case VALUE_BOOL:
      text_puts(into, value->integer ? "true" : "false");
      break;
    case VALUE_INT:
    case VALUE_PLACE:
      text_addf(into, "%" PRId64, value->integer);
      break;
    case VALUE_FLOAT:
      text_addf(into, "%.17g", value->number);
      break;
    case VALUE_STRING:
      text_puts(into, value->text);
      break;
    case VALUE_FILE:
      text_addf(into, "/files/%" PRIx64, (uint64_t)value->integer);
      break;
    default:
      text_addf(into, "<%d", value->kind);
      for (uint32_t i = 0; i < value->count; i++) {
        text_putc(into, ' ');
        value_print(value->items[i], into);
      }
      text_putc(into, '>');
  }
}

/* ---- arbitrary ones ---- */

/* Small ones mostly, so that equalities, empty ranges and indices happen. */
static int64_t arbitrary_int(uint64_t hash) {
  if (hash % 8 == 0) return (int64_t)(hash >> 40) - 8000000;
  return (int64_t)(hash >> 8) % 7 - 2;
}

static const Value *arbitrary_text(Arena *arena, uint64_t hash) {
  static const char *const few[] = {"", "a", "b", "ab", "a b", "x.y"};
  char text[24];
  snprintf(text, sizeof text, "s%06" PRIx64, hash >> 40);
  return value_text(arena, hash % 2 ? few[(hash >> 8) % 6] : text);
}

static const Value *arbitrary_many(Arena *arena, const Types *types, TypeId type_id, uint64_t hash,
                                   int width) {
  const Type *type = type_of(types, type_id);
  bool record = type->kind == T_RECORD;
  uint32_t count = record ? type->count : width >= 0 ? (uint32_t)width : (uint32_t)(hash % 5);
  const Value **items = ARENA_ARRAY(arena, const Value *, count + 1);
  for (uint32_t i = 0; i < count; i++)
    items[i] = value_arbitrary(arena, types, type->args[record ? i : 0], hash_add(hash, i), width);
  return value_items(arena, record ? VALUE_RECORD : VALUE_ARRAY, items, count);
}

static const Value *arbitrary_option(Arena *arena, const Types *types, TypeId type, uint64_t hash,
                                     int width) {
  if (hash % 3 == 0) return make(arena, (Value){.kind = VALUE_ABSENT});
  const Value **items = ARENA_ARRAY(arena, const Value *, 1);
  items[0] = value_arbitrary(arena, types, type_of(types, type)->args[0], hash_add(hash, 1), width);
  return value_items(arena, VALUE_SOME, items, 1);
}

const Value *value_arbitrary(Arena *arena, const Types *types, TypeId type, uint64_t hash, int width) {
  switch (type_kind(types, type)) {
    case T_BOOL:
      return value_bool(arena, hash >> 17 & 1);
    case T_INT:
      return value_int(arena, arbitrary_int(hash));
    case T_FLOAT:
      return value_float(arena, (double)(int64_t)(hash >> 12) / 3e12 - 50.0);
    case T_QUANTITY:
      return value_float(arena, (double)(hash >> 44));
    case T_STRING:
      return arbitrary_text(arena, hash);
    case T_FILE:
    case T_DIR:
      return value_file(arena, hash);
    case T_ARRAY:
    case T_RECORD:
      return arbitrary_many(arena, types, type, hash, width);
    case T_OPTION:
      return arbitrary_option(arena, types, type, hash, width);
    default:
      return value_unit();
  }
}
