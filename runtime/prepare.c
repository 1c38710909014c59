/* prepare.c: --prepare FILE: what is left to do as a file of tasks, for whoever runs them, in any order of need. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "batch_work.h"
#include "disk.h"
#include "text.h"

static void put_span(RtText *out, const char *name, const Batch *batch, BatchSpan span) {
  text_addf(out, ", \"%s\": [", name);
  for (uint32_t i = 0; i < span.count; i++) text_addf(out, i ? ", %u" : "%u", batch->numbers[span.first + i]);
  text_char(out, ']');
}

static void put_task(RtText *out, const Batch *batch, uint32_t number) {
  const BatchTask *task = &batch->tasks[number];
  char key[33];
  batch_key(batch, number, key);
  text_addf(out, "{\"task\": %u, \"key\": \"%s\", \"name\": \"%s\", \"label\": ", number, key,
            batch_task(batch, number)->name);
  const char *label = batch_text(batch, task->label);
  text_json(out, label, strlen(label));
  text_addf(out, ", \"level\": %u", task->level);
  put_span(out, "needs", batch, task->needs);
  if (task->joints.count) put_span(out, "joints", batch, task->joints);
  text_puts(out, "}\n");
}

static void put_later(RtText *out, const Batch *batch, const BatchLater *later) {
  const char *label = batch_text(batch, later->label);
  text_puts(out, "{\"later\": ");
  text_json(out, label, strlen(label));
  text_addf(out, ", \"why\": \"%s\"", later->why);
  if (later->waits != RT_NONE) text_addf(out, ", \"waits\": %u", later->waits);
  text_puts(out, later->blocks ? ", \"blocks\": true}\n" : "}\n");
}

static int end(Batch *batch) {
  RtText out = {0};
  uint32_t *all = calloc((size_t)batch->count + 1, sizeof *all);
  if (!all) arena_exhausted(batch->count * sizeof *all);
  for (uint32_t i = 0; i < batch->count; i++) all[i] = i;
  int error = batch_write(batch, batch->run->options.prepare, all, batch->count);
  free(all);
  if (error) {
    run_broken(batch->run, "write", batch->run->options.prepare, error);
    return 1;
  }
  for (uint32_t i = 0; i < batch->joint_count; i++) {
    text_addf(&out, "{\"joint\": %u", i);
    put_span(&out, "tasks", batch, batch->joints[i].tasks);
    text_puts(&out, "}\n");
  }
  for (uint32_t i = 0; i < batch->count; i++) put_task(&out, batch, i);
  for (uint32_t i = 0; i < batch->later_count; i++) put_later(&out, batch, &batch->later[i]);
  text_addf(&out, "{\"tasks\": %u, \"found\": %lld, \"blocked\": %s}\n", batch->count,
            (long long)batch->found, batch->blocked ? "true" : "false");
  error = disk_write(STDOUT_FILENO, out.data, out.len);
  text_free(&out);
  return error != 0;
}

const BatchUse prepare_use = {end, NULL, NULL};
