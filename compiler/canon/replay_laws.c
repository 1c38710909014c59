/* replay_laws.c: what each law says, once more, for the checker of certificates. */
#include "canon/replaying.h"

#include <string.h>

/* ---- records, options, conversions ---- */

static bool law_record_beta(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_PROJECT) || !is(graph, arg(graph, from, 0), OP_RECORD)) return false;
  return arg(graph, arg(graph, from, 0), graph->data.data[from]) == to;
}

static bool law_record_eta(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_RECORD) || !graph_arity(graph, from)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++) {
    Node field = arg(graph, from, k);
    if (!is(graph, field, OP_PROJECT) || graph->data.data[field] != k || arg(graph, field, 0) != to)
      return false;
  }
  return true;
}

static bool law_option(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_IS_SOME) && !is(graph, from, OP_UNWRAP)) return false;
  Node option = arg(graph, from, 0);
  bool there = is(graph, option, OP_SOME);
  if (is(graph, from, OP_UNWRAP)) return there && arg(graph, option, 0) == to;
  return graph_is_bool(graph, to, there) && (there || is_literal(graph, option, LIT_ABSENT));
}

/* Operations that do not look at what is inside of their operands. */
static bool ignores_types(Op op) {
  static const Op some[] = {OP_PROJECT, OP_IS_SOME, OP_UNWRAP, OP_DIM_OF, OP_LENGTH,
                            OP_ELEMENT, OP_SOME,    OP_ARRAY,  OP_RECORD, OP_COLLECT};
  for (size_t i = 0; i < sizeof some / sizeof *some; i++)
    if (some[i] == op) return true;
  return false;
}

/* Whether two terms are the same when conversions are left out, at the top. */
static bool same_bits(const Graph *graph, Node a, Node b, int depth) {
  while (is(graph, a, OP_CAST)) a = arg(graph, a, 0);
  while (is(graph, b, OP_CAST)) b = arg(graph, b, 0);
  if (a == b) return true;
  Op op = graph_op(graph, a);
  if (graph_op(graph, b) != op || graph->data.data[a] != graph->data.data[b]) return false;
  if (op == OP_LIT) return true;
  if (!depth || !ignores_types(op) || graph_arity(graph, a) != graph_arity(graph, b)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, a); k++)
    if (!same_bits(graph, arg(graph, a, k), arg(graph, b, k), depth - 1)) return false;
  return true;
}

/* A conversion changes no bit. */
static bool law_conversion(Replay *replay, Node from, Node to) {
  return same_bits(replay->graph, from, to, is(replay->graph, from, OP_CAST) ? 1 : 2);
}

/* ---- order of operands, tasks ---- */

static int by_number(const void *a, const void *b) {
  Node x = *(const Node *)a, y = *(const Node *)b;
  return (x > y) - (x < y);
}

/* From which operand on the order means nothing. */
static uint32_t ordered(const Graph *graph, Node node) {
  switch (graph_op(graph, node)) {
    case OP_TASK:
      return graph->tasks.data[graph->data.data[node]].in_count;
    case OP_ASK:
      return 4;
    case OP_AFTER:
      return 1;
    case OP_DIM_ZIP:
      return 0;
    default:
      return op_info[graph_op(graph, node)].flags & FLAG_C ? 0 : graph_arity(graph, node);
  }
}

static Node *sorted_args(const Graph *graph, Node node, uint32_t from) {
  uint32_t count = graph_arity(graph, node);
  Node *args = mem_alloc((count + 1) * sizeof *args);
  for (uint32_t k = 0; k < count; k++) args[k] = arg(graph, node, k);
  qsort(args + from, count - from, sizeof *args, by_number);
  return args;
}

static bool law_commute(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t count = graph_arity(graph, from), first = ordered(graph, from);
  if (graph_op(graph, from) != graph_op(graph, to) || graph->data.data[from] != graph->data.data[to] ||
      graph_arity(graph, to) != count || first > count)
    return false;
  Node *left = sorted_args(graph, from, first), *right = sorted_args(graph, to, first);
  bool same = !memcmp(left, right, count * sizeof *left);
  free(left);
  free(right);
  return same;
}

static bool same_end(Replay *replay, Node a, Node b) {
  return a == NODE_NONE || b == NODE_NONE ? a == b : replay_same(replay, a, b);
}

static bool same_ports(Replay *replay, const Port *a, const Port *b, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (a[i].type != b[i].type || !same_end(replay, a[i].node, b[i].node)) return false;
  return true;
}

static bool same_command(Replay *replay, const Task *a, const Task *b) {
  static const AttrKind relevant[] = {ATTR_IMAGE, ATTR_STDIN, ATTR_ACCEPT};
  for (uint32_t i = 0; i < a->piece_count; i++) {
    const Piece *x = &a->pieces[i], *y = &b->pieces[i];
    if (x->raw != y->raw || x->ends_word != y->ends_word || !same_end(replay, x->node, y->node)) return false;
    if (x->node == NODE_NONE && x->text != y->text) return false;
  }
  for (size_t i = 0; i < sizeof relevant / sizeof *relevant; i++)
    if (!same_end(replay, a->attrs[relevant[i]], b->attrs[relevant[i]])) return false;
  for (uint32_t i = 0; i < a->env_count; i++)
    if (a->env[i].name != b->env[i].name || !same_end(replay, a->env[i].node, b->env[i].node)) return false;
  for (uint32_t i = 0; i < a->stage_count; i++)
    if (!same_end(replay, a->stage[i].file, b->stage[i].file) ||
        !same_end(replay, a->stage[i].name, b->stage[i].name))
      return false;
  return true;
}

/* All that can change a result is the same; names of ports, and what is asked of a machine, cannot. */
static bool same_task(Replay *replay, const Task *a, const Task *b) {
  if (a->is_volatile != b->is_volatile || a->direct != b->direct || a->in_count != b->in_count ||
      a->out_count != b->out_count || a->piece_count != b->piece_count || a->env_count != b->env_count ||
      a->stage_count != b->stage_count || (!a->direct && a->interpreter != b->interpreter))
    return false;
  uint64_t size = (uint64_t)a->in_count + a->out_count + a->piece_count + a->env_count + a->stage_count;
  return replay_spend(replay, size) && same_ports(replay, a->ins, b->ins, a->in_count) &&
         same_ports(replay, a->outs, b->outs, a->out_count) && same_command(replay, a, b);
}

static bool law_same_task(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t count = graph_arity(graph, from);
  if (!is(graph, from, OP_TASK) || !is(graph, to, OP_TASK) || graph_arity(graph, to) != count) return false;
  for (uint32_t k = 0; k < count; k++)
    if (arg(graph, from, k) != arg(graph, to, k)) return false;
  return same_task(replay, &graph->tasks.data[graph->data.data[from]],
                   &graph->tasks.data[graph->data.data[to]]);
}

/* ---- elements and index sets ---- */

bool set_covers(const Graph *graph, Node set, Node part) {
  if (set == part) return true;
  for (uint32_t k = 0; is(graph, set, OP_DIM_ZIP) && k < graph_arity(graph, set); k++)
    if (arg(graph, set, k) == part) return true;
  return false;
}

static bool is_total(const Graph *graph, Node array) {
  return is(graph, array, OP_COLLECT) && graph_is_bool(graph, arg(graph, array, 1), true);
}

/* Whether a set, as a whole, is that of an array. */
static bool is_own_set(const Graph *graph, Node set, Node array) {
  if (is_total(graph, array) && set_of(graph, arg(graph, array, 0)) == set) return true;
  if (is(graph, set, OP_DIM_OF)) return arg(graph, set, 0) == array;
  return is(graph, set, OP_DIM_RANGE) && is(graph, array, OP_ARRAY) &&
         is_int(graph, arg(graph, set, 0), graph_arity(graph, array));
}

static bool law_map_fusion(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_ELEMENT)) return false;
  Node array = arg(graph, from, 0), index = arg(graph, from, 1);
  if (!is_total(graph, array) || !is(graph, index, OP_INDEX)) return false;
  Node bound = arg(graph, array, 0);
  if (!set_covers(graph, set_of(graph, index), set_of(graph, bound))) return false;
  return replay_put(replay, arg(graph, array, 2), &(Put){1, 1, &bound, &index}) == to;
}

static bool law_map_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is_total(graph, from) || !is(graph, arg(graph, from, 2), OP_ELEMENT)) return false;
  Node index = arg(graph, from, 0), body = arg(graph, from, 2);
  return arg(graph, body, 0) == to && arg(graph, body, 1) == index &&
         is_own_set(graph, set_of(graph, index), to);
}

static bool law_element(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_ELEMENT)) return false;
  Node array = arg(graph, from, 0), place = arg(graph, from, 1);
  if (!is(graph, array, OP_ARRAY) || !is_literal(graph, place, LIT_INT)) return false;
  int64_t at = graph_literal(graph, place)->integer;
  return at >= 0 && at < (int64_t)graph_arity(graph, array) && arg(graph, array, (uint32_t)at) == to;
}

/* The number of an index over a set that is the array's is as good as the index. */
static bool ordinal_fits(const Graph *graph, Node array, Node set) {
  if (is_own_set(graph, set, array)) return true;
  if (is_total(graph, array) && set_covers(graph, set, set_of(graph, arg(graph, array, 0)))) return true;
  for (uint32_t k = 0; is(graph, set, OP_DIM_ZIP) && k < graph_arity(graph, set); k++)
    if (is_own_set(graph, arg(graph, set, k), array)) return true;
  return false;
}

static bool law_indices(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (is(graph, from, OP_DIM_RANGE)) {
    Node size = arg(graph, from, 0);
    for (uint32_t k = 0; is(graph, size, OP_MAX) && k < 2; k++)
      if (is_int(graph, arg(graph, size, k), 0))
        return is(graph, to, OP_DIM_RANGE) && arg(graph, to, 0) == arg(graph, size, 1 - k);
    return is(graph, size, OP_LENGTH) && is(graph, to, OP_DIM_OF) && arg(graph, to, 0) == arg(graph, size, 0);
  }
  if (!is(graph, from, OP_ELEMENT) || !is(graph, arg(graph, from, 1), OP_ORDINAL)) return false;
  Node array = arg(graph, from, 0), index = arg(graph, arg(graph, from, 1), 0);
  return is(graph, to, OP_ELEMENT) && arg(graph, to, 0) == array && arg(graph, to, 1) == index &&
         ordinal_fits(graph, array, set_of(graph, index));
}

/* How many a set has, as it is said. */
static Node extent(Graph *graph, Node set) {
  if (is(graph, set, OP_DIM_OF)) return SAID(graph, OP_LENGTH, T_INT, arg(graph, set, 0));
  if (is(graph, set, OP_DIM_RANGE))
    return SAID(graph, OP_MAX, T_INT, arg(graph, set, 0), graph_int(graph, 0));
  Node index = graph_open_index(graph, set, (Span){0});
  Node units = graph_collect(graph, index, graph_bool(graph, true), graph_unit(graph), (Span){0});
  return SAID(graph, OP_LENGTH, T_INT, units);
}

/* 0, and then each length more. */
static Node sum_of_lengths(Replay *replay, Node append) {
  Graph *graph = replay->graph;
  Node sum = graph_int(graph, 0);
  for (uint32_t k = 0; k < graph_arity(graph, append) && replay_spend(replay, 1); k++)
    sum = SAID(graph, OP_ADD_, T_INT, sum, SAID(graph, OP_LENGTH, T_INT, arg(graph, append, k)));
  return sum;
}

/* Of a filter only the condition matters to its length. */
static bool filter_alone(Replay *replay, Node array, Node to) {
  Graph *graph = replay->graph;
  Node bound = arg(graph, array, 0), index = graph_open_index(graph, set_of(graph, bound), (Span){0});
  Node condition = replay_put(replay, arg(graph, array, 1), &(Put){1, 1, &bound, &index});
  if (graph->full) return false;
  Node units = graph_collect(graph, index, condition, graph_unit(graph), (Span){0});
  return to == SAID(graph, OP_LENGTH, T_INT, units);
}

static bool law_length(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  if (is(graph, from, OP_MAX)) {
    Node zero = arg(graph, from, 0) == to ? arg(graph, from, 1) : arg(graph, from, 0);
    bool other = arg(graph, from, 0) == to || arg(graph, from, 1) == to;
    return other && is(graph, to, OP_LENGTH) && is_int(graph, zero, 0);
  }
  if (!is(graph, from, OP_LENGTH) && !is(graph, from, OP_DIM_OF)) return false;
  Node array = arg(graph, from, 0);
  bool of = is(graph, from, OP_DIM_OF);
  if (is(graph, array, OP_ARRAY)) {
    Node size = graph_int(graph, graph_arity(graph, array));
    return to == (of ? SAID(graph, OP_DIM_RANGE, T_UNIT, size) : size);
  }
  if (!of && is(graph, array, OP_APPEND)) return to == sum_of_lengths(replay, array);
  if (!of && is(graph, array, OP_COLLECT) && filter_alone(replay, array, to)) return true;
  if (!is_total(graph, array)) return false;
  Node set = set_of(graph, arg(graph, array, 0));
  return to == (of ? set : extent(graph, set));
}

static bool law_zip(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Map parts = {0};
  uint32_t count = 0, found = 0;
  if (!is(graph, from, OP_DIM_ZIP)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++) {
    Node part = arg(graph, from, k);
    bool nested = is(graph, part, OP_DIM_ZIP);
    if (!replay_spend(replay, graph_arity(graph, part))) break;
    for (uint32_t m = 0; m < (nested ? graph_arity(graph, part) : 1); m++) {
      Node inner = nested ? arg(graph, part, m) : part;
      count += !map_get(&parts, inner);
      map_put(&parts, inner, 1);
    }
  }
  bool several = count > 1 && is(graph, to, OP_DIM_ZIP);
  for (uint32_t k = 0; k < (several ? graph_arity(graph, to) : 1); k++)
    found += map_get(&parts, several ? arg(graph, to, k) : to);
  bool same = found == count && (!several || graph_arity(graph, to) == count);
  map_free(&parts);
  return same;
}

/* ---- whole arrays ---- */

static bool is_empty_array(const Graph *graph, Node node) {
  return is(graph, node, OP_ARRAY) && !graph_arity(graph, node);
}

/* Whether a collect or a fold is over nothing. */
static bool over_nothing(const Graph *graph, Node node) {
  int64_t size;
  if (graph_is_bool(graph, arg(graph, node, 1), false)) return true;
  return set_size(graph, set_of(graph, arg(graph, node, 0)), &size) && !size;
}

static bool law_filter_known(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_COLLECT) && over_nothing(graph, from) && is_empty_array(graph, to);
}

/* The elements of arrays one after another, literal ones joined, empty ones left out. */
typedef struct Row {
  Graph *graph;
  TypeId type;
  Nodes items, parts;
} Row;

static void row_flush(Row *row) {
  if (row->items.len)
    vec_push(&row->parts, said(row->graph, OP_ARRAY, row->type, row->items.len, row->items.data));
  row->items.len = 0;
}

static void row_add(Row *row, Node array) {
  const Graph *graph = row->graph;
  if (!is(graph, array, OP_ARRAY)) {
    row_flush(row);
    vec_push(&row->parts, array);
    return;
  }
  for (uint32_t k = 0; k < graph_arity(graph, array); k++) vec_push(&row->items, arg(graph, array, k));
}

static bool law_append(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  Row row = {.graph = graph, .type = graph_type(graph, from)};
  if (!is(graph, from, OP_APPEND)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, from) && !graph->full; k++) {
    Node part = arg(graph, from, k);
    if (!replay_spend(replay, graph_arity(graph, part))) break;
    if (is(graph, part, OP_APPEND))
      for (uint32_t m = 0;
           m < graph_arity(graph, part) && replay_spend(replay, graph_arity(graph, arg(graph, part, m))); m++)
        row_add(&row, arg(graph, part, m));
    else
      row_add(&row, part);
  }
  row_flush(&row);
  Node made = row.parts.len == 1 ? row.parts.data[0]
                                 : said(graph, row.parts.len ? OP_APPEND : OP_ARRAY, row.type, row.parts.len,
                                        row.parts.data);
  vec_free(&row.items);
  vec_free(&row.parts);
  return !graph->full && made == to;
}

/* Of flattened arrays one after another: each flattened. */
static bool flattened_parts(Replay *replay, Node from, Node append, Node to) {
  Graph *graph = replay->graph;
  uint32_t count = graph_arity(graph, append);
  bool same = is(graph, to, OP_APPEND) && graph_arity(graph, to) == count && replay_spend(replay, count);
  for (uint32_t k = 0; same && k < count; k++)
    same = arg(graph, to, k) == SAID(graph, OP_FLATTEN, graph_type(graph, from), arg(graph, append, k));
  return same;
}

static bool flattened_twice(Graph *graph, Node from, Node to) {
  TypeId type = graph_type(graph, from);
  Node deep = arg(graph, arg(graph, from, 0), 0);
  Node index = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, deep), (Span){0});
  Node element = SAID(graph, OP_ELEMENT, inside_of(graph, graph_type(graph, deep)), deep, index);
  Node inner = SAID(graph, OP_FLATTEN, type, element);
  Node all = graph_collect(graph, index, graph_bool(graph, true), inner, (Span){0});
  return to == SAID(graph, OP_FLATTEN, type, all);
}

/* Of a map to no arrays there is nothing; a choice to have no array is a filter. */
static bool flattened_filter(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  Node arrays = arg(graph, from, 0), body = arg(graph, arrays, 2), closed = arg(graph, arrays, 0);
  if (is_empty_array(graph, body)) return to == body;
  if (!is(graph, body, OP_CHOOSE)) return false;
  bool turned = is_empty_array(graph, arg(graph, body, 1));
  if (!turned && !is_empty_array(graph, arg(graph, body, 2))) return false;
  Node index = graph_open_index(graph, set_of(graph, closed), (Span){0});
  Put put = {1, 1, &closed, &index};
  Node outer = replay_put(replay, arg(graph, arrays, 1), &put),
       inner = replay_put(replay, arg(graph, body, 0), &put);
  Node left = replay_put(replay, arg(graph, body, turned ? 2 : 1), &put);
  if (graph->full) return false;
  if (turned) inner = SAID(graph, OP_NOT_, T_BOOL, inner);
  Node both = SAID(graph, OP_CHOOSE, T_BOOL, outer, inner, graph_bool(graph, false));
  Node all = graph_collect(graph, index, both, left, (Span){0});
  return to == SAID(graph, OP_FLATTEN, graph_type(graph, from), all);
}

static bool law_flatten(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  if (!is(graph, from, OP_FLATTEN)) return false;
  Node arrays = arg(graph, from, 0);
  switch (graph_op(graph, arrays)) {
    case OP_FLATTEN:
      return flattened_twice(graph, from, to);
    case OP_APPEND:
      return flattened_parts(replay, from, arrays, to);
    case OP_ARRAY:
      if (!is(graph, to, OP_APPEND) || graph_arity(graph, to) != graph_arity(graph, arrays)) return false;
      for (uint32_t k = 0; k < graph_arity(graph, to); k++)
        if (arg(graph, to, k) != arg(graph, arrays, k)) return false;
      return true;
    case OP_COLLECT: {
      Node one = arg(graph, arrays, 2);
      if (!is(graph, one, OP_ARRAY) || graph_arity(graph, one) != 1)
        return flattened_filter(replay, from, to);
      return is(graph, to, OP_COLLECT) && arg(graph, to, 0) == arg(graph, arrays, 0) &&
             arg(graph, to, 1) == arg(graph, arrays, 1) && arg(graph, to, 2) == arg(graph, one, 0);
    }
    default:
      return false;
  }
}

/* Of a literal array those that are there, if that is known of all. */
static bool compact_literal(const Graph *graph, Node array, Node to) {
  uint32_t there = 0;
  if (!is(graph, to, OP_ARRAY)) return false;
  for (uint32_t k = 0; k < graph_arity(graph, array); k++) {
    Node option = arg(graph, array, k);
    if (is_literal(graph, option, LIT_ABSENT)) continue;
    if (!is(graph, option, OP_SOME) || there == graph_arity(graph, to)) return false;
    if (arg(graph, to, there++) != arg(graph, option, 0)) return false;
  }
  return there == graph_arity(graph, to);
}

static bool law_compact(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  if (!is(graph, from, OP_COMPACT)) return false;
  Node options = arg(graph, from, 0);
  TypeId option = inside_of(graph, graph_type(graph, options));
  if (is(graph, options, OP_ARRAY) && is(graph, to, OP_ARRAY)) return compact_literal(graph, options, to);
  Node index = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, options), (Span){0});
  Node element = SAID(graph, OP_ELEMENT, option, options, index), yes = graph_bool(graph, true);
  Node there = SAID(graph, OP_IS_SOME, T_BOOL, element);
  Node holds = SAID(graph, OP_CHOOSE, T_BOOL, yes, there, graph_bool(graph, false));
  Node inside = SAID(graph, OP_UNWRAP, inside_of(graph, option), element);
  return to == graph_collect(graph, index, holds, inside, (Span){0});
}

/* ---- folds and loops ---- */

static bool law_fold_empty(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_FOLD) && over_nothing(graph, from) && arg(graph, from, 3) == to;
}

static bool law_fold_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_FOLD) && arg(graph, from, 4) == arg(graph, from, 2) && arg(graph, from, 3) == to;
}

static bool law_reduce(Replay *replay, Node from, Node to) {
  Graph *graph = replay->graph;
  if (!is(graph, from, OP_REDUCE)) return false;
  Node array = arg(graph, from, 3);
  if (is(graph, array, OP_ARRAY) && graph_arity(graph, array) == 1 && arg(graph, array, 0) == to) return true;
  return arg(graph, from, 2) == arg(graph, from, 0) &&
         to == SAID(graph, OP_ELEMENT, graph_type(graph, from), array, graph_int(graph, 0));
}

/* Below a field, if there is one: a call. */
static Node call_below(const Graph *graph, Node node) {
  return is(graph, node, OP_PROJECT) ? arg(graph, node, 0) : node;
}

/* What may be combined in any order: the right one with the left one is the left one with the right one. */
static bool law_reduce_order(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_REDUCE) || !is(graph, to, OP_REDUCE)) return false;
  for (uint32_t k = 0; k < 4; k++)
    if (k != 2 && arg(graph, from, k) != arg(graph, to, k)) return false;
  Node old = arg(graph, from, 2), new = arg(graph, to, 2);
  Node before = call_below(graph, old), after = call_below(graph, new);
  if (graph_op(graph, old) != graph_op(graph, new) ||
      (old != before && graph->data.data[old] != graph->data.data[new]))
    return false;
  if (!is(graph, before, OP_TASK) || !is(graph, after, OP_TASK) || graph_arity(graph, before) != 2 ||
      graph_arity(graph, after) != 2 || graph->data.data[before] != graph->data.data[after])
    return false;
  const Task *task = &graph->tasks.data[graph->data.data[before]];
  return task->assoc && task->comm && !task->is_volatile && arg(graph, before, 0) == arg(graph, after, 1) &&
         arg(graph, before, 1) == arg(graph, after, 0);
}

static bool law_loop_zero(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_LOOP) && is_int(graph, arg(graph, from, 4), 0) && arg(graph, from, 1) == to;
}

/* One round is all there is, or the second would come to the same. */
static bool law_loop_one(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_LOOP) || !is_literal(graph, arg(graph, from, 4), LIT_INT)) return false;
  int64_t most = graph_literal(graph, arg(graph, from, 4))->integer;
  bool stops = most == 1 || (most && graph_is_bool(graph, arg(graph, from, 3), true));
  bool settles = most > 0 && !graph_mentions(graph, arg(graph, from, 2), arg(graph, from, 0));
  if ((!stops && !settles) || draws_for(replay, arg(graph, from, 2), arg(graph, from, 0))) return false;
  Node state = arg(graph, from, 0), init = arg(graph, from, 1);
  return replay_put(replay, arg(graph, from, 2), &(Put){1, 1, &state, &init}) == to;
}

static bool law_loop_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_LOOP) || !is_literal(graph, arg(graph, from, 4), LIT_INT)) return false;
  return graph_literal(graph, arg(graph, from, 4))->integer > 0 &&
         arg(graph, from, 2) == arg(graph, from, 0) && arg(graph, from, 1) == to;
}

/* ---- conditions ---- */

static bool law_if_known(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is_literal(graph, arg(graph, from, 0), LIT_BOOL)) return false;
  return arg(graph, from, graph_is_bool(graph, arg(graph, from, 0), true) ? 1 : 2) == to;
}

static bool law_if_equal(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  return is(graph, from, OP_CHOOSE) && arg(graph, from, 1) == to && arg(graph, from, 2) == to;
}

static bool law_if_not(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is(graph, to, OP_CHOOSE)) return false;
  Node condition = arg(graph, from, 0);
  return is(graph, condition, OP_NOT_) && arg(graph, condition, 0) == arg(graph, to, 0) &&
         arg(graph, from, 1) == arg(graph, to, 2) && arg(graph, from, 2) == arg(graph, to, 1);
}

static bool law_if_truth(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE)) return false;
  Node condition = arg(graph, from, 0), yes = arg(graph, from, 1), no = arg(graph, from, 2);
  if (graph_is_bool(graph, yes, true) && graph_is_bool(graph, no, false)) return to == condition;
  return graph_is_bool(graph, yes, false) && graph_is_bool(graph, no, true) && is(graph, to, OP_NOT_) &&
         arg(graph, to, 0) == condition;
}

/* What an arm may become where its condition is known. */
static bool arm_follows(const Graph *graph, Node condition, Node arm, bool value, Node to) {
  if (arm == to || (arm == condition && graph_is_bool(graph, to, value))) return true;
  return is(graph, arm, OP_CHOOSE) && arg(graph, arm, 0) == condition && arg(graph, arm, value ? 1 : 2) == to;
}

static bool law_if_again(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_CHOOSE) || !is(graph, to, OP_CHOOSE) || arg(graph, from, 0) != arg(graph, to, 0))
    return false;
  Node condition = arg(graph, from, 0);
  return arm_follows(graph, condition, arg(graph, from, 1), true, arg(graph, to, 1)) &&
         arm_follows(graph, condition, arg(graph, from, 2), false, arg(graph, to, 2));
}

/* ---- order ---- */

/* Waiting for it is waiting for nothing. */
static bool is_no_work(const Graph *graph, Node node) {
  return !graph->vars.data[node] && !(graph->below.data[node] & FLAG_E);
}

/* Of each of two lists, what is not on the other is no work: of `from` what it waits for, and what its value does. */
static bool law_after(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  Map waited = {0}, kept = {0};
  if (!is(graph, from, OP_AFTER)) return false;
  Node value = arg(graph, from, 0), inner = is(graph, value, OP_AFTER) ? arg(graph, value, 0) : value;
  bool same = inner == to || (is(graph, to, OP_AFTER) && arg(graph, to, 0) == inner);
  uint32_t kept_count = inner == to ? 1 : graph_arity(graph, to);
  same &= replay_spend(replay, graph_arity(graph, value) + kept_count);
  for (uint32_t k = 1; same && k < kept_count; k++) map_put(&kept, arg(graph, to, k), 1);
  for (uint32_t i = 0; same && i < 2; i++) {
    Node list = i ? from : value;
    for (uint32_t k = 1; (i || inner != value) && k < graph_arity(graph, list); k++) {
      same &= map_get(&kept, arg(graph, list, k)) || is_no_work(graph, arg(graph, list, k));
      map_put(&waited, arg(graph, list, k), 1);
    }
  }
  for (uint32_t k = 1; same && k < kept_count; k++) same = map_get(&waited, arg(graph, to, k));
  map_free(&waited);
  map_free(&kept);
  return same;
}

/* Whether one node is done for certain for another: of a choice the condition, or both arms, of what is repeated
 * nothing. */
static bool is_certain(Replay *replay, Node from, Node wanted, int depth) {
  const Graph *graph = replay->graph;
  Nodes stack = {0};
  Map seen = {0};
  bool found = false;
  vec_push(&stack, from);
  while (stack.len && !found && replay_spend(replay, 1)) {
    Node node = vec_pop(&stack);
    found = node == wanted;
    if (found || map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    uint32_t count = is(graph, node, OP_CHOOSE)                      ? 1
                     : op_info[graph_op(graph, node)].flags & FLAG_B ? 0
                                                                     : graph_arity(graph, node);
    for (uint32_t k = 0; k < count; k++) vec_push(&stack, arg(graph, node, k));
  }
  vec_free(&stack);
  map_free(&seen);
  if (found || !is(graph, wanted, OP_CHOOSE) || depth > 8) return found;
  bool alike = is(graph, from, OP_CHOOSE) && arg(graph, from, 0) == arg(graph, wanted, 0);
  for (uint32_t k = 1; k < 3; k++)
    if (!is_certain(replay, alike ? arg(graph, from, k) : from, arg(graph, wanted, k), depth + 1))
      return false;
  return true;
}

/* What need not be waited for: what is no work, is waited for twice, or is done anyway for another operand. */
static bool need_not_wait(Replay *replay, Node from, uint32_t place) {
  const Graph *graph = replay->graph;
  Node waited = arg(graph, from, place);
  if (is_no_work(graph, waited) && !is_volatile_work(graph, waited)) return true;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++)
    if (k < place ? arg(graph, from, k) == waited : false) return true;
  for (uint32_t k = 0; k < graph_arity(graph, from); k++)
    if (arg(graph, from, k) != waited && is_certain(replay, arg(graph, from, k), waited, 0)) return true;
  return false;
}

static bool law_after_implied(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  uint32_t first = ordered(graph, from), count = graph_arity(graph, from), next = 0;
  bool alone = is(graph, from, OP_AFTER) && arg(graph, from, 0) == to;
  if (!is(graph, from, OP_AFTER) && !is(graph, from, OP_TASK) && !is(graph, from, OP_ASK)) return false;
  if (!alone &&
      (graph_op(graph, from) != graph_op(graph, to) || graph->data.data[from] != graph->data.data[to]))
    return false;
  for (uint32_t k = 0; k < count; k++) {
    bool kept = !alone && next < graph_arity(graph, to) && arg(graph, to, next) == arg(graph, from, k);
    next += kept;
    if (!kept && !(alone && !k) && (k < first || !need_not_wait(replay, from, k))) return false;
  }
  return alone || next == graph_arity(graph, to);
}

LawCheck *const law_checks[LAW_COUNT] = {
    [LAW_RECORD_BETA] = law_record_beta,
    [LAW_RECORD_ETA] = law_record_eta,
    [LAW_OPTION] = law_option,
    [LAW_CONVERSION] = law_conversion,
    [LAW_SAME_TASK] = law_same_task,
    [LAW_MAP_FUSION] = law_map_fusion,
    [LAW_MAP_IDENTITY] = law_map_identity,
    [LAW_ELEMENT] = law_element,
    [LAW_INDICES] = law_indices,
    [LAW_LENGTH] = law_length,
    [LAW_ZIP] = law_zip,
    [LAW_FILTER] = check_filter,
    [LAW_FILTER_KNOWN] = law_filter_known,
    [LAW_SINGLE] = check_single,
    [LAW_FLATTEN] = law_flatten,
    [LAW_MAP_FLATTEN] = check_map_flatten,
    [LAW_APPEND] = law_append,
    [LAW_MAP_APPEND] = check_map_append,
    [LAW_COMPACT] = law_compact,
    [LAW_FOLD_EMPTY] = law_fold_empty,
    [LAW_FOLD_IDENTITY] = law_fold_identity,
    [LAW_FOLD_SINGLE] = check_fold_single,
    [LAW_FOLD_FLATTEN] = check_fold_flatten,
    [LAW_FOLD_APPEND] = check_fold_append,
    [LAW_REDUCE] = law_reduce,
    [LAW_REDUCE_ORDER] = law_reduce_order,
    [LAW_IF_KNOWN] = law_if_known,
    [LAW_IF_EQUAL] = law_if_equal,
    [LAW_IF_NOT] = law_if_not,
    [LAW_IF_AGAIN] = law_if_again,
    [LAW_IF_TRUTH] = law_if_truth,
    [LAW_CONDITIONS] = check_conditions,
    [LAW_IF_FILTERED] = check_if_filtered,
    [LAW_STATE_INVARIANT] = check_state,
    [LAW_STATE_UNUSED] = check_state,
    [LAW_STATE_ORDER] = check_state,
    [LAW_AFTER_IMPLIED] = law_after_implied,
    [LAW_LOOP_ZERO] = law_loop_zero,
    [LAW_LOOP_ONE] = law_loop_one,
    [LAW_LOOP_IDENTITY] = law_loop_identity,
    [LAW_AFTER] = law_after,
    [LAW_CONSTANT] = check_constant,
    [LAW_UNIT] = check_unit,
    [LAW_IDEMPOTENT] = check_idempotent,
    [LAW_INVOLUTION] = check_involution,
    [LAW_COMMUTE] = law_commute,
    [LAW_CONCAT] = check_concat,
};
