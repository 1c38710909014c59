/* cmd_import.c: workflows of other engines as source. */
#include "canon/write.h"
#include "pipeline.h"

#include <string.h>

int cmd_import(Session *session, const Options *options) {
  const char *path = options->operands[0];
  Pipeline pipeline = {.session = session, .options = options, .timings = option_given(options, "timings")};
  int status = STATUS_USAGE;
  Text text = {0};
  if (pipeline_program(&pipeline, path)) {
    pipeline.graph = pipeline_lower(&pipeline, option_value(options, "flow"));
    if (driver_report(session, options) && pipeline.graph) {
      bool written = write_wf(pipeline.graph, (WriteOptions){.canonical = false}, &text);
      pipeline_phase(&pipeline, "write");
      status = written ? output_file(&text, option_value(options, "output"))
                       : complain(STATUS_FAILED, "%s: the workflow has no source that could be read", path);
    }
  }
  text_free(&text);
  pipeline_free(&pipeline);
  return status;
}
