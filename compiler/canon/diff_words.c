/* diff_words.c: what things are called in a diff. */
#include "canon/differ.h"
#include "ir/expr.h"

#include <string.h>

enum { LONGEST = 60, FARTHEST = 1000 };

static const char *keep(const Differ *differ, Text *text) {
  const char *kept = arena_text(differ->diff->arena, text->data ? text->data : "", text->len);
  text_free(text);
  return kept;
}

static const char *quoted(const Differ *differ, const char *name) {
  return arena_format(differ->diff->arena, "`%s`", name);
}

/* A step goes by its name, else by its task's. */
static const char *step_name(const Graph *graph, Node step) {
  if (graph->name_of.data[step]) return name_of(graph->session, graph->name_of.data[step]);
  if (graph_op(graph, step) == OP_TASK)
    return name_of(graph->session, graph->tasks.data[graph->data.data[step]].name);
  return "ask";
}

const char *differ_step(const Differ *differ, int side, Node step) {
  return quoted(differ, step_name(differ->sides[side].graph, step));
}

Span differ_span(const Differ *differ, int side, Node node) {
  return node == NODE_NONE ? (Span){0} : differ->sides[side].graph->span_of.data[node];
}

/* ---- values ---- */

/* What stands in the source, if that is short. */
const char *differ_source(const Differ *differ, int side, Span span) {
  const Graph *graph = differ->sides[side].graph;
  const Source *source = sources_at(graph->session->sources, span);
  if (!source || span.hi - span.lo > LONGEST || !span.hi) return NULL;
  const char *text = source->text + (span.lo - source->base);
  size_t len = span.hi - span.lo;
  return memchr(text, '\n', len) ? NULL : arena_text(differ->diff->arena, text, len);
}

static const char *step_output(const Differ *differ, const Graph *graph, Node node, Node step) {
  const char *name = step_name(graph, step);
  if (graph_op(graph, step) != OP_TASK || graph_op(graph, node) != OP_PROJECT) return quoted(differ, name);
  const Task *task = &graph->tasks.data[graph->data.data[step]];
  if (task->out_count == 1) return quoted(differ, name);
  Sym output = task->outs[graph->data.data[node]].name;
  return arena_format(differ->diff->arena, "`%s.%s`", name, name_of(graph->session, output));
}

static const char *expression(const Differ *differ, const Graph *graph, Node node) {
  Text text = {0};
  expr_print(graph, node, NULL, &text);
  if (text.len > LONGEST) {
    text.len = LONGEST;
    while (text.len && ((unsigned char)text.data[text.len] & 0xc0) == 0x80) text.len--;
    text_puts(&text, "…");
  }
  return keep(differ, &text);
}

const char *differ_expression(const Differ *differ, int side, Node node) {
  const char *text = differ_source(differ, side, differ_span(differ, side, node));
  return quoted(differ, text ? text : expression(differ, differ->sides[side].graph, node));
}

/* What is not an element of something. */
static const char *plain_value(const Differ *differ, int side, Node node) {
  const Graph *graph = differ->sides[side].graph;
  Node inside = align_peel(graph, node);
  switch (graph_op(graph, inside)) {
    case OP_LIT:
      return expression(differ, graph, inside);
    case OP_TASK:
    case OP_ASK:
      return step_output(differ, graph, node, inside);
    case OP_INPUT:
      return quoted(differ, name_of(graph->session, graph->data.data[inside]));
    default:
      break;
  }
  Sym name = graph->name_of.data[node];
  return name ? quoted(differ, name_of(graph->session, name)) : differ_expression(differ, side, node);
}

const char *differ_value(const Differ *differ, int side, Node node) {
  const Graph *graph = differ->sides[side].graph;
  Node array = align_peel(graph, node);
  if (graph_op(graph, array) != OP_ELEMENT || graph->name_of.data[node])
    return plain_value(differ, side, node);
  while (graph_op(graph, array) == OP_ELEMENT) array = align_peel(graph, graph_arg(graph, array, 0));
  return arena_format(differ->diff->arena, "an element of %s", plain_value(differ, side, array));
}

const char *differ_set(const Differ *differ, int side, Node variable) {
  const Graph *graph = differ->sides[side].graph;
  if (graph_op(graph, variable) == OP_STATE) return "a loop";
  Node dim = graph_arg(graph, variable, 0);
  Text text = {0};
  bool zip = graph_op(graph, dim) == OP_DIM_ZIP;
  for (uint32_t k = 0; k < (zip ? graph_arity(graph, dim) : 1); k++) {
    Node part = zip ? graph_arg(graph, dim, k) : dim, of = graph_arg(graph, part, 0);
    const char *value = differ_value(differ, side, of);
    text_puts(&text, k ? ", " : "");
    if (graph_op(graph, part) == OP_DIM_RANGE) text_puts(&text, "range of ");
    text_puts(&text, value);
  }
  return keep(differ, &text);
}

/* ---- what a node is part of ---- */

const char *differ_output(const Differ *differ, int side, Node node) {
  const Graph *graph = differ->sides[side].graph;
  for (uint32_t i = 0; i < graph->outputs.len; i++)
    if (graph->outputs.data[i].node == node)
      return arena_format(differ->diff->arena, "output `%s`",
                          name_of(graph->session, graph->outputs.data[i].name));
  return "";
}

/* The first user that has a name, on the way to the outputs. */
const char *differ_owner(const Differ *differ, int side, Node node) {
  const AlignSide *self = &differ->sides[side];
  for (uint32_t steps = 0; steps < FARTHEST; steps++) {
    if (align_is_step(self->graph, node)) return differ_step(differ, side, node);
    Sym name = self->graph->name_of.data[node];
    if (name && graph_op(self->graph, node) != OP_INPUT && graph_op(self->graph, node) != OP_LIT)
      return quoted(differ, name_of(self->graph->session, name));
    if (self->first_user[node] == self->first_user[node + 1]) return differ_output(differ, side, node);
    node = self->users[self->first_user[node]];
  }
  return "";
}
