/* progress.c: counts are those of the tasks known so far; widths that only a run tells make them grow. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "disk.h"
#include "message.h"
#include "task.h"
#include "text.h"

enum { BAR = 24, LINE_EVERY = 10 };

void progress_begin(Run *run) {
  const char *term = getenv("TERM");
  run->bar = !run->options.quiet && !run->options.dry_run && isatty(STDERR_FILENO) && term &&
             strcmp(term, "dumb") != 0;
  run->said = run->began;
}

static int64_t over(const Counts *counts) {
  return counts->done + counts->cached + counts->failed + counts->skipped;
}

static void add_time(RtText *into, double seconds) {
  int64_t whole = (int64_t)(seconds + 0.5);
  if (seconds < 10)
    text_addf(into, "%.1f s", seconds);
  else if (whole < 60)
    text_addf(into, "%lld s", (long long)whole);
  else if (whole < 3600)
    text_addf(into, "%lld:%02lld min", (long long)(whole / 60), (long long)(whole % 60));
  else
    text_addf(into, "%lld:%02lld h", (long long)(whole / 3600), (long long)(whole / 60 % 60));
}

/* Rate and time left, from the tasks that have run: those found in the journal cost nothing. */
static void add_rate(RtText *into, const Run *run) {
  double passed = clock_now() - run->began;
  const Counts *counts = &run->counts;
  if (counts->done == 0 || passed < 0.5) return;
  double rate = (double)counts->done / passed;
  int64_t left = counts->known - over(counts);
  text_addf(into, rate >= 10 ? "  %.0f/s" : "  %.2g/s", rate);
  if (left <= 0) return;
  text_puts(into, "  about ");
  add_time(into, (double)left / rate);
  text_puts(into, " left");
}

static void add_running(RtText *into, const Run *run, size_t most) {
  size_t from = into->len;
  int64_t shown = 0;
  for (const Job *job = run->sched.running; job; job = job->next, shown++) {
    size_t before = into->len;
    text_puts(into, shown ? " " : "  ");
    step_label(into, job->frame, job->step);
    if (into->len - from <= most) continue;
    into->data[into->len = before] = 0;
    text_addf(into, " +%lld", (long long)run->sched.running_count - shown);
    return;
  }
}

static void add_counts(RtText *into, const Run *run) {
  const Counts *counts = &run->counts;
  text_addf(into, "%lld/%lld", (long long)over(counts), (long long)counts->known);
  if (counts->cached) text_addf(into, ", %lld found", (long long)counts->cached);
  if (counts->failed) text_addf(into, ", %lld failed", (long long)counts->failed);
}

static void add_bar(RtText *into, const Run *run) {
  const Counts *counts = &run->counts;
  int64_t full = counts->known ? over(counts) * BAR / counts->known : 0;
  text_char(into, '[');
  for (int i = 0; i < BAR; i++) text_char(into, i < full ? '#' : '.');
  text_puts(into, "] ");
}

static size_t columns(void) {
  struct winsize size;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void draw(Run *run) {
  RtText line = {0};
  size_t width = columns();
  add_bar(&line, run);
  add_counts(&line, run);
  add_rate(&line, run);
  if (line.len + 10 < width) add_running(&line, run, width - line.len - 6);
  if (line.len >= width) line.data[line.len = width - 1] = 0;
  RtText out = {0};
  text_addf(&out, "\r%s\033[K", line.data);
  disk_write(STDERR_FILENO, out.data, out.len);
  text_free(&out);
  text_free(&line);
  run->bar_shown = 1;
}

void progress_clear(Run *run) {
  if (!run->bar_shown) return;
  disk_write(STDERR_FILENO, "\r\033[K", 4);
  run->bar_shown = 0;
}

void progress_tick(Run *run) {
  if (run->bar) {
    draw(run);
    return;
  }
  double now = clock_now();
  if (run->options.quiet || run->options.dry_run || now - run->said < LINE_EVERY) return;
  run->said = now;
  RtText line = {0};
  add_counts(&line, run);
  add_rate(&line, run);
  add_running(&line, run, 100);
  message_note(run, "%s", line.data);
  text_free(&line);
}

void progress_end(Run *run) {
  progress_clear(run);
  if (run->options.quiet || run->options.dry_run) return;
  const Counts *counts = &run->counts;
  RtText line = {0};
  text_addf(&line, "%lld %s run", (long long)counts->done, counts->done == 1 ? "task" : "tasks");
  if (counts->cached) text_addf(&line, ", %lld found done", (long long)counts->cached);
  if (counts->failed) text_addf(&line, ", %lld failed", (long long)counts->failed);
  if (counts->skipped) text_addf(&line, ", %lld not run", (long long)counts->skipped);
  text_puts(&line, " in ");
  add_time(&line, clock_now() - run->began);
  message_note(run, "%s", line.data);
  text_free(&line);
}
