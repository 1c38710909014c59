/* replay_state.c: the state of folds and loops taken apart.  Each field of the result goes through the same values as
 * in the old one: it begins the same, and one round makes of it what a round made of it before. */
#include "canon/replaying.h"
#include "ir/binder.h"

enum { MOST_FIELDS = 64, DEEPEST = 64 };

/* A fold or loop, opened. */
typedef struct Rounds {
  Node state, init, next, other; /* other: a fold's condition, what stops a loop */
  TypeId type;
} Rounds;

/* An old one and a part of it. */
typedef struct Parting {
  Replay *replay;
  Graph *graph;
  Rounds old, part;
  uint32_t place[MOST_FIELDS]; /* of each old field in the part + 1; 0: not known to be there */
  Node constant[MOST_FIELDS];  /* fields that never change, or NODE_NONE */
  bool same;
  VEC(Node) left, right; /* terms that have to be the same */
  VEC(uint32_t) due;     /* fields whose rounds are to be compared */
  Map seen;              /* old term to new + 1 */
} Parting;

static const Type *fields(const Parting *parting) {
  return type_of(parting->graph->types, parting->old.type);
}

static bool rounds_open(Replay *replay, Node node, Node index, Rounds *rounds) {
  Graph *graph = replay->graph;
  bool folds = is(graph, node, OP_FOLD);
  Node old[2] = {arg(graph, node, folds ? 2 : 0), folds ? arg(graph, node, 0) : NODE_NONE};
  Node by[2] = {graph_open_state(graph, graph_type(graph, old[0]), (Span){0}), index};
  Put put = {folds ? 2 : 1, folds ? 2 : 1, old, by};
  *rounds = (Rounds){
      .state = by[0], .init = arg(graph, node, folds ? 3 : 1), .type = graph_type(graph, node)};
  rounds->next = replay_put(replay, arg(graph, node, folds ? 4 : 2), &put);
  rounds->other = replay_put(replay, arg(graph, node, folds ? 1 : 3), &put);
  return !graph->full;
}

/* Field k of a term, looked for inside of records and choices. */
static Node field_of(Graph *graph, TypeId type, uint32_t k, Node term, int depth) {
  if (is(graph, term, OP_RECORD)) return arg(graph, term, k);
  if (!is(graph, term, OP_CHOOSE) || depth > DEEPEST)
    return graph_raw(graph, OP_PROJECT, type, k, &term, 1, (Span){0});
  Node yes = field_of(graph, type, k, arg(graph, term, 1), depth + 1);
  Node no = field_of(graph, type, k, arg(graph, term, 2), depth + 1);
  return yes == no ? yes : SAID(graph, OP_CHOOSE, type, arg(graph, term, 0), yes, no);
}

static Node old_field(const Parting *parting, Node term, uint32_t k) {
  return field_of(parting->graph, fields(parting)->args[k], k, term, 0);
}

/* Whether the part has one field alone, which is its state. */
static bool is_alone(const Parting *parting, TypeId field) { return parting->part.type == field; }

static Node part_field(const Parting *parting, Node term, uint32_t place, TypeId type) {
  return is_alone(parting, type) ? term : field_of(parting->graph, type, place, term, 0);
}

/* An old field is the one at this place of the part, and nowhere else. */
static void place_field(Parting *parting, uint32_t k, uint32_t place) {
  if (parting->place[k]) {
    parting->same &= parting->place[k] == place + 1;
    return;
  }
  parting->place[k] = place + 1;
  vec_push(&parting->due, k);
}

static void demand(Parting *parting, Node a, Node b) {
  vec_push(&parting->left, a);
  vec_push(&parting->right, b);
}

/* What an old field stands for in the part. */
static void compare_field(Parting *parting, uint32_t k, Node new) {
  const Graph *graph = parting->graph;
  TypeId type = fields(parting)->args[k];
  if (parting->constant[k] != NODE_NONE) {
    parting->same &= new == parting->constant[k];
  } else if (new == parting->part.state && is_alone(parting, type)) {
    place_field(parting, k, 0);
  } else {
    bool field = is(graph, new, OP_PROJECT) && arg(graph, new, 0) == parting->part.state;
    parting->same &= field;
    if (field) place_field(parting, k, graph->data.data[new]);
  }
}

/* Operands of one operation; what binders bind is given one name. */
static void compare_operands(Parting *parting, Node a, Node b) {
  Graph *graph = parting->graph;
  Binder binder = binder_of(graph_op(graph, a));
  Node left[2] = {0}, right[2] = {0}, fresh[2] = {0};
  parting->same &= graph_op(graph, a) == graph_op(graph, b) && graph->data.data[a] == graph->data.data[b] &&
                   graph_arity(graph, a) == graph_arity(graph, b) &&
                   graph_type(graph, a) == graph_type(graph, b);
  parting->same &= !is(graph, a, OP_INDEX) && graph_arity(graph, a) > 0;
  for (uint32_t k = 0; parting->same && k < binder.count; k++) {
    left[k] = arg(graph, a, binder.variable[k]), right[k] = arg(graph, b, binder.variable[k]);
    bool index = is(graph, left[k], OP_INDEX);
    parting->same &= graph_type(graph, left[k]) == graph_type(graph, right[k]) &&
                     index == is(graph, right[k], OP_INDEX);
    parting->same &= !index || set_of(graph, left[k]) == set_of(graph, right[k]);
    fresh[k] = index ? graph_open_index(graph, set_of(graph, left[k]), (Span){0})
                     : graph_open_state(graph, graph_type(graph, left[k]), (Span){0});
  }
  for (uint32_t k = 0; parting->same && k < graph_arity(graph, a); k++) {
    Node x = arg(graph, a, k), y = arg(graph, b, k);
    if (binder.count && (k == binder.variable[0] || k == binder.variable[binder.count - 1])) continue;
    if (binder.scoped >> k & 1) {
      x = replay_put(parting->replay, x, &(Put){binder.count, binder.count, left, fresh});
      y = replay_put(parting->replay, y, &(Put){binder.count, binder.count, right, fresh});
      parting->same &= !graph->full;
    }
    demand(parting, x, y);
  }
}

static void compare(Parting *parting, Node a, Node b) {
  const Graph *graph = parting->graph;
  uint32_t known = map_get(&parting->seen, a);
  parting->same &= replay_spend(parting->replay, 1 + graph_arity(graph, a)) && (!known || known == b + 1);
  if (known || !parting->same) return;
  map_put(&parting->seen, a, b + 1);
  bool field = is(graph, a, OP_PROJECT) && arg(graph, a, 0) == parting->old.state;
  if (!graph_mentions(graph, a, parting->old.state)) {
    parting->same &= a == b;
  } else if (field) {
    compare_field(parting, graph->data.data[a], b);
  } else if (a == parting->old.state) { /* all of it: the record of what its fields are */
    parting->same &= is(graph, b, OP_RECORD) && graph_arity(graph, b) == fields(parting)->count;
    for (uint32_t k = 0; parting->same && k < fields(parting)->count; k++)
      compare_field(parting, k, arg(graph, b, k));
  } else {
    compare_operands(parting, a, b);
  }
}

static void settle(Parting *parting) {
  while (parting->same && (parting->left.len || parting->due.len)) {
    if (parting->left.len) {
      Node a = vec_pop(&parting->left), b = vec_pop(&parting->right);
      compare(parting, a, b);
      continue;
    }
    uint32_t k = vec_pop(&parting->due), place = parting->place[k] - 1;
    TypeId type = fields(parting)->args[k];
    parting->same &= old_field(parting, parting->old.init, k) ==
                     part_field(parting, parting->part.init, place, type);
    demand(parting, old_field(parting, parting->old.next, k),
           part_field(parting, parting->part.next, place, type));
  }
}

/* Whether what a fold or loop comes to in one field is what a part of it comes to in one. */
static bool part_is_field(Parting *parting, Node from, uint32_t k, Node to, Node index) {
  Graph *graph = parting->graph;
  bool field = is(graph, to, OP_PROJECT), folds = is(graph, from, OP_FOLD);
  Node part = field ? arg(graph, to, 0) : to;
  if (graph_op(graph, part) != graph_op(graph, from)) return false;
  if (folds ? set_of(graph, arg(graph, part, 0)) != set_of(graph, index)
            : arg(graph, part, 4) != arg(graph, from, 4))
    return false;
  if (!rounds_open(parting->replay, part, index, &parting->part)) return false;
  if (!field && graph_type(graph, part) != fields(parting)->args[k]) return false;
  memset(parting->place, 0, sizeof parting->place);
  parting->same = true;
  place_field(parting, k, field ? graph->data.data[to] : 0);
  demand(parting, parting->old.other, parting->part.other);
  settle(parting);
  parting->left.len = parting->right.len = parting->due.len = 0;
  map_free(&parting->seen);
  parting->seen = (Map){0};
  return parting->same && !graph->full;
}

/* What the fields that never change are. */
static void find_constants(Parting *parting) {
  const Graph *graph = parting->graph;
  for (uint32_t k = 0; k < fields(parting)->count; k++) {
    Node next = old_field(parting, parting->old.next, k);
    bool stays = is(graph, next, OP_PROJECT) && arg(graph, next, 0) == parting->old.state &&
                 graph->data.data[next] == k;
    parting->constant[k] = stays ? old_field(parting, parting->old.init, k) : NODE_NONE;
  }
}

bool check_state(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  Parting parting = {.replay = replay, .graph = graph, .old.type = graph_type(graph, from)};
  bool folds = is(graph, from, OP_FOLD);
  if ((!folds && !is(graph, from, OP_LOOP)) || fields(&parting)->kind != T_RECORD ||
      fields(&parting)->count > MOST_FIELDS)
    return false;
  if (!is(graph, to, OP_RECORD) || graph_arity(graph, to) != fields(&parting)->count) return false;
  Node index = folds ? graph_open_index(graph, set_of(graph, arg(graph, from, 0)), (Span){0}) : NODE_NONE;
  bool same = rounds_open(replay, from, index, &parting.old);
  if (same) find_constants(&parting);
  for (uint32_t k = 0; same && k < fields(&parting)->count; k++) {
    Node field = arg(graph, to, k);
    same = parting.constant[k] != NODE_NONE ? parting.constant[k] == field
                                            : part_is_field(&parting, from, k, field, index);
  }
  vec_free(&parting.left);
  vec_free(&parting.right);
  vec_free(&parting.due);
  map_free(&parting.seen);
  return same;
}
