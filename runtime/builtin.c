/* builtin.c: what machine code calls to make memory, arrays and numbers. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "input.h"
#include "run.h"

/* More than any machine has; below it, sums of sizes cannot overflow. */
#define MOST_BYTES ((int64_t)1 << 46)

void *rt_alloc(RtCtx *ctx, int64_t size) {
  if (size < 0 || size > MOST_BYTES)
    rt_fail(ctx, NULL, "R0061", "more memory is asked for than there can be");
  return arena_take(ctx->arena, (size_t)size);
}

RtArray *rt_array_new(RtCtx *ctx, int64_t len, uint32_t size) {
  char message[96];
  if (len < 0 || (size && len > MOST_BYTES / size)) {
    snprintf(message, sizeof message, "an array cannot have %lld elements", (long long)len);
    rt_fail(ctx, NULL, "R0061", message);
  }
  RtArray *array = arena_alloc(ctx->arena, sizeof *array + (size_t)len * size);
  array->len = len;
  return array;
}

/* Ends with the explanation's code and message at the place. */
static _Noreturn void fail_with(RtCtx *ctx, const RtPlace *at, const char *code, const RtError *error) {
  size_t len;
  const char *message = error_message(error, &len);
  rt_fail(ctx, at, code, arena_copy(ctx->arena, message, len));
}

int64_t rt_parse_int(RtCtx *ctx, const RtPlace *at, const RtString *s) {
  static const RtType type = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
  int64_t value;
  RtError error;
  if (!value_from_text(ctx->arena, &type, s->bytes, (size_t)s->len, NULL, &value, &error))
    fail_with(ctx, at, "R0060", &error);
  return value;
}

double rt_parse_float(RtCtx *ctx, const RtPlace *at, const RtString *s) {
  static const RtType type = {.kind = RT_FLOAT, .align = 8, .size = 8, .text = "Float"};
  double value;
  RtError error;
  if (!value_from_text(ctx->arena, &type, s->bytes, (size_t)s->len, NULL, &value, &error))
    fail_with(ctx, at, "R0060", &error);
  return value;
}

typedef struct Promised {
  const RtFile *first;
} Promised;

static void find_promised(RtFile *file, void *with) {
  Promised *promised = with;
  if (file->promised && !promised->first) promised->first = file;
}

void rt_need_files(RtCtx *ctx, const RtPlace *at, const RtType *type, const void *value) {
  Promised promised = {NULL};
  if (type->has_pointers) value_each_file(type, (void *)(uintptr_t)value, find_promised, &promised);
  if (promised.first) run_later(ctx, at, promised.first, "a file that JavaScript looks at");
}

double rt_file_size(RtCtx *ctx, const RtFile *file) {
  if (file->promised) run_later(ctx, NULL, file, "the size of a file");
  return (double)file->size;
}

const RtArray *rt_flatten(RtCtx *ctx, const RtType *type, const RtArray *arrays) {
  const RtArray *const *inner = (const RtArray *const *)(const void *)arrays->items;
  uint32_t size = type->elem->elem->size;
  int64_t len = 0;
  for (int64_t i = 0; i < arrays->len; i++) len += inner[i]->len;
  RtArray *flat = rt_array_new(ctx, len, size);
  char *to = flat->items;
  for (int64_t i = 0; i < arrays->len; i++) {
    size_t bytes = (size_t)inner[i]->len * size;
    memcpy(to, inner[i]->items, bytes);
    to += bytes;
  }
  return flat;
}

const RtArray *rt_compact(RtCtx *ctx, const RtType *type, const RtArray *options) {
  uint32_t size = type->elem->elem->size, step = type->elem->size;
  int64_t len = 0;
  for (int64_t i = 0; i < options->len; i++) len += options->items[(size_t)i * step + size] != 0;
  RtArray *array = rt_array_new(ctx, len, size);
  char *to = array->items;
  for (int64_t i = 0; i < options->len; i++) {
    const char *option = options->items + (size_t)i * step;
    if (!option[size]) continue;
    memcpy(to, option, size);
    to += size;
  }
  return array;
}
