/* Whatever is found is an instance of its pattern: with its holes filled, the pattern is the same graph.  On all workflows of
 * the tests and of the corpus. */
#include "canon/match.h"
#include "canon/normal.h"
#include "ir/lower.h"

#include <CUnit/CUnit.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

static const char *const patterns[] = {
    "map ?f",
    "map ?work >> ?merge",
    "filter ?p",
    "filter ?p >> map ?f",
    "for x in ?xs { ?f(x) }",
    "for x in ?xs if ?p(x) { ?f(x) }",
    "for x in ?xs, y in ?ys { ?f(x, y) }",
    "for x in ?xs { for y in ?ys { ?f(x, y) } }",
    "for i in range(?n) { ?f(i) }",
    "fold acc = ?z for x in ?xs { ?combine(acc, x) }",
    "fold ?z for x in ?xs by ?combine",
    "loop s = ?init { ?step(s) } until ?stop(s) max ?n",
    "if ?c { ?a } else { ?b }",
    "(a: ?x, b: ?y)",
    "length(?xs)",
    "?x == 0",
    "?a && ?b",
    "map ?f >> length >> ?g",
    "map (?f & ?g)",
    "max(?a, 0)",
};
enum { PATTERNS = sizeof patterns / sizeof *patterns };

typedef struct Target {
  Session *session;
  Program *program;
  Graph *lowered, *normal;
} Target;

static bool open_target(Target *target, const char *path, const char *text) {
  const char *reason;
  *target = (Target){.session = session_new()};
  Source *source = text ? sources_add(target->session->sources, "test.wf", text, strlen(text))
                        : sources_read(target->session->sources, path, &reason);
  target->program = source ? check_program(target->session, source, TEST_DIR "/../stdlib") : NULL;
  if (!target->program || diags_errors(target->session->diags)) return false;
  Decl *flow = program_entry(target->program, NULL);
  target->lowered = flow ? lower_flow(target->program, flow) : NULL;
  target->normal = target->lowered ? normal_form(target->lowered) : NULL;
  return target->normal != NULL;
}

static void close_target(Target *target) {
  graph_free(target->normal);
  graph_free(target->lowered);
  if (target->program) program_free(target->program);
  session_free(target->session);
}

/* How often a pattern occurs; -1: it has no meaning there, -2: something that was found is no instance of it. */
static int count(Target *target, const char *text) {
  uint32_t told = diags_count(target->session->diags);
  Source *source = sources_add(target->session->sources, "pattern", text, strlen(text));
  Decl *decl = check_pattern(target->program, source);
  Graph *lowered = decl ? lower_flow(target->program, decl) : NULL;
  diags_rewind(target->session->diags, told);
  if (!lowered) return -1;
  Graph *pattern = normal_form(lowered);
  Matches matches = {0};
  match_find(pattern, target->normal, &matches);
  int found = (int)matches.all.len;
  for (uint32_t i = 0; i < matches.all.len; i++) {
    if (match_is_instance(target->normal, &matches.all.data[i])) continue;
    printf("no instance of %s\n", text);
    found = -2;
  }
  matches_free(&matches);
  graph_free(pattern);
  graph_free(lowered);
  return found;
}

static uint32_t files, found_of[PATTERNS];

static int visit(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)status, (void)at;
  size_t len = strlen(path);
  if (kind != FTW_F || len < 3 || strcmp(path + len - 3, ".wf") != 0) return 0;
  for (int p = 0; p < PATTERNS; p++) {
    Target target;
    bool opened = open_target(&target, path, NULL);
    int found = opened ? count(&target, patterns[p]) : 0;
    if (found == -2) printf("  in %s\n", path);
    CU_ASSERT_NOT_EQUAL(found, -2);
    files += opened && !p;
    if (found > 0) found_of[p] += (uint32_t)found;
    close_target(&target);
    if (!opened) break;
  }
  return 0;
}

static void test_instances(void) {
  CU_ASSERT_EQUAL(nftw(TEST_DIR, visit, 16, FTW_PHYS), 0);
  CU_ASSERT_EQUAL(nftw(TEST_DIR "/../corpus", visit, 16, FTW_PHYS), 0);
  CU_ASSERT(files > 100);
  for (int p = 0; p < PATTERNS; p++) {
    if (!found_of[p]) printf("never found: %s\n", patterns[p]);
    CU_ASSERT(found_of[p] > 0);
  }
}

CU_ErrorCode suite_match(void) {
  CU_pSuite suite = CU_add_suite("match", NULL, NULL);
  if (!suite || !CU_add_test(suite, "instances", test_instances)) return CU_get_error();
  return CUE_SUCCESS;
}
