/* checker.h: what the files of the checker share. */
#ifndef WEFT_FRONT_CHECKER_H
#define WEFT_FRONT_CHECKER_H

#include "base/hash.h"
#include "front/builtins.h"
#include "front/check.h"

/* The ports of something that can be applied, as far as they are known while checking. */
typedef struct Ports {
  uint32_t count;
  Sym *names; /* 0: anonymous */
  TypeId *types;
  bool *optional; /* NULL: none has a default */
} Ports;

typedef struct Arrow {
  Ports ins, outs;
} Arrow;

typedef struct Undo {
  Sym name;
  Binding *before;
} Undo;

/* A call from one declaration to another. */
typedef struct Edge {
  Decl *from, *to;
  Span span;
} Edge;

/* A step whose result may turn out unused. */
typedef struct Unused {
  Stmt *stmt;
  Decl *in;
} Unused;

typedef struct Checker {
  Session *session;
  Types *types;
  Program *program;
  const char *library;
  Map decls; /* (module, name) to declaration id + 1 */
  VEC(Decl *) all;
  VEC(Module *) loaded; /* begun, by path */
  Module *module;       /* being checked */
  Decl *decl;
  VEC(Binding *) visible; /* by Sym */
  VEC(Undo) undo;
  VEC(uint32_t) stmt_of; /* by Sym: 1 + statement of the block that is being ordered, or 0 */
  VEC(Edge) edges;
  VEC(Unused) unused;
  uint32_t depth;  /* of declarations that are looked at because of others */
  bool in_outputs; /* readers are allowed */
  bool in_command; /* names of outputs are paths */
  bool in_pattern; /* holes are allowed, and what nothing tells the type of is T_ERROR */
  const Ports
      *hole_outs; /* what is wanted of the arrow that is being checked, where it is a hole; NULL: unknown */
} Checker;

/* scope.c */
Binding *scope_find(const Checker *checker, Sym name);
/* Make it visible and give it a slot. */
void scope_bind(Checker *checker, Binding *binding);
uint32_t scope_mark(const Checker *checker);
void scope_leave(Checker *checker, uint32_t mark);
/* The declaration that a name means in the current module, NULL if none; `module` is a qualifier or NULL. */
Decl *scope_decl(Checker *checker, const Module *module, Sym name);
Module *scope_module(const Checker *checker, Sym alias);
/* Tell that a name is unknown, with the nearest one that is. */
void scope_unknown(Checker *checker, Span span, Sym name);
Binding *binding_new(Checker *checker, Sym name, Span span, TypeId type);

/* check_decl.c */
TypeId check_type(Checker *checker, const TypeExpr *written, bool arrows_allowed);
/* Make sure that the ports of a declaration are known. False: it is broken or calls itself, and told. */
bool check_signature(Checker *checker, Decl *decl, Span used_at);
void check_decl(Checker *checker, Decl *decl);
/* Note that the current declaration uses another one. */
void check_edge(Checker *checker, Decl *to, Span span);

/* check_block.c: statements in the order of their data. Gives the type of the block's value (T_UNIT: none). */
TypeId check_block(Checker *checker, Block *block, TypeId expected, bool value_needed);
/* The same without leaving the block's scope. */
TypeId check_block_open(Checker *checker, Block *block, TypeId expected, bool value_needed);

/* check_expr.c: the type of a value; `expected` (T_ERROR: unknown) tells what is wanted, for literals. */
TypeId check_expr(Checker *checker, Expr *expr, TypeId expected);
/* The same, and it must fit; `what` names the place: "argument `x`". */
TypeId check_value(Checker *checker, Expr *expr, TypeId wanted, const char *what);
/* Clauses of for and fold; leaves their variables visible. */
void check_clauses(Checker *checker, Clause *clauses, uint32_t count, Expr *filter);
void check_named(Checker *checker, Expr *expr); /* resolve a name, and `module.name` */
void check_fits(Checker *checker, Span span, TypeId from, TypeId to, const char *what);

/* check_arith.c */
TypeId check_unary(Checker *checker, Expr *expr);
TypeId check_binary(Checker *checker, Expr *expr, TypeId expected);

/* check_arrow.c */
bool is_arrow(Checker *checker, Expr *expr);
/* The ports of an arrow expression. `ins` (or NULL) are the values that it will be applied to. False: told. */
bool check_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow);
/* How `from` feeds `to`: by name, else in order. NULL: it does not, and told at `span`. */
Call *check_feed(Checker *checker, const Ports *from, const Ports *to, Span span);
/* check_pattern.c: the ports of a hole: what goes in, and what is wanted of it. */
bool hole_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow);
/* In a pattern: note what the series' right side wants of a left one that ends in a hole. Gives what to check the left
 * side with as checker->hole_outs. */
const Ports *hole_before(Checker *checker, Expr *left, Expr *right);
/* In a pattern: the inputs of a side of `&` that is a hole are those of the other side. */
bool hole_beside(Checker *checker, Expr *hole, Expr *other, Ports *ins);
/* What is wanted of the arrow that `lift` lifts. */
const Ports *hole_lifted(Checker *checker, const Expr *lift, const Ports *items);
/* The type of an operand, if it is a hole, beside one of a type that is known. */
TypeId hole_other(Checker *checker, Expr *operand, TypeId other);
/* One port of a type. */
Ports ports_one(Checker *checker, TypeId type);
/* Tell what a pattern leaves open that has to be known. */
void check_holes(Checker *checker, Expr *expr);
/* check_call.c */
TypeId check_call(Checker *checker, Expr *expr, TypeId expected);
TypeId check_apply(Checker *checker, Expr *expr);
/* A partial application as an arrow. */
bool check_partial(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow);
/* The value of outputs: nothing, the only one, a record. */
TypeId arrow_result(Checker *checker, const Ports *outs);
/* Find the type variables of `pattern` in `actual`: bindings[index], T_ERROR while unknown. */
void unify(Checker *checker, TypeId pattern, TypeId actual, TypeId *bindings);
Call *call_new(Checker *checker, uint32_t ports);
/* For each of `to`: which of `from` feeds it, types not looked at. False: something cannot be fed, and told. */
bool match_feed(Checker *checker, const Ports *from, const Ports *to, Span span, int32_t *source);
/* The ports of a built-in function on what it gets (NULL: unknown). False: told. */
bool builtin_arrow(Checker *checker, BuiltinId id, Span span, const Ports *ins, Arrow *arrow);
Ports ports_new(Checker *checker, uint32_t count);
/* The same ports with type variables replaced; a copy where there are any. */
Ports ports_substitute(Checker *checker, const Ports *ports, const Call *call);
/* The ports of an arrow type. */
Arrow type_ports(Checker *checker, TypeId type);

static inline const char *type_name(const Checker *checker, TypeId type) {
  return type_text(checker->types, type);
}

#endif
