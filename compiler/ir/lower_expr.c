#include "ir/lowering.h"
#include "ir/trace.h"

#include <string.h>

/* ---- steps ---- */

/* Remember what a node is called in the source, and the call that it is a result of. */
static void name_node(Lower *lower, Node node, Sym name) {
  Graph *graph = lower->graph;
  if (!graph->name_of.data[node]) graph->name_of.data[node] = name;
  if (graph_op(graph, node) != OP_PROJECT) return;
  Node call = graph_arg(graph, node, 0);
  if (graph_op(graph, call) == OP_TASK && !graph->name_of.data[call]) graph->name_of.data[call] = name;
}

void lower_stmt(Lower *lower, Env *env, Stmt *stmt) {
  Value value = lower_value(lower, env, stmt->value);
  if (!stmt->target) return;
  trace_note(lower->graph, LAW_RENAMING, stmt->target->span);
  if (!value.closure && !lower->graph->full) name_node(lower, value.node, stmt->target->name);
  env_bind(env, stmt->target, value);
}

Node lower_block(Lower *lower, Env *env, Block *block) {
  for (uint32_t i = 0; i < block->count; i++) {
    bool moved = i && block->stmts[i]->span.lo < block->stmts[i - 1]->span.lo;
    if (moved) trace_note(lower->graph, LAW_ORDER, block->stmts[i]->span);
    lower_stmt(lower, env, block->stmts[i]);
  }
  return block->value ? lower_expr(lower, env, block->value) : graph_unit(lower->graph);
}

/* ---- literals ---- */

static Node lower_quantity(Lower *lower, const Expr *expr) {
  int8_t unit[UNIT_COUNT] = {0};
  double factor = 1;
  const char *text = sym_text(lower->session->names, expr->quantity.unit);
  unit_find(text, strlen(text), unit, &factor);
  return graph_float(lower->graph, type_quantity(lower->types, unit), expr->quantity.number * factor);
}

static Node as_text(Lower *lower, Node node, Span span) {
  if (graph_type(lower->graph, node) == T_STRING) return node;
  return graph_node(lower->graph, OP_TO_STRING, T_STRING, span, node);
}

static Node lower_string(Lower *lower, Env *env, Expr *expr) {
  uint32_t count = expr->string.count;
  if (!count) return graph_string(lower->graph, 0);
  Node *parts = lower_nodes(lower, count);
  for (uint32_t i = 0; i < count; i++) {
    const Part *part = &expr->string.parts[i];
    parts[i] = part->expr ? as_text(lower, lower_expr(lower, env, part->expr), part->span)
                          : graph_string(lower->graph, part->text);
  }
  return graph_make(lower->graph, OP_CONCAT, T_STRING, 0, parts, count, expr->span);
}

static Node lower_array(Lower *lower, Env *env, Expr *expr) {
  TypeId type = env_type(lower, env, expr->type), item = type_of(lower->types, type)->args[0];
  uint32_t count = expr->array.count;
  Node *items = lower_nodes(lower, count);
  for (uint32_t i = 0; i < count; i++)
    items[i] = lower_convert(lower, lower_expr(lower, env, expr->array.items[i]), item,
                             expr->array.items[i]->span);
  return graph_make(lower->graph, OP_ARRAY, type, 0, items, count, expr->span);
}

/* Fields have the types that their values have: what is read as data may know more than the check did. */
static Node lower_record(Lower *lower, Env *env, Expr *expr) {
  uint32_t count = expr->record.count;
  Node *fields = lower_nodes(lower, count);
  Sym *names = ARENA_ARRAY(lower->session->arena, Sym, count);
  TypeId *types = ARENA_ARRAY(lower->session->arena, TypeId, count);
  for (uint32_t i = 0; i < count; i++) {
    fields[i] = lower_expr(lower, env, expr->record.fields[i].value);
    names[i] = expr->record.fields[i].name;
    types[i] = graph_type(lower->graph, fields[i]);
  }
  return graph_make(lower->graph, OP_RECORD, type_record(lower->types, count, names, types), 0, fields, count,
                    expr->span);
}

/* ---- the rest ---- */

static Node lower_name(Lower *lower, const Env *env, const Expr *expr) {
  if (expr->ref == REF_OUTPUT) return env->paths[expr->name.output];
  if (expr->ref == REF_BINDING) return env->slots[expr->name.binding->slot].node;
  BUG("a name without a value: %s", sym_text(lower->session->names, expr->name.name));
}

static Node lower_field(Lower *lower, Env *env, Expr *expr) {
  Node record = lower_expr(lower, env, expr->field.of);
  return lower->graph->full ? record : graph_project(lower->graph, record, expr->field.index, expr->span);
}

static Node lower_index(Lower *lower, Env *env, Expr *expr) {
  Node array = lower_expr(lower, env, expr->index.of), at = lower_expr(lower, env, expr->index.at);
  if (lower->graph->full) return array;
  TypeId item = type_of(lower->types, graph_type(lower->graph, array))->args[0];
  return graph_node(lower->graph, OP_ELEMENT, item, expr->span, array, at);
}

/* The operands after the named ones of what happens once for each round and at no other time. */
uint32_t volatile_args(Lower *lower, Node *args, uint32_t at) {
  Graph *graph = lower->graph;
  args[at++] = graph_raw(graph, OP_TOKEN, T_UNIT, graph->next_token++, NULL, 0, graph->span);
  for (uint32_t i = 0; i < lower->context.len; i++) args[at++] = lower->context.data[i];
  return at;
}

static Node lower_ask(Lower *lower, Env *env, Expr *expr) {
  static const char *const names[] = {"evidence", "default", "within"};
  Graph *graph = lower->graph;
  TypeId answer = env_type(lower, env, expr->type);
  Node *args = lower_nodes(lower, 5 + lower->context.len + lower->after.len);
  args[0] = lower_expr(lower, env, expr->ask.question);
  for (uint32_t k = 0; k < 3; k++) {
    args[k + 1] = graph_unit(graph);
    for (uint32_t i = 0; i < expr->ask.count; i++) {
      const Arg *arg = &expr->ask.args[i];
      if (strcmp(name_of(lower->session, arg->name), names[k])) continue;
      args[k + 1] = lower_expr(lower, env, arg->value);
      if (k == 0) args[k + 1] = as_text(lower, args[k + 1], arg->span);
      if (k == 1) args[k + 1] = lower_convert(lower, args[k + 1], answer, arg->span);
    }
  }
  uint32_t count = volatile_args(lower, args, 4);
  for (uint32_t i = 0; i < lower->after.len; i++) args[count++] = lower->after.data[i];
  Node ask = graph_make(graph, OP_ASK, answer, 0, args, count, expr->span);
  vec_push(&lower->effects, ask);
  return ask;
}

static Node lower_js(Lower *lower, Env *env, Expr *expr) {
  Graph *graph = lower->graph;
  Node source = lower_expr(lower, env, expr->js.source);
  Node names = expr->js.names ? lower_expr(lower, env, expr->js.names) : graph_unit(graph);
  return graph_node(graph, OP_JS, env_type(lower, env, expr->type), expr->span, source, names);
}

static Node lower_let(Lower *lower, Env *env, Expr *expr) {
  env_bind(env, expr->let.var, lower_value(lower, env, expr->let.value));
  return lower_expr(lower, env, expr->let.body);
}

/* To wait for a result is to wait for what it is a result of. */
static void wait_for(Lower *lower, Node node) {
  const Graph *graph = lower->graph;
  while (graph_op(graph, node) == OP_PROJECT) node = graph_arg(graph, node, 0);
  bool only_done = graph_op(graph, node) == OP_AFTER && graph_type(graph, node) == T_UNIT;
  for (uint32_t k = 1; only_done && k < graph_arity(graph, node); k++)
    vec_push(&lower->after, graph_arg(graph, node, k));
  if (!only_done) vec_push(&lower->after, node);
}

/* Tasks and questions inside wait themselves; a mere value is held back as a whole. */
static Node lower_after(Lower *lower, Env *env, Expr *expr) {
  Graph *graph = lower->graph;
  uint32_t mark = lower->after.len;
  for (uint32_t i = 0; i < expr->after.count; i++)
    wait_for(lower, lower_expr(lower, env, expr->after.after[i]));
  uint32_t made = graph_count(graph);
  Node value = lower_expr(lower, env, expr->after.value);
  uint32_t count = lower->after.len - mark;
  bool waits = false;
  for (Node node = made; node < graph_count(graph); node++)
    waits |= (op_info[graph_op(graph, node)].flags & FLAG_E) != 0;
  if (!waits && count) {
    Node *args = lower_nodes(lower, count + 1);
    args[0] = value;
    for (uint32_t i = 0; i < count; i++) args[i + 1] = lower->after.data[mark + i];
    value = graph_make(graph, OP_AFTER, graph_type(graph, value), 0, args, count + 1, expr->span);
  }
  lower->after.len = mark;
  return value;
}

Node lower_expr(Lower *lower, Env *env, Expr *expr) {
  if (reads_data(expr)) return lower_data(lower, env, expr);
  switch ((ExprKind)expr->kind) {
    case EXPR_INT:
      return graph_int(lower->graph, expr->integer);
    case EXPR_FLOAT:
      return graph_float(lower->graph, T_FLOAT, expr->quantity.number);
    case EXPR_QUANTITY:
      return lower_quantity(lower, expr);
    case EXPR_BOOL:
      return graph_bool(lower->graph, expr->flag);
    case EXPR_NONE:
      return graph_absent(lower->graph, T_NONE);
    case EXPR_STRING:
      return lower_string(lower, env, expr);
    case EXPR_HOLE:
      return graph_make(lower->graph, OP_HOLE, env_type(lower, env, expr->type), expr->name.name, NULL, 0,
                        expr->span);
    case EXPR_NAME:
      return lower_name(lower, env, expr);
    case EXPR_ARRAY:
      return lower_array(lower, env, expr);
    case EXPR_RECORD:
      return lower_record(lower, env, expr);
    case EXPR_CALL:
      return lower_call(lower, env, expr);
    case EXPR_FIELD:
      return lower_field(lower, env, expr);
    case EXPR_INDEX:
      return lower_index(lower, env, expr);
    case EXPR_UNARY:
      return lower_unary(lower, env, expr);
    case EXPR_BINARY:
      return lower_binary(lower, env, expr);
    case EXPR_IF:
      return lower_if(lower, env, expr);
    case EXPR_FOR:
      return lower_for(lower, env, expr);
    case EXPR_FOLD:
      return lower_fold(lower, env, expr);
    case EXPR_LOOP:
      return lower_loop(lower, env, expr);
    case EXPR_ASK:
      return lower_ask(lower, env, expr);
    case EXPR_JS:
      return lower_js(lower, env, expr);
    case EXPR_LET:
      return lower_let(lower, env, expr);
    case EXPR_AFTER:
      return lower_after(lower, env, expr);
    default:
      BUG("an expression of kind %d after the check", expr->kind);
  }
}
