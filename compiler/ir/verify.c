#include "ir/verify.h"

#include "ir/binder.h"

static const char *wrong_node(const Graph *graph, Node node, const char *what) {
  return arena_format(graph->session->arena, "node %u (%s) %s", node, op_info[graph_op(graph, node)].text,
                      what);
}

/* ---- one node ---- */

static bool is_known(const Graph *graph, Node node) {
  uint32_t count = graph_arity(graph, node);
  const Node *args = count ? graph->pool.data + graph->first.data[node] : NULL;
  return graph_find(graph, graph_op(graph, node), graph_type(graph, node), graph->data.data[node], args,
                    count) == node;
}

static const char *check_operands(const Graph *graph, Node node) {
  uint32_t count = graph_arity(graph, node);
  int arity = op_info[graph_op(graph, node)].arity;
  for (uint32_t k = 0; k < count; k++)
    if (graph_arg(graph, node, k) >= node) return "has an operand that does not come before it";
  if (arity >= 0 && count != (uint32_t)arity) return "has a wrong number of operands";
  return is_known(graph, node) ? NULL : "is there twice";
}

/* The variables of a binder are bound in its scope and nowhere else. */
static const char *check_scope(const Graph *graph, Node node, Binder binder) {
  for (uint32_t i = 0; i < binder.count; i++) {
    Node variable = graph_arg(graph, node, binder.variable[i]);
    if (graph->data.data[variable] & OPEN_VARIABLE) return "binds a variable that is still open";
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
      bool is_variable = k == binder.variable[0] || k == binder.variable[binder.count - 1];
      if (!is_variable && !(binder.scoped >> k & 1) &&
          graph_mentions(graph, graph_arg(graph, node, k), variable))
        return "has its variable outside of its scope";
    }
  }
  return NULL;
}

const char *verify_node(const Graph *graph, Node node) {
  const char *wrong = check_operands(graph, node);
  if (!wrong) wrong = verify_types(graph, node);
  Binder binder = binder_of(graph_op(graph, node));
  if (!wrong && binder.count) wrong = check_scope(graph, node, binder);
  return wrong ? wrong_node(graph, node, wrong) : NULL;
}

static const char *check_node(const Graph *graph, Node node) {
  const char *wrong = verify_node(graph, node);
  if (wrong || binder_ranks_least(graph, node)) return wrong;
  return wrong_node(graph, node, "has a rank that is not the least");
}

static const char *check_nodes(const Graph *graph) {
  uint8_t *marks = graph_reachable(graph);
  const char *wrong = NULL;
  for (Node node = 0; !wrong && node < graph_count(graph); node++)
    if (marks[node]) wrong = check_node(graph, node);
  free(marks);
  return wrong;
}

/* ---- roots ---- */

/* What a root's term may be made of. */
typedef struct Place {
  const Graph *graph;
  const Task *task; /* NULL: the program */
  bool is_output;   /* of the task */
  const Map *inputs;
  Map *seen;
  VEC(Node) stack;
} Place;

static const char *check_leaf(const Place *place, Node node) {
  const Graph *graph = place->graph;
  uint32_t data = graph->data.data[node];
  unsigned flags = op_info[graph_op(graph, node)].flags;
  if (graph_op(graph, node) == OP_PARAM) {
    if (!place->task || data >= place->task->in_count) return "is no port of this task";
    return graph_type(graph, node) == place->task->ins[data].type ? NULL : "does not have its port's type";
  }
  if (graph_op(graph, node) == OP_INPUT) {
    if (place->task) return "is an input of the program inside of a task";
    uint32_t at = map_get(place->inputs, data);
    return at && graph->inputs.data[at - 1].type == graph_type(graph, node) ? NULL
                                                                            : "is no input of the program";
  }
  if (place->task && flags & FLAG_E) return "is an effect inside of a task";
  return flags & FLAG_W && !place->is_output ? "stands outside of a task's outputs" : NULL;
}

static const char *check_root(Place *place, Node root) {
  const Graph *graph = place->graph;
  if (root == NODE_NONE) return NULL;
  if (root >= graph_count(graph)) return "a root is no node";
  if (graph->vars.data[root]) return wrong_node(graph, root, "has a variable that nothing binds");
  vec_push(&place->stack, root);
  while (place->stack.len) {
    Node node = vec_pop(&place->stack);
    if (map_get(place->seen, node)) continue;
    map_put(place->seen, node, 1);
    const char *wrong = check_leaf(place, node);
    if (wrong) return wrong_node(graph, node, wrong);
    for (uint32_t k = 0; k < graph_arity(graph, node); k++)
      vec_push(&place->stack, graph_arg(graph, node, k));
  }
  return NULL;
}

static const char *check_command(Place *place, const Task *task) {
  const char *wrong = NULL;
  for (uint32_t i = 0; !wrong && i < task->piece_count; i++) wrong = check_root(place, task->pieces[i].node);
  for (uint32_t i = 0; !wrong && i < ATTR_COUNT; i++) wrong = check_root(place, task->attrs[i]);
  for (uint32_t i = 0; !wrong && i < task->env_count; i++) wrong = check_root(place, task->env[i].node);
  for (uint32_t i = 0; !wrong && i < task->stage_count; i++) {
    wrong = check_root(place, task->stage[i].file);
    if (!wrong) wrong = check_root(place, task->stage[i].name);
  }
  return wrong;
}

static const char *check_outputs(Place *place, const Task *task) {
  const char *wrong = NULL;
  place->is_output = true;
  for (uint32_t i = 0; !wrong && i < task->out_count; i++) {
    const Port *port = &task->outs[i];
    if (port->node == NODE_NONE) return "a task's output has no value";
    wrong = check_root(place, port->node);
    if (!wrong && graph_type(place->graph, port->node) != port->type)
      wrong = wrong_node(place->graph, port->node, "does not have the type of the output that it is");
  }
  return wrong;
}

static const char *check_task(const Graph *graph, const Task *task) {
  Map seen = {0};
  Place place = {.graph = graph, .task = task, .seen = &seen};
  const char *wrong = check_command(&place, task);
  map_free(&seen);
  if (!wrong) wrong = check_outputs(&place, task);
  map_free(&seen);
  vec_free(&place.stack);
  return wrong;
}

static const char *check_program(const Graph *graph) {
  Map seen = {0}, inputs = {0};
  Place place = {.graph = graph, .inputs = &inputs, .seen = &seen};
  const char *wrong = NULL;
  for (uint32_t i = 0; i < graph->inputs.len; i++) map_put(&inputs, graph->inputs.data[i].name, i + 1);
  for (uint32_t i = 0; !wrong && i < graph->inputs.len; i++)
    wrong = check_root(&place, graph->inputs.data[i].node);
  for (uint32_t i = 0; !wrong && i < graph->outputs.len; i++)
    wrong = check_root(&place, graph->outputs.data[i].node);
  for (uint32_t i = 0; !wrong && i < graph->effects.len; i++)
    wrong = check_root(&place, graph->effects.data[i]);
  map_free(&seen);
  map_free(&inputs);
  vec_free(&place.stack);
  return wrong;
}

const char *graph_verify(const Graph *graph) {
  if (graph->full) return "there are too many nodes";
  const char *wrong = check_nodes(graph);
  if (!wrong) wrong = check_program(graph);
  for (uint32_t i = 0; !wrong && i < graph->tasks.len; i++) wrong = check_task(graph, &graph->tasks.data[i]);
  return wrong;
}
