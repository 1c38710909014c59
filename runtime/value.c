/* value.c: walks over values by their type: copy, visit files, compare. */
#include "value.h"

#include <string.h>

#include "arena.h"
#include "quote.h"
#include "run.h"

const RtString *rt_path(const RtFile *file) { return file->path; }

/* Whether the option at `value` holds something. */
static int option_present(const RtType *type, const void *value) {
  return *((const uint8_t *)value + type->elem->size) != 0;
}

static void relocate(RtArena *arena, const RtType *type, char *slot);

static const RtString *copy_string(RtArena *arena, const RtString *from) {
  return from ? arena_string(arena, from->bytes, (size_t)from->len) : NULL;
}

static const RtFile *copy_file(RtArena *arena, const RtFile *from) {
  if (!from) return NULL;
  RtFile *file = arena_take(arena, sizeof *file);
  *file = *from;
  file->path = copy_string(arena, from->path);
  return file;
}

static const RtArray *copy_array(RtArena *arena, const RtType *type, const RtArray *from) {
  if (!from) return NULL;
  size_t bytes = (size_t)from->len * type->elem->size;
  RtArray *array = arena_take(arena, sizeof *array + bytes);
  memcpy(array, from, sizeof *array + bytes);
  if (type->elem->has_pointers) {
    for (int64_t i = 0; i < from->len; i++)
      relocate(arena, type->elem, array->items + (size_t)i * type->elem->size);
  }
  return array;
}

/* Make what the slot points to the arena's own. */
static void relocate(RtArena *arena, const RtType *type, char *slot) {
  if (!type->has_pointers) return;
  switch ((RtKind)type->kind) {
    case RT_STRING:
      *(const RtString **)slot = copy_string(arena, *(const RtString **)slot);
      break;
    case RT_FILE:
    case RT_DIR:
      *(const RtFile **)slot = copy_file(arena, *(const RtFile **)slot);
      break;
    case RT_ARRAY:
      *(const RtArray **)slot = copy_array(arena, type, *(const RtArray **)slot);
      break;
    case RT_OPTION:
      if (option_present(type, slot)) relocate(arena, type->elem, slot);
      break;
    case RT_RECORD:
      for (uint32_t i = 0; i < type->field_count; i++)
        relocate(arena, type->fields[i].type, slot + type->fields[i].offset);
      break;
    default:
      break;
  }
}

void value_copy(RtArena *arena, const RtType *type, const void *from, void *into) {
  if (into != from && type->size) memmove(into, from, type->size);
  relocate(arena, type, into);
}

void value_each_file(const RtType *type, void *value, void (*visit)(RtFile *file, void *with), void *with) {
  if (!type->has_pointers) return;
  char *slot = value;
  switch ((RtKind)type->kind) {
    case RT_FILE:
    case RT_DIR:
      if (*(RtFile **)slot) visit(*(RtFile **)slot, with);
      break;
    case RT_ARRAY: {
      RtArray *array = *(RtArray **)slot;
      if (!array || !type->elem->has_pointers) break;
      for (int64_t i = 0; i < array->len; i++)
        value_each_file(type->elem, array->items + (size_t)i * type->elem->size, visit, with);
      break;
    }
    case RT_OPTION:
      if (option_present(type, slot)) value_each_file(type->elem, slot, visit, with);
      break;
    case RT_RECORD:
      for (uint32_t i = 0; i < type->field_count; i++)
        value_each_file(type->fields[i].type, slot + type->fields[i].offset, visit, with);
      break;
    default:
      break;
  }
}

void value_each_string(const RtType *type, const void *value,
                       void (*visit)(const RtString *string, void *with), void *with) {
  if (!type->has_pointers) return;
  const char *slot = value;
  switch ((RtKind)type->kind) {
    case RT_STRING:
      visit(*(const RtString *const *)value, with);
      break;
    case RT_ARRAY: {
      const RtArray *array = *(const RtArray *const *)value;
      for (int64_t i = 0; type->elem->has_pointers && i < array->len; i++)
        value_each_string(type->elem, array->items + (size_t)i * type->elem->size, visit, with);
      break;
    }
    case RT_OPTION:
      if (option_present(type, slot)) value_each_string(type->elem, slot, visit, with);
      break;
    case RT_RECORD:
      for (uint32_t i = 0; i < type->field_count; i++)
        value_each_string(type->fields[i].type, slot + type->fields[i].offset, visit, with);
      break;
    default:
      break;
  }
}

int rt_string_compare(const RtString *a, const RtString *b) {
  quote_look(a), quote_look(b);
  size_t len = (size_t)(a->len < b->len ? a->len : b->len);
  int order = memcmp(a->bytes, b->bytes, len);
  return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* The hash is a cache inside the value: filling it in does not change what the value is. */
static const uint8_t *hash_of(RtCtx *ctx, const RtFile *file) {
  if (!file->hashed && file_hash((RtFile *)file)) {
    char message[512];
    size_t len = (size_t)file->path->len;
    if (len > 400) len = 400;
    memcpy(message, "cannot read ", 12);
    memcpy(message + 12, file->path->bytes, len);
    message[12 + len] = 0;
    rt_fail(ctx, NULL, "R0013", message);
  }
  return file->hash;
}

static uint8_t equal_files(RtCtx *ctx, const RtFile *a, const RtFile *b) {
  if (a == b) return 1;
  if (a->promised || b->promised) {
    if (a->path->len == b->path->len && !memcmp(a->path->bytes, b->path->bytes, (size_t)a->path->len))
      return 1;
    run_later(ctx, NULL, a->promised ? a : b, "the contents of a file");
  }
  if (a->is_dir != b->is_dir || (!a->is_dir && a->size != b->size)) return 0;
  return memcmp(hash_of(ctx, a), hash_of(ctx, b), 32) == 0;
}

static uint8_t equal_arrays(RtCtx *ctx, const RtType *type, const RtArray *a, const RtArray *b) {
  if (a == b) return 1;
  if (a->len != b->len) return 0;
  size_t step = type->elem->size;
  for (int64_t i = 0; i < a->len; i++) {
    size_t at = (size_t)i * step;
    if (!rt_equal(ctx, type->elem, a->items + at, b->items + at)) return 0;
  }
  return 1;
}

static uint8_t equal_records(RtCtx *ctx, const RtType *type, const char *a, const char *b) {
  for (uint32_t i = 0; i < type->field_count; i++) {
    const RtField *field = &type->fields[i];
    if (!rt_equal(ctx, field->type, a + field->offset, b + field->offset)) return 0;
  }
  return 1;
}

uint8_t rt_equal(RtCtx *ctx, const RtType *type, const void *a, const void *b) {
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      return 1;
    case RT_BOOL:
      return *(const uint8_t *)a == *(const uint8_t *)b;
    case RT_INT:
      return *(const int64_t *)a == *(const int64_t *)b;
    case RT_FLOAT:
    case RT_QUANTITY:
      return *(const double *)a == *(const double *)b;
    case RT_UNCERTAIN: {
      const RtUncertain *x = a, *y = b;
      return x->mean == y->mean && x->sd == y->sd;
    }
    case RT_STRING: {
      const RtString *x = *(const RtString *const *)a, *y = *(const RtString *const *)b;
      quote_look(x), quote_look(y);
      return x == y || (x->len == y->len && memcmp(x->bytes, y->bytes, (size_t)x->len) == 0);
    }
    case RT_FILE:
    case RT_DIR:
      return equal_files(ctx, *(const RtFile *const *)a, *(const RtFile *const *)b);
    case RT_ARRAY:
      return equal_arrays(ctx, type, *(const RtArray *const *)a, *(const RtArray *const *)b);
    case RT_OPTION:
      if (option_present(type, a) != option_present(type, b)) return 0;
      return !option_present(type, a) || rt_equal(ctx, type->elem, a, b);
    case RT_RECORD:
      return equal_records(ctx, type, a, b);
  }
  return 0;
}
