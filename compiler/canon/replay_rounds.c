/* replay_rounds.c: folds, reductions and loops. */
#include "canon/replaying.h"

/* ---- folds and loops ---- */

bool check_fold_empty(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_FOLD) && over_nothing(graph, from) && arg(graph, from, 3) == to;
}

bool check_fold_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_FOLD) && arg(graph, from, 4) == arg(graph, from, 2) && arg(graph, from, 3) == to;
}

bool check_reduce(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  if (!is(graph, from, OP_REDUCE)) return false;
  Node array = arg(graph, from, 3);
  if (is(graph, array, OP_ARRAY) && graph_arity(graph, array) == 1 && arg(graph, array, 0) == to) return true;
  return arg(graph, from, 2) == arg(graph, from, 0) &&
         to == SAID(graph, OP_ELEMENT, graph_type(graph, from), array, graph_int(graph, 0));
}

/* Below a field, if there is one: a call. */
static Node call_below(const Graph *graph, Node node) {
  return is(graph, node, OP_PROJECT) ? arg(graph, node, 0) : node;
}

/* What may be combined in any order: the elements of a written array, or arrays one after another. */
static bool is_reordered(const Graph *graph, Node from, Node to) {
  if (from == to) return true;
  if (graph_op(graph, from) != graph_op(graph, to) || graph_arity(graph, from) != graph_arity(graph, to))
    return false;
  if (is(graph, from, OP_ARRAY) || is(graph, from, OP_APPEND)) {
    if (same_operands(graph, from, to, 0)) return true;
    if (is(graph, from, OP_ARRAY)) return false;
  }
  for (uint32_t k = 0; k < graph_arity(graph, from); k++) {
    Node a = arg(graph, from, k), b = arg(graph, to, k);
    bool reordered = is(graph, a, OP_ARRAY) && is(graph, b, OP_ARRAY) && same_operands(graph, a, b, 0);
    if (a != b && !reordered) return false;
  }
  return is(graph, from, OP_APPEND);
}

/* … and the right one with the left one is the left one with the right one. */
bool check_reduce_order(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_REDUCE) || !is(graph, to, OP_REDUCE)) return false;
  Node call = call_below(graph, arg(graph, from, 2));
  if (is(graph, call, OP_TASK) && arg(graph, from, 2) == arg(graph, to, 2)) {
    const Task *of = &graph->tasks.data[graph->data.data[call]];
    bool both = graph_arity(graph, call) == 2 && arg(graph, call, 0) == arg(graph, from, 0) &&
                arg(graph, call, 1) == arg(graph, from, 1);
    return both && of->assoc && of->comm && arg(graph, from, 0) == arg(graph, to, 0) &&
           arg(graph, from, 1) == arg(graph, to, 1) &&
           is_reordered(graph, arg(graph, from, 3), arg(graph, to, 3));
  }
  for (uint32_t k = 0; k < 4; k++)
    if (k != 2 && arg(graph, from, k) != arg(graph, to, k)) return false;
  Node old = arg(graph, from, 2), new = arg(graph, to, 2);
  Node before = call_below(graph, old), after = call_below(graph, new);
  if (graph_op(graph, old) != graph_op(graph, new) ||
      (old != before && graph->data.data[old] != graph->data.data[new]))
    return false;
  if (!is(graph, before, OP_TASK) || !is(graph, after, OP_TASK) || graph_arity(graph, before) != 2 ||
      graph_arity(graph, after) != 2 || graph->data.data[before] != graph->data.data[after])
    return false;
  const Task *task = &graph->tasks.data[graph->data.data[before]];
  return task->assoc && task->comm && !task->is_volatile && arg(graph, before, 0) == arg(graph, after, 1) &&
         arg(graph, before, 1) == arg(graph, after, 0);
}

bool check_loop_zero(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_LOOP) && is_int(graph, arg(graph, from, 4), 0) && arg(graph, from, 1) == to;
}

/* One round is all there is, or the second would come to the same. */
bool check_loop_one(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_LOOP) || !is_literal(graph, arg(graph, from, 4), LIT_INT)) return false;
  int64_t most = graph_literal(graph, arg(graph, from, 4))->integer;
  bool stops = most == 1 || (most && graph_is_bool(graph, arg(graph, from, 3), true));
  bool settles = most > 0 && !graph_mentions(graph, arg(graph, from, 2), arg(graph, from, 0));
  if ((!stops && !settles) || draws_for(replay, arg(graph, from, 2), arg(graph, from, 0))) return false;
  Node state = arg(graph, from, 0), init = arg(graph, from, 1);
  return replay_put(replay, arg(graph, from, 2), &(Put){1, 1, &state, &init}) == to;
}

bool check_loop_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_LOOP) || !is_literal(graph, arg(graph, from, 4), LIT_INT)) return false;
  return graph_literal(graph, arg(graph, from, 4))->integer > 0 &&
         arg(graph, from, 2) == arg(graph, from, 0) && arg(graph, from, 1) == to;
}
