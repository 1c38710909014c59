/* ast.h: the program as written, later with names resolved and types filled in. */
#ifndef WEFT_FRONT_AST_H
#define WEFT_FRONT_AST_H

#include "base/session.h"
#include "front/types.h"

typedef struct Expr Expr;
typedef struct Stmt Stmt;
typedef struct Decl Decl;
typedef struct Module Module;
typedef struct TypeExpr TypeExpr;

/* ---- types as written ---- */

typedef enum TypeExprKind {
  TE_NAME,   /* Int, File<fastq>, Sample, lib.Sample */
  TE_ARRAY,  /* [T]          args[0] */
  TE_OPTION, /* T?           args[0] */
  TE_RECORD, /* (a: T, b: U) fields */
  TE_ARROW   /* (T, U) -> V  args are the parameters, then the result */
} TypeExprKind;

struct TypeExpr {
  uint8_t kind;
  Span span;
  Sym module;     /* TE_NAME: qualifier or 0 */
  Sym name;       /* TE_NAME */
  Sym tag;        /* TE_NAME: File<tag>, else 0 */
  uint32_t count; /* of args or fields */
  TypeExpr **args;
  struct Param *fields;
};

/* ---- expressions ---- */

typedef enum ExprKind {
#define EXPR(kind, ...) kind,
#include "front/exprs.def"
#undef EXPR
  EXPR_KIND_COUNT
} ExprKind;

typedef enum Operator {
#define OPERATOR(op, ...) op,
#include "front/operators.def"
#undef OPERATOR
  OP_COUNT
} Operator;

/* One that a name can be bound to inside a body: a parameter, a step, a loop variable. */
typedef struct Binding {
  Sym name;
  Span span;
  TypeId type;
  uint32_t slot; /* number within its declaration, from 0 */
  uint32_t uses;
} Binding;

typedef struct Arg {
  Sym name; /* 0: positional */
  Span span;
  Expr *value; /* EXPR_PLACEHOLDER where `_` stands */
} Arg;

/* One `for x in xs` of a clause list; zipped ones (`, y in ys`) follow with `zip` set. */
typedef struct Clause {
  Binding *var;
  Expr *source;
  bool zip;
} Clause;

typedef struct Block {
  Stmt **stmts;
  uint32_t count;
  Expr *value; /* NULL in the body of a flow, or when there is none */
  Span span;
} Block;

/* A piece of a string: text, or an interpolated expression. */
typedef struct Part {
  Sym text; /* when expr is NULL; escapes resolved, indentation stripped */
  Expr *expr;
  Span span;
} Part;

typedef enum RefKind { REF_NONE, REF_BINDING, REF_DECL, REF_BUILTIN, REF_MODULE, REF_OUTPUT } RefKind;

/* Allocated only as large as its kind needs (front/build.c): never copied or assigned as a whole. */
struct Expr {
  uint8_t kind;   /* ExprKind */
  uint8_t op;     /* Operator, of EXPR_UNARY and EXPR_BINARY */
  uint8_t flag;   /* EXPR_LOOP: 1 until, 0 while; EXPR_BOOL: value; EXPR_STRING: 1 if """ */
  uint8_t ref;    /* RefKind, of EXPR_NAME; set by check */
  uint32_t depth; /* of the tree below, so that nothing has to recurse too far */
  Span span;
  TypeId type; /* set by check */
  union {
    int64_t integer; /* EXPR_INT */
    struct {
      double number;
      Sym unit;
    } quantity; /* EXPR_FLOAT (unit 0), EXPR_QUANTITY */
    struct {
      Part *parts;
      uint32_t count;
    } string; /* EXPR_STRING */
    struct {  /* EXPR_NAME, EXPR_HOLE */
      Sym name;
      union {
        Binding *binding;
        Decl *decl;
        uint32_t builtin;
        Module *module;
        uint32_t output;
      };
      struct Call *call; /* type arguments of a generic one, set by check */
    } name;
    struct {
      Expr **items;
      uint32_t count;
    } array; /* EXPR_ARRAY */
    struct {
      Arg *fields;
      uint32_t count;
    } record; /* EXPR_RECORD: all named */
    struct {  /* EXPR_CALL */
      Expr *callee;
      Arg *args;
      uint32_t count;
      struct Call *call; /* set by check */
    } call;
    struct {
      Expr *of;
      Sym name;
      Span name_span;
      uint32_t index;
    } field; /* EXPR_FIELD; index by check */
    struct {
      Expr *of, *at;
    } index; /* EXPR_INDEX */
    struct {
      Expr *left, *right;
      struct Call *call;
    } binary; /* EXPR_BINARY, EXPR_UNARY (left) */
    struct {
      Expr *condition;
      Block *then, *other;
    } if_; /* EXPR_IF; other NULL: none */
    struct {
      Clause *clauses;
      uint32_t count;
      Expr *filter;
      Block *body;
    } for_;         /* EXPR_FOR */
    struct {        /* EXPR_FOLD */
      Binding *acc; /* NULL with `by` */
      Expr *init, *by;
      Clause *clauses;
      uint32_t count;
      Expr *filter;
      Block *body;       /* with `by`: may be NULL: the element itself */
      struct Call *call; /* of `by`, set by check */
    } fold;
    struct {
      Binding *state;
      Expr *init;
      Block *body;
      Expr *stop, *max;
    } loop; /* EXPR_LOOP; max NULL: unbounded */
    struct {
      TypeExpr *answer;
      Expr *question;
      Arg *args;
      uint32_t count;
    } ask; /* EXPR_ASK */
    struct {
      TypeExpr *type;
      Expr *source, *names; /* names: a record, or NULL */
    } js;                   /* EXPR_JS */
    struct {
      Expr *arrow;
      struct Call *call;
    } lift; /* EXPR_MAP, EXPR_FILTER, EXPR_FOLD_ARROW, EXPR_FLATMAP */
    struct {
      Binding *var;
      Expr *value, *body;
    } let; /* EXPR_LET */
    struct {
      Expr *value;
      Expr **after;
      uint32_t count;
    } after; /* EXPR_AFTER */
    struct {
      Expr *value;
    } coerce; /* EXPR_COERCE: to `type`; put in by check */
  };
};

/* How the inputs of a callee are fed: set by check, read by lowering. */
typedef struct Call {
  uint32_t count;   /* ports of the callee */
  int32_t *source;  /* for each: index of the argument or of the output that feeds it; FEED_* otherwise */
  TypeId *types;    /* of each port, type variables replaced */
  TypeId result;    /* record of the outputs, or the value of a single one */
  TypeId *bindings; /* type arguments of a generic callee, by its type variables */
  uint32_t binding_count;
  bool spread; /* `r |> f`: the fields of the record feed f */
} Call;
enum { FEED_DEFAULT = -1, FEED_OPEN = -2 /* left open by `_`: an input of the resulting arrow */ };

/* ---- statements ---- */

struct Stmt {
  Binding *target; /* NULL: an expression alone */
  Expr *value;
  Span span;
  Sym doc;
};

/* ---- declarations ---- */

typedef struct Param {
  Sym name;
  Span span;
  TypeExpr *written;
  Expr *value; /* default of an input; what an output is made of (tasks) */
  Sym doc;
  TypeId type;      /* set by check */
  Binding *binding; /* inputs, set by check */
} Param;

typedef struct Attr {
  Sym name;
  Span span;
  Expr *value;
} Attr;

typedef enum DeclKind { DECL_TYPE, DECL_TASK, DECL_FN, DECL_FLOW, DECL_SITE } DeclKind;

enum { DECL_VOLATILE = 1, DECL_ASSOC = 2, DECL_COMM = 4 };

struct Decl {
  uint8_t kind;
  uint8_t flags;
  uint8_t state;  /* of checking: 0 not begun, 1 under way, 2 done */
  bool has_holes; /* a pattern */
  Sym name;
  Span span, name_span;
  Sym doc;
  Module *module;
  Sym *generics; /* type variables */
  Span *generic_spans;
  uint32_t generic_count;
  Param *ins, *outs; /* a flow `-> T` has one output `out`; a fn has one, unnamed */
  uint32_t in_count, out_count;
  bool has_signature; /* false: `flow f = arrow` */
  TypeExpr *written;  /* DECL_TYPE */
  TypeId type;        /* DECL_TYPE: what it stands for; others: the arrow type; set by check */
  Expr *body;         /* DECL_FN: the expression; DECL_FLOW: the arrow of `flow f = …`, or NULL */
  Block *block;       /* DECL_FLOW: statements; DECL_FN: block body */
  Attr *attrs;        /* DECL_TASK, DECL_SITE */
  uint32_t attr_count;
  Sym interpreter; /* DECL_TASK: 0 for sh; DECL_SITE: the engine, or 0 */
  Span interpreter_span;
  Expr *command;       /* DECL_TASK: EXPR_STRING */
  uint32_t slot_count; /* bindings in the body; set by check */
  struct Arrow *arrow; /* its ports, as the checker knows them; set by check */
  struct Call *
      feeds[2]; /* DECL_FLOW with a signature and an arrow: inputs to it, its outputs to ours; set by check */
  uint32_t id;  /* number within the program; set by check */
  bool broken;  /* an error was told inside of it before the check */
  bool called;  /* by another declaration; set by check */
  bool is_volatile; /* itself, or something that it calls; set by check */
};

typedef struct Import {
  Sym *path; /* std.seq */
  uint32_t count;
  Sym as;    /* 0: the last of the path */
  Sym *only; /* `(a, b)`: also without the qualifier */
  Span *only_spans;
  uint32_t only_count;
  Span span;
  Module *module; /* set by check */
} Import;

/* A comment, for the formatter. */
typedef struct Comment {
  Span span;
  bool own_line; /* nothing but space before it on its line */
} Comment;

struct Module {
  Sym name; /* dotted; 0 for the main file */
  const char *path;
  Source *source;
  Import *imports;
  uint32_t import_count;
  Decl **decls;
  uint32_t decl_count;
  Comment *comments;
  uint32_t comment_count;
  bool broken;   /* errors were told while it was read: names may be missing */
  uint8_t state; /* of import resolution: 1 under way (circular), 2 done */
  uint32_t id;   /* number within the program; set by check */
};

#endif
