#include "canonical.h"

#include "canon/write.h"
#include "ir/lower.h"

#include <string.h>

/* Up to the graph as written; what is wrong is not reported yet. `name` is what the file is called; NULL: its path. */
static void lower(Canonical *canonical, Session *session, const Options *options, const char *path,
                  const char *name) {
  bool timings = option_known(options, "timings") && option_given(options, "timings");
  *canonical = (Canonical){.session = session, .timings = timings};
  canonical_phase(canonical, NULL);
  driver_load(session, options, path, name, &canonical->loaded);
  canonical->program = canonical->loaded.program;
  if (canonical->program && !diags_errors(session->diags))
    canonical->flow = program_entry(canonical->program, option_value(options, "flow"));
  canonical_phase(canonical, "check");
  canonical->lowered = canonical->flow ? lower_flow(canonical->program, canonical->flow)
                                       : canonical->loaded.graph;
  canonical->loaded.graph = NULL;
  canonical_phase(canonical, "lower");
}

static bool normalise(Canonical *canonical, const char *path) {
  if (!canonical->lowered) return false;
  canonical->normal = normal_form(canonical->lowered);
  canonical_phase(canonical, "normal form");
  if (!canonical->normal->full) return true;
  complain(STATUS_FAILED, "%s: the graph has more than %u nodes", path, canonical->normal->limit);
  return false;
}

void canonical_phase(Canonical *canonical, const char *name) {
  driver_phase(canonical->timings, &canonical->since, name);
}

bool canonical_open_in(Canonical *canonical, Session *session, const Options *options, const char *path) {
  lower(canonical, session, options, path, NULL);
  return driver_report(session, options) && normalise(canonical, path);
}

/* A workflow without anything. */
static void make_empty(Canonical *canonical, Session *session) {
  *canonical = (Canonical){.session = session};
  canonical->loaded.types = types_new(session->arena, session->names);
  canonical->lowered = graph_new(session, canonical->loaded.types);
}

bool canonical_open_pair(Canonical sides[2], Session *session, const Options *options, char *const paths[2],
                         const char *name) {
  for (int side = 0; side < 2; side++) {
    if (strcmp(paths[side], "/dev/null") != 0)
      lower(&sides[side], session, options, paths[side], name);
    else
      make_empty(&sides[side], session);
  }
  bool quiet = name && !diags_errors(session->diags);
  return (quiet || driver_report(session, options)) && normalise(&sides[0], paths[0]) &&
         normalise(&sides[1], paths[1]);
}

bool canonical_open(Canonical *canonical, const Options *options, const char *path) {
  bool opened = canonical_open_in(canonical, session_new(), options, path);
  canonical->own_session = true;
  return opened;
}

bool canonical_as_source(Canonical *canonical, const Options *options, const char *path) {
  Session *session = canonical->session;
  Text text = {0};
  Graph *graph = driver_import(session, &canonical->loaded, (ImportOptions){.rules = simplify_rules});
  bool written = graph && write_wf(graph, (WriteOptions){.canonical = false}, &text);
  Source *source = written ? sources_add(session->sources, path, text.data, text.len) : NULL;
  graph_free(graph);
  text_free(&text);
  if (!source) {
    complain(STATUS_FAILED, "%s: the workflow has no source that could be read", path);
    return false;
  }
  graph_free(canonical->normal);
  graph_free(canonical->lowered);
  canonical->normal = canonical->lowered = NULL;
  driver_unload(&canonical->loaded);
  canonical->loaded.source = source;
  canonical->program = canonical->loaded.program = check_program(session, source, driver_library(session));
  if (canonical->program) canonical->flow = program_entry(canonical->program, NULL);
  canonical->lowered = canonical->flow ? lower_flow(canonical->program, canonical->flow) : NULL;
  return driver_report(session, options) && normalise(canonical, path);
}

void canonical_close(Canonical *canonical) {
  graph_free(canonical->normal);
  graph_free(canonical->lowered);
  driver_unload(&canonical->loaded);
  if (canonical->own_session) session_free(canonical->session);
}

View canonical_view(const Options *options) {
  const char *name = option_value(options, "view");
  return name ? view_find(name) : VIEW_EXACT;
}

void canonical_exhausted(const Form *form, const char *path) {
  if (form->exhausted)
    complain(STATUS_OK,
             "%s: the budget for conditions and equal parts ran out: "
             "an equal workflow may have another identity",
             path);
}
