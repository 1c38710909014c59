#include "canon/rules.h"

#include "ir/simplify.h"

const RuleRow canon_rules[OP_COUNT_] = {
    [OP_COLLECT] = {canon_collect, LAW_FILTER},  [OP_FOLD] = {canon_fold, LAW_FILTER},
    [OP_FLATTEN] = {canon_flatten, LAW_FLATTEN}, [OP_COMPACT] = {canon_compact, LAW_COMPACT},
    [OP_LOOP] = {canon_loop, LAW_LOOP_ONE},      [OP_REDUCE] = {canon_reduce, LAW_REDUCE_ORDER},
};

/* ---- arrays ---- */

/* A flatten of a flatten flattens the inner arrays first; a choice to have none of them is a filter. */
Node canon_flatten(Graph *graph, const Term *term) {
  Node arrays = term->args[0];
  TypeId type = term->type;
  Span span = term->span;
  if (graph_op(graph, arrays) == OP_FLATTEN) {
    Range range = graph_range(graph, graph_arg(graph, arrays, 0), span);
    Node inner = graph_node(graph, OP_FLATTEN, type, span, range.element);
    Node outer = graph_collect(graph, range.index, range.condition, inner, span);
    return graph_node(graph, OP_FLATTEN, type, span, outer);
  }
  if (graph_op(graph, arrays) == OP_APPEND) {
    Nodes parts = {0};
    for (uint32_t k = 0; k < graph_arity(graph, arrays); k++) {
      Node part = graph_node(graph, OP_FLATTEN, type, span, graph_arg(graph, arrays, k));
      vec_push(&parts, part);
    }
    Node made = graph_make(graph, OP_APPEND, type, 0, parts.data, parts.len, span);
    vec_free(&parts);
    return made;
  }
  return NODE_NONE;
}

Node canon_compact(Graph *graph, const Term *term) {
  Range range = graph_range(graph, term->args[0], term->span);
  TypeId type = type_inner(graph, term->type);
  Node there = graph_node(graph, OP_IS_SOME, T_BOOL, term->span, range.element);
  Node inside = graph_node(graph, OP_UNWRAP, type, term->span, range.element);
  Node condition = graph_node(graph, OP_CHOOSE, T_BOOL, term->span, range.condition, there,
                              graph_bool(graph, false));
  return graph_collect(graph, range.index, condition, inside, term->span);
}

/* ---- loops ---- */

Node canon_loop(Graph *graph, const Term *term) {
  Node state = term->args[0], next = term->args[2];
  if (!literal_is_int(graph, term->args[4], 1) || is_volatile(graph, next)) return NODE_NONE;
  return graph_substitute(graph, next, state, term->args[1]);
}

/* ---- reductions ---- */

/* The task that combines left and right, if that is all the combination does. */
static bool combines(const Graph *graph, const Term *term, const Task **task, Node *call) {
  Node combined = term->args[2];
  *call = graph_op(graph, combined) == OP_PROJECT ? graph_arg(graph, combined, 0) : combined;
  if (graph_op(graph, *call) != OP_TASK || graph_arity(graph, *call) != 2) return false;
  *task = &graph->tasks.data[graph->data.data[*call]];
  return true;
}

/* What is combined in any order begins with the left one. */
Node canon_reduce(Graph *graph, const Term *term) {
  const Task *task;
  Node call;
  if (!combines(graph, term, &task, &call) || !task->comm || !task->assoc) return NODE_NONE;
  Node left = term->args[0], right = term->args[1];
  if (graph_arg(graph, call, 0) != right || graph_arg(graph, call, 1) != left) return NODE_NONE;
  Node args[2] = {left, right}, combined = term->args[2];
  Node turned = graph_raw(graph, OP_TASK, graph_type(graph, call), graph->data.data[call], args, 2,
                          term->span);
  if (combined != call) turned = graph_project(graph, turned, graph->data.data[combined], term->span);
  law_is(graph, LAW_REDUCE_ORDER);
  return graph_raw(graph, OP_REDUCE, term->type, 0, (const Node[]){left, right, turned, term->args[3]}, 4,
                   term->span);
}
