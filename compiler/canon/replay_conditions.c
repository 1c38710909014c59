/* replay_conditions.c: whatever the conditions turn out to be, both sides come to the same. */
#include "canon/replaying.h"
#include "ir/binder.h"
#include "ir/rewrite.h"

enum { DEEPEST = 200 };

/* What is supposed of atomic conditions. */
typedef struct Suppose {
  Replay *replay;
  Graph *graph;
  VEC(Node) conditions;
  VEC(bool) truths;
} Suppose;

typedef enum Truth { FALSE, TRUE, UNKNOWN } Truth;

/* Whether a condition is known to hold; if it is not, the first atomic one that it waits for. */
static Truth truth_of(Suppose *suppose, Node condition, Node *waits, int depth) {
  const Graph *graph = suppose->graph;
  *waits = condition;
  if (is_literal(graph, condition, LIT_BOOL)) return graph_is_bool(graph, condition, true) ? TRUE : FALSE;
  for (uint32_t i = 0; i < suppose->conditions.len; i++)
    if (suppose->conditions.data[i] == condition) return suppose->truths.data[i] ? TRUE : FALSE;
  if (depth > DEEPEST || !replay_spend(suppose->replay, 1 + suppose->conditions.len)) return UNKNOWN;
  if (is(graph, condition, OP_NOT_)) {
    Truth inner = truth_of(suppose, arg(graph, condition, 0), waits, depth + 1);
    return inner == UNKNOWN ? UNKNOWN : inner == TRUE ? FALSE : TRUE;
  }
  if (!is(graph, condition, OP_CHOOSE)) return UNKNOWN;
  Truth first = truth_of(suppose, arg(graph, condition, 0), waits, depth + 1);
  return first == UNKNOWN ? UNKNOWN
                          : truth_of(suppose, arg(graph, condition, first == TRUE ? 1 : 2), waits, depth + 1);
}

/* A node without the choices at its top that are decided; what the next waits for, or no node. */
static Node without_choices(Suppose *suppose, Node node, Node *waits) {
  const Graph *graph = suppose->graph;
  *waits = NODE_NONE;
  while (is(graph, node, OP_CHOOSE)) {
    Truth truth = truth_of(suppose, arg(graph, node, 0), waits, 0);
    if (truth == UNKNOWN) return node;
    node = arg(graph, node, truth == TRUE ? 1 : 2);
  }
  *waits = NODE_NONE;
  return node;
}

/* That of an operand, and where it is a truth value that is known, that. */
static Node operand_decided(Suppose *suppose, Node operand, Node *waits) {
  Graph *graph = suppose->graph;
  Node ignored, made = without_choices(suppose, operand, waits);
  bool value = graph_type(graph, made) == T_BOOL && !(op_info[graph_op(graph, made)].flags & FLAG_D);
  Truth truth = value && *waits == NODE_NONE ? truth_of(suppose, made, &ignored, 0) : UNKNOWN;
  return truth == UNKNOWN ? made : graph_bool(graph, truth == TRUE);
}

/* The same operation on operands without choices; what the first that is left waits for. */
static Node with_operands_decided(Suppose *suppose, Node node, Node *waits) {
  Graph *graph = suppose->graph;
  Nodes args = {0};
  uint32_t count = graph_arity(graph, node);
  *waits = NODE_NONE;
  for (uint32_t k = 0; k < count && *waits == NODE_NONE && replay_spend(suppose->replay, 1); k++) {
    Node operand = operand_decided(suppose, arg(graph, node, k), waits);
    vec_push(&args, operand);
  }
  if (*waits == NODE_NONE && args.len == count && count)
    node = graph_raw(graph, graph_op(graph, node), graph_type(graph, node), graph->data.data[node], args.data,
                     count, (Span){0});
  vec_free(&args);
  return node;
}

/* A binder's operand without choices, and where it is a condition that is known, that; what it waits for, if that is
 * known outside of the binder. */
static Node binder_operand(Suppose *suppose, Node operand, bool own, const Node *fresh, uint32_t count,
                           Node *waits) {
  Graph *graph = suppose->graph;
  Node made = operand_decided(suppose, operand, waits);
  if (*waits == NODE_NONE && own && !is(graph, made, OP_LIT)) truth_of(suppose, made, waits, 0);
  for (uint32_t k = 0; k < count && *waits != NODE_NONE; k++)
    if (graph_mentions(graph, *waits, fresh[k])) *waits = NODE_NONE;
  return made;
}

/* The same binder on such operands. */
static Node with_body_decided(Suppose *suppose, Node node, Node *waits) {
  Graph *graph = suppose->graph;
  Op op = graph_op(graph, node);
  Binder binder = binder_of(op);
  Node old[2], fresh[2], args[5] = {0};
  *waits = NODE_NONE;
  for (uint32_t k = 0; k < binder.count; k++) {
    old[k] = arg(graph, node, binder.variable[k]);
    fresh[k] = is(graph, old[k], OP_INDEX) ? graph_open_index(graph, set_of(graph, old[k]), (Span){0})
                                           : graph_open_state(graph, graph_type(graph, old[k]), (Span){0});
  }
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    if (k == binder.variable[0] || k == binder.variable[binder.count - 1]) continue;
    bool scoped = binder.scoped >> k & 1, own = scoped && k == (op == OP_LOOP ? 3u : 1u) && op != OP_REDUCE;
    args[k] = arg(graph, node, k);
    if (scoped)
      args[k] = replay_put(suppose->replay, args[k], &(Put){binder.count, binder.count, old, fresh});
    if (graph->full) return node;
    args[k] = binder_operand(suppose, args[k], own, fresh, scoped ? binder.count : 0, waits);
    if (*waits != NODE_NONE) return node;
  }
  Rewrite rewrite = {.from = graph, .to = graph};
  return rewrite_close(&rewrite, node, fresh, args);
}

/* The same, and of a truth value that is known, that. */
static Node decided(Suppose *suppose, Node node, Node *waits) {
  Graph *graph = suppose->graph;
  Node ignored;
  node = without_choices(suppose, node, waits);
  bool value = graph_type(graph, node) == T_BOOL && !(op_info[graph_op(graph, node)].flags & FLAG_D);
  if (*waits != NODE_NONE || !value) return node;
  Truth truth = truth_of(suppose, node, &ignored, 0);
  if (truth == UNKNOWN) {
    bool binds = binder_of(graph_op(graph, node)).count > 0;
    node = binds ? with_body_decided(suppose, node, waits) : with_operands_decided(suppose, node, waits);
    if (*waits == NODE_NONE) truth = truth_of(suppose, node, &ignored, 0);
  }
  return truth == UNKNOWN ? node : graph_bool(graph, truth == TRUE);
}

static bool agree(Suppose *suppose, Node a, Node b, int depth);

static bool agree_if(Suppose *suppose, Node condition, bool truth, Node a, Node b, int depth) {
  vec_push(&suppose->conditions, condition);
  vec_push(&suppose->truths, truth);
  bool same = agree(suppose, a, b, depth + 1);
  suppose->conditions.len--, suppose->truths.len--;
  return same;
}

/* Bodies of two binders at one new variable each. */
static bool agree_below(Suppose *suppose, Node a, Node b, Binder binder, int depth) {
  Graph *graph = suppose->graph;
  Node left[2], right[2], fresh[2];
  for (uint32_t k = 0; k < binder.count; k++) {
    left[k] = arg(graph, a, binder.variable[k]), right[k] = arg(graph, b, binder.variable[k]);
    bool index = is(graph, left[k], OP_INDEX);
    if (index != is(graph, right[k], OP_INDEX) || graph_type(graph, left[k]) != graph_type(graph, right[k]))
      return false;
    if (index && set_of(graph, left[k]) != set_of(graph, right[k])) return false;
    fresh[k] = index ? graph_open_index(graph, set_of(graph, left[k]), (Span){0})
                     : graph_open_state(graph, graph_type(graph, left[k]), (Span){0});
  }
  for (uint32_t k = 0; k < graph_arity(graph, a) && !graph->full; k++) {
    Node x = arg(graph, a, k), y = arg(graph, b, k);
    if (k == binder.variable[0] || k == binder.variable[binder.count - 1]) continue;
    if (binder.scoped >> k & 1) {
      x = replay_put(suppose->replay, x, &(Put){binder.count, binder.count, left, fresh});
      y = replay_put(suppose->replay, y, &(Put){binder.count, binder.count, right, fresh});
    }
    if (graph->full || !agree(suppose, x, y, depth + 1)) return false;
  }
  return !graph->full;
}

/* Whether two operations are one and their operands agree; volatile calls do not move. */
static bool agree_operands(Suppose *suppose, Node a, Node b, int depth) {
  const Graph *graph = suppose->graph;
  uint32_t count = graph_arity(graph, a);
  if (graph_op(graph, a) != graph_op(graph, b) || graph->data.data[a] != graph->data.data[b] ||
      graph_type(graph, a) != graph_type(graph, b) || count != graph_arity(graph, b) || !count)
    return false;
  Binder binder = binder_of(graph_op(graph, a));
  if (is(graph, a, OP_INDEX)) return false;
  bool commutes = op_info[graph_op(graph, a)].flags & FLAG_C;
  if (commutes && agree(suppose, arg(graph, a, 0), arg(graph, b, 1), depth + 1) &&
      agree(suppose, arg(graph, a, 1), arg(graph, b, 0), depth + 1))
    return true;
  if (binder.count) return agree_below(suppose, a, b, binder, depth);
  for (uint32_t k = 0; k < count; k++) {
    if (is(graph, arg(graph, a, k), OP_TOKEN)) return false;
    if (!agree(suppose, arg(graph, a, k), arg(graph, b, k), depth + 1)) return false;
  }
  return true;
}

/* Recursion is no deeper than DEEPEST. */
static bool agree(Suppose *suppose, Node a, Node b, int depth) {
  Node waits_a = NODE_NONE, waits_b = NODE_NONE;
  if (depth > DEEPEST || !replay_spend(suppose->replay, 1)) return false;
  if (a == b) return true;
  a = decided(suppose, a, &waits_a);
  b = decided(suppose, b, &waits_b);
  if (a == b) return true;
  Node waits = waits_b == NODE_NONE ? waits_a : waits_b;
  if (waits == NODE_NONE) return agree_operands(suppose, a, b, depth);
  return agree_if(suppose, waits, true, a, b, depth) && agree_if(suppose, waits, false, a, b, depth);
}

bool check_conditions(Replay *replay, Node from, Node to) {
  Suppose suppose = {.replay = replay, .graph = replay->graph};
  bool same = agree(&suppose, from, to, 0);
  vec_free(&suppose.conditions);
  vec_free(&suppose.truths);
  return same || (!replay->graph->full && check_choice_of_arrays(replay, from, to));
}

/* Whether two terms are the same where a condition holds. */
static bool agree_where(Suppose *suppose, Node condition, Node a, Node b, int depth) {
  Node waits;
  Truth truth = truth_of(suppose, condition, &waits, 0);
  if (truth != UNKNOWN) return truth == FALSE || agree(suppose, a, b, depth);
  if (depth > DEEPEST || !replay_spend(suppose->replay, 1)) return false;
  for (int side = 0; side < 2; side++) {
    vec_push(&suppose->conditions, waits);
    vec_push(&suppose->truths, side == 0);
    bool same = agree_where(suppose, condition, a, b, depth + 1);
    suppose->conditions.len--, suppose->truths.len--;
    if (!same) return false;
  }
  return true;
}

/* What is done for an element is only done where the filter holds. */
bool check_if_filtered(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  Op op = graph_op(graph, from);
  uint32_t body = op == OP_FOLD ? 4 : 2, count = op == OP_FOLD ? 2 : 1;
  if ((op != OP_COLLECT && op != OP_FOLD) || graph_op(graph, to) != op) return false;
  if (op == OP_FOLD && arg(graph, from, 3) != arg(graph, to, 3)) return false;
  Node left[2], right[2], fresh[2];
  for (uint32_t k = 0; k < count; k++) {
    left[k] = arg(graph, from, 2 * k), right[k] = arg(graph, to, 2 * k);
    if (!k && set_of(graph, left[k]) != set_of(graph, right[k])) return false;
    if (graph_type(graph, left[k]) != graph_type(graph, right[k])) return false;
    fresh[k] = k ? graph_open_state(graph, graph_type(graph, left[k]), (Span){0})
                 : graph_open_index(graph, set_of(graph, left[k]), (Span){0});
  }
  Put before = {count, count, left, fresh}, after = {count, count, right, fresh};
  Node filter = replay_put(replay, arg(graph, from, 1), &before);
  if (graph->full || filter != replay_put(replay, arg(graph, to, 1), &after)) return false;
  Node old = replay_put(replay, arg(graph, from, body), &before),
       new = replay_put(replay, arg(graph, to, body), &after);
  Suppose suppose = {.replay = replay, .graph = graph};
  bool same = !graph->full && agree_where(&suppose, filter, old, new, 0);
  vec_free(&suppose.conditions);
  vec_free(&suppose.truths);
  return same;
}
