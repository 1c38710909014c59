/* quote_literal.c: values as literals of programming languages, one row a language.
 *
 * Both quotes, the backtick, the dollar and control characters are always written as escapes, so that no byte of a
 * value can end a string or start an interpolation, whichever quotes the template itself uses. */
#include <math.h>
#include <string.h>

#include "quote.h"
#include "text.h"

/* How a language writes values. */
typedef struct Literals {
  const char *no, *yes, *absent, *absent_item;
  const char *inf, *minus_inf, *nan;
  const char *list, *list_end, *nested, *nested_end; /* an array of scalars; one of anything else */
  const char *record, *record_end, *assign;
  const char *joined, *variable,
      *between; /* a text that begins with an environment variable; ends with ")" */
  char delimiter;
  char escapes;         /* 'x': \x27 and \u00e9; 'u': \u0027 and UTF-8 pairs; 'p': perl's single quotes */
  uint8_t point;        /* a Float keeps ".0" */
  uint8_t spaced_minus; /* "x-~{y}" would otherwise read as "--" */
} Literals;

static const Literals *literals_of(RtQuote quote) {
  static const Literals python = {.no = "False",
                                  .yes = "True",
                                  .absent = "None",
                                  .absent_item = "None",
                                  .inf = "float('inf')",
                                  .minus_inf = "float('-inf')",
                                  .nan = "float('nan')",
                                  .list = "[",
                                  .list_end = "]",
                                  .nested = "[",
                                  .nested_end = "]",
                                  .record = "{",
                                  .record_end = "}",
                                  .assign = ": ",
                                  .joined = "(",
                                  .variable = "__import__('os').environ['" RT_ROOT_VARIABLE "']",
                                  .between = " + ",
                                  .delimiter = '\'',
                                  .escapes = 'x',
                                  .point = 1};
  static const Literals r = {.no = "FALSE",
                             .yes = "TRUE",
                             .absent = "NULL",
                             .absent_item = "NA",
                             .inf = "Inf",
                             .minus_inf = "-Inf",
                             .nan = "NaN",
                             .list = "c(",
                             .list_end = ")",
                             .nested = "list(",
                             .nested_end = ")",
                             .record = "list(",
                             .record_end = ")",
                             .assign = " = ",
                             .joined = "paste0(",
                             .variable = "Sys.getenv(\"" RT_ROOT_VARIABLE "\")",
                             .between = ", ",
                             .delimiter = '"',
                             .escapes = 'r'};
  static const Literals js = {.no = "false",
                              .yes = "true",
                              .absent = "null",
                              .absent_item = "null",
                              .inf = "1e999",
                              .minus_inf = "-1e999",
                              .nan = "NaN",
                              .list = "[",
                              .list_end = "]",
                              .nested = "[",
                              .nested_end = "]",
                              .record = "{",
                              .record_end = "}",
                              .assign = ": ",
                              .joined = "(",
                              .variable = "process.env[\"" RT_ROOT_VARIABLE "\"]",
                              .between = " + ",
                              .delimiter = '"',
                              .escapes = 'u',
                              .spaced_minus = 1};
  static const Literals perl = {.no = "0",
                                .yes = "1",
                                .absent = "undef",
                                .absent_item = "undef",
                                .inf = "9**9**9",
                                .minus_inf = "-9**9**9",
                                .nan = "(-sin(9**9**9))",
                                .list = "(",
                                .list_end = ")",
                                .nested = "(",
                                .nested_end = ")",
                                .record = "+{",
                                .record_end = "}",
                                .assign = " => ",
                                .joined = "join('', ",
                                .variable = "$ENV{'" RT_ROOT_VARIABLE "'}",
                                .between = ", ",
                                .delimiter = '\'',
                                .escapes = 'p',
                                .spaced_minus = 1};
  switch (quote) {
    case RT_QUOTE_R:
      return &r;
    case RT_QUOTE_JS:
      return &js;
    case RT_QUOTE_PERL:
      return &perl;
    default:
      return &python;
  }
}

/* UTF-16, as \u escapes are in JavaScript and JSON. */
static void escape_utf16(RtText *into, uint32_t rune) {
  if (rune < 0x10000) {
    text_addf(into, "\\u%04x", rune);
    return;
  }
  rune -= 0x10000;
  text_addf(into, "\\u%04x\\u%04x", 0xd800 + (rune >> 10), 0xdc00 + (rune & 0x3ff));
}

static void escape_rune(RtText *into, char escapes, uint32_t rune) {
  if (escapes == 'u')
    escape_utf16(into, rune);
  else if (escapes == 'x' && rune < 0x80)
    text_addf(into, "\\x%02x", rune);
  else if (rune < 0x10000)
    text_addf(into, "\\u%04x", rune);
  else
    text_addf(into, "\\U%08x", rune);
}

static int plain_rune(uint32_t rune) { return rune >= 0x20 && rune < 0x7f && !strchr("'\"`\\$", (int)rune); }

/* Perl's single-quoted strings know \\ and \' alone, and take any other byte as it is. */
static void perl_string(RtText *into, const char *bytes, size_t len) {
  text_char(into, '\'');
  for (size_t i = 0; i < len; i++) {
    if (bytes[i] == '\\' || bytes[i] == '\'') text_char(into, '\\');
    text_char(into, bytes[i]);
  }
  text_char(into, '\'');
}

static void fixed_literal(RtText *into, const Literals *how, const char *bytes, size_t len) {
  if (how->escapes == 'p') {
    perl_string(into, bytes, len);
    return;
  }
  text_char(into, how->delimiter);
  for (const char *at = bytes, *end = bytes + len; at < end;) {
    uint32_t rune = 0xfffd;
    int step = utf8_decode(at, end, &rune);
    if (step == 1 && plain_rune(rune))
      text_char(into, (char)rune);
    else
      escape_rune(into, how->escapes, rune);
    at += step ? step : 1;
  }
  text_char(into, how->delimiter);
}

static void string_literal(RtText *into, const Literals *how, const char *bytes, size_t len) {
  const char *root = quote_root(bytes, len);
  if (!root) {
    fixed_literal(into, how, bytes, len);
    return;
  }
  text_puts(into, how->joined);
  for (const char *from = bytes, *end = bytes + len; from < end;
       root = quote_root(from, (size_t)(end - from))) {
    const char *to = root ? root : end;
    if (from > bytes) text_puts(into, how->between);
    if (to > from) fixed_literal(into, how, from, (size_t)(to - from));
    if (to > from && root) text_puts(into, how->between);
    if (root) text_puts(into, how->variable);
    from = root ? root + quote_root_len() : end;
  }
  text_puts(into, ")");
}

static void number_literal(RtText *into, const Literals *how, double value, int point) {
  if (value < 0 && how->spaced_minus) text_char(into, ' ');
  if (isnan(value))
    text_puts(into, how->nan);
  else if (isinf(value))
    text_puts(into, value < 0 ? how->minus_inf : how->inf);
  else
    text_double(into, value, point);
}

static void literal(RtText *into, const Literals *how, const RtType *type, const void *value, int in_array);

static void field_name(RtText *into, const Literals *how, const char *name, int first) {
  if (!first) text_puts(into, ", ");
  string_literal(into, how, name, strlen(name));
  text_puts(into, how->assign);
}

static void uncertain_literal(RtText *into, const Literals *how, const RtUncertain *value) {
  text_puts(into, how->record);
  field_name(into, how, "mean", 1);
  number_literal(into, how, value->mean, how->point);
  field_name(into, how, "sd", 0);
  number_literal(into, how, value->sd, how->point);
  text_puts(into, how->record_end);
}

static void record_literal(RtText *into, const Literals *how, const RtType *type, const char *value) {
  text_puts(into, how->record);
  for (uint32_t i = 0; i < type->field_count; i++) {
    field_name(into, how, type->fields[i].name, i == 0);
    literal(into, how, type->fields[i].type, value + type->fields[i].offset, how->escapes == 'p');
  }
  text_puts(into, how->record_end);
}

/* Whether an element must be a thing of its own: R's c() and Perl's () run lists together. */
static int is_compound(const RtType *type) {
  while (type->kind == RT_OPTION) type = type->elem;
  return type->kind == RT_ARRAY || type->kind == RT_RECORD || type->kind == RT_UNCERTAIN;
}

static void array_literal(RtText *into, const Literals *how, const RtType *type, const RtArray *array,
                          int in_array) {
  const RtType *elem = type->elem;
  int nested = is_compound(elem);
  int bracket = in_array && how->escapes == 'p'; /* a reference to a list, which alone can be an element */
  text_puts(into, bracket ? "[" : nested ? how->nested : how->list);
  for (int64_t i = 0; i < array->len; i++) {
    if (i) text_puts(into, ", ");
    literal(into, how, elem, array->items + (size_t)i * elem->size, 1);
  }
  text_puts(into, bracket ? "]" : nested ? how->nested_end : how->list_end);
}

static void option_literal(RtText *into, const Literals *how, const RtType *type, const char *value,
                           int in_array) {
  if (value[type->elem->size])
    literal(into, how, type->elem, value, in_array);
  else
    text_puts(into, in_array ? how->absent_item : how->absent);
}

/* `in_array`: also inside a record, where a Perl list must be a reference. */
static void literal(RtText *into, const Literals *how, const RtType *type, const void *value, int in_array) {
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      text_puts(into, how->absent);
      break;
    case RT_BOOL:
      text_puts(into, *(const uint8_t *)value ? how->yes : how->no);
      break;
    case RT_INT:
      if (*(const int64_t *)value < 0 && how->spaced_minus) text_char(into, ' ');
      text_int(into, *(const int64_t *)value);
      break;
    case RT_FLOAT:
    case RT_QUANTITY:
      number_literal(into, how, *(const double *)value, how->point && type->kind == RT_FLOAT);
      break;
    case RT_UNCERTAIN:
      uncertain_literal(into, how, value);
      break;
    case RT_STRING: {
      const RtString *string = *(const RtString *const *)value;
      string_literal(into, how, string->bytes, (size_t)string->len);
      break;
    }
    case RT_FILE:
    case RT_DIR: {
      const RtString *path = (*(const RtFile *const *)value)->path;
      string_literal(into, how, path->bytes, (size_t)path->len);
      break;
    }
    case RT_ARRAY:
      array_literal(into, how, type, *(const RtArray *const *)value, in_array);
      break;
    case RT_OPTION:
      option_literal(into, how, type, value, in_array);
      break;
    case RT_RECORD:
      record_literal(into, how, type, value);
      break;
  }
}

void quote_literal(RtText *into, RtQuote quote, const RtType *type, const void *value) {
  literal(into, literals_of(quote), type, value, 0);
}
