#include "dedup_report.h"

#include <string.h>

enum { SHORT_IDENTITY = 12, MOST_FRAGMENTS = 40, MOST_PLACES = 10 };

typedef struct Report {
  const Dedup *dedup;
  const Fragments *fragments;
  bool all;
  Text *into;
} Report;

static const char *plural(uint32_t count) { return count == 1 ? "" : "s"; }

static const char *class_hex(const Report *report, const DedupClass *class) {
  return report->dedup->members.data[class->first].hex[class->view];
}

static void put_indent(const Report *report, int level) {
  for (; level; level--) text_puts(report->into, "  ");
}

/* ---- text ---- */

static void put_files(const Report *report, const DedupClass *class, int level) {
  for (uint32_t m = class->first; m < class->first + class->count; m++) {
    put_indent(report, level);
    text_addf(report->into, "%s\n", report->dedup->members.data[m].path);
  }
}

/* A class that has one part is told as this part; one of a single file as the file. */
static void put_class(const Report *report, const DedupClass *class, int level) {
  while (class->parted == 1) class = &report->dedup->classes.data[class->parts];
  if (class->count == 1 && !report->all) {
    put_files(report, class, level);
    return;
  }
  put_indent(report, level);
  text_addf(report->into, "%s %.*s  %u file%s\n", view_name(class->view), SHORT_IDENTITY,
            class_hex(report, class), class->count, plural(class->count));
  for (uint32_t p = class->parts; p < class->parts + class->parted; p++)
    put_class(report, &report->dedup->classes.data[p], level + 1);
  if (!class->parted) put_files(report, class, level + 1);
}

static void put_classes(const Report *report) {
  const Dedup *dedup = report->dedup;
  text_addf(report->into, "%u file%s: %u different by exact identity, %u by params, %u by shape\n",
            dedup->members.len, plural(dedup->members.len), dedup_count(dedup, VIEW_EXACT),
            dedup_count(dedup, VIEW_PARAMS), dedup_count(dedup, VIEW_SHAPE));
  for (uint32_t c = 0; c < dedup->shapes; c++) {
    if (dedup->classes.data[c].count == 1 && !report->all) continue;
    text_putc(report->into, '\n');
    put_class(report, &dedup->classes.data[c], 0);
  }
}

static void put_place(const Report *report, Place place) {
  const char *path = name_of(report->dedup->vertices.session, place.path);
  text_addf(report->into, "  %s:%u:%u\n", path, place.line, place.column);
}

static void put_fragment(const Report *report, const Fragment *fragment) {
  Text *into = report->into;
  text_addf(into, "\n%u tasks in %u places, %llu saved: ", fragment->tasks, fragment->count,
            (unsigned long long)fragment_saved(fragment));
  fragment_print(&report->dedup->vertices, fragment, into);
  text_putc(into, '\n');
  uint32_t shown = report->all || fragment->count <= MOST_PLACES ? fragment->count : MOST_PLACES;
  for (uint32_t p = 0; p < shown; p++) put_place(report, report->fragments->places.data[fragment->first + p]);
  if (shown < fragment->count) text_addf(into, "  and %u more\n", fragment->count - shown);
}

static void put_fragments(const Report *report) {
  uint32_t count = report->fragments->all.len, shown = count;
  if (report->dedup->fragments == VIEW_COUNT) return;
  if (!report->all && shown > MOST_FRAGMENTS) shown = MOST_FRAGMENTS;
  text_addf(report->into, "\n%u shared fragment%s by %s identity\n", count, plural(count),
            view_name(report->dedup->fragments));
  for (uint32_t f = 0; f < shown; f++) put_fragment(report, &report->fragments->all.data[f]);
  if (shown < count) text_addf(report->into, "\nand %u more; --all shows them\n", count - shown);
}

void dedup_text(const Dedup *dedup, const Fragments *fragments, bool all, Text *into) {
  Report report = {dedup, fragments, all, into};
  put_classes(&report);
  put_fragments(&report);
}

/* ---- JSON ---- */

static void json_text(const Report *report, const char *text) { text_json(report->into, text, strlen(text)); }

static void json_class(const Report *report, const DedupClass *class) {
  Text *into = report->into;
  text_addf(into, "{\"%s\": \"%s\", \"count\": %u, ", view_name(class->view), class_hex(report, class),
            class->count);
  text_puts(into, class->parted ? "\"parts\": [" : "\"files\": [");
  for (uint32_t p = 0; p < class->parted; p++) {
    if (p) text_puts(into, ", ");
    json_class(report, &report->dedup->classes.data[class->parts + p]);
  }
  for (uint32_t m = 0; !class->parted && m < class->count; m++) {
    if (m) text_puts(into, ", ");
    json_text(report, report->dedup->members.data[class->first + m].path);
  }
  text_puts(into, "]}");
}

static void json_fragment(const Report *report, const Fragment *fragment) {
  Text *into = report->into, term = {0};
  const Vertices *vertices = &report->dedup->vertices;
  fragment_print(vertices, fragment, &term);
  text_addf(into, "{\"id\": \"%016llx%016llx\", \"term\": ", (unsigned long long)fragment->id.high,
            (unsigned long long)fragment->id.low);
  text_json(into, term.data, term.len);
  text_free(&term);
  text_addf(into, ", \"tasks\": %u, \"saved\": %llu, \"places\": [", fragment->tasks,
            (unsigned long long)fragment_saved(fragment));
  for (uint32_t p = 0; p < fragment->count; p++) {
    const Place *place = &report->fragments->places.data[fragment->first + p];
    text_puts(into, p ? ", {\"file\": " : "{\"file\": ");
    json_text(report, name_of(vertices->session, place->path));
    text_addf(into, ", \"line\": %u, \"column\": %u}", place->line, place->column);
  }
  text_puts(into, "]}");
}

void dedup_json(const Dedup *dedup, const Fragments *fragments, Text *into) {
  Report report = {dedup, fragments, true, into};
  text_addf(into,
            "{\"files\": %u, \"different\": {\"exact\": %u, \"params\": %u, \"shape\": %u},\n \"classes\": [",
            dedup->members.len, dedup_count(dedup, VIEW_EXACT), dedup_count(dedup, VIEW_PARAMS),
            dedup_count(dedup, VIEW_SHAPE));
  for (uint32_t c = 0; c < dedup->shapes; c++) {
    text_puts(into, c ? ",\n  " : "\n  ");
    json_class(&report, &dedup->classes.data[c]);
  }
  text_puts(into, "],\n \"fragments\": [");
  for (uint32_t f = 0; f < fragments->all.len; f++) {
    text_puts(into, f ? ",\n  " : "\n  ");
    json_fragment(&report, &fragments->all.data[f]);
  }
  text_puts(into, "]}\n");
}
