#include "canon/labelling.h"

#include "base/hash.h"

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

/* From what has nothing before it down, along chains where there are some: `order` serves as numbering later.
 * Vertices on or after a cycle come last, and are not counted in `ordered`. */
static void keys_down(Keys *keys, Pile *pile) {
  const LabelGraph *graph = keys->graph;
  uint32_t *before = pile_zeros(pile, graph->count * sizeof *before);
  uint32_t *ready = pile_take(pile, graph->count), waiting = 0;
  for (uint32_t e = 0; e < graph->first[graph->count]; e++) before[graph->to[e]]++;
  for (uint32_t v = 0; v < graph->count; v++)
    if (!before[v]) ready[waiting++] = v;
  while (waiting) {
    uint32_t vertex = ready[--waiting];
    keys->order[keys->ordered++] = vertex;
    settle(keys, vertex);
    for (uint32_t e = graph->first[vertex]; e < graph->first[vertex + 1]; e++)
      if (!--before[graph->to[e]]) ready[waiting++] = graph->to[e];
  }
  uint32_t put = keys->ordered;
  for (uint32_t v = 0; v < graph->count && put < graph->count; v++) {
    if (!before[v]) continue;
    keys->order[put++] = v;
    keys->key[v] = hash_add(~colour_of(graph, v), keys->key[v]);
  }
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
  for (uint32_t v = 0; v < count; v++) {
    keys->order[v] = v;
    settle(keys, v);
  }
  for (uint32_t v = count; v--;) keys->key[v] = key_up(keys, v);
}

typedef struct Numbered {
  const LabelGraph *graph;
  const uint32_t *order;
} Numbered;

static int compare_colours(const void *a, const void *b, void *data) {
  const Numbered *numbered = data;
  uint64_t x = colour_of(numbered->graph, numbered->order[((const Item *)a)->id]);
  uint64_t y = colour_of(numbered->graph, numbered->order[((const Item *)b)->id]);
  return (x > y) - (x < y);
}

/* Let the colours decide where keys are equal. */
static void separate_colours(Numbered *numbered, Item *items) {
  uint32_t count = numbered->graph->count;
  for (uint32_t from = 0, end; from < count; from = end) {
    bool same = true;
    for (end = from + 1; end < count && items[end].key == items[from].key; end++)
      same &= compare_colours(&items[end], &items[from], numbered) == 0;
    if (!same) qsort_r(items + from, end - from, sizeof *items, compare_colours, numbered);
  }
}

void label_keys(const LabelGraph *graph, Pile *pile, Item *items, uint32_t *order) {
  size_t count = graph->count;
  PileMark mark = pile_mark(pile);
  Keys keys = {.graph = graph, .key = pile_zeros(pile, count * sizeof *keys.key), .order = order};
  if (in_order(graph)) {
    keys_in_order(&keys);
  } else {
    keys_down(&keys, pile);
    keys_up(&keys);
  }
  for (uint32_t i = 0; i < count; i++) items[i] = (Item){.key = keys.key[order[i]], .id = i};
  pile_release(pile, mark);
  items_sort(pile, items, count);
  if (graph->colours) separate_colours(&(Numbered){graph, order}, items);
}
