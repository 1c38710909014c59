#include "canon/labelling.h"

#include <string.h>

/* Edges that are the same but for being several become one, whose kind says how many. */

static bool has_parallel(const LabelGraph *graph, Pile *pile) {
  PileMark mark = pile_mark(pile);
  uint32_t *last = pile_zeros(pile, graph->count * sizeof *last);
  bool found = false;
  for (uint32_t v = 0; v < graph->count && !found; v++) {
    for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++) {
      found |= last[graph->to[e]] == v + 1;
      last[graph->to[e]] = v + 1;
    }
  }
  pile_release(pile, mark);
  return found;
}

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

/* Lay out both stretches of each vertex; the edges to a vertex come in the order of their starts. */
static Sub lay_out(const LabelGraph *graph, Pile *pile) {
  size_t count = graph->count, edges = graph->first[count];
  uint32_t *off = pile_take(pile, 2 * count + 1), *near = pile_take(pile, 2 * edges + 1);
  uint32_t *kind = graph->label ? pile_take(pile, 2 * edges + 1) : NULL;
  PileMark mark = pile_mark(pile);
  uint32_t *fill = pile_zeros(pile, count * sizeof *fill);
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
      uint32_t back = fill[graph->to[e]]++;
      near[put] = graph->to[e];
      near[back] = v;
      if (kind) kind[put] = kind[back] = graph->label[e];
    }
  }
  pile_release(pile, mark);
  return (Sub){.count = graph->count, .off = off, .near = near, .kind = kind};
}

static Sub lay_out_simple(const LabelGraph *graph, Pile *pile) {
  if (!has_parallel(graph, pile)) return lay_out(graph, pile);
  Merged merged = {.first = mem_alloc(((size_t)graph->count + 1) * sizeof *merged.first)};
  merge_parallel(graph, &merged);
  uint32_t *to = pile_take(pile, merged.edges.len), *label = pile_take(pile, merged.edges.len);
  for (uint32_t e = 0; e < merged.edges.len; e++) {
    to[e] = merged.edges.data[e].to;
    label[e] = merged.edges.data[e].label;
  }
  Sub sub = lay_out(&(LabelGraph){graph->count, NULL, merged.first, to, label}, pile);
  free(merged.first);
  vec_free(&merged.edges);
  vec_free(&merged.kinds);
  return sub;
}

/* vertex → 1: shares its cell; 2: has an edge with one that does. */
static uint8_t *mark_open(const LabelGraph *graph, const uint32_t *order, const Partition *partition,
                          Pile *pile) {
  uint8_t *marks = pile_bytes(pile, graph->count);
  for (uint32_t i = 0; i < graph->count; i++) marks[order[i]] = partition->len[partition->cell[i]] > 1;
  for (uint32_t v = 0; v < graph->count; v++) {
    bool open = marks[v] & 1, meets = false;
    for (uint32_t e = graph->first[v]; e < graph->first[v + 1]; e++) {
      meets |= marks[graph->to[e]] & 1;
      if (open) marks[graph->to[e]] |= 2;
    }
    if (meets) marks[v] |= 2;
  }
  return marks;
}

/* The kept vertices' edges of which one end or both are open, in their new numbers. */
static LabelGraph cut_out(const LabelGraph *graph, const uint32_t *order, const uint8_t *marks,
                          const uint32_t *kept, uint32_t count, Pile *pile) {
  uint32_t *new = pile_take(pile, graph->count), edges = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t vertex = order[kept[i]];
    new[vertex] = i;
    edges += graph->first[vertex + 1] - graph->first[vertex];
  }
  uint32_t *first = pile_take(pile, (size_t)count + 1), put = 0;
  uint32_t *to = pile_take(pile, edges), *label = graph->label ? pile_take(pile, edges) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t vertex = order[kept[i]];
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

Sub label_open(const LabelGraph *graph, const uint32_t *order, const Partition *partition, Pile *pile,
               uint32_t *kept) {
  uint8_t *marks = mark_open(graph, order, partition, pile);
  uint32_t count = 0;
  for (uint32_t i = 0; i < graph->count; i++)
    if (marks[order[i]]) kept[count++] = i;
  LabelGraph part = cut_out(graph, order, marks, kept, count, pile);
  return lay_out_simple(&part, pile);
}
