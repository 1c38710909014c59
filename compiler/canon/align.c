#include "canon/align.h"

#include "ir/text.h"

#include <string.h>

/* ---- what is alike ---- */

static Sym field_name(const Graph *graph, Node project) {
  return type_of(graph->types, graph_type(graph, graph_arg(graph, project, 0)))
      ->names[graph->data.data[project]];
}

static bool fields_alike(const Align *align, Node before, Node after) {
  const Graph *a = align->sides[BEFORE].graph, *b = align->sides[AFTER].graph;
  if (field_name(a, before) == field_name(b, after)) return true;
  return type_of(a->types, graph_type(a, graph_arg(a, before, 0)))->count == 1 &&
         type_of(b->types, graph_type(b, graph_arg(b, after, 0)))->count == 1;
}

/* Fields are alike when what they are fields of is, or may yet be. */
static bool projects_alike(const Align *align, Node *before, Node *after) {
  const Graph *a = align->sides[BEFORE].graph, *b = align->sides[AFTER].graph;
  while (graph_op(a, *before) == OP_PROJECT && graph_op(b, *after) == OP_PROJECT) {
    if (!fields_alike(align, *before, *after)) return false;
    *before = graph_arg(a, *before, 0);
    *after = graph_arg(b, *after, 0);
  }
  return align_paired(align, *before, *after) || align_free_pair(align, *before, *after);
}

bool align_compatible(const Align *align, Node before, Node after) {
  const AlignSide *a = &align->sides[BEFORE], *b = &align->sides[AFTER];
  if (graph_op(a->graph, before) == OP_PROJECT && graph_op(b->graph, after) == OP_PROJECT) {
    if (!projects_alike(align, &before, &after)) return false;
    if (align_paired(align, before, after)) return true;
  }
  Op op = graph_op(a->graph, before);
  if (op != graph_op(b->graph, after)) return false;
  uint32_t x = a->graph->data.data[before], y = b->graph->data.data[after];
  switch (op) {
    case OP_LIT:
      return digest_same(a->digests->data[before], b->digests->data[after]);
    case OP_TASK:
      return a->task_to[x] == y;
    case OP_INDEX:
    case OP_STATE:
    case OP_TOKEN:
      return true;
    default:
      return data_form(op) == DATA_NONE || x == y;
  }
}

bool align_free_pair(const Align *align, Node before, Node after) {
  return align->sides[BEFORE].to[before] == NODE_NONE && align->sides[AFTER].to[after] == NODE_NONE;
}

bool align_is_step(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return op == OP_TASK || op == OP_ASK;
}

Node align_peel(const Graph *graph, Node node) {
  for (;;) switch (graph_op(graph, node)) {
      case OP_PROJECT:
      case OP_CAST:
      case OP_SOME:
      case OP_UNWRAP:
      case OP_TO_FLOAT:
        node = graph_arg(graph, node, 0);
        continue;
      default:
        return node;
    }
}

/* ---- users with the same operands ---- */

static int by_node(const void *a, const void *b) {
  Node x = *(const Node *)a, y = *(const Node *)b;
  return x < y ? -1 : x > y;
}

/* What a node is, in terms of partners after; tokens tell nothing. 0: some operand has none. */
static uint64_t key_of(Align *align, int which, Node node) {
  const AlignSide *side = &align->sides[which];
  const Graph *graph = side->graph;
  Op op = graph_op(graph, node);
  uint32_t data = data_form(op) == DATA_NONE || op == OP_TOKEN ? 0 : graph->data.data[node];
  if (op == OP_TASK && which == BEFORE) data = side->task_to[data];
  align->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k), there = which == BEFORE ? side->to[arg] : arg;
    bool token = graph_op(graph, arg) == OP_TOKEN;
    if (!token && there == NODE_NONE) return 0;
    vec_push(&align->args, token ? NODE_NONE : there);
  }
  uint32_t from = unordered_from(graph, node);
  if (from + 1 < align->args.len)
    qsort(align->args.data + from, align->args.len - from, sizeof(Node), by_node);
  uint64_t key = hash_add(op, data);
  for (uint32_t k = 0; k < align->args.len; k++) key = hash_add(key, align->args.data[k]);
  return key ? key : 1;
}

static void index_after(Align *align) {
  const AlignSide *side = &align->sides[AFTER];
  for (Node node = graph_count(side->graph); node-- > 0;) {
    if (!align_reachable(side, node) || !graph_arity(side->graph, node)) continue;
    uint64_t key = key_of(align, AFTER, node);
    align->next_alike[node] = map_get(&align->alike, key);
    map_put(&align->alike, key, node + 1);
  }
}

/* Pair a node all of whose operands are paired with one that has the partners of these. */
static void try_alike(Align *align, Node node) {
  if (align->sides[BEFORE].to[node] != NODE_NONE) return;
  uint64_t key = key_of(align, BEFORE, node);
  if (!key) return;
  Sym name = align->sides[BEFORE].graph->name_of.data[node];
  Node best = NODE_NONE;
  for (uint32_t at = map_get(&align->alike, key), tried = 0; at && tried < 64;
       at = align->next_alike[at - 1], tried++) {
    if (align->sides[AFTER].to[at - 1] != NODE_NONE || !align_compatible(align, node, at - 1)) continue;
    bool named = name && align->sides[AFTER].graph->name_of.data[at - 1] == name;
    if (best == NODE_NONE || named) best = at - 1;
    if (named) break;
  }
  if (best != NODE_NONE) align_pair(align, node, best);
}

/* ---- spreading ---- */

void align_pair(Align *align, Node before, Node after) {
  align->sides[BEFORE].to[before] = after;
  align->sides[AFTER].to[after] = before;
  vec_push(&align->certain, (NodePair){before, after});
}

static void spread_up(Align *align, NodePair pair) {
  const AlignSide *side = &align->sides[BEFORE];
  if (graph_op(side->graph, pair.before) == OP_TOKEN) return;
  for (uint32_t u = side->first_user[pair.before]; u < side->first_user[pair.before + 1]; u++)
    if (!--align->waiting[side->users[u]]) try_alike(align, side->users[u]);
}

static void spread_down(Align *align, NodePair pair) {
  OperandPairs operands = {0};
  if (digest_same(align->sides[BEFORE].digests->nodes[pair.before],
                  align->sides[AFTER].digests->nodes[pair.after]) &&
      !align->sides[BEFORE].digests->anonymous[pair.before])
    return; /* all below is paired */
  align_operands(align, pair.before, pair.after, &operands);
  for (uint32_t k = 0; k < operands.len; k++)
    if (operands.data[k].before != NODE_NONE && operands.data[k].after != NODE_NONE &&
        align_free_pair(align, operands.data[k].before, operands.data[k].after))
      vec_push(&align->likely, (NodePair){operands.data[k].before, operands.data[k].after});
  vec_free(&operands);
}

/* First all that is certain, then one that is likely. */
void align_spread(Align *align) {
  VEC(NodePair) seen = {0};
  for (;;) {
    while (align->certain.len) {
      NodePair pair = vec_pop(&align->certain);
      spread_up(align, pair);
      vec_push(&seen, pair);
    }
    while (align->spreads_down && !align->certain.len && seen.len) spread_down(align, vec_pop(&seen));
    if (!align->spreads_down || !align->likely.len) break;
    NodePair pair = vec_pop(&align->likely);
    if (align_free_pair(align, pair.before, pair.after) && align_compatible(align, pair.before, pair.after))
      align_pair(align, pair.before, pair.after);
  }
  vec_free(&seen);
}

/* What was paired while nothing spread down does so now. */
static void begin_down(Align *align) {
  const AlignSide *side = &align->sides[BEFORE];
  align->spreads_down = true;
  for (Node node = 0; node < graph_count(side->graph); node++)
    if (side->to[node] != NODE_NONE) spread_down(align, (NodePair){node, side->to[node]});
  const Graph *a = side->graph, *b = align->sides[AFTER].graph;
  Map named = {0};
  for (uint32_t i = 0; i < b->outputs.len; i++) map_put(&named, b->outputs.data[i].name, i + 1);
  for (uint32_t i = 0; i < a->outputs.len; i++) {
    uint32_t at = map_get(&named, a->outputs.data[i].name);
    if (at) vec_push(&align->likely, (NodePair){a->outputs.data[i].node, b->outputs.data[at - 1].node});
  }
  map_free(&named);
}

/* ---- beginnings ---- */

static void find_users(AlignSide *side) {
  const Graph *graph = side->graph;
  uint32_t count = graph_count(graph);
  side->first_user = mem_zero((count + 2) * sizeof(uint32_t));
  for (Node node = 0; node < count; node++)
    for (uint32_t k = 0; align_reachable(side, node) && k < graph_arity(graph, node); k++)
      side->first_user[graph_arg(graph, node, k) + 2]++;
  for (Node node = 0; node < count; node++) side->first_user[node + 2] += side->first_user[node + 1];
  side->users = mem_alloc((side->first_user[count + 1] + 1) * sizeof(Node));
  for (Node node = 0; node < count; node++)
    for (uint32_t k = 0; align_reachable(side, node) && k < graph_arity(graph, node); k++)
      side->users[side->first_user[graph_arg(graph, node, k) + 1]++] = node;
}

static void begin_side(AlignSide *side, const Digests *digests) {
  const Graph *graph = digests->graph;
  *side = (AlignSide){.graph = graph, .digests = digests};
  side->to = mem_alloc((graph_count(graph) + 1) * sizeof(Node));
  memset(side->to, 0xff, (graph_count(graph) + 1) * sizeof(Node));
  side->task_to = mem_alloc((graph->tasks.len + 1) * sizeof(uint32_t));
  memset(side->task_to, 0xff, (graph->tasks.len + 1) * sizeof(uint32_t));
  find_users(side);
}

static void count_waiting(Align *align) {
  const Graph *graph = align->sides[BEFORE].graph;
  align->waiting = mem_alloc((graph_count(graph) + 1) * sizeof(uint32_t));
  for (Node node = 0; node < graph_count(graph); node++) {
    align->waiting[node] = 0;
    for (uint32_t k = 0; k < graph_arity(graph, node); k++)
      align->waiting[node] += graph_op(graph, graph_arg(graph, node, k)) != OP_TOKEN;
  }
  align->next_alike = mem_alloc((graph_count(align->sides[AFTER].graph) + 1) * sizeof(uint32_t));
}

/* Nodes of a digest that each side has once. */
static void pair_equal(Align *align) {
  Map places = {0}; /* digest to the node after + 1; UINT32_MAX: several */
  const AlignSide *a = &align->sides[BEFORE], *b = &align->sides[AFTER];
  for (Node node = 0; node < graph_count(b->graph); node++) {
    if (!align_reachable(b, node)) continue;
    uint64_t key = b->digests->nodes[node].low;
    map_put(&places, key, map_get(&places, key) ? UINT32_MAX : node + 1);
  }
  for (Node node = 0; node < graph_count(a->graph); node++) {
    uint32_t at = align_reachable(a, node) ? map_get(&places, a->digests->nodes[node].low) : 0;
    if (!at || at == UINT32_MAX || !digest_same(a->digests->nodes[node], b->digests->nodes[at - 1])) continue;
    if (align_free_pair(align, node, at - 1)) align_pair(align, node, at - 1);
  }
  map_free(&places);
}

/* The only input that the other side has none of that name for, or NODE_NONE. */
static Node only_alone(const Align *align, int which) {
  const AlignSide *side = &align->sides[which];
  Node only = NODE_NONE;
  for (Node node = 0; node < graph_count(side->graph); node++) {
    if (!align_reachable(side, node) || graph_op(side->graph, node) != OP_INPUT ||
        side->to[node] != NODE_NONE)
      continue;
    if (only != NODE_NONE) return NODE_NONE;
    only = node;
  }
  return only;
}

static bool same_type(const Align *align, Node before, Node after) {
  const Graph *a = align->sides[BEFORE].graph, *b = align->sides[AFTER].graph;
  return !strcmp(type_text(a->types, graph_type(a, before)), type_text(b->types, graph_type(b, after)));
}

/* By name; what is left alone on both sides has been renamed. */
static void pair_inputs(Align *align) {
  const AlignSide *a = &align->sides[BEFORE], *b = &align->sides[AFTER];
  Map named = {0};
  for (Node node = 0; node < graph_count(b->graph); node++)
    if (align_reachable(b, node) && graph_op(b->graph, node) == OP_INPUT)
      map_put(&named, b->graph->data.data[node], node + 1);
  for (Node node = 0; node < graph_count(a->graph); node++) {
    if (!align_reachable(a, node) || graph_op(a->graph, node) != OP_INPUT) continue;
    uint32_t at = map_get(&named, a->graph->data.data[node]);
    if (at && align_free_pair(align, node, at - 1)) align_pair(align, node, at - 1);
  }
  map_free(&named);
  Node x = only_alone(align, BEFORE), y = only_alone(align, AFTER);
  if (x != NODE_NONE && y != NODE_NONE && same_type(align, x, y)) align_pair(align, x, y);
}

Align *align_new(const Digests *before, const Digests *after) {
  Align *align = mem_alloc(sizeof *align);
  *align = (Align){0};
  begin_side(&align->sides[BEFORE], before);
  begin_side(&align->sides[AFTER], after);
  count_waiting(align);
  align_tasks(align);
  index_after(align);
  pair_equal(align);
  pair_inputs(align);
  align_spread(align);
  align_names(align);
  align_spread(align);
  align_neighbours(align, 2);
  begin_down(align);
  align_spread(align);
  align_neighbours(align, 0);
  align_replaced(align);
  align_neighbours(align, 0);
  return align;
}

void align_free(Align *align) {
  for (int which = BEFORE; which <= AFTER; which++) {
    AlignSide *side = &align->sides[which];
    free(side->to);
    free(side->task_to);
    free(side->first_user);
    free(side->users);
  }
  vec_free(&align->certain);
  vec_free(&align->likely);
  vec_free(&align->args);
  free(align->waiting);
  free(align->next_alike);
  map_free(&align->alike);
  free(align);
}
