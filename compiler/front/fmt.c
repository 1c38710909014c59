#include "front/fmt_print.h"

#include <inttypes.h>
#include <string.h>

/* Binding strengths beyond those of operators.def: open to the right, unary, postfix. */
enum { LEVEL_OPEN = 0, LEVEL_OPERATION = 1, LEVEL_UNARY = 12, LEVEL_POSTFIX = 13 };

static const struct {
  const char *text;
  uint8_t level;
  char side;
} operators[] = {
#define L 'L'
#define R 'R'
#define N 'N'
#define U 'U'
#define OPERATOR(op, text, level, side) {text, level, side},
#include "front/operators.def"
#undef OPERATOR
#undef L
#undef R
#undef N
#undef U
};

static uint32_t level_of(const Expr *expr) {
  switch (expr->kind) {
    case EXPR_BINARY:
      return operators[expr->op].level;
    case EXPR_UNARY:
    case EXPR_MAP:
    case EXPR_FILTER:
    case EXPR_FLATMAP:
    case EXPR_FOLD_ARROW:
      return LEVEL_UNARY;
    case EXPR_LET:
    case EXPR_LOOP:
    case EXPR_AFTER:
      return LEVEL_OPEN;
    case EXPR_FOLD:
      return expr->fold.by ? LEVEL_OPEN : LEVEL_UNARY;
    case EXPR_IF:
    case EXPR_FOR:
      return LEVEL_UNARY;
    default:
      return LEVEL_POSTFIX;
  }
}

static void put_at(Fmt *f, const Expr *expr, uint32_t level);

/* ---- fitting ---- */

static bool is_over(Fmt *f) {
  if (f->limit && f->out->len > f->limit) f->over = true;
  return f->over;
}

static bool fits_width(Fmt *f, const Expr *expr, uint32_t more) {
  if (f->flat) return true;
  size_t column = f->out->len - f->line;
  if (column + more >= FMT_WIDTH) return false;
  Text scratch = {0};
  Fmt measure = *f;
  measure.out = &scratch;
  measure.line = 0;
  measure.flat = true;
  measure.count = measure.next;
  measure.limit = FMT_WIDTH - column - more;
  put_at(&measure, expr, 0);
  bool fits = !measure.over && scratch.len <= measure.limit;
  text_free(&scratch);
  return fits;
}

bool fmt_fits(Fmt *f, const Expr *expr, uint32_t more) {
  return f->flat || (!fmt_has_comment(f, expr->span) && fits_width(f, expr, more));
}

/* ---- lists ---- */

static void put_flat(Fmt *f, const char *brackets, const void *items, uint32_t count, FmtItem *item) {
  text_putc(f->out, brackets[0]);
  for (uint32_t i = 0; i < count && !is_over(f); i++) {
    if (i) fmt_puts(f, ", ");
    item(f, items, i);
  }
  text_putc(f->out, brackets[1]);
}

/* Where a comment begins behind an item, and the column. */
typedef struct Mark {
  size_t at, column;
} Mark;

/* Move the comments behind the items of a list to one column. */
static void align_comments(Fmt *f, const Mark *marks, uint32_t count) {
  size_t most = 0, from = count ? marks[0].at : 0;
  for (uint32_t i = 0; i < count; i++)
    if (marks[i].column > most && marks[i].column < FMT_WIDTH) most = marks[i].column;
  Text tail = {0};
  for (uint32_t i = 0; i < count; i++) {
    size_t end = i + 1 < count ? marks[i + 1].at : f->out->len;
    if (marks[i].column < most) text_addf(&tail, "%*s", (int)(most - marks[i].column), "");
    text_add(&tail, f->out->data + marks[i].at, end - marks[i].at);
  }
  if (!count) return;
  f->out->len = from;
  text_add(f->out, tail.data, tail.len);
  text_free(&tail);
}

/* Comments on lines of their own between the last item and the closing bracket. */
static void comments_before_close(Fmt *f, uint32_t place) {
  while (f->next < f->count && f->source && f->comments[f->next].own_line &&
         f->comments[f->next].span.lo >= place) {
    uint32_t lo = f->comments[f->next].span.lo;
    const char *at = fmt_source(f, (Span){place, lo});
    while (at && place < lo && strchr(" \t\r\n,", *at)) at++, place++;
    if (place < lo) return;
    place = f->comments[f->next].span.hi;
    fmt_newline(f);
    fmt_comments(f, lo + 1, true);
    f->out->len = f->line - 1; /* the line begun is taken back */
    f->out->data[f->out->len] = 0;
  }
}

void fmt_list(Fmt *f, const char *brackets, const void *items, uint32_t count, FmtItem *item, FmtSpan *span,
              bool broken) {
  if (!broken || f->flat || !count) {
    put_flat(f, brackets, items, count, item);
    return;
  }
  VEC(Mark) marks = {0};
  text_putc(f->out, brackets[0]);
  f->indent += FMT_STEP;
  for (uint32_t i = 0; i < count; i++) {
    fmt_newline(f);
    Span place = span(items, i);
    fmt_comments(f, place.lo, true);
    size_t at = f->line;
    item(f, items, i);
    fmt_left_over(f, place.hi, at);
    if (i + 1 < count) fmt_puts(f, ",");
    Mark mark = {f->out->len, f->out->len - f->line};
    uint32_t next = f->next;
    fmt_trailing(f, place.hi, ',');
    if (f->next != next) vec_push(&marks, mark);
  }
  align_comments(f, marks.data, marks.len);
  vec_free(&marks);
  uint32_t end = span(items, count - 1).hi;
  if (f->next && f->next <= f->count && f->comments[f->next - 1].span.hi > end)
    end = f->comments[f->next - 1].span.hi;
  comments_before_close(f, end);
  f->indent -= FMT_STEP;
  fmt_newline(f);
  text_putc(f->out, brackets[1]);
}

static void put_arg(Fmt *f, const void *items, uint32_t i) {
  const Arg *arg = (const Arg *)items + i;
  if (arg->name) {
    fmt_sym(f, arg->name);
    fmt_puts(f, ": ");
  }
  put_at(f, arg->value, 0);
}

static Span arg_span(const void *items, uint32_t i) { return ((const Arg *)items)[i].span; }

static void put_item(Fmt *f, const void *items, uint32_t i) { put_at(f, ((Expr *const *)items)[i], 0); }
static Span item_span(const void *items, uint32_t i) { return ((Expr *const *)items)[i]->span; }

/* ---- literals ---- */

static void put_real(Fmt *f, double number, bool fraction) {
  char text[40];
  for (int precision = 1; precision <= 17; precision++) {
    snprintf(text, sizeof text, "%.*g", precision, number);
    double back;
    if (sscanf(text, "%lf", &back) == 1 && back == number) break;
  }
  fmt_puts(f, text);
  if (fraction && !strpbrk(text, ".eEni")) fmt_puts(f, ".0");
}

/* A number as it was spelt, one space before its unit. */
static void put_number(Fmt *f, const Expr *expr) {
  const char *text = fmt_source(f, expr->span);
  uint32_t len = text ? expr->span.hi - expr->span.lo : 0;
  Sym unit = expr->kind == EXPR_QUANTITY ? expr->quantity.unit : 0;
  if (text) {
    len -= (uint32_t)sym_len(f->session->names, unit);
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t')) len--;
    text_add(f->out, text, len);
  } else if (expr->kind == EXPR_INT) {
    text_addf(f->out, "%" PRId64, expr->integer);
  } else {
    put_real(f, expr->quantity.number, expr->kind == EXPR_FLOAT);
  }
  if (unit) {
    text_putc(f->out, ' ');
    fmt_sym(f, unit);
  }
}

/* ---- operations ---- */

/* A chain of one strength breaks before each of its operators, or nowhere. */
static void put_chain(Fmt *f, const Expr *expr, bool broken) {
  const Expr *left = expr->binary.left;
  uint32_t level = operators[expr->op].level;
  char side = operators[expr->op].side;
  if (broken && side == 'L' && left->kind == EXPR_BINARY && !left->flag && operators[left->op].level == level)
    put_chain(f, left, true);
  else
    put_at(f, left, side == 'L' ? level : level + 1);
  if (is_over(f)) return;
  if (broken) {
    f->indent += FMT_STEP;
    fmt_newline(f);
  } else {
    text_putc(f->out, ' ');
  }
  fmt_puts(f, operators[expr->op].text);
  text_putc(f->out, ' ');
  put_at(f, expr->binary.right, side == 'R' ? level : level + 1);
  if (broken) f->indent -= FMT_STEP;
}

static void put_prefix(Fmt *f, const char *word, const Expr *of) {
  fmt_puts(f, word);
  put_at(f, of, LEVEL_UNARY);
}

/* ---- bodies ---- */

void fmt_put_stmt(Fmt *f, const Stmt *stmt) {
  if (stmt->target) {
    fmt_sym(f, stmt->target->name);
    fmt_puts(f, " = ");
  }
  put_at(f, stmt->value, 0);
}

static void put_lines(Fmt *f, const Block *block) {
  f->indent += FMT_STEP;
  uint32_t count = block->count + (block->value ? 1 : 0);
  for (uint32_t i = 0; i < count; i++) {
    bool last = i == block->count;
    Span span = last ? block->value->span : block->stmts[i]->span;
    fmt_newline(f);
    fmt_comments(f, span.lo, i == 0);
    size_t at = f->line;
    if (last)
      put_at(f, block->value, 0);
    else
      fmt_put_stmt(f, block->stmts[i]);
    fmt_left_over(f, span.hi, at);
    fmt_trailing(f, span.hi, ';');
  }
  if (block->span.hi && fmt_has_comment(f, block->span)) {
    fmt_newline(f);
    fmt_comments(f, block->span.hi, count == 0);
    /* the comments end with a line begun: it becomes the closing bracket's */
    f->indent -= FMT_STEP;
    f->out->len = f->line;
    text_addf(f->out, "%*s", (int)f->indent, "");
    return;
  }
  f->indent -= FMT_STEP;
  fmt_newline(f);
}

void fmt_put_block(Fmt *f, const Block *block, bool broken) {
  uint32_t count = block->count + (block->value ? 1 : 0);
  if (f->flat && count > 1) f->over = true;
  if (f->flat && f->limit && block->span.hi && !fmt_same_line(f, block->span.lo, block->span.hi))
    f->over = true;
  fmt_puts(f, "{");
  if (!broken || f->flat) {
    for (uint32_t i = 0; i < block->count && !is_over(f); i++) {
      fmt_puts(f, i ? "; " : " ");
      fmt_put_stmt(f, block->stmts[i]);
    }
    if (block->value) {
      fmt_puts(f, block->count ? "; " : " ");
      put_at(f, block->value, 0);
    }
    fmt_puts(f, count ? " }" : "}");
    return;
  }
  fmt_trailing(f, block->span.hi ? block->span.lo + 1 : 0, ' ');
  put_lines(f, block);
  fmt_puts(f, "}");
}

static void put_clauses(Fmt *f, const Clause *clauses, uint32_t count, const Expr *filter) {
  for (uint32_t i = 0; i < count && !is_over(f); i++) {
    fmt_puts(f, clauses[i].zip ? ", " : i ? " for " : "for ");
    fmt_sym(f, clauses[i].var->name);
    fmt_puts(f, " in ");
    put_at(f, clauses[i].source, clauses[i].source->kind == EXPR_FOLD_ARROW ? LEVEL_POSTFIX : 0);
  }
  if (!filter) return;
  fmt_puts(f, " if ");
  put_at(f, filter, 0);
}

static bool is_else_if(const Block *block) {
  return block->value && !block->count && block->value->kind == EXPR_IF &&
         block->span.lo == block->value->span.lo;
}

static void put_if(Fmt *f, const Expr *expr, bool broken) {
  for (;;) {
    fmt_puts(f, "if ");
    put_at(f, expr->if_.condition, 0);
    text_putc(f->out, ' ');
    fmt_put_block(f, expr->if_.then, broken);
    const Block *other = expr->if_.other;
    if (!other || is_over(f)) return;
    fmt_puts(f, " else ");
    if (!is_else_if(other)) {
      fmt_put_block(f, other, broken);
      return;
    }
    expr = other->value;
  }
}

static void put_fold(Fmt *f, const Expr *expr, bool broken) {
  fmt_puts(f, "fold ");
  if (expr->fold.acc) {
    fmt_sym(f, expr->fold.acc->name);
    fmt_puts(f, " = ");
  }
  put_at(f, expr->fold.init, expr->fold.by ? LEVEL_UNARY : 0);
  text_putc(f->out, ' ');
  put_clauses(f, expr->fold.clauses, expr->fold.count, expr->fold.filter);
  if (expr->fold.body) {
    text_putc(f->out, ' ');
    fmt_put_block(f, expr->fold.body, broken);
  }
  if (!expr->fold.by) return;
  fmt_puts(f, " by ");
  put_at(f, expr->fold.by, 0);
}

static void put_loop(Fmt *f, const Expr *expr, bool broken) {
  fmt_puts(f, "loop ");
  fmt_sym(f, expr->loop.state->name);
  fmt_puts(f, " = ");
  put_at(f, expr->loop.init, 0);
  text_putc(f->out, ' ');
  fmt_put_block(f, expr->loop.body, broken);
  fmt_puts(f, expr->flag ? " until " : " while ");
  put_at(f, expr->loop.stop, LEVEL_OPERATION);
  fmt_puts(f, expr->loop.max ? " max " : " unbounded");
  if (expr->loop.max) put_at(f, expr->loop.max, 0);
}

static void put_ask(Fmt *f, const Expr *expr, bool broken) {
  fmt_puts(f, "ask ");
  fmt_put_type(f, expr->ask.answer);
  Arg question = {0, expr->ask.question->span, expr->ask.question};
  VEC(Arg) args = {0};
  vec_push(&args, question);
  for (uint32_t i = 0; i < expr->ask.count; i++) vec_push(&args, expr->ask.args[i]);
  fmt_list(f, "()", args.data, args.len, put_arg, arg_span, broken);
  vec_free(&args);
}

static void put_js(Fmt *f, const Expr *expr, bool broken) {
  Arg args[2] = {{0, expr->js.source->span, expr->js.source}};
  if (expr->js.names) args[1] = (Arg){0, expr->js.names->span, expr->js.names};
  fmt_puts(f, "js ");
  fmt_put_type(f, expr->js.type);
  fmt_list(f, "()", args, expr->js.names ? 2 : 1, put_arg, arg_span, broken);
}

static void put_let(Fmt *f, const Expr *expr, bool broken) {
  fmt_puts(f, "let ");
  fmt_sym(f, expr->let.var->name);
  fmt_puts(f, " = ");
  put_at(f, expr->let.value, 0);
  fmt_puts(f, " in");
  if (broken)
    fmt_newline(f);
  else
    text_putc(f->out, ' ');
  put_at(f, expr->let.body, 0);
}

static void put_after(Fmt *f, const Expr *expr) {
  put_at(f, expr->after.value, 0);
  fmt_puts(f, " after ");
  for (uint32_t i = 0; i < expr->after.count; i++) {
    if (i) fmt_puts(f, ", ");
    put_at(f, expr->after.after[i], 0);
  }
}

/* ---- all of them ---- */

static void put_bare(Fmt *f, const Expr *expr, bool broken) {
  switch ((ExprKind)expr->kind) {
    case EXPR_INT:
    case EXPR_FLOAT:
    case EXPR_QUANTITY:
      put_number(f, expr);
      return;
    case EXPR_BOOL:
      fmt_puts(f, expr->flag ? "true" : "false");
      return;
    case EXPR_NONE:
      fmt_puts(f, "none");
      return;
    case EXPR_ID:
      fmt_puts(f, "id");
      return;
    case EXPR_PLACEHOLDER:
      fmt_puts(f, "_");
      return;
    case EXPR_STRING:
      fmt_put_string(f, expr);
      return;
    case EXPR_HOLE:
      text_putc(f->out, '?');
      fmt_sym(f, expr->name.name);
      return;
    case EXPR_NAME:
      fmt_sym(f, expr->name.name);
      return;
    case EXPR_ARRAY:
      fmt_list(f, "[]", expr->array.items, expr->array.count, put_item, item_span, broken);
      return;
    case EXPR_RECORD:
      fmt_list(f, "()", expr->record.fields, expr->record.count, put_arg, arg_span, broken);
      return;
    case EXPR_CALL:
      put_at(f, expr->call.callee, LEVEL_POSTFIX);
      fmt_list(f, "()", expr->call.args, expr->call.count, put_arg, arg_span, broken);
      return;
    case EXPR_FIELD:
      put_at(f, expr->field.of, LEVEL_POSTFIX);
      text_putc(f->out, '.');
      fmt_sym(f, expr->field.name);
      return;
    case EXPR_INDEX:
      put_at(f, expr->index.of, LEVEL_POSTFIX);
      text_putc(f->out, '[');
      put_at(f, expr->index.at, 0);
      text_putc(f->out, ']');
      return;
    case EXPR_UNARY:
      put_prefix(f, operators[expr->op].text, expr->binary.left);
      return;
    case EXPR_BINARY:
      put_chain(f, expr, !fits_width(f, expr, 0));
      return;
    case EXPR_IF:
      put_if(f, expr, broken);
      return;
    case EXPR_FOR:
      put_clauses(f, expr->for_.clauses, expr->for_.count, expr->for_.filter);
      text_putc(f->out, ' ');
      fmt_put_block(f, expr->for_.body, broken);
      return;
    case EXPR_FOLD:
      put_fold(f, expr, broken);
      return;
    case EXPR_LOOP:
      put_loop(f, expr, broken);
      return;
    case EXPR_ASK:
      put_ask(f, expr, broken);
      return;
    case EXPR_JS:
      put_js(f, expr, broken);
      return;
    case EXPR_MAP:
      put_prefix(f, "map ", expr->lift.arrow);
      return;
    case EXPR_FILTER:
      put_prefix(f, "filter ", expr->lift.arrow);
      return;
    case EXPR_FLATMAP:
      put_prefix(f, "flatmap ", expr->lift.arrow);
      return;
    case EXPR_FOLD_ARROW:
      put_prefix(f, "fold ", expr->lift.arrow);
      return;
    case EXPR_LET:
      put_let(f, expr, broken);
      return;
    case EXPR_AFTER:
      put_after(f, expr);
      return;
    case EXPR_COERCE:
      put_at(f, expr->coerce.value, 0);
      return;
    case EXPR_ERROR:
    case EXPR_KIND_COUNT:
      fmt_puts(f, "?");
      return;
  }
}

/* Written where at least `level` is needed: with parentheses if it binds looser, or the author had them. */
static void put_at(Fmt *f, const Expr *expr, uint32_t level) {
  while (expr->kind == EXPR_COERCE) expr = expr->coerce.value;
  if (is_over(f)) return;
  bool written = (expr->kind == EXPR_BINARY || expr->kind == EXPR_UNARY) && expr->flag;
  bool parens = written || level_of(expr) < level;
  if (parens) text_putc(f->out, '(');
  put_bare(f, expr, !f->flat && !fmt_fits(f, expr, 0));
  if (parens) text_putc(f->out, ')');
}

void fmt_put(Fmt *f, const Expr *expr) { put_at(f, expr, 0); }

/* ---- types ---- */

static void put_field(Fmt *f, const void *items, uint32_t i) {
  const Param *field = (const Param *)items + i;
  fmt_sym(f, field->name);
  fmt_puts(f, ": ");
  fmt_put_type(f, field->written);
}

void fmt_put_type(Fmt *f, const TypeExpr *type) {
  switch ((TypeExprKind)type->kind) {
    case TE_NAME:
      if (type->module) {
        fmt_sym(f, type->module);
        text_putc(f->out, '.');
      }
      fmt_sym(f, type->name);
      if (type->tag) text_addf(f->out, "<%s>", name_of(f->session, type->tag));
      return;
    case TE_ARRAY:
      text_putc(f->out, '[');
      fmt_put_type(f, type->args[0]);
      text_putc(f->out, ']');
      return;
    case TE_OPTION: {
      bool arrow = type->args[0]->kind == TE_ARROW;
      if (arrow) text_putc(f->out, '(');
      fmt_put_type(f, type->args[0]);
      fmt_puts(f, arrow ? ")?" : "?");
      return;
    }
    case TE_RECORD:
      put_flat(f, "()", type->fields, type->count, put_field);
      return;
    case TE_ARROW:
      text_putc(f->out, '(');
      for (uint32_t i = 0; i + 1 < type->count; i++) {
        if (i) fmt_puts(f, ", ");
        fmt_put_type(f, type->args[i]);
      }
      fmt_puts(f, ") -> ");
      bool nested = type->args[type->count - 1]->kind == TE_ARROW;
      if (nested) text_putc(f->out, '(');
      fmt_put_type(f, type->args[type->count - 1]);
      if (nested) text_putc(f->out, ')');
      return;
  }
}

void fmt_expr(const Session *session, const Expr *expr, Text *into) {
  Fmt f = {.session = session, .out = into, .flat = true};
  put_at(&f, expr, 0);
}

void fmt_type(const Session *session, const TypeExpr *type, Text *into) {
  Fmt f = {.session = session, .out = into, .flat = true};
  fmt_put_type(&f, type);
}
