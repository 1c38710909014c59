/* journal.c: the journal's file: opened, checked, read, appended to. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "disk.h"
#include "hash.h"
#include "sha.h"
#include "text.h"

static const char header[] = "weft-journal 1\n";

enum {
  HEADER = sizeof header - 1,
  CHECK = 8,
  BODY = CHECK + 1,
  FIELDS = BODY + 2,
  HASH = 64,
  KEY = 32,
  MANY_LINES = 10000
};

/* ---- lines ---- */

static void put_check(char *into, const char *body, size_t len) {
  static const char digits[] = "0123456789abcdef";
  uint64_t hash = hash_bytes(body, len);
  for (int i = 0; i < CHECK; i++) into[i] = digits[hash >> (60 - 4 * i) & 15];
}

/* `line` has `len` bytes without its newline. */
static int line_whole(const char *line, size_t len) {
  if (len < FIELDS || line[CHECK] != ' ' || line[BODY + 1] != ' ') return 0;
  char check[CHECK];
  put_check(check, line + BODY, len - BODY);
  return memcmp(check, line, CHECK) == 0;
}

/* The line at an offset: in the map, or read back from the file. */
static const char *line_at(Journal *journal, int64_t offset, size_t *len) {
  if (offset < (int64_t)journal->map_len) {
    const char *line = journal->map + offset;
    *len = (size_t)((const char *)memchr(line, '\n', journal->map_len - (size_t)offset) - line);
    return line;
  }
  journal->read.len = 0;
  char chunk[2048];
  if (offset >= journal->length) { /* not written yet */
    const char *line = journal->pending.data + (offset - journal->length);
    *len = strcspn(line, "\n");
    text_add(&journal->read, line, *len);
    return journal->read.data;
  }
  for (;;) {
    ssize_t got = pread(journal->fd, chunk, sizeof chunk, offset + (int64_t)journal->read.len);
    if (got <= 0) return NULL;
    const char *newline = memchr(chunk, '\n', (size_t)got);
    text_add(&journal->read, chunk, newline ? (size_t)(newline - chunk) : (size_t)got);
    if (newline) break;
  }
  *len = journal->read.len;
  return journal->read.data;
}

/* ---- index: 28 bits of the hash over 36 bits of the offset + 1, so that growing needs no line again ---- */

enum { TAG_SHIFT = 36 };
static const uint64_t OFFSET_MASK = (UINT64_C(1) << TAG_SHIFT) - 1;

/* The first field is the key; of one of a task, the half that names its directory. */
static size_t key_of(const char *line, size_t len) {
  if (line[BODY] != 'F' && len >= FIELDS + KEY) return KEY;
  const char *tab = memchr(line + FIELDS, '\t', len - FIELDS);
  return tab ? (size_t)(tab - line) - FIELDS : len - FIELDS;
}

static int64_t index_find(Journal *journal, const JournalIndex *index, const char *key, size_t key_len,
                          size_t *slot) {
  if (!index->cap) return -1;
  uint64_t tag = hash_bytes(key, key_len) >> TAG_SHIFT;
  for (size_t at = (size_t)tag & (index->cap - 1);; at = (at + 1) & (index->cap - 1)) {
    if (slot) *slot = at;
    uint64_t entry = index->slots[at];
    if (!entry) return -1;
    if (entry >> TAG_SHIFT != tag) continue;
    size_t len;
    int64_t offset = (int64_t)(entry & OFFSET_MASK) - 1;
    const char *line = line_at(journal, offset, &len);
    if (line && key_of(line, len) == key_len && memcmp(line + FIELDS, key, key_len) == 0) return offset;
  }
}

static void index_resize(JournalIndex *index, size_t cap) {
  JournalIndex old = *index;
  index->cap = cap;
  index->slots = calloc(cap, sizeof *index->slots);
  if (!index->slots) arena_exhausted(cap * sizeof *index->slots);
  for (size_t i = 0; i < old.cap; i++) {
    if (!old.slots[i]) continue;
    size_t at = (size_t)(old.slots[i] >> TAG_SHIFT) & (cap - 1);
    while (index->slots[at]) at = (at + 1) & (cap - 1);
    index->slots[at] = old.slots[i];
  }
  free(old.slots);
}

static void index_put(Journal *journal, JournalIndex *index, const char *key, size_t key_len,
                      int64_t offset) {
  if ((index->len + 1) * 4 > index->cap * 3) index_resize(index, index->cap ? index->cap * 2 : 256);
  size_t slot = 0;
  if (index_find(journal, index, key, key_len, &slot) < 0) index->len++;
  index->slots[slot] = hash_bytes(key, key_len) >> TAG_SHIFT << TAG_SHIFT | ((uint64_t)offset + 1);
}

/* ---- reading ---- */

/* Take field after field off a line. */
static const char *next_field(const char **at, const char *end, size_t *len) {
  const char *field = *at;
  const char *tab = field < end ? memchr(field, '\t', (size_t)(end - field)) : NULL;
  *len = (size_t)((tab ? tab : end) - field);
  *at = tab ? tab + 1 : end;
  return field;
}

static double number_field(const char **at, const char *end) {
  size_t len;
  const char *field = next_field(at, end, &len);
  char copy[40];
  if (len >= sizeof copy) len = sizeof copy - 1;
  memcpy(copy, field, len);
  copy[len] = 0;
  return strtod(copy, NULL);
}

static void read_record(const char *line, size_t len, Record *record) {
  const char *at = line + FIELDS, *end = line + len;
  size_t skipped;
  next_field(&at, end, &skipped);
  record->task = next_field(&at, end, &record->task_len);
  record->label = next_field(&at, end, &record->label_len);
  for (int numbers = 0; numbers < 4; numbers++)
    next_field(&at, end, &skipped); /* start, wall, cpu, rss: for people */
  record->parts = next_field(&at, end, &record->parts_len);
  record->outputs = at;
  record->end = end;
}

static int is_doubtful(const Journal *journal, int64_t offset) {
  return offset >= journal->synced_to && offset < journal->ours_from;
}

int journal_find(Journal *journal, const RtDigest *key, Record *record) {
  char hex[65];
  digest_hex(key, hex);
  int64_t offset = index_find(journal, &journal->done, hex, KEY, NULL);
  if (offset < journal->fresh_from) return 0;
  size_t len;
  const char *line = line_at(journal, offset, &len);
  if (line[BODY] == 'X') {
    record->outputs = line + FIELDS + KEY + 1;
    record->end = line + len;
    return -1;
  }
  read_record(line, len, record);
  record->doubtful = is_doubtful(journal, offset);
  return 1;
}

int journal_file(Journal *journal, const RtFile *file, uint8_t hash[32]) {
  int64_t offset = index_find(journal, &journal->files, file->path->bytes, (size_t)file->path->len, NULL);
  if (offset < 0 || is_doubtful(journal, offset)) return 0;
  size_t len;
  const char *line = line_at(journal, offset, &len), *at = line + FIELDS, *end = line + len;
  next_field(&at, end, &len);
  char wanted[64];
  int wanted_len = snprintf(wanted, sizeof wanted, "%lld\t%lld\t", (long long)file->size,
                            (long long)file->mtime_ns);
  if (end - at != wanted_len + HASH || memcmp(at, wanted, (size_t)wanted_len) != 0) return 0;
  at += wanted_len;
  for (int i = 0; i < 32; i++) {
    char pair[3] = {at[2 * i], at[2 * i + 1], 0};
    hash[i] = (uint8_t)strtoul(pair, NULL, 16);
  }
  return 1;
}

/* ---- opening ---- */

typedef struct Boot {
  char id[40];
} Boot;

static Boot boot_id(void) {
  Boot boot = {"unknown"};
  int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return boot;
  ssize_t got = read(fd, boot.id, sizeof boot.id - 1);
  close(fd);
  if (got > 0) boot.id[strcspn(boot.id, "\n")] = 0;
  return boot;
}

/* What the lines of a journal say about its last run. */
typedef struct Past {
  Boot boot;
  int64_t epoch, run_at, end_at; /* offsets of the last run's R and E; 0: none */
  int64_t fresh_at;              /* what is before does not count for who goes on; 0: all counts */
  int64_t lines;                 /* of tasks and files */
  int ended, ours, same_program;
  const char *program;
} Past;

static void read_run(Journal *journal, Past *past, int64_t offset, const char *at, const char *end) {
  size_t len;
  past->run_at = offset;
  past->end_at = 0;
  int64_t epoch = (int64_t)number_field(&at, end);
  if (epoch != past->epoch) past->fresh_at = 0;
  past->epoch = epoch;
  const char *boot = next_field(&at, end, &len);
  if (!past->ours && strlen(past->boot.id) == len && memcmp(boot, past->boot.id, len) == 0) {
    past->ours = 1;
    journal->ours_from = offset;
  }
  next_field(&at, end, &len);
  next_field(&at, end, &len);
  const char *program = next_field(&at, end, &len);
  past->same_program = strlen(past->program) == len && memcmp(program, past->program, len) == 0;
  if (at < end) past->fresh_at = offset;
  past->ended = 0;
}

static void read_line(Journal *journal, Past *past, int64_t offset, const char *line, size_t len) {
  const char *at = line + FIELDS, *end = line + len;
  past->lines += line[BODY] == 'D' || line[BODY] == 'F' || line[BODY] == 'X';
  switch (line[BODY]) {
    case 'X':
    case 'D':
      index_put(journal, &journal->done, at, key_of(line, len), offset);
      break;
    case 'F':
      index_put(journal, &journal->files, at, key_of(line, len), offset);
      break;
    case 'R':
      read_run(journal, past, offset, at, end);
      break;
    case 'S':
      journal->synced_to = (int64_t)number_field(&at, end);
      break;
    case 'E':
      past->end_at = offset;
      past->ended = number_field(&at, end) == 0;
      break;
    default:
      break; /* a kind that a later minor version has added */
  }
}

/* All lines; returns the length up to and with the last whole one. */
static size_t read_lines(Journal *journal, Past *past) {
  size_t at = HEADER, whole = HEADER;
  int damaged = 0;
  while (at < journal->map_len) {
    const char *line = journal->map + at;
    const char *newline = memchr(line, '\n', journal->map_len - at);
    if (!newline) break;
    size_t len = (size_t)(newline - line);
    if (line_whole(line, len)) {
      read_line(journal, past, (int64_t)at, line, len);
      whole = at + len + 1;
      journal->damaged = damaged;
    } else {
      damaged++;
    }
    at += len + 1;
  }
  return whole;
}

static int open_failed(RtError *error, const char *path, const char *what) {
  return error_set(error, "R0112", NULL, "cannot %s %s: %s", what, path, strerror(errno));
}

static int check_header(Journal *journal, const char *path, RtError *error) {
  size_t len = journal->map_len < HEADER ? journal->map_len : (size_t)HEADER;
  if (memcmp(journal->map, header, len) == 0) return 1;
  static const char family[] = "weft-journal ";
  if (journal->map_len > sizeof family && memcmp(journal->map, family, sizeof family - 1) == 0) {
    int digits = (int)strcspn(journal->map + sizeof family - 1, "\n");
    return error_set(error, "R0110", "use another directory with --state, or the version that made it",
                     "%s is of version %.*s; this executable reads version 1", path,
                     digits > 20 ? 20 : digits, journal->map + sizeof family - 1);
  }
  return error_set(error, "R0111", "move it away, or use another directory with --state",
                   "%s is not a journal of Weft", path);
}

/* Map what is there and read it; a torn end is cut off. */
static int journal_load(Journal *journal, const char *path, Past *past, RtError *error) {
  struct stat st;
  if (fstat(journal->fd, &st)) return open_failed(error, path, "read");
  if (!S_ISREG(st.st_mode)) return error_set(error, "R0111", NULL, "%s is not a file", path);
  if (st.st_size > 0) {
    journal->map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, journal->fd, 0);
    if (journal->map == MAP_FAILED) {
      journal->map = NULL;
      return open_failed(error, path, "read");
    }
    journal->map_len = (size_t)st.st_size;
    if (!check_header(journal, path, error)) return 0;
  }
  size_t whole = st.st_size < HEADER ? 0 : read_lines(journal, past);
  if (whole < (size_t)st.st_size && ftruncate(journal->fd, (off_t)whole))
    return open_failed(error, path, "write");
  if (whole == 0) {
    int failed = disk_write(journal->fd, header, HEADER);
    errno = failed;
    if (failed) return open_failed(error, path, "write");
    whole = HEADER;
  }
  if (journal->map_len > whole) journal->map_len = whole;
  journal->length = (int64_t)whole;
  return 1;
}

static int by_offset(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void add_line(const Journal *journal, RtText *into, int64_t offset) {
  const char *line = journal->map + offset;
  text_add(into, line,
           (size_t)((const char *)memchr(line, '\n', journal->map_len - (size_t)offset) - line) + 1);
}

/* Offsets of the lines that an index has, but those of what is forgotten. */
static size_t live_lines(const Journal *journal, const JournalIndex *index, uint64_t *offsets) {
  size_t count = 0;
  for (size_t i = 0; i < index->cap; i++) {
    if (!index->slots[i]) continue;
    uint64_t offset = (index->slots[i] & OFFSET_MASK) - 1;
    if (journal->map[offset + BODY] != 'X') offsets[count++] = offset;
  }
  return count;
}

/* Whether more than half of many lines are of no use any more, or some are damaged; never while any are doubtful,
 * since which those are is told by their offsets. */
static int worth_compacting(const Journal *journal, const Past *past) {
  int64_t live = (int64_t)(journal->done.len + journal->files.len);
  int certain = past->ours ? journal->ours_from <= journal->synced_to : journal->length <= journal->synced_to;
  return certain && !past->fresh_at && (journal->damaged || past->lines > 2 * live + MANY_LINES);
}

/* Write what is of use to a new file, which takes the place of the old one once it is on the disk. */
static int journal_compact(Journal *journal, const char *path, const Past *past) {
  RtText text = {0}, name = {0};
  size_t most = journal->done.len + journal->files.len + 1;
  uint64_t *offsets = calloc(most, sizeof *offsets);
  if (!offsets) arena_exhausted(most * sizeof *offsets);
  size_t count = live_lines(journal, &journal->done, offsets);
  count += live_lines(journal, &journal->files, offsets + count);
  qsort(offsets, count, sizeof *offsets, by_offset);
  text_puts(&text, header);
  if (past->run_at) add_line(journal, &text, past->run_at);
  for (size_t i = 0; i < count; i++) add_line(journal, &text, (int64_t)offsets[i]);
  if (past->end_at) add_line(journal, &text, past->end_at);
  text_addf(&name, "%s.new", path);
  int fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  int done = fd >= 0 && disk_write(fd, text.data, text.len) == 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  done = done && rename(name.data, path) == 0;
  if (!done && fd >= 0) unlink(name.data);
  free(offsets);
  text_free(&name);
  text_free(&text);
  return done;
}

static int open_file(Journal *journal, const char *path, Past *past, RtError *error) {
  *journal = (Journal){.fd = -1, .ours_from = INT64_MAX, .synced_to = HEADER};
  journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (journal->fd < 0) return open_failed(error, path, "open");
  return journal_load(journal, path, past, error);
}

int journal_open(Journal *journal, const char *path, const char *program, int fresh, RtError *error) {
  const Past nothing = {.boot = boot_id(), .ended = 1, .program = program};
  Past past = nothing;
  if (!open_file(journal, path, &past, error)) return 0;
  if (worth_compacting(journal, &past) && journal_compact(journal, path, &past)) {
    int damaged = journal->damaged;
    journal_close(journal);
    past = nothing;
    if (!open_file(journal, path, &past, error)) return 0;
    journal->damaged = damaged;
  }
  if (!past.ours) journal->ours_from = journal->length;
  journal->resumed = !past.ended && past.same_program;
  journal->epoch = past.epoch + (fresh || !journal->resumed);
  journal->fresh_from = fresh ? journal->length : journal->resumed ? past.fresh_at : 0;
  journal->dirty_from = journal->length;
  RtText *line = journal_begin(journal, 'R');
  text_addf(line, "%lld\t%s\t%d\t%lld\t%s%s", (long long)journal->epoch, past.boot.id, (int)getpid(),
            (long long)time(NULL), program, fresh > 1 ? "\tfresh" : "");
  journal_end(journal);
  errno = journal_flush(journal);
  return errno ? open_failed(error, path, "write") : 1;
}

/* ---- writing ---- */

RtText *journal_begin(Journal *journal, char kind) {
  journal->line_at = journal->pending.len;
  text_add(&journal->pending, "00000000 ", BODY);
  text_add(&journal->pending, (char[]){kind, ' '}, 2);
  return &journal->pending;
}

void journal_end_unindexed(Journal *journal) {
  RtText *pending = &journal->pending;
  char *line = pending->data + journal->line_at;
  put_check(line, line + BODY, pending->len - journal->line_at - BODY);
  text_add(pending, "\n", 1);
}

void journal_end(Journal *journal) {
  journal_end_unindexed(journal);
  const char *line = journal->pending.data + journal->line_at;
  size_t len = journal->pending.len - journal->line_at - 1;
  int64_t offset = journal->length + (int64_t)journal->line_at;
  if (line[BODY] == 'D' || line[BODY] == 'X')
    index_put(journal, &journal->done, line + FIELDS, key_of(line, len), offset);
  if (line[BODY] == 'F') index_put(journal, &journal->files, line + FIELDS, key_of(line, len), offset);
}

int journal_is_record(const char *line, size_t len, const char *key) {
  if (!len || line[len - 1] != '\n' || memchr(line, '\n', len - 1) || !line_whole(line, len - 1)) return 0;
  return line[BODY] == 'D' && len > FIELDS + HASH && memcmp(line + FIELDS, key, KEY) == 0;
}

void journal_take(Journal *journal, const char *line, size_t len) {
  journal->line_at = journal->pending.len;
  text_add(&journal->pending, line, len - 1);
  journal_end(journal);
}

/* A write that fails half-way is taken back, so that the next run finds whole lines. */
int journal_flush(Journal *journal) {
  RtText *pending = &journal->pending;
  if (!pending->len) return 0;
  int error = disk_write(journal->fd, pending->data, pending->len);
  if (error) {
    if (ftruncate(journal->fd, (off_t)journal->length)) return error;
    return error;
  }
  journal->length += (int64_t)pending->len;
  pending->len = 0;
  if (pending->cap > (1 << 20)) text_free(pending);
  return 0;
}

void journal_close(Journal *journal) {
  if (journal->map) munmap(journal->map, journal->map_len);
  if (journal->fd >= 0) close(journal->fd);
  free(journal->done.slots);
  free(journal->files.slots);
  free(journal->labels);
  text_free(&journal->pending);
  text_free(&journal->line);
  text_free(&journal->read);
  *journal = (Journal){.fd = -1};
}

void journal_forget(Journal *journal, const char *key, const char *path) {
  RtText *line = journal_begin(journal, 'X');
  text_add(line, key, KEY);
  text_char(line, '\t');
  for (; *path; path++) text_char(line, *path == '\n' ? ' ' : *path);
  journal_end(journal);
}

/* ---- by label, for --explain ---- */

static void index_labels(Journal *journal) {
  size_t lines = journal->done.len + 1;
  for (journal->labels_cap = 64; journal->labels_cap < 4 * lines;) journal->labels_cap *= 2;
  journal->labels = calloc(journal->labels_cap, sizeof *journal->labels);
  if (!journal->labels) arena_exhausted(journal->labels_cap * 8);
}

/* Labels may be more than keys (one key, many labels in time): grown by dropping, newest win. */
static void labels_put(Journal *journal, const char *label, size_t len, size_t offset) {
  uint64_t hash = hash_bytes(label, len);
  size_t at = (size_t)hash & (journal->labels_cap - 1);
  for (size_t tries = 0; tries < 64; tries++, at = (at + 1) & (journal->labels_cap - 1)) {
    uint64_t entry = journal->labels[at];
    if (entry && entry >> TAG_SHIFT != hash >> TAG_SHIFT) continue;
    journal->labels[at] = hash >> TAG_SHIFT << TAG_SHIFT | ((uint64_t)offset + 1);
    return;
  }
}

static void read_labels(Journal *journal) {
  index_labels(journal);
  for (size_t at = HEADER, len; at < journal->map_len; at += len + 1) {
    const char *line = journal->map + at;
    len = (size_t)((const char *)memchr(line, '\n', journal->map_len - at) - line);
    if (!line_whole(line, len) || line[BODY] != 'D') continue;
    Record record;
    read_record(line, len, &record);
    labels_put(journal, record.label, record.label_len, at);
  }
}

int journal_last(Journal *journal, const char *label, Record *record) {
  if (!journal->labels) read_labels(journal);
  uint64_t hash = hash_bytes(label, strlen(label));
  size_t at = (size_t)hash & (journal->labels_cap - 1);
  for (size_t tries = 0; tries < 64; tries++, at = (at + 1) & (journal->labels_cap - 1)) {
    uint64_t entry = journal->labels[at];
    if (!entry) return 0;
    if (entry >> TAG_SHIFT != hash >> TAG_SHIFT) continue;
    size_t len = 0, offset = (size_t)(entry & OFFSET_MASK) - 1;
    const char *line = line_at(journal, (int64_t)offset, &len);
    if (!line) return 0;
    read_record(line, len, record);
    record->doubtful = 0;
    if (record->label_len == strlen(label) && memcmp(record->label, label, record->label_len) == 0) return 1;
  }
  return 0;
}
