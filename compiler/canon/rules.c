#include "canon/rules.h"

#include "ir/simplify.h"

const RuleRow canon_rules[OP_COUNT_] = {
    [OP_ELEMENT] = {canon_element, LAW_MAP_FUSION}, [OP_LENGTH] = {canon_length, LAW_LENGTH},
    [OP_COLLECT] = {canon_collect, LAW_FILTER},     [OP_FOLD] = {canon_fold, LAW_FILTER},
    [OP_FLATTEN] = {canon_flatten, LAW_FLATTEN},    [OP_COMPACT] = {canon_compact, LAW_COMPACT},
    [OP_LOOP] = {canon_loop, LAW_LOOP_ONE},         [OP_REDUCE] = {canon_reduce, LAW_REDUCE_ORDER},
    [OP_TASK] = {canon_after, LAW_AFTER_IMPLIED},   [OP_ASK] = {canon_after, LAW_AFTER_IMPLIED},
    [OP_AFTER] = {canon_after, LAW_AFTER_IMPLIED},
};

/* ---- arrays ---- */

/* What is volatile happens once for each value of the variables that it mentions, wherever it stands; what is compiled
 * keeps it in one place instead. */
Node canon_element(Graph *graph, const Term *term) {
  Node array = term->args[0];
  return graph_op(graph, array) == OP_COLLECT ? element_of_collect(graph, array, term->args[1]) : NODE_NONE;
}

/* Of arrays one after another that a loop makes only the lengths matter: units in place of elements. */
static Node length_of_flatten(Graph *graph, Node arrays, Span span) {
  if (type_inner(graph, type_inner(graph, graph_type(graph, arrays))) == T_UNIT) return NODE_NONE;
  Range outer = graph_range(graph, arrays, span), inner = graph_range(graph, outer.element, span);
  Node units = graph_collect(graph, inner.index, inner.condition, graph_unit(graph), span);
  Node all = graph_collect(graph, outer.index, outer.condition, units, span);
  if (graph->full) return 0;
  Node flat = graph_node(graph, OP_FLATTEN, type_array(graph->types, T_UNIT), span, all);
  return graph_node(graph, OP_LENGTH, T_INT, span, flat);
}

/* Of a filter the elements do not matter; of several arrays it is the sum. */
Node canon_length(Graph *graph, const Term *term) {
  Node array = term->args[0];
  Span span = term->span;
  if (graph_op(graph, array) == OP_APPEND) {
    Node sum = graph_int(graph, 0);
    for (uint32_t k = 0; k < graph_arity(graph, array); k++) {
      Node length = graph_node(graph, OP_LENGTH, T_INT, span, graph_arg(graph, array, k));
      sum = graph_node(graph, OP_ADD_, T_INT, span, sum, length);
    }
    return sum;
  }
  if (graph_op(graph, array) == OP_FLATTEN) return length_of_flatten(graph, graph_arg(graph, array, 0), span);
  if (graph_op(graph, array) != OP_COLLECT || graph_type(graph, graph_arg(graph, array, 2)) == T_UNIT)
    return NODE_NONE;
  Node closed = graph_arg(graph, array, 0),
       index = graph_open_index(graph, graph_arg(graph, closed, 0), span);
  Node condition = graph_substitute(graph, graph_arg(graph, array, 1), closed, index);
  Node units = graph_collect(graph, index, condition, graph_unit(graph), span);
  return graph_node(graph, OP_LENGTH, T_INT, span, units);
}

static bool is_empty(const Graph *graph, Node array) {
  return graph_op(graph, array) == OP_ARRAY && !graph_arity(graph, array);
}

/* Of arrays that are none of them, or only where a condition holds, that condition is a filter. */
static Node flatten_filter(Graph *graph, const Term *term) {
  Node arrays = term->args[0], body = graph_arg(graph, arrays, 2);
  if (is_empty(graph, body)) return body;
  if (graph_op(graph, body) != OP_CHOOSE) return NODE_NONE;
  Node yes = graph_arg(graph, body, 1), no = graph_arg(graph, body, 2);
  if (!is_empty(graph, yes) && !is_empty(graph, no)) return NODE_NONE;
  Span span = term->span;
  Node closed = graph_arg(graph, arrays, 0),
       index = graph_open_index(graph, graph_arg(graph, closed, 0), span);
  Node outer = graph_substitute(graph, graph_arg(graph, arrays, 1), closed, index);
  Node inner = graph_substitute(graph, graph_arg(graph, body, 0), closed, index);
  if (is_empty(graph, yes)) inner = graph_node(graph, OP_NOT_, T_BOOL, span, inner);
  Node left = graph_substitute(graph, is_empty(graph, yes) ? no : yes, closed, index);
  Node both = graph_node(graph, OP_CHOOSE, T_BOOL, span, outer, inner, graph_bool(graph, false));
  return graph_node(graph, OP_FLATTEN, term->type, span, graph_collect(graph, index, both, left, span));
}

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
  return graph_op(graph, arrays) == OP_COLLECT ? flatten_filter(graph, term) : NODE_NONE;
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

bool repeats(const Graph *graph, Node term, Node variable) {
  Nodes stack = {0};
  Map seen = {0};
  bool found = false;
  vec_push(&stack, term);
  while (stack.len && !found) {
    Node node = vec_pop(&stack);
    if (!graph_draws(graph, node) || !graph_mentions(graph, node, variable) || map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
      found |= graph_op(graph, graph_arg(graph, node, k)) == OP_TOKEN;
      vec_push(&stack, graph_arg(graph, node, k));
    }
  }
  vec_free(&stack);
  map_free(&seen);
  return found;
}

/* One round is all there is: it stops after the first, or the second would come to the same. */
Node canon_loop(Graph *graph, const Term *term) {
  Node state = term->args[0], next = term->args[2], most = term->args[4];
  if (!literal_is(graph, most, LIT_INT) || repeats(graph, next, state)) return NODE_NONE;
  int64_t rounds = graph_literal(graph, most)->integer;
  bool stops = rounds == 1 || (rounds && graph_is_bool(graph, term->args[3], true));
  bool settles = rounds > 0 && !graph_mentions(graph, next, state);
  return stops || settles ? graph_substitute(graph, next, state, term->args[1]) : NODE_NONE;
}

/* ---- order ---- */

/* Whether waiting for it means anything: it happens, or may once a variable is known, or tells calls apart. */
static bool is_awaited(const Graph *graph, Node node) {
  return graph->vars.data[node] || graph->below.data[node] & (FLAG_E | BELOW_VOLATILE);
}

/* Nodes looked at for one operand, and structures in each other. */
enum { MOST_VISITS = 1 << 12, MOST_LEVELS = 8 };

/* Work that is certain to be done for a node. */
static void reach(const Graph *graph, Node from, Map *seen, Nodes *found) {
  Nodes stack = {0};
  vec_push(&stack, from);
  while (stack.len && seen->len < MOST_VISITS) {
    Node node = vec_pop(&stack);
    if (map_get(seen, node)) continue;
    map_put(seen, node, 1);
    vec_push(found, node);
    for (uint32_t k = 0; k < certain_operands(graph, node); k++)
      if (graph->below.data[graph_arg(graph, node, k)] & FLAG_E) vec_push(&stack, graph_arg(graph, node, k));
  }
  vec_free(&stack);
}

/* Operations that only hold values together: what is waited for in them is waited for by itself. */
static bool is_structure(Op op) {
  return op == OP_RECORD || op == OP_PROJECT || op == OP_ARRAY || op == OP_APPEND || op == OP_FLATTEN ||
         op == OP_SOME || op == OP_CAST || op == OP_AFTER;
}

static bool is_implied(const Graph *graph, Node dep, Node operand, int level);

static bool parts_implied(const Graph *graph, Node dep, Node operand, int level) {
  for (uint32_t k = 0; k < graph_arity(graph, dep); k++) {
    Node part = graph_arg(graph, dep, k);
    if (graph->below.data[part] & FLAG_E && !is_implied(graph, part, operand, level + 1)) return false;
  }
  return true;
}

/* Of a `for`: whether another over the same elements is certain to be done that does the same in each round. */
static bool rounds_implied(const Graph *graph, Node dep, const Nodes *certain, int level) {
  for (uint32_t i = 0; i < certain->len; i++) {
    Node other = certain->data[i];
    bool alike = graph_op(graph, other) == OP_COLLECT &&
                 graph_arg(graph, other, 0) == graph_arg(graph, dep, 0) &&
                 graph_arg(graph, other, 1) == graph_arg(graph, dep, 1);
    if (alike && is_implied(graph, graph_arg(graph, dep, 2), graph_arg(graph, other, 2), level + 1))
      return true;
  }
  return false;
}

/* Whether what is waited for is certain to be done for an operand; choices by one condition go side by side. */
static bool is_implied(const Graph *graph, Node dep, Node operand, int level) {
  Map seen = {0};
  Nodes certain = {0};
  reach(graph, operand, &seen, &certain);
  bool found = map_get(&seen, dep) != 0, deeper = !found && level < MOST_LEVELS;
  if (deeper && is_structure(graph_op(graph, dep))) found = parts_implied(graph, dep, operand, level);
  if (deeper && graph_op(graph, dep) == OP_COLLECT) found = rounds_implied(graph, dep, &certain, level);
  map_free(&seen);
  vec_free(&certain);
  if (!deeper || graph_op(graph, dep) != OP_CHOOSE) return found;
  Node condition = graph_arg(graph, dep, 0);
  bool alike = graph_op(graph, operand) == OP_CHOOSE && graph_arg(graph, operand, 0) == condition;
  return is_implied(graph, graph_arg(graph, dep, 1), alike ? graph_arg(graph, operand, 1) : operand,
                    level + 1) &&
         is_implied(graph, graph_arg(graph, dep, 2), alike ? graph_arg(graph, operand, 2) : operand,
                    level + 1);
}

/* Waiting for what is waited for anyway, or for a mere value. */
Node canon_after(Graph *graph, const Term *term) {
  uint32_t first = op_waits_from(graph, term->op, term->data, term->count);
  if (term->count <= first) return NODE_NONE;
  Nodes kept = {0};
  for (uint32_t k = 0; k < first; k++) vec_push(&kept, term->args[k]);
  for (uint32_t k = first; k < term->count; k++) {
    Node dep = term->args[k];
    bool needed = is_awaited(graph, dep);
    for (uint32_t m = 0; needed && m < k; m++) needed &= term->args[m] != dep;
    for (uint32_t m = 0; needed && m < term->count; m++)
      needed &= term->args[m] == dep || !is_implied(graph, dep, term->args[m], 0);
    if (needed) vec_push(&kept, dep);
  }
  Node made = NODE_NONE;
  if (kept.len < term->count)
    made = kept.len == 1 && term->op == OP_AFTER
               ? kept.data[0]
               : graph_raw(graph, term->op, term->type, term->data, kept.data, kept.len, term->span);
  vec_free(&kept);
  return made;
}

/* ---- reductions ---- */

/* A call of an associative and commutative task on two operands, or NODE_NONE. */
static Node free_call(const Graph *graph, Node combined) {
  Node call = graph_op(graph, combined) == OP_PROJECT ? graph_arg(graph, combined, 0) : combined;
  if (graph_op(graph, call) != OP_TASK || graph_arity(graph, call) != 2) return NODE_NONE;
  const Task *task = &graph->tasks.data[graph->data.data[call]];
  return task->comm && task->assoc ? call : NODE_NONE;
}

bool combines_in_any_order(const Graph *graph, Node left, Node right, Node combined) {
  Node call = free_call(graph, combined);
  return call != NODE_NONE && graph_arg(graph, call, 0) == left && graph_arg(graph, call, 1) == right;
}

/* What is combined in any order begins with the left one. */
Node canon_reduce(Graph *graph, const Term *term) {
  Node left = term->args[0], right = term->args[1], combined = term->args[2],
       call = free_call(graph, combined);
  if (call == NODE_NONE || graph_arg(graph, call, 0) != right || graph_arg(graph, call, 1) != left)
    return NODE_NONE;
  Node args[2] = {left, right};
  Node turned = graph_raw(graph, OP_TASK, graph_type(graph, call), graph->data.data[call], args, 2,
                          term->span);
  if (combined != call) turned = graph_project(graph, turned, graph->data.data[combined], term->span);
  law_is(graph, LAW_REDUCE_ORDER);
  return graph_raw(graph, OP_REDUCE, term->type, 0, (const Node[]){left, right, turned, term->args[3]}, 4,
                   term->span);
}
