/* units.h: units of quantities as people write them. */
#ifndef WEFT_RT_UNITS_H
#define WEFT_RT_UNITS_H

#include <stddef.h>

/* Find a unit ("GiB", "MB/s"): the factor to its base unit and the base unit's name ("B", "B/s"), which is
 * written to `base`.  Returns 0 if there is none of that name. */
int unit_find(const char *name, size_t len, double *factor, char base[16]);

/* The units whose base is `base`, as "s, ms, us, ..." for a hint. */
void unit_list(const char *base, char *into, size_t size);

#endif
