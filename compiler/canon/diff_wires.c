/* diff_wires.c: what the operands of partners, and outputs, have become. */
#include "canon/differ.h"
#include "ir/binder.h"

#include <string.h>

enum { MOST_SEEN = 500 };

/* ---- what lies between a value and the parts that have partners ---- */

typedef struct Region {
  bool has_step;  /* one without a partner: told by itself */
  bool reaches;   /* the value asked for is an end */
  bool has_moved; /* an end is a step that was moved into or out of a `for` */
  bool plumbing;  /* nothing but arrays gathered and taken apart */
} Region;

static bool is_plumbing(Op op) {
  switch (op) {
    case OP_COLLECT:
    case OP_INDEX:
    case OP_ELEMENT:
    case OP_DIM_OF:
    case OP_DIM_RANGE:
    case OP_DIM_ZIP:
    case OP_PROJECT:
    case OP_FLATTEN:
    case OP_LENGTH:
      return true;
    default:
      return false;
  }
}

static bool step_moved(const Differ *differ, int side, Node node) {
  if (!align_is_step(differ->sides[side].graph, node)) return false;
  Node before = side == BEFORE ? node : differ->sides[AFTER].to[node];
  return before != NODE_NONE && differ->moved[before];
}

static Region region_of(const Differ *differ, int side, Node from, Node target) {
  const AlignSide *self = &differ->sides[side];
  Region region = {.plumbing = true};
  VEC(Node) stack = {0};
  Map seen = {0};
  if (from != NODE_NONE) vec_push(&stack, from);
  while (stack.len && seen.len < MOST_SEEN) {
    Node node = vec_pop(&stack);
    if (map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    region.reaches |= node == target;
    region.has_moved |= step_moved(differ, side, align_peel(self->graph, node));
    if (self->to[node] != NODE_NONE) continue;
    region.has_step |= align_is_step(self->graph, node);
    region.plumbing &= is_plumbing(graph_op(self->graph, node));
    for (uint32_t k = 0; k < graph_arity(self->graph, node); k++)
      vec_push(&stack, graph_arg(self->graph, node, k));
  }
  vec_free(&stack);
  map_free(&seen);
  return region;
}

static Node partner(const Differ *differ, int side, Node node) {
  return node == NODE_NONE ? NODE_NONE : differ->sides[side].to[node];
}

/* Whether steps that are told, or a `for` that is, explain that one value stands where the other stood. */
static bool is_explained(const Differ *differ, Node before, Node after) {
  Region x = region_of(differ, BEFORE, before, partner(differ, AFTER, after));
  Region y = region_of(differ, AFTER, after, partner(differ, BEFORE, before));
  if (x.plumbing && y.plumbing && (x.has_moved || y.has_moved)) return true;
  if (before == NODE_NONE || after == NODE_NONE) return x.has_step || y.has_step;
  bool paired_before = partner(differ, BEFORE, before) != NODE_NONE,
       paired_after = partner(differ, AFTER, after) != NODE_NONE;
  if (paired_before && paired_after) return false;
  if (paired_before) return y.has_step && y.reaches;
  if (paired_after) return x.has_step && x.reaches;
  return x.has_step || y.has_step;
}

/* ---- literals ---- */

typedef struct Found {
  const LiteralPlace *place;
  bool of_port; /* the default of the port of the task that is called */
} Found;

static Found find_literal(const Differ *differ, int side, const Use *use, Node node) {
  const Graph *graph = differ->sides[side].graph;
  const Places *places = differ->places[side];
  const Literal *value = graph_literal(graph, node);
  const LiteralPlace *place = places_literal(places, use->places[side], value);
  if (!place) place = places_named(places, graph->name_of.data[node], value);
  if (!place && use->ports[side]) {
    place = places_literal(places, use->ports[side]->span, value);
    if (place) return (Found){place, true};
  }
  const Decl *around = place ? NULL : places_around(places, use->places[side]);
  if (around) place = places_literal(places, around->span, value);
  return (Found){place, false};
}

static const char *default_of(const Differ *differ, const LiteralPlace *place) {
  const Session *session = differ->sides[BEFORE].graph->session;
  return arena_format(differ->diff->arena, "`%s` of `%s`", name_of(session, place->name),
                      name_of(session, place->decl->name));
}

static void literal_change(Differ *differ, const Use *use, Node before, Node after) {
  Node nodes[2] = {before, after};
  Span places[2] = {use->places[BEFORE], use->places[AFTER]};
  Found found[2] = {{NULL, false}, {NULL, false}};
  for (int side = BEFORE; side <= AFTER; side++) {
    if (nodes[side] == NODE_NONE) continue;
    found[side] = find_literal(differ, side, use, nodes[side]);
    if (found[side].place) places[side] = found[side].place->span;
  }
  const LiteralPlace *place = found[AFTER].place ? found[AFTER].place : found[BEFORE].place;
  bool is_default = found[BEFORE].place && found[AFTER].place && found[BEFORE].place->is_default &&
                    found[AFTER].place->is_default && place->name;
  bool named = found[BEFORE].place && found[AFTER].place && place->name && !is_default;
  const char *what = is_default ? default_of(differ, place)
                     : named    ? arena_format(differ->diff->arena, "`%s`",
                                               name_of(differ->sides[AFTER].graph->session, place->name))
                                : use->what;
  const char *values[2] = {NULL, NULL};
  for (int side = BEFORE; side <= AFTER; side++) {
    if (nodes[side] == NODE_NONE) continue;
    if (found[side].place) values[side] = differ_source(differ, side, found[side].place->span);
    if (!values[side]) values[side] = differ_value(differ, side, nodes[side]);
  }
  Change *change = differ_tell(differ, is_default ? CHANGE_DEFAULT : CHANGE_LITERAL, places, what,
                               values[BEFORE], values[AFTER]);
  differ_nodes(change, use->nodes[BEFORE], use->nodes[AFTER]);
}

/* ---- values ---- */

static bool is_literal(const Differ *differ, int side, Node node) {
  return node == NODE_NONE || graph_op(differ->sides[side].graph, node) == OP_LIT;
}

/* An input, a step, an element, a field of one: something that is led there as it is. */
static bool is_wire(const Differ *differ, int side, Node node) {
  const Graph *graph = differ->sides[side].graph;
  if (node == NODE_NONE) return true;
  node = align_peel(graph, node);
  Op op = graph_op(graph, node);
  return align_is_step(graph, node) || op == OP_INPUT || op == OP_ELEMENT || op == OP_INDEX ||
         op == OP_STATE || op == OP_COLLECT;
}

static ChangeKind kind_of(const Differ *differ, const Use *use, Node before, Node after) {
  const Graph *graphs[2] = {differ->sides[BEFORE].graph, differ->sides[AFTER].graph};
  if (use->kind != CHANGE_EXPRESSION) return use->kind;
  bool chosen = (before != NODE_NONE && graph_op(graphs[BEFORE], before) == OP_CHOOSE) ||
                (after != NODE_NONE && graph_op(graphs[AFTER], after) == OP_CHOOSE);
  if (chosen) return CHANGE_CONDITION;
  return is_wire(differ, BEFORE, before) && is_wire(differ, AFTER, after) ? CHANGE_WIRE : CHANGE_EXPRESSION;
}

void differ_value_change(Differ *differ, const Use *use, Node before, Node after) {
  if (use->kind == CHANGE_EXPRESSION && is_literal(differ, BEFORE, before) &&
      is_literal(differ, AFTER, after)) {
    literal_change(differ, use, before, after);
    return;
  }
  if (is_explained(differ, before, after)) return;
  ChangeKind kind = kind_of(differ, use, before, after);
  const char *from = before == NODE_NONE ? NULL : differ_value(differ, BEFORE, before);
  const char *to = after == NODE_NONE ? NULL : differ_value(differ, AFTER, after);
  if (from && to && !strcmp(from, to)) {
    from = differ_expression(differ, BEFORE, before);
    to = differ_expression(differ, AFTER, after);
  }
  Change *change = differ_tell(differ, kind, use->places, use->what, from, to);
  differ_nodes(change, use->nodes[BEFORE], use->nodes[AFTER]);
}

/* ---- operands of partners ---- */

static const Port *port_of(const Graph *graph, Node call, uint32_t place) {
  const Task *task = &graph->tasks.data[graph->data.data[call]];
  return place < task->in_count ? &task->ins[place] : NULL;
}

/* A `for` goes over another set: told once for its index, not for each element that is taken. */
static bool tell_set(Differ *differ, Node before, const OperandPair *operand) {
  const Graph *a = differ->sides[BEFORE].graph;
  Op op = graph_op(a, before);
  uint64_t key = hash_add(operand->before + 1ULL, operand->after + 1ULL);
  if (op == OP_ELEMENT && operand->place == 0) return map_get(&differ->arrays, key) != 0;
  if (!(op_info[op].flags & FLAG_D) && op != OP_INDEX) return false;
  if (operand->before == NODE_NONE || operand->after == NODE_NONE) return false;
  if (op_info[op].flags & FLAG_D) map_put(&differ->arrays, key, 1);
  if (is_explained(differ, operand->before, operand->after)) return true;
  return false;
}

static ChangeKind operand_kind(const Graph *graph, Node node, const OperandPair *operand) {
  Op op = graph_op(graph, node);
  if (op_info[op].flags & FLAG_D || op == OP_INDEX) return CHANGE_SCATTER;
  bool task = op == OP_TASK;
  if ((task && !port_of(graph, node, operand->place)) || (op == OP_AFTER && operand->place))
    return CHANGE_ORDER;
  bool condition = (op == OP_CHOOSE && operand->place == 0) ||
                   ((op == OP_COLLECT || op == OP_FOLD) && operand->place == 1) ||
                   (op == OP_LOOP && operand->place == 3);
  return condition ? CHANGE_CONDITION : CHANGE_EXPRESSION;
}

static Use use_of(const Differ *differ, Node before, Node after, const OperandPair *operand) {
  const Graph *graphs[2] = {differ->sides[BEFORE].graph, differ->sides[AFTER].graph};
  Use use = {.places = {differ_span(differ, BEFORE, before), differ_span(differ, AFTER, after)},
             .nodes = {before, after},
             .kind = operand_kind(graphs[BEFORE], before, operand)};
  const char *owner = differ_owner(differ, AFTER, after);
  use.what = owner;
  if (graph_op(graphs[BEFORE], before) != OP_TASK || use.kind == CHANGE_ORDER) return use;
  use.ports[BEFORE] = port_of(graphs[BEFORE], before, operand->place);
  use.ports[AFTER] = port_of(graphs[AFTER], after, operand->place);
  const char *port = name_of(graphs[BEFORE]->session, use.ports[BEFORE]->name);
  use.what = arena_format(differ->diff->arena, "`%s` of %s", port, owner);
  return use;
}

static bool is_variable(const Differ *differ, int side, Node node) {
  if (node == NODE_NONE) return false;
  Op op = graph_op(differ->sides[side].graph, node);
  return op == OP_INDEX || op == OP_STATE;
}

static bool is_token(const Differ *differ, int side, Node node) {
  return node != NODE_NONE && graph_op(differ->sides[side].graph, node) == OP_TOKEN;
}

/* All steps that wait, or wait no more, for the same are one change. */
static void tell_order(Differ *differ, const Use *use, Node before, Node after) {
  if (is_explained(differ, before, after)) return;
  uint64_t key = hash_add(hash_add(CHANGE_ORDER, before), after);
  uint32_t at = map_get(&differ->grouped, key);
  if (at) {
    differ->diff->changes.data[at - 1].more++;
    return;
  }
  Arena *arena = differ->diff->arena;
  const char *from = before == NODE_NONE
                         ? NULL
                         : arena_format(arena, "after %s", differ_value(differ, BEFORE, before));
  const char *to = after == NODE_NONE ? NULL
                                      : arena_format(arena, "after %s", differ_value(differ, AFTER, after));
  differ_nodes(differ_tell(differ, CHANGE_ORDER, use->places, use->what, from, to), use->nodes[BEFORE],
               use->nodes[AFTER]);
  map_put(&differ->grouped, key, differ->diff->changes.len);
}

static void compare_operand(Differ *differ, Node before, Node after, const OperandPair *operand) {
  const Graph *graph = differ->sides[BEFORE].graph;
  if (is_token(differ, BEFORE, operand->before) || is_token(differ, AFTER, operand->after)) return;
  if (operand->before != NODE_NONE && operand->after != NODE_NONE &&
      align_paired(differ->align, operand->before, operand->after))
    return;
  if (differ_is_moved(differ, before, after, BEFORE, operand->before) ||
      differ_is_moved(differ, before, after, AFTER, operand->after) || tell_set(differ, before, operand))
    return;
  Use use = use_of(differ, before, after, operand);
  bool variables = is_variable(differ, BEFORE, operand->before) && is_variable(differ, AFTER, operand->after);
  if (variables && binder_of(graph_op(graph, before)).count && operand->place == 0) {
    differ_index(differ, &use, operand->before, operand->after);
    return;
  }
  if (use.kind == CHANGE_ORDER) {
    tell_order(differ, &use, operand->before, operand->after);
    return;
  }
  differ_value_change(differ, &use, operand->before, operand->after);
}

static bool is_settled(const Differ *differ, Node before, Node after) {
  const Digests *digests = differ->sides[BEFORE].digests;
  return digest_same(digests->nodes[before], differ->sides[AFTER].digests->nodes[after]) &&
         !digests->anonymous[before];
}

/* `if c { a } else { b }` has become `if c { b } else { a }`. */
static bool tell_swapped(Differ *differ, Node before, Node after) {
  const Graph *a = differ->sides[BEFORE].graph, *b = differ->sides[AFTER].graph;
  if (graph_op(a, before) != OP_CHOOSE ||
      !align_paired(differ->align, graph_arg(a, before, 0), graph_arg(b, after, 0)) ||
      !align_paired(differ->align, graph_arg(a, before, 1), graph_arg(b, after, 2)) ||
      !align_paired(differ->align, graph_arg(a, before, 2), graph_arg(b, after, 1)))
    return false;
  Span places[2] = {differ_span(differ, BEFORE, before), differ_span(differ, AFTER, after)};
  const char *what = arena_format(differ->diff->arena, "branches of %s swapped",
                                  differ_owner(differ, AFTER, after));
  differ_nodes(differ_tell(differ, CHANGE_CONDITION, places, what, NULL, NULL), before, after);
  return true;
}

static void compare_pair(Differ *differ, Node before, Node after, OperandPairs *operands) {
  if (is_settled(differ, before, after) || !align_compatible(differ->align, before, after)) return;
  if (tell_swapped(differ, before, after)) return;
  operands->len = 0;
  align_operands(differ->align, before, after, operands);
  for (uint32_t k = 0; k < operands->len; k++) compare_operand(differ, before, after, &operands->data[k]);
}

static void compare_outputs(Differ *differ) {
  const Graph *a = differ->sides[BEFORE].graph, *b = differ->sides[AFTER].graph;
  for (uint32_t i = 0; i < a->outputs.len; i++) {
    const Output *output = &a->outputs.data[i];
    uint32_t at = map_get(&differ->outputs[AFTER], output->name);
    if (!at || align_paired(differ->align, output->node, b->outputs.data[at - 1].node)) continue;
    const Output *other = &b->outputs.data[at - 1];
    Use use = {.places = {differ_span(differ, BEFORE, output->node), differ_span(differ, AFTER, other->node)},
               .nodes = {output->node, other->node},
               .kind = CHANGE_EXPRESSION};
    if (!use.places[BEFORE].hi) use.places[BEFORE] = output->span;
    if (!use.places[AFTER].hi) use.places[AFTER] = other->span;
    use.what = arena_format(differ->diff->arena, "output `%s`", name_of(a->session, output->name));
    differ_value_change(differ, &use, output->node, other->node);
  }
}

/* Index sets first: what they tell of is not told again where elements are taken. */
void differ_wires(Differ *differ) {
  const AlignSide *before = &differ->sides[BEFORE];
  OperandPairs operands = {0};
  for (int sets = 1; sets >= 0; sets--)
    for (Node node = 0; node < graph_count(before->graph); node++) {
      bool set = op_info[graph_op(before->graph, node)].flags & FLAG_D ||
                 graph_op(before->graph, node) == OP_INDEX;
      if (before->to[node] != NODE_NONE && set == (bool)sets)
        compare_pair(differ, node, before->to[node], &operands);
    }
  compare_outputs(differ);
  vec_free(&operands);
}
