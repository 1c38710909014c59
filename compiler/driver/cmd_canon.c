/* cmd_canon.c: canonical forms, which laws lead to them, and certificates of that. */
#include "canon/certificate.h"
#include "canon/ports.h"
#include "canon/replay.h"
#include "canon/template.h"
#include "canon/write.h"
#include "canonical.h"
#include "ir/trace.h"
#include "ir/lower.h"
#include "ir/text.h"
#include "law_report.h"
#include "pass/pass.h"

#include <string.h>

/* Printed as source, or told why not. */
static int print_form(Graph *normal, const char *path, const Options *options) {
  Text text = {0};
  Form *form = form_new(normal, VIEW_EXACT);
  canonical_exhausted(form, path);
  form_free(form);
  ports_rename(normal);
  template_make(normal, canonical_view(options));
  if (!write_wf(normal, (WriteOptions){.canonical = true}, &text)) {
    text_free(&text);
    return complain(STATUS_FAILED, "%s: the canonical form has no source that could be read", path);
  }
  return output_file(&text, option_value(options, "output"));
}

/* Of a file of another format. */
static Graph *import_traced(const Canonical *canonical) {
  Graph *graph = driver_import(canonical->session, &canonical->loaded, (ImportOptions){0});
  if (graph) graph->trace = trace_new();
  return graph;
}

/* The graph as it is said, and its text form. */
static Graph *lower_said(const Canonical *canonical, Text *start) {
  Graph *graph = canonical->flow ? lower_flow_traced(canonical->program, canonical->flow)
                                 : import_traced(canonical);
  if (graph) graph_print_as(graph, PRINT_NO_NAMES, start);
  return graph;
}

static bool same_identity(const Graph *a, const Graph *b) {
  Form *left = form_new(a, VIEW_EXACT), *right = form_new(b, VIEW_EXACT);
  bool same = !strcmp(left->hex, right->hex);
  form_free(left);
  form_free(right);
  return same;
}

/* Normalise once more, with a trace; what is asked of it. */
static int print_trace(const Canonical *canonical, const Options *options) {
  Ends starts = {0};
  Text text = {0};
  int status = STATUS_OK;
  Graph *graph = lower_said(canonical, &text);
  text_free(&text);
  if (!graph) return STATUS_FAILED;
  ends_of(graph, &starts);
  Graph *normal = normal_form(graph);
  if (normal->full)
    status = complain(STATUS_FAILED,
                      "more than %d steps of laws lead to the canonical form: too many to tell", TRACE_MOST);
  const char *certificate = option_value(options, "certificate");
  if (status == STATUS_OK && certificate) {
    if (!same_identity(normal, canonical->normal))
      complain(STATUS_OK,
               "one law at a time comes to another form of this workflow: the identity that the "
               "certificate proves is not that of `weft hash`");
    certificate_print(graph, &starts, &text);
    status = output_file(&text, certificate);
  }
  if (status == STATUS_OK && option_given(options, "explain")) {
    law_report(canonical->session, graph, &text);
    status = output_file(&text, option_value(options, "output"));
  }
  vec_free(&starts);
  graph_free(normal);
  graph_free(graph);
  return status;
}

static int canon_file(Session *session, const Options *options, const char *path) {
  Canonical canonical;
  int status = STATUS_USAGE;
  if (canonical_open_in(&canonical, session, options, path)) {
    bool explain = option_given(options, "explain"), certificate = option_given(options, "certificate");
    status = explain || certificate ? print_trace(&canonical, options) : STATUS_OK;
    if (status == STATUS_OK && !explain && !certificate) status = print_form(canonical.normal, path, options);
  }
  canonical_close(&canonical);
  return status;
}

/* ---- replay ---- */

/* Whether a certificate begins with what a file says. */
static int compare_start(Session *session, const Options *options, const Text *start, const char *path) {
  Canonical canonical;
  Text text = {0};
  int status = STATUS_USAGE;
  if (canonical_open_in(&canonical, session, options, path)) {
    graph_free(lower_said(&canonical, &text));
    bool same = text.len == start->len && !memcmp(text.data, start->data, text.len);
    status = same ? STATUS_OK : complain(STATUS_FAILED, "%s: the certificate is of another workflow", path);
  }
  text_free(&text);
  canonical_close(&canonical);
  return status;
}

static int replay_file(Session *session, const Options *options, const char *path) {
  Replayed replayed;
  Types *types = types_new(session->arena, session->names);
  Source *source = driver_read(session, path);
  bool good = source && replay(session, types, source, &replayed);
  driver_report(session, options);
  int status = source ? STATUS_FAILED : STATUS_USAGE;
  if (good) {
    status = STATUS_OK;
    if (options->operand_count)
      status = compare_start(session, options, &replayed.start, options->operands[0]);
    Graph *ends = pass_compact(replayed.graph);
    Form *form = form_new(ends, VIEW_EXACT);
    if (status == STATUS_OK) printf("%s  %s\n", form->hex, path);
    form_free(form);
    graph_free(ends);
    graph_free(replayed.graph);
    text_free(&replayed.start);
  }
  types_free(types);
  return status;
}

int cmd_canon(Session *session, const Options *options) {
  const char *certificate = option_value(options, "replay");
  if (certificate) return replay_file(session, options, certificate);
  if (!options->operand_count) return complain(STATUS_USAGE, "a file is missing; see `weft help canon`");
  return canon_file(session, options, options->operands[0]);
}
