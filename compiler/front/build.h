/* build.h: what the grammar's actions call: one function a node. */
#ifndef WEFT_FRONT_BUILD_H
#define WEFT_FRONT_BUILD_H

#include "base/vec.h"
#include "front/ast.h"
#include "front/parse.h"

/* An open bracket; an interpolation is one, and remembers the string around it. */
typedef struct Bracket {
  uint8_t close;       /* ) ] }, or the token INTERP_CLOSE's stand-in '"' */
  uint8_t mode;        /* of an interpolation: ScanMode of its string */
  bool told;           /* something inside was wrong already */
  uint32_t lines;      /* of an interpolation: how many one-line strings are around */
  Span span, string;   /* the bracket; the string around */
  uint32_t bounds_due; /* outside of it */
} Bracket;

typedef struct Lexer {
  void *scanner;
  const char *text;
  uint32_t size, base;
  VEC(Bracket) brackets;
  VEC(Comment) comments;
  int start;    /* the token to begin with, then 0 */
  int previous; /* the token given last */
  int before;   /* the one before it */
  Span previous_span;
  Span string;           /* where the string being read was opened */
  uint32_t line_strings; /* one-line strings around */
  uint32_t before_end;   /* end of the token before the one given last */
  uint32_t told_to;      /* end of the last place of an error in a word */
  uint32_t recover_depth;
  uint8_t mode;  /* ScanMode */
  uint8_t angle; /* 1 between < and > of a type */
  bool ahead;    /* the token below is read and not given */
  bool newline;  /* seen before the token ahead */
  bool space;
  bool synthetic;       /* the token given last is not in the text */
  bool after_synthetic; /* nor the one before it */
  bool recovering, stopped, broken_string, importing, header;
  uint32_t bounds_due; /* loops in the innermost bracket that want a `max` or `unbounded` */
  int kind;            /* the token ahead: */
  Span span;
  int64_t value[2]; /* its WEFT_STYPE */
} Lexer;

typedef struct Parser {
  Session *session;
  Source *source;
  Module *module;
  Expr *pattern;
  Lexer lexer;
  char *stack; /* items of lists not yet complete */
  size_t stack_cap;
  size_t top;
  uint32_t errors; /* in the session when this file began */
  uint32_t syntax_errors;
  uint32_t header_errors; /* syntax errors when the last declaration began */

  bool has_holes;
  VEC(Import) imports;
  VEC(Decl *) decls;
} Parser;

/* A list being read: `count` items from `start` on the parser's stack. After an error what was
 * pushed above is garbage; the next push goes where the list ends. */
typedef struct List {
  uint32_t start, count;
} List;

/* A list complete: items in the arena. */
typedef struct Items {
  void *data;
  uint32_t count;
} Items;

/* A name and where it stands. */
typedef struct Word {
  Sym sym;
  Span span;
} Word;

typedef struct Header {
  Sym name;
  Span name_span;
  Items generics; /* Word */
  Items ins;      /* Param */
  bool has_signature;
} Header;

typedef struct Scatter {
  Items clauses; /* Clause */
  Expr *filter;
} Scatter;

/* Tell that the text nests too deeply, once, and read no further. */
void build_too_deep(Parser *p, Span span);
/* Tell that what was read last does not follow the grammar: `expected` are names of tokens. */
void parse_report(Parser *p, Span span, const char **expected, uint32_t count);

List list_new(Parser *p);
List list_add(Parser *p, List list, const void *item, size_t size);
Items list_end(Parser *p, List list, size_t size);

/* ---- types ---- */
TypeExpr *build_type_name(Parser *p, Sym module, Sym name, Sym tag, Span span);
TypeExpr *build_type_of(Parser *p, TypeExprKind kind, TypeExpr *of, Span span);
TypeExpr *build_type_record(Parser *p, Items fields, Span span);
TypeExpr *build_type_arrow(Parser *p, Items params, TypeExpr *result, Span span);
/* `(T)`: one type in parentheses; an error when it is not one. */
TypeExpr *build_type_paren(Parser *p, Items types, Span span);

/* ---- expressions ---- */
Expr *build_error(Parser *p, Span span);
Expr *build_leaf(Parser *p, ExprKind kind, Span span);
Expr *build_int(Parser *p, int64_t value, Span span);
Expr *build_number(Parser *p, ExprKind kind, double number, Sym unit, Span span);
Expr *build_bool(Parser *p, bool value, Span span);
Expr *build_name(Parser *p, ExprKind kind, Sym name, Span span);
/* `parts` are raw spans of text and expressions; `block`: three quotes. */
Expr *build_string(Parser *p, Items parts, bool block, Span span);
Expr *build_array(Parser *p, Items items, Span span);
Expr *build_record(Parser *p, Items fields, Span span);
Expr *build_call(Parser *p, Expr *callee, Items args, Span span);
Expr *build_field(Parser *p, Expr *of, Word name, Span span);
Expr *build_index(Parser *p, Expr *of, Expr *at, Span span);
Expr *build_unary(Parser *p, Operator op, Expr *of, Span span);
Expr *build_binary(Parser *p, Operator op, Expr *left, Expr *right, Span span);
Expr *build_paren(Parser *p, Expr *of, Span span);
Expr *build_if(Parser *p, Expr *condition, Block *then, Block *other, Span span);
Expr *build_for(Parser *p, Scatter scatter, Block *body, Span span);
Expr *build_fold(Parser *p, Word acc, Expr *init, Scatter scatter, Block *body, Expr *by, Span span);
Expr *build_loop(Parser *p, Word state, Expr *init, Block *body, bool until, Expr *stop, Span span);
/* Gives the loop its bound; NULL: unbounded. */
Expr *build_bound(Parser *p, Expr *loop, Expr *max, Span span);
/* Tells that there is none. */
Expr *build_no_bound(Parser *p, Expr *loop);
Expr *build_ask(Parser *p, TypeExpr *answer, Items args, Span span);
Expr *build_js(Parser *p, TypeExpr *type, Items args, Span span);
Expr *build_lift(Parser *p, ExprKind kind, Expr *arrow, Span span);
Expr *build_let(Parser *p, Word var, Expr *value, Expr *body, Span span);
Expr *build_after(Parser *p, Expr *value, Items after, Span span);
Arg build_arg(Parser *p, Word name, Expr *value, Span span);
Clause build_clause(Parser *p, Word var, Expr *source, bool zip);

/* ---- statements and declarations ---- */
Stmt *build_stmt(Parser *p, Word target, Expr *value, Span span);
/* A last statement without a name becomes the value. */
Block *build_block(Parser *p, Items stmts, Span span);
/* The block of one expression, for `else if`. */
Block *build_block_of(Parser *p, Expr *value);
Param build_param(Parser *p, Word name, TypeExpr *written, Expr *value, Span span);

enum { ATTR_RUN = 1 };
/* An attribute as read: a `run` has the interpreter in `word` and the command in `value`. */
typedef struct AttrItem {
  uint32_t kind;
  Word word;
  Span span;
  Expr *value;
} AttrItem;

Header *build_header(Parser *p, Word name, Items generics, Items ins);
void build_import(Parser *p, Items path, Word as, Items only, Span span);
void build_type_decl(Parser *p, Word name, TypeExpr *written, Span span);
void build_site(Parser *p, Word name, Word engine, Items attrs, Span span);
void build_task(Parser *p, uint32_t flags, const Header *header, Items outs, Items attrs, Span span);
void build_fn(Parser *p, uint32_t flags, const Header *header, TypeExpr *result, Expr *body, Block *block,
              Span span);
/* `result` NULL: no outputs, or none written. */
void build_flow(Parser *p, uint32_t flags, const Header *header, TypeExpr *result, Expr *body, Block *block,
                Span span);
Word build_interpreter(Parser *p, Expr *string);

#endif
