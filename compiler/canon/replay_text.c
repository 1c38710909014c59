/* replay_text.c: laws of text, computed once more. */
#include "canon/replay_literal.h"

#include <math.h>
#include <string.h>

/* ---- text ---- */

/* The shortest decimal that reads back, written as the language does. */
bool is_text_of(const Graph *graph, Node value, Node text) {
  const Literal *literal = graph_literal(graph, value);
  char digits[64], pointed[68];
  const char *written = digits;
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
    snprintf(pointed, sizeof pointed, "%s.0", digits);
    if (plain && !strpbrk(digits, ".e")) written = pointed;
  }
  return bytes_are(graph, text, written, strlen(written));
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

bool of_text(const Graph *graph, Node from, Node to) {
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
bool of_join(const Graph *graph, Node from, Node to) {
  Node array = arg(graph, from, 0);
  if (!is(graph, array, OP_ARRAY) || !is(graph, to, OP_CONCAT)) return false;
  uint32_t count = graph_arity(graph, array);
  if (graph_arity(graph, to) != (count ? 2 * count - 1 : 0)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, to); k++)
    if (arg(graph, to, k) != (k % 2 ? arg(graph, from, 1) : arg(graph, array, k / 2))) return false;
  return true;
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
