/* js_oracle.c: reads a graph's text form from standard input; writes each output as an expression of JavaScript over
 * `inputs`, as one JSON object: {"library": …, "outputs": {NAME: expression}, "refused": {NAME: why}}. */
#include "emit/js.h"

#include "base/session.h"

#include <stdio.h>
#include <string.h>

static const char *input_name(void *self, Node node) {
  const Graph *graph = self;
  if (graph_op(graph, node) != OP_INPUT) return NULL;
  return arena_format(graph->session->arena, "inputs.%s", name_of(graph->session, graph->data.data[node]));
}

static void put_member(Text *into, const char *name, const Text *value) {
  text_puts(into, into->len ? ", " : "");
  text_json(into, name, strlen(name));
  text_puts(into, ": ");
  text_json(into, value->data ? value->data : "", value->len);
}

static void put_outputs(Graph *graph, Js *js, Text *outputs, Text *refused) {
  JsScope scope = {.self = graph, .name = input_name};
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    Text text = {0};
    const char *name = name_of(graph->session, graph->outputs.data[i].name);
    const char *why = js_expression(js, &scope, graph->outputs.data[i].node, &text);
    if (why) text_puts(&text, why);
    put_member(why ? refused : outputs, name, &text);
    text_free(&text);
  }
}

int main(void) {
  Session *session = session_new();
  Types *types = types_new(session->arena, session->names);
  const char *error;
  Source *source = sources_read(session->sources, "-", &error);
  Graph *graph = source ? graph_read(session, types, source) : NULL;
  if (!graph) {
    diags_print(session->diags, stderr, DIAG_TEXT, false);
    return 1;
  }
  Js *js = js_new(graph);
  Text outputs = {0}, refused = {0}, library = {0}, all = {0};
  put_outputs(graph, js, &outputs, &refused);
  js_library(js, &library);
  put_member(&all, "library", &library);
  printf("{%s, \"outputs\": {%s}, \"refused\": {%s}}\n", all.data, outputs.len ? outputs.data : "",
         refused.len ? refused.data : "");
  text_free(&outputs);
  text_free(&refused);
  text_free(&library);
  text_free(&all);
  js_free(js);
  graph_free(graph);
  types_free(types);
  session_free(session);
  return 0;
}
