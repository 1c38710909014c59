#include "ir/varset.h"

#include "base/hash.h"

#include <string.h>

typedef struct Set {
  uint32_t first, count; /* in pool */
  uint32_t chain;        /* next set of the same hash, or 0 */
} Set;

struct VarSets {
  VEC(Set) list;
  VEC(uint32_t) pool;
  VEC(uint32_t) scratch;
  Map table;  /* hash to the newest set of it */
  Map unions; /* pair of sets to their union */
};

VarSets *varsets_new(void) {
  VarSets *sets = mem_alloc(sizeof *sets);
  *sets = (VarSets){0};
  vec_push(&sets->list, (Set){0});
  return sets;
}

void varsets_free(VarSets *sets) {
  if (!sets) return;
  vec_free(&sets->list);
  vec_free(&sets->pool);
  vec_free(&sets->scratch);
  map_free(&sets->table);
  map_free(&sets->unions);
  free(sets);
}

const uint32_t *varset_members(const VarSets *sets, uint32_t set, uint32_t *count) {
  *count = sets->list.data[set].count;
  return *count ? sets->pool.data + sets->list.data[set].first : NULL;
}

/* The set whose members are in `scratch`, ascending. */
static uint32_t intern_scratch(VarSets *sets) {
  uint32_t count = sets->scratch.len;
  if (!count) return 0;
  size_t bytes = count * sizeof(uint32_t);
  uint64_t hash = hash_bytes(sets->scratch.data, bytes);
  uint32_t newest = map_get(&sets->table, hash);
  for (uint32_t at = newest; at; at = sets->list.data[at].chain) {
    const Set *set = &sets->list.data[at];
    if (set->count == count && !memcmp(sets->pool.data + set->first, sets->scratch.data, bytes)) return at;
  }
  uint32_t id = sets->list.len;
  vec_push(&sets->list, (Set){sets->pool.len, count, newest});
  for (uint32_t i = 0; i < count; i++) vec_push(&sets->pool, sets->scratch.data[i]);
  map_put(&sets->table, hash, id);
  return id;
}

bool varset_has(const VarSets *sets, uint32_t set, uint32_t variable) {
  if (!set) return false;
  const uint32_t *members = sets->pool.data + sets->list.data[set].first;
  uint32_t lo = 0, hi = sets->list.data[set].count;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (members[mid] == variable) return true;
    if (members[mid] < variable)
      lo = mid + 1;
    else
      hi = mid;
  }
  return false;
}

static uint32_t merge(VarSets *sets, uint32_t a, uint32_t b) {
  uint32_t a_count, b_count, i = 0, j = 0;
  const uint32_t *x = varset_members(sets, a, &a_count), *y = varset_members(sets, b, &b_count);
  sets->scratch.len = 0;
  while (i < a_count || j < b_count) {
    bool left = j == b_count || (i < a_count && x[i] <= y[j]);
    if (left && j < b_count && x[i] == y[j]) j++;
    uint32_t member = left ? x[i++] : y[j++];
    vec_push(&sets->scratch, member);
  }
  return intern_scratch(sets);
}

uint32_t varset_union(VarSets *sets, uint32_t a, uint32_t b) {
  if (a == b || !b) return a;
  if (!a) return b;
  uint64_t key = a < b ? ((uint64_t)a << 32) | b : ((uint64_t)b << 32) | a;
  uint32_t known = map_get(&sets->unions, key);
  if (known) return known;
  known = merge(sets, a, b);
  map_put(&sets->unions, key, known);
  return known;
}

uint32_t varset_add(VarSets *sets, uint32_t set, uint32_t variable) {
  sets->scratch.len = 0;
  vec_push(&sets->scratch, variable);
  return varset_union(sets, set, intern_scratch(sets));
}

uint32_t varset_remove(VarSets *sets, uint32_t set, uint32_t variable) {
  if (!varset_has(sets, set, variable)) return set;
  uint32_t count;
  const uint32_t *members = varset_members(sets, set, &count);
  sets->scratch.len = 0;
  for (uint32_t i = 0; i < count; i++)
    if (members[i] != variable) vec_push(&sets->scratch, members[i]);
  return intern_scratch(sets);
}
