/* batch.c: a preparation: tasks are noted, what they make is promised, what asks for contents is put off. */
#include "batch.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch_work.h"
#include "message.h"
#include "slurm.h"
#include "text.h"
#include "work.h"

enum { MOST_SEARCHED = 256 };

void *batch_room(void *items, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return items;
  *cap = *cap ? *cap * 2 : 64;
  void *grown = realloc(items, *cap * size);
  if (!grown) arena_exhausted(*cap * size);
  return grown;
}

const BatchUse *batch_use(RtMode mode) {
  static const BatchUse *const uses[] = {
      [MODE_LIST] = &list_use, [MODE_PREPARE] = &prepare_use, [MODE_SLURM] = &slurm_use};
  return (size_t)mode < sizeof uses / sizeof *uses ? uses[mode] : NULL;
}

Batch *batch_new(Run *run) {
  const BatchUse *use = batch_use(run->options.mode);
  if (!use) return NULL;
  Batch *batch = calloc(1, sizeof *batch);
  BatchWork *work = calloc(1, sizeof *work);
  if (!batch || !work) arena_exhausted(sizeof *work);
  batch->run = run;
  batch->work = work;
  work->use = use;
  text_add(&batch->text, "", 1);
  if (run->options.mode == MODE_LIST) {
    run->journal.fd = -1;
    run->store = (Store){.lock_fd = -1, .state_fd = -1, .own_fd = -1, .log_fd = -1};
    run->store.state = strdup(RT_LIST_ROOT);
    run->store.made = strdup("/"); /* all files are told by their paths: none is read */
    if (!run->store.state || !run->store.made) arena_exhausted(sizeof RT_LIST_ROOT);
  }
  return batch;
}

void batch_begin(Run *run) {
  if (run->batch && run->batch->work->use->begin) run->batch->work->use->begin(run->batch);
}

void batch_free(Batch *batch) {
  if (!batch) return;
  BatchWork *work = batch->work;
  free(batch->tasks);
  free(batch->attrs);
  free(batch->joints);
  free(batch->numbers);
  free(batch->later);
  text_free(&batch->text);
  text_free(&work->prefix);
  text_free(&work->out);
  orders_free(work->orders, batch->run->program);
  hash_free(&work->by_key);
  hash_free(&work->by_name);
  hash_free(&work->names);
  hash_free(&work->by_attrs);
  free(work->needed);
  free(work->laters);
  free(work);
  free(batch);
}

const char *batch_text(const Batch *batch, uint64_t offset) { return batch->text.data + offset; }

const RtTask *batch_task(const Batch *batch, uint32_t number) {
  return &batch->run->program->tasks[batch->tasks[number].task];
}

void batch_key(const Batch *batch, uint32_t number, char key[33]) {
  char hex[65];
  digest_hex(&batch->tasks[number].key, hex);
  memcpy(key, hex, 32);
  key[32] = 0;
}

/* ---- promises ---- */

typedef struct Promise {
  Job *job;
  RtWork work;
} Promise;

static void promise_outputs(void *with) {
  Promise *promise = with;
  Job *job = promise->job;
  RtCtx ctx = {frame_arena(job->frame), &promise->work, job->run};
  job->task->finish(&ctx, job->in, job->frame->slots + job->code->slot);
}

static void add_later(Batch *batch, Frame *frame, uint32_t step, uint32_t waits, BatchLater later) {
  batch->later = batch_room(batch->later, batch->later_count, &batch->work->later_cap, sizeof *batch->later);
  if (!later.place.file) later.place = frame->plan->code->steps[step].place;
  later.label = batch_put_label(batch, frame, step);
  later.waits = waits;
  batch->work->laters = batch_room(batch->work->laters, batch->later_count, &batch->work->laters_cap,
                                   sizeof(Place));
  batch->work->laters[batch->later_count] = (Place){frame, step};
  batch->later[batch->later_count++] = later;
  frame->state[step] |= STEP_LATER;
}

/* Promise what can be; where the evaluation goes on with blanks and then fails, nothing of it counts. */
static Promised promise(Promise *promise) {
  Job *job = promise->job;
  const Failure *failure = &job->run->failure;
  int whole = run_try(job->run, promise_outputs, promise);
  if (whole && !promise->work.later) return PROMISED_ALL;
  for (uint32_t i = 0; whole && i < job->task->out_count; i++)
    if (job->task->outs[i].by_contents) return PROMISED_PART;
  if (failure->later && !promise->work.later) {
    promise->work.later = failure->later;
    promise->work.later_at = failure->at;
  }
  return PROMISED_NOTHING;
}

static void end_note(Promise *promise, uint32_t number, Promised promised) {
  Job *job = promise->job;
  Run *run = job->run;
  if (promised == PROMISED_ALL) {
    task_done(job);
  } else if (promise->work.later) {
    Frame *frame = job->frame;
    uint32_t step = job->step;
    run->batch->tasks[number].state |= BATCH_LATER;
    add_later(run->batch, frame, step, number,
              (BatchLater){.place = promise->work.later_at, .why = promise->work.later});
    task_hold(job);
    if (promised == PROMISED_PART) step_promised(frame, step);
  } else {
    message_failure(run, job->frame, job->step);
    run_failed(run);
    task_drop(job);
  }
}

static void begin(Batch *batch) {
  if (batch->work->orders) return;
  text_addf(&batch->work->prefix, "%s/store/", batch->run->store.state);
  batch->work->orders = orders_new(batch->run->program);
}

void batch_note(Job *job) {
  Batch *batch = job->run->batch;
  begin(batch);
  uint32_t number = batch_find_twin(batch, job);
  int is_new = number == RT_NONE;
  if (is_new) number = batch_add(batch, job);
  batch_is_at(batch, job->frame, job->step, number);
  text_addf(&job->dir, "%s/store/%s", job->run->store.state, batch_text(batch, batch->tasks[number].name));
  Promise what = {job,
                  {.dir = job->dir.data, .dir_fd = -1, .stdout_fd = -1, .task = job->task, .promise = 1}};
  Promised promised = promise(&what);
  if (is_new && batch->work->use->noted) batch->work->use->noted(batch, number, job, promised);
  end_note(&what, number, promised);
}

void batch_done(const Job *job) {
  begin(job->run->batch);
  batch_is_at(job->run->batch, job->frame, job->step, RT_NONE);
}

/* ---- later ---- */

void batch_later(Run *run, Frame *frame, uint32_t step) {
  const Failure *failure = &run->failure;
  uint32_t waits = failure->file ? batch_maker(run->batch, failure->file->path->bytes) : RT_NONE;
  uint8_t blocks = frame->plan->code->steps[step].kind == RT_CALL; /* it is not even prepared */
  add_later(run->batch, frame, step, waits,
            (BatchLater){.place = failure->at, .why = failure->later, .blocks = blocks});
  run->batch->blocked |= blocks;
}

void batch_unanswered(Run *run, Frame *frame, uint32_t step) {
  add_later(run->batch, frame, step, RT_NONE, (BatchLater){.why = "an answer", .blocks = 1});
  run->batch->blocked = 1;
}

static int calls(const Run *run, const RtStep *step) {
  return (step->target != RT_NONE && run->plans[step->target].calls) ||
         (step->kind == RT_BRANCH && step->other != RT_NONE && run->plans[step->other].calls);
}

/* Whether tasks may come of a step that has not come to its end; frames that are there speak for themselves. */
static int may_call(const Run *run, const Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  if (frame->state[step] & (STEP_DONE | STEP_LATER)) return 0;
  if (code->kind == RT_CALL || code->kind == RT_ASK) return 1;
  if (code->kind < RT_MAP || code->kind > RT_TREE || !calls(run, code)) return 0;
  const Region *region = frame->regions[frame->plan->ordinals[step]];
  return !region || (code->kind == RT_MAP ? region->next < region->width : code->kind != RT_BRANCH);
}

static int is_blocked(const Run *run) {
  for (const Frame *frame = run->frames; frame; frame = frame->older)
    for (uint32_t i = 0; frame->left && i < frame->plan->code->nsteps; i++)
      if (may_call(run, frame, i)) return 1;
  return 0;
}

/* A search for tasks that may come of a step, through what waits for it. */
typedef struct Search {
  const Run *run;
  Place places[MOST_SEARCHED];
  HashMap seen;
  uint32_t count;
  int found;
} Search;

static void search_user(Frame *frame, uint32_t step, void *with) {
  Search *search = with;
  if (search->found || frame->state[step] & (STEP_DONE | STEP_LATER | STEP_IDLE)) return;
  uint64_t key = hash_bytes(&(Place){frame, step}, offsetof(Place, step)) + step;
  if (hash_get(&search->seen, key)) return;
  hash_put(&search->seen, key, 1);
  if (may_call(search->run, frame, step) || search->count == MOST_SEARCHED) search->found = 1;
  if (!search->found) search->places[search->count++] = (Place){frame, step};
}

/* Where many steps would have to be looked at, the answer is that tasks may come of it: another preparation will tell. */
static int leads_to_calls(Search *search, Place from) {
  hash_free(&search->seen);
  search->count = 0;
  search->found = 0;
  step_each_user(from.frame, from.step, search_user, search);
  for (uint32_t i = 0; i < search->count && !search->found; i++)
    step_each_user(search->places[i].frame, search->places[i].step, search_user, search);
  for (uint32_t i = 0; i < search->count && !search->found; i++)
    search->places[i].frame->state[search->places[i].step] |= STEP_IDLE;
  return search->found;
}

static void find_blocking(Batch *batch) {
  Search *search = calloc(1, sizeof *search);
  if (!search) arena_exhausted(sizeof *search);
  search->run = batch->run;
  for (uint32_t i = 0; i < batch->later_count && batch->blocked; i++) {
    BatchLater *later = &batch->later[i];
    if (!later->blocks) later->blocks = (uint8_t)leads_to_calls(search, batch->work->laters[i]);
  }
  hash_free(&search->seen);
  free(search);
}

void batch_end(Run *run) {
  Batch *batch = run->batch;
  if (run->status || run->stop_signal) return;
  batch->found = run->counts.cached;
  if (!batch->blocked) batch->blocked = (uint8_t)is_blocked(run);
  find_blocking(batch);
  run->status = batch->work->use->end(batch);
}

uint32_t *batch_awaited(const Batch *batch, uint32_t *count) {
  uint8_t *seen = calloc(batch->count + 1, 1);
  uint32_t *numbers = calloc(batch->count + 1, sizeof *numbers);
  if (!seen || !numbers) arena_exhausted(batch->count * sizeof *numbers);
  for (uint32_t i = 0; i < batch->later_count; i++)
    if (batch->later[i].waits != RT_NONE && batch->later[i].blocks) seen[batch->later[i].waits] = 1;
  *count = 0;
  for (uint32_t i = 0; i < batch->count; i++)
    if (seen[i]) numbers[(*count)++] = i;
  free(seen);
  return numbers;
}
