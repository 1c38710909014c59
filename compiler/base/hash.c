#include "hash.h"

#include "arena.h"

#include <stdlib.h>

static uint32_t map_slot(const Map *map, uint64_t key) {
  uint32_t mask = map->cap - 1;
  uint32_t at = (uint32_t)hash_mix(key) & mask;
  while (map->values[at] && map->keys[at] != key) at = (at + 1) & mask;
  return at;
}

uint32_t map_get(const Map *map, uint64_t key) { return map->cap ? map->values[map_slot(map, key)] : 0; }

static void map_grow(Map *map) {
  Map old = *map;
  map->cap = old.cap ? old.cap * 2 : 16;
  map->keys = mem_alloc(map->cap * sizeof *map->keys);
  map->values = mem_zero(map->cap * sizeof *map->values);
  for (uint32_t i = 0; i < old.cap; i++) {
    if (!old.values[i]) continue;
    uint32_t at = map_slot(map, old.keys[i]);
    map->keys[at] = old.keys[i];
    map->values[at] = old.values[i];
  }
  free(old.keys);
  free(old.values);
}

void map_put(Map *map, uint64_t key, uint32_t value) {
  if ((map->len + 1) * 4 > map->cap * 3) map_grow(map);
  uint32_t at = map_slot(map, key);
  map->len += !map->values[at];
  map->keys[at] = key;
  map->values[at] = value;
}

void map_free(Map *map) {
  free(map->keys);
  free(map->values);
  *map = (Map){0};
}
