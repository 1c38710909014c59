/* diff_text.c: a diff for people. */
#include "canon/diff.h"

#include <string.h>

/* ---- how many ---- */

static void put_count(Text *into, uint32_t count, const char *one, const char *many, const char **separator) {
  if (!count) return;
  text_addf(into, "%s%u %s", *separator, count, count == 1 ? one : many);
  *separator = ", ";
}

/* Renames and the like; false: there are none. */
static bool put_rewritten(const Diff *diff, const char *before, Text *into) {
  const Rewritten *rewritten = &diff->rewritten;
  const char *separator = before;
  put_count(into, rewritten->renames, "rename", "renames", &separator);
  put_count(into, rewritten->inlined, "inlined flow", "inlined flows", &separator);
  put_count(into, rewritten->drawn_out, "flow drawn out", "flows drawn out", &separator);
  put_count(into, rewritten->resources, "task's resources", "tasks' resources", &separator);
  if (rewritten->reordered) text_addf(into, "%sthe order of steps", separator);
  return rewritten->reordered || separator != before;
}

void diff_summary(const Diff *diff, Text *into) {
  if (diff->same) {
    text_puts(into, "same");
    put_rewritten(diff, " up to ", into);
    return;
  }
  const char *separator = "";
  for (ChangeKind kind = 0; kind < CHANGE_COUNT; kind++)
    put_count(into, diff->counts[kind], change_info[kind].one, change_info[kind].many, &separator);
  put_rewritten(diff, "; beside that ", into);
}

void diff_stat(const Diff *diff, Text *into) {
  for (ChangeKind kind = 0; kind < CHANGE_COUNT; kind++)
    if (diff->counts[kind])
      text_addf(into, " %c %5u  %s\n", change_info[kind].sign, diff->counts[kind], change_info[kind].name);
  diff_summary(diff, into);
  text_putc(into, '\n');
}

/* ---- one change ---- */

typedef struct Teller {
  const Diff *diff;
  const Session *session;
  bool color;
  Text *into;
  size_t widths[2]; /* of places */
} Teller;

static void ink(const Teller *teller, char sign) {
  if (!teller->color) return;
  const char *code = sign == '+' ? "\033[32m" : sign == '-' ? "\033[31m" : sign ? "\033[33m" : "\033[0m";
  text_puts(teller->into, code);
}

static const char *own_path(const Teller *teller, int side) {
  const DiffSide *self = &teller->diff->sides[side];
  return self->program && self->program->main ? self->program->main->path : self->path;
}

/* Line and column, behind the path where that is not the side's own. */
static void put_place(const Teller *teller, int side, Span span, Text *into) {
  if (!sources_at(teller->session->sources, span)) return;
  Position place = sources_position(teller->session->sources, span.lo);
  if (strcmp(place.path, own_path(teller, side)) != 0) text_addf(into, "%s:", place.path);
  text_addf(into, "%u:%u", place.line, place.column);
}

static void measure(Teller *teller, const Change *change) {
  for (int side = BEFORE; side <= AFTER; side++) {
    Text place = {0};
    put_place(teller, side, change->places[side], &place);
    if (place.len > teller->widths[side]) teller->widths[side] = place.len;
    text_free(&place);
  }
}

static void put_places(const Teller *teller, const Change *change) {
  for (int side = BEFORE; side <= AFTER; side++) {
    Text place = {0};
    put_place(teller, side, change->places[side], &place);
    if (teller->widths[side])
      text_addf(teller->into, " %-*s ", (int)teller->widths[side], place.data ? place.data : "");
    text_free(&place);
  }
}

static void put_scatter(const Change *change, Text *into) {
  if (change->values[0] && change->values[1])
    text_addf(into, ": over %s → over %s", change->values[0], change->values[1]);
  else if (change->values[0])
    text_addf(into, ": out of the one over %s", change->values[0]);
  else if (change->values[1])
    text_addf(into, ": into one over %s", change->values[1]);
}

static void put_values(const Change *change, Text *into) {
  const char *const *values = change->values;
  if (values[0] && values[1])
    text_addf(into, ": %s → %s", values[0], values[1]);
  else if (values[0])
    text_addf(into, ": %s removed", values[0]);
  else if (values[1])
    text_addf(into, ": %s added", values[1]);
}

static void put_change(const Teller *teller, const Change *change) {
  const ChangeInfo *info = &change_info[change->kind];
  bool valued = change->values[0] || change->values[1];
  ink(teller, info->sign);
  text_putc(teller->into, info->sign);
  ink(teller, 0);
  put_places(teller, change);
  ink(teller, info->sign);
  text_addf(teller->into, " %s", info->one);
  ink(teller, 0);
  if (*change->what) text_addf(teller->into, "%s %s", valued ? "" : ":", change->what);
  if (change->more)
    text_addf(teller->into, " and %u more step%s", change->more, change->more == 1 ? "" : "s");
  if (change->kind == CHANGE_SCATTER)
    put_scatter(change, teller->into);
  else
    put_values(change, teller->into);
  text_putc(teller->into, '\n');
}

void diff_text(const Diff *diff, const Session *session, bool color, Text *into) {
  Teller teller = {diff, session, color, into, {0}};
  if (diff->changes.len)
    text_addf(into, "--- %s\n+++ %s\n", diff->sides[BEFORE].path, diff->sides[AFTER].path);
  for (uint32_t i = 0; i < diff->changes.len; i++) measure(&teller, &diff->changes.data[i]);
  for (uint32_t i = 0; i < diff->changes.len; i++) put_change(&teller, &diff->changes.data[i]);
  diff_summary(diff, into);
  text_putc(into, '\n');
}
