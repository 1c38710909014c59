/* cmd_graph.c: pictures of workflows. */
#include "canon/normal.h"
#include "emit/dot.h"
#include "pipeline.h"

#include <errno.h>
#include <string.h>

/* Said with --format, or the file name's extension, or dot. */
static const char *picture_format(const Options *options) {
  const char *format = option_value(options, "format"), *output = option_value(options, "output");
  if (format) return format;
  const char *dot = output ? strrchr(output, '.') : NULL;
  return dot && !strchr(dot, '/') ? dot + 1 : "dot";
}

static int draw(Pipeline *pipeline, const char *view, const char *format, FILE *out) {
  if (!strcmp(view, "plan")) return plan_draw(pipeline->plan, format, out);
  return graph_draw(pipeline->graph, format, strcmp(view, "graph") ? VIEW_SOURCE : VIEW_GRAPH, out);
}

/* Instead of the graph its normal form. */
static void take_normal_form(Pipeline *pipeline) {
  Graph *graph = pipeline->graph;
  pipeline->graph = normal_form(graph);
  graph_free(graph);
}

static int draw_file(Pipeline *pipeline, const char *view) {
  const char *output = option_value(pipeline->options, "output"), *format = picture_format(pipeline->options);
  if (strcmp(format, "dot") != 0 && strcmp(format, "svg") != 0 && strcmp(format, "png") != 0)
    return complain(STATUS_USAGE, "no picture format `%s`: there are dot, svg and png", format);
  bool to_file = output && strcmp(output, "-") != 0;
  FILE *out = to_file ? fopen(output, "wb") : stdout;
  if (!out) return complain(STATUS_FAILED, "%s: %s", output, strerror(errno));
  int failed = draw(pipeline, view, format, out);
  if ((to_file ? fclose(out) : fflush(out)) && !failed)
    return complain(STATUS_FAILED, "%s: %s", to_file ? output : "standard output", strerror(errno));
  return failed ? STATUS_FAILED : STATUS_OK;
}

int cmd_graph(Session *session, const Options *options) {
  Pipeline pipeline = {.session = session, .options = options};
  const char *view = option_value(options, "view");
  if (!view) view = "source";
  /* What later passes do is for running alone. */
  if (!strcmp(view, "canon")) pipeline.stop_after = "simplify";
  int status = STATUS_USAGE;
  bool ready = pipeline_program(&pipeline, options->operands[0]) &&
               pipeline_graph(&pipeline, option_value(options, "flow"));
  if (ready && !strcmp(view, "plan")) ready = pipeline_plan(&pipeline);
  if (ready && !strcmp(view, "canon")) take_normal_form(&pipeline);
  if (ready) status = draw_file(&pipeline, view);
  pipeline_free(&pipeline);
  return status;
}
