/* plan_need.c: who needs what, where. */
#include "ir/binder.h"
#include "ir/plan_build.h"
#include "ir/varset.h"

/* ---- out of loops ---- */

/* How sure a need has to be before a node may become a step for it. */
static Level level_asked(const Builder *builder, Node node) {
  if (builder_is(builder, node, FACT_FAILS)) return LEVEL_CERTAIN;
  return builder_is(builder, node, FACT_COSTLY) ? LEVEL_ROUNDS : LEVEL_GUARDED;
}

static bool is_trivial(const Builder *builder, Node node) { return builder->cost[node] <= COST_TRIVIAL; }

/* To the outermost region in which the node can be computed, and, unless it is a task, may be. */
static void hoist(const Builder *builder, Node node, Need *need) {
  bool anchor = builder_is(builder, node, FACT_ANCHOR);
  if (need->loose || (!anchor && !need->exact && is_trivial(builder, node))) return;
  for (;;) {
    const Region *region = builder_region(builder, need->region);
    if (region->kind == REGION_ROOT || region->kind == REGION_ARM ||
        plan_binds(builder->plan, need->region, node))
      return;
    uint8_t level = need->level < LEVEL_ROUNDS ? need->level : LEVEL_ROUNDS;
    if (!anchor && level < level_asked(builder, node)) return;
    need->level = level;
    need->region = region->parent;
    need->owner = OWNER_MANY;
  }
}

/* ---- recording ---- */

static void merge_need(Need *into, const Need *need) {
  if (into->owner == OWNER_NONE) into->owner = need->owner;
  if (need->owner != OWNER_NONE && into->owner != need->owner) into->owner = OWNER_MANY;
  if (into->level < need->level) into->level = need->level;
  into->exact |= need->exact;
}

static void record(Builder *builder, Node node, Need need) {
  hoist(builder, node, &need);
  uint32_t head = builder->need_of[node];
  if (head && builder->needs.data[head - 1].region == need.region) {
    merge_need(&builder->needs.data[head - 1], &need);
    return;
  }
  uint32_t at = builder->need_free;
  if (at) builder->need_free = builder->needs.data[at - 1].next;
  need.next = head;
  if (at) {
    builder->needs.data[at - 1] = need;
  } else {
    vec_push(&builder->needs, need);
    at = builder->needs.len;
  }
  builder->need_of[node] = at;
}

void plan_need(Builder *builder, Node node, Need need) {
  const Graph *graph = builder->graph;
  for (; need.exact && plan_is_view(graph_op(graph, node)); node = graph_arg(graph, node, 0)) {
    Need finished = need;
    finished.exact = false;
    for (uint32_t k = 1; k < graph_arity(graph, node); k++)
      plan_need(builder, graph_arg(graph, node, k), finished);
  }
  if (builder_is(builder, node, FACT_LEAF) || (need.exact && graph_op(graph, node) == OP_ORDINAL)) return;
  record(builder, node, need);
}

/* ---- operands ---- */

/* Whether a variable of a pure loop occurs: one that no region around binds. */
static bool is_loose(const Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  uint32_t count, up;
  const uint32_t *members = varset_members(graph->sets, graph->vars.data[node], &count);
  for (uint32_t k = 0; k < count; k++)
    if (plan_binder(builder->plan, region, members[k], &up) == REGION_NONE) return true;
  return false;
}

/* One operand; `scoped`: it stands where a pure loop binds its variables. */
static void need_operand(Builder *builder, Node arg, Need need, bool scoped, Level most) {
  bool inside = need.loose || scoped;
  need.loose = inside && is_loose(builder, arg, need.region);
  if (inside && !need.loose) need.owner = OWNER_MANY; /* once, not each round */
  if (need.level > most) need.level = (uint8_t)most;
  plan_need(builder, arg, need);
}

/* What index sets are made of. */
static void need_index_set(Builder *builder, Node dim, Need need) {
  const Graph *graph = builder->graph;
  uint32_t bottom = builder->stack.len;
  vec_push(&builder->stack, dim);
  while (builder->stack.len > bottom) {
    Node at = vec_pop(&builder->stack);
    for (uint32_t k = 0; k < graph_arity(graph, at); k++) {
      Node arg = graph_arg(graph, at, k);
      if (graph_op(graph, at) == OP_DIM_ZIP)
        vec_push(&builder->stack, arg);
      else
        need_operand(builder, arg, need, false, LEVEL_CERTAIN);
    }
  }
}

void plan_need_operands(Builder *builder, Node node, Need need) {
  const Graph *graph = builder->graph;
  Op op = graph_op(graph, node);
  Binder binder = binder_of(op);
  need.exact = false;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (binder.count && graph_op(graph, arg) == OP_INDEX) {
      need_index_set(builder, graph_arg(graph, arg, 0), need);
      continue;
    }
    bool scoped = (binder.scoped >> k & 1) != 0 && binder.count;
    Level most = scoped ? LEVEL_ROUNDS : op == OP_CHOOSE && k ? LEVEL_GUARDED : LEVEL_CERTAIN;
    need_operand(builder, arg, need, scoped, most);
  }
}

/* ---- all needs of a node, one a region ---- */

static uint32_t stamp_find(const Builder *builder, Node node, uint32_t region) {
  if (region >= builder->stamp.len || builder->stamp.data[region] != node + 1) return UINT32_MAX;
  return builder->stamp_at.data[region];
}

static void stamp_set(Builder *builder, Node node, uint32_t region, uint32_t at) {
  while (builder->stamp.len <= region) {
    vec_push(&builder->stamp, 0);
    vec_push(&builder->stamp_at, 0);
  }
  builder->stamp.data[region] = node + 1;
  builder->stamp_at.data[region] = at;
}

static void gather_one(Builder *builder, Node node, Need need) {
  uint32_t at = stamp_find(builder, node, need.region);
  if (at != UINT32_MAX) {
    merge_need(&builder->current.data[at], &need);
    return;
  }
  stamp_set(builder, node, need.region, builder->current.len);
  need.next = 0;
  vec_push(&builder->current, need);
}

/* The other arm of the same branch, or REGION_NONE. */
static uint32_t other_arm(const Builder *builder, uint32_t region) {
  const Region *arm = builder_region(builder, region);
  if (arm->kind != REGION_ARM) return REGION_NONE;
  const Draft *branch = &builder->drafts.data[arm->owner];
  return branch->target == region ? branch->other : branch->target;
}

/* What both arms need is needed before the branch is taken. */
static void merge_arms(Builder *builder, Node node, uint32_t at) {
  Need need = builder->current.data[at];
  uint32_t sibling = other_arm(builder, need.region);
  uint32_t other = sibling == REGION_NONE ? UINT32_MAX : stamp_find(builder, node, sibling);
  if (other == UINT32_MAX || builder->current.data[other].next) return;
  const Need *second = &builder->current.data[other];
  if (second->level < need.level) need.level = second->level;
  need.exact |= second->exact;
  if (!builder_is(builder, node, FACT_ANCHOR)) {
    if (need.level < level_asked(builder, node) || (!need.exact && is_trivial(builder, node))) return;
  }
  builder->current.data[at].next = builder->current.data[other].next = 1;
  need.region = builder_region(builder, need.region)->parent;
  need.owner = OWNER_MANY;
  hoist(builder, node, &need);
  gather_one(builder, node, need);
}

static void drop_dead(Builder *builder) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < builder->current.len; i++)
    if (!builder->current.data[i].next) builder->current.data[kept++] = builder->current.data[i];
  builder->current.len = kept;
}

/* By depth: counted, so that it stays linear; regions keep the order in which they came. */
static void sort_outermost(Builder *builder) {
  uint32_t deepest = 0, count = builder->current.len;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t depth = builder_region(builder, builder->current.data[i].region)->depth;
    if (depth > deepest) deepest = depth;
  }
  uint32_t *from = mem_zero((deepest + 2) * sizeof *from);
  Need *sorted = mem_alloc(count * sizeof *sorted);
  for (uint32_t i = 0; i < count; i++)
    from[builder_region(builder, builder->current.data[i].region)->depth + 1]++;
  for (uint32_t d = 1; d <= deepest; d++) from[d] += from[d - 1];
  for (uint32_t i = 0; i < count; i++)
    sorted[from[builder_region(builder, builder->current.data[i].region)->depth]++] = builder->current
                                                                                          .data[i];
  memcpy(builder->current.data, sorted, count * sizeof *sorted);
  free(sorted);
  free(from);
}

/* A region that computes what regions inside need too, computes it for more than one. */
static void mark_shared(Builder *builder, Node node) {
  for (uint32_t i = 0; i < builder->current.len; i++)
    stamp_set(builder, node, builder->current.data[i].region, i);
  for (uint32_t i = 0; i < builder->current.len; i++) {
    if (builder->current.data[i].loose) continue;
    uint32_t region = builder_region(builder, builder->current.data[i].region)->parent;
    for (; region != REGION_NONE; region = builder_region(builder, region)->parent) {
      uint32_t at = stamp_find(builder, node, region);
      if (at != UINT32_MAX) builder->current.data[at].owner = OWNER_MANY;
    }
  }
}

void plan_gather(Builder *builder, Node node) {
  builder->current.len = 0;
  for (uint32_t at = builder->need_of[node], next; at; at = next) {
    next = builder->needs.data[at - 1].next;
    gather_one(builder, node, builder->needs.data[at - 1]);
    builder->needs.data[at - 1].next = builder->need_free;
    builder->need_free = at;
  }
  builder->need_of[node] = 0;
  if (builder->current.len < 2) return;
  for (uint32_t i = 0; i < builder->current.len; i++)
    if (!builder->current.data[i].next && !builder->current.data[i].loose) merge_arms(builder, node, i);
  drop_dead(builder);
  sort_outermost(builder);
  mark_shared(builder, node);
}
