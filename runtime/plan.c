/* plan.c: what is known of each region before the run: which results belong to which step, which steps come
 * first, where in a frame's memory everything lies. */
#include "frame.h"

#include <string.h>

#include "arena.h"
#include "hash.h"

static int makes_frames(const RtStep *step) { return step->kind >= RT_MAP && step->kind <= RT_TREE; }

static int can_run(const RtStep *step) {
  return step->kind == RT_CALL || step->kind == RT_ASK || makes_frames(step);
}

/* Results by the step they belong to: counted, then placed. */
static void find_results(Plan *plan, RtArena *arena) {
  uint32_t count = plan->code->nsteps, total = 0;
  const RtStep *steps = plan->code->steps;
  uint32_t *from = arena_alloc(arena, ((size_t)count + 2) * sizeof *from);
  for (uint32_t i = 0; i < count; i++) {
    if (steps[i].kind != RT_RESULT) continue;
    from[steps[i].target + 2]++;
    total++;
  }
  for (uint32_t i = 2; i < count + 2; i++) from[i] += from[i - 1];
  plan->results = arena_alloc(arena, ((size_t)total + 1) * sizeof *plan->results);
  for (uint32_t i = 0; i < count; i++)
    if (steps[i].kind == RT_RESULT) plan->results[from[steps[i].target + 1]++] = i;
  plan->result_from = from;
}

static void find_exports(Plan *plan, RtArena *arena) {
  const RtRegion *code = plan->code;
  plan->exports = arena_alloc(arena, ((size_t)code->nexports + 1) * sizeof *plan->exports);
  for (uint32_t i = 0; i < code->nexports; i++) plan->exports[i] = RT_NONE;
  for (uint32_t i = 0; i < code->nsteps; i++)
    if (code->steps[i].export_ < code->nexports) plan->exports[code->steps[i].export_] = i;
}

static void find_first(Plan *plan, RtArena *arena) {
  const RtRegion *code = plan->code;
  plan->first = arena_alloc(arena, ((size_t)code->nsteps + 1) * sizeof *plan->first);
  plan->outer = arena_alloc(arena, ((size_t)code->nsteps + 1) * sizeof *plan->outer);
  for (uint32_t i = code->nsteps; i-- > 0;) {
    const RtStep *step = &code->steps[i];
    if (step->kind == RT_RESULT) continue;
    if (step->nouter)
      plan->outer[plan->outer_count++] = i;
    else if (step->ndeps == 0)
      plan->first[plan->first_count++] = i;
  }
}

/* Steps of one name get numbers, so that a label names one task only. */
static void number_names(Plan *plan, RtArena *arena) {
  const RtRegion *code = plan->code;
  plan->twins = arena_alloc(arena, ((size_t)code->nsteps + 1) * sizeof *plan->twins);
  HashMap seen = {0};
  for (uint32_t i = 0; i < code->nsteps; i++) {
    const RtStep *step = &code->steps[i];
    if (!can_run(step)) continue;
    uint64_t key = step->name && *step->name ? hash_bytes(step->name, strlen(step->name))
                   : step->kind == RT_CALL   ? ((uint64_t)step->target << 8) + RT_RESULT + 1
                                             : (uint64_t)step->kind;
    uint64_t count = hash_get(&seen, key);
    plan->twins[i] = (uint32_t)count;
    hash_put(&seen, key, count + 1);
  }
  hash_free(&seen);
}

static void number_regions(Plan *plan, RtArena *arena) {
  const RtRegion *code = plan->code;
  plan->ordinals = arena_alloc(arena, ((size_t)code->nsteps + 1) * sizeof *plan->ordinals);
  for (uint32_t i = 0; i < code->nsteps; i++)
    if (makes_frames(&code->steps[i])) plan->ordinals[i] = plan->region_count++;
}

static uint32_t align_up(uint32_t at) { return (at + 15) & ~15u; }

static void lay_out(Plan *plan, RtArena *arena) {
  const RtRegion *code = plan->code;
  uint32_t at = align_up(sizeof(Frame));
  plan->slots_at = at;
  at = align_up(at +
                (code->frame_size > sizeof(RtFrameHead) ? code->frame_size : (uint32_t)sizeof(RtFrameHead)));
  plan->regions_at = at;
  at = align_up(at + plan->region_count * (uint32_t)sizeof(Region *));
  plan->counters_at = at;
  at = align_up(at + code->nsteps * (uint32_t)sizeof(uint32_t));
  plan->state_at = at;
  plan->bytes = align_up(at + code->nsteps);
  plan->initial = arena_alloc(arena, plan->bytes - plan->regions_at + 1);
  uint32_t *counters = (uint32_t *)(void *)(plan->initial + plan->counters_at - plan->regions_at);
  for (uint32_t i = 0; i < code->nsteps; i++) counters[i] = code->steps[i].ndeps;
}

/* Regions are few and nested: a fixed point is found in as many rounds as they are deep. */
static void find_calls(Plan *plans, uint32_t count) {
  for (int changed = 1; changed;) {
    changed = 0;
    for (uint32_t i = 0; i < count; i++) {
      const RtRegion *code = plans[i].code;
      for (uint32_t s = 0; s < code->nsteps && !plans[i].calls; s++) {
        const RtStep *step = &code->steps[s];
        int calls = step->kind == RT_CALL || step->kind == RT_ASK;
        if (makes_frames(step)) {
          calls = step->target != RT_NONE && plans[step->target].calls;
          if (step->kind == RT_BRANCH && step->other != RT_NONE) calls |= plans[step->other].calls;
        }
        if (calls) plans[i].calls = 1, changed = 1;
      }
    }
  }
}

Plan *plans_new(const RtProgram *program, RtArena *arena) {
  Plan *plans = arena_alloc(arena, program->region_count * sizeof *plans);
  for (uint32_t i = 0; i < program->region_count; i++) {
    Plan *plan = &plans[i];
    plan->code = &program->regions[i];
    plan->id = i;
    find_results(plan, arena);
    find_exports(plan, arena);
    find_first(plan, arena);
    number_names(plan, arena);
    number_regions(plan, arena);
    lay_out(plan, arena);
    size_t bytes = ((size_t)plan->code->nsteps + 1) * sizeof(uint32_t);
    plan->done = arena_alloc(arena, bytes);
    plan->cached = arena_alloc(arena, bytes);
    plan->failed = arena_alloc(arena, bytes);
  }
  find_calls(plans, program->region_count);
  return plans;
}
