/* align_operands.c: which operand of one node stands against which of its partner. */
#include "canon/align.h"

typedef struct Row {
  const Align *align;
  const Graph *graphs[2];
  Node nodes[2];
  OperandPairs *into;
} Row;

static Node arg(const Row *row, int side, uint32_t k) {
  return k < graph_arity(row->graphs[side], row->nodes[side])
             ? graph_arg(row->graphs[side], row->nodes[side], k)
             : NODE_NONE;
}

static void put(const Row *row, Node before, Node after, uint32_t place) {
  if (before != NODE_NONE || after != NODE_NONE) vec_push(row->into, (OperandPair){before, after, place});
}

/* Places [from, to) of both, one by one; what one side has more stands alone. */
static void by_place(const Row *row, uint32_t from, uint32_t before_to, uint32_t after_to) {
  for (uint32_t k = from; k < before_to || k < after_to; k++)
    put(row, k < before_to ? arg(row, BEFORE, k) : NODE_NONE, k < after_to ? arg(row, AFTER, k) : NODE_NONE,
        k);
}

/* From `before` and `after` on the order means nothing: partners, then one that is left on both sides, else each
 * alone. */
static void without_order(const Row *row, uint32_t before, uint32_t after) {
  uint32_t many = graph_arity(row->graphs[AFTER], row->nodes[AFTER]);
  Map left = {0};
  for (uint32_t k = after; k < many; k++) map_put(&left, arg(row, AFTER, k), k + 1);
  VEC(Node) alone = {0};
  for (uint32_t k = before; k < graph_arity(row->graphs[BEFORE], row->nodes[BEFORE]); k++) {
    Node node = arg(row, BEFORE, k), there = row->align->sides[BEFORE].to[node];
    uint32_t at = there == NODE_NONE ? 0 : map_get(&left, there);
    if (!at) {
      vec_push(&alone, node);
      continue;
    }
    put(row, node, there, k);
    map_put(&left, there, UINT32_MAX);
  }
  VEC(Node) fresh = {0};
  for (uint32_t k = after; k < many; k++)
    if (map_get(&left, arg(row, AFTER, k)) != UINT32_MAX) vec_push(&fresh, arg(row, AFTER, k));
  bool single = alone.len == 1 && fresh.len == 1;
  for (uint32_t k = 0; k < alone.len; k++)
    put(row, alone.data[k], single ? fresh.data[0] : NODE_NONE, before + k);
  for (uint32_t k = 0; !single && k < fresh.len; k++) put(row, NODE_NONE, fresh.data[k], after + k);
  vec_free(&fresh);
  vec_free(&alone);
  map_free(&left);
}

/* ---- calls ---- */

static void by_port(const Row *row) {
  const Task *tasks[2];
  for (int side = BEFORE; side <= AFTER; side++)
    tasks[side] = &row->graphs[side]->tasks.data[row->graphs[side]->data.data[row->nodes[side]]];
  Map named = {0};
  for (uint32_t k = 0; k < tasks[AFTER]->in_count; k++) map_put(&named, tasks[AFTER]->ins[k].name, k + 1);
  uint32_t paired = 0, same_place = 0, alone[2] = {NODE_NONE, NODE_NONE};
  for (uint32_t k = 0; k < tasks[BEFORE]->in_count; k++) {
    uint32_t at = map_get(&named, tasks[BEFORE]->ins[k].name);
    paired += at != 0;
    same_place += at == k + 1;
    if (!at) alone[BEFORE] = k;
  }
  bool renamed = !paired && tasks[BEFORE]->in_count == tasks[AFTER]->in_count;
  if (renamed || (same_place == tasks[BEFORE]->in_count && same_place == tasks[AFTER]->in_count)) {
    by_place(row, 0, tasks[BEFORE]->in_count, tasks[AFTER]->in_count);
  } else {
    for (uint32_t k = 0; k < tasks[BEFORE]->in_count; k++) {
      uint32_t at = map_get(&named, tasks[BEFORE]->ins[k].name);
      if (at)
        put(row, arg(row, BEFORE, k), arg(row, AFTER, at - 1), k),
            map_put(&named, tasks[BEFORE]->ins[k].name, UINT32_MAX);
    }
    for (uint32_t k = 0; k < tasks[AFTER]->in_count; k++)
      if (map_get(&named, tasks[AFTER]->ins[k].name) != UINT32_MAX) alone[AFTER] = k;
    /* One port renamed among others is still that port; what is new or gone is told of the task. */
    if (alone[BEFORE] != NODE_NONE && alone[AFTER] != NODE_NONE)
      put(row, arg(row, BEFORE, alone[BEFORE]), arg(row, AFTER, alone[AFTER]), alone[BEFORE]);
  }
  map_free(&named);
  without_order(row, tasks[BEFORE]->in_count, tasks[AFTER]->in_count);
}

/* ---- elements ---- */

/* Whether operand k before has its partner among the operands after, and at which place. */
static uint32_t partner_place(const Row *row, const Map *places, uint32_t k) {
  Node there = row->align->sides[BEFORE].to[arg(row, BEFORE, k)];
  return there == NODE_NONE ? 0 : map_get(places, there);
}

/* The longest run of places before whose partners' places ascend (patience sorting); both end at the lengths. */
static void keep_ascending(const Row *row, uint32_t from, uint32_t count, const Map *places, Map *kept) {
  VEC(uint32_t) tops = {0}; /* of each pile: the place before */
  uint32_t *below = mem_alloc((count + 1) * sizeof *below);
  for (uint32_t k = from; k < count; k++) {
    uint32_t at = partner_place(row, places, k), low = 0, high = tops.len;
    below[k] = NODE_NONE;
    if (!at || at == UINT32_MAX) continue;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (partner_place(row, places, tops.data[middle]) < at)
        low = middle + 1;
      else
        high = middle;
    }
    if (low) below[k] = tops.data[low - 1];
    if (low == tops.len)
      vec_push(&tops, k);
    else
      tops.data[low] = k;
  }
  for (uint32_t k = tops.len ? vec_last(&tops) : NODE_NONE; k != NODE_NONE; k = below[k])
    map_put(kept, k + 1, 1);
  vec_free(&tops);
  free(below);
}

/* What lies between two kept pairs: one by one where it is equally much, else each alone. */
static void between(const Row *row, uint32_t i, uint32_t j, uint32_t before_to, uint32_t after_to) {
  bool even = before_to - i == after_to - j;
  for (; i < before_to; i++) put(row, arg(row, BEFORE, i), even ? arg(row, AFTER, j++) : NODE_NONE, i);
  for (; j < after_to; j++) put(row, NODE_NONE, arg(row, AFTER, j), j);
}

static void by_sequence(const Row *row) {
  uint32_t before = graph_arity(row->graphs[BEFORE], row->nodes[BEFORE]);
  uint32_t after = graph_arity(row->graphs[AFTER], row->nodes[AFTER]);
  uint32_t from = 0, i, j;
  while (from < before && from < after &&
         align_paired(row->align, arg(row, BEFORE, from), arg(row, AFTER, from)))
    from++;
  by_place(row, 0, from, from);
  Map places = {0}, kept = {0};
  for (uint32_t k = from; k < after; k++)
    map_put(&places, arg(row, AFTER, k), map_get(&places, arg(row, AFTER, k)) ? UINT32_MAX : k + 1);
  keep_ascending(row, from, before, &places, &kept);
  i = j = from;
  for (uint32_t k = from; k < before; k++) {
    if (!map_get(&kept, k + 1)) continue;
    uint32_t at = partner_place(row, &places, k) - 1;
    between(row, i, j, k, at);
    put(row, arg(row, BEFORE, k), arg(row, AFTER, at), k);
    i = k + 1, j = at + 1;
  }
  between(row, i, j, before, after);
  map_free(&places);
  map_free(&kept);
}

void align_operands(const Align *align, Node before, Node after, OperandPairs *into) {
  Row row = {align, {align->sides[BEFORE].graph, align->sides[AFTER].graph}, {before, after}, into};
  Op op = graph_op(row.graphs[BEFORE], before);
  uint32_t ordered = unordered_from(row.graphs[BEFORE], before);
  if (op != graph_op(row.graphs[AFTER], after)) return;
  switch (op) {
    case OP_TASK:
      by_port(&row);
      break;
    case OP_ARRAY:
    case OP_APPEND:
    case OP_CONCAT:
      by_sequence(&row);
      break;
    default:
      if (ordered > graph_arity(row.graphs[BEFORE], before))
        ordered = graph_arity(row.graphs[BEFORE], before);
      if (ordered == graph_arity(row.graphs[BEFORE], before))
        by_place(&row, 0, ordered, graph_arity(row.graphs[AFTER], after));
      else
        by_place(&row, 0, ordered, ordered), without_order(&row, ordered, ordered);
      break;
  }
}
