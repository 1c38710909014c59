/* scalar.c: numbers, quantities, strings and paths from text; strictly, to the last byte. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "input.h"
#include "text.h"
#include "units.h"

enum { SHOWN = 80 }; /* bytes of a wrong text that a message repeats */

static int shown(size_t len) { return len > SHOWN ? SHOWN : (int)len; }

void slot_clear(const RtType *type, void *value) {
  if (type->size) memset(value, 0, type->size);
}

static int int_from_text(const char *text, size_t len, int64_t *value, RtError *error) {
  size_t at = len && (*text == '-' || *text == '+');
  if (at == len) return error_set(error, "R0020", NULL, "\"%.*s\" is not an Int", shown(len), text);
  int minus = *text == '-';
  uint64_t sum = 0, most = (uint64_t)INT64_MAX + (uint64_t)minus;
  int over = 0;
  for (; at < len; at++) {
    if (text[at] < '0' || text[at] > '9')
      return error_set(error, "R0020", NULL, "\"%.*s\" is not an Int", shown(len), text);
    uint64_t digit = (uint64_t)(text[at] - '0');
    if (sum > (most - digit) / 10)
      over = 1;
    else
      sum = sum * 10 + digit;
  }
  if (over)
    return error_set(error, "R0021", "an Int lies between -9223372036854775808 and 9223372036854775807",
                     "%.*s is out of the range of an Int", shown(len), text);
  *value = (int64_t)(minus ? 0 - sum : sum);
  return 1;
}

static size_t digits(const char *text, size_t at, size_t len) {
  size_t from = at;
  while (at < len && text[at] >= '0' && text[at] <= '9') at++;
  return at - from;
}

/* The length of the decimal number that `text` starts with; 0 if it starts with none. */
static size_t decimal_length(const char *text, size_t len) {
  size_t at = len && (*text == '-' || *text == '+');
  size_t whole = digits(text, at, len);
  at += whole;
  size_t part = 0;
  if (at < len && text[at] == '.') {
    part = digits(text, at + 1, len);
    if (part || whole) at += part + 1;
  }
  if (!whole && !part) return 0;
  if (at < len && (text[at] == 'e' || text[at] == 'E')) {
    size_t sign = at + 1 < len && (text[at + 1] == '-' || text[at + 1] == '+');
    size_t power = digits(text, at + 1 + sign, len);
    if (power) at += 1 + sign + power;
  }
  return at;
}

/* The number in text[0..len), which decimal_length has approved; 0 if it is too large. */
static int decimal_value(const char *text, size_t len, double *value) {
  char small[64];
  char *copy = len < sizeof small ? small : malloc(len + 1);
  if (!copy) arena_exhausted(len);
  memcpy(copy, text, len);
  copy[len] = 0;
  *value = strtod(copy, NULL);
  if (copy != small) free(copy);
  return isfinite(*value) != 0;
}

static int special_double(const char *text, size_t len, double *value) {
  static const struct {
    const char *name;
    double value;
  } names[] = {
      {"inf", INFINITY},        {"+inf", INFINITY}, {"-inf", -INFINITY}, {"Infinity", INFINITY},
      {"-Infinity", -INFINITY}, {"nan", NAN},       {"NaN", NAN},        {".inf", INFINITY},
      {"-.inf", -INFINITY},     {".nan", NAN},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strlen(names[i].name) != len || memcmp(names[i].name, text, len) != 0) continue;
    *value = names[i].value;
    return 1;
  }
  return 0;
}

static int float_from_text(const char *text, size_t len, double *value, RtError *error) {
  if (special_double(text, len, value)) return 1;
  if (len == 0 || decimal_length(text, len) != len)
    return error_set(error, "R0022", NULL, "\"%.*s\" is not a Float", shown(len), text);
  if (!decimal_value(text, len, value))
    return error_set(error, "R0022", NULL, "%.*s is too large for a Float", shown(len), text);
  return 1;
}

static int bool_from_text(const char *text, size_t len, uint8_t *value, RtError *error) {
  *value = len == 4;
  if ((len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0)) return 1;
  return error_set(error, "R0023", "write true or false", "\"%.*s\" is not a Bool", shown(len), text);
}

/* ---- quantities: NUMBER [UNIT] [± NUMBER [UNIT]] ---- */

/* A number and the unit after it, of which nothing is known yet. */
typedef struct Measure {
  double number;
  const char *unit;
  size_t unit_len;
} Measure;

static size_t skip_blank(const char *text, size_t at, size_t len) {
  while (at < len && text[at] == ' ') at++;
  return at;
}

/* Read a measure at `*at`, which moves past it. */
static int take_measure(const char *text, size_t *at, size_t len, Measure *measure) {
  size_t from = skip_blank(text, *at, len);
  size_t number = decimal_length(text + from, len - from);
  if (!number || !decimal_value(text + from, number, &measure->number)) return 0;
  size_t unit = skip_blank(text, from + number, len);
  size_t end = unit;
  while (end < len && (isalpha((unsigned char)text[end]) || text[end] == '/')) end++;
  measure->unit = text + unit;
  measure->unit_len = end - unit;
  *at = skip_blank(text, end, len);
  return 1;
}

/* Whether "±", "+-" or "+/-" is at `*at`, which moves past it. */
static int take_plus_minus(const char *text, size_t *at, size_t len) {
  static const char *const signs[] = {"\u00b1", "+-", "+/-"};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t size = strlen(signs[i]);
    if (len - *at < size || memcmp(text + *at, signs[i], size) != 0) continue;
    *at += size;
    return 1;
  }
  return 0;
}

/* Bring a measure into the type's base unit. What a program has written may be in it without saying so. */
static int to_base(const RtSource *source, const RtType *type, Measure *measure) {
  if (measure->unit_len == 0 && (!source->strict || !*type->unit)) return 1;
  Unit unit, base = {.factor = 1};
  char hint[256], list[200];
  int known = unit_find(measure->unit, measure->unit_len, &unit);
  unit_find(type->unit, strlen(type->unit), &base);
  if (known && memcmp(unit.powers, base.powers, sizeof base.powers) == 0) {
    measure->number *= unit.factor;
    return 1;
  }
  unit_list(type->unit, list, sizeof list);
  snprintf(hint, sizeof hint, "units of %s: %s", type->text, *list ? list : "none");
  if (!measure->unit_len)
    return error_set(source->error, "R0028", hint, "a %s has a unit, and %g has none", type->text,
                     measure->number);
  return error_set(source->error, "R0025", hint,
                   known ? "%.*s is not a unit of %s" : "no unit is called %.*s (for %s)",
                   shown(measure->unit_len), measure->unit, type->text);
}

static int not_quantity(const RtType *type, const char *text, size_t len, RtError *error) {
  return error_set(error, "R0024", "write a number and a unit, as in \"4 GiB\" or \"40 s +- 10 s\"",
                   "\"%.*s\" is not a %s", shown(len), text, type->text);
}

static int quantity_from_text(const RtSource *source, const RtType *type, const char *text, size_t len,
                              double *value) {
  Measure measure;
  size_t at = 0;
  if (!take_measure(text, &at, len, &measure) || at != len)
    return not_quantity(type, text, len, source->error);
  if (!to_base(source, type, &measure)) return 0;
  *value = measure.number;
  return 1;
}

/* "40 +- 10 s": a unit that only one of the two has is the unit of both. */
static int uncertain_from_text(const RtSource *source, const RtType *type, const char *text, size_t len,
                               RtUncertain *value) {
  Measure mean, sd = {0};
  size_t at = 0;
  if (!take_measure(text, &at, len, &mean)) return not_quantity(type, text, len, source->error);
  if (at != len && (!take_plus_minus(text, &at, len) || !take_measure(text, &at, len, &sd) || at != len))
    return not_quantity(type, text, len, source->error);
  if (!mean.unit_len && sd.unit_len) mean.unit = sd.unit, mean.unit_len = sd.unit_len;
  if (!sd.unit_len) sd.unit = mean.unit, sd.unit_len = mean.unit_len;
  if (!to_base(source, type, &mean) || !to_base(source, type, &sd)) return 0;
  if (sd.number < 0)
    return error_set(source->error, "R0024", NULL, "the standard deviation of \"%.*s\" is negative",
                     shown(len), text);
  *value = (RtUncertain){mean.number, sd.number};
  return 1;
}

/* ---- text ---- */

static int string_from_text(RtArena *arena, const char *text, size_t len, const RtString **value,
                            RtError *error) {
  size_t bad;
  if (memchr(text, 0, len)) return error_set(error, "R0015", NULL, "a String cannot hold a NUL byte");
  if (!utf8_valid(text, len, &bad))
    return error_set(error, "R0015", NULL, "not valid UTF-8 (byte %zu is 0x%02x)", bad + 1,
                     (unsigned char)text[bad]);
  *value = arena_string(arena, text, len);
  return 1;
}

int scalar_from_text(const RtSource *source, const RtType *type, const char *text, size_t len, void *value) {
  RtError *error = source->error;
  switch ((RtKind)type->kind) {
    case RT_BOOL:
      return bool_from_text(text, len, value, error);
    case RT_INT:
      return int_from_text(text, len, value, error);
    case RT_FLOAT:
      return float_from_text(text, len, value, error);
    case RT_QUANTITY:
      return quantity_from_text(source, type, text, len, value);
    case RT_UNCERTAIN:
      return uncertain_from_text(source, type, text, len, value);
    case RT_STRING:
      return string_from_text(source->arena, text, len, value, error);
    case RT_FILE:
    case RT_DIR:
      return file_from_path(source->arena, text, len, source->base, type->kind == RT_DIR, value, error);
    case RT_OPTION:
      slot_clear(type, value);
      if (len == 0) return 1;
      ((uint8_t *)value)[type->elem->size] = 1;
      return scalar_from_text(source, type->elem, text, len, value);
    case RT_UNIT:
      return 1;
    case RT_ARRAY:
    case RT_RECORD:
      break;
  }
  return error_set(error, "R0026", NULL, "a %s cannot be read from one text", type->text);
}
