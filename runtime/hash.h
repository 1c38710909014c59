/* hash.h: tables from 64-bit keys to 64-bit values, for lookups in memory. */
#ifndef WEFT_RT_HASH_H
#define WEFT_RT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Open addressing, at most half full; {0} is empty.  A key of 0 is taken as 1. */
typedef struct HashMap {
  uint64_t *keys, *values;
  size_t len, cap;
} HashMap;

/* A hash of bytes: for tables and for the check sums of lines, not against an adversary. */
uint64_t hash_bytes(const void *data, size_t len);
/* The value of a key, or 0. */
uint64_t hash_get(const HashMap *map, uint64_t key);
void hash_put(HashMap *map, uint64_t key, uint64_t value);
/* Make room for `count` keys at once. */
void hash_reserve(HashMap *map, size_t count);
void hash_free(HashMap *map);

#endif
