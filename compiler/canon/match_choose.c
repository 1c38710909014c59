/* match_choose.c: conditions.  Operations that both arms have in common stand outside in the normal form; here they are
 * taken back into the arms of a pattern, which may have a hole in one of them. */
#include "canon/matcher.h"

enum { MOST_ARGS = 64 };

/* The condition on which operands of a node are chosen; NODE_NONE: none is. */
static Node condition_below(const Graph *graph, Node node) {
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    if (graph_op(graph, graph_arg(graph, node, k)) == OP_CHOOSE)
      return graph_arg(graph, graph_arg(graph, node, k), 0);
  return NODE_NONE;
}

/* The node with one arm of each operand that is chosen on a condition. */
static Node with_arm(Graph *graph, Node node, Node condition, uint32_t arm) {
  Node args[MOST_ARGS];
  uint32_t count = graph_arity(graph, node);
  for (uint32_t k = 0; k < count; k++) {
    args[k] = graph_arg(graph, node, k);
    bool chosen = graph_op(graph, args[k]) == OP_CHOOSE && graph_arg(graph, args[k], 0) == condition;
    if (chosen) args[k] = graph_arg(graph, args[k], arm);
  }
  return graph_make(graph, graph_op(graph, node), graph_type(graph, node), graph->data.data[node], args,
                    count, graph->span_of.data[node]);
}

/* One call that is a volatile one does not become two; nor does what binds variables come in two. */
static bool stays_whole(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  bool is_volatile = op == OP_ASK || (op == OP_TASK && graph->tasks.data[graph->data.data[node]].is_volatile);
  return is_volatile || (op_info[op].flags & FLAG_B) || graph_arity(graph, node) > MOST_ARGS;
}

Node match_condition(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  if (op == OP_CHOOSE) return graph_arg(graph, node, 0);
  Node below = op == OP_PROJECT ? graph_arg(graph, node, 0) : node;
  if (op == OP_PROJECT && graph_op(graph, below) == OP_CHOOSE) return graph_arg(graph, below, 0);
  return stays_whole(graph, below) ? NODE_NONE : condition_below(graph, below);
}

Node match_arm(Graph *graph, Node node, Node condition, uint32_t arm) {
  if (graph_op(graph, node) == OP_CHOOSE) return graph_arg(graph, node, arm);
  Node below = graph_arg(graph, node, 0);
  if (graph_op(graph, node) != OP_PROJECT || graph_op(graph, below) == OP_CHOOSE)
    return with_arm(graph, node, condition, arm);
  Node record = with_arm(graph, below, condition, arm);
  return graph->full ? 0 : graph_project(graph, record, graph->data.data[node], graph->span_of.data[node]);
}
