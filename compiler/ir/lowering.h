/* lowering.h: what the files of lowering share.
 *
 * Lowering evaluates the program as far as it can without running anything: flows and functions are expanded
 * where they are applied, arrows are values of this evaluation only, and what is left is the graph. */
#ifndef WEFT_IR_LOWERING_H
#define WEFT_IR_LOWERING_H

#include "front/builtins.h"
#include "ir/lower.h"

typedef struct Env Env;

/* An arrow, and what its names mean. */
typedef struct Closure {
  Expr *arrow;
  Env *env;
} Closure;

/* A value of the evaluation: a node, or an arrow. Neither: a port that is left to its default. */
typedef struct Value {
  Node node;
  const Closure *closure;
} Value;

/* One expansion of a declaration. */
struct Env {
  const Decl *decl;
  Value *slots;           /* by Binding.slot */
  const TypeId *bindings; /* type arguments */
  uint32_t binding_count;
  const Node *paths; /* in a task's command: the paths of its outputs */
};

/* An expansion that need not be done again. */
typedef struct Memo {
  const Decl *decl;
  const Node *ins;
  const Node *outs;
  uint32_t next; /* memo of the same hash + 1, or 0 */
} Memo;

typedef struct Lower {
  Session *session;
  Types *types;
  Graph *graph;
  Map tasks;   /* declaration to task + 1 */
  Map memo_of; /* hash to memo + 1 */
  VEC(Memo) memos;
  VEC(Node) context; /* variables of the binders around: what happens here happens once for each */
  VEC(Node) after;   /* what must be done before anything that is made here */
  VEC(Node) effects; /* volatile work of the block under way */
  uint32_t depth;    /* of expansions */
  bool too_large;
} Lower;

/* lower_expr.c */
Node lower_expr(Lower *lower, Env *env, Expr *expr);
/* The steps of a block, then its value (a unit where it has none). */
Node lower_block(Lower *lower, Env *env, Block *block);
void lower_stmt(Lower *lower, Env *env, Stmt *stmt);
void env_bind(Env *env, const Binding *binding, Value value);
TypeId env_type(Lower *lower, const Env *env, TypeId type);

/* Put after `at` operands what makes a volatile call happen once for each round; gives their number. */
uint32_t volatile_args(Lower *lower, Node *args, uint32_t at);

/* lower_control.c */
Node lower_if(Lower *lower, Env *env, Expr *expr);
Node lower_for(Lower *lower, Env *env, Expr *expr);
Node lower_fold(Lower *lower, Env *env, Expr *expr);
Node lower_loop(Lower *lower, Env *env, Expr *expr);
uint32_t effects_mark(const Lower *lower);
/* Effects since `mark`, if the condition is as the arm says. */
void effects_choose(Lower *lower, uint32_t mark, Node condition, bool arm);
/* `value`, after the effects since `mark`. Whoever makes rounds of it says so: `had` is the number of these effects, and
 * with any the rounds are an effect themselves. */
Node effects_before(Lower *lower, uint32_t mark, Node value, uint32_t *had);
Node effects_rounds(Lower *lower, uint32_t had, Node rounds);
/* What has no result but the effects since `mark`: `x after it` waits for them. */
Node effects_value(Lower *lower, uint32_t mark);

/* lower_convert.c: the node as another type, by the conversions of the language. */
Node lower_convert(Lower *lower, Node node, TypeId to, Span span);
/* The same for a task's output, where texts are paths. */
Node lower_output(Lower *lower, Node node, TypeId to, Span span);

/* lower_arith.c */
Node lower_unary(Lower *lower, Env *env, Expr *expr);
Node lower_binary(Lower *lower, Env *env, Expr *expr);

/* lower_builtin.c */
Node lower_builtin(Lower *lower, BuiltinId id, const Node *args, TypeId result, Span span);
/* Whether an expression reads data whose type is told from outside, and that read. */
bool reads_data(const Expr *expr);
Node lower_data(Lower *lower, Env *env, Expr *expr);

/* lower_arrow.c: apply arrows; `ins` by the ports of the arrow, `outs` has room for its outputs. */
void apply_decl(Lower *lower, const Decl *decl, const Value *ins, const TypeId *bindings, Node *outs,
                Span span);
void apply_arrow(Lower *lower, Env *env, Expr *arrow, const Value *ins, Node *outs);
Node lower_call(Lower *lower, Env *env, Expr *expr);
Node lower_apply(Lower *lower, Env *env, Expr *expr);
Value lower_value(Lower *lower, Env *env, Expr *expr); /* a node or a closure */
uint32_t arrow_ins(const Lower *lower, const Expr *arrow);
uint32_t arrow_outs(const Lower *lower, const Expr *arrow);
/* Outputs as one value of type `type`. */
Node outs_value(Lower *lower, const Node *outs, uint32_t count, TypeId type, Span span);

/* lower_task.c */
uint32_t lower_task(Lower *lower, const Decl *decl);
Node *lower_nodes(Lower *lower, uint32_t count);

static inline Value value_of(Node node) { return (Value){node, NULL}; }
static inline bool value_is_open(Value value) { return value.node == NODE_NONE && !value.closure; }

#endif
