/* write_literal.c: literals that read back exactly. */
#include "canon/write_parts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- numbers ---- */

/* The shortest decimal that reads back; with a point if it is to be a Float. */
static void real_text(double value, bool point, char text[48]) {
  for (int precision = 1; precision <= 17; precision++) {
    snprintf(text, 40, "%.*g", precision, value);
    if (strtod(text, NULL) == value) break;
  }
  double whole;
  if (strchr(text, 'e') && fabs(value) < 1e15 && modf(value, &whole) == 0) snprintf(text, 40, "%.0f", value);
  char *sign = strstr(text, "e+");
  if (sign) memmove(sign + 1, sign + 2, strlen(sign + 1));
  size_t len = strlen(text);
  if (point && !strpbrk(text, ".e")) memcpy(text + len, ".0", sizeof ".0");
}

static const char *const units[] = {
#define UNIT(text, factor, ...) text,
#include "runtime/units.def"
#undef UNIT
};

/* The shortest way to say a quantity in a unit of one word, or else of what its base units are. */
static void best_unit(const Type *type, double value, Text *best) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    int8_t unit[UNIT_COUNT];
    double factor;
    char text[48];
    unit_find(units[i], strlen(units[i]), unit, &factor);
    if (memcmp(unit, type->unit, UNIT_COUNT)) continue;
    real_text(value / factor, false, text);
    if (strtod(text, NULL) * factor != value) continue;
    size_t len = strlen(text) + 1 + strlen(units[i]);
    if (best->len && best->len <= len) continue;
    best->len = 0;
    text_addf(best, "%s %s", text, units[i]);
  }
}

/* `6 s * 1 s`, where there is no unit for it. */
static void product_of_units(const Type *type, double value, Text *into) {
  static const char *const base[UNIT_COUNT] = {"s", "B", "J", "g", "USD", "EUR"};
  char text[48];
  real_text(value, true, text);
  text_puts(into, text);
  for (int k = 0; k < UNIT_COUNT; k++)
    for (int8_t n = type->unit[k]; n; n = (int8_t)(n < 0 ? n + 1 : n - 1))
      text_addf(into, n < 0 ? " / 1 %s" : " * 1 %s", base[k]);
}

static int quantity_text(const Type *type, double value, Text *into) {
  best_unit(type, value, into);
  if (into->len) return LEVEL_POSTFIX;
  Text unit = {0};
  int8_t found[UNIT_COUNT];
  double factor;
  char text[48];
  unit_print(type->unit, &unit);
  bool named = unit.len && unit_find(unit.data, unit.len, found, &factor) && factor == 1 &&
               !memcmp(found, type->unit, UNIT_COUNT);
  real_text(value, false, text);
  if (named)
    text_addf(into, "%s %s", text, unit.data);
  else
    product_of_units(type, value, into);
  text_free(&unit);
  return named ? LEVEL_POSTFIX : LEVEL_PRODUCT;
}

static int float_text(const Writer *writer, Node node, double value, Text *into) {
  const Type *type = type_of(writer->graph->types, graph_type(writer->graph, node));
  bool quantity = type->kind == T_QUANTITY;
  char text[48];
  if (!isfinite(value)) {
    int level = quantity ? quantity_text(type, isnan(value) ? 0.0 : copysign(1, value), into) : LEVEL_POSTFIX;
    (void)level;
    if (!quantity) text_puts(into, isnan(value) ? "0.0" : "1.0");
    text_puts(into, " / 0.0");
    return LEVEL_PRODUCT;
  }
  if (quantity) return quantity_text(type, value, into);
  real_text(value, true, text);
  text_puts(into, text);
  return LEVEL_POSTFIX;
}

static int number_text(const Writer *writer, Node node, Text *into) {
  const Literal *literal = graph_literal(writer->graph, node);
  if (literal->kind == LIT_FLOAT) {
    bool minus = signbit(literal->number) && !isnan(literal->number);
    if (minus) text_putc(into, '-');
    Text text = {0};
    int level = float_text(writer, node, minus ? -literal->number : literal->number, &text);
    text_add(into, text.data, text.len);
    text_free(&text);
    return minus && level > LEVEL_UNARY ? LEVEL_UNARY : level;
  }
  if (literal->integer == INT64_MIN) {
    text_puts(into, "-9223372036854775807 - 1");
    return LEVEL_SUM;
  }
  text_addf(into, "%" PRId64, literal->integer);
  return literal->integer < 0 ? LEVEL_UNARY : LEVEL_POSTFIX;
}

void write_unit_cast(Writer *writer, TypeId from, TypeId to) {
  const Types *types = writer->graph->types;
  Type factor = {.kind = T_QUANTITY};
  for (int k = 0; k < UNIT_COUNT; k++)
    factor.unit[k] = (int8_t)(type_of(types, to)->unit[k] - type_of(types, from)->unit[k]);
  Text text = {0};
  bool divide = type_of(types, to)->kind == T_FLOAT;
  for (int k = 0; k < UNIT_COUNT && divide; k++) factor.unit[k] = (int8_t)-factor.unit[k];
  quantity_text(&factor, 1, &text);
  text_puts(writer->out, divide ? " / " : " * ");
  bool parens = strchr(text.data, '*') || strchr(text.data, ' ') != strrchr(text.data, ' ');
  text_addf(writer->out, parens ? "(%s)" : "%s", text.data);
  text_free(&text);
}

/* ---- strings ---- */

void write_string_text(Writer *writer, Sym text, bool block) {
  const char *at = name_of(writer->graph->session, text),
             *end = at + sym_len(writer->graph->session->names, text);
  Text *out = writer->out;
  for (; at < end; at++) {
    unsigned char c = (unsigned char)*at;
    if (block)
      text_putc(out, (char)c);
    else if (c == '\n')
      text_puts(out, "\\n");
    else if (c == '\t')
      text_puts(out, "\\t");
    else if (c == '\r')
      text_puts(out, "\\r");
    else if (c == '"' || c == '\\')
      text_addf(out, "\\%c", c);
    else if (c == '~' && (at + 1 == end || at[1] == '{'))
      text_puts(out, "\\~");
    else if (c < 0x20 || c == 0x7f)
      text_addf(out, "\\u{%x}", c);
    else
      text_putc(out, (char)c);
  }
}

/* ---- all ---- */

void write_literal(Writer *writer, Node node, int level) {
  const Literal *literal = graph_literal(writer->graph, node);
  switch ((LiteralKind)literal->kind) {
    case LIT_BOOL:
      text_puts(writer->out, literal->integer ? "true" : "false");
      break;
    case LIT_ABSENT:
      text_puts(writer->out, "none");
      break;
    case LIT_UNIT:
      writer->failed = true;
      break;
    case LIT_STRING:
      text_putc(writer->out, '"');
      write_string_text(writer, literal->text, false);
      text_putc(writer->out, '"');
      break;
    case LIT_INT:
    case LIT_FLOAT: {
      Text text = {0};
      bool parens = number_text(writer, node, &text) < level;
      if (parens) text_putc(writer->out, '(');
      text_add(writer->out, text.data, text.len);
      if (parens) text_putc(writer->out, ')');
      text_free(&text);
      break;
    }
  }
}
