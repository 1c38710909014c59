#include "ir/ranges.h"

#include "ir/binder.h"

/* A variable that ranges over one index set share, one after the other, and what closing it has found out. */
typedef struct Shared {
  bool busy;
  Closing closing;
} Shared;

struct Ranges {
  Map by_set, by_variable; /* to shared + 1 */
  Map by_collect;          /* to opened + 1 */
  VEC(Shared) shared;
  VEC(Range) opened; /* collects as they were before their variable was closed */
};

Ranges *ranges_new(void) {
  Ranges *ranges = mem_alloc(sizeof *ranges);
  *ranges = (Ranges){0};
  return ranges;
}

void ranges_free(Ranges *ranges) {
  if (!ranges) return;
  for (uint32_t i = 0; i < ranges->shared.len; i++) closing_end(&ranges->shared.data[i].closing);
  map_free(&ranges->by_set);
  map_free(&ranges->by_variable);
  map_free(&ranges->by_collect);
  vec_free(&ranges->shared);
  vec_free(&ranges->opened);
  free(ranges);
}

Closing *ranges_give_back(Graph *graph, Node variable) {
  uint32_t at = map_get(&graph->ranges->by_variable, variable);
  if (!at) return NULL;
  Shared *shared = &graph->ranges->shared.data[at - 1];
  shared->busy = false;
  return &shared->closing;
}

void ranges_keep(Graph *graph, Node collect, Range range) {
  Ranges *ranges = graph->ranges;
  if (graph_op(graph, collect) != OP_COLLECT || !map_get(&ranges->by_variable, range.index)) return;
  if (map_get(&ranges->by_collect, collect)) return;
  vec_push(&ranges->opened, range);
  map_put(&ranges->by_collect, collect, ranges->opened.len);
}

/* An open variable over an index set: the one that all ranges over it share, unless it is in use. */
static Node take_variable(Graph *graph, Node dim, Span span) {
  Ranges *ranges = graph->ranges;
  uint32_t at = map_get(&ranges->by_set, dim);
  if (at && ranges->shared.data[at - 1].busy) return graph_open_index(graph, dim, span);
  if (!at) {
    Node variable = graph_open_index(graph, dim, span);
    if (graph->full) return 0;
    vec_push(&ranges->shared, (Shared){.closing = {.variable = variable}});
    at = ranges->shared.len;
    map_put(&ranges->by_set, dim, at);
    map_put(&ranges->by_variable, variable, at);
  }
  ranges->shared.data[at - 1].busy = true;
  return ranges->shared.data[at - 1].closing.variable;
}

/* What a loop over an array may be joined with. */
static bool is_seen_through(const Graph *graph, Node array) {
  return graph->rules && graph_op(graph, array) == OP_COLLECT && !graph_draws(graph, array);
}

/* Condition and element of a collect at an open index over its set. */
static Range open_collect(Graph *graph, Node collect, Node index) {
  uint32_t at = map_get(&graph->ranges->by_collect, collect);
  if (at && graph->ranges->opened.data[at - 1].index == index) return graph->ranges->opened.data[at - 1];
  Node closed = graph_arg(graph, collect, 0);
  Node condition = graph_substitute(graph, graph_arg(graph, collect, 1), closed, index);
  return (Range){index, graph_substitute(graph, graph_arg(graph, collect, 2), closed, index), condition};
}

static TypeId element_type(const Graph *graph, Node array) {
  const Type *type = type_of(graph->types, graph_type(graph, array));
  return type->kind == T_ARRAY ? type->args[0] : T_ERROR;
}

static Node array_dim(Graph *graph, Node array, Span span) {
  return graph_node(graph, OP_DIM_OF, T_UNIT, span, array);
}

/* The element of an array at an open index over a set that covers the array's. */
static Node element_at(Graph *graph, Node array, Node index, Span span) {
  bool same_set = is_seen_through(graph, array) && binder_dim(graph, array) == graph_arg(graph, index, 0);
  if (same_set && graph_is_bool(graph, graph_arg(graph, array, 1), true))
    return open_collect(graph, array, index).element;
  return graph_node(graph, OP_ELEMENT, element_type(graph, array), span, array, index);
}

Range graph_range(Graph *graph, Node array, Span span) {
  if (graph->full) return (Range){0};
  bool seen_through = is_seen_through(graph, array);
  Node index = take_variable(graph, seen_through ? binder_dim(graph, array) : array_dim(graph, array, span),
                             span);
  if (graph->full) return (Range){0};
  if (seen_through) return open_collect(graph, array, index);
  return (Range){index, element_at(graph, array, index, span), graph_bool(graph, true)};
}

/* The set that all arrays, filtered by one condition, range over; NODE_NONE: they are not. */
static Node common_filter(const Graph *graph, const Node *arrays, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (!is_seen_through(graph, arrays[i])) return NODE_NONE;
    if (binder_dim(graph, arrays[i]) != binder_dim(graph, arrays[0])) return NODE_NONE;
  }
  return binder_dim(graph, arrays[0]);
}

/* Arrays filtered alike: the condition is theirs. False: they are not. */
static bool zip_filtered(Graph *graph, const Node *arrays, uint32_t count, Node *elements, Range *range,
                         Span span) {
  Node dim = common_filter(graph, arrays, count);
  if (dim == NODE_NONE) return false;
  Node index = take_variable(graph, dim, span);
  for (uint32_t i = 0; i < count && !graph->full; i++) {
    Range opened = open_collect(graph, arrays[i], index);
    if (i && opened.condition != range->condition) {
      ranges_give_back(graph, index);
      return false;
    }
    *range = opened;
    elements[i] = opened.element;
  }
  return true;
}

Range graph_zip(Graph *graph, const Node *arrays, uint32_t count, Node *elements, Span span) {
  Range range = {0};
  for (uint32_t i = 0; i < count; i++) elements[i] = 0;
  if (graph->full || !count) return range;
  if (zip_filtered(graph, arrays, count, elements, &range, span)) return range;
  Node *dims = mem_alloc(count * sizeof *dims);
  for (uint32_t i = 0; i < count; i++) dims[i] = array_dim(graph, arrays[i], span);
  Node dim = graph_make(graph, OP_DIM_ZIP, T_UNIT, 0, dims, count, span);
  free(dims);
  range.index = take_variable(graph, dim, span);
  range.condition = graph_bool(graph, true);
  for (uint32_t i = 0; i < count && !graph->full; i++)
    elements[i] = element_at(graph, arrays[i], range.index, span);
  range.element = elements[0];
  return range;
}

Node graph_extent(Graph *graph, Node dim, Span span) {
  if (graph->full) return 0;
  Node arg = graph_arity(graph, dim) ? graph_arg(graph, dim, 0) : NODE_NONE;
  switch (graph_op(graph, dim)) {
    case OP_DIM_OF:
      return graph_node(graph, OP_LENGTH, T_INT, span, arg);
    case OP_DIM_RANGE:
      return graph_node(graph, OP_MAX, T_INT, span, arg, graph_int(graph, 0));
    default:
      break;
  }
  /* A zip is as long as each of its parts, and its length fails where it fails. */
  Node units = graph_collect(graph, graph_open_index(graph, dim, span), graph_bool(graph, true),
                             graph_unit(graph), span);
  return graph_raw(graph, OP_LENGTH, T_INT, 0, &units, 1, span);
}
