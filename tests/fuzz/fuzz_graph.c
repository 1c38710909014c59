/* fuzz_graph.c: whatever the text, reading it as a graph ends; what is read prints the same when it is read again,
 * and the passes keep it a graph. */
#include "pass/pass.h"

#include <stdint.h>
#include <string.h>

static Text printed(const Graph *graph) {
  Text text = {0};
  graph_print(graph, &text);
  return text;
}

static void check_again(Session *session, Types *types, const Graph *graph) {
  Text once = printed(graph);
  Graph *read = graph_read(session, types, sources_add(session->sources, "again", once.data, once.len));
  if (!read) BUG("not read again:\n%s", once.data);
  Text twice = printed(read);
  if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
    BUG("printing twice differs:\n%s\n---\n%s", once.data, twice.data);
  text_free(&once);
  text_free(&twice);
  graph_free(read);
}

static void check_passes(Session *session, Types *types, Graph *graph) {
  for (uint32_t i = 0; i < pass_count(); i++) {
    Graph *next = pass_info(i)->run(graph);
    graph_free(graph);
    graph = next;
    if (graph->full) break;
    const char *wrong = graph_verify(graph);
    if (wrong) BUG("after %s: %s", pass_info(i)->name, wrong);
    check_again(session, types, graph);
  }
  graph_free(graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Session *session = session_new();
  Types *types = types_new(session->arena, session->names);
  Graph *graph = graph_read(session, types, sources_add(session->sources, "fuzz", (const char *)data, size));
  if (graph) {
    graph->limit = 1 << 16; /* terms may double with each variable that is replaced */
    check_again(session, types, graph);
    check_passes(session, types, graph);
  }
  types_free(types);
  session_free(session);
  return 0;
}
