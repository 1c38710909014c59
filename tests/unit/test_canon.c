/* Canonical forms: the same identity however the graph was made. */
#include "base/session.h"

#include <CUnit/CUnit.h>

#include "canon/form.h"
#include "canon/normal.h"
#include "front/check.h"
#include "ir/lower.h"
#include "ir/trace.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

typedef enum Way { PLAIN, AS_SAID, TRACED } Way;

static void identify(Program *program, const Decl *flow, Way way, char hex[65]) {
  Graph *graph = way == PLAIN ? lower_flow(program, flow) : lower_flow_as_said(program, flow);
  if (way == TRACED) graph->trace = memset(mem_alloc(sizeof(Trace)), 0, sizeof(Trace));
  Graph *normal = normal_form(graph);
  CU_ASSERT_PTR_NULL(graph_verify(normal));
  Form *form = form_new(normal, VIEW_EXACT);
  memcpy(hex, form->hex, 65);
  form_free(form);
  graph_free(normal);
  graph_free(graph);
}

/* Each node kept as it is said and made simpler by one law at a time comes to the same as graph_make on the way. */
static void compare_ways(const char *path) {
  Session *session = session_new();
  const char *reason;
  Source *source = sources_read(session->sources, path, &reason);
  Program *program = source ? check_program(session, source, TEST_DIR "/../stdlib") : NULL;
  const Decl *flow = program && !diags_errors(session->diags) ? program_entry(program, NULL) : NULL;
  if (flow) {
    char plain[65], as_said[65], traced[65];
    identify(program, flow, PLAIN, plain);
    identify(program, flow, AS_SAID, as_said);
    identify(program, flow, TRACED, traced);
    if (strcmp(plain, as_said) != 0 || strcmp(plain, traced) != 0)
      printf("%s: %.8s plain, %.8s as said, %.8s traced\n", path, plain, as_said, traced);
    CU_ASSERT_STRING_EQUAL(plain, as_said);
    CU_ASSERT_STRING_EQUAL(plain, traced);
  }
  if (program) program_free(program);
  session_free(session);
}

static void test_ways(void) {
  static const char *const patterns[] = {"/same/*.wf", "/golden/lang/*.wf", "/golden/normal/*.wf",
                                         "/../corpus/*/*.wf"};
  for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s%s", TEST_DIR, patterns[p]);
    if (glob(pattern, 0, NULL, &found)) continue;
    for (size_t i = 0; i < found.gl_pathc; i++) compare_ways(found.gl_pathv[i]);
    globfree(&found);
  }
}

CU_ErrorCode suite_canon(void);
CU_ErrorCode suite_canon(void) {
  CU_TestInfo tests[] = {{"one normal form, whatever the way", test_ways}, CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"canon", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
