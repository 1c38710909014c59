#include "canon/ports.h"

#include "ir/rewrite.h"

#include <string.h>

static void mark_whole(const Graph *graph, uint8_t *whole, Node node) {
  if (graph_op(graph, node) == OP_TASK) whole[graph->data.data[node]] = 1;
}

/* Tasks of which all outputs together are a value. */
static uint8_t *whole_records(const Graph *graph) {
  uint8_t *whole = mem_zero(graph->tasks.len + 1);
  for (Node node = 0; node < graph_count(graph); node++) {
    if (graph_op(graph, node) == OP_PROJECT) continue;
    for (uint32_t k = 0; k < waits_from(graph, node); k++)
      mark_whole(graph, whole, graph_arg(graph, node, k));
  }
  for (uint32_t i = 0; i < graph->outputs.len; i++) mark_whole(graph, whole, graph->outputs.data[i].node);
  return whole;
}

static Port *renamed(Graph *graph, const Port *ports, uint32_t count, char letter) {
  Port *copy = ARENA_ARRAY(graph->session->arena, Port, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    char name[16];
    int len = snprintf(name, sizeof name, "%c%u", letter, i + 1);
    copy[i] = ports[i];
    copy[i].name = intern(graph->session->names, name, (size_t)len);
  }
  return copy;
}

static bool share_name(const Port *ins, uint32_t in_count, const Port *outs, uint32_t out_count) {
  for (uint32_t i = 0; i < in_count; i++)
    for (uint32_t k = 0; k < out_count; k++)
      if (ins[i].name == outs[k].name) return true;
  return false;
}

/* Calls have the type of their task's outputs. */
static Node make(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Graph *graph = rewrite->to;
  if (graph_op(graph, old) != OP_TASK) return count ? rewrite_raw(rewrite, old, args, count) : old;
  uint32_t task = graph->data.data[old];
  return graph_raw(graph, OP_TASK, graph->tasks.data[task].out_type, task, args, count,
                   graph_span(graph, old));
}

static void take_root(void *rewrite, Node *root) { *root = rewrite_term(rewrite, *root); }

void ports_rename(Graph *normal) {
  uint8_t *whole = whole_records(normal);
  const RuleRow *rules = normal->rules;
  for (uint32_t i = 0; i < normal->tasks.len; i++) {
    Task *task = &normal->tasks.data[i];
    Port *ins = renamed(normal, task->ins, task->in_count, 'i');
    if (!whole[i] || !share_name(ins, task->in_count, task->outs, task->out_count)) task->ins = ins;
    if (task->in_count) task->in_type = ports_record(normal, task->ins, task->in_count);
    if (whole[i] || !task->out_count) continue;
    task->outs = renamed(normal, task->outs, task->out_count, 'o');
    task->out_type = ports_record(normal, task->outs, task->out_count);
  }
  normal->rules = NULL;
  Rewrite rewrite = {.from = normal, .to = normal, .all = true, .make = make};
  graph_each_root(normal, take_root, &rewrite);
  rewrite_end(&rewrite);
  normal->rules = rules;
  free(whole);
}
