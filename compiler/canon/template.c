#include "canon/template.h"

#include "canon/form.h"
#include "ir/rewrite.h"

#include <string.h>

typedef struct Template {
  Graph *graph;
  Map inputs; /* literal to the input that it becomes + 1 */
  Map tasks;  /* task to its number in canonical order */
} Template;

static Sym numbered(const Graph *graph, const char *prefix, uint32_t number) {
  char name[16];
  int len = snprintf(name, sizeof name, "%s%u", prefix, number);
  return intern(graph->session->names, name, (size_t)len);
}

static bool is_input(const Graph *graph, Sym name) {
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    if (graph->inputs.data[i].name == name) return true;
  return false;
}

static bool is_parameter(const Graph *graph, Node node) {
  if (graph_op(graph, node) != OP_LIT) return false;
  LiteralKind kind = (LiteralKind)graph_literal(graph, node)->kind;
  return kind == LIT_INT || kind == LIT_FLOAT || kind == LIT_STRING;
}

/* Marks of what outputs and effects reach: neither what tasks are made of nor defaults. */
static uint8_t *reached(const Graph *graph) {
  Graph ends = *graph;
  ends.inputs.len = ends.tasks.len = 0;
  return graph_reachable(&ends);
}

/* Number literals and tasks in the order of the canonical form. */
static void template_learn(Template *template, View view) {
  Graph *graph = template->graph;
  uint8_t *marks = reached(graph);
  Form *form = form_new(graph, view);
  uint32_t next = 1, tasks = 0;
  for (uint32_t i = 0; i < form->order.len; i++) {
    Node node = form->order.data[i];
    uint32_t number = graph->data.data[node];
    bool task = graph_op(graph, node) == OP_TASK;
    if (task && !map_get(&template->tasks, number)) map_put(&template->tasks, number, ++tasks);
    if (!marks[node] || !is_parameter(graph, node)) continue;
    while (is_input(graph, numbered(graph, "p", next))) next++;
    Sym name = numbered(graph, "p", next++);
    TypeId type = graph_type(graph, node);
    Node input = graph_raw(graph, OP_INPUT, type, name, NULL, 0, (Span){0});
    map_put(&template->inputs, node, input + 1);
    vec_push(&graph->inputs, (Port){.name = name, .type = type, .node = node});
  }
  form_free(form);
  free(marks);
}

/* ---- literals ---- */

static Node make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Template *template = rewrite->self;
  uint32_t input = map_get(&template->inputs, old);
  if (input) return input - 1;
  return count ? rewrite_raw(rewrite, old, args, count) : old;
}

/* A loop without a bound keeps having none. */
static Node close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  const Graph *graph = rewrite->from;
  Node kept[5];
  memcpy(kept, args, sizeof kept);
  Node most = graph_op(graph, old) == OP_LOOP ? graph_arg(graph, old, 4) : NODE_NONE;
  if (most != NODE_NONE && graph_op(graph, most) == OP_LIT && graph_literal(graph, most)->integer < 0)
    kept[4] = most;
  return rewrite_close(rewrite, old, variables, kept);
}

/* ---- tasks ---- */

/* An output of any type: a place in a document. */
static Node read_port(Graph *graph, const Port *port) {
  Text text = {0};
  text_addf(&text, "/%s", name_of(graph->session, port->name));
  Node args[2] = {graph_string(graph, intern(graph->session->names, "ports.json", 10)),
                  graph_string(graph, intern(graph->session->names, text.data, text.len))};
  text_free(&text);
  return graph_raw(graph, OP_READ, port->type, READ_JSON, args, 2, (Span){0});
}

/* A task with the ports of another, and a command that only tells it from the others. */
static void empty_task(Graph *graph, Task *task, uint32_t number) {
  Piece *piece = ARENA_NEW(graph->session->arena, Piece);
  *piece = (Piece){.text = numbered(graph, "t", number), .node = NODE_NONE, .ends_word = true};
  for (uint32_t i = 0; i < ATTR_COUNT; i++) task->attrs[i] = NODE_NONE;
  for (uint32_t i = 0; i < task->out_count; i++) task->outs[i].node = read_port(graph, &task->outs[i]);
  task->direct = true;
  task->interpreter = 0;
  task->pieces = piece;
  task->piece_count = 1;
  task->env_count = task->stage_count = 0;
}

void template_make(Graph *normal, View view) {
  if (view == VIEW_EXACT) return;
  Template template = {.graph = normal};
  const RuleRow *rules = normal->rules;
  template_learn(&template, view);
  normal->rules = NULL;
  Rewrite rewrite = {
      .from = normal, .to = normal, .all = true, .make = make, .close = close, .self = &template};
  for (uint32_t i = 0; i < normal->outputs.len; i++)
    normal->outputs.data[i].node = rewrite_term(&rewrite, normal->outputs.data[i].node);
  for (uint32_t i = 0; i < normal->effects.len; i++)
    normal->effects.data[i] = rewrite_term(&rewrite, normal->effects.data[i]);
  rewrite_end(&rewrite);
  normal->rules = rules;
  for (uint32_t i = 0; view == VIEW_SHAPE && i < normal->tasks.len; i++)
    empty_task(normal, &normal->tasks.data[i], map_get(&template.tasks, i));
  map_free(&template.inputs);
  map_free(&template.tasks);
}
