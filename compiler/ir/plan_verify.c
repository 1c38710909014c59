/* plan_verify.c: every claim about a plan, checked. */
#include "ir/binder.h"
#include "ir/plan_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct Check {
  const Plan *plan;
  const Graph *graph;
  const char *wrong; /* the first thing found */
  uint32_t region, step;
  uint32_t serial; /* of the step, + 1 */
  uint32_t *first; /* of a region's steps among all */
  uint32_t total;
  uint32_t *seen;   /* node to the last step that visited it, + 1 */
  uint32_t *waited; /* step to the last one that depends on it, + 1 */
  uint32_t *once;   /* how often a volatile node runs */
  VEC(Node) stack;
} Check;

__attribute__((format(printf, 2, 3))) static void wrong(Check *check, const char *format, ...) {
  if (check->wrong) return;
  char text[200];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  check->wrong = arena_format(check->graph->session->arena, "plan: region %u, step %u: %s", check->region,
                              check->step, text);
}

static uint32_t outwards(const Plan *plan, uint32_t region, uint32_t up) {
  while (up-- && region != REGION_NONE) region = plan->regions.data[region].parent;
  return region;
}

/* ---- deps are there ---- */

static void check_dep(Check *check, Dep dep) {
  uint32_t region = outwards(check->plan, check->region, dep.up);
  if (region == REGION_NONE || dep.step >= check->plan->regions.data[region].steps.len) {
    wrong(check, "waits for a step that is not there");
    return;
  }
  if (!dep.up && dep.step >= check->step) wrong(check, "comes before step %u that it waits for", dep.step);
  uint32_t *waited = &check->waited[check->first[region] + dep.step];
  if (*waited == check->serial) wrong(check, "waits twice for step %u", dep.step);
  *waited = check->serial;
}

/* ---- values are there ---- */

static void need(Check *check, Node node) {
  if (check->seen[node] == check->serial) return;
  check->seen[node] = check->serial;
  vec_push(&check->stack, node);
}

static void need_operands(Check *check, Node node) {
  const Graph *graph = check->graph;
  Binder binder = binder_of(graph_op(graph, node));
  for (uint32_t k = 0; k < binder.count; k++)
    check->seen[graph_arg(graph, node, binder.variable[k])] = check->serial;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (binder.count && graph_op(graph, arg) == OP_INDEX)
      need(check, graph_arg(graph, arg, 0));
    else
      need(check, arg);
  }
}

static void check_leaf(Check *check, Node node) {
  uint32_t up;
  switch (graph_op(check->graph, node)) {
    case OP_INDEX:
    case OP_STATE:
      if (plan_binder(check->plan, check->region, node, &up) == REGION_NONE)
        wrong(check, "variable %u is not there", node);
      return;
    case OP_TASK:
    case OP_ASK:
      wrong(check, "node %u, that has to be run, is no step", node);
      return;
    case OP_PARAM:
      wrong(check, "a parameter of a task outside of it");
      return;
    default:
      need_operands(check, node);
  }
}

static void check_values(Check *check) {
  while (check->stack.len) {
    Node node = vec_pop(&check->stack);
    Dep dep;
    bool found = plan_find(check->plan, check->region, node, &dep) && (dep.up || dep.step != check->step);
    if (!found) {
      check_leaf(check, node);
      continue;
    }
    uint32_t region = outwards(check->plan, check->region, dep.up);
    if (check->waited[check->first[region] + dep.step] != check->serial)
      wrong(check, "does not wait for node %u, step %u of region %u", node, dep.step, region);
  }
}

/* What is handed over as it is lies in a slot or is a constant. */
static void check_operand(Check *check, Node node) {
  Dep dep;
  if (plan_find(check->plan, check->region, node, &dep)) return;
  node = plan_base(check->graph, node);
  switch (graph_op(check->graph, node)) {
    case OP_INPUT:
    case OP_LIT:
    case OP_ORDINAL:
    case OP_STATE:
      return;
    default:
      if (!plan_find(check->plan, check->region, node, &dep)) wrong(check, "operand %u is nowhere", node);
  }
}

/* ---- regions and exports ---- */

static bool runs_region(const Step *step) { return step->kind >= STEP_MAP && step->kind <= STEP_TREE; }

static void check_inner(Check *check, uint32_t inner) {
  if (inner == REGION_NONE) return;
  if (inner >= check->plan->regions.len) {
    wrong(check, "runs a region that is not there");
    return;
  }
  const Region *region = &check->plan->regions.data[inner];
  if (region->parent != check->region || region->owner != check->step)
    wrong(check, "region %u is another's", inner);
}

static void check_result(Check *check, const Step *step) {
  const Region *region = &check->plan->regions.data[check->region];
  if (step->target >= check->step || !runs_region(&region->steps.data[step->target])) {
    wrong(check, "is the result of no step before it");
    return;
  }
  const Step *maker = &region->steps.data[step->target];
  uint32_t inner = maker->target == REGION_NONE ? maker->other : maker->target;
  if (inner == REGION_NONE || step->other >= check->plan->regions.data[inner].export_count)
    wrong(check, "is a result that no frame hands out");
}

static void check_exports(Check *check, const Region *region) {
  uint8_t *given = mem_zero(region->export_count + 1);
  for (check->step = 0; check->step < region->steps.len; check->step++) {
    uint32_t number = region->steps.data[check->step].export_;
    if (number == EXPORT_NONE) continue;
    if (number >= region->export_count || given[number])
      wrong(check, "export %u twice or unknown", number);
    else
      given[number] = 1;
  }
  for (uint32_t k = 0; k < region->export_count && region->kind != REGION_ARM; k++)
    if (!given[k]) wrong(check, "export %u is missing", k);
  free(given);
}

static void count_volatile(Check *check, const Step *step) {
  const Graph *graph = check->graph;
  bool counts = step->kind == STEP_ASK ||
                (step->kind == STEP_TASK && graph->tasks.data[graph->data.data[step->node]].is_volatile);
  if (counts && check->once[step->node]++) wrong(check, "volatile node %u runs twice", step->node);
}

static void check_step(Check *check, const Step *step) {
  check->serial = check->first[check->region] + check->step + 1;
  for (uint32_t k = 0; k < step->dep_count; k++) check_dep(check, step->deps[k]);
  for (uint32_t k = 0; k < step->operand_count; k++) check_operand(check, step->operands[k]);
  count_volatile(check, step);
  if (step->kind == STEP_RESULT)
    check_result(check, step);
  else if (step->kind == STEP_COPY)
    need(check, step->node);
  else if (!runs_region(step))
    need_operands(check, step->node);
  for (uint32_t k = 0; runs_region(step) && k < step->operand_count; k++) need(check, step->operands[k]);
  check_values(check);
  if (!runs_region(step)) return;
  check_inner(check, step->target);
  check_inner(check, step->other);
}

/* ---- the whole ---- */

static void check_outputs(Check *check) {
  Dep dep;
  check->region = check->step = 0;
  for (uint32_t i = 0; i < check->graph->outputs.len; i++)
    if (!plan_find(check->plan, 0, check->graph->outputs.data[i].node, &dep))
      wrong(check, "output %u is no step", i);
}

static void check_all(Check *check) {
  const Plan *plan = check->plan;
  for (check->region = 0; check->region < plan->regions.len && !check->wrong; check->region++) {
    const Region *region = &plan->regions.data[check->region];
    check_exports(check, region);
    for (check->step = 0; check->step < region->steps.len && !check->wrong; check->step++)
      check_step(check, &region->steps.data[check->step]);
  }
  check_outputs(check);
  if (!check->wrong && plan_has_cycle(plan)) wrong(check, "steps wait for each other");
}

const char *plan_verify(const Plan *plan) {
  Check check = {.plan = plan, .graph = plan->graph};
  check.first = mem_alloc((plan->regions.len + 1) * sizeof *check.first);
  for (uint32_t r = 0; r < plan->regions.len; r++) {
    check.first[r] = check.total;
    check.total += plan->regions.data[r].steps.len;
  }
  check.seen = mem_zero(graph_count(plan->graph) * sizeof *check.seen);
  check.once = mem_zero(graph_count(plan->graph) * sizeof *check.once);
  check.waited = mem_zero((check.total + 1) * sizeof *check.waited);
  check_all(&check);
  free(check.first);
  free(check.seen);
  free(check.once);
  free(check.waited);
  vec_free(&check.stack);
  return check.wrong;
}
