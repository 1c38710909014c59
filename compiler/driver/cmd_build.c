#include "emit/target.h"
#include "pass/pass.h"
#include "pipeline.h"

#include <string.h>

typedef enum Stage { STAGE_GRAPH, STAGE_PLAN, STAGE_TARGET } Stage;

/* What can come out. */
typedef struct Product {
  const char *name;
  Stage stage;
  EmitForm form;         /* STAGE_TARGET */
  const char *extension; /* of the file made when none is named; NULL: standard output */
} Product;

static const Product products[] = {
    {"exe", STAGE_TARGET, EMIT_EXE, ""},    {"obj", STAGE_TARGET, EMIT_OBJECT, ".o"},
    {"asm", STAGE_TARGET, EMIT_ASM, NULL},  {"llvm", STAGE_TARGET, EMIT_LLVM, NULL},
    {"graph", STAGE_GRAPH, EMIT_EXE, NULL}, {"plan", STAGE_PLAN, EMIT_EXE, NULL},
};

static const Product *product_find(const char *name) {
  for (const Product *product = products; product < products + sizeof products / sizeof *products; product++)
    if (!strcmp(product->name, name)) return product;
  BUG("no product %s", name);
}

static int print_graph(const Pipeline *pipeline, const char *output) {
  Text text = {0};
  graph_print(pipeline->graph, &text);
  return output_file(&text, output);
}

static int print_plan(Pipeline *pipeline, const char *output) {
  if (!pipeline_plan(pipeline)) return STATUS_FAILED;
  Text text = {0};
  plan_print(pipeline->plan, &text);
  return output_file(&text, output);
}

static int produce(Pipeline *pipeline, const char *path, const Product *product) {
  const char *output = option_value(pipeline->options, "output"),
             *level = option_value(pipeline->options, "optimize");
  if (!output && product->extension && !pipeline->stop_after)
    output = arena_format(pipeline->session->arena, "%s%s", driver_name(pipeline->session, path),
                          product->extension);
  if (!pipeline_program(pipeline, path)) return STATUS_USAGE;
  if (!pipeline_graph(pipeline, option_value(pipeline->options, "flow"))) return STATUS_USAGE;
  if (pipeline->stop_after || product->stage == STAGE_GRAPH) return print_graph(pipeline, output);
  if (product->stage == STAGE_PLAN) return print_plan(pipeline, output);
  if (!pipeline_plan(pipeline)) return STATUS_FAILED;
  EmitOptions emit = {.output = output ? output : "-",
                      .source = path,
                      .form = product->form,
                      .optimise = level ? level[0] - '0' : 2,
                      .timings = pipeline->timings};
  return emit_native(pipeline->plan, &emit) ? STATUS_FAILED : STATUS_OK;
}

static const char *pass_name(uint32_t number) { return pass_info(number)->name; }

/* Whether a name given for a pass is one. */
static bool known_pass(const char *name) {
  if (!name || pass_find(name)) return true;
  complain_unknown("pass", name, pass_name, pass_count());
  return false;
}

int cmd_build(Session *session, const Options *options) {
  Pipeline pipeline = {.session = session,
                       .options = options,
                       .timings = option_given(options, "timings"),
                       .dump_after = option_value(options, "dump-after"),
                       .stop_after = option_value(options, "stop-after")};
  if (!known_pass(pipeline.dump_after) || !known_pass(pipeline.stop_after)) return STATUS_USAGE;
  const char *name = option_value(options, "emit");
  int status = produce(&pipeline, options->operands[0], product_find(name ? name : "exe"));
  pipeline_free(&pipeline);
  return status;
}
