/* diff_scatter.c: steps that are in other `for`s and loops than before.  Steps that moved alike are one change. */
#include "canon/differ.h"
#include "ir/varset.h"

typedef VEC(Node) Variables;

/* Variables of a step whose partners are not among those of its partner. */
static void take_other(const Differ *differ, int side, Node mine, Node theirs, Variables *into) {
  const AlignSide *self = &differ->sides[side];
  const Graph *graph = self->graph, *other = differ->sides[!side].graph;
  uint32_t count;
  const uint32_t *members = varset_members(graph->sets, graph->vars.data[mine], &count);
  into->len = 0;
  for (uint32_t k = 0; k < count; k++) {
    Node there = self->to[members[k]];
    if (there == NODE_NONE || !varset_has(other->sets, other->vars.data[theirs], there))
      vec_push(into, members[k]);
  }
}

static const char *sets_text(const Differ *differ, int side, const Variables *variables) {
  Text text = {0};
  for (uint32_t k = 0; k < variables->len; k++)
    text_addf(&text, "%s%s", k ? ", " : "", differ_set(differ, side, variables->data[k]));
  const char *kept = arena_text(differ->diff->arena, text.data ? text.data : "", text.len);
  text_free(&text);
  return variables->len ? kept : NULL;
}

static void tell_moved(Differ *differ, Node before, Node after, const Variables *left,
                       const Variables *entered) {
  uint64_t key = hash_add(left->len, entered->len);
  for (uint32_t k = 0; k < left->len; k++) key = hash_add(key, left->data[k]);
  for (uint32_t k = 0; k < entered->len; k++) key = hash_add(key, entered->data[k]);
  uint32_t at = map_get(&differ->grouped, key);
  for (uint32_t k = 0; k < left->len; k++) map_put(&differ->variables[BEFORE], left->data[k], 1);
  for (uint32_t k = 0; k < entered->len; k++) map_put(&differ->variables[AFTER], entered->data[k], 1);
  if (at) {
    differ->diff->changes.data[at - 1].more++;
    return;
  }
  Span places[2] = {differ_span(differ, BEFORE, before), differ_span(differ, AFTER, after)};
  Change *change = differ_tell(differ, CHANGE_SCATTER, places, differ_step(differ, AFTER, after),
                               sets_text(differ, BEFORE, left), sets_text(differ, AFTER, entered));
  differ_nodes(change, before, after);
  map_put(&differ->grouped, key, differ->diff->changes.len);
}

void differ_scatters(Differ *differ) {
  const AlignSide *before = &differ->sides[BEFORE];
  Variables left = {0}, entered = {0};
  for (Node node = 0; node < graph_count(before->graph); node++) {
    Node there = before->to[node];
    if (there == NODE_NONE || !align_is_step(before->graph, node)) continue;
    if (!before->graph->vars.data[node] && !differ->sides[AFTER].graph->vars.data[there]) continue;
    take_other(differ, BEFORE, node, there, &left);
    take_other(differ, AFTER, there, node, &entered);
    if (!left.len && !entered.len) continue;
    differ->moved[node] = 1;
    tell_moved(differ, node, there, &left, &entered);
  }
  vec_free(&left);
  vec_free(&entered);
}

void differ_index(Differ *differ, const Use *use, Node before, Node after) {
  if (map_get(&differ->variables[BEFORE], before) || map_get(&differ->variables[AFTER], after)) return;
  Change *change = differ_tell(differ, CHANGE_SCATTER, use->places, use->what,
                               differ_set(differ, BEFORE, before), differ_set(differ, AFTER, after));
  differ_nodes(change, use->nodes[BEFORE], use->nodes[AFTER]);
}

/* An operand that varies with what its step has left or entered. */
bool differ_is_moved(const Differ *differ, Node before, Node after, int side, Node operand) {
  const Graph *graph = differ->sides[side].graph;
  if (operand == NODE_NONE || !graph->vars.data[operand]) return false;
  Variables other = {0};
  take_other(differ, side, side == BEFORE ? before : after, side == BEFORE ? after : before, &other);
  bool moved = false;
  for (uint32_t k = 0; k < other.len; k++)
    moved |= varset_has(graph->sets, graph->vars.data[operand], other.data[k]);
  vec_free(&other);
  return moved;
}
