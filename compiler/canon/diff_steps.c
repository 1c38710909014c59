/* diff_steps.c: steps that only one side has, and steps in the place of others. */
#include "canon/differ.h"

enum { FARTHEST = 200 };

/* A step goes with the task that it calls where that is not plain. */
static const char *step_text(const Differ *differ, int side, Node step) {
  const Graph *graph = differ->sides[side].graph;
  Sym name = graph->name_of.data[step];
  if (graph_op(graph, step) != OP_TASK) return differ_step(differ, side, step);
  Sym task = graph->tasks.data[graph->data.data[step]].name;
  if (!name || name == task) return differ_step(differ, side, step);
  return arena_format(differ->diff->arena, "`%s = %s`", name_of(graph->session, name),
                      name_of(graph->session, task));
}

/* The first step or input that a step gets something from, or NODE_NONE. */
static Node source_of(const AlignSide *side, Node step) {
  VEC(Node) stack = {0};
  Node found = NODE_NONE;
  vec_push(&stack, step);
  for (uint32_t seen = 0; stack.len && seen < FARTHEST && found == NODE_NONE; seen++) {
    Node node = vec_pop(&stack);
    bool end = align_is_step(side->graph, node) || graph_op(side->graph, node) == OP_INPUT;
    if (end && node != step)
      found = node;
    else
      for (uint32_t k = graph_arity(side->graph, node); k-- > 0;)
        vec_push(&stack, graph_arg(side->graph, node, k));
  }
  vec_free(&stack);
  return found;
}

/* Who uses the outputs of a step. */
static const char *user_text(const Differ *differ, int side, Node step) {
  const AlignSide *self = &differ->sides[side];
  Node node = step;
  while (align_peel(self->graph, node) == step) {
    if (self->first_user[node] == self->first_user[node + 1]) return differ_output(differ, side, node);
    node = self->users[self->first_user[node]];
  }
  return differ_owner(differ, side, node);
}

static const char *between(const Differ *differ, int side, Node step) {
  const AlignSide *self = &differ->sides[side];
  Node source = source_of(self, step);
  const char *to = user_text(differ, side, step);
  const char *from = source == NODE_NONE ? "" : differ_value(differ, side, source);
  Arena *arena = differ->diff->arena;
  if (*from && *to)
    return arena_format(arena, "%s, between %s and %s", step_text(differ, side, step), from, to);
  if (*from) return arena_format(arena, "%s, after %s", step_text(differ, side, step), from);
  if (*to) return arena_format(arena, "%s, before %s", step_text(differ, side, step), to);
  return step_text(differ, side, step);
}

static void tell_alone(Differ *differ, int side) {
  const AlignSide *self = &differ->sides[side];
  for (Node node = 0; node < graph_count(self->graph); node++) {
    if (!align_reachable(self, node) || self->to[node] != NODE_NONE || !align_is_step(self->graph, node))
      continue;
    Span places[2] = {{0}, {0}};
    places[side] = differ_span(differ, side, node);
    Change *change = differ_tell(differ, side == BEFORE ? CHANGE_STEP_REMOVED : CHANGE_STEP_INSERTED, places,
                                 between(differ, side, node), NULL, NULL);
    differ_nodes(change, side == BEFORE ? node : NODE_NONE, side == BEFORE ? NODE_NONE : node);
  }
}

void differ_steps(Differ *differ) {
  const AlignSide *before = &differ->sides[BEFORE];
  tell_alone(differ, BEFORE);
  tell_alone(differ, AFTER);
  for (Node node = 0; node < graph_count(before->graph); node++) {
    Node there = before->to[node];
    if (there == NODE_NONE || !align_is_step(before->graph, node) ||
        align_compatible(differ->align, node, there))
      continue;
    Span places[2] = {differ_span(differ, BEFORE, node), differ_span(differ, AFTER, there)};
    Change *change = differ_tell(differ, CHANGE_STEP_REPLACED, places, "", step_text(differ, BEFORE, node),
                                 step_text(differ, AFTER, there));
    differ_nodes(change, node, there);
  }
}
