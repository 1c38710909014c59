/* native_frame.c: where in a region's frame each value is.
 *
 * A frame has its head, then constants (so that its image is short but for zeros), inputs, states, and a slot for
 * each step. */
#include "emit/native.h"

#include <stddef.h>

static uint32_t take(FrameMap *frame, const Layout *layout) {
  uint32_t at = (frame->size + layout->align - 1) & ~((uint32_t)layout->align - 1);
  frame->size = at + layout->size;
  return at;
}

static uint32_t place_constant(Native *native, uint32_t region, Node node) {
  FrameMap *frame = &native->frames[region];
  uint32_t at = map_get(&frame->constant_at, (uint64_t)node + 1);
  if (at) return at - 1;
  at = take(frame, native_layout_of(native, node));
  vec_push(&frame->constants, (Constant){node, at});
  map_put(&frame->constant_at, (uint64_t)node + 1, at + 1);
  return at;
}

/* ---- finding ---- */

static bool find_step(const Native *native, uint32_t region, Node node, uint32_t but, Slot *slot) {
  const Plan *plan = native->plan;
  Dep dep;
  uint32_t up = 0;
  if (!plan_find(plan, region, node, &dep)) return false;
  if (!dep.up && dep.step == but) { /* itself: what it copies is outwards */
    region = plan->regions.data[region].parent;
    if (region == REGION_NONE || !plan_find(plan, region, node, &dep)) return false;
    up = 1;
  }
  uint32_t in = region;
  for (uint32_t i = 0; i < dep.up; i++) in = plan->regions.data[in].parent;
  slot->ref = (RtRef){(uint16_t)(up + dep.up), native->frames[in].slots[dep.step]};
  slot->step = up + dep.up ? RT_NONE : dep.step;
  return true;
}

static bool find_input(const Native *native, uint32_t region, Node node, Slot *slot) {
  uint32_t number = map_get(&native->input_of, (uint64_t)native->graph->data.data[node] + 1);
  if (!number) BUG("input %u is not declared", node);
  slot->ref = (RtRef){(uint16_t)native->plan->regions.data[region].depth, native->inputs[number - 1]};
  return true;
}

static bool find_variable(const Native *native, uint32_t region, Node variable, Slot *slot) {
  uint32_t up;
  uint32_t binder = plan_binder(native->plan, region, variable, &up);
  if (binder == REGION_NONE) return false;
  const Region *in = &native->plan->regions.data[binder];
  uint32_t offset = native->frames[binder].state;
  if (graph_op(native->graph, variable) == OP_INDEX)
    offset = offsetof(RtFrameHead, index);
  else if (in->kind == REGION_TREE && variable == in->second)
    offset = native->frames[binder].right;
  slot->ref = (RtRef){(uint16_t)up, offset};
  return true;
}

bool native_find(Native *native, uint32_t region, Node node, uint32_t but, Slot *slot) {
  slot->step = RT_NONE;
  if (native->constant[node]) {
    slot->ref = (RtRef){0, place_constant(native, region, node)};
    return true;
  }
  if (find_step(native, region, node, but, slot)) return true;
  switch (graph_op(native->graph, node)) {
    case OP_INPUT:
      return find_input(native, region, node, slot);
    case OP_INDEX:
    case OP_STATE:
      return find_variable(native, region, node, slot);
    case OP_ORDINAL:
      return find_variable(native, region, graph_arg(native->graph, node, 0), slot);
    default:
      return false;
  }
}

bool native_same_layout(const Layout *a, const Layout *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->size != b->size || a->count != b->count) return false;
  if (a->kind == RT_OPTION) return native_same_layout(a->elem, b->elem);
  for (uint32_t i = 0; i < a->count; i++)
    if (!native_same_layout(a->fields[i], b->fields[i])) return false;
  return true;
}

/* One step from a node to what it is a part of. */
static bool part_of(Native *native, Node *node, uint32_t *offset) {
  const Graph *graph = native->graph;
  Op op = graph_op(graph, *node);
  if (!graph_arity(graph, *node)) return false;
  Node whole = graph_arg(graph, *node, 0);
  const Layout *layout = op_info[graph_op(graph, whole)].flags & FLAG_D ? NULL
                                                                        : native_layout_of(native, whole);
  switch (op) {
    case OP_PROJECT:
      *offset += layout->offsets[graph->data.data[*node]];
      break;
    case OP_IS_SOME:
      *offset += layout->elem->size;
      break;
    case OP_CAST:
      if (!native_same_layout(layout, native_layout_of(native, *node))) return false;
      break;
    case OP_UNWRAP:
    case OP_AFTER:
      break;
    default:
      return false;
  }
  *node = whole;
  return true;
}

bool native_find_through(Native *native, uint32_t region, Node node, uint32_t but, Slot *slot) {
  uint32_t offset = 0;
  while (!native_find(native, region, node, but, slot))
    if (!part_of(native, &node, &offset)) return false;
  slot->ref.offset += offset;
  return true;
}

/* ---- laying out ---- */

/* Operands are looked for to give constants their places; slots are not known yet and not asked for. */
static void place_constants(Native *native, uint32_t region) {
  const Region *in = &native->plan->regions.data[region];
  Slot slot;
  for (uint32_t i = 0; i < in->steps.len; i++) {
    const Step *step = &in->steps.data[i];
    for (uint32_t k = 0; k < step->operand_count; k++)
      native_find_through(native, region, step->operands[k], RT_NONE, &slot);
    if (step->kind == STEP_COPY || step->kind == STEP_EVAL)
      native_find_through(native, region, step->node, i, &slot);
  }
}

static void lay_out_states(Native *native, FrameMap *frame, const Region *region) {
  switch (region->kind) {
    case REGION_FOLD:
      frame->state = take(frame, native_layout_of(native, region->second));
      break;
    case REGION_LOOP:
      frame->state = take(frame, native_layout_of(native, region->variable));
      break;
    case REGION_TREE:
      frame->state = take(frame, native_layout_of(native, region->variable));
      frame->right = take(frame, native_layout_of(native, region->second));
      break;
    default:
      break;
  }
}

static void lay_out_inputs(Native *native) {
  const Graph *graph = native->graph;
  native->inputs = ARENA_ARRAY(native->arena, uint32_t, graph->inputs.len + 1);
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    native->inputs[i] = take(&native->frames[0], native_layout(native, graph->inputs.data[i].type));
}

static void lay_out_steps(Native *native, FrameMap *frame, const Region *region) {
  for (uint32_t i = 0; i < region->steps.len; i++) {
    Node node = region->steps.data[i].node;
    if (node != NODE_NONE) frame->slots[i] = take(frame, native_layout_of(native, node));
  }
}

void native_frames_init(Native *native) {
  const Plan *plan = native->plan;
  uint32_t count = plan->regions.len;
  native->frames = ARENA_ARRAY(native->arena, FrameMap, count);
  for (uint32_t i = 0; i < native->graph->inputs.len; i++)
    map_put(&native->input_of, (uint64_t)native->graph->inputs.data[i].name + 1, i + 1);
  native->inputs = ARENA_ARRAY(native->arena, uint32_t, native->graph->inputs.len + 1);
  for (uint32_t i = 0; i < count; i++) {
    native->frames[i].size = sizeof(RtFrameHead);
    native->frames[i].slots = ARENA_ARRAY(native->arena, uint32_t, plan->regions.data[i].steps.len + 1);
  }
  for (uint32_t i = 0; i < count; i++) place_constants(native, i);
  lay_out_inputs(native);
  for (uint32_t i = 0; i < count; i++) {
    lay_out_states(native, &native->frames[i], &plan->regions.data[i]);
    lay_out_steps(native, &native->frames[i], &plan->regions.data[i]);
  }
}
