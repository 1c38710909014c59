#include "ir/rewrite.h"

#include "ir/binder.h"
#include "ir/trace.h"
#include "ir/varset.h"

#include <string.h>

static bool scope_has(const Graph *graph, const Scope *scope, Node node) {
  for (uint32_t k = 0; k < scope->count; k++)
    if (varset_has(graph->sets, graph->vars.data[node], scope->from[k])) return true;
  return false;
}

/* The outermost scope in which a node can be made: the innermost one of whose variables it mentions.
 * NULL: it stays as it is. */
static Scope *scope_home(const Rewrite *rewrite, Scope *scope, Node node) {
  for (; scope->parent; scope = scope->parent)
    if (scope_has(rewrite->from, scope, node)) return scope;
  return rewrite->all || scope_has(rewrite->from, scope, node) ? scope : NULL;
}

/* What a node became in a scope, + 1; 0: not yet. */
static uint32_t recall(const Rewrite *rewrite, const Scope *scope, Node node) {
  bool dense = rewrite->dense && !scope->parent;
  return dense ? rewrite->dense[node] : map_get(&scope->memo, node);
}

/* Only rewriting within one graph can be traced. */
static bool is_traced(const Rewrite *rewrite) { return rewrite->to->trace && rewrite->from == rewrite->to; }

static void scope_trace(Rewrite *rewrite, Scope *scope) {
  if (!is_traced(rewrite) || scope->id) return;
  scope->id = scope->parent ? scope->parent->id : 0;
  for (uint32_t k = 0; k < scope->count; k++)
    scope->id = trace_scope(rewrite->to, scope->id, scope->from[k], scope->by[k]);
  if (!scope->id) scope->id = trace_scope(rewrite->to, 0, NODE_NONE, NODE_NONE);
}

static void remember(Rewrite *rewrite, Scope *scope, Node node, Node made) {
  if (rewrite->dense && !scope->parent)
    rewrite->dense[node] = made + 1;
  else
    map_put(&scope->memo, node, made + 1);
}

/* Whether the new node is known; if not, it is put on the stack. */
static bool known(Rewrite *rewrite, Scope *scope, Node node, Node *made) {
  *made = node;
  scope = scope_home(rewrite, scope, node);
  if (!scope) return true;
  for (uint32_t k = 0; k < scope->count; k++) {
    if (scope->from[k] != node) continue;
    *made = scope->by[k];
    return true;
  }
  uint32_t found = recall(rewrite, scope, node);
  *made = found - 1;
  if (!found) vec_push(&rewrite->stack, (Frame){.node = node, .scope = scope});
  return found != 0;
}

Node rewrite_make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Graph *from = rewrite->from;
  Span span = from->span_of.data[old];
  Op op = graph_op(from, old);
  if (op == OP_LIT) return graph_literal_node(rewrite->to, graph_type(from, old), *graph_literal(from, old));
  return graph_make(rewrite->to, op, graph_type(from, old), from->data.data[old], args, count, span);
}

Node rewrite_raw(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Graph *from = rewrite->from;
  Op op = graph_op(from, old);
  if (op == OP_LIT) return rewrite_make(rewrite, old, args, count);
  return graph_raw(rewrite->to, op, graph_type(from, old), from->data.data[old], args, count,
                   from->span_of.data[old]);
}

static Node plain(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Node made = rewrite->make ? rewrite->make(rewrite, old, args, count)
                            : rewrite_make(rewrite, old, args, count);
  Sym name = rewrite->from->name_of.data[old];
  if (name && !rewrite->to->name_of.data[made]) rewrite->to->name_of.data[made] = name;
  return made;
}

static void finish(Rewrite *rewrite, Node made) {
  Frame frame = vec_pop(&rewrite->stack);
  trace_image(rewrite->to, frame.scope->id, frame.inner ? frame.inner->id : 0, frame.node, made);
  remember(rewrite, frame.scope, frame.node, made);
  if (!frame.inner) return;
  map_free(&frame.inner->memo);
  free(frame.inner);
}

/* A node without variables of its own: all operands, then itself. */
static void step_plain(Rewrite *rewrite, Frame frame) {
  uint32_t count = graph_arity(rewrite->from, frame.node);
  bool ready = true;
  rewrite->args.len = 0;
  for (uint32_t k = 0; k < count; k++) {
    Node made;
    ready &= known(rewrite, frame.scope, graph_arg(rewrite->from, frame.node, k), &made);
    vec_push(&rewrite->args, made);
  }
  if (ready) finish(rewrite, plain(rewrite, frame.node, rewrite->args.data, count));
}

/* Open the variables of a binder whose index set is known. */
static Scope *scope_open(Rewrite *rewrite, Frame frame, Node dim) {
  const Graph *from = rewrite->from;
  Binder binder = binder_of(graph_op(from, frame.node));
  Scope *inner = mem_alloc(sizeof *inner);
  *inner = (Scope){.parent = frame.scope, .count = binder.count};
  for (uint32_t k = 0; k < binder.count; k++) {
    Node variable = graph_arg(from, frame.node, binder.variable[k]);
    Span span = from->span_of.data[variable];
    inner->from[k] = variable;
    inner->by[k] = graph_op(from, variable) == OP_INDEX
                       ? graph_open_index(rewrite->to, dim, span)
                       : graph_open_state(rewrite->to, graph_type(from, variable), span);
  }
  scope_trace(rewrite, inner);
  if (rewrite->opened) rewrite->opened(rewrite, inner);
  return inner;
}

Node rewrite_close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Graph *to = rewrite->to;
  Span span = rewrite->from->span_of.data[old];
  switch (graph_op(rewrite->from, old)) {
    case OP_COLLECT:
      return graph_collect(to, variables[0], args[1], args[2], span);
    case OP_FOLD:
      return graph_fold(to, variables[0], args[1], variables[1], args[3], args[4], span);
    case OP_REDUCE:
      return graph_reduce(to, variables[0], variables[1], args[2], args[3], span);
    case OP_LOOP:
      return graph_loop(to, variables[0], args[1], args[2], args[3], args[4], span);
    default:
      BUG("no binder");
  }
}

static void step_binder(Rewrite *rewrite, Frame frame, Binder binder) {
  const Graph *from = rewrite->from;
  Node args[5] = {0}, dim = NODE_NONE, first = graph_arg(from, frame.node, 0);
  bool ready = true;
  if (graph_op(from, first) == OP_INDEX)
    ready &= known(rewrite, frame.scope, graph_arg(from, first, 0), &dim);
  for (uint32_t k = 0; k < graph_arity(from, frame.node); k++) {
    bool variable = k == binder.variable[0] || (binder.count == 2 && k == binder.variable[1]);
    if (variable || binder.scoped >> k & 1) continue;
    ready &= known(rewrite, frame.scope, graph_arg(from, frame.node, k), &args[k]);
  }
  if (!ready) return;
  if (!frame.inner) vec_last(&rewrite->stack).inner = frame.inner = scope_open(rewrite, frame, dim);
  for (uint32_t k = 0; k < graph_arity(from, frame.node); k++)
    if (binder.scoped >> k & 1)
      ready &= known(rewrite, frame.inner, graph_arg(from, frame.node, k), &args[k]);
  if (!ready) return;
  const Node *by = frame.inner->by;
  Node made = rewrite->close ? rewrite->close(rewrite, frame.node, by, args)
                             : rewrite_close(rewrite, frame.node, by, args);
  Sym name = from->name_of.data[frame.node];
  if (name && !rewrite->to->name_of.data[made]) rewrite->to->name_of.data[made] = name;
  finish(rewrite, made);
}

Node rewrite_term(Rewrite *rewrite, Node node) {
  Node made;
  if (rewrite->all && !rewrite->dense) {
    size_t bytes = (graph_count(rewrite->from) + 1) * sizeof *rewrite->dense;
    rewrite->dense = mem_zero(bytes);
  }
  scope_trace(rewrite, &rewrite->root);
  if (known(rewrite, &rewrite->root, node, &made)) return made;
  while (rewrite->stack.len) {
    Frame frame = vec_last(&rewrite->stack);
    Binder binder = binder_of(graph_op(rewrite->from, frame.node));
    if (recall(rewrite, frame.scope, frame.node))
      rewrite->stack.len--; /* asked for twice before it was made */
    else if (binder.count)
      step_binder(rewrite, frame, binder);
    else
      step_plain(rewrite, frame);
  }
  known(rewrite, &rewrite->root, node, &made);
  return made;
}

void rewrite_end(Rewrite *rewrite) {
  free(rewrite->dense);
  map_free(&rewrite->root.memo);
  vec_free(&rewrite->stack);
  vec_free(&rewrite->args);
}
