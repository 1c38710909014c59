/* replay_values.c: numbers, truth and text of the laws on values, computed once more. */
#include "canon/replaying.h"

#include <math.h>
#include <string.h>

/* ---- literals ---- */

static int64_t whole(const Graph *graph, Node node) { return graph_literal(graph, node)->integer; }
static double real(const Graph *graph, Node node) { return graph_literal(graph, node)->number; }

typedef struct Bytes {
  const char *at;
  size_t len;
} Bytes;

static Bytes bytes(const Graph *graph, Node node) {
  Sym text = graph_literal(graph, node)->text;
  return (Bytes){sym_text(graph->session->names, text), sym_len(graph->session->names, text)};
}

static bool bytes_are(const Graph *graph, Node node, const char *at, size_t len) {
  if (!is_literal(graph, node, LIT_STRING)) return false;
  Bytes text = bytes(graph, node);
  return text.len == len && !memcmp(text.at, at, len);
}

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
  double said_to_be = real(graph, to);
  return !memcmp(&said_to_be, &result, sizeof result) || (isnan(said_to_be) && isnan(result));
}

/* ---- text ---- */

/* The shortest decimal that reads back, written as the language does. */
static bool is_text_of(const Graph *graph, Node value, Node text) {
  const Literal *literal = graph_literal(graph, value);
  char digits[64];
  bool plain = graph_type(graph, value) == T_FLOAT;
  double number = literal->number;
  if (literal->kind == LIT_BOOL) {
    snprintf(digits, sizeof digits, "%s", literal->integer ? "true" : "false");
  } else if (literal->kind == LIT_INT) {
    snprintf(digits, sizeof digits, "%lld", (long long)literal->integer);
  } else if (literal->kind != LIT_FLOAT) {
    return false;
  } else if (!isfinite(number)) {
    snprintf(digits, sizeof digits, "%s", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
  } else if (fabs(number) < 1e15 && number == trunc(number) && (number != 0 || !signbit(number))) {
    snprintf(digits, sizeof digits, plain ? "%.0f.0" : "%.0f", number);
  } else {
    for (int precision = 15; precision <= 17; precision++) {
      snprintf(digits, sizeof digits, "%.*g", precision, number);
      if (strtod(digits, NULL) == number) break;
    }
    if (plain && !strpbrk(digits, ".e")) strcat(digits, ".0");
  }
  return bytes_are(graph, text, digits, strlen(digits));
}

static bool is_whole_number(Bytes text, int64_t value) {
  char digits[32];
  size_t sign = text.len && (*text.at == '+' || *text.at == '-'), zeros = sign;
  if (text.len == sign) return false;
  for (size_t i = sign; i < text.len; i++)
    if (text.at[i] < '0' || text.at[i] > '9') return false;
  while (zeros + 1 < text.len && text.at[zeros] == '0') zeros++;
  bool minus = sign && *text.at == '-' && text.at[zeros] != '0';
  snprintf(digits, sizeof digits, "%lld", (long long)value);
  return strlen(digits) == text.len - zeros + minus && (*digits == '-') == minus &&
         !memcmp(digits + minus, text.at + zeros, text.len - zeros);
}

static bool is_decimal(Bytes text, double value) {
  size_t points = 0;
  for (size_t i = 0; i < text.len; i++) {
    bool point = text.at[i] == '.';
    points += point;
    if (!point && (text.at[i] < '0' || text.at[i] > '9')) return false;
    if (point && (!i || i + 1 == text.len)) return false;
  }
  return text.len && points < 2 && isfinite(value) && strtod(text.at, NULL) == value;
}

static const char *first_in(Bytes text, Bytes part) { return memmem(text.at, text.len, part.at, part.len); }

/* The text between one occurrence of the separator and the next. */
static Bytes take_part(Bytes *rest, Bytes separator, bool *last) {
  const char *at = first_in(*rest, separator);
  Bytes part = {rest->at, at ? (size_t)(at - rest->at) : rest->len};
  *last = !at;
  if (at) *rest = (Bytes){at + separator.len, rest->len - part.len - separator.len};
  return part;
}

static bool of_split(const Graph *graph, Node from, Node to) {
  Bytes rest = bytes(graph, arg(graph, from, 0)), separator = bytes(graph, arg(graph, from, 1));
  bool last = !separator.len || !is(graph, to, OP_ARRAY);
  if (last) return false;
  for (uint32_t k = 0; k < graph_arity(graph, to); k++) {
    if (last) return false;
    Bytes part = take_part(&rest, separator, &last);
    if (!bytes_are(graph, arg(graph, to, k), part.at, part.len)) return false;
  }
  return last;
}

static bool of_replace(const Graph *graph, Node from, Node to) {
  Bytes rest = bytes(graph, arg(graph, from, 0)), old = bytes(graph, arg(graph, from, 1)),
        new = bytes(graph, arg(graph, from, 2));
  if (!old.len) return arg(graph, from, 0) == to;
  Text text = {0};
  for (bool last = false; !last;) {
    Bytes part = take_part(&rest, old, &last);
    text_add(&text, part.at, part.len);
    if (!last) text_add(&text, new.at, new.len);
  }
  bool same = bytes_are(graph, to, text.data ? text.data : "", text.len);
  text_free(&text);
  return same;
}

static bool of_test(const Graph *graph, Node from, Node to) {
  Bytes text = bytes(graph, arg(graph, from, 0)), part = bytes(graph, arg(graph, from, 1));
  bool fits = text.len >= part.len, truth;
  if (graph_op(graph, from) == OP_CONTAINS)
    truth = first_in(text, part) != NULL;
  else if (graph_op(graph, from) == OP_STARTS_WITH)
    truth = fits && !memcmp(text.at, part.at, part.len);
  else
    truth = fits && !memcmp(text.at + text.len - part.len, part.at, part.len);
  return graph_is_bool(graph, to, truth);
}

/* The last part of a path; a stem ends before the first dot that does not begin it. */
static bool of_path(const Graph *graph, Node from, Node to) {
  Bytes path = bytes(graph, arg(graph, from, 0));
  while (path.len > 1 && path.at[path.len - 1] == '/') path.len--;
  for (size_t i = path.len; i-- > 0;) {
    if (path.at[i] != '/' || path.len == 1) continue;
    path = (Bytes){path.at + i + 1, path.len - i - 1};
    break;
  }
  for (size_t i = 1; graph_op(graph, from) == OP_STEM && i < path.len; i++)
    if (path.at[i] == '.') path.len = i;
  return bytes_are(graph, to, path.at, path.len);
}

static bool of_text(const Graph *graph, Node from, Node to) {
  switch (graph_op(graph, from)) {
    case OP_PARSE_INT:
      return is_literal(graph, to, LIT_INT) &&
             is_whole_number(bytes(graph, arg(graph, from, 0)), whole(graph, to));
    case OP_PARSE_FLOAT:
      return is_literal(graph, to, LIT_FLOAT) &&
             is_decimal(bytes(graph, arg(graph, from, 0)), real(graph, to));
    case OP_SPLIT:
      return of_split(graph, from, to);
    case OP_REPLACE:
      return of_replace(graph, from, to);
    case OP_CONTAINS:
    case OP_STARTS_WITH:
    case OP_ENDS_WITH:
      return of_test(graph, from, to);
    case OP_BASENAME:
    case OP_STEM:
      return of_path(graph, from, to);
    default:
      return false;
  }
}

/* Texts of a literal array, and between them the separator. */
static bool of_join(const Graph *graph, Node from, Node to) {
  Node array = arg(graph, from, 0);
  if (!is(graph, array, OP_ARRAY) || !is(graph, to, OP_CONCAT)) return false;
  uint32_t count = graph_arity(graph, array);
  if (graph_arity(graph, to) != (count ? 2 * count - 1 : 0)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, to); k++)
    if (arg(graph, to, k) != (k % 2 ? arg(graph, from, 1) : arg(graph, array, k / 2))) return false;
  return true;
}

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

/* Literal text that is held back, and the parts of the result that have been seen. */
typedef struct Row {
  const Graph *graph;
  Node to;
  uint32_t next, count; /* of the parts of the result */
  Text text;
  bool same;
} Row;

static void row_expect(Row *row, Node part) {
  bool several = is(row->graph, row->to, OP_CONCAT) && row->count != 1;
  Node own = several ? arg(row->graph, row->to, row->next < row->count ? row->next : 0) : row->to;
  bool text = part == NODE_NONE;
  row->same &= row->next < row->count;
  row->same &= text ? bytes_are(row->graph, own, row->text.data, row->text.len) : own == part;
  row->next++;
}

static void row_add(Row *row, Node part) {
  bool text = part != NODE_NONE && is_literal(row->graph, part, LIT_STRING);
  if (text) {
    text_add(&row->text, bytes(row->graph, part).at, bytes(row->graph, part).len);
    return;
  }
  if (row->text.len) row_expect(row, NODE_NONE);
  row->text.len = 0;
  if (part != NODE_NONE) row_expect(row, part);
}

/* Pieces of text, and of pieces of text the pieces, in order; literal ones next to each other are one. */
static bool concat_as(Replay *replay, Node from, Node to, uint32_t count) {
  const Graph *graph = replay->graph;
  Row row = {.graph = graph, .to = to, .count = count, .same = true};
  for (uint32_t k = 0; row.same && k < graph_arity(graph, from); k++) {
    Node part = arg(graph, from, k);
    bool nested = is(graph, part, OP_CONCAT);
    row.same &= replay_spend(replay, graph_arity(graph, part));
    for (uint32_t m = 0; row.same && nested && m < graph_arity(graph, part); m++)
      row_add(&row, arg(graph, part, m));
    if (!nested) row_add(&row, part);
  }
  row_add(&row, NODE_NONE);
  bool same = row.same && row.next == count;
  text_free(&row.text);
  return same;
}

bool check_concat(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CONCAT)) return false;
  if (bytes_are(graph, to, "", 0) && concat_as(replay, from, to, 0)) return true;
  if (concat_as(replay, from, to, 1)) return true;
  return is(graph, to, OP_CONCAT) && concat_as(replay, from, to, graph_arity(graph, to));
}
