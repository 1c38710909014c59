/* cwl.c: a plan as a packed CWL v1.2 document. */
#include "emit/cwl.h"
#include "emit/listing.h"

#include <stdio.h>
#include <string.h>

/* ---- expressions ---- */

void cwl_refuse(Cwl *cwl, Span span, const char *reason) {
  if (cwl->failed) return;
  cwl->failed = true;
  Position at = sources_position(cwl->session->sources, span.lo);
  fprintf(stderr, "weft: %s:%u:%u: not to be said in CWL: %s\n", at.path, at.line, at.column, reason);
}

void cwl_told(Cwl *cwl, const char *reason, Span span) {
  if (reason) cwl_refuse(cwl, span, reason);
}

void cwl_expression(Cwl *cwl, const JsScope *scope, Node node, Text *into) {
  cwl_told(cwl, js_expression(cwl->js, scope, node, into), graph_span(cwl->graph, node));
}

void cwl_code(Cwl *cwl, const JsScope *scope, Node node, Text *into) {
  cwl_told(cwl, js_code(cwl->js, scope, node, into), graph_span(cwl->graph, node));
}

/* ---- the document ---- */

static void write_head(const Cwl *cwl, Text *into) {
  const EmitOptions *options = cwl->options;
  if (options->exact) text_addf(into, "# The workflow of exact identity weft1-exact:%s,\n", options->exact);
  text_puts(into, "# written by `weft export --to cwl`.\n");
  text_puts(into, "cwlVersion: v1.2\n$namespaces:\n");
  if (cwl->loops) text_puts(into, "  cwltool: \"http://commonwl.org/cwltool#\"\n");
  text_puts(into, "  weft: \"https://weft.example.org/cwl#\"\n$graph:\n");
}

static void write_library(const Cwl *cwl, Yaml *yaml) {
  Text library = {0};
  js_library(cwl->js, &library);
  if (!library.len) {
    yaml_raw(yaml, "InlineJavascriptRequirement", "{}");
  } else {
    yaml_begin(yaml, "InlineJavascriptRequirement");
    yaml_begin(yaml, "expressionLib");
    yaml_text_item(yaml, library.data);
    yaml_end(yaml);
    yaml_end(yaml);
  }
  text_free(&library);
}

static void write_main_head(const Cwl *cwl, Text *into) {
  Yaml yaml = {.into = into};
  text_putc(into, '\n');
  yaml_item(&yaml);
  yaml_raw(&yaml, "class", "Workflow");
  yaml_raw(&yaml, "id", "main");
  cwl_doc(cwl, &yaml, cwl->graph->doc);
  if (cwl->options->exact)
    yaml_text(&yaml, "weft:identity", arena_format(cwl->arena, "weft1-exact:%s", cwl->options->exact));
}

/* At the end of main, since functions may be long; all other processes inherit them. */
static void write_requirements(const Cwl *cwl, Text *into) {
  Yaml yaml = {.into = into, .depth = 1};
  yaml_begin(&yaml, "requirements");
  if (cwl->picks) yaml_raw(&yaml, "MultipleInputFeatureRequirement", "{}");
  if (cwl->scatters) yaml_raw(&yaml, "ScatterFeatureRequirement", "{}");
  if (cwl->values) yaml_raw(&yaml, "StepInputExpressionRequirement", "{}");
  if (cwl->subworkflows) yaml_raw(&yaml, "SubworkflowFeatureRequirement", "{}");
  write_library(cwl, &yaml);
  yaml_end(&yaml);
}

static void write_processes(Cwl *cwl) {
  const Plan *plan = cwl->plan;
  for (uint32_t i = 1; i < plan->regions.len; i++) {
    if (!cwl->regions[i].id) continue;
    if (plan->regions.data[i].kind >= REGION_FOLD) cwl_rounds(cwl, i);
    cwl_workflow(cwl, i);
  }
  for (uint32_t i = 0; i < cwl->graph->tasks.len; i++) cwl_task(cwl, i);
}

static void name_outputs(Cwl *cwl) {
  for (uint32_t i = 0; i < cwl->graph->tasks.len; i++)
    if (cwl_uses_stdout(cwl, &cwl->graph->tasks.data[i])) cwl->tasks[i].out = "stdout";
}

/* Main is known in full before its head, which lists what the document uses. */
static void write_document(Cwl *cwl, Text *into) {
  Text main_text = {0}, others = {0};
  cwl_survey(cwl);
  cwl_name_all(cwl);
  name_outputs(cwl);
  cwl->yaml.into = &main_text;
  cwl_main(cwl);
  cwl->yaml = (Yaml){.into = &others};
  write_processes(cwl);
  write_head(cwl, into);
  write_main_head(cwl, into);
  text_add(into, main_text.data, main_text.len);
  write_requirements(cwl, into);
  text_add(into, others.data ? others.data : "", others.len);
  text_free(&main_text);
  text_free(&others);
}

/* ---- the entry ---- */

static void cwl_begin(Cwl *cwl) {
  uint32_t regions = cwl->plan->regions.len, inputs = cwl->graph->inputs.len;
  cwl->regions = ARENA_ARRAY(cwl->arena, CwlRegion, regions);
  cwl->tasks = ARENA_ARRAY(cwl->arena, CwlTask, cwl->graph->tasks.len + 1);
  cwl->input_steps = ARENA_ARRAY(cwl->arena, const char *, inputs + 1);
  cwl->stamp = ARENA_ARRAY(cwl->arena, uint32_t, graph_count(cwl->graph) + 1);
  for (uint32_t i = 0; i < inputs; i++)
    map_put(&cwl->input_of, (uint64_t)cwl->graph->inputs.data[i].name + 1, i + 1);
}

static void cwl_end(Cwl *cwl) {
  for (uint32_t i = 0; i < cwl->plan->regions.len; i++) {
    CwlRegion *region = &cwl->regions[i];
    vec_free(&region->captures);
    map_free(&region->capture_at);
    vec_free(&region->made);
    map_free(&region->made_at);
    map_free(&region->names.next);
  }
  map_free(&cwl->input_of);
  map_free(&cwl->names.next);
  js_free(cwl->js);
  arena_free(cwl->arena);
}

int emit_cwl(const Plan *plan, const EmitOptions *options) {
  Cwl cwl = {.plan = plan,
             .graph = plan->graph,
             .options = options,
             .session = plan->graph->session,
             .arena = arena_new(),
             .js = js_new(plan->graph)};
  Text text = {0};
  cwl_begin(&cwl);
  write_document(&cwl, &text);
  int status = cwl.failed ? 1 : listing_write(options->output, &text);
  if (!status && options->arg_count && strcmp(options->output, "-") != 0) status = cwl_job(&cwl);
  text_free(&text);
  cwl_end(&cwl);
  return status;
}
