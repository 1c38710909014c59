/* match_hole.c: what a hole can stand for. */
#include "canon/matcher.h"

#include "ir/rewrite.h"
#include "ir/varset.h"

#include <stdio.h>
#include <string.h>

/* What a hole is applied to. */
typedef enum OperandKind {
  OPERAND_KNOWN, /* a term of the target */
  OPERAND_ANY,   /* blank: whatever goes in */
  OPERAND_WALKED, /* an element of a blank array, or the number of a round: what depends on the index goes in */
  OPERAND_TYPED, /* an element of a blank array of a known type: what goes in is of this type */
  OPERAND_SOUGHT
} OperandKind;

typedef struct Operand {
  OperandKind kind;
  Node node;  /* KNOWN; the array of WALKED, or NODE_NONE */
  Node index; /* WALKED: of the target */
} Operand;

enum { MOST_OPERANDS = 64 };

typedef struct Operands {
  uint32_t count;
  Operand list[MOST_OPERANDS];
} Operands;

bool match_is_outside(const Matcher *matcher, Node node, uint32_t pair, Node but) {
  const Graph *target = matcher->target;
  uint32_t vars = target->vars.data[node];
  for (; vars && pair != NOTHING; pair = matcher->pairs.data[pair].parent)
    for (uint32_t k = 0; k < matcher->pairs.data[pair].count; k++) {
      Node variable = matcher->pairs.data[pair].to[k];
      if (variable != but && varset_has(target->sets, vars, variable)) return false;
    }
  return true;
}

/* ---- operands ---- */

static Operand operand_of(Matcher *matcher, Node arg, uint32_t pair) {
  const Graph *pattern = matcher->pattern;
  Op op = graph_op(pattern, arg);
  Node known = matcher->stands_for[arg];
  if (known != NODE_NONE && (!pattern->vars.data[arg] || matcher->pair_of[arg] == pair))
    return (Operand){OPERAND_KNOWN, known, NODE_NONE};
  if (op == OP_STATE) return (Operand){OPERAND_KNOWN, match_variable(matcher, arg, pair), NODE_NONE};
  if (match_is_blank(matcher, arg)) return (Operand){OPERAND_ANY, NODE_NONE, NODE_NONE};
  bool element = op == OP_ELEMENT && match_is_blank(matcher, graph_arg(pattern, arg, 0));
  if (!element && op != OP_ORDINAL) return (Operand){OPERAND_SOUGHT, NODE_NONE, NODE_NONE};
  Node index = match_variable(matcher, graph_arg(pattern, arg, element), pair);
  if (index == NODE_NONE) return (Operand){OPERAND_SOUGHT, NODE_NONE, NODE_NONE};
  Node array = element ? graph_arg(pattern, arg, 0) : NODE_NONE;
  if (element && matcher->stands_for[array] != NODE_NONE) {
    const Type *type = type_of(matcher->target->types,
                               graph_type(matcher->target, matcher->stands_for[array]));
    TypeId item = type->count ? type->args[0] : T_ERROR;
    Node at = match_element_at(matcher->target, matcher->stands_for[array], index, item);
    return (Operand){OPERAND_KNOWN, at, NODE_NONE};
  }
  bool typed = element && !type_is_open(pattern->types, graph_type(pattern, arg));
  return (Operand){typed ? OPERAND_TYPED : OPERAND_WALKED, array, index};
}

/* What is at or below the term, nearest first, into matcher->stack. */
static void list_below(Matcher *matcher, Node term) {
  const Graph *target = matcher->target;
  matcher->stamp++;
  matcher->stack.len = 0;
  vec_push(&matcher->stack, term);
  match_mark(matcher, term);
  for (uint32_t at = 0; at < matcher->stack.len && matcher->budget; at++, matcher->budget--) {
    Node node = matcher->stack.data[at];
    for (uint32_t k = 0; k < graph_arity(target, node); k++)
      if (match_mark(matcher, graph_arg(target, node, k)))
        vec_push(&matcher->stack, graph_arg(target, node, k));
  }
}

/* Where an operand that has to be found could be: below the term, nearest first. */
static bool seek(Matcher *matcher, Goal goal, Node arg) {
  const Graph *target = matcher->target;
  uint32_t from = matcher->candidates.len, vars = target->vars.data[goal.target];
  Op op = graph_op(matcher->pattern, arg);
  list_below(matcher, goal.target);
  for (uint32_t at = 1; at < matcher->stack.len; at++) {
    Node node = matcher->stack.data[at];
    if (op == OP_HOLE ? graph_op(target, node) == OP_TASK : graph_op(target, node) != op) continue;
    if (varset_union(target->sets, target->vars.data[node], vars) == vars)
      vec_push(&matcher->candidates, node);
  }
  return match_choose(matcher, goal, arg, from, false);
}

/* An element of an array whose type is known: the farthest terms of this type first, which are elements themselves. */
static bool seek_typed(Matcher *matcher, Goal goal, Node arg, Node index) {
  const Graph *target = matcher->target;
  uint32_t from = matcher->candidates.len, vars = target->vars.data[goal.target];
  TypeId type = graph_type(matcher->pattern, arg);
  list_below(matcher, goal.target);
  for (uint32_t at = matcher->stack.len; at-- > 1;) {
    Node node = matcher->stack.data[at];
    Op op = graph_op(target, node);
    bool value = !(op_info[op].flags & FLAG_D) && op != OP_INDEX && op != OP_TOKEN;
    if (!value || graph_type(target, node) != type || !graph_mentions(target, node, index)) continue;
    if (varset_union(target->sets, target->vars.data[node], vars) == vars)
      vec_push(&matcher->candidates, node);
  }
  return match_choose(matcher, goal, arg, from, false);
}

/* ---- what the term is made of ---- */

static bool is_known(const Matcher *matcher, const Operands *operands, Node node) {
  const Graph *target = matcher->target;
  for (uint32_t j = 0; j < operands->count; j++) {
    const Operand *operand = &operands->list[j];
    if (operand->kind != OPERAND_KNOWN) continue;
    if (operand->node == node) return true;
    for (uint32_t k = 0;
         graph_op(target, operand->node) == OP_RECORD && k < graph_arity(target, operand->node); k++)
      if (graph_arg(target, operand->node, k) == node) return true;
  }
  return false;
}

static bool is_walked(const Operands *operands, Node index) {
  for (uint32_t j = 0; j < operands->count; j++)
    if (operands->list[j].kind == OPERAND_WALKED && operands->list[j].index == index) return true;
  return false;
}

/* A term that depends on an index directly is a leaf: an element, the number of the round. */
static bool is_leaf(const Matcher *matcher, const Operands *operands, Node node) {
  const Graph *target = matcher->target;
  Op op = graph_op(target, node);
  if (op == OP_TASK || op == OP_ASK) return false;
  for (uint32_t k = 0; k < graph_arity(target, node); k++)
    if (is_walked(operands, graph_arg(target, node, k))) return true;
  return false;
}

/* Whether a term depends on the variables of the pairs through its operands only; the leaves go into matcher->leaves.
 * Variables around a volatile call say when it happens. */
static bool depends_through(Matcher *matcher, Node term, const Operands *operands, uint32_t pair) {
  const Graph *target = matcher->target;
  matcher->stamp++;
  matcher->stack.len = matcher->leaves.len = 0;
  vec_push(&matcher->stack, term);
  match_mark(matcher, term);
  while (matcher->stack.len && matcher->budget) {
    Node node = vec_pop(&matcher->stack);
    Op op = graph_op(target, node), above;
    matcher->budget--;
    if (is_known(matcher, operands, node) || match_is_outside(matcher, node, pair, NODE_NONE)) continue;
    if (is_leaf(matcher, operands, node)) {
      vec_push(&matcher->leaves, node);
      continue;
    }
    if (op == OP_INDEX || op == OP_STATE) return false;
    for (uint32_t k = graph_arity(target, node); k-- > 0;) {
      Node arg = graph_arg(target, node, k);
      above = graph_op(target, arg);
      bool context = (op == OP_TASK || op == OP_ASK) && (above == OP_INDEX || above == OP_STATE) &&
                     !is_known(matcher, operands, arg);
      if (!context && match_mark(matcher, arg)) vec_push(&matcher->stack, arg);
    }
  }
  return matcher->budget != 0;
}

/* Whether something happens between the operands and the term. */
static bool does_something(const Matcher *matcher, Node term, const Operands *operands) {
  const Graph *target = matcher->target;
  for (;;) {
    if (is_known(matcher, operands, term)) return false;
    switch (graph_op(target, term)) {
      case OP_PROJECT: /* of a record it is something */
        if (graph_op(target, graph_arg(target, term, 0)) != OP_TASK) return true;
        term = graph_arg(target, term, 0);
        break;
      case OP_CAST:
      case OP_SOME:
      case OP_UNWRAP:
      case OP_AFTER:
      case OP_ELEMENT:
        term = graph_arg(target, term, 0);
        break;
      case OP_INPUT:
      case OP_PARAM:
      case OP_LIT:
      case OP_STATE:
      case OP_ORDINAL:
        return false;
      default:
        return true;
    }
  }
}

/* ---- arrays that are walked ---- */

static Node leaves_together(Matcher *matcher) {
  Graph *target = matcher->target;
  uint32_t count = matcher->leaves.len;
  if (count == 1) return matcher->leaves.data[0];
  Arena *arena = target->session->arena;
  Sym *names = ARENA_ARRAY(arena, Sym, count);
  TypeId *types = ARENA_ARRAY(arena, TypeId, count);
  for (uint32_t k = 0; k < count; k++) {
    char name[16];
    names[k] = intern(target->session->names, name, (size_t)snprintf(name, sizeof name, "x%u", k + 1));
    types[k] = graph_type(target, matcher->leaves.data[k]);
  }
  TypeId type = type_record(target->types, count, names, types);
  return graph_make(target, OP_RECORD, type, 0, matcher->leaves.data, count, (Span){0});
}

/* Of all leaves those that an operand's index is in, into matcher->leaves. */
static void leaves_of(Matcher *matcher, const Node *all, uint32_t count, Node index) {
  const Graph *target = matcher->target;
  matcher->leaves.len = 0;
  for (uint32_t i = 0; i < count; i++) {
    bool own = false;
    for (uint32_t k = 0; k < graph_arity(target, all[i]); k++) own |= graph_arg(target, all[i], k) == index;
    if (own) vec_push(&matcher->leaves, all[i]);
  }
}

static bool is_array(const Operand *operand) {
  return operand->kind == OPERAND_WALKED && operand->node != NODE_NONE;
}

/* The array that operand `j` walks: of its leaf where its index has as many leaves as arrays, else of all together. */
static bool take_array(Matcher *matcher, const Operands *operands, uint32_t j, uint32_t pair) {
  const Operand *operand = &operands->list[j];
  uint32_t walked = 0, before = 0;
  for (uint32_t i = 0; i < operands->count; i++) {
    bool beside = is_array(&operands->list[i]) && operands->list[i].index == operand->index;
    walked += beside;
    before += beside && i < j;
  }
  if (!matcher->leaves.len) return true;
  if (walked > 1 && walked != matcher->leaves.len) return false;
  Node leaf = walked > 1 ? matcher->leaves.data[before] : leaves_together(matcher);
  Node array = match_walked_array(matcher, operand->index, pair, leaf);
  if (array == NODE_NONE || !match_type_fits(matcher, graph_type(matcher->pattern, operand->node),
                                             graph_type(matcher->target, array)))
    return false;
  match_set(matcher, operand->node, array, NOTHING);
  return true;
}

static bool take_walked(Matcher *matcher, const Operands *operands, uint32_t pair) {
  uint32_t count = matcher->leaves.len;
  bool fine = true;
  Node *all = mem_alloc((count + 1) * sizeof *all);
  if (count) memcpy(all, matcher->leaves.data, count * sizeof *all);
  for (uint32_t j = 0; fine && j < operands->count; j++) {
    if (!is_array(&operands->list[j])) continue;
    leaves_of(matcher, all, count, operands->list[j].index);
    fine = take_array(matcher, operands, j, pair);
  }
  free(all);
  return fine;
}

/* ---- one hole in several places ---- */

/* What `term` over `from` is over `to`. */
static Node replace_operands(Matcher *matcher, Node term, const Operands *from, const Operands *to) {
  Graph *target = matcher->target;
  Rewrite rewrite = {.from = target, .to = target, .all = true};
  size_t bytes = (graph_count(target) + 1) * sizeof *rewrite.dense;
  rewrite.dense = mem_zero(bytes);
  matcher->budget -= matcher->budget < graph_count(target) ? matcher->budget : graph_count(target);
  for (uint32_t j = 0; j < from->count && j < to->count; j++)
    if (from->list[j].kind == OPERAND_KNOWN && to->list[j].kind == OPERAND_KNOWN)
      rewrite.dense[from->list[j].node] = to->list[j].node + 1;
  Node made = rewrite_term(&rewrite, term);
  rewrite_end(&rewrite);
  return made;
}

static void find_operands(Matcher *matcher, Node hole, uint32_t pair, Operands *operands) {
  operands->count = graph_arity(matcher->pattern, hole);
  for (uint32_t j = 0; j < operands->count; j++)
    operands->list[j] = operand_of(matcher, graph_arg(matcher->pattern, hole, j), pair);
}

/* Whether what the hole stands for elsewhere agrees. */
static bool agrees(Matcher *matcher, Goal goal, const Operands *operands) {
  const Graph *pattern = matcher->pattern;
  for (uint32_t h = 0; h < matcher->holes.len; h++) {
    Node other = matcher->holes.data[h], stands = matcher->stands_for[other];
    bool same = pattern->data.data[other] == pattern->data.data[goal.pattern] && stands != NODE_NONE;
    if (!same || other == goal.pattern) continue;
    if (graph_arity(pattern, other) != operands->count) return false;
    Operands others;
    find_operands(matcher, other, matcher->pair_of[other], &others);
    if (replace_operands(matcher, stands, &others, operands) != goal.target) return false;
  }
  return true;
}

/* ---- the whole ---- */

bool match_hole(Matcher *matcher, Goal goal) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  Op op = graph_op(target, goal.target);
  if (op_info[op].flags & FLAG_D || op == OP_TOKEN || op == OP_INDEX) return false;
  if (!match_type_fits(matcher, graph_type(pattern, goal.pattern), graph_type(target, goal.target)))
    return false;
  Operands operands;
  if (graph_arity(pattern, goal.pattern) > MOST_OPERANDS) return false;
  find_operands(matcher, goal.pattern, goal.pair, &operands);
  for (uint32_t j = 0; j < operands.count; j++) {
    Node arg = graph_arg(pattern, goal.pattern, j);
    if (operands.list[j].kind == OPERAND_SOUGHT) return seek(matcher, goal, arg);
    if (operands.list[j].kind == OPERAND_TYPED) return seek_typed(matcher, goal, arg, operands.list[j].index);
  }
  if (operands.count && !does_something(matcher, goal.target, &operands)) return false;
  if (!depends_through(matcher, goal.target, &operands, goal.pair)) return false;
  if (!take_walked(matcher, &operands, goal.pair)) return false;
  if (graph_op(pattern, goal.pattern) == OP_HOLE && !agrees(matcher, goal, &operands)) return false;
  match_set(matcher, goal.pattern, goal.target, goal.pair);
  return true;
}

/* ---- upwards ---- */

static bool only_passes(Op op) {
  return op == OP_PROJECT || op == OP_CAST || op == OP_SOME || op == OP_UNWRAP || op == OP_AFTER ||
         op == OP_RECORD || op == OP_ELEMENT || op == OP_INDEX || op_info[op].flags & FLAG_D;
}

/* A call as a whole where the hole's type is open, else its results. False: it has none of the type. */
static bool add_candidate(Matcher *matcher, Node hole, Node node) {
  const Graph *target = matcher->target;
  TypeId wanted = graph_type(matcher->pattern, hole);
  bool added = false;
  if (graph_op(target, node) != OP_TASK || !wanted) {
    added = match_type_fits(matcher, wanted, graph_type(target, node));
    if (added) vec_push(&matcher->candidates, node);
    return added;
  }
  for (uint32_t k = matcher->user_first[node]; k < matcher->user_first[node + 1]; k++) {
    Node result = matcher->users[k];
    if (graph_op(target, result) != OP_PROJECT ||
        !match_type_fits(matcher, wanted, graph_type(target, result)))
      continue;
    vec_push(&matcher->candidates, result);
    added = true;
  }
  return added;
}

void match_climb(Matcher *matcher, Node hole, Node node) {
  const Graph *target = matcher->target;
  uint32_t inside = target->vars.data[node];
  if (node >= matcher->target_count) return;
  matcher->stamp++;
  matcher->stack.len = 0;
  vec_push(&matcher->stack, node);
  while (matcher->stack.len && matcher->budget) {
    Node at = vec_pop(&matcher->stack);
    for (uint32_t k = matcher->user_first[at + 1]; k-- > matcher->user_first[at];) {
      Node user = matcher->users[k];
      matcher->budget -= matcher->budget > 0;
      if (!match_mark(matcher, user)) continue;
      bool passes = only_passes(graph_op(target, user)) ||
                    varset_union(target->sets, target->vars.data[user], inside) != inside;
      if (passes || !add_candidate(matcher, hole, user)) vec_push(&matcher->stack, user);
    }
  }
}
