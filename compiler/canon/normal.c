#include "canon/normal.h"

#include "canon/conditions.h"
#include "canon/digest.h"
#include "canon/rules.h"
#include "ir/rewrite.h"
#include "ir/trace.h"
#include "pass/pass.h"

#include <string.h>

enum { MOST_ROUNDS = 64, MOST_TRACED_ROUNDS = 4096 };

typedef struct Normal {
  Graph *graph;
  Digester *digester;
  Conditions conditions;
  VEC(uint32_t) task; /* of each task the first that does the same */
  VEC(Node) args;     /* of one node, in canonical order */
  bool changed;       /* something became something else in this round */
} Normal;

/* ---- order ---- */

/* Digests decide; calls that these cannot tell apart keep an order that is the same within this graph. */
static int by_digest(const void *a, const void *b, void *self) {
  Digester *digester = self;
  Node x = *(const Node *)a, y = *(const Node *)b;
  int order = digest_compare(digester_of(digester, x), digester_of(digester, y));
  return order ? order : (x > y) - (x < y);
}

/* Operands whose order means nothing, in the order of their digests. */
static void sort_args(Normal *normal, uint32_t ordered) {
  uint32_t count = normal->args.len;
  if (ordered + 1 >= count) return;
  qsort_r(normal->args.data + ordered, count - ordered, sizeof(Node), by_digest, normal->digester);
}

static uint32_t ordered_operands(const Graph *graph, Op op, uint32_t data) {
  if (op == OP_TASK) return graph->tasks.data[data].in_count;
  if (op == OP_ASK) return 4;
  if (op == OP_AFTER) return 1;
  return op == OP_DIM_ZIP || op_info[op].flags & FLAG_C ? 0 : UINT32_MAX - 1;
}

/* A binder that no rule has looked at. */
static Node close_as_said(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Graph *graph = rewrite->to;
  const RuleRow *rules = graph->rules, *more = graph->more;
  graph->rules = graph->more = NULL;
  Node said = rewrite_close(rewrite, old, variables, args);
  graph->rules = rules, graph->more = more;
  return said;
}

/* The same node with its operands in order, and of tasks that do the same the first. */
static Node make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Normal *normal = rewrite->self;
  Graph *graph = normal->graph;
  Op op = graph_op(graph, old);
  if (!count) return old;
  uint32_t data = graph->data.data[old], same = op == OP_TASK ? normal->task.data[data] : data;
  TypeId type = op == OP_TASK ? graph->tasks.data[same].out_type : graph_type(graph, old);
  Span span = graph->span_of.data[old];
  normal->args.len = 0;
  for (uint32_t k = 0; k < count; k++) vec_push(&normal->args, args[k]);
  Node said = graph->trace ? graph_raw(graph, op, graph_type(graph, old), data, args, count, span) : 0;
  sort_args(normal, ordered_operands(graph, op, data));
  if (graph->trace) {
    Node sorted = graph_raw(graph, op, graph_type(graph, old), data, normal->args.data, count, span);
    Node named = graph_raw(graph, op, type, same, normal->args.data, count, span);
    trace_law(graph, LAW_COMMUTE, said, sorted);
    trace_law(graph, LAW_SAME_TASK, sorted, named);
  }
  Node lifted = conditions_make(&normal->conditions, op, type, same, normal->args.data, count, span);
  Node named = graph->trace ? graph_raw(graph, op, type, same, normal->args.data, count, span) : NODE_NONE;
  if (lifted == NODE_NONE || lifted == named)
    return graph_make(graph, op, type, same, normal->args.data, count, span);
  if (graph->trace) trace_law(graph, LAW_CONDITIONS, named, lifted);
  return lifted;
}

static Node close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Normal *normal = rewrite->self;
  Graph *graph = normal->graph;
  Node lifted = conditions_close(&normal->conditions, rewrite, old, variables, args);
  Node said = graph->trace && lifted != NODE_NONE ? close_as_said(rewrite, old, variables, args) : NODE_NONE;
  if (lifted == NODE_NONE || lifted == said) return rewrite_close(rewrite, old, variables, args);
  if (graph->trace) trace_law(graph, LAW_CONDITIONS, said, lifted);
  return lifted;
}

static void opened(Rewrite *rewrite, const Scope *scope) {
  Normal *normal = rewrite->self;
  uint32_t depth = 0;
  for (const Scope *outer = scope->parent; outer; outer = outer->parent) depth += outer->count;
  for (uint32_t k = 0; k < scope->count; k++) digester_open(normal->digester, scope->by[k], depth + k);
}

/* ---- rounds ---- */

typedef struct Round {
  Normal *normal;
  Rewrite rewrite;
} Round;

static void take_root(void *self, Node *root) {
  Round *round = self;
  Node made = rewrite_term(&round->rewrite, *root);
  round->normal->changed |= made != *root;
  *root = made;
}

/* Every node below the roots made anew, until nothing changes any more: each round sees what the last one has made
 * plain. */
static void rewrite_roots(Normal *normal, void (*each)(Normal *normal, Round *round)) {
  int most = normal->graph->trace ? MOST_TRACED_ROUNDS : MOST_ROUNDS;
  normal->changed = true;
  for (int i = 0; i < most && normal->changed && !normal->graph->full; i++) {
    normal->changed = false;
    Round round = {.normal = normal,
                   .rewrite = {.from = normal->graph,
                               .to = normal->graph,
                               .all = true,
                               .make = make,
                               .close = close,
                               .opened = opened,
                               .self = normal}};
    each(normal, &round);
    rewrite_end(&round.rewrite);
  }
}

static void each_task(Normal *normal, Round *round) {
  for (uint32_t i = 0; i < normal->graph->tasks.len; i++)
    task_each_node(&normal->graph->tasks.data[i], take_root, round);
}

static void each_end(Normal *normal, Round *round) { graph_each_root(normal->graph, take_root, round); }

/* ---- tasks ---- */

/* Of tasks that do the same the first. */
static void name_tasks(Normal *normal) {
  Map seen = {0};
  for (uint32_t i = 0; i < normal->graph->tasks.len; i++) {
    Digest digest = digester_task(normal->digester, i);
    uint32_t first = map_get(&seen, digest.low);
    if (!first) map_put(&seen, digest.low, first = i + 1);
    vec_push(&normal->task, first - 1);
  }
  map_free(&seen);
}

Graph *normal_form(Graph *graph) {
  Normal normal = {.graph = graph, .digester = digester_new(graph)};
  graph->rules = simplify_rules;
  graph->more = canon_rules;
  normal.conditions = (Conditions){.graph = graph, .digester = normal.digester};
  rewrite_roots(&normal, each_task);
  name_tasks(&normal);
  rewrite_roots(&normal, each_end);
  conditions_factor(graph);
  graph->more = NULL;
  digester_free(normal.digester);
  vec_free(&normal.task);
  vec_free(&normal.args);
  Graph *made = pass_compact(graph);
  made->full |= graph->full;
  made->exhausted = normal.conditions.exhausted;
  return made;
}
