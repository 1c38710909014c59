/* split.c: tasks taken out of where they would run late, again and again, or only one by one.
 *
 * A condition on an array becomes an array of options, so that its elements have places of their own.  What a
 * fold does to each element without its state is done for all elements first, side by side.  What an inner loop
 * does without the outer one's variable is done once for the inner index, and looked up.
 * Only where tasks are concerned: pure loops stay whole, to be compiled as loops. */
#include "ir/rewrite.h"
#include "ir/varset.h"
#include "ir/vars.h"
#include "pass/pass.h"

#include <string.h>

typedef VEC(Node) List;

typedef struct Split {
  Graph *to;
  Vars *vars;
} Split;

static bool works_with(Split *split, Node node, Node variable) {
  vars_update(split->vars);
  return vars_work_has(split->vars, node, variable);
}

static Node raw_node(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count) {
  return graph_raw(graph, op, type, data, args, count, graph->span_of.data[args[0]]);
}

/* ---- terms inside a body ---- */

/* A search for the largest terms below a body that do not need all of its variables. */
typedef struct Search {
  Split *split;
  Node index;   /* of the binder; terms without it are of no interest */
  Node state;   /* which terms may not mention; or NODE_NONE */
  uint32_t all; /* outer variables of the whole binder, of which a term has fewer */
  uint32_t dim; /* variables of the index set */
  bool in_arms; /* what is looked at may not run at all */
  Map seen;
  List stack, arms, found;
} Search;

static bool has_closed_variable(const Graph *graph, Node node) {
  uint32_t count;
  const uint32_t *members = varset_members(graph->sets, graph->vars.data[node], &count);
  for (uint32_t k = 0; k < count; k++)
    if (!(graph->data.data[members[k]] & OPEN_VARIABLE)) return true;
  return false;
}

/* An index set and an index are no values that an array could hold. */
static bool is_value(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return op != OP_INDEX && op != OP_TOKEN && !(op_info[op].flags & FLAG_D);
}

/* What may not run must neither work nor fail when it is moved to where it runs. */
static bool is_wanted(Search *search, Node node) {
  const Graph *graph = search->split->to;
  if (!is_value(graph, node) || has_closed_variable(graph, node)) return false;
  if (search->in_arms && graph->below.data[node] & (FLAG_E | FLAG_F)) return false;
  if (search->state != NODE_NONE) return !graph_mentions(graph, node, search->state);
  uint32_t own = varset_remove(graph->sets, graph->vars.data[node], search->index);
  return varset_union(graph->sets, own, search->dim) != search->all;
}

static bool is_of_interest(Search *search, Node node) {
  if (search->state != NODE_NONE) return graph_mentions(search->split->to, node, search->index);
  return works_with(search->split, node, search->index);
}

static void search_below(Search *search, Node node) {
  const Graph *graph = search->split->to;
  bool choice = graph_op(graph, node) == OP_CHOOSE && !search->in_arms;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (choice && k)
      vec_push(&search->arms, arg);
    else
      vec_push(&search->stack, arg);
  }
}

static void search_terms(Search *search, Node body) {
  vec_push(&search->stack, body);
  while (search->stack.len) {
    Node node = vec_pop(&search->stack);
    if (map_get(&search->seen, node) || !is_of_interest(search, node)) continue;
    map_put(&search->seen, node, 1);
    if (is_wanted(search, node))
      vec_push(&search->found, node);
    else
      search_below(search, node);
  }
}

/* Then what stands in the arms of conditions. */
static void search_arms(Search *search, Node body) {
  search_terms(search, body);
  search->in_arms = true;
  for (uint32_t i = 0; i < search->arms.len; i++) search_terms(search, search->arms.data[i]);
}

static void search_end(Search *search) {
  map_free(&search->seen);
  vec_free(&search->stack);
  vec_free(&search->arms);
  vec_free(&search->found);
}

/* ---- interchange ---- */

static Node split_collect(Split *split, Node index, Node condition, Node body, Span span);

/* Inside of an outer loop, what depends on the inner index but not on all that the inner loop depends on:
 * an array of its own, made once for each inner index. */
static Node interchange(Split *split, Node index, Node condition, Node body, Span span) {
  Graph *to = split->to;
  Node dim = graph_arg(to, index, 0);
  uint32_t dim_vars = to->vars.data[dim];
  uint32_t all = varset_union(to->sets, to->vars.data[condition], to->vars.data[body]);
  all = varset_union(to->sets, varset_remove(to->sets, all, index), dim_vars);
  if (all == dim_vars || !works_with(split, body, index) || !graph_is_bool(to, condition, true)) return body;
  Search search = {.split = split, .index = index, .state = NODE_NONE, .all = all, .dim = dim_vars};
  List looked_up = {0};
  search_terms(&search, body);
  for (uint32_t i = 0; i < search.found.len; i++) {
    Node array = split_collect(split, index, condition, search.found.data[i], span);
    vec_push(&looked_up, pass_element(to, array, index));
  }
  if (looked_up.len)
    body = pass_replace(to, body, index, index, search.found.data, looked_up.data, looked_up.len);
  vec_free(&looked_up);
  search_end(&search);
  return body;
}

/* ---- conditions ---- */

/* The elements at which the condition holds, each with a place of its own until it is known. */
static Node split_filter(Split *split, Node index, Node condition, Node body, Span span) {
  Graph *to = split->to;
  TypeId type = graph_type(to, body), option = type_option(to->types, type);
  Node some = raw_node(to, OP_SOME, option, 0, &body, 1), absent = graph_absent(to, option);
  Node choice = raw_node(to, OP_CHOOSE, option, 0, (const Node[]){condition, some, absent}, 3);
  Node all = graph_bool(to, true);
  Node options = graph_collect(to, index, all, interchange(split, index, all, choice, span), span);
  return raw_node(to, OP_COMPACT, type_array(to->types, type), 0, &options, 1);
}

/* The same of elements that are options themselves: there is no option of an option, but one of a record. */
static Node split_filter_options(Split *split, Node index, Node condition, Node body, Span span) {
  Graph *to = split->to;
  TypeId type = graph_type(to, body);
  Sym name = intern(to->session->names, "value", strlen("value"));
  Node record = raw_node(to, OP_RECORD, type_record(to->types, 1, &name, &type), 0, &body, 1);
  Node records = split_filter(split, index, condition, record, span);
  if (to->full) return 0;
  Node place = graph_open_index(to, raw_node(to, OP_DIM_OF, T_UNIT, 0, &records, 1), span);
  Node element = pass_element(to, records, place);
  return graph_collect(to, place, graph_bool(to, true), raw_node(to, OP_PROJECT, type, 0, &element, 1), span);
}

static Node split_collect(Split *split, Node index, Node condition, Node body, Span span) {
  Graph *to = split->to;
  bool heavy = works_with(split, body, index) || works_with(split, condition, index);
  if (!heavy || to->full) return graph_collect(to, index, condition, body, span);
  if (graph_is_bool(to, condition, true))
    return graph_collect(to, index, condition, interchange(split, index, condition, body, span), span);
  bool is_option = type_kind(to->types, graph_type(to, body)) == T_OPTION;
  return is_option ? split_filter_options(split, index, condition, body, span)
                   : split_filter(split, index, condition, body, span);
}

/* ---- folds ---- */

/* One value that holds all terms: itself, or a record. */
static Node bundle(Graph *graph, const List *terms, Span span) {
  if (!terms->len) return graph_unit(graph);
  if (terms->len == 1) return terms->data[0];
  Sym *names = ARENA_ARRAY(graph->session->arena, Sym, terms->len);
  TypeId *types = ARENA_ARRAY(graph->session->arena, TypeId, terms->len);
  for (uint32_t i = 0; i < terms->len; i++) {
    char name[16];
    int len = snprintf(name, sizeof name, "t%u", i);
    names[i] = intern(graph->session->names, name, (size_t)len);
    types[i] = graph_type(graph, terms->data[i]);
  }
  TypeId record = type_record(graph->types, terms->len, names, types);
  return graph_raw(graph, OP_RECORD, record, 0, terms->data, terms->len, span);
}

static bool any_has_task(const Graph *graph, const List *terms) {
  for (uint32_t i = 0; i < terms->len; i++)
    if (graph->below.data[terms->data[i]] & FLAG_E) return true;
  return false;
}

/* Where the index itself stands beside the state, its number takes its place: the new index is another one. */
static bool index_remains(const Search *search) { return map_get(&search->seen, search->index); }

static void want_ordinal(Search *search, Span span) {
  Graph *to = search->split->to;
  Node ordinal = graph_raw(to, OP_ORDINAL, T_INT, 0, &search->index, 1, span);
  for (uint32_t i = 0; i < search->found.len; i++)
    if (search->found.data[i] == ordinal) return;
  vec_push(&search->found, ordinal);
}

/* The field of each term in an element of their array. */
static void look_up(Graph *graph, const List *terms, Node element, List *into) {
  for (uint32_t i = 0; i < terms->len; i++) {
    bool alone = terms->len == 1;
    TypeId type = graph_type(graph, terms->data[i]);
    vec_push(into, alone ? element : raw_node(graph, OP_PROJECT, type, i, &element, 1));
  }
}

static Node value_of(const List *terms, const List *looked_up, Graph *graph, Node index) {
  for (uint32_t i = 0; i < terms->len; i++)
    if (graph_op(graph, terms->data[i]) == OP_ORDINAL && graph_arg(graph, terms->data[i], 0) == index)
      return looked_up->data[i];
  return index;
}

/* The fold over an array of what was found, made by all elements first. */
static Node fold_found(Search *search, Node condition, Node init, Node next, Span span) {
  Graph *to = search->split->to;
  List looked_up = {0};
  if (index_remains(search)) want_ordinal(search, span);
  Node array = split_collect(search->split, search->index, condition, bundle(to, &search->found, span), span);
  if (to->full) return 0;
  Node index = graph_open_index(to, raw_node(to, OP_DIM_OF, T_UNIT, 0, &array, 1), span);
  look_up(to, &search->found, pass_element(to, array, index), &looked_up);
  Node by = value_of(&search->found, &looked_up, to, search->index);
  next = pass_replace(to, next, search->index, by, search->found.data, looked_up.data, looked_up.len);
  vec_free(&looked_up);
  return graph_fold(to, index, graph_bool(to, true), search->state, init, next, span);
}

static Node split_fold(Split *split, const Node *variables, const Node *args, Span span) {
  Graph *to = split->to;
  Node index = variables[0], state = variables[1], condition = args[1], next = args[4];
  bool heavy = works_with(split, condition, index) || works_with(split, next, index) ||
               works_with(split, next, state);
  Search search = {.split = split, .index = index, .state = state};
  if (heavy && !to->full) search_arms(&search, next);
  bool worth = !graph_is_bool(to, condition, true) || any_has_task(to, &search.found);
  Node made = heavy && worth && !to->full ? fold_found(&search, condition, args[3], next, span)
                                          : graph_fold(to, index, condition, state, args[3], next, span);
  search_end(&search);
  return made;
}

/* ---- the pass ---- */

static Node split_close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Split *split = rewrite->self;
  Span span = rewrite->from->span_of.data[old];
  switch (graph_op(rewrite->from, old)) {
    case OP_COLLECT:
      return split_collect(split, variables[0], args[1], args[2], span);
    case OP_FOLD:
      return split_fold(split, variables, args, span);
    default:
      return rewrite_close(rewrite, old, variables, args);
  }
}

static Node image_of(void *self, Node node) { return rewrite_term(self, node); }

Graph *pass_split(const Graph *graph) {
  Split split = {.to = pass_new_graph(graph)};
  split.vars = vars_new(split.to);
  Rewrite rewrite = {
      .from = graph, .to = split.to, .all = true, .make = rewrite_raw, .close = split_close, .self = &split};
  pass_copy_roots(graph, split.to, image_of, &rewrite);
  rewrite_end(&rewrite);
  vars_free(split.vars);
  return split.to;
}
