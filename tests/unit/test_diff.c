#include "canon/diff.h"
#include "canon/equiv.h"
#include "canon/normal.h"
#include "ir/lower.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* ---- workflows as lists, so that edits can be counted ---- */

enum { MOST_STEPS = 20000, TASKS = 6, INPUTS = 8 };

typedef struct Step {
  int task, a, b; /* a, b: an input below INPUTS, else a step + INPUTS */
  int literal;
  int inserted; /* a step between it and its operand a: the task, or -1 */
  bool removed; /* its users use its operand a */
  bool edited;
} Step;

typedef struct Flow {
  Step steps[MOST_STEPS];
  int count;
  uint64_t state;
} Flow;

static uint32_t draw(Flow *flow, uint32_t below) {
  flow->state = flow->state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (uint32_t)((flow->state >> 33) % below);
}

/* An operand among the last hundred steps. */
static int draw_operand(Flow *flow, int at) {
  if (at < 10) return (int)draw(flow, INPUTS);
  int from = at > 100 ? at - 100 : 0;
  return INPUTS + from + (int)draw(flow, (uint32_t)(at - from));
}

static void make_flow(Flow *flow, int count, uint64_t seed) {
  flow->count = count;
  flow->state = seed;
  for (int i = 0; i < count; i++)
    flow->steps[i] = (Step){.task = (int)draw(flow, TASKS),
                            .a = draw_operand(flow, i),
                            .b = draw_operand(flow, i),
                            .literal = (int)draw(flow, 5),
                            .inserted = -1};
}

/* Past the removed steps. */
static int operand_of(const Flow *flow, int operand) {
  while (operand >= INPUTS && flow->steps[operand - INPUTS].removed)
    operand = flow->steps[operand - INPUTS].a;
  return operand;
}

static void put_operand(const Flow *flow, const char *prefix, int operand, Text *into) {
  operand = operand_of(flow, operand);
  text_addf(into, "%s%d", operand < INPUTS ? "x" : prefix, operand < INPUTS ? operand : operand - INPUTS);
}

static void put_step(const Flow *flow, const char *prefix, int i, Text *into) {
  const Step *step = &flow->steps[i];
  if (step->inserted >= 0) {
    text_addf(into, "  new%d = t%d(", i, step->inserted);
    put_operand(flow, prefix, step->a, into);
    text_puts(into, ", ");
    put_operand(flow, prefix, step->a, into);
    text_puts(into, ", 99)\n");
  }
  text_addf(into, "  %s%d = t%d(", prefix, i, step->task);
  if (step->inserted >= 0)
    text_addf(into, "new%d", i);
  else
    put_operand(flow, prefix, step->a, into);
  text_puts(into, ", ");
  put_operand(flow, prefix, step->b, into);
  text_addf(into, ", %d)\n", step->literal);
}

/* The flow's source; its steps in another order when `backwards`. */
static void put_flow(const Flow *flow, const char *prefix, bool backwards, Text *into) {
  static const char *const words[TASKS] = {"sort -u", "cut -c 5-", "tr a b <",
                                           "uniq -c", "grep -v x", "awk 1"};
  for (int t = 0; t < TASKS; t++)
    text_addf(
        into,
        "task t%d(a: File, b: File, k: Int) -> (f: File = \"f\") { run \"%s ~{a} ~{b} ~{k} > ~{f}\" }\n", t,
        words[t]);
  text_puts(into, "flow main(");
  for (int i = 0; i < INPUTS; i++) text_addf(into, "%sx%d: File", i ? ", " : "", i);
  text_puts(into, ") -> (all: [File]) {\n");
  for (int k = 0; k < flow->count; k++) {
    int i = backwards ? flow->count - 1 - k : k;
    if (!flow->steps[i].removed) put_step(flow, prefix, i, into);
  }
  bool first = true;
  text_puts(into, "  all = [");
  for (int i = 0; i < flow->count; i++) {
    if (flow->steps[i].removed) continue;
    text_addf(into, "%s%s%d", first ? "" : ", ", prefix, i);
    first = false;
  }
  text_puts(into, "]\n}\n");
}

/* ---- diffs of sources ---- */

typedef struct Pair {
  Session *session;
  Program *programs[2];
  Graph *normals[2];
  DiffSide sides[2];
  Diff *diff;
} Pair;

static void open_pair(Pair *pair, const char *before, const char *after) {
  const char *texts[2] = {before, after};
  static const char *const paths[2] = {"before.wf", "after.wf"};
  *pair = (Pair){.session = session_new()};
  for (int side = 0; side < 2; side++) {
    Source *source = sources_add(pair->session->sources, paths[side], texts[side], strlen(texts[side]));
    pair->programs[side] = check_program(pair->session, source, NULL);
    if (diags_errors(pair->session->diags)) diags_print(pair->session->diags, stderr, DIAG_TEXT, false);
    CU_ASSERT_FATAL(!diags_errors(pair->session->diags));
    const Decl *flow = program_entry(pair->programs[side], NULL);
    Graph *lowered = lower_flow(pair->programs[side], flow);
    pair->normals[side] = normal_form(lowered);
    graph_free(lowered);
    pair->sides[side] = (DiffSide){paths[side], pair->programs[side], flow, pair->normals[side]};
  }
  pair->diff = diff_new(pair->sides);
}

static void close_pair(Pair *pair) {
  diff_free(pair->diff);
  for (int side = 0; side < 2; side++) {
    graph_free(pair->normals[side]);
    program_free(pair->programs[side]);
  }
  session_free(pair->session);
}

/* ---- edits ---- */

typedef struct Counts {
  uint32_t by[CHANGE_COUNT], all;
} Counts;

/* One that no edit is near, so that each can be told by itself. */
static Step *draw_step(Flow *flow) {
  for (int tries = 0; tries < 1000; tries++) {
    Step *step = &flow->steps[20 + draw(flow, (uint32_t)flow->count - 20)];
    bool near = step->edited || (step->a >= INPUTS && flow->steps[step->a - INPUTS].edited) ||
                (step->b >= INPUTS && flow->steps[step->b - INPUTS].edited);
    if (near) continue;
    step->edited = true;
    if (step->a >= INPUTS) flow->steps[step->a - INPUTS].edited = true;
    if (step->b >= INPUTS) flow->steps[step->b - INPUTS].edited = true;
    return step;
  }
  return NULL;
}

static ChangeKind edit(Flow *flow, Step *step) {
  static const ChangeKind kinds[] = {CHANGE_LITERAL, CHANGE_WIRE, CHANGE_STEP_INSERTED, CHANGE_STEP_REMOVED,
                                     CHANGE_STEP_REPLACED};
  ChangeKind kind = kinds[draw(flow, sizeof kinds / sizeof *kinds)];
  int number = (int)(step - flow->steps), old = step->a;
  switch (kind) {
    case CHANGE_LITERAL:
      step->literal += 100 + (int)draw(flow, 1000);
      break;
    case CHANGE_WIRE:
      while (step->a == old || step->a == step->b) step->a = draw_operand(flow, number);
      break;
    case CHANGE_STEP_INSERTED:
      step->inserted = (int)draw(flow, TASKS);
      break;
    case CHANGE_STEP_REMOVED:
      step->removed = true;
      break;
    default:
      step->task = (step->task + 1) % TASKS;
      break;
  }
  return kind;
}

static void edit_flow(Flow *flow, uint32_t edits, Counts *counts) {
  for (uint32_t i = 0; i < edits; i++) {
    Step *step = draw_step(flow);
    if (!step) return;
    counts->by[edit(flow, step)]++;
    counts->all++;
  }
}

/* The number of changes told of a flow of `count` steps with some edits; counts says how many these were. */
static uint32_t changes_of(int count, uint32_t edits, uint64_t seed, const char *prefix, Counts *counts,
                           Counts *told) {
  Flow *flow = mem_alloc(sizeof *flow);
  Text before = {0}, after = {0};
  Pair pair;
  *counts = (Counts){0};
  make_flow(flow, count, seed);
  put_flow(flow, "s", false, &before);
  edit_flow(flow, edits, counts);
  put_flow(flow, prefix, seed % 2, &after);
  open_pair(&pair, before.data, after.data);
  uint32_t changes = pair.diff->changes.len;
  *told = (Counts){.all = changes};
  for (ChangeKind kind = 0; kind < CHANGE_COUNT; kind++) told->by[kind] = pair.diff->counts[kind];
  close_pair(&pair);
  text_free(&before);
  text_free(&after);
  free(flow);
  return changes;
}

static void test_edits_are_counted(void) {
  for (uint64_t seed = 1; seed <= 30; seed++) {
    Counts counts, told;
    changes_of(400, 6, seed, "s", &counts, &told);
    CU_ASSERT_EQUAL(told.all, counts.all);
    CU_ASSERT_EQUAL(memcmp(told.by, counts.by, sizeof told.by), 0);
  }
}

/* All steps renamed, half of the time in another order as well: now and then a change takes more words. */
static void test_edits_under_other_names(void) {
  uint32_t edits = 0, changes = 0;
  for (uint64_t seed = 1; seed <= 30; seed++) {
    Counts counts, told;
    changes_of(400, 6, seed, "z", &counts, &told);
    CU_ASSERT_TRUE(told.all >= counts.all);
    edits += counts.all;
    changes += told.all;
  }
  CU_ASSERT_TRUE(10 * changes <= 11 * edits);
}

static void test_many_edits(void) {
  Counts counts, told;
  changes_of(MOST_STEPS, 300, 7, "s", &counts, &told);
  CU_ASSERT_EQUAL(told.all, counts.all);
  changes_of(MOST_STEPS, 300, 8, "z", &counts, &told);
  CU_ASSERT_TRUE(10 * told.all <= 11 * counts.all);
}

/* ---- equivalence ---- */

static Verdict verdict_of(const char *before, const char *after, Tier *tier, bool *unrolled) {
  static const char tasks[] =
      "task t(a: Int, b: Int) -> (n: Int = read_int(\"n\")) { run \"t ~{a} ~{b} > n\" }\n"
      "volatile task v(a: Int) -> (n: Int = read_int(\"n\")) { run \"v ~{a} > n\" }\n"
      "flow main(xs: [Int], x: Int, c: Bool) -> (r: Int, all: [Int]) { r = t(x, 0)\n all = ";
  Text texts[2] = {{0}, {0}};
  Pair pair;
  Equiv equiv;
  text_addf(&texts[0], "%s%s }\n", tasks, before);
  text_addf(&texts[1], "%s%s }\n", tasks, after);
  open_pair(&pair, texts[0].data, texts[1].data);
  equiv_of(pair.normals[0], pair.normals[1], &equiv);
  Verdict verdict = equiv.verdict;
  *tier = equiv.tier;
  *unrolled = equiv.unrolled;
  CU_ASSERT_EQUAL(equiv.has_witness, verdict != VERDICT_SAME);
  CU_ASSERT_EQUAL(pair.diff->same || equiv.unrolled, verdict == VERDICT_SAME || equiv.unrolled);
  equiv_end(&equiv);
  close_pair(&pair);
  text_free(&texts[0]);
  text_free(&texts[1]);
  return verdict;
}

typedef struct Case {
  const char *before, *after;
  Verdict verdict;
  Tier tier;
  bool unrolled;
} Case;

static void test_verdicts(void) {
  static const Case cases[] = {
      {"[t(x, 1)]", "[t(x, 1)]", VERDICT_SAME, TIER_C1, false},
      {"[t(x, 1)]", "[t(x, 2)]", VERDICT_DIFFERENT, TIER_C0, false},
      {"[t(x, x)]", "[t(x, t(x, x))]", VERDICT_DIFFERENT, TIER_C1, false},
      {"[v(x), v(x)]", "[v(x)]", VERDICT_DIFFERENT, TIER_C0, false},
      {"for y in xs { t(y, 1) }", "for y in xs { t(1, y) }", VERDICT_DIFFERENT, TIER_C2, false},
      {"for y in [1, 2] { t(y, x) }", "[t(1, x), t(2, x)]", VERDICT_SAME, TIER_C2, true},
      {"for y in [1, 2] { t(y, x) }", "[t(1, x), t(3, x)]", VERDICT_DIFFERENT, TIER_C0, true},
      {"for y in [1, 2] { v(y) }", "[v(1), v(2)]", VERDICT_DIFFERENT, TIER_C2, false},
      {"for i in range(3) if i != 1 { t(i, x) }", "[t(0, x), t(2, x)]", VERDICT_SAME, TIER_C2, true},
      {"[x * 3]", "[x * 2]", VERDICT_DIFFERENT, TIER_C0, false},
      {"[(x + 1) * (x - 1)]", "[x * x - 1]", VERDICT_UNKNOWN, TIER_C0, false},
      {"[t((x + 1) * (x - 1), 1)]", "[t(x * x - 1, 2)]", VERDICT_DIFFERENT, TIER_C0, false},
      {"[if c { t(x, 1) } else { t(x, 2) }]", "[if c { t(x, 2) } else { t(x, 1) }]", VERDICT_DIFFERENT,
       TIER_C3, false},
      {"[fold s = 0 for y in xs { t(s, y) }]", "[fold s = 0 for y in xs { t(y, s) }]", VERDICT_UNKNOWN,
       TIER_C4, false},
      {"[fold s = 0 for y in xs { t(s, y) }]", "[fold s = 1 for y in xs { t(s, y) }]", VERDICT_DIFFERENT,
       TIER_C0, false},
      {"[fold s = x for y in [5, 6] { t(s, y) }]", "[t(t(x, 5), 6)]", VERDICT_SAME, TIER_C4, true},
      {"[loop s = x { t(s, 1) } until s > 9 max 2]", "[if t(x, 1) > 9 { t(x, 1) } else { t(t(x, 1), 1) }]",
       VERDICT_SAME, TIER_C4, true},
      {"[loop s = x { t(s, 1) } until s > 9 unbounded]", "[loop s = x { t(s, 1) } while !(s > 9) unbounded]",
       VERDICT_SAME, TIER_C4, false},
      {"[loop s = x { t(s, 1) } until s > 9 max 5000]", "[loop s = x { t(1, s) } until s > 9 max 5000]",
       VERDICT_UNKNOWN, TIER_C4, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Tier tier;
    bool unrolled;
    Verdict verdict = verdict_of(cases[i].before, cases[i].after, &tier, &unrolled);
    if (verdict != cases[i].verdict || tier != cases[i].tier || unrolled != cases[i].unrolled)
      printf("%s / %s: %s %s %d\n", cases[i].before, cases[i].after, verdict_name(verdict), tier_name(tier),
             unrolled);
    CU_ASSERT_EQUAL(verdict, cases[i].verdict);
    CU_ASSERT_EQUAL(tier, cases[i].tier);
    CU_ASSERT_EQUAL(unrolled, cases[i].unrolled);
  }
}

CU_ErrorCode suite_diff(void);
CU_ErrorCode suite_diff(void) {
  static CU_TestInfo tests[] = {{"edits are counted", test_edits_are_counted},
                                {"edits under other names", test_edits_under_other_names},
                                {"many edits", test_many_edits},
                                {"verdicts", test_verdicts},
                                CU_TEST_INFO_NULL};
  CU_SuiteInfo suites[] = {{"diff", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  return CU_register_suites(suites);
}
