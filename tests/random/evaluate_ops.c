#include "evaluate_ops.h"

#include <math.h>
#include <string.h>

typedef struct Applied {
  Arena *arena;
  const Graph *graph;
  Node node;
  const Value *const *args;
  uint32_t count;
  bool *known;
} Applied;

enum { MOST_ITEMS = 2000 };

/* ---- arrays, records, optionals ---- */

static const Value *make_many(const Applied *on, ValueKind kind) {
  const Value **items = ARENA_ARRAY(on->arena, const Value *, on->count + 1);
  for (uint32_t i = 0; i < on->count; i++) items[i] = on->args[i];
  return value_items(on->arena, kind, items, on->count);
}

static const Value *element(const Applied *on) {
  const Value *array = on->args[0], *at = on->args[1];
  if (array->kind == VALUE_FAILED || at->kind == VALUE_FAILED) return value_failed();
  bool inside = at->integer >= 0 && at->integer < (int64_t)array->count;
  return inside ? array->items[at->integer] : value_failed();
}

/* Arrays one after another: operands, or the items of the only one. */
static const Value *append(const Applied *on, const Value *const *arrays, uint32_t count) {
  uint32_t total = 0, at = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (arrays[i]->kind == VALUE_FAILED) return value_failed();
    total += arrays[i]->count;
    if (total > MOST_ITEMS) return *on->known = false, value_failed();
  }
  const Value **items = ARENA_ARRAY(on->arena, const Value *, total + 1);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < arrays[i]->count; k++) items[at++] = arrays[i]->items[k];
  return value_items(on->arena, VALUE_ARRAY, items, total);
}

static const Value *compact(const Applied *on, const Value *options) {
  const Value **items = ARENA_ARRAY(on->arena, const Value *, options->count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < options->count; i++) {
    if (options->items[i]->kind == VALUE_FAILED) return value_failed();
    if (options->items[i]->kind == VALUE_SOME) items[count++] = options->items[i]->items[0];
  }
  return value_items(on->arena, VALUE_ARRAY, items, count);
}

/* ---- numbers ---- */

static const Value *int_binary(const Applied *on, Op op, int64_t a, int64_t b) {
  uint64_t x = (uint64_t)a, y = (uint64_t)b;
  switch (op) {
    case OP_ADD_:
      return value_int(on->arena, (int64_t)(x + y));
    case OP_SUB_:
      return value_int(on->arena, (int64_t)(x - y));
    case OP_MUL_:
      return value_int(on->arena, (int64_t)(x * y));
    case OP_DIV_:
      if (b == -1) return value_int(on->arena, (int64_t)(0 - x));
      return b ? value_int(on->arena, a / b) : value_failed();
    case OP_MOD_:
      if (b == -1) return value_int(on->arena, 0);
      return b ? value_int(on->arena, a % b) : value_failed();
    case OP_MIN:
      return value_int(on->arena, a < b ? a : b);
    case OP_MAX:
      return value_int(on->arena, a > b ? a : b);
    default:
      return NULL;
  }
}

static const Value *float_binary(const Applied *on, Op op, double a, double b) {
  switch (op) {
    case OP_ADD_:
      return value_float(on->arena, a + b);
    case OP_SUB_:
      return value_float(on->arena, a - b);
    case OP_MUL_:
      return value_float(on->arena, a * b);
    case OP_DIV_:
      return value_float(on->arena, a / b);
    case OP_MOD_:
      return value_float(on->arena, fmod(a, b));
    case OP_MIN:
      return value_float(on->arena, a < b ? a : b);
    case OP_MAX:
      return value_float(on->arena, a > b ? a : b);
    default:
      return NULL;
  }
}

static const Value *unary(const Applied *on, Op op, const Value *x) {
  if (x->kind == VALUE_INT) {
    bool negate = op == OP_NEG_ || (op == OP_ABS && x->integer < 0);
    if (op == OP_TO_FLOAT) return value_float(on->arena, (double)x->integer);
    return value_int(on->arena, negate ? (int64_t)(0 - (uint64_t)x->integer) : x->integer);
  }
  if (op == OP_NEG_) return value_float(on->arena, -x->number);
  if (op == OP_ABS) return value_float(on->arena, fabs(x->number));
  return op == OP_FLOOR ? value_float(on->arena, floor(x->number)) : NULL;
}

/* ---- comparison and text ---- */

static const Value *compare(const Applied *on, Op op, const Value *a, const Value *b) {
  if (op == OP_EQ_) return value_bool(on->arena, value_same(a, b));
  int order = a->kind == VALUE_STRING  ? strcmp(a->text, b->text)
              : a->kind == VALUE_FLOAT ? (a->number > b->number) - (a->number < b->number)
                                       : (a->integer > b->integer) - (a->integer < b->integer);
  return value_bool(on->arena, op == OP_LT_ ? order < 0 : order <= 0);
}

static const Value *text_made(const Applied *on, Text *text) {
  const Value *value = value_text(on->arena, text->data ? text->data : "");
  text_free(text);
  return value;
}

/* Strings one after another, with what is between. */
static const Value *joined(const Applied *on, const Value *const *parts, uint32_t count,
                           const char *between) {
  Text text = {0};
  for (uint32_t i = 0; i < count; i++) {
    if (i) text_puts(&text, between);
    value_print(parts[i], &text);
  }
  return text_made(on, &text);
}

static const Value *split(const Applied *on, const char *text, const char *by) {
  size_t len = strlen(text), step = strlen(by);
  const Value **items = ARENA_ARRAY(on->arena, const Value *, len + 2);
  uint32_t count = 0;
  for (const char *found; step && (found = strstr(text, by)); text = found + step)
    items[count++] = value_text(on->arena, arena_text(on->arena, text, (size_t)(found - text)));
  for (; !step && *text; text++) items[count++] = value_text(on->arena, arena_text(on->arena, text, 1));
  if (step) items[count++] = value_text(on->arena, text);
  return value_items(on->arena, VALUE_ARRAY, items, count);
}

static const Value *literal_value(const Applied *on) {
  const Literal *literal = graph_literal(on->graph, on->node);
  switch ((LiteralKind)literal->kind) {
    case LIT_BOOL:
      return value_bool(on->arena, literal->integer != 0);
    case LIT_INT:
      return value_int(on->arena, literal->integer);
    case LIT_FLOAT:
      return value_float(on->arena, literal->number);
    case LIT_STRING:
      return value_text(on->arena, name_of(on->graph->session, literal->text));
    case LIT_ABSENT:
      return value_items(on->arena, VALUE_ABSENT, NULL, 0);
    default:
      return value_unit();
  }
}

/* Operations that do not look into what they are given, and so do not fail with it. */
static const Value *apply_lazy(const Applied *on, Op op) {
  switch (op) {
    case OP_LIT:
      return literal_value(on);
    case OP_RECORD:
    case OP_UNCERTAIN_:
      return make_many(on, VALUE_RECORD);
    case OP_ARRAY:
      return make_many(on, VALUE_ARRAY);
    case OP_SOME:
      return make_many(on, VALUE_SOME);
    case OP_ELEMENT:
      return element(on);
    case OP_APPEND:
      return append(on, on->args, on->count);
    default:
      return NULL;
  }
}

/* Those that look at the outermost layer. */
static const Value *apply_outer(const Applied *on, Op op) {
  const Value *x = on->args[0];
  switch (op) {
    case OP_PROJECT:
      return x->items[on->graph->data.data[on->node]];
    case OP_MEAN:
      return x->items[0];
    case OP_SD:
      return x->items[1];
    case OP_UNWRAP:
      return x->kind == VALUE_SOME ? x->items[0] : value_failed();
    case OP_IS_SOME:
      return value_bool(on->arena, x->kind == VALUE_SOME);
    case OP_CAST:
      return x;
    case OP_ORDINAL:
      return value_int(on->arena, x->integer);
    case OP_LENGTH:
      return value_int(on->arena, x->count);
    case OP_FLATTEN:
      return append(on, x->items, x->count);
    case OP_COMPACT:
      return compact(on, x);
    default:
      return NULL;
  }
}

static const Value *apply_strict(const Applied *on, Op op) {
  const Value *x = on->args[0], *y = on->count > 1 ? on->args[1] : x;
  switch (op) {
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return compare(on, op, x, y);
    case OP_NOT_:
      return value_bool(on->arena, !x->integer);
    case OP_CONCAT:
      return joined(on, on->args, on->count, "");
    case OP_TO_STRING:
    case OP_PATH:
      return joined(on, &x, 1, "");
    case OP_JOIN:
      return joined(on, x->items, x->count, y->text);
    case OP_SPLIT:
      return split(on, x->text, y->text);
    case OP_CONTAINS:
      return value_bool(on->arena, strstr(x->text, y->text) != NULL);
    case OP_BASENAME:
      return value_text(on->arena, strrchr(x->text, '/') ? strrchr(x->text, '/') + 1 : x->text);
    case OP_FILE_SIZE:
      return value_float(on->arena, (double)(value_hash(x) >> 44));
    default:
      if (on->count == 1) return unary(on, op, x);
      return x->kind == VALUE_INT ? int_binary(on, op, x->integer, y->integer)
                                  : float_binary(on, op, x->number, y->number);
  }
}

const Value *apply_op(Arena *arena, const Graph *graph, Node node, const Value *const *args, uint32_t count,
                      bool *known) {
  Applied on = {arena, graph, node, args, count, known};
  Op op = graph_op(graph, node);
  const Value *value = apply_lazy(&on, op);
  if (value) return value;
  if (!count) return *known = false, value_failed();
  if (args[0]->kind == VALUE_FAILED) return args[0];
  value = apply_outer(&on, op);
  if (value) return value;
  for (uint32_t i = 0; i < count; i++)
    if (value_is_broken(args[i])) return value_failed();
  value = apply_strict(&on, op);
  if (!value) *known = false;
  return value ? value : value_failed();
}
