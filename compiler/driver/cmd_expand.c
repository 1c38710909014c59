/* cmd_expand.c: each call of a task written out. */
#include "canon/write.h"
#include "import/expand.h"
#include "pipeline.h"
#include "plan_inputs.h"

/* The graph with the inputs that are given put in; false: told. */
static bool take_inputs(Pipeline *pipeline, const Options *options) {
  PlanInputs inputs = {0};
  Graph *lowered = pipeline->graph;
  if (options->operand_count < 2) return true;
  bool read = plan_inputs_read(&inputs, pipeline->session, lowered, options->operands + 1,
                               options->operand_count - 1);
  if (read) {
    pipeline->graph = plan_inputs_apply(&inputs);
    inputs.graph = pipeline->graph; /* has the same inputs */
    graph_free(lowered);
  }
  if (inputs.graph) plan_inputs_free(&inputs);
  return read;
}

static int write_flat(Pipeline *pipeline, Dag *dag, const char *path) {
  const Options *options = pipeline->options;
  Text text = {0};
  Graph *flat = dag_graph(dag, pipeline->graph->types, simplify_rules);
  bool written = write_wf(flat, (WriteOptions){.canonical = false}, &text);
  graph_free(flat);
  if (written) return output_file(&text, option_value(options, "output"));
  text_free(&text);
  return complain(STATUS_FAILED, "%s: the workflow has no source that could be read", path);
}

int cmd_expand(Session *session, const Options *options) {
  const char *path = options->operands[0];
  Pipeline pipeline = {.session = session, .options = options};
  int status = STATUS_USAGE;
  if (pipeline_program(&pipeline, path))
    pipeline.graph = pipeline_lower(&pipeline, option_value(options, "flow"));
  bool ready = pipeline.graph && !diags_errors(session->diags) && take_inputs(&pipeline, options);
  Dag *dag = ready ? expand_graph(pipeline.graph) : NULL;
  bool finished = dag && dag_finish(dag);
  driver_report(session, options);
  if (finished) status = write_flat(&pipeline, dag, path);
  dag_free(dag);
  pipeline_free(&pipeline);
  return status;
}
