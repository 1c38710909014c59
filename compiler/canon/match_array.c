/* match_array.c: arrays that a pattern walks without saying what they are. */
#include "canon/matcher.h"

static Node index_set(const Graph *graph, Node index) { return graph_arg(graph, index, 0); }

/* Whether an array is made over a set and its elements are seen: volatile ones are there once. */
static bool is_over(const Graph *graph, Node array, Node set) {
  return !graph_draws(graph, array) && graph_op(graph, array) == OP_COLLECT &&
         index_set(graph, graph_arg(graph, array, 0)) == set;
}

Node match_element_at(Graph *graph, Node array, Node index, TypeId type) {
  if (is_over(graph, array, index_set(graph, index)))
    return graph_substitute(graph, graph_arg(graph, array, 2), graph_arg(graph, array, 0), index);
  return graph_node(graph, OP_ELEMENT, type, graph->span_of.data[array], array, index);
}

/* The array of a term for each value of an index. */
static Node abstract(Graph *graph, Node index, Node condition, Node term) {
  Span span = graph->span_of.data[term];
  Node open = graph_open_index(graph, index_set(graph, index), span);
  Node body = graph_substitute(graph, term, index, open);
  Node holds = condition == NODE_NONE ? graph_bool(graph, true)
                                      : graph_substitute(graph, condition, index, open);
  return graph->full ? 0 : graph_collect(graph, open, holds, body, span);
}

/* Whether a term is the element of an array, known outside of the pairs, at an index over its own set. */
static bool is_own_element(Matcher *matcher, uint32_t pair, Node index, Node term) {
  Graph *target = matcher->target;
  if (graph_op(target, term) != OP_ELEMENT || graph_arg(target, term, 1) != index) return false;
  Node array = graph_arg(target, term, 0);
  return match_is_outside(matcher, array, pair, NODE_NONE) &&
         graph_node(target, OP_DIM_OF, T_UNIT, (Span){0}, array) == index_set(target, index);
}

Node match_walked_array(Matcher *matcher, Node index, uint32_t pair, Node term) {
  uint32_t innermost = pair;
  const Graph *pattern = matcher->pattern;
  Graph *target = matcher->target;
  while (matcher->pairs.data[pair].to[0] != index) pair = matcher->pairs.data[pair].parent;
  const Pair *around = &matcher->pairs.data[pair];
  bool zipped = graph_op(pattern, index_set(pattern, around->from[0])) == OP_DIM_ZIP &&
                graph_op(target, index_set(target, index)) == OP_DIM_ZIP;
  bool element = graph_op(target, term) == OP_ELEMENT && graph_arg(target, term, 1) == index;
  if (zipped && element && match_is_outside(matcher, graph_arg(target, term, 0), innermost, NODE_NONE))
    return graph_arg(target, term, 0);
  if (is_own_element(matcher, innermost, index, term) && around->condition == NODE_NONE)
    return graph_arg(target, term, 0);
  bool filtered = around->condition != NODE_NONE;
  if (!match_is_outside(matcher, term, innermost, index) ||
      (filtered && !match_is_outside(matcher, around->condition, innermost, index)))
    return NODE_NONE;
  return abstract(target, index, around->condition, term);
}

static bool take(Matcher *matcher, Node blank, Node array) {
  if (array == NODE_NONE) return false;
  if (!match_type_fits(matcher, graph_type(matcher->pattern, blank), graph_type(matcher->target, array)))
    return false;
  match_set(matcher, blank, array, NOTHING);
  return true;
}

bool match_element(Matcher *matcher, Goal goal) {
  Node blank = graph_arg(matcher->pattern, goal.pattern, 0);
  Node known = matcher->stands_for[blank];
  Node index = match_variable(matcher, graph_arg(matcher->pattern, goal.pattern, 1), goal.pair);
  if (index == NODE_NONE || matcher->target->full) return false;
  TypeId type = graph_type(matcher->target, goal.target);
  if (known != NODE_NONE) return match_element_at(matcher->target, known, index, type) == goal.target;
  return take(matcher, blank, match_walked_array(matcher, index, goal.pair, goal.target));
}

/* An array of numbers over a set. */
static Node numbers_over(Matcher *matcher, Node set, uint32_t pair) {
  Graph *target = matcher->target;
  const Pair *around = pair == NOTHING ? NULL : &matcher->pairs.data[pair];
  bool own = around && graph_op(target, around->to[0]) == OP_INDEX && index_set(target, around->to[0]) == set;
  Node condition = own ? around->condition : NODE_NONE;
  if (condition != NODE_NONE && !match_is_outside(matcher, condition, pair, around->to[0])) return NODE_NONE;
  Node index = own ? around->to[0] : graph_open_index(target, set, (Span){0});
  Node number = graph_node(target, OP_ORDINAL, T_INT, target->span_of.data[set], index);
  return abstract(target, index, condition, number);
}

bool match_dim(Matcher *matcher, Goal goal) {
  Graph *target = matcher->target;
  Node blank = graph_arg(matcher->pattern, goal.pattern, 0), known = matcher->stands_for[blank];
  if (target->full || !(op_info[graph_op(target, goal.target)].flags & FLAG_D)) return false;
  if (known != NODE_NONE && is_over(target, known, goal.target)) return true;
  if (known != NODE_NONE) return graph_node(target, OP_DIM_OF, T_UNIT, (Span){0}, known) == goal.target;
  if (!match_is_outside(matcher, goal.target, goal.pair, NODE_NONE)) return false;
  bool filtered = goal.pair != NOTHING && matcher->pairs.data[goal.pair].condition != NODE_NONE;
  if (graph_op(target, goal.target) == OP_DIM_OF && !filtered)
    return take(matcher, blank, graph_arg(target, goal.target, 0));
  return take(matcher, blank, numbers_over(matcher, goal.target, goal.pair));
}
