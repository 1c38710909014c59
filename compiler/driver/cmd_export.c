/* cmd_export.c: workflows for other engines. */
#include "canonical.h"
#include "emit/constructs.h"
#include "pass/pass.h"
#include "pipeline.h"

#include <string.h>

static int print_constructs(void) {
  Text text = {0};
  constructs_table(&text);
  text_puts(&text, "\n| target | writes |\n|---|---|\n");
  for (uint32_t i = 0; i < target_count; i++)
    text_addf(&text, "| `%s` | %s |\n", targets[i].name, targets[i].summary);
  return output_text(&text);
}

static const char *target_name(uint32_t number) { return targets[number].name; }

static const Target *find_target(const Options *options) {
  const char *name = option_value(options, "to");
  if (!name)
    return complain(STATUS_USAGE, "which target? `--to` one of the list of `weft export --constructs`"), NULL;
  const Target *target = target_find(name);
  if (!target) complain_unknown("target", name, target_name, target_count);
  return target;
}

/* The exact identity of the workflow as lowered, in the session's arena. */
static const char *exact_identity(Pipeline *pipeline, const char *path) {
  Graph *used_up = pass_compact(pipeline->graph), *normal = normal_form(used_up);
  Form *form = form_new(normal, VIEW_EXACT);
  canonical_exhausted(form, path);
  const char *hex = arena_text(pipeline->session->arena, form->hex, strlen(form->hex));
  form_free(form);
  graph_free(normal);
  graph_free(used_up);
  pipeline_phase(pipeline, "identity");
  return hex;
}

static const char *output_name(Pipeline *pipeline, const Target *target, const char *path) {
  const char *output = option_value(pipeline->options, "output");
  if (output) return output;
  bool folder = !strcmp(target->extension, "/");
  return arena_format(pipeline->session->arena, "%s%s", driver_name(pipeline->session, path),
                      folder ? "" : target->extension);
}

static int export(Pipeline *pipeline, const Target *target, const char *path) {
  const Options *options = pipeline->options;
  if (!pipeline_program(pipeline, path)) return STATUS_USAGE;
  pipeline->graph = pipeline_lower(pipeline, option_value(options, "flow"));
  bool lowered = pipeline->graph && !pipeline->graph->full && !diags_errors(pipeline->session->diags);
  const char *exact = lowered ? exact_identity(pipeline, path) : NULL;
  if (!pipeline_passes(pipeline)) return STATUS_USAGE;
  const char *site_name = option_value(options, "site");
  const Decl *site = site_name ? pipeline_site(pipeline, site_name)
                               : pipeline_site_of(pipeline, target->name);
  if (site_name && !site) return STATUS_USAGE;
  if (!pipeline_plan(pipeline)) return STATUS_FAILED;
  diags_rewind(pipeline->session->diags, 0); /* they have been told */
  constructs_check(pipeline->plan, target, option_given(options, "cwl-loop"));
  if (!driver_report(pipeline->session, options)) return STATUS_USAGE;
  pipeline_phase(pipeline, "constructs");
  EmitOptions emit = {.output = output_name(pipeline, target, path),
                      .source = path,
                      .exact = exact,
                      .form = EMIT_EXE,
                      .optimise = 2,
                      .timings = pipeline->timings,
                      .loops = option_given(options, "cwl-loop"),
                      .site = site,
                      .args = options->operands + 1,
                      .arg_count = options->operand_count - 1};
  int status = target->emit(pipeline->plan, &emit) ? STATUS_FAILED : STATUS_OK;
  pipeline_phase(pipeline, "emit");
  return status;
}

int cmd_export(Session *session, const Options *options) {
  if (option_given(options, "constructs")) return print_constructs();
  const Target *target = find_target(options);
  if (!target) return STATUS_USAGE;
  if (!options->operand_count)
    return complain(STATUS_USAGE, "which workflow? `weft help export` shows the usage");
  Pipeline pipeline = {.session = session, .options = options, .timings = option_given(options, "timings")};
  int status = export(&pipeline, target, options->operands[0]);
  pipeline_free(&pipeline);
  return status;
}
