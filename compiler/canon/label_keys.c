#include "canon/labelling.h"

#include "base/hash.h"

#include <string.h>

/* Hashes are only a first guess at the partition: vertices of equal colour whose hashes meet by chance share
 * a cell, and refinement or the search tells them apart. */

enum { KEY_DOWN = 0x5851f42d, KEY_UP = 0x14057b7e };

typedef struct Keys {
  const LabelGraph *graph;
  uint64_t *key; /* while a vertex is not in `order`: the sum over the edges to it so far */
  uint32_t *order, ordered;
} Keys;

static uint64_t colour_of(const LabelGraph *graph, uint32_t vertex) {
  return graph->colours ? graph->colours[vertex] : 0;
}

static uint64_t edge_key(const LabelGraph *graph, uint32_t edge, uint64_t key, uint32_t direction) {
  uint64_t label = graph->label ? graph->label[edge] : 0;
  return hash_mix(key + (label << 32) + direction);
}

/* The key of a vertex once all before it have theirs; add it to what comes after. */
static void settle(const Keys *keys, uint32_t vertex) {
  const LabelGraph *graph = keys->graph;
  uint64_t key = hash_add(colour_of(graph, vertex), keys->key[vertex]);
  keys->key[vertex] = key;
  for (uint32_t e = graph->first[vertex]; e < graph->first[vertex + 1]; e++)
    keys->key[graph->to[e]] += edge_key(graph, e, key, KEY_DOWN);
}

static bool in_order(const LabelGraph *graph) {
  for (uint32_t v = 0; v < graph->count; v++)
    for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++)
      if (graph->to[e] <= v) return false;
  return true;
}

/* From what has nothing before it down.  Vertices on or after a cycle stay out of `order`. */
static void keys_down(Keys *keys) {
  const LabelGraph *graph = keys->graph;
  uint32_t *before = mem_alloc(((size_t)graph->count + 1) * sizeof *before);
  memset(before, 0, graph->count * sizeof *before);
  for (uint32_t e = 0; e < graph->first[graph->count]; e++) before[graph->to[e]]++;
  for (uint32_t v = 0; v < graph->count; v++)
    if (!before[v]) keys->order[keys->ordered++] = v;
  for (uint32_t i = 0; i < keys->ordered; i++) {
    uint32_t vertex = keys->order[i];
    settle(keys, vertex);
    for (uint32_t e = graph->first[vertex]; e < graph->first[vertex + 1]; e++)
      if (!--before[graph->to[e]]) keys->order[keys->ordered++] = graph->to[e];
  }
  if (keys->ordered < graph->count)
    for (uint32_t v = 0; v < graph->count; v++)
      if (before[v]) keys->key[v] = hash_add(~colour_of(graph, v), keys->key[v]);
  free(before);
}

static uint64_t key_up(const Keys *keys, uint32_t vertex) {
  const LabelGraph *graph = keys->graph;
  uint64_t sum = 0;
  for (uint32_t e = graph->first[vertex]; e < graph->first[vertex + 1]; e++)
    sum += edge_key(graph, e, keys->key[graph->to[e]], KEY_UP);
  return hash_add(keys->key[vertex], sum);
}

/* Back from the ends.  What is not in `order` keeps its key: it may be after vertices of either kind. */
static void keys_up(const Keys *keys) {
  for (uint32_t i = keys->ordered; i--;) keys->key[keys->order[i]] = key_up(keys, keys->order[i]);
}

static void keys_in_order(const Keys *keys) {
  uint32_t count = keys->graph->count;
  for (uint32_t v = 0; v < count; v++) settle(keys, v);
  for (uint32_t v = count; v--;) keys->key[v] = key_up(keys, v);
}

static int compare_colours(const void *a, const void *b, void *graph) {
  uint64_t x = colour_of(graph, ((const Item *)a)->id), y = colour_of(graph, ((const Item *)b)->id);
  return (x > y) - (x < y);
}

/* Equal keys of different colours: let the colours decide, in a key that is still greater than the one
 * before. */
static void separate_colours(const LabelGraph *graph, Item *items) {
  uint32_t count = graph->count;
  for (uint32_t from = 0, end; from < count; from = end) {
    bool same = true;
    for (end = from + 1; end < count && items[end].key == items[from].key; end++)
      same &= colour_of(graph, items[end].id) == colour_of(graph, items[from].id);
    if (!same) qsort_r(items + from, end - from, sizeof *items, compare_colours, (void *)graph);
  }
}

void label_keys(const LabelGraph *graph, Item *items, Item *spare) {
  size_t count = graph->count;
  Keys keys = {.graph = graph, .key = mem_alloc((count + 1) * sizeof *keys.key)};
  memset(keys.key, 0, count * sizeof *keys.key);
  if (in_order(graph)) {
    keys_in_order(&keys);
  } else {
    keys.order = mem_alloc((count + 1) * sizeof *keys.order);
    keys_down(&keys);
    keys_up(&keys);
    free(keys.order);
  }
  for (uint32_t v = 0; v < count; v++) items[v] = (Item){.key = keys.key[v], .id = v};
  free(keys.key);
  items_sort(items, spare, count);
  if (graph->colours) separate_colours(graph, items);
}
