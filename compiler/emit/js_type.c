/* js_type.c: types and literals as JavaScript. */
#include "emit/js_code.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define MOST_EXACT ((int64_t)1 << 53)

/* ---- types ---- */

static void put_unit(const Graph *graph, const Type *type, Text *into) {
  if (type->kind == T_UNCERTAIN) type = type_of(graph->types, type->args[0]);
  text_putc(into, '"');
  if (type->kind == T_QUANTITY) unit_print(type->unit, into);
  text_putc(into, '"');
}

static void put_fields(const Graph *graph, const Type *type, Text *into) {
  text_puts(into, "[\"record\"");
  for (uint32_t i = 0; i < type->count; i++) {
    text_puts(into, ", [\"");
    text_puts(into, name_of(graph->session, type->names[i]));
    text_puts(into, "\", ");
    js_type(graph, type->args[i], into);
    text_putc(into, ']');
  }
  text_putc(into, ']');
}

/* Recurses over the type, as its layout in memory does. */
void js_type(const Graph *graph, TypeId id, Text *into) {
  static const char *const names[] = {
      [T_BOOL] = "\"Bool\"",     [T_INT] = "\"Int\"",   [T_FLOAT] = "\"Float\"",
      [T_STRING] = "\"String\"", [T_FILE] = "\"File\"", [T_DIR] = "\"Dir\""};
  const Type *type = type_of(graph->types, id);
  switch ((TypeKind)type->kind) {
    case T_BOOL:
    case T_INT:
    case T_FLOAT:
    case T_STRING:
    case T_FILE:
    case T_DIR:
      text_puts(into, names[type->kind]);
      return;
    case T_QUANTITY:
    case T_UNCERTAIN:
      text_puts(into, type->kind == T_QUANTITY ? "[\"quantity\", " : "[\"uncertain\", ");
      put_unit(graph, type, into);
      text_puts(into, ", \"");
      type_print(graph->types, id, into);
      text_puts(into, "\"]");
      return;
    case T_ARRAY:
    case T_OPTION:
      text_puts(into, type->kind == T_ARRAY ? "[\"array\", " : "[\"option\", ");
      js_type(graph, type->args[0], into);
      text_putc(into, ']');
      return;
    case T_RECORD:
      put_fields(graph, type, into);
      return;
    default:
      text_puts(into, "\"()\"");
      return;
  }
}

bool js_is_checked(const Types *types, TypeId type) {
  return type_has(types, type, 1u << T_INT | 1u << T_FLOAT | 1u << T_QUANTITY | 1u << T_UNCERTAIN);
}

/* ---- literals ---- */

/* Readers of CWL look for brackets and quotes: no byte of a string can be taken for one. */
void js_string(const char *bytes, size_t len, Text *into) {
  static const char plain[] = " !#%*+,-./:;<=>?@[]^_|~";
  text_putc(into, '"');
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)bytes[i];
    bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (len - i >= 3 && (memcmp(bytes + i, "\u2028", 3) == 0 || memcmp(bytes + i, "\u2029", 3) == 0)) {
      text_puts(into, bytes[i + 2] == '\xa8' ? "\\u2028" : "\\u2029"); /* these end a line */
      i += 2;
    } else if (c >= 0x80 || word || (c && strchr(plain, c)))
      text_putc(into, (char)c);
    else if (c == '\n')
      text_puts(into, "\\n");
    else if (c == '\t')
      text_puts(into, "\\t");
    else
      text_addf(into, "\\u%04x", c);
  }
  text_putc(into, '"');
}

static void put_int(int64_t value, Text *into) {
  if (value > -MOST_EXACT && value < MOST_EXACT)
    text_addf(into, value < 0 ? "(%" PRId64 ")" : "%" PRId64, value);
  else
    text_addf(into, "{hi: %" PRId64 ", lo: %" PRIu64 "}", value >> 32, (uint64_t)value & UINT32_MAX);
}

static void put_double(double value, Text *into) {
  if (isnan(value)) {
    text_puts(into, "NaN");
    return;
  }
  if (signbit(value)) text_putc(into, '(');
  if (isinf(value))
    text_puts(into, value < 0 ? "-Infinity" : "Infinity");
  else
    text_double(into, value);
  if (signbit(value)) text_putc(into, ')');
}

void js_literal(const Graph *graph, Node node, Text *into) {
  const Literal *literal = graph_literal(graph, node);
  const Interner *names = graph->session->names;
  switch ((LiteralKind)literal->kind) {
    case LIT_UNIT:
      text_puts(into, "{}");
      return;
    case LIT_BOOL:
      text_puts(into, literal->integer ? "true" : "false");
      return;
    case LIT_INT:
      put_int(literal->integer, into);
      return;
    case LIT_FLOAT:
      put_double(literal->number, into);
      return;
    case LIT_STRING:
      js_string(sym_text(names, literal->text), sym_len(names, literal->text), into);
      return;
    case LIT_ABSENT:
      text_puts(into, "null");
      return;
  }
}
