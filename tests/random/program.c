#include "program.h"

#include "canon/certificate.h"
#include "canon/form.h"
#include "canon/normal.h"
#include "canon/replay.h"
#include "front/check.h"
#include "ir/lower.h"
#include "pass/pass.h"

#include <string.h>

/* ---- compiling ---- */

static void identify(Compiled *compiled) {
  compiled->normal = normal_form(compiled->lowered);
  Form *form = form_new(compiled->normal, VIEW_EXACT);
  memcpy(compiled->identity, form->hex, sizeof compiled->identity);
  compiled->exhausted = form->exhausted;
  form_free(form);
  compiled->evaluator = evaluator_new(compiled->lowered);
}

Alike compiled_sound(const Compiled *compiled, uint64_t seed, uint32_t count) {
  Evaluator *normal = evaluator_new(compiled->normal);
  Alike alike = evaluators_alike(compiled->evaluator, normal, FAILURES_FEWER, seed, count);
  evaluator_free(normal);
  if (evaluator_calls(compiled->evaluator))
    return alike; /* passes say otherwise which iteration a call is of */
  Graph *graph = pass_simplify(compiled->lowered);
  for (uint32_t i = 1; i < pass_count() && alike != UNLIKE; i++) {
    Graph *next = pass_info(i)->run(graph);
    graph_free(graph);
    graph = next;
  }
  Evaluator *passed = evaluator_new(graph);
  if (alike != UNLIKE) alike = evaluators_alike(compiled->evaluator, passed, FAILURES_FEWER, seed, count);
  evaluator_free(passed);
  graph_free(graph);
  return alike;
}

/* The identity that a certificate proves is this one, unless it takes too long to check. */
static bool proves(const Text *text, const char *identity) {
  Session *session = session_new();
  Types *types = types_new(session->arena, session->names);
  Replayed replayed;
  bool same = replay(session, types, sources_add(session->sources, "certificate", text->data, text->len),
                     &replayed);
  if (same) {
    Graph *normal = pass_compact(replayed.graph);
    Form *form = form_new(normal, VIEW_EXACT);
    same = !strcmp(form->hex, identity);
    form_free(form);
    graph_free(normal);
    graph_free(replayed.graph);
    text_free(&replayed.start);
  }
  types_free(types);
  session_free(session);
  return same || replayed.too_long;
}

bool compiled_certified(const Compiled *compiled) {
  Graph *graph = lower_flow_traced(compiled->program, program_entry(compiled->program, "main"));
  Ends starts = {0};
  Text text = {0};
  ends_of(graph, &starts);
  Graph *normal = normal_form(graph);
  Form *form = form_new(normal, VIEW_EXACT);
  certificate_print(graph, &starts, &text);
  bool good = proves(&text, form->hex);
  form_free(form);
  vec_free(&starts);
  text_free(&text);
  graph_free(normal);
  graph_free(graph);
  return good;
}

bool compile(const Workflow *flow, Compiled *into, bool tell) {
  Text text = {0};
  workflow_print(flow, &text);
  Session *session = session_new();
  Source *source = sources_add(session->sources, "random.wf", text.data, text.len);
  Program *program = check_program(session, source, STDLIB_DIR);
  Decl *entry = diags_errors(session->diags) ? NULL : program_entry(program, "main");
  Graph *lowered = entry ? lower_flow(program, entry) : NULL;
  *into = (Compiled){.session = session, .program = program, .lowered = lowered};
  if (lowered && !lowered->full)
    identify(into);
  else if (tell)
    diags_print(session->diags, stdout, DIAG_TEXT, false);
  text_free(&text);
  return into->evaluator != NULL;
}

void compiled_free(Compiled *compiled) {
  if (compiled->evaluator) evaluator_free(compiled->evaluator);
  graph_free(compiled->normal);
  if (compiled->lowered) graph_free(compiled->lowered);
  if (compiled->program) program_free(compiled->program);
  if (compiled->session) session_free(compiled->session);
  *compiled = (Compiled){0};
}
