#include "ir/lowering.h"
#include "ir/trace.h"

#include <string.h>

enum { MAX_EXPANSION = 1000 };

uint32_t arrow_ins(const Lower *lower, const Expr *arrow) {
  return type_of(lower->types, arrow->type)->input_count;
}

uint32_t arrow_outs(const Lower *lower, const Expr *arrow) {
  const Type *type = type_of(lower->types, arrow->type);
  return type->count - type->input_count;
}

Node outs_value(Lower *lower, const Node *outs, uint32_t count, TypeId type, Span span) {
  Graph *graph = lower->graph;
  if (count == 0) return graph_unit(graph);
  if (count == 1) return lower_convert(lower, outs[0], type, span);
  Sym *names = arena_copy(lower->session->arena, type_of(lower->types, type)->names, count * sizeof *names);
  TypeId *types = ARENA_ARRAY(lower->session->arena, TypeId, count);
  for (uint32_t i = 0; i < count; i++) types[i] = graph_type(graph, outs[i]);
  Node record = graph_make(graph, OP_RECORD, type_record(lower->types, count, names, types), 0, outs, count,
                           span);
  return lower_convert(lower, record, type, span);
}

static Value *values_new(Lower *lower, uint32_t count) {
  Value *values = ARENA_ARRAY(lower->session->arena, Value, count + 1);
  for (uint32_t i = 0; i < count; i++) values[i] = value_of(NODE_NONE);
  return values;
}

/* ---- declarations ---- */

/* A declaration expanded before on the same nodes gives the same nodes; what is volatile does not. */
static bool memo_allowed(const Lower *lower, const Decl *decl, const Value *ins) {
  if (decl->is_volatile || decl->kind == DECL_TASK || decl->generic_count || lower->after.len) return false;
  for (uint32_t i = 0; i < decl->in_count; i++)
    if (ins[i].closure) return false;
  return true;
}

static uint64_t memo_hash(const Decl *decl, const Value *ins) {
  uint64_t hash = decl->id;
  for (uint32_t i = 0; i < decl->in_count; i++) hash = hash_add(hash, ins[i].node);
  return hash;
}

static bool memo_find(const Lower *lower, const Decl *decl, const Value *ins, Node *outs) {
  for (uint32_t at = map_get(&lower->memo_of, memo_hash(decl, ins)); at;
       at = lower->memos.data[at - 1].next) {
    const Memo *memo = &lower->memos.data[at - 1];
    bool same = memo->decl == decl;
    for (uint32_t i = 0; same && i < decl->in_count; i++) same = memo->ins[i] == ins[i].node;
    for (uint32_t i = 0; same && i < decl->out_count; i++) outs[i] = memo->outs[i];
    if (same) return true;
  }
  return false;
}

static void memo_keep(Lower *lower, const Decl *decl, const Value *ins, const Node *outs) {
  Node *kept_ins = lower_nodes(lower, decl->in_count), *kept_outs = lower_nodes(lower, decl->out_count);
  uint64_t hash = memo_hash(decl, ins);
  for (uint32_t i = 0; i < decl->in_count; i++) kept_ins[i] = ins[i].node;
  for (uint32_t i = 0; i < decl->out_count; i++) kept_outs[i] = outs[i];
  vec_push(&lower->memos, (Memo){decl, kept_ins, kept_outs, map_get(&lower->memo_of, hash)});
  map_put(&lower->memo_of, hash, lower->memos.len);
}

/* Inputs as the ports want them, defaults where nothing was given; visible in the body. */
static Value *enter(Lower *lower, Env *env, const Value *ins) {
  const Decl *decl = env->decl;
  Value *values = values_new(lower, decl->in_count);
  for (uint32_t i = 0; i < decl->in_count; i++) {
    const Param *param = &decl->ins[i];
    values[i] = ins[i];
    if (value_is_open(values[i])) {
      trace_note(lower->graph, LAW_ARGUMENTS, param->span);
      values[i] = lower_value(lower, env, param->value);
    }
    if (!values[i].closure)
      values[i].node = lower_convert(lower, values[i].node, env_type(lower, env, param->type), param->span);
    if (param->binding) env_bind(env, param->binding, values[i]);
  }
  return values;
}

static void call_task(Lower *lower, const Decl *decl, const Value *ins, Node *outs, Span span) {
  Graph *graph = lower->graph;
  uint32_t id = lower_task(lower, decl), count = decl->in_count;
  Node *args = lower_nodes(lower, count + 1 + lower->context.len + lower->after.len);
  for (uint32_t i = 0; i < count; i++) args[i] = ins[i].node;
  if (decl->is_volatile) count = volatile_args(lower, args, count);
  for (uint32_t i = 0; i < lower->after.len; i++) args[count++] = lower->after.data[i];
  uint32_t before = graph_count(graph);
  Node task = graph_make(graph, OP_TASK, graph->tasks.data[id].out_type, id, args, count, span);
  if (task < before) trace_note(graph, LAW_COMMON, span);
  if (!decl->is_volatile && lower->context.len && !graph_mentions(graph, task, vec_last(&lower->context)))
    trace_note(graph, LAW_INVARIANT, span);
  for (uint32_t i = 0; i < decl->out_count; i++) outs[i] = graph_project(graph, task, i, span);
  if (decl->is_volatile) vec_push(&lower->effects, task);
}

static void apply_body(Lower *lower, Env *env, const Value *values, Node *outs) {
  const Decl *decl = env->decl;
  Value *fed;
  Node *made;
  if (decl->feeds[0]) { /* flow f(ins) -> outs = arrow */
    fed = values_new(lower, decl->feeds[0]->count);
    made = lower_nodes(lower, arrow_outs(lower, decl->body));
    for (uint32_t k = 0; k < decl->feeds[0]->count; k++)
      if (decl->feeds[0]->source[k] >= 0) fed[k] = values[decl->feeds[0]->source[k]];
    apply_arrow(lower, env, decl->body, fed, made);
    for (uint32_t k = 0; k < decl->out_count; k++) outs[k] = made[decl->feeds[1]->source[k]];
  } else if (decl->kind == DECL_FLOW && !decl->has_signature) {
    apply_arrow(lower, env, decl->body, values, outs);
  } else if (decl->body && decl->out_count <= 1) {
    outs[0] = lower_expr(lower, env, decl->body);
  } else if (decl->body) {
    Node record = lower_expr(lower, env, decl->body);
    for (uint32_t k = 0; k < decl->out_count; k++)
      outs[k] = graph_project(lower->graph, record, k, decl->body->span);
  } else {
    Node value = lower_block(lower, env, decl->block);
    for (uint32_t k = 0; k < decl->out_count; k++)
      outs[k] = decl->outs[k].binding ? env->slots[decl->outs[k].binding->slot].node : value;
  }
}

void apply_decl(Lower *lower, const Decl *decl, const Value *ins, const TypeId *bindings, Node *outs,
                Span span) {
  Env env = {.decl = decl,
             .slots = values_new(lower, decl->slot_count),
             .bindings = bindings,
             .binding_count = decl->generic_count};
  bool memo = memo_allowed(lower, decl, ins);
  if (decl->kind != DECL_TASK && lower->depth) trace_note(lower->graph, LAW_INLINING, span);
  if (memo && memo_find(lower, decl, ins, outs)) return;
  lower->too_large |= lower->depth >= MAX_EXPANSION;
  if (lower->too_large || lower->graph->full) {
    for (uint32_t k = 0; k < decl->out_count;
         k++) /* of the right type, so that nothing stumbles on the way out */
      outs[k] = graph_raw(lower->graph, OP_INPUT, env_type(lower, &env, decl->outs[k].type), 0, NULL, 0,
                          span);
    return;
  }
  lower->depth++;
  const Value *values = enter(lower, &env, ins);
  if (decl->kind == DECL_TASK)
    call_task(lower, decl, values, outs, span);
  else
    apply_body(lower, &env, values, outs);
  for (uint32_t k = 0; k < decl->out_count; k++)
    outs[k] = lower_convert(lower, outs[k], env_type(lower, &env, decl->outs[k].type), span);
  if (memo) memo_keep(lower, decl, ins, outs);
  lower->depth--;
}

/* ---- leaves of arrows ---- */

/* Type arguments of a generic name, in terms of the declaration around it. */
static const TypeId *bindings_of(Lower *lower, const Env *env, const Call *call) {
  if (!call || !call->binding_count) return NULL;
  TypeId *bindings = ARENA_ARRAY(lower->session->arena, TypeId, call->binding_count);
  for (uint32_t i = 0; i < call->binding_count; i++) bindings[i] = env_type(lower, env, call->bindings[i]);
  return bindings;
}

static void apply_builtin(Lower *lower, BuiltinId id, const Value *ins, const TypeId *types, uint32_t count,
                          TypeId result, Node *outs, Span span) {
  Node args[BUILTIN_MOST_PARAMS] = {NODE_NONE, NODE_NONE, NODE_NONE};
  for (uint32_t k = 0; k < count; k++)
    if (ins[k].node != NODE_NONE)
      args[k] = types[k] ? lower_convert(lower, ins[k].node, types[k], span) : ins[k].node;
  outs[0] = lower_builtin(lower, id, args, result, span);
}

/* A parameter that is an arrow: inputs in order, outputs as one value. */
static void apply_closure(Lower *lower, Env *env, const Closure *closure, const Value *ins, TypeId type,
                          Node *outs, Span span) {
  uint32_t count = arrow_ins(lower, closure->arrow), made = arrow_outs(lower, closure->arrow);
  const Type *formal = type_of(lower->types, type);
  Value *fed = values_new(lower, count);
  for (uint32_t i = 0; i < formal->input_count && i < count; i++) fed[i] = ins[i];
  Node *results = lower_nodes(lower, made);
  apply_arrow(lower, closure->env, closure->arrow, fed, results);
  TypeId result = env_type(lower, env,
                           type_of(lower->types, type)->args[type_of(lower->types, type)->input_count]);
  outs[0] = outs_value(lower, results, made, result, span);
}

static void apply_name(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  const Type *type = type_of(lower->types, arrow->type);
  uint32_t count = type->input_count;
  if (arrow->ref == REF_DECL) {
    apply_decl(lower, arrow->name.decl, ins, bindings_of(lower, env, arrow->name.call), outs, arrow->span);
  } else if (arrow->ref == REF_BUILTIN) {
    TypeId types[BUILTIN_MOST_PARAMS] = {T_ERROR, T_ERROR, T_ERROR};
    for (uint32_t k = 0; k < count; k++)
      types[k] = env_type(lower, env, type_of(lower->types, arrow->type)->args[k]);
    TypeId result = env_type(lower, env, type_of(lower->types, arrow->type)->args[count]);
    apply_builtin(lower, (BuiltinId)arrow->name.builtin, ins, types, count, result, outs, arrow->span);
  } else {
    const Closure *closure = env->slots[arrow->name.binding->slot].closure;
    if (arrow->name.binding->type == closure->arrow->type)
      apply_arrow(lower, closure->env, closure->arrow, ins, outs);
    else
      apply_closure(lower, env, closure, ins, arrow->name.binding->type, outs, arrow->span);
  }
}

/* f(a, _): arguments where they were given, the rest from outside. */
static void apply_partial(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  const Call *call = arrow->call.call;
  Expr *callee = arrow->call.callee;
  Value *fed = values_new(lower, call->count);
  uint32_t next = 0;
  for (uint32_t k = 0; k < call->count; k++) {
    if (call->source[k] == FEED_OPEN) fed[k] = ins[next++];
    if (call->source[k] >= 0) fed[k] = lower_value(lower, env, arrow->call.args[call->source[k]].value);
  }
  if (callee->kind == EXPR_NAME && callee->ref == REF_DECL) {
    apply_decl(lower, callee->name.decl, fed, bindings_of(lower, env, call), outs, arrow->span);
  } else if (callee->kind == EXPR_NAME && callee->ref == REF_BUILTIN) {
    TypeId types[BUILTIN_MOST_PARAMS] = {T_ERROR, T_ERROR, T_ERROR};
    for (uint32_t k = 0; k < call->count; k++) types[k] = env_type(lower, env, call->types[k]);
    const Type *type = type_of(lower->types, arrow->type);
    apply_builtin(lower, (BuiltinId)callee->name.builtin, fed, types, call->count,
                  env_type(lower, env, type->args[type->input_count]), outs, arrow->span);
  } else {
    apply_arrow(lower, env, callee, fed, outs);
  }
}

/* A pattern's hole, applied: an operation of its own, one for each output where there are several. */
static void apply_hole(Lower *lower, Expr *arrow, const Value *ins, Node *outs) {
  const Type *type = type_of(lower->types, arrow->type);
  uint32_t count = type->input_count, made = type->count - count;
  Node *args = lower_nodes(lower, count);
  for (uint32_t i = 0; i < count; i++) args[i] = ins[i].node;
  for (uint32_t k = 0; k < made; k++) {
    type = type_of(lower->types, arrow->type);
    Sym name = arrow->name.name;
    if (made > 1) {
      const char *text = arena_format(lower->session->arena, "%s.%u", name_of(lower->session, name), k + 1);
      name = intern(lower->session->names, text, strlen(text));
    }
    outs[k] = graph_make(lower->graph, OP_HOLE, type->args[count + k], name, args, count, arrow->span);
  }
}

/* ---- composition ---- */

static void feed(const Call *call, const Node *from, Value *into) {
  for (uint32_t k = 0; k < call->count; k++)
    if (call->source[k] >= 0) into[k] = value_of(from[call->source[k]]);
}

static bool is_composed(const Expr *arrow, Operator op) {
  return arrow->kind == EXPR_BINARY && arrow->op == op;
}

static bool is_beside(const Expr *arrow) {
  return is_composed(arrow, OP_PARALLEL) || is_composed(arrow, OP_FORK);
}

/* What of an arrow is said another way in named steps. */
static void note_arrow(Lower *lower, const Expr *arrow) {
  const Expr *left = arrow->binary.left, *right = arrow->binary.right;
  trace_note(lower->graph, LAW_ARROWS, arrow->span);
  if (left->kind == EXPR_ID || right->kind == EXPR_ID) trace_note(lower->graph, LAW_IDENTITY, arrow->span);
  if (is_composed(left, arrow->op) || is_composed(right, arrow->op))
    trace_note(lower->graph, LAW_SERIES, arrow->span);
  if (arrow->op == OP_SERIES && is_beside(left) && is_beside(right))
    trace_note(lower->graph, LAW_INTERCHANGE, arrow->span);
  if (is_beside(arrow) && is_composed(left, OP_SERIES) && is_composed(right, OP_SERIES))
    trace_note(lower->graph, LAW_INTERCHANGE, arrow->span);
}

static void apply_series(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  Node *between = lower_nodes(lower, arrow_outs(lower, arrow->binary.left));
  Value *fed = values_new(lower, arrow_ins(lower, arrow->binary.right));
  apply_arrow(lower, env, arrow->binary.left, ins, between);
  feed(arrow->binary.call, between, fed);
  apply_arrow(lower, env, arrow->binary.right, fed, outs);
}

static void apply_side_by_side(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  Expr *left = arrow->binary.left, *right = arrow->binary.right;
  apply_arrow(lower, env, left, ins, outs);
  Node *beside = outs + arrow_outs(lower, left);
  if (arrow->op == OP_PARALLEL) {
    apply_arrow(lower, env, right, ins + arrow_ins(lower, left), beside);
    return;
  }
  const Call *call = arrow->binary.call;
  Value *fed = values_new(lower, call->count);
  for (uint32_t k = 0; k < call->count; k++) fed[k] = ins[call->source[k]];
  apply_arrow(lower, env, right, fed, beside);
}

/* ---- lifted arrows ---- */

/* The arrays among the inputs from `from` on, walked side by side; `items` gets their elements. */
static Range open_lifted(Lower *lower, const Value *ins, uint32_t from, uint32_t count, Value *items,
                         Span span) {
  Node *arrays = lower_nodes(lower, count), *elements = lower_nodes(lower, count);
  uint32_t given = 0;
  for (uint32_t i = from; i < count; i++)
    if (ins[i].node != NODE_NONE) arrays[given++] = ins[i].node;
  Range range;
  if (given == 1) {
    range = graph_range(lower->graph, arrays[0], span);
    elements[0] = range.element;
  } else {
    range = graph_zip(lower->graph, arrays, given, elements, span);
  }
  given = 0;
  for (uint32_t i = from; i < count; i++)
    if (ins[i].node != NODE_NONE) items[i] = value_of(elements[given++]);
  return range;
}

/* All results of an arrow as one value. */
static Node results_value(Lower *lower, const Node *results, uint32_t made, Span span) {
  Graph *graph = lower->graph;
  if (made == 0) return graph_unit(graph);
  if (made == 1 || graph->full) return results[0];
  Sym *names = ARENA_ARRAY(lower->session->arena, Sym, made);
  TypeId *types = ARENA_ARRAY(lower->session->arena, TypeId, made);
  for (uint32_t k = 0; k < made; k++) {
    const char *name = arena_format(lower->session->arena, "out%u", k + 1);
    names[k] = intern(lower->session->names, name, strlen(name));
    types[k] = graph_type(graph, results[k]);
  }
  return graph_make(graph, OP_RECORD, type_record(lower->types, made, names, types), 0, results, made, span);
}

/* A map that does something: one array of all its results, so that it is done in one place. */
static void map_effects(Lower *lower, uint32_t mark, Range range, const Node *results, uint32_t made,
                        Span span, Node *outs) {
  Graph *graph = lower->graph;
  uint32_t had;
  Node value = effects_before(lower, mark, results_value(lower, results, made, span), &had);
  Node array = graph_collect(graph, range.index, range.condition, value, span);
  effects_rounds(lower, had, array);
  if (made == 1) outs[0] = array;
  for (uint32_t k = 0; k < made && made > 1 && !graph->full; k++) {
    Range each = graph_range(graph, array, span);
    outs[k] = graph_collect(graph, each.index, each.condition, graph_project(graph, each.element, k, span),
                            span);
  }
}

static void apply_map(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  Graph *graph = lower->graph;
  Expr *inner = arrow->lift.arrow;
  uint32_t count = arrow_ins(lower, inner), made = arrow_outs(lower, inner), mark = effects_mark(lower);
  Value *items = values_new(lower, count);
  Range range = open_lifted(lower, ins, 0, count, items, arrow->span);
  vec_push(&lower->context, range.index);
  Node *results = lower_nodes(lower, made);
  apply_arrow(lower, env, inner, items, results);
  lower->context.len--;
  if (effects_mark(lower) > mark) {
    map_effects(lower, mark, range, results, made, arrow->span, outs);
  } else {
    for (uint32_t k = 0; k < made; k++)
      outs[k] = graph_collect(graph, range.index, range.condition, results[k], arrow->span);
  }
  for (uint32_t k = 0; k < made && arrow->kind == EXPR_FLATMAP && !graph->full; k++)
    outs[k] = graph_node(graph, OP_FLATTEN, graph_type(graph, results[k]), arrow->span, outs[k]);
}

static void apply_filter(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  Graph *graph = lower->graph;
  Value item;
  Node keep;
  uint32_t mark = effects_mark(lower), had;
  Range range = open_lifted(lower, ins, 0, 1, &item, arrow->span);
  vec_push(&lower->context, range.index);
  apply_arrow(lower, env, arrow->lift.arrow, &item, &keep);
  lower->context.len--;
  keep = effects_before(lower, mark, keep, &had);
  Node condition = graph_node(graph, OP_CHOOSE, T_BOOL, arrow->span, range.condition, keep,
                              graph_bool(graph, false));
  Node kept = graph_collect(graph, range.index, condition, item.node, arrow->span);
  outs[0] = effects_rounds(lower, had, kept);
}

static void apply_fold(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  Graph *graph = lower->graph;
  Expr *inner = arrow->lift.arrow;
  uint32_t count = arrow_ins(lower, inner), made = arrow_outs(lower, inner), mark = effects_mark(lower);
  TypeId type = env_type(lower, env, type_of(lower->types, inner->type)->args[0]);
  Value *items = values_new(lower, count);
  Range range = open_lifted(lower, ins, 1, count, items, arrow->span);
  Node state = graph_open_state(graph, type, arrow->span);
  items[0] = value_of(state);
  vec_push(&lower->context, range.index);
  vec_push(&lower->context, state);
  Node *results = lower_nodes(lower, made);
  apply_arrow(lower, env, inner, items, results);
  lower->context.len -= 2;
  uint32_t had;
  Node next = effects_before(lower, mark, outs_value(lower, results, made, type, arrow->span), &had);
  Node init = lower_convert(lower, ins[0].node, type, arrow->span);
  Node folded = graph_fold(graph, range.index, range.condition, state, init, next, arrow->span);
  outs[0] = effects_rounds(lower, had, folded);
}

void apply_arrow(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs) {
  switch ((ExprKind)arrow->kind) {
    case EXPR_NAME:
      apply_name(lower, env, arrow, ins, outs);
      break;
    case EXPR_HOLE:
      apply_hole(lower, arrow, ins, outs);
      break;
    case EXPR_CALL:
      trace_note(lower->graph, LAW_ARROWS, arrow->span);
      apply_partial(lower, env, arrow, ins, outs);
      break;
    case EXPR_ID:
      for (uint32_t i = 0; i < arrow_ins(lower, arrow); i++) outs[i] = ins[i].node;
      break;
    case EXPR_BINARY:
      note_arrow(lower, arrow);
      if (arrow->op == OP_SERIES)
        apply_series(lower, env, arrow, ins, outs);
      else
        apply_side_by_side(lower, env, arrow, ins, outs);
      break;
    case EXPR_MAP:
    case EXPR_FLATMAP:
      trace_note(lower->graph, LAW_ARROWS, arrow->span);
      apply_map(lower, env, arrow, ins, outs);
      break;
    case EXPR_FILTER:
      trace_note(lower->graph, LAW_ARROWS, arrow->span);
      apply_filter(lower, env, arrow, ins, outs);
      break;
    case EXPR_FOLD_ARROW:
      trace_note(lower->graph, LAW_ARROWS, arrow->span);
      apply_fold(lower, env, arrow, ins, outs);
      break;
    default:
      BUG("an arrow of kind %d after the check", arrow->kind);
  }
}

/* ---- application ---- */

Value lower_value(Lower *lower, Env *env, Expr *expr) {
  if (type_kind(lower->types, expr->type) != T_ARROW) return value_of(lower_expr(lower, env, expr));
  if (expr->kind == EXPR_NAME && expr->ref == REF_BINDING) return env->slots[expr->name.binding->slot];
  Closure *closure = ARENA_NEW(lower->session->arena, Closure);
  Env *kept = arena_copy(lower->session->arena, env, sizeof *env);
  *closure = (Closure){expr, kept};
  return (Value){NODE_NONE, closure};
}

Node lower_call(Lower *lower, Env *env, Expr *expr) {
  const Call *call = expr->call.call;
  Expr *callee = expr->call.callee;
  TypeId result = env_type(lower, env, call->result ? call->result : expr->type);
  Value *ins = values_new(lower, call->count);
  for (uint32_t k = 0; k < call->count; k++) {
    if (call->source[k] < 0) continue;
    const Arg *given = &expr->call.args[call->source[k]];
    if (given->name) trace_note(lower->graph, LAW_ARGUMENTS, given->span);
    ins[k] = lower_value(lower, env, given->value);
  }
  Node *outs;
  uint32_t count = 1, mark = effects_mark(lower);
  if (callee->kind == EXPR_NAME && callee->ref == REF_DECL) {
    count = callee->name.decl->out_count;
    outs = lower_nodes(lower, count);
    apply_decl(lower, callee->name.decl, ins, bindings_of(lower, env, call), outs, expr->span);
  } else if (callee->kind == EXPR_NAME && callee->ref == REF_BUILTIN) {
    TypeId types[BUILTIN_MOST_PARAMS] = {T_ERROR, T_ERROR, T_ERROR};
    for (uint32_t k = 0; k < call->count; k++) types[k] = env_type(lower, env, call->types[k]);
    outs = lower_nodes(lower, 1);
    apply_builtin(lower, (BuiltinId)callee->name.builtin, ins, types, call->count, result, outs, expr->span);
  } else {
    count = arrow_outs(lower, callee);
    outs = lower_nodes(lower, count);
    apply_arrow(lower, env, callee, ins, outs);
  }
  return count ? outs_value(lower, outs, count, result, expr->span) : effects_value(lower, mark);
}

Node lower_apply(Lower *lower, Env *env, Expr *expr) {
  const Call *call = expr->binary.call;
  Node value = lower_expr(lower, env, expr->binary.left);
  Expr *arrow = expr->binary.right;
  Value *ins = values_new(lower, call->count);
  for (uint32_t k = 0; k < call->count; k++) {
    if (call->source[k] < 0) continue;
    ins[k] = value_of(call->spread ? graph_project(lower->graph, value, (uint32_t)call->source[k], expr->span)
                                   : value);
  }
  uint32_t count = arrow_outs(lower, arrow), mark = effects_mark(lower);
  Node *outs = lower_nodes(lower, count);
  apply_arrow(lower, env, arrow, ins, outs);
  return count ? outs_value(lower, outs, count, env_type(lower, env, call->result), expr->span)
               : effects_value(lower, mark);
}
