/* replay_values.c: numbers and truth of the laws on values, computed once more. */
#include "canon/replay_literal.h"

#include <math.h>
#include <string.h>

/* Whether all operands are literals of one kind, which is given. */
static bool all_literal(const Graph *graph, Node node, LiteralKind *kind) {
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    if (!is(graph, arg(graph, node, k), OP_LIT)) return false;
    LiteralKind own = (LiteralKind)graph_literal(graph, arg(graph, node, k))->kind;
    if (k && own != *kind) return false;
    *kind = own;
  }
  return graph_arity(graph, node) > 0;
}

/* ---- numbers ---- */

static bool divide(int64_t a, int64_t b, int64_t *quotient, int64_t *rest) {
  if (!b || (a == INT64_MIN && b == -1)) return false;
  *quotient = a / b;
  *rest = a - *quotient * b;
  return true;
}

/* Two's complement of 64 bits. */
static bool whole_result(Op op, uint64_t a, uint64_t b, uint64_t *result) {
  int64_t quotient = 0, rest = 0;
  switch (op) {
    case OP_ADD_:
      *result = a + b;
      return true;
    case OP_SUB_:
      *result = a - b;
      return true;
    case OP_MUL_:
      *result = a * b;
      return true;
    case OP_DIV_:
    case OP_MOD_:
      if (!divide((int64_t)a, (int64_t)b, &quotient, &rest)) return false;
      *result = (uint64_t)(op == OP_DIV_ ? quotient : rest);
      return true;
    case OP_BIT_AND:
      *result = a & b;
      return true;
    case OP_BIT_OR:
      *result = a | b;
      return true;
    case OP_BIT_XOR:
      *result = a ^ b;
      return true;
    case OP_SHIFT_LEFT:
      *result = a << (b % 64);
      return true;
    case OP_SHIFT_RIGHT:
      *result = a >> (b % 64);
      return true;
    case OP_MIN:
    case OP_MAX:
      *result = ((int64_t)a < (int64_t)b) == (op == OP_MIN) ? a : b;
      return true;
    case OP_NEG_:
      *result = 0 - a;
      return true;
    case OP_ABS:
      *result = a >> 63 ? 0 - a : a;
      return true;
    default:
      return false;
  }
}

static bool real_result(Op op, double a, double b, double *result) {
  switch (op) {
    case OP_ADD_:
      *result = a + b;
      return true;
    case OP_SUB_:
      *result = a - b;
      return true;
    case OP_MUL_:
      *result = a * b;
      return true;
    case OP_DIV_:
      *result = a / b;
      return true;
    case OP_MOD_:
      *result = fmod(a, b);
      return true;
    case OP_MIN:
    case OP_MAX:
      *result = (a < b) == (op == OP_MIN) ? a : b;
      return a < b || a > b;
    case OP_NEG_:
      *result = -a;
      return true;
    case OP_ABS:
      *result = fabs(a);
      return true;
    case OP_FLOOR:
      *result = floor(a);
      return true;
    case OP_CEIL:
      *result = ceil(a);
      return true;
    case OP_ROUND:
      *result = round(a);
      return true;
    case OP_SQRT:
      *result = sqrt(a);
      return true;
    default:
      return false;
  }
}

/* Where a sign of order has to stand for a comparison to hold. */
static bool holds(Op op, int order) { return op == OP_EQ_ ? !order : op == OP_LT_ ? order < 0 : order <= 0; }

static int text_order(Bytes a, Bytes b) {
  int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool comparison(const Graph *graph, Node from, LiteralKind kind, bool *truth) {
  Node a = arg(graph, from, 0), b = arg(graph, from, 1);
  int order = 0;
  if (kind == LIT_INT || kind == LIT_BOOL)
    order = (whole(graph, a) > whole(graph, b)) - (whole(graph, a) < whole(graph, b));
  else if (kind == LIT_FLOAT)
    order = (real(graph, a) > real(graph, b)) - (real(graph, a) < real(graph, b));
  else if (kind == LIT_STRING)
    order = text_order(bytes(graph, a), bytes(graph, b));
  else
    return false;
  bool ordered = kind != LIT_FLOAT || (!isnan(real(graph, a)) && !isnan(real(graph, b)));
  *truth = ordered && holds(graph_op(graph, from), order);
  return true;
}

/* A value without a NaN in it, that is there, is as great as itself. */
static bool with_itself(const Graph *graph, Node from, Node to) {
  Node a = arg(graph, from, 0);
  TypeId type = graph_type(graph, a);
  bool reflexive = type == T_INT || type == T_BOOL || type == T_STRING;
  return a == arg(graph, from, 1) && reflexive && !(graph->below.data[a] & (FLAG_F | FLAG_E)) &&
         graph_is_bool(graph, to, graph_op(graph, from) != OP_LT_);
}

static bool of_comparison(const Graph *graph, Node from, LiteralKind kind, bool literal, Node to) {
  bool truth;
  if (with_itself(graph, from, to)) return true;
  return literal && comparison(graph, from, kind, &truth) && graph_is_bool(graph, to, truth);
}

static bool of_whole(const Graph *graph, Node from, Node to) {
  uint64_t a = (uint64_t)whole(graph, arg(graph, from, 0)), result;
  uint64_t b = graph_arity(graph, from) > 1 ? (uint64_t)whole(graph, arg(graph, from, 1)) : 0;
  if (graph_op(graph, from) == OP_TO_FLOAT)
    return is_literal(graph, to, LIT_FLOAT) && real(graph, to) == (double)(int64_t)a;
  return whole_result(graph_op(graph, from), a, b, &result) && is_int(graph, to, (int64_t)result);
}

static bool of_real(const Graph *graph, Node from, Node to) {
  double a = real(graph, arg(graph, from, 0)), result;
  double b = graph_arity(graph, from) > 1 ? real(graph, arg(graph, from, 1)) : 0;
  if (graph_op(graph, from) == OP_TO_INT)
    return a >= -9223372036854775808.0 && a < 9223372036854775808.0 && is_int(graph, to, (int64_t)a);
  if (!real_result(graph_op(graph, from), a, b, &result) || !is_literal(graph, to, LIT_FLOAT)) return false;
  double claimed = real(graph, to);
  return isnan(result) ? isnan(claimed) : claimed == result && !signbit(claimed) == !signbit(result);
}

/* ---- all constants ---- */

bool check_constant(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  LiteralKind kind = LIT_UNIT;
  bool literal = all_literal(graph, from, &kind);
  Node first = graph_arity(graph, from) ? arg(graph, from, 0) : from;
  switch (graph_op(graph, from)) {
    case OP_MEAN:
    case OP_SD:
      return is(graph, first, OP_UNCERTAIN_) && arg(graph, first, is(graph, from, OP_SD)) == to;
    case OP_TO_STRING:
      return (graph_type(graph, first) == T_STRING && first == to) ||
             (literal && is_text_of(graph, first, to));
    case OP_JOIN:
      return of_join(graph, from, to);
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return of_comparison(graph, from, kind, literal, to);
    case OP_NOT_:
      return kind == LIT_BOOL && graph_is_bool(graph, to, !graph_is_bool(graph, first, true));
    default:
      break;
  }
  if (!literal) return false;
  if (kind == LIT_STRING) return of_text(graph, from, to);
  return kind == LIT_INT ? of_whole(graph, from, to) : kind == LIT_FLOAT && of_real(graph, from, to);
}

/* ---- laws of single operations ---- */

/* An operand that changes nothing: 0 or 1, on the right only where the operation is not symmetric. */
static bool is_unit(const Graph *graph, Op op, Node operand, bool right) {
  bool zero = is_int(graph, operand, 0), one = is_int(graph, operand, 1);
  switch (op) {
    case OP_ADD_:
    case OP_BIT_OR:
    case OP_BIT_XOR:
      return zero;
    case OP_SUB_:
    case OP_SHIFT_LEFT:
    case OP_SHIFT_RIGHT:
      return zero && right;
    case OP_MUL_:
      return one;
    case OP_DIV_:
      return one && right;
    default:
      return false;
  }
}

/* What is times or over 1 keeps its number, whatever that is, but may change its unit. */
static bool of_one(const Graph *graph, Op op, Node number, Node one, Node to) {
  if (is(graph, to, OP_CAST)) to = arg(graph, to, 0);
  return (op == OP_MUL_ || op == OP_DIV_) && is_literal(graph, one, LIT_FLOAT) && real(graph, one) == 1 &&
         number == to;
}

bool check_unit(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Op op = graph_op(graph, from);
  if (graph_arity(graph, from) != 2) return false;
  Node a = arg(graph, from, 0), b = arg(graph, from, 1);
  if (graph_type(graph, from) != T_INT) return of_one(graph, op, a, b, to);
  if ((a == to && is_unit(graph, op, b, true)) || (b == to && is_unit(graph, op, a, false))) return true;
  Node other = is_int(graph, a, 0) ? b : a;
  bool zero = is_int(graph, a, 0) || is_int(graph, b, 0);
  return (op == OP_MUL_ || op == OP_BIT_AND) && zero && is_int(graph, to, 0) &&
         !(graph->below.data[other] & (FLAG_F | FLAG_E));
}

bool check_idempotent(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Op op = graph_op(graph, from);
  if (!(op_info[op].flags & FLAG_I)) return false;
  if (graph_arity(graph, from) == 2) return arg(graph, from, 0) == to && arg(graph, from, 1) == to;
  return graph_arity(graph, from) == 1 && arg(graph, from, 0) == to && is(graph, to, op);
}

bool check_involution(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Op op = graph_op(graph, from);
  if (op != OP_NOT_ && op != OP_NEG_) return false;
  Node inner = arg(graph, from, 0);
  return is(graph, inner, op) && arg(graph, inner, 0) == to;
}
