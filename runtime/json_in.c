/* json_in.c: a strict reader of JSON (RFC 8259) with exact places.  libfyaml reads JSON as well, but 30 times
 * slower, and knows the place of an error only roughly. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "input.h"
#include "text.h"

enum { DEEPEST = 500 };

typedef struct Parser {
  RtArena *arena;
  const char *name, *at, *end, *line_start;
  uint32_t line;
  int depth;
  RtError *error;
} Parser;

static uint32_t column(const Parser *p) { return (uint32_t)(p->at - p->line_start) + 1; }

static RtNode *wrong(Parser *p, const char *what) {
  error_set(p->error, "R0030", NULL, "%s:%u:%u: %s", p->name, p->line, column(p), what);
  return NULL;
}

/* `what` is not what stands here; say what does. */
static RtNode *expected(Parser *p, const char *what) {
  char message[128], here[32];
  if (p->at >= p->end)
    snprintf(here, sizeof here, "the end of the text");
  else if (*p->at > ' ' && *p->at < 0x7f)
    snprintf(here, sizeof here, "\"%c\"", *p->at);
  else
    snprintf(here, sizeof here, "the byte 0x%02x", (unsigned char)*p->at);
  snprintf(message, sizeof message, "expected %s, found %s", what, here);
  return wrong(p, message);
}

static void skip_space(Parser *p) {
  for (; p->at < p->end; p->at++) {
    if (*p->at == '\n') {
      p->line++;
      p->line_start = p->at + 1;
    } else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r') {
      return;
    }
  }
}

static int at_char(const Parser *p, char c) { return p->at < p->end && *p->at == c; }

static RtNode *new_node(Parser *p, NodeKind kind) {
  RtNode *node = arena_alloc(p->arena, sizeof *node);
  node->kind = (uint8_t)kind;
  node->line = p->line;
  node->column = column(p);
  return node;
}

/* ---- strings ---- */

/* Four hex digits at `at`; -1 if they are not. */
static int32_t hex4(const char *at, const char *end) {
  int32_t value = 0;
  if (end - at < 4) return -1;
  for (int i = 0; i < 4; i++) {
    char c = at[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* After "\u"; appends to `*to`.  0 when wrong. */
static int take_unicode(Parser *p, char **to) {
  int32_t rune = hex4(p->at, p->end);
  if (rune < 0) return wrong(p, "\\u must be followed by four hex digits"), 0;
  if (rune == 0)
    return error_set(p->error, "R0015", NULL, "%s:%u:%u: a String cannot hold a NUL byte", p->name, p->line,
                     column(p));
  p->at += 4;
  if (rune >= 0xd800 && rune < 0xdc00 && p->end - p->at >= 6 && p->at[0] == '\\' && p->at[1] == 'u') {
    int32_t low = hex4(p->at + 2, p->end);
    if (low >= 0xdc00 && low < 0xe000) {
      rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
      p->at += 6;
    }
  }
  if (rune >= 0xd800 && rune < 0xe000) return wrong(p, "half of a surrogate pair"), 0;
  char bytes[4];
  int len = utf8_encode((uint32_t)rune, bytes);
  memcpy(*to, bytes, (size_t)len);
  *to += len;
  return 1;
}

static int take_escape(Parser *p, char **to) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  p->at++;
  if (at_char(p, 'u')) return p->at++, take_unicode(p, to);
  const char *found = p->at < p->end && *p->at ? strchr(from, *p->at) : NULL;
  if (!found) return wrong(p, "an unknown escape in a string"), 0;
  *(*to)++ = into[found - from];
  p->at++;
  return 1;
}

/* The end of the string that `at` is in, escapes skipped; `end` if it is not closed. */
static const char *string_close(const char *at, const char *end) {
  while (at < end && *at != '"') at += *at == '\\' && end - at > 1 ? 2 : 1;
  return at;
}

/* A string, decoded; an escape is never shorter than what it stands for. */
static const char *take_string(Parser *p, size_t *len) {
  const char *close = string_close(p->at + 1, p->end);
  char *bytes = arena_take(p->arena, (size_t)(close - p->at) + 4), *to = bytes;
  p->at++;
  for (;;) {
    if (p->at >= p->end) return wrong(p, "a string that is not closed"), NULL;
    unsigned char c = (unsigned char)*p->at;
    uint32_t rune;
    if (c == '"') break;
    if (c < 0x20)
      return wrong(p,
                   c == '\n' ? "a string that is not closed on its line" : "a control character in a string"),
             NULL;
    if (c == '\\') {
      if (!take_escape(p, &to)) return NULL;
      continue;
    }
    int step = utf8_decode(p->at, p->end, &rune);
    if (!step)
      return error_set(p->error, "R0015", NULL, "%s:%u:%u: not valid UTF-8", p->name, p->line, column(p)),
             NULL;
    memcpy(to, p->at, (size_t)step);
    to += step;
    p->at += step;
  }
  p->at++;
  *to = 0;
  *len = (size_t)(to - bytes);
  return bytes;
}

/* ---- numbers and words ---- */

static size_t take_digits(Parser *p) {
  const char *from = p->at;
  while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
  return (size_t)(p->at - from);
}

static RtNode *take_number(Parser *p) {
  RtNode *node = new_node(p, NODE_NUMBER);
  const char *from = p->at;
  if (at_char(p, '-')) p->at++;
  if (at_char(p, '0'))
    p->at++;
  else if (!take_digits(p))
    return expected(p, "a digit");
  if (at_char(p, '.')) {
    p->at++;
    if (!take_digits(p)) return expected(p, "a digit");
  }
  if (at_char(p, 'e') || at_char(p, 'E')) {
    p->at++;
    if (at_char(p, '+') || at_char(p, '-')) p->at++;
    if (!take_digits(p)) return expected(p, "a digit");
  }
  node->len = (size_t)(p->at - from);
  node->text = arena_copy(p->arena, from, node->len);
  return node;
}

static RtNode *take_word(Parser *p) {
  static const struct {
    const char *word;
    NodeKind kind;
  } words[] = {{"true", NODE_BOOL}, {"false", NODE_BOOL}, {"null", NODE_NULL}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t len = strlen(words[i].word);
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, words[i].word, len) != 0) continue;
    RtNode *node = new_node(p, words[i].kind);
    node->text = words[i].word;
    node->len = len;
    p->at += len;
    return node;
  }
  return expected(p, "a value");
}

/* ---- arrays and objects ---- */

static RtNode *take_value(Parser *p);

/* The key and colon before a member; 0 when wrong. */
static int take_key(Parser *p, RtNode *key) {
  skip_space(p);
  if (!at_char(p, '"')) return expected(p, "a name in double quotes"), 0;
  key->key_line = p->line;
  key->key_column = column(p);
  size_t len;
  key->key = take_string(p, &len);
  if (!key->key) return 0;
  skip_space(p);
  if (!at_char(p, ':')) return expected(p, "\":\""), 0;
  p->at++;
  return 1;
}

static RtNode *take_child(Parser *p, int is_object) {
  RtNode key = {0};
  if (is_object && !take_key(p, &key)) return NULL;
  RtNode *child = take_value(p);
  if (!child) return NULL;
  child->key = key.key;
  child->key_line = key.key_line;
  child->key_column = key.key_column;
  return child;
}

static RtNode *take_children(Parser *p, NodeKind kind, char close) {
  RtNode *node = new_node(p, kind), **last = &node->first;
  if (++p->depth > DEEPEST) {
    error_set(p->error, "R0035", NULL, "%s:%u:%u: nested more than %d deep", p->name, p->line, column(p),
              DEEPEST);
    return NULL;
  }
  p->at++;
  skip_space(p);
  while (!at_char(p, close)) {
    if (node->len) {
      if (!at_char(p, ',')) return expected(p, close == ']' ? "\",\" or \"]\"" : "\",\" or \"}\"");
      p->at++;
    }
    RtNode *child = take_child(p, kind == NODE_OBJECT);
    if (!child) return NULL;
    *last = child;
    last = &child->next;
    node->len++;
    skip_space(p);
  }
  p->at++;
  p->depth--;
  return node;
}

static RtNode *take_value(Parser *p) {
  skip_space(p);
  if (p->at >= p->end) return expected(p, "a value");
  if (*p->at == '{') return take_children(p, NODE_OBJECT, '}');
  if (*p->at == '[') return take_children(p, NODE_ARRAY, ']');
  if (*p->at == '-' || (*p->at >= '0' && *p->at <= '9')) return take_number(p);
  if (*p->at != '"') return take_word(p);
  RtNode *node = new_node(p, NODE_STRING);
  node->text = take_string(p, &node->len);
  return node->text ? node : NULL;
}

RtNode *json_parse(RtArena *arena, const char *text, size_t len, const char *name, RtError *error) {
  Parser p = {.arena = arena,
              .name = name,
              .at = text,
              .end = text + len,
              .line_start = text,
              .line = 1,
              .error = error};
  if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) p.at = p.line_start = text + 3;
  RtNode *root = take_value(&p);
  if (!root) return NULL;
  skip_space(&p);
  return p.at == p.end ? root : expected(&p, "the end of the text");
}
