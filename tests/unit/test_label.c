/* test_label.c: canonical labelling against what is known and against brute force. */
#include "base/hash.h"
#include "label_graphs.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

CU_ErrorCode suite_label(void);

static const uint64_t plenty = 1ULL << 32;

static bool same_form(const Drawing *a, const Drawing *b) {
  size_t words = 0, other_words = 0;
  uint32_t *form = drawing_form(a, plenty, &words), *other = drawing_form(b, plenty, &other_words);
  CU_ASSERT_PTR_NOT_NULL(form);
  CU_ASSERT_PTR_NOT_NULL(other);
  bool same = form && other && words == other_words && !memcmp(form, other, words * sizeof *form);
  free(form);
  free(other);
  return same;
}

/* ---- as many forms as there are graphs ---- */

typedef enum Family { FAMILY_GRAPH, FAMILY_DAG, FAMILY_DIGRAPH, FAMILY_TOURNAMENT } Family;

/* The graph whose edges are the bits of `code`. */
static Drawing decode(uint32_t count, Family family, uint64_t code) {
  Drawing drawing = drawing_new(count);
  for (uint32_t a = 0; a < count; a++)
    for (uint32_t b = family == FAMILY_DIGRAPH ? 0 : a + 1; b < count; b++) {
      if (a == b) continue;
      bool bit = code & 1;
      code >>= 1;
      if (family == FAMILY_TOURNAMENT)
        drawing_arc(&drawing, bit ? a : b, bit ? b : a, 0);
      else if (bit && family == FAMILY_GRAPH)
        drawing_edge(&drawing, a, b);
      else if (bit)
        drawing_arc(&drawing, a, b, 0);
    }
  return drawing;
}

/* A form as one number: for up to eight vertices there is a bit for each edge. */
static uint64_t form_code(const Drawing *drawing) {
  size_t words;
  uint32_t *form = drawing_form(drawing, plenty, &words);
  uint64_t code = 0;
  for (size_t i = 2 * drawing->count; form && i < words; i += 3) code |= 1ULL << (8 * form[i] + form[i + 1]);
  free(form);
  return code;
}

static uint32_t count_forms(uint32_t count, Family family) {
  uint32_t bits = count * (count - 1) / (family == FAMILY_DIGRAPH ? 1 : 2);
  Map seen = {0};
  for (uint64_t code = 0; code < 1ULL << bits; code++) {
    Drawing drawing = decode(count, family, code);
    map_put(&seen, form_code(&drawing), 1);
    drawing_free(&drawing);
  }
  uint32_t forms = seen.len;
  map_free(&seen);
  return forms;
}

/* The numbers of graphs without numbered vertices: OEIS A000088, A003087, A000273, A000568. */
static void test_all_small(void) {
  static const uint32_t graphs[] = {1, 1, 2, 4, 11, 34, 156}, dags[] = {1, 1, 2, 6, 31, 302, 5984};
  static const uint32_t digraphs[] = {1, 1, 3, 16, 218}, tournaments[] = {1, 1, 1, 2, 4, 12, 56};
  for (uint32_t n = 1; n <= 6; n++) {
    CU_ASSERT_EQUAL(count_forms(n, FAMILY_GRAPH), graphs[n]);
    CU_ASSERT_EQUAL(count_forms(n, FAMILY_DAG), dags[n]);
    CU_ASSERT_EQUAL(count_forms(n, FAMILY_TOURNAMENT), tournaments[n]);
  }
  for (uint32_t n = 1; n <= 4; n++) CU_ASSERT_EQUAL(count_forms(n, FAMILY_DIGRAPH), digraphs[n]);
}

/* ---- brute force ---- */

/* How often there is an edge with each label between two vertices. */
typedef struct Matrix {
  uint64_t colours[7];
  uint8_t times[7][7][2];
} Matrix;

static Matrix matrix_of(const Drawing *drawing) {
  Matrix matrix = {0};
  memcpy(matrix.colours, drawing->colours, drawing->count * sizeof(uint64_t));
  for (uint32_t i = 0; i < drawing->arcs.len; i++) {
    Arc arc = drawing->arcs.data[i];
    matrix.times[arc.from][arc.to][arc.label]++;
  }
  return matrix;
}

/* Whether vertex `count` may become `to`, the ones before being decided. */
static bool fits(const Matrix *a, const Matrix *b, const uint32_t *map, uint32_t count) {
  if (a->colours[count] != b->colours[map[count]]) return false;
  for (uint32_t v = 0; v <= count; v++) {
    if (v < count && map[v] == map[count]) return false;
    if (memcmp(a->times[v][count], b->times[map[v]][map[count]], 2)) return false;
    if (memcmp(a->times[count][v], b->times[map[count]][map[v]], 2)) return false;
  }
  return true;
}

static bool isomorphic(const Drawing *a, const Drawing *b) {
  Matrix left = matrix_of(a), right = matrix_of(b);
  uint32_t map[8] = {0}, depth = 0, count = a->count;
  while (depth < count) {
    if (map[depth] == count) {
      if (!depth) return false;
      map[--depth]++;
    } else if (fits(&left, &right, map, depth)) {
      map[++depth] = 0;
    } else {
      map[depth]++;
    }
  }
  return true;
}

static void test_brute_force(void) {
  uint64_t random = 1;
  uint32_t wrong = 0, equal = 0;
  for (uint32_t i = 0; i < 20000; i++) {
    uint32_t count = 1 + random_below(&random, 7), edges = random_below(&random, 2 * count);
    uint32_t colours = 1 + random_below(&random, 3);
    Drawing a = draw_random(count, edges, colours, i % 3, &random), b = drawing_shuffle(&a, &random);
    for (uint32_t v = 0; v < count && i % 5 == 0; v++) drawing_arc(&b, v, v, random_below(&random, 2));
    if (b.arcs.len && i % 2) {
      Arc *arc = &b.arcs.data[random_below(&random, b.arcs.len)];
      arc->to = random_below(&random, count);
      arc->label = random_below(&random, 2);
    }
    Drawing c = drawing_shuffle(i % 5 ? &a : &b, &random);
    wrong += same_form(&a, &b) != (a.arcs.len == b.arcs.len && isomorphic(&a, &b));
    wrong += same_form(&c, &b) != (c.arcs.len == b.arcs.len && isomorphic(&c, &b));
    equal += isomorphic(&a, &b);
    drawing_free(&a);
    drawing_free(&b);
    drawing_free(&c);
  }
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(equal > 4000 && equal < 16000);
}

/* ---- larger graphs ---- */

static void check_shuffled(const char *name, Drawing drawing) {
  uint64_t random = drawing.count;
  for (int i = 0; i < 3; i++) {
    Drawing other = drawing_shuffle(&drawing, &random);
    bool same = same_form(&drawing, &other);
    if (!same) printf("%s of %u vertices\n", name, drawing.count);
    CU_ASSERT(same);
    drawing_free(&other);
  }
  drawing_free(&drawing);
}

static void check_different(Drawing a, Drawing b) {
  CU_ASSERT_FALSE(same_form(&a, &b));
  drawing_free(&a);
  drawing_free(&b);
}

static Drawing copies_of(Drawing drawing, uint32_t copies) {
  Drawing all = drawing_copies(&drawing, copies);
  drawing_free(&drawing);
  return all;
}

static Drawing cfi_of(Drawing base, bool twisted) {
  Drawing drawing = draw_cfi(&base, twisted);
  drawing_free(&base);
  return drawing;
}

static void test_workflows(void) {
  uint64_t random = 7;
  check_shuffled("layered", draw_layered(20, 50, 3, &random));
  check_shuffled("layered, sparse", draw_layered(10, 100, 1, &random));
  check_shuffled("Montage", draw_montage(8, 5));
  check_shuffled("Montage, square", draw_montage(6, 6));
  check_shuffled("branches", draw_branches(300, 1));
  check_shuffled("chains", draw_branches(100, 7));
  check_shuffled("all but one", draw_all_but_one(30, 1));
  check_shuffled("all but one, two labels", draw_all_but_one(20, 2));
  check_shuffled("copies", copies_of(draw_montage(3, 3), 30));
  check_shuffled("copies of symmetric ones", copies_of(draw_branches(5, 3), 30));
  check_shuffled("copies of circles", copies_of(draw_regular(9, 2, &random), 20));
}

static void test_regular(void) {
  uint64_t random = 9;
  check_shuffled("random", draw_random(500, 700, 2, true, &random));
  check_shuffled("random, undirected", draw_random(300, 330, 1, false, &random));
  check_shuffled("regular", draw_regular(100, 3, &random));
  check_shuffled("grid", draw_grid(12, 9, false));
  check_shuffled("torus", draw_grid(8, 8, true));
  check_shuffled("hypercube", draw_hypercube(7));
  check_shuffled("bipartite", draw_bipartite(20, 30));
  check_shuffled("Paley", draw_paley(61));
  check_shuffled("rook", draw_rook(6));
  check_shuffled("Latin square", draw_latin(8, true));
}

static void test_alike(void) {
  uint64_t random = 3;
  check_different(draw_rook(4), draw_shrikhande());
  check_different(draw_latin(8, true), draw_latin(8, false));
  check_different(copies_of(draw_regular(3, 2, &random), 2), draw_regular(6, 2, &random));
  check_different(draw_ladder(8, false), draw_ladder(8, true));
  Drawing many = copies_of(draw_rook(4), 5), other = copies_of(draw_rook(4), 5), odd = draw_shrikhande();
  for (uint32_t i = 0; i < odd.arcs.len; i++)
    other.arcs.data[2 * odd.arcs.len + i] = (Arc){odd.arcs.data[i].from + 32, odd.arcs.data[i].to + 32, 0};
  check_different(many, other);
  drawing_free(&odd);
}

static void test_cfi(void) {
  uint64_t random = 5;
  for (uint32_t i = 0; i < 3; i++) {
    Drawing base = i ? draw_ladder(6 + 4 * i, i == 1) : draw_regular(12, 3, &random);
    check_different(draw_cfi(&base, false), draw_cfi(&base, true));
    check_shuffled("CFI", draw_cfi(&base, false));
    check_shuffled("CFI, twisted", cfi_of(base, true));
  }
}

static void test_orbits(void) {
  Drawing drawing = draw_branches(4, 2);
  LabelGraph graph = drawing_adjacency(&drawing);
  Labelling labelling;
  CU_ASSERT(label_graph(&graph, plenty, &labelling));
  for (uint32_t v = 0; v < 8; v++) CU_ASSERT_EQUAL(labelling.orbit[v], v % 2);
  CU_ASSERT_EQUAL(labelling.orbit[8], 8);
  CU_ASSERT_EQUAL(labelling.generators, 3);
  labelling_free(&labelling);
  adjacency_free(&graph);
  drawing_free(&drawing);
  LabelGraph none = {.count = 0, .first = (uint32_t[]){0}};
  CU_ASSERT(label_graph(&none, 0, &labelling));
  labelling_free(&labelling);
}

/* With too little it says so, and it spends hardly more. */
static void test_budget(void) {
  Drawing base = draw_ladder(60, true), drawing = draw_cfi(&base, true);
  LabelGraph graph = drawing_adjacency(&drawing);
  Labelling labelling;
  uint32_t size = graph.count + graph.first[graph.count];
  for (uint64_t budget = 0; budget < 50ULL * size; budget += 5ULL * size) {
    CU_ASSERT_FALSE(label_graph(&graph, budget, &labelling));
    CU_ASSERT(labelling.exhausted);
    CU_ASSERT(labelling.work < budget + 20ULL * size);
    uint64_t sum = 0;
    for (uint32_t v = 0; v < graph.count; v++) sum += labelling.place[v];
    CU_ASSERT_EQUAL(sum, (uint64_t)graph.count * (graph.count - 1) / 2);
    labelling_free(&labelling);
  }
  CU_ASSERT(label_graph(&graph, plenty, &labelling));
  labelling_free(&labelling);
  adjacency_free(&graph);
  drawing_free(&drawing);
  drawing_free(&base);
}

/* What is equal many times costs hardly more than once each. */
static void test_linear(void) {
  uint64_t work[4];
  for (uint32_t i = 0; i < 4; i++) {
    Drawing drawing = i == 0   ? draw_branches(3000, 1)
                      : i == 3 ? draw_all_but_one(200, 1)
                      : i == 1 ? draw_branches(1000, 10)
                               : copies_of(draw_montage(4, 4), 100);
    LabelGraph graph = drawing_adjacency(&drawing);
    Labelling labelling;
    CU_ASSERT(label_graph(&graph, plenty, &labelling));
    work[i] = labelling.work / (graph.count + graph.first[graph.count]);
    labelling_free(&labelling);
    adjacency_free(&graph);
    drawing_free(&drawing);
  }
  for (uint32_t i = 0; i < 4; i++) CU_ASSERT(work[i] < 20);
}

CU_ErrorCode suite_label(void) {
  CU_pSuite suite = CU_add_suite("label", NULL, NULL);
  if (!suite) return CU_get_error();
  CU_add_test(suite, "as many forms as there are small graphs", test_all_small);
  CU_add_test(suite, "the same as brute force", test_brute_force);
  CU_add_test(suite, "workflows", test_workflows);
  CU_add_test(suite, "regular graphs", test_regular);
  CU_add_test(suite, "what refinement cannot tell apart", test_alike);
  CU_add_test(suite, "pairs of Cai, Fuerer and Immerman", test_cfi);
  CU_add_test(suite, "orbits and generators", test_orbits);
  CU_add_test(suite, "the budget", test_budget);
  CU_add_test(suite, "linear work for what is equal", test_linear);
  return CU_get_error();
}
