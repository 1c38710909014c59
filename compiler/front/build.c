#include "front/build.h"

#include "front/lex.h"

#include <stddef.h>
#include <string.h>

enum { MAX_DEPTH = 4 * MAX_NESTING };

#define A (p->session->arena)

void build_too_deep(Parser *p, Span span) {
  if (p->lexer.stopped) return;
  lex_stop(p);
  Diag *told = diag(p->session->diags, DIAG_NESTING, span, "nested too deeply");
  diag_help(p->session->diags, told,
            "at most %d brackets and %d operations: name parts of it in steps of their own", MAX_NESTING,
            MAX_DEPTH);
}

/* ---- lists ---- */

List list_new(Parser *p) {
  p->top = (p->top + 7) & ~(size_t)7;
  if (p->top > UINT32_MAX / 2) {
    build_too_deep(p, p->lexer.previous_span);
    p->top = 0;
  }
  return (List){(uint32_t)p->top, 0};
}

List list_add(Parser *p, List list, const void *item, size_t size) {
  size_t at = list.start + list.count * size, end = at + size;
  if (end > UINT32_MAX) {
    build_too_deep(p, p->lexer.previous_span);
    return list;
  }
  if (end > p->stack_cap) {
    while (end > p->stack_cap) p->stack_cap = p->stack_cap ? p->stack_cap * 2 : 1 << 14;
    p->stack = mem_resize(p->stack, p->stack_cap);
  }
  memcpy(p->stack + at, item, size);
  p->top = end;
  list.count++;
  return list;
}

Items list_end(Parser *p, List list, size_t size) {
  p->top = list.start;
  if (!list.count) return (Items){0};
  return (Items){arena_copy(A, p->stack + list.start, list.count * size), list.count};
}

/* ---- types ---- */

static TypeExpr *type_new(Parser *p, TypeExprKind kind, Span span) {
  TypeExpr *type = ARENA_NEW(A, TypeExpr);
  type->kind = (uint8_t)kind;
  type->span = span;
  return type;
}

TypeExpr *build_type_name(Parser *p, Sym module, Sym name, Sym tag, Span span) {
  TypeExpr *type = type_new(p, TE_NAME, span);
  type->module = module;
  type->name = name;
  type->tag = tag;
  return type;
}

TypeExpr *build_type_of(Parser *p, TypeExprKind kind, TypeExpr *of, Span span) {
  if (kind == TE_OPTION && of->kind == TE_OPTION) return of; /* T?? is T? */
  TypeExpr *type = type_new(p, kind, span);
  type->args = ARENA_NEW(A, TypeExpr *);
  type->args[0] = of;
  type->count = 1;
  return type;
}

TypeExpr *build_type_record(Parser *p, Items fields, Span span) {
  TypeExpr *type = type_new(p, TE_RECORD, span);
  type->fields = fields.data;
  type->count = fields.count;
  return type;
}

TypeExpr *build_type_arrow(Parser *p, Items params, TypeExpr *result, Span span) {
  TypeExpr *type = type_new(p, TE_ARROW, span);
  type->args = ARENA_ARRAY(A, TypeExpr *, params.count + 1);
  if (params.count) memcpy(type->args, params.data, params.count * sizeof *type->args);
  type->args[params.count] = result;
  type->count = params.count + 1;
  return type;
}

TypeExpr *build_type_paren(Parser *p, Items types, Span span) {
  if (types.count == 1) return *(TypeExpr **)types.data;
  Diag *told = diag(p->session->diags, DIAG_SYNTAX, span,
                    types.count ? "a list of types is no type" : "expected a type, found `()`");
  diag_help(p->session->diags, told,
            types.count ? "name the fields of a record, as `(a: Int, b: String)`, or go on with `-> T` for a "
                          "function's type"
                        : "a record has at least one field, and what has no outputs has no `->`");
  return build_type_name(p, 0, 0, 0, span);
}

/* ---- expressions ---- */

#define SIZE_OF(member) (offsetof(Expr, member) + sizeof(((Expr *)0)->member))

/* Names and literals are most of a large file: they take the room that they need and no more. */
static size_t expr_size(ExprKind kind) {
  switch (kind) {
    case EXPR_NAME:
    case EXPR_HOLE:
    case EXPR_INT:
    case EXPR_FLOAT:
    case EXPR_QUANTITY:
    case EXPR_STRING:
    case EXPR_BOOL:
    case EXPR_NONE:
    case EXPR_ID:
    case EXPR_PLACEHOLDER:
    case EXPR_ERROR:
      return SIZE_OF(name);
    case EXPR_CALL:
      return SIZE_OF(call);
    case EXPR_FIELD:
      return SIZE_OF(field);
    case EXPR_BINARY:
    case EXPR_UNARY:
      return SIZE_OF(binary);
    default:
      return sizeof(Expr);
  }
}

static Expr *expr_new(Parser *p, ExprKind kind, Span span) {
  Expr *expr = arena_alloc(A, expr_size(kind));
  expr->kind = (uint8_t)kind;
  expr->span = span;
  expr->depth = 1;
  return expr;
}

static void deepen(Expr *expr, const Expr *child) {
  if (child && child->depth >= expr->depth) expr->depth = child->depth + 1;
}

static void deepen_args(Expr *expr, const Arg *args, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) deepen(expr, args[i].value);
}

static void deepen_block(Expr *expr, const Block *block) {
  if (!block) return;
  for (uint32_t i = 0; i < block->count; i++) deepen(expr, block->stmts[i]->value);
  deepen(expr, block->value);
}

static void deepen_scatter(Expr *expr, const Clause *clauses, uint32_t count, const Expr *filter) {
  for (uint32_t i = 0; i < count; i++) deepen(expr, clauses[i].source);
  deepen(expr, filter);
}

/* The expression, unless it is deeper than what follows the parser could walk. */
static Expr *bounded(Parser *p, Expr *expr) {
  if (expr->depth <= MAX_DEPTH) return expr;
  build_too_deep(p, expr->span);
  return build_error(p, expr->span);
}

static Binding *binding_new(Parser *p, Word word) {
  Binding *binding = ARENA_NEW(A, Binding);
  binding->name = word.sym;
  binding->span = word.span;
  return binding;
}

Expr *build_error(Parser *p, Span span) { return expr_new(p, EXPR_ERROR, span); }

Expr *build_leaf(Parser *p, ExprKind kind, Span span) { return expr_new(p, kind, span); }

Expr *build_int(Parser *p, int64_t value, Span span) {
  Expr *expr = expr_new(p, EXPR_INT, span);
  expr->integer = value;
  return expr;
}

Expr *build_number(Parser *p, ExprKind kind, double number, Sym unit, Span span) {
  Expr *expr = expr_new(p, kind, span);
  expr->quantity.number = number;
  expr->quantity.unit = unit;
  return expr;
}

Expr *build_bool(Parser *p, bool value, Span span) {
  Expr *expr = expr_new(p, EXPR_BOOL, span);
  expr->flag = value;
  return expr;
}

Expr *build_name(Parser *p, ExprKind kind, Sym name, Span span) {
  Expr *expr = expr_new(p, kind, span);
  expr->name.name = name;
  if (kind == EXPR_HOLE) p->has_holes = true;
  return expr;
}

Expr *build_array(Parser *p, Items items, Span span) {
  Expr *expr = expr_new(p, EXPR_ARRAY, span);
  expr->array.items = items.data;
  expr->array.count = items.count;
  for (uint32_t i = 0; i < items.count; i++) deepen(expr, expr->array.items[i]);
  return bounded(p, expr);
}

Expr *build_record(Parser *p, Items fields, Span span) {
  Expr *expr = expr_new(p, EXPR_RECORD, span);
  expr->record.fields = fields.data;
  expr->record.count = fields.count;
  deepen_args(expr, fields.data, fields.count);
  return bounded(p, expr);
}

Expr *build_call(Parser *p, Expr *callee, Items args, Span span) {
  Expr *expr = expr_new(p, EXPR_CALL, span);
  expr->call.callee = callee;
  expr->call.args = args.data;
  expr->call.count = args.count;
  deepen(expr, callee);
  deepen_args(expr, args.data, args.count);
  return bounded(p, expr);
}

Expr *build_field(Parser *p, Expr *of, Word name, Span span) {
  Expr *expr = expr_new(p, EXPR_FIELD, span);
  expr->field.of = of;
  expr->field.name = name.sym;
  expr->field.name_span = name.span;
  deepen(expr, of);
  return bounded(p, expr);
}

Expr *build_index(Parser *p, Expr *of, Expr *at, Span span) {
  Expr *expr = expr_new(p, EXPR_INDEX, span);
  expr->index.of = of;
  expr->index.at = at;
  deepen(expr, of);
  deepen(expr, at);
  return bounded(p, expr);
}

Expr *build_unary(Parser *p, Operator op, Expr *of, Span span) {
  Expr *expr = expr_new(p, EXPR_UNARY, span);
  expr->op = (uint8_t)op;
  expr->binary.left = of;
  deepen(expr, of);
  return bounded(p, expr);
}

Expr *build_binary(Parser *p, Operator op, Expr *left, Expr *right, Span span) {
  Expr *expr = expr_new(p, EXPR_BINARY, span);
  expr->op = (uint8_t)op;
  expr->binary.left = left;
  expr->binary.right = right;
  deepen(expr, left);
  deepen(expr, right);
  return bounded(p, expr);
}

Expr *build_paren(Parser *p, Expr *of, Span span) {
  (void)p;
  if (of->kind != EXPR_BINARY && of->kind != EXPR_UNARY) return of;
  of->span = span;
  of->flag = 1;
  return of;
}

Expr *build_if(Parser *p, Expr *condition, Block *then, Block *other, Span span) {
  Expr *expr = expr_new(p, EXPR_IF, span);
  expr->if_.condition = condition;
  expr->if_.then = then;
  expr->if_.other = other;
  deepen(expr, condition);
  deepen_block(expr, then);
  deepen_block(expr, other);
  return bounded(p, expr);
}

Expr *build_for(Parser *p, Scatter scatter, Block *body, Span span) {
  Expr *expr = expr_new(p, EXPR_FOR, span);
  expr->for_.clauses = scatter.clauses.data;
  expr->for_.count = scatter.clauses.count;
  expr->for_.filter = scatter.filter;
  expr->for_.body = body;
  deepen_scatter(expr, expr->for_.clauses, expr->for_.count, scatter.filter);
  deepen_block(expr, body);
  return bounded(p, expr);
}

Expr *build_fold(Parser *p, Word acc, Expr *init, Scatter scatter, Block *body, Expr *by, Span span) {
  Expr *expr = expr_new(p, EXPR_FOLD, span);
  expr->fold.acc = by ? NULL : binding_new(p, acc);
  expr->fold.init = init;
  expr->fold.by = by;
  expr->fold.clauses = scatter.clauses.data;
  expr->fold.count = scatter.clauses.count;
  expr->fold.filter = scatter.filter;
  expr->fold.body = body;
  deepen(expr, init);
  deepen(expr, by);
  deepen_scatter(expr, expr->fold.clauses, expr->fold.count, scatter.filter);
  deepen_block(expr, body);
  return bounded(p, expr);
}

Expr *build_loop(Parser *p, Word state, Expr *init, Block *body, bool until, Expr *stop, Span span) {
  Expr *expr = expr_new(p, EXPR_LOOP, span);
  expr->flag = until;
  expr->loop.state = binding_new(p, state);
  expr->loop.init = init;
  expr->loop.body = body;
  expr->loop.stop = stop;
  deepen(expr, init);
  deepen_block(expr, body);
  deepen(expr, stop);
  return bounded(p, expr);
}

Expr *build_bound(Parser *p, Expr *loop, Expr *max, Span span) {
  loop->span = span;
  if (loop->kind != EXPR_LOOP) return loop;
  loop->loop.max = max;
  deepen(loop, max);
  return bounded(p, loop);
}

Expr *build_no_bound(Parser *p, Expr *loop) {
  if (loop->kind != EXPR_LOOP) return loop;
  Span stop = loop->loop.stop->span;
  Diag *told = diag(p->session->diags, DIAG_LOOP_BOUND, stop, "a loop needs a bound");
  diag_help(p->session->diags, told, "say how often at most, as `max 100`, or write `unbounded`");
  diag_fix(p->session->diags, told, (Span){stop.hi, stop.hi}, " max 100");
  return loop;
}

Expr *build_ask(Parser *p, TypeExpr *answer, Items args, Span span) {
  Expr *expr = expr_new(p, EXPR_ASK, span);
  Arg *given = args.data;
  expr->ask.answer = answer;
  if (!args.count || given[0].name) {
    Diag *told = diag(p->session->diags, DIAG_SYNTAX, span, "`ask` begins with the question");
    diag_help(p->session->diags, told, "as in `ask Bool(\"is the plot right?\", evidence: plot)`");
    expr->ask.question = build_error(p, span);
    expr->ask.args = args.data;
    expr->ask.count = args.count;
  } else {
    expr->ask.question = given[0].value;
    expr->ask.args = args.count > 1 ? given + 1 : NULL;
    expr->ask.count = args.count - 1;
  }
  deepen(expr, expr->ask.question);
  deepen_args(expr, expr->ask.args, expr->ask.count);
  return bounded(p, expr);
}

Expr *build_js(Parser *p, TypeExpr *type, Items args, Span span) {
  Expr *expr = expr_new(p, EXPR_JS, span);
  const Arg *given = args.data;
  bool fits = (args.count == 1 || args.count == 2) && !given[0].name && !given[args.count - 1].name;
  if (!fits) {
    Diag *told = diag(p->session->diags, DIAG_SYNTAX, span,
                      "`js` takes a source and a record of what it names");
    diag_help(p->session->diags, told, "as in `js Int(\"n + 1\", (n: n))`");
    return build_error(p, span);
  }
  expr->js.type = type;
  expr->js.source = given[0].value;
  expr->js.names = args.count == 2 ? given[1].value : NULL;
  deepen(expr, expr->js.source);
  if (expr->js.names) deepen(expr, expr->js.names);
  return bounded(p, expr);
}

Expr *build_lift(Parser *p, ExprKind kind, Expr *arrow, Span span) {
  Expr *expr = expr_new(p, kind, span);
  expr->lift.arrow = arrow;
  deepen(expr, arrow);
  return bounded(p, expr);
}

Expr *build_let(Parser *p, Word var, Expr *value, Expr *body, Span span) {
  Expr *expr = expr_new(p, EXPR_LET, span);
  expr->let.var = binding_new(p, var);
  expr->let.value = value;
  expr->let.body = body;
  deepen(expr, value);
  deepen(expr, body);
  return bounded(p, expr);
}

Expr *build_after(Parser *p, Expr *value, Items after, Span span) {
  Expr *expr = expr_new(p, EXPR_AFTER, span);
  expr->after.value = value;
  expr->after.after = after.data;
  expr->after.count = after.count;
  deepen(expr, value);
  for (uint32_t i = 0; i < after.count; i++) deepen(expr, expr->after.after[i]);
  return bounded(p, expr);
}

Arg build_arg(Parser *p, Word name, Expr *value, Span span) {
  (void)p;
  return (Arg){name.sym, span, value};
}

Clause build_clause(Parser *p, Word var, Expr *source, bool zip) {
  return (Clause){binding_new(p, var), source, zip};
}

/* ---- statements and declarations ---- */

Stmt *build_stmt(Parser *p, Word target, Expr *value, Span span) {
  Stmt *stmt = ARENA_NEW(A, Stmt);
  if (target.sym) stmt->target = binding_new(p, target);
  stmt->value = value;
  stmt->span = span;
  return stmt;
}

Block *build_block(Parser *p, Items stmts, Span span) {
  Block *block = ARENA_NEW(A, Block);
  block->stmts = stmts.data;
  block->count = stmts.count;
  block->span = span;
  if (stmts.count && !block->stmts[stmts.count - 1]->target)
    block->value = block->stmts[--block->count]->value;
  return block;
}

Block *build_block_of(Parser *p, Expr *value) {
  Block *block = ARENA_NEW(A, Block);
  block->value = value;
  block->span = value->span;
  return block;
}

Param build_param(Parser *p, Word name, TypeExpr *written, Expr *value, Span span) {
  (void)p;
  return (Param){.name = name.sym, .span = span, .written = written, .value = value};
}

static Decl *decl_new(Parser *p, DeclKind kind, uint32_t flags, Word name, Span span) {
  Decl *decl = ARENA_NEW(A, Decl);
  decl->kind = (uint8_t)kind;
  decl->flags = (uint8_t)flags;
  decl->name = name.sym;
  decl->name_span = name.span;
  decl->span = span;
  decl->module = p->module;
  decl->has_holes = p->has_holes;
  p->has_holes = false;
  vec_push(&p->decls, decl);
  return decl;
}

static void words_split(Parser *p, Items words, Sym **syms, Span **spans) {
  *syms = ARENA_ARRAY(A, Sym, words.count);
  *spans = ARENA_ARRAY(A, Span, words.count);
  for (uint32_t i = 0; i < words.count; i++) {
    (*syms)[i] = ((Word *)words.data)[i].sym;
    (*spans)[i] = ((Word *)words.data)[i].span;
  }
}

static Decl *decl_with_header(Parser *p, DeclKind kind, uint32_t flags, const Header *header, Span span) {
  Decl *decl = decl_new(p, kind, flags, (Word){header->name, header->name_span}, span);
  words_split(p, header->generics, &decl->generics, &decl->generic_spans);
  decl->generic_count = header->generics.count;
  decl->ins = header->ins.data;
  decl->in_count = header->ins.count;
  decl->has_signature = header->has_signature;
  return decl;
}

static void check_flags(Parser *p, const Decl *decl, uint32_t allowed, const char *what) {
  if (!(decl->flags & ~allowed)) return;
  Diag *told = diag(p->session->diags, DIAG_MODIFIER, decl->name_span,
                    decl->flags & DECL_VOLATILE & ~allowed ? "a %s is not `volatile` by itself"
                                                           : "a %s is neither `assoc` nor `comm`",
                    what);
  diag_help(p->session->diags, told, "`volatile` marks tasks; `assoc` and `comm` mark what folds");
}

/* A port is used by its name: it cannot be a word of the language, as a field of a record can. */
static void check_ports(Parser *p, Items ins) {
  static const char *const words[] = {"for",   "in",      "if",  "else", "fold",  "loop",
                                      "until", "while",   "let", "ask",  "map",   "filter",
                                      "js",    "flatmap", "id",  "true", "false", "none"};
  const Param *params = ins.data;
  for (uint32_t i = 0; i < ins.count; i++) {
    const char *name = name_of(p->session, params[i].name);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
      if (strcmp(name, words[k])) continue;
      Span span = {params[i].span.lo, params[i].span.lo + (uint32_t)strlen(name)};
      Diag *told = diag(p->session->diags, DIAG_RESERVED, span,
                        "`%s` is a word of the language and cannot be a name", name);
      diag_help(p->session->diags, told, "choose another");
    }
  }
}

Header *build_header(Parser *p, Word name, Items generics, Items ins) {
  Header *header = ARENA_NEW(A, Header);
  *header = (Header){name.sym, name.span, generics, ins, true};
  p->header_errors = p->syntax_errors;
  check_ports(p, ins);
  return header;
}

void build_import(Parser *p, Items path, Word as, Items only, Span span) {
  Import import = {.count = path.count, .as = as.sym, .only_count = only.count, .span = span};
  Span *spans;
  words_split(p, path, &import.path, &spans);
  words_split(p, only, &import.only, &import.only_spans);
  vec_push(&p->imports, import);
}

void build_type_decl(Parser *p, Word name, TypeExpr *written, Span span) {
  Decl *decl = decl_new(p, DECL_TYPE, 0, name, span);
  decl->written = written;
}

/* Split a body's items into attributes and the one command. */
static void take_attrs(Parser *p, Decl *decl, Items items) {
  AttrItem *item = items.data;
  decl->attrs = ARENA_ARRAY(A, Attr, items.count);
  Span first = {0};
  for (uint32_t i = 0; i < items.count; i++) {
    if (item[i].kind != ATTR_RUN) {
      decl->attrs[decl->attr_count++] = (Attr){item[i].word.sym, item[i].span, item[i].value};
    } else if (decl->kind == DECL_SITE) {
      diag(p->session->diags, DIAG_SYNTAX, item[i].span,
           "a site runs nothing by itself: `run` belongs into a task");
    } else if (decl->command) {
      Diag *told = diag(p->session->diags, DIAG_TWO_RUNS, item[i].span, "a second `run` in one task");
      diag_note(p->session->diags, told, first, "the first is here");
      diag_help(p->session->diags, told, "put the lines into one command, or make two tasks of it");
    } else {
      decl->command = item[i].value;
      decl->interpreter = item[i].word.sym;
      decl->interpreter_span = item[i].word.span;
      first = item[i].span;
    }
  }
}

void build_site(Parser *p, Word name, Word engine, Items attrs, Span span) {
  Decl *decl = decl_new(p, DECL_SITE, 0, name, span);
  decl->interpreter = engine.sym;
  decl->interpreter_span = engine.span;
  take_attrs(p, decl, attrs);
}

/* An attribute called `run` is a command that is no string. */
static bool tell_run_value(Parser *p, const Decl *decl) {
  for (uint32_t i = 0; i < decl->attr_count; i++) {
    if (strcmp(name_of(p->session, decl->attrs[i].name), "run")) continue;
    Diag *told = diag(p->session->diags, DIAG_SYNTAX, decl->attrs[i].value->span, "`run` takes a string");
    diag_help(p->session->diags, told, "as in `run \"sort ~{table}\"` or `run python3 \"\"\"…\"\"\"`");
    return true;
  }
  return false;
}

void build_task(Parser *p, uint32_t flags, const Header *header, Items outs, Items attrs, Span span) {
  Decl *decl = decl_with_header(p, DECL_TASK, flags, header, span);
  decl->outs = outs.data;
  decl->out_count = outs.count;
  take_attrs(p, decl, attrs);
  if (decl->command || tell_run_value(p, decl) || p->syntax_errors != p->header_errors) return;
  Diag *told = diag(p->session->diags, DIAG_NO_RUN, decl->name_span, "task `%s` has no `run`",
                    name_of(p->session, decl->name));
  diag_help(p->session->diags, told, "say what it runs: `run \"…\"`");
}

void build_fn(Parser *p, uint32_t flags, const Header *header, TypeExpr *result, Expr *body, Block *block,
              Span span) {
  Decl *decl = decl_with_header(p, DECL_FN, flags, header, span);
  decl->outs = ARENA_NEW(A, Param);
  decl->outs[0] = (Param){.span = result->span, .written = result};
  decl->out_count = 1;
  decl->body = body;
  decl->block = block;
  check_flags(p, decl, DECL_ASSOC | DECL_COMM, "function");
}

void build_flow(Parser *p, uint32_t flags, const Header *header, TypeExpr *result, Expr *body, Block *block,
                Span span) {
  Decl *decl = decl_with_header(p, DECL_FLOW, flags, header, span);
  decl->body = body;
  decl->block = block;
  if (result && result->kind == TE_RECORD) {
    decl->outs = result->fields;
    decl->out_count = result->count;
  } else if (result) {
    decl->outs = ARENA_NEW(A, Param);
    decl->outs[0] = (Param){
        .name = intern(p->session->names, "out", 3), .span = result->span, .written = result};
    decl->out_count = 1;
  }
  bool value_is_output = result && result->kind != TE_RECORD;
  if (block && block->value && !value_is_output) { /* the last step is one like the others */
    block->value = NULL;
    block->count++;
  }
  check_flags(p, decl, DECL_ASSOC | DECL_COMM, "flow");
}

Word build_interpreter(Parser *p, Expr *string) {
  if (string->string.count == 1 && !string->string.parts[0].expr)
    return (Word){string->string.parts[0].text, string->span};
  diag(p->session->diags, DIAG_SYNTAX, string->span, "the name of an interpreter is a plain string");
  return (Word){intern(p->session->names, "sh", 2), string->span};
}
