/* Declarations as the formatter writes them. */
#include "front/fmt_print.h"

#include <string.h>

/* ---- ports ---- */

static void put_param(Fmt *f, const void *items, uint32_t i) {
  const Param *param = (const Param *)items + i;
  if (param->name) {
    fmt_sym(f, param->name);
    fmt_puts(f, ": ");
  }
  fmt_put_type(f, param->written);
  if (!param->value) return;
  fmt_puts(f, " = ");
  fmt_put(f, param->value);
}

static Span param_span(const void *items, uint32_t i) { return ((const Param *)items)[i].span; }

/* The columns that a list takes on one line, or more than a line has. */
static size_t params_width(const Fmt *f, const Param *params, uint32_t count) {
  Text scratch = {0};
  Fmt measure = *f;
  measure.out = &scratch;
  measure.flat = true;
  measure.limit = FMT_WIDTH;
  measure.line = 0;
  for (uint32_t i = 0; i < count && scratch.len <= FMT_WIDTH; i++) {
    put_param(&measure, params, i);
    text_puts(&scratch, ", ");
  }
  size_t width = measure.over ? FMT_WIDTH + 1 : scratch.len;
  text_free(&scratch);
  return width;
}

static bool any_comment(const Fmt *f, const Param *params, uint32_t count) {
  if (!count || f->next >= f->count) return false;
  const Comment *next = &f->comments[f->next];
  uint32_t end = params[count - 1].span.hi;
  if (next->span.lo < end) return true;
  const char *at = fmt_source(f, (Span){end, next->span.lo});
  if (!at || !fmt_same_line(f, end, next->span.lo)) return false;
  return !memchr(at, ')', next->span.lo - end) && !memchr(at, '{', next->span.lo - end) &&
         !memchr(at, '=', next->span.lo - end);
}

static void put_params(Fmt *f, const Param *params, uint32_t count, uint32_t more) {
  bool broken = any_comment(f, params, count) ||
                f->out->len - f->line + params_width(f, params, count) + more > FMT_WIDTH;
  fmt_list(f, "()", params, count, put_param, param_span, broken);
}

/* ---- attributes ---- */

typedef struct Line {
  const Attr *attr; /* NULL: the command */
  Span span;
} Line;

static bool is_name(const char *text) {
  if (!*text || (*text >= '0' && *text <= '9')) return false;
  return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static void put_run(Fmt *f, const Decl *decl) {
  fmt_puts(f, "run ");
  if (decl->interpreter) {
    const char *name = name_of(f->session, decl->interpreter);
    text_addf(f->out, is_name(name) ? "%s " : "\"%s\" ", name);
  }
  fmt_put(f, decl->command);
}

static void put_attr(Fmt *f, const Decl *decl, const Line *line) {
  if (!line->attr) {
    put_run(f, decl);
    return;
  }
  fmt_sym(f, line->attr->name);
  text_putc(f->out, ' ');
  fmt_put(f, line->attr->value);
}

static Span command_span(const Decl *decl) {
  Span span = decl->command->span;
  return decl->interpreter_span.hi ? span_join(decl->interpreter_span, span) : span;
}

/* Whether it goes behind the one before: the author had it there, and it is short. */
static bool joins(Fmt *f, const Line *before, const Line *line) {
  if (!line->attr || !before->attr || !before->span.hi) return false;
  if (!fmt_same_line(f, before->span.hi, line->span.lo)) return false;
  if (f->next < f->count && f->comments[f->next].span.lo < line->span.hi) return false;
  return fmt_fits(f, line->attr->value, 3 + (uint32_t)sym_len(f->session->names, line->attr->name));
}

static void put_attrs(Fmt *f, const Decl *decl, const Line *lines, uint32_t count) {
  f->indent += FMT_STEP;
  for (uint32_t i = 0; i < count; i++) {
    if (i && joins(f, &lines[i - 1], &lines[i])) {
      fmt_puts(f, "  ");
    } else {
      if (i) fmt_trailing(f, lines[i - 1].span.hi, ';');
      fmt_newline(f);
      fmt_comments(f, lines[i].span.lo, i == 0);
    }
    size_t at = f->line;
    put_attr(f, decl, &lines[i]);
    fmt_left_over(f, lines[i].span.hi, at);
  }
  if (count) fmt_trailing(f, lines[count - 1].span.hi, ';');
}

/* Comments before the closing bracket, and the bracket. */
static void put_end(Fmt *f, const Decl *decl) {
  fmt_newline(f);
  if (fmt_has_comment(f, decl->span)) {
    fmt_comments(f, decl->span.hi, false);
    f->out->len = f->line;
    f->out->data[f->line] = 0;
  }
  f->indent -= FMT_STEP;
  f->out->len = f->line;
  text_addf(f->out, "%*s}", (int)f->indent, "");
}

static void put_body(Fmt *f, const Decl *decl) {
  VEC(Line) lines = {0};
  bool command = decl->command != NULL;
  for (uint32_t i = 0; i < decl->attr_count; i++) {
    if (command && decl->attrs[i].span.lo > decl->command->span.lo) {
      vec_push(&lines, (Line){NULL, command_span(decl)});
      command = false;
    }
    vec_push(&lines, (Line){&decl->attrs[i], decl->attrs[i].span});
  }
  if (command) vec_push(&lines, (Line){NULL, command_span(decl)});
  fmt_puts(f, " {");
  put_attrs(f, decl, lines.data, lines.len);
  put_end(f, decl);
  vec_free(&lines);
}

/* ---- declarations ---- */

static void put_generics(Fmt *f, const Decl *decl) {
  for (uint32_t i = 0; i < decl->generic_count; i++) {
    fmt_puts(f, i ? ", " : "<");
    fmt_sym(f, decl->generics[i]);
  }
  if (decl->generic_count) fmt_puts(f, ">");
}

/* A flow `-> T` has one output `out` that is no field of a record: its span is the type's. */
static bool has_plain_output(const Decl *decl) {
  return decl->kind == DECL_FN || (decl->out_count == 1 && decl->outs[0].span.hi &&
                                   decl->outs[0].span.lo == decl->outs[0].written->span.lo);
}

static void put_outs(Fmt *f, const Decl *decl) {
  if (!decl->out_count) return;
  fmt_puts(f, " -> ");
  if (has_plain_output(decl))
    fmt_put_type(f, decl->outs[0].written);
  else
    put_params(f, decl->outs, decl->out_count, 3);
}

static void put_signature(Fmt *f, const Decl *decl, const char *word) {
  if (decl->flags & DECL_VOLATILE) fmt_puts(f, "volatile ");
  if (decl->flags & DECL_ASSOC) fmt_puts(f, "assoc ");
  if (decl->flags & DECL_COMM) fmt_puts(f, "comm ");
  fmt_puts(f, word);
  fmt_sym(f, decl->name);
  put_generics(f, decl);
  if (decl->kind == DECL_FLOW && !decl->has_signature) return;
  put_params(f, decl->ins, decl->in_count, 2);
  put_outs(f, decl);
}

static void put_callable(Fmt *f, const Decl *decl) {
  put_signature(f, decl, decl->kind == DECL_FN ? "fn " : "flow ");
  if (decl->body) {
    fmt_puts(f, " =");
    bool line = !fmt_fits(f, decl->body, 1) && decl->body->kind != EXPR_CALL &&
                decl->body->kind != EXPR_RECORD;
    f->indent += FMT_STEP;
    if (line)
      fmt_newline(f);
    else
      fmt_puts(f, " ");
    fmt_put(f, decl->body);
    f->indent -= FMT_STEP;
  } else if (decl->block) {
    fmt_puts(f, " ");
    fmt_put_block(f, decl->block, true);
  }
}

static void put_type_decl(Fmt *f, const Decl *decl) {
  fmt_puts(f, "type ");
  fmt_sym(f, decl->name);
  fmt_puts(f, " = ");
  if (decl->written->kind == TE_RECORD)
    put_params(f, decl->written->fields, decl->written->count, 0);
  else
    fmt_put_type(f, decl->written);
}

static void put_decl(Fmt *f, const Decl *decl) {
  switch ((DeclKind)decl->kind) {
    case DECL_TYPE:
      put_type_decl(f, decl);
      return;
    case DECL_TASK:
      put_signature(f, decl, "task ");
      put_body(f, decl);
      return;
    case DECL_FN:
    case DECL_FLOW:
      put_callable(f, decl);
      return;
    case DECL_SITE:
      fmt_puts(f, "site ");
      fmt_sym(f, decl->name);
      if (decl->interpreter) text_addf(f->out, " : %s", name_of(f->session, decl->interpreter));
      put_body(f, decl);
      return;
  }
}

static void put_import(Fmt *f, const Import *import) {
  fmt_puts(f, "import ");
  for (uint32_t i = 0; i < import->count; i++) {
    if (i) text_putc(f->out, '.');
    fmt_sym(f, import->path[i]);
  }
  if (import->as) text_addf(f->out, " as %s", name_of(f->session, import->as));
  for (uint32_t i = 0; i < import->only_count; i++) {
    fmt_puts(f, i ? ", " : " (");
    fmt_sym(f, import->only[i]);
  }
  if (import->only_count) text_putc(f->out, ')');
}

static bool has_body(const Decl *decl) {
  return decl->kind == DECL_TASK || decl->kind == DECL_SITE || decl->block;
}

/* Comments above, the item, what follows it on its line. */
static size_t begin_item(Fmt *f, Span span, bool first) {
  fmt_comments(f, span.lo, first);
  return f->line;
}

static void end_item(Fmt *f, Span span, size_t at) {
  fmt_left_over(f, span.hi, at);
  fmt_trailing(f, span.hi, ';');
  fmt_newline(f);
}

/* A declaration with a body has a blank line around it, above its comments. */
static void part(Fmt *f, const Decl *before, const Decl *decl) {
  if (!before || !(has_body(before) || has_body(decl))) return;
  uint32_t top = decl->span.lo;
  if (f->next < f->count && f->comments[f->next].span.lo < top) top = f->comments[f->next].span.lo;
  size_t len = f->out->len;
  fmt_blank(f, top);
  if (f->out->len == len) fmt_newline(f);
}

static void strip_end(Text *out) {
  while (out->len > 1 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n')
    out->data[--out->len] = 0;
  if (out->len == 1 && out->data[0] == '\n') out->data[out->len = 0] = 0;
}

void fmt_module(const Session *session, const Module *module, Text *into) {
  Text out = {0};
  Fmt f = {.session = session,
           .source = module->source,
           .comments = module->comments,
           .count = module->comment_count,
           .out = &out};
  uint32_t import = 0, decl = 0;
  bool first = true;
  const Decl *before = NULL;
  while (import < module->import_count || decl < module->decl_count) {
    bool imports = import < module->import_count &&
                   (decl == module->decl_count ||
                    module->imports[import].span.lo <= module->decls[decl]->span.lo);
    if (!imports) part(&f, before, module->decls[decl]);
    bool parted = out.len > 1 && out.data[out.len - 1] == '\n' && out.data[out.len - 2] == '\n';
    Span span = imports ? module->imports[import].span : module->decls[decl]->span;
    size_t at = begin_item(&f, span, first || parted);
    if (imports)
      put_import(&f, &module->imports[import++]);
    else
      put_decl(&f, before = module->decls[decl++]);
    end_item(&f, span, at);
    first = false;
  }
  fmt_comments(&f, UINT32_MAX, first);
  strip_end(&out);
  text_add(into, out.data ? out.data : "", out.len);
  text_free(&out);
}
