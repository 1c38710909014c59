/* frame.c: frames: made, counted down, freed; what a finished step tells others.
 *
 * A step that cannot run because something before it failed is LOST.  Loss travels along the same edges as
 * results do, so that a run with failures drains as any other and every frame ends. */
#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "batch.h"
#include "region.h"
#include "run.h"
#include "text.h"

enum { MOST_SPARE = 32, SPARE_ARENA = 1 << 16 };

/* Of an inner frame: a step that waits for one of ours. */
struct Waiter {
  Place place;
  Waiter *next;
};

static void *take(size_t size) {
  void *memory = calloc(1, size);
  if (!memory) arena_exhausted(size);
  return memory;
}

static Frame *frame_take(Plan *plan) {
  Frame *frame = plan->spare;
  if (frame) {
    plan->spare = frame->next_spare;
    plan->spare_count--;
    return frame;
  }
  char *memory = take(plan->bytes);
  frame = (Frame *)memory;
  frame->plan = plan;
  frame->slots = memory + plan->slots_at;
  frame->regions = (Region **)(memory + plan->regions_at);
  frame->counters = (uint32_t *)(memory + plan->counters_at);
  frame->state = (uint8_t *)memory + plan->state_at;
  return frame;
}

Frame *frame_new(Run *run, Plan *plan, Region *region, int64_t index) {
  Frame *frame = frame_take(plan);
  const RtRegion *code = plan->code;
  frame->run = run;
  frame->region = region;
  frame->parent = region ? region->owner : NULL;
  frame->index = index;
  frame->left = code->nsteps;
  frame->children = frame->blocked = 0;
  frame->waiters = NULL;
  if (code->image)
    memcpy(frame->slots, code->image, code->frame_size);
  else
    memset(frame->slots, 0, code->frame_size);
  RtFrameHead *head = (RtFrameHead *)frame->slots;
  head->up = frame->parent ? frame->parent->slots : NULL;
  head->index = region && region->tree ? 0 : index;
  memcpy(frame->regions, plan->initial, plan->bytes - plan->regions_at);
  if (frame->parent) frame->parent->children++;
  frame->newer = NULL;
  frame->older = run->frames;
  if (run->frames) run->frames->newer = frame;
  run->frames = frame;
  return frame;
}

RtArena *frame_arena(Frame *frame) {
  if (!frame->arena) frame->arena = arena_new();
  return frame->arena;
}

static void free_waiters(Frame *frame) {
  if (!frame->waiters) return;
  for (uint32_t i = 0; i < frame->plan->code->nsteps; i++) {
    for (Waiter *waiter = frame->waiters[i], *next; waiter; waiter = next) {
      next = waiter->next;
      free(waiter);
    }
  }
  free(frame->waiters);
  frame->waiters = NULL;
}

static void unlink_frame(Frame *frame) {
  if (frame->newer)
    frame->newer->older = frame->older;
  else
    frame->run->frames = frame->older;
  if (frame->older) frame->older->newer = frame->newer;
}

/* A few frames of each region are kept with their arena, which makes the next one cheap. */
void frame_free(Frame *frame) {
  Plan *plan = frame->plan;
  unlink_frame(frame);
  free_waiters(frame);
  for (uint32_t i = 0; i < plan->region_count; i++)
    if (frame->regions[i]) region_free(frame->regions[i]);
  if (frame->arena && arena_used(frame->arena) > SPARE_ARENA) {
    arena_free(frame->arena);
    frame->arena = NULL;
  } else if (frame->arena && arena_used(frame->arena)) {
    arena_reset(frame->arena);
  }
  if (plan->spare_count < MOST_SPARE) {
    frame->next_spare = plan->spare;
    plan->spare = frame;
    plan->spare_count++;
    return;
  }
  arena_free(frame->arena);
  free(frame);
}

void frames_free(Run *run) {
  /* frame_free takes the frame off the list, which the analyser does not see. */
  while (run->frames) frame_free(run->frames); /* NOLINT(clang-analyzer-unix.Malloc) */
}

void *frame_at(const Frame *frame, RtRef ref) {
  char *slots = frame->slots;
  for (uint16_t up = ref.up; up > 0; up--) slots = ((RtFrameHead *)slots)->up;
  return slots + ref.offset;
}

/* ---- counting down ---- */

static void wait_for(Frame *frame, uint32_t step, Frame *on, uint32_t on_step) {
  if (!on->waiters) on->waiters = take(on->plan->code->nsteps * sizeof(Waiter *));
  Waiter *waiter = take(sizeof *waiter);
  *waiter = (Waiter){{frame, step}, on->waiters[on_step]};
  on->waiters[on_step] = waiter;
  frame->counters[step]++;
}

static void count_outer(Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  uint32_t before = frame->counters[step];
  for (uint32_t i = 0; i < code->nouter; i++) {
    Frame *on = frame;
    for (uint16_t up = code->outer[i].up; up > 0; up--) on = on->parent;
    uint8_t state = on->state[code->outer[i].step];
    int part = state & STEP_PART && batch_can_use(frame, step, code->outer[i].up, code->outer[i].step);
    if (!(state & STEP_DONE) && !part) wait_for(frame, step, on, code->outer[i].step);
    frame->state[step] |= state & STEP_LOST;
  }
  if (frame->counters[step] > before) frame->blocked++;
  if (frame->counters[step] == 0) ready_push(frame->run, frame, step);
}

void frame_start(Frame *frame) {
  const Plan *plan = frame->plan;
  for (uint32_t i = 0; i < plan->outer_count; i++) count_outer(frame, plan->outer[i]);
  for (uint32_t i = 0; i < plan->first_count; i++) ready_push(frame->run, frame, plan->first[i]);
}

static void count_down(Frame *frame, uint32_t step, int lost) {
  if (lost) frame->state[step] |= STEP_LOST;
  if (--frame->counters[step] == 0) ready_push(frame->run, frame, step);
}

/* The list is taken off first: a frame that is told may register a waiter of its own here. */
static void tell_waiters(Frame *frame, uint32_t step, int lost) {
  Waiter *waiter = frame->waiters[step];
  frame->waiters[step] = NULL;
  for (Waiter *next; waiter; waiter = next) {
    next = waiter->next;
    Frame *inner = waiter->place.frame;
    count_down(inner, waiter->place.step, lost);
    if (inner->region && inner->region->stalled) region_wake(inner->region);
    free(waiter);
  }
}

static uint32_t levels_between(const Frame *inner, const Frame *outer) {
  uint32_t up = 0;
  for (; inner != outer; inner = inner->parent) up++;
  return up;
}

/* Waiters that need other outputs stay. */
static void promise_waiters(Frame *frame, uint32_t step) {
  Waiter *waiter = frame->waiters[step], *kept = NULL, *told = NULL;
  for (Waiter *next; waiter; waiter = next) {
    next = waiter->next;
    const Frame *inner = waiter->place.frame;
    Waiter **list = batch_can_use(inner, waiter->place.step, levels_between(inner, frame), step) ? &told
                                                                                                 : &kept;
    waiter->next = *list;
    *list = waiter;
  }
  frame->waiters[step] = told;
  tell_waiters(frame, step, 0);
  frame->waiters[step] = kept;
}

void step_promised(Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  frame->state[step] |= STEP_PART;
  for (uint32_t i = 0; i < code->nnext; i++)
    if (frame->plan->code->steps[code->next[i]].kind != RT_RESULT &&
        batch_can_use(frame, code->next[i], 0, step))
      count_down(frame, code->next[i], 0);
  if (frame->waiters && frame->waiters[step]) promise_waiters(frame, step);
}

void step_done(Frame *frame, uint32_t step, int lost) {
  const RtStep *code = &frame->plan->code->steps[step];
  if (frame->state[step] & STEP_DONE) return;
  frame->state[step] |= (uint8_t)(STEP_DONE | (lost ? STEP_LOST : 0));
  for (uint32_t i = 0; i < code->nnext; i++)
    if (frame->plan->code->steps[code->next[i]].kind != RT_RESULT) count_down(frame, code->next[i], lost);
  if (frame->waiters && frame->waiters[step]) tell_waiters(frame, step, lost);
  if (code->export_ != RT_NONE && frame->region) region_deliver(frame, step, lost);
  frame->left--;
  frame_settle(frame);
}

/* Who reads an export reads a result; that the frame ends at all is what its region step waits for. */
static void each_outside(Frame *frame, const RtStep *code,
                         void (*visit)(Frame *frame, uint32_t step, void *with), void *with) {
  if (!frame->region) return;
  Frame *owner = frame->parent;
  uint32_t region = frame->region->step, *from = owner->plan->result_from;
  visit(owner, region, with);
  for (uint32_t i = from[region]; i < from[region + 1]; i++) {
    const RtStep *result = &owner->plan->code->steps[owner->plan->results[i]];
    int rounds = owner->plan->code->steps[region].kind > RT_BRANCH;
    if (rounds || (code->export_ != RT_NONE && result->other == code->export_))
      visit(owner, owner->plan->results[i], with);
  }
}

void step_each_user(Frame *frame, uint32_t step, void (*visit)(Frame *frame, uint32_t step, void *with),
                    void *with) {
  const RtStep *code = &frame->plan->code->steps[step];
  for (uint32_t i = 0; i < code->nnext; i++) visit(frame, code->next[i], with);
  for (const Waiter *waiter = frame->waiters ? frame->waiters[step] : NULL; waiter; waiter = waiter->next)
    visit(waiter->place.frame, waiter->place.step, with);
  each_outside(frame, code, visit, with);
}

/* Recursion here is as deep as regions are nested in the source. */
void frame_settle(Frame *frame) {
  if (frame->left || frame->children) return;
  if (!frame->region) {
    frame->run->finished = 1;
    return;
  }
  Frame *parent = frame->parent;
  region_leave(frame);
  frame_free(frame);
  parent->children--;
  frame_settle(parent);
}

/* ---- running ---- */

static void copy_slot(Frame *frame, const RtStep *step) {
  if (step->type->size) memcpy(frame->slots + step->slot, frame_at(frame, step->refs[0]), step->type->size);
}

static void step_lose(Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  if (code->kind == RT_CALL || code->kind == RT_ASK || code->kind >= RT_MAP)
    run_skipped(frame->run, frame, step);
  if (code->kind >= RT_MAP && code->kind <= RT_TREE)
    region_lose(frame, step);
  else
    step_done(frame, step, 1);
}

void step_run(Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  if (frame->state[step] & STEP_LOST) {
    step_lose(frame, step);
    return;
  }
  switch ((RtStepKind)code->kind) {
    case RT_EVAL: {
      RtCtx ctx = {frame_arena(frame), NULL, frame->run};
      code->code(&ctx, frame->slots);
      step_done(frame, step, 0);
      break;
    }
    case RT_COPY:
      copy_slot(frame, code);
      step_done(frame, step, 0);
      break;
    case RT_CALL:
      pending_push(frame->run, frame, step);
      break;
    case RT_ASK:
      ask_start(frame->run, frame, step);
      break;
    case RT_MAP:
    case RT_BRANCH:
    case RT_FOLD:
    case RT_LOOP:
    case RT_TREE:
      region_start(frame, step);
      break;
    case RT_RESULT:
      break; /* delivered by its region */
  }
}

/* ---- names of instances ---- */

static void add_index(RtText *into, const Frame *frame) {
  const RtStep *step = &frame->parent->plan->code->steps[frame->region->step];
  if (step->kind == RT_BRANCH) return;
  if (frame->region->tree)
    text_addf(into, "[%d.%lld]", (int)(frame->index >> 48), (long long)(frame->index & 0xffffffffffff));
  else
    text_addf(into, "[%lld]", (long long)frame->index);
}

static void add_name(RtText *into, const Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  const char *name = code->name;
  if (code->kind == RT_CALL && (!name || !*name)) name = frame->run->program->tasks[code->target].name;
  static const char *const kinds[] = {
      [RT_ASK] = "ask",   [RT_MAP] = "for",   [RT_BRANCH] = "if",    [RT_FOLD] = "fold",
      [RT_LOOP] = "loop", [RT_TREE] = "tree", [RT_RESULT] = "result"};
  if (!name || !*name) name = kinds[code->kind] ? kinds[code->kind] : "step";
  text_puts(into, name);
  if (frame->plan->twins[step]) text_addf(into, "#%u", frame->plan->twins[step] + 1);
}

static void add_frames(RtText *into, const Frame *frame) {
  if (!frame->region) return;
  add_frames(into, frame->parent);
  add_name(into, frame->parent, frame->region->step);
  add_index(into, frame);
  text_add(into, "/", 1);
}

/* A call that is the whole of what its region names is told by its task: "bams[3]/align". */
void step_label(RtText *into, const Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  add_frames(into, frame);
  const char *outer = frame->region ? frame->parent->plan->code->steps[frame->region->step].name : NULL;
  if (code->kind == RT_CALL && code->name && outer && strcmp(outer, code->name) == 0) {
    text_addf(into, "%s", frame->run->program->tasks[code->target].name);
    if (frame->plan->twins[step]) text_addf(into, "#%u", frame->plan->twins[step] + 1);
  } else {
    add_name(into, frame, step);
  }
}

void step_path(RtText *into, const Frame *frame, uint32_t step) {
  text_addf(into, "%u.%u", frame->plan->id, step);
  for (; frame->region; frame = frame->parent)
    text_addf(into, "/%lld.%u.%u", (long long)frame->index, frame->parent->plan->id, frame->region->step);
}

void plan_free_spare(Plan *plan) {
  for (Frame *frame = plan->spare, *next; frame; frame = next) {
    next = frame->next_spare;
    arena_free(frame->arena);
    free(frame);
  }
  plan->spare = NULL;
}
