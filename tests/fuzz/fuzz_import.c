/* fuzz_import.c: whatever the document, reading it ends; and a workflow that is read keeps its identity when it is written as
 * source and read again, and its jobs when it is rolled. */
#include "canon/form.h"
#include "canon/normal.h"
#include "canon/write.h"
#include "import/expand.h"
#include "import/import.h"
#include "import/roll.h"
#include "ir/lower.h"

#include <string.h>

static void identity(Graph *graph, char hex[65]) {
  Graph *normal = normal_form(graph);
  Form *form = form_new(normal, VIEW_EXACT);
  memcpy(hex, form->hex, 65);
  form_free(form);
  graph_free(normal);
}

static void check_again(Session *session, Graph *graph) {
  Text text = {0};
  char before[65], after[65];
  if (!write_wf(graph, (WriteOptions){.canonical = false}, &text)) BUG("no source");
  Source *source = sources_add(session->sources, "again.wf", text.data ? text.data : "", text.len);
  uint32_t errors = diags_errors(session->diags);
  Program *program = check_program(session, source, NULL);
  Graph *lowered = NULL;
  if (program && diags_errors(session->diags) == errors)
    lowered = lower_flow(program, program_entry(program, NULL));
  if (!lowered) BUG("what was written cannot be read:\n%s", text.data);
  identity(graph, before);
  identity(lowered, after);
  if (strcmp(before, after) != 0) BUG("another identity:\n%s", text.data);
  graph_free(lowered);
  program_free(program);
  text_free(&text);
}

/* What it is rolled to comes to the same jobs. */
static void check_rolled(const Dag *dag) {
  Text text = {0};
  Session *session = session_new();
  roll_write(dag, &text);
  Source *source = sources_add(session->sources, "rolled.wf", text.data ? text.data : "", text.len);
  Program *program = check_program(session, source, NULL);
  Graph *graph = program && !diags_errors(session->diags) ? lower_flow(program, program_entry(program, NULL))
                                                          : NULL;
  Dag *again = graph ? expand_graph(graph) : NULL;
  if (!again || !dag_finish(again) || !dag_isomorphic(dag, again))
    BUG("rolled to another workflow:\n%s", text.data);
  dag_free(again);
  graph_free(graph);
  program_free(program);
  session_free(session);
  text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  const Format *format = import_recognise((const char *)data, size);
  if (!format) format = &formats[data[0] % format_count];
  if (!format->read) return 0; /* source in another language: fuzz_cwl.c */
  Session *session = session_new();
  Source *source = sources_add(session->sources, "fuzz", (const char *)data, size);
  Types *types = types_new(session->arena, session->names);
  Graph *graph = import_graph(session, types, source, format, (ImportOptions){simplify_rules, size % 2 == 1});
  if (graph) check_again(session, graph);
  Dag *dag = graph ? import_dag(session, source, format) : NULL;
  if (dag) check_rolled(dag);
  dag_free(dag);
  graph_free(graph);
  types_free(types);
  session_free(session);
  return 0;
}
