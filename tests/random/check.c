#include "check.h"

#include "base/hash.h"
#include "instance.h"
#include "law.h"
#include "program.h"
#include "shrink.h"

#include <stdio.h>
#include <string.h>

enum {
  INTERPRETATIONS = 64,
  MOST_SHOWN_ONLY = 20,
  MOST_LAWS = 8,
  MOST_SIZE = 1000, /* of a workflow that laws may make */
  MOST_SHOWN = 3,   /* failures of one kind that are shrunk and printed */
  SHRINK_MOST = 1500,
  TRIES = 6,    /* random choices for a change while shrinking */
  TINY_EACH = 4 /* tiny workflows in a case */
};

/* With arrays, completeness is a wish (--verbose or --only tiny tells): docs/algebra.md says what is not claimed of lengths and of
 * arrays of known elements. */
static const bool arrays_are_held = true;

/* What can be wrong between a workflow and what a change made of it. */
typedef enum Fault {
  FAULT_NONE,
  FAULT_REFUSED,     /* the compiler takes one for wrong */
  FAULT_OTHER,       /* a law gave another identity */
  FAULT_MEANING,     /* ... and other outcomes as well: the law or the compiler is wrong */
  FAULT_UNSOUND,     /* one identity, other outcomes */
  FAULT_INCOMPLETE,  /* C0 to C2: equal outcomes, other identities */
  FAULT_EXHAUSTED,   /* equal outcomes, other identities, but that was told */
  FAULT_PASSES,      /* the normal form or a pass of the compiler gives other outcomes */
  FAULT_CERTIFICATE, /* the certificate of the identity does not hold */
  FAULT_COUNT
} Fault;

static const char *const fault_texts[FAULT_COUNT] = {"right",
                                                     "refused by the compiler",
                                                     "another identity",
                                                     "another identity and another meaning",
                                                     "one identity but another meaning",
                                                     "one meaning but another identity (within C2)",
                                                     "another identity, as it was told",
                                                     "another meaning after the passes",
                                                     "a certificate that does not prove its identity"};

/* A tiny workflow that was there before: where it came from, and its hashes. */
typedef struct Known {
  uint64_t seed, identity, meaning;
} Known;

typedef struct Run {
  const Settings *settings;
  uint32_t passed, failed;
  uint32_t idle, wishes;   /* mutations that mean nothing, which was seen; and which was not */
  uint32_t *tried, *shown; /* by change: laws, then mutations, then the tiny ones */
  VEC(Known) known;
  Map by_identity, by_meaning;
} Run;

/* ---- two workflows ---- */

/* The pair as compiled; what is wrong with it.  `law`: the two should be one; `complete`: within C2. */
static Fault compare(const Compiled *a, const Compiled *b, bool law, bool complete) {
  bool one = !strcmp(a->identity, b->identity);
  Alike alike = evaluators_alike(a->evaluator, b->evaluator, one ? FAILURES_IGNORED : FAILURES_COUNT, 1,
                                 INTERPRETATIONS);
  if (one) return alike == UNLIKE ? FAULT_UNSOUND : FAULT_NONE;
  bool told = a->exhausted || b->exhausted;
  if (told && alike != UNLIKE) return law || complete ? FAULT_EXHAUSTED : FAULT_NONE;
  if (law) return alike == UNLIKE ? FAULT_MEANING : FAULT_OTHER;
  return complete && alike == ALIKE ? FAULT_INCOMPLETE : FAULT_NONE;
}

static bool changes_meaning(const Compiled *compiled) {
  return compiled_sound(compiled, 2, INTERPRETATIONS / 4) == UNLIKE;
}

/* What is wrong with one workflow alone. */
static Fault own_fault(const Compiled *compiled) {
  if (changes_meaning(compiled)) return FAULT_PASSES;
  return compiled_certified(compiled) ? FAULT_NONE : FAULT_CERTIFICATE;
}

static bool is_own(Fault fault) { return fault == FAULT_PASSES || fault == FAULT_CERTIFICATE; }

static Fault compare_flows(const Workflow *a, const Workflow *b, bool law, bool complete) {
  Compiled first, second = {0};
  Fault fault = FAULT_REFUSED;
  if (compile(a, &first, false) && compile(b, &second, false))
    fault = compare(&first, &second, law, complete);
  if (!fault && a == b) fault = own_fault(&first);
  compiled_free(&first);
  compiled_free(&second);
  return fault;
}

/* ---- shrinking ---- */

typedef struct Failing {
  const ChangeInfo *info; /* NULL: `other` is there already */
  const Workflow *other;
  Fault fault;
  bool law, complete, arrays;
} Failing;

static bool still_fails(void *self, const Workflow *flow) {
  Failing *failing = self;
  if (is_own(failing->fault)) return compare_flows(flow, flow, false, false) == failing->fault;
  if (!failing->info)
    return compare_flows(flow, failing->other, failing->law, failing->complete) == failing->fault;
  for (uint64_t seed = 0; seed < TRIES; seed++) {
    Rng rng = {seed};
    Workflow *changed = workflow_copy(flow);
    if (!change_apply(failing->info, changed, &rng)) continue;
    if (compare_flows(flow, changed, failing->law, failing->complete) != failing->fault) continue;
    failing->other = changed;
    return true;
  }
  return false;
}

static void print_flow(const Workflow *flow) {
  Text text = {0};
  workflow_print(flow, &text);
  fputs(text.data, stdout);
  text_free(&text);
}

static void print_pair(const Workflow *a, const Workflow *b) {
  printf("---- first\n");
  print_flow(a);
  printf("---- second\n");
  print_flow(b);
  printf("----\n");
}

/* Make the first smaller, with a new second one each time; then the second against it. */
static void show(Failing failing, const Workflow *a, const Workflow *b) {
  failing.other = b;
  const Workflow *first = a;
  if (is_own(failing.fault)) {
    print_flow(shrink(a, false, still_fails, &failing, SHRINK_MOST));
    return;
  }
  if (!failing.info || still_fails(&failing, a))
    first = shrink(a, !failing.info, still_fails, &failing, SHRINK_MOST);
  Failing second = failing;
  second.info = NULL;
  second.other = first;
  print_pair(first,
             failing.info ? failing.other : shrink(failing.other, true, still_fails, &second, SHRINK_MOST));
}

static void count_fault(Run *run, uint32_t row, const char *name, uint64_t seed, Failing failing,
                        const Workflow *a, const Workflow *b) {
  if (failing.fault == FAULT_NONE) {
    run->passed++;
    return;
  }
  bool wish = failing.fault == FAULT_INCOMPLETE && failing.arrays && arrays_are_held && !run->settings->only;
  wish |= failing.fault == FAULT_EXHAUSTED;
  run->wishes += wish;
  run->failed += !wish;
  if (wish && !run->settings->verbose) return;
  if (run->shown[row]++ >= (run->settings->only ? MOST_SHOWN_ONLY : MOST_SHOWN)) return;
  printf("FAIL %s: %s (--seed %llu --cases 1)\n", name, fault_texts[failing.fault], (unsigned long long)seed);
  if (failing.fault == FAULT_REFUSED) {
    Compiled compiled;
    compile(b, &compiled, true);
    compiled_free(&compiled);
  }
  show(failing, a, b);
  fflush(stdout);
}

/* ---- laws and mutations ---- */

static bool is_wanted(const Run *run, const ChangeInfo *info) {
  const char *only = run->settings->only;
  return only ? !strcmp(only, info->name) : !info->held;
}

/* A copy that a random law has changed, and which law; NULL when none of a few could. */
static Workflow *apply_some_law(const Run *run, Rng *rng, const Workflow *flow, uint32_t *row) {
  enum { TURNS = 8 };
  for (uint32_t turn = 0; turn < TURNS; turn++) {
    *row = rng_below(rng, keep_count());
    for (uint32_t k = 0; !is_wanted(run, &laws[*row]) && k < keep_count(); k++)
      *row = (*row + 1) % keep_count();
    if (!is_wanted(run, &laws[*row])) return NULL;
    Workflow *changed = workflow_copy(flow);
    if (change_apply(&laws[*row], changed, rng) && workflow_size(changed) < MOST_SIZE) return changed;
  }
  return NULL;
}

/* A chain of laws, each compared with the one before, so that the one to blame is known. */
static void check_laws(Run *run, Rng *rng, uint64_t seed, const Workflow *base, const Compiled *compiled) {
  uint32_t count = run->settings->only ? 1 : 1 + rng_below(rng, MOST_LAWS), row = 0;
  const Workflow *flow = base;
  Compiled before = {0};
  Fault fault = FAULT_NONE;
  for (uint32_t i = 0; i < count && fault != FAULT_REFUSED; i++) {
    Workflow *changed = apply_some_law(run, rng, flow, &row);
    if (!changed) break;
    run->tried[row]++;
    Compiled after;
    const Compiled *last = i ? &before : compiled;
    fault = compile(changed, &after, false) ? compare(last, &after, true, false) : FAULT_REFUSED;
    Failing failing = {&laws[row], NULL, fault, true, false, false};
    count_fault(run, row, laws[row].name, seed, failing, flow, changed);
    compiled_free(&before);
    before = after;
    flow = changed;
  }
  compiled_free(&before);
}

static void check_mutation(Run *run, Rng *rng, uint64_t seed, const Workflow *base, const Compiled *compiled,
                           bool complete) {
  uint32_t number = rng_below(rng, mutation_count());
  for (uint32_t k = 0; !is_wanted(run, &mutations[number]) && k < mutation_count(); k++)
    number = (number + 1) % mutation_count();
  const ChangeInfo *info = &mutations[number];
  Workflow *changed = workflow_copy(base);
  if (!is_wanted(run, info) || !change_apply(info, changed, rng)) return;
  uint32_t row = keep_count() + number;
  run->tried[row]++;
  Compiled after;
  Fault fault = compile(changed, &after, false) ? compare(compiled, &after, false, complete) : FAULT_REFUSED;
  run->idle += fault == FAULT_NONE && !strcmp(compiled->identity, after.identity);
  count_fault(run, row, info->name, seed, (Failing){info, NULL, fault, false, complete, true}, base, changed);
  compiled_free(&after);
}

/* ---- tiny workflows ---- */

/* Their classes: tasks alone, with arrays, with volatile tasks. */
enum { TINY_TASKS, TINY_ARRAYS, TINY_VOLATILE, TINY_CLASSES };

static uint32_t tiny_class(uint64_t seed) { return (uint32_t)(hash_mix(seed) % TINY_CLASSES); }

static Workflow *tiny(World *world, uint64_t seed) {
  static const unsigned with[TINY_CLASSES] = {[TINY_ARRAYS] = WITH_ARRAYS, [TINY_VOLATILE] = WITH_VOLATILE};
  Rng rng = {seed};
  return generate_tiny(world, &rng, with[tiny_class(seed)]);
}

/* The outcome of all interpretations, which are those of a class, with volatile calls not told apart; 0: not known. */
static uint64_t meaning_of(Evaluator *evaluator, uint64_t class) {
  static const uint32_t alike[64];
  uint64_t meaning = 1 + class, known = 0;
  bool few = evaluator_calls(evaluator) <= sizeof alike / sizeof *alike;
  for (uint64_t i = 0; few && i < INTERPRETATIONS; i++) {
    Outcome outcome = evaluator_run(evaluator, hash_mix(1 + i) * 2 + i % 2, alike);
    meaning = hash_add(hash_add(meaning, outcome.outputs), outcome.events);
    known += !outcome.gave_up;
  }
  return known == INTERPRETATIONS ? meaning : 0;
}

/* A workflow and one that was there before. */
static Fault compare_tiny(World *world, const Workflow *flow, const Known *other) {
  return compare_flows(tiny(world, other->seed), flow, false, true);
}

static void check_tiny(Run *run, World *world, uint64_t seed) {
  Compiled compiled;
  Workflow *flow = tiny(world, seed);
  uint32_t row = keep_count() + mutation_count();
  Fault fault = FAULT_NONE;
  const Known *other = NULL;
  run->tried[row]++;
  if (!compile(flow, &compiled, true)) {
    fault = FAULT_REFUSED;
  } else {
    Known known = {seed, hash_bytes(compiled.identity, 64), meaning_of(compiled.evaluator, tiny_class(seed))};
    uint32_t same = map_get(&run->by_identity, known.identity),
             alike = map_get(&run->by_meaning, known.meaning);
    vec_push(&run->known, known);
    const Known *same_known = same ? &run->known.data[same - 1] : NULL;
    const Known *alike_known = alike ? &run->known.data[alike - 1] : NULL;
    if (same_known && same_known->meaning != known.meaning)
      fault = compare_tiny(world, flow, other = same_known);
    else if (known.meaning && alike_known && alike_known->identity != known.identity)
      fault = compare_tiny(world, flow, other = alike_known);
    if (!same) map_put(&run->by_identity, known.identity, run->known.len);
    if (known.meaning) map_put(&run->by_meaning, known.meaning, run->known.len);
  }
  compiled_free(&compiled);
  count_fault(run, row, "tiny", seed,
              (Failing){NULL, NULL, fault, false, true, tiny_class(seed) == TINY_ARRAYS},
              other ? tiny(world, other->seed) : flow, flow);
}

/* ---- all ---- */

static unsigned some_class(Rng *rng) {
  switch (rng_below(rng, 5)) {
    case 0:
      return WITH_ARRAYS;
    case 1:
      return WITH_ARRAYS | WITH_FAILURES | WITH_VOLATILE;
    case 2:
      return WITH_ALL & ~WITH_VOLATILE;
    default:
      return WITH_ALL;
  }
}

static void check_instances(Run *run, uint64_t seed, const Workflow *flow, Compiled *compiled) {
  const char *wrong = instances_wrong(compiled, seed);
  run->passed += !wrong;
  run->failed += wrong != NULL;
  if (!wrong) return;
  printf("FAIL match: %s (--seed %llu --cases 1)\n", wrong, (unsigned long long)seed);
  print_flow(flow);
}

static void check_case(Run *run, uint64_t seed) {
  World world = {.arena = arena_new()};
  Rng rng = {hash_mix(seed)};
  unsigned with = some_class(&rng);
  uint32_t steps = 1 + rng_below(&rng, rng_chance(&rng, 10) ? 14 : 5);
  Workflow *flow = generate(&world, &rng, with, steps);
  Compiled compiled;
  if (!compile(flow, &compiled, true)) {
    run->failed++;
    printf("FAIL generator: refused by the compiler (--seed %llu --cases 1)\n", (unsigned long long)seed);
    print_flow(flow);
  } else {
    Fault fault = own_fault(&compiled);
    count_fault(run, keep_count() + mutation_count() + 1, "passes", seed,
                (Failing){NULL, NULL, fault, false, false, false}, flow, flow);
    check_laws(run, &rng, seed, flow, &compiled);
    check_instances(run, seed, flow, &compiled);
    check_mutation(run, &rng, seed, flow, &compiled, with == WITH_ARRAYS);
  }
  compiled_free(&compiled);
  bool wanted = !run->settings->only || !strcmp(run->settings->only, "tiny");
  for (uint64_t i = 0; wanted && i < TINY_EACH; i++) check_tiny(run, &world, seed * TINY_EACH + i);
  vec_free(&world.sorts);
  arena_free(world.arena);
}

static void report(const Run *run) {
  uint32_t count = keep_count() + mutation_count();
  for (uint32_t i = 0; run->settings->verbose && i < count; i++)
    printf("%-16s %6u tried, %u wrong\n", i < keep_count() ? laws[i].name : mutations[i - keep_count()].name,
           run->tried[i], run->shown[i]);
  if (run->settings->verbose)
    printf("%-16s %6u tried, %u wrong\n", "tiny", run->tried[count], run->shown[count]);
  printf("seed %llu, %u cases; %u mutations changed nothing, and no interpretation either\n",
         (unsigned long long)run->settings->seed, run->settings->cases, run->idle);
  if (run->wishes) printf("%u pairs of workflows mean the same but have two identities\n", run->wishes);
  printf("%u passed, %u failed, 0 skipped\n", run->passed, run->failed);
}

bool check_all(const Settings *settings) {
  Run run = {.settings = settings};
  size_t bytes = (keep_count() + mutation_count() + 2) * sizeof *run.tried;
  run.tried = memset(mem_alloc(bytes), 0, bytes);
  run.shown = memset(mem_alloc(bytes), 0, bytes);
  for (uint32_t i = 0; i < settings->cases; i++) check_case(&run, settings->seed + i);
  report(&run);
  free(run.tried);
  free(run.shown);
  vec_free(&run.known);
  map_free(&run.by_identity);
  map_free(&run.by_meaning);
  return !run.failed && run.passed;
}
