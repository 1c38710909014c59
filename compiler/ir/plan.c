#include "ir/plan.h"

#include "ir/plan_build.h"
#include "ir/varset.h"

bool plan_binds(const Plan *plan, uint32_t region, Node node) {
  const Region *at = &plan->regions.data[region];
  uint32_t set = plan->graph->vars.data[node];
  if (!set || at->kind == REGION_ROOT || at->kind == REGION_ARM) return false;
  return varset_has(plan->graph->sets, set, at->variable) ||
         (at->second != NODE_NONE && varset_has(plan->graph->sets, set, at->second));
}

bool plan_find(const Plan *plan, uint32_t region, Node node, Dep *found) {
  for (uint32_t up = 0; region != REGION_NONE; region = plan->regions.data[region].parent, up++) {
    uint32_t step = map_get(&plan->where, plan_key(region, node));
    if (step) {
      *found = (Dep){up, step - 1};
      return true;
    }
    if (plan_binds(plan, region, node)) return false;
  }
  return false;
}

uint32_t plan_binder(const Plan *plan, uint32_t region, Node variable, uint32_t *up) {
  for (*up = 0; region != REGION_NONE; region = plan->regions.data[region].parent, ++*up) {
    const Region *at = &plan->regions.data[region];
    if (at->kind == REGION_ROOT || at->kind == REGION_ARM) continue;
    if (at->variable == variable || at->second == variable) return region;
  }
  return REGION_NONE;
}

static void builder_end(Builder *builder) {
  map_free(&builder->extents);
  vec_free(&builder->order);
  free(builder->facts);
  free(builder->cost);
  free(builder->stage);
  free(builder->over);
  vec_free(&builder->needs);
  free(builder->need_of);
  vec_free(&builder->current);
  vec_free(&builder->requests);
  free(builder->request_of);
  vec_free(&builder->drafts);
  vec_free(&builder->operands);
  vec_free(&builder->deps);
  free(builder->home);
  map_free(&builder->elsewhere);
  vec_free(&builder->stamp);
  vec_free(&builder->stamp_at);
  map_free(&builder->bodies);
  map_free(&builder->branches);
  map_free(&builder->groups);
  map_free(&builder->arms);
  vec_free(&builder->stack);
}

Plan *plan_new(Graph *graph) {
  Plan *plan = mem_alloc(sizeof *plan);
  *plan = (Plan){.graph = graph, .arena = arena_new()};
  Builder builder = {.graph = graph, .plan = plan};
  plan_survey(&builder);
  plan_place_all(&builder);
  plan_finish(&builder);
  builder_end(&builder);
  return plan;
}

void plan_free(Plan *plan) {
  if (!plan) return;
  for (uint32_t r = 0; r < plan->regions.len; r++) vec_free(&plan->regions.data[r].steps);
  vec_free(&plan->regions);
  map_free(&plan->where);
  arena_free(plan->arena);
  free(plan);
}
