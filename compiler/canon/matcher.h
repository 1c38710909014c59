/* matcher.h: what the files of matching share. */
#ifndef WEFT_CANON_MATCHER_H
#define WEFT_CANON_MATCHER_H

#include "canon/match.h"

#define NOTHING UINT32_MAX

/* A binder of the pattern and one of the target that are taken for each other. */
typedef struct Pair {
  uint32_t parent; /* the pair around, or NOTHING */
  uint32_t count;
  Node from[2], to[2]; /* variables of pattern and target */
  Node condition;      /* of the target: what filters the array that the pattern walks; NODE_NONE: nothing */
} Pair;

typedef enum GoalKind {
  GOAL_SAME, /* the pattern's node stands for the target's */
  GOAL_SOME, /* it stands for some node: a further result of the pattern */
  GOAL_ABOVE, /* it is a hole, and stands for one of the smallest terms over what `target`, of the pattern, stands for */
  GOAL_MET
} GoalKind;

/* Goals are lists that share their tails. */
typedef struct Goal {
  GoalKind kind;
  Node pattern, target;
  uint32_t pair; /* innermost around */
  uint32_t next; /* or NOTHING */
} Goal;

/* What can be taken back: what a node of the pattern stood for before. */
typedef struct Change {
  Node pattern, before;
  uint32_t pair_before;
} Change;

/* A goal that can be reached in several ways. */
typedef struct Choice {
  uint32_t goal, changes; /* to go back to */
  Node pattern;           /* matched with a candidate before the goal is tried; NODE_NONE: nothing */
  uint32_t from, at, end; /* candidates that are left */
  bool every;             /* each is an occurrence of its own, and not only the first that fits */
} Choice;

typedef struct Matcher {
  Graph *pattern, *target;
  uint32_t target_count; /* of nodes, before anything was made */
  Node *stands_for;      /* for each node of the pattern, or NODE_NONE */
  uint32_t *pair_of;     /* in which pair it does */
  VEC(Pair) pairs;
  VEC(Goal) goals;
  VEC(Change) changes;
  VEC(Choice) choices;
  VEC(Node) candidates;
  VEC(Node) stack, leaves, holes; /* holes: of the pattern */
  uint32_t *seen, seen_cap, stamp;
  Map task_same;      /* pattern's task << 32 | target's to 1: no, 2: yes */
  uint8_t *reachable; /* of the target */
  uint32_t *user_first;
  Node *users; /* of the target's nodes */
  uint64_t budget;
} Matcher;

/* match.c */
/* Whether all of the goals can be met together; what stands for what is left as it is then. */
bool match_solve(Matcher *matcher, uint32_t goals);
/* After that: the same in the next way that is an occurrence of its own. */
bool match_again(Matcher *matcher);
void match_reset(Matcher *matcher);
bool match_type_fits(const Matcher *matcher, TypeId pattern, TypeId target);
void match_set(Matcher *matcher, Node pattern, Node target, uint32_t pair);
uint32_t match_goal(Matcher *matcher, Goal goal);
/* The variable of the target that one of the pattern is taken for; NODE_NONE: none. */
Node match_variable(const Matcher *matcher, Node variable, uint32_t pair);
/* Try `goal` after each of the candidates from `from` on was taken for `pattern`. False: not met yet. */
bool match_choose(Matcher *matcher, Goal goal, Node pattern, uint32_t from, bool every);
/* Whether it was not marked with the stamp yet. */
bool match_mark(Matcher *matcher, Node node);
/* Whether a pattern's node is an input or a hole without operands. */
static inline bool match_is_blank(const Matcher *matcher, Node node) {
  Op op = graph_op(matcher->pattern, node);
  return op == OP_INPUT || (op == OP_HOLE && !graph_arity(matcher->pattern, node));
}

/* match_hole.c */
bool match_hole(Matcher *matcher, Goal goal);
/* Whether a term mentions no variable of these pairs but `but` (or NODE_NONE). */
bool match_is_outside(const Matcher *matcher, Node node, uint32_t pair, Node but);
/* The smallest terms over a node in which something happens, as candidates for a hole. */
void match_climb(Matcher *matcher, Node hole, Node node);

/* match_array.c: arrays that the pattern walks and names. */
/* `element(array, index)` of the pattern, where `array` is blank. */
bool match_element(Matcher *matcher, Goal goal);
/* The index set of a blank array. */
bool match_dim(Matcher *matcher, Goal goal);
/* The element of a target's array at an index over its set, seen through collects. */
Node match_element_at(Graph *graph, Node array, Node index, TypeId type);
/* The array whose elements a term is, for each value of a target's index that one of these pairs has; NODE_NONE: it would
 * depend on other variables of them. */
Node match_walked_array(Matcher *matcher, Node index, uint32_t pair, Node term);

/* match_choose.c: what a node's value depends on a choice by, and its value in arm 1 or 2 of it; NODE_NONE: nothing.
 * Operations common to both arms are taken into them. */
Node match_condition(const Graph *graph, Node node);
Node match_arm(Graph *graph, Node node, Node condition, uint32_t arm);

/* match_fill.c: the pattern's node with its holes filled, in the target; NODE_NONE: too large. */
Node match_fill(Matcher *matcher, Node root);

#endif
