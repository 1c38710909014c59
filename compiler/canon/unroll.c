#include "canon/unroll.h"

#include "canon/normal.h"
#include "ir/rewrite.h"
#include "pass/pass.h"

#include <string.h>

typedef struct Unroll {
  Rewrite rewrite;
  uint8_t *is_volatile; /* of the old graph: whether a token is at or below */
  bool any, over_budget;
} Unroll;

/* ---- how often ---- */

static int64_t int_of(const Graph *graph, Node node) {
  bool is_int = graph_op(graph, node) == OP_LIT && graph_literal(graph, node)->kind == LIT_INT;
  return is_int ? graph_literal(graph, node)->integer : -1;
}

static int64_t plain_size(const Graph *graph, Node dim) {
  Node of = graph_arg(graph, dim, 0);
  if (graph_op(graph, dim) == OP_DIM_RANGE) return int_of(graph, of);
  bool literal = graph_op(graph, dim) == OP_DIM_OF && graph_op(graph, of) == OP_ARRAY;
  return literal ? (int64_t)graph_arity(graph, of) : -1;
}

/* The size of an index set, or -1 where it is not known. */
static int64_t size_of(const Graph *graph, Node dim) {
  bool zip = graph_op(graph, dim) == OP_DIM_ZIP;
  int64_t size = plain_size(graph, zip ? graph_arg(graph, dim, 0) : dim);
  for (uint32_t k = 1; zip && k < graph_arity(graph, dim); k++)
    if (plain_size(graph, graph_arg(graph, dim, k)) != size) return -1;
  return size;
}

/* ---- one round ---- */

/* The number of an element is the number that the index was replaced by. */
static Node make_round(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  bool number = graph_op(rewrite->from, old) == OP_ORDINAL && graph_op(rewrite->to, args[0]) == OP_LIT;
  return number ? args[0] : rewrite_make(rewrite, old, args, count);
}

/* Terms with variables replaced, in place. */
static void replace(Graph *graph, const Node *from, const Node *by, uint32_t variables, Node *terms,
                    uint32_t count) {
  Rewrite rewrite = {.from = graph, .to = graph, .make = make_round, .root = {.count = variables}};
  for (uint32_t k = 0; k < variables; k++) {
    rewrite.root.from[k] = from[k];
    rewrite.root.by[k] = by[k];
  }
  for (uint32_t t = 0; t < count; t++) terms[t] = rewrite_term(&rewrite, terms[t]);
  rewrite_end(&rewrite);
}

static Node choose(Graph *graph, Node condition, Node yes, Node no, Span span) {
  return graph_node(graph, OP_CHOOSE, graph_type(graph, yes), span, condition, yes, no);
}

/* ---- binders ---- */

/* Elements whose condition is not known stand or do not stand as arrays of their own. */
static Node unroll_collect(Graph *graph, Node index, const Node *args, int64_t size, Span span) {
  TypeId type = type_array(graph->types, graph_type(graph, args[2]));
  VEC(Node) parts = {0};
  for (int64_t i = 0; i < size && !graph->full; i++) {
    Node terms[2] = {args[1], args[2]}, number = graph_int(graph, i);
    replace(graph, &index, &number, 1, terms, 2);
    Node one = graph_make(graph, OP_ARRAY, type, 0, &terms[1], 1, span);
    Node none = graph_make(graph, OP_ARRAY, type, 0, NULL, 0, span);
    vec_push(&parts, choose(graph, terms[0], one, none, span));
  }
  Node made = graph_make(graph, OP_APPEND, type, 0, parts.data, parts.len, span);
  vec_free(&parts);
  return made;
}

static Node unroll_fold(Graph *graph, const Node *variables, const Node *args, int64_t size, Span span) {
  Node state = args[3];
  for (int64_t i = 0; i < size && !graph->full; i++) {
    Node terms[2] = {args[1], args[4]}, by[2] = {graph_int(graph, i), state};
    replace(graph, variables, by, 2, terms, 2);
    state = choose(graph, terms[0], terms[1], state, span);
  }
  return state;
}

static Node unroll_reduce(Graph *graph, const Node *variables, const Node *args) {
  Node state = graph_arg(graph, args[3], 0);
  for (uint32_t i = 1; i < graph_arity(graph, args[3]) && !graph->full; i++) {
    Node term = args[2], by[2] = {state, graph_arg(graph, args[3], i)};
    replace(graph, variables, by, 2, &term, 1);
    state = term;
  }
  return state;
}

static Node unroll_loop(Graph *graph, Node variable, const Node *args, int64_t most, Span span) {
  VEC(Node) states = {0};
  VEC(Node) stops = {0};
  Node state = args[1];
  for (int64_t i = 0; i < most && !graph->full; i++) {
    Node terms[2] = {args[2], args[3]}; /* `stop` is said of the state before, in terms of what follows it */
    replace(graph, &variable, &state, 1, terms, 2);
    vec_push(&states, state = terms[0]);
    vec_push(&stops, terms[1]);
    if (graph_is_bool(graph, terms[1], true)) break;
  }
  for (uint32_t i = states.len; i-- > 1;)
    state = choose(graph, stops.data[i - 1], states.data[i - 1], state, span);
  vec_free(&states);
  vec_free(&stops);
  return state;
}

/* How often the binder goes round, or -1. */
static int64_t rounds_of(const Graph *graph, Op op, const Node *variables, const Node *args) {
  switch (op) {
    case OP_LOOP:
      return int_of(graph, args[4]);
    case OP_REDUCE:
      return graph_op(graph, args[3]) == OP_ARRAY && graph_arity(graph, args[3])
                 ? (int64_t)graph_arity(graph, args[3])
                 : -1;
    default:
      return size_of(graph, graph_arg(graph, variables[0], 0));
  }
}

static Node close_binder(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Unroll *self = rewrite->self;
  Graph *to = rewrite->to;
  Op op = graph_op(rewrite->from, old);
  Span span = rewrite->from->span_of.data[old];
  int64_t rounds = self->is_volatile[old] || to->full ? -1 : rounds_of(to, op, variables, args);
  if (rounds > UNROLL_ROUNDS) self->over_budget = true;
  if (rounds < 0 || rounds > UNROLL_ROUNDS) return rewrite_close(rewrite, old, variables, args);
  self->any = true;
  switch (op) {
    case OP_COLLECT:
      return unroll_collect(to, variables[0], args, rounds, span);
    case OP_FOLD:
      return unroll_fold(to, variables, args, rounds, span);
    case OP_REDUCE:
      return unroll_reduce(to, variables, args);
    default:
      return unroll_loop(to, variables[0], args, rounds, span);
  }
}

/* ---- the whole ---- */

static uint8_t *mark_volatile(const Graph *graph) {
  uint8_t *marks = mem_alloc(graph_count(graph) + 1);
  for (Node node = 0; node < graph_count(graph); node++) {
    marks[node] = graph_op(graph, node) == OP_TOKEN;
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) marks[node] |= marks[graph_arg(graph, node, k)];
  }
  return marks;
}

static Node image_of(void *self, Node node) { return rewrite_term(self, node); }

Graph *unroll(const Graph *normal, bool *over_budget) {
  Graph *made = pass_new_graph(normal), *result = NULL;
  uint32_t limit = made->limit;
  if (made->limit > graph_count(normal) + UNROLL_NODES) made->limit = graph_count(normal) + UNROLL_NODES;
  Unroll self = {.is_volatile = mark_volatile(normal)};
  self.rewrite = (Rewrite){.from = normal, .to = made, .all = true, .close = close_binder, .self = &self};
  pass_copy_roots(normal, made, image_of, &self.rewrite);
  rewrite_end(&self.rewrite);
  free(self.is_volatile);
  made->limit = limit;
  if (self.over_budget || made->full) *over_budget = true;
  if (self.any && !made->full) result = normal_form(made);
  graph_free(made);
  if (!result || !result->full) return result;
  *over_budget = true;
  graph_free(result);
  return NULL;
}
