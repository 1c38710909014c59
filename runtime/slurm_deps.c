/* slurm_deps.c: what an array waits for.
 *
 * Where element i needs element i of an array of as many, and nothing else of it: aftercorr.  Where all elements of
 * an array are needed: afterok of the array.  Where some are: afterok of each, or of the whole when they are many.
 * What Slurm drops since a job before it has failed, although it would not have needed that one, the next wave
 * submits again. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "slurm.h"
#include "text.h"

enum { FEW = 64 };

/* What the tasks need of one array. */
typedef struct Needed {
  uint32_t array, distinct;
  uint32_t few[FEW];
  uint8_t apart; /* not element by element */
} Needed;

typedef struct Gathering {
  SlurmWave *wave;
  Needed *all;
  uint32_t count;
  HashMap by_array;
  uint32_t stamp;
} Gathering;

static Needed *needed_of(Gathering *gathering, uint32_t array) {
  uint64_t found = hash_get(&gathering->by_array, (uint64_t)array + 1);
  if (found) return &gathering->all[found - 1];
  if (!(gathering->count & (gathering->count - 1))) {
    size_t cap = gathering->count ? 2 * (size_t)gathering->count : 1;
    Needed *grown = realloc(gathering->all, cap * sizeof *grown);
    if (!grown) arena_exhausted(cap * sizeof *grown);
    gathering->all = grown;
  }
  Needed *needed = &gathering->all[gathering->count++];
  memset(needed, 0, sizeof *needed);
  needed->array = array;
  hash_put(&gathering->by_array, (uint64_t)array + 1, gathering->count);
  return needed;
}

/* `element` of the array to be needs a task; UINT32_MAX: all of them do. */
static void add(Gathering *gathering, uint32_t task, uint32_t element) {
  SlurmWave *wave = gathering->wave;
  if (wave->fates[task] != FATE_LIVE) return;
  Needed *needed = needed_of(gathering, wave->in_array[task]);
  if (wave->as_element[task] != element) needed->apart = 1;
  if (wave->stamps[task] == gathering->stamp) return;
  wave->stamps[task] = gathering->stamp;
  if (needed->distinct < FEW) needed->few[needed->distinct] = wave->as_element[task];
  needed->distinct++;
}

static void add_joint(Gathering *gathering, HashMap *seen, uint32_t number) {
  const Batch *batch = gathering->wave->batch;
  if (hash_get(seen, (uint64_t)number + 1)) return;
  hash_put(seen, (uint64_t)number + 1, 1);
  BatchSpan span = batch->joints[number].tasks;
  for (uint32_t i = 0; i < span.count; i++) add(gathering, batch->numbers[span.first + i], UINT32_MAX);
}

static void put(const Gathering *gathering, const Needed *needed, uint32_t width, RtText *into) {
  const SlurmArray *array = &gathering->wave->queue.arrays[needed->array];
  if (into->len) text_char(into, ',');
  if (!needed->apart && needed->distinct == width && array->count == width) {
    text_addf(into, "aftercorr:%s", array->job);
  } else if (needed->distinct >= array->count || needed->distinct > FEW) {
    text_addf(into, "afterok:%s", array->job);
  } else {
    text_puts(into, "afterok");
    for (uint32_t i = 0; i < needed->distinct; i++) text_addf(into, ":%s_%u", array->job, needed->few[i]);
  }
}

void slurm_dependencies(SlurmWave *wave, const uint32_t *numbers, uint32_t count, RtText *into) {
  const Batch *batch = wave->batch;
  Gathering gathering = {.wave = wave, .stamp = wave->queue.array_count};
  HashMap joints = {0};
  for (uint32_t i = 0; i < count; i++) {
    const BatchTask *task = &batch->tasks[numbers[i]];
    for (uint32_t j = 0; j < task->needs.count; j++)
      add(&gathering, batch->numbers[task->needs.first + j], i);
    for (uint32_t j = 0; j < task->joints.count; j++)
      add_joint(&gathering, &joints, batch->numbers[task->joints.first + j]);
  }
  for (uint32_t i = 0; i < gathering.count; i++) put(&gathering, &gathering.all[i], count, into);
  hash_free(&joints);
  hash_free(&gathering.by_array);
  free(gathering.all);
}
