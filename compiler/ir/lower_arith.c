#include "ir/lowering.h"

/* Sums and products of uncertain quantities: mean and standard deviation of independent ones. */

static Node as_type(Lower *lower, Node node, TypeId type, Span span) {
  return graph_node(lower->graph, OP_CAST, type, span, node);
}

static Node mean_of(Lower *lower, Node node, Span span) {
  TypeId type = graph_type(lower->graph, node);
  if (type_kind(lower->types, type) != T_UNCERTAIN) return node;
  return graph_node(lower->graph, OP_MEAN, type_of(lower->types, type)->args[0], span, node);
}

/* As a plain number, in base units. */
static Node sd_of(Lower *lower, Node node, Span span) {
  TypeId type = graph_type(lower->graph, node);
  if (type_kind(lower->types, type) != T_UNCERTAIN) return graph_float(lower->graph, T_FLOAT, 0);
  Node sd = graph_node(lower->graph, OP_SD, type_of(lower->types, type)->args[0], span, node);
  return as_type(lower, sd, T_FLOAT, span);
}

static Node as_number(Lower *lower, Node node, Span span) {
  if (graph_type(lower->graph, node) == T_INT)
    return graph_node(lower->graph, OP_TO_FLOAT, T_FLOAT, span, node);
  return as_type(lower, node, T_FLOAT, span);
}

static Node uncertain(Lower *lower, Node mean, Node sd, TypeId type, Span span) {
  TypeId inner = type_of(lower->types, type)->args[0];
  return graph_node(lower->graph, OP_UNCERTAIN_, type, span, as_type(lower, mean, inner, span),
                    as_type(lower, sd, inner, span));
}

static Node uncertain_sum(Lower *lower, Op op, Node left, Node right, TypeId type, Span span) {
  Graph *graph = lower->graph;
  Node a = as_number(lower, mean_of(lower, left, span), span),
       b = as_number(lower, mean_of(lower, right, span), span);
  Node s = sd_of(lower, left, span), t = sd_of(lower, right, span);
  Node squares = graph_node(graph, OP_ADD_, T_FLOAT, span, graph_node(graph, OP_MUL_, T_FLOAT, span, s, s),
                            graph_node(graph, OP_MUL_, T_FLOAT, span, t, t));
  Node sd = graph_node(graph, OP_SQRT, T_FLOAT, span, squares);
  return uncertain(lower, graph_node(graph, op, T_FLOAT, span, a, b), sd, type, span);
}

/* One of the two is certain: it scales the other. */
static Node uncertain_product(Lower *lower, Op op, Node left, Node right, TypeId type, Span span) {
  Graph *graph = lower->graph;
  bool left_uncertain = type_kind(lower->types, graph_type(graph, left)) == T_UNCERTAIN;
  Node a = as_number(lower, mean_of(lower, left, span), span),
       b = as_number(lower, mean_of(lower, right, span), span);
  Node scale = graph_node(graph, OP_ABS, T_FLOAT, span, left_uncertain ? b : a);
  Node sd = sd_of(lower, left_uncertain ? left : right, span);
  return uncertain(lower, graph_node(graph, op, T_FLOAT, span, a, b),
                   graph_node(graph, op, T_FLOAT, span, sd, scale), type, span);
}

/* Int operands of an operation that is not on Int become Float; quantities stay what they are. */
static Node operand(Lower *lower, Node node, TypeId result, Span span) {
  bool widen = graph_type(lower->graph, node) == T_INT && result != T_INT;
  return widen ? graph_node(lower->graph, OP_TO_FLOAT, T_FLOAT, span, node) : node;
}

static Node arithmetic(Lower *lower, Op op, Node left, Node right, TypeId type, Span span) {
  if (type_kind(lower->types, type) == T_UNCERTAIN) {
    bool sum = op == OP_ADD_ || op == OP_SUB_;
    return (sum ? uncertain_sum : uncertain_product)(lower, op, left, right, type, span);
  }
  return graph_node(lower->graph, op, type, span, operand(lower, left, type, span),
                    operand(lower, right, type, span));
}

static Node sum(Lower *lower, Op op, Node left, Node right, TypeId type, Span span) {
  if (type == T_STRING) return graph_node(lower->graph, OP_CONCAT, type, span, left, right);
  if (type_kind(lower->types, type) != T_ARRAY) return arithmetic(lower, op, left, right, type, span);
  Node a = lower_convert(lower, left, type, span), b = lower_convert(lower, right, type, span);
  return graph_node(lower->graph, OP_APPEND, type, span, a, b);
}

static Node comparison(Lower *lower, Operator op, Node left, Node right, Span span) {
  TypeId type = type_join(lower->types, graph_type(lower->graph, left), graph_type(lower->graph, right));
  Node a = lower_convert(lower, left, type, span), b = lower_convert(lower, right, type, span);
  bool swap = op == OP_GT || op == OP_GE;
  Op test = op == OP_EQ || op == OP_NE ? OP_EQ_ : op == OP_LT || op == OP_GT ? OP_LT_ : OP_LE_;
  Node result = graph_node(lower->graph, test, T_BOOL, span, swap ? b : a, swap ? a : b);
  return op == OP_NE ? graph_node(lower->graph, OP_NOT_, T_BOOL, span, result) : result;
}

/* The right operand counts only where the left one does not decide. */
static Node short_cut(Lower *lower, Env *env, Expr *expr, Node left) {
  Graph *graph = lower->graph;
  uint32_t mark = effects_mark(lower);
  Node right = lower_expr(lower, env, expr->binary.right);
  effects_choose(lower, mark, left, expr->op == OP_AND);
  if (expr->op == OP_AND)
    return graph_node(graph, OP_CHOOSE, T_BOOL, expr->span, left, right, graph_bool(graph, false));
  return graph_node(graph, OP_CHOOSE, T_BOOL, expr->span, left, graph_bool(graph, true), right);
}

static Node coalesce(Lower *lower, Env *env, Expr *expr, Node left, TypeId type) {
  Graph *graph = lower->graph;
  Span span = expr->span;
  TypeId from = graph_type(graph, left);
  bool optional = type_kind(lower->types, from) == T_OPTION;
  uint32_t mark = effects_mark(lower);
  Node right = lower_convert(lower, lower_expr(lower, env, expr->binary.right), type, span);
  if (from == T_NONE) return right;
  Node there = optional ? graph_node(graph, OP_IS_SOME, T_BOOL, span, left) : graph_bool(graph, true);
  effects_choose(lower, mark, there, false);
  if (!optional) return lower_convert(lower, left, type, span);
  Node value = graph_node(graph, OP_UNWRAP, type_of(lower->types, from)->args[0], span, left);
  return graph_node(graph, OP_CHOOSE, type, span, there, lower_convert(lower, value, type, span), right);
}

Node lower_unary(Lower *lower, Env *env, Expr *expr) {
  Node operand_node = lower_expr(lower, env, expr->binary.left);
  return graph_node(lower->graph, expr->op == OP_NOT ? OP_NOT_ : OP_NEG_,
                    graph_type(lower->graph, operand_node), expr->span, operand_node);
}

Node lower_binary(Lower *lower, Env *env, Expr *expr) {
  static const Op arithmetic_ops[OP_COUNT] = {
      [OP_ADD] = OP_ADD_, [OP_SUB] = OP_SUB_, [OP_MUL] = OP_MUL_, [OP_DIV] = OP_DIV_, [OP_MOD] = OP_MOD_};
  if (expr->op == OP_APPLY) return lower_apply(lower, env, expr);
  TypeId type = env_type(lower, env, expr->type);
  Node left = lower_expr(lower, env, expr->binary.left);
  if (expr->op == OP_AND || expr->op == OP_OR) return short_cut(lower, env, expr, left);
  if (expr->op == OP_COALESCE) return coalesce(lower, env, expr, left, type);
  Node right = lower_expr(lower, env, expr->binary.right);
  switch ((Operator)expr->op) {
    case OP_ADD:
    case OP_SUB:
      return sum(lower, arithmetic_ops[expr->op], left, right, type, expr->span);
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
      return arithmetic(lower, arithmetic_ops[expr->op], left, right, type, expr->span);
    case OP_UNCERTAIN: {
      TypeId inner = type_of(lower->types, type)->args[0];
      return graph_node(lower->graph, OP_UNCERTAIN_, type, expr->span,
                        lower_convert(lower, left, inner, expr->span),
                        lower_convert(lower, right, inner, expr->span));
    }
    default:
      return comparison(lower, (Operator)expr->op, left, right, expr->span);
  }
}
