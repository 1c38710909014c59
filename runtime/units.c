/* units.c: the table of units, and ratios of two of them. */
#include "units.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  Unit unit;
} units[] = {
#define UNIT(text, factor, ...) {text, {factor, {__VA_ARGS__}}},
#include "units.def"
#undef UNIT
};

enum { UNITS = sizeof units / sizeof *units };

static const Unit *find(const char *name, size_t len) {
  static const Unit one = {.factor = 1};
  if (len == 0 || (len == 1 && *name == '1')) return &one;
  for (size_t i = 0; i < UNITS; i++)
    if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0) return &units[i].unit;
  return NULL;
}

int unit_find(const char *name, size_t len, Unit *unit) {
  const char *slash = memchr(name, '/', len);
  size_t head = slash ? (size_t)(slash - name) : len;
  if (slash ? head + 1 == len : head == 0) return 0;
  const Unit *above = find(name, head), *below = slash ? find(slash + 1, len - head - 1) : NULL;
  if (!above || (slash && !below)) return 0;
  *unit = *above;
  if (!below) return 1;
  unit->factor /= below->factor;
  for (int i = 0; i < BASE_UNITS; i++) unit->powers[i] = (int8_t)(unit->powers[i] - below->powers[i]);
  return 1;
}

/* Of a ratio the units of what is above are listed, over that which is below; of 1/s those of what is below. */
void unit_list(const char *base, char *into, size_t size) {
  const char *slash = strchr(base, '/');
  int below = *base == '1';
  const char *name = below ? slash + 1 : base;
  const Unit *kind = find(name, slash && !below ? (size_t)(slash - base) : strlen(name));
  size_t used = 0;
  into[0] = 0;
  for (size_t i = 0; kind && i < UNITS; i++) {
    if (memcmp(units[i].unit.powers, kind->powers, sizeof kind->powers) != 0) continue;
    int more = snprintf(into + used, size - used, "%s%s%s%s", used ? ", " : "", below ? "/" : "",
                        units[i].name, slash && !below ? slash : "");
    if (more < 0 || (size_t)more >= size - used) return;
    used += (size_t)more;
  }
}
