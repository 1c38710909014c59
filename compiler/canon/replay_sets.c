/* replay_sets.c: index sets, elements, lengths, and arrays as a whole. */
#include "canon/replaying.h"

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

bool check_map_fusion(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is(graph, from, OP_ELEMENT)) return false;
  Node array = arg(graph, from, 0), index = arg(graph, from, 1);
  if (!is_total(graph, array) || !is(graph, index, OP_INDEX)) return false;
  Node bound = arg(graph, array, 0);
  if (!set_covers(graph, set_of(graph, index), set_of(graph, bound))) return false;
  return replay_put(replay, arg(graph, array, 2), &(Put){1, 1, &bound, &index}) == to;
}

bool check_map_identity(Replay *replay, Node from, Node to) {
  const Graph *graph = replay->graph;
  if (!is_total(graph, from) || !is(graph, arg(graph, from, 2), OP_ELEMENT)) return false;
  Node index = arg(graph, from, 0), body = arg(graph, from, 2);
  return arg(graph, body, 0) == to && arg(graph, body, 1) == index &&
         is_own_set(graph, set_of(graph, index), to);
}

bool check_element(Replay *replay, Node from, Node to) {
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

bool check_indices(Replay *replay, Node from, Node to) {
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

/* The length of a flatten, with a unit for each element of each array. */
static Node length_of_units(Graph *graph, Node arrays) {
  TypeId type = type_of(graph->types, graph_type(graph, arrays))->args[0];
  Node outer = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, arrays), (Span){0});
  Node array = SAID(graph, OP_ELEMENT, type, arrays, outer), always = graph_bool(graph, true);
  Node inner = graph_open_index(graph, SAID(graph, OP_DIM_OF, T_UNIT, array), (Span){0});
  Node units = graph_collect(graph, inner, always, graph_unit(graph), (Span){0});
  Node all = graph_collect(graph, outer, always, units, (Span){0});
  return SAID(graph, OP_LENGTH, T_INT, SAID(graph, OP_FLATTEN, type_array(graph->types, T_UNIT), all));
}

bool check_length(Replay *replay, Node from, Node to) {
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
  if (!of && is(graph, array, OP_FLATTEN)) return to == length_of_units(graph, arg(graph, array, 0));
  if (!of && is(graph, array, OP_COLLECT) && filter_alone(replay, array, to)) return true;
  if (!is_total(graph, array)) return false;
  Node set = set_of(graph, arg(graph, array, 0));
  return to == (of ? set : extent(graph, set));
}

bool check_zip(Replay *replay, Node from, Node to) {
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

bool over_nothing(const Graph *graph, Node node) {
  int64_t size;
  if (graph_is_bool(graph, arg(graph, node, 1), false)) return true;
  return set_size(graph, set_of(graph, arg(graph, node, 0)), &size) && !size;
}

bool check_filter_known(Replay *replay, Node from, Node to) {
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

bool check_append(Replay *replay, Node from, Node to) {
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

bool check_flatten(Replay *replay, Node from, Node to) {
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

bool check_compact(Replay *replay, Node from, Node to) {
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
