#include "ir/lowering.h"

/* ---- effects ----
 * Volatile work is done whether its result is used or not. Each block keeps a list of it. A branch around wraps
 * what is new on it. A binder lets its value wait for what is new, and is then an effect itself: so what is volatile
 * stands in one place, below one variable. */

uint32_t effects_mark(const Lower *lower) { return lower->effects.len; }

/* Done, and nothing more. */
static Node only_done(Lower *lower, Node effect) {
  Graph *graph = lower->graph;
  if (graph_type(graph, effect) == T_UNIT) return effect;
  return graph_node(graph, OP_AFTER, T_UNIT, graph->span, graph_unit(graph), effect);
}

static bool is_part(Op op) { return op == OP_PROJECT || op == OP_CAST || op == OP_FLATTEN || op == OP_SOME; }

static bool waits_for(const Graph *graph, Node value, Node effect) {
  for (uint32_t k = 1; graph_op(graph, value) == OP_AFTER && k < graph_arity(graph, value); k++)
    if (graph_arg(graph, value, k) == effect) return true;
  return false;
}

/* Whether a value cannot be had without the effect. */
static bool shows(Graph *graph, Node value, Node effect) {
  Node unit = graph_unit(graph);
  for (;;) {
    bool only_done = graph_op(graph, effect) == OP_AFTER && graph_arg(graph, effect, 0) == unit;
    if (only_done && graph_arity(graph, effect) == 2) effect = graph_arg(graph, effect, 1);
    while (value != effect && is_part(graph_op(graph, value))) value = graph_arg(graph, value, 0);
    if (value == effect || waits_for(graph, value, effect)) return true;
    if (graph_op(graph, value) != OP_CHOOSE || graph_op(graph, effect) != OP_CHOOSE ||
        graph_arg(graph, value, 0) != graph_arg(graph, effect, 0))
      return false;
    uint32_t arm = graph_arg(graph, effect, 1) == unit ? 2 : 1;
    value = graph_arg(graph, value, arm);
    effect = graph_arg(graph, effect, arm);
  }
}

Node effects_before(Lower *lower, uint32_t mark, Node value, uint32_t *had) {
  Graph *graph = lower->graph;
  uint32_t count = *had = lower->effects.len - mark;
  if (!count) return value;
  Node *args = lower_nodes(lower, count + 1);
  uint32_t waits = 1;
  args[0] = value;
  for (uint32_t i = mark; i < mark + count; i++)
    if (!shows(graph, value, lower->effects.data[i])) args[waits++] = lower->effects.data[i];
  lower->effects.len = mark;
  return graph_make(graph, OP_AFTER, graph_type(graph, value), 0, args, waits, graph->span);
}

Node effects_rounds(Lower *lower, uint32_t had, Node rounds) {
  if (had) vec_push(&lower->effects, rounds);
  return rounds;
}

Node effects_value(Lower *lower, uint32_t mark) {
  Graph *graph = lower->graph;
  uint32_t count = lower->effects.len - mark;
  Node *args = lower_nodes(lower, count + 1);
  args[0] = graph_unit(graph);
  for (uint32_t i = 0; i < count; i++) args[i + 1] = lower->effects.data[mark + i];
  return graph_make(graph, OP_AFTER, T_UNIT, 0, args, count + 1, graph->span);
}

void effects_choose(Lower *lower, uint32_t mark, Node condition, bool arm) {
  Graph *graph = lower->graph;
  for (uint32_t i = mark; i < lower->effects.len; i++) {
    Node done = only_done(lower, lower->effects.data[i]), unit = graph_unit(graph);
    lower->effects.data[i] = graph_node(graph, OP_CHOOSE, T_UNIT, graph->span, condition, arm ? done : unit,
                                        arm ? unit : done);
  }
}

/* ---- if ---- */

Node lower_if(Lower *lower, Env *env, Expr *expr) {
  Graph *graph = lower->graph;
  Node condition = lower_expr(lower, env, expr->if_.condition);
  TypeId type = env_type(lower, env, expr->type);
  uint32_t mark = effects_mark(lower);
  Node then = lower_convert(lower, lower_block(lower, env, expr->if_.then), type, expr->span);
  effects_choose(lower, mark, condition, true);
  mark = effects_mark(lower);
  Node other = type == T_UNIT ? graph_unit(graph) : NODE_NONE;
  if (expr->if_.other)
    other = lower_convert(lower, lower_block(lower, env, expr->if_.other), type, expr->span);
  else if (type != T_UNIT)
    other = graph_absent(graph, type);
  effects_choose(lower, mark, condition, false);
  return graph_node(graph, OP_CHOOSE, type, expr->span, condition, then, other);
}

/* ---- for ---- */

/* Clauses from `at` up to the next that is not zipped with them: one index, all variables bound. */
static Range open_zip(Lower *lower, Env *env, const Clause *clauses, uint32_t at, uint32_t end, Span span) {
  uint32_t count = end - at;
  if (count == 1) {
    Range range = graph_range(lower->graph, lower_expr(lower, env, clauses[at].source), span);
    env_bind(env, clauses[at].var, value_of(range.element));
    return range;
  }
  Node *arrays = lower_nodes(lower, count), *elements = lower_nodes(lower, count);
  for (uint32_t i = 0; i < count; i++) arrays[i] = lower_expr(lower, env, clauses[at + i].source);
  Range range = graph_zip(lower->graph, arrays, count, elements, span);
  for (uint32_t i = 0; i < count; i++) env_bind(env, clauses[at + i].var, value_of(elements[i]));
  return range;
}

static uint32_t zip_end(const Clause *clauses, uint32_t at, uint32_t count) {
  uint32_t end = at + 1;
  while (end < count && clauses[end].zip) end++;
  return end;
}

static Node both(Lower *lower, Node a, Node b, Span span) {
  return graph_node(lower->graph, OP_CHOOSE, T_BOOL, span, a, b, graph_bool(lower->graph, false));
}

/* The array over clauses from `at` on; several independent ones are nested, then flattened. */
static Node lower_clauses(Lower *lower, Env *env, const Clause *clauses, uint32_t at, uint32_t count,
                          Expr *filter, Block *body, Span span) {
  Graph *graph = lower->graph;
  uint32_t end = zip_end(clauses, at, count);
  Range range = open_zip(lower, env, clauses, at, end, span);
  uint32_t mark = effects_mark(lower); /* what the arrays do is done before, and once */
  vec_push(&lower->context, range.index);
  Node value;
  bool last = end == count;
  uint32_t had, had_filter = 0;
  if (last && filter) {
    Node passes = effects_before(lower, mark, lower_expr(lower, env, filter), &had_filter);
    range.condition = both(lower, range.condition, passes, span);
  }
  if (last && body)
    value = lower_block(lower, env, body);
  else if (last)
    value = env->slots[clauses[count - 1].var->slot].node;
  else
    value = lower_clauses(lower, env, clauses, end, count, filter, body, span);
  lower->context.len--;
  value = effects_before(lower, mark, value, &had);
  Node array = graph_collect(graph, range.index, range.condition, value, span);
  effects_rounds(lower, had + had_filter, array);
  return last ? array : graph_node(graph, OP_FLATTEN, graph_type(graph, value), span, array);
}

Node lower_for(Lower *lower, Env *env, Expr *expr) {
  return lower_clauses(lower, env, expr->for_.clauses, 0, expr->for_.count, expr->for_.filter,
                       expr->for_.body, expr->span);
}

/* ---- fold ---- */

/* In any grouping: z, then the elements, combined as a tree. */
static Node lower_fold_by(Lower *lower, Env *env, Expr *expr) {
  Graph *graph = lower->graph;
  Span span = expr->span;
  TypeId type = env_type(lower, env, expr->type), array_type = type_array(lower->types, type);
  Node init = lower_convert(lower, lower_expr(lower, env, expr->fold.init), type, span);
  Node items = lower_clauses(lower, env, expr->fold.clauses, 0, expr->fold.count, expr->fold.filter,
                             expr->fold.body, span);
  Node first = graph_node(graph, OP_ARRAY, array_type, span, init);
  Node all = graph_node(graph, OP_APPEND, array_type, span, first,
                        lower_convert(lower, items, array_type, span));
  Node left = graph_open_state(graph, type, span), right = graph_open_state(graph, type, span);
  vec_push(&lower->context, left);
  vec_push(&lower->context, right);
  uint32_t count = arrow_ins(lower, expr->fold.by), mark = effects_mark(lower);
  Value *ins = ARENA_ARRAY(lower->session->arena, Value, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    int32_t source = expr->fold.call->source[i];
    ins[i] = value_of(source < 0 ? NODE_NONE : source ? right : left);
  }
  Node *outs = lower_nodes(lower, arrow_outs(lower, expr->fold.by));
  apply_arrow(lower, env, expr->fold.by, ins, outs);
  lower->context.len -= 2;
  Node combined = outs_value(lower, outs, arrow_outs(lower, expr->fold.by), type, span);
  uint32_t had;
  combined = effects_before(lower, mark, combined, &had);
  return effects_rounds(lower, had, graph_reduce(graph, left, right, combined, all, span));
}

/* The next state, from one element: what the body says, if the filter lets it pass. A filter that does something does it
 * for each element. */
static Node fold_step(Lower *lower, Env *env, Expr *expr, Range *range, Node state) {
  Graph *graph = lower->graph;
  uint32_t mark = effects_mark(lower);
  TypeId type = graph_type(graph, state);
  env_bind(env, expr->fold.acc, value_of(state));
  Node filter = expr->fold.filter ? lower_expr(lower, env, expr->fold.filter) : graph_bool(graph, true);
  uint32_t filtered = effects_mark(lower);
  Node next = lower_convert(lower, lower_block(lower, env, expr->fold.body), type, expr->span);
  if (filtered > mark || graph_mentions(graph, filter, state)) {
    effects_choose(lower, filtered, filter, true);
    return graph_node(graph, OP_CHOOSE, type, expr->span, filter, next, state);
  }
  range->condition = both(lower, range->condition, filter, expr->span);
  return next;
}

/* Over the clauses from `at` on. Several independent ones are folds inside of each other, so that nothing is ever made
 * of their combinations. */
static Node fold_clauses(Lower *lower, Env *env, Expr *expr, uint32_t at, Node init) {
  Graph *graph = lower->graph;
  uint32_t count = expr->fold.count, end = zip_end(expr->fold.clauses, at, count);
  Range range = open_zip(lower, env, expr->fold.clauses, at, end, expr->span);
  Node state = graph_open_state(graph, graph_type(graph, init), expr->span);
  uint32_t mark = effects_mark(lower), had;
  vec_push(&lower->context, range.index);
  vec_push(&lower->context, state);
  Node next = end == count ? fold_step(lower, env, expr, &range, state)
                           : fold_clauses(lower, env, expr, end, state);
  lower->context.len -= 2;
  next = effects_before(lower, mark, next, &had);
  return effects_rounds(lower, had,
                        graph_fold(graph, range.index, range.condition, state, init, next, expr->span));
}

Node lower_fold(Lower *lower, Env *env, Expr *expr) {
  if (!expr->fold.acc) return lower_fold_by(lower, env, expr);
  TypeId type = env_type(lower, env, expr->type);
  Node init = lower_convert(lower, lower_expr(lower, env, expr->fold.init), type, expr->span);
  return fold_clauses(lower, env, expr, 0, init);
}

/* ---- loop ---- */

Node lower_loop(Lower *lower, Env *env, Expr *expr) {
  Graph *graph = lower->graph;
  Span span = expr->span;
  TypeId type = env_type(lower, env, expr->type);
  Node init = lower_convert(lower, lower_expr(lower, env, expr->loop.init), type, span);
  Node max = expr->loop.max ? lower_expr(lower, env, expr->loop.max) : graph_int(graph, -1);
  if (expr->loop.max) max = graph_node(graph, OP_MAX, T_INT, span, max, graph_int(graph, 0));
  Node state = graph_open_state(graph, type, span);
  uint32_t mark = effects_mark(lower), had;
  vec_push(&lower->context, state);
  env_bind(env, expr->loop.state, value_of(state));
  Node next = lower_convert(lower, lower_block(lower, env, expr->loop.body), type, span);
  env_bind(env, expr->loop.state, value_of(next)); /* the condition sees the new state */
  Node stop = lower_expr(lower, env, expr->loop.stop);
  next = effects_before(lower, mark, next, &had);
  lower->context.len--;
  if (!expr->flag) stop = graph_node(graph, OP_NOT_, T_BOOL, span, stop);
  return effects_rounds(lower, had, graph_loop(graph, state, init, next, stop, max, span));
}
