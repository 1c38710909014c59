/* codec.c: values as one line of text for the journal.
 *
 *   Bool 0 1 · Int -12; · Float, quantity: 16 hex digits of the bits · uncertain: two of those · String "…" with
 *   \n \r \0 \" \\ · File, Dir: "path" size; mtime; then - or 64 hex digits · array [len; items ] ·
 *   option - or +value · record ( fields ) · unit _
 *
 * Bits and not decimals, since they are exact and need no conversion. */
#include <string.h>

#include "arena.h"
#include "sha.h"
#include "text.h"

static void put_bits(RtText *into, double value) {
  static const char digits[] = "0123456789abcdef";
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  char hex[16];
  for (int i = 15; i >= 0; i--, bits >>= 4) hex[i] = digits[bits & 15];
  text_add(into, hex, sizeof hex);
}

static void put_int(RtText *into, int64_t value) {
  text_int(into, value);
  text_char(into, ';');
}

static void put_bytes(RtText *into, const char *bytes, size_t len) {
  text_char(into, '"');
  size_t plain = 0;
  for (size_t i = 0; i < len; i++) {
    char c = bytes[i];
    char escape = c == '\n' ? 'n' : c == '\r' ? 'r' : c == 0 ? '0' : c == '"' || c == '\\' ? c : 0;
    if (!escape) continue;
    text_add(into, bytes + plain, i - plain);
    text_add(into, (char[]){'\\', escape}, 2);
    plain = i + 1;
  }
  text_add(into, bytes + plain, len - plain);
  text_char(into, '"');
}

/* What is left of `path` below `base`; NULL if it is not below it. */
static const char *below(const char *path, const char *base) {
  size_t len = base ? strlen(base) : 0;
  while (len && base[len - 1] == '/') len--;
  if (!len || strncmp(path, base, len) != 0 || path[len] != '/') return NULL;
  return path[len + 1] == '/' || !path[len + 1] ? NULL : path + len + 1;
}

static void put_file(RtText *into, const RtFile *file, const char *base) {
  const char *rest = below(file->path->bytes, base);
  if (!rest) rest = file->path->bytes;
  put_bytes(into, rest, (size_t)(file->path->bytes + file->path->len - rest));
  put_int(into, file->size);
  put_int(into, file->mtime_ns);
  char hex[65] = "-";
  if (file->hashed) sha_hex(file->hash, hex);
  text_puts(into, hex);
}

static void put_array(RtText *into, const RtType *elem, const RtArray *array, const char *base) {
  text_char(into, '[');
  put_int(into, array->len);
  for (int64_t i = 0; i < array->len; i++)
    value_encode(into, elem, array->items + (size_t)i * elem->size, base);
  text_char(into, ']');
}

static void put_record(RtText *into, const RtType *type, const char *value, const char *base) {
  text_char(into, '(');
  for (uint32_t i = 0; i < type->field_count; i++)
    value_encode(into, type->fields[i].type, value + type->fields[i].offset, base);
  text_char(into, ')');
}

void value_encode(RtText *into, const RtType *type, const void *value, const char *base) {
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      text_char(into, '_');
      break;
    case RT_BOOL:
      text_char(into, *(const uint8_t *)value ? '1' : '0');
      break;
    case RT_INT:
      put_int(into, *(const int64_t *)value);
      break;
    case RT_FLOAT:
    case RT_QUANTITY:
      put_bits(into, *(const double *)value);
      break;
    case RT_UNCERTAIN:
      put_bits(into, ((const RtUncertain *)value)->mean);
      put_bits(into, ((const RtUncertain *)value)->sd);
      break;
    case RT_STRING: {
      const RtString *string = *(const RtString *const *)value;
      put_bytes(into, string->bytes, (size_t)string->len);
      break;
    }
    case RT_FILE:
    case RT_DIR:
      put_file(into, *(const RtFile *const *)value, base);
      break;
    case RT_ARRAY:
      put_array(into, type->elem, *(const RtArray *const *)value, base);
      break;
    case RT_OPTION:
      if (*((const uint8_t *)value + type->elem->size)) {
        text_char(into, '+');
        value_encode(into, type->elem, value, base);
      } else {
        text_char(into, '-');
      }
      break;
    case RT_RECORD:
      put_record(into, type, value, base);
      break;
  }
}

/* ---- reading back; each returns the place after what it read, NULL if it is not there ---- */

static const char *take_char(const char *at, const char *end, char c) {
  return at && at < end && *at == c ? at + 1 : NULL;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *take_bits(const char *at, const char *end, double *value) {
  if (!at || end - at < 16) return NULL;
  uint64_t bits = 0;
  for (int i = 0; i < 16; i++) {
    int digit = hex_digit(at[i]);
    if (digit < 0) return NULL;
    bits = bits << 4 | (uint64_t)digit;
  }
  memcpy(value, &bits, sizeof bits);
  return at + 16;
}

static const char *take_int(const char *at, const char *end, int64_t *value) {
  if (!at || at == end) return NULL;
  int minus = *at == '-';
  if (minus) at++;
  const char *first = at;
  uint64_t sum = 0, most = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    uint64_t digit = (uint64_t)(*at - '0');
    if (sum > (most - digit) / 10) return NULL;
    sum = sum * 10 + digit;
  }
  if (at == first) return NULL;
  *value = (int64_t)(minus ? 0 - sum : sum);
  return take_char(at, end, ';');
}

static int unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case '0':
      return 0;
    case '"':
    case '\\':
      return c;
    default:
      return -1;
  }
}

/* A string with `base` and a slash before it, if it is a relative path (base not NULL). */
static const char *take_string(RtArena *arena, const char *at, const char *end, const char *base,
                               const RtString **value) {
  at = take_char(at, end, '"');
  if (!at) return NULL;
  const char *close = at;
  while (close < end && *close != '"') close += *close == '\\' ? 2 : 1;
  if (close >= end) return NULL;
  size_t prefix = base && *at != '/' ? strlen(base) : 0;
  while (prefix && base[prefix - 1] == '/') prefix--;
  RtString *string = arena_take(arena, sizeof *string + prefix + (size_t)(close - at) + 2);
  char *to = string->bytes;
  if (prefix) {
    memcpy(to, base, prefix);
    to += prefix;
    *to++ = '/';
  }
  for (; at < close; at++) {
    int c = *at == '\\' ? unescape(*++at) : (unsigned char)*at;
    if (c < 0) return NULL;
    *to++ = (char)c;
  }
  *to = 0;
  string->len = to - string->bytes;
  *value = string;
  return close + 1;
}

static const char *take_hash(const char *at, const char *end, RtFile *file) {
  const char *after = take_char(at, end, '-');
  if (after || !at) return after;
  if (end - at < 64) return NULL;
  for (size_t i = 0; i < 32; i++) {
    int high = hex_digit(at[2 * i]), low = hex_digit(at[2 * i + 1]);
    if (high < 0 || low < 0) return NULL;
    file->hash[i] = (uint8_t)(high << 4 | low);
  }
  file->hashed = 1;
  return at + 64;
}

static const char *take_file(RtArena *arena, const char *at, const char *end, const RtType *type,
                             const RtFile **value, const char *base) {
  RtFile *file = arena_alloc(arena, sizeof *file);
  file->is_dir = type->kind == RT_DIR;
  at = take_string(arena, at, end, base ? base : "", &file->path);
  at = take_int(at, end, &file->size);
  at = take_int(at, end, &file->mtime_ns);
  *value = file;
  return take_hash(at, end, file);
}

/* Every item takes at least one byte, so a length that cannot be is seen before memory is asked for. */
static const char *take_array(RtArena *arena, const char *at, const char *end, const RtType *elem,
                              const RtArray **value, const char *base) {
  int64_t len;
  at = take_int(take_char(at, end, '['), end, &len);
  if (!at || len < 0 || len > end - at) return NULL;
  RtArray *array = arena_alloc(arena, sizeof *array + (size_t)len * elem->size);
  array->len = len;
  for (int64_t i = 0; i < len && at; i++)
    at = value_decode(arena, at, end, elem, array->items + (size_t)i * elem->size, base);
  *value = array;
  return take_char(at, end, ']');
}

static const char *take_option(RtArena *arena, const char *at, const char *end, const RtType *type,
                               char *value, const char *base) {
  memset(value, 0, type->size);
  const char *after = take_char(at, end, '-');
  if (after) return after;
  value[type->elem->size] = 1;
  return value_decode(arena, take_char(at, end, '+'), end, type->elem, value, base);
}

static const char *take_record(RtArena *arena, const char *at, const char *end, const RtType *type,
                               char *value, const char *base) {
  at = take_char(at, end, '(');
  for (uint32_t i = 0; i < type->field_count && at; i++)
    at = value_decode(arena, at, end, type->fields[i].type, value + type->fields[i].offset, base);
  return take_char(at, end, ')');
}

const char *value_decode(RtArena *arena, const char *text, const char *end, const RtType *type, void *value,
                         const char *base) {
  if (!text || text >= end) return NULL;
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      return take_char(text, end, '_');
    case RT_BOOL:
      *(uint8_t *)value = *text == '1';
      return *text == '1' || *text == '0' ? text + 1 : NULL;
    case RT_INT:
      return take_int(text, end, value);
    case RT_FLOAT:
    case RT_QUANTITY:
      return take_bits(text, end, value);
    case RT_UNCERTAIN:
      return take_bits(take_bits(text, end, &((RtUncertain *)value)->mean), end, &((RtUncertain *)value)->sd);
    case RT_STRING:
      return take_string(arena, text, end, NULL, value);
    case RT_FILE:
    case RT_DIR:
      return take_file(arena, text, end, type, value, base);
    case RT_ARRAY:
      return take_array(arena, text, end, type->elem, value, base);
    case RT_OPTION:
      return take_option(arena, text, end, type, value, base);
    case RT_RECORD:
      return take_record(arena, text, end, type, value, base);
  }
  return NULL;
}
