#include "canon/form.h"

#include "canon/form_label.h"
#include "ir/text.h"

#include <string.h>

typedef struct Walk {
  Form *form;
  const Graph *graph;
  VEC(Node) stack;
  VEC(Node) args;        /* of one node */
  const uint32_t *label; /* canonical place of anonymous nodes among each other; NULL: not known yet */
  bool tied;             /* two different nodes could not be told apart */
} Walk;

/* ---- what is unordered ---- */

/* Equal digests of different anonymous nodes are a tie that only a labelling breaks. */
static int compare_nodes(Walk *walk, Node a, Node b) {
  if (a == b) return 0;
  int order = digest_compare(walk->form->digests.nodes[a], walk->form->digests.nodes[b]);
  if (order) return order;
  if (!walk->label) return walk->tied = true, 0;
  return walk->label[a] < walk->label[b] ? -1 : walk->label[a] > walk->label[b];
}

static int by_node(const void *a, const void *b, void *walk) {
  return compare_nodes(walk, *(const Node *)a, *(const Node *)b);
}

/* Canonical operands of a node into walk->args. */
static void take_args(Walk *walk, Node node) {
  walk->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(walk->graph, node); k++) vec_push(&walk->args, 0);
  uint32_t count = digest_args(&walk->form->digests, node, walk->args.data);
  walk->args.len = count;
  uint32_t ordered = unordered_from(walk->graph, node);
  if (ordered + 1 < count) qsort_r(walk->args.data + ordered, count - ordered, sizeof(Node), by_node, walk);
}

/* ---- the walk ---- */

static void number(Walk *walk, Node node) {
  Form *form = walk->form;
  form->place[node] = form->order.len;
  vec_push(&form->order, node);
  for (uint32_t k = 0; k < walk->args.len; k++) vec_push(&form->args, form->place[walk->args.data[k]]);
  vec_push(&form->first, form->args.len);
}

static bool wait_for_args(Walk *walk) {
  uint32_t before = walk->stack.len;
  for (uint32_t k = walk->args.len; k-- > 0;)
    if (walk->form->place[walk->args.data[k]] == NODE_NONE) vec_push(&walk->stack, walk->args.data[k]);
  return walk->stack.len > before;
}

static void walk_from(Walk *walk, Node root) {
  if (root == NODE_NONE) return;
  vec_push(&walk->stack, root);
  while (walk->stack.len) {
    Node node = vec_last(&walk->stack);
    if (walk->form->place[node] == NODE_NONE) {
      take_args(walk, node);
      if (wait_for_args(walk)) continue;
      number(walk, node);
    }
    walk->stack.len--;
  }
}

/* ---- ends ---- */

static int compare_names(const Walk *walk, Sym a, Sym b) {
  const Interner *names = walk->graph->session->names;
  return strcmp(sym_text(names, a), sym_text(names, b));
}

static int by_output(const void *a, const void *b, void *self) {
  Walk *walk = self;
  const Output *x = &walk->graph->outputs.data[*(const uint32_t *)a];
  const Output *y = &walk->graph->outputs.data[*(const uint32_t *)b];
  return walk->form->digests.view == VIEW_SHAPE ? compare_nodes(walk, x->node, y->node)
                                                : compare_names(walk, x->name, y->name);
}

static int by_effect(const void *a, const void *b, void *self) {
  const Walk *walk = self;
  const Node *effects = walk->graph->effects.data;
  return compare_nodes(self, effects[*(const uint32_t *)a], effects[*(const uint32_t *)b]);
}

static int by_input(const void *a, const void *b, void *self) {
  const Walk *walk = self;
  const Port *inputs = walk->graph->inputs.data;
  return compare_names(walk, inputs[*(const uint32_t *)a].name, inputs[*(const uint32_t *)b].name);
}

static void order_ends(Walk *walk) {
  Form *form = walk->form;
  form->outputs.len = form->effects.len = form->inputs.len = 0;
  for (uint32_t i = 0; i < walk->graph->outputs.len; i++) vec_push(&form->outputs, i);
  for (uint32_t i = 0; i < walk->graph->effects.len; i++) vec_push(&form->effects, i);
  /* Of a template's inputs only those matter that are used, and these the walk meets by itself. */
  bool named = form->digests.view != VIEW_SHAPE;
  for (uint32_t i = 0; named && i < walk->graph->inputs.len; i++) vec_push(&form->inputs, i);
  if (form->outputs.len) qsort_r(form->outputs.data, form->outputs.len, sizeof(uint32_t), by_output, walk);
  if (form->effects.len) qsort_r(form->effects.data, form->effects.len, sizeof(uint32_t), by_effect, walk);
  if (form->inputs.len) qsort_r(form->inputs.data, form->inputs.len, sizeof(uint32_t), by_input, walk);
}

/* Number all nodes; false: something could not be told apart. */
static bool walk_all(Walk *walk) {
  Form *form = walk->form;
  size_t bytes = (graph_count(walk->graph) + 1) * sizeof *form->place;
  memset(form->place, 0xff, bytes);
  form->order.len = form->args.len = form->first.len = 0;
  vec_push(&form->first, 0);
  order_ends(walk);
  for (uint32_t i = 0; i < form->outputs.len; i++)
    walk_from(walk, walk->graph->outputs.data[form->outputs.data[i]].node);
  for (uint32_t i = 0; i < form->effects.len; i++)
    walk_from(walk, walk->graph->effects.data[form->effects.data[i]]);
  for (uint32_t i = 0; i < form->inputs.len; i++)
    walk_from(walk, walk->graph->inputs.data[form->inputs.data[i]].node);
  return !walk->tied;
}

/* ---- the whole ---- */

static const char *const prefixes[VIEW_COUNT] = {
#define VIEW(view, name, what) [view] = "weft1-" name ":",
#include "canon/views.def"
#undef VIEW
};

static void identify(Form *form) {
  Text text = {0};
  form_print(form, &text);
  text_sha256(prefixes[form->digests.view], &text, form->hex);
  text_free(&text);
}

Form *form_new(const Graph *normal, View view) {
  Form *form = mem_alloc(sizeof *form);
  *form = (Form){.graph = normal, .exhausted = normal->exhausted};
  digests_of(normal, view, &form->digests);
  form->place = mem_alloc((graph_count(normal) + 1) * sizeof *form->place);
  Walk walk = {.form = form, .graph = normal};
  uint32_t *label = NULL;
  if (!walk_all(&walk)) {
    walk.label = label = mem_alloc((graph_count(normal) + 1) * sizeof *label);
    form->exhausted |= !form_label(&form->digests, label);
    walk_all(&walk);
  }
  free(label);
  vec_free(&walk.stack);
  vec_free(&walk.args);
  identify(form);
  return form;
}

void form_free(Form *form) {
  if (!form) return;
  digests_end(&form->digests);
  vec_free(&form->order);
  vec_free(&form->first);
  vec_free(&form->args);
  vec_free(&form->outputs);
  vec_free(&form->effects);
  vec_free(&form->inputs);
  free(form->place);
  free(form);
}
