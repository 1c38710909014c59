/* strings.c: what machine code calls on strings and paths. */
#include <string.h>

#include "arena.h"
#include "quote.h"
#include "text.h"

/* A string of `len` bytes whose contents the caller fills in. */
static RtString *blank(RtCtx *ctx, int64_t len) {
  RtString *string = rt_alloc(ctx, (int64_t)sizeof *string + len + 1);
  string->len = len;
  string->bytes[len] = 0;
  return string;
}

static char *put(char *to, const RtString *string) {
  memcpy(to, string->bytes, (size_t)string->len);
  return to + string->len;
}

const RtString *rt_string(RtCtx *ctx, const char *bytes, int64_t len) {
  return arena_string(ctx->arena, bytes, (size_t)len);
}

const RtString *rt_concat(RtCtx *ctx, const RtString *const *parts, int64_t count) {
  int64_t len = 0;
  for (int64_t i = 0; i < count; i++) len += parts[i]->len;
  RtString *all = blank(ctx, len);
  char *to = all->bytes;
  for (int64_t i = 0; i < count; i++) to = put(to, parts[i]);
  return all;
}

const RtString *rt_to_string(RtCtx *ctx, const RtType *type, const void *value) {
  if (type->kind == RT_STRING) return *(const RtString *const *)value;
  RtText text = {0};
  text_add(&text, "", 0);
  quote_plain(&text, type, value);
  const RtString *string = arena_string(ctx->arena, text.data, text.len);
  text_free(&text);
  return string;
}

/* The next `part` at or after `at`; NULL if there is none. */
static const char *find(const char *at, const RtString *in, const RtString *part) {
  return memmem(at, (size_t)(in->bytes + in->len - at), part->bytes, (size_t)part->len);
}

static int64_t count_of(const RtString *s, const RtString *part) {
  int64_t count = 0;
  for (const char *at = s->bytes; (at = find(at, s, part)); at += part->len) count++;
  return count;
}

/* Into its characters, as an empty separator asks for. */
static const RtArray *split_characters(RtCtx *ctx, const RtString *s) {
  const char *end = s->bytes + s->len;
  uint32_t rune;
  int64_t len = 0;
  for (const char *at = s->bytes; at < end; len++) {
    int step = utf8_decode(at, end, &rune);
    at += step ? step : 1;
  }
  RtArray *array = rt_array_new(ctx, len, sizeof(RtString *));
  const RtString **items = (const RtString **)(void *)array->items;
  for (const char *at = s->bytes; at < end;) {
    int step = utf8_decode(at, end, &rune);
    *items++ = rt_string(ctx, at, step ? step : 1);
    at += step ? step : 1;
  }
  return array;
}

const RtArray *rt_split(RtCtx *ctx, const RtString *s, const RtString *sep) {
  quote_look(s);
  if (sep->len == 0) return split_characters(ctx, s);
  RtArray *array = rt_array_new(ctx, count_of(s, sep) + 1, sizeof(RtString *));
  const RtString **items = (const RtString **)(void *)array->items;
  const char *from = s->bytes;
  for (const char *at; (at = find(from, s, sep)); from = at + sep->len)
    *items++ = rt_string(ctx, from, at - from);
  *items = rt_string(ctx, from, s->bytes + s->len - from);
  return array;
}

const RtString *rt_join(RtCtx *ctx, const RtArray *strings, const RtString *sep) {
  const RtString *const *items = (const RtString *const *)(const void *)strings->items;
  int64_t len = strings->len > 1 ? (strings->len - 1) * sep->len : 0;
  for (int64_t i = 0; i < strings->len; i++) len += items[i]->len;
  RtString *all = blank(ctx, len);
  char *to = all->bytes;
  for (int64_t i = 0; i < strings->len; i++) {
    if (i) to = put(to, sep);
    to = put(to, items[i]);
  }
  return all;
}

const RtString *rt_replace(RtCtx *ctx, const RtString *s, const RtString *from, const RtString *to) {
  quote_look(s);
  int64_t count = from->len ? count_of(s, from) : 0;
  if (count == 0) return s;
  RtString *all = blank(ctx, s->len + count * (to->len - from->len));
  char *into = all->bytes;
  const char *rest = s->bytes;
  for (const char *at; (at = find(rest, s, from)); rest = at + from->len) {
    memcpy(into, rest, (size_t)(at - rest));
    into = put(into + (at - rest), to);
  }
  memcpy(into, rest, (size_t)(s->bytes + s->len - rest));
  return all;
}

uint8_t rt_contains(const RtString *s, const RtString *part) {
  quote_look(s);
  return find(s->bytes, s, part) != NULL;
}

uint8_t rt_starts_with(const RtString *s, const RtString *prefix) {
  quote_look(s);
  return s->len >= prefix->len && memcmp(s->bytes, prefix->bytes, (size_t)prefix->len) == 0;
}

uint8_t rt_ends_with(const RtString *s, const RtString *suffix) {
  return s->len >= suffix->len &&
         memcmp(s->bytes + (s->len - suffix->len), suffix->bytes, (size_t)suffix->len) == 0;
}

/* The last component, slashes after it left out; of "/" it is "/". */
static const char *last_component(const RtString *path, int64_t *len) {
  int64_t end = path->len;
  while (end > 1 && path->bytes[end - 1] == '/') end--;
  int64_t from = end;
  while (from > 0 && path->bytes[from - 1] != '/') from--;
  if (from == end && end > 0) from = end - 1;
  *len = end - from;
  return path->bytes + from;
}

const RtString *rt_basename(RtCtx *ctx, const RtString *path) {
  int64_t len;
  const char *name = last_component(path, &len);
  return rt_string(ctx, name, len);
}

/* The dot that a hidden file begins with does not end its stem. */
const RtString *rt_stem(RtCtx *ctx, const RtString *path) {
  int64_t len;
  const char *name = last_component(path, &len);
  const char *dot = len > 1 ? memchr(name + 1, '.', (size_t)len - 1) : NULL;
  return rt_string(ctx, name, dot ? dot - name : len);
}
