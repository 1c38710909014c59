/* replay_laws.c: what each law says, once more, for the checker of certificates. */
#include "canon/replaying.h"

#include <string.h>

/* ---- records, options, conversions ---- */

static bool law_record_beta(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_PROJECT) || !is(graph, arg(graph, from, 0), OP_RECORD)) return false;
  return arg(graph, arg(graph, from, 0), graph->data.data[from]) == to;
}

static bool law_record_eta(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_RECORD) || !graph_arity(graph, from)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++) {
    Node field = arg(graph, from, k);
    if (!is(graph, field, OP_PROJECT) || graph->data.data[field] != k || arg(graph, field, 0) != to)
      return false;
  }
  return true;
}

static bool law_option(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_IS_SOME) && !is(graph, from, OP_UNWRAP)) return false;
  Node option = arg(graph, from, 0);
  bool there = is(graph, option, OP_SOME);
  if (is(graph, from, OP_UNWRAP)) return there && arg(graph, option, 0) == to;
  return graph_is_bool(graph, to, there) && (there || is_literal(graph, option, LIT_ABSENT));
}

/* Operations that do not look at what is inside of their operands. */
static bool ignores_types(Op op) {
  static const Op some[] = {OP_PROJECT, OP_IS_SOME, OP_UNWRAP, OP_DIM_OF, OP_LENGTH,
                            OP_ELEMENT, OP_SOME,    OP_ARRAY,  OP_RECORD, OP_COLLECT};
  for (size_t i = 0; i < sizeof some / sizeof *some; i++)
    if (some[i] == op) return true;
  return false;
}

/* Whether two terms are the same when conversions are left out, at the top. */
static bool same_bits(const Graph *graph, Node a, Node b, int depth) {
  while (is(graph, a, OP_CAST)) a = arg(graph, a, 0);
  while (is(graph, b, OP_CAST)) b = arg(graph, b, 0);
  if (a == b) return true;
  Op op = graph_op(graph, a);
  if (graph_op(graph, b) != op || graph->data.data[a] != graph->data.data[b]) return false;
  if (op == OP_LIT) return true;
  if (!depth || !ignores_types(op) || graph_arity(graph, a) != graph_arity(graph, b)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, a); k++)
    if (!same_bits(graph, arg(graph, a, k), arg(graph, b, k), depth - 1)) return false;
  return true;
}

/* A conversion changes no bit. */
static bool law_conversion(Replay *replay, Node from, Node to) {
  return same_bits(replay->graph, from, to, is(replay->graph, from, OP_CAST) ? 1 : 2);
}

/* ---- order of operands, tasks ---- */

static int by_number(const void *a, const void *b) {
  Node x = *(const Node *)a, y = *(const Node *)b;
  return (x > y) - (x < y);
}

static Node *sorted_args(const Graph *graph, Node node, uint32_t from) {
  uint32_t count = graph_arity(graph, node);
  Node *args = mem_alloc((count + 1) * sizeof *args);
  for (uint32_t k = 0; k < count; k++) args[k] = arg(graph, node, k);
  qsort(args + from, count - from, sizeof *args, by_number);
  return args;
}

bool same_operands(const Graph *graph, Node a, Node b, uint32_t ordered) {
  uint32_t count = graph_arity(graph, a);
  if (count != graph_arity(graph, b)) return false;
  Node *left = sorted_args(graph, a, ordered), *right = sorted_args(graph, b, ordered);
  bool same = !memcmp(left, right, count * sizeof *left);
  free(left);
  free(right);
  return same;
}

static bool law_commute(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t count = graph_arity(graph, from), first = unordered_from(graph, from);
  if (graph_op(graph, from) != graph_op(graph, to) || graph->data.data[from] != graph->data.data[to] ||
      graph_arity(graph, to) != count || first > count)
    return false;
  return same_operands(graph, from, to, first);
}

static bool same_end(Replay *replay, Node a, Node b) {
  return a == NODE_NONE || b == NODE_NONE ? a == b : replay_same(replay, a, b);
}

static bool same_ports(Replay *replay, const Port *a, const Port *b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (a[i].type != b[i].type || !same_end(replay, a[i].node, b[i].node)) return false;
  return true;
}

static bool same_command(Replay *replay, const Task *a, const Task *b) {
  static const AttrKind relevant[] = {ATTR_IMAGE, ATTR_STDIN, ATTR_ACCEPT};
  for (uint32_t i = 0; i < a->piece_count; i++) {
    const Piece *x = &a->pieces[i], *y = &b->pieces[i];
    if (x->raw != y->raw || x->ends_word != y->ends_word || !same_end(replay, x->node, y->node)) return false;
    if (x->node == NODE_NONE && x->text != y->text) return false;
  }
  for (size_t i = 0; i < sizeof relevant / sizeof *relevant; i++)
    if (!same_end(replay, a->attrs[relevant[i]], b->attrs[relevant[i]])) return false;
  for (uint32_t i = 0; i < a->env_count; i++)
    if (a->env[i].name != b->env[i].name || !same_end(replay, a->env[i].node, b->env[i].node)) return false;
  for (uint32_t i = 0; i < a->stage_count; i++)
    if (!same_end(replay, a->stage[i].file, b->stage[i].file) ||
        !same_end(replay, a->stage[i].name, b->stage[i].name))
      return false;
  return true;
}

/* All that can change a result is the same; names of ports, and what is asked of a machine, cannot. */
static bool same_task(Replay *replay, const Task *a, const Task *b) {
  if (a->is_volatile != b->is_volatile || a->direct != b->direct || a->in_count != b->in_count ||
      a->out_count != b->out_count || a->piece_count != b->piece_count || a->env_count != b->env_count ||
      a->stage_count != b->stage_count || (!a->direct && a->interpreter != b->interpreter))
    return false;
  uint64_t size = (uint64_t)a->in_count + a->out_count + a->piece_count + a->env_count + a->stage_count;
  return replay_spend(replay, size) && same_ports(replay, a->ins, b->ins, a->in_count) &&
         same_ports(replay, a->outs, b->outs, a->out_count) && same_command(replay, a, b);
}

static bool law_same_task(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t count = graph_arity(graph, from);
  if (!is(graph, from, OP_TASK) || !is(graph, to, OP_TASK) || graph_arity(graph, to) != count) return false;
  for (uint32_t k = 0; k < count; k++)
    if (arg(graph, from, k) != arg(graph, to, k)) return false;
  return same_task(replay, &graph->tasks.data[graph->data.data[from]],
                   &graph->tasks.data[graph->data.data[to]]);
}

/* ---- conditions ---- */

static bool law_if_known(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is_literal(graph, arg(graph, from, 0), LIT_BOOL)) return false;
  return arg(graph, from, graph_is_bool(graph, arg(graph, from, 0), true) ? 1 : 2) == to;
}

static bool law_if_equal(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_CHOOSE) && arg(graph, from, 1) == to && arg(graph, from, 2) == to;
}

static bool law_if_not(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is(graph, to, OP_CHOOSE)) return false;
  Node condition = arg(graph, from, 0);
  return is(graph, condition, OP_NOT_) && arg(graph, condition, 0) == arg(graph, to, 0) &&
         arg(graph, from, 1) == arg(graph, to, 2) && arg(graph, from, 2) == arg(graph, to, 1);
}

static bool law_if_truth(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE)) return false;
  Node condition = arg(graph, from, 0), yes = arg(graph, from, 1), no = arg(graph, from, 2);
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return to == condition;
  return graph_is_bool(graph, yes, false) && graph_is_bool(graph, no, true) && is(graph, to, OP_NOT_) &&
         arg(graph, to, 0) == condition;
}

/* What an arm may become where its condition is known. */
static bool arm_follows(const Graph *graph, Node condition, Node arm, bool value, Node to) {
  if (arm == to || (arm == condition && graph_is_bool(graph, to, value))) return true;
  return is(graph, arm, OP_CHOOSE) && arg(graph, arm, 0) == condition && arg(graph, arm, value ? 1 : 2) == to;
}

static bool law_if_again(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is(graph, to, OP_CHOOSE) || arg(graph, from, 0) != arg(graph, to, 0))
    return false;
  Node condition = arg(graph, from, 0);
  return arm_follows(graph, condition, arg(graph, from, 1), true, arg(graph, to, 1)) &&
         arm_follows(graph, condition, arg(graph, from, 2), false, arg(graph, to, 2));
}

/* ---- order ---- */

/* Waiting for it is waiting for nothing. */
static bool is_no_work(const Graph *graph, Node node) {
  return !graph->vars.data[node] && !(graph->below.data[node] & FLAG_E);
}

/* Of each of two lists, what is not on the other is no work: of `from` what it waits for, and what its value does. */
static bool law_after(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Map waited = {0}, kept = {0};
  if (!is(graph, from, OP_AFTER)) return false;
  Node value = arg(graph, from, 0), inner = is(graph, value, OP_AFTER) ? arg(graph, value, 0) : value;
  bool same = inner == to || (is(graph, to, OP_AFTER) && arg(graph, to, 0) == inner);
  uint32_t kept_count = inner == to ? 1 : graph_arity(graph, to);
  same &= replay_spend(replay, graph_arity(graph, value) + kept_count);
  for (uint32_t k = 1; same && k < kept_count; k++) map_put(&kept, arg(graph, to, k), 1);
  for (uint32_t i = 0; same && i < 2; i++) {
    Node list = i ? from : value;
    for (uint32_t k = 1; (i || inner != value) && k < graph_arity(graph, list); k++) {
      same &= map_get(&kept, arg(graph, list, k)) || is_no_work(graph, arg(graph, list, k));
      map_put(&waited, arg(graph, list, k), 1);
    }
  }
  for (uint32_t k = 1; same && k < kept_count; k++) same = map_get(&waited, arg(graph, to, k));
  map_free(&waited);
  map_free(&kept);
  return same;
}

/* Whether one node is done for certain for another: of a choice the condition, or both arms, of what is repeated
 * nothing. */
static bool is_certain(Replay *replay, Node from, Node wanted, int depth);

/* Whether all work that is merely held together in a value is certain. */
static bool parts_certain(Replay *replay, Node from, Node wanted, int depth) {
  const Graph *graph = replay->graph;
  static const Op holding[] = {OP_RECORD,  OP_PROJECT, OP_ARRAY, OP_APPEND,
                               OP_FLATTEN, OP_SOME,    OP_CAST,  OP_AFTER};
  bool holds = false;
  for (size_t i = 0; i < sizeof holding / sizeof *holding; i++) holds |= is(graph, wanted, holding[i]);
  for (uint32_t k = 0; holds && k < graph_arity(graph, wanted); k++) {
    Node part = arg(graph, wanted, k);
    if (graph->below.data[part] & FLAG_E) holds = is_certain(replay, from, part, depth + 1);
  }
  return holds;
}

/* Whether a `for` over the same elements that is certain does in each round what is wanted in each. */
static bool rounds_certain(Replay *replay, const Nodes *found, Node wanted, int depth) {
  const Graph *graph = replay->graph;
  for (uint32_t i = 0; is(graph, wanted, OP_COLLECT) && i < found->len; i++) {
    Node other = found->data[i];
    if (!is(graph, other, OP_COLLECT) || arg(graph, other, 0) != arg(graph, wanted, 0)) continue;
    if (arg(graph, other, 1) == arg(graph, wanted, 1) &&
        is_certain(replay, arg(graph, other, 2), arg(graph, wanted, 2), depth + 1))
      return true;
  }
  return false;
}

/* Of a choice both arms, of what is waited for in it as well as of what is done. */
static bool arms_certain(Replay *replay, Node from, Node wanted, int depth) {
  const Graph *graph = replay->graph;
  bool alike = is(graph, from, OP_CHOOSE) && arg(graph, from, 0) == arg(graph, wanted, 0);
  for (uint32_t k = 1; k < 3; k++)
    if (!is_certain(replay, alike ? arg(graph, from, k) : from, arg(graph, wanted, k), depth + 1))
      return false;
  return true;
}

static bool is_certain(Replay *replay, Node from, Node wanted, int depth) {
  const Graph *graph = replay->graph;
  Nodes stack = {0}, found = {0};
  Map seen = {0};
  vec_push(&stack, from);
  while (stack.len && !map_get(&seen, wanted) && replay_spend(replay, 1)) {
    Node node = vec_pop(&stack);
    if (map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    vec_push(&found, node);
    uint32_t count = is(graph, node, OP_CHOOSE)                      ? 1
                     : op_info[graph_op(graph, node)].flags & FLAG_B ? 0
                                                                     : graph_arity(graph, node);
    for (uint32_t k = 0; k < count; k++) vec_push(&stack, arg(graph, node, k));
  }
  bool certain = map_get(&seen, wanted) != 0;
  if (!certain && depth <= 8)
    certain = is(graph, wanted, OP_CHOOSE) ? arms_certain(replay, from, wanted, depth)
                                           : parts_certain(replay, from, wanted, depth) ||
                                                 rounds_certain(replay, &found, wanted, depth);
  vec_free(&stack);
  vec_free(&found);
  map_free(&seen);
  return certain;
}

/* What need not be waited for: what is no work, is waited for twice, or is done anyway for another operand. */
static bool need_not_wait(Replay *replay, Node from, uint32_t place) {
  const Graph *graph = replay->graph;
  Node waited = arg(graph, from, place);
  if (is_no_work(graph, waited) && !is_volatile_work(graph, waited)) return true;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++)
    if (k < place ? arg(graph, from, k) == waited : false) return true;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++)
    if (arg(graph, from, k) != waited && is_certain(replay, arg(graph, from, k), waited, 0)) return true;
  return false;
}

static bool law_after_implied(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t first = unordered_from(graph, from), count = graph_arity(graph, from), next = 0;
  bool alone = is(graph, from, OP_AFTER) && arg(graph, from, 0) == to;
  if (!is(graph, from, OP_AFTER) && !is(graph, from, OP_TASK) && !is(graph, from, OP_ASK)) return false;
  if (!alone &&
      (graph_op(graph, from) != graph_op(graph, to) || graph->data.data[from] != graph->data.data[to]))
    return false;
  for (uint32_t k = 0; k < count; k++) {
    bool kept = !alone && next < graph_arity(graph, to) && arg(graph, to, next) == arg(graph, from, k);
    next += kept;
    if (!kept && !(alone && !k) && (k < first || !need_not_wait(replay, from, k))) return false;
  }
  return alone || next == graph_arity(graph, to);
}

LawCheck *const law_checks[LAW_COUNT] = {
    [LAW_RECORD_BETA] = law_record_beta,
    [LAW_RECORD_ETA] = law_record_eta,
    [LAW_OPTION] = law_option,
    [LAW_CONVERSION] = law_conversion,
    [LAW_SAME_TASK] = law_same_task,
    [LAW_MAP_FUSION] = check_map_fusion,
    [LAW_MAP_IDENTITY] = check_map_identity,
    [LAW_ELEMENT] = check_element,
    [LAW_INDICES] = check_indices,
    [LAW_LENGTH] = check_length,
    [LAW_ZIP] = check_zip,
    [LAW_FILTER] = check_filter,
    [LAW_FILTER_KNOWN] = check_filter_known,
    [LAW_SINGLE] = check_single,
    [LAW_FLATTEN] = check_flatten,
    [LAW_MAP_FLATTEN] = check_map_flatten,
    [LAW_APPEND] = check_append,
    [LAW_MAP_APPEND] = check_map_append,
    [LAW_COMPACT] = check_compact,
    [LAW_FOLD_EMPTY] = check_fold_empty,
    [LAW_FOLD_IDENTITY] = check_fold_identity,
    [LAW_FOLD_SINGLE] = check_fold_single,
    [LAW_FOLD_FLATTEN] = check_fold_flatten,
    [LAW_FOLD_APPEND] = check_fold_append,
    [LAW_REDUCE] = check_reduce,
    [LAW_REDUCE_ORDER] = check_reduce_order,
    [LAW_IF_KNOWN] = law_if_known,
    [LAW_IF_EQUAL] = law_if_equal,
    [LAW_IF_NOT] = law_if_not,
    [LAW_IF_AGAIN] = law_if_again,
    [LAW_IF_TRUTH] = law_if_truth,
    [LAW_CONDITIONS] = check_conditions,
    [LAW_IF_FILTERED] = check_if_filtered,
    [LAW_STATE_INVARIANT] = check_state,
    [LAW_STATE_UNUSED] = check_state,
    [LAW_STATE_ORDER] = check_state,
    [LAW_AFTER_IMPLIED] = law_after_implied,
    [LAW_LOOP_ZERO] = check_loop_zero,
    [LAW_LOOP_ONE] = check_loop_one,
    [LAW_LOOP_IDENTITY] = check_loop_identity,
    [LAW_AFTER] = law_after,
    [LAW_CONSTANT] = check_constant,
    [LAW_UNIT] = check_unit,
    [LAW_IDEMPOTENT] = check_idempotent,
    [LAW_INVOLUTION] = check_involution,
    [LAW_COMMUTE] = law_commute,
    [LAW_CONCAT] = check_concat,
};
