#include "front/types.h"

#include <string.h>

typedef struct Unit {
  const char *text;
  double factor;
  int8_t unit[UNIT_COUNT];
} Unit;

static const Unit units[] = {
#define UNIT(text, factor, ...) {text, factor, {__VA_ARGS__}},
#include "runtime/units.def"
#undef UNIT
};

static const Unit unit_types[] = {
#define UNIT_TYPE(name, ...) {name, 1, {__VA_ARGS__}},
#include "front/units.def"
#undef UNIT_TYPE
};

enum { UNITS = sizeof units / sizeof *units, UNIT_TYPES = sizeof unit_types / sizeof *unit_types };

static const Unit *find_simple(const char *text, size_t len) {
  for (size_t i = 0; i < UNITS; i++)
    if (strlen(units[i].text) == len && !memcmp(units[i].text, text, len)) return &units[i];
  return NULL;
}

bool unit_find(const char *text, size_t len, int8_t unit[UNIT_COUNT], double *factor) {
  const char *slash = memchr(text, '/', len);
  size_t head = slash ? (size_t)(slash - text) : len;
  const Unit *over = find_simple(text, head);
  const Unit *under = slash ? find_simple(slash + 1, len - head - 1) : NULL;
  if (!over || (slash && !under)) return false;
  *factor = over->factor / (under ? under->factor : 1);
  for (int i = 0; i < UNIT_COUNT; i++) unit[i] = (int8_t)(over->unit[i] - (under ? under->unit[i] : 0));
  return true;
}

const char *unit_type_name(const int8_t unit[UNIT_COUNT]) {
  for (size_t i = 0; i < UNIT_TYPES; i++)
    if (!memcmp(unit_types[i].unit, unit, UNIT_COUNT)) return unit_types[i].text;
  return NULL;
}

bool unit_type_find(const char *name, int8_t unit[UNIT_COUNT]) {
  for (size_t i = 0; i < UNIT_TYPES; i++)
    if (!strcmp(unit_types[i].text, name)) return memcpy(unit, unit_types[i].unit, UNIT_COUNT), true;
  return false;
}

/* The product of the units with exponents of one sign. */
static bool print_product(const int8_t unit[UNIT_COUNT], int sign, Text *into) {
  static const char *const base[UNIT_COUNT] = {"s", "B", "J", "g", "USD", "EUR"};
  bool any = false;
  for (int i = 0; i < UNIT_COUNT; i++) {
    int power = unit[i] * sign;
    if (power <= 0) continue;
    text_addf(into, any ? "*%s" : "%s", base[i]);
    if (power > 1) text_addf(into, "^%d", power);
    any = true;
  }
  return any;
}

void unit_print(const int8_t unit[UNIT_COUNT], Text *into) {
  static const int8_t watt[UNIT_COUNT] = {-1, 0, 1, 0, 0, 0};
  if (!memcmp(unit, watt, UNIT_COUNT)) {
    text_puts(into, "W");
    return;
  }
  Text under = {0};
  bool over = print_product(unit, 1, into);
  if (print_product(unit, -1, &under)) text_addf(into, over ? "/%s" : "1/%s", under.data);
  text_free(&under);
}
