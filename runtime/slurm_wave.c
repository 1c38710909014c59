/* slurm_wave.c: what has come of the tasks so far, what goes to the queue, and what comes after. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "mark.h"
#include "message.h"
#include "slurm.h"
#include "text.h"

enum { MOST_TRIES = 3 };

static void *filled(size_t count, size_t size) {
  void *memory = calloc(count + 1, size);
  if (!memory) arena_exhausted(count * size);
  return memory;
}

/* ---- fates ---- */

static void fail_silent(SlurmWave *wave, uint32_t number, const SlurmEntry *entry, const char *state) {
  const BatchTask *task = &wave->batch->tasks[number];
  const char *label = batch_text(wave->batch, task->label);
  const SlurmArray *array = &wave->queue.arrays[entry->array];
  RtText text = {0};
  text_addf(&text, "R0126 %s\nerror[R0126]: %s has ended without a result: job %s_%u%s%s\n", label, label,
            *array->job ? array->job : "?", entry->element, *state ? ", " : "", state);
  text_addf(&text, "  its log: %s/%s\n", wave->queue.dir, wave->queue.texts.data + entry->log);
  text_puts(&text, "  help: it was cancelled, or went over its time or memory; submit again to go on\n");
  int error = mark_put(&wave->batch->run->store, &task->key, "failed", text.data, text.len);
  if (error) run_broken(wave->batch->run, "write", "a mark", error);
  text_free(&text);
}

/* It was given to Slurm, is not in the queue, and has left no mark. */
static SlurmFate silent_fate(SlurmWave *wave, uint32_t number, const SlurmEntry *entry) {
  const char *log = wave->queue.texts.data + entry->log;
  int started = faccessat(wave->queue.dir_fd, log, F_OK, 0) == 0;
  RtText state = {0};
  text_puts(&state, slurm_state(&wave->queue, entry->array, entry->element));
  int dropped = strstr(state.data, "Dependency") != NULL;
  int over = started || (*state.data && !dropped) || entry->tries >= MOST_TRIES;
  if (over) fail_silent(wave, number, entry, state.data);
  text_free(&state);
  return over ? FATE_FAILED : FATE_NEW;
}

static int needs_lost(const SlurmWave *wave, const uint8_t *lost_joints, const BatchTask *task) {
  const Batch *batch = wave->batch;
  for (uint32_t i = 0; i < task->needs.count; i++)
    if (wave->fates[batch->numbers[task->needs.first + i]] == FATE_FAILED) return 1;
  for (uint32_t i = 0; i < task->joints.count; i++)
    if (lost_joints[batch->numbers[task->joints.first + i]] == 2) return 1;
  return 0;
}

/* 1: looked at, 2: one of its tasks is lost. */
static void look_at_joints(const SlurmWave *wave, uint8_t *lost_joints, const BatchTask *task) {
  const Batch *batch = wave->batch;
  for (uint32_t i = 0; i < task->joints.count; i++) {
    uint32_t number = batch->numbers[task->joints.first + i];
    BatchSpan span = batch->joints[number].tasks;
    if (lost_joints[number]) continue;
    lost_joints[number] = 1;
    for (uint32_t j = 0; j < span.count; j++)
      if (wave->fates[batch->numbers[span.first + j]] == FATE_FAILED) lost_joints[number] = 2;
  }
}

static SlurmFate find_fate(SlurmWave *wave, uint32_t number) {
  char key[33];
  batch_key(wave->batch, number, key);
  MarkState mark = mark_state(&wave->batch->run->store, key);
  const SlurmEntry *entry = slurm_entry(&wave->queue, key);
  if (mark == MARK_DONE) return FATE_DONE;
  if (entry) {
    wave->in_array[number] = entry->array;
    wave->as_element[number] = entry->element;
    /* requeued, it may have left a mark of failure when it was ended */
    if (slurm_is_live(&wave->queue, entry->array, entry->element)) return FATE_LIVE;
  }
  if (mark == MARK_FAILED) return FATE_FAILED;
  return entry ? silent_fate(wave, number, entry) : FATE_NEW;
}

static void find_fates(SlurmWave *wave) {
  const Batch *batch = wave->batch;
  uint8_t *lost_joints = filled(batch->joint_count, 1);
  for (uint32_t i = 0; i < batch->count; i++) {
    look_at_joints(wave, lost_joints, &batch->tasks[i]);
    if (needs_lost(wave, lost_joints, &batch->tasks[i]))
      wave->fates[i] = FATE_FAILED;
    else
      wave->fates[i] = (uint8_t)find_fate(wave, i);
  }
  free(lost_joints);
}

/* ---- limits ---- */

/* One place is for the next wave. */
static void find_room(SlurmWave *wave) {
  const SlurmQueue *queue = &wave->queue;
  wave->room = slurm_setting("MaxJobCount", 10000) - queue->others - 2;
  if (wave->run.max_jobs > 0 && wave->run.max_jobs - queue->jobs - 1 < wave->room)
    wave->room = wave->run.max_jobs - queue->jobs - 1;
}

/* ---- what to wait for ---- */

/* Tasks that only a new wave sees behind; none: all that is in the queue. */
static uint8_t *awaited_tasks(const SlurmWave *wave) {
  uint32_t count = 0, live = 0;
  uint8_t *wanted = filled(wave->batch->count, 1);
  uint32_t *numbers = wave->batch->blocked ? batch_awaited(wave->batch, &count) : NULL;
  for (uint32_t i = 0; i < count; i++)
    if (wave->fates[numbers[i]] == FATE_LIVE) live += wanted[numbers[i]] = 1;
  free(numbers);
  for (uint32_t i = 0; i < wave->batch->count; i++)
    if ((!live || wave->unsent) && wave->fates[i] == FATE_LIVE) wanted[i] = 1;
  return wanted;
}

/* Any of them is enough when something can be done then; else all. */
static int any_is_enough(const SlurmWave *wave) { return wave->batch->blocked || wave->unsent; }

static void put_dependency(const SlurmWave *wave, const uint8_t *wanted, RtText *into) {
  uint8_t *put = filled(wave->queue.array_count, 1);
  for (uint32_t i = 0; i < wave->batch->count; i++) {
    uint32_t array = wave->in_array[i];
    if (!wanted[i] || put[array]) continue;
    put[array] = 1;
    if (into->len) text_char(into, any_is_enough(wave) ? '?' : ',');
    text_addf(into, "afterany:%s", wave->queue.arrays[array].job);
  }
  free(put);
}

/* For a controller, which looks for the marks itself. */
static int write_awaited(const SlurmWave *wave, const uint8_t *wanted) {
  RtText text = {0}, path = {0};
  char key[33];
  text_puts(&text, any_is_enough(wave) ? "any\n" : "all\n");
  for (uint32_t i = 0; i < wave->batch->count; i++) {
    if (!wanted[i]) continue;
    batch_key(wave->batch, i, key);
    text_addf(&text, "%s\n", key);
  }
  text_addf(&path, "%s/awaited", wave->queue.dir);
  int error = disk_put(path.data, text.data, text.len, 0666);
  text_free(&text);
  text_free(&path);
  return error;
}

/* There must be room for the next wave: what was submitted last makes it. */
static int make_room(SlurmWave *wave) {
  if (!wave->last) return 0;
  char *argv[] = {"scancel", wave->queue.arrays[wave->last].job, NULL};
  RtText out = {0}, err = {0}, line = {0};
  slurm_call(argv, 1, &out, &err);
  for (uint32_t i = 0; i < wave->batch->count; i++)
    if (wave->fates[i] == FATE_LIVE && wave->in_array[i] == wave->last) {
      wave->fates[i] = FATE_NEW;
      wave->unsent++;
    }
  text_addf(&line, "%u\t-\t0\tnone\n", wave->last);
  int fd = openat(wave->queue.dir_fd, "jobs", O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd >= 0) disk_write(fd, line.data, line.len), close(fd);
  wave->last = 0;
  text_free(&out);
  text_free(&err);
  text_free(&line);
  return 1;
}

static int submit_next(SlurmWave *wave) {
  int end;
  RtText why = {0};
  do {
    RtText dependency = {0};
    uint8_t *wanted = awaited_tasks(wave);
    put_dependency(wave, wanted, &dependency);
    text_add(&dependency, "", 0);
    end = slurm_submit_script(&wave->run, wave->batch->run->store.state, "go-on", dependency.data, &why);
    free(wanted);
    text_free(&dependency);
  } while (end == 0 && make_room(wave));
  if (end < 0)
    message_error(wave->batch->run, "R0127", NULL, "Slurm does not take the job that goes on later",
                  why.data);
  text_free(&why);
  return end < 0 ? 1 : end == 0 ? WAVE_FULL : WAVE_WAITS;
}

/* ---- the whole ---- */

static int has(const SlurmWave *wave, SlurmFate fate) {
  for (uint32_t i = 0; i < wave->batch->count; i++)
    if (wave->fates[i] == fate) return 1;
  return 0;
}

static int go_on(SlurmWave *wave) {
  Run *run = wave->batch->run;
  int controlled = strcmp(run->options.wave, "control") == 0;
  if (wave->submitted)
    message_note(run, "%u tasks submitted%s", wave->submitted,
                 wave->unsent ? ", as many as the queue takes; the rest follows" : "");
  if (!has(wave, FATE_LIVE)) return wave->unsent ? WAVE_FULL : has(wave, FATE_DONE) ? WAVE_AGAIN : WAVE_ENDS;
  uint8_t *wanted = awaited_tasks(wave);
  int error = write_awaited(wave, wanted);
  free(wanted);
  if (error) {
    run_broken(run, "write in", wave->queue.dir, error);
    return 1;
  }
  if (has(wave, FATE_DONE) && wave->batch->blocked) return WAVE_AGAIN;
  return controlled || wave->queue.next_live ? WAVE_WAITS : submit_next(wave);
}

static int open_wave(SlurmWave *wave) {
  Run *run = wave->batch->run;
  int error = slurm_run_read(&wave->run, run->store.state);
  ssize_t len = readlink("/proc/self/exe", wave->self, sizeof wave->self - 1);
  if (!error && len < 0) error = errno;
  if (error) {
    run_broken(run, "read", "how the workflow was submitted", error);
    return 0;
  }
  wave->self[len] = 0;
  return slurm_queue_open(&wave->queue, run->store.state);
}

static int end(Batch *batch) {
  SlurmWave wave = {.batch = batch, .queue.dir_fd = -1};
  wave.fates = filled(batch->count, 1);
  wave.in_array = filled(batch->count, sizeof *wave.in_array);
  wave.as_element = filled(batch->count, sizeof *wave.as_element);
  wave.stamps = filled(batch->count, sizeof *wave.stamps);
  int status = WAVE_DOWN;
  int opened = open_wave(&wave);
  if (opened) find_fates(&wave);
  if (opened && strcmp(batch->run->options.wave, "pilot") == 0) {
    status = slurm_pilot_wave(&wave);
  } else if (opened) {
    find_room(&wave);
    slurm_submit(&wave);
    status = batch->run->broken ? 1 : go_on(&wave);
  } else if (batch->run->broken) {
    status = 1;
  }
  slurm_queue_close(&wave.queue);
  slurm_run_free(&wave.run);
  free(wave.fates);
  free(wave.in_array);
  free(wave.as_element);
  free(wave.stamps);
  return status;
}

const BatchUse slurm_use = {.begin = NULL, .end = end, .noted = NULL};
