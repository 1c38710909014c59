/* tree.h: workflows as small typed trees, which laws and mutations work on and which are printed as `.wf`.
 *
 * Every variable is bound at one place only, so terms can be moved and replaced without capture; a copy gets variables
 * of its own.  Nothing is freed before the case is over. */
#ifndef WEFT_TESTS_TREE_H
#define WEFT_TESTS_TREE_H

#include "base/vec.h"
#include "rng.h"

typedef enum SortKind {
  SORT_UNIT,
  SORT_BOOL,
  SORT_INT,
  SORT_FLOAT,
  SORT_STRING,
  SORT_FILE,
  SORT_SIZE, /* the quantity */
  SORT_ARRAY,
  SORT_OPTION,
  SORT_RECORD
} SortKind;

/* A type; equal ones are one. */
typedef struct Sort {
  SortKind kind;
  const struct Sort *of; /* of an array or an option */
  uint32_t count;        /* of fields */
  const struct Sort *const *fields;
  const char *const *names;
} Sort;

typedef struct Variable {
  uint32_t id;
  const Sort *sort;
  const char *name; /* NULL: made of the id */
} Variable;

typedef enum TermKind {
  TERM_VAR,
  TERM_INT,
  TERM_FLOAT,
  TERM_BOOL,
  TERM_STRING,
  TERM_SIZE, /* integer: a number of bytes */
  TERM_TEXT, /* interpolation of its parts */
  TERM_NONE,
  TERM_SOME,
  TERM_ARRAY,
  TERM_RECORD,
  TERM_FIELD, /* integer: its number */
  TERM_INDEX,
  TERM_CALL, /* routine; NULL for an argument that has its default */
  TERM_BUILTIN,
  TERM_UNARY,
  TERM_BINARY,
  TERM_IF,      /* condition, then, else or NULL */
  TERM_FOR,     /* one source a variable, then filter or NULL, then body */
  TERM_FOLD,    /* the same, then the start; the last variable is the accumulator */
  TERM_FOLD_BY, /* sources, filter or NULL, body, start; routine combines */
  TERM_LOOP,    /* start, body, stop, most rounds or NULL; flag: `while` */
  TERM_ASK,
  TERM_BLOCK,    /* one step a variable (NULL: a statement), then the value */
  TERM_APPLY,    /* value, arrow */
  TERM_AFTER,    /* value, then what it waits for; only as a step */
  TERM_TEMPLATE, /* integer: its row; arrows and values in order */
  ARROW_NAME,    /* routine */
  ARROW_PARTIAL, /* routine; NULL for what is left open */
  ARROW_SERIES,
  ARROW_FORK,
  ARROW_BESIDE,
  ARROW_MAP,
  ARROW_FILTER,
  ARROW_FLATMAP,
  ARROW_FOLD, /* applied to its start: `(fold f)(z, _)`; arrow, start */
  ARROW_ID
} TermKind;

typedef enum TermOp {
#define TERM_OP(op, text) op,
#include "term_ops.def"
#undef TERM_OP
  TERM_OP_COUNT
} TermOp;

typedef struct Term {
  TermKind kind;
  TermOp op;
  uint32_t style;   /* decides between ways of writing that mean the same */
  const Sort *sort; /* of an arrow: of what comes out */
  uint32_t count, bound;
  struct Term **kids;
  Variable **vars;
  struct Routine *routine;
  int64_t integer; /* also of a Bool; of a `for`: a bit for each clause that is zipped with the one before */
  double number;
  const char *text;
  bool flag;
} Term;

typedef enum RoutineKind { ROUTINE_TASK, ROUTINE_FN, ROUTINE_FLOW } RoutineKind;

typedef struct Routine {
  RoutineKind kind;
  uint32_t id, in_count;
  Variable **ins;
  Term **defaults; /* NULL where there is none */
  const Sort *result;
  bool is_volatile, assoc, comm, many; /* many: several outputs, the fields of the result */
  Term *body;                          /* of a flow or function: its value, or an arrow */
  bool is_arrow;
  const char *program, *image, *interpreter; /* of a task; the last two may be NULL */
  int64_t literal;
  uint32_t *words; /* the order in which the command names the inputs */
} Routine;

/* Memory, types and numbers that all workflows of one case share. */
typedef struct World {
  Arena *arena;
  VEC(const Sort *) sorts;
  uint32_t next_id;
} World;

typedef struct Workflow {
  World *world;
  uint32_t salt;  /* of names */
  uint32_t order; /* of declarations */
  VEC(Routine *) routines;
  Routine *main;
} Workflow;

/* ---- types ---- */

const Sort *sort_of(World *world, SortKind kind);
const Sort *sort_array(World *world, const Sort *of);
const Sort *sort_option(World *world, const Sort *of);
const Sort *sort_record(World *world, uint32_t count, const Sort *const *fields, const char *const *names);

/* ---- terms ---- */

Variable *variable_new(World *world, const Sort *sort);
Term *term_new(World *world, TermKind kind, const Sort *sort, uint32_t kids, uint32_t vars);
Term *term_var(World *world, Variable *variable);
Term *term_int(World *world, int64_t value);
Term *term_bool(World *world, bool value);
Term *term_string(World *world, const char *text);
Term *term_field(World *world, Term *record, uint32_t field);
Term *term_binary(World *world, TermOp op, const Sort *sort, Term *left, Term *right);
Term *term_unary(World *world, TermOp op, Term *operand);
Term *term_builtin(World *world, TermOp op, const Sort *sort, uint32_t count, ...);
Term *term_call(World *world, Routine *routine);
Term *term_if(World *world, Term *condition, Term *yes, Term *no);
/* `for variable in source { body }`; body and filter are filled in by the caller. */
Term *term_for(World *world, Variable *variable, Term *source, Term *body);
/* The simplest term of a type, out of nothing; NULL for files. */
Term *term_leaf(World *world, const Sort *sort);

/* A copy with variables of its own. */
Term *term_copy(World *world, const Term *term);
/* A copy in which `variable` is `by`, itself copied at each place. */
Term *term_replace(World *world, const Term *term, const Variable *variable, const Term *by);
bool term_equal(const Term *a, const Term *b);
uint32_t term_size(const Term *term);
/* How often a variable occurs. */
uint32_t term_mentions(const Term *term, const Variable *variable);
/* Whether it mentions a variable that it binds nowhere itself, out of a list; and whether it has any free one. */
bool term_mentions_any(const Term *term, Variable *const *vars, uint32_t count);
/* Whether it neither calls a volatile task nor asks. */
bool term_pure(const Term *term);
bool routine_pure(const Routine *routine);
/* Whether it has one output, and inputs, so that it can be an arrow of one wire. */
bool routine_single(const Routine *routine);
/* Whether it calls no task and no flow, and asks nothing. */
bool term_value(const Term *term);
/* Whether routine `callee` is reached from a term. */
bool term_calls(const Term *term, const Routine *callee);

/* Numbers of the steps of a block, each behind those that it uses. */
uint32_t *block_order(World *world, const Term *block);
/* Whether it binds with `{ … }` only: statements without a name, or `after`. */
bool block_plain(const Term *block);

Workflow *workflow_new(World *world);
/* A copy that shares nothing that a law would change. */
Workflow *workflow_copy(const Workflow *flow);
/* The routines that main reaches, main last, each behind those that it calls. */
typedef VEC(Routine *) Routines;
Routines workflow_reached(const Workflow *flow);

/* As source text. */
void workflow_print(const Workflow *flow, Text *into);
void sort_print(const Sort *sort, Text *into);

/* ---- places ---- */

typedef struct Scope {
  Variable *var;
  const struct Scope *up;
} Scope;

typedef struct Place {
  Term **slot; /* holds a term or an arrow */
  Term *parent;
  Routine *owner;
  const Scope *scope;
  Term *block; /* the innermost block of statements that the slot is in, with no binder between, or NULL */
  bool step;   /* the slot is a step or the value of its parent block */
  bool after;  /* it is inside of what waits for something */
} Place;

typedef VEC(Place) Places;
/* All places of what main reaches, each in front of those inside of it. */
Places workflow_places(const Workflow *flow);

#endif
