/* roll_check.c: whether two flat workflows are one, by canonical labellings of both: nothing of what rolls has a part in
 * it. */
#include "import/roll.h"

#include "canon/label.h"

#include <string.h>

enum { LABEL_BUDGET = 1 << 28 };

typedef struct Picture {
  VEC(uint64_t) colours;
  VEC(uint32_t) first, to, label;
  Labelling labelling;
  uint32_t *vertex_at; /* by canonical place */
  bool labelled;
} Picture;

static void edge(Picture *picture, uint32_t to, uint32_t label) {
  vec_push(&picture->to, to);
  vec_push(&picture->label, label);
}

static void vertex(Picture *picture, uint64_t colour) {
  vec_push(&picture->colours, colour);
  vec_push(&picture->first, picture->to.len);
}

static Picture picture_of(const Dag *dag) {
  Picture picture = {0};
  const Interner *names = dag->session->names;
  uint32_t jobs = dag->jobs.len, count = dag->outputs.len, made = count;
  uint32_t *outside_at = mem_alloc((dag->files.len + 1) * sizeof(uint32_t));
  memset(outside_at, 0xff, (dag->files.len + 1) * sizeof(uint32_t));
  for (uint32_t i = 0; i < dag->inputs.len; i++) {
    const DagInput *input = &dag->inputs.data[i];
    if (input->output == NODE_NONE && outside_at[input->file] == NODE_NONE)
      outside_at[input->file] = jobs + count++;
  }
  vec_push(&picture.first, 0);
  for (uint32_t j = 0; j < jobs; j++) {
    for (uint32_t i = dag->first_input.data[j]; i < dag->first_input.data[j + 1]; i++) {
      const DagInput *input = &dag->inputs.data[i];
      edge(&picture, input->output == NODE_NONE ? outside_at[input->file] : jobs + input->output, 1);
    }
    for (uint32_t i = dag->first_output.data[j]; i < dag->first_output.data[j + 1]; i++)
      edge(&picture, jobs + i, 2);
    for (uint32_t i = dag->first_after.data[j]; i < dag->first_after.data[j + 1]; i++)
      edge(&picture, dag->after.data[i], 3);
    vertex(&picture, hash_bytes(sym_text(names, dag->kind.data[j]), sym_len(names, dag->kind.data[j])));
  }
  for (uint32_t k = 0; k < count; k++) vertex(&picture, k < made ? 1 : 2);
  free(outside_at);
  return picture;
}

static void label(Picture *picture) {
  LabelGraph graph = {picture->colours.len, picture->colours.data, picture->first.data, picture->to.data,
                      picture->label.data};
  picture->labelled = label_graph(&graph, LABEL_BUDGET, &picture->labelling);
  picture->vertex_at = mem_alloc((graph.count + 1) * sizeof(uint32_t));
  for (uint32_t v = 0; v < graph.count; v++) picture->vertex_at[picture->labelling.place[v]] = v;
}

static void picture_end(Picture *picture) {
  vec_free(&picture->colours);
  vec_free(&picture->first);
  vec_free(&picture->to);
  vec_free(&picture->label);
  if (picture->vertex_at) labelling_free(&picture->labelling);
  free(picture->vertex_at);
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* The edges of a vertex by the places that they lead to. */
static uint32_t edges_of(const Picture *picture, uint32_t v, uint64_t *edges) {
  uint32_t count = 0;
  for (uint32_t i = picture->first.data[v]; i < picture->first.data[v + 1]; i++)
    edges[count++] = (uint64_t)picture->labelling.place[picture->to.data[i]] << 8 | picture->label.data[i];
  if (count > 1) qsort(edges, count, sizeof *edges, by_value);
  return count;
}

static bool same_labelled(const Picture *a, const Picture *b) {
  uint64_t *left = mem_alloc((a->to.len + 1) * sizeof *left),
           *right = mem_alloc((a->to.len + 1) * sizeof *right);
  bool same = true;
  for (uint32_t place = 0; same && place < a->colours.len; place++) {
    uint32_t v = a->vertex_at[place], w = b->vertex_at[place];
    same = a->colours.data[v] == b->colours.data[w];
    uint32_t count = edges_of(a, v, left);
    same = same && b->first.data[w + 1] - b->first.data[w] == count;
    if (same) edges_of(b, w, right);
    same = same && !memcmp(left, right, count * sizeof *left);
  }
  free(left);
  free(right);
  return same;
}

bool dag_isomorphic(const Dag *a, const Dag *b) {
  Picture left = picture_of(a), right = picture_of(b);
  bool same = left.colours.len == right.colours.len && left.to.len == right.to.len;
  if (same) {
    label(&left);
    label(&right);
    same = left.labelled && right.labelled && same_labelled(&left, &right);
  }
  picture_end(&left);
  picture_end(&right);
  return same;
}
