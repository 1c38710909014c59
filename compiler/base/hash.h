/* hash.h: hashes for tables in memory. No output depends on them. */
#ifndef WEFT_BASE_HASH_H
#define WEFT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Mixes all bits of `x` (the finaliser of MurmurHash3 by A. Appleby, public domain constants). */
static inline uint64_t hash_mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

static inline uint64_t hash_add(uint64_t hash, uint64_t value) {
  return hash_mix(hash * 0x9e3779b97f4a7c15ULL + value);
}

static inline uint64_t hash_bytes(const void *data, size_t len) {
  const unsigned char *bytes = data;
  uint64_t hash = len;
  for (; len >= 8; bytes += 8, len -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    hash = hash_add(hash, word);
  }
  uint64_t tail = 0;
  for (size_t i = 0; i < len; i++) tail |= (uint64_t)bytes[i] << (8 * i);
  return hash_add(hash, tail);
}

/* A map from 64-bit keys to 32-bit values that are not 0, open addressing; {0} is empty. */
typedef struct Map {
  uint64_t *keys;
  uint32_t *values; /* 0: free */
  uint32_t len, cap;
} Map;

/* The value of a key, or 0. */
uint32_t map_get(const Map *map, uint64_t key);
/* Sets it; `value` is not 0. */
void map_put(Map *map, uint64_t key, uint32_t value);
void map_free(Map *map);

#endif
