/* cwl_leaf.c: which values go through the document by a name, and where they come from. */
#include "emit/cwl.h"
#include "ir/binder.h"

static bool is_same(Op op) { return op == OP_CAST || op == OP_UNWRAP || op == OP_SOME || op == OP_AFTER; }

Node cwl_strip(const Cwl *cwl, Node node) {
  while (is_same(graph_op(cwl->graph, node))) node = graph_arg(cwl->graph, node, 0);
  return node;
}

/* ---- elements of what is scattered over ---- */

/* Whether the array has just one element for each index of the set. */
static bool covers(const Graph *graph, Node dim, Node array) {
  for (;;) {
    if (graph_op(graph, dim) == OP_DIM_OF && graph_arg(graph, dim, 0) == array) return true;
    if (graph_op(graph, dim) == OP_DIM_ZIP) {
      for (uint32_t i = 0; i < graph_arity(graph, dim); i++)
        if (graph_op(graph, graph_arg(graph, dim, i)) == OP_DIM_OF &&
            graph_arg(graph, graph_arg(graph, dim, i), 0) == array)
          return true;
    }
    if (graph_op(graph, array) != OP_COLLECT || !graph_is_bool(graph, graph_arg(graph, array, 1), true))
      return false;
    if (binder_dim(graph, array) == dim) return true;
    if (graph_op(graph, binder_dim(graph, array)) != OP_DIM_OF) return false;
    array = graph_arg(graph, binder_dim(graph, array), 0);
  }
}

/* Whether an element is one of an array that the MAP around can be scattered over. */
static bool is_scattered(const Cwl *cwl, uint32_t region, Node node) {
  const Graph *graph = cwl->graph;
  Node array = graph_arg(graph, node, 0), index = graph_arg(graph, node, 1);
  uint32_t up;
  if (graph_op(graph, index) != OP_INDEX) return false;
  uint32_t binder = plan_binder(cwl->plan, region, index, &up);
  if (binder == REGION_NONE || cwl->plan->regions.data[binder].kind != REGION_MAP) return false;
  for (uint32_t at = region;; at = cwl->plan->regions.data[at].parent) {
    if (plan_binds(cwl->plan, at, array)) return false;
    if (at == binder) break;
  }
  return covers(graph, graph_arg(graph, index, 0), array);
}

/* ---- leaves ---- */

/* Variables and their like. */
static bool variable_leaf(const Cwl *cwl, uint32_t region, Node node, Leaf *leaf) {
  const Graph *graph = cwl->graph;
  uint32_t up;
  if (graph_op(graph, node) == OP_ORDINAL) node = graph_arg(graph, node, 0);
  Op op = graph_op(graph, node);
  *leaf = leaf_of(node);
  if (op == OP_INPUT) return true;
  if (op == OP_ELEMENT) return is_scattered(cwl, region, node);
  return (op == OP_INDEX || op == OP_STATE) && plan_binder(cwl->plan, region, node, &up) != REGION_NONE;
}

/* The step that makes a node, and its region; NULL: none does. */
static const Step *step_of(const Cwl *cwl, uint32_t *region, uint32_t self, Node node) {
  Dep dep;
  if (!plan_find(cwl->plan, *region, node, &dep) || (!dep.up && dep.step == self)) return NULL;
  for (; dep.up; dep.up--) *region = cwl->plan->regions.data[*region].parent;
  return &cwl->plan->regions.data[*region].steps.data[dep.step];
}

static bool is_folded(const Cwl *cwl, uint32_t region, const Step *step) {
  return cwl->regions[region].steps[step - cwl->plan->regions.data[region].steps.data].folded;
}

/* What a step of the plan makes. A step may make a node in another way than by what the node says: a task's outputs
 * as elements of those of an earlier loop. */
static bool step_leaf(const Cwl *cwl, uint32_t region, uint32_t self, Node node, Leaf *leaf) {
  uint32_t home = region;
  const Step *step = step_of(cwl, &home, self, node);
  if (!step) return false;
  if (step->node != node && variable_leaf(cwl, home, cwl_strip(cwl, step->node), leaf)) return true;
  if (step->kind == STEP_TASK || (home == region && is_folded(cwl, home, step))) return false;
  *leaf = leaf_of(node);
  return true;
}

/* An output of a task. */
static bool port_leaf(const Cwl *cwl, uint32_t region, uint32_t self, Node node, Leaf *leaf) {
  Node call = cwl_strip(cwl, graph_arg(cwl->graph, node, 0));
  if (graph_op(cwl->graph, call) != OP_TASK) return false;
  const Step *step = step_of(cwl, &region, self, call);
  if (!step || step->kind != STEP_TASK) return false;
  *leaf = leaf_port(call, cwl->graph->data.data[node]);
  return true;
}

bool cwl_leaf(const Cwl *cwl, uint32_t region, uint32_t self, Node node, Leaf *leaf) {
  node = cwl_strip(cwl, node);
  Op op = graph_op(cwl->graph, node);
  if (op == OP_LIT) return false;
  if (op == OP_PROJECT && port_leaf(cwl, region, self, node, leaf)) return true;
  return variable_leaf(cwl, region, node, leaf) || step_leaf(cwl, region, self, node, leaf);
}

/* Where files lie is known to the tools that they go into, and to nobody else. */
static bool asks_path(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  if (op == OP_PATH) return true;
  return op == OP_TO_STRING &&
         type_has(graph->types, graph_type(graph, graph_arg(graph, node, 0)), KINDS_FILE);
}

static void walk_operands(const Graph *graph, Node node, Leaves *stack) {
  Op op = graph_op(graph, node);
  if ((op == OP_BASENAME || op == OP_STEM) && graph_op(graph, graph_arg(graph, node, 0)) == OP_PATH)
    node = graph_arg(graph, node, 0);
  if (op_info[graph_op(graph, node)].flags & FLAG_E) return;
  for (uint32_t k = graph_arity(graph, node); k-- > 0;)
    if (graph_op(graph, node) != OP_AFTER || !k) vec_push(stack, graph_arg(graph, node, k));
}

void cwl_leaves(Cwl *cwl, uint32_t region, uint32_t self, Node root, Leaves *into) {
  const Graph *graph = cwl->graph;
  Leaves stack = {0};
  Leaf leaf;
  cwl->visit++;
  vec_push(&stack, root);
  while (stack.len) {
    Node node = (Node)vec_pop(&stack);
    if (cwl->stamp[node] == cwl->visit) continue;
    cwl->stamp[node] = cwl->visit;
    if (cwl_leaf(cwl, region, self, node, &leaf)) {
      vec_push(into, leaf);
      continue;
    }
    if (asks_path(graph, node))
      cwl_refuse(cwl, graph_span(graph, node),
                 "the path of a file outside of a task: use `basename`, or a task");
    if (graph_op(graph, node) == OP_TASK)
      for (uint32_t k = 0; k < graph->tasks.data[graph->data.data[node]].out_count; k++)
        vec_push(into, leaf_port(node, k));
    walk_operands(graph, node, &stack);
  }
  vec_free(&stack);
}

/* ---- where they come from ---- */

uint32_t cwl_home(const Cwl *cwl, uint32_t region, Leaf leaf) {
  Dep dep;
  Node node = leaf_node(leaf);
  Op op = graph_op(cwl->graph, node);
  if (op == OP_INPUT || op == OP_INDEX || op == OP_STATE ||
      (op == OP_ELEMENT && is_scattered(cwl, region, node)))
    return STEP_NONE;
  return plan_find(cwl->plan, region, node, &dep) && !dep.up ? dep.step : STEP_NONE;
}

bool cwl_binds(const Cwl *cwl, uint32_t region, Leaf leaf) {
  const Region *at = &cwl->plan->regions.data[region];
  Node node = leaf_node(leaf);
  if (at->kind == REGION_ROOT || at->kind == REGION_ARM) return false;
  if (graph_op(cwl->graph, node) == OP_ELEMENT && is_scattered(cwl, region, node))
    node = graph_arg(cwl->graph, node, 1);
  return node == at->variable || node == at->second;
}

static Link one_link(const char *source) { return (Link){.sources = {source}, .count = 1}; }
static Link output_link(Cwl *cwl, const char *step, const char *port) {
  return one_link(arena_format(cwl->arena, "%s/%s", step, port));
}

/* The output of a step's region, at a step of the region around it. */
static const char *export_source(Cwl *cwl, uint32_t inner, uint32_t number, const char *step) {
  const CwlRegion *in = &cwl->regions[inner];
  const Export *export = &in->exports[number];
  const char *port = export->name;
  if (in->only != STEP_NONE) {
    Leaf leaf;
    const Step *handed = &cwl->plan->regions.data[inner].steps.data[export->step];
    if (!cwl_leaf(cwl, inner, STEP_NONE, handed->node, &leaf))
      BUG("export %u is no output of a task", number);
    const Task *task = &cwl->graph->tasks.data[cwl->graph->data.data[leaf_node(leaf)]];
    port = name_of(cwl->session, task->outs[leaf_field(leaf) - 1].name);
  }
  return arena_format(cwl->arena, "%s/%s", step, port);
}

/* What an arm hands out, or NULL. */
static const char *arm_source(Cwl *cwl, uint32_t region, uint32_t arm, uint32_t number, const char *step) {
  if (arm == REGION_NONE || cwl->regions[arm].exports[number].step == STEP_NONE) return NULL;
  if (!cwl->regions[arm].plain) return export_source(cwl, arm, number, step);
  uint32_t handed = cwl->regions[arm].exports[number].step;
  return cwl_link_node(cwl, region, STEP_NONE, cwl->plan->regions.data[arm].steps.data[handed].node)
      .sources[0];
}

static Link branch_link(Cwl *cwl, uint32_t region, uint32_t branch, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[branch];
  const CwlStep *known = &cwl->regions[region].steps[branch];
  const char *first = arm_source(cwl, region, step->target, number, known->id);
  const char *second = arm_source(cwl, region, step->other, number, known->other);
  if (!first || !second) return one_link(first ? first : second);
  if (step->target != REGION_NONE && cwl->regions[step->target].plain)
    return (Link){.sources = {second, first}, .count = 2};
  return (Link){.sources = {first, second}, .count = 2};
}

static Link result_link(Cwl *cwl, uint32_t region, uint32_t number) {
  const Region *in = &cwl->plan->regions.data[region];
  const Step *step = &in->steps.data[number], *target = &in->steps.data[step->target];
  if (cwl->regions[region].steps[number].id)
    return output_link(cwl, cwl->regions[region].steps[number].id, "value");
  if (target->kind == STEP_BRANCH) return branch_link(cwl, region, step->target, step->other);
  return one_link(
      export_source(cwl, target->target, step->other, cwl->regions[region].steps[step->target].id));
}

static Link home_link(Cwl *cwl, uint32_t region, uint32_t home, Leaf leaf) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[home];
  const char *id = cwl->regions[region].steps[home].id;
  switch (step->kind) {
    case STEP_TASK: {
      const Task *task = &cwl->graph->tasks.data[cwl->graph->data.data[step->node]];
      if (!task->out_count) return output_link(cwl, id, "done");
      return output_link(cwl, id, name_of(cwl->session, task->outs[leaf_field(leaf) - 1].name));
    }
    case STEP_RESULT:
      return result_link(cwl, region, home);
    default:
      if (!id) BUG("step %u of region %u is no step of the document", home, region);
      return output_link(cwl, id, "value");
  }
}

Link cwl_link(Cwl *cwl, uint32_t region, Leaf leaf) {
  uint32_t home = cwl_home(cwl, region, leaf);
  if (home != STEP_NONE) return home_link(cwl, region, home, leaf);
  Node node = leaf_node(leaf);
  if (!region && graph_op(cwl->graph, node) == OP_INPUT) {
    Sym name = cwl->graph->data.data[node];
    const char *filled = cwl->input_steps[map_get(&cwl->input_of, (uint64_t)name + 1) - 1];
    return filled ? output_link(cwl, filled, "value") : one_link(name_of(cwl->session, name));
  }
  uint32_t at = map_get(&cwl->regions[region].capture_at, leaf + 1);
  if (!at) BUG("node %u is not known in region %u", node, region);
  return one_link(cwl->regions[region].captures.data[at - 1].name);
}

Link cwl_link_made(Cwl *cwl, uint32_t region, Node node, bool range) {
  const CwlRegion *in = &cwl->regions[region];
  if (!range) node = cwl_strip(cwl, node);
  uint32_t at = map_get(&in->made_at, ((uint64_t)node << 1 | range) + 1);
  if (!at) BUG("node %u has no step in region %u", node, region);
  return output_link(cwl, in->made.data[at - 1].id, "value");
}

Link cwl_link_node(Cwl *cwl, uint32_t region, uint32_t self, Node node) {
  Leaf leaf;
  if (cwl_leaf(cwl, region, self, node, &leaf)) return cwl_link(cwl, region, leaf);
  return cwl_link_made(cwl, region, node, false);
}
