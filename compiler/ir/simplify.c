#include "ir/simplify.h"

#include "base/hash.h"

#include <string.h>

static Rule *const rules[OP_COUNT_] = {
    [OP_DIM_OF] = simplify_dim_of,
    [OP_DIM_ZIP] = simplify_dim_zip,
    [OP_ELEMENT] = simplify_element,
    [OP_COLLECT] = simplify_collect,
    [OP_FOLD] = simplify_fold,
    [OP_REDUCE] = simplify_reduce,
    [OP_LOOP] = simplify_loop,
    [OP_CHOOSE] = simplify_choose,
    [OP_AFTER] = simplify_after,
    [OP_RECORD] = simplify_record,
    [OP_PROJECT] = simplify_project,
    [OP_APPEND] = simplify_append,
    [OP_LENGTH] = simplify_length,
    [OP_FLATTEN] = simplify_flatten,
    [OP_COMPACT] = simplify_compact,
    [OP_IS_SOME] = simplify_is_some,
    [OP_UNWRAP] = simplify_unwrap,
    [OP_CAST] = simplify_cast,
    [OP_ADD_] = fold_binary,
    [OP_SUB_] = fold_binary,
    [OP_MUL_] = fold_binary,
    [OP_DIV_] = fold_binary,
    [OP_MOD_] = fold_binary,
    [OP_BIT_AND] = fold_binary,
    [OP_BIT_OR] = fold_binary,
    [OP_BIT_XOR] = fold_binary,
    [OP_SHIFT_LEFT] = fold_binary,
    [OP_SHIFT_RIGHT] = fold_binary,
    [OP_NEG_] = fold_unary,
    [OP_ABS] = fold_unary,
    [OP_FLOOR] = fold_unary,
    [OP_CEIL] = fold_unary,
    [OP_ROUND] = fold_unary,
    [OP_SQRT] = fold_unary,
    [OP_TO_FLOAT] = fold_to_float,
    [OP_TO_INT] = fold_to_int,
    [OP_MEAN] = fold_moment,
    [OP_SD] = fold_moment,
    [OP_MIN] = fold_min_max,
    [OP_MAX] = fold_min_max,
    [OP_NOT_] = fold_not,
    [OP_EQ_] = fold_compare,
    [OP_LT_] = fold_compare,
    [OP_LE_] = fold_compare,
    [OP_CONCAT] = fold_concat,
    [OP_TO_STRING] = fold_to_string,
    [OP_PARSE_INT] = fold_parse_int,
    [OP_PARSE_FLOAT] = fold_parse_float,
    [OP_SPLIT] = fold_split,
    [OP_JOIN] = fold_join,
    [OP_REPLACE] = fold_replace,
    [OP_CONTAINS] = fold_test,
    [OP_STARTS_WITH] = fold_test,
    [OP_ENDS_WITH] = fold_test,
    [OP_BASENAME] = fold_path,
    [OP_STEM] = fold_path,
};

enum { FEW_ARGS = 8 };

Node graph_make(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count,
                Span span) {
  if (graph->full || !rules[op]) return graph_raw(graph, op, type, data, args, count, span);
  /* The operands may lie in the pool, which rules make grow. */
  Node few[FEW_ARGS], *copy = count <= FEW_ARGS ? few : mem_alloc(count * sizeof *copy);
  if (count) memcpy(copy, args, count * sizeof *copy);
  Node made = rules[op](graph, &(Call){op, type, data, copy, count, span});
  if (made == NODE_NONE) made = graph_raw(graph, op, type, data, copy, count, span);
  if (copy != few) free(copy);
  return graph->full ? 0 : made;
}

bool literal_is(const Graph *graph, Node node, LiteralKind kind) {
  return graph_op(graph, node) == OP_LIT && graph_literal(graph, node)->kind == kind;
}

bool literal_is_int(const Graph *graph, Node node, int64_t value) {
  return literal_is(graph, node, LIT_INT) && graph_literal(graph, node)->integer == value;
}

TypeId type_inner(const Graph *graph, TypeId type) {
  const Type *outer = type_of(graph->types, type);
  return outer->count ? outer->args[0] : T_ERROR;
}

/* ---- records ---- */

static Node cast_to(Graph *graph, TypeId type, Node node, Span span) {
  return graph_node(graph, OP_CAST, type, span, node);
}

Node simplify_project(Graph *graph, const Call *call) {
  Node record = call->args[0];
  if (graph_op(graph, record) == OP_RECORD) return graph_arg(graph, record, call->data);
  if (graph_op(graph, record) != OP_CAST) return NODE_NONE;
  return cast_to(graph, call->type, graph_project(graph, graph_arg(graph, record, 0), call->data, call->span),
                 call->span);
}

/* η: the record of all fields of one record of this type is that record. */
Node simplify_record(Graph *graph, const Call *call) {
  Node whole = NODE_NONE;
  for (uint32_t k = 0; k < call->count; k++) {
    Node field = call->args[k];
    if (graph_op(graph, field) != OP_PROJECT || graph->data.data[field] != k) return NODE_NONE;
    if (k && graph_arg(graph, field, 0) != whole) return NODE_NONE;
    whole = graph_arg(graph, field, 0);
  }
  return call->count && graph_type(graph, whole) == call->type ? whole : NODE_NONE;
}

/* ---- conditions ---- */

static Node choose(Graph *graph, const Call *call, Node condition, Node yes, Node no) {
  return graph_node(graph, OP_CHOOSE, call->type, call->span, condition, yes, no);
}

/* An arm, knowing the condition there: `c && c`, and a choice by the same condition. */
static Node known_arm(Graph *graph, Node condition, Node arm, bool value) {
  if (arm == condition) return graph_bool(graph, value);
  if (graph_op(graph, arm) == OP_CHOOSE && graph_arg(graph, arm, 0) == condition)
    return graph_arg(graph, arm, value ? 1 : 2);
  return arm;
}

Node simplify_choose(Graph *graph, const Call *call) {
  Node condition = call->args[0], yes = call->args[1], no = call->args[2];
  if (literal_is(graph, condition, LIT_BOOL)) return graph_is_bool(graph, condition, true) ? yes : no;
  if (yes == no) return yes;
  if (graph_op(graph, condition) == OP_NOT_)
    return choose(graph, call, graph_arg(graph, condition, 0), no, yes);
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return condition;
  if (graph_is_bool(graph, yes, false) && graph_is_bool(graph, no, true))
    return graph_node(graph, OP_NOT_, T_BOOL, call->span, condition);
  Node then = known_arm(graph, condition, yes, true), otherwise = known_arm(graph, condition, no, false);
  if (then == yes && otherwise == no) return NODE_NONE;
  return choose(graph, call, condition, then, otherwise);
}

/* ---- order ---- */

/* Only what has an effect, or may get one when a variable is replaced, is worth waiting for. */
static void after_dep(Graph *graph, Node dep, Map *seen, Nodes *into) {
  if (!graph->vars.data[dep] && !(graph->below.data[dep] & FLAG_E)) return;
  if (map_get(seen, dep)) return;
  map_put(seen, dep, 1);
  vec_push(into, dep);
}

/* Of `a after (b after c)` the value is a's; what b waited for, b waits for itself. */
Node simplify_after(Graph *graph, const Call *call) {
  Nodes args = {0};
  Map seen = {0};
  Node value = call->args[0];
  bool nested = graph_op(graph, value) == OP_AFTER;
  vec_push(&args, nested ? graph_arg(graph, value, 0) : value);
  for (uint32_t k = 1; nested && k < graph_arity(graph, value); k++)
    after_dep(graph, graph_arg(graph, value, k), &seen, &args);
  for (uint32_t k = 1; k < call->count; k++) after_dep(graph, call->args[k], &seen, &args);
  Node made = args.data[0];
  if (args.len > 1) made = graph_raw(graph, OP_AFTER, call->type, 0, args.data, args.len, call->span);
  map_free(&seen);
  vec_free(&args);
  return made;
}

/* ---- options ---- */

Node simplify_is_some(Graph *graph, const Call *call) {
  Node option = call->args[0];
  if (graph_op(graph, option) == OP_SOME) return graph_bool(graph, true);
  if (literal_is(graph, option, LIT_ABSENT)) return graph_bool(graph, false);
  if (graph_op(graph, option) != OP_CAST) return NODE_NONE;
  return graph_node(graph, OP_IS_SOME, T_BOOL, call->span, graph_arg(graph, option, 0));
}

Node simplify_unwrap(Graph *graph, const Call *call) {
  Node option = call->args[0];
  if (graph_op(graph, option) == OP_SOME) return graph_arg(graph, option, 0);
  if (graph_op(graph, option) != OP_CAST) return NODE_NONE;
  Node inside = graph_arg(graph, option, 0);
  TypeId type = type_inner(graph, graph_type(graph, inside));
  return cast_to(graph, call->type, graph_node(graph, OP_UNWRAP, type, call->span, inside), call->span);
}

/* ---- casts ---- */

/* The same construction with its parts cast. */
static Node cast_parts(Graph *graph, const Call *call, Node value, Op op) {
  Nodes parts = {0};
  for (uint32_t k = 0; k < graph_arity(graph, value); k++) {
    TypeId part = type_of(graph->types, call->type)->args[op == OP_RECORD ? k : 0];
    vec_push(&parts, cast_to(graph, part, graph_arg(graph, value, k), call->span));
  }
  Node made = graph_make(graph, op, call->type, 0, parts.data, parts.len, call->span);
  vec_free(&parts);
  return made;
}

static Node cast_collect(Graph *graph, const Call *call, Node collect) {
  Node index = graph_arg(graph, collect, 0), condition = graph_arg(graph, collect, 1);
  Node body = cast_to(graph, type_inner(graph, call->type), graph_arg(graph, collect, 2), call->span);
  return graph_node(graph, OP_COLLECT, call->type, call->span, index, condition, body);
}

Node simplify_cast(Graph *graph, const Call *call) {
  Node value = call->args[0];
  TypeKind kind = type_kind(graph->types, call->type);
  if (graph_type(graph, value) == call->type) return value;
  switch (graph_op(graph, value)) {
    case OP_LIT:
      return graph_literal_node(graph, call->type, *graph_literal(graph, value));
    case OP_CAST:
      return cast_to(graph, call->type, graph_arg(graph, value, 0), call->span);
    case OP_SOME:
      return kind == T_OPTION ? cast_parts(graph, call, value, OP_SOME) : NODE_NONE;
    case OP_ARRAY:
      return kind == T_ARRAY ? cast_parts(graph, call, value, OP_ARRAY) : NODE_NONE;
    case OP_RECORD:
      return kind == T_RECORD ? cast_parts(graph, call, value, OP_RECORD) : NODE_NONE;
    case OP_COLLECT:
      return kind == T_ARRAY ? cast_collect(graph, call, value) : NODE_NONE;
    default:
      return NODE_NONE;
  }
}
