/* slurm_queue.c: what has been given to Slurm, and what of it is in the queue. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "slurm.h"
#include "text.h"

/* ---- lines of fields ---- */

/* Cut a line at its separators; how many fields there are, at most `most`.  The last takes the rest. */
static int cut(char *line, char separator, char **fields, int most) {
  int count = 0;
  for (char *at = line; at && count < most; at = count < most ? strchr(at, separator) : NULL) {
    if (count) *at++ = 0;
    fields[count++] = at;
  }
  return count;
}

/* Each whole line of a text, which is changed. */
static void each_line(char *text, void (*visit)(char *line, void *with), void *with) {
  for (char *end; text && (end = strchr(text, '\n')); text = end + 1) {
    *end = 0;
    visit(text, with);
  }
}

static void each_line_of(SlurmQueue *queue, const char *name, void (*visit)(char *line, void *with)) {
  int fd = openat(queue->dir_fd, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  size_t len;
  char *text = disk_get(fd, 0, SIZE_MAX / 2, &len);
  close(fd);
  if (text) each_line(text, visit, queue);
  free(text);
}

/* ---- arrays and entries ---- */

static void *room(void *items, uint32_t count, size_t size) {
  if (count & (count - 1)) return items; /* room for the next power of two */
  void *grown = realloc(items, (count ? 2 * (size_t)count : 1) * size);
  if (!grown) arena_exhausted(count * size);
  return grown;
}

static void array_reach(SlurmQueue *queue, uint32_t number) {
  while (queue->array_count <= number) {
    queue->arrays = room(queue->arrays, queue->array_count, sizeof *queue->arrays);
    queue->arrays[queue->array_count++] = (SlurmArray){.count = 0};
  }
}

uint32_t slurm_array_new(SlurmQueue *queue, uint32_t count) {
  uint32_t number = queue->array_count ? queue->array_count : 1;
  array_reach(queue, number);
  queue->arrays[number].count = count;
  return number;
}

static uint64_t key_hash(const char *key) { return hash_bytes(key, 32); }

static uint64_t place_key(uint32_t array, uint32_t element) { return ((uint64_t)array << 32 | element) + 1; }

SlurmEntry *slurm_entry(const SlurmQueue *queue, const char *key) {
  uint64_t found = hash_get(&queue->by_key, key_hash(key));
  return found ? &queue->entries[found - 1] : NULL;
}

int slurm_is_live(const SlurmQueue *queue, uint32_t array, uint32_t element) {
  return hash_get(&queue->live, place_key(array, element)) != 0;
}

static uint32_t number_of(const char *text, uint32_t most) {
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  return end == text || value > most ? 0 : (uint32_t)value;
}

enum { MOST_ARRAYS = 1 << 24 };

static void take_job(char *line, void *with) {
  SlurmQueue *queue = with;
  char *fields[4];
  if (cut(line, '\t', fields, 4) < 4) return;
  uint32_t number = number_of(fields[0], MOST_ARRAYS);
  array_reach(queue, number);
  SlurmArray *array = &queue->arrays[number];
  array->refused = strcmp(fields[1], "-") == 0;
  if (!array->refused) snprintf(array->job, sizeof array->job, "%s", fields[1]);
}

static void take_entry(char *line, void *with) {
  SlurmQueue *queue = with;
  char *fields[5];
  if (cut(line, '\t', fields, 5) < 5 || strlen(fields[2]) != 32) return;
  uint32_t number = number_of(fields[0], MOST_ARRAYS), element = number_of(fields[1], UINT32_MAX);
  array_reach(queue, number);
  SlurmArray *array = &queue->arrays[number];
  if (element >= array->count) array->count = element + 1;
  if (array->refused) return;
  SlurmEntry *entry = slurm_entry(queue, fields[2]);
  if (!entry) {
    queue->entries = room(queue->entries, queue->entry_count, sizeof *queue->entries);
    entry = &queue->entries[queue->entry_count++];
    *entry = (SlurmEntry){0};
    hash_put(&queue->by_key, key_hash(fields[2]), queue->entry_count);
  }
  *entry = (SlurmEntry){number, element, entry->tries + 1, queue->texts.len};
  text_add(&queue->texts, fields[3], strlen(fields[3]) + 1);
}

/* ---- squeue ---- */

/* Its lines "JOB|ELEMENT|STATE|COMMENT", one an element, of this user. */
static char **squeue_words(void) {
  static char *words[] = {"squeue", "--me", "--noheader", "--array", "--format=%F|%K|%T|%k", NULL};
  return words;
}

/* The number in a comment of ours; 0: it is not ours, UINT32_MAX: the next wave. */
static uint32_t ours(const char *comment, const char *tag) {
  if (strncmp(comment, "weft ", 5) != 0 || strncmp(comment + 5, tag, 16) != 0 || comment[21] != ' ') return 0;
  return strcmp(comment + 22, "next") == 0 ? UINT32_MAX : number_of(comment + 22, MOST_ARRAYS);
}

static void take_live(char *line, void *with) {
  SlurmQueue *queue = with;
  char *fields[4];
  const char *own = getenv("SLURM_JOB_ID");
  if (cut(line, '|', fields, 4) < 4) return;
  queue->others++;
  uint32_t number = ours(fields[3], queue->tag);
  if (!number || (own && strcmp(own, fields[0]) == 0)) return;
  queue->jobs++;
  if (number == UINT32_MAX) {
    queue->next_live = 1;
    return;
  }
  uint32_t element = number_of(fields[1], UINT32_MAX);
  array_reach(queue, number);
  snprintf(queue->arrays[number].job, sizeof queue->arrays[number].job, "%s", fields[0]);
  queue->arrays[number].live++;
  hash_put(&queue->live, place_key(number, element), 1);
}

static int ask_queue(SlurmQueue *queue) {
  RtText out = {0}, err = {0};
  int status = slurm_call(squeue_words(), 1, &out, &err);
  if (status == 0) each_line(out.data, take_live, queue);
  text_free(&out);
  text_free(&err);
  return status == 0;
}

int slurm_queue_open(SlurmQueue *queue, const char *state) {
  *queue = (SlurmQueue){.dir_fd = -1};
  RtText path = {0};
  text_addf(&path, "%s/slurm", state);
  queue->dir = path.data;
  queue->dir_fd = open(path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (queue->dir_fd < 0) {
    fprintf(stderr, "cannot open %s: %s\n", path.data, strerror(errno));
    return 0;
  }
  slurm_tag(queue->tag, state);
  array_reach(queue, 0);
  each_line_of(queue, "jobs", take_job);
  each_line_of(queue, "index", take_entry);
  return ask_queue(queue);
}

void slurm_queue_close(SlurmQueue *queue) {
  if (queue->dir_fd >= 0) close(queue->dir_fd);
  free((char *)queue->dir);
  free(queue->arrays);
  free(queue->entries);
  hash_free(&queue->by_key);
  hash_free(&queue->live);
  hash_free(&queue->states);
  text_free(&queue->texts);
}

/* ---- scontrol ---- */

/* The value of NAME= in a line, with a NUL after it in `into`. */
static int value_of(const char *line, const char *name, char *into, size_t size) {
  const char *at = strstr(line, name);
  if (!at) return 0;
  at += strlen(name);
  size_t len = strcspn(at, " \n");
  if (len >= size) len = size - 1;
  memcpy(into, at, len);
  into[len] = 0;
  return 1;
}

typedef struct States {
  SlurmQueue *queue;
  uint32_t array;
} States;

/* "3", "1-4,7,9-12%5" */
static void note_elements(const States *states, const char *ranges, uint64_t text) {
  uint32_t most = states->queue->arrays[states->array].count;
  for (const char *at = ranges; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    char *end;
    unsigned long from = strtoul(at, &end, 10), to = *end == '-' ? strtoul(end + 1, NULL, 10) : from;
    for (; from <= to && from < most; from++)
      hash_put(&states->queue->states, place_key(states->array, (uint32_t)from), text + 1);
  }
}

static void take_state(char *line, void *with) {
  const States *states = with;
  char ranges[4096], state[40], reason[60] = "";
  if (!value_of(line, "ArrayTaskId=", ranges, sizeof ranges) ||
      !value_of(line, "JobState=", state, sizeof state))
    return;
  value_of(line, " Reason=", reason, sizeof reason);
  RtText *texts = &states->queue->texts;
  uint64_t at = texts->len;
  text_addf(texts, strcmp(reason, "None") != 0 && *reason ? "%s, %s" : "%s", state, reason);
  text_add(texts, "", 1);
  note_elements(states, ranges, at);
}

const char *slurm_state(SlurmQueue *queue, uint32_t array, uint32_t element) {
  SlurmArray *of = &queue->arrays[array];
  if (!of->looked_up && *of->job) {
    of->looked_up = 1;
    char *argv[] = {"scontrol", "--oneliner", "show", "job", of->job, NULL};
    RtText out = {0}, err = {0};
    States states = {queue, array};
    if (slurm_call(argv, 1, &out, &err) == 0) each_line(out.data, take_state, &states);
    text_free(&out);
    text_free(&err);
  }
  uint64_t found = hash_get(&queue->states, place_key(array, element));
  return found ? queue->texts.data + found - 1 : "";
}

/* ---- all jobs of a tag ---- */

typedef struct Ours {
  const char *tag;
  SlurmJobs jobs;
  RtText ids;
  char last[24];
} Ours;

static void take_ours(char *line, void *with) {
  Ours *all = with;
  char *fields[4];
  uint32_t number = cut(line, '|', fields, 4) < 4 ? 0 : ours(fields[3], all->tag);
  if (!number) return;
  all->jobs.count++;
  all->jobs.goes_on |= number == UINT32_MAX;
  all->jobs.running += strcmp(fields[2], "RUNNING") == 0;
  if (strcmp(all->last, fields[0]) == 0) return;
  snprintf(all->last, sizeof all->last, "%s", fields[0]);
  text_add(&all->ids, fields[0], strlen(fields[0]) + 1);
}

static int find_ours(Ours *all) {
  RtText out = {0}, err = {0};
  int status = slurm_call(squeue_words(), 1, &out, &err);
  if (status == 0) each_line(out.data, take_ours, all);
  text_free(&out);
  text_free(&err);
  return status == 0;
}

int slurm_jobs(const char *tag, SlurmJobs *jobs) {
  Ours all = {.tag = tag};
  int found = find_ours(&all);
  *jobs = all.jobs;
  text_free(&all.ids);
  return found;
}

static int end_jobs(const RtText *ids) {
  RtText out = {0}, err = {0};
  size_t words = 1, at = 0;
  for (size_t i = 0; i < ids->len; i++) words += ids->data[i] == 0;
  char **argv = calloc(words + 1, sizeof *argv);
  if (!argv) arena_exhausted(words * sizeof *argv);
  argv[0] = "scancel";
  for (size_t i = 1; i < words; i++, at += strlen(ids->data + at) + 1) argv[i] = ids->data + at;
  int status = slurm_call(argv, 1, &out, &err);
  free(argv);
  text_free(&out);
  text_free(&err);
  return status;
}

enum { CANCEL_TRIES = 600 };

int64_t slurm_cancel(const char *tag) {
  int64_t first = -1;
  for (int tries = 0; tries < CANCEL_TRIES; tries++) {
    Ours all = {.tag = tag};
    int found = find_ours(&all);
    if (found && first < 0) first = all.jobs.count;
    if (found && all.jobs.count && tries % 50 == 0) end_jobs(&all.ids);
    text_free(&all.ids);
    if (!found || !all.jobs.count) return found ? first : -1;
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  }
  return first;
}
