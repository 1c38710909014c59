/* plan_finish.c: what each step waits for; steps in order; regions numbered from the outermost. */
#include "ir/binder.h"
#include "ir/plan_build.h"

#include <string.h>

/* ---- deps ---- */

typedef struct Walk {
  Builder *builder;
  uint32_t draft;
  uint32_t *seen;   /* node to the last draft that visited it + 1 */
  uint32_t *waited; /* draft to the last draft that depends on it + 1 */
} Walk;

static void walk_push(Walk *walk, Node node) {
  if (walk->seen[node] == walk->draft + 1) return;
  walk->seen[node] = walk->draft + 1;
  vec_push(&walk->builder->stack, node);
}

/* Operands; of index sets that a pure loop walks, what they are sets of. */
static void walk_operands(Walk *walk, Node node) {
  const Graph *graph = walk->builder->graph;
  bool binds = binder_of(graph_op(graph, node)).count != 0;
  for (uint32_t k = graph_arity(graph, node); k-- > 0;) {
    Node arg = graph_arg(graph, node, k);
    if (graph_op(graph, arg) != OP_INDEX)
      walk_push(walk, arg);
    else if (binds)
      walk_push(walk, graph_arg(graph, arg, 0));
  }
}

static void walk_found(Walk *walk, uint32_t found, uint32_t up) {
  Builder *builder = walk->builder;
  if (walk->waited[found] == walk->draft + 1) return;
  walk->waited[found] = walk->draft + 1;
  vec_push(&builder->deps, (Dep){up, found});
  builder->drafts.data[walk->draft].dep_count++;
}

/* All steps that the code for what is on the stack loads. */
static void walk_down(Walk *walk) {
  Builder *builder = walk->builder;
  uint32_t region = builder->drafts.data[walk->draft].region, up;
  while (builder->stack.len) {
    Node node = vec_pop(&builder->stack);
    uint32_t found = plan_draft(builder, region, node, &up);
    if (found && found - 1 != walk->draft)
      walk_found(walk, found - 1, up);
    else
      walk_operands(walk, node);
  }
}

static void add_deps(Walk *walk) {
  Builder *builder = walk->builder;
  Draft *draft = &builder->drafts.data[walk->draft];
  draft->dep_first = builder->deps.len;
  switch ((StepKind)draft->kind) {
    case STEP_RESULT:
      return;
    case STEP_COPY:
      walk_push(walk, draft->node);
      break;
    case STEP_EVAL:
    case STEP_TASK:
    case STEP_ASK:
      walk_operands(walk, draft->node);
      break;
    case STEP_MAP:
    case STEP_BRANCH:
    case STEP_FOLD:
    case STEP_LOOP:
    case STEP_TREE:
      for (uint32_t k = 0; k < draft->operand_count; k++)
        walk_push(walk, builder->operands.data[draft->operand_first + k]);
      break;
  }
  walk_down(walk);
}

static void add_all_deps(Builder *builder) {
  Walk walk = {.builder = builder,
               .seen = mem_zero(builder->count * sizeof *walk.seen),
               .waited = mem_zero(builder->drafts.len * sizeof *walk.waited)};
  for (; walk.draft < builder->drafts.len; walk.draft++) add_deps(&walk);
  free(walk.seen);
  free(walk.waited);
}

/* ---- order of steps ---- */

typedef struct Sort {
  Builder *builder;
  uint8_t *state;      /* of drafts; 1: on the stack, 2: placed */
  uint32_t *first;     /* of a region, in by_region */
  uint32_t *by_region; /* drafts, the last made first: about the order in which they run */
  uint32_t *number;    /* of regions, in the plan */
  VEC(uint32_t) stack;
  VEC(uint32_t) regions; /* in their new order */
} Sort;

static void sort_push_deps(Sort *sort, const Draft *draft) {
  const Builder *builder = sort->builder;
  for (uint32_t k = draft->dep_count; k-- > 0;) {
    Dep dep = builder->deps.data[draft->dep_first + k];
    if (dep.up == 0 && !sort->state[dep.step]) vec_push(&sort->stack, dep.step);
  }
  if (draft->kind == STEP_RESULT && !sort->state[draft->target]) vec_push(&sort->stack, draft->target);
}

static void sort_from(Sort *sort, uint32_t root, uint32_t *count) {
  Builder *builder = sort->builder;
  vec_push(&sort->stack, root);
  while (sort->stack.len) {
    uint32_t at = vec_last(&sort->stack);
    if (sort->state[at] == 0) {
      sort->state[at] = 1;
      sort_push_deps(sort, &builder->drafts.data[at]);
      continue;
    }
    sort->stack.len--;
    if (sort->state[at] == 2) continue;
    sort->state[at] = 2;
    builder->drafts.data[at].at = (*count)++;
  }
}

static void group_by_region(Sort *sort) {
  const Builder *builder = sort->builder;
  uint32_t regions = builder->plan->regions.len, count = builder->drafts.len;
  for (uint32_t i = 0; i < count; i++) sort->first[builder->drafts.data[i].region + 1]++;
  for (uint32_t r = 0; r < regions; r++) sort->first[r + 1] += sort->first[r];
  uint32_t *next = mem_alloc((regions + 1) * sizeof *next);
  memcpy(next, sort->first, (regions + 1) * sizeof *next);
  for (uint32_t i = count; i-- > 0;) sort->by_region[next[builder->drafts.data[i].region]++] = i;
  free(next);
}

/* The drafts of a region in their order, in place of by_region's. */
static void order_region(Sort *sort, uint32_t region) {
  const Builder *builder = sort->builder;
  uint32_t first = sort->first[region], end = sort->first[region + 1], count = 0;
  for (uint32_t i = first; i < end; i++) sort_from(sort, sort->by_region[i], &count);
  uint32_t *sorted = mem_alloc((count + 1) * sizeof *sorted);
  for (uint32_t i = first; i < end; i++)
    sorted[builder->drafts.data[sort->by_region[i]].at] = sort->by_region[i];
  memcpy(sort->by_region + first, sorted, count * sizeof *sorted);
  free(sorted);
}

/* ---- numbers of regions: as they are met reading the steps in order, each before those inside of it ---- */

static void push_region(Sort *sort, uint32_t region) {
  if (region != REGION_NONE) vec_push(&sort->stack, region);
}

static void number_regions(Sort *sort) {
  const Builder *builder = sort->builder;
  vec_push(&sort->stack, 0);
  while (sort->stack.len) {
    uint32_t region = vec_pop(&sort->stack);
    sort->number[region] = sort->regions.len;
    vec_push(&sort->regions, region);
    for (uint32_t i = sort->first[region + 1]; i-- > sort->first[region];) {
      const Draft *draft = &builder->drafts.data[sort->by_region[i]];
      if (draft->kind < STEP_MAP || draft->kind > STEP_TREE) continue;
      push_region(sort, draft->other);
      push_region(sort, draft->target);
    }
  }
}

/* ---- the plan ---- */

static uint32_t renumber(const Sort *sort, uint32_t region) {
  return region == REGION_NONE ? REGION_NONE : sort->number[region];
}

static Span span_of(const Builder *builder, const Draft *draft) {
  Node node = draft->node;
  if (node == NODE_NONE) node = builder->operands.data[draft->operand_first];
  if (draft->kind == STEP_MAP) node = builder_region(builder, draft->target)->variable;
  return builder->graph->span_of.data[node];
}

static Step final_step(const Sort *sort, const Draft *draft, const Node *operands, const Dep *deps) {
  const Builder *builder = sort->builder;
  bool result = draft->kind == STEP_RESULT;
  return (Step){.kind = draft->kind,
                .node = draft->node,
                .export_ = draft->export_,
                .target = result ? builder->drafts.data[draft->target].at : renumber(sort, draft->target),
                .other = result ? draft->other : renumber(sort, draft->other),
                .dep_count = draft->dep_count,
                .operand_count = draft->operand_count,
                .deps = deps + draft->dep_first,
                .operands = operands + draft->operand_first,
                .name = draft->name,
                .span = span_of(builder, draft)};
}

static void final_region(const Sort *sort, uint32_t old, Region *region, const Node *operands,
                         const Dep *deps) {
  const Builder *builder = sort->builder;
  *region = *builder_region(builder, old);
  region->parent = renumber(sort, region->parent);
  if (old) region->owner = builder->drafts.data[region->owner].at;
  uint32_t count = sort->first[old + 1] - sort->first[old];
  if (!count) return;
  region->steps.data = mem_alloc(count * sizeof(Step));
  region->steps.len = region->steps.cap = count;
  for (uint32_t i = 0; i < count; i++) {
    const Draft *draft = &builder->drafts.data[sort->by_region[sort->first[old] + i]];
    region->steps.data[i] = final_step(sort, draft, operands, deps);
    if (draft->listed) map_put(&builder->plan->where, plan_key(sort->number[old], draft->of), i + 1);
  }
}

static void make_regions(Sort *sort) {
  Builder *builder = sort->builder;
  Plan *plan = builder->plan;
  for (uint32_t i = 0; i < builder->deps.len; i++)
    builder->deps.data[i].step = builder->drafts.data[builder->deps.data[i].step].at;
  const Dep *deps = arena_copy(plan->arena, builder->deps.data, builder->deps.len * sizeof *deps);
  const Node *operands = arena_copy(plan->arena, builder->operands.data,
                                    builder->operands.len * sizeof *operands);
  uint32_t count = sort->regions.len;
  Region *regions = mem_alloc(count * sizeof *regions);
  for (uint32_t r = 0; r < count; r++) final_region(sort, sort->regions.data[r], &regions[r], operands, deps);
  free(plan->regions.data);
  plan->regions.data = regions;
  plan->regions.len = plan->regions.cap = count;
}

void plan_finish(Builder *builder) {
  add_all_deps(builder);
  uint32_t regions = builder->plan->regions.len, drafts = builder->drafts.len;
  Sort sort = {.builder = builder,
               .state = mem_zero(drafts + 1),
               .first = mem_zero((regions + 2) * sizeof(uint32_t)),
               .by_region = mem_alloc(drafts * sizeof(uint32_t)),
               .number = mem_alloc(regions * sizeof(uint32_t))};
  group_by_region(&sort);
  for (uint32_t r = 0; r < regions; r++) order_region(&sort, r);
  number_regions(&sort);
  make_regions(&sort);
  free(sort.state);
  free(sort.first);
  free(sort.by_region);
  free(sort.number);
  vec_free(&sort.stack);
  vec_free(&sort.regions);
}
