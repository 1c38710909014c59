#include "canon/labelling.h"

#include "base/hash.h"

#include <string.h>

enum { SORT_FEW = 24 };

static int compare_items(const void *a, const void *b) {
  uint64_t x = ((const Item *)a)->key, y = ((const Item *)b)->key;
  return (x > y) - (x < y);
}

static int compare_words(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

void words_sort(uint32_t *words, size_t count) {
  if (count > SORT_FEW) {
    qsort(words, count, sizeof *words, compare_words);
    return;
  }
  for (size_t i = 1; i < count; i++) {
    uint32_t word = words[i];
    size_t k = i;
    for (; k && words[k - 1] > word; k--) words[k] = words[k - 1];
    words[k] = word;
  }
}

int words_compare(const uint32_t *a, const uint32_t *b, size_t count) {
  if (memcmp(a, b, count * sizeof *a) == 0) return 0;
  size_t i = 0;
  while (a[i] == b[i]) i++;
  return a[i] < b[i] ? -1 : 1;
}

uint64_t words_hash(const uint32_t *words, size_t count) {
  uint64_t hash = count;
  size_t i = 0;
  for (; i + 2 <= count; i += 2) hash = hash_add(hash, (uint64_t)words[i] << 32 | words[i + 1]);
  return i < count ? hash_add(hash, words[i]) : hash;
}

static void insertion_sort(Item *items, size_t count) {
  for (size_t i = 1; i < count; i++) {
    Item item = items[i];
    size_t k = i;
    for (; k && items[k - 1].key > item.key; k--) items[k] = items[k - 1];
    items[k] = item;
  }
}

/* A few, or many that are mostly equal. */
static void bucket_sort(Item *items, size_t count) {
  size_t same = 1;
  while (same < count && items[same].key == items[0].key) same++;
  if (same == count) return;
  if (count <= SORT_FEW)
    insertion_sort(items, count);
  else
    qsort(items, count, sizeof *items, compare_items);
}

/* By some bits of the key, whose places `ends` tells, in the order in which they stand. */
static void scatter(const Item *from, Item *to, size_t count, unsigned shift, uint64_t mask, uint32_t *ends) {
  for (uint64_t b = 0, sum = 0; b <= mask; b++) {
    uint32_t size = ends[b];
    ends[b] = (uint32_t)sum;
    sum += size;
  }
  for (size_t i = 0; i < count; i++) to[ends[from[i].key >> shift & mask]++] = from[i];
}

/* Keys are hashes: by their first bits, which are looked at half by half, they fall into about as many buckets
 * as there are different ones. */
void items_sort(Pile *pile, Item *items, size_t count) {
  if (count <= SORT_FEW) {
    insertion_sort(items, count);
    return;
  }
  unsigned half = 3;
  while (half < 10 && (size_t)1 << 2 * half < count) half++;
  unsigned high = 64 - half, low = high - half;
  uint64_t mask = ((uint64_t)1 << half) - 1;
  PileMark mark = pile_mark(pile);
  Item *spare = pile_bytes(pile, count * sizeof *spare);
  uint32_t *ends = pile_zeros(pile, 2 * (mask + 1) * sizeof *ends);
  for (size_t i = 0; i < count; i++) {
    ends[items[i].key >> low & mask]++;
    ends[mask + 1 + (items[i].key >> high)]++;
  }
  scatter(items, spare, count, low, mask, ends);
  scatter(spare, items, count, high, mask, ends + mask + 1);
  pile_release(pile, mark);
  for (size_t from = 0, end; from + 1 < count; from = end) {
    for (end = from + 1; end < count && items[end].key >> low == items[from].key >> low;) end++;
    if (end > from + 1) bucket_sort(items + from, end - from);
  }
}

uint32_t sets_find(uint32_t *parents, uint32_t vertex) {
  while (parents[vertex] != vertex) vertex = parents[vertex] = parents[parents[vertex]];
  return vertex;
}

bool sets_join(uint32_t *parents, uint32_t a, uint32_t b) {
  a = sets_find(parents, a);
  b = sets_find(parents, b);
  if (a == b) return false;
  if (a < b)
    parents[b] = a;
  else
    parents[a] = b;
  return true;
}
