#include "import/json.h"

#include "import/utf8.h"

#include <ctype.h>
#include <string.h>

enum { MOST_DEPTH = 1024, LONGEST_TEXT = 16 << 20, RELEASE_EACH = 4 << 20 };

void json_open(Json *json, Session *session, const Source *source) {
  *json = (Json){.session = session,
                 .source = source,
                 .at = source->text,
                 .end = source->text + source->size,
                 .first = true};
  if (source->size >= 3 && !memcmp(source->text, "\xef\xbb\xbf", 3)) json->at += 3;
}

/* ---- what is wrong ---- */

static Span span_from(const Json *json, const char *from, const char *to) {
  uint32_t lo = (uint32_t)(from - json->source->text), hi = (uint32_t)(to - json->source->text);
  return (Span){json->source->base + lo, json->source->base + (hi > lo ? hi : lo + 1)};
}

static bool fail(Json *json, DiagCode code, const char *at, const char *message) {
  if (!json->failed)
    diag(json->session->diags, code, span_from(json, at, at + (at < json->end)), "%s", message);
  json->failed = true;
  json->at = json->end;
  return false;
}

static bool expected(Json *json, const char *what) {
  if (json->at == json->end) return fail(json, DIAG_DOCUMENT, json->at, "the document ends too early");
  char message[64];
  snprintf(message, sizeof message, "expected %s", what);
  return fail(json, DIAG_DOCUMENT, json->at, message);
}

/* ---- blanks and brackets ---- */

static void skip_blanks(Json *json) {
  while (json->at < json->end &&
         (*json->at == ' ' || *json->at == '\n' || *json->at == '\t' || *json->at == '\r'))
    json->at++;
  uint32_t offset = (uint32_t)(json->at - json->source->text);
  if (offset - json->released < RELEASE_EACH) return;
  source_release(json->source, offset);
  json->released = offset;
}

char json_peek(Json *json) {
  skip_blanks(json);
  return (char)(json->at < json->end ? *json->at : 0);
}

Span json_place(Json *json) {
  skip_blanks(json);
  return span_from(json, json->at, json->at + 1);
}

static bool open_bracket(Json *json) {
  if (++json->depth > MOST_DEPTH) return fail(json, DIAG_DOCUMENT_LIMIT, json->at, "nested too deeply");
  json->at++;
  json->first = true;
  return true;
}

/* Up to the next element: over a comma where one stands, or the closing bracket. */
static bool more(Json *json, char close) {
  char next = json_peek(json);
  if (json->failed) return false;
  if (next == close) {
    json->at++;
    json->depth--;
    return json->first = false;
  }
  if (!json->first) {
    if (next != ',') return expected(json, close == '}' ? "`,` or `}`" : "`,` or `]`");
    json->at++;
    next = json_peek(json);
    if (next == close) return expected(json, "another element after the comma");
  }
  json->first = false;
  return next || expected(json, "a value");
}

static bool wrong_kind(Json *json, const char *what) {
  Span span = json_place(json);
  char next = json_peek(json);
  if (json->failed) return false;
  if (!next || !strchr("\"{[tfn-0123456789", next)) return expected(json, "a value");
  diag(json->session->diags, DIAG_DOCUMENT, span, "expected %s", what);
  json_skip(json);
  return false;
}

bool json_object(Json *json) {
  return json_peek(json) == '{' && !json->failed ? open_bracket(json) : wrong_kind(json, "an object");
}

bool json_array(Json *json) {
  return json_peek(json) == '[' && !json->failed ? open_bracket(json) : wrong_kind(json, "an array");
}

bool json_element(Json *json) { return more(json, ']'); }

/* ---- texts ---- */

static bool hex4(Json *json, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, json->at++) {
    if (json->at >= json->end || !isxdigit((unsigned char)*json->at))
      return expected(json, "four hexadecimal digits");
    char c = *json->at;
    *unit = *unit * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return true;
}

/* Behind `\u`; half of a pair without the other one stands for no character. */
static bool take_unicode(Json *json, Text *into) {
  uint32_t unit, low;
  if (!hex4(json, &unit)) return false;
  if (unit >= 0xd800 && unit < 0xdc00 && json->end - json->at >= 2 && json->at[0] == '\\' &&
      json->at[1] == 'u') {
    json->at += 2;
    if (!hex4(json, &low)) return false;
    if (low >= 0xdc00 && low < 0xe000) unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  if (!unit) return fail(json, DIAG_NUL, json->at - 4, "a NUL character in a text");
  text_rune(into, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
  return true;
}

static bool take_escape(Json *json, Text *into) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (json->at == json->end) return expected(json, "an escape");
  const char *known = *json->at ? strchr(from, *json->at) : NULL;
  if (known) {
    text_putc(into, to[known - from]);
    json->at++;
    return true;
  }
  if (*json->at != 'u') return expected(json, "one of the escapes of JSON");
  json->at++;
  return take_unicode(json, into);
}

/* At the end of a run of plain characters. */
static const char *plain_end(const char *at, const char *end) {
  while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') at++;
  return at;
}

/* Behind the quote; the text with its escapes goes to `scratch`, without any it stays where it is. */
static bool take_text(Json *json, Text *scratch, JsonText *text) {
  const char *start = json->at;
  bool copied = false;
  scratch->len = 0;
  for (;;) {
    const char *run = json->at;
    json->at = plain_end(run, json->end - start > LONGEST_TEXT ? start + LONGEST_TEXT : json->end);
    if (json->at == json->end) return expected(json, "the end of a text");
    if (json->at - start >= LONGEST_TEXT)
      return fail(json, DIAG_DOCUMENT_LIMIT, start, "a text that is too long");
    if ((unsigned char)*json->at < ' ') return expected(json, "no control character in a text");
    if (copied || *json->at == '\\') text_add(scratch, run, (size_t)(json->at - run));
    if (*json->at == '"') break;
    copied = true;
    json->at++;
    if (!take_escape(json, scratch)) return false;
  }
  const char *wrong = utf8_wrong(start, (size_t)(json->at - start));
  if (wrong) return fail(json, DIAG_UTF8, wrong, "this byte is no part of a UTF-8 character");
  *text = (JsonText){start, (size_t)(json->at - start), span_from(json, start, json->at)};
  if (copied) text->data = scratch->len ? scratch->data : "", text->len = scratch->len;
  json->at++;
  return true;
}

bool json_string(Json *json, JsonText *text) {
  if (json_peek(json) != '"' || json->failed) return wrong_kind(json, "a text");
  json->at++;
  return take_text(json, &json->scratch[1], text);
}

bool json_member(Json *json, JsonText *key) {
  if (!more(json, '}')) return false;
  if (json_peek(json) != '"') return expected(json, "a name in double quotes");
  json->at++;
  if (!take_text(json, &json->scratch[0], key)) return false;
  if (json_peek(json) != ':') return expected(json, "`:`");
  json->at++;
  return true;
}

/* ---- numbers, words ---- */

static const char *digits_end(const char *at, const char *end) {
  while (at < end && *at >= '0' && *at <= '9') at++;
  return at;
}

/* The end of a number by the grammar, or NULL. */
static const char *number_end(const char *at, const char *end) {
  if (at < end && *at == '-') at++;
  const char *from = at;
  at = digits_end(from, end);
  if (at == from || (*from == '0' && at - from > 1)) return NULL;
  if (at < end && *at == '.') {
    from = at + 1;
    at = digits_end(from, end);
    if (at == from) return NULL;
  }
  if (at == end || (*at != 'e' && *at != 'E')) return at;
  from = at + 1;
  if (from < end && (*from == '+' || *from == '-')) from++;
  at = digits_end(from, end);
  return at == from ? NULL : at;
}

bool json_number(Json *json, double *number) {
  char next = json_peek(json), copy[64];
  if (json->failed || !next || !strchr("-0123456789", next)) return wrong_kind(json, "a number");
  const char *end = number_end(json->at, json->end);
  if (!end) return expected(json, "a number");
  size_t len = (size_t)(end - json->at) < sizeof copy ? (size_t)(end - json->at) : sizeof copy - 1;
  memcpy(copy, json->at, len);
  copy[len] = 0;
  *number = strtod(copy, NULL);
  json->at = end;
  return true;
}

static void skip_scalar(Json *json) {
  static const char *const words[] = {"true", "false", "null"};
  JsonText text;
  double number;
  char next = json_peek(json);
  if (next == '"') {
    json_string(json, &text);
    return;
  }
  if (next && strchr("-0123456789", next)) {
    json_number(json, &number);
    return;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t len = strlen(words[i]);
    if ((size_t)(json->end - json->at) < len || memcmp(json->at, words[i], len) != 0) continue;
    json->at += len;
    return;
  }
  expected(json, "a value");
}

/* The kinds of the open brackets are a bit each. */
void json_skip(Json *json) {
  uint64_t objects[MOST_DEPTH / 64 + 1] = {0};
  uint32_t bottom = json->depth;
  JsonText key;
  do {
    char next = json_peek(json);
    if (json->failed) return;
    if (next == '{' || next == '[') {
      if (!open_bracket(json)) return;
      uint64_t bit = 1ULL << (json->depth % 64);
      objects[json->depth / 64] = (objects[json->depth / 64] & ~bit) | (next == '{' ? bit : 0);
    } else {
      skip_scalar(json);
    }
    while (json->depth > bottom && !json->failed) {
      bool object = objects[json->depth / 64] >> (json->depth % 64) & 1;
      if (object ? json_member(json, &key) : json_element(json)) break;
    }
  } while (json->depth > bottom && !json->failed);
}

void json_close(Json *json) {
  if (!json->failed && json_peek(json)) expected(json, "nothing after the value");
  text_free(&json->scratch[0]);
  text_free(&json->scratch[1]);
}
