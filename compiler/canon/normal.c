#include "canon/normal.h"

#include "canon/conditions.h"
#include "canon/digest.h"
#include "canon/rules.h"
#include "canon/state.h"
#include "ir/rewrite.h"
#include "ir/simplify.h"
#include "pass/pass.h"

#include <string.h>

enum { MOST_ROUNDS = 64, MOST_TRACED_ROUNDS = 4096, MOST_LEAVES = 1 << 18 };

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

/* A binder that no rule has looked at. */
static Node close_as_said(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Graph *graph = rewrite->to;
  const RuleRow *rules = graph->rules, *more = graph->more;
  graph->rules = graph->more = NULL;
  Node said = rewrite_close(rewrite, old, variables, args);
  graph->rules = rules, graph->more = more;
  return said;
}

/* What comes of conditions, by the simple law that says so if there is one. */
static void trace_conditions(Normal *normal, Node old, Node named, Node lifted) {
  Graph *graph = normal->graph;
  uint32_t facts = graph->trace->facts.len;
  Node simple = graph_make(graph, graph_op(graph, named), graph_type(graph, named), graph->data.data[named],
                           normal->args.data, normal->args.len, graph_span(graph, old));
  if (simple == lifted) return;
  graph->trace->facts.len = facts;
  trace_law(graph, LAW_CONDITIONS, named, lifted);
}

/* The same node with its operands in order, and of tasks that do the same the first. */
static Node make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Normal *normal = rewrite->self;
  Graph *graph = normal->graph;
  Op op = graph_op(graph, old);
  if (!count && !(op_info[op].flags & FLAG_A)) return old; /* of nothing one after another something comes */
  uint32_t data = graph->data.data[old], same = op == OP_TASK ? normal->task.data[data] : data;
  TypeId type = op == OP_TASK ? graph->tasks.data[same].out_type : graph_type(graph, old);
  Span span = graph->span_of.data[old];
  normal->args.len = 0;
  for (uint32_t k = 0; k < count; k++) vec_push(&normal->args, args[k]);
  Node said = graph->trace ? graph_raw(graph, op, graph_type(graph, old), data, args, count, span) : 0;
  Node named = NODE_NONE;
  sort_args(normal, op_unordered_from(graph, op, data, count));
  if (graph->trace) {
    Node sorted = graph_raw(graph, op, graph_type(graph, old), data, normal->args.data, count, span);
    named = graph_raw(graph, op, type, same, normal->args.data, count, span);
    trace_law(graph, LAW_COMMUTE, said, sorted);
    trace_law(graph, LAW_SAME_TASK, sorted, named);
  }
  LawStep step = law_step_begin(graph);
  Node lifted = conditions_make(&normal->conditions, op, type, same, normal->args.data, count, span);
  law_step_end(graph, step);
  if (lifted == NODE_NONE || lifted == named)
    return graph_make(graph, op, type, same, normal->args.data, count, span);
  if (graph->trace) trace_conditions(normal, old, named, lifted);
  return lifted;
}

/* The binder with its body as the filter leaves it; NODE_NONE: it leaves all of it. */
static Node take_filter(Normal *normal, Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Graph *graph = normal->graph;
  Op op = graph_op(graph, old);
  if (op != OP_COLLECT && op != OP_FOLD) return NODE_NONE;
  uint32_t body = op == OP_FOLD ? 4 : 2;
  Node filtered[5] = {0};
  memcpy(filtered, args, graph_arity(graph, old) * sizeof *args);
  filtered[body] = conditions_filtered(&normal->conditions, args[1], args[body], graph_span(graph, old));
  return filtered[body] == args[body] ? NODE_NONE : rewrite_close(rewrite, old, variables, filtered);
}

/* A written array with its elements in the order of their digests. */
static Node sorted_array(Normal *normal, Node array) {
  Graph *graph = normal->graph;
  normal->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(graph, array); k++)
    vec_push(&normal->args, graph_arg(graph, array, k));
  sort_args(normal, 0);
  return graph_raw(graph, OP_ARRAY, graph_type(graph, array), 0, normal->args.data, normal->args.len,
                   graph_span(graph, array));
}

/* Arrays one after another: written ones first, since a reduction begins with an element, the others in the order of their
 * digests; when they are, a written one with its elements in order. */
static Node sorted_append(Normal *normal, Node append) {
  Graph *graph = normal->graph;
  uint32_t count = graph_arity(graph, append), written;
  normal->args.len = 0;
  for (uint32_t k = 0; k < count; k++)
    if (graph_op(graph, graph_arg(graph, append, k)) == OP_ARRAY)
      vec_push(&normal->args, graph_arg(graph, append, k));
  written = normal->args.len;
  for (uint32_t k = 0; k < count; k++)
    if (graph_op(graph, graph_arg(graph, append, k)) != OP_ARRAY)
      vec_push(&normal->args, graph_arg(graph, append, k));
  sort_args(normal, written);
  TypeId type = graph_type(graph, append);
  Span span = graph_span(graph, append);
  Node made = graph_raw(graph, OP_APPEND, type, 0, normal->args.data, count, span);
  if (made != append || !written) return made;
  Nodes parts = {0};
  for (uint32_t k = 0; k < count; k++) vec_push(&parts, graph_arg(graph, append, k));
  parts.data[0] = sorted_array(normal, parts.data[0]);
  made = graph_raw(graph, OP_APPEND, type, 0, parts.data, count, span);
  vec_free(&parts);
  return made;
}

/* A reduction in any order, over what it reduces in one order; NODE_NONE: it stays as it is. */
static Node take_order(Normal *normal, Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Graph *graph = normal->graph;
  Op op = graph_op(graph, args[3]);
  if (graph_op(graph, old) != OP_REDUCE || (op != OP_ARRAY && op != OP_APPEND)) return NODE_NONE;
  if (!combines_in_any_order(graph, variables[0], variables[1], args[2])) return NODE_NONE;
  Node sorted[4] = {0, 0, args[2]};
  sorted[3] = op == OP_ARRAY ? sorted_array(normal, args[3]) : sorted_append(normal, args[3]);
  return sorted[3] == args[3] ? NODE_NONE : rewrite_close(rewrite, old, variables, sorted);
}

static Node close(Rewrite *rewrite, Node old, const Node *variables, const Node *args) {
  Normal *normal = rewrite->self;
  Graph *graph = normal->graph;
  LawStep step = law_step_begin(graph);
  Law law = LAW_NONE;
  Node made = state_close(graph, normal->digester, graph_op(graph, old), variables, args,
                          graph_span(graph, old), &law);
  if (made == NODE_NONE) law = LAW_IF_FILTERED, made = take_filter(normal, rewrite, old, variables, args);
  if (made == NODE_NONE) law = LAW_REDUCE_ORDER, made = take_order(normal, rewrite, old, variables, args);
  if (made == NODE_NONE)
    law = LAW_CONDITIONS, made = conditions_close(&normal->conditions, rewrite, old, variables, args);
  law_step_end(graph, step);
  Node said = graph->trace && made != NODE_NONE ? close_as_said(rewrite, old, variables, args) : NODE_NONE;
  if (made == NODE_NONE || made == said) return rewrite_close(rewrite, old, variables, args);
  if (graph->trace) trace_law(graph, law, said, made);
  return made;
}

static void opened(Rewrite *rewrite, const Scope *scope) {
  Normal *normal = rewrite->self;
  digester_scope(normal->digester, scope);
}

/* ---- rounds ---- */

typedef struct Round {
  Normal *normal;
  Rewrite rewrite;
} Round;

static void take_root(void *self, Node *root) {
  Round *round = self;
  Node made = rewrite_term(&round->rewrite, *root);
  trace_end(round->normal->graph, round->rewrite.root.id, *root, made);
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
  normal->conditions.exhausted |= normal->changed;
}

static void each_task(Normal *normal, Round *round) {
  for (uint32_t i = 0; i < normal->graph->tasks.len; i++)
    task_each_node(&normal->graph->tasks.data[i], take_root, round);
}

static void each_end(Normal *normal, Round *round) { graph_each_root(normal->graph, take_root, round); }

/* ---- tasks ---- */

/* What is declared of a task, as a number. */
static int marks(const Task *task) { return task->assoc + 2 * task->comm; }

/* Of tasks that do the same one of which most is declared. */
static void name_tasks(Normal *normal) {
  const Task *tasks = normal->graph->tasks.data;
  Map class_of = {0}; /* digest to class + 1 */
  VEC(uint32_t) best = {0};
  for (uint32_t i = 0; i < normal->graph->tasks.len; i++) {
    Digest digest = digester_task(normal->digester, i);
    uint32_t class = map_get(&class_of, digest.low);
    if (!class) {
      vec_push(&best, i);
      map_put(&class_of, digest.low, class = best.len);
    }
    if (marks(&tasks[best.data[class - 1]]) < marks(&tasks[i])) best.data[class - 1] = i;
    vec_push(&normal->task, class - 1);
  }
  for (uint32_t i = 0; i < normal->task.len; i++) normal->task.data[i] = best.data[normal->task.data[i]];
  map_free(&class_of);
  vec_free(&best);
}

/* ---- effects ---- */

/* What is certain to be done for the outputs. */
static uint8_t *certain_marks(const Graph *graph) {
  uint8_t *marks = mem_zero(graph_count(graph) + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) marks[graph->outputs.data[i].node] = 1;
  for (Node n = graph_count(graph); n-- > 0;) {
    for (uint32_t k = 0; marks[n] && k < certain_operands(graph, n); k++) marks[graph_arg(graph, n, k)] = 1;
  }
  return marks;
}

/* Effects that are volatile and not done anyway, each once: of what only waits for others, these. */
static void clean_effects(Graph *graph) {
  uint8_t *certain = certain_marks(graph);
  VEC(Node) stack = {0}, kept = {0};
  for (uint32_t i = graph->effects.len; i-- > 0;) vec_push(&stack, graph->effects.data[i]);
  while (stack.len) {
    Node node = vec_pop(&stack);
    Op op = graph_op(graph, node);
    if (certain[node] || !(graph_draws(graph, node) || op == OP_HOLE)) continue;
    certain[node] = 1;
    if (op == OP_AFTER)
      for (uint32_t k = graph_arity(graph, node); k-- > 0;) vec_push(&stack, graph_arg(graph, node, k));
    else
      vec_push(&kept, node);
  }
  graph->effects.len = 0;
  for (uint32_t i = 0; i < kept.len; i++) vec_push(&graph->effects, kept.data[i]);
  free(certain);
  vec_free(&stack);
  vec_free(&kept);
}

Graph *normal_form(Graph *graph) {
  Normal normal = {.graph = graph, .digester = digester_new(graph)};
  graph->rules = simplify_rules;
  graph->more = canon_rules;
  if (graph->trace && graph->limit > TRACE_MOST)
    graph->limit = TRACE_MOST; /* steps one by one need more nodes */
  normal.conditions = (Conditions){
      .graph = graph, .digester = normal.digester, .total = MOST_LEAVES + 16ULL * graph_count(graph)};
  rewrite_roots(&normal, each_task);
  name_tasks(&normal);
  rewrite_roots(&normal, each_end);
  conditions_factor(&normal.conditions);
  for (uint32_t i = 0; i < graph->effects.len; i++) trace_effect(graph, graph->effects.data[i]);
  clean_effects(graph);
  graph->more = NULL;
  digester_free(normal.digester);
  vec_free(&normal.task);
  vec_free(&normal.args);
  Graph *made = pass_compact(graph);
  made->full |= graph->full;
  made->exhausted = normal.conditions.exhausted;
  return made;
}
