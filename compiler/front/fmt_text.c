/* What the formatter writes with: text, lines, comments. */
#include "front/fmt_print.h"

#include <string.h>

void fmt_puts(Fmt *f, const char *text) { text_puts(f->out, text); }

void fmt_sym(Fmt *f, Sym sym) { text_puts(f->out, name_of(f->session, sym)); }

void fmt_newline(Fmt *f) {
  while (f->out->len && f->out->data[f->out->len - 1] == ' ') f->out->data[--f->out->len] = 0;
  text_putc(f->out, '\n');
  f->line = f->out->len;
  text_addf(f->out, "%*s", (int)f->indent, "");
}

const char *fmt_source(const Fmt *f, Span span) {
  const Source *source = f->source ? f->source : sources_at(f->session->sources, span);
  if (!source || !span.hi || span.lo < source->base || span.hi > source->base + source->size) return NULL;
  return source->text + (span.lo - source->base);
}

bool fmt_has_comment(const Fmt *f, Span span) {
  if (f->next >= f->count || !span.hi) return false;
  return f->comments[f->next].span.lo < span.hi;
}

bool fmt_same_line(const Fmt *f, uint32_t lo, uint32_t hi) {
  const char *text = fmt_source(f, (Span){lo, hi});
  return text && hi >= lo && !memchr(text, '\n', hi - lo);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool blank_above(const Fmt *f, uint32_t place) {
  if (!f->source || place <= f->source->base || place > f->source->base + f->source->size) return false;
  const char *start = f->source->text, *at = start + (place - f->source->base);
  for (int lines = 0; at > start;) {
    at--;
    if (*at == '\n' && ++lines == 2) return true;
    if (*at != '\n' && !is_blank(*at)) return false;
  }
  return false;
}

void fmt_blank(Fmt *f, uint32_t place) {
  if (blank_above(f, place)) fmt_newline(f);
}

static void put_comment(Fmt *f, const Comment *comment) {
  Span span = comment->span;
  const char *text = fmt_source(f, span);
  uint32_t len = text ? span.hi - span.lo : 0;
  while (len && is_blank(text[len - 1])) len--;
  text_add(f->out, text ? text : "", len);
}

void fmt_comments(Fmt *f, uint32_t place, bool first) {
  while (f->next < f->count && f->comments[f->next].span.lo < place) {
    const Comment *comment = &f->comments[f->next++];
    if (!first) fmt_blank(f, comment->span.lo);
    put_comment(f, comment);
    fmt_newline(f);
    first = false;
  }
  if (!first) fmt_blank(f, place);
}

void fmt_trailing(Fmt *f, uint32_t place, char separator) {
  if (f->flat || f->next >= f->count || !f->source || !place) return;
  const Comment *comment = &f->comments[f->next];
  if (comment->span.lo < place || !fmt_same_line(f, place, comment->span.lo)) return;
  const char *at = fmt_source(f, (Span){place, comment->span.lo}), *end = at + (comment->span.lo - place);
  while (at < end && (is_blank(*at) || *at == separator)) at++;
  if (at != end) return;
  fmt_puts(f, "  ");
  put_comment(f, comment);
  f->next++;
}

void fmt_left_over(Fmt *f, uint32_t end, size_t at) {
  if (f->next >= f->count || f->comments[f->next].span.lo >= end) return;
  Text kept = {0}, *out = f->out;
  text_add(&kept, out->data + at, out->len - at);
  out->len = at;
  while (f->next < f->count && f->comments[f->next].span.lo < end) {
    text_addf(out, "%*s", (int)f->indent, "");
    put_comment(f, &f->comments[f->next++]);
    text_putc(out, '\n');
  }
  f->line += out->len - at;
  text_add(out, kept.data, kept.len);
  text_free(&kept);
}
