#include "diag_list.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *code, *summary, *help;
  bool error;
} rows[] = {
#define error true
#define warning false
#define DIAG(code, severity, name, summary, help) {code, summary, help, severity},
#include "diagnostics.def"
#undef DIAG
#undef error
#undef warning
};

Diags *diags_new(Arena *arena, Sources *sources) {
  Diags *diags = mem_alloc(sizeof *diags);
  *diags = (Diags){.arena = arena, .sources = sources};
  return diags;
}

void diags_free(Diags *diags) {
  if (!diags) return;
  vec_free(&diags->list);
  free(diags);
}

static const char *format_text(Diags *diags, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  char *text = arena_alloc(diags->arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  return text;
}

Diag *diag(Diags *diags, DiagCode code, Span span, const char *format, ...) {
  Diag *told = ARENA_NEW(diags->arena, Diag);
  va_list args;
  va_start(args, format);
  *told = (Diag){.code = code,
                 .span = sources_told(diags->sources, span),
                 .order = diags->list.len,
                 .message = format_text(diags, format, args)};
  va_end(args);
  vec_push(&diags->list, told);
  diags->errors += rows[code].error;
  return told;
}

void diag_help(Diags *diags, Diag *told, const char *format, ...) {
  va_list args;
  va_start(args, format);
  told->help = format_text(diags, format, args);
  va_end(args);
}

void diag_fix(Diags *diags, Diag *told, Span span, const char *replacement) {
  DiagFix *fix = ARENA_NEW(diags->arena, DiagFix), **end = &told->fixes;
  *fix = (DiagFix){NULL, span, arena_text(diags->arena, replacement, strlen(replacement))};
  while (*end) end = &(*end)->next;
  *end = fix;
}

void diag_note(Diags *diags, Diag *told, Span span, const char *format, ...) {
  DiagNote *note = ARENA_NEW(diags->arena, DiagNote), **end = &told->notes;
  va_list args;
  va_start(args, format);
  *note = (DiagNote){NULL, span, format_text(diags, format, args)};
  va_end(args);
  while (*end) end = &(*end)->next;
  *end = note;
}

uint32_t diags_errors(const Diags *diags) { return diags->errors; }
uint32_t diags_count(const Diags *diags) { return diags->list.len; }

bool diags_touch(const Diags *diags, Span span) {
  for (uint32_t i = 0; i < diags->list.len; i++) {
    const Diag *told = diags->list.data[i];
    if (rows[told->code].error && told->span.lo >= span.lo && told->span.lo <= span.hi) return true;
  }
  return false;
}

void diags_rewind(Diags *diags, uint32_t count) {
  while (diags->list.len > count) diags->errors -= rows[vec_pop(&diags->list)->code].error;
}

DiagCode diag_find(const char *code) {
  DiagCode found = 0;
  while (found < DIAG_COUNT && strcmp(rows[found].code, code)) found++;
  return found;
}

const char *diag_code(DiagCode code) { return rows[code].code; }
const char *diag_summary(DiagCode code) { return rows[code].summary; }
const char *diag_long(DiagCode code) { return rows[code].help; }
bool diag_is_error(DiagCode code) { return rows[code].error; }

/* ---- spelling ---- */

enum { MAX_SPELL = 64 };

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Edit distance with transpositions of neighbours (Damerau, Levenshtein; restricted). */
static uint32_t edit_distance(const char *a, size_t la, const char *b, size_t lb) {
  uint32_t rows3[3][MAX_SPELL + 1];
  uint32_t *before = rows3[0], *last = rows3[1], *row = rows3[2];
  for (size_t j = 0; j <= lb; j++) last[j] = before[j] = (uint32_t)j;
  for (size_t i = 1; i <= la; i++) {
    row[0] = (uint32_t)i;
    for (size_t j = 1; j <= lb; j++) {
      uint32_t cost = a[i - 1] != b[j - 1];
      row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = least(row[j], before[j - 2] + 1);
    }
    uint32_t *free_row = before;
    before = last;
    last = row;
    row = free_row;
  }
  return last[lb];
}

void suggest(Suggestion *suggestion, const char *candidate) {
  size_t len = strlen(suggestion->name), other = strlen(candidate);
  if (!len || !other || len > MAX_SPELL || other > MAX_SPELL) return;
  uint32_t most = (uint32_t)(len < 3 ? 1 : len < 6 ? 2 : len / 3);
  size_t difference = len > other ? len - other : other - len;
  if (difference > most || (len == 1 && other == 1)) return;
  uint32_t distance = edit_distance(suggestion->name, len, candidate, other);
  if (!distance || distance > most || distance >= len) return;
  if (suggestion->best && suggestion->distance <= distance) return;
  suggestion->best = candidate;
  suggestion->distance = distance;
}
