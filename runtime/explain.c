/* explain.c: the digests of a job's parts against those of the last one with its label. */
#include "explain.h"

#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "message.h"
#include "text.h"

/* A part "name:digest" in a list of them: its length, or 0. */
static size_t part_len(const char *at, const char *end) {
  const char *comma = memchr(at, ',', (size_t)(end - at));
  return (size_t)((comma ? comma : end) - at);
}

static const char *find_part(const char *parts, size_t len, const char *name, size_t name_len,
                             size_t *found) {
  for (const char *at = parts, *end = parts + len; at < end; at += *found + 1) {
    *found = part_len(at, end);
    if (*found > name_len && at[name_len] == ':' && memcmp(at, name, name_len) == 0) return at;
  }
  return NULL;
}

static void add_reason(RtText *text, const char *name, size_t len, const char *what) {
  text_puts(text, text->len ? ", " : "");
  int input = !(len == 7 && memcmp(name, "command", 7) == 0) &&
              !(len == 10 && memcmp(name, "attributes", 10) == 0);
  text_addf(text, "%s%.*s %s", input ? "input " : "", (int)len, name, what);
}

/* Names of the parts that differ. */
static void compare(RtText *text, const RtText *now, const Record *before) {
  for (const char *at = now->data, *end = now->data + now->len; at < end;) {
    size_t len = part_len(at, end), found;
    size_t name_len = strcspn(at, ":");
    const char *old = find_part(before->parts, before->parts_len, at, name_len, &found);
    if (!old)
      add_reason(text, at, name_len, "is new");
    else if (found != len || memcmp(old, at, len) != 0)
      add_reason(text, at, name_len, "changed");
    at += len + 1;
  }
  for (const char *at = before->parts, *end = before->parts + before->parts_len; at < end;) {
    size_t len = part_len(at, end), found;
    size_t name_len = strcspn(at, ":");
    if (!find_part(now->data, now->len, at, name_len, &found)) add_reason(text, at, name_len, "is gone");
    at += len + 1;
  }
}

void explain_missing(Job *job, const char *path) {
  if (!job->run->options.explain) return;
  job->reason.len = 0;
  if (path)
    text_addf(&job->reason, "output %s changed or is missing", path);
  else
    text_puts(&job->reason, "its record cannot be read");
}

static void add_why(RtText *text, Job *job, const char *label) {
  Run *run = job->run;
  Record before;
  if (run->options.only) {
    text_puts(text, "asked for with --only");
  } else if (job->reason.len) {
    text_add(text, job->reason.data, job->reason.len);
  } else if (!journal_last(&run->journal, label, &before)) {
    text_puts(text, "never run before");
  } else if (!before.parts_len) {
    text_puts(text, "it was run by another scheduler before");
  } else {
    compare(text, &job->parts, &before);
    if (!text->len)
      text_puts(text, run->options.fresh ? "--fresh"
                      : job->shared      ? "the workflow changed around it"
                                         : "volatile");
  }
}

void explain_start(Job *job) {
  if (!job->run->options.explain) return;
  RtText label = {0}, why = {0}, line = {0};
  step_label(&label, job->frame, job->step);
  add_why(&why, job, label.data);
  text_addf(&line, "%s runs: %s\n", label.data, why.data);
  message_text(job->run, &line);
  text_free(&line);
  text_free(&why);
  text_free(&label);
}

void explain_dry(Job *job) {
  Run *run = job->run;
  RtText line = {0}, label = {0}, why = {0};
  step_label(&label, job->frame, job->step);
  text_addf(&line, "%s", label.data);
  if (run->options.explain) {
    add_why(&why, job, label.data);
    text_addf(&line, "  (%s)", why.data);
    text_free(&why);
  }
  text_puts(&line, ": ");
  command_show(&line, job);
  text_char(&line, '\n');
  disk_write(STDERR_FILENO, line.data, line.len);
  run->dry_runs++;
  text_free(&line);
  text_free(&label);
}

void explain_later(const Frame *frame, uint32_t step) {
  const RtStep *code = &frame->plan->code->steps[step];
  RtText line = {0};
  step_label(&line, frame, step);
  switch (code->kind) {
    case RT_CALL:
      text_puts(&line, ": later, on what the tasks above make\n");
      break;
    case RT_ASK:
      text_puts(&line, ": later, a question\n");
      break;
    case RT_BRANCH:
      text_puts(&line, ": later; whether it runs is known only then\n");
      break;
    default:
      text_puts(&line, ": later; how many times is known only then\n");
      break;
  }
  disk_write(STDERR_FILENO, line.data, line.len);
  text_free(&line);
}
