/* slurm_submit.c: tasks of one kind, level and resources are an array; one sbatch each. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "mark.h"
#include "slurm.h"
#include "text.h"

enum { MOST_WORDS = 40 };

/* Words of a command in the making. */
typedef struct Words {
  RtText texts[MOST_WORDS];
  char *argv[MOST_WORDS + 1];
  uint32_t count;
} Words;

static RtText *word(Words *words, const char *start) {
  RtText *text = &words->texts[words->count++];
  text_puts(text, start);
  return text;
}

static char *const *words_argv(Words *words) {
  for (uint32_t i = 0; i < words->count; i++) words->argv[i] = words->texts[i].data;
  words->argv[words->count] = NULL;
  return words->argv;
}

static void words_free(Words *words) {
  for (uint32_t i = 0; i < words->count; i++) text_free(&words->texts[i]);
}

/* In names of files % means something to Slurm, and \ that % does not. */
static void put_path(RtText *into, const char *path) {
  for (; *path; path++) {
    if (*path == '%') text_char(into, '%');
    text_char(into, *path);
  }
}

/* ---- resources ---- */

/* Whether the script says it itself: who edits the script decides. */
static int script_says(const char *script, const char *option) {
  size_t len = strlen(option);
  for (const char *line = script; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    if (strncmp(line, "#SBATCH", 7) != 0) continue;
    const char *at = line + 7 + strspn(line + 7, " \t");
    if (strncmp(at, option, len) == 0 && strchr("= \t\n", at[len])) return 1;
  }
  return 0;
}

static void ask(Words *words, const char *script, const char *option, double value, const char *unit) {
  if (!(value > 0) || value > 1e15 || script_says(script, option)) return;
  text_addf(word(words, option), "=%lld%s", (long long)ceil(value - 1e-9), unit);
}

/* Minutes: the mean and two standard deviations, for each try. */
static double minutes(const BatchAttrs *attrs) {
  double seconds = attrs->time.mean + 2 * attrs->time.sd;
  if (!(seconds > 0)) seconds = attrs->timeout;
  return ceil(seconds * (double)(attrs->retries + 1) / 60 - 1e-9);
}

static void put_resources(Words *words, const char *script, const BatchAttrs *attrs) {
  ask(words, script, "--cpus-per-task",
      attrs->ranks > 0 && attrs->cpus > 0 ? ceil(attrs->cpus / (double)attrs->ranks) : attrs->cpus, "");
  ask(words, script, "--mem", attrs->memory / 1048576, "M");
  ask(words, script, "--gpus", attrs->gpus, "");
  ask(words, script, "--tmp", attrs->disk / 1048576, "M");
  ask(words, script, "--nodes", (double)attrs->nodes, "");
  ask(words, script, "--ntasks", (double)attrs->ranks, "");
  ask(words, script, "--time", minutes(attrs), "");
}

/* ---- one array ---- */

static char *read_script(const SlurmWave *wave, const char *class, RtText *path) {
  if (*wave->run.jobs)
    text_addf(path, "%s/%s.sbatch", wave->run.jobs, class);
  else
    text_addf(path, "%s/task.sbatch", wave->queue.dir);
  int fd = open(path->data, O_RDONLY | O_CLOEXEC);
  size_t len;
  char *script = fd < 0 ? NULL : disk_get(fd, 0, 1 << 20, &len);
  if (fd >= 0) close(fd);
  return script;
}

static int append(const SlurmWave *wave, const char *name, const RtText *lines) {
  int fd = openat(wave->queue.dir_fd, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  int error = fd < 0 ? errno : disk_write(fd, lines->data, lines->len);
  if (fd >= 0 && close(fd) && !error) error = errno;
  return error;
}

static int write_index(const SlurmWave *wave, uint32_t array, const char *class, const uint32_t *numbers,
                       uint32_t count) {
  RtText lines = {0};
  char key[33];
  for (uint32_t i = 0; i < count; i++) {
    batch_key(wave->batch, numbers[i], key);
    text_addf(&lines, "%u\t%u\t%s\tlogs/%s.%u_%u\t", array, i, key, class, array, i);
    text_puts(&lines, batch_text(wave->batch, wave->batch->tasks[numbers[i]].label));
    text_char(&lines, '\n');
  }
  int error = append(wave, "index", &lines);
  text_free(&lines);
  return error;
}

static void note_job(SlurmWave *wave, uint32_t array, const char *job, const char *class) {
  RtText line = {0};
  text_addf(&line, "%u\t%s\t%u\t%s\n", array, job, wave->queue.arrays[array].count, class);
  int error = append(wave, "jobs", &line);
  if (error) run_broken(wave->batch->run, "write in", wave->queue.dir, error);
  text_free(&line);
}

static void put_words(SlurmWave *wave, Words *words, uint32_t array, const char *class, const char *script,
                      const char *path, const char *tasks, const uint32_t *numbers) {
  uint32_t count = wave->queue.arrays[array].count;
  RtText dependency = {0};
  word(words, "sbatch");
  word(words, "--parsable");
  word(words, "--requeue");
  word(words, "--kill-on-invalid-dep=yes");
  word(words, "--open-mode=append");
  text_addf(word(words, "--array=0-"), "%u", count - 1);
  text_addf(word(words, "--comment=weft "), "%s %u", wave->queue.tag, array);
  if (!script_says(script, "--job-name")) text_puts(word(words, "--job-name="), class);
  RtText *output = word(words, "--output=");
  put_path(output, wave->queue.dir);
  text_addf(output, "/logs/%s.%u_%%a", class, array);
  put_resources(words, script, &wave->batch->attrs[wave->batch->tasks[numbers[0]].attrs]);
  slurm_dependencies(wave, numbers, count, &dependency);
  if (dependency.len) text_puts(word(words, "--dependency="), dependency.data);
  text_free(&dependency);
  word(words, path);
  word(words, wave->self);
  word(words, tasks);
}

/* They cannot run here: that is their failure. */
static void refuse(SlurmWave *wave, const uint32_t *numbers, uint32_t count, const char *why) {
  for (uint32_t i = 0; i < count; i++) {
    const BatchTask *task = &wave->batch->tasks[numbers[i]];
    const char *label = batch_text(wave->batch, task->label);
    RtText mark = {0};
    text_addf(&mark, "R0127 %s\nerror[R0127]: Slurm does not take %s: %s\n", label, label, why);
    mark_put(&wave->batch->run->store, &task->key, "failed", mark.data, mark.len);
    text_free(&mark);
    wave->fates[numbers[i]] = FATE_FAILED;
  }
}

static void taken(SlurmWave *wave, uint32_t array, const char *job, const uint32_t *numbers, uint32_t count) {
  snprintf(wave->queue.arrays[array].job, sizeof wave->queue.arrays[array].job, "%s", job);
  wave->queue.arrays[array].live = count;
  for (uint32_t i = 0; i < count; i++) {
    wave->fates[numbers[i]] = FATE_LIVE;
    wave->in_array[numbers[i]] = array;
    wave->as_element[numbers[i]] = i;
  }
  wave->room -= count;
  wave->submitted += count;
  wave->last = array;
}

/* 1: it is in the queue, or never will be; 0: there is no room. */
static int submit_array(SlurmWave *wave, const uint32_t *numbers, uint32_t count) {
  Run *run = wave->batch->run;
  RtText class = {0}, path = {0}, tasks = {0}, why = {0};
  Words words = {.count = 0};
  char job[24] = "-";
  slurm_class(&class, run->program, wave->batch->tasks[numbers[0]].task);
  uint32_t array = slurm_array_new(&wave->queue, count);
  text_addf(&tasks, "%s/%u.tasks", wave->queue.dir, array);
  char *script = read_script(wave, class.data, &path);
  int error = script ? batch_write(wave->batch, tasks.data, numbers, count) : errno;
  if (!error) error = write_index(wave, array, class.data, numbers, count);
  int end = -1;
  if (error) {
    run_broken(run, script ? "write in" : "read", script ? wave->queue.dir : path.data, error);
  } else {
    put_words(wave, &words, array, class.data, script, path.data, tasks.data, numbers);
    end = slurm_sbatch(words_argv(&words), job, &why);
    note_job(wave, array, job, class.data);
    if (end > 0) taken(wave, array, job, numbers, count);
    if (end < 0) refuse(wave, numbers, count, why.data);
  }
  words_free(&words);
  free(script);
  text_free(&class);
  text_free(&path);
  text_free(&tasks);
  text_free(&why);
  return end != 0;
}

/* ---- groups ---- */

/* A task, where it goes: tasks of one group are one array, side by side with what they need. */
typedef struct Placed {
  uint32_t group, number;
  uint64_t beside;
} Placed;

static uint64_t group_hash(const BatchTask *task) {
  uint32_t parts[3] = {task->level, task->task, task->attrs};
  return hash_bytes(parts, sizeof parts);
}

/* By level, then by first task: groups are numbered as they are met, and a level never comes before a lower one. */
static int by_level(const void *a, const void *b, void *with) {
  const BatchTask *tasks = with;
  const Placed *x = a, *y = b;
  uint32_t p = tasks[x->number].level, q = tasks[y->number].level;
  if (p != q) return p < q ? -1 : 1;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  if (x->beside != y->beside) return x->beside < y->beside ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

/* The order of an array is that of the array before it, as far as its tasks have one. */
static uint64_t place_beside(const SlurmWave *wave, uint32_t number) {
  const BatchTask *task = &wave->batch->tasks[number];
  for (uint32_t i = 0; i < task->needs.count; i++) {
    uint32_t need = wave->batch->numbers[task->needs.first + i];
    if (wave->fates[need] == FATE_LIVE) return (uint64_t)wave->in_array[need] << 32 | wave->as_element[need];
  }
  return number;
}

static Placed *place_all(SlurmWave *wave, uint32_t *count) {
  const Batch *batch = wave->batch;
  HashMap groups = {0};
  uint32_t group_count = 0;
  Placed *placed = calloc((size_t)batch->count + 1, sizeof *placed);
  if (!placed) arena_exhausted(batch->count * sizeof *placed);
  *count = 0;
  for (uint32_t i = 0; i < batch->count; i++) {
    if (wave->fates[i] != FATE_NEW) continue;
    uint64_t hash = group_hash(&batch->tasks[i]), group = hash_get(&groups, hash);
    if (!group) hash_put(&groups, hash, group = ++group_count);
    placed[(*count)++] = (Placed){(uint32_t)group, i, 0};
  }
  hash_free(&groups);
  qsort_r(placed, *count, sizeof *placed, by_level, batch->tasks);
  return placed;
}

/* One group, in pieces that Slurm takes; 0: there is no more room. */
static int submit_group(SlurmWave *wave, Placed *placed, uint32_t count, uint32_t most) {
  for (uint32_t i = 0; i < count; i++) placed[i].beside = place_beside(wave, placed[i].number);
  qsort_r(placed, count, sizeof *placed, by_level, wave->batch->tasks);
  uint32_t *numbers = calloc(count, sizeof *numbers);
  if (!numbers) arena_exhausted(count * sizeof *numbers);
  int room = 1;
  for (uint32_t at = 0; room && at < count && !wave->batch->run->broken;) {
    uint32_t piece = count - at < most ? count - at : most, good = 0;
    if (piece > wave->room) piece = wave->room > 0 ? (uint32_t)wave->room : 0;
    for (uint32_t i = 0; i < piece; i++) numbers[good++] = placed[at + i].number;
    room = piece && submit_array(wave, numbers, piece);
    if (room)
      at += piece;
    else if (piece > 1)
      wave->room = piece / 2, room = 1; /* fewer may do */
  }
  free(numbers);
  return room;
}

/* What needs something that Slurm has refused just now cannot go. */
static uint32_t drop_lost(SlurmWave *wave, Placed *placed, uint32_t count) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    const BatchTask *task = &wave->batch->tasks[placed[i].number];
    int lost = 0;
    for (uint32_t j = 0; j < task->needs.count; j++)
      lost |= wave->fates[wave->batch->numbers[task->needs.first + j]] == FATE_FAILED;
    if (lost)
      wave->fates[placed[i].number] = FATE_FAILED;
    else
      placed[kept++] = placed[i];
  }
  return kept;
}

void slurm_submit(SlurmWave *wave) {
  uint32_t count;
  Placed *placed = place_all(wave, &count);
  int64_t most = wave->run.max_array > 0 ? wave->run.max_array : slurm_setting("MaxArraySize", 1001);
  int room = 1;
  for (uint32_t at = 0, end; room && at < count && !wave->batch->run->broken; at = end) {
    for (end = at; end < count && placed[end].group == placed[at].group;) end++;
    uint32_t kept = drop_lost(wave, placed + at, end - at);
    if (kept) room = submit_group(wave, placed + at, kept, (uint32_t)most);
  }
  for (uint32_t i = 0; i < count; i++) wave->unsent += wave->fates[placed[i].number] == FATE_NEW;
  free(placed);
}

/* ---- what goes on ---- */

int slurm_submit_script(const SlurmRun *run, const char *state, const char *script, const char *dependency,
                        RtText *why) {
  Words words = {.count = 0};
  char job[24], tag[17], self[4096] = "";
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) self[0] = 0;
  slurm_tag(tag, state);
  word(&words, "sbatch");
  word(&words, "--parsable");
  word(&words, "--requeue");
  word(&words, "--kill-on-invalid-dep=yes");
  word(&words, "--open-mode=append");
  text_addf(word(&words, "--comment=weft "), "%s next", tag);
  RtText *output = word(&words, "--output=");
  put_path(output, state);
  text_puts(output, "/slurm/next.log");
  if (*dependency) text_puts(word(&words, "--dependency="), dependency);
  text_addf(word(&words, run->jobs), "/%s.sbatch", script);
  word(&words, self);
  word(&words, state);
  int end = slurm_sbatch(words_argv(&words), job, why);
  words_free(&words);
  return end;
}
