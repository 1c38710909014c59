/* spec.c: files of prepared tasks: written by a preparation, read by elements on other machines. */
#include "spec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "batch.h"
#include "disk.h"
#include "error.h"
#include "hash.h"
#include "text.h"

static const char magic[] = "weft-tasks 1 ";

enum {
  CHECK = 8,
  KEY = 64,
  INDEX_LINE = 17,
  IDENTITY = 64,
  STATE_AT = sizeof magic - 1 + IDENTITY + 18,
  MOST_HEAD = 1 << 14
};

static const RtType string_type = {
    .kind = RT_STRING, .align = 8, .size = sizeof(void *), .has_pointers = 1, .text = "String"};

/* ---- writing ---- */

static void add_line(RtText *into, const Batch *batch, uint32_t number) {
  const BatchTask *task = &batch->tasks[number];
  size_t at = into->len;
  char key[65], check[CHECK + 1];
  digest_hex(&task->key, key);
  text_addf(into, "00000000 %s\t%u\t%s\t", key, task->task, batch_text(batch, task->label));
  text_add(into, batch_text(batch, task->input), task->input_len);
  uint64_t hash = hash_bytes(into->data + at + CHECK + 1, into->len - at - CHECK - 1);
  snprintf(check, sizeof check, "%08x", (unsigned)(hash >> 32));
  memcpy(into->data + at, check, CHECK);
  text_char(into, '\n');
}

static void add_head(RtText *into, const Batch *batch) {
  const char *state = batch->run->store.state;
  RtArena *arena = arena_new();
  const RtString *string = arena_string(arena, state, strlen(state));
  text_addf(into, "%s%.64s 0000000000000000 ", magic, batch->run->program->identity);
  value_encode(into, &string_type, &string, NULL);
  text_char(into, '\n');
  arena_free(arena);
}

int batch_write(const Batch *batch, const char *path, const uint32_t *numbers, uint32_t count) {
  RtText text = {0}, index = {0};
  add_head(&text, batch);
  for (uint32_t i = 0; i < count; i++) {
    text_addf(&index, "%016zx\n", text.len);
    add_line(&text, batch, numbers[i]);
  }
  char offset[17];
  snprintf(offset, sizeof offset, "%016zx", text.len);
  memcpy(text.data + STATE_AT - 17, offset, 16);
  text_add(&text, index.data ? index.data : "", index.len);
  int error = disk_put(path, text.data, text.len, 0666);
  text_free(&index);
  text_free(&text);
  return error;
}

/* ---- reading ---- */

static int read_at(int fd, int64_t at, char *into, size_t len) {
  for (size_t done = 0; done < len;) {
    ssize_t got = pread(fd, into + done, len - done, (off_t)(at + (int64_t)done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    done += (size_t)got;
  }
  return 1;
}

/* 16 hex digits: an offset below `most`; -1 if they are none. */
static int64_t take_offset(const char *digits, int64_t most) {
  uint64_t value = 0;
  for (int i = 0; i < 16; i++) {
    int digit = digits[i] >= '0' && digits[i] <= '9'   ? digits[i] - '0'
                : digits[i] >= 'a' && digits[i] <= 'f' ? digits[i] - 'a' + 10
                                                       : -1;
    if (digit < 0) return -1;
    value = value << 4 | (uint64_t)digit;
  }
  return value <= (uint64_t)most ? (int64_t)value : -1;
}

/* A file of tasks that is open. */
typedef struct Tasks {
  int fd;
  int64_t size, index; /* bytes; where the index begins */
  RtArena *arena;
} Tasks;

/* Its first line: the state directory, where the index is; whose tasks they are.  1: right, 0: not a file of tasks, -1: those of another
 * program. */
static int read_head(Tasks *tasks, const RtProgram *program, const char **state) {
  size_t len = tasks->size < MOST_HEAD ? (size_t)tasks->size : MOST_HEAD;
  char *head = arena_take(tasks->arena, len + 1);
  if (len <= STATE_AT || !read_at(tasks->fd, 0, head, len)) return 0;
  if (memcmp(head, magic, sizeof magic - 1) != 0) return 0;
  if (strncmp(head + sizeof magic - 1, program->identity, IDENTITY) != 0) return -1;
  tasks->index = take_offset(head + STATE_AT - 17, tasks->size);
  const RtString *string;
  if (tasks->index < 0 ||
      !value_decode(tasks->arena, head + STATE_AT, head + len, &string_type, &string, NULL))
    return 0;
  *state = string->bytes;
  return strlen(*state) == (size_t)string->len;
}

/* The line of a task; it ends where the next one begins, the last one with the index. */
static char *read_line(const Tasks *tasks, int64_t number, size_t *len) {
  char rows[2 * INDEX_LINE];
  int64_t count = (tasks->size - tasks->index) / INDEX_LINE;
  if (number >= count) return NULL;
  int last = number == count - 1;
  if (!read_at(tasks->fd, tasks->index + number * INDEX_LINE, rows, last ? INDEX_LINE : sizeof rows))
    return NULL;
  int64_t from = take_offset(rows, tasks->index);
  int64_t to = last ? tasks->index : take_offset(rows + INDEX_LINE, tasks->index);
  if (from < 0 || to < from + CHECK + KEY) return NULL;
  *len = (size_t)(to - from) - 1;
  char *line = arena_take(tasks->arena, *len + 1), check[CHECK + 1];
  if (!read_at(tasks->fd, from, line, *len + 1) || line[*len] != '\n') return NULL;
  snprintf(check, sizeof check, "%08x", (unsigned)(hash_bytes(line + CHECK + 1, *len - CHECK - 1) >> 32));
  return memcmp(check, line, CHECK) == 0 ? line : NULL;
}

static int take_key(const char *digits, RtDigest *key) {
  for (size_t i = 0; i < 32; i++) {
    unsigned byte;
    if (sscanf(digits + 2 * i, "%2x", &byte) != 1) return 0;
    key->bytes[i] = (uint8_t)byte;
  }
  return 1;
}

static int take_line(Spec *spec, char *line, size_t len, const RtProgram *program) {
  char *at = line + CHECK + 1, *end = line + len;
  char *key_end = memchr(at, '\t', (size_t)(end - at));
  char *task_end = key_end ? memchr(key_end + 1, '\t', (size_t)(end - key_end - 1)) : NULL;
  char *label_end = task_end ? memchr(task_end + 1, '\t', (size_t)(end - task_end - 1)) : NULL;
  if (!label_end || key_end - at != KEY || !take_key(at, &spec->key)) return 0;
  *task_end = *label_end = 0;
  spec->task = (uint32_t)strtoul(key_end + 1, NULL, 10);
  spec->label = task_end + 1;
  spec->input = label_end + 1;
  spec->input_end = end;
  return spec->task < program->task_count;
}

static int read_task(Spec *spec, Tasks *tasks, int64_t number, const RtProgram *program, const char *path,
                     RtError *error) {
  struct stat st;
  if (fstat(tasks->fd, &st))
    return error_set(error, "R0013", NULL, "cannot read %s: %s", path, strerror(errno));
  tasks->size = st.st_size;
  int head = read_head(tasks, program, &spec->state);
  if (head < 0) return error_set(error, "R0125", NULL, "%s has tasks of another workflow", path);
  if (!head) return error_set(error, "R0125", NULL, "%s is not a file of tasks, or is damaged", path);
  size_t len = 0;
  char *line = read_line(tasks, number, &len);
  if (line && take_line(spec, line, len, program)) return 1;
  return error_set(error, "R0125", NULL, "%s has no task %lld, or is damaged", path, (long long)number);
}

int spec_read(Spec *spec, const char *path, int64_t number, const RtProgram *program, RtArena *arena,
              RtError *error) {
  Tasks tasks = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), .arena = arena};
  if (tasks.fd < 0) return error_set(error, "R0013", NULL, "cannot read %s: %s", path, strerror(errno));
  int done = read_task(spec, &tasks, number, program, path, error);
  close(tasks.fd);
  return done;
}
