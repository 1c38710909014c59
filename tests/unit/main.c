/* main.c: runs all suites; its last line says how many tests passed, failed and were skipped.
 * suites.def is made of the names of the files test_NAME.c, each of which has a function suite_NAME. */
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <string.h>

#define SUITE(name) CU_ErrorCode suite_##name(void);
#include "suites.def"
#undef SUITE

typedef struct Suite {
  const char *name;
  CU_ErrorCode (*add)(void);
} Suite;

static const Suite suites[] = {
#define SUITE(name) {#name, suite_##name},
#include "suites.def"
#undef SUITE
    {NULL, NULL},
};

/* Add the suites whose names are given, or all. */
static int add_suites(int count, char **names) {
  for (const Suite *suite = suites; suite->name; suite++) {
    int wanted = count == 0;
    for (int i = 0; i < count; i++) wanted |= !strcmp(names[i], suite->name);
    if (!wanted || suite->add() == CUE_SUCCESS) continue;
    fprintf(stderr, "suite %s: %s\n", suite->name, CU_get_error_msg());
    return 0;
  }
  return 1;
}

static void print_failures(void) {
  for (CU_pFailureRecord at = CU_get_failure_list(); at; at = at->pNext)
    printf("FAIL %s/%s: %s:%u: %s\n", at->pSuite ? at->pSuite->pName : "", at->pTest ? at->pTest->pName : "",
           at->strFileName ? at->strFileName : "", at->uiLineNumber,
           at->strCondition ? at->strCondition : "");
}

int main(int argc, char **argv) {
  if (CU_initialize_registry() != CUE_SUCCESS) return 1;
  if (!add_suites(argc - 1, argv + 1)) return 1;
  CU_run_all_tests();
  print_failures();
  unsigned run = CU_get_number_of_tests_run(), failed = CU_get_number_of_tests_failed();
  unsigned broken = CU_get_number_of_suites_failed();
  CU_cleanup_registry();
  printf("%u passed, %u failed, 0 skipped\n", run - failed, failed + broken);
  return failed || broken || !run;
}
