/* Strings as the formatter writes them: one-line strings as spelt, blocks indented below their line. */
#include "front/fmt_print.h"

#include <string.h>

static void put_interpolation(Fmt *f, const Expr *expr) {
  Fmt flat = *f;
  flat.flat = true;
  fmt_puts(f, "~{");
  fmt_put(&flat, expr);
  if (flat.over && f->limit) f->over = true;
  fmt_puts(f, "}");
}

static void put_escaped(Fmt *f, Sym text) {
  const char *at = name_of(f->session, text), *end = at + sym_len(f->session->names, text);
  for (; at < end; at++) {
    unsigned char c = (unsigned char)*at;
    if (c == '\n')
      fmt_puts(f, "\\n");
    else if (c == '\t')
      fmt_puts(f, "\\t");
    else if (c == '\r')
      fmt_puts(f, "\\r");
    else if (c == '"' || c == '\\')
      text_addf(f->out, "\\%c", c);
    else if (c == '~' && (at + 1 == end || at[1] == '{'))
      fmt_puts(f, "\\~");
    else if (c < 0x20 || c == 0x7f)
      text_addf(f->out, "\\u{%x}", c);
    else
      text_putc(f->out, (char)c);
  }
}

static void put_line(Fmt *f, const Expr *expr) {
  text_putc(f->out, '"');
  for (uint32_t i = 0; i < expr->string.count; i++) {
    const Part *part = &expr->string.parts[i];
    const char *source = expr->flag ? NULL : fmt_source(f, part->span);
    if (part->expr)
      put_interpolation(f, part->expr);
    else if (source)
      text_add(f->out, source, part->span.hi - part->span.lo);
    else
      put_escaped(f, part->text);
  }
  text_putc(f->out, '"');
}

/* ---- blocks ---- */

typedef struct BlockShape {
  bool lines; /* has more than one line */
  bool flush; /* some line begins at its margin, so that the margin is the common indentation */
  bool plain; /* holds nothing that a block would read otherwise */
} BlockShape;

static BlockShape shape_of(const Fmt *f, const Expr *expr) {
  BlockShape shape = {false, false, true};
  bool start = true; /* at the start of a line */
  for (uint32_t i = 0; i < expr->string.count; i++) {
    const Part *part = &expr->string.parts[i];
    if (part->expr) {
      shape.flush |= start;
      start = false;
      continue;
    }
    const char *text = name_of(f->session, part->text);
    size_t len = sym_len(f->session->names, part->text);
    if (strstr(text, "\"\"\"") || strstr(text, "~{") || memchr(text, '\r', len) || strlen(text) != len)
      shape.plain = false;
    if (len && text[len - 1] == '~') shape.plain = false;
    for (size_t k = 0; k < len; k++) {
      if (text[k] == '\n') {
        shape.lines = start = true;
      } else {
        shape.flush |= start && text[k] != ' ' && text[k] != '\t';
        start = false;
      }
    }
  }
  return shape;
}

static bool is_one_line(const Fmt *f, const Expr *expr) {
  const char *source = fmt_source(f, expr->span);
  return source && !memchr(source, '\n', expr->span.hi - expr->span.lo);
}

static void margin(Fmt *f) { text_addf(f->out, "%*s", (int)f->indent, ""); }

static void put_block_lines(Fmt *f, const Expr *expr) {
  f->indent += FMT_STEP;
  fmt_puts(f, "\"\"\"\n");
  bool due = true; /* the margin of the line begun */
  for (uint32_t i = 0; i < expr->string.count; i++) {
    const Part *part = &expr->string.parts[i];
    if (part->expr) {
      if (due) margin(f);
      due = false;
      put_interpolation(f, part->expr);
      continue;
    }
    const char *at = name_of(f->session, part->text), *end = at + sym_len(f->session->names, part->text);
    for (; at < end; at++) {
      if (*at != '\n' && due) margin(f);
      due = *at == '\n';
      text_putc(f->out, *at);
    }
  }
  f->indent -= FMT_STEP;
  text_putc(f->out, '\n');
  f->line = f->out->len;
  margin(f);
  fmt_puts(f, "\"\"\"");
}

static void put_verbatim(Fmt *f, const Expr *expr) {
  const char *source = fmt_source(f, expr->span);
  if (!source) {
    put_line(f, expr);
    return;
  }
  text_add(f->out, source, expr->span.hi - expr->span.lo);
  const char *last = strrchr(f->out->data + f->line, '\n');
  if (last) f->line = (size_t)(last + 1 - f->out->data);
}

void fmt_put_string(Fmt *f, const Expr *expr) {
  if (!expr->flag) {
    put_line(f, expr);
    return;
  }
  BlockShape shape = shape_of(f, expr);
  if (is_one_line(f, expr)) {
    put_verbatim(f, expr);
  } else if (f->flat) {
    if (f->limit)
      f->over = true; /* does not go on one line */
    else
      put_line(f, expr);
  } else if (!shape.plain || !shape.flush) {
    put_verbatim(f, expr);
  } else {
    put_block_lines(f, expr);
  }
}
