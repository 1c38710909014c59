/* label_oracle.c: canonical labelling against bliss. For each kind of graph: the graph and the same with
 * other numbers, the graph and one that is slightly different; both must agree on which are the same. Prints
 * a line `ok KIND` or `FAIL KIND`; with the argument `small` only for small graphs. */
#include "../unit/label_graphs.h"

#include <bliss/bliss_C.h>

#include <stdio.h>
#include <string.h>

static const uint64_t budget = 1ULL << 36;

static int compare_arcs(const void *a, const void *b) { return memcmp(a, b, sizeof(Arc)); }

/* bliss knows no parallel edges. */
static Drawing simple(Drawing drawing) {
  uint32_t kept = 0;
  qsort(drawing.arcs.data, drawing.arcs.len, sizeof(Arc), compare_arcs);
  for (uint32_t i = 1; i < drawing.arcs.len; i++)
    if (compare_arcs(&drawing.arcs.data[kept], &drawing.arcs.data[i]))
      drawing.arcs.data[++kept] = drawing.arcs.data[i];
  if (drawing.arcs.len) drawing.arcs.len = kept + 1;
  return drawing;
}

/* An arc becomes a path over two vertices, whose colours tell its direction and label; `plain`: the arcs come
 * in pairs, which are edges. */
static BlissGraph *encode(const Drawing *drawing, bool plain) {
  BlissGraph *graph = bliss_new(0);
  for (uint32_t v = 0; v < drawing->count; v++) bliss_add_vertex(graph, 100 + (unsigned)drawing->colours[v]);
  for (uint32_t i = 0; i < drawing->arcs.len; i++) {
    Arc arc = drawing->arcs.data[i];
    if (plain) {
      if (arc.from < arc.to) bliss_add_edge(graph, arc.from, arc.to);
      continue;
    }
    unsigned start = bliss_add_vertex(graph, 2 * arc.label), end = bliss_add_vertex(graph, 2 * arc.label + 1);
    bliss_add_edge(graph, arc.from, start);
    bliss_add_edge(graph, start, end);
    bliss_add_edge(graph, end, arc.to);
  }
  return graph;
}

static BlissGraph *canonical(const Drawing *drawing, bool plain) {
  BlissGraph *graph = encode(drawing, plain);
  BlissGraph *form = bliss_permute(graph, bliss_find_canonical_labeling(graph, NULL, NULL, NULL));
  bliss_release(graph);
  return form;
}

static bool bliss_same(const Drawing *a, const Drawing *b, bool plain) {
  BlissGraph *left = canonical(a, plain), *right = canonical(b, plain);
  bool same = bliss_cmp(left, right) == 0;
  bliss_release(left);
  bliss_release(right);
  return same;
}

/* 2: the budget ran out. */
static int ours_same(const Drawing *a, const Drawing *b) {
  size_t words = 0, other_words = 0;
  uint32_t *form = drawing_form(a, budget, &words), *other = drawing_form(b, budget, &other_words);
  int same = !form || !other ? 2 : words == other_words && !memcmp(form, other, words * sizeof *form);
  free(form);
  free(other);
  return same;
}

static void compare(const char *kind, Drawing *a, const Drawing *b, bool plain, bool expected) {
  uint64_t random = 11;
  Drawing other = drawing_shuffle(b, &random);
  int ours = ours_same(a, &other);
  bool theirs = bliss_same(a, &other, plain);
  bool good = ours == (int)theirs && (!expected || theirs);
  printf("%s %s of %u vertices: %s\n", good ? "ok" : "FAIL", kind, a->count,
         ours == 2 ? "the budget ran out"
         : ours    ? "the same"
                   : "different");
  drawing_free(&other);
}

static void check(const char *kind, Drawing raw, bool directed) {
  uint64_t random = raw.count;
  Drawing drawing = simple(raw);
  compare(kind, &drawing, &drawing, !directed, true);
  Drawing changed = drawing_shuffle(&drawing, &random);
  if (drawing_switch(&changed, directed, &random)) compare(kind, &drawing, &changed, !directed, false);
  drawing_free(&changed);
  drawing_free(&drawing);
}

static void check_pair(const char *kind, Drawing a, Drawing b) {
  compare(kind, &a, &a, true, true);
  compare(kind, &a, &b, true, false);
  drawing_free(&a);
  drawing_free(&b);
}

static void check_cfi(const char *kind, Drawing raw) {
  Drawing base = simple(raw);
  check_pair(kind, draw_cfi(&base, false), draw_cfi(&base, true));
  drawing_free(&base);
}

/* Three disjoint perfect matchings of a circle with chords: cubic and without parallel edges. */
static Drawing cubic(uint32_t count, uint64_t *random) {
  for (;;) {
    Drawing drawing = simple(draw_regular(count, 3, random));
    if (drawing.arcs.len == 3 * count) return drawing;
    drawing_free(&drawing);
  }
}

int main(int argc, char **argv) {
  uint64_t random = 4;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (uint32_t i = 0; i < 300; i++) {
    uint32_t count = 2 + random_below(&random, 20);
    check("small", draw_random(count, random_below(&random, 3 * count), 1 + i % 2, i % 3, &random), i % 3);
  }
  if (argc > 1 && !strcmp(argv[1], "small")) return 0;
  check("random, directed", draw_random(2000, 2400, 2, true, &random), true);
  check("random, undirected", draw_random(10000, 15000, 1, false, &random), false);
  check("random, dense", draw_random(300, 20000, 1, false, &random), false);
  check("layered", draw_layered(50, 40, 2, &random), true);
  check("layered", draw_layered(20, 500, 3, &random), true);
  check("all but one", draw_all_but_one(60, 1), true);
  check("all but one, two labels", draw_all_but_one(15, 2), true);
  check("Montage", draw_montage(20, 20), true);
  check("regular", cubic(1000, &random), false);
  check("regular", cubic(10000, &random), false);
  check("regular", draw_regular(500, 6, &random), false);
  check("grid", draw_grid(100, 100, false), false);
  check("torus", draw_grid(30, 30, true), false);
  check("hypercube", draw_hypercube(9), false);
  check("bipartite", draw_bipartite(40, 60), false);
  check("Paley", draw_paley(101), false);
  check("rook", draw_rook(12), false);
  check("Latin square", draw_latin(16, true), false);
  check_pair("rook or Shrikhande", draw_rook(4), draw_shrikhande());
  check_pair("Latin squares", draw_latin(8, true), draw_latin(8, false));
  check_pair("ladders", draw_ladder(500, false), draw_ladder(500, true));
  check_cfi("CFI of a cubic graph", cubic(20, &random));
  check_cfi("CFI of a cubic graph", cubic(100, &random));
  check_cfi("CFI of a ladder, as Miyazaki's", draw_ladder(20, false));
  check_cfi("CFI of a ladder, as Miyazaki's", draw_ladder(100, true));
  return 0;
}
