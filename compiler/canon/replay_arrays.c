/* replay_arrays.c: the laws of a `for` or a fold over an array that is made of others. */
#include "canon/replaying.h"

/* A collect or a fold. */
typedef struct Walk {
  Replay *replay;
  Graph *graph;
  TypeId type;
  bool folds;
  Node index, state, condition, init, body; /* of a collect state and init are no nodes */
} Walk;

static bool walk_of(Replay *replay, Node node, Walk *walk) {
  Graph *graph = replay->graph;
  bool folds = is(graph, node, OP_FOLD);
  if (!folds && !is(graph, node, OP_COLLECT)) return false;
  *walk = (Walk){.replay = replay,
                 .graph = graph,
                 .type = graph_type(graph, node),
                 .folds = folds,
                 .index = arg(graph, node, 0),
                 .state = folds ? arg(graph, node, 2) : NODE_NONE,
                 .condition = arg(graph, node, 1),
                 .init = folds ? arg(graph, node, 3) : NODE_NONE,
                 .body = arg(graph, node, folds ? 4 : 2)};
  return true;
}

/* The array that a walk is over, if it is one of that operation; or no node. */
static Node walk_array(const Walk *walk, Op op) {
  Node set = set_of(walk->graph, walk->index);
  if (!is(walk->graph, set, OP_DIM_OF)) return NODE_NONE;
  return is(walk->graph, arg(walk->graph, set, 0), op) ? arg(walk->graph, set, 0) : NODE_NONE;
}

bool draws_for(Replay *replay, Node term, Node variable) {
  const Graph *graph = replay->graph;
  Nodes stack = {0};
  Map seen = {0};
  bool found = false;
  vec_push(&stack, term);
  while (stack.len && !found && replay_spend(replay, 1)) {
    Node node = vec_pop(&stack);
    bool inside = is_volatile_work(graph, node) && graph_mentions(graph, node, variable);
    if (!inside || map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
      found |= is(graph, arg(graph, node, k), OP_TOKEN);
      vec_push(&stack, arg(graph, node, k));
    }
  }
  vec_free(&stack);
  map_free(&seen);
  return found || graph->full;
}

/* Whether something volatile happens for each element. */
static bool walk_is_volatile(const Walk *walk) {
  return draws_for(walk->replay, walk->body, walk->index) ||
         draws_for(walk->replay, walk->condition, walk->index);
}

static Node element_at(Graph *graph, Node array, Node index) {
  return SAID(graph, OP_ELEMENT, inside_of(graph, graph_type(graph, array)), array, index);
}

static Node open_state(const Walk *walk) {
  return walk->folds ? graph_open_state(walk->graph, walk->type, (Span){0}) : NODE_NONE;
}

/* The same walk at another index, when elements of the old arrays are new ones there; a node that cannot be where the
 * old index is used for more than these. */
static Node walk_again(const Walk *walk, Node index, Node own, const Nodes *old, const Nodes *new,
                       Node init) {
  Graph *graph = walk->graph;
  Node stray = graph_open_index(graph, set_of(graph, walk->index), (Span){0}), state = open_state(walk);
  uint32_t variables = walk->folds ? 2 : 1;
  Nodes from = {0}, to = {0};
  vec_push(&from, walk->index);
  vec_push(&to, stray);
  if (walk->folds) {
    vec_push(&from, walk->state);
    vec_push(&to, state);
  }
  for (uint32_t k = 0; k < old->len; k++) {
    Node element = element_at(graph, old->data[k], walk->index);
    vec_push(&from, element);
    vec_push(&to, new->data[k]);
  }
  Put put = {variables, from.len, from.data, to.data};
  Node condition = replay_put(walk->replay, walk->condition, &put);
  Node body = replay_put(walk->replay, walk->body, &put);
  vec_free(&from);
  vec_free(&to);
  if (graph->full || graph_mentions(graph, condition, stray) || graph_mentions(graph, body, stray))
    return NODE_NONE;
  Node holds = SAID(graph, OP_CHOOSE, T_BOOL, own, condition, graph_bool(graph, false));
  return walk->folds ? graph_fold(graph, index, holds, state, init, body, (Span){0})
                     : graph_collect(graph, index, holds, body, (Span){0});
}

/* The same walk over another array than `old`. */
static Node walk_over(const Walk *walk, Node old, Node array, Node init) {
  Graph *graph = walk->graph;
  Node index = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, array), (Span){0});
  Node element = element_at(graph, array, index);
  Nodes before = {&old, 1, 1}, after = {&element, 1, 1};
  return walk_again(walk, index, graph_bool(graph, true), &before, &after, init);
}

/* ---- filters ---- */

/* The arrays of a set; false: it is not one of arrays alone. */
static bool arrays_of(const Graph *graph, Node set, Nodes *arrays) {
  bool zip = is(graph, set, OP_DIM_ZIP);
  for (uint32_t k = 0; k < (zip ? graph_arity(graph, set) : 1); k++) {
    Node part = zip ? arg(graph, set, k) : set;
    if (!is(graph, part, OP_DIM_OF) || !is(graph, arg(graph, part, 0), OP_COLLECT)) return false;
    vec_push(arrays, arg(graph, part, 0));
  }
  return arrays->len > 0;
}

/* Each array's element at an index over the set that all are filtered from, and their common condition. */
static bool elements_of(Replay *replay, const Nodes *arrays, Node index, Node *condition, Nodes *elements) {
  const Graph *graph = replay->graph;
  for (uint32_t k = 0; k < arrays->len; k++) {
    Node array = arrays->data[k], bound = arg(graph, array, 0);
    if (set_of(graph, bound) != set_of(graph, index)) return false;
    Put put = {1, 1, &bound, &index};
    Node holds = replay_put(replay, arg(graph, array, 1), &put);
    if (k && holds != *condition) return false;
    *condition = holds;
    vec_push(elements, replay_put(replay, arg(graph, array, 2), &put));
  }
  return !graph->full;
}

bool check_filter(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  Walk walk;
  Nodes arrays = {0}, elements = {0};
  bool same = walk_of(replay, from, &walk) && arrays_of(graph, set_of(graph, walk.index), &arrays);
  if (same) {
    Node set = set_of(graph, arg(graph, arrays.data[0], 0)), condition = NODE_NONE;
    Node index = graph_open_index(graph, set, (Span){0});
    same = elements_of(replay, &arrays, index, &condition, &elements) &&
           walk_again(&walk, index, condition, &arrays, &elements, walk.init) == to;
  }
  vec_free(&arrays);
  vec_free(&elements);
  return same;
}

/* ---- flatten, append, a choice ---- */

/* Of a walk over all elements of all arrays: one over the arrays, with one over the elements of each in it. */
static bool of_flatten(Replay *replay, Node from, Node to, bool folds) {
  Graph *graph = replay->graph;
  Walk walk;
  if (!walk_of(replay, from, &walk) || walk.folds != folds) return false;
  Node flatten = walk_array(&walk, OP_FLATTEN);
  if (flatten == NODE_NONE) return false;
  Node arrays = arg(graph, flatten, 0), yes = graph_bool(graph, true);
  Node index = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, arrays), (Span){0});
  Node state = open_state(&walk), inner = walk_over(&walk, flatten, element_at(graph, arrays, index), state);
  if (inner == NODE_NONE || graph->full) return false;
  if (folds) return to == graph_fold(graph, index, yes, state, walk.init, inner, (Span){0});
  return to == SAID(graph, OP_FLATTEN, walk.type, graph_collect(graph, index, yes, inner, (Span){0}));
}

bool check_map_flatten(Replay *replay, Node from, Node to) { return of_flatten(replay, from, to, false); }

bool check_fold_flatten(Replay *replay, Node from, Node to) { return of_flatten(replay, from, to, true); }

bool check_map_append(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Walk walk;
  if (!walk_of(replay, from, &walk) || walk.folds || walk_is_volatile(&walk)) return false;
  Node append = walk_array(&walk, OP_APPEND);
  if (append == NODE_NONE || !is(graph, to, OP_APPEND) ||
      graph_arity(graph, to) != graph_arity(graph, append))
    return false;
  for (uint32_t k = 0; k < graph_arity(graph, to); k++)
    if (walk_over(&walk, append, arg(graph, append, k), NODE_NONE) != arg(graph, to, k)) return false;
  return true;
}

bool check_fold_append(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Walk walk;
  if (!walk_of(replay, from, &walk) || !walk.folds || walk_is_volatile(&walk)) return false;
  Node append = walk_array(&walk, OP_APPEND), done = walk.init;
  if (append == NODE_NONE) return false;
  for (uint32_t k = 0; done != NODE_NONE && !graph->full && k < graph_arity(graph, append); k++)
    done = walk_over(&walk, append, arg(graph, append, k), done);
  return done == to;
}

bool check_choice_of_arrays(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Walk walk;
  if (!walk_of(replay, from, &walk) || walk_is_volatile(&walk) || !is(graph, to, OP_CHOOSE)) return false;
  Node choice = walk_array(&walk, OP_CHOOSE);
  if (choice == NODE_NONE || arg(graph, choice, 0) != arg(graph, to, 0)) return false;
  for (uint32_t k = 1; k < 3; k++)
    if (walk_over(&walk, choice, arg(graph, choice, k), walk.init) != arg(graph, to, k)) return false;
  return true;
}

/* ---- one element ---- */

static bool of_single(Replay *replay, Node from, Node to, bool folds) {
  Graph *graph = replay->graph;
  Walk walk;
  int64_t size;
  if (!walk_of(replay, from, &walk) || walk.folds != folds || walk_is_volatile(&walk)) return false;
  if (!set_size(graph, set_of(graph, walk.index), &size) || size != 1) return false;
  Node zero = graph_int(graph, 0), ordinal = SAID(graph, OP_ORDINAL, T_INT, walk.index);
  Node old[3] = {walk.index, folds ? walk.state : ordinal, ordinal};
  Node by[3] = {zero, folds ? walk.init : zero, zero};
  Put put = {folds ? 2 : 1, folds ? 3 : 2, old, by};
  Node condition = replay_put(replay, walk.condition, &put), body = replay_put(replay, walk.body, &put);
  if (graph->full) return false;
  Node one = folds ? body : SAID(graph, OP_ARRAY, walk.type, body);
  Node none = folds ? walk.init : said(graph, OP_ARRAY, walk.type, 0, NULL);
  return to == SAID(graph, OP_CHOOSE, walk.type, condition, one, none);
}

bool check_single(Replay *replay, Node from, Node to) { return of_single(replay, from, to, false); }

bool check_fold_single(Replay *replay, Node from, Node to) { return of_single(replay, from, to, true); }
