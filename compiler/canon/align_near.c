/* align_near.c: pairs of steps that are not certain: by their names, their neighbours, their places. */
#include "canon/align.h"

enum { MOST_USERS = 64, ROUNDS = 4 };

static bool is_open(const AlignSide *side, Node node) {
  return align_reachable(side, node) && side->to[node] == NODE_NONE;
}

/* ---- names ---- */

/* Key of a named node to its number + 1; UINT32_MAX: several have it. */
static void take_names(const Align *align, int side, bool any_task, Map *into) {
  const AlignSide *self = &align->sides[side];
  for (Node node = 0; node < graph_count(self->graph); node++) {
    Sym name = self->graph->name_of.data[node];
    if (!name || !is_open(self, node)) continue;
    Op op = graph_op(self->graph, node);
    if (any_task && op != OP_TASK) continue;
    uint64_t key = hash_add(name, op);
    map_put(into, key, map_get(into, key) ? UINT32_MAX : node + 1);
  }
}

/* Steps of one name, of which each side has one; of the same task unless `any_task`. */
static void pair_names(Align *align, bool any_task) {
  Map names[2] = {{0}, {0}};
  for (int side = BEFORE; side <= AFTER; side++) take_names(align, side, any_task, &names[side]);
  const AlignSide *a = &align->sides[BEFORE];
  for (Node node = 0; node < graph_count(a->graph); node++) {
    Sym name = a->graph->name_of.data[node];
    if (!name || !is_open(a, node)) continue;
    uint64_t key = hash_add(name, graph_op(a->graph, node));
    uint32_t mine = map_get(&names[BEFORE], key), there = map_get(&names[AFTER], key);
    if (mine != node + 1 || !there || there == UINT32_MAX || !align_free_pair(align, node, there - 1))
      continue;
    if (any_task || align_compatible(align, node, there - 1)) align_pair(align, node, there - 1);
  }
  map_free(&names[BEFORE]);
  map_free(&names[AFTER]);
}

void align_names(Align *align) { pair_names(align, false); }

/* ---- neighbours ---- */

typedef struct Vote {
  Node node;
  uint32_t count;
} Vote;

typedef struct Votes {
  const Align *align;
  Node of;
  VEC(Vote) list;
  Map at; /* node to its place + 1 */
} Votes;

static void vote(Votes *votes, Node node) {
  const AlignSide *after = &votes->align->sides[AFTER];
  if (!is_open(after, node) || !align_compatible(votes->align, votes->of, node)) return;
  uint32_t at = map_get(&votes->at, node);
  if (at) {
    votes->list.data[at - 1].count++;
    return;
  }
  vec_push(&votes->list, (Vote){node, 1});
  map_put(&votes->at, node, votes->list.len);
}

static void vote_users(Votes *votes, Node operand) {
  const AlignSide *after = &votes->align->sides[AFTER];
  Node there = votes->align->sides[BEFORE].to[operand];
  if (there == NODE_NONE) return;
  uint32_t from = after->first_user[there], to = after->first_user[there + 1];
  if (to - from > MOST_USERS) return;
  for (uint32_t u = from; u < to; u++) vote(votes, after->users[u]);
}

static void vote_operands(Votes *votes, Node user) {
  const AlignSide *after = &votes->align->sides[AFTER];
  Node there = votes->align->sides[BEFORE].to[user];
  for (uint32_t k = 0; there != NODE_NONE && k < graph_arity(after->graph, there) && k < MOST_USERS; k++)
    vote(votes, graph_arg(after->graph, there, k));
}

static Node winner(const Votes *votes) {
  Sym name = votes->align->sides[BEFORE].graph->name_of.data[votes->of];
  uint32_t most = 0;
  Node best = NODE_NONE;
  for (uint32_t i = 0; i < votes->list.len; i++) {
    const Vote *one = &votes->list.data[i];
    bool named = name && votes->align->sides[AFTER].graph->name_of.data[one->node] == name;
    if (2 * one->count + named <= most) continue;
    most = 2 * one->count + named;
    best = one->node;
  }
  return best;
}

static void pair_by_votes(Align *align, Node node) {
  const AlignSide *before = &align->sides[BEFORE];
  Votes votes = {.align = align, .of = node};
  for (uint32_t k = 0; k < graph_arity(before->graph, node) && k < MOST_USERS; k++)
    vote_users(&votes, graph_arg(before->graph, node, k));
  uint32_t from = before->first_user[node], to = before->first_user[node + 1];
  for (uint32_t u = from; u < to && u - from < MOST_USERS; u++) vote_operands(&votes, before->users[u]);
  Node best = winner(&votes);
  if (best != NODE_NONE) align_pair(align, node, best);
  vec_free(&votes.list);
  map_free(&votes.at);
}

/* Calls of a task of which both sides have one left. */
static void pair_last_calls(Align *align) {
  Map left[2] = {{0}, {0}};
  for (int side = BEFORE; side <= AFTER; side++) {
    const AlignSide *self = &align->sides[side];
    for (Node node = 0; node < graph_count(self->graph); node++) {
      if (graph_op(self->graph, node) != OP_TASK || !is_open(self, node)) continue;
      uint32_t task = self->graph->data.data[node];
      if (side == BEFORE) task = self->task_to[task];
      if (task != NODE_NONE) map_put(&left[side], task, map_get(&left[side], task) ? UINT32_MAX : node + 1);
    }
  }
  for (uint32_t task = 0; task < align->sides[AFTER].graph->tasks.len; task++) {
    uint32_t x = map_get(&left[BEFORE], task), y = map_get(&left[AFTER], task);
    if (x && y && x != UINT32_MAX && y != UINT32_MAX) align_pair(align, x - 1, y - 1);
  }
  map_free(&left[BEFORE]);
  map_free(&left[AFTER]);
}

/* What is worth a guess: steps, and what has a body. */
static bool is_worth_it(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return align_is_step(graph, node) || op == OP_FOLD || op == OP_LOOP || op == OP_REDUCE;
}

void align_neighbours(Align *align) {
  const AlignSide *before = &align->sides[BEFORE];
  for (int round = 0; round < ROUNDS; round++) {
    bool any = false;
    for (Node node = 0; node < graph_count(before->graph); node++) {
      if (!is_open(before, node) || !is_worth_it(before->graph, node)) continue;
      pair_by_votes(align, node);
      any |= before->to[node] != NODE_NONE;
      align_spread(align);
    }
    if (!any) break;
  }
  pair_last_calls(align);
  align_spread(align);
}

/* ---- replaced ---- */

static void replace_operands(Align *align, Node before, Node after) {
  const Graph *graphs[2] = {align->sides[BEFORE].graph, align->sides[AFTER].graph};
  OperandPairs operands = {0};
  align_operands(align, before, after, &operands);
  for (uint32_t k = 0; k < operands.len; k++) {
    if (operands.data[k].before == NODE_NONE || operands.data[k].after == NODE_NONE) continue;
    Node x = align_peel(graphs[BEFORE], operands.data[k].before),
         y = align_peel(graphs[AFTER], operands.data[k].after);
    if (align_is_step(graphs[BEFORE], x) && align_is_step(graphs[AFTER], y) && align_free_pair(align, x, y))
      align_pair(align, x, y);
  }
  vec_free(&operands);
}

/* Steps of one name, and steps that feed the same place of the same step or output. */
void align_replaced(Align *align) {
  const AlignSide *before = &align->sides[BEFORE];
  pair_names(align, true);
  align_spread(align);
  for (Node node = graph_count(before->graph); node-- > 0;) {
    if (!align_reachable(before, node) || before->to[node] == NODE_NONE) continue;
    replace_operands(align, node, before->to[node]);
    align_spread(align);
  }
  const Graph *a = before->graph, *b = align->sides[AFTER].graph;
  Map named = {0};
  for (uint32_t i = 0; i < b->outputs.len; i++) map_put(&named, b->outputs.data[i].name, i + 1);
  for (uint32_t i = 0; i < a->outputs.len; i++) {
    uint32_t at = map_get(&named, a->outputs.data[i].name);
    if (!at) continue;
    Node x = align_peel(a, a->outputs.data[i].node), y = align_peel(b, b->outputs.data[at - 1].node);
    if (align_is_step(a, x) && align_is_step(b, y) && align_free_pair(align, x, y)) align_pair(align, x, y);
  }
  map_free(&named);
  align_spread(align);
}
