/* fold_text.c: text on literals, by the same rules as the runtime's. */
#include "ir/simplify.h"

#include <math.h>
#include <string.h>

/* The bytes of a literal string. */
typedef struct Bytes {
  const char *at;
  size_t len;
} Bytes;

static Bytes bytes_of(const Graph *graph, Node node) {
  Sym sym = graph_literal(graph, node)->text;
  return (Bytes){sym_text(graph->session->names, sym), sym_len(graph->session->names, sym)};
}

static Node string_node(Graph *graph, const char *bytes, size_t len) {
  return graph_string(graph, intern(graph->session->names, bytes, len));
}

static Node take_text(Graph *graph, Text *text) {
  Node node = string_node(graph, text->data ? text->data : "", text->len);
  text_free(text);
  return node;
}

static bool all_strings(const Graph *graph, const Term *term) {
  for (uint32_t k = 0; k < term->count; k++)
    if (!literal_is(graph, term->args[k], LIT_STRING)) return false;
  return true;
}

/* ---- concatenation ---- */

/* Parts so far, and the literal text that ends them. */
typedef struct Parts {
  Graph *graph;
  Nodes list;
  Text text;
} Parts;

static void parts_flush(Parts *parts) {
  if (parts->text.len) vec_push(&parts->list, string_node(parts->graph, parts->text.data, parts->text.len));
  parts->text.len = 0;
}

static void parts_add(Parts *parts, Node part) {
  if (literal_is(parts->graph, part, LIT_STRING)) {
    Bytes bytes = bytes_of(parts->graph, part);
    text_add(&parts->text, bytes.at, bytes.len);
  } else {
    parts_flush(parts);
    vec_push(&parts->list, part);
  }
}

Node fold_concat(Graph *graph, const Term *term) {
  Parts parts = {.graph = graph};
  for (uint32_t k = 0; k < term->count; k++) {
    Node part = term->args[k];
    bool nested = graph_op(graph, part) == OP_CONCAT;
    for (uint32_t m = 0; nested && m < graph_arity(graph, part); m++)
      parts_add(&parts, graph_arg(graph, part, m));
    if (!nested) parts_add(&parts, part);
  }
  parts_flush(&parts);
  Node made;
  if (!parts.list.len)
    made = graph_string(graph, 0);
  else if (parts.list.len == 1)
    made = parts.list.data[0];
  else
    made = graph_raw(graph, OP_CONCAT, T_STRING, 0, parts.list.data, parts.list.len, term->span);
  vec_free(&parts.list);
  text_free(&parts.text);
  return made;
}

/* The strings of an array with the separator between them. */
Node fold_join(Graph *graph, const Term *term) {
  Node array = term->args[0], separator = term->args[1];
  if (graph_op(graph, array) != OP_ARRAY) return NODE_NONE;
  Nodes parts = {0};
  for (uint32_t k = 0; k < graph_arity(graph, array); k++) {
    if (k) vec_push(&parts, separator);
    vec_push(&parts, graph_arg(graph, array, k));
  }
  Node made = graph_make(graph, OP_CONCAT, T_STRING, 0, parts.data, parts.len, term->span);
  vec_free(&parts);
  return made;
}

/* ---- to and from numbers ---- */

/* The shortest decimal that reads back; a whole Float keeps a point, a quantity does not. */
static void print_number(Text *text, double value, bool point) {
  size_t before = text->len;
  if (!isfinite(value)) {
    text_puts(text, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  bool whole = fabs(value) < 1e15 && value == floor(value) && !(value == 0 && signbit(value));
  if (whole) {
    text_addf(text, point ? "%.0f.0" : "%.0f", value);
    return;
  }
  text_double(text, value);
  if (point && !strpbrk(text->data + before, ".e")) text_puts(text, ".0");
}

Node fold_to_string(Graph *graph, const Term *term) {
  Node x = term->args[0];
  Text text = {0};
  if (graph_type(graph, x) == T_STRING) return x;
  if (graph_op(graph, x) != OP_LIT) return NODE_NONE;
  const Literal *literal = graph_literal(graph, x);
  switch ((LiteralKind)literal->kind) {
    case LIT_BOOL:
      text_puts(&text, literal->integer ? "true" : "false");
      break;
    case LIT_INT:
      text_addf(&text, "%lld", (long long)literal->integer);
      break;
    case LIT_FLOAT:
      print_number(&text, literal->number, graph_type(graph, x) == T_FLOAT);
      break;
    default:
      return NODE_NONE;
  }
  return take_text(graph, &text);
}

static bool parse_int(Bytes s, int64_t *value) {
  size_t at = s.len && (*s.at == '-' || *s.at == '+');
  bool minus = at && *s.at == '-';
  uint64_t sum = 0, most = (uint64_t)INT64_MAX + minus;
  if (at == s.len) return false;
  for (; at < s.len; at++) {
    if (s.at[at] < '0' || s.at[at] > '9') return false;
    uint64_t digit = (uint64_t)(s.at[at] - '0');
    if (sum > (most - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *value = (int64_t)(minus ? 0 - sum : sum);
  return true;
}

Node fold_parse_int(Graph *graph, const Term *term) {
  int64_t value;
  if (!all_strings(graph, term) || !parse_int(bytes_of(graph, term->args[0]), &value)) return NODE_NONE;
  return graph_int(graph, value);
}

/* Plain decimals alone; other forms of numbers are the runtime's to judge. */
Node fold_parse_float(Graph *graph, const Term *term) {
  if (!all_strings(graph, term)) return NODE_NONE;
  Bytes s = bytes_of(graph, term->args[0]);
  size_t plain = strspn(s.at, "0123456789.");
  const char *point = memchr(s.at, '.', s.len);
  bool digits_around = s.len && s.at[0] != '.' && s.at[s.len - 1] != '.';
  if (!digits_around || plain != s.len || (point && strchr(point + 1, '.'))) return NODE_NONE;
  double value = strtod(s.at, NULL);
  return isfinite(value) ? graph_float(graph, T_FLOAT, value) : NODE_NONE;
}

/* ---- parts of strings ---- */

static const char *find(const char *from, Bytes in, Bytes part) {
  return memmem(from, (size_t)(in.at + in.len - from), part.at, part.len);
}

/* An empty separator asks for characters: left to the runtime. */
Node fold_split(Graph *graph, const Term *term) {
  if (!all_strings(graph, term)) return NODE_NONE;
  Bytes s = bytes_of(graph, term->args[0]), separator = bytes_of(graph, term->args[1]);
  if (!separator.len) return NODE_NONE;
  Nodes parts = {0};
  const char *from = s.at;
  for (const char *at; (at = find(from, s, separator)); from = at + separator.len)
    vec_push(&parts, string_node(graph, from, (size_t)(at - from)));
  vec_push(&parts, string_node(graph, from, (size_t)(s.at + s.len - from)));
  Node made = graph_raw(graph, OP_ARRAY, term->type, 0, parts.data, parts.len, term->span);
  vec_free(&parts);
  return made;
}

Node fold_replace(Graph *graph, const Term *term) {
  if (!all_strings(graph, term)) return NODE_NONE;
  Bytes s = bytes_of(graph, term->args[0]), old = bytes_of(graph, term->args[1]),
        by = bytes_of(graph, term->args[2]);
  if (!old.len) return term->args[0];
  Text text = {0};
  const char *from = s.at;
  for (const char *at; (at = find(from, s, old)); from = at + old.len) {
    text_add(&text, from, (size_t)(at - from));
    text_add(&text, by.at, by.len);
  }
  text_add(&text, from, (size_t)(s.at + s.len - from));
  return take_text(graph, &text);
}

Node fold_test(Graph *graph, const Term *term) {
  if (!all_strings(graph, term)) return NODE_NONE;
  Bytes s = bytes_of(graph, term->args[0]), part = bytes_of(graph, term->args[1]);
  bool fits = s.len >= part.len, holds = fits;
  if (term->op == OP_CONTAINS)
    holds = find(s.at, s, part) != NULL;
  else if (fits)
    holds = !memcmp(term->op == OP_STARTS_WITH ? s.at : s.at + (s.len - part.len), part.at, part.len);
  return graph_bool(graph, holds);
}

/* The last component, slashes after it left out; of "/" it is "/". */
static Bytes last_component(Bytes path) {
  size_t end = path.len;
  while (end > 1 && path.at[end - 1] == '/') end--;
  size_t from = end;
  while (from > 0 && path.at[from - 1] != '/') from--;
  if (from == end && end > 0) from = end - 1;
  return (Bytes){path.at + from, end - from};
}

/* basename, and stem: up to its first dot, but for the one that hides a file. */
Node fold_path(Graph *graph, const Term *term) {
  if (!all_strings(graph, term)) return NODE_NONE;
  Bytes name = last_component(bytes_of(graph, term->args[0]));
  const char *dot = term->op == OP_STEM && name.len > 1 ? memchr(name.at + 1, '.', name.len - 1) : NULL;
  return string_node(graph, name.at, dot ? (size_t)(dot - name.at) : name.len);
}
