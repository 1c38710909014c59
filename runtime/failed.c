/* failed.c: a task has failed: keep what it left, and tell everything that helps to find out why. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"
#include "message.h"
#include "task.h"
#include "text.h"

enum { TAIL_LINES = 20, TAIL_BYTES = 8192, COMMAND_LINES = 20, COMMAND_BYTES = 2000 };

/* Lines with an indent; what could move the cursor is shown as `?`. */
static void add_indented(RtText *into, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (i == 0 || text[i - 1] == '\n') text_puts(into, "    ");
    unsigned char c = (unsigned char)text[i];
    text_char(into, (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? '?' : text[i]);
  }
  if (len && text[len - 1] != '\n') text_char(into, '\n');
}

static void add_command(RtText *into, const Job *job) {
  RtText command = {0};
  command_show(&command, job);
  size_t len = command.len, lines = 0;
  for (size_t i = 0; i < command.len && len == command.len; i++)
    if ((command.data[i] == '\n' && ++lines == COMMAND_LINES) || i == COMMAND_BYTES) len = i;
  text_puts(into, "  command:\n");
  add_indented(into, command.data, len);
  if (len < command.len) text_puts(into, "    ... (the rest is in run.sh)\n");
  text_free(&command);
}

static void add_tail(RtText *into, int fd, int64_t size) {
  int64_t from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
  size_t len = 0;
  char *tail = disk_get(fd, from, TAIL_BYTES, &len);
  if (!tail) return;
  size_t at = len;
  for (int lines = 0; at > 0; at--)
    if (tail[at - 1] == '\n' && at < len && ++lines == TAIL_LINES) break;
  while (at < len && ((unsigned char)tail[at] & 0xc0) == 0x80) at++; /* not amid a character */
  text_addf(into, at || from ? "  standard error, the last %d lines:\n" : "  standard error:\n", TAIL_LINES);
  add_indented(into, tail + at, len - at);
  free(tail);
}

static int write_log(const char *dir, int fd) {
  RtText path = {0};
  text_addf(&path, "%s/stderr.log", dir);
  size_t len = 0;
  char *log = disk_get(fd, 0, SIZE_MAX, &len);
  int error = log ? disk_put(path.data, log, len, 0666) : EIO;
  free(log);
  text_free(&path);
  return error;
}

static int write_script(const Job *job, const char *dir, const char *label) {
  RtText path = {0}, script = {0};
  text_addf(&path, "%s/run.sh", dir);
  command_script(&script, job, label);
  int error = disk_put(path.data, script.data, script.len, 0777);
  text_free(&script);
  text_free(&path);
  return error;
}

/* Move its directory to failed/; the slot makes a new one when it is used next. */
static int keep(Job *job, const char *label, RtText *kept) {
  int error = store_keep_failed(&job->run->store, task_dir(job), label, kept);
  if (error) return error;
  if (job->dir.len) {
    job->dir.len = 0;
  } else {
    close(job->slot->dir_fd);
    job->slot->dir_fd = -1;
  }
  error = write_log(kept->data, job->slot->log_fd);
  return error ? error : write_script(job, kept->data, label);
}

/* Why a task fails when there is no room, its own messages may not have had room either to say. */
static int disk_full(const Store *store) {
  struct statvfs fs;
  return fstatvfs(store->state_fd, &fs) == 0 &&
         ((uint64_t)fs.f_bavail * fs.f_frsize < 65536 || fs.f_ffree == 0);
}

void failed_report(Job *job, const char *code, const char *what, const RtPlace *at, const char *hint) {
  RtText text = {0}, label = {0}, kept = {0};
  step_label(&label, job->frame, job->step);
  text_addf(&text, "error[%s]: %s failed: %s\n", code, label.data, what);
  if (at->file) text_addf(&text, "  --> %s:%u:%u\n", at->file, at->line, at->column);
  add_command(&text, job);
  if (job->log_size) add_tail(&text, job->slot->log_fd, job->log_size);
  int full = disk_full(
      &job->run->store); /* to keep its directory may throw that of an earlier failure away */
  int error = keep(job, label.data, &kept);
  if (kept.len && !error) {
    text_addf(&text, "  its directory is kept: %s\n", kept.data);
    text_addf(&text, "  to repeat it alone:    sh '%s/run.sh'\n", kept.data);
  } else {
    text_addf(&text, "  its directory could not be kept: %s\n", strerror(error));
  }
  if (full) hint = "the disk of the state directory is full: make room, then run again";
  if (hint) text_addf(&text, "  help: %s\n", hint);
  message_text(job->run, &text);
  text_free(&text);
  text_free(&label);
  text_free(&kept);
}
