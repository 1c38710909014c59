/* batch.c: a preparation: tasks are noted, what they make is promised, what asks for contents is put off. */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "batch_work.h"
#include "message.h"
#include "slurm.h"
#include "text.h"
#include "work.h"

void *batch_room(void *items, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return items;
  *cap = *cap ? *cap * 2 : 64;
  void *grown = realloc(items, *cap * size);
  if (!grown) arena_exhausted(*cap * size);
  return grown;
}

const BatchUse *batch_use(RtMode mode) {
  static const BatchUse *const uses[] = {[MODE_LIST] = &list_use, [MODE_PREPARE] = &prepare_use, [MODE_SLURM] = &slurm_use};
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

/* Put what `add` has appended to the text into place: its offset. */
static uint64_t text_end(Batch *batch, uint64_t from) {
  text_add(&batch->text, "", 1);
  return from;
}

/* ---- names of directories ---- */

/* "bams[3]/x[1]/align#2" is "align-2/3-1": the step, then where it is.  Always two names, so that the way from one
 * directory to another is known. */
static void put_list_name(RtText *into, const char *label) {
  const char *slash = strrchr(label, '/'), *leaf = slash ? slash + 1 : label;
  for (; *leaf; leaf++) text_char(into, *leaf == '#' ? '-' : *leaf);
  text_char(into, '/');
  size_t from = into->len;
  for (const char *at = label; slash && at < slash; at++) {
    if (*at != '[') continue;
    if (into->len > from) text_char(into, '-');
    text_add(into, at + 1, strcspn(at, "]") - 1);
  }
  if (into->len == from) text_char(into, '0');
}

/* Steps of one name in different places get numbers: "align/3", "align/3_2". */
static uint64_t list_name(Batch *batch, const char *label) {
  RtText name = {0};
  put_list_name(&name, label);
  uint64_t hash = hash_bytes(name.data, name.len), before = hash_get(&batch->work->names, hash);
  hash_put(&batch->work->names, hash, before + 1);
  if (before) text_addf(&name, "_%llu", (unsigned long long)before + 1);
  uint64_t at = batch->text.len;
  text_add(&batch->text, name.data, name.len);
  text_free(&name);
  return text_end(batch, at);
}

static uint64_t task_name(Batch *batch, const Job *job, uint64_t label) {
  if (job->run->options.mode == MODE_LIST) {
    RtText copy = {0}; /* the text may move as it grows */
    text_puts(&copy, batch_text(batch, label));
    uint64_t at = list_name(batch, copy.data);
    text_free(&copy);
    return at;
  }
  char hex[65];
  digest_hex(&job->key, hex);
  uint64_t at = batch->text.len;
  text_add(&batch->text, hex, 32);
  return text_end(batch, at);
}

/* The length of a directory's name at the start of a path below the store. */
static size_t name_len(const Batch *batch, const char *rest) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  size_t len = strspn(rest, plain);
  if (batch->run->options.mode == MODE_LIST && rest[len] == '/') len += 1 + strspn(rest + len + 1, plain);
  return len;
}

uint32_t batch_maker(Batch *batch, const char *path) {
  BatchWork *work = batch->work;
  if (strncmp(path, work->prefix.data, work->prefix.len) != 0) return RT_NONE;
  const char *rest = path + work->prefix.len;
  uint64_t number = hash_get(&work->by_name, hash_bytes(rest, name_len(batch, rest)));
  return number ? (uint32_t)number - 1 : RT_NONE;
}

/* ---- what a task needs ---- */

void batch_push_number(Batch *batch, uint32_t number) {
  BatchWork *work = batch->work;
  batch->numbers = batch_room(batch->numbers, work->number_count, &work->number_cap, sizeof *batch->numbers);
  batch->numbers[work->number_count++] = number;
}

/* Each counts once. */
void batch_need(Batch *batch, uint32_t number) {
  BatchWork *work = batch->work;
  BatchTask *task = &batch->tasks[batch->count];
  if (number == RT_NONE || work->needed[number] == batch->count + 1) return;
  work->needed[number] = batch->count + 1;
  batch_push_number(batch, number);
  if (batch->tasks[number].level >= task->level) task->level = batch->tasks[number].level + 1;
}

static void need_file(RtFile *file, void *with) {
  Batch *batch = with;
  batch_need(batch, batch_maker(batch, file->path->bytes));
}

/* A path may have become part of a string: who uses it needs the file as well. */
static void need_string(const RtString *string, void *with) {
  Batch *batch = with;
  const RtText *prefix = &batch->work->prefix;
  const char *at = string->bytes, *end = at + string->len;
  while (prefix->len && (at = memmem(at, (size_t)(end - at), prefix->data, prefix->len))) {
    batch_need(batch, batch_maker(batch, at));
    at += prefix->len;
  }
}

static BatchSpan find_needs(Batch *batch, Job *job) {
  BatchWork *work = batch->work;
  const RtType *type = job->task->in_type;
  batch_make_joints(batch, job->frame, job->step);
  uint32_t first = (uint32_t)work->number_count;
  value_each_file(type, job->in, need_file, batch);
  value_each_string(type, job->in, need_string, batch);
  batch_need_single(batch, job->frame, job->step);
  return (BatchSpan){first, (uint32_t)work->number_count - first};
}

/* ---- attributes ---- */

static const char *keep_image(Batch *batch, const RtString *image) {
  return image ? arena_copy(batch->run->arena, image->bytes, (size_t)image->len) : NULL;
}

static int same_attrs(const BatchAttrs *a, const BatchAttrs *b, const RtString *image) {
  if ((a->image != NULL) != (image != NULL) || (image && strcmp(a->image, image->bytes) != 0)) return 0;
  return a->cpus == b->cpus && a->gpus == b->gpus && a->memory == b->memory && a->disk == b->disk &&
         a->time.mean == b->time.mean && a->time.sd == b->time.sd && a->timeout == b->timeout &&
         a->retries == b->retries && a->nodes == b->nodes && a->ranks == b->ranks;
}

static uint32_t find_attrs(Batch *batch, const RtAttrs *from) {
  BatchAttrs attrs;
  memset(&attrs, 0, sizeof attrs);
  attrs.cpus = from->cpus, attrs.gpus = from->gpus, attrs.memory = from->memory, attrs.disk = from->disk;
  attrs.time = from->time, attrs.timeout = from->timeout, attrs.retries = from->retries;
  attrs.nodes = from->nodes, attrs.ranks = from->ranks;
  uint64_t hash = hash_bytes(&attrs, sizeof attrs);
  if (from->image) hash ^= hash_bytes(from->image->bytes, (size_t)from->image->len);
  uint64_t found = hash_get(&batch->work->by_attrs, hash);
  if (found && same_attrs(&batch->attrs[found - 1], &attrs, from->image)) return (uint32_t)found - 1;
  attrs.image = keep_image(batch, from->image);
  batch->attrs = batch_room(batch->attrs, batch->attrs_count, &batch->work->attrs_cap, sizeof *batch->attrs);
  batch->attrs[batch->attrs_count++] = attrs;
  hash_put(&batch->work->by_attrs, hash, batch->attrs_count);
  return batch->attrs_count - 1;
}

/* ---- noting ---- */

static uint64_t key_hash(const RtDigest *key) {
  uint64_t hash;
  memcpy(&hash, key->bytes, sizeof hash);
  return hash;
}

/* The task of the same key, if it is one that can be shared. */
static uint32_t find_twin(const Batch *batch, const Job *job) {
  uint64_t number = job->shared ? hash_get(&batch->work->by_key, key_hash(&job->key)) : 0;
  if (!number || memcmp(&batch->tasks[number - 1].key, &job->key, sizeof job->key) != 0) return RT_NONE;
  return (uint32_t)number - 1;
}

static uint64_t put_label(Batch *batch, const Frame *frame, uint32_t step) {
  uint64_t at = batch->text.len;
  step_label(&batch->text, frame, step);
  return text_end(batch, at);
}

static uint32_t add_task(Batch *batch, Job *job) {
  BatchWork *work = batch->work;
  size_t needed_cap = work->task_cap;
  batch->tasks = batch_room(batch->tasks, batch->count, &work->task_cap, sizeof *batch->tasks);
  work->needed = batch_room(work->needed, batch->count, &needed_cap, sizeof *work->needed);
  BatchTask *task = &batch->tasks[batch->count];
  work->needed[batch->count] = 0;
  *task = (BatchTask){.task = (uint32_t)(job->task - job->run->program->tasks), .key = job->key};
  task->attrs = find_attrs(batch, &job->attrs);
  task->label = put_label(batch, job->frame, job->step);
  task->name = task_name(batch, job, task->label);
  task->needs = find_needs(batch, job);
  task->joints = batch_find_joints(batch, job->frame, job->step);
  if (job->run->options.mode != MODE_LIST) {
    task->input = batch->text.len;
    value_encode(&batch->text, job->task->in_type, job->in, job->run->store.state);
    task->input_len = (uint32_t)(batch->text.len - task->input);
    text_end(batch, task->input);
  }
  const char *name = batch_text(batch, task->name);
  hash_put(&work->by_name, hash_bytes(name, strlen(name)), batch->count + 1);
  hash_put(&work->by_key, key_hash(&job->key), batch->count + 1);
  return batch->count++;
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
  later.label = put_label(batch, frame, step);
  later.waits = waits;
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
  uint32_t number = find_twin(batch, job);
  int is_new = number == RT_NONE;
  if (is_new) number = add_task(batch, job);
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
  add_later(run->batch, frame, step, waits, (BatchLater){.place = failure->at, .why = failure->later});
  if (frame->plan->code->steps[step].kind == RT_CALL) run->batch->blocked = 1;
}

void batch_unanswered(Run *run, Frame *frame, uint32_t step) {
  add_later(run->batch, frame, step, RT_NONE, (BatchLater){.why = "an answer"});
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

void batch_end(Run *run) {
  Batch *batch = run->batch;
  if (run->status || run->stop_signal) return;
  batch->found = run->counts.cached;
  if (!batch->blocked) batch->blocked = (uint8_t)is_blocked(run);
  for (uint32_t i = 0; i < batch->later_count; i++) batch->later[i].blocks = batch->blocked;
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
