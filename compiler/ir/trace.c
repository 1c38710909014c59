#include "ir/trace.h"

/* A trace that has become too long is as bad as a graph that has become too large. */
static void add(Graph *graph, Fact fact) {
  if (graph->trace->facts.len < TRACE_MOST)
    vec_push(&graph->trace->facts, fact);
  else
    graph->full = true;
}

LawStep law_step_begin(Graph *graph) {
  LawStep step = {graph->trace, graph->rules, graph->more};
  if (graph->trace) graph->rules = graph->more = NULL, graph->trace = NULL;
  return step;
}

void law_step_end(Graph *graph, LawStep step) {
  graph->rules = step.rules, graph->more = step.more, graph->trace = step.trace;
}

void trace_law(Graph *graph, Law law, Node from, Node to) {
  if (!graph->trace || from == to) return;
  Span span = graph->span_of.data[from];
  add(graph, (Fact){FACT_LAW, (uint8_t)law, 0, 0, from, to, span});
}

uint32_t trace_scope(Graph *graph, uint32_t parent, Node from, Node to) {
  if (!graph->trace) return 0;
  uint32_t id = ++graph->trace->scopes;
  add(graph, (Fact){FACT_SCOPE, 0, id, parent, from, to, {0}});
  return id;
}

void trace_image(Graph *graph, uint32_t scope, uint32_t inner, Node from, Node to) {
  if (!graph->trace || !scope) return;
  add(graph, (Fact){FACT_IMAGE, 0, scope, inner, from, to, {0}});
}

void trace_end(Graph *graph, uint32_t scope, Node from, Node to) {
  if (!graph->trace || from == to) return;
  add(graph, (Fact){FACT_END, 0, scope, 0, from, to, {0}});
}

void trace_effect(Graph *graph, Node effect) {
  if (graph->trace) add(graph, (Fact){FACT_EFFECT, 0, 0, 0, effect, effect, {0}});
}

void trace_note(Graph *graph, Law law, Span span) {
  if (!graph->trace) return;
  add(graph, (Fact){FACT_NOTE, (uint8_t)law, 0, 0, 0, 0, span});
}

Trace *trace_new(void) {
  Trace *trace = mem_alloc(sizeof *trace);
  *trace = (Trace){0};
  return trace;
}

void trace_free(Trace *trace) {
  if (!trace) return;
  vec_free(&trace->facts);
  free(trace);
}
