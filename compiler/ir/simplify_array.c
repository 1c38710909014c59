/* simplify_array.c: arrays are functions from an index set: β, η and what is known of their size. */
#include "ir/simplify.h"

#include "base/hash.h"

/* ---- index sets ---- */

static Node index_dim(const Graph *graph, Node index) { return graph_arg(graph, index, 0); }

static bool set_is_empty(const Graph *graph, Node dim) {
  Node of = graph_arity(graph, dim) ? graph_arg(graph, dim, 0) : NODE_NONE;
  return graph_op(graph, dim) == OP_DIM_RANGE && literal_is(graph, of, LIT_INT) &&
         graph_literal(graph, of)->integer <= 0;
}

/* A collect without a condition: as long as the set of its index. */
static bool is_total(const Graph *graph, Node array) {
  return graph_op(graph, array) == OP_COLLECT && graph_is_bool(graph, graph_arg(graph, array, 1), true);
}

Node simplify_dim_of(Graph *graph, const Term *term) {
  Node array = term->args[0];
  if (is_total(graph, array)) return index_dim(graph, graph_arg(graph, array, 0));
  if (graph_op(graph, array) == OP_ARRAY)
    return graph_node(graph, OP_DIM_RANGE, T_UNIT, term->span, graph_int(graph, graph_arity(graph, array)));
  if (graph_op(graph, array) != OP_CAST) return NODE_NONE;
  law_is(graph, LAW_CONVERSION);
  return graph_node(graph, OP_DIM_OF, T_UNIT, term->span, graph_arg(graph, array, 0));
}

/* As many as an array has elements: its own set. */
Node simplify_dim_range(Graph *graph, const Term *term) {
  Node size = term->args[0];
  for (uint32_t k = 0; graph_op(graph, size) == OP_MAX && k < 2; k++)
    if (literal_is_int(graph, graph_arg(graph, size, k), 0))
      return graph_node(graph, OP_DIM_RANGE, T_UNIT, term->span, graph_arg(graph, size, 1 - k));
  if (graph_op(graph, size) != OP_LENGTH) return NODE_NONE;
  return graph_node(graph, OP_DIM_OF, T_UNIT, term->span, graph_arg(graph, size, 0));
}

static void zip_part(const Graph *graph, Node dim, Map *seen, Nodes *into) {
  bool nested = graph_op(graph, dim) == OP_DIM_ZIP;
  for (uint32_t k = 0; k < (nested ? graph_arity(graph, dim) : 1); k++) {
    Node part = nested ? graph_arg(graph, dim, k) : dim;
    if (map_get(seen, part)) continue;
    map_put(seen, part, 1);
    vec_push(into, part);
  }
}

Node simplify_dim_zip(Graph *graph, const Term *term) {
  Nodes parts = {0};
  Map seen = {0};
  for (uint32_t k = 0; k < term->count; k++) zip_part(graph, term->args[k], &seen, &parts);
  Node made = parts.len == 1 ? parts.data[0]
                             : graph_raw(graph, OP_DIM_ZIP, T_UNIT, 0, parts.data, parts.len, term->span);
  map_free(&seen);
  vec_free(&parts);
  return made;
}

/* Whether an index over `dim` runs over `part` too. */
static bool set_covers(const Graph *graph, Node dim, Node part) {
  if (dim == part) return true;
  for (uint32_t k = 0; graph_op(graph, dim) == OP_DIM_ZIP && k < graph_arity(graph, dim); k++)
    if (graph_arg(graph, dim, k) == part) return true;
  return false;
}

Node simplify_length(Graph *graph, const Term *term) {
  Node array = term->args[0];
  if (graph_op(graph, array) == OP_ARRAY) return graph_int(graph, graph_arity(graph, array));
  if (is_total(graph, array))
    return graph_extent(graph, index_dim(graph, graph_arg(graph, array, 0)), term->span);
  if (graph_op(graph, array) != OP_CAST) return NODE_NONE;
  law_is(graph, LAW_CONVERSION);
  return graph_node(graph, OP_LENGTH, T_INT, term->span, graph_arg(graph, array, 0));
}

/* ---- elements ---- */

static Node element_of_literal(const Graph *graph, Node array, Node at) {
  if (!literal_is(graph, at, LIT_INT)) return NODE_NONE;
  int64_t place = graph_literal(graph, at)->integer;
  bool inside = place >= 0 && place < (int64_t)graph_arity(graph, array);
  return inside ? graph_arg(graph, array, (uint32_t)place) : NODE_NONE;
}

Node element_of_collect(Graph *graph, Node array, Node index) {
  Node bound = graph_arg(graph, array, 0);
  if (!is_total(graph, array) || graph_op(graph, index) != OP_INDEX ||
      !set_covers(graph, index_dim(graph, index), index_dim(graph, bound)))
    return NODE_NONE;
  law_is(graph, LAW_MAP_FUSION);
  return graph_substitute(graph, graph_arg(graph, array, 2), bound, index);
}

/* Whether this is what an array's index set looks like. */
static bool is_set_of(const Graph *graph, Node dim, Node array) {
  if (is_total(graph, array) && index_dim(graph, graph_arg(graph, array, 0)) == dim) return true;
  if (graph_op(graph, dim) == OP_DIM_OF) return graph_arg(graph, dim, 0) == array;
  return graph_op(graph, dim) == OP_DIM_RANGE && graph_op(graph, array) == OP_ARRAY &&
         literal_is_int(graph, graph_arg(graph, dim, 0), graph_arity(graph, array));
}

/* The number of an index over the array's own set is as good as the index. */
static bool is_own_ordinal(const Graph *graph, Node array, Node at) {
  if (graph_op(graph, at) != OP_ORDINAL) return false;
  Node dim = index_dim(graph, graph_arg(graph, at, 0));
  bool own = is_set_of(graph, dim, array);
  if (is_total(graph, array)) own |= set_covers(graph, dim, index_dim(graph, graph_arg(graph, array, 0)));
  for (uint32_t k = 0; graph_op(graph, dim) == OP_DIM_ZIP && k < graph_arity(graph, dim); k++)
    own |= is_set_of(graph, graph_arg(graph, dim, k), array);
  return own;
}

Node simplify_element(Graph *graph, const Term *term) {
  Node array = term->args[0], index = term->args[1];
  law_is(graph, LAW_INDICES);
  if (is_own_ordinal(graph, array, index))
    return graph_node(graph, OP_ELEMENT, term->type, term->span, array, graph_arg(graph, index, 0));
  law_is(graph, LAW_ELEMENT);
  switch (graph_op(graph, array)) {
    case OP_ARRAY:
      return element_of_literal(graph, array, index);
    case OP_COLLECT:
      return graph_draws(graph, array) ? NODE_NONE : element_of_collect(graph, array, index);
    case OP_CAST: {
      law_is(graph, LAW_CONVERSION);
      Node inside = graph_arg(graph, array, 0);
      TypeId type = type_inner(graph, graph_type(graph, inside));
      Node element = graph_node(graph, OP_ELEMENT, type, term->span, inside, index);
      return graph_node(graph, OP_CAST, term->type, term->span, element);
    }
    default:
      return NODE_NONE;
  }
}

/* ---- binders ---- */

Node simplify_collect(Graph *graph, const Term *term) {
  Node index = term->args[0], condition = term->args[1], body = term->args[2];
  if (graph_is_bool(graph, condition, false) || set_is_empty(graph, index_dim(graph, index)))
    return graph_raw(graph, OP_ARRAY, term->type, 0, NULL, 0, term->span);
  /* η */
  if (!graph_is_bool(graph, condition, true) || graph_op(graph, body) != OP_ELEMENT) return NODE_NONE;
  Node array = graph_arg(graph, body, 0);
  bool same = graph_arg(graph, body, 1) == index && graph_type(graph, array) == term->type &&
              is_set_of(graph, index_dim(graph, index), array);
  law_is(graph, LAW_MAP_IDENTITY);
  return same ? array : NODE_NONE;
}

Node simplify_fold(Graph *graph, const Term *term) {
  Node index = term->args[0], condition = term->args[1], state = term->args[2], init = term->args[3];
  if (graph_is_bool(graph, condition, false) || set_is_empty(graph, index_dim(graph, index))) return init;
  law_is(graph, LAW_FOLD_IDENTITY);
  return term->args[4] == state && graph_is_bool(graph, condition, true) ? init : NODE_NONE;
}

Node simplify_reduce(Graph *graph, const Term *term) {
  Node array = term->args[3];
  if (graph_op(graph, array) == OP_ARRAY && graph_arity(graph, array) == 1) return graph_arg(graph, array, 0);
  if (term->args[2] != term->args[0]) return NODE_NONE;
  return graph_node(graph, OP_ELEMENT, term->type, term->span, array, graph_int(graph, 0));
}

Node simplify_loop(Graph *graph, const Term *term) {
  Node state = term->args[0], init = term->args[1], next = term->args[2], max = term->args[4];
  if (!literal_is(graph, max, LIT_INT)) return NODE_NONE;
  int64_t rounds = graph_literal(graph, max)->integer;
  law_is(graph, rounds ? LAW_LOOP_IDENTITY : LAW_LOOP_ZERO);
  return rounds == 0 || (rounds > 0 && next == state) ? init : NODE_NONE;
}

/* ---- whole arrays ---- */

/* Of `[[a], [b]]` the arrays; of `for i { [e] }` the `for i { e }`. */
Node simplify_flatten(Graph *graph, const Term *term) {
  Node arrays = term->args[0];
  if (graph_op(graph, arrays) == OP_ARRAY) {
    Nodes parts = {0};
    for (uint32_t k = 0; k < graph_arity(graph, arrays); k++) vec_push(&parts, graph_arg(graph, arrays, k));
    Node made = graph_make(graph, OP_APPEND, term->type, 0, parts.data, parts.len, term->span);
    vec_free(&parts);
    return made;
  }
  if (graph_op(graph, arrays) != OP_COLLECT) return NODE_NONE;
  Node body = graph_arg(graph, arrays, 2);
  if (graph_op(graph, body) != OP_ARRAY || graph_arity(graph, body) != 1) return NODE_NONE;
  return graph_node(graph, OP_COLLECT, term->type, term->span, graph_arg(graph, arrays, 0),
                    graph_arg(graph, arrays, 1), graph_arg(graph, body, 0));
}

static void append_flush(Graph *graph, const Term *term, Nodes *items, Nodes *parts) {
  if (items->len)
    vec_push(parts, graph_raw(graph, OP_ARRAY, term->type, 0, items->data, items->len, term->span));
  items->len = 0;
}

/* Add an array to a list of arrays; neighbouring literal ones become one, empty ones vanish. `items` holds the
 * elements of the literal array at the end of the list. */
static void append_part(Graph *graph, const Term *term, Node array, Nodes *items, Nodes *parts) {
  if (graph_op(graph, array) == OP_ARRAY) {
    for (uint32_t k = 0; k < graph_arity(graph, array); k++) vec_push(items, graph_arg(graph, array, k));
  } else {
    append_flush(graph, term, items, parts);
    vec_push(parts, array);
  }
}

Node simplify_append(Graph *graph, const Term *term) {
  Nodes items = {0}, parts = {0};
  for (uint32_t k = 0; k < term->count; k++) {
    Node array = term->args[k];
    bool nested = graph_op(graph, array) == OP_APPEND;
    for (uint32_t m = 0; nested && m < graph_arity(graph, array); m++)
      append_part(graph, term, graph_arg(graph, array, m), &items, &parts);
    if (!nested) append_part(graph, term, array, &items, &parts);
  }
  append_flush(graph, term, &items, &parts);
  Node made;
  if (!parts.len)
    made = graph_raw(graph, OP_ARRAY, term->type, 0, NULL, 0, term->span);
  else if (parts.len == 1)
    made = parts.data[0];
  else
    made = graph_raw(graph, OP_APPEND, term->type, 0, parts.data, parts.len, term->span);
  vec_free(&items);
  vec_free(&parts);
  return made;
}

/* A literal array of which it is known what is there. */
Node simplify_compact(Graph *graph, const Term *term) {
  Node options = term->args[0];
  if (graph_op(graph, options) != OP_ARRAY) return NODE_NONE;
  Nodes there = {0};
  bool known = true;
  for (uint32_t k = 0; k < graph_arity(graph, options); k++) {
    Node option = graph_arg(graph, options, k);
    if (graph_op(graph, option) == OP_SOME)
      vec_push(&there, graph_arg(graph, option, 0));
    else
      known &= literal_is(graph, option, LIT_ABSENT);
  }
  Node made = known ? graph_raw(graph, OP_ARRAY, term->type, 0, there.data, there.len, term->span)
                    : NODE_NONE;
  vec_free(&there);
  return made;
}
