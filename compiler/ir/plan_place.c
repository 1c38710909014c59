/* plan_place.c: which nodes become steps, and the regions they run. */
#include "ir/plan_build.h"

/* ---- lookup ---- */

uint32_t plan_levels(const Builder *builder, uint32_t region, uint32_t outer) {
  uint32_t from = builder_region(builder, region)->depth, to = builder_region(builder, outer)->depth;
  if (to > from) return UINT32_MAX;
  for (uint32_t k = from - to; k; k--) region = builder_region(builder, region)->parent;
  return region == outer ? from - to : UINT32_MAX;
}

bool plan_sees(const Builder *builder, Node node, uint32_t region, uint32_t outer) {
  if (plan_levels(builder, region, outer) == UINT32_MAX) return false;
  if (!builder->graph->vars.data[node]) return true;
  for (; region != outer; region = builder_region(builder, region)->parent)
    if (plan_binds(builder->plan, region, node)) return false;
  return true;
}

uint32_t plan_draft(const Builder *builder, uint32_t region, Node node, uint32_t *up) {
  uint32_t home = builder->home[node];
  if (!home) return 0;
  uint32_t outer = builder->drafts.data[home - 1].region;
  *up = plan_levels(builder, region, outer);
  if (plan_sees(builder, node, region, outer)) return home;
  if (!builder_is(builder, node, FACT_TWICE)) return 0;
  for (*up = 0; region != REGION_NONE; region = builder_region(builder, region)->parent, ++*up) {
    uint32_t found = map_get(&builder->elsewhere, plan_key(region, node));
    if (found) return found;
    if (plan_binds(builder->plan, region, node)) return 0;
  }
  return 0;
}

/* ---- making steps and regions ---- */

uint32_t plan_draft_new(Builder *builder, StepKind kind, uint32_t region, Node node) {
  Draft draft = {.kind = (uint8_t)kind,
                 .node = node,
                 .region = region,
                 .target = REGION_NONE,
                 .other = REGION_NONE,
                 .export_ = EXPORT_NONE,
                 .operand_first = builder->operands.len,
                 .name = node == NODE_NONE ? 0 : builder->graph->name_of.data[node]};
  vec_push(&builder->drafts, draft);
  return builder->drafts.len - 1;
}

void plan_draft_list(Builder *builder, uint32_t at, Node of) {
  Draft *draft = &builder->drafts.data[at];
  draft->listed = true;
  draft->of = of;
  if (!builder->home[of]) {
    builder->home[of] = at + 1;
    return;
  }
  builder->facts[of] |= FACT_TWICE;
  map_put(&builder->elsewhere, plan_key(draft->region, of), at + 1);
}

static uint32_t region_new(Builder *builder, RegionKind kind, uint32_t parent, uint32_t owner, Node variable,
                           Node second) {
  uint32_t depth = parent == REGION_NONE ? 0 : builder_region(builder, parent)->depth + 1;
  vec_push(&builder->plan->regions, (Region){.kind = (uint8_t)kind,
                                             .parent = parent,
                                             .owner = owner,
                                             .depth = depth,
                                             .variable = variable,
                                             .second = second});
  return builder->plan->regions.len - 1;
}

static Need certain(uint32_t region, uint32_t draft, bool exact) {
  return (Need){.region = region, .owner = draft + 1, .level = LEVEL_CERTAIN, .exact = exact};
}

/* A value handed to the newest step as it is. */
static void add_operand(Builder *builder, uint32_t at, Node node) {
  vec_push(&builder->operands, node);
  builder->drafts.data[at].operand_count++;
  plan_need(builder, node, certain(builder->drafts.data[at].region, at, true));
}

static uint32_t copy_export(Builder *builder, Node node, uint32_t region, uint32_t number) {
  uint32_t at = plan_draft_new(builder, STEP_COPY, region, node);
  builder->drafts.data[at].export_ = number;
  return at;
}

/* Whether a value is there without a step of its own: a constant, an input, a variable, part of another. */
static bool is_there(const Builder *builder, Node node) {
  Op op = graph_op(builder->graph, node);
  return plan_is_view(op) || op == OP_ORDINAL || builder_is(builder, node, FACT_LEAF);
}

/* `region` hands out `node` under a number: what is there without a step is copied. */
static void request(Builder *builder, Node node, uint32_t region, uint32_t number) {
  if (is_there(builder, node)) {
    uint32_t at = copy_export(builder, node, region, number);
    plan_need(builder, node, certain(region, at, true));
    return;
  }
  vec_push(&builder->requests, (Request){region, number, builder->request_of[node]});
  builder->request_of[node] = builder->requests.len;
  plan_need(builder, node, (Need){.region = region, .level = LEVEL_CERTAIN, .exact = true});
}

void plan_export(Builder *builder, Node node, uint32_t region, uint32_t number) {
  uint32_t up, found = plan_draft(builder, region, node, &up);
  if (!found) BUG("node %u is exported but is no step", node);
  Draft *draft = &builder->drafts.data[found - 1];
  if (up == 0 && draft->export_ == EXPORT_NONE)
    draft->export_ = number;
  else
    copy_export(builder, node, region, number);
}

static void serve_requests(Builder *builder, Node node) {
  for (uint32_t at = builder->request_of[node]; at; at = builder->requests.data[at - 1].next) {
    Request asked = builder->requests.data[at - 1];
    plan_export(builder, node, asked.region, asked.number);
  }
}

/* ---- operations that are always steps ---- */

static void place_call(Builder *builder, Node node, uint32_t region, StepKind kind) {
  const Graph *graph = builder->graph;
  uint32_t count = kind == STEP_TASK ? graph->tasks.data[graph->data.data[node]].in_count : 4;
  uint32_t at = plan_draft_new(builder, kind, region, node);
  plan_draft_list(builder, at, node);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    if (k < count)
      add_operand(builder, at, graph_arg(graph, node, k));
    else
      plan_need(builder, graph_arg(graph, node, k), certain(region, at, false));
  }
}

/* A step without a node of its own is called what its first result is. */
static void name_after(Builder *builder, uint32_t at, Node result) {
  Sym *name = &builder->drafts.data[at].name;
  if (!*name) *name = builder->graph->name_of.data[result];
}

/* Maps over one index, in one region, share their frames, unless one waits for all of another. */
uint32_t plan_map_region(Builder *builder, Node index, Node node, uint32_t region) {
  bool waits = (builder->over[node] >> (hash_mix(index) & 63) & 1) != 0;
  uint64_t group_key = plan_key(waits ? builder->stage[node] : 0, index);
  uint32_t group = map_get(&builder->groups, group_key);
  if (!group) map_put(&builder->groups, group_key, group = builder->groups.len + 1);
  uint64_t key = plan_key(region, group | OPEN_VARIABLE);
  uint32_t known = map_get(&builder->bodies, key);
  if (known) return known - 1;
  uint32_t at = plan_draft_new(builder, STEP_MAP, region, NODE_NONE);
  uint32_t inner = region_new(builder, REGION_MAP, region, at, index, NODE_NONE);
  builder->drafts.data[at].target = inner;
  map_put(&builder->bodies, key, inner + 1);
  add_operand(builder, at, plan_extent(builder, index));
  return inner;
}

static void place_collect(Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  if (!graph_is_bool(graph, graph_arg(graph, node, 1), true)) BUG("node %u: tasks in a filtered map", node);
  uint32_t inner = plan_map_region(builder, graph_arg(graph, node, 0), graph_arg(graph, node, 2), region);
  uint32_t at = plan_draft_new(builder, STEP_RESULT, region, node);
  name_after(builder, builder_region(builder, inner)->owner, node);
  builder->drafts.data[at].target = builder_region(builder, inner)->owner;
  builder->drafts.data[at].other = plan_next_export(builder, inner);
  plan_draft_list(builder, at, node);
  request(builder, graph_arg(graph, node, 2), inner, builder->drafts.data[at].other);
}

static uint32_t next_arm_export(Builder *builder, uint32_t branch) {
  uint32_t number = map_get(&builder->arms, branch);
  map_put(&builder->arms, branch, number + 1);
  return number;
}

uint32_t plan_next_export(Builder *builder, uint32_t region) {
  Region *at = builder_region(builder, region);
  return at->kind == REGION_ARM ? next_arm_export(builder, at->owner) : at->export_count++;
}

/* Steps for a condition; choices by one condition, in one region, share it. */
static uint32_t branch_step(Builder *builder, Node condition, uint32_t region) {
  uint64_t key = plan_key(region, condition);
  uint32_t known = map_get(&builder->branches, key);
  if (known) return known - 1;
  uint32_t at = plan_draft_new(builder, STEP_BRANCH, region, NODE_NONE);
  map_put(&builder->branches, key, at + 1);
  add_operand(builder, at, condition);
  return at;
}

/* Nothing to hand out: what a result is without it. */
static bool is_nothing(const Graph *graph, Node node) {
  if (graph_op(graph, node) != OP_LIT) return false;
  uint8_t kind = graph_literal(graph, node)->kind;
  return kind == LIT_UNIT || kind == LIT_ABSENT;
}

static void place_arm(Builder *builder, uint32_t branch, bool arm, Node value, uint32_t number) {
  if (is_nothing(builder->graph, value)) return;
  Draft *draft = &builder->drafts.data[branch];
  uint32_t *inner = arm ? &draft->target : &draft->other;
  if (*inner == REGION_NONE) {
    Node condition = builder->operands.data[draft->operand_first];
    *inner = region_new(builder, REGION_ARM, draft->region, branch, condition, NODE_NONE);
    builder_region(builder, *inner)->arm = arm;
  }
  request(builder, value, *inner, number);
}

static void place_choose(Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  uint32_t branch = branch_step(builder, graph_arg(graph, node, 0), region);
  name_after(builder, branch, node);
  uint32_t number = next_arm_export(builder, branch);
  uint32_t at = plan_draft_new(builder, STEP_RESULT, region, node);
  builder->drafts.data[at].target = branch;
  builder->drafts.data[at].other = number;
  plan_draft_list(builder, at, node);
  place_arm(builder, branch, true, graph_arg(graph, node, 1), number);
  place_arm(builder, branch, false, graph_arg(graph, node, 2), number);
}

static uint32_t place_rounds(Builder *builder, Node node, uint32_t region, StepKind kind,
                             RegionKind inner_kind, Node variable, Node second, uint32_t exports) {
  uint32_t at = plan_draft_new(builder, kind, region, node);
  plan_draft_list(builder, at, node);
  uint32_t inner = region_new(builder, inner_kind, region, at, variable, second);
  builder_region(builder, inner)->export_count = exports;
  builder->drafts.data[at].target = inner;
  return at;
}

static void place_fold(Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  if (!graph_is_bool(graph, graph_arg(graph, node, 1), true)) BUG("node %u: tasks in a filtered fold", node);
  uint32_t at = place_rounds(builder, node, region, STEP_FOLD, REGION_FOLD, graph_arg(graph, node, 0),
                             graph_arg(graph, node, 2), 1);
  add_operand(builder, at, plan_extent(builder, graph_arg(graph, node, 0)));
  add_operand(builder, at, graph_arg(graph, node, 3));
  request(builder, graph_arg(graph, node, 4), builder->drafts.data[at].target, 0);
}

static void place_loop(Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  uint32_t at = place_rounds(builder, node, region, STEP_LOOP, REGION_LOOP, graph_arg(graph, node, 0),
                             NODE_NONE, 2);
  add_operand(builder, at, graph_arg(graph, node, 1));
  add_operand(builder, at, graph_arg(graph, node, 4));
  request(builder, graph_arg(graph, node, 2), builder->drafts.data[at].target, 0);
  request(builder, graph_arg(graph, node, 3), builder->drafts.data[at].target, 1);
}

static void place_tree(Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  uint32_t at = place_rounds(builder, node, region, STEP_TREE, REGION_TREE, graph_arg(graph, node, 0),
                             graph_arg(graph, node, 1), 1);
  add_operand(builder, at, graph_arg(graph, node, 3));
  request(builder, graph_arg(graph, node, 2), builder->drafts.data[at].target, 0);
}

void plan_place_anchor(Builder *builder, Node node, uint32_t region) {
  switch (graph_op(builder->graph, node)) {
    case OP_TASK:
      place_call(builder, node, region, STEP_TASK);
      break;
    case OP_ASK:
      place_call(builder, node, region, STEP_ASK);
      break;
    case OP_COLLECT:
      place_collect(builder, node, region);
      break;
    case OP_CHOOSE:
      place_choose(builder, node, region);
      break;
    case OP_FOLD:
      place_fold(builder, node, region);
      break;
    case OP_LOOP:
      place_loop(builder, node, region);
      break;
    case OP_REDUCE:
      place_tree(builder, node, region);
      break;
    default:
      BUG("%s is no step", op_info[graph_op(builder->graph, node)].text);
  }
}

/* ---- visits ---- */

/* Whether a pure node is worth a step for this need. */
static bool wants_step(const Builder *builder, Node node, const Need *need) {
  if (need->exact) return true;
  if (need->owner != OWNER_MANY || builder->cost[node] <= COST_TRIVIAL) return false;
  if (builder_is(builder, node, FACT_FAILS)) return need->level == LEVEL_CERTAIN;
  return !builder_is(builder, node, FACT_COSTLY) || need->level >= LEVEL_ROUNDS;
}

static void serve_need(Builder *builder, Node node, Need need) {
  uint32_t up;
  if (!need.loose && plan_draft(builder, need.region, node, &up)) return;
  if (builder_is(builder, node, FACT_ANCHOR)) {
    if (need.loose) BUG("node %u has to be run inside a pure loop", node);
    plan_place_anchor(builder, node, need.region);
    return;
  }
  if (!need.loose && wants_step(builder, node, &need)) {
    uint32_t at = plan_draft_new(builder, STEP_EVAL, need.region, node);
    plan_draft_list(builder, at, node);
    need = certain(need.region, at, false);
  }
  plan_need_operands(builder, node, need);
}

static void visit(Builder *builder, Node node) {
  if (builder_is(builder, node, FACT_LEAF)) return;
  if (builder->need_of[node]) {
    plan_gather(builder, node);
    if (builder->current.len > 1 && builder_is(builder, node, FACT_ANCHOR)) plan_share(builder, node);
    for (uint32_t i = 0; i < builder->current.len; i++) serve_need(builder, node, builder->current.data[i]);
  }
  serve_requests(builder, node);
}

/* The result of the program: always a step of the root. */
static void need_output(Builder *builder, Node node) {
  uint32_t up;
  if (!is_there(builder, node)) {
    plan_need(builder, node, (Need){.level = LEVEL_CERTAIN, .exact = true});
    return;
  }
  if (plan_draft(builder, 0, node, &up)) return;
  uint32_t at = plan_draft_new(builder, STEP_COPY, 0, node);
  plan_draft_list(builder, at, node);
  plan_need(builder, node, certain(0, at, true));
}

void plan_place_all(Builder *builder) {
  const Graph *graph = builder->graph;
  region_new(builder, REGION_ROOT, REGION_NONE, 0, NODE_NONE, NODE_NONE);
  for (uint32_t i = 0; i < graph->outputs.len; i++) need_output(builder, graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++)
    plan_need(builder, graph->effects.data[i], (Need){.level = LEVEL_CERTAIN});
  for (uint32_t i = builder->order.len; i-- > 0;) visit(builder, builder->order.data[i]);
  for (uint32_t r = 0; r < builder->plan->regions.len; r++) {
    Region *region = builder_region(builder, r);
    if (region->kind == REGION_ARM) region->export_count = map_get(&builder->arms, region->owner);
  }
}
