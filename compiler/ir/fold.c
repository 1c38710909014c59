/* fold.c: numbers and truth on literals, exactly as machine code computes them.
 * What would fail is left to fail at run time.  exp, log, pow, sin and cos are not folded: their last bit depends
 * on the mathematics library, and a workflow's identity must not. */
#include "ir/simplify.h"

#include <math.h>
#include <string.h>

static int64_t int_of(const Graph *graph, Node node) { return graph_literal(graph, node)->integer; }
static double float_of(const Graph *graph, Node node) { return graph_literal(graph, node)->number; }

/* ---- Int ---- */

/* Division that would fail, or overflow, is not known. */
static bool can_divide(int64_t a, int64_t b) { return b != 0 && !(a == INT64_MIN && b == -1); }

/* Two's complement: what wraps, wraps. */
static bool int_binary(Op op, int64_t a, int64_t b, int64_t *result) {
  uint64_t x = (uint64_t)a, y = (uint64_t)b;
  switch (op) {
    case OP_ADD_:
      *result = (int64_t)(x + y);
      return true;
    case OP_SUB_:
      *result = (int64_t)(x - y);
      return true;
    case OP_MUL_:
      *result = (int64_t)(x * y);
      return true;
    case OP_DIV_:
      return can_divide(a, b) && (*result = a / b, true);
    case OP_MOD_:
      return can_divide(a, b) && (*result = a % b, true);
    case OP_BIT_AND:
      *result = (int64_t)(x & y);
      return true;
    case OP_BIT_OR:
      *result = (int64_t)(x | y);
      return true;
    case OP_BIT_XOR:
      *result = (int64_t)(x ^ y);
      return true;
    case OP_SHIFT_LEFT:
      *result = (int64_t)(x << (y & 63));
      return true;
    case OP_SHIFT_RIGHT:
      *result = (int64_t)(x >> (y & 63));
      return true;
    default:
      return false;
  }
}

/* Neither fails nor has an effect, so that it may go unevaluated. */
static bool can_vanish(const Graph *graph, Node node) {
  return !(graph->below.data[node] & (FLAG_F | FLAG_E));
}

/* Units and zeros of Int operations; `literal` is the other operand than `x`. */
static Node int_unit(Graph *graph, Op op, Node x, int64_t literal, bool on_right) {
  bool zero_is_unit = op == OP_ADD_ || op == OP_BIT_OR || op == OP_BIT_XOR ||
                      (on_right && (op == OP_SUB_ || op == OP_SHIFT_LEFT || op == OP_SHIFT_RIGHT));
  bool one_is_unit = op == OP_MUL_ || (on_right && op == OP_DIV_);
  if ((literal == 0 && zero_is_unit) || (literal == 1 && one_is_unit)) return x;
  bool zero_is_zero = op == OP_MUL_ || op == OP_BIT_AND;
  return literal == 0 && zero_is_zero && can_vanish(graph, x) ? graph_int(graph, 0) : NODE_NONE;
}

/* ---- Float and quantities ---- */

static bool float_binary(Op op, double a, double b, double *result) {
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
    default:
      return false;
  }
}

static bool both(const Graph *graph, const Term *term, LiteralKind kind) {
  return literal_is(graph, term->args[0], kind) && literal_is(graph, term->args[1], kind);
}

/* A number times one of a unit, or a quantity over it, is the same number as another type: exact, whatever it is. */
static Node float_unit(Graph *graph, const Term *term) {
  Node a = term->args[0], b = term->args[1];
  bool one = literal_is(graph, b, LIT_FLOAT) && float_of(graph, b) == 1;
  if (!one || (term->op != OP_MUL_ && term->op != OP_DIV_)) return NODE_NONE;
  law_is(graph, LAW_UNIT);
  return graph_node(graph, OP_CAST, term->type, term->span, a);
}

Node fold_binary(Graph *graph, const Term *term) {
  Node a = term->args[0], b = term->args[1];
  int64_t integer;
  double number;
  if (both(graph, term, LIT_FLOAT) && float_binary(term->op, float_of(graph, a), float_of(graph, b), &number))
    return graph_float(graph, term->type, number);
  if (term->type != T_INT) return float_unit(graph, term);
  if (both(graph, term, LIT_INT))
    return int_binary(term->op, int_of(graph, a), int_of(graph, b), &integer) ? graph_int(graph, integer)
                                                                              : NODE_NONE;
  law_is(graph, LAW_UNIT);
  if (literal_is(graph, b, LIT_INT)) return int_unit(graph, term->op, a, int_of(graph, b), true);
  if (literal_is(graph, a, LIT_INT)) return int_unit(graph, term->op, b, int_of(graph, a), false);
  law_is(graph, LAW_IDEMPOTENT);
  bool idempotent = a == b && op_info[term->op].flags & FLAG_I;
  return idempotent ? a : NODE_NONE;
}

static bool float_unary(Op op, double x, double *result) {
  switch (op) {
    case OP_NEG_:
      *result = -x;
      return true;
    case OP_ABS:
      *result = fabs(x);
      return true;
    case OP_FLOOR:
      *result = floor(x);
      return true;
    case OP_CEIL:
      *result = ceil(x);
      return true;
    case OP_ROUND:
      *result = round(x);
      return true;
    case OP_SQRT:
      *result = sqrt(x);
      return true;
    default:
      return false;
  }
}

Node fold_unary(Graph *graph, const Term *term) {
  Node x = term->args[0];
  double number;
  if (graph_op(graph, x) == term->op) {
    law_is(graph, op_info[term->op].flags & FLAG_I ? LAW_IDEMPOTENT : LAW_INVOLUTION);
    if (op_info[term->op].flags & FLAG_I) return x;
    if (term->op == OP_NEG_) return graph_arg(graph, x, 0);
  }
  law_is(graph, LAW_CONSTANT);
  if (literal_is(graph, x, LIT_FLOAT) && float_unary(term->op, float_of(graph, x), &number))
    return graph_float(graph, term->type, number);
  if (!literal_is(graph, x, LIT_INT) || (term->op != OP_NEG_ && term->op != OP_ABS)) return NODE_NONE;
  int64_t value = int_of(graph, x);
  bool negate = term->op == OP_NEG_ || value < 0;
  return graph_int(graph, negate ? (int64_t)(0 - (uint64_t)value) : value);
}

Node fold_to_float(Graph *graph, const Term *term) {
  if (!literal_is(graph, term->args[0], LIT_INT)) return NODE_NONE;
  return graph_float(graph, term->type, (double)int_of(graph, term->args[0]));
}

Node fold_to_int(Graph *graph, const Term *term) {
  if (!literal_is(graph, term->args[0], LIT_FLOAT)) return NODE_NONE;
  double value = float_of(graph, term->args[0]);
  bool fits = value >= -0x1p63 && value < 0x1p63; /* false for NaN as well */
  return fits ? graph_int(graph, (int64_t)value) : NODE_NONE;
}

/* Mean and standard deviation of `a ± b`. */
Node fold_moment(Graph *graph, const Term *term) {
  Node x = term->args[0];
  if (graph_op(graph, x) != OP_UNCERTAIN_) return NODE_NONE;
  return graph_arg(graph, x, term->op == OP_MEAN ? 0 : 1);
}

/* ---- order and truth ---- */

/* A length is never negative, so the greater of it and 0 is itself. */
static bool is_length(const Graph *graph, Node a, Node zero) {
  return graph_op(graph, a) == OP_LENGTH && literal_is_int(graph, zero, 0);
}

Node fold_min_max(Graph *graph, const Term *term) {
  Node a = term->args[0], b = term->args[1];
  bool least = term->op == OP_MIN;
  law_is(graph, a == b ? LAW_IDEMPOTENT : LAW_CONSTANT);
  if (a == b) return a;
  if (both(graph, term, LIT_INT)) return (int_of(graph, a) <= int_of(graph, b)) == least ? a : b;
  if (both(graph, term, LIT_FLOAT)) {
    /* NaN and zeros of two signs are left to the machine. */
    double x = float_of(graph, a), y = float_of(graph, b);
    if (x < y) return least ? a : b;
    return x > y ? (least ? b : a) : NODE_NONE;
  }
  law_is(graph, LAW_LENGTH);
  if (!least && is_length(graph, a, b)) return a;
  return !least && is_length(graph, b, a) ? b : NODE_NONE;
}

Node fold_not(Graph *graph, const Term *term) {
  Node x = term->args[0];
  if (graph_op(graph, x) == OP_NOT_) {
    law_is(graph, LAW_INVOLUTION);
    return graph_arg(graph, x, 0);
  }
  return literal_is(graph, x, LIT_BOOL) ? graph_bool(graph, !int_of(graph, x)) : NODE_NONE;
}

static int text_order(const Graph *graph, Node a, Node b) {
  const Interner *names = graph->session->names;
  Sym x = graph_literal(graph, a)->text, y = graph_literal(graph, b)->text;
  size_t x_len = sym_len(names, x), y_len = sym_len(names, y);
  int order = memcmp(sym_text(names, x), sym_text(names, y), x_len < y_len ? x_len : y_len);
  return order ? order : (x_len > y_len) - (x_len < y_len);
}

static bool holds(Op op, int order) {
  if (op == OP_EQ_) return order == 0;
  return op == OP_LT_ ? order < 0 : order <= 0;
}

/* Values without a NaN in them are equal to themselves. */
static bool is_reflexive(TypeId type) { return type == T_INT || type == T_BOOL || type == T_STRING; }

Node fold_compare(Graph *graph, const Term *term) {
  Node a = term->args[0], b = term->args[1];
  if (a == b && is_reflexive(graph_type(graph, a)) && can_vanish(graph, a))
    return graph_bool(graph, term->op != OP_LT_);
  if (both(graph, term, LIT_INT) || both(graph, term, LIT_BOOL)) {
    int64_t x = int_of(graph, a), y = int_of(graph, b);
    return graph_bool(graph, holds(term->op, (x > y) - (x < y)));
  }
  if (both(graph, term, LIT_STRING)) return graph_bool(graph, holds(term->op, text_order(graph, a, b)));
  if (!both(graph, term, LIT_FLOAT)) return NODE_NONE;
  double x = float_of(graph, a), y = float_of(graph, b);
  if (isnan(x) || isnan(y)) return graph_bool(graph, false);
  return graph_bool(graph, holds(term->op, (x > y) - (x < y)));
}
