/* match_find.c: all occurrences in a workflow. */
#include "canon/matcher.h"

#include <string.h>

enum { BUDGET = 1 << 24, BUDGET_PER_NODE = 256 };

typedef struct Finder {
  Matcher matcher;
  VEC(Node) roots; /* the pattern's results; several of one task are one */
  Node anchor;     /* what is looked for: the first root, or what is below the holes there */
  Matches *into;
} Finder;

/* ---- the pattern ---- */

static Node result_root(const Graph *pattern, Node node) {
  bool whole = graph_op(pattern, node) == OP_PROJECT &&
               graph_op(pattern, graph_arg(pattern, node, 0)) == OP_TASK;
  return whole ? graph_arg(pattern, node, 0) : node;
}

static bool is_hole(const Graph *pattern, Node node) {
  return graph_op(pattern, node) == OP_HOLE || graph_op(pattern, node) == OP_INPUT;
}

/* Below holes at the top: what is no hole; NODE_NONE: nothing is. The way is the first operand of this kind. */
static Node find_anchor(const Graph *pattern, Node node) {
  VEC(Node) stack = {0};
  Map seen = {0};
  Node found = NODE_NONE;
  vec_push(&stack, node);
  while (stack.len && found == NODE_NONE) {
    Node at = vec_pop(&stack);
    if (!is_hole(pattern, at)) found = at;
    if (map_get(&seen, at) || found != NODE_NONE) continue;
    map_put(&seen, at, 1);
    for (uint32_t k = graph_arity(pattern, at); k-- > 0;) vec_push(&stack, graph_arg(pattern, at, k));
  }
  vec_free(&stack);
  map_free(&seen);
  return found;
}

bool match_is_pattern(const Graph *pattern) {
  return pattern->outputs.len && find_anchor(pattern, pattern->outputs.data[0].node) != NODE_NONE;
}

/* ---- the target ---- */

static void find_users(Matcher *matcher) {
  const Graph *target = matcher->target;
  uint32_t count = matcher->target_count, *first = mem_zero((count + 2) * sizeof *first);
  matcher->reachable = graph_reachable(target);
  for (Node node = 0; node < count; node++)
    for (uint32_t k = 0; matcher->reachable[node] && k < graph_arity(target, node); k++)
      first[graph_arg(target, node, k) + 2]++;
  for (uint32_t i = 2; i < count + 2; i++) first[i] += first[i - 1];
  matcher->users = mem_alloc((first[count + 1] + 1) * sizeof(Node));
  for (Node node = 0; node < count; node++)
    for (uint32_t k = 0; matcher->reachable[node] && k < graph_arity(target, node); k++)
      matcher->users[first[graph_arg(target, node, k) + 1]++] = node;
  matcher->user_first = first;
}

static void finder_open(Finder *finder, Graph *pattern, Graph *target) {
  Matcher *matcher = &finder->matcher;
  uint32_t count = graph_count(pattern);
  matcher->pattern = pattern;
  matcher->target = target;
  matcher->target_count = graph_count(target);
  matcher->stands_for = mem_alloc((count + 1) * sizeof(Node));
  memset(matcher->stands_for, 0xff, (count + 1) * sizeof(Node));
  matcher->pair_of = mem_alloc((count + 1) * sizeof(uint32_t));
  matcher->budget = BUDGET + (uint64_t)BUDGET_PER_NODE * matcher->target_count;
  find_users(matcher);
  for (Node node = 0; node < count; node++)
    pattern->name_of.data[node] = 0; /* steps of the target keep their names */
  uint8_t *reachable = graph_reachable(pattern);
  for (Node node = 0; node < count; node++)
    if (reachable[node] && graph_op(pattern, node) == OP_HOLE) vec_push(&matcher->holes, node);
  free(reachable);
  for (uint32_t i = 0; i < pattern->outputs.len; i++) {
    Node root = result_root(pattern, pattern->outputs.data[i].node);
    bool again = false;
    for (uint32_t k = 0; k < finder->roots.len; k++) again |= finder->roots.data[k] == root;
    if (!again) vec_push(&finder->roots, root);
  }
  finder->anchor = find_anchor(pattern, finder->roots.data[0]);
}

static void finder_close(Finder *finder) {
  Matcher *matcher = &finder->matcher;
  free(matcher->stands_for);
  free(matcher->pair_of);
  free(matcher->seen);
  free(matcher->reachable);
  free(matcher->users);
  free(matcher->user_first);
  map_free(&matcher->task_same);
  vec_free(&matcher->pairs);
  vec_free(&matcher->goals);
  vec_free(&matcher->changes);
  vec_free(&matcher->choices);
  vec_free(&matcher->candidates);
  vec_free(&matcher->stack);
  vec_free(&matcher->leaves);
  vec_free(&matcher->holes);
  vec_free(&finder->roots);
}

/* ---- occurrences ---- */

static int by_hole(const void *a, const void *b, void *self) {
  const Interner *names = self;
  return strcmp(sym_text(names, ((const Filling *)a)->hole), sym_text(names, ((const Filling *)b)->hole));
}

/* Each hole once, the first that was written of several. */
static void keep(Finder *finder) {
  Matcher *matcher = &finder->matcher;
  Matches *into = finder->into;
  Occurrence found = {.root = matcher->stands_for[finder->roots.data[0]], .first = into->fillings.len};
  for (uint32_t h = 0; h < matcher->holes.len; h++) {
    Node hole = matcher->holes.data[h], node = matcher->stands_for[hole];
    Sym name = matcher->pattern->data.data[hole];
    bool again = node == NODE_NONE;
    for (uint32_t k = found.first; k < into->fillings.len; k++) again |= into->fillings.data[k].hole == name;
    if (!again) vec_push(&into->fillings, (Filling){name, node});
  }
  found.count = into->fillings.len - found.first;
  if (found.count)
    qsort_r(into->fillings.data + found.first, found.count, sizeof(Filling), by_hole,
            matcher->target->session->names);
  found.instance = match_fill(matcher, finder->roots.data[0]);
  vec_push(&into->all, found);
}

static bool is_effect_only(const Graph *target, Node node) {
  TypeId type = graph_type(target, node);
  const Type *array = type_of(target->types, type);
  return type == T_UNIT || (array->kind == T_ARRAY && array->args[0] == T_UNIT);
}

/* From the anchor up through the holes to the first root, then the other roots. */
static uint32_t goals_from(Finder *finder, Node at) {
  Matcher *matcher = &finder->matcher;
  const Graph *pattern = matcher->pattern;
  uint32_t next = NOTHING;
  for (uint32_t r = finder->roots.len; r-- > 1;)
    next = match_goal(matcher, (Goal){GOAL_SOME, finder->roots.data[r], NODE_NONE, NOTHING, next});
  for (Node hole = finder->roots.data[0]; hole != finder->anchor;) {
    Node below = NODE_NONE;
    for (uint32_t k = 0; below == NODE_NONE; k++)
      if (find_anchor(pattern, graph_arg(pattern, hole, k)) == finder->anchor)
        below = graph_arg(pattern, hole, k);
    next = match_goal(matcher, (Goal){GOAL_ABOVE, hole, below, NOTHING, next});
    hole = below;
  }
  return match_goal(matcher, (Goal){GOAL_SAME, finder->anchor, at, NOTHING, next});
}

/* Whether the anchor could stand for a node. A choice of calls is one of their results. */
static bool can_stand(const Finder *finder, Node node) {
  const Graph *target = finder->matcher.target;
  Op op = graph_op(finder->matcher.pattern, finder->anchor);
  if (is_effect_only(target, node)) return false;
  if (op != OP_CHOOSE) return graph_op(target, node) == op;
  if (graph_op(target, node) != OP_CHOOSE)
    return graph_op(target, node) != OP_TASK && match_condition(target, node) != NODE_NONE;
  return graph_op(target, graph_arg(target, node, 1)) != OP_TASK;
}

static void search(Finder *finder) {
  Matcher *matcher = &finder->matcher;
  for (Node node = 0; node < matcher->target_count && matcher->budget; node++) {
    if (!matcher->reachable[node] || !can_stand(finder, node)) continue;
    for (bool found = match_solve(matcher, goals_from(finder, node)); found; found = match_again(matcher))
      keep(finder);
    match_reset(matcher);
  }
  finder->into->exhausted = !matcher->budget;
}

static int compare_fillings(const Matches *matches, const Occurrence *a, const Occurrence *b) {
  if (a->count != b->count) return a->count < b->count ? -1 : 1;
  for (uint32_t k = 0; k < a->count; k++) {
    const Filling *x = &matches->fillings.data[a->first + k], *y = &matches->fillings.data[b->first + k];
    if (x->node != y->node) return x->node < y->node ? -1 : 1;
  }
  return 0;
}

typedef struct Order {
  const Graph *target;
  const Matches *matches;
} Order;

static int by_place(const void *x, const void *y, void *self) {
  const Order *order = self;
  const Occurrence *a = x, *b = y;
  Span first = order->target->span_of.data[a->root], second = order->target->span_of.data[b->root];
  if (first.lo != second.lo) return first.lo < second.lo ? -1 : 1;
  if (first.hi != second.hi) return first.hi < second.hi ? -1 : 1;
  if (a->root != b->root) return a->root < b->root ? -1 : 1;
  return compare_fillings(order->matches, a, b);
}

static void settle(Finder *finder) {
  Matches *into = finder->into;
  Order order = {finder->matcher.target, into};
  uint32_t kept = 0;
  if (into->all.len) qsort_r(into->all.data, into->all.len, sizeof(Occurrence), by_place, &order);
  for (uint32_t i = 0; i < into->all.len; i++) {
    const Occurrence *last = kept ? &into->all.data[kept - 1] : NULL;
    bool again = last && last->root == into->all.data[i].root &&
                 !compare_fillings(into, last, &into->all.data[i]);
    if (!again) into->all.data[kept++] = into->all.data[i];
  }
  into->all.len = kept;
}

void match_find(Graph *pattern, Graph *target, Matches *matches) {
  Finder finder = {.into = matches};
  finder_open(&finder, pattern, target);
  if (finder.anchor != NODE_NONE) search(&finder);
  settle(&finder);
  finder_close(&finder);
}

void matches_free(Matches *matches) {
  vec_free(&matches->all);
  vec_free(&matches->fillings);
}
