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
  if (count <= SORT_FEW) {
    insertion_sort(items, count);
    return;
  }
  size_t same = 1;
  while (same < count && items[same].key == items[0].key) same++;
  if (same < count) qsort(items, count, sizeof *items, compare_items);
}

/* Keys are hashes: by their first bits they fall into about as many buckets as there are different ones. */
void items_sort(Pile *pile, Item *items, size_t count) {
  if (count <= SORT_FEW) {
    insertion_sort(items, count);
    return;
  }
  unsigned bits = 4;
  while (bits < 18 && (size_t)1 << bits < count) bits++;
  PileMark mark = pile_mark(pile);
  Item *spare = pile_bytes(pile, count * sizeof *spare);
  uint32_t *ends = pile_zeros(pile, (((size_t)1 << bits) + 1) * sizeof *ends);
  unsigned shift = 64 - bits;
  for (size_t i = 0; i < count; i++) ends[(items[i].key >> shift) + 1]++;
  for (size_t b = 0; b < (size_t)1 << bits; b++) ends[b + 1] += ends[b];
  for (size_t i = 0; i < count; i++) spare[ends[items[i].key >> shift]++] = items[i];
  memcpy(items, spare, count * sizeof *items);
  for (size_t b = 0, from = 0; b < (size_t)1 << bits; from = ends[b], b++)
    bucket_sort(items + from, ends[b] - from);
  pile_release(pile, mark);
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
