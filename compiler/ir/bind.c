/* bind.c: variables opened, closed over, replaced. */
#include "ir/binder.h"
#include "ir/ranges.h"
#include "ir/rewrite.h"
#include "ir/varset.h"
#include "ir/verify.h"

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

void closing_end(Closing *closing) {
  map_free(&closing->memo);
  vec_free(&closing->stack);
  vec_free(&closing->args);
}

/* Keys of the memo: a node's ranks, and its image under each rank of the variable. */
static uint64_t ranks_key(Node node) { return node; }
static uint64_t image_key(uint32_t rank, Node node) { return ((uint64_t)rank + 1) << 32 | node; }

/* Put the operands that mention the variable and are not known yet on the stack. `base` is the key of node 0. */
static bool closing_push(const Graph *graph, Closing *closing, Node node, uint64_t base) {
  uint32_t before = closing->stack.len;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (graph_mentions(graph, arg, closing->variable) && !map_get(&closing->memo, base + arg))
      vec_push(&closing->stack, arg);
  }
  return closing->stack.len > before;
}

/* Whether two variables could be mistaken for each other when they have one rank. */
static bool variables_alike(const Graph *graph, Node a, Node b) {
  if (graph_op(graph, a) != graph_op(graph, b)) return false;
  return graph_op(graph, a) == OP_STATE || graph_arg(graph, a, 0) == graph_arg(graph, b, 0);
}

static uint32_t take_rank(const Graph *graph, Node variable, Node other, uint32_t taken) {
  uint32_t rank = graph->data.data[other];
  if (rank & OPEN_VARIABLE || !variables_alike(graph, variable, other)) return taken;
  return varset_add(graph->sets, taken, rank);
}

static uint32_t node_ranks(const Graph *graph, const Closing *closing, Node node) {
  uint32_t taken = 0;
  Binder binder = binder_of(graph_op(graph, node));
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    uint32_t known = map_get(&closing->memo, ranks_key(graph_arg(graph, node, k)));
    if (known) taken = varset_union(graph->sets, taken, known - 1);
  }
  for (uint32_t k = 0; k < binder.count; k++)
    taken = take_rank(graph, closing->variable, graph_arg(graph, node, binder.variable[k]), taken);
  return taken;
}

/* The ranks of the binders inside a term past which the variable is mentioned, as a set. */
static uint32_t inner_ranks(const Graph *graph, Closing *closing, Node term) {
  if (!graph_mentions(graph, term, closing->variable)) return 0;
  vec_push(&closing->stack, term);
  while (closing->stack.len) {
    Node node = vec_last(&closing->stack);
    bool known = map_get(&closing->memo, ranks_key(node));
    if (!known && closing_push(graph, closing, node, ranks_key(0))) continue;
    if (!known) map_put(&closing->memo, ranks_key(node), node_ranks(graph, closing, node) + 1);
    closing->stack.len--;
  }
  return map_get(&closing->memo, ranks_key(term)) - 1;
}

/* Ranks of variables of binders further out that have been closed already. */
static uint32_t outer_ranks(const Graph *graph, Node variable, Node term, uint32_t taken) {
  uint32_t count;
  for (uint32_t k = 0;; k++) {
    const uint32_t *set = varset_members(graph->sets, graph->vars.data[term], &count);
    if (k >= count) return taken;
    taken = take_rank(graph, variable, set[k], taken);
  }
}

/* The least number that is not in the set. */
static uint32_t least_free(const Graph *graph, uint32_t taken) {
  uint32_t count, rank = 0;
  const uint32_t *members = varset_members(graph->sets, taken, &count);
  while (rank < count && members[rank] == rank) rank++;
  return rank;
}

static Node node_image(Graph *graph, Closing *closing, uint32_t rank, Node node) {
  closing->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    uint32_t known = map_get(&closing->memo, image_key(rank, arg));
    vec_push(&closing->args, known ? known - 1 : arg);
  }
  Node made = graph_raw(graph, graph_op(graph, node), graph_type(graph, node), graph->data.data[node],
                        closing->args.data, closing->args.len, graph->span_of.data[node]);
  if (!graph->name_of.data[made]) graph->name_of.data[made] = graph->name_of.data[node];
  return made;
}

/* The term with the variable closed. A renaming keeps normal forms, so nothing is simplified. */
static Node closing_rename(Graph *graph, Closing *closing, uint32_t rank, Node closed, Node term) {
  if (!graph_mentions(graph, term, closing->variable)) return term;
  map_put(&closing->memo, image_key(rank, closing->variable), closed + 1);
  vec_push(&closing->stack, term);
  while (closing->stack.len) {
    Node node = vec_last(&closing->stack);
    bool known = map_get(&closing->memo, image_key(rank, node));
    if (!known && closing_push(graph, closing, node, image_key(rank, 0))) continue;
    if (!known) map_put(&closing->memo, image_key(rank, node), node_image(graph, closing, rank, node) + 1);
    closing->stack.len--;
  }
  return map_get(&closing->memo, image_key(rank, term)) - 1;
}

/* Close an open variable over terms, which are replaced; the closed variable. `avoid` (or NODE_NONE) is the
 * other variable of the same binder. */
static Node close_variable(Graph *graph, Node variable, Node avoid, Node *terms, uint32_t count) {
  if (!(graph->data.data[variable] & OPEN_VARIABLE)) return variable;
  Closing own = {.variable = variable}, *kept = ranges_give_back(graph, variable);
  Closing *closing = kept ? kept : &own;
  uint32_t taken = avoid == NODE_NONE ? 0 : take_rank(graph, variable, avoid, 0);
  for (uint32_t t = 0; t < count; t++) {
    taken = varset_union(graph->sets, taken, inner_ranks(graph, closing, terms[t]));
    taken = outer_ranks(graph, variable, terms[t], taken);
  }
  uint32_t arity = graph_arity(graph, variable), rank = least_free(graph, taken);
  Node dim = arity ? graph_arg(graph, variable, 0) : NODE_NONE;
  Node closed = graph_raw(graph, graph_op(graph, variable), graph_type(graph, variable), rank, &dim, arity,
                          graph->span_of.data[variable]);
  for (uint32_t t = 0; t < count; t++) terms[t] = closing_rename(graph, closing, rank, closed, terms[t]);
  closing_end(&own);
  return closed;
}

/* Whether a closed variable has the rank that closing it over these terms would give it. */
static bool rank_is_least(const Graph *graph, Node variable, Node avoid, const Node *terms, uint32_t count) {
  Closing closing = {.variable = variable};
  uint32_t taken = avoid == NODE_NONE ? 0 : take_rank(graph, variable, avoid, 0);
  for (uint32_t t = 0; t < count; t++)
    taken = varset_union(graph->sets, taken, inner_ranks(graph, &closing, terms[t]));
  closing_end(&closing);
  return graph->data.data[variable] == least_free(graph, taken);
}

bool binder_ranks_least(const Graph *graph, Node binder) {
  const Node *args = graph->pool.len ? graph->pool.data + graph->first.data[binder] : NULL;
  switch (graph_op(graph, binder)) {
    case OP_COLLECT:
      return rank_is_least(graph, args[0], NODE_NONE, args + 1, 2);
    case OP_FOLD:
      return rank_is_least(graph, args[0], NODE_NONE, (const Node[]){args[1], args[4]}, 2) &&
             rank_is_least(graph, args[2], NODE_NONE, args + 4, 1);
    case OP_REDUCE:
      return rank_is_least(graph, args[0], NODE_NONE, args + 2, 1) &&
             rank_is_least(graph, args[1], args[0], args + 2, 1);
    case OP_LOOP:
      return rank_is_least(graph, args[0], NODE_NONE, args + 2, 2);
    default:
      return true;
  }
}

Node graph_collect(Graph *graph, Node index, Node condition, Node body, Span span) {
  if (graph->full) return 0;
  Node args[3] = {0, condition, body};
  args[0] = close_variable(graph, index, NODE_NONE, args + 1, 2);
  if (graph->full) return 0;
  TypeId type = type_array(graph->types, graph_type(graph, body));
  Node made = graph_make(graph, OP_COLLECT, type, 0, args, 3, span);
  ranges_keep(graph, made, (Range){index, body, condition});
  return made;
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
