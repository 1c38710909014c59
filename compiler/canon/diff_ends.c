/* diff_ends.c: inputs and outputs by their names. */
#include "canon/differ.h"

#include <string.h>

static const char *quoted(const Differ *differ, Sym name) {
  const Session *session = differ->sides[BEFORE].graph->session;
  return arena_format(differ->diff->arena, "`%s`", name_of(session, name));
}

/* ---- inputs ---- */

static bool same_type(const Differ *differ, const Port *before, const Port *after) {
  return !strcmp(type_text(differ->sides[BEFORE].graph->types, before->type),
                 type_text(differ->sides[AFTER].graph->types, after->type));
}

static const Port *find_input(const Differ *differ, int side, Sym name) {
  uint32_t at = map_get(&differ->inputs[side], name);
  return at ? &differ->sides[side].graph->inputs.data[at - 1] : NULL;
}

/* The only input that the other side does not have, or NULL. */
static const Port *only_alone(const Differ *differ, int side) {
  const Graph *mine = differ->sides[side].graph;
  const Port *only = NULL;
  for (uint32_t i = 0; i < mine->inputs.len; i++) {
    if (find_input(differ, !side, mine->inputs.data[i].name)) continue;
    if (only) return NULL;
    only = &mine->inputs.data[i];
  }
  return only;
}

static const char *default_text(const Differ *differ, int side, const Port *input) {
  return input->node == NODE_NONE ? NULL : differ_value(differ, side, input->node);
}

static bool same_default(const Differ *differ, const Port *before, const Port *after) {
  if (before->node == NODE_NONE || after->node == NODE_NONE) return before->node == after->node;
  return digest_same(differ->sides[BEFORE].digests->nodes[before->node],
                     differ->sides[AFTER].digests->nodes[after->node]);
}

static void compare_input(Differ *differ, const Port *before, const Port *after) {
  Span places[2] = {before->span, after->span};
  const char *name = quoted(differ, before->name);
  if (before->name != after->name)
    differ_tell(differ, CHANGE_INPUT, places, "name", name, quoted(differ, after->name));
  if (!same_type(differ, before, after))
    differ_tell(differ, CHANGE_INPUT, places, arena_format(differ->diff->arena, "type of %s", name),
                type_text(differ->sides[BEFORE].graph->types, before->type),
                type_text(differ->sides[AFTER].graph->types, after->type));
  else if (!same_default(differ, before, after))
    differ_tell(differ, CHANGE_DEFAULT, places, arena_format(differ->diff->arena, "input %s", name),
                default_text(differ, BEFORE, before), default_text(differ, AFTER, after));
}

static void tell_alone(Differ *differ, int side, const Port *input) {
  Span places[2] = {{0}, {0}};
  places[side] = input->span;
  differ_tell(differ, side == BEFORE ? CHANGE_INPUT_REMOVED : CHANGE_INPUT_ADDED, places,
              quoted(differ, input->name), NULL, NULL);
}

static void compare_inputs(Differ *differ) {
  const Port *alone[2] = {only_alone(differ, BEFORE), only_alone(differ, AFTER)};
  bool renamed = alone[BEFORE] && alone[AFTER] && same_type(differ, alone[BEFORE], alone[AFTER]);
  if (renamed) compare_input(differ, alone[BEFORE], alone[AFTER]);
  for (int side = BEFORE; side <= AFTER; side++) {
    const Graph *mine = differ->sides[side].graph;
    for (uint32_t i = 0; i < mine->inputs.len; i++) {
      const Port *input = &mine->inputs.data[i], *there = find_input(differ, !side, input->name);
      if (there && side == BEFORE) compare_input(differ, input, there);
      if (!there && !renamed) tell_alone(differ, side, input);
    }
  }
}

/* ---- outputs ---- */

static const Output *find_output(const Differ *differ, int side, Sym name) {
  uint32_t at = map_get(&differ->outputs[side], name);
  return at ? &differ->sides[side].graph->outputs.data[at - 1] : NULL;
}

static void tell_output(Differ *differ, ChangeKind kind, const Output *before, const Output *after) {
  Span places[2] = {before ? before->span : (Span){0}, after ? after->span : (Span){0}};
  if (before && after)
    differ_tell(differ, kind, places, "name", quoted(differ, before->name), quoted(differ, after->name));
  else
    differ_tell(differ, kind, places, quoted(differ, before ? before->name : after->name), NULL, NULL);
}

/* Outputs after that are new, by their nodes: the same node under another name is a renamed output. */
static void take_new(const Differ *differ, Map *into) {
  const Graph *after = differ->sides[AFTER].graph;
  for (uint32_t i = after->outputs.len; i-- > 0;)
    if (!find_output(differ, BEFORE, after->outputs.data[i].name))
      map_put(into, after->outputs.data[i].node, i + 1);
}

static void compare_outputs(Differ *differ) {
  const Graph *graphs[2] = {differ->sides[BEFORE].graph, differ->sides[AFTER].graph};
  Map fresh = {0}, taken = {0};
  take_new(differ, &fresh);
  for (uint32_t i = 0; i < graphs[BEFORE]->outputs.len; i++) {
    const Output *output = &graphs[BEFORE]->outputs.data[i], *other = NULL;
    if (find_output(differ, AFTER, output->name)) continue;
    Node there = differ->sides[BEFORE].to[output->node];
    uint32_t at = there == NODE_NONE ? 0 : map_get(&fresh, there);
    if (at && !map_get(&taken, at)) other = &graphs[AFTER]->outputs.data[at - 1];
    if (other) map_put(&taken, at, 1);
    tell_output(differ, other ? CHANGE_OUTPUT : CHANGE_OUTPUT_REMOVED, output, other);
  }
  for (uint32_t i = 0; i < graphs[AFTER]->outputs.len; i++) {
    const Output *output = &graphs[AFTER]->outputs.data[i];
    if (!find_output(differ, BEFORE, output->name) && !map_get(&taken, i + 1))
      tell_output(differ, CHANGE_OUTPUT_ADDED, NULL, output);
  }
  map_free(&fresh);
  map_free(&taken);
}

static void take_names(Differ *differ) {
  for (int side = BEFORE; side <= AFTER; side++) {
    const Graph *graph = differ->sides[side].graph;
    for (uint32_t i = 0; i < graph->inputs.len; i++)
      map_put(&differ->inputs[side], graph->inputs.data[i].name, i + 1);
    for (uint32_t i = 0; i < graph->outputs.len; i++)
      map_put(&differ->outputs[side], graph->outputs.data[i].name, i + 1);
  }
}

void differ_ends(Differ *differ) {
  take_names(differ);
  compare_inputs(differ);
  compare_outputs(differ);
}
