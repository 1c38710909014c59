/* plan_cycle.c: whether every step can run: removed one by one, those that wait for none first (Kahn 1962).
 *
 * A step has a start and an end.  Steps inside a region start after the step that runs it; results end with the
 * steps that export them, in every frame; rounds and combinations end with what they hand on. */
#include "ir/plan_build.h"

#include <string.h>

typedef struct Edge {
  uint32_t from, to;
} Edge;

typedef struct Cycle {
  const Plan *plan;
  uint32_t *first; /* of a region's steps among all */
  uint32_t count;  /* of events: two a step */
  VEC(Edge) edges;
} Cycle;

static uint32_t start_of(const Cycle *cycle, uint32_t region, uint32_t step) {
  return 2 * (cycle->first[region] + step);
}

static uint32_t end_of(const Cycle *cycle, uint32_t region, uint32_t step) {
  return start_of(cycle, region, step) + 1;
}

static void add_edge(Cycle *cycle, uint32_t from, uint32_t to) { vec_push(&cycle->edges, (Edge){from, to}); }

static void add_deps(Cycle *cycle, uint32_t region, uint32_t number) {
  const Step *step = &cycle->plan->regions.data[region].steps.data[number];
  for (uint32_t k = 0; k < step->dep_count; k++) {
    uint32_t from = region;
    for (uint32_t up = step->deps[k].up; up; up--) from = cycle->plan->regions.data[from].parent;
    add_edge(cycle, end_of(cycle, from, step->deps[k].step), start_of(cycle, region, number));
  }
  add_edge(cycle, start_of(cycle, region, number), end_of(cycle, region, number));
  if (step->kind == STEP_RESULT)
    add_edge(cycle, start_of(cycle, region, step->target), end_of(cycle, region, number));
}

/* (step, number of an export) to the step + 1 that shows it. */
static void show_results(Map *result_of, const Region *region) {
  for (uint32_t i = 0; i < region->steps.len; i++) {
    const Step *step = &region->steps.data[i];
    if (step->kind == STEP_RESULT) map_put(result_of, plan_key(step->target, step->other), i + 1);
  }
}

static void add_inner(Cycle *cycle, const Map *result_of, uint32_t region, uint32_t owner, uint32_t inner) {
  if (inner == REGION_NONE) return;
  const Region *at = &cycle->plan->regions.data[inner];
  bool rounds = cycle->plan->regions.data[region].steps.data[owner].kind > STEP_BRANCH;
  for (uint32_t i = 0; i < at->steps.len; i++) {
    uint32_t number = at->steps.data[i].export_, result;
    add_edge(cycle, start_of(cycle, region, owner), start_of(cycle, inner, i));
    if (number == EXPORT_NONE) continue;
    if (rounds)
      add_edge(cycle, end_of(cycle, inner, i), end_of(cycle, region, owner));
    else if ((result = map_get(result_of, plan_key(owner, number))))
      add_edge(cycle, end_of(cycle, inner, i), end_of(cycle, region, result - 1));
  }
}

static void add_region(Cycle *cycle, uint32_t number) {
  const Region *region = &cycle->plan->regions.data[number];
  Map result_of = {0};
  show_results(&result_of, region);
  for (uint32_t i = 0; i < region->steps.len; i++) {
    const Step *step = &region->steps.data[i];
    add_deps(cycle, number, i);
    if (step->kind < STEP_MAP || step->kind > STEP_TREE) continue;
    add_inner(cycle, &result_of, number, i, step->target);
    add_inner(cycle, &result_of, number, i, step->other);
  }
  map_free(&result_of);
}

/* Whether some event never gets its turn. */
static bool is_stuck(const Cycle *cycle) {
  uint32_t *from = mem_alloc((cycle->count + 2) * sizeof *from),
           *to = mem_alloc((cycle->edges.len + 1) * sizeof *to);
  uint32_t *waits = mem_alloc((cycle->count + 1) * sizeof *waits),
           *ready = mem_alloc((cycle->count + 1) * sizeof *ready);
  memset(from, 0, (cycle->count + 2) * sizeof *from);
  memset(waits, 0, (cycle->count + 1) * sizeof *waits);
  for (uint32_t e = 0; e < cycle->edges.len; e++) from[cycle->edges.data[e].from + 2]++;
  for (uint32_t k = 2; k < cycle->count + 2; k++) from[k] += from[k - 1];
  for (uint32_t e = 0; e < cycle->edges.len; e++) {
    to[from[cycle->edges.data[e].from + 1]++] = cycle->edges.data[e].to;
    waits[cycle->edges.data[e].to]++;
  }
  uint32_t done = 0, found = 0;
  for (uint32_t k = 0; k < cycle->count; k++)
    if (!waits[k]) ready[found++] = k;
  for (; done < found; done++)
    for (uint32_t e = from[ready[done]]; e < from[ready[done] + 1]; e++)
      if (!--waits[to[e]]) ready[found++] = to[e];
  free(from);
  free(to);
  free(waits);
  free(ready);
  return done < cycle->count;
}

bool plan_has_cycle(const Plan *plan) {
  Cycle cycle = {.plan = plan, .first = mem_alloc((plan->regions.len + 1) * sizeof(uint32_t))};
  uint32_t total = 0;
  for (uint32_t r = 0; r < plan->regions.len; r++) {
    cycle.first[r] = total;
    total += plan->regions.data[r].steps.len;
  }
  cycle.count = 2 * total;
  for (uint32_t r = 0; r < plan->regions.len; r++) add_region(&cycle, r);
  bool stuck = is_stuck(&cycle);
  free(cycle.first);
  vec_free(&cycle.edges);
  return stuck;
}
