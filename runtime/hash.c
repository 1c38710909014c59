/* hash.c: open addressing with linear probing. */
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

/* The finaliser of MurmurHash3 (A. Appleby, public domain). */
static uint64_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= UINT64_C(0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= UINT64_C(0xc4ceb9fe1a85ec53);
  return x ^ (x >> 33);
}

/* Two lanes, so that the multiplications overlap. */
uint64_t hash_bytes(const void *data, size_t len) {
  const unsigned char *bytes = data;
  uint64_t a = len + UINT64_C(0x9e3779b97f4a7c15), b = ~(uint64_t)len, word[2];
  for (; len >= 16; bytes += 16, len -= 16) {
    memcpy(word, bytes, 16);
    a = (a ^ word[0]) * UINT64_C(0x9fb21c651e98df25);
    b = (b ^ word[1]) * UINT64_C(0xc2b2ae3d27d4eb4f);
    a ^= a >> 29;
    b ^= b >> 31;
  }
  word[0] = word[1] = 0;
  if (len) memcpy(word, bytes, len);
  return mix(mix(a ^ word[0]) + mix(b ^ word[1]) * 3);
}

static size_t slot_of(const HashMap *map, uint64_t key) {
  size_t at = (size_t)mix(key) & (map->cap - 1);
  while (map->keys[at] && map->keys[at] != key) at = (at + 1) & (map->cap - 1);
  return at;
}

uint64_t hash_get(const HashMap *map, uint64_t key) {
  if (!map->len) return 0;
  if (!key) key = 1;
  size_t at = slot_of(map, key);
  return map->keys[at] ? map->values[at] : 0;
}

static void resize(HashMap *map, size_t cap) {
  HashMap old = *map;
  map->cap = cap;
  map->keys = calloc(cap, sizeof *map->keys);
  map->values = calloc(cap, sizeof *map->values);
  if (!map->keys || !map->values) arena_exhausted(cap * 16);
  for (size_t i = 0; i < old.cap; i++) {
    if (!old.keys[i]) continue;
    size_t at = slot_of(map, old.keys[i]);
    map->keys[at] = old.keys[i];
    map->values[at] = old.values[i];
  }
  free(old.keys);
  free(old.values);
}

void hash_reserve(HashMap *map, size_t count) {
  size_t cap = map->cap ? map->cap : 64;
  while (cap < count * 2) cap *= 2;
  if (cap > map->cap) resize(map, cap);
}

void hash_put(HashMap *map, uint64_t key, uint64_t value) {
  if (!key) key = 1;
  hash_reserve(map, map->len + 1);
  size_t at = slot_of(map, key);
  if (!map->keys[at]) map->len++;
  map->keys[at] = key;
  map->values[at] = value;
}

void hash_free(HashMap *map) {
  free(map->keys);
  free(map->values);
  *map = (HashMap){0};
}
