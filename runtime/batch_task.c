/* batch_task.c: a preparation's tasks: what each is called, what it needs, what it asks for. */
#include <string.h>

#include "arena.h"
#include "batch_work.h"
#include "text.h"

/* End what was appended to the text: its offset. */
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

uint32_t batch_find_twin(const Batch *batch, const Job *job) {
  uint64_t number = job->shared ? hash_get(&batch->work->by_key, key_hash(&job->key)) : 0;
  if (!number || memcmp(&batch->tasks[number - 1].key, &job->key, sizeof job->key) != 0) return RT_NONE;
  return (uint32_t)number - 1;
}

uint64_t batch_put_label(Batch *batch, const Frame *frame, uint32_t step) {
  uint64_t at = batch->text.len;
  step_label(&batch->text, frame, step);
  return text_end(batch, at);
}

uint32_t batch_add(Batch *batch, Job *job) {
  BatchWork *work = batch->work;
  size_t needed_cap = work->task_cap;
  batch->tasks = batch_room(batch->tasks, batch->count, &work->task_cap, sizeof *batch->tasks);
  work->needed = batch_room(work->needed, batch->count, &needed_cap, sizeof *work->needed);
  BatchTask *task = &batch->tasks[batch->count];
  work->needed[batch->count] = 0;
  *task = (BatchTask){.task = (uint32_t)(job->task - job->run->program->tasks), .key = job->key};
  task->attrs = find_attrs(batch, &job->attrs);
  task->label = batch_put_label(batch, job->frame, job->step);
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
