#include "ir/simplify.h"

#include "base/hash.h"

#include <string.h>

const RuleRow simplify_rules[OP_COUNT_] = {
    [OP_DIM_OF] = {simplify_dim_of, LAW_LENGTH},
    [OP_DIM_RANGE] = {simplify_dim_range, LAW_INDICES},
    [OP_DIM_ZIP] = {simplify_dim_zip, LAW_ZIP},
    [OP_ELEMENT] = {simplify_element, LAW_ELEMENT},
    [OP_COLLECT] = {simplify_collect, LAW_FILTER_KNOWN},
    [OP_FOLD] = {simplify_fold, LAW_FOLD_EMPTY},
    [OP_REDUCE] = {simplify_reduce, LAW_REDUCE},
    [OP_LOOP] = {simplify_loop, LAW_LOOP_ZERO},
    [OP_CHOOSE] = {simplify_choose, LAW_IF_KNOWN},
    [OP_AFTER] = {simplify_after, LAW_AFTER},
    [OP_RECORD] = {simplify_record, LAW_RECORD_ETA},
    [OP_PROJECT] = {simplify_project, LAW_RECORD_BETA},
    [OP_APPEND] = {simplify_append, LAW_APPEND},
    [OP_LENGTH] = {simplify_length, LAW_LENGTH},
    [OP_FLATTEN] = {simplify_flatten, LAW_FLATTEN},
    [OP_COMPACT] = {simplify_compact, LAW_COMPACT},
    [OP_IS_SOME] = {simplify_is_some, LAW_OPTION},
    [OP_UNWRAP] = {simplify_unwrap, LAW_OPTION},
    [OP_CAST] = {simplify_cast, LAW_CONVERSION},
    [OP_ADD_] = {fold_binary, LAW_CONSTANT},
    [OP_SUB_] = {fold_binary, LAW_CONSTANT},
    [OP_MUL_] = {fold_binary, LAW_CONSTANT},
    [OP_DIV_] = {fold_binary, LAW_CONSTANT},
    [OP_MOD_] = {fold_binary, LAW_CONSTANT},
    [OP_BIT_AND] = {fold_binary, LAW_CONSTANT},
    [OP_BIT_OR] = {fold_binary, LAW_CONSTANT},
    [OP_BIT_XOR] = {fold_binary, LAW_CONSTANT},
    [OP_SHIFT_LEFT] = {fold_binary, LAW_CONSTANT},
    [OP_SHIFT_RIGHT] = {fold_binary, LAW_CONSTANT},
    [OP_NEG_] = {fold_unary, LAW_CONSTANT},
    [OP_ABS] = {fold_unary, LAW_CONSTANT},
    [OP_FLOOR] = {fold_unary, LAW_CONSTANT},
    [OP_CEIL] = {fold_unary, LAW_CONSTANT},
    [OP_ROUND] = {fold_unary, LAW_CONSTANT},
    [OP_SQRT] = {fold_unary, LAW_CONSTANT},
    [OP_TO_FLOAT] = {fold_to_float, LAW_CONSTANT},
    [OP_TO_INT] = {fold_to_int, LAW_CONSTANT},
    [OP_MEAN] = {fold_moment, LAW_CONSTANT},
    [OP_SD] = {fold_moment, LAW_CONSTANT},
    [OP_MIN] = {fold_min_max, LAW_CONSTANT},
    [OP_MAX] = {fold_min_max, LAW_CONSTANT},
    [OP_NOT_] = {fold_not, LAW_CONSTANT},
    [OP_EQ_] = {fold_compare, LAW_CONSTANT},
    [OP_LT_] = {fold_compare, LAW_CONSTANT},
    [OP_LE_] = {fold_compare, LAW_CONSTANT},
    [OP_CONCAT] = {fold_concat, LAW_CONCAT},
    [OP_TO_STRING] = {fold_to_string, LAW_CONSTANT},
    [OP_PARSE_INT] = {fold_parse_int, LAW_CONSTANT},
    [OP_PARSE_FLOAT] = {fold_parse_float, LAW_CONSTANT},
    [OP_SPLIT] = {fold_split, LAW_CONSTANT},
    [OP_JOIN] = {fold_join, LAW_CONSTANT},
    [OP_REPLACE] = {fold_replace, LAW_CONSTANT},
    [OP_CONTAINS] = {fold_test, LAW_CONSTANT},
    [OP_STARTS_WITH] = {fold_test, LAW_CONSTANT},
    [OP_ENDS_WITH] = {fold_test, LAW_CONSTANT},
    [OP_BASENAME] = {fold_path, LAW_CONSTANT},
    [OP_STEM] = {fold_path, LAW_CONSTANT},
};

enum { FEW_ARGS = 8 };

/* Apply the rule of a row, if there is one; NODE_NONE: it says nothing. What is traced goes one step at a time: what
 * the rule makes stays as it is said, and is made simpler when it is visited again. */
static Node apply_rule(Graph *graph, const RuleRow *row, const Term *term) {
  if (!row->rule || graph->full) return NODE_NONE;
  uint8_t outer = graph->law;
  LawStep step = law_step_begin(graph);
  graph->law = row->law;
  Node made = row->rule(graph, term);
  uint8_t law = graph->law;
  graph->law = outer;
  law_step_end(graph, step);
  if (!graph->trace || made == NODE_NONE || graph->full) return made;
  Node said = graph_raw(graph, term->op, term->type, term->data, term->args, term->count, term->span);
  trace_law(graph, law, said, made);
  return made;
}

Node graph_make(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count,
                Span span) {
  if (!graph->rules) return graph_raw(graph, op, type, data, args, count, span);
  /* The operands may lie in the pool, which rules make grow. */
  Node few[FEW_ARGS], *copy = count <= FEW_ARGS ? few : mem_alloc(count * sizeof *copy);
  if (count) memcpy(copy, args, count * sizeof *copy);
  Term term = {op, type, data, copy, count, span};
  Node made = apply_rule(graph, &graph->rules[op], &term);
  if (made == NODE_NONE && graph->more) made = apply_rule(graph, &graph->more[op], &term);
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

Node simplify_project(Graph *graph, const Term *term) {
  Node record = term->args[0];
  if (graph_op(graph, record) == OP_RECORD) return graph_arg(graph, record, term->data);
  if (graph_op(graph, record) != OP_CAST) return NODE_NONE;
  law_is(graph, LAW_CONVERSION);
  return cast_to(graph, term->type, graph_project(graph, graph_arg(graph, record, 0), term->data, term->span),
                 term->span);
}

/* η: the record of all fields of one record of this type is that record. */
Node simplify_record(Graph *graph, const Term *term) {
  Node whole = NODE_NONE;
  for (uint32_t k = 0; k < term->count; k++) {
    Node field = term->args[k];
    if (graph_op(graph, field) != OP_PROJECT || graph->data.data[field] != k) return NODE_NONE;
    if (k && graph_arg(graph, field, 0) != whole) return NODE_NONE;
    whole = graph_arg(graph, field, 0);
  }
  return term->count && graph_type(graph, whole) == term->type ? whole : NODE_NONE;
}

/* ---- conditions ---- */

static Node choose(Graph *graph, const Term *term, Node condition, Node yes, Node no) {
  return graph_node(graph, OP_CHOOSE, term->type, term->span, condition, yes, no);
}

/* An arm, knowing the condition there: `c && c`, and a choice by the same condition. */
static Node known_arm(Graph *graph, Node condition, Node arm, bool value) {
  if (arm == condition) return graph_bool(graph, value);
  if (graph_op(graph, arm) == OP_CHOOSE && graph_arg(graph, arm, 0) == condition)
    return graph_arg(graph, arm, value ? 1 : 2);
  return arm;
}

Node simplify_choose(Graph *graph, const Term *term) {
  Node condition = term->args[0], yes = term->args[1], no = term->args[2];
  if (literal_is(graph, condition, LIT_BOOL)) return graph_is_bool(graph, condition, true) ? yes : no;
  law_is(graph, LAW_IF_EQUAL);
  if (yes == no) return yes;
  law_is(graph, LAW_IF_NOT);
  if (graph_op(graph, condition) == OP_NOT_)
    return choose(graph, term, graph_arg(graph, condition, 0), no, yes);
  law_is(graph, LAW_IF_TRUTH);
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return condition;
  if (graph_is_bool(graph, yes, false) && graph_is_bool(graph, no, true))
    return graph_node(graph, OP_NOT_, T_BOOL, term->span, condition);
  Node then = known_arm(graph, condition, yes, true), otherwise = known_arm(graph, condition, no, false);
  if (then == yes && otherwise == no) return NODE_NONE;
  law_is(graph, LAW_IF_AGAIN);
  return choose(graph, term, condition, then, otherwise);
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
Node simplify_after(Graph *graph, const Term *term) {
  Nodes args = {0};
  Map seen = {0};
  Node value = term->args[0];
  bool nested = graph_op(graph, value) == OP_AFTER;
  vec_push(&args, nested ? graph_arg(graph, value, 0) : value);
  for (uint32_t k = 1; nested && k < graph_arity(graph, value); k++)
    after_dep(graph, graph_arg(graph, value, k), &seen, &args);
  for (uint32_t k = 1; k < term->count; k++) after_dep(graph, term->args[k], &seen, &args);
  Node made = args.data[0];
  if (args.len > 1 && args.len == term->count && !nested)
    made = NODE_NONE;
  else if (args.len > 1)
    made = graph_raw(graph, OP_AFTER, term->type, 0, args.data, args.len, term->span);
  map_free(&seen);
  vec_free(&args);
  return made;
}

/* ---- options ---- */

Node simplify_is_some(Graph *graph, const Term *term) {
  Node option = term->args[0];
  if (graph_op(graph, option) == OP_SOME) return graph_bool(graph, true);
  if (literal_is(graph, option, LIT_ABSENT)) return graph_bool(graph, false);
  if (graph_op(graph, option) != OP_CAST) return NODE_NONE;
  law_is(graph, LAW_CONVERSION);
  return graph_node(graph, OP_IS_SOME, T_BOOL, term->span, graph_arg(graph, option, 0));
}

Node simplify_unwrap(Graph *graph, const Term *term) {
  Node option = term->args[0];
  if (graph_op(graph, option) == OP_SOME) return graph_arg(graph, option, 0);
  if (graph_op(graph, option) != OP_CAST) return NODE_NONE;
  law_is(graph, LAW_CONVERSION);
  Node inside = graph_arg(graph, option, 0);
  TypeId type = type_inner(graph, graph_type(graph, inside));
  return cast_to(graph, term->type, graph_node(graph, OP_UNWRAP, type, term->span, inside), term->span);
}

/* ---- casts ---- */

/* The same construction with its parts cast. */
static Node cast_parts(Graph *graph, const Term *term, Node value, Op op) {
  Nodes parts = {0};
  for (uint32_t k = 0; k < graph_arity(graph, value); k++) {
    TypeId part = type_of(graph->types, term->type)->args[op == OP_RECORD ? k : 0];
    vec_push(&parts, cast_to(graph, part, graph_arg(graph, value, k), term->span));
  }
  Node made = graph_make(graph, op, term->type, 0, parts.data, parts.len, term->span);
  vec_free(&parts);
  return made;
}

static Node cast_collect(Graph *graph, const Term *term, Node collect) {
  Node index = graph_arg(graph, collect, 0), condition = graph_arg(graph, collect, 1);
  Node body = cast_to(graph, type_inner(graph, term->type), graph_arg(graph, collect, 2), term->span);
  return graph_node(graph, OP_COLLECT, term->type, term->span, index, condition, body);
}

Node simplify_cast(Graph *graph, const Term *term) {
  Node value = term->args[0];
  TypeKind kind = type_kind(graph->types, term->type);
  if (graph_type(graph, value) == term->type) return value;
  switch (graph_op(graph, value)) {
    case OP_LIT:
      return graph_literal_node(graph, term->type, *graph_literal(graph, value));
    case OP_CAST:
      return cast_to(graph, term->type, graph_arg(graph, value, 0), term->span);
    case OP_SOME:
      return kind == T_OPTION ? cast_parts(graph, term, value, OP_SOME) : NODE_NONE;
    case OP_ARRAY:
      return kind == T_ARRAY ? cast_parts(graph, term, value, OP_ARRAY) : NODE_NONE;
    case OP_RECORD:
      return kind == T_RECORD ? cast_parts(graph, term, value, OP_RECORD) : NODE_NONE;
    case OP_COLLECT:
      return kind == T_ARRAY ? cast_collect(graph, term, value) : NODE_NONE;
    default:
      return NODE_NONE;
  }
}
