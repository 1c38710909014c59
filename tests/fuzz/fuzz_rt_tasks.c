/* fuzz_rt_tasks.c: libFuzzer target for what other machines may have left half written: files of tasks and marks.
 * The first byte chooses: 0: a file of tasks as it is, 1: one whose only line is this, with a check that is right,
 * 2: a mark as it is, 3: one with a check that is right, which the journal takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "hash.h"
#include "journal.h"
#include "spec.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const RtType t_int = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
static const RtType t_file = {.kind = RT_FILE, .align = 8, .size = 8, .has_pointers = 1, .text = "File"};
static const RtType t_files = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[File]", .elem = &t_file};
static const RtField fields[] = {{"n", &t_int, 0}, {"fs", &t_files, 8}};
static const RtType t_record = {.kind = RT_RECORD,
                                .align = 8,
                                .has_pointers = 1,
                                .size = 16,
                                .field_count = 2,
                                .text = "(...)",
                                .fields = fields};
static const RtTask task = {.name = "t", .identity = ID, .in_type = &t_record, .out_type = &t_record};
static const RtProgram program = {.name = "fuzz", .identity = ID, .task_count = 1, .tasks = &task};

static void decode(RtArena *arena, const char *text, const char *end) {
  char value[16] = {0};
  RtText once = {0};
  const char *after = value_decode(arena, text, end, &t_record, value, "/state");
  if (after) value_encode(&once, &t_record, value, "/state");
  text_free(&once);
}

static void read_tasks(RtArena *arena, const char *text, size_t len) {
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (fd < 0 || write(fd, text, len) != (ssize_t)len) abort();
  Spec spec;
  RtError error;
  for (int64_t number = 0; number < 3; number++)
    if (spec_read(&spec, path, number, &program, arena, &error)) {
      if (spec.task || !memchr(spec.label, 0, (size_t)(spec.input - spec.label))) abort();
      decode(arena, spec.input, spec.input_end);
    }
  close(fd);
}

static void add_checked(RtText *into, const char *line, size_t len) {
  text_addf(into, "%08x ", (unsigned)(hash_bytes(line, len) >> 32));
  text_add(into, line, len);
  text_add(into, "\n", 1);
}

static void read_line(RtArena *arena, const char *line, size_t len) {
  RtText text = {0};
  static const char head[] = "weft-tasks 1 " ID " %016zx \"/state\"\n";
  size_t from = sizeof head - 7 + 16, to = from + 9 + len + 1;
  text_addf(&text, head, to);
  if (text.len != from) abort();
  add_checked(&text, line, len);
  text_addf(&text, "%016zx\n", from);
  read_tasks(arena, text.data, text.len);
  text_free(&text);
}

static void read_mark(RtArena *arena, const char *text, size_t len) {
  if (len < 43 || !journal_is_record(text, len, text + 11)) return;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  Journal journal;
  RtError error;
  Record record;
  if (fd < 0 || !journal_open(&journal, path, ID, 0, &error)) abort();
  journal_take(&journal, text, len);
  RtDigest key = {{0}};
  if (journal_flush(&journal)) abort();
  if (journal_find(&journal, &key, &record) > 0) decode(arena, record.outputs, record.end);
  journal_close(&journal);
  close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  RtArena *arena = arena_new();
  char *text = malloc(size); /* of its very size, so that what is read behind it is seen */
  memcpy(text, data + 1, size - 1);
  RtText line = {0};
  switch (data[0] % 4) {
    case 0:
      read_tasks(arena, text, size - 1);
      break;
    case 1:
      read_line(arena, text, size - 1);
      break;
    case 2:
      read_mark(arena, text, size - 1);
      break;
    default:
      add_checked(&line, text, size - 1);
      read_mark(arena, line.data, line.len);
      break;
  }
  text_free(&line);
  free(text);
  arena_free(arena);
  return 0;
}
