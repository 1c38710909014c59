/* bind.c: variables opened, closed over, replaced. */
#include "ir/binder.h"
#include "ir/rewrite.h"
#include "ir/varset.h"
#include "ir/verify.h"

#include <string.h>

bool graph_mentions(const Graph *graph, Node node, Node variable) {
  return varset_has(graph->sets, graph->vars.data[node], variable);
}

Node graph_substitute(Graph *graph, Node node, Node variable, Node by) {
  if (variable == by || !graph_mentions(graph, node, variable)) return node;
  Rewrite rewrite = {.from = graph, .to = graph, .root = {.count = 1, .from = {variable}, .by = {by}}};
  Node made = rewrite_term(&rewrite, node);
  rewrite_end(&rewrite);
  return made;
}

/* ---- opening ---- */

Node graph_open_index(Graph *graph, Node dim, Span span) {
  return graph_raw(graph, OP_INDEX, T_INT, OPEN_VARIABLE | graph->next_open++, &dim, 1, span);
}

Node graph_open_state(Graph *graph, TypeId type, Span span) {
  return graph_raw(graph, OP_STATE, type, OPEN_VARIABLE | graph->next_open++, NULL, 0, span);
}

/* ---- closing ---- */

/* The nodes that mention a variable, operands first, and what each becomes. */
typedef struct Closing {
  const Graph *graph;
  Node variable;
  Map at; /* node to its place in order + 1 */
  VEC(Node) order, made, stack, args;
} Closing;

static void closing_end(Closing *closing) {
  map_free(&closing->at);
  vec_free(&closing->order);
  vec_free(&closing->made);
  vec_free(&closing->stack);
  vec_free(&closing->args);
}

/* Put the operands that are not yet in order on the stack. */
static bool closing_push(Closing *closing, Node node) {
  uint32_t before = closing->stack.len;
  for (uint32_t k = 0; k < graph_arity(closing->graph, node); k++) {
    Node arg = graph_arg(closing->graph, node, k);
    if (graph_mentions(closing->graph, arg, closing->variable) && !map_get(&closing->at, arg))
      vec_push(&closing->stack, arg);
  }
  return closing->stack.len > before;
}

static void closing_walk(Closing *closing, Node term) {
  if (!graph_mentions(closing->graph, term, closing->variable)) return;
  vec_push(&closing->stack, term);
  while (closing->stack.len) {
    Node node = vec_last(&closing->stack);
    if (map_get(&closing->at, node)) {
      closing->stack.len--;
    } else if (!closing_push(closing, node)) {
      closing->stack.len--;
      vec_push(&closing->order, node);
      map_put(&closing->at, node, closing->order.len);
    }
  }
}

/* Whether two variables could be mistaken for each other when they have one rank. */
static bool variables_alike(const Graph *graph, Node a, Node b) {
  if (graph_op(graph, a) != graph_op(graph, b)) return false;
  return graph_op(graph, a) == OP_STATE || graph_arg(graph, a, 0) == graph_arg(graph, b, 0);
}

typedef VEC(uint32_t) Ranks;

static void take_rank(const Graph *graph, Node variable, Node other, Ranks *taken) {
  uint32_t rank = graph->data.data[other];
  if (!(rank & OPEN_VARIABLE) && variables_alike(graph, variable, other)) vec_push(taken, rank);
}

/* Ranks of the binders inside, past which the variable is mentioned. */
static void inner_ranks(const Closing *closing, Ranks *taken) {
  const Graph *graph = closing->graph;
  for (uint32_t i = 0; i < closing->order.len; i++) {
    Node node = closing->order.data[i];
    Binder binder = binder_of(graph_op(graph, node));
    for (uint32_t k = 0; k < binder.count; k++)
      take_rank(graph, closing->variable, graph_arg(graph, node, binder.variable[k]), taken);
  }
}

/* Ranks of variables of binders further out that have been closed already. */
static void outer_ranks(const Graph *graph, Node variable, const Node *terms, uint32_t count, Ranks *taken) {
  for (uint32_t t = 0; t < count; t++) {
    uint32_t members;
    const uint32_t *set = varset_members(graph->sets, graph->vars.data[terms[t]], &members);
    for (uint32_t k = 0; k < members; k++) take_rank(graph, variable, set[k], taken);
  }
}

/* The least number that is not in the list. */
static uint32_t least_free(const Ranks *taken) {
  uint32_t size = taken->len + 1, rank = 0;
  uint8_t *used = mem_alloc(size);
  memset(used, 0, size);
  for (uint32_t i = 0; i < taken->len; i++)
    if (taken->data[i] < size) used[taken->data[i]] = 1;
  while (used[rank]) rank++;
  free(used);
  return rank;
}

static Node closing_image(const Closing *closing, Node node) {
  uint32_t at = map_get(&closing->at, node);
  return at ? closing->made.data[at - 1] : node;
}

/* Every node of the walk once more, with the variable as `closed`. A renaming keeps normal forms. */
static void closing_rename(Graph *graph, Closing *closing, Node closed) {
  for (uint32_t i = 0; i < closing->order.len; i++) {
    Node node = closing->order.data[i], made = closed;
    if (node != closing->variable) {
      closing->args.len = 0;
      for (uint32_t k = 0; k < graph_arity(graph, node); k++)
        vec_push(&closing->args, closing_image(closing, graph_arg(graph, node, k)));
      made = graph_raw(graph, graph_op(graph, node), graph_type(graph, node), graph->data.data[node],
                       closing->args.data, closing->args.len, graph->span_of.data[node]);
      if (!graph->name_of.data[made]) graph->name_of.data[made] = graph->name_of.data[node];
    }
    vec_push(&closing->made, made);
  }
}

/* Close an open variable over terms, which are replaced; the closed variable. `avoid` (or NODE_NONE) is the
 * other variable of the same binder. */
static Node close_variable(Graph *graph, Node variable, Node avoid, Node *terms, uint32_t count) {
  if (!(graph->data.data[variable] & OPEN_VARIABLE)) return variable;
  Closing closing = {.graph = graph, .variable = variable};
  Ranks taken = {0};
  for (uint32_t t = 0; t < count; t++) closing_walk(&closing, terms[t]);
  inner_ranks(&closing, &taken);
  outer_ranks(graph, variable, terms, count, &taken);
  if (avoid != NODE_NONE) take_rank(graph, variable, avoid, &taken);
  uint32_t arity = graph_arity(graph, variable);
  Node dim = arity ? graph_arg(graph, variable, 0) : NODE_NONE;
  Node closed = graph_raw(graph, graph_op(graph, variable), graph_type(graph, variable), least_free(&taken), &dim,
                          arity, graph->span_of.data[variable]);
  closing_rename(graph, &closing, closed);
  for (uint32_t t = 0; t < count; t++) terms[t] = closing_image(&closing, terms[t]);
  vec_free(&taken);
  closing_end(&closing);
  return closed;
}

/* Whether a closed variable has the rank that closing it over these terms would give it. */
static bool rank_is_least(const Graph *graph, Node variable, Node avoid, const Node *terms, uint32_t count) {
  Closing closing = {.graph = graph, .variable = variable};
  Ranks taken = {0};
  for (uint32_t t = 0; t < count; t++) closing_walk(&closing, terms[t]);
  inner_ranks(&closing, &taken);
  if (avoid != NODE_NONE) take_rank(graph, variable, avoid, &taken);
  bool is_least = graph->data.data[variable] == least_free(&taken);
  vec_free(&taken);
  closing_end(&closing);
  return is_least;
}

bool binder_ranks_least(const Graph *graph, Node binder) {
  const Node *args = graph->pool.data + graph->first.data[binder];
  switch (graph_op(graph, binder)) {
  case OP_COLLECT: return rank_is_least(graph, args[0], NODE_NONE, args + 1, 2);
  case OP_FOLD:
    return rank_is_least(graph, args[0], NODE_NONE, (const Node[]){args[1], args[4]}, 2) &&
           rank_is_least(graph, args[2], NODE_NONE, args + 4, 1);
  case OP_REDUCE:
    return rank_is_least(graph, args[0], NODE_NONE, args + 2, 1) &&
           rank_is_least(graph, args[1], args[0], args + 2, 1);
  case OP_LOOP: return rank_is_least(graph, args[0], NODE_NONE, args + 2, 2);
  default: return true;
  }
}

Node graph_collect(Graph *graph, Node index, Node condition, Node body, Span span) {
  if (graph->full) return 0;
  Node args[3] = {0, condition, body};
  args[0] = close_variable(graph, index, NODE_NONE, args + 1, 2);
  if (graph->full) return 0;
  TypeId type = type_array(graph->types, graph_type(graph, body));
  return graph_make(graph, OP_COLLECT, type, 0, args, 3, span);
}

Node graph_fold(Graph *graph, Node index, Node condition, Node state, Node init, Node next, Span span) {
  if (graph->full) return 0;
  Node terms[2] = {condition, next};
  index = close_variable(graph, index, NODE_NONE, terms, 2);
  state = close_variable(graph, state, NODE_NONE, terms + 1, 1);
  if (graph->full) return 0;
  Node args[5] = {index, terms[0], state, init, terms[1]};
  return graph_make(graph, OP_FOLD, graph_type(graph, init), 0, args, 5, span);
}

Node graph_reduce(Graph *graph, Node left, Node right, Node combined, Node array, Span span) {
  if (graph->full) return 0;
  TypeId type = graph_type(graph, combined);
  left = close_variable(graph, left, NODE_NONE, &combined, 1);
  right = close_variable(graph, right, left, &combined, 1);
  if (graph->full) return 0;
  Node args[4] = {left, right, combined, array};
  return graph_make(graph, OP_REDUCE, type, 0, args, 4, span);
}

Node graph_loop(Graph *graph, Node state, Node init, Node next, Node stop, Node max, Span span) {
  if (graph->full) return 0;
  Node terms[2] = {next, stop};
  state = close_variable(graph, state, NODE_NONE, terms, 2);
  if (graph->full) return 0;
  Node args[5] = {state, init, terms[0], terms[1], max};
  return graph_make(graph, OP_LOOP, graph_type(graph, init), 0, args, 5, span);
}

/* ---- ranges ---- */

static TypeId element_type(const Graph *graph, Node array) {
  const Type *type = type_of(graph->types, graph_type(graph, array));
  return type->kind == T_ARRAY ? type->args[0] : T_ERROR;
}

static Node array_dim(Graph *graph, Node array, Span span) {
  return graph_node(graph, OP_DIM_OF, T_UNIT, span, array);
}

static Node opaque_element(Graph *graph, Node array, Node index, Span span) {
  return graph_node(graph, OP_ELEMENT, element_type(graph, array), span, array, index);
}

Range graph_range(Graph *graph, Node array, Span span) {
  Range range = {0};
  if (graph->full) return range;
  bool seen_through = graph_op(graph, array) == OP_COLLECT;
  Node dim = seen_through ? graph_arg(graph, graph_arg(graph, array, 0), 0) : array_dim(graph, array, span);
  range.index = graph_open_index(graph, dim, span);
  range.condition = graph_bool(graph, true);
  if (seen_through) {
    Node closed = graph_arg(graph, array, 0), body = graph_arg(graph, array, 2);
    range.condition = graph_substitute(graph, graph_arg(graph, array, 1), closed, range.index);
    range.element = graph_substitute(graph, body, closed, range.index);
  } else {
    range.element = opaque_element(graph, array, range.index, span);
  }
  return range;
}

/* The set that all arrays, filtered by one condition, range over; NODE_NONE: they are not. */
static Node common_filter(const Graph *graph, const Node *arrays, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (graph_op(graph, arrays[i]) != OP_COLLECT) return NODE_NONE;
    if (graph_arg(graph, graph_arg(graph, arrays[i], 0), 0) != graph_arg(graph, graph_arg(graph, arrays[0], 0), 0))
      return NODE_NONE;
  }
  return graph_arg(graph, graph_arg(graph, arrays[0], 0), 0);
}

/* Arrays filtered alike: the condition is theirs. False: they are not. */
static bool zip_filtered(Graph *graph, const Node *arrays, uint32_t count, Node *elements, Range *range, Span span) {
  Node dim = common_filter(graph, arrays, count);
  if (dim == NODE_NONE) return false;
  range->index = graph_open_index(graph, dim, span);
  for (uint32_t i = 0; i < count; i++) {
    Node closed = graph_arg(graph, arrays[i], 0);
    Node condition = graph_substitute(graph, graph_arg(graph, arrays[i], 1), closed, range->index);
    if (i && condition != range->condition) return false;
    range->condition = condition;
  }
  for (uint32_t i = 0; i < count; i++)
    elements[i] = graph_substitute(graph, graph_arg(graph, arrays[i], 2), graph_arg(graph, arrays[i], 0), range->index);
  return true;
}

Range graph_zip(Graph *graph, const Node *arrays, uint32_t count, Node *elements, Span span) {
  Range range = {0};
  for (uint32_t i = 0; i < count; i++) elements[i] = 0;
  if (graph->full || !count || zip_filtered(graph, arrays, count, elements, &range, span)) return range;
  Node *dims = mem_alloc(count * sizeof *dims);
  for (uint32_t i = 0; i < count; i++) dims[i] = array_dim(graph, arrays[i], span);
  Node dim = graph_make(graph, OP_DIM_ZIP, T_UNIT, 0, dims, count, span);
  free(dims);
  range.index = graph_open_index(graph, dim, span);
  range.condition = graph_bool(graph, true);
  for (uint32_t i = 0; i < count && !graph->full; i++)
    elements[i] = opaque_element(graph, arrays[i], range.index, span);
  return range;
}

Node graph_extent(Graph *graph, Node dim, Span span) {
  if (graph->full) return 0;
  Node arg = graph_arity(graph, dim) ? graph_arg(graph, dim, 0) : NODE_NONE;
  switch (graph_op(graph, dim)) {
  case OP_DIM_OF: return graph_node(graph, OP_LENGTH, T_INT, span, arg);
  case OP_DIM_RANGE: return graph_node(graph, OP_MAX, T_INT, span, arg, graph_int(graph, 0));
  default: break;
  }
  /* A zip is as long as each of its parts, and its length fails where it fails. */
  Node units = graph_collect(graph, graph_open_index(graph, dim, span), graph_bool(graph, true), graph_unit(graph), span);
  return graph_raw(graph, OP_LENGTH, T_INT, 0, &units, 1, span);
}
