#include "ir_support.h"

#include <string.h>

Node ir_input(IrTest *test, const char *name, TypeId type) {
  Port port = {.name = intern(test->session->names, name, strlen(name)), .type = type, .node = NODE_NONE};
  vec_push(&test->graph->inputs, port);
  return graph_raw(test->graph, OP_INPUT, type, port.name, NULL, 0, (Span){0});
}

IrTest ir_begin(void) {
  IrTest test = {.session = session_new()};
  test.types = types_new(test.session->arena, test.session->names);
  test.graph = graph_new(test.session, test.types);
  test.ints = type_array(test.types, T_INT);
  test.strings = type_array(test.types, T_STRING);
  test.xs = ir_input(&test, "xs", test.ints);
  test.ys = ir_input(&test, "ys", test.ints);
  test.n = ir_input(&test, "n", T_INT);
  test.b = ir_input(&test, "b", T_BOOL);
  test.s = ir_input(&test, "s", T_STRING);
  return test;
}

void ir_end(IrTest *test) {
  graph_free(test->graph);
  types_free(test->types);
  session_free(test->session);
}

Node ir_string(IrTest *test, const char *text) {
  return graph_string(test->graph, intern(test->session->names, text, strlen(text)));
}

void ir_output(IrTest *test, const char *name, Node node) {
  Output output = {.name = intern(test->session->names, name, strlen(name)), .node = node};
  vec_push(&test->graph->outputs, output);
}

Graph *ir_read(IrTest *test, const char *text) {
  Source *source = sources_add(test->session->sources, "test", text, strlen(text));
  return graph_read(test->session, test->types, source);
}

const char *ir_print(IrTest *test, const Graph *graph) {
  Text text = {0};
  graph_print(graph, &text);
  const char *kept = arena_text(test->session->arena, text.data, text.len);
  text_free(&text);
  return kept;
}
