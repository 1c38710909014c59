/* cmd_plan.c: what will run, before it runs: counts, or formulas where inputs are not given. */
#include "pass/pass.h"
#include "pipeline.h"
#include "plan_inputs.h"
#include "plan_report.h"

#include <string.h>

/* Known inputs are put in before the passes, so that what they settle is settled. */
static bool make_graph(Pipeline *pipeline, PlanInputs *inputs) {
  const Options *options = pipeline->options;
  pipeline->graph = pipeline_lower(pipeline, option_value(options, "flow"));
  if (!driver_report(pipeline->session, options) || !pipeline->graph) return false;
  Graph *lowered = pipeline->graph;
  if (!plan_inputs_read(inputs, pipeline->session, lowered, options->operands + 1,
                        options->operand_count - 1))
    return false;
  pipeline->graph = plan_inputs_apply(inputs);
  inputs->graph = pipeline->graph; /* has the same inputs */
  graph_free(lowered);
  pipeline->graph = passes_run(pipeline->graph, &(PassOptions){0});
  inputs->graph = pipeline->graph;
  if (!pipeline->graph->full) return true;
  complain(STATUS_FAILED, "the graph has more than %u nodes", pipeline->graph->limit);
  return false;
}

static int show(Pipeline *pipeline, const PlanInputs *inputs, const Decl *site) {
  const char *format = option_value(pipeline->options, "format");
  Map lengths = plan_inputs_lengths(inputs);
  PlanReport report = plan_report_new(pipeline->session, pipeline->graph, pipeline->plan, &lengths);
  Text text = {0};
  report.site = site;
  if (format && !strcmp(format, "json"))
    plan_report_json(&report, &text);
  else
    plan_report_text(&report, &text);
  plan_report_free(&report);
  map_free(&lengths);
  return output_text(&text);
}

static int run(Pipeline *pipeline, PlanInputs *inputs) {
  const char *name = option_value(pipeline->options, "site");
  if (!pipeline_program(pipeline, pipeline->options->operands[0])) return STATUS_USAGE;
  const Decl *site = name ? pipeline_site(pipeline, name) : NULL;
  if (name && !site) return STATUS_USAGE;
  if (!make_graph(pipeline, inputs)) return STATUS_USAGE;
  if (!pipeline_plan(pipeline)) return STATUS_FAILED;
  return show(pipeline, inputs, site);
}

int cmd_plan(Session *session, const Options *options) {
  Pipeline pipeline = {.session = session, .options = options};
  PlanInputs inputs = {0};
  int status = run(&pipeline, &inputs);
  if (inputs.graph) plan_inputs_free(&inputs);
  pipeline_free(&pipeline);
  return status;
}
