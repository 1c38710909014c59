#include "canon/conditions.h"

#include "canon/rules.h"
#include "ir/binder.h"
#include "ir/simplify.h"
#include "ir/varset.h"

#include <string.h>

enum { MOST_LEAVES = 64 };

/* ---- trees ---- */

static bool is_literal(const Graph *graph, Node node) { return graph_op(graph, node) == OP_LIT; }

/* The condition that a tree decides by first, or NODE_NONE. A truth value that is no literal decides by itself. */
static Node first_condition(const Graph *graph, Node tree) {
  if (graph_op(graph, tree) == OP_CHOOSE) return graph_arg(graph, tree, 0);
  if (graph_type(graph, tree) != T_BOOL || is_literal(graph, tree)) return NODE_NONE;
  return graph_op(graph, tree) == OP_NOT_ ? graph_arg(graph, tree, 0) : tree;
}

/* The tree where `condition`, which it does not decide by later than first, is known. */
static Node where(Graph *graph, Node tree, Node condition, bool value) {
  if (tree == condition) return graph_bool(graph, value);
  Op op = graph_op(graph, tree);
  if (op == OP_CHOOSE && graph_arg(graph, tree, 0) == condition) return graph_arg(graph, tree, value ? 1 : 2);
  if (op == OP_NOT_ && graph_arg(graph, tree, 0) == condition) return graph_bool(graph, !value);
  return tree;
}

/* How deep the innermost variable is bound that a condition mentions: outer conditions come first. */
static uint32_t depth(const Conditions *conditions, Node condition) {
  uint32_t count, deepest = 0;
  const Graph *graph = conditions->graph;
  const uint32_t *members = varset_members(graph->sets, graph->vars.data[condition], &count);
  for (uint32_t k = 0; k < count; k++) {
    uint32_t at = digester_depth(conditions->digester, members[k]);
    if (at > deepest) deepest = at;
  }
  return deepest;
}

static bool comes_before(const Conditions *conditions, Node a, Node b) {
  if (a == b) return false;
  uint32_t x = depth(conditions, a), y = depth(conditions, b);
  if (x != y) return x < y;
  int order = digest_compare(digester_of(conditions->digester, a), digester_of(conditions->digester, b));
  return order ? order < 0 : a < b;
}

static Node earlier(const Conditions *conditions, Node a, Node b) {
  if (a == NODE_NONE || b == NODE_NONE) return a == NODE_NONE ? b : a;
  return comes_before(conditions, b, a) ? b : a;
}

/* The tree that decides by an atomic condition between two trees. Recursion is as deep as there are conditions, each
 * of which is decided once on a path; leaves are counted. */
static Node decide(Conditions *conditions, Node condition, Node yes, Node no, Span span) {
  Graph *graph = conditions->graph;
  if (!conditions->room || graph->full) return 0;
  if (is_literal(graph, condition)) return graph_is_bool(graph, condition, true) ? yes : no;
  if (yes == no) return yes;
  Node first = earlier(conditions, first_condition(graph, yes), first_condition(graph, no));
  first = earlier(conditions, condition, first);
  Node then = where(graph, yes, first, true), otherwise = where(graph, no, first, false);
  if (first != condition) {
    then = decide(conditions, condition, then, where(graph, no, first, true), span);
    otherwise = decide(conditions, condition, where(graph, yes, first, false), otherwise, span);
  } else {
    conditions->room--;
  }
  if (graph->full || then == otherwise) return then;
  return graph_node(graph, OP_CHOOSE, graph_type(graph, yes), span, first, then, otherwise);
}

/* The same where the condition is a tree itself. */
static Node decide_by(Conditions *conditions, Node tree, Node yes, Node no, Span span) {
  Graph *graph = conditions->graph;
  if (!conditions->room || graph->full) return 0;
  if (graph_op(graph, tree) == OP_NOT_)
    return decide_by(conditions, graph_arg(graph, tree, 0), no, yes, span);
  if (graph_op(graph, tree) != OP_CHOOSE) return decide(conditions, tree, yes, no, span);
  Node then = decide_by(conditions, graph_arg(graph, tree, 1), yes, no, span);
  Node otherwise = decide_by(conditions, graph_arg(graph, tree, 2), yes, no, span);
  return decide(conditions, graph_arg(graph, tree, 0), then, otherwise, span);
}

/* ---- operations ---- */

/* An operation that waits for its operands to be decided. */
typedef struct Lifted {
  Conditions *conditions;
  Op op;
  TypeId type;
  uint32_t data, count;
  Span span;
  uint64_t loose; /* a bit for each operand whose choices are looked at */
  /* of binders */
  Rewrite *rewrite;
  Node old;
  const Node *variables;
} Lifted;

enum { MOST_ARGS = 64 };

static Node finish(const Lifted *lifted, const Node *args) {
  Graph *graph = lifted->conditions->graph;
  if (lifted->rewrite) return rewrite_close(lifted->rewrite, lifted->old, lifted->variables, args);
  return graph_make(graph, lifted->op, lifted->type, lifted->data, args, lifted->count, lifted->span);
}

/* The operand of a binder that is a condition itself: a filter, what stops a loop. */
static uint32_t own_condition(Op op) {
  return op == OP_LOOP ? 3 : op == OP_COLLECT || op == OP_FOLD ? 1 : UINT32_MAX;
}

/* What an operand is decided by first, if that is to be looked at. */
static Node operand_condition(const Lifted *lifted, const Node *args, uint32_t k) {
  const Graph *graph = lifted->conditions->graph;
  if (!(lifted->loose >> k & 1)) return NODE_NONE;
  if (lifted->rewrite && k == own_condition(lifted->op)) return first_condition(graph, args[k]);
  return graph_op(graph, args[k]) == OP_CHOOSE ? graph_arg(graph, args[k], 0) : NODE_NONE;
}

/* The condition to decide by next, or NODE_NONE: below a binder only those without its variables. */
static Node next_condition(const Lifted *lifted, const Node *args) {
  const Graph *graph = lifted->conditions->graph;
  Node first = NODE_NONE;
  for (uint32_t k = 0; k < lifted->count; k++) {
    Node condition = operand_condition(lifted, args, k);
    if (condition == NODE_NONE) continue;
    bool bound = false;
    for (uint32_t v = 0; lifted->rewrite && v < binder_of(lifted->op).count; v++)
      bound |= graph_mentions(graph, condition, lifted->variables[v]);
    if (!bound) first = earlier(lifted->conditions, first, condition);
  }
  return first;
}

/* Recursion is as deep as the leaves allow. */
static Node lift(const Lifted *lifted, const Node *args) {
  Conditions *conditions = lifted->conditions;
  Graph *graph = conditions->graph;
  if (!conditions->room || graph->full) return 0;
  Node first = next_condition(lifted, args), arm[MOST_ARGS] = {0}, made[2];
  if (first == NODE_NONE) {
    conditions->room--;
    return finish(lifted, args);
  }
  for (int side = 0; side < 2; side++) {
    for (uint32_t k = 0; k < lifted->count; k++)
      arm[k] = lifted->loose >> k & 1 ? where(graph, args[k], first, side == 0) : args[k];
    made[side] = lift(lifted, arm);
  }
  return decide(conditions, first, made[0], made[1], lifted->span);
}

static bool has_choice(const Graph *graph, const Node *args, uint32_t count) {
  for (uint32_t k = 0; k < count; k++)
    if (graph_op(graph, args[k]) == OP_CHOOSE) return true;
  return false;
}

static uint32_t room_left(const Conditions *conditions) {
  return conditions->total < MOST_LEAVES ? (uint32_t)conditions->total : MOST_LEAVES;
}

/* The operation as a tree, within the budget; NODE_NONE: it ran out. */
static Node within_room(Conditions *conditions, const Lifted *lifted, const Node *args) {
  uint32_t room = conditions->room = room_left(conditions);
  Node made = lifted->op == OP_CHOOSE ? decide_by(conditions, args[0], args[1], args[2], lifted->span)
                                      : lift(lifted, args);
  conditions->total -= room - conditions->room;
  if (conditions->room) return made;
  conditions->exhausted = true;
  return NODE_NONE;
}

/* An element at an index over the array's own set goes where the set is decided. */
static bool is_own_element(const Graph *graph, Op op, const Node *args) {
  return op == OP_ELEMENT && graph_op(graph, args[1]) == OP_INDEX;
}

/* Operations that choices can be taken out of: those that make values and are no calls of their own. */
static bool is_liftable(const Graph *graph, Op op, const Node *args, uint32_t count) {
  if (op_info[op].flags & FLAG_D || op == OP_INDEX || op == OP_ORDINAL || op == OP_HOLE || op == OP_CHOOSE)
    return false;
  if (is_own_element(graph, op, args) || count > MOST_ARGS) return false;
  for (uint32_t k = 0; k < count; k++)
    if (graph_op(graph, args[k]) == OP_TOKEN) return false;
  return true;
}

Node conditions_make(Conditions *conditions, Op op, TypeId type, uint32_t data, const Node *args,
                     uint32_t count, Span span) {
  Graph *graph = conditions->graph;
  Lifted lifted = {conditions, op, type, data, count, span, UINT64_MAX, NULL, 0, NULL};
  if (op == OP_CHOOSE) return within_room(conditions, &lifted, args);
  if (!has_choice(graph, args, count)) return NODE_NONE;
  return is_liftable(graph, op, args, count) ? within_room(conditions, &lifted, args) : NODE_NONE;
}

Node conditions_close(Conditions *conditions, Rewrite *rewrite, Node old, const Node *variables,
                      const Node *args) {
  Graph *graph = conditions->graph;
  Op op = graph_op(graph, old);
  Binder binder = binder_of(op);
  Lifted lifted = {conditions, op,      0,   0,        graph_arity(graph, old), graph_span(graph, old),
                   0,          rewrite, old, variables};
  for (uint32_t k = 0; k < lifted.count; k++) {
    bool variable = k == binder.variable[0] || (binder.count == 2 && k == binder.variable[1]);
    if (!variable) lifted.loose |= 1ULL << k;
    for (uint32_t v = 0; !variable && v < binder.count; v++)
      if (repeats(graph, args[k], variables[v])) return NODE_NONE;
  }
  return next_condition(&lifted, args) == NODE_NONE ? NODE_NONE : within_room(conditions, &lifted, args);
}

/* ---- filters ---- */

/* Either of two trees holds. */
static Node either(Conditions *conditions, Node a, Node b, Span span) {
  return decide_by(conditions, a, graph_bool(conditions->graph, true), b, span);
}

/* A tree where a condition is known to hold (O. Coudert, J. C. Madre, A unified framework for the formal verification of
 * sequential circuits, 1990: restrict). */
static Node restricted(Conditions *conditions, Node holds, Node tree, Span span) {
  Graph *graph = conditions->graph;
  Node decided = first_condition(graph, holds), own = first_condition(graph, tree);
  if (!conditions->room || graph->full || decided == NODE_NONE || own == NODE_NONE) return tree;
  conditions->room--;
  Node first = earlier(conditions, decided, own);
  Node then = where(graph, holds, first, true), otherwise = where(graph, holds, first, false);
  if (graph_is_bool(graph, otherwise, false))
    return restricted(conditions, then, where(graph, tree, first, true), span);
  if (graph_is_bool(graph, then, false))
    return restricted(conditions, otherwise, where(graph, tree, first, false), span);
  if (first != own) return restricted(conditions, either(conditions, then, otherwise, span), tree, span);
  Node yes = restricted(conditions, then, where(graph, tree, first, true), span);
  Node no = restricted(conditions, otherwise, where(graph, tree, first, false), span);
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return first;
  return decide(conditions, first, yes, no, span);
}

Node conditions_filtered(Conditions *conditions, Node filter, Node body, Span span) {
  conditions->room = room_left(conditions);
  Node made = restricted(conditions, filter, body, span);
  return conditions->room ? made : body;
}

/* ---- what arms have in common ---- */

enum { MOST_DEPTH = 64 };

static bool is_value(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return !(op_info[op].flags & FLAG_D) && op != OP_INDEX && op != OP_TOKEN;
}

/* Whether operands are the same, or values between which can be chosen. */
static bool is_choosable(const Graph *graph, Node x, Node y) {
  if (x == y) return true;
  return is_value(graph, x) && is_value(graph, y) && graph_type(graph, x) == graph_type(graph, y);
}

static bool is_same_operation(const Graph *graph, Node a, Node b) {
  Op op = graph_op(graph, a);
  uint32_t count = graph_arity(graph, a);
  return count && op == graph_op(graph, b) && op != OP_CHOOSE && !binder_of(op).count &&
         graph->data.data[a] == graph->data.data[b] && graph_type(graph, a) == graph_type(graph, b) &&
         count == graph_arity(graph, b) && is_value(graph, a);
}

/* Operands of `b` in the order in which they are set against those of `a`: by their places, and where these mean nothing
 * the same operands against each other. False: there is no one way to do it. */
static bool pair_operands(const Conditions *conditions, Node a, Node b, Nodes *into) {
  const Graph *graph = conditions->graph;
  bool commutes = op_info[graph_op(graph, a)].flags & FLAG_C;
  Node a0 = graph_arg(graph, a, 0), a1 = commutes ? graph_arg(graph, a, 1) : a0;
  Node b0 = graph_arg(graph, b, 0), b1 = commutes ? graph_arg(graph, b, 1) : b0;
  bool crossed = commutes && a0 != b0 && a1 != b1 && (a0 == b1 || a1 == b0);
  for (uint32_t k = 0; k < graph_arity(graph, a); k++)
    vec_push(into, crossed ? graph_arg(graph, b, 1 - k) : graph_arg(graph, b, k));
  for (uint32_t k = 0; k < into->len; k++)
    if (!is_choosable(graph, graph_arg(graph, a, k), into->data[k])) return false;
  if (!commutes || crossed || a0 == b0 || a1 == b1) return true;
  return !digest_same(digester_of(conditions->digester, a0), digester_of(conditions->digester, a1)) &&
         !digest_same(digester_of(conditions->digester, b0), digester_of(conditions->digester, b1));
}

/* The same operation on other operands, in their order where that means nothing. */
static Node operation_on(const Conditions *conditions, Node like, Node *args, uint32_t count) {
  Graph *graph = conditions->graph;
  Op op = graph_op(graph, like);
  if (op_info[op].flags & FLAG_C) {
    int order = digest_compare(digester_of(conditions->digester, args[0]),
                               digester_of(conditions->digester, args[1]));
    if (order > 0 || (!order && args[0] > args[1])) {
      Node first = args[0];
      args[0] = args[1];
      args[1] = first;
    }
  }
  return graph_raw(graph, op, graph_type(graph, like), graph->data.data[like], args, count,
                   graph_span(graph, like));
}

static Node choose_between(const Conditions *conditions, Node condition, Node yes, Node no, Span span,
                           int level) {
  Graph *graph = conditions->graph;
  if (yes == no || graph->full) return yes;
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return condition;
  if (graph_is_bool(graph, yes, false) && graph_is_bool(graph, no, true))
    return graph_raw(graph, OP_NOT_, T_BOOL, 0, &condition, 1, span);
  Nodes other = {0}, args = {0};
  Node made;
  if (level > MOST_DEPTH || !is_same_operation(graph, yes, no) ||
      !pair_operands(conditions, yes, no, &other)) {
    made = graph_raw(graph, OP_CHOOSE, graph_type(graph, yes), 0, (const Node[]){condition, yes, no}, 3,
                     span);
  } else {
    for (uint32_t k = 0; k < other.len; k++) {
      Node arg = choose_between(conditions, condition, graph_arg(graph, yes, k), other.data[k], span,
                                level + 1);
      vec_push(&args, arg);
    }
    made = operation_on(conditions, yes, args.data, args.len);
  }
  vec_free(&other);
  vec_free(&args);
  return made;
}

static Node factor(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Conditions *conditions = rewrite->self;
  Graph *graph = rewrite->to;
  Op op = graph_op(graph, old);
  if (!count) return old;
  Span span = graph_span(graph, old);
  Node said = graph_raw(graph, op, graph_type(graph, old), graph->data.data[old], args, count, span);
  if (op != OP_CHOOSE) {
    if (!(op_info[op].flags & FLAG_C)) return said;
    Node sorted[2] = {args[0], args[1]}, made = operation_on(conditions, old, sorted, 2);
    trace_law(graph, LAW_COMMUTE, said, made);
    return made;
  }
  Node made = choose_between(conditions, args[0], args[1], args[2], span, 0);
  trace_law(graph, LAW_CONDITIONS, said, made);
  return made;
}

static void opened(Rewrite *rewrite, const Scope *scope) {
  const Conditions *conditions = rewrite->self;
  digester_scope(conditions->digester, scope);
}

static void factor_root(void *self, Node *root) {
  Rewrite *rewrite = self;
  Node made = rewrite_term(rewrite, *root);
  trace_end(rewrite->to, rewrite->root.id, *root, made);
  *root = made;
}

void conditions_factor(Conditions *conditions) {
  Graph *graph = conditions->graph;
  const RuleRow *rules = graph->rules, *more = graph->more;
  graph->rules = graph->more = NULL;
  Rewrite rewrite = {
      .from = graph, .to = graph, .all = true, .make = factor, .opened = opened, .self = conditions};
  graph_each_root(graph, factor_root, &rewrite);
  rewrite_end(&rewrite);
  graph->rules = rules, graph->more = more;
}
