/* native_place.c: in which context each part of a function is computed. */
#include "emit/native_code.h"

#include "ir/binder.h"
#include "ir/varset.h"

#include <stdlib.h>

/* ---- leaves ---- */

static bool leaf_of_task(const Code *code, Node node, RtRef *ref) {
  const Graph *graph = code->native->graph;
  uint32_t offset = 0;
  while (graph_op(graph, node) == OP_PROJECT) {
    Node record = graph_arg(graph, node, 0);
    offset += native_layout_of(code->native, record)->offsets[graph->data.data[node]];
    node = record;
  }
  if (graph_op(graph, node) != OP_PARAM) return false;
  *ref = (RtRef){0, offset + code->params->offsets[graph->data.data[node]]};
  return true;
}

bool code_leaf(const Code *code, Node node, RtRef *ref) {
  Native *native = code->native;
  const Graph *graph = native->graph;
  if (code->leaves == LEAVES_PARAMS) return leaf_of_task(code, node, ref);
  if (code->leaves == LEAVES_INPUTS) {
    if (graph_op(graph, node) != OP_INPUT) return false;
    *ref = (RtRef){0, native->inputs[map_get(&native->input_of, (uint64_t)graph->data.data[node] + 1) - 1]};
    return true;
  }
  Slot slot;
  bool found = native_find_through(native, code->region, node, code->step, &slot);
  *ref = slot.ref;
  return found;
}

/* ---- what operations need ---- */

typedef struct Uses {
  Node operands[4]; /* in the context of the node itself */
  uint32_t count;   /* UINT32_MAX: all of the node's operands */
} Uses;

bool code_is_width(const Code *code, Node node) {
  const Graph *graph = code->native->graph;
  if (graph_op(graph, node) != OP_LENGTH) return false;
  Node array = graph_arg(graph, node, 0);
  RtRef ref;
  return graph_op(graph, array) == OP_COLLECT && code_keeps_all(graph, graph_arg(graph, array, 1)) &&
         !code_leaf(code, array, &ref);
}

static Uses uses_of(const Code *code, Node node) {
  const Graph *graph = code->native->graph;
  switch (graph_op(graph, node)) {
    case OP_INDEX:
    case OP_STATE:
      return (Uses){.count = 0};
    case OP_AFTER:
    case OP_READ:
    case OP_CHOOSE:
      return (Uses){{graph_arg(graph, node, 0)}, 1};
    case OP_COLLECT:
      return (Uses){{binder_dim(graph, node)}, 1};
    case OP_FOLD:
      return (Uses){{binder_dim(graph, node), graph_arg(graph, node, 3)}, 2};
    case OP_REDUCE:
      return (Uses){{graph_arg(graph, node, 3)}, 1};
    case OP_LOOP:
      return (Uses){{graph_arg(graph, node, 1), graph_arg(graph, node, 4)}, 2};
    case OP_LENGTH:
      if (code_is_width(code, node)) return (Uses){{binder_dim(graph, graph_arg(graph, node, 0))}, 1};
      return (Uses){.count = UINT32_MAX};
    default:
      return (Uses){.count = UINT32_MAX};
  }
}

/* Operands that are evaluated in contexts of their own. */
static Uses inner_of(const Graph *graph, Node node) {
  switch (graph_op(graph, node)) {
    case OP_CHOOSE:
    case OP_COLLECT:
      return (Uses){{graph_arg(graph, node, 1), graph_arg(graph, node, 2)}, 2};
    case OP_FOLD:
      return (Uses){{graph_arg(graph, node, 1), graph_arg(graph, node, 4)}, 2};
    case OP_REDUCE:
      return (Uses){{graph_arg(graph, node, 2)}, 1};
    case OP_LOOP:
      return (Uses){{graph_arg(graph, node, 2), graph_arg(graph, node, 3)}, 2};
    default:
      return (Uses){.count = 0};
  }
}

/* ---- survey: all nodes inside ---- */

static bool is_marked(const Code *code, Node node) { return code->native->stamp[node] == code->number; }

static void mark(Code *code, Node node) {
  Native *native = code->native;
  if (native->constant[node] || is_marked(code, node)) return;
  RtRef ref;
  native->stamp[node] = code->number;
  native->first[node] = 0;
  native->traits[node] = code_leaf(code, node, &ref) ? TRAIT_LEAF : 0;
  vec_push(&code->nodes, node);
}

static void mark_operands(Code *code, Node node) {
  const Graph *graph = code->native->graph;
  Uses uses = uses_of(code, node), inner = inner_of(graph, node);
  uint32_t count = uses.count == UINT32_MAX ? graph_arity(graph, node) : uses.count;
  for (uint32_t i = 0; i < count; i++)
    mark(code, uses.count == UINT32_MAX ? graph_arg(graph, node, i) : uses.operands[i]);
  for (uint32_t i = 0; i < inner.count; i++) mark(code, inner.operands[i]);
}

static int compare_nodes(const void *a, const void *b) {
  Node x = *(const Node *)a, y = *(const Node *)b;
  return (x > y) - (x < y);
}

/* Whether a node mentions one of a set of variables. */
static bool mentions_any(const Graph *graph, Node node, uint32_t variables) {
  uint32_t count;
  const uint32_t *members = varset_members(graph->sets, graph->vars.data[node], &count);
  for (uint32_t k = 0; k < count; k++)
    if (varset_has(graph->sets, variables, members[k])) return true;
  return false;
}

/* A leaf is one as far as its variables are the region's. Where a loop inside of the function binds one of them anew, it is
 * computed there: true if something was marked for that. */
static bool survey_captured(Code *code, uint32_t *known) {
  const Graph *graph = code->native->graph;
  uint32_t bound = 0, before = code->nodes.len;
  for (uint32_t i = 0; i < before; i++) {
    Node node = code->nodes.data[i];
    Binder binder = binder_of(graph_op(graph, node));
    for (uint32_t k = 0; k < binder.count; k++)
      bound = varset_add(graph->sets, bound, graph_arg(graph, node, binder.variable[k]));
  }
  if (bound == *known) return false;
  *known = bound;
  for (uint32_t i = 0; i < code->nodes.len; i++) {
    Node node = code->nodes.data[i];
    bool leaf = (code->native->traits[node] & TRAIT_LEAF) != 0;
    if (i >= before ? !leaf || mentions_any(graph, node, bound) : leaf && mentions_any(graph, node, bound))
      mark_operands(code, node);
  }
  return true;
}

static void survey(Code *code, const Node *roots, uint32_t count) {
  uint32_t bound = 0;
  for (uint32_t i = 0; i < count; i++) mark(code, roots[i]);
  for (uint32_t i = 0; i < code->nodes.len; i++)
    if (!(code->native->traits[code->nodes.data[i]] & TRAIT_LEAF)) mark_operands(code, code->nodes.data[i]);
  while (survey_captured(code, &bound)) {
  }
  if (code->nodes.len) qsort(code->nodes.data, code->nodes.len, sizeof(Node), compare_nodes);
}

/* ---- traits ---- */

static bool covers_set(const Graph *graph, Node dim, Node array) {
  for (;;) {
    if (graph_op(graph, dim) == OP_DIM_OF && graph_arg(graph, dim, 0) == array) return true;
    if (graph_op(graph, dim) == OP_DIM_ZIP) {
      for (uint32_t i = 0; i < graph_arity(graph, dim); i++)
        if (covers_set(graph, graph_arg(graph, dim, i), array)) return true;
      return false;
    }
    if (graph_op(graph, dim) == OP_DIM_RANGE) {
      Node size = graph_arg(graph, dim, 0);
      if (graph_op(graph, size) == OP_LENGTH && graph_arg(graph, size, 0) == array) return true;
    }
    if (graph_op(graph, array) != OP_COLLECT || !code_keeps_all(graph, graph_arg(graph, array, 1)))
      return false;
    if (binder_dim(graph, array) == dim) return true;
    if (graph_op(graph, binder_dim(graph, array)) != OP_DIM_OF) return false;
    array = graph_arg(graph, binder_dim(graph, array), 0);
  }
}

bool code_covers(const Graph *graph, Node index, Node array) {
  if (graph_op(graph, index) == OP_ORDINAL) index = graph_arg(graph, index, 0);
  return graph_op(graph, index) == OP_INDEX && covers_set(graph, graph_arg(graph, index, 0), array);
}

static bool is_safe_divisor(const Graph *graph, Node node) {
  if (graph_type(graph, node) != T_INT) return true;
  if (graph_op(graph, node) != OP_LIT) return false;
  int64_t value = graph_literal(graph, node)->integer;
  return value != 0 && value != -1;
}

/* What is not there may be a pointer to nothing, so what is behind an option is not touched unasked. */
static bool can_fail(const Code *code, Node node) {
  const Graph *graph = code->native->graph;
  switch (graph_op(graph, node)) {
    case OP_DIV_:
    case OP_MOD_:
      return graph_type(graph, node) == T_INT && !is_safe_divisor(graph, graph_arg(graph, node, 1));
    case OP_ELEMENT:
      return !code_covers(graph, graph_arg(graph, node, 1), graph_arg(graph, node, 0));
    case OP_UNWRAP:
      return native_layout_of(code->native, node)->pointers;
    case OP_LOOP:
      return true; /* it may never end */
    default:
      return (op_info[graph_op(graph, node)].flags & FLAG_F) != 0;
  }
}

static bool is_costly(Op op) {
  switch (op) {
    case OP_COLLECT:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
    case OP_ARRAY:
    case OP_APPEND:
    case OP_FLATTEN:
    case OP_COMPACT:
    case OP_CONCAT:
    case OP_TO_STRING:
    case OP_SPLIT:
    case OP_JOIN:
    case OP_REPLACE:
    case OP_CONTAINS:
    case OP_BASENAME:
    case OP_STEM:
      return true;
    default:
      return false;
  }
}

static unsigned traits_of(const Code *code, Node node) {
  const Native *native = code->native;
  const Graph *graph = native->graph;
  unsigned traits = (can_fail(code, node) ? TRAIT_FAILS : 0u) |
                    (is_costly(graph_op(graph, node)) ? TRAIT_COSTLY : 0u);
  Uses uses = uses_of(code, node), inner = inner_of(graph, node);
  uint32_t count = uses.count == UINT32_MAX ? graph_arity(graph, node) : uses.count;
  for (uint32_t i = 0; i < count + inner.count; i++) {
    Node arg = i >= count                 ? inner.operands[i - count]
               : uses.count == UINT32_MAX ? graph_arg(graph, node, i)
                                          : uses.operands[i];
    if (!native->constant[arg] && is_marked(code, arg))
      traits |= native->traits[arg] & (TRAIT_FAILS | TRAIT_COSTLY);
  }
  return traits;
}

static void find_traits(Code *code) {
  uint8_t *traits = code->native->traits;
  for (uint32_t i = 0; i < code->nodes.len; i++) {
    Node node = code->nodes.data[i];
    traits[node] |= (uint8_t)traits_of(code, node);
  }
}

/* ---- contexts ---- */

static uint32_t add_context(Code *code, ContextKind kind, uint32_t parent) {
  uint32_t number = code->contexts.len;
  Context context = {.kind = (uint8_t)kind,
                     .parent = parent,
                     .body = CONTEXT_NONE,
                     .lazy = CONTEXT_NONE,
                     .other = CONTEXT_NONE,
                     .variables = {NODE_NONE, NODE_NONE}};
  if (parent != CONTEXT_NONE) {
    context.depth = code->contexts.data[parent].depth + 1;
    context.body = code->contexts.data[parent].body;
    context.lazy = code->contexts.data[parent].lazy;
  }
  if (kind == CONTEXT_BODY) context.body = number;
  if (kind == CONTEXT_LAZY) context.lazy = number;
  vec_push(&code->contexts, context);
  return number;
}

static uint32_t add_body(Code *code, uint32_t guard, Node first, Node second) {
  uint32_t body = add_context(code, CONTEXT_BODY, guard);
  code->contexts.data[body].variables[0] = first;
  code->contexts.data[body].variables[1] = second;
  return body;
}

/* The ancestor of `context` at a depth. */
static uint32_t ancestor(const Code *code, uint32_t context, uint32_t depth) {
  while (code->contexts.data[context].depth > depth) context = code->contexts.data[context].parent;
  return context;
}

static uint32_t common(const Code *code, uint32_t a, uint32_t b) {
  const Context *contexts = code->contexts.data;
  uint32_t depth = contexts[a].depth < contexts[b].depth ? contexts[a].depth : contexts[b].depth;
  a = ancestor(code, a, depth);
  b = ancestor(code, b, depth);
  while (a != b) a = contexts[a].parent, b = contexts[b].parent;
  return a;
}

uint32_t code_binder(const Code *code, Node variable, uint32_t context) {
  const Context *contexts = code->contexts.data;
  for (uint32_t body = contexts[context].body; body != CONTEXT_NONE;
       body = contexts[contexts[body].parent].body)
    if (contexts[body].variables[0] == variable || contexts[body].variables[1] == variable) return body;
  return CONTEXT_NONE;
}

/* The innermost loop around `context` whose variable the node mentions, or the whole function. */
static uint32_t scope_of(const Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  const Context *contexts = code->contexts.data;
  uint32_t set = graph->vars.data[node];
  if (!set) return 0;
  for (uint32_t body = contexts[context].body; body != CONTEXT_NONE;
       body = contexts[contexts[body].parent].body)
    for (int i = 0; i < 2; i++) {
      Node variable = contexts[body].variables[i];
      if (variable != NODE_NONE && varset_has(graph->sets, set, variable)) return body;
    }
  return 0;
}

/* ---- instances ---- */

uint32_t code_instance(const Code *code, Node node, uint32_t context) {
  if (!is_marked(code, node)) return 0;
  uint32_t scope = scope_of(code, node, context);
  uint32_t at = code->native->first[node];
  while (at && code->instances.data[at].scope != scope) at = code->instances.data[at].next;
  return at;
}

static void add_child(const Code *code, Instance *instance, uint32_t child, bool certain) {
  if (code->contexts.data[child].kind != CONTEXT_GUARD) instance->guards_only = false;
  for (uint32_t i = 0; i < instance->child_count; i++) {
    if (instance->children[i].context != child) continue;
    instance->children[i].certain |= certain;
    return;
  }
  if (instance->child_count < CHILDREN_KEPT)
    instance->children[instance->child_count++] = (Child){child, certain};
}

/* Both arms of one choose ask for it. */
static bool both_arms(const Code *code, const Instance *instance) {
  for (uint32_t i = 0; i < instance->child_count; i++)
    for (uint32_t k = 0; k < i; k++) {
      const Child *a = &instance->children[i], *b = &instance->children[k];
      if (a->certain && b->certain && code->contexts.data[a->context].other == b->context) return true;
    }
  return false;
}

/* One more use, from `context`. */
static void add_use(const Code *code, Instance *instance, uint32_t context) {
  uint32_t old = instance->context, now = common(code, old, context);
  uint32_t depth = code->contexts.data[now].depth + 1;
  if (now != old) {
    uint32_t child = ancestor(code, old, depth);
    bool certain = child == old && (instance->certain || both_arms(code, instance));
    instance->context = now;
    instance->certain = false;
    instance->child_count = 0;
    instance->guards_only = true;
    add_child(code, instance, child, certain);
  }
  if (context == now) {
    instance->certain = true;
    return;
  }
  uint32_t child = ancestor(code, context, depth);
  add_child(code, instance, child, child == context);
}

static void request(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  if (native->constant[node] || code_binder(code, node, context) != CONTEXT_NONE) return;
  uint32_t at = code_instance(code, node, context);
  if (at) {
    add_use(code, &code->instances.data[at], context);
    return;
  }
  Instance instance = {.node = node,
                       .scope = scope_of(code, node, context),
                       .next = native->first[node],
                       .context = context,
                       .certain = true,
                       .guards_only = true};
  vec_push(&code->instances, instance);
  native->first[node] = code->instances.len - 1;
  if (++native->instances > MOST_INSTANCES) native->too_large = true;
}

/* ---- settling ---- */

unsigned code_traits(const Code *code, const Instance *instance) {
  unsigned traits = code->native->traits[instance->node];
  if (!(traits & TRAIT_LEAF)) return traits;
  return instance->scope ? traits & ~(unsigned)TRAIT_LEAF : TRAIT_LEAF;
}

/* Out of loops, as far as nothing is evaluated that could fail and was not asked for. */
static uint32_t hoist(const Code *code, const Instance *instance, bool sure) {
  const Context *contexts = code->contexts.data;
  bool fails = (code_traits(code, instance) & TRAIT_FAILS) != 0;
  uint32_t at = instance->context;
  for (;;) {
    const Context *context = &contexts[at];
    bool may = !fails;
    switch (context->kind) {
      case CONTEXT_BODY:
        may = at != instance->scope && (sure || !fails);
        break;
      case CONTEXT_KEPT:
        may = !fails && context->parent != instance->scope;
        break;
      case CONTEXT_GUARD: {
        const Context *outer = &contexts[context->parent];
        may = !fails && (outer->kind == CONTEXT_KEPT ||
                         (outer->kind == CONTEXT_BODY && context->parent != instance->scope));
        break;
      }
      default:
        may = false;
        break;
    }
    if (!may) return at;
    if (context->kind != CONTEXT_BODY) sure = false;
    at = context->parent;
  }
}

static void settle_inside(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Node node = code->instances.data[number].node;
  uint32_t context = code->instances.data[number].context;
  Uses inner = inner_of(graph, node);
  uint32_t *made = code->instances.data[number].inner; /* valid until the next request */
  if (graph_op(graph, node) == OP_CHOOSE) {
    uint32_t then = made[0] = add_context(code, CONTEXT_ARM, context);
    uint32_t other = made[1] = add_context(code, CONTEXT_ARM, context);
    code->contexts.data[then].other = other;
    code->contexts.data[other].other = then;
    request(code, inner.operands[0], then);
    request(code, inner.operands[1], other);
    return;
  }
  if (!inner.count) return;
  Binder binder = binder_of(graph_op(graph, node));
  uint32_t guard = made[0] = add_context(code, CONTEXT_GUARD, context);
  uint32_t body = made[1] = add_body(
      code, guard, graph_arg(graph, node, binder.variable[0]),
      binder.count > 1 ? graph_arg(graph, node, binder.variable[1]) : NODE_NONE);
  bool filters = graph_op(graph, node) == OP_COLLECT || graph_op(graph, node) == OP_FOLD;
  uint32_t last = body;
  if (filters && !code_keeps_all(graph, inner.operands[0]))
    last = made[2] = add_context(code, CONTEXT_KEPT, body);
  if (inner.count > 1) request(code, inner.operands[0], body);
  request(code, inner.operands[inner.count - 1], last);
}

static void settle(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance *instance = &code->instances.data[number];
  unsigned traits = code_traits(code, instance);
  bool sure = instance->certain || both_arms(code, instance);
  instance->lazy = !sure && ((traits & TRAIT_FAILS) || ((traits & TRAIT_COSTLY) && !instance->guards_only));
  if (instance->lazy) {
    vec_push(&code->contexts.data[instance->context].lazies, number);
    instance->context = add_context(code, CONTEXT_LAZY, instance->context);
  } else {
    instance->context = hoist(code, instance, sure);
    vec_push(&code->contexts.data[instance->context].instances, number);
  }
  if (traits & TRAIT_LEAF) return;
  Node node = instance->node;
  uint32_t context = instance->context;
  Uses uses = uses_of(code, node);
  uint32_t count = uses.count == UINT32_MAX ? graph_arity(graph, node) : uses.count;
  for (uint32_t i = 0; i < count; i++)
    request(code, uses.count == UINT32_MAX ? graph_arg(graph, node, i) : uses.operands[i], context);
  settle_inside(code, number);
}

/* Users have greater numbers than what they use: when a node comes, all its uses are known. */
void code_place(Code *code, const Node *roots, uint32_t count) {
  vec_push(&code->instances, (Instance){.node = NODE_NONE});
  add_context(code, CONTEXT_FUNCTION, CONTEXT_NONE);
  survey(code, roots, count);
  find_traits(code);
  for (uint32_t i = 0; i < count; i++) request(code, roots[i], 0);
  for (uint32_t i = code->nodes.len; i-- > 0 && !code->native->too_large;)
    for (uint32_t at = code->native->first[code->nodes.data[i]]; at; at = code->instances.data[at].next)
      settle(code, at);
}
