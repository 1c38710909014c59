/* region.c: what runs frames many times, once, or not at all.
 *
 * A map makes its next frame only when nothing else is ready and a task could start, so that memory follows what
 * is under way and not the width.  Folds and loops have one frame at a time: the next state is copied out of the
 * frame that ends into the arena of the one that begins. */
#include "region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch.h"
#include "run.h"
#include "tree.h"

/* Of one map: frames may wait for something outside of it.  In a preparation they may wait for what no longer comes. */
enum { MOST_FRAMES = 4096 };

static const RtStep *step_of(const Region *region) { return &region->owner->plan->code->steps[region->step]; }

/* ---- the lists of regions that can make frames ---- */

static RegionList *list_of(const Region *region) {
  return region->plan->calls ? &region->run->open : &region->run->open_pure;
}

static void list_add(Region *region) {
  if (region->listed) return;
  RegionList *list = list_of(region);
  region->older = list->newest;
  region->newer = NULL;
  if (list->newest) list->newest->newer = region;
  list->newest = region;
  region->listed = 1;
}

static void list_remove(Region *region) {
  if (!region->listed) return;
  RegionList *list = list_of(region);
  if (region->newer)
    region->newer->older = region->older;
  else
    list->newest = region->older;
  if (region->older) region->older->newer = region->newer;
  region->listed = 0;
}

/* Folds, loops and branches make their frames themselves, one at a time. */
static int can_open(const Region *region) {
  RtStepKind kind = (RtStepKind)step_of(region)->kind;
  if (kind != RT_MAP && kind != RT_TREE) return 0;
  if (!region->plan || region->stalled || (region->live >= MOST_FRAMES && !region->run->batch)) return 0;
  if (region->tree) return tree_ready(region->tree);
  return region->next < region->width;
}

static void list_update(Region *region) {
  int can = can_open(region);
  if (can == region->listed) return;
  if (can)
    list_add(region);
  else
    list_remove(region);
}

void region_wake(Region *region) {
  region->stalled = 0;
  list_update(region);
}

/* ---- frames ---- */

static Frame *open_frame(Region *region, int64_t index) {
  region->live++;
  return frame_new(region->run, region->plan, region, index);
}

/* Start a frame; note when it can do nothing yet. */
static void launch(Region *region, Frame *frame) {
  size_t before = region->run->ready.len;
  frame_start(frame);
  region->stalled = frame->blocked > 0 && region->run->ready.len == before;
  frame_settle(frame);
}

static void set_state(Frame *frame, const RtType *type, uint32_t slot, const void *from) {
  if (type->has_pointers)
    value_copy(frame_arena(frame), type, from, frame->slots + slot);
  else if (type->size)
    memcpy(frame->slots + slot, from, type->size);
}

static void open_pair(Region *region) {
  TreePair pair = tree_take(region->tree);
  Frame *frame = open_frame(region, pair.node);
  const RtRegion *code = region->plan->code;
  set_state(frame, code->state_type, code->state, pair.left->value);
  set_state(frame, code->state_type, code->right, pair.right->value);
  tree_release(&pair);
  launch(region, frame);
}

/* The region may be gone after its frame has started: one without steps ends at once. */
void region_open(RegionList *list) {
  Region *region = list->newest;
  Frame *owner = region->owner;
  owner->children++; /* keeps owner and region alive until the list is right */
  if (region->tree)
    open_pair(region);
  else
    launch(region, open_frame(region, region->next++));
  list_update(region);
  owner->children--;
  frame_settle(owner);
}

/* ---- ends ---- */

/* Hand a value to a result; a value that is not optional becomes one that is, where that is asked for. */
static void give(Frame *owner, uint32_t result, const RtType *type, const void *from) {
  const RtStep *step = &owner->plan->code->steps[result];
  char *slot = owner->slots + step->slot;
  const RtType *into = step->type;
  if (into->kind == RT_OPTION && type->kind != RT_OPTION) {
    set_state(owner, type, step->slot, from);
    slot[into->elem->size] = 1;
  } else {
    set_state(owner, type, step->slot, from);
  }
}

/* All results that have not got anything: the zero value, or lost. */
static void finish_results(Region *region, int lost) {
  const Plan *plan = region->owner->plan;
  Frame *owner = region->owner;
  uint32_t from = plan->result_from[region->step], to = plan->result_from[region->step + 1];
  for (uint32_t i = from; i < to; i++) step_done(owner, plan->results[i], lost);
}

static void region_finish(Region *region, int lost) {
  if (region->finished) return;
  region->finished = 1;
  list_remove(region);
  Frame *owner = region->owner;
  uint32_t step = region->step;
  owner->children++;
  finish_results(region, lost);
  step_done(owner, step, lost);
  owner->children--;
  frame_settle(owner);
}

void region_lose(Frame *owner, uint32_t step) {
  const Plan *plan = owner->plan;
  owner->children++;
  for (uint32_t i = plan->result_from[step]; i < plan->result_from[step + 1]; i++)
    step_done(owner, plan->results[i], 1);
  step_done(owner, step, 1);
  owner->children--;
  frame_settle(owner);
}

void region_free(Region *region) {
  list_remove(region);
  tree_free(region->tree);
  free(region->gather);
  free(region);
}

/* ---- maps ---- */

static void gather_give(Region *region, uint32_t number) {
  Gather *gather = &region->gather[number];
  Frame *owner = region->owner;
  const Plan *plan = owner->plan;
  for (uint32_t i = plan->result_from[region->step]; i < plan->result_from[region->step + 1]; i++) {
    uint32_t result = plan->results[i];
    if (plan->code->steps[result].other != number) continue;
    if (!gather->lost) *(RtArray **)(owner->slots + plan->code->steps[result].slot) = gather->array;
    step_done(owner, result, gather->lost);
  }
}

static void gather_make(Region *region, uint32_t number, const RtType *type) {
  Gather *gather = &region->gather[number];
  if (gather->array) return;
  RtCtx ctx = {frame_arena(region->owner), NULL, region->run};
  gather->elem = type->elem;
  size_t size = type->elem->size;
  if (size && (uint64_t)region->width > (uint64_t)INT64_MAX / 2 / size)
    rt_fail(&ctx, &step_of(region)->place, "R0105", "a `for` of so many elements does not fit into memory");
  gather->array = arena_take(ctx.arena, sizeof(RtArray) + (size_t)region->width * size);
  gather->array->len = region->width;
  gather->array->reserved = 0;
}

static void map_start(Region *region) {
  Frame *owner = region->owner;
  const Plan *plan = owner->plan;
  RtCtx ctx = {NULL, NULL, region->run};
  region->width = *(const int64_t *)frame_at(owner, step_of(region)->refs[0]);
  if (region->width < 0) rt_fail(&ctx, &step_of(region)->place, "R0105", "the width of a `for` is negative");
  uint32_t exports = region->plan->code->nexports;
  region->gather = calloc((size_t)exports + 1, sizeof *region->gather);
  if (!region->gather) arena_exhausted(exports * sizeof *region->gather);
  for (uint32_t i = 0; i < exports; i++) region->gather[i].left = region->width;
  for (uint32_t i = plan->result_from[region->step]; i < plan->result_from[region->step + 1]; i++) {
    const RtStep *result = &plan->code->steps[plan->results[i]];
    if (result->other < exports) gather_make(region, result->other, result->type);
  }
  run_expect(region->run, region->plan, region->width);
  owner->children++;
  for (uint32_t i = 0; i < exports && region->width == 0; i++) gather_give(region, i);
  owner->children--;
  if (region->width == 0)
    region_finish(region, 0);
  else
    list_update(region);
}

static void map_deliver(Region *region, const Frame *frame, const RtStep *step, int lost) {
  Gather *gather = &region->gather[step->export_];
  gather->lost |= (uint8_t)lost;
  if (gather->array && !gather->lost && gather->elem->size) {
    size_t size = gather->elem->size;
    char *item = gather->array->items + (size_t)frame->index * size;
    const void *from = frame->slots + step->slot;
    if (gather->elem->has_pointers)
      value_copy(frame_arena(region->owner), gather->elem, from, item);
    else
      memcpy(item, from, size);
  }
  if (--gather->left == 0) gather_give(region, step->export_);
}

/* ---- branches ---- */

static void branch_start(Region *region) {
  const RtStep *step = step_of(region);
  Frame *owner = region->owner;
  uint8_t yes = *(const uint8_t *)frame_at(owner, step->refs[0]);
  uint32_t target = yes ? step->target : step->other;
  region->width = 1;
  if (target == RT_NONE) {
    region_finish(region, 0);
    return;
  }
  region->plan = &region->run->plans[target];
  run_expect(region->run, region->plan, 1);
  Frame *frame = open_frame(region, 0);
  launch(region, frame);
}

static void branch_deliver(Region *region, const Frame *frame, const RtStep *step, int lost) {
  Frame *owner = region->owner;
  const Plan *plan = owner->plan;
  for (uint32_t i = plan->result_from[region->step]; i < plan->result_from[region->step + 1]; i++) {
    uint32_t result = plan->results[i];
    if (plan->code->steps[result].other != step->export_) continue;
    if (!lost) give(owner, result, step->type, frame->slots + step->slot);
    step_done(owner, result, lost);
  }
}

/* ---- folds and loops ---- */

static void rounds_end(Region *region, const void *state, int lost) {
  const RtStep *step = step_of(region);
  Frame *owner = region->owner;
  if (!lost) {
    set_state(owner, step->type, step->slot, state);
    const Plan *plan = owner->plan;
    for (uint32_t i = plan->result_from[region->step]; i < plan->result_from[region->step + 1]; i++)
      give(owner, plan->results[i], step->type, state);
  }
  region_finish(region, lost);
}

static void round_start(Region *region, const void *state) {
  Frame *frame = open_frame(region, region->next++);
  const RtRegion *code = region->plan->code;
  set_state(frame, code->state_type, code->state, state);
  run_expect(region->run, region->plan, 1);
  launch(region, frame);
}

static int has_ref(const RtStep *step, uint32_t ref) {
  return ref < step->nrefs && step->refs[ref].offset != RT_NONE;
}

static void rounds_start(Region *region) {
  const RtStep *step = step_of(region);
  Frame *owner = region->owner;
  int fold = step->kind == RT_FOLD;
  region->width = INT64_MAX;
  if (fold || has_ref(step, 1)) region->width = *(const int64_t *)frame_at(owner, step->refs[fold ? 0 : 1]);
  RtCtx ctx = {NULL, NULL, region->run};
  if (region->width < 0)
    rt_fail(&ctx, &step->place, "R0105",
            fold ? "the width of a `fold` is negative" : "`max` of a `loop` is negative");
  const void *state = frame_at(owner, step->refs[fold ? 1 : 0]);
  if (region->width == 0)
    rounds_end(region, state, 0);
  else
    round_start(region, state);
}

static const char *export_slot(const Frame *frame, uint32_t number) {
  return frame->slots + frame->plan->code->steps[frame->plan->exports[number]].slot;
}

static int export_lost(const Frame *frame, uint32_t number) {
  return (frame->state[frame->plan->exports[number]] & STEP_LOST) != 0;
}

static void round_end(Region *region, const Frame *frame) {
  int loop = step_of(region)->kind == RT_LOOP;
  if (export_lost(frame, 0) || (loop && export_lost(frame, 1))) {
    rounds_end(region, NULL, 1);
    return;
  }
  const char *state = export_slot(frame, 0);
  int stop = loop && *(const uint8_t *)export_slot(frame, 1);
  if (stop || region->next >= region->width)
    rounds_end(region, state, 0);
  else
    round_start(region, state);
}

/* ---- trees ---- */

static void tree_start(Region *region) {
  const RtStep *step = step_of(region);
  const RtArray *array = *(const RtArray *const *)frame_at(region->owner, step->refs[0]);
  region->width = array->len;
  if (array->len == 0) {
    rounds_end(region, frame_at(region->owner, step->refs[1]), 0);
  } else if (array->len == 1) {
    rounds_end(region, array->items, 0);
  } else {
    region->tree = tree_new(region->plan->code->state_type, array);
    run_expect(region->run, region->plan, array->len - 1);
    list_update(region);
  }
}

static void tree_leave(Region *region, const Frame *frame) {
  if (export_lost(frame, 0)) region->lost = 1;
  int whole = !region->lost && tree_put(region->tree, frame->index, export_slot(frame, 0));
  list_update(region);
  if (whole)
    rounds_end(region, tree_root(region->tree), 0);
  else if (region->lost && region->live == 0 && !tree_ready(region->tree))
    rounds_end(region, NULL, 1);
}

/* ---- the common part ---- */

void region_start(Frame *owner, uint32_t step) {
  const RtStep *code = &owner->plan->code->steps[step];
  Region *region = calloc(1, sizeof *region);
  if (!region) arena_exhausted(sizeof *region);
  if (owner->run->batch) batch_region_starts(owner, step);
  region->run = owner->run;
  region->owner = owner;
  region->step = step;
  region->plan = code->target == RT_NONE ? NULL : &owner->run->plans[code->target];
  owner->regions[owner->plan->ordinals[step]] = region;
  switch (code->kind) {
    case RT_MAP:
      map_start(region);
      break;
    case RT_BRANCH:
      branch_start(region);
      break;
    case RT_TREE:
      tree_start(region);
      break;
    default:
      rounds_start(region);
      break;
  }
}

void region_deliver(Frame *frame, uint32_t step, int lost) {
  Region *region = frame->region;
  const RtStep *code = &frame->plan->code->steps[step];
  if (region->finished) return;
  if (step_of(region)->kind == RT_MAP)
    map_deliver(region, frame, code, lost);
  else if (step_of(region)->kind == RT_BRANCH)
    branch_deliver(region, frame, code, lost);
}

void region_leave(Frame *frame) {
  Region *region = frame->region;
  region->live--;
  switch (step_of(region)->kind) {
    case RT_MAP:
      region->stalled = 0;
      list_update(region);
      if (region->next == region->width && region->live == 0) region_finish(region, 0);
      break;
    case RT_BRANCH:
      region_finish(region, 0);
      break;
    case RT_TREE:
      tree_leave(region, frame);
      break;
    default:
      round_end(region, frame);
      break;
  }
}
