/* plan_facts.c: what is known of each node before it is placed. */
#include "ir/binder.h"
#include "ir/plan_build.h"
#include "ir/vars.h"

#include <string.h>

bool plan_is_leaf(Op op) {
  switch (op) {
    case OP_INPUT:
    case OP_PARAM:
    case OP_LIT:
    case OP_TOKEN:
    case OP_INDEX:
    case OP_STATE:
    case OP_DIM_OF:
    case OP_DIM_RANGE:
    case OP_DIM_ZIP:
      return true;
    default:
      return false;
  }
}

/* ---- sizes of index sets ---- */

static Node index_set(const Graph *graph, Node index) { return graph_arg(graph, index, 0); }

static bool ranges(Op op) { return op == OP_COLLECT || op == OP_FOLD; }

static void make_extents(Builder *builder) {
  Graph *graph = builder->graph;
  uint8_t *marks = graph_reachable(graph);
  uint32_t count = graph_count(graph);
  for (Node node = 0; node < count; node++) {
    if (!marks[node] || !ranges(graph_op(graph, node)) || !(graph->below.data[node] & FLAG_E)) continue;
    Node dim = index_set(graph, graph_arg(graph, node, 0));
    if (map_get(&builder->extents, dim)) continue;
    Node extent = graph_extent(graph, dim, graph->span_of.data[node]);
    map_put(&builder->extents, dim, extent + 1);
  }
  free(marks);
}

Node plan_extent(const Builder *builder, Node index) {
  return map_get(&builder->extents, index_set(builder->graph, index)) - 1;
}

/* ---- order: operands first, and sizes of index sets before all that is done for each index ---- */

typedef struct Order {
  Builder *builder;
  uint8_t *state; /* 1: on the stack, 2: in order */
} Order;

static void order_push(Order *order, Node node) {
  if (!order->state[node]) vec_push(&order->builder->stack, node);
}

static void order_push_operands(Order *order, Node node) {
  const Graph *graph = order->builder->graph;
  for (uint32_t k = graph_arity(graph, node); k-- > 0;) order_push(order, graph_arg(graph, node, k));
  if (!ranges(graph_op(graph, node))) return;
  uint32_t extent = map_get(&order->builder->extents, index_set(graph, graph_arg(graph, node, 0)));
  if (extent) order_push(order, extent - 1);
}

static void order_from(Order *order, Node root) {
  Builder *builder = order->builder;
  order_push(order, root);
  while (builder->stack.len) {
    Node node = vec_last(&builder->stack);
    if (order->state[node] == 0) {
      order->state[node] = 1;
      order_push_operands(order, node);
      continue;
    }
    builder->stack.len--;
    if (order->state[node] == 2) continue;
    order->state[node] = 2;
    vec_push(&builder->order, node);
  }
}

static void make_order(Builder *builder) {
  const Graph *graph = builder->graph;
  Order order = {builder, mem_alloc(builder->count)};
  memset(order.state, 0, builder->count);
  for (uint32_t i = 0; i < graph->outputs.len; i++) order_from(&order, graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++) order_from(&order, graph->effects.data[i]);
  free(order.state);
}

/* ---- facts ---- */

/* An element by an index of the set cannot fail; an absent value has no inside, an empty array no sum. */
static unsigned own_facts(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  switch (op) {
    case OP_ELEMENT:
      return graph_op(graph, graph_arg(graph, node, 1)) == OP_INDEX ? 0 : FACT_FAILS;
    case OP_COLLECT:
    case OP_FOLD:
      return FACT_COSTLY;
    case OP_LOOP:
    case OP_REDUCE:
      return FACT_COSTLY | FACT_FAILS;
    case OP_UNWRAP:
      return FACT_FAILS;
    case OP_FLATTEN:
    case OP_COMPACT:
    case OP_APPEND:
    case OP_SPLIT:
    case OP_JOIN:
      return FACT_COSTLY;
    default:
      return op_info[op].flags & FLAG_F ? FACT_FAILS : 0;
  }
}

static bool is_scalar(const Graph *graph, Node node) {
  TypeKind kind = type_kind(graph->types, graph_type(graph, node));
  return kind == T_BOOL || kind == T_INT || kind == T_FLOAT || kind == T_QUANTITY;
}

/* Cheap enough to be computed again rather than kept. */
static bool is_cheap(const Graph *graph, Node node) {
  switch (graph_op(graph, node)) {
    case OP_AFTER:
    case OP_ELEMENT:
    case OP_ORDINAL:
    case OP_PROJECT:
    case OP_CAST:
    case OP_SOME:
    case OP_IS_SOME:
    case OP_UNWRAP:
    case OP_LENGTH:
    case OP_ADD_:
    case OP_SUB_:
    case OP_MUL_:
    case OP_DIV_:
    case OP_MOD_:
    case OP_NEG_:
    case OP_TO_FLOAT:
    case OP_TO_INT:
    case OP_MEAN:
    case OP_SD:
    case OP_MIN:
    case OP_MAX:
    case OP_ABS:
    case OP_NOT_:
      return true;
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return is_scalar(graph, graph_arg(graph, node, 0));
    default:
      return false;
  }
}

static bool draws(const Builder *builder, Node node) {
  const Graph *graph = builder->graph;
  if (!(graph->below.data[node] & FLAG_E)) return false;
  Op op = graph_op(graph, node);
  if (op == OP_ASK || (op == OP_TASK && graph->tasks.data[graph->data.data[node]].is_volatile)) return true;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    if (builder->facts[graph_arg(graph, node, k)] & FACT_DRAWS) return true;
  return false;
}

/* Facts of what is evaluated together with the node, its own included. */
static void set_facts(Builder *builder, const Vars *vars, Node node) {
  const Graph *graph = builder->graph;
  if (vars_heavy(vars, node)) {
    builder->facts[node] = (uint8_t)(FACT_ANCHOR | (draws(builder, node) ? FACT_DRAWS : 0));
    return;
  }
  unsigned facts = plan_is_leaf(graph_op(graph, node)) ? FACT_LEAF : 0;
  if (draws(builder, node)) facts |= FACT_DRAWS;
  Binder binder = binder_of(graph_op(graph, node));
  uint32_t cost = facts & FACT_LEAF ? 0 : is_cheap(graph, node) ? 1 : COST_MOST;
  if (!(facts & FACT_LEAF)) facts |= own_facts(graph, node);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (graph_op(graph, node) == OP_INDEX || (graph_op(graph, arg) == OP_INDEX && !binder.count)) continue;
    if (graph_op(graph, arg) == OP_INDEX) arg = graph_arg(graph, arg, 0);
    facts |= builder->facts[arg] & (FACT_FAILS | FACT_COSTLY);
    cost += builder->cost[arg];
  }
  if (graph_op(graph, node) == OP_AFTER || graph_op(graph, node) == OP_DIM_ZIP)
    cost += graph_arity(graph, node);
  if (graph_op(graph, node) == OP_DIM_ZIP) facts |= FACT_FAILS;
  builder->facts[node] = (uint8_t)facts;
  builder->cost[node] = (uint8_t)(cost > COST_MOST ? COST_MOST : cost);
}

/* ---- stages: a map whose body waits for another map over the same index must not share its frames ---- */

static void set_stage(Builder *builder, Node node) {
  const Graph *graph = builder->graph;
  uint32_t stage = 0;
  uint64_t over = 0;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (builder->stage[arg] > stage) stage = builder->stage[arg];
    over |= builder->over[arg];
  }
  if (graph_op(graph, node) == OP_COLLECT && builder_is(builder, node, FACT_ANCHOR)) {
    stage++;
    over |= 1ULL << (hash_mix(graph_arg(graph, node, 0)) & 63);
  }
  builder->stage[node] = stage;
  builder->over[node] = over;
}

/* A longer array, zero where it is new. */
static void *grown(void *old, size_t from, size_t to, size_t size) {
  char *data = mem_resize(old, to * size);
  memset(data + from * size, 0, (to - from) * size);
  return data;
}

void plan_make_room(Builder *builder, uint32_t count) {
  uint32_t from = builder->count;
  if (count <= from) return;
  if (count < from + from / 2) count = from + from / 2;
  builder->facts = grown(builder->facts, from, count, sizeof *builder->facts);
  builder->cost = grown(builder->cost, from, count, sizeof *builder->cost);
  builder->stage = grown(builder->stage, from, count, sizeof *builder->stage);
  builder->over = grown(builder->over, from, count, sizeof *builder->over);
  builder->need_of = grown(builder->need_of, from, count, sizeof *builder->need_of);
  builder->request_of = grown(builder->request_of, from, count, sizeof *builder->request_of);
  builder->home = grown(builder->home, from, count, sizeof *builder->home);
  builder->count = count;
}

void plan_survey(Builder *builder) {
  make_extents(builder);
  plan_make_room(builder, graph_count(builder->graph));
  make_order(builder);
  Vars *vars = vars_new(builder->graph);
  for (uint32_t i = 0; i < builder->order.len; i++) {
    set_facts(builder, vars, builder->order.data[i]);
    set_stage(builder, builder->order.data[i]);
  }
  vars_free(vars);
}
