#include "canon/labelling.h"

#include "base/hash.h"

/* Hashes are only a first guess at the partition: vertices of equal colour whose hashes meet by chance share
 * a cell, and refinement or the search tells them apart. */

/* How far ahead of their use vertices are fetched: graphs are seldom laid out in the order of their edges. */
enum { FETCH_EDGES = 8, FETCH_VERTEX = 16 };

static const uint64_t spread = 0x9e3779b97f4a7c16ULL;

/* What is needed of a vertex together, so that it is in one place. */
typedef struct Vertex {
  uint64_t key;    /* while it is not in `order`: the sum of its colour and of the edges to it so far */
  uint32_t before; /* how many of these are still to come */
  uint32_t first;
} Vertex;

typedef struct Keys {
  const LabelGraph *graph;
  Vertex *vertices; /* and one more */
  uint32_t *order, ordered;
} Keys;

static uint64_t colour_of(const LabelGraph *graph, uint32_t vertex) {
  return graph->colours ? graph->colours[vertex] : 0;
}

/* What a key counts through an edge: with label 0 as it is. */
static uint64_t through(const LabelGraph *graph, uint32_t edge, uint64_t key) {
  return graph->label ? key * (1 + graph->label[edge] * spread) : key;
}

static void fetch(const Keys *keys, uint32_t vertex, uint32_t later) {
  __builtin_prefetch(&keys->graph->to[keys->vertices[vertex].first]);
  __builtin_prefetch(&keys->vertices[later]);
}

/* The key of a vertex once all before it have theirs; add it to what comes after. */
static void settle(Keys *keys, Vertex *vertex) {
  const LabelGraph *graph = keys->graph;
  uint32_t *order = keys->order, ordered = keys->ordered;
  uint64_t key = vertex->key = hash_mix(vertex->key);
  for (uint32_t e = vertex[0].first, end = vertex[1].first; e < end; e++) {
    uint32_t to = order[ordered] = graph->to[e];
    keys->vertices[to].key += through(graph, e, key);
    ordered += !--keys->vertices[to].before;
  }
  keys->ordered = ordered;
}

/* From what has nothing before it down; `order` is the queue.  Vertices on or after a cycle come last in it,
 * and are not counted in `ordered`. */
static void keys_down(Keys *keys) {
  const LabelGraph *graph = keys->graph;
  Vertex *vertices = keys->vertices;
  uint32_t *order = keys->order, count = graph->count;
  for (uint32_t v = 0; v <= count; v++)
    vertices[v] = (Vertex){.key = v < count ? colour_of(graph, v) * spread : 0, .first = graph->first[v]};
  for (uint32_t e = 0, end = graph->first[count]; e < end; e++) vertices[graph->to[e]].before++;
  for (uint32_t v = 0; v < count; v++)
    if (!vertices[v].before) order[keys->ordered++] = v;
  for (uint32_t i = 0; i < keys->ordered; i++) {
    if (i + FETCH_VERTEX < keys->ordered) fetch(keys, order[i + FETCH_EDGES], order[i + FETCH_VERTEX]);
    settle(keys, &vertices[order[i]]);
  }
  uint32_t put = keys->ordered;
  for (uint32_t v = 0; v < count && put < count; v++) {
    if (!vertices[v].before) continue;
    order[put++] = v;
    vertices[v].key = hash_mix(~vertices[v].key);
  }
}

/* The runs of items whose keys are the same, as pairs of places in `ends`; how many. */
static uint32_t find_runs(const Item *items, uint32_t count, uint32_t *ends) {
  uint32_t runs = 0;
  for (uint32_t i = 1; i < count; i++) {
    if (items[i].key != items[i - 1].key) continue;
    ends[2 * runs] = i - 1;
    while (++i < count && items[i].key == items[i - 1].key) {
    }
    ends[2 * runs++ + 1] = i;
  }
  return runs;
}

/* Back from the ends, for marked vertices.  What is not in `order` keeps its key: it may be after vertices of
 * either kind. */
static void keys_up(const Keys *keys, const uint8_t *marks) {
  const LabelGraph *graph = keys->graph;
  for (uint32_t i = keys->ordered; i--;) {
    if (!marks[keys->order[i]]) continue;
    Vertex *vertex = &keys->vertices[keys->order[i]];
    uint64_t sum = 0;
    for (uint32_t e = vertex[0].first, end = vertex[1].first; e < end; e++)
      sum += through(graph, e, keys->vertices[graph->to[e]].key);
    vertex->key = hash_add(vertex->key, sum);
  }
}

static int compare_items(const void *a, const void *b, void *data) {
  const Item *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  uint64_t colour = colour_of(data, x->id), other = colour_of(data, y->id);
  return (colour > other) - (colour < other);
}

/* Sort items by what their keys have become; where these are the same, colours decide. */
static void sort_run(const Keys *keys, Pile *pile, Item *items, uint32_t count) {
  uint64_t colour = colour_of(keys->graph, items[0].id);
  bool same = true;
  for (uint32_t i = 0; i < count; i++) {
    items[i].key = keys->vertices[items[i].id].key;
    same &= colour_of(keys->graph, items[i].id) == colour;
  }
  if (same)
    items_sort(pile, items, count);
  else
    qsort_r(items, count, sizeof *items, compare_items, (void *)keys->graph);
}

void label_keys(const LabelGraph *graph, Pile *pile, Item *items, uint32_t *order) {
  size_t count = graph->count;
  PileMark mark = pile_mark(pile);
  Keys keys = {.graph = graph, .vertices = pile_bytes(pile, (count + 1) * sizeof(Vertex)), .order = order};
  uint8_t *marks = pile_zeros(pile, count);
  uint32_t *ends = pile_take(pile, count + 1);
  keys_down(&keys);
  for (uint32_t i = 0; i < count; i++) items[i] = (Item){keys.vertices[order[i]].key, order[i]};
  items_sort(pile, items, count);
  uint32_t runs = find_runs(items, count, ends);
  for (uint32_t r = 0; r < runs; r++)
    for (uint32_t i = ends[2 * r]; i < ends[2 * r + 1]; i++) marks[items[i].id] = 1;
  if (runs) keys_up(&keys, marks);
  for (uint32_t r = 0; r < runs; r++)
    sort_run(&keys, pile, items + ends[2 * r], ends[2 * r + 1] - ends[2 * r]);
  pile_release(pile, mark);
}
