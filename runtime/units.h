/* units.h: units of quantities as people write them. */
#ifndef WEFT_RT_UNITS_H
#define WEFT_RT_UNITS_H

#include <stddef.h>
#include <stdint.h>

enum { BASE_UNITS = 6 };

/* What a unit is: times `factor`, in products of powers of the base units. */
typedef struct Unit {
  double factor;
  int8_t powers[BASE_UNITS];
} Unit;

/* Find a unit ("GiB", "MB/s", "/s" or "1/s").  Returns 0 if there is none of that name. */
int unit_find(const char *name, size_t len, Unit *unit);

/* The units of what is measured in `base` ("B", "B/s", "1/s"), as "s, ms, us, ..." for a hint. */
void unit_list(const char *base, char *into, size_t size);

#endif
