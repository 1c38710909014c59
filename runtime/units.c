/* units.c: the table of units, and ratios of two of them. */
#include "units.h"

#include <stdio.h>
#include <string.h>

typedef struct Unit {
  const char *name, *base;
  double factor;
} Unit;

static const Unit units[] = {
    {"s", "s", 1},
    {"ms", "s", 1e-3},
    {"us", "s", 1e-6},
    {"ns", "s", 1e-9},
    {"min", "s", 60},
    {"h", "s", 3600},
    {"d", "s", 86400},
    {"B", "B", 1},
    {"KB", "B", 1e3},
    {"MB", "B", 1e6},
    {"GB", "B", 1e9},
    {"TB", "B", 1e12},
    {"KiB", "B", 1024.0},
    {"MiB", "B", 1048576.0},
    {"GiB", "B", 1073741824.0},
    {"TiB", "B", 1099511627776.0},
    {"W", "W", 1},
    {"kW", "W", 1e3},
    {"MW", "W", 1e6},
    {"J", "J", 1},
    {"kJ", "J", 1e3},
    {"MJ", "J", 1e6},
    {"Wh", "J", 3600},
    {"kWh", "J", 3.6e6},
    {"g", "g", 1},
    {"kg", "g", 1e3},
    {"t", "g", 1e6},
    {"USD", "USD", 1},
    {"EUR", "EUR", 1},
};

static const Unit *find(const char *name, size_t len) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0) return &units[i];
  return NULL;
}

int unit_find(const char *name, size_t len, double *factor, char base[16]) {
  const char *slash = memchr(name, '/', len);
  if (!slash) {
    const Unit *unit = find(name, len);
    if (!unit) return 0;
    *factor = unit->factor;
    snprintf(base, 16, "%s", unit->base);
    return 1;
  }
  const Unit *above = find(name, (size_t)(slash - name));
  const Unit *below = find(slash + 1, len - (size_t)(slash - name) - 1);
  if (!above || !below) return 0;
  *factor = above->factor / below->factor;
  snprintf(base, 16, "%s/%s", above->base, below->base);
  return 1;
}

void unit_list(const char *base, char *into, size_t size) {
  size_t used = 0;
  into[0] = 0;
  const char *slash = strchr(base, '/');
  size_t len = slash ? (size_t)(slash - base) : strlen(base);
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strlen(units[i].base) != len || memcmp(units[i].base, base, len) != 0) continue;
    int more = snprintf(into + used, size - used, "%s%s%s", used ? ", " : "", units[i].name,
                        slash ? slash : "");
    if (more < 0 || (size_t)more >= size - used) return;
    used += (size_t)more;
  }
}
