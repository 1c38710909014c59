/* match_fill.c: the pattern with its holes filled. */
#include "canon/matcher.h"

#include "ir/rewrite.h"

/* A term of the target inside of binders that were opened anew. */
static Node carry(Rewrite *rewrite, Node term, uint32_t pair) {
  Matcher *matcher = rewrite->self;
  const Scope *innermost = vec_last(&rewrite->stack).scope;
  for (; pair != NOTHING && !rewrite->to->full; pair = matcher->pairs.data[pair].parent) {
    const Pair *taken = &matcher->pairs.data[pair];
    for (uint32_t k = 0; k < taken->count; k++)
      for (const Scope *scope = innermost; scope; scope = scope->parent)
        for (uint32_t v = 0; v < scope->count; v++)
          if (scope->from[v] == taken->from[k])
            term = graph_substitute(rewrite->to, term, taken->to[k], scope->by[v]);
  }
  return term;
}

/* What a volatile call happens for is that of the call that was found. */
static Node fill_task(Rewrite *rewrite, Node old, const Node *args) {
  Matcher *matcher = rewrite->self;
  Graph *to = rewrite->to;
  Node found = matcher->stands_for[old];
  uint32_t number = to->data.data[found], ins = to->tasks.data[number].in_count;
  VEC(Node) all = {0};
  for (uint32_t k = 0; k < ins; k++) vec_push(&all, args[k]);
  for (uint32_t k = ins; k < graph_arity(to, found); k++) {
    Node extra = graph_arg(to, found, k);
    vec_push(&all, carry(rewrite, extra, matcher->pair_of[old]));
  }
  Node made = graph_make(to, OP_TASK, graph_type(to, found), number, all.data, all.len,
                         to->span_of.data[found]);
  vec_free(&all);
  return made;
}

static Node fill_node(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Matcher *matcher = rewrite->self;
  Graph *to = rewrite->to;
  Op op = graph_op(rewrite->from, old);
  Node found = matcher->stands_for[old];
  if (to->full) return 0;
  if (found == NODE_NONE || op == OP_LIT) return rewrite_make(rewrite, old, args, count);
  if (match_is_blank(matcher, old) || op == OP_TOKEN) return found;
  if (op == OP_HOLE) return carry(rewrite, found, matcher->pair_of[old]);
  if (op == OP_TASK) return fill_task(rewrite, old, args);
  TypeId type = graph_type(to, found);
  if (op == OP_ELEMENT && graph_op(to, args[1]) == OP_INDEX)
    return match_element_at(to, args[0], args[1], type);
  if (op == OP_DIM_OF && graph_op(to, args[0]) == OP_COLLECT && !graph_draws(to, args[0]))
    return graph_arg(to, graph_arg(to, args[0], 0), 0);
  return graph_make(to, op, type, rewrite->from->data.data[old], args, count, to->span_of.data[found]);
}

/* A filtered array that is walked hands its filter on, as in a program (ir/ranges.c). */
static Node fill_binder(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Matcher *matcher = rewrite->self;
  Graph *to = rewrite->to;
  Node index = graph_arg(rewrite->from, old, 0), copy[5];
  for (uint32_t k = 0; k < graph_arity(rewrite->from, old); k++) copy[k] = args[k];
  if (to->full) return 0;
  if (graph_op(rewrite->from, index) != OP_INDEX) return rewrite_close(rewrite, old, variables, copy);
  Node set = graph_arg(rewrite->from, index, 0);
  bool walks = graph_op(rewrite->from, set) == OP_DIM_OF &&
               match_is_blank(matcher, graph_arg(rewrite->from, set, 0));
  Node array = walks ? matcher->stands_for[graph_arg(rewrite->from, set, 0)] : NODE_NONE;
  if (array != NODE_NONE && graph_op(to, array) == OP_COLLECT && !graph_draws(to, array)) {
    Node holds = graph_substitute(to, graph_arg(to, array, 1), graph_arg(to, array, 0), variables[0]);
    copy[1] = graph_node(to, OP_CHOOSE, T_BOOL, (Span){0}, holds, args[1], graph_bool(to, false));
  }
  return rewrite_close(rewrite, old, variables, copy);
}

/* States of the pattern whose type is open are of the type that was found. */
static void close_types(const Matcher *matcher) {
  for (uint32_t p = 0; p < matcher->pairs.len; p++) {
    const Pair *pair = &matcher->pairs.data[p];
    for (uint32_t k = 0; k < pair->count; k++)
      matcher->pattern->type.data[pair->from[k]] = graph_type(matcher->target, pair->to[k]);
  }
}

Node match_fill(Matcher *matcher, Node root) {
  VEC(TypeId) types = {0};
  for (Node node = 0; node < graph_count(matcher->pattern); node++)
    vec_push(&types, graph_type(matcher->pattern, node));
  close_types(matcher);
  Rewrite rewrite = {.from = matcher->pattern,
                     .to = matcher->target,
                     .all = true,
                     .make = fill_node,
                     .close = fill_binder,
                     .self = matcher};
  Node made = rewrite_term(&rewrite, root);
  rewrite_end(&rewrite);
  for (Node node = 0; node < types.len; node++) matcher->pattern->type.data[node] = types.data[node];
  vec_free(&types);
  return matcher->target->full ? NODE_NONE : made;
}
