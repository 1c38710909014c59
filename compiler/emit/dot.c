/* dot.c: a graph as dot text: all of it, or what its author would recognise. */
#include "emit/dot.h"

#include "emit/dot_text.h"
#include "base/load.h"
#include "ir/varset.h"

#include <string.h>

/* ---- which nodes are shown ---- */

typedef struct Drawing {
  const Graph *graph;
  Text *into;
  uint8_t *shown; /* by node */
  uint32_t *seen; /* by node: the user for which it was last looked through, + 1 */
  uint32_t count;
  VEC(Node) stack;
} Drawing;

/* In the source's view: what has a name there, and what does the work. */
bool dot_is_shown(const Graph *graph, Node node) {
  switch (graph_op(graph, node)) {
    case OP_INPUT:
    case OP_TASK:
    case OP_ASK:
      return true;
    case OP_INDEX:
    case OP_STATE:
    case OP_LIT:
    case OP_PROJECT:
      return false;
    default:
      return graph->name_of.data[node] != 0 && !(op_info[graph_op(graph, node)].flags & FLAG_D);
  }
}

/* What tasks are made of is not part of the picture. */
static void choose_nodes(Drawing *drawing, DrawView view) {
  const Graph *graph = drawing->graph;
  uint8_t *reachable = drawing->shown;
  memset(reachable, 0, graph_count(graph));
  for (uint32_t i = 0; i < graph->outputs.len; i++) reachable[graph->outputs.data[i].node] = 1;
  for (uint32_t i = 0; i < graph->effects.len; i++) reachable[graph->effects.data[i]] = 1;
  for (Node node = graph_count(graph); node-- > 0;)
    for (uint32_t i = 0; reachable[node] && i < graph_arity(graph, node); i++)
      reachable[graph_arg(graph, node, i)] = 1;
  for (Node node = 0; node < graph_count(graph); node++) {
    if (view == VIEW_SOURCE && !dot_is_shown(graph, node)) drawing->shown[node] = 0;
    drawing->count += drawing->shown[node];
  }
}

/* ---- nodes ---- */

static void add_label(const Drawing *drawing, Node node, DrawView view, Text *label) {
  const Graph *graph = drawing->graph;
  Sym name = graph->name_of.data[node];
  Op op = graph_op(graph, node);
  bool task = op == OP_TASK;
  if (name && op != OP_INPUT) text_puts(label, name_of(graph->session, name));
  if (!name || op == OP_INPUT || view == VIEW_GRAPH || task || op == OP_ASK) {
    if (label->len) text_puts(label, task ? " = " : "\n");
    dot_describe(graph, node, label);
  }
  if (op == OP_LIT || op == OP_INDEX || op_info[op].flags & FLAG_D) return;
  if (!task || view == VIEW_GRAPH) {
    text_puts(label, "\n");
    const char *type = type_text(graph->types, graph_type(graph, node));
    text_add(label, type, strlen(type) > 60 ? 57 : strlen(type));
    if (strlen(type) > 60) text_puts(label, "…");
  }
}

static void draw_node(const Drawing *drawing, Node node, DrawView view) {
  Text label = {0};
  DotStyle style = dot_style(graph_op(drawing->graph, node));
  add_label(drawing, node, view, &label);
  text_addf(drawing->into, "  n%u [shape=%s, fillcolor=\"%s\", label=", node, style.shape, style.fill);
  dot_quote(drawing->into, label.data ? label.data : "");
  text_puts(drawing->into, "];\n");
  text_free(&label);
}

/* ---- edges ---- */

/* In the source's view, what is only walked along is in the title of the box around. */
static bool is_walked(const Drawing *drawing, Node arg) {
  const Graph *graph = drawing->graph;
  return graph_op(graph, arg) == OP_INDEX && !drawing->shown[arg] &&
         graph_op(graph, graph_arg(graph, arg, 0)) == OP_DIM_OF;
}

/* From each shown node below to its user, through what is not shown. */
static void draw_edges(Drawing *drawing, Node user) {
  const Graph *graph = drawing->graph;
  vec_push(&drawing->stack, user);
  while (drawing->stack.len) {
    Node at = vec_pop(&drawing->stack);
    for (uint32_t i = 0; i < graph_arity(graph, at); i++) {
      Node arg = graph_arg(graph, at, i);
      if (drawing->seen[arg] == user + 1 || is_walked(drawing, arg)) continue;
      drawing->seen[arg] = user + 1;
      if (!drawing->shown[arg])
        vec_push(&drawing->stack, arg);
      else
        text_addf(drawing->into, "  n%u -> n%u;\n", arg, user);
    }
  }
}

/* ---- clusters ---- */

/* Nodes in boxes by the indices they vary with: the outermost `for` is the box around the others.  Boxes are
 * numbered by set, so that they come in the order of the first node in each. */
static void open_clusters(const Drawing *drawing, uint32_t set, Map *numbers) {
  uint32_t count;
  const uint32_t *members = varset_members(drawing->graph->sets, set, &count);
  for (uint32_t k = 0; k < count; k++) {
    if (graph_op(drawing->graph, members[k]) != OP_INDEX) continue;
    uint64_t key = (uint64_t)set << 32 | members[k];
    if (!map_get(numbers, key)) map_put(numbers, key, numbers->len + 1);
    Text label = {0};
    text_puts(&label, "for each of ");
    dot_describe_set(drawing->graph, graph_arg(drawing->graph, members[k], 0), &label);
    text_addf(drawing->into, "  subgraph cluster_%u { style=\"rounded,dashed\"; color=\"#8866bb\"; label=",
              map_get(numbers, key));
    dot_quote(drawing->into, label.data);
    text_puts(drawing->into, ";\n");
    text_free(&label);
  }
}

static void close_clusters(const Drawing *drawing, uint32_t set) {
  uint32_t count;
  const uint32_t *members = varset_members(drawing->graph->sets, set, &count);
  for (uint32_t k = 0; k < count; k++)
    if (graph_op(drawing->graph, members[k]) == OP_INDEX) text_puts(drawing->into, "  }\n");
}

/* Nodes by their set of variables: lists threaded through `next`. */
static void draw_clustered(const Drawing *drawing, DrawView view) {
  const Graph *graph = drawing->graph;
  uint32_t *next = mem_alloc((graph_count(graph) + 1) * sizeof *next);
  VEC(Node) heads = {0};
  VEC(Node) tails = {0};
  Map of_set = {0}, numbers = {0};
  for (Node node = 0; node < graph_count(graph); node++) {
    if (!drawing->shown[node]) continue;
    uint64_t key = (uint64_t)graph->vars.data[node] + 1;
    uint32_t group = map_get(&of_set, key);
    next[node] = NODE_NONE;
    if (group) {
      next[tails.data[group - 1]] = node;
      tails.data[group - 1] = node;
    } else {
      vec_push(&heads, node);
      vec_push(&tails, node);
      map_put(&of_set, key, heads.len);
    }
  }
  for (uint32_t i = 0; i < heads.len; i++) {
    uint32_t set = graph->vars.data[heads.data[i]];
    open_clusters(drawing, set, &numbers);
    for (Node node = heads.data[i]; node != NODE_NONE; node = next[node]) draw_node(drawing, node, view);
    close_clusters(drawing, set);
  }
  map_free(&of_set);
  map_free(&numbers);
  vec_free(&heads);
  vec_free(&tails);
  free(next);
}

/* ---- ends ---- */

static void draw_outputs(Drawing *drawing) {
  const Graph *graph = drawing->graph;
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Output *output = &graph->outputs.data[i];
    text_addf(drawing->into, "  o%u [shape=box, peripheries=2, fillcolor=\"#d7efd7\", label=", i);
    dot_quote(drawing->into, name_of(graph->session, output->name));
    text_puts(drawing->into, "];\n");
    uint32_t mark = graph_count(graph) + 1 + i; /* of no user */
    vec_push(&drawing->stack, output->node);
    while (drawing->stack.len) {
      Node at = vec_pop(&drawing->stack);
      if (drawing->seen[at] == mark) continue;
      drawing->seen[at] = mark;
      if (drawing->shown[at]) text_addf(drawing->into, "  n%u -> o%u;\n", at, i);
      for (uint32_t k = 0; !drawing->shown[at] && k < graph_arity(graph, at); k++)
        vec_push(&drawing->stack, graph_arg(graph, at, k));
    }
  }
}

void dot_graph(const Graph *graph, DrawView view, Text *into) {
  Drawing drawing = {.graph = graph, .into = into};
  drawing.shown = mem_alloc(graph_count(graph) + 1);
  drawing.seen = mem_zero((graph_count(graph) + 1) * sizeof *drawing.seen);
  choose_nodes(&drawing, view);
  dot_begin(into, name_of(graph->session, graph->name), drawing.count);
  draw_clustered(&drawing, view);
  for (Node node = 0; node < graph_count(graph); node++)
    if (drawing.shown[node]) draw_edges(&drawing, node);
  draw_outputs(&drawing);
  text_puts(into, "}\n");
  vec_free(&drawing.stack);
  free(drawing.shown);
  free(drawing.seen);
}

/* ---- pictures ---- */

typedef int Render(const char *dot, const char *format, FILE *out);

int dot_draw(Text *text, const char *format, FILE *out) {
  int status = 1;
  if (!strcmp(format, "dot")) {
    status = fwrite(text->data, 1, text->len, out) != text->len;
    if (status) fprintf(stderr, "weft: the picture could not be written\n");
  } else {
    void *symbol = load_symbol("weft-graphviz.so", "graphviz_render");
    Render *render;
    memcpy(&render, &symbol, sizeof render);
    if (symbol) status = render(text->data, format, out);
  }
  text_free(text);
  return status;
}

int graph_draw(const Graph *graph, const char *format, DrawView view, FILE *out) {
  Text text = {0};
  dot_graph(graph, view, &text);
  return dot_draw(&text, format, out);
}

int plan_draw(const Plan *plan, const char *format, FILE *out) {
  Text text = {0};
  dot_plan(plan, &text);
  return dot_draw(&text, format, out);
}
