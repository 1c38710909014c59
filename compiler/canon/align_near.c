/* align_near.c: pairs of steps that are not certain: by their names, their neighbours, their places. */
#include "canon/align.h"

enum { MOST_USERS = 64, QUARTERS = 4 };

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

/* A neighbour, and one beyond a step that has no partner, which may have been put in or taken out. */
typedef enum Distance { NEAR, BEYOND } Distance;

/* A candidate, and how many neighbours it shares. */
typedef struct Vote {
  Node node;
  uint32_t shared[2]; /* by distance */
} Vote;

typedef struct Votes {
  const Align *align;
  Node of;
  uint32_t neighbours;
  VEC(Vote) list;
  Map at; /* node to its place + 1 */
} Votes;

static void vote(Votes *votes, Node node, Distance distance) {
  const AlignSide *after = &votes->align->sides[AFTER];
  bool steps = align_is_step(after->graph, node) &&
               align_is_step(votes->align->sides[BEFORE].graph, votes->of);
  if (!is_open(after, node) || (!steps && !align_compatible(votes->align, votes->of, node))) return;
  uint32_t at = map_get(&votes->at, node);
  if (!at) {
    vec_push(&votes->list, (Vote){.node = node});
    map_put(&votes->at, node, at = votes->list.len);
  }
  votes->list.data[at - 1].shared[distance]++;
}

/* What uses a node after, and what uses the steps without partners among these. */
static void vote_users_of(Votes *votes, Node there, Distance distance) {
  const AlignSide *after = &votes->align->sides[AFTER];
  uint32_t from = after->first_user[there], to = after->first_user[there + 1];
  if (to - from > MOST_USERS) return;
  for (uint32_t u = from; u < to; u++) {
    Node user = after->users[u];
    if (u > from && user == after->users[u - 1]) continue;
    vote(votes, user, distance);
    if (distance == BEYOND || !is_open(after, user)) continue;
    bool output = graph_op(after->graph, user) == OP_PROJECT;
    if (!output && !align_is_step(after->graph, user)) continue;
    for (uint32_t v = after->first_user[user];
         v < after->first_user[user + 1] && v - after->first_user[user] < MOST_USERS; v++)
      if (graph_op(after->graph, after->users[v]) == OP_PROJECT)
        vote_users_of(votes, after->users[v], BEYOND);
  }
}

static void vote_users(Votes *votes, Node operand) {
  const AlignSide *before = &votes->align->sides[BEFORE];
  if (before->to[operand] != NODE_NONE) {
    vote_users_of(votes, before->to[operand], NEAR);
    return;
  }
  Node step = align_peel(before->graph, operand);
  if (!align_is_step(before->graph, step) || before->to[step] != NODE_NONE) return;
  for (uint32_t k = 0; k < graph_arity(before->graph, step) && k < MOST_USERS; k++) {
    Node there = before->to[graph_arg(before->graph, step, k)];
    if (there != NODE_NONE) vote_users_of(votes, there, BEYOND);
  }
}

/* What the partner of a user uses. */
static void vote_operands(Votes *votes, Node user) {
  const Graph *after = votes->align->sides[AFTER].graph;
  Node there = votes->align->sides[BEFORE].to[user];
  for (uint32_t k = 0; there != NODE_NONE && k < graph_arity(after, there) && k < MOST_USERS; k++)
    vote(votes, align_peel(after, graph_arg(after, there, k)), NEAR);
}

/* Whether operand k has stood before. */
static bool is_again(const Graph *graph, Node node, uint32_t k) {
  for (uint32_t i = 0; i < k; i++)
    if (graph_arg(graph, node, i) == graph_arg(graph, node, k)) return true;
  return false;
}

static void vote_below(Votes *votes) {
  const Graph *graph = votes->align->sides[BEFORE].graph;
  for (uint32_t k = 0; k < graph_arity(graph, votes->of) && k < MOST_USERS; k++) {
    if (is_again(graph, votes->of, k)) continue;
    votes->neighbours++;
    vote_users(votes, graph_arg(graph, votes->of, k));
  }
}

/* Users of an output are users of its step. */
static void vote_above(Votes *votes) {
  const AlignSide *before = &votes->align->sides[BEFORE];
  VEC(Node) outputs = {0};
  vec_push(&outputs, votes->of);
  for (uint32_t i = 0; i < outputs.len && votes->neighbours < MOST_USERS; i++) {
    uint32_t from = before->first_user[outputs.data[i]], to = before->first_user[outputs.data[i] + 1];
    for (uint32_t u = from; u < to && votes->neighbours < MOST_USERS; u++) {
      Node user = before->users[u];
      if (align_peel(before->graph, user) == votes->of) {
        vec_push(&outputs, user);
        continue;
      }
      votes->neighbours++;
      vote_operands(votes, user);
    }
  }
  vec_free(&outputs);
}

/* What does the same counts as much as a neighbour, a name half as much; what does not needs two neighbours.  What
 * is beyond decides between equals. */
static uint32_t score_of(const Votes *votes, const Vote *one) {
  Sym name = votes->align->sides[BEFORE].graph->name_of.data[votes->of];
  bool named = name && votes->align->sides[AFTER].graph->name_of.data[one->node] == name;
  bool compatible = align_compatible(votes->align, votes->of, one->node);
  uint32_t beyond = one->shared[BEYOND] < 3 ? one->shared[BEYOND] : 3;
  if (!compatible && one->shared[NEAR] < 2) return 0;
  return 8 * (one->shared[NEAR] + compatible) + 4 * named + beyond;
}

/* The best candidate that shares at least so many quarters of the neighbours; none where several are as good, until
 * nothing more is known. */
static Node winner(const Votes *votes, uint32_t quarters) {
  uint32_t most = 0;
  Node best = NODE_NONE;
  for (uint32_t i = 0; i < votes->list.len; i++) {
    const Vote *one = &votes->list.data[i];
    uint32_t score = QUARTERS * one->shared[NEAR] < quarters * votes->neighbours ? 0 : score_of(votes, one);
    if (score == most && quarters) best = NODE_NONE;
    if (score <= most) continue;
    most = score;
    best = one->node;
  }
  return best;
}

static void pair_by_votes(Align *align, Node node, uint32_t quarters) {
  Votes votes = {.align = align, .of = node};
  vote_below(&votes);
  vote_above(&votes);
  Node best = winner(&votes, quarters);
  if (best != NODE_NONE) align_pair(align, node, best);
  vec_free(&votes.list);
  map_free(&votes.at);
}

/* The calls of tasks that are called once on both sides. */
static void pair_only_calls(Align *align) {
  Map only[2] = {{0}, {0}};
  for (int side = BEFORE; side <= AFTER; side++) {
    const AlignSide *self = &align->sides[side];
    for (Node node = 0; node < graph_count(self->graph); node++) {
      if (graph_op(self->graph, node) != OP_TASK || !align_reachable(self, node)) continue;
      uint32_t task = self->graph->data.data[node];
      if (side == BEFORE) task = self->task_to[task];
      if (task != NODE_NONE) map_put(&only[side], task, map_get(&only[side], task) ? UINT32_MAX : node + 1);
    }
  }
  for (uint32_t task = 0; task < align->sides[AFTER].graph->tasks.len; task++) {
    uint32_t x = map_get(&only[BEFORE], task), y = map_get(&only[AFTER], task);
    if (x && y && x != UINT32_MAX && y != UINT32_MAX && align_free_pair(align, x - 1, y - 1))
      align_pair(align, x - 1, y - 1);
  }
  map_free(&only[BEFORE]);
  map_free(&only[AFTER]);
}

/* What is worth a guess: steps, and what has a body. */
static bool is_worth_it(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return align_is_step(graph, node) || op == OP_FOLD || op == OP_LOOP || op == OP_REDUCE;
}

void align_neighbours(Align *align, uint32_t least) {
  const AlignSide *before = &align->sides[BEFORE];
  for (uint32_t quarters = QUARTERS; quarters-- > least;)
    for (Node node = 0; node < graph_count(before->graph); node++) {
      if (!is_open(before, node) || !is_worth_it(before->graph, node)) continue;
      pair_by_votes(align, node, quarters);
      align_spread(align);
    }
  if (!least) pair_only_calls(align);
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
