/* share.c: loops over one array that compute the same inner loop for each element.
 *
 * The graph sees through arrays, so two folds over `ys = for x in xs { e }` both hold `e`.  That is what is wanted
 * while `e` is cheap.  Where it is a loop itself, its values become an array again, made once. */
#include "ir/rewrite.h"
#include "pass/pass.h"

typedef VEC(Node) List;

typedef struct Share {
  const Graph *from;
  Map count; /* inner loop to the number of loops that compute it for every element */
  Map seen;  /* nodes of the loop that is looked at */
  List stack, found;
} Share;

static bool is_binder(const Graph *graph, Node node) {
  return (op_info[graph_op(graph, node)].flags & FLAG_B) != 0;
}

/* A loop over all elements of an array: its index, its body, and its state if it has one. */
typedef struct Walk {
  Node index, state, body;
} Walk;

static bool walk_of(const Graph *graph, Node node, Walk *walk) {
  Op op = graph_op(graph, node);
  if (op != OP_COLLECT && op != OP_FOLD) return false;
  if ((graph->below.data[node] & FLAG_E) || !graph_is_bool(graph, graph_arg(graph, node, 1), true))
    return false;
  bool fold = op == OP_FOLD;
  *walk = (Walk){graph_arg(graph, node, 0), fold ? graph_arg(graph, node, 2) : NODE_NONE,
                 graph_arg(graph, node, fold ? 4 : 2)};
  return true;
}

/* The largest inner loops that are computed for each element, whatever the state: into share->found. */
static void find_loops(Share *share, const Walk *walk) {
  const Graph *graph = share->from;
  map_free(&share->seen);
  share->found.len = 0;
  vec_push(&share->stack, walk->body);
  while (share->stack.len) {
    Node node = vec_pop(&share->stack);
    if (map_get(&share->seen, node) || !graph_mentions(graph, node, walk->index)) continue;
    map_put(&share->seen, node, 1);
    bool with_state = walk->state != NODE_NONE && graph_mentions(graph, node, walk->state);
    if (is_binder(graph, node)) {
      if (!with_state) vec_push(&share->found, node);
      continue;
    }
    uint32_t count = graph_op(graph, node) == OP_CHOOSE
                         ? 1
                         : graph_arity(graph, node); /* an arm may not be asked for */
    for (uint32_t k = 0; k < count; k++) vec_push(&share->stack, graph_arg(graph, node, k));
  }
}

static void count_loops(Share *share) {
  Walk walk;
  uint8_t *reachable = graph_reachable(share->from);
  for (Node node = 0; node < graph_count(share->from); node++) {
    if (!reachable[node] || !walk_of(share->from, node, &walk)) continue;
    find_loops(share, &walk);
    for (uint32_t i = 0; i < share->found.len; i++)
      map_put(&share->count, share->found.data[i], map_get(&share->count, share->found.data[i]) + 1);
  }
  free(reachable);
}

/* The loop that is being closed, with what others compute too looked up in an array. */
static Node look_up(Rewrite *rewrite, const Walk *walk, Node index, Node body) {
  Share *share = rewrite->self;
  Graph *to = rewrite->to;
  List old = {0}, new = {0};
  find_loops(share, walk);
  for (uint32_t i = 0; i < share->found.len && !to->full; i++) {
    Node loop = share->found.data[i];
    if (map_get(&share->count, loop) < 2 || loop == walk->body) continue;
    Node made = map_get(&vec_last(&rewrite->stack).inner->memo, loop);
    if (!made) continue; /* it belongs to a loop further out */
    Node array = graph_collect(to, index, graph_bool(to, true), made - 1, to->span_of.data[made - 1]);
    vec_push(&old, made - 1);
    vec_push(&new, pass_element(to, array, index));
  }
  if (new.len && !to->full) body = pass_replace(to, body, index, index, old.data, new.data, new.len);
  vec_free(&old);
  vec_free(&new);
  return body;
}

static Node share_close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Walk walk;
  if (!walk_of(rewrite->from, old, &walk)) return rewrite_close(rewrite, old, variables, args);
  Node own[5] = {args[0], args[1], args[2], args[3], args[4]};
  uint32_t body = walk.state == NODE_NONE ? 2 : 4;
  own[body] = look_up(rewrite, &walk, variables[0], args[body]);
  return rewrite_close(rewrite, old, variables, own);
}

static Node image_of(void *self, Node node) { return rewrite_term(self, node); }

Graph *pass_share(const Graph *graph) {
  Share share = {.from = graph};
  Graph *to = pass_new_graph(graph);
  Rewrite rewrite = {
      .from = graph, .to = to, .all = true, .make = rewrite_raw, .close = share_close, .self = &share};
  count_loops(&share);
  pass_copy_roots(graph, to, image_of, &rewrite);
  rewrite_end(&rewrite);
  map_free(&share.count);
  map_free(&share.seen);
  vec_free(&share.stack);
  vec_free(&share.found);
  return to;
}
