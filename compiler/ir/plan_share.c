/* plan_share.c: what frames of several maps over one index need, run in those of one.
 *
 * Maps over one index do not always share their frames: one may wait for all of another, or stand further inside.
 * What both compute for an index then runs in the outermost, first of them; the others look it up in the array
 * of its results.  So nothing volatile ever runs twice, and nothing pure is asked for twice. */
#include "ir/plan_build.h"

/* The array of what `node` is for each index, as a result in `outer`; made by frames of `home`. */
static Node share_array(Builder *builder, Node node, Node index, uint32_t home, uint32_t outer) {
  Graph *graph = builder->graph;
  TypeId type = type_array(graph->types, graph_type(graph, node));
  Span span = graph->span_of.data[node];
  Node args[] = {index, graph_bool(graph, true), node};
  Node array = graph_raw(graph, OP_COLLECT, type, 0, args, 3, span);
  uint32_t up;
  if (plan_draft(builder, outer, array, &up)) return array;
  uint32_t at = plan_draft_new(builder, STEP_RESULT, outer, array);
  Region *region = builder_region(builder, home);
  builder->drafts.data[at].target = region->owner;
  builder->drafts.data[at].other = region->export_count++;
  plan_draft_list(builder, at, array);
  plan_request(builder, node, home, builder->drafts.data[at].other);
  return array;
}

/* In `region`, the value of `node` is looked up. */
static void share_load(Builder *builder, Node node, Node array, Node index, uint32_t region) {
  Graph *graph = builder->graph;
  Node element = graph_raw(graph, OP_ELEMENT, graph_type(graph, node), 0, (const Node[]){array, index}, 2,
                           graph->span_of.data[node]);
  uint32_t at = plan_draft_new(builder, STEP_EVAL, region, element);
  plan_draft_list(builder, at, node);
}

static void share_from(Builder *builder, Node node, uint32_t map) {
  Node index = builder_region(builder, map)->variable, array = NODE_NONE;
  uint32_t outer = builder_region(builder, map)->parent, up;
  uint32_t home = plan_map_region(builder, index, node, outer);
  if (!plan_draft(builder, home, node, &up)) plan_place_anchor(builder, node, home);
  for (uint32_t i = 0; i < builder->current.len; i++) {
    uint32_t at = plan_binder(builder->plan, builder->current.data[i].region, index, &up);
    if (at == REGION_NONE || at == home || plan_levels(builder, at, outer) == UINT32_MAX) continue;
    if (plan_draft(builder, at, node, &up)) continue;
    if (array == NODE_NONE) array = share_array(builder, node, index, home, outer);
    share_load(builder, node, array, index, at);
  }
}

/* A map that has the node in frames of its own, over the index of `region` and around it; REGION_NONE: none. */
static uint32_t find_other(const Builder *builder, const Map *maps, uint32_t region) {
  Node index = builder_region(builder, region)->variable;
  for (uint32_t outer = builder_region(builder, region)->parent; outer != REGION_NONE;
       outer = builder_region(builder, outer)->parent) {
    uint32_t other = map_get(maps, plan_key(outer, index));
    if (other && other - 1 != region) return other - 1;
  }
  return REGION_NONE;
}

/* Needs stand in order, the outermost first. */
void plan_share(Builder *builder, Node node) {
  Map maps = {0};
  for (uint32_t i = 0; i < builder->current.len; i++) {
    uint32_t other = REGION_NONE, number = builder->current.data[i].region;
    for (uint32_t at = number; at != REGION_NONE && other == REGION_NONE;
         at = builder_region(builder, at)->parent)
      if (builder_region(builder, at)->kind == REGION_MAP) other = find_other(builder, &maps, at);
    const Region *region = builder_region(builder, number);
    if (other != REGION_NONE)
      share_from(builder, node, other);
    else if (region->kind == REGION_MAP)
      map_put(&maps, plan_key(region->parent, region->variable), number + 1);
  }
  map_free(&maps);
}
