#include "front/parse.h"

#include "front/lex.h"

#include <string.h>

/* ---- the text before it is read ---- */

/* The length of the valid character at `text`, or 0. */
static uint32_t utf8_length(const unsigned char *text, const unsigned char *end) {
  unsigned char c = *text;
  uint32_t len = c < 0x80                ? 1
                 : c >= 0xc2 && c < 0xe0 ? 2
                 : c >= 0xe0 && c < 0xf0 ? 3
                 : c >= 0xf0 && c < 0xf5 ? 4
                                         : 0;
  if (!len || (size_t)(end - text) < len) return 0;
  for (uint32_t i = 1; i < len; i++)
    if ((text[i] & 0xc0) != 0x80) return 0;
  if ((c == 0xe0 && text[1] < 0xa0) || (c == 0xed && text[1] > 0x9f) || (c == 0xf0 && text[1] < 0x90) ||
      (c == 0xf4 && text[1] > 0x8f))
    return 0;
  return len;
}

/* The offset of the first byte that is no UTF-8, or `size`. */
static uint32_t utf8_check(const char *text, uint32_t size) {
  const unsigned char *at = (const unsigned char *)text, *end = at + size;
  while (at < end) {
    uint64_t word;
    while (end - at >= 8 && (memcpy(&word, at, 8), !(word & 0x8080808080808080ULL))) at += 8;
    if (at == end) break;
    uint32_t len = utf8_length(at, end);
    if (!len) break;
    at += len;
  }
  return (uint32_t)(at - (const unsigned char *)text);
}

static Span byte_span(const Source *source, uint32_t offset) {
  return (Span){source->base + offset, source->base + offset + 1};
}

static void check_returns(Session *session, const Source *source) {
  const char *at = source->text, *end = at + source->size;
  while ((at = memchr(at, '\r', (size_t)(end - at)))) {
    if (*++at == '\n') continue;
    Diag *told = diag(session->diags, DIAG_CARRIAGE_RETURN,
                      byte_span(source, (uint32_t)(at - 1 - source->text)),
                      "a carriage return without a line feed");
    diag_help(session->diags, told, "end lines with a line feed");
    return;
  }
}

/* Whether the source is a text that can be read. */
static bool check_text(Session *session, const Source *source) {
  if (source->size > SOURCE_MOST) {
    Diag *told = diag(session->diags, DIAG_FILE_SIZE, byte_span(source, 0), "a file of %u bytes is too large",
                      source->size);
    diag_help(session->diags, told, "the limit is %d bytes: split it into modules", SOURCE_MOST);
    return false;
  }
  const char *nul = memchr(source->text, 0, source->size);
  uint32_t bad = utf8_check(source->text, source->size);
  if (nul && (uint32_t)(nul - source->text) <= bad) {
    Diag *told = diag(session->diags, DIAG_NUL, byte_span(source, (uint32_t)(nul - source->text)),
                      "a NUL byte at offset %u: this is no text", (uint32_t)(nul - source->text));
    diag_help(session->diags, told,
              "workflows are UTF-8; a file of another encoding can be converted with `iconv`");
    return false;
  }
  if (bad < source->size) {
    Diag *told = diag(session->diags, DIAG_UTF8, byte_span(source, bad),
                      "not UTF-8: byte 0x%02x at offset %u", (unsigned char)source->text[bad], bad);
    diag_help(session->diags, told, "convert the file, for example with `iconv -f LATIN1 -t UTF-8`");
    return false;
  }
  check_returns(session, source);
  return true;
}

/* ---- documentation comments ---- */

/* Walks the comments and the places that documentation belongs to, both in the order of the text. */
typedef struct Docs {
  Session *session;
  const Source *source;
  const Comment *comments;
  uint32_t count, next;
  Text scratch;
} Docs;

static const char *docs_at(const Docs *docs, uint32_t offset) {
  return docs->source->text + (offset - docs->source->base);
}

static bool is_doc(const Docs *docs, const Comment *comment) {
  return comment->span.hi - comment->span.lo >= 2 && docs_at(docs, comment->span.lo)[1] == '#';
}

static void add_doc(Docs *docs, const Comment *comment) {
  const char *text = docs_at(docs, comment->span.lo) + 2, *end = docs_at(docs, comment->span.hi);
  if (text < end && *text == ' ') text++;
  while (end > text && (end[-1] == ' ' || end[-1] == '\t')) end--;
  if (docs->scratch.len) text_putc(&docs->scratch, '\n');
  text_add(&docs->scratch, text, (size_t)(end - text));
}

/* Whether nothing but blanks, and one newline at most, lies between. */
static bool adjoins(const Docs *docs, uint32_t lo, uint32_t hi) {
  uint32_t lines = 0;
  for (const char *at = docs_at(docs, lo), *end = docs_at(docs, hi); at < end; at++) {
    if (*at == '\n' && ++lines > 1) return false;
    if (*at != '\n' && *at != ' ' && *at != '\t' && *at != '\r') return false;
  }
  return true;
}

/* The comments directly above a place, on lines of their own. */
static void docs_above(Docs *docs, uint32_t place) {
  docs->scratch.len = 0;
  while (docs->next < docs->count && docs->comments[docs->next].span.hi <= place) docs->next++;
  uint32_t first = docs->next, below = place;
  while (first && docs->comments[first - 1].own_line && is_doc(docs, &docs->comments[first - 1]) &&
         adjoins(docs, docs->comments[first - 1].span.hi, below))
    below = docs->comments[--first].span.lo;
  for (; first < docs->next; first++) add_doc(docs, &docs->comments[first]);
}

/* The comment behind a place on the same line, after a comma perhaps. */
static void docs_behind(Docs *docs, uint32_t place) {
  while (docs->next < docs->count && docs->comments[docs->next].span.lo < place) docs->next++;
  if (docs->next == docs->count || !is_doc(docs, &docs->comments[docs->next])) return;
  const char *at = docs_at(docs, place), *comment = docs_at(docs, docs->comments[docs->next].span.lo);
  while (at < comment && (*at == ' ' || *at == '\t' || *at == ',')) at++;
  if (at == comment) add_doc(docs, &docs->comments[docs->next]);
}

static Sym docs_take(Docs *docs) {
  return docs->scratch.len ? intern(docs->session->names, docs->scratch.data, docs->scratch.len) : 0;
}

static void docs_params(Docs *docs, Param *params, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    docs_above(docs, params[i].span.lo);
    docs_behind(docs, params[i].span.hi);
    params[i].doc = docs_take(docs);
  }
}

static void docs_decl(Docs *docs, Decl *decl) {
  docs_above(docs, decl->span.lo);
  decl->doc = docs_take(docs);
  docs_params(docs, decl->ins, decl->in_count);
  if (decl->kind != DECL_FN) docs_params(docs, decl->outs, decl->out_count);
  if (decl->kind == DECL_TYPE && decl->written->kind == TE_RECORD)
    docs_params(docs, decl->written->fields, decl->written->count);
  for (uint32_t i = 0; decl->block && i < decl->block->count; i++) {
    Stmt *stmt = decl->block->stmts[i];
    docs_above(docs, stmt->span.lo);
    docs_behind(docs, stmt->span.hi);
    stmt->doc = docs_take(docs);
  }
}

static void attach_docs(Session *session, Module *module) {
  Docs docs = {.session = session,
               .source = module->source,
               .comments = module->comments,
               .count = module->comment_count};
  bool any = false;
  for (uint32_t i = 0; i < docs.count && !any; i++) any = is_doc(&docs, &docs.comments[i]);
  if (!any) return;
  for (uint32_t i = 0; i < module->decl_count; i++) docs_decl(&docs, module->decls[i]);
  text_free(&docs.scratch);
}

/* ---- parsing ---- */

static void run_parser(Parser *p, int start) {
  p->errors = diags_errors(p->session->diags);
  lex_open(p, start);
  if (weft_parse(p) == 2) build_too_deep(p, p->lexer.previous_span);
}

static void finish(Parser *p) {
  lex_close(p);
  free(p->stack);
  vec_free(&p->imports);
  vec_free(&p->decls);
}

#define COPY(session, list) arena_copy((session)->arena, (list).data, (list).len * sizeof *(list).data)

Module *parse_module(Session *session, Source *source) {
  Module *module = ARENA_NEW(session->arena, Module);
  module->source = source;
  module->path = source->path;
  if (!check_text(session, source)) {
    module->broken = true;
    return module;
  }
  Parser parser = {.session = session, .source = source, .module = module};
  run_parser(&parser, START_MODULE);
  module->broken = diags_errors(session->diags) != parser.errors;
  module->imports = COPY(session, parser.imports);
  module->import_count = parser.imports.len;
  module->decls = COPY(session, parser.decls);
  module->decl_count = parser.decls.len;
  module->comments = COPY(session, parser.lexer.comments);
  module->comment_count = parser.lexer.comments.len;
  finish(&parser);
  attach_docs(session, module);
  return module;
}

Expr *parse_pattern(Session *session, Source *source) {
  if (!check_text(session, source)) return NULL;
  Parser parser = {.session = session, .source = source};
  run_parser(&parser, START_PATTERN);
  bool broken = diags_errors(session->diags) != parser.errors;
  finish(&parser);
  return broken ? NULL : parser.pattern;
}
