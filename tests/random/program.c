#include "program.h"

#include "canon/form.h"
#include "canon/normal.h"
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
