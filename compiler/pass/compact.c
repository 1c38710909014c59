/* compact.c: the same graph without nodes and tasks that nobody uses. */
#include "pass/pass.h"

#include <string.h>

typedef struct Compaction {
  const Graph *from;
  Graph *to;
  uint32_t *image; /* of each node: new number; NODE_NONE: not used */
} Compaction;

/* Mark what is below marked nodes: operands have smaller numbers. */
static void mark_down(const Graph *graph, uint8_t *marks) {
  for (uint32_t n = graph_count(graph); n-- > 0;)
    for (uint32_t k = 0; marks[n] && k < graph_arity(graph, n); k++) marks[graph_arg(graph, n, k)] = 1;
}

/* Which tasks the program calls, by number. */
static uint8_t *called_tasks(const Graph *graph) {
  uint32_t count = graph_count(graph);
  uint8_t *marks = mem_alloc(count + 1), *called = mem_alloc(graph->tasks.len + 1);
  memset(marks, 0, count + 1);
  memset(called, 0, graph->tasks.len + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) marks[graph->outputs.data[i].node] = 1;
  for (uint32_t i = 0; i < graph->effects.len; i++) marks[graph->effects.data[i]] = 1;
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    if (graph->inputs.data[i].node != NODE_NONE) marks[graph->inputs.data[i].node] = 1;
  mark_down(graph, marks);
  for (Node node = 0; node < count; node++)
    if (marks[node] && graph_op(graph, node) == OP_TASK) called[graph->data.data[node]] = 1;
  free(marks);
  return called;
}

/* The graph itself with the tasks that are not called left out of its list; numbers of the others in `number`. */
static Graph only_called(const Graph *graph, uint32_t *number) {
  Graph view = *graph;
  uint8_t *called = called_tasks(graph);
  memset(&view.tasks, 0, sizeof view.tasks);
  for (uint32_t i = 0; i < graph->tasks.len; i++) {
    number[i] = view.tasks.len;
    if (called[i]) vec_push(&view.tasks, graph->tasks.data[i]);
  }
  free(called);
  return view;
}

static Node copy_node(Compaction *compaction, const uint32_t *tasks, Node node, Node *args) {
  const Graph *from = compaction->from;
  Graph *to = compaction->to;
  Op op = graph_op(from, node);
  if (op == OP_LIT) return graph_literal_node(to, graph_type(from, node), *graph_literal(from, node));
  uint32_t count = graph_arity(from, node), data = from->data.data[node];
  for (uint32_t k = 0; k < count; k++) args[k] = compaction->image[graph_arg(from, node, k)];
  return graph_raw(to, op, graph_type(from, node), op == OP_TASK ? tasks[data] : data, args, count,
                   from->span_of.data[node]);
}

static uint32_t widest(const Graph *graph) {
  uint32_t most = 0;
  for (Node node = 0; node < graph_count(graph); node++)
    if (graph_arity(graph, node) > most) most = graph_arity(graph, node);
  return most;
}

static Node image_of(void *self, Node node) { return ((Compaction *)self)->image[node]; }

Graph *pass_compact(const Graph *graph) {
  uint32_t *tasks = mem_alloc((graph->tasks.len + 1) * sizeof *tasks);
  Graph view = only_called(graph, tasks);
  Compaction compaction = {&view, pass_new_graph(graph),
                           mem_alloc((graph_count(graph) + 1) * sizeof(uint32_t))};
  uint8_t *marks = graph_reachable(&view);
  Node *args = mem_alloc((widest(graph) + 1) * sizeof *args);
  for (Node node = 0; node < graph_count(graph); node++) {
    if (!marks[node]) continue;
    Node made = copy_node(&compaction, tasks, node, args);
    compaction.to->name_of.data[made] = graph->name_of.data[node];
    compaction.image[node] = made;
  }
  pass_copy_roots(&view, compaction.to, image_of, &compaction);
  free(args);
  free(marks);
  free(compaction.image);
  vec_free(&view.tasks);
  free(tasks);
  return compaction.to;
}
