/* fuse.c: a `for` over an array that is made of other arrays goes over these: filters are conditions, a flatten is two
 * `for`s, arrays one after another are one `for` each, a single element needs none. */
#include "canon/rules.h"
#include "ir/rewrite.h"
#include "ir/simplify.h"

static bool set_is_single(const Graph *graph, Node dim) {
  return graph_op(graph, dim) == OP_DIM_RANGE && literal_is_int(graph, graph_arg(graph, dim, 0), 1);
}

/* A collect or a fold, opened: what depends on its index is made again over another. */
typedef struct Opened {
  Graph *graph;
  const Term *term;
  bool folds;
  Node index, state;    /* as they are bound; state: NODE_NONE of a collect */
  Node condition, body; /* body: of a fold the next state */
  Span span;
} Opened;

static Opened opened_new(Graph *graph, const Term *term) {
  bool folds = term->op == OP_FOLD;
  return (Opened){graph,
                  term,
                  folds,
                  term->args[0],
                  folds ? term->args[2] : NODE_NONE,
                  term->args[1],
                  term->args[folds ? 4 : 2],
                  term->span};
}

/* ---- what is replaced ---- */

/* Terms with the index and what is looked up by it replaced. The index itself becomes `stray`, which must not be left
 * in the results. */
typedef struct Moving {
  Rewrite rewrite;
  Node stray;
} Moving;

static void moving_begin(Moving *moving, const Opened *opened, const Node *old, const Node *new,
                         uint32_t count, Node state) {
  Graph *graph = opened->graph;
  Node dim = graph_arg(graph, opened->index, 0);
  *moving = (Moving){.rewrite = {.from = graph, .to = graph},
                     .stray = graph_open_index(graph, dim, opened->span)};
  Scope *root = &moving->rewrite.root;
  root->count = 1;
  root->from[0] = opened->index;
  root->by[0] = moving->stray;
  if (opened->folds) {
    root->count = 2;
    root->from[1] = opened->state;
    root->by[1] = state;
  }
  for (uint32_t k = 0; k < count; k++) map_put(&root->memo, old[k], new[k] + 1);
}

/* Condition and body at the new place; false: the index is needed for more than looking up. */
static bool moving_end(Moving *moving, const Opened *opened, Node *condition, Node *body) {
  const Graph *graph = opened->graph;
  *condition = rewrite_term(&moving->rewrite, opened->condition);
  *body = rewrite_term(&moving->rewrite, opened->body);
  bool left = graph_mentions(graph, *condition, moving->stray) || graph_mentions(graph, *body, moving->stray);
  rewrite_end(&moving->rewrite);
  return !left && !graph->full;
}

static Node both(const Opened *opened, Node a, Node b) {
  Graph *graph = opened->graph;
  return graph_node(graph, OP_CHOOSE, T_BOOL, opened->span, a, b, graph_bool(graph, false));
}

/* ---- filters ---- */

/* The arrays that the parts of an index set are of, if all are collects over one set; their number or 0. */
static uint32_t filtered_arrays(const Graph *graph, Node dim, Nodes *arrays) {
  bool zip = graph_op(graph, dim) == OP_DIM_ZIP;
  for (uint32_t k = 0; k < (zip ? graph_arity(graph, dim) : 1); k++) {
    Node part = zip ? graph_arg(graph, dim, k) : dim;
    if (graph_op(graph, part) != OP_DIM_OF) return 0;
    Node array = graph_arg(graph, part, 0);
    if (graph_op(graph, array) != OP_COLLECT) return 0;
    if (arrays->len && graph_arg(graph, graph_arg(graph, array, 0), 0) !=
                           graph_arg(graph, graph_arg(graph, arrays->data[0], 0), 0))
      return 0;
    vec_push(arrays, array);
  }
  return arrays->len;
}

/* Each array's element at an open index over the set of all, in place of the array; false: not filtered alike. */
static bool open_arrays(const Opened *opened, Nodes *arrays, Node index, Node *condition) {
  Graph *graph = opened->graph;
  for (uint32_t k = 0; k < arrays->len; k++) {
    Node array = arrays->data[k], bound = graph_arg(graph, array, 0);
    Rewrite rewrite = {.from = graph, .to = graph, .root = {.count = 1, .from = {bound}, .by = {index}}};
    Node holds = rewrite_term(&rewrite, graph_arg(graph, array, 1));
    arrays->data[k] = rewrite_term(&rewrite, graph_arg(graph, array, 2));
    rewrite_end(&rewrite);
    if (graph->full || (k && holds != *condition)) return false;
    *condition = holds;
  }
  return true;
}

static Node close(const Opened *opened, Node index, Node condition, Node state, Node init, Node body) {
  Graph *graph = opened->graph;
  if (graph->full) return 0;
  return opened->folds ? graph_fold(graph, index, condition, state, init, body, opened->span)
                       : graph_collect(graph, index, condition, body, opened->span);
}

static Node open_state(const Opened *opened) {
  return opened->folds ? graph_open_state(opened->graph, opened->term->type, opened->span) : NODE_NONE;
}

static Node init_of(const Opened *opened) { return opened->folds ? opened->term->args[3] : NODE_NONE; }

static void push_element(const Opened *opened, Node array, Nodes *elements) {
  Graph *graph = opened->graph;
  TypeId type = type_inner(graph, graph_type(graph, array));
  Node element = graph_raw(graph, OP_ELEMENT, type, 0, (const Node[]){array, opened->index}, 2, opened->span);
  vec_push(elements, element);
}

static Node over_filters(const Opened *opened, Nodes *arrays, Nodes *elements) {
  Graph *graph = opened->graph;
  Node own = NODE_NONE, condition, body, dim = graph_arg(graph, graph_arg(graph, arrays->data[0], 0), 0);
  for (uint32_t k = 0; k < arrays->len; k++) push_element(opened, arrays->data[k], elements);
  Node index = graph_open_index(graph, dim, opened->span), state = open_state(opened);
  if (!open_arrays(opened, arrays, index, &own)) return NODE_NONE;
  Moving moving;
  moving_begin(&moving, opened, elements->data, arrays->data, arrays->len, state);
  if (!moving_end(&moving, opened, &condition, &body)) return NODE_NONE;
  return close(opened, index, both(opened, own, condition), state, init_of(opened), body);
}

static Node fuse_filters(const Opened *opened) {
  Nodes arrays = {0}, elements = {0};
  Node made = NODE_NONE;
  if (filtered_arrays(opened->graph, graph_arg(opened->graph, opened->index, 0), &arrays))
    made = over_filters(opened, &arrays, &elements);
  vec_free(&arrays);
  vec_free(&elements);
  law_is(opened->graph, LAW_FILTER);
  return made;
}

/* ---- one array inside of others ---- */

/* The same `for` over another array, from another initial state. */
static Node over(const Opened *opened, Node old, Node array, Node init) {
  Graph *graph = opened->graph;
  Node condition, body, state = open_state(opened);
  Nodes elements = {0};
  push_element(opened, old, &elements);
  Range range = graph_range(graph, array, opened->span);
  Moving moving;
  moving_begin(&moving, opened, elements.data, &range.element, 1, state);
  bool moved = moving_end(&moving, opened, &condition, &body);
  vec_free(&elements);
  return moved ? close(opened, range.index, both(opened, range.condition, condition), state, init, body)
               : NODE_NONE;
}

static Node over_flatten(const Opened *opened, Node flatten) {
  Graph *graph = opened->graph;
  Span span = opened->span;
  Range range = graph_range(graph, graph_arg(graph, flatten, 0), span);
  Node state = open_state(opened), inner = over(opened, flatten, range.element, state);
  law_is(graph, opened->folds ? LAW_FOLD_FLATTEN : LAW_MAP_FLATTEN);
  if (inner == NODE_NONE || graph->full) return NODE_NONE;
  Node outer = close(opened, range.index, range.condition, state, init_of(opened), inner);
  return opened->folds || graph->full ? outer
                                      : graph_node(graph, OP_FLATTEN, opened->term->type, span, outer);
}

static Node over_append(const Opened *opened, Node append) {
  Graph *graph = opened->graph;
  Nodes parts = {0};
  Node init = init_of(opened), made = NODE_NONE;
  for (uint32_t k = 0; k < graph_arity(graph, append); k++) {
    made = over(opened, append, graph_arg(graph, append, k), init);
    if (made == NODE_NONE || graph->full) break;
    init = made;
    vec_push(&parts, made);
  }
  if (made != NODE_NONE && !opened->folds && !graph->full)
    made = graph_make(graph, OP_APPEND, opened->term->type, 0, parts.data, parts.len, opened->span);
  vec_free(&parts);
  law_is(graph, opened->folds ? LAW_FOLD_APPEND : LAW_MAP_APPEND);
  return made;
}

/* A choice between arrays is one between the `for`s over them. */
static Node over_choice(const Opened *opened, Node choose) {
  Graph *graph = opened->graph;
  Node yes = over(opened, choose, graph_arg(graph, choose, 1), init_of(opened));
  Node no = yes == NODE_NONE ? yes : over(opened, choose, graph_arg(graph, choose, 2), init_of(opened));
  law_is(graph, LAW_CONDITIONS);
  if (no == NODE_NONE || graph->full) return NODE_NONE;
  return graph_node(graph, OP_CHOOSE, opened->term->type, opened->span, graph_arg(graph, choose, 0), yes, no);
}

/* ---- one element ---- */

/* The index is 0. */
static Node over_single(const Opened *opened) {
  Graph *graph = opened->graph;
  TypeId type = opened->term->type;
  Node zero = graph_int(graph, 0);
  Node ordinal = graph_raw(graph, OP_ORDINAL, T_INT, 0, &opened->index, 1, opened->span);
  Rewrite rewrite = {.from = graph, .to = graph, .root = {.count = 1, .from = {opened->index}, .by = {zero}}};
  if (opened->folds)
    rewrite.root.count = 2, rewrite.root.from[1] = opened->state, rewrite.root.by[1] = init_of(opened);
  map_put(&rewrite.root.memo, ordinal, zero + 1);
  Node condition = rewrite_term(&rewrite, opened->condition), body = rewrite_term(&rewrite, opened->body);
  rewrite_end(&rewrite);
  law_is(graph, opened->folds ? LAW_FOLD_SINGLE : LAW_SINGLE);
  if (graph->full) return 0;
  Node none = opened->folds ? init_of(opened) : graph_raw(graph, OP_ARRAY, type, 0, NULL, 0, opened->span);
  Node one = opened->folds ? body : graph_node(graph, OP_ARRAY, type, opened->span, body);
  return graph_node(graph, OP_CHOOSE, type, opened->span, condition, one, none);
}

/* ---- all ---- */

static Node fuse(Graph *graph, const Term *term) {
  Opened opened = opened_new(graph, term);
  bool again = repeats(graph, opened.body, opened.index) || repeats(graph, opened.condition, opened.index);
  Node dim = graph_arg(graph, opened.index, 0);
  if (set_is_single(graph, dim)) return again ? NODE_NONE : over_single(&opened);
  if (graph_op(graph, dim) == OP_DIM_ZIP) return fuse_filters(&opened);
  if (graph_op(graph, dim) != OP_DIM_OF) return NODE_NONE;
  Node array = graph_arg(graph, dim, 0);
  switch (graph_op(graph, array)) {
    case OP_COLLECT:
      return fuse_filters(&opened);
    case OP_FLATTEN:
      return over_flatten(&opened, array);
    case OP_APPEND:
      return again ? NODE_NONE : over_append(&opened, array);
    case OP_CHOOSE:
      return again ? NODE_NONE : over_choice(&opened, array);
    default:
      return NODE_NONE;
  }
}

Node canon_collect(Graph *graph, const Term *term) { return fuse(graph, term); }

Node canon_fold(Graph *graph, const Term *term) { return fuse(graph, term); }
