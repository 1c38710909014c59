/* cmd_roll.c: flat workflows as small ones. */
#include "driver.h"
#include "import/expand.h"
#include "import/roll.h"
#include "ir/lower.h"

/* Whether the rolled workflow, read as any other one and written out, has the jobs that it was made of. */
static bool comes_to(const Dag *dag, const Text *text) {
  Session *session = session_new();
  Source *source = sources_add(session->sources, "rolled", text->data, text->len);
  Program *program = source ? check_program(session, source, driver_library(session)) : NULL;
  const Decl *flow = program && !diags_errors(session->diags) ? program_entry(program, NULL) : NULL;
  Graph *graph = flow ? lower_flow(program, flow) : NULL;
  Dag *again = graph ? expand_graph(graph) : NULL;
  bool same = again && dag_finish(again) && dag_isomorphic(dag, again);
  dag_free(again);
  graph_free(graph);
  if (program) program_free(program);
  session_free(session);
  return same;
}

int cmd_roll(Session *session, const Options *options) {
  const char *path = options->operands[0];
  bool timings = option_given(options, "timings");
  double since;
  Text text = {0};
  driver_phase(timings, &since, NULL);
  Dag *dag = driver_dag(session, options, path);
  driver_phase(timings, &since, "import");
  if (!driver_report(session, options) || !dag) {
    dag_free(dag);
    return STATUS_USAGE;
  }
  roll_write(dag, &text);
  driver_phase(timings, &since, "roll");
  if (!comes_to(dag, &text)) BUG("what %s was rolled to is another workflow", path);
  driver_phase(timings, &since, "check");
  dag_free(dag);
  return output_file(&text, option_value(options, "output"));
}
