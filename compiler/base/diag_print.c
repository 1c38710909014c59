/* Diagnostics shown: as text with the source lines and carets. Machines' formats are in diag_json.c. */
#include "diag_list.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SHOWN = 100, LINE_WIDTH = 100, TAB = 4 };

typedef struct Printer {
  const Diags *diags;
  FILE *out;
  bool color;
  int gutter; /* digits of the largest line number shown */
} Printer;

typedef enum Ink { INK_NONE, INK_ERROR, INK_WARNING, INK_NOTE, INK_DIM, INK_HELP, INK_BOLD } Ink;

static void ink(const Printer *pr, Ink which) {
  static const char *const codes[] = {"\033[0m",  "\033[1;31m", "\033[1;33m", "\033[1;34m",
                                      "\033[34m", "\033[1;36m", "\033[1m"};
  if (pr->color) fputs(codes[which], pr->out);
}

/* ---- order ---- */

static int by_place(const void *a, const void *b) {
  const Diag *x = *(Diag *const *)a, *y = *(Diag *const *)b;
  if (x->span.lo != y->span.lo) return x->span.lo < y->span.lo ? -1 : 1;
  if (x->span.hi != y->span.hi) return x->span.hi < y->span.hi ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

Diag **diags_sorted(const Diags *diags) {
  Diag **sorted = mem_alloc(diags->list.len * sizeof *sorted);
  if (diags->list.len) memcpy(sorted, diags->list.data, diags->list.len * sizeof *sorted);
  qsort(sorted, diags->list.len, sizeof *sorted, by_place);
  return sorted;
}

/* ---- widths ---- */

static uint32_t decode(const char *text, const char *end, uint32_t *len) {
  unsigned char c = (unsigned char)*text;
  uint32_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
  if ((size_t)(end - text) < n || (c >= 0x80 && c < 0xc0)) return *len = 1, 0xfffd;
  uint32_t code = n == 1 ? c : c & (0xffu >> (n + 1));
  for (uint32_t i = 1; i < n; i++) {
    if (((unsigned char)text[i] & 0xc0) != 0x80) return *len = 1, 0xfffd;
    code = code << 6 | ((unsigned char)text[i] & 0x3f);
  }
  *len = n;
  return code;
}

static bool between(uint32_t c, uint32_t low, uint32_t high) { return c >= low && c <= high; }

/* Columns on a terminal; combining marks take none, East Asian wide characters and emoji two. */
static uint32_t width_of(uint32_t c) {
  if (c < 0x300) return 1;
  if (between(c, 0x300, 0x36f) || between(c, 0x200b, 0x200f) || between(c, 0x20d0, 0x20ff) ||
      between(c, 0xfe00, 0xfe0f))
    return 0;
  bool wide = between(c, 0x1100, 0x115f) || between(c, 0x2e80, 0xa4cf) || between(c, 0xac00, 0xd7a3) ||
              between(c, 0xf900, 0xfaff) || between(c, 0xfe30, 0xfe6f) || between(c, 0xff00, 0xff60) ||
              between(c, 0xffe0, 0xffe6) || between(c, 0x1f300, 0x1faff) || between(c, 0x20000, 0x3fffd);
  return wide ? 2 : 1;
}

/* The text of a line from `start`, cut at `LINE_WIDTH` columns around a place. */
typedef struct View {
  const char *start, *end;
  bool cut_left, cut_right;
} View;

static const char *back(const char *at, const char *line, uint32_t columns) {
  while (at > line && columns) {
    do at--;
    while (at > line && ((unsigned char)*at & 0xc0) == 0x80);
    columns--;
  }
  return at;
}

/* At most this many bytes of a line are looked at. */
static const char *forth(const char *at, const char *end, uint32_t columns) {
  while (at < end && columns) {
    uint32_t len = 1, width = *at == '\t' ? TAB : width_of(decode(at, end, &len));
    if (width > columns) break;
    columns -= width;
    at += len;
  }
  return at;
}

static View view_of(const char *line, uint32_t len, uint32_t lo) {
  const char *end = line + len;
  if (len && end[-1] == '\r') end--;
  const char *at = line + lo < end ? line + lo : end;
  View view = {line, forth(line, end, LINE_WIDTH), false, false};
  if (view.end < end && at > forth(line, end, LINE_WIDTH * 2 / 3)) {
    view.start = back(at, line, LINE_WIDTH / 3);
    view.end = forth(view.start, end, LINE_WIDTH);
  }
  view.cut_left = view.start > line;
  view.cut_right = view.end < end;
  return view;
}

/* Prints a line's text with tabs widened and control characters made visible. */
static void print_view(const Printer *pr, View view) {
  if (view.cut_left) fputs("…", pr->out);
  for (const char *at = view.start; at < view.end;) {
    uint32_t len, code = decode(at, view.end, &len);
    if (code == '\t')
      fprintf(pr->out, "%*s", TAB, "");
    else if (code < 0x20 || code == 0x7f || code == 0xfffd || between(code, 0x80, 0x9f) ||
             between(code, 0x202a, 0x202e) || between(code, 0x2066, 0x2069))
      fputs("\xef\xbf\xbd", pr->out);
    else
      fwrite(at, 1, len, pr->out);
    at += len;
  }
  if (view.cut_right) fputs("…", pr->out);
}

static uint32_t columns_to(View view, const char *to) {
  uint32_t columns = view.cut_left;
  for (const char *at = view.start; at < to && at < view.end;) {
    uint32_t len, code = decode(at, view.end, &len);
    columns += code == '\t' ? TAB : code < 0x20 ? 1 : width_of(code);
    at += len;
  }
  return columns;
}

/* ---- one place ---- */

static void gutter(const Printer *pr, uint32_t line) {
  ink(pr, INK_DIM);
  if (line)
    fprintf(pr->out, "%*u | ", pr->gutter, line);
  else
    fprintf(pr->out, "%*s |", pr->gutter, "");
  ink(pr, INK_NONE);
}

static void gutter_bar(const Printer *pr) {
  gutter(pr, 0);
  fputc('\n', pr->out);
}

/* The line of a span, underlined as far as it goes on that line. */
static void print_line(const Printer *pr, Span span, char mark, Ink color, const char *label) {
  Source *source = sources_at(pr->diags->sources, span);
  Position place = sources_position(pr->diags->sources, span.lo);
  if (!source || !place.line) return;
  uint32_t len;
  const char *line = source_line(source, place.line, &len);
  uint32_t lo = span.lo - source->base - (uint32_t)(line - source->text);
  uint32_t hi = span.hi - span.lo > len - (lo < len ? lo : len) ? len : lo + (span.hi - span.lo);
  View view = view_of(line, len, lo);
  gutter(pr, place.line);
  print_view(pr, view);
  fputc('\n', pr->out);
  uint32_t from = columns_to(view, line + (lo < len ? lo : len)), to = columns_to(view, line + hi);
  gutter(pr, 0);
  fprintf(pr->out, "%*s", (int)from + 1, "");
  ink(pr, color);
  for (uint32_t i = from; i < to || i == from; i++) fputc(mark, pr->out);
  if (label) fprintf(pr->out, " %s", label);
  ink(pr, INK_NONE);
  fputc('\n', pr->out);
}

static int digits(uint32_t number) {
  int n = 1;
  for (; number >= 10; number /= 10) n++;
  return n;
}

static bool same_file(const Printer *pr, Span a, Span b) {
  return sources_at(pr->diags->sources, a) == sources_at(pr->diags->sources, b);
}

static void set_gutter(Printer *pr, const Diag *told) {
  uint32_t most = sources_position(pr->diags->sources, told->span.lo).line;
  for (const DiagNote *note = told->notes; note; note = note->next) {
    uint32_t line = sources_position(pr->diags->sources, note->span.lo).line;
    if (line > most) most = line;
  }
  pr->gutter = digits(most);
}

static void print_arrow(const Printer *pr, Span span, const char *arrow) {
  Position place = sources_position(pr->diags->sources, span.lo);
  ink(pr, INK_DIM);
  fprintf(pr->out, "%*s%s ", pr->gutter, "", arrow);
  ink(pr, INK_NONE);
  fprintf(pr->out, "%s:%u:%u\n", place.path, place.line, place.column);
}

static void print_notes(const Printer *pr, const Diag *told) {
  for (const DiagNote *note = told->notes; note; note = note->next) {
    if (!sources_at(pr->diags->sources, note->span)) {
      fprintf(pr->out, "%*s = note: %s\n", pr->gutter, "", note->message);
      continue;
    }
    if (!same_file(pr, note->span, told->span)) print_arrow(pr, note->span, ":::");
    print_line(pr, note->span, '-', INK_NOTE, note->message);
  }
}

static void print_one(Printer *pr, const Diag *told) {
  bool is_error = diag_is_error(told->code);
  set_gutter(pr, told);
  ink(pr, is_error ? INK_ERROR : INK_WARNING);
  fprintf(pr->out, "%s[%s]", is_error ? "error" : "warning", diag_code(told->code));
  ink(pr, INK_BOLD);
  fprintf(pr->out, ": %s\n", told->message);
  ink(pr, INK_NONE);
  if (sources_at(pr->diags->sources, told->span)) {
    print_arrow(pr, told->span, "-->");
    gutter_bar(pr);
    print_line(pr, told->span, '^', is_error ? INK_ERROR : INK_WARNING, NULL);
  }
  print_notes(pr, told);
  if (told->help) {
    fprintf(pr->out, "%*s ", pr->gutter, "");
    ink(pr, INK_HELP);
    fputs("= help", pr->out);
    ink(pr, INK_NONE);
    fprintf(pr->out, ": %s\n", told->help);
  }
  fputc('\n', pr->out);
}

void diags_show(const Diags *diags, Span span, const char *label, FILE *out, bool color) {
  if (!sources_at(diags->sources, span)) return;
  Printer printer = {.diags = diags, .out = out, .color = color};
  printer.gutter = digits(sources_position(diags->sources, span.lo).line);
  print_arrow(&printer, span, "-->");
  gutter_bar(&printer);
  print_line(&printer, span, '^', INK_NOTE, label);
}

static void print_count(FILE *out, uint32_t count, const char *what, bool more) {
  if (count) fprintf(out, "%u %s%s%s", count, what, count == 1 ? "" : "s", more ? ", " : "");
}

static void print_text(const Diags *diags, FILE *out, bool color) {
  Printer printer = {.diags = diags, .out = out, .color = color};
  Diag **sorted = diags_sorted(diags);
  uint32_t shown = diags->list.len < MAX_SHOWN ? diags->list.len : MAX_SHOWN;
  for (uint32_t i = 0; i < shown; i++) print_one(&printer, sorted[i]);
  free(sorted);
  if (!diags->list.len) return;
  if (shown < diags->list.len) fprintf(out, "… and %u more\n", diags->list.len - shown);
  uint32_t warnings = diags->list.len - diags->errors;
  print_count(out, diags->errors, "error", warnings);
  print_count(out, warnings, "warning", false);
  fputc('\n', out);
}

void diags_print(const Diags *diags, FILE *out, DiagFormat format, bool color) {
  if (format == DIAG_TEXT)
    print_text(diags, out, color);
  else
    diags_json(diags, out, format == DIAG_SARIF);
}
