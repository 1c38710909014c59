#include "label_graphs.h"

#include <string.h>

uint64_t random_next(uint64_t *state) {
  uint64_t x = *state += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

uint32_t random_below(uint64_t *state, uint32_t limit) {
  return (uint32_t)((random_next(state) >> 32) * limit >> 32);
}

void random_shuffle(uint64_t *state, uint32_t *items, uint32_t count) {
  for (uint32_t i = count; i > 1; i--) {
    uint32_t k = random_below(state, i), item = items[k];
    items[k] = items[i - 1];
    items[i - 1] = item;
  }
}

Drawing drawing_new(uint32_t count) {
  Drawing drawing = {.count = count, .colours = mem_alloc((count + 1) * sizeof(uint64_t))};
  memset(drawing.colours, 0, count * sizeof *drawing.colours);
  return drawing;
}

void drawing_free(Drawing *drawing) {
  free(drawing->colours);
  vec_free(&drawing->arcs);
}

void drawing_arc(Drawing *drawing, uint32_t from, uint32_t to, uint32_t label) {
  vec_push(&drawing->arcs, (Arc){from, to, label});
}

void drawing_edge(Drawing *drawing, uint32_t a, uint32_t b) {
  drawing_arc(drawing, a, b, 0);
  drawing_arc(drawing, b, a, 0);
}

Drawing drawing_renumber(const Drawing *drawing, const uint32_t *new, uint64_t *random) {
  Drawing other = drawing_new(drawing->count);
  for (uint32_t v = 0; v < drawing->count; v++) other.colours[new[v]] = drawing->colours[v];
  for (uint32_t i = 0; i < drawing->arcs.len; i++) {
    Arc arc = drawing->arcs.data[i];
    drawing_arc(&other, new[arc.from], new[arc.to], arc.label);
  }
  for (uint32_t i = other.arcs.len; random && i > 1; i--) {
    uint32_t k = random_below(random, i);
    Arc arc = other.arcs.data[k];
    other.arcs.data[k] = other.arcs.data[i - 1];
    other.arcs.data[i - 1] = arc;
  }
  return other;
}

Drawing drawing_shuffle(const Drawing *drawing, uint64_t *random) {
  uint32_t *new = mem_alloc((drawing->count + 1) * sizeof *new);
  for (uint32_t v = 0; v < drawing->count; v++) new[v] = v;
  random_shuffle(random, new, drawing->count);
  Drawing other = drawing_renumber(drawing, new, random);
  free(new);
  return other;
}

static bool has_arc(const Drawing *drawing, uint32_t from, uint32_t to) {
  for (uint32_t i = 0; i < drawing->arcs.len; i++)
    if (drawing->arcs.data[i].from == from && drawing->arcs.data[i].to == to) return true;
  return false;
}

static void turn_arc(Drawing *drawing, uint32_t from, uint32_t to, uint32_t now) {
  for (uint32_t i = 0; i < drawing->arcs.len; i++) {
    Arc *arc = &drawing->arcs.data[i];
    if (arc->from == from && arc->to == to)
      arc->to = now;
    else if (arc->from == to && arc->to == from)
      arc->from = now;
  }
}

bool drawing_switch(Drawing *drawing, bool directed, uint64_t *random) {
  for (int tries = 0; tries < 50 && drawing->arcs.len; tries++) {
    Arc *a = &drawing->arcs.data[random_below(random, drawing->arcs.len)];
    Arc *b = &drawing->arcs.data[random_below(random, drawing->arcs.len)];
    uint32_t from = a->from, to = a->to, other_from = b->from, other_to = b->to;
    if (from == other_from || to == other_to || from == other_to || to == other_from) continue;
    if (drawing->colours[to] != drawing->colours[other_to]) continue;
    if (has_arc(drawing, from, other_to) || has_arc(drawing, other_from, to)) continue;
    if (directed) {
      a->to = other_to;
      b->to = to;
    } else {
      turn_arc(drawing, from, to, other_to);
      turn_arc(drawing, other_from, other_to, to);
    }
    return true;
  }
  return false;
}

Drawing drawing_copies(const Drawing *drawing, uint32_t copies) {
  uint32_t count = drawing->count;
  Drawing all = drawing_new(count * copies);
  for (uint32_t c = 0; c < copies; c++) {
    memcpy(all.colours + c * count, drawing->colours, count * sizeof *all.colours);
    for (uint32_t i = 0; i < drawing->arcs.len; i++) {
      Arc arc = drawing->arcs.data[i];
      drawing_arc(&all, c * count + arc.from, c * count + arc.to, arc.label);
    }
  }
  return all;
}

LabelGraph drawing_adjacency(const Drawing *drawing) {
  uint32_t count = drawing->count, arcs = drawing->arcs.len;
  uint32_t *first = mem_alloc((count + 2) * sizeof *first), *to = mem_alloc((arcs + 1) * sizeof *to);
  uint32_t *label = mem_alloc((arcs + 1) * sizeof *label), labels = 0;
  memset(first, 0, (count + 2) * sizeof *first);
  for (uint32_t i = 0; i < arcs; i++) first[drawing->arcs.data[i].from + 2]++;
  for (uint32_t v = 0; v < count; v++) first[v + 2] += first[v + 1];
  for (uint32_t i = 0; i < arcs; i++) {
    Arc arc = drawing->arcs.data[i];
    uint32_t put = first[arc.from + 1]++;
    to[put] = arc.to;
    label[put] = arc.label;
    labels |= arc.label;
  }
  if (!labels) {
    free(label);
    label = NULL;
  }
  uint64_t *colours = mem_alloc((count + 1) * sizeof *colours);
  memcpy(colours, drawing->colours, count * sizeof *colours);
  return (LabelGraph){.count = count, .colours = colours, .first = first, .to = to, .label = label};
}

void adjacency_free(LabelGraph *graph) {
  free((void *)graph->colours);
  free((void *)graph->first);
  free((void *)graph->to);
  free((void *)graph->label);
}

static int compare_arcs(const void *a, const void *b) {
  const Arc *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  if (x->to != y->to) return x->to < y->to ? -1 : 1;
  return (x->label > y->label) - (x->label < y->label);
}

static uint32_t *form_of(const Drawing *drawing, const uint32_t *place, size_t *words) {
  uint32_t count = drawing->count;
  *words = 2 * (size_t)count + 3 * (size_t)drawing->arcs.len;
  uint32_t *form = mem_alloc((*words + 1) * sizeof *form);
  for (uint32_t v = 0; v < count; v++) memcpy(form + 2 * place[v], &drawing->colours[v], sizeof(uint64_t));
  Arc *arcs = (Arc *)(form + 2 * (size_t)count);
  for (uint32_t i = 0; i < drawing->arcs.len; i++) {
    Arc arc = drawing->arcs.data[i];
    arcs[i] = (Arc){place[arc.from], place[arc.to], arc.label};
  }
  qsort(arcs, drawing->arcs.len, sizeof *arcs, compare_arcs);
  return form;
}

uint32_t *drawing_form(const Drawing *drawing, uint64_t budget, size_t *words) {
  LabelGraph graph = drawing_adjacency(drawing);
  Labelling labelling;
  uint32_t *form = NULL;
  if (label_graph(&graph, budget, &labelling)) form = form_of(drawing, labelling.place, words);
  labelling_free(&labelling);
  adjacency_free(&graph);
  return form;
}
