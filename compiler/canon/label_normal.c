#include "canon/labelling.h"

#include <string.h>

/* ---- edges that are the same but for being several become one, whose kind says how many ---- */

typedef struct Edge {
  uint32_t to, label, times;
} Edge;

static int compare_edges(const void *a, const void *b) {
  const Edge *x = a, *y = b;
  if (x->to != y->to) return x->to < y->to ? -1 : 1;
  return (x->label > y->label) - (x->label < y->label);
}

typedef struct Merged {
  uint32_t *first;
  VEC(Edge) edges;
  VEC(uint64_t) kinds; /* label and times of an edge, sorted, each once */
} Merged;

static uint64_t edge_kind(Edge edge) { return (uint64_t)edge.label << 32 | edge.times; }

static int compare_kinds(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* The edges from `from` on, all of one vertex, sorted, equal ones together. */
static void merge_equal(Merged *merged, uint32_t from) {
  uint32_t end = merged->edges.len, kept = from;
  Edge *edges = merged->edges.data;
  if (from == end) return;
  qsort(edges + from, end - from, sizeof *edges, compare_edges);
  for (uint32_t e = from + 1; e < end; e++) {
    if (compare_edges(&edges[kept], &edges[e]) == 0)
      edges[kept].times++;
    else
      edges[++kept] = edges[e];
  }
  merged->edges.len = kept + 1;
}

static void merge_kinds(Merged *merged) {
  for (uint32_t e = 0; e < merged->edges.len; e++) vec_push(&merged->kinds, edge_kind(merged->edges.data[e]));
  uint32_t kept = 0;
  uint64_t *kinds = merged->kinds.data;
  qsort(kinds, merged->kinds.len, sizeof *kinds, compare_kinds);
  for (uint32_t k = 1; k < merged->kinds.len; k++)
    if (kinds[k] != kinds[kept]) kinds[++kept] = kinds[k];
  merged->kinds.len = kept + 1;
}

/* A graph whose labels are the ranks of what its edges are, how many times included. */
static void merge_parallel(const LabelGraph *graph, Merged *merged) {
  merged->first[0] = 0;
  for (uint32_t v = 0; v < graph->count; v++) {
    for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++)
      vec_push(&merged->edges, (Edge){graph->to[e], graph->label ? graph->label[e] : 0, 1});
    merge_equal(merged, merged->first[v]);
    merged->first[v + 1] = merged->edges.len;
  }
  merge_kinds(merged);
  for (uint32_t e = 0; e < merged->edges.len; e++) {
    Edge *edge = &merged->edges.data[e];
    uint64_t kind = edge_kind(*edge);
    uint64_t *rank = bsearch(&kind, merged->kinds.data, merged->kinds.len, sizeof kind, compare_kinds);
    edge->label = (uint32_t)(rank - merged->kinds.data);
  }
}

/* Lay out both stretches of each vertex; the edges to a vertex come in the order of their starts.  Whether
 * some are parallel. */
static bool lay_out(const LabelGraph *graph, Pile *pile, Sub *sub) {
  size_t count = graph->count, edges = graph->first[count];
  uint32_t *off = pile_take(pile, 2 * count + 1), *near = pile_take(pile, 2 * edges + 1);
  uint32_t *kind = graph->label ? pile_take(pile, 2 * edges + 1) : NULL;
  PileMark mark = pile_mark(pile);
  uint32_t *fill = pile_zeros(pile, count * sizeof *fill);
  bool parallel = false;
  for (size_t e = 0; e < edges; e++) fill[graph->to[e]]++;
  off[0] = 0;
  for (uint32_t v = 0; v < count; v++) {
    off[2 * v + 1] = off[2 * v] + graph->first[v + 1] - graph->first[v];
    off[2 * v + 2] = off[2 * v + 1] + fill[v];
    fill[v] = off[2 * v + 1];
  }
  for (uint32_t v = 0; v < count; v++) {
    uint32_t put = off[2 * v];
    for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++, put++) {
      uint32_t to = graph->to[e], back = fill[to]++;
      parallel |= back > off[2 * to + 1] && near[back - 1] == v;
      near[put] = to;
      near[back] = v;
      if (kind) kind[put] = kind[back] = graph->label[e];
    }
  }
  pile_release(pile, mark);
  *sub = (Sub){.count = graph->count, .off = off, .near = near, .kind = kind};
  return parallel;
}

static Sub lay_out_simple(const LabelGraph *graph, Pile *pile) {
  Sub sub;
  if (!lay_out(graph, pile, &sub)) return sub;
  Merged merged = {.first = mem_alloc(((size_t)graph->count + 1) * sizeof *merged.first)};
  merge_parallel(graph, &merged);
  uint32_t *to = pile_take(pile, merged.edges.len), *label = pile_take(pile, merged.edges.len);
  for (uint32_t e = 0; e < merged.edges.len; e++) {
    to[e] = merged.edges.data[e].to;
    label[e] = merged.edges.data[e].label;
  }
  lay_out(&(LabelGraph){graph->count, NULL, merged.first, to, label}, pile, &sub);
  free(merged.first);
  vec_free(&merged.edges);
  vec_free(&merged.kinds);
  return sub;
}

/* ---- what is open ---- */

/* vertex → 1: shares its cell; 2: has an edge with one that does. */
static uint8_t *mark_open(const LabelGraph *graph, const uint32_t *shared, uint32_t count, Pile *pile) {
  uint8_t *marks = pile_zeros(pile, graph->count);
  for (uint32_t i = 0; i < count; i++) marks[shared[i]] = 1;
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t e = graph->first[shared[i]]; e < graph->first[shared[i] + 1]; e++) marks[graph->to[e]] |= 2;
  for (uint32_t e = 0, v = 0; e < graph->first[graph->count]; e++) {
    if (!(marks[graph->to[e]] & 1)) continue;
    while (graph->first[v + 1] <= e) v++;
    marks[v] |= 2;
  }
  return marks;
}

/* The kept vertices' edges of which one end or both are open, in their new numbers. */
static LabelGraph cut_out(const LabelGraph *graph, const uint8_t *marks, const uint32_t *kept, uint32_t count,
                          const uint32_t *new, Pile *pile) {
  uint32_t *first = pile_take(pile, (size_t)count + 1), put = 0, edges = 0;
  for (uint32_t i = 0; i < count; i++) edges += graph->first[kept[i] + 1] - graph->first[kept[i]];
  uint32_t *to = pile_take(pile, edges), *label = graph->label ? pile_take(pile, edges) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t vertex = kept[i];
    first[i] = put;
    for (uint32_t e = graph->first[vertex]; e < graph->first[vertex + 1]; e++) {
      if (!((marks[vertex] | marks[graph->to[e]]) & 1)) continue;
      to[put] = new[graph->to[e]];
      if (label) label[put] = graph->label[e];
      put++;
    }
  }
  first[count] = put;
  return (LabelGraph){.count = count, .first = first, .to = to, .label = label};
}

/* The cells of the kept vertices. */
static void open_cells(const LabelGraph *graph, const Item *items, const uint32_t *cell, const uint8_t *marks,
                       const uint32_t *new, Open *open) {
  Partition *part = &open->partition;
  uint32_t put = 0, start = 0;
  for (uint32_t place = 0; place < graph->count; place++) {
    uint32_t vertex = items[place].id, number = new[vertex];
    if (!marks[vertex]) continue;
    if (put == 0 || cell[vertex] != cell[open->kept[part->at[start]]]) {
      start = put;
      part->len[start] = 0;
      part->cells++;
    }
    part->at[put] = number;
    part->place[number] = put;
    part->cell[number] = start;
    part->len[start]++;
    open->places[put++] = place;
  }
}

Open label_open(const LabelGraph *graph, const Item *items, const uint32_t *order, const uint32_t *cell,
                const uint32_t *shared, uint32_t shared_count, Pile *pile) {
  uint8_t *marks = mark_open(graph, shared, shared_count, pile);
  uint32_t *new = pile_take(pile, graph->count), count = 0;
  Open open = {.kept = pile_take(pile, graph->count), .places = pile_take(pile, graph->count)};
  for (uint32_t i = 0; i < graph->count; i++) {
    if (!marks[order[i]]) continue;
    new[order[i]] = count;
    open.kept[count++] = order[i];
  }
  open.partition = partition_take(pile, count);
  open_cells(graph, items, cell, marks, new, &open);
  LabelGraph part = cut_out(graph, marks, open.kept, count, new, pile);
  open.sub = lay_out_simple(&part, pile);
  return open;
}
