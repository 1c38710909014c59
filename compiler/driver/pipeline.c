#include "pipeline.h"

#include <string.h>

#include "ir/lower.h"
#include "pass/pass.h"

void pipeline_phase(Pipeline *pipeline, const char *name) {
  driver_phase(pipeline->timings, &pipeline->since, name);
}

/* Tell what there is to tell; false if the work cannot go on. */
static bool reported(Pipeline *pipeline) { return driver_report(pipeline->session, pipeline->options); }

bool pipeline_program(Pipeline *pipeline, const char *path) {
  pipeline_phase(pipeline, NULL);
  driver_load(pipeline->session, pipeline->options, path, NULL, &pipeline->loaded);
  pipeline->program = pipeline->loaded.program;
  pipeline_phase(pipeline, "check");
  bool there = pipeline->program || pipeline->loaded.graph;
  if (there && !diags_errors(pipeline->session->diags)) return true;
  return reported(pipeline);
}

Graph *pipeline_lower(Pipeline *pipeline, const char *name) {
  Graph *graph = pipeline->loaded.graph;
  pipeline->loaded.graph = NULL;
  if (!graph) {
    pipeline->flow = program_entry(pipeline->program, name);
    graph = pipeline->flow ? lower_flow(pipeline->program, pipeline->flow) : NULL;
  }
  pipeline_phase(pipeline, "lower");
  return graph;
}

static void dump(void *self, const char *pass, const Graph *graph) {
  (void)self;
  Text text = {0};
  text_addf(&text, "# after %s\n", pass);
  graph_print(graph, &text);
  fwrite(text.data, 1, text.len, stderr);
  text_free(&text);
}

static bool small_enough(const Graph *graph) {
  if (!graph->full) return true;
  complain(STATUS_FAILED, "the graph has more than %u nodes", graph->limit);
  return false;
}

bool pipeline_graph(Pipeline *pipeline, const char *name) {
  pipeline->graph = pipeline_lower(pipeline, name);
  return pipeline_passes(pipeline);
}

bool pipeline_passes(Pipeline *pipeline) {
  if (!reported(pipeline) || !pipeline->graph || !small_enough(pipeline->graph)) return false;
  PassOptions passes = {pipeline->dump_after, pipeline->stop_after, dump, NULL};
  pipeline->graph = passes_run(pipeline->graph, &passes);
  pipeline_phase(pipeline, "passes");
  return small_enough(pipeline->graph);
}

bool pipeline_plan(Pipeline *pipeline) {
  pipeline->plan = plan_new(pipeline->graph);
  pipeline_phase(pipeline, "plan");
  const char *wrong = plan_verify(pipeline->plan);
  if (wrong) BUG("%s", wrong);
  pipeline_phase(pipeline, "verify");
  return true;
}

void pipeline_free(Pipeline *pipeline) {
  if (pipeline->plan) plan_free(pipeline->plan);
  if (pipeline->graph) graph_free(pipeline->graph);
  driver_unload(&pipeline->loaded);
}

/* ---- sites ---- */

/* Each site of each module, the last module first; until `wanted` says true. */
static const Decl *site_where(const Pipeline *pipeline,
                              bool (*wanted)(const Pipeline *, const Decl *, void *), void *with) {
  for (uint32_t m = pipeline->program ? pipeline->program->modules.len : 0; m-- > 0;) {
    const Module *module = pipeline->program->modules.data[m];
    for (uint32_t i = 0; i < module->decl_count; i++)
      if (module->decls[i]->kind == DECL_SITE && wanted(pipeline, module->decls[i], with))
        return module->decls[i];
  }
  return NULL;
}

static bool is_named(const Pipeline *pipeline, const Decl *site, void *with) {
  Suggestion *suggestion = with;
  const char *name = name_of(pipeline->session, site->name);
  suggest(suggestion, name);
  return !strcmp(name, suggestion->name);
}

const Decl *pipeline_site(const Pipeline *pipeline, const char *name) {
  Suggestion suggestion = {.name = name};
  const Decl *site = site_where(pipeline, is_named, &suggestion);
  if (site) return site;
  if (suggestion.best)
    complain(STATUS_USAGE, "no site `%s`: did you mean `%s`?", name, suggestion.best);
  else
    complain(STATUS_USAGE, "no site `%s`", name);
  return NULL;
}

typedef struct OfEngine {
  const char *engine;
  const Decl *found;
  uint32_t count;
} OfEngine;

static bool note_engine(const Pipeline *pipeline, const Decl *site, void *with) {
  OfEngine *of = with;
  if (!site->interpreter || strcmp(name_of(pipeline->session, site->interpreter), of->engine)) return false;
  of->found = site;
  of->count++;
  return false;
}

const Decl *pipeline_site_of(const Pipeline *pipeline, const char *engine) {
  OfEngine of = {.engine = engine};
  site_where(pipeline, note_engine, &of);
  return of.count == 1 ? of.found : NULL;
}
