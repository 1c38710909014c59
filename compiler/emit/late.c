/* late.c: lateness goes from operands to users; through the states of loops until nothing changes. */
#include "emit/late.h"

#include "base/vec.h"

static bool is_file(const Graph *graph, Node node) {
  return type_is_file(graph->types, graph_type(graph, node));
}

static bool any_operand(const Graph *graph, const uint8_t *late, Node node) {
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    if (late[graph_arg(graph, node, k)]) return true;
  return false;
}

static bool made(const Graph *graph, Node node) { return (graph->below.data[node] & FLAG_E) != 0; }

static bool task_is_late(const Graph *graph, const uint8_t *late, Node node) {
  const Task *task = &graph->tasks.data[graph->data.data[node]];
  for (uint32_t i = 0; i < task->out_count; i++)
    if (late[task->outs[i].node]) return true;
  return false;
}

static bool node_is_late(const Graph *graph, const uint8_t *late, Node node) {
  switch (graph_op(graph, node)) {
    case OP_ASK:
    case OP_GLOB:
    case OP_READ:
      return true;
    case OP_STDOUT:
    case OP_OUT_FILE:
      return !is_file(graph, node);
    case OP_JS:
      if (made(graph, graph_arg(graph, node, 1))) return true;
      break;
    case OP_FILE_SIZE:
      return made(graph, graph_arg(graph, node, 0));
    case OP_EQ_:
      if (is_file(graph, graph_arg(graph, node, 0)) && made(graph, node)) return true;
      break;
    case OP_TASK:
      if (task_is_late(graph, late, node)) return true;
      break;
    default:
      break;
  }
  return any_operand(graph, late, node);
}

/* The state of a fold or loop is late when what it begins with or becomes is. */
static bool spread_to_state(const Graph *graph, uint8_t *late, Node node) {
  bool fold = graph_op(graph, node) == OP_FOLD;
  Node state = graph_arg(graph, node, fold ? 2 : 0), initial = graph_arg(graph, node, fold ? 3 : 1),
       next = graph_arg(graph, node, fold ? 4 : 2);
  if (late[state] || !(late[initial] || late[next])) return false;
  late[state] = 1;
  return true;
}

uint8_t *late_nodes(const Graph *graph) {
  uint8_t *late = mem_zero(graph_count(graph) + 1);
  for (bool again = true; again;) {
    again = false;
    for (Node node = 0; node < graph_count(graph); node++) {
      Op op = graph_op(graph, node);
      if (!late[node] && node_is_late(graph, late, node)) late[node] = again = true;
      if (op == OP_FOLD || op == OP_LOOP) again |= spread_to_state(graph, late, node);
    }
  }
  return late;
}
