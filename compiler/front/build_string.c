/* Strings: escapes resolved, the common indentation of blocks taken off. */
#include "front/build.h"

#include <string.h>

static const char *at(const Parser *p, uint32_t offset) {
  return p->source->text + (offset - p->source->base);
}

/* ---- one-line strings ---- */

static void bad_escape(Parser *p, uint32_t lo, uint32_t hi, const char *message) {
  Diag *told = diag(p->session->diags, DIAG_ESCAPE, (Span){lo, hi}, "%s", message);
  diag_help(p->session->diags, told,
            "the escapes are \\n \\t \\r \\\\ \\\" \\~ and \\u{…}; for a backslash itself write \\\\");
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
  return -1;
}

/* The `\u{…}` at `lo`: its length; 0 if it is broken. */
static uint32_t unicode_escape(Parser *p, uint32_t lo, uint32_t hi, Text *out) {
  const char *text = at(p, lo);
  uint32_t len = hi - lo, i = 3, code = 0;
  if (len < 5 || text[2] != '{')
    return bad_escape(p, lo, lo + 2, "`\\u` is followed by a number in braces, as \\u{2192}"), 0;
  for (; i < len && i < 10 && hex_digit(text[i]) >= 0; i++) code = code * 16 + (uint32_t)hex_digit(text[i]);
  if (i == 3 || i >= len || text[i] != '}')
    return bad_escape(p, lo, lo + i, "a hexadecimal number and `}` follow `\\u{`"), 0;
  if (!code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    return bad_escape(p, lo, lo + i + 1, "there is no such character"), 0;
  text_rune(out, code);
  return i + 1;
}

/* The escape at `lo`: appends what it stands for and gives its length. */
static uint32_t escape(Parser *p, uint32_t lo, uint32_t hi, Text *out) {
  static const char names[] = "ntr\\\"~", values[] = "\n\t\r\\\"~";
  char c = *at(p, lo + 1);
  const char *found = c ? strchr(names, c) : NULL;
  if (found) return text_putc(out, values[found - names]), 2;
  if (c == 'u') {
    uint32_t len = unicode_escape(p, lo, hi, out);
    return len ? len : 2;
  }
  uint32_t end = lo + 2;
  while (end < hi && ((unsigned char)*at(p, end) & 0xc0) == 0x80) end++;
  bad_escape(p, lo, end, "there is no such escape");
  return end - lo;
}

static Sym line_text(Parser *p, Span span, Text *scratch) {
  const char *text = at(p, span.lo);
  uint32_t len = span.hi - span.lo;
  if (!memchr(text, '\\', len)) return intern(p->session->names, text, len);
  scratch->len = 0;
  for (uint32_t lo = span.lo; lo < span.hi;) {
    if (*at(p, lo) == '\\') {
      lo += escape(p, lo, span.hi, scratch);
      continue;
    }
    const char *next = memchr(at(p, lo), '\\', span.hi - lo);
    uint32_t plain = next ? (uint32_t)(next - at(p, lo)) : span.hi - lo;
    text_add(scratch, at(p, lo), plain);
    lo += plain;
  }
  return intern(p->session->names, scratch->data, scratch->len);
}

/* ---- blocks ---- */

/* The common leading blanks of a block's lines. */
typedef struct Indent {
  const char *text;
  uint32_t len;
  bool known;
} Indent;

static uint32_t blanks(const char *text, const char *end) {
  uint32_t n = 0;
  while (text + n < end && (text[n] == ' ' || text[n] == '\t')) n++;
  return n;
}

static void indent_meet(Indent *indent, const char *text, uint32_t len) {
  if (!indent->known) {
    *indent = (Indent){text, len, true};
    return;
  }
  uint32_t same = 0;
  while (same < len && same < indent->len && text[same] == indent->text[same]) same++;
  indent->len = same;
}

/* Every line begun inside a text counts, unless it is blank; the first of the block does not. */
static Indent indent_of(const Parser *p, const Part *parts, uint32_t count) {
  Indent indent = {0};
  for (uint32_t i = 0; i < count; i++) {
    if (parts[i].expr) continue;
    const char *text = at(p, parts[i].span.lo), *end = at(p, parts[i].span.hi);
    while ((text = memchr(text, '\n', (size_t)(end - text)))) {
      uint32_t len = blanks(++text, end);
      const char *after = text + len;
      bool blank = after == end ? i + 1 == count
                                : *after == '\n' || (*after == '\r' && after + 1 < end && after[1] == '\n');
      if (!blank) indent_meet(&indent, text, len);
    }
  }
  return indent;
}

/* A text of a block without the indentation of the lines it begins, CRLF as LF. */
static void block_text(const char *text, const char *end, uint32_t indent, Text *out) {
  while (text < end) {
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    const char *stop = newline ? newline : end;
    uint32_t len = (uint32_t)(stop - text);
    if (newline && len && stop[-1] == '\r') len--;
    text_add(out, text, len);
    if (!newline) return;
    text_putc(out, '\n');
    uint32_t here = blanks(newline + 1, end);
    text = newline + 1 + (here < indent ? here : indent);
  }
}

/* The first line is dropped when it is blank, and so is the last. */
static Span trim_first(const Parser *p, Span span) {
  const char *text = at(p, span.lo), *end = at(p, span.hi);
  const char *after = text + blanks(text, end);
  if (after < end && *after == '\r') after++;
  if (after < end && *after == '\n') span.lo += (uint32_t)(after - text); /* the newline itself goes below */
  return span;
}

static void trim_last(Text *text) {
  size_t len = text->len;
  while (len && (text->data[len - 1] == ' ' || text->data[len - 1] == '\t')) len--;
  if (len && text->data[len - 1] == '\n') text->len = len - 1;
}

static void block_parts(Parser *p, Part *parts, uint32_t count, Text *scratch) {
  if (!count) return;
  bool drop_first = false;
  if (!parts[0].expr) {
    Span rest = trim_first(p, parts[0].span);
    drop_first = rest.lo < rest.hi && *at(p, rest.lo) == '\n';
    parts[0].span.lo = rest.lo;
  }
  Indent indent = indent_of(p, parts, count);
  for (uint32_t i = 0; i < count; i++) {
    if (parts[i].expr) continue;
    scratch->len = 0;
    block_text(at(p, parts[i].span.lo), at(p, parts[i].span.hi), indent.len, scratch);
    if (i + 1 == count) trim_last(scratch);
    size_t skip = i == 0 && drop_first && scratch->len ? 1 : 0;
    parts[i].text = intern(p->session->names, scratch->data ? scratch->data + skip : "", scratch->len - skip);
  }
}

/* Neighbouring texts become one. */
static uint32_t merge_texts(Part *parts, uint32_t count) {
  uint32_t len = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (len && !parts[i].expr && !parts[len - 1].expr)
      parts[len - 1].span.hi = parts[i].span.hi;
    else
      parts[len++] = parts[i];
  }
  return len;
}

static uint32_t drop_empty(Part *parts, uint32_t count) {
  uint32_t len = 0;
  for (uint32_t i = 0; i < count; i++)
    if (parts[i].expr || parts[i].text) parts[len++] = parts[i];
  return len;
}

Expr *build_string(Parser *p, Items items, bool block, Span span) {
  Part *parts = items.data;
  uint32_t count = merge_texts(parts, items.count);
  Text scratch = {0};
  if (block) {
    block_parts(p, parts, count, &scratch);
  } else {
    for (uint32_t i = 0; i < count; i++)
      if (!parts[i].expr) parts[i].text = line_text(p, parts[i].span, &scratch);
  }
  text_free(&scratch);
  Expr *expr = build_leaf(p, EXPR_STRING, span);
  expr->flag = block;
  expr->string.parts = parts;
  expr->string.count = drop_empty(parts, count);
  for (uint32_t i = 0; i < expr->string.count; i++) {
    const Expr *part = parts[i].expr;
    if (part && part->depth >= expr->depth) expr->depth = part->depth + 1;
  }
  return expr;
}
