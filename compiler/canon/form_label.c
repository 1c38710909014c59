/* form_label.c: what digests cannot tell apart, as a coloured graph: one vertex for each anonymous node and for each
 * end, edges from users to operands. */
#include "canon/form_label.h"

#include "canon/label.h"

#include <string.h>

/* Units of labelling: some seconds. */
enum { LABEL_BUDGET = 1 << 28 };

typedef struct Drawing {
  const Digests *digests;
  const Graph *graph;
  uint32_t *vertex; /* of each anonymous node */
  VEC(uint64_t) colours;
  VEC(uint32_t) first, to, label;
  VEC(Node) args;
} Drawing;

static void edge(Drawing *drawing, Node to, uint32_t label) {
  if (!drawing->digests->anonymous[to]) return;
  vec_push(&drawing->to, drawing->vertex[to]);
  vec_push(&drawing->label, label);
}

/* Operands by their places from 1 on; 0 where order means nothing. */
static void draw_node(Drawing *drawing, Node node) {
  drawing->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(drawing->graph, node); k++) vec_push(&drawing->args, 0);
  uint32_t count = digest_args(drawing->digests, node, drawing->args.data);
  uint32_t ordered = unordered_from(drawing->graph, node);
  for (uint32_t k = 0; k < count; k++) edge(drawing, drawing->args.data[k], k < ordered ? k + 1 : 0);
  vec_push(&drawing->first, drawing->to.len);
}

typedef enum EndKind { END_OUTPUT = 1, END_EFFECT, END_DEFAULT } EndKind;

static void draw_end(Drawing *drawing, EndKind kind, Sym name, Node node) {
  if (node == NODE_NONE) return;
  const Interner *names = drawing->graph->session->names;
  Digest colour = digest_add((Digest){0}, kind);
  if (drawing->digests->view != VIEW_SHAPE)
    colour = digest_add_text(colour, sym_text(names, name), sym_len(names, name));
  vec_push(&drawing->colours, colour.low);
  edge(drawing, node, 0);
  vec_push(&drawing->first, drawing->to.len);
}

static void draw_nodes(Drawing *drawing) {
  const Digests *digests = drawing->digests;
  uint32_t count = graph_count(drawing->graph);
  for (Node node = 0; node < count; node++) {
    if (!digests->reachable[node] || !digests->anonymous[node]) continue;
    drawing->vertex[node] = drawing->colours.len;
    vec_push(&drawing->colours, digests->nodes[node].low);
  }
  vec_push(&drawing->first, 0);
  for (Node node = 0; node < count; node++)
    if (digests->reachable[node] && digests->anonymous[node]) draw_node(drawing, node);
}

static void draw_ends(Drawing *drawing) {
  const Graph *graph = drawing->graph;
  for (uint32_t i = 0; i < graph->outputs.len; i++)
    draw_end(drawing, END_OUTPUT, graph->outputs.data[i].name, graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++) draw_end(drawing, END_EFFECT, 0, graph->effects.data[i]);
  for (uint32_t i = 0; i < graph->inputs.len && drawing->digests->view != VIEW_SHAPE; i++)
    draw_end(drawing, END_DEFAULT, graph->inputs.data[i].name, graph->inputs.data[i].node);
}

bool form_label(const Digests *digests, uint32_t *places) {
  const Graph *graph = digests->graph;
  Drawing drawing = {.digests = digests, .graph = graph, .vertex = places};
  Labelling labelling;
  draw_nodes(&drawing);
  draw_ends(&drawing);
  LabelGraph labelled = {drawing.colours.len, drawing.colours.data, drawing.first.data, drawing.to.data,
                         drawing.label.data};
  bool done = label_graph(&labelled, LABEL_BUDGET, &labelling);
  for (Node node = 0; node < graph_count(graph); node++)
    if (digests->reachable[node] && digests->anonymous[node]) places[node] = labelling.place[places[node]];
  labelling_free(&labelling);
  vec_free(&drawing.colours);
  vec_free(&drawing.first);
  vec_free(&drawing.to);
  vec_free(&drawing.label);
  vec_free(&drawing.args);
  return done;
}
