/* cwl_survey.c: what every region needs from outside, and which expressions need steps of their own.
 *
 * Regions inside come first, and in a region the steps from the last to the first: what uses a value is known before
 * the value's own step is looked at. */
#include "emit/cwl.h"

typedef struct Survey {
  Cwl *cwl;
  uint32_t region;
  Leaves used; /* by the step that is being looked at */
} Survey;

static CwlRegion *survey_region(const Survey *survey) { return &survey->cwl->regions[survey->region]; }

/* ---- uses ---- */

static void capture_add(Cwl *cwl, uint32_t region, Leaf leaf) {
  CwlRegion *in = &cwl->regions[region];
  if (map_get(&in->capture_at, leaf + 1)) return;
  vec_push(&in->captures, (Capture){.leaf = leaf});
  map_put(&in->capture_at, leaf + 1, in->captures.len);
}

/* `link`: it has to be there by a name. */
static void use(Survey *survey, Leaf leaf, bool link) {
  Cwl *cwl = survey->cwl;
  vec_push(&survey->used, leaf);
  uint32_t home = cwl_home(cwl, survey->region, leaf);
  if (home == STEP_NONE) {
    if (survey->region || graph_op(cwl->graph, leaf_node(leaf)) != OP_INPUT)
      capture_add(cwl, survey->region, leaf);
    return;
  }
  CwlStep *step = &survey_region(survey)->steps[home];
  step->uses++;
  step->wanted |= link;
}

static void use_expression(Survey *survey, uint32_t self, Node node) {
  Leaves leaves = {0};
  cwl_leaves(survey->cwl, survey->region, self, node, &leaves);
  for (uint32_t i = 0; i < leaves.len; i++) use(survey, leaves.data[i], false);
  vec_free(&leaves);
}

static void make(Survey *survey, Node node, bool range) {
  CwlRegion *in = survey_region(survey);
  if (!range) node = cwl_strip(survey->cwl, node);
  uint64_t key = ((uint64_t)node << 1 | range) + 1;
  if (!map_get(&in->made_at, key)) {
    vec_push(&in->made, (Made){.node = node, .range = range});
    map_put(&in->made_at, key, in->made.len);
  }
  use_expression(survey, STEP_NONE, node);
}

static void use_link(Survey *survey, Node node) {
  Leaf leaf;
  node = cwl_strip(survey->cwl, node);
  if (cwl_leaf(survey->cwl, survey->region, STEP_NONE, node, &leaf))
    use(survey, leaf, true);
  else
    make(survey, node, false);
}

/* ---- order ---- */

/* Where the plan has the work that a leaf waits for. */
typedef struct Place {
  uint32_t region, step;
} Place;

static uint64_t place_key(Place place) { return (uint64_t)place.region << 32 | place.step; }

static Place place_of(const Plan *plan, uint32_t region, Dep dep) {
  for (uint32_t i = 0; i < dep.up; i++) region = plan->regions.data[region].parent;
  Place place = {region, dep.step};
  const Step *step = &plan->regions.data[region].steps.data[dep.step];
  if (step->kind == STEP_RESULT) place.step = step->target;
  return place;
}

/* Note the places of all that a leaf waits for; of an element, of the array. */
static void cover(Survey *survey, Leaf leaf, Map *covered) {
  Cwl *cwl = survey->cwl;
  Dep dep;
  Node node = leaf_node(leaf);
  if (plan_find(cwl->plan, survey->region, node, &dep))
    map_put(covered, place_key(place_of(cwl->plan, survey->region, dep)) + 1, 1);
  if (graph_op(cwl->graph, node) != OP_ELEMENT) return;
  Leaves leaves = {0};
  cwl_leaves(cwl, survey->region, STEP_NONE, graph_arg(cwl->graph, node, 0), &leaves);
  for (uint32_t i = 0; i < leaves.len; i++)
    if (plan_find(cwl->plan, survey->region, leaf_node(leaves.data[i]), &dep))
      map_put(covered, place_key(place_of(cwl->plan, survey->region, dep)) + 1, 1);
  vec_free(&leaves);
}

static void order_step(const Plan *plan, Place at, Leaves *order, Leaves *stack, uint32_t number) {
  const Step *step = &plan->regions.data[at.region].steps.data[number];
  if (step->kind == STEP_EVAL || step->kind == STEP_COPY) {
    vec_push(stack, (Leaf)at.region << 32 | number);
  } else if (step->kind == STEP_TASK) {
    vec_push(order, leaf_port(step->node, 0));
  } else if (step->node != NODE_NONE) {
    vec_push(order, leaf_of(step->node));
  }
}

/* What a step waits for beside what it uses; through expressions, which are no work. */
static Leaves order_of(Survey *survey, uint32_t number, Map *covered) {
  const Plan *plan = survey->cwl->plan;
  Leaves order = {0}, stack = {0};
  vec_push(&stack, (Leaf)survey->region << 32 | number);
  while (stack.len) {
    Leaf top = vec_pop(&stack);
    uint32_t region = (uint32_t)(top >> 32);
    const Step *step = &plan->regions.data[region].steps.data[(uint32_t)top];
    for (uint32_t i = 0; i < step->dep_count; i++) {
      Place place = place_of(plan, region, step->deps[i]);
      if (map_get(covered, place_key(place) + 1)) continue;
      map_put(covered, place_key(place) + 1, 1);
      order_step(plan, place, &order, &stack, step->deps[i].step);
    }
  }
  vec_free(&stack);
  return order;
}

static void find_order(Survey *survey, uint32_t number) {
  Map covered = {0};
  for (uint32_t i = 0; i < survey->used.len; i++) cover(survey, survey->used.data[i], &covered);
  Leaves order = order_of(survey, number, &covered);
  CwlStep *step = &survey_region(survey)->steps[number];
  step->order_count = order.len;
  step->order = arena_copy(survey->cwl->arena, order.data, order.len * sizeof *order.data);
  for (uint32_t i = 0; i < order.len; i++) use(survey, order.data[i], true);
  vec_free(&order);
  map_free(&covered);
}

/* ---- steps ---- */

static void look_at_value(Survey *survey, uint32_t number) {
  Cwl *cwl = survey->cwl;
  const Step *step = &cwl->plan->regions.data[survey->region].steps.data[number];
  CwlStep *known = &survey_region(survey)->steps[number];
  Leaf leaf;
  bool alias = cwl_leaf(cwl, survey->region, number, step->node, &leaf);
  if (step->export_ != EXPORT_NONE && alias) use(survey, leaf, true);
  if (step->export_ != EXPORT_NONE && !alias) known->wanted = true;
  if (alias || (!known->uses && !known->wanted)) return;
  use_expression(survey, number, step->node);
  known->folded = !known->wanted && known->uses == 1;
  if (!known->folded) find_order(survey, number);
}

static void use_operand(Survey *survey, uint32_t self, Node node) {
  Leaf leaf;
  if (cwl_leaf(survey->cwl, survey->region, self, node, &leaf))
    use(survey, leaf, false);
  else
    use_expression(survey, self, node);
}

static void look_at_task(Survey *survey, uint32_t number) {
  const Step *step = &survey->cwl->plan->regions.data[survey->region].steps.data[number];
  if (step->export_ != EXPORT_NONE) make(survey, step->node, false);
  for (uint32_t i = 0; i < step->operand_count; i++) use_operand(survey, number, step->operands[i]);
  find_order(survey, number);
}

/* What a region inside needs. */
static void use_captures(Survey *survey, uint32_t inner, bool link) {
  const Cwl *cwl = survey->cwl;
  const CwlRegion *in = &cwl->regions[inner];
  bool links = link || in->only != STEP_NONE;
  for (uint32_t i = 0; i < in->captures.len; i++) {
    Leaf leaf = in->captures.data[i].leaf;
    if (!cwl_binds(cwl, inner, leaf)) {
      use(survey, leaf, links);
    } else if (graph_op(cwl->graph, leaf_node(leaf)) == OP_ELEMENT) {
      use_link(survey, graph_arg(cwl->graph, leaf_node(leaf), 0));
    }
  }
}

/* Whether the sets of a zip are all scattered over, so that the engine compares their sizes. */
static bool covers_zip(const Cwl *cwl, uint32_t region) {
  const Graph *graph = cwl->graph;
  const Region *in = &cwl->plan->regions.data[region];
  Node dim = graph_arg(graph, in->variable, 0);
  if (graph_op(graph, dim) != OP_DIM_ZIP) return true;
  for (uint32_t i = 0; i < graph_arity(graph, dim); i++) {
    Node part = graph_arg(graph, dim, i);
    if (graph_op(graph, part) != OP_DIM_OF) return false;
    Node element = NODE_NONE;
    for (uint32_t k = 0; k < cwl->regions[region].captures.len; k++) {
      Node node = leaf_node(cwl->regions[region].captures.data[k].leaf);
      if (graph_op(graph, node) == OP_ELEMENT && graph_arg(graph, node, 0) == graph_arg(graph, part, 0) &&
          graph_arg(graph, node, 1) == in->variable)
        element = node;
    }
    if (element == NODE_NONE) return false;
  }
  return true;
}

bool cwl_needs_range(const Cwl *cwl, uint32_t region) {
  const CwlRegion *in = &cwl->regions[region];
  bool scattered = false;
  for (uint32_t i = 0; i < in->captures.len; i++) {
    Leaf leaf = in->captures.data[i].leaf;
    if (!cwl_binds(cwl, region, leaf)) continue;
    if (graph_op(cwl->graph, leaf_node(leaf)) == OP_INDEX) return true;
    scattered = true;
  }
  return !scattered || !covers_zip(cwl, region);
}

static void look_at_map(Survey *survey, uint32_t number) {
  const Step *step = &survey->cwl->plan->regions.data[survey->region].steps.data[number];
  if (cwl_needs_range(survey->cwl, step->target)) {
    CwlRegion *inner = &survey->cwl->regions[step->target];
    Leaf index = leaf_of(survey->cwl->plan->regions.data[step->target].variable);
    if (inner->only == STEP_NONE) capture_add(survey->cwl, step->target, index);
    make(survey, step->operands[0], true);
  }
  use_captures(survey, step->target, true);
  find_order(survey, number);
}

static void look_at_branch(Survey *survey, uint32_t number) {
  const Step *step = &survey->cwl->plan->regions.data[survey->region].steps.data[number];
  const uint32_t arms[] = {step->target, step->other};
  for (int i = 0; i < 2; i++) {
    if (arms[i] == REGION_NONE) continue;
    use_captures(survey, arms[i], survey->cwl->regions[arms[i]].plain);
    if (!survey->cwl->regions[arms[i]].plain) use_operand(survey, number, step->operands[0]);
  }
  find_order(survey, number);
}

static void look_at_rounds(Survey *survey, uint32_t number) {
  const Step *step = &survey->cwl->plan->regions.data[survey->region].steps.data[number];
  for (uint32_t i = 0; i < step->operand_count; i++) use_operand(survey, number, step->operands[i]);
  use_captures(survey, step->target, false);
  find_order(survey, number);
}

static void look_at(Survey *survey, uint32_t number) {
  const Step *step = &survey->cwl->plan->regions.data[survey->region].steps.data[number];
  survey->used.len = 0;
  switch (step->kind) {
    case STEP_EVAL:
    case STEP_COPY:
      look_at_value(survey, number);
      break;
    case STEP_TASK:
      look_at_task(survey, number);
      break;
    case STEP_MAP:
      look_at_map(survey, number);
      break;
    case STEP_BRANCH:
      look_at_branch(survey, number);
      break;
    case STEP_FOLD:
    case STEP_LOOP:
    case STEP_TREE:
      look_at_rounds(survey, number);
      break;
    default:
      break;
  }
}

/* ---- regions ---- */

static void list_exports(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  CwlRegion *known = &cwl->regions[region];
  known->exports = ARENA_ARRAY(cwl->arena, Export, in->export_count + 1);
  for (uint32_t k = 0; k < in->export_count; k++) known->exports[k].step = STEP_NONE;
  for (uint32_t i = 0; i < in->steps.len; i++)
    if (in->steps.data[i].export_ != EXPORT_NONE) known->exports[in->steps.data[i].export_].step = i;
}

/* Whether an arm's other arm hands out all that it does, by work of its own: then one is there if and only if the
 * other is not. */
static bool is_fallback(const Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  if (in->kind != REGION_ARM) return false;
  const Step *branch = &cwl->plan->regions.data[in->parent].steps.data[in->owner];
  uint32_t other = in->arm ? branch->other : branch->target;
  if (other == REGION_NONE || cwl->regions[other].plain) return false;
  for (uint32_t k = 0; k < in->export_count; k++)
    if (cwl->regions[region].exports[k].step != STEP_NONE && cwl->regions[other].exports[k].step == STEP_NONE)
      return false;
  return true;
}

/* Whether all that leaves a region is made by its step `only` (STEP_NONE: outside), and needs no step. */
static bool hands_out(Cwl *cwl, uint32_t region, uint32_t only) {
  const Region *in = &cwl->plan->regions.data[region];
  for (uint32_t k = 0; k < in->export_count; k++) {
    Leaf leaf;
    uint32_t step = cwl->regions[region].exports[k].step;
    if (step == STEP_NONE) continue;
    if (in->steps.data[step].kind != STEP_EVAL && in->steps.data[step].kind != STEP_COPY) return false;
    if (!cwl_leaf(cwl, region, step, in->steps.data[step].node, &leaf)) return false;
    if (cwl_home(cwl, region, leaf) != only) return false;
    TypeId type = cwl_leaf_type(cwl, leaf);
    if (only == STEP_NONE && (cwl_is_optional(cwl, type) || type == T_UNIT)) return false;
    if (only == STEP_NONE && graph_op(cwl->graph, leaf_node(leaf)) == OP_CHOOSE) return false;
  }
  return true;
}

/* Whether nothing is computed for a task's inputs: engines do that before they look at `when`. */
static bool computes_nothing(const Cwl *cwl, uint32_t region, uint32_t task) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[task];
  Leaf leaf;
  for (uint32_t i = 0; i < step->operand_count; i++)
    if (!cwl_leaf(cwl, region, task, step->operands[i], &leaf) && !cwl_constant(cwl, step->operands[i], NULL))
      return false;
  return true;
}

/* Whether the region is one task, or nothing but what is there already. */
static void sum_up(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  CwlRegion *known = &cwl->regions[region];
  uint32_t only = STEP_NONE, others = known->made.len;
  known->only = STEP_NONE;
  for (uint32_t i = 0; i < in->steps.len; i++) {
    const CwlStep *step = &known->steps[i];
    if (in->steps.data[i].kind == STEP_TASK && only == STEP_NONE)
      only = i;
    else if (in->steps.data[i].kind > STEP_COPY || ((step->uses || step->wanted) && !step->folded))
      others++;
  }
  if (others || in->kind == REGION_ROOT || in->kind >= REGION_FOLD) return;
  if ((only == STEP_NONE && !is_fallback(cwl, region)) || !hands_out(cwl, region, only)) return;
  if (only != STEP_NONE && in->kind == REGION_ARM && !computes_nothing(cwl, region, only)) return;
  known->only = only;
  known->plain = only == STEP_NONE;
}

static void survey_one(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  Survey survey = {.cwl = cwl, .region = region};
  if (!region)
    for (uint32_t i = 0; i < cwl->graph->outputs.len; i++)
      use_link(&survey, cwl->graph->outputs.data[i].node);
  for (uint32_t i = in->steps.len; i-- > 0;) look_at(&survey, i);
  vec_free(&survey.used);
  sum_up(cwl, region);
}

void cwl_survey(Cwl *cwl) {
  const Plan *plan = cwl->plan;
  for (uint32_t i = 0; i < plan->regions.len; i++) {
    cwl->regions[i].steps = ARENA_ARRAY(cwl->arena, CwlStep, plan->regions.data[i].steps.len + 1);
    list_exports(cwl, i);
  }
  for (uint32_t i = plan->regions.len; i-- > 0;) survey_one(cwl, i);
}
