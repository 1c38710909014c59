/* match.c: one candidate: goals, choices and the way back. */
#include "canon/matcher.h"

#include "canon/digest.h"
#include "ir/binder.h"
#include "ir/varset.h"

#include <string.h>

bool match_mark(Matcher *matcher, Node node) {
  uint32_t count = graph_count(matcher->target);
  if (count > matcher->seen_cap) {
    uint32_t cap = count * 2;
    matcher->seen = mem_resize(matcher->seen, cap * sizeof *matcher->seen);
    memset(matcher->seen + matcher->seen_cap, 0, (cap - matcher->seen_cap) * sizeof *matcher->seen);
    matcher->seen_cap = cap;
  }
  if (matcher->seen[node] == matcher->stamp) return false;
  matcher->seen[node] = matcher->stamp;
  return true;
}

void match_set(Matcher *matcher, Node pattern, Node target, uint32_t pair) {
  vec_push(&matcher->changes, (Change){pattern, matcher->stands_for[pattern], matcher->pair_of[pattern]});
  matcher->stands_for[pattern] = target;
  matcher->pair_of[pattern] = pair;
}

uint32_t match_goal(Matcher *matcher, Goal goal) {
  vec_push(&matcher->goals, goal);
  return matcher->goals.len - 1;
}

static uint32_t same_goal(Matcher *matcher, Node pattern, Node target, uint32_t pair, uint32_t next) {
  return match_goal(matcher, (Goal){GOAL_SAME, pattern, target, pair, next});
}

Node match_variable(const Matcher *matcher, Node variable, uint32_t pair) {
  for (; pair != NOTHING; pair = matcher->pairs.data[pair].parent)
    for (uint32_t k = 0; k < matcher->pairs.data[pair].count; k++)
      if (matcher->pairs.data[pair].from[k] == variable) return matcher->pairs.data[pair].to[k];
  return NODE_NONE;
}

/* ---- leaves ---- */

/* What is open in the pattern's type fits everything. */
bool match_type_fits(const Matcher *matcher, TypeId pattern_id, TypeId target_id) {
  if (pattern_id == target_id) return true;
  const Type *pattern = type_of(matcher->pattern->types, pattern_id);
  const Type *target = type_of(matcher->target->types, target_id);
  if (pattern->kind == T_ERROR || pattern->kind == T_VAR) return true;
  if (pattern->kind != target->kind || pattern->count != target->count || !pattern->count) return false;
  for (uint32_t i = 0; i < pattern->count; i++) {
    if (pattern->kind == T_RECORD && pattern->names[i] != target->names[i]) return false;
    if (!match_type_fits(matcher, pattern->args[i], target->args[i])) return false;
  }
  return true;
}

static bool literal_same(const Matcher *matcher, Node pattern, Node target) {
  const Literal *a = graph_literal(matcher->pattern, pattern), *b = graph_literal(matcher->target, target);
  if (a->kind != b->kind) return false;
  if (a->kind == LIT_STRING) return a->text == b->text;
  return a->kind == LIT_UNIT || a->kind == LIT_ABSENT || a->integer == b->integer;
}

static bool task_same(Matcher *matcher, uint32_t pattern, uint32_t target) {
  uint64_t key = (uint64_t)pattern << 32 | target;
  uint32_t known = map_get(&matcher->task_same, key);
  if (known) return known == 2;
  char a[65], b[65];
  graph_task_identity(matcher->pattern, pattern, a);
  graph_task_identity(matcher->target, target, b);
  map_put(&matcher->task_same, key, strcmp(a, b) ? 1 : 2);
  return !strcmp(a, b);
}

/* ---- nodes ---- */

static void same_args(Matcher *matcher, Goal goal, uint32_t count, bool swapped, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  for (uint32_t k = count; k-- > 0;) {
    uint32_t other = swapped ? count - 1 - k : k;
    *next = same_goal(matcher, graph_arg(pattern, goal.pattern, k), graph_arg(target, goal.target, other),
                      goal.pair, *next);
  }
}

/* What a volatile call happens for: its token, the variables around it, and what it comes after.  The target may stand
 * in more binders than the pattern has. */
static bool same_extra(Matcher *matcher, Goal goal, Node extra, uint32_t from, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  Op op = graph_op(pattern, extra);
  for (uint32_t k = from; k < graph_arity(target, goal.target); k++) {
    Node other = graph_arg(target, goal.target, k);
    bool variable = op == OP_INDEX || op == OP_STATE;
    if (variable && match_variable(matcher, extra, goal.pair) != other) continue;
    if (!variable && graph_op(target, other) != op) continue;
    if (!variable) *next = same_goal(matcher, extra, other, goal.pair, *next);
    return true;
  }
  return false;
}

static bool match_task(Matcher *matcher, Goal goal, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  uint32_t number = pattern->data.data[goal.pattern], ins = pattern->tasks.data[number].in_count;
  if (!task_same(matcher, number, target->data.data[goal.target])) return false;
  uint32_t waits = 0;
  for (uint32_t k = ins; k < graph_arity(target, goal.target); k++) {
    Op op = graph_op(target, graph_arg(target, goal.target, k));
    waits += op != OP_TOKEN && op != OP_INDEX && op != OP_STATE;
  }
  for (uint32_t k = ins; k < graph_arity(pattern, goal.pattern); k++) {
    Node extra = graph_arg(pattern, goal.pattern, k);
    Op op = graph_op(pattern, extra);
    waits -= op != OP_TOKEN && op != OP_INDEX && op != OP_STATE;
    if (!same_extra(matcher, goal, extra, ins, next)) return false;
  }
  same_args(matcher, goal, ins, false, next);
  return !waits;
}

/* The body first: what it tells of arrays is needed for their index sets. */
static bool match_binder(Matcher *matcher, Goal goal, Binder binder, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  Pair pair = {.parent = goal.pair, .count = binder.count, .condition = NODE_NONE};
  for (uint32_t k = 0; k < binder.count; k++) {
    pair.from[k] = graph_arg(pattern, goal.pattern, binder.variable[k]);
    pair.to[k] = graph_arg(target, goal.target, binder.variable[k]);
  }
  bool indexed = graph_op(pattern, pair.from[0]) == OP_INDEX;
  Node set = indexed ? graph_arg(pattern, pair.from[0], 0) : NODE_NONE;
  bool walks = indexed && graph_op(pattern, set) == OP_DIM_OF &&
               match_is_blank(matcher, graph_arg(pattern, set, 0));
  Node condition = indexed ? graph_arg(target, goal.target, 1) : NODE_NONE;
  bool filtered = walks && graph_is_bool(pattern, graph_arg(pattern, goal.pattern, 1), true) &&
                  !graph_is_bool(target, condition, true);
  if (filtered) pair.condition = condition;
  vec_push(&matcher->pairs, pair);
  uint32_t inner = matcher->pairs.len - 1;
  if (indexed) *next = same_goal(matcher, set, graph_arg(target, pair.to[0], 0), inner, *next);
  for (uint32_t k = graph_arity(pattern, goal.pattern); k-- > 0;) {
    bool variable = k == binder.variable[0] || (binder.count == 2 && k == binder.variable[1]);
    if (variable || (filtered && k == 1)) continue;
    *next = same_goal(matcher, graph_arg(pattern, goal.pattern, k), graph_arg(target, goal.target, k),
                      binder.scoped >> k & 1 ? inner : goal.pair, *next);
  }
  return true;
}

static bool is_element_of_blank(const Matcher *matcher, Node node) {
  const Graph *pattern = matcher->pattern;
  return graph_op(pattern, node) == OP_ELEMENT && match_is_blank(matcher, graph_arg(pattern, node, 0)) &&
         graph_op(pattern, graph_arg(pattern, node, 1)) == OP_INDEX;
}

static bool match_plain(Matcher *matcher, Goal goal, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  Op op = graph_op(pattern, goal.pattern);
  uint32_t arity = graph_arity(pattern, goal.pattern);
  if (arity != graph_arity(target, goal.target)) return false;
  bool carries = op == OP_PROJECT || op == OP_READ || op == OP_PARAM;
  if (carries && pattern->data.data[goal.pattern] != target->data.data[goal.target]) return false;
  if (op != OP_PROJECT &&
      !match_type_fits(matcher, graph_type(pattern, goal.pattern), graph_type(target, goal.target)))
    return false;
  if (arity == 2 && unordered_from(pattern, goal.pattern) == 0) {
    uint32_t swapped = *next;
    same_args(matcher, goal, arity, true, &swapped);
    uint32_t none = matcher->candidates.len;
    vec_push(&matcher->choices,
             (Choice){swapped, matcher->changes.len, NODE_NONE, none, none, none + 1, false});
  }
  same_args(matcher, goal, arity, false, next);
  return true;
}

/* Arrays that are walked side by side and are of one index set. */
static bool match_one_set(Matcher *matcher, Goal goal, uint32_t *next) {
  for (uint32_t k = graph_arity(matcher->pattern, goal.pattern); k-- > 0;)
    *next = same_goal(matcher, graph_arg(matcher->pattern, goal.pattern, k), goal.target, goal.pair, *next);
  return true;
}

/* The greater of a blank and a number, where the target has a number that is not less: `max ?n` of a loop. */
static bool match_bound(Matcher *matcher, Goal goal, uint32_t *next) {
  const Graph *pattern = matcher->pattern;
  const Literal *found = graph_literal(matcher->target, goal.target);
  for (uint32_t k = 0; k < 2; k++) {
    Node blank = graph_arg(pattern, goal.pattern, k), number = graph_arg(pattern, goal.pattern, 1 - k);
    if (!match_is_blank(matcher, blank) || graph_op(pattern, number) != OP_LIT) continue;
    const Literal *least = graph_literal(pattern, number);
    if (found->kind != LIT_INT || least->kind != LIT_INT || found->integer < least->integer) return false;
    *next = same_goal(matcher, blank, goal.target, goal.pair, *next);
    return true;
  }
  return false;
}

static bool match_hoisted(Matcher *matcher, Goal goal, uint32_t *next) {
  Graph *target = matcher->target;
  Node condition = match_condition(target, goal.target);
  if (condition == NODE_NONE || target->full) return false;
  for (uint32_t arm = 2; arm; arm--)
    *next = same_goal(matcher, graph_arg(matcher->pattern, goal.pattern, arm),
                      match_arm(target, goal.target, condition, arm), goal.pair, *next);
  *next = same_goal(matcher, graph_arg(matcher->pattern, goal.pattern, 0), condition, goal.pair, *next);
  return true;
}

static bool match_node(Matcher *matcher, Goal goal, uint32_t *next) {
  const Graph *pattern = matcher->pattern, *target = matcher->target;
  Op op = graph_op(pattern, goal.pattern);
  if (op == OP_INDEX || op == OP_STATE)
    return match_variable(matcher, goal.pattern, goal.pair) == goal.target;
  if (is_element_of_blank(matcher, goal.pattern)) return match_element(matcher, goal);
  if (op == OP_DIM_OF && match_is_blank(matcher, graph_arg(pattern, goal.pattern, 0)))
    return match_dim(matcher, goal);
  if (op == OP_DIM_ZIP && graph_op(target, goal.target) != OP_DIM_ZIP)
    return match_one_set(matcher, goal, next);
  if (op == OP_MAX && graph_op(target, goal.target) == OP_LIT) return match_bound(matcher, goal, next);
  if (op == OP_CHOOSE && graph_op(target, goal.target) != OP_CHOOSE)
    return match_hoisted(matcher, goal, next);
  if (op != graph_op(target, goal.target)) return false;
  Binder binder = binder_of(op);
  if (binder.count) return match_binder(matcher, goal, binder, next);
  if (op == OP_LIT) return literal_same(matcher, goal.pattern, goal.target);
  if (op == OP_TOKEN) return true;
  return op == OP_TASK ? match_task(matcher, goal, next) : match_plain(matcher, goal, next);
}

/* ---- goals ---- */

bool match_choose(Matcher *matcher, Goal goal, Node pattern, uint32_t from, bool every) {
  uint32_t again = match_goal(matcher, goal);
  vec_push(&matcher->choices,
           (Choice){again, matcher->changes.len, pattern, from, from, matcher->candidates.len, every});
  return false;
}

static bool choose_any(Matcher *matcher, Goal goal) {
  uint32_t from = matcher->candidates.len;
  const Graph *target = matcher->target;
  for (Node node = 0; node < matcher->target_count; node++)
    if (matcher->reachable[node] && graph_op(target, node) == graph_op(matcher->pattern, goal.pattern))
      vec_push(&matcher->candidates, node);
  return match_choose(matcher, (Goal){.kind = GOAL_MET, .pair = NOTHING, .next = goal.next}, goal.pattern,
                      from, false);
}

static bool choose_above(Matcher *matcher, Goal goal) {
  uint32_t from = matcher->candidates.len;
  match_climb(matcher, goal.pattern, matcher->stands_for[goal.target]);
  return match_choose(matcher, (Goal){.kind = GOAL_MET, .pair = NOTHING, .next = goal.next}, goal.pattern,
                      from, true);
}

static bool meet_same(Matcher *matcher, Goal goal, uint32_t *next) {
  Node known = matcher->stands_for[goal.pattern];
  bool closed = !matcher->pattern->vars.data[goal.pattern];
  if (known != NODE_NONE && (closed || matcher->pair_of[goal.pattern] == goal.pair))
    return known == goal.target;
  if (graph_op(matcher->pattern, goal.pattern) == OP_HOLE || match_is_blank(matcher, goal.pattern))
    return match_hole(matcher, goal);
  match_set(matcher, goal.pattern, goal.target, goal.pair);
  return match_node(matcher, goal, next);
}

/* Whether the goal is met for now; what it asks for further comes before *next. */
static bool meet(Matcher *matcher, Goal goal, uint32_t *next) {
  if (!matcher->budget) return false;
  matcher->budget--;
  switch (goal.kind) {
    case GOAL_SAME:
      return meet_same(matcher, goal, next);
    case GOAL_SOME:
      return choose_any(matcher, goal);
    case GOAL_ABOVE:
      return choose_above(matcher, goal);
    default:
      return true;
  }
}

static void undo(Matcher *matcher, uint32_t to) {
  while (matcher->changes.len > to) {
    Change change = vec_pop(&matcher->changes);
    matcher->stands_for[change.pattern] = change.before;
    matcher->pair_of[change.pattern] = change.pair_before;
  }
}

/* Back to the last choice that has something left; false: there is none. */
static bool retreat(Matcher *matcher, uint32_t *current) {
  while (matcher->budget && matcher->choices.len) {
    Choice *choice = &vec_last(&matcher->choices);
    undo(matcher, choice->changes);
    if (choice->at == choice->end) {
      matcher->candidates.len = choice->from;
      matcher->choices.len--;
      continue;
    }
    uint32_t at = choice->at++, goal = choice->goal;
    *current = goal;
    if (choice->pattern != NODE_NONE)
      *current = same_goal(matcher, choice->pattern, matcher->candidates.data[at],
                           matcher->goals.data[goal].pair, goal);
    return true;
  }
  return false;
}

static bool run(Matcher *matcher, uint32_t current) {
  while (current != NOTHING) {
    Goal goal = matcher->goals.data[current];
    uint32_t next = goal.next;
    if (meet(matcher, goal, &next))
      current = next;
    else if (!retreat(matcher, &current))
      return false;
  }
  return true;
}

bool match_solve(Matcher *matcher, uint32_t goals) { return run(matcher, goals); }

bool match_again(Matcher *matcher) {
  uint32_t current;
  while (matcher->choices.len && !vec_last(&matcher->choices).every) {
    matcher->candidates.len = vec_last(&matcher->choices).from;
    matcher->choices.len--;
  }
  return retreat(matcher, &current) && run(matcher, current);
}

void match_reset(Matcher *matcher) {
  undo(matcher, 0);
  matcher->goals.len = matcher->pairs.len = matcher->choices.len = matcher->candidates.len = 0;
}
