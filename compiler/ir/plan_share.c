/* plan_share.c: what is needed in several frames that have the same to do, run in one of them.
 *
 * Maps over one index do not always share their frames: one may wait for all of another, or stand further inside;
 * branches by one condition may stand inside of others.  What both compute then runs in the outermost of them, and
 * the others look it up: in the array of its results, or in the result of the branch.  So nothing volatile ever
 * runs twice, and little that is pure is asked for twice. */
#include "ir/plan_build.h"
#include "ir/varset.h"

static bool is_map(const Region *region) { return region->kind == REGION_MAP; }

/* Whether frames of the two do the same, each inside of its own. */
static bool alike(const Region *a, const Region *b) {
  if (a->kind != b->kind || a->variable != b->variable) return false;
  return is_map(a) || (a->kind == REGION_ARM && a->arm == b->arm);
}

static Node array_of(Builder *builder, Node body, Node index) {
  Graph *graph = builder->graph;
  Node args[] = {index, graph_bool(graph, true), body};
  return graph_raw(graph, OP_COLLECT, type_array(graph->types, graph_type(graph, body)), 0, args, 3,
                   graph->span_of.data[body]);
}

/* What stands around `home` for all that its frames make of `node`: a choice of which the arm not taken is never
 * asked, or an array by index.  An array that the program has itself serves when it is there, and is the one seen
 * from `region`; else it must be unlike any other, so the body is a cast to its own type. */
static Node lifted(Builder *builder, Node node, uint32_t home, uint32_t region) {
  Graph *graph = builder->graph;
  const Region *at = builder_region(builder, home);
  TypeId type = graph_type(graph, node);
  Span span = graph->span_of.data[node];
  if (!is_map(at))
    return graph_raw(graph, OP_CHOOSE, type, 0, (const Node[]){at->variable, node, node}, 3, span);
  Node array = array_of(builder, node, at->variable);
  uint32_t up;
  uint32_t there = array < builder->count ? plan_draft(builder, at->parent, array, &up) : 0;
  if (there && plan_draft(builder, builder_region(builder, region)->parent, array, &up) == there)
    return array;
  return array_of(builder, graph_raw(graph, OP_CAST, type, 0, &node, 1, span), at->variable);
}

/* Hand `node` out of `home`, as the result `whole` around it. */
static void hand_out(Builder *builder, Node node, Node whole, uint32_t home) {
  uint32_t outer = builder_region(builder, home)->parent, up;
  if (plan_draft(builder, outer, whole, &up)) return;
  uint32_t at = plan_draft_new(builder, STEP_RESULT, outer, whole);
  uint32_t number = plan_next_export(builder, home);
  builder->drafts.data[at].target = builder_region(builder, home)->owner;
  builder->drafts.data[at].other = number;
  plan_draft_list(builder, at, whole);
  plan_export(builder, node, home, number);
}

/* In `region`, `node` is looked up in `whole`. */
static void look_up(Builder *builder, Node node, Node whole, uint32_t region) {
  Graph *graph = builder->graph;
  const Region *at = builder_region(builder, region);
  StepKind kind = is_map(at) ? STEP_EVAL : STEP_COPY;
  if (is_map(at))
    whole = graph_raw(graph, OP_ELEMENT, graph_type(graph, node), 0, (const Node[]){whole, at->variable}, 2,
                      graph->span_of.data[node]);
  uint32_t draft = plan_draft_new(builder, kind, region, whole);
  plan_draft_list(builder, draft, node);
}

/* The innermost region from `region` outwards whose frames do the same as those of `home`; REGION_NONE: none. */
static uint32_t counterpart(const Builder *builder, uint32_t home, uint32_t region) {
  while (region != REGION_NONE && !alike(builder_region(builder, home), builder_region(builder, region)))
    region = builder_region(builder, region)->parent;
  return region;
}

/* Whether `region` can be told what `home` computes. */
static bool can_share(const Builder *builder, Node node, uint32_t home, uint32_t region) {
  if (plan_levels(builder, region, home) != UINT32_MAX) return plan_sees(builder, node, region, home);
  while (plan_levels(builder, region, home) == UINT32_MAX) {
    uint32_t twin = counterpart(builder, home, region);
    if (twin == REGION_NONE) return false;
    home = builder_region(builder, home)->parent;
    region = builder_region(builder, twin)->parent;
  }
  return true;
}

/* Make what `home` computes known in `region` or around it, level by level. */
static void share(Builder *builder, Node node, uint32_t home, uint32_t region) {
  uint32_t up, twin = counterpart(builder, home, region);
  if (twin == REGION_NONE || plan_draft(builder, region, node, &up)) return;
  Node whole = lifted(builder, node, home, twin);
  plan_make_room(builder, whole + 1);
  hand_out(builder, node, whole, home);
  share(builder, whole, builder_region(builder, home)->parent, builder_region(builder, twin)->parent);
  look_up(builder, node, whole, twin);
}

/* A map takes the first of those over its index whose frames may compute the node. */
static uint32_t home_of(Builder *builder, Node node, uint32_t region) {
  const Region *at = builder_region(builder, region);
  return is_map(at) ? plan_map_region(builder, at->variable, node, at->parent) : region;
}

/* A region before this one in `homes` that has the same to do, around or beside; REGION_NONE: none. */
static uint32_t find_home(const Builder *builder, const Map *homes, uint32_t region) {
  for (uint32_t at = region; at != REGION_NONE; at = builder_region(builder, at)->parent) {
    const Region *inner = builder_region(builder, at);
    if (inner->kind != REGION_MAP && inner->kind != REGION_ARM) continue;
    for (uint32_t outer = inner->parent; outer != REGION_NONE;
         outer = builder_region(builder, outer)->parent) {
      uint32_t home = map_get(homes, plan_key(outer, inner->variable));
      if (home && home - 1 != region && alike(builder_region(builder, home - 1), inner)) return home - 1;
    }
  }
  return REGION_NONE;
}

static void share_from(Builder *builder, Node node, uint32_t first, uint32_t region) {
  uint32_t home = home_of(builder, node, first), up;
  if (!can_share(builder, node, home, region) || !can_share(builder, node, home, first)) return;
  if (!plan_draft(builder, home, node, &up)) plan_place_anchor(builder, node, home);
  share(builder, node, home, first);
  share(builder, node, home, region);
}

/* Each need that has a place like an earlier one, looks there. */
static void share_alike(Builder *builder, Node node) {
  Map homes = {0};
  for (uint32_t i = 0; i < builder->current.len; i++) {
    uint32_t region = builder->current.data[i].region, first = find_home(builder, &homes, region);
    const Region *at = builder_region(builder, region);
    if (first != REGION_NONE)
      share_from(builder, node, first, region);
    else if (at->kind == REGION_MAP || at->kind == REGION_ARM)
      map_put(&homes, plan_key(at->parent, at->variable), region + 1);
  }
  map_free(&homes);
}

/* ---- what is volatile: in one place only ---- */

/* The innermost region around both. */
static uint32_t common_region(const Builder *builder, uint32_t a, uint32_t b) {
  while (plan_levels(builder, b, a) == UINT32_MAX) a = builder_region(builder, a)->parent;
  return a;
}

/* Whether all variables that the node mentions are bound there. */
static bool binds_all(const Builder *builder, Node node, uint32_t region) {
  const Graph *graph = builder->graph;
  uint32_t count, up;
  const uint32_t *variables = varset_members(graph->sets, graph->vars.data[node], &count);
  for (uint32_t k = 0; k < count; k++)
    if (plan_binder(builder->plan, region, variables[k], &up) == REGION_NONE) return false;
  return true;
}

/* All needs look where the first of them is; where their frames differ (arms of which one excludes the other), it
 * runs around all of them: that is no further out than where the program says it. */
static void share_once(Builder *builder, Node node) {
  uint32_t first = builder->current.data[0].region, home = home_of(builder, node, first), up;
  bool all = true;
  for (uint32_t i = 0; i < builder->current.len; i++)
    all &= can_share(builder, node, home, builder->current.data[i].region);
  for (uint32_t i = 0; i < builder->current.len && !all; i++)
    home = common_region(builder, home, builder->current.data[i].region);
  if (!binds_all(builder, node, home)) return;
  if (!plan_draft(builder, home, node, &up)) plan_place_anchor(builder, node, home);
  for (uint32_t i = 0; i < builder->current.len && all; i++)
    share(builder, node, home, builder->current.data[i].region);
}

/* Needs stand in order, the outermost first. */
void plan_share(Builder *builder, Node node) {
  if (builder_is(builder, node, FACT_DRAWS))
    share_once(builder, node);
  else
    share_alike(builder, node);
}
