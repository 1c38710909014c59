/* batch_order.c: what a task comes `after` without using it, and who can go on with a part of what a task makes.
 *
 * Steps are linked by what they read (RtStep.refs) and by mere order.  Files tell their makers, so only links of the
 * second kind are looked for: once for each call of the program, backwards through the steps that compute values. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch_work.h"

/* A step of a region `up` levels outwards that calls come after: a call, or one that has calls inside. */
typedef struct Source {
  uint32_t up, step;
} Source;

/* Tasks that were prepared inside of a region step. */
typedef struct TaskSet {
  uint32_t *tasks, count;
  size_t cap;
  uint32_t joint; /* + 1, once there is one */
} TaskSet;

typedef struct PlanOrder {
  uint32_t parent, owner; /* the region around it, and the step there; RT_NONE: the root */
  uint32_t *before_first; /* by step: its first place in `before`, steps of the region that it waits for */
  uint32_t *before;
  uint32_t *source_first; /* by step: its first place in `sources`, and that of the next */
  uint32_t *source_end;
  uint8_t *is_source; /* by step */
} PlanOrder;

struct Orders {
  PlanOrder *plans;
  Source *sources;
  size_t source_count, source_cap;
  HashMap plain;   /* (region, step): no source lies behind what it reads */
  HashMap numbers; /* (frame, step) of a call: number + 1 of its task, or 0 if that is done */
  HashMap sets;    /* (frame, step) of a region step: set + 1 */
  TaskSet *all;
  size_t set_count, set_cap;
};

static void *take(size_t count, size_t size) {
  void *memory = calloc(count + 1, size);
  if (!memory) arena_exhausted(count * size);
  return memory;
}

/* ---- reading of parts ---- */

static uint32_t read_size(const RtProgram *program, const RtStep *step, uint32_t ref) {
  switch ((RtStepKind)step->kind) {
    case RT_EVAL:
    case RT_MAP:
    case RT_BRANCH:
      return 1; /* the refs of an RT_EVAL name each field that it reads */
    case RT_CALL:
      return program->tasks[step->target].ins[ref].type->size;
    default:
      return step->type->size;
  }
}

/* Whether a step reads something that lies in a range of the frame `up` levels outwards. */
static int reads(const RtProgram *program, const RtStep *step, uint32_t up, uint32_t from, uint32_t size) {
  for (uint32_t i = 0; i < step->nrefs; i++) {
    const RtRef *ref = &step->refs[i];
    if (ref->up != up || ref->offset == RT_NONE) continue;
    if (ref->offset < from + size && ref->offset + read_size(program, step, i) > from) return 1;
  }
  return 0;
}

int batch_can_use(const Frame *frame, uint32_t step, uint32_t up, uint32_t maker) {
  const RtProgram *program = frame->run->program;
  const Frame *made = frame;
  for (uint32_t i = 0; i < up; i++) made = made->parent;
  const RtStep *call = &made->plan->code->steps[maker], *user = &frame->plan->code->steps[step];
  const RtTask *task = &program->tasks[call->target];
  for (uint32_t i = 0; i < task->out_count; i++) {
    const RtPort *port = &task->outs[i];
    if (port->by_contents && reads(program, user, up, call->slot + port->offset, port->type->size)) return 0;
  }
  return 1;
}

int batch_output_known(const Batch *batch, const RtOutput *output) {
  const Frame *root = batch->run->root;
  if (output->step == RT_NONE || root->state[output->step] & STEP_DONE) return 1;
  if (!(root->state[output->step] & STEP_PART)) return 0;
  const RtStep *call = &root->plan->code->steps[output->step];
  const RtTask *task = &batch->run->program->tasks[call->target];
  for (uint32_t i = 0; i < task->out_count; i++) {
    uint32_t from = call->slot + task->outs[i].offset;
    if (task->outs[i].by_contents && output->ref.offset < from + task->outs[i].type->size &&
        output->ref.offset + output->type->size > from)
      return 0;
  }
  return 1;
}

/* ---- the program's order, backwards ---- */

static int is_region(const RtStep *step) { return step->kind >= RT_MAP && step->kind <= RT_TREE; }

static void find_before(const RtRegion *region, PlanOrder *order) {
  uint32_t total = 0;
  order->before_first = take(region->nsteps + 1, sizeof(uint32_t));
  for (uint32_t i = 0; i < region->nsteps; i++)
    for (uint32_t k = 0; k < region->steps[i].nnext; k++) order->before_first[region->steps[i].next[k] + 1]++;
  for (uint32_t i = 0; i < region->nsteps; i++) order->before_first[i + 1] += order->before_first[i];
  total = order->before_first[region->nsteps];
  order->before = take(total, sizeof(uint32_t));
  uint32_t *at = take(region->nsteps, sizeof *at);
  memcpy(at, order->before_first, region->nsteps * sizeof *at);
  for (uint32_t i = 0; i < region->nsteps; i++)
    for (uint32_t k = 0; k < region->steps[i].nnext; k++) order->before[at[region->steps[i].next[k]]++] = i;
  free(at);
}

static void find_parents(const RtProgram *program, Orders *orders) {
  for (uint32_t r = 0; r < program->region_count; r++) {
    const RtRegion *region = &program->regions[r];
    for (uint32_t i = 0; i < region->nsteps; i++) {
      const RtStep *step = &region->steps[i];
      if (!is_region(step)) continue;
      uint32_t inner[] = {step->target, step->kind == RT_BRANCH ? step->other : RT_NONE};
      for (int k = 0; k < 2; k++) {
        if (inner[k] == RT_NONE) continue;
        orders->plans[inner[k]].parent = r;
        orders->plans[inner[k]].owner = i;
      }
    }
  }
}

/* ---- what lies behind a call ---- */

/* A step whose links are to be followed; `ordered`: what is behind it is not told by files. */
typedef struct Visit {
  uint32_t region, up, step;
  uint8_t ordered;
} Visit;

typedef struct Search {
  const RtProgram *program;
  Orders *orders;
  Visit *visits; /* all of the search; those from `at` on are still to be followed */
  size_t count, cap, at;
  HashMap seen;
} Search;

static uint64_t pair(uint64_t a, uint64_t b) { return (a << 32 ^ b) * UINT64_C(0x9e3779b97f4a7c15) + 1; }

static void visit(Search *search, Visit next) {
  uint64_t key = pair((uint64_t)next.up << 1 | next.ordered, next.step);
  if (hash_get(&search->seen, key)) return;
  if (!next.ordered && hash_get(&search->orders->plain, pair(next.region, next.step))) return;
  hash_put(&search->seen, key, 1);
  search->visits = batch_room(search->visits, search->count, &search->cap, sizeof *search->visits);
  search->visits[search->count++] = next;
}

static void add_source(Search *search, uint32_t region, uint32_t up, uint32_t step) {
  Orders *orders = search->orders;
  if (hash_get(&search->seen, pair(~(uint64_t)up, step))) return;
  hash_put(&search->seen, pair(~(uint64_t)up, step), 1);
  orders->plans[region].is_source[step] = 1;
  orders->sources = batch_room(orders->sources, orders->source_count, &orders->source_cap, sizeof(Source));
  orders->sources[orders->source_count++] = (Source){up, step};
}

/* One link: from the step `from` to what it waits for, `up` levels further out. */
static void follow(Search *search, const Visit *from, uint32_t up, uint32_t number) {
  uint32_t region = from->region;
  for (uint32_t i = 0; i < up; i++) region = search->orders->plans[region].parent;
  const RtStep *user = &search->program->regions[from->region].steps[from->step];
  const RtStep *step = &search->program->regions[region].steps[number];
  uint8_t ordered = from->ordered || !reads(search->program, user, up, step->slot, step->type->size);
  if (step->kind == RT_EVAL || step->kind == RT_COPY) {
    visit(search, (Visit){region, from->up + up, number, ordered});
  } else if (ordered && step->kind != RT_ASK) {
    add_source(search, region, from->up + up, step->kind == RT_RESULT ? step->target : number);
  }
}

static void follow_all(Search *search) {
  while (search->at < search->count) {
    Visit from = search->visits[search->at++];
    const PlanOrder *order = &search->orders->plans[from.region];
    const RtStep *step = &search->program->regions[from.region].steps[from.step];
    for (uint32_t i = order->before_first[from.step]; i < order->before_first[from.step + 1]; i++)
      follow(search, &from, 0, order->before[i]);
    for (uint32_t i = 0; i < step->nouter; i++) follow(search, &from, step->outer[i].up, step->outer[i].step);
  }
}

/* Whatever a call comes after, the regions around it included. */
static void find_sources(Search *search, uint32_t region, uint32_t step) {
  Orders *orders = search->orders;
  size_t before = orders->source_count;
  search->count = search->at = 0;
  hash_free(&search->seen);
  orders->plans[region].source_first[step] = (uint32_t)before;
  for (uint32_t up = 0, at = region, number = step;; up++) {
    visit(search, (Visit){at, up, number, 0});
    if (orders->plans[at].parent == RT_NONE) break;
    number = orders->plans[at].owner;
    at = orders->plans[at].parent;
  }
  follow_all(search);
  orders->plans[region].source_end[step] = (uint32_t)orders->source_count;
  for (size_t i = 0; i < search->count && orders->source_count == before; i++)
    if (!search->visits[i].ordered)
      hash_put(&orders->plain, pair(search->visits[i].region, search->visits[i].step), 1);
}

Orders *orders_new(const RtProgram *program) {
  Orders *orders = take(1, sizeof *orders);
  orders->plans = take(program->region_count, sizeof *orders->plans);
  for (uint32_t r = 0; r < program->region_count; r++) {
    PlanOrder *order = &orders->plans[r];
    uint32_t steps = program->regions[r].nsteps;
    order->parent = RT_NONE;
    find_before(&program->regions[r], order);
    order->source_first = take(steps, sizeof(uint32_t));
    order->source_end = take(steps, sizeof(uint32_t));
    order->is_source = take(steps, 1);
  }
  find_parents(program, orders);
  Search search = {.program = program, .orders = orders};
  for (uint32_t r = 0; r < program->region_count; r++)
    for (uint32_t i = 0; i < program->regions[r].nsteps; i++)
      if (program->regions[r].steps[i].kind == RT_CALL) find_sources(&search, r, i);
  free(search.visits);
  hash_free(&search.seen);
  return orders;
}

void orders_free(Orders *orders, const RtProgram *program) {
  if (!orders) return;
  for (uint32_t r = 0; r < program->region_count; r++) {
    free(orders->plans[r].before_first);
    free(orders->plans[r].before);
    free(orders->plans[r].source_first);
    free(orders->plans[r].source_end);
    free(orders->plans[r].is_source);
  }
  for (size_t i = 0; i < orders->set_count; i++) free(orders->all[i].tasks);
  free(orders->all);
  free(orders->plans);
  free(orders->sources);
  hash_free(&orders->plain);
  hash_free(&orders->numbers);
  hash_free(&orders->sets);
  free(orders);
}

/* ---- while preparing ---- */

static uint64_t place_key(const Frame *frame, uint32_t step) {
  return pair((uint64_t)(uintptr_t)frame, step) ^ (uintptr_t)frame;
}

/* A frame may be used again for another: what was known of its step goes as the step starts. */
void batch_region_starts(const Frame *owner, uint32_t step) {
  Orders *orders = owner->run->batch->work->orders;
  if (orders && orders->plans[owner->plan->id].is_source[step])
    hash_put(&orders->sets, place_key(owner, step), 0);
}

static TaskSet *set_of(Orders *orders, const Frame *owner, uint32_t step) {
  uint64_t key = place_key(owner, step), number = hash_get(&orders->sets, key);
  if (number) return &orders->all[number - 1];
  orders->all = batch_room(orders->all, orders->set_count, &orders->set_cap, sizeof *orders->all);
  orders->all[orders->set_count++] = (TaskSet){0};
  hash_put(&orders->sets, key, orders->set_count);
  return &orders->all[orders->set_count - 1];
}

void batch_is_at(Batch *batch, const Frame *frame, uint32_t step, uint32_t number) {
  Orders *orders = batch->work->orders;
  if (!orders->source_count) return;
  if (orders->plans[frame->plan->id].is_source[step])
    hash_put(&orders->numbers, place_key(frame, step), number == RT_NONE ? 0 : (uint64_t)number + 1);
  for (; number != RT_NONE && frame->region; frame = frame->parent) {
    if (!orders->plans[frame->parent->plan->id].is_source[frame->region->step]) continue;
    TaskSet *set = set_of(orders, frame->parent, frame->region->step);
    set->tasks = batch_room(set->tasks, set->count, &set->cap, sizeof *set->tasks);
    set->tasks[set->count++] = number;
  }
}

static uint32_t joint_of(Batch *batch, TaskSet *set) {
  BatchWork *work = batch->work;
  if (set->joint) return set->joint - 1;
  BatchJoint joint = {{(uint32_t)work->number_count, set->count}, 0};
  for (uint32_t i = 0; i < set->count; i++) {
    batch_push_number(batch, set->tasks[i]);
    if (batch->tasks[set->tasks[i]].level > joint.level) joint.level = batch->tasks[set->tasks[i]].level;
  }
  batch->joints = batch_room(batch->joints, batch->joint_count, &work->joint_cap, sizeof *batch->joints);
  batch->joints[batch->joint_count++] = joint;
  return (set->joint = batch->joint_count) - 1;
}

/* Whether a source is many tasks. */
static TaskSet *many_of(const Orders *orders, const Frame *frame, const Source *source) {
  uint64_t set = hash_get(&orders->sets, place_key(frame, source->step));
  return set && orders->all[set - 1].count > 1 ? &orders->all[set - 1] : NULL;
}

/* The only task of a source that is not many; RT_NONE: none. */
static uint32_t one_of(const Orders *orders, const Frame *frame, const Source *source) {
  if (frame->plan->code->steps[source->step].kind == RT_CALL)
    return (uint32_t)hash_get(&orders->numbers, place_key(frame, source->step)) - 1;
  uint64_t set = hash_get(&orders->sets, place_key(frame, source->step));
  return set && orders->all[set - 1].count ? orders->all[set - 1].tasks[0] : RT_NONE;
}

static const Frame *outwards(const Frame *frame, uint32_t up) {
  while (up--) frame = frame->parent;
  return frame;
}

void batch_make_joints(Batch *batch, const Frame *frame, uint32_t step) {
  Orders *orders = batch->work->orders;
  const PlanOrder *order = &orders->plans[frame->plan->id];
  for (uint32_t i = order->source_first[step]; i < order->source_end[step]; i++) {
    TaskSet *set = many_of(orders, outwards(frame, orders->sources[i].up), &orders->sources[i]);
    if (set) joint_of(batch, set);
  }
}

void batch_need_single(Batch *batch, const Frame *frame, uint32_t step) {
  Orders *orders = batch->work->orders;
  const PlanOrder *order = &orders->plans[frame->plan->id];
  for (uint32_t i = order->source_first[step]; i < order->source_end[step]; i++) {
    const Frame *at = outwards(frame, orders->sources[i].up);
    if (!many_of(orders, at, &orders->sources[i])) batch_need(batch, one_of(orders, at, &orders->sources[i]));
  }
}

BatchSpan batch_find_joints(Batch *batch, const Frame *frame, uint32_t step) {
  Orders *orders = batch->work->orders;
  const PlanOrder *order = &orders->plans[frame->plan->id];
  BatchTask *task = &batch->tasks[batch->count];
  BatchSpan span = {(uint32_t)batch->work->number_count, 0};
  for (uint32_t i = order->source_first[step]; i < order->source_end[step]; i++) {
    TaskSet *set = many_of(orders, outwards(frame, orders->sources[i].up), &orders->sources[i]);
    if (!set) continue;
    uint32_t joint = joint_of(batch, set);
    batch_push_number(batch, joint);
    span.count++;
    if (batch->joints[joint].level >= task->level) task->level = batch->joints[joint].level + 1;
  }
  return span;
}
