#include "ir/reader.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { DEEPEST_TYPE = 256 };

bool reader_fail(Reader *reader, const char *expected) {
  if (reader->failed) return false;
  uint32_t at = reader->source->base + (uint32_t)(reader->at - reader->source->text);
  diag(reader->session->diags, DIAG_SYNTAX, (Span){at, at + 1}, "in the text of a graph, expected %s",
       expected);
  reader->failed = true;
  return false;
}

static void skip_blank(Reader *reader) {
  while (*reader->at == ' ' || *reader->at == '\t') reader->at++;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; }

bool reader_take(Reader *reader, const char *word) {
  size_t len = strlen(word);
  skip_blank(reader);
  if (reader->failed || strncmp(reader->at, word, len) != 0) return false;
  if (is_word(word[len - 1]) && is_word(reader->at[len])) return false;
  reader->at += len;
  return true;
}

bool reader_expect(Reader *reader, const char *word) {
  return reader_take(reader, word) || reader_fail(reader, word);
}

bool reader_line_end(Reader *reader) {
  skip_blank(reader);
  if (reader->failed || (*reader->at != '\n' && *reader->at)) return false;
  if (*reader->at) reader->at++;
  return true;
}

Sym reader_name(Reader *reader) {
  skip_blank(reader);
  const char *from = reader->at;
  if (isdigit((unsigned char)*from)) return 0;
  while (isalnum((unsigned char)*reader->at) || *reader->at == '_') reader->at++;
  return intern(reader->session->names, from, (size_t)(reader->at - from));
}

Op reader_op(Reader *reader) {
  skip_blank(reader);
  size_t len = 0;
  while (is_word(reader->at[len])) len++;
  uint32_t found = map_get(&reader->ops, intern(reader->session->names, reader->at, len));
  if (!found)
    reader_fail(reader, "an operation");
  else
    reader->at += len;
  return found ? (Op)(found - 1) : OP_LIT;
}

/* ---- strings ---- */

static uint32_t hex_digits(Reader *reader) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    unsigned char c = (unsigned char)*reader->at;
    if (!isxdigit(c)) return (uint32_t)reader_fail(reader, "four hexadecimal digits");
    value = value * 16 + (uint32_t)(isdigit(c) ? c - '0' : (tolower(c) - 'a' + 10));
    reader->at++;
  }
  return value;
}

static void add_escape(Reader *reader, Text *text) {
  static const char escapes[] = "\"\\/nt";
  static const char meant[] = "\"\\/\n\t";
  char c = *reader->at;
  const char *found = c ? strchr(escapes, c) : NULL;
  if (found) {
    reader->at++;
    text_putc(text, meant[found - escapes]);
  } else if (c == 'u') {
    reader->at++;
    uint32_t code = hex_digits(reader);
    if (code >= 0x80) reader_fail(reader, "the character itself, not its number");
    text_putc(text, (char)code);
  } else {
    reader_fail(reader, "an escape of JSON");
  }
}

Sym reader_string(Reader *reader) {
  Text text = {0};
  if (!reader_expect(reader, "\"")) return 0;
  while (!reader->failed && *reader->at != '"') {
    if (*reader->at == '\\') {
      reader->at++;
      add_escape(reader, &text);
    } else if ((unsigned char)*reader->at < 0x20) {
      reader_fail(reader, "the end of the string");
    } else {
      text_putc(&text, *reader->at++);
    }
  }
  Sym sym = reader->failed ? 0 : intern(reader->session->names, text.data ? text.data : "", text.len);
  text_free(&text);
  if (!reader->failed) reader->at++;
  return sym;
}

/* ---- numbers ---- */

uint32_t reader_number(Reader *reader) {
  skip_blank(reader);
  uint64_t value = 0;
  if (!isdigit((unsigned char)*reader->at)) return (uint32_t)reader_fail(reader, "a number");
  while (isdigit((unsigned char)*reader->at)) {
    value = value * 10 + (uint64_t)(*reader->at++ - '0');
    if (value > INT32_MAX) return (uint32_t)reader_fail(reader, "a smaller number");
  }
  return (uint32_t)value;
}

bool reader_at_node(Reader *reader) {
  skip_blank(reader);
  return *reader->at == '%';
}

Node reader_node(Reader *reader) {
  if (!reader_expect(reader, "%")) return 0;
  uint32_t number = reader_number(reader);
  if (reader->failed) return 0;
  if (number >= reader->nodes.len) return (Node)reader_fail(reader, "a node that comes before");
  return reader->nodes.data[number];
}

static Literal float_literal(Reader *reader) {
  char *end = NULL;
  Literal literal = {.kind = LIT_FLOAT};
  if (reader_take(reader, "nan:")) {
    uint64_t bits = strtoull(reader->at, &end, 16);
    memcpy(&literal.number, &bits, sizeof bits);
    if (literal.number == literal.number) reader_fail(reader, "the bits of a NaN");
  } else {
    literal.number = strtod(reader->at, &end);
  }
  if (end == reader->at) reader_fail(reader, "a literal");
  reader->at = end;
  return literal;
}

static Literal number_literal(Reader *reader) {
  skip_blank(reader);
  size_t len = strspn(reader->at, "+-0123456789");
  bool is_int = len && !strchr(".einx:", reader->at[len] ? reader->at[len] : ' ');
  if (!is_int) return float_literal(reader);
  char *end;
  errno = 0;
  Literal literal = {.kind = LIT_INT, .integer = strtoll(reader->at, &end, 10)};
  if (errno || end == reader->at) reader_fail(reader, "an Int");
  reader->at = end;
  return literal;
}

Literal reader_literal(Reader *reader) {
  if (reader_take(reader, "()")) return (Literal){.kind = LIT_UNIT};
  if (reader_take(reader, "true")) return (Literal){.kind = LIT_BOOL, .integer = 1};
  if (reader_take(reader, "false")) return (Literal){.kind = LIT_BOOL};
  if (reader_take(reader, "none")) return (Literal){.kind = LIT_ABSENT};
  if (*reader->at == '"') return (Literal){.kind = LIT_STRING, .text = reader_string(reader)};
  return number_literal(reader);
}

/* ---- types ---- */

static TypeId type_at(Reader *reader, int depth);

static TypeId record_type(Reader *reader, int depth) {
  VEC(Sym) names = {0};
  VEC(TypeId) fields = {0};
  while (!reader->failed && !reader_take(reader, ")")) {
    if (fields.len) reader_expect(reader, ",");
    const char *before = reader->at;
    Sym name = reader_name(reader);
    if (!name || !reader_take(reader, ":")) {
      reader->at = before;
      name = 0;
    }
    TypeId field = type_at(reader, depth + 1);
    vec_push(&names, name);
    vec_push(&fields, field);
  }
  TypeId type = fields.len ? type_record(reader->types, fields.len, names.data, fields.data) : T_UNIT;
  vec_free(&names);
  vec_free(&fields);
  return type;
}

static TypeId file_type(Reader *reader, TypeKind kind) {
  Sym tag = 0;
  if (reader_take(reader, "<")) {
    tag = reader_name(reader);
    if (!tag) reader_fail(reader, "a tag");
    reader_expect(reader, ">");
  }
  return type_file(reader->types, kind, tag);
}

/* Factors such as `s^2*B`, their exponents counted by `sign`. */
static void unit_product(Reader *reader, int sign, int8_t unit[UNIT_COUNT]) {
  do {
    int8_t factor_unit[UNIT_COUNT];
    double factor;
    const char *name = name_of(reader->session, reader_name(reader));
    if (reader->failed || !unit_find(name, strlen(name), factor_unit, &factor)) {
      reader_fail(reader, "a unit");
      return;
    }
    uint32_t power = reader_take(reader, "^") ? reader_number(reader) : 1;
    for (int i = 0; i < UNIT_COUNT; i++)
      unit[i] = (int8_t)(unit[i] + sign * (int)(power & 127) * factor_unit[i]);
  } while (reader_take(reader, "*"));
}

/* `Quantity<s^2/B>`: a unit without a name as a type. */
static TypeId quantity_type(Reader *reader) {
  int8_t unit[UNIT_COUNT] = {0};
  reader_expect(reader, "<");
  if (!reader_take(reader, "1")) unit_product(reader, 1, unit);
  if (reader_take(reader, "/")) unit_product(reader, -1, unit);
  reader_expect(reader, ">");
  return type_quantity(reader->types, unit);
}

static TypeId named_type(Reader *reader) {
  static const struct {
    const char *name;
    TypeId type;
  } fixed[] = {{"Bool", T_BOOL},     {"Int", T_INT},   {"Float", T_FLOAT},
               {"String", T_STRING}, {"none", T_NONE}, {"JSON", T_DATA}};
  int8_t unit[UNIT_COUNT];
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
    if (reader_take(reader, fixed[i].name)) return fixed[i].type;
  if (reader_take(reader, "File")) return file_type(reader, T_FILE);
  if (reader_take(reader, "Dir")) return file_type(reader, T_DIR);
  if (reader_take(reader, "Quantity")) return quantity_type(reader);
  const char *name = name_of(reader->session, reader_name(reader));
  if (!unit_type_find(name, unit)) return (TypeId)reader_fail(reader, "a type");
  return type_quantity(reader->types, unit);
}

static TypeId type_atom(Reader *reader, int depth) {
  if (reader_take(reader, "?")) return T_ANY;
  if (reader_take(reader, "(")) return record_type(reader, depth);
  if (reader_take(reader, "Uncertain<")) {
    TypeId inner = type_at(reader, depth + 1);
    reader_expect(reader, ">");
    return type_uncertain(reader->types, inner);
  }
  if (!reader_take(reader, "[")) return named_type(reader);
  TypeId element = type_at(reader, depth + 1);
  reader_expect(reader, "]");
  return type_array(reader->types, element);
}

static TypeId type_at(Reader *reader, int depth) {
  if (depth > DEEPEST_TYPE) return (TypeId)reader_fail(reader, "a type that is less deep");
  TypeId type = type_atom(reader, depth);
  while (reader_take(reader, "?")) type = type_option(reader->types, type);
  return type;
}

TypeId reader_type(Reader *reader) { return type_at(reader, 0); }
