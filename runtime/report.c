/* report.c: --report: one HTML page that needs nothing else: graph, timeline, tasks, resources. */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "disk.h"
#include "message.h"
#include "task.h"
#include "text.h"

enum { MOST_EVENTS = 200000, MOST_ROWS = 5000, WIDTH = 1100, LANE = 16, MOST_LANES = 64, POINTS = 400 };

static const char *const state_names[EVENT_STATES] = {"ran", "found done", "failed"};
static const char *const state_colours[EVENT_STATES] = {"#4477aa", "#bbbbbb", "#cc3311"};

int report_begin(Run *run) {
  if (!trace_begin(run)) return 0;
  if (!run->options.report) return 1;
  int error = disk_put(run->options.report, "", 0, 0666);
  if (!error) return 1;
  RtText text = {0};
  text_addf(&text, "cannot write %s: %s", run->options.report, strerror(error));
  message_error(run, "R0112", NULL, text.data, NULL);
  text_free(&text);
  return 0;
}

void report_job(Run *run, const Job *job, EventState state) {
  if (!run->options.report || run->event_count >= MOST_EVENTS) return;
  if (run->event_count == run->event_cap) {
    run->event_cap = run->event_cap ? run->event_cap * 2 : 256;
    run->events = realloc(run->events, run->event_cap * sizeof *run->events);
    if (!run->events) arena_exhausted(run->event_cap * sizeof *run->events);
  }
  RtText label = {0};
  step_label(&label, job->frame, job->step);
  Event *event = &run->events[run->event_count++];
  *event = (Event){.plan = job->frame->plan->id,
                   .step = job->step,
                   .lane = job->lane,
                   .state = (uint8_t)state,
                   .label = label.data};
  event->start = job->start ? job->start - run->began : clock_now() - run->began;
  event->wall = job->used_wall;
  event->cpu = job->used_cpu;
  event->rss = job->used_rss;
}

void html_text(RtText *into, const char *text) {
  for (; *text; text++) {
    switch (*text) {
      case '<':
        text_puts(into, "&lt;");
        break;
      case '>':
        text_puts(into, "&gt;");
        break;
      case '&':
        text_puts(into, "&amp;");
        break;
      case '"':
        text_puts(into, "&quot;");
        break;
      default:
        text_char(into, *text);
        break;
    }
  }
}

static void add_head(RtText *page, const Run *run) {
  text_puts(page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
  html_text(page, run->program->name);
  text_puts(
      page,
      "</title><style>body{font:14px sans-serif;margin:2em;color:#222}table{border-collapse:collapse}"
      "td,th{padding:2px 10px;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child"
      "{text-align:left}svg{display:block;margin:.5em 0}svg text{font:11px sans-serif}.failed{color:#cc3311}"
      "dt{float:left;clear:left;width:14em;color:#666}dd{margin-left:14em}</style></head><body>\n<h1>");
  html_text(page, run->program->name);
  text_puts(page, "</h1>\n");
}

static void add_facts(RtText *page, const Run *run, int status) {
  double passed = clock_now() - run->began;
  const Counts *counts = &run->counts;
  char when[40];
  time_t began = (time_t)run->began_wall;
  struct tm local;
  strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S %z", localtime_r(&began, &local));
  text_addf(page, "<dl><dt>result</dt><dd>%s</dd><dt>began</dt><dd>%s</dd><dt>took</dt><dd>%.2f s</dd>",
            status ? "<b class=\"failed\">failed</b>" : "done", when, passed);
  text_puts(page, "<dt>source</dt><dd>");
  html_text(page, run->program->source);
  text_addf(page, "</dd><dt>tasks</dt><dd>%lld run, %lld found done, %lld failed, %lld not run</dd>",
            (long long)counts->done, (long long)counts->cached, (long long)counts->failed,
            (long long)counts->skipped);
  text_addf(page, "<dt>CPU time of tasks</dt><dd>%.2f s</dd><dt>time of tasks together</dt><dd>%.2f s</dd>",
            run->cpu_total, run->wall_total);
  text_addf(page, "<dt>running on average</dt><dd>%.2f, with room for %g</dd>",
            passed > 0 ? run->wall_total / passed : 0, run->sched.cpus);
  text_addf(page, "<dt>most memory of one task</dt><dd>%.1f MiB</dd></dl>\n", (double)run->peak_rss / 1024);
}

static int by_wall(const void *a, const void *b) {
  const Event *x = a, *y = b;
  if ((x->state == EVENT_FAILED) != (y->state == EVENT_FAILED)) return x->state == EVENT_FAILED ? -1 : 1;
  if (x->wall != y->wall) return x->wall < y->wall ? 1 : -1;
  return strcmp(x->label, y->label);
}

static size_t shown(const Run *run) {
  return run->event_count < MOST_ROWS ? run->event_count : (size_t)MOST_ROWS;
}

static void add_bar(RtText *page, const Event *event, double scale) {
  double width = event->wall * scale;
  text_addf(page, "<rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%d\" fill=\"%s\"><title>",
            event->start * scale, event->lane * LANE + 1, width < 0.5 ? 0.5 : width, LANE - 2,
            state_colours[event->state]);
  html_text(page, event->label);
  text_addf(page, ": %.3f s</title></rect>\n", event->wall);
}

static void add_timeline(RtText *page, const Run *run, double passed) {
  uint32_t lanes = 1;
  for (size_t i = 0; i < shown(run); i++)
    if (run->events[i].state != EVENT_CACHED && run->events[i].lane + 1 > lanes)
      lanes = run->events[i].lane + 1;
  if (lanes > MOST_LANES) lanes = MOST_LANES;
  double scale = WIDTH / (passed > 0 ? passed : 1);
  text_addf(page,
            "<h2>Timeline</h2>\n<svg width=\"%d\" height=\"%u\" xmlns=\"http://www.w3.org/2000/svg\">\n",
            WIDTH, lanes * LANE + 20);
  for (size_t i = 0; i < shown(run); i++)
    if (run->events[i].state != EVENT_CACHED && run->events[i].lane < lanes)
      add_bar(page, &run->events[i], scale);
  for (int i = 0; i <= 10; i++)
    text_addf(page, "<text x=\"%d\" y=\"%u\" text-anchor=\"%s\">%.3g s</text>\n", WIDTH * i / 10,
              lanes * LANE + 14,
              i == 0    ? "start"
              : i == 10 ? "end"
                        : "middle",
              passed * i / 10);
  text_puts(page, "</svg>\n");
}

/* How many tasks ran at each moment: the events are spread over points in time. */
static void add_load(RtText *page, const Run *run, double passed) {
  double load[POINTS] = {0}, most = 1, step = passed / POINTS;
  for (size_t i = 0; i < run->event_count && step > 0; i++) {
    const Event *event = &run->events[i];
    double end = event->start + event->wall;
    for (int at = (int)(event->start / step); at < POINTS && at * step < end; at++) {
      double from = event->start > at * step ? event->start : at * step,
             to = end < (at + 1) * step ? end : (at + 1) * step;
      if (at >= 0 && to > from) load[at] += (to - from) / step;
    }
  }
  for (int at = 0; at < POINTS; at++)
    if (load[at] > most) most = load[at];
  text_addf(page,
            "<h2>Tasks at once</h2>\n<svg width=\"%d\" height=\"120\" "
            "xmlns=\"http://www.w3.org/2000/svg\"><polyline "
            "fill=\"none\" stroke=\"#4477aa\" points=\"",
            WIDTH);
  for (int at = 0; at < POINTS; at++)
    text_addf(page, "%.1f,%.1f ", (double)at * WIDTH / POINTS, 110 - load[at] / most * 100);
  text_addf(page, "\"/><text x=\"2\" y=\"12\">%.1f</text></svg>\n", most);
}

static void add_table(RtText *page, const Run *run) {
  size_t rows = shown(run);
  text_puts(page, "<h2>Tasks</h2>\n");
  if (rows < run->event_count)
    text_addf(page, "<p>%zu of %zu, the longest first.</p>\n", rows, run->event_count);
  text_puts(
      page,
      "<table><tr><th>task</th><th>state</th><th>began</th><th>took</th><th>CPU</th><th>memory</th></tr>\n");
  for (size_t i = 0; i < rows; i++) {
    const Event *event = &run->events[i];
    text_addf(page, "<tr class=\"%s\"><td>", event->state == EVENT_FAILED ? "failed" : "");
    html_text(page, event->label);
    text_addf(page, "</td><td>%s</td>", state_names[event->state]);
    if (event->state == EVENT_CACHED)
      text_puts(page, "<td></td><td></td><td></td><td></td></tr>\n");
    else
      text_addf(page, "<td>%.3f s</td><td>%.3f s</td><td>%.3f s</td><td>%.1f MiB</td></tr>\n", event->start,
                event->wall, event->cpu, (double)event->rss / 1024);
  }
  text_puts(page, "</table>\n");
}

void report_write(Run *run, int status) {
  if (!run->options.report) return;
  RtText page = {0};
  double passed = clock_now() - run->began;
  if (run->event_count) qsort(run->events, run->event_count, sizeof *run->events, by_wall);
  add_head(&page, run);
  add_facts(&page, run, status);
  text_puts(&page, "<h2>Graph</h2>\n");
  graph_svg(&page, run);
  add_timeline(&page, run, passed);
  add_load(&page, run, passed);
  add_table(&page, run);
  text_puts(&page, "</body></html>\n");
  int error = disk_put(run->options.report, page.data, page.len, 0666);
  if (error) message_note(run, "warning: cannot write %s: %s", run->options.report, strerror(error));
  text_free(&page);
}
