/* test_plan.c: what becomes a step, in which region; what waits for what; how often things run. */
#include "ir/lower.h"
#include "ir/plan.h"
#include "ir/width.h"
#include "pass/pass.h"

#include <CUnit/CUnit.h>
#include <string.h>

CU_ErrorCode suite_plan(void);

static Session *session;
static Program *program;
static Graph *graph;
static Plan *plan;

static const char declarations[] =
    "task t(x: Int) -> (y: Int = read_int(\"y\")) { run \"t ~{x}\" }\n"
    "task u(x: Int, z: Int) -> (y: Int = read_int(\"y\")) { run \"u ~{x} ~{z}\" }\n"
    "task sum(x: [Int]) -> (y: Int = read_int(\"y\")) { run \"s ~{x}\" }\n"
    "task list(x: Int) -> (ys: [Int] = read_json(\"y\")) { run \"l ~{x}\" }\n"
    "volatile task v(x: Int) -> (y: Int = read_int(\"y\")) { run \"v ~{x}\" }\n"
    "volatile task put(x: Int) { run \"p ~{x}\" }\n";

static int done(void) {
  plan_free(plan);
  graph_free(graph);
  if (program) program_free(program);
  if (session) session_free(session);
  plan = NULL;
  graph = NULL;
  program = NULL;
  session = NULL;
  return 0;
}

/* The plan of a flow `main` after the tasks above; it has to hold what plans promise. */
static void make(const char *flow) {
  done();
  session = session_new();
  const char *text = arena_format(session->arena, "%s%s", declarations, flow);
  program = check_program(session, sources_add(session->sources, "t.wf", text, strlen(text)), NULL);
  diags_print(session->diags, stderr, DIAG_TEXT, false);
  CU_ASSERT_EQUAL_FATAL(diags_errors(session->diags), 0);
  graph = lower_flow(program, program_entry(program, NULL));
  CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
  graph = passes_run(graph, &(PassOptions){0});
  plan = plan_new(graph);
  CU_ASSERT_PTR_NULL(plan_verify(plan));
}

/* Steps of one kind (tasks: of that name) directly in regions of one kind. */
static uint32_t count(RegionKind region, StepKind kind, const char *task) {
  uint32_t found = 0;
  for (uint32_t r = 0; r < plan->regions.len; r++) {
    const Region *at = &plan->regions.data[r];
    for (uint32_t i = 0; at->kind == region && i < at->steps.len; i++) {
      const Step *step = &at->steps.data[i];
      if (step->kind != kind) continue;
      if (!task || !strcmp(name_of(session, graph->tasks.data[graph->data.data[step->node]].name), task))
        found++;
    }
  }
  return found;
}

static void test_out_of_loops(void) {
  make("flow main(n: Int, xs: [Int]) -> (a: [Int]) { a = for x in xs { u(x, t(n)) } }");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_TASK, "t"), 1);
  CU_ASSERT_EQUAL(count(REGION_MAP, STEP_TASK, "u"), 1);
  make("flow main(n: Int) -> (a: Int) { a = loop s = n { u(s, t(n)) } until s > 9 max 5 }");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_TASK, "t"), 1);
  CU_ASSERT_EQUAL(count(REGION_LOOP, STEP_TASK, "u"), 1);
}

static void test_not_out_of_arms(void) {
  make("flow main(n: Int, c: Bool) -> (a: Int) { a = if c { t(n) } else { 0 } }");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_TASK, NULL), 0);
  CU_ASSERT_EQUAL(count(REGION_ARM, STEP_TASK, "t"), 1);
  make("flow main(xs: [Int], n: Int) -> (a: [Int]) { a = for x in xs { if x > 3 { t(n) } else { 0 } } }");
  CU_ASSERT_EQUAL(count(REGION_ARM, STEP_TASK, "t"), 1);
}

static void test_out_of_both_arms(void) {
  make("flow main(n: Int, c: Bool) -> (a: Int) { a = if c { u(t(n), 1) } else { u(t(n), 2) } }");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_TASK, "t"), 1);
  CU_ASSERT_EQUAL(count(REGION_ARM, STEP_TASK, "u"), 2);
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_BRANCH, NULL), 1);
}

static void test_shared_frames(void) {
  make(
      "flow main(xs: [Int]) -> (a: [Int], b: [Int]) { a = for x in xs { t(x) }; b = for x in xs { u(t(x), 1) "
      "} }");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_MAP, NULL), 1);
  CU_ASSERT_EQUAL(count(REGION_MAP, STEP_TASK, "t"), 1);
}

/* What needs all of one map cannot run in its frames; what both need still runs once. */
static void test_whole_array(void) {
  make(
      "flow main(xs: [Int]) -> (b: [Int]) {\n  a = for x in xs { t(x) }\n  s = sum(a)\n"
      "  b = for y in a { u(y, s) }\n}");
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_MAP, NULL), 2);
  CU_ASSERT_EQUAL(count(REGION_MAP, STEP_TASK, "t"), 1);
}

static void test_volatile_once(void) {
  make(
      "flow main(c: Bool, xs: [Int]) -> (a: [Int], b: Int) {\n  a = for x in xs { v(x) }\n"
      "  b = if c { sum(for y in a { t(y) }) } else { 3 }\n  for x in xs { put(x) }\n}");
  CU_ASSERT_EQUAL(count(REGION_MAP, STEP_TASK, "v"), 1);
  CU_ASSERT_EQUAL(count(REGION_MAP, STEP_TASK, "put"), 1);
  make(
      "flow main(n: Int, c: Bool, d: Bool) -> (a: Int) {\n  k = if c { v(n) } else { 0 }\n"
      "  a = if d { t(k) } else { 1 }\n}");
  CU_ASSERT_EQUAL(count(REGION_ARM, STEP_TASK, "v"), 1);
}

static void test_pure_loops_inline(void) {
  make("flow main(xs: [Int]) -> (a: Int) { a = fold s = 0 for x in xs if x > 2 { s + x * x } }");
  CU_ASSERT_EQUAL(plan->regions.len, 1);
  CU_ASSERT_EQUAL(plan->regions.data[0].steps.len, 1);
}

/* An evaluation that can fail is shared only where it is certain. */
static void test_failing_is_guarded(void) {
  make(
      "flow main(n: Int, m: Int) -> (a: Int, b: Int) {\n"
      "  a = if m != 0 { n / m * (n / m + 1) * 7 } else { 0 }\n"
      "  b = if m != 0 { n / m * (n / m + 1) * 9 } else { 1 }\n}");
  CU_ASSERT_EQUAL(plan->regions.data[0].steps.len, 2);
}

static void test_outputs_have_slots(void) {
  make("flow main(n: Int) -> (a: Int, b: Int, c: Int) { a = 3; b = n; c = t(n) }");
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    Dep dep;
    CU_ASSERT_TRUE(plan_find(plan, 0, graph->outputs.data[i].node, &dep));
    CU_ASSERT_EQUAL(dep.up, 0);
  }
}

static void test_verify_finds(void) {
  make("flow main(n: Int, xs: [Int]) -> (a: [Int]) { a = for x in xs { u(x, t(n)) } }");
  for (uint32_t r = 0; r < plan->regions.len; r++) {
    for (uint32_t i = 0; i < plan->regions.data[r].steps.len; i++) {
      Step *step = &plan->regions.data[r].steps.data[i], kept = *step;
      step->dep_count = 0;
      if (kept.dep_count) CU_ASSERT_PTR_NOT_NULL(plan_verify(plan));
      *step = kept;
      step->export_ = kept.export_ == EXPORT_NONE ? 7 : EXPORT_NONE;
      CU_ASSERT_PTR_NOT_NULL(plan_verify(plan));
      *step = kept;
    }
  }
  CU_ASSERT_PTR_NULL(plan_verify(plan));
}

/* How often all tasks of the plan run. */
static const char *total(void) {
  Widths widths = {plan, graph, session->arena, NULL};
  Formula formula = {0};
  Text text = {0};
  for (uint32_t r = 0; r < plan->regions.len; r++)
    for (uint32_t i = 0; i < plan->regions.data[r].steps.len; i++)
      if (plan->regions.data[r].steps.data[i].kind == STEP_TASK) width_add_times(&widths, r, &formula);
  if (formula.run_time) text_puts(&text, "run time: ");
  if (formula.unbounded) text_puts(&text, "unbounded: ");
  formula_print(&widths, &formula, &text);
  const char *kept = arena_text(session->arena, text.data, text.len);
  text_free(&text);
  formula_free(&formula);
  return kept;
}

static void test_formulas(void) {
  static const char *const cases[][2] = {
      {"flow main() -> (a: Int) { a = t(1) }", "1"},
      {"flow main(n: Int) -> (a: [Int]) { a = for i in range(n) { t(i) } }", "n"},
      {"flow main() -> (a: [Int]) { a = for i in range(12) { t(i) } }", "12"},
      {"flow main(xs: [Int]) -> (a: [Int]) { a = for x in xs { u(t(x), x) } }", "2 * length(xs)"},
      {"flow main(xs: [Int], n: Int) -> (a: [[Int]]) { a = for x in xs { for i in range(n) { u(x, i) } } }",
       "length(xs) * n"},
      {"flow main(n: Int) -> (a: [Int]) { a = for i in range(n + 1) { t(i) } }", "n + 1"},
      {"flow main(xs: [Int]) -> (a: [Int]) { a = for x in xs if x > 2 { t(x) } }", "at most length(xs)"},
      {"flow main(n: Int, c: Bool) -> (a: Int?) { a = if c { t(n) } }", "at most 1"},
      {"flow main(n: Int) -> (a: Int) { a = loop s = n { t(s) } until s > 9 max 5 }", "at most 5"},
      {"flow main(n: Int) -> (a: Int) { a = loop s = n { t(s) } until s > 9 unbounded }", "unbounded: 1"},
      {"flow main(n: Int) -> (a: Int) { a = fold s = 0 for i in range(n) { u(s, i) } }", "n"},
      {"flow main(n: Int) -> (a: [Int]) {\n  l = list(n)\n  a = for x in l { t(x) }\n}",
       "run time: 1 + length(l)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    make(cases[i][0]);
    CU_ASSERT_STRING_EQUAL(total(), cases[i][1]);
    if (strcmp(total(), cases[i][1]) != 0) printf("%s\n  gives %s\n", cases[i][0], total());
  }
}

/* Many steps with one name, in a chain and in branches: nothing here recurses along them. */
static void test_long_chain(void) {
  Text text = {0};
  text_puts(&text, "flow main(n: Int) -> (a: Int) {\n  s0 = t(n)\n");
  for (int i = 1; i <= 20000; i++)
    text_addf(&text, "  s%d = %s(s%d%s)\n", i, i % 2 ? "t" : "u", i - 1, i % 2 ? "" : ", 1");
  text_puts(&text, "  a = s20000\n}\n");
  make(text.data);
  text_free(&text);
  CU_ASSERT_EQUAL(count(REGION_ROOT, STEP_TASK, NULL), 20001);
}

CU_ErrorCode suite_plan(void) {
  CU_pSuite suite = CU_add_suite("plan", NULL, done);
  if (!suite || !CU_ADD_TEST(suite, test_out_of_loops) || !CU_ADD_TEST(suite, test_not_out_of_arms) ||
      !CU_ADD_TEST(suite, test_out_of_both_arms) || !CU_ADD_TEST(suite, test_shared_frames) ||
      !CU_ADD_TEST(suite, test_whole_array) || !CU_ADD_TEST(suite, test_volatile_once) ||
      !CU_ADD_TEST(suite, test_pure_loops_inline) || !CU_ADD_TEST(suite, test_failing_is_guarded) ||
      !CU_ADD_TEST(suite, test_outputs_have_slots) || !CU_ADD_TEST(suite, test_verify_finds) ||
      !CU_ADD_TEST(suite, test_formulas) || !CU_ADD_TEST(suite, test_long_chain))
    return CU_get_error();
  return CUE_SUCCESS;
}
