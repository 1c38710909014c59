/* table.c: tables with a header, TSV and CSV (RFC 4180), as arrays of records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "input.h"
#include "text.h"

/* One cell of the row that is being read. */
typedef struct Cell {
  const char *text;
  size_t len;
} Cell;

typedef struct Table {
  const RtSource *source;
  const RtType *record;
  const char *at, *end;
  char separator;
  uint32_t line, row_line; /* where the reader is, and where the row began */
  Cell *cells;             /* of the row */
  size_t count, cap;
  size_t *columns; /* of each field: its cell, or NO_COLUMN */
  size_t width;
  RtText unquoted; /* of the row: cells that had quotes, one after another */
} Table;

#define NO_COLUMN SIZE_MAX

static int wrong(const Table *t, const char *code, size_t column, const char *what) {
  return error_set(t->source->error, code, NULL, "%.250s:%u, column %zu: %s", t->source->name, t->row_line,
                   column, what);
}

static void add_cell(Table *t, const char *text, size_t len) {
  if (t->count == t->cap) {
    t->cap = t->cap ? t->cap * 2 : 16;
    Cell *cells = realloc(t->cells, t->cap * sizeof *cells);
    if (!cells) arena_exhausted(t->cap * sizeof *cells);
    t->cells = cells;
  }
  t->cells[t->count++] = (Cell){text, len};
}

/* The end of the plain cell that begins here. */
static void take_plain(Table *t) {
  const char *from = t->at;
  while (t->at < t->end && *t->at != t->separator && *t->at != '\n') t->at++;
  size_t len = (size_t)(t->at - from);
  int last = t->at == t->end || *t->at == '\n';
  if (last && len && from[len - 1] == '\r') len--;
  add_cell(t, from, len);
}

/* A cell in quotes, without them; "" inside is one quote.  Its text is put into the source's arena. */
static int take_quoted(Table *t) {
  t->unquoted.len = 0;
  for (t->at++;; t->at++) {
    if (t->at == t->end) return wrong(t, "R0044", t->count + 1, "a quote that is not closed");
    if (*t->at == '"') {
      if (t->at + 1 == t->end || t->at[1] != '"') break;
      t->at++;
    }
    if (*t->at == '\n') t->line++;
    text_char(&t->unquoted, *t->at);
  }
  t->at++;
  if (t->at < t->end && *t->at == '\r' && (t->at + 1 == t->end || t->at[1] == '\n')) t->at++;
  if (t->at < t->end && *t->at != t->separator && *t->at != '\n')
    return wrong(t, "R0044", t->count + 1, "text after the closing quote");
  add_cell(t, arena_copy(t->source->arena, t->unquoted.data ? t->unquoted.data : "", t->unquoted.len),
           t->unquoted.len);
  return 1;
}

/* Read the next row into `cells`: 1, 0 at the end, -1 when wrong.  Empty lines are no rows. */
static int take_row(Table *t) {
  t->count = 0;
  for (; t->at < t->end && (*t->at == '\n' || *t->at == '\r'); t->at++) t->line += *t->at == '\n';
  if (t->at == t->end) return 0;
  t->row_line = t->line;
  for (;;) {
    if (t->separator == ',' && t->at < t->end && *t->at == '"') {
      if (!take_quoted(t)) return -1;
    } else {
      take_plain(t);
    }
    if (t->at == t->end) return 1;
    if (*t->at++ == '\n') return t->line++, 1;
  }
}

static int cell_is(const Cell *cell, const char *name) {
  return strlen(name) == cell->len && memcmp(cell->text, name, cell->len) == 0;
}

/* A field without a column: an error, with the nearest name there is as a hint, unless it is optional. */
static int missing_column(const Table *t, const RtField *field) {
  if (field->type->kind == RT_OPTION) return 1;
  const char **names = malloc((t->count + 1) * sizeof *names);
  if (!names) arena_exhausted(t->count);
  for (size_t i = 0; i < t->count; i++)
    names[i] = arena_copy(t->source->arena, t->cells[i].text, t->cells[i].len);
  const char *near = suggest(field->name, names, t->count);
  char hint[160];
  if (near) snprintf(hint, sizeof hint, "the header has \"%.80s\"", near);
  free(names);
  return error_set(t->source->error, "R0041", near ? hint : NULL, "%.250s:%u: there is no column \"%s\" (%s)",
                   t->source->name, t->row_line, field->name, field->type->text);
}

static int find_column(Table *t, const RtField *field, size_t *column) {
  *column = NO_COLUMN;
  for (size_t i = 0; i < t->count; i++) {
    if (!cell_is(&t->cells[i], field->name)) continue;
    if (*column != NO_COLUMN)
      return error_set(t->source->error, "R0042", NULL, "%.250s:%u, column %zu: a second column \"%s\"",
                       t->source->name, t->row_line, i + 1, field->name);
    *column = i;
  }
  return *column != NO_COLUMN || missing_column(t, field);
}

static int take_header(Table *t) {
  int got = take_row(t);
  if (got < 0) return 0;
  if (!got) return error_set(t->source->error, "R0040", NULL, "%.250s: the table is empty", t->source->name);
  t->width = t->count;
  t->columns = arena_alloc(t->source->arena, (t->record->field_count + 1) * sizeof *t->columns);
  for (uint32_t i = 0; i < t->record->field_count; i++)
    if (!find_column(t, &t->record->fields[i], &t->columns[i])) return 0;
  return 1;
}

/* Scalars are read as they are; arrays and records as JSON. */
static int cell_value(const Table *t, const RtField *field, const Cell *cell, void *slot) {
  const RtSource *s = t->source;
  const RtType *type = field->type;
  while (type->kind == RT_OPTION) type = type->elem;
  if (type->kind != RT_ARRAY && type->kind != RT_RECORD)
    return scalar_from_text(s, field->type, cell->text, cell->len, slot);
  if (cell->len == 0 && field->type->kind == RT_OPTION) return slot_clear(field->type, slot), 1;
  const RtNode *node = json_parse(s->arena, cell->text, cell->len, field->name, s->error);
  RtSource inner = *s;
  inner.name = field->name;
  return node && value_from_node(&inner, node, field->type, slot);
}

static int take_record(Table *t, char *record) {
  if (t->count != t->width)
    return error_set(t->source->error, "R0043", NULL, "%.250s:%u: %zu cells, and the header has %zu",
                     t->source->name, t->row_line, t->count, t->width);
  for (uint32_t i = 0; i < t->record->field_count; i++) {
    const RtField *field = &t->record->fields[i];
    if (t->columns[i] == NO_COLUMN) continue; /* optional; the slot is zero */
    if (cell_value(t, field, &t->cells[t->columns[i]], record + field->offset)) continue;
    char where[400];
    snprintf(where, sizeof where, "%.250s:%u, column %zu (%.64s)", t->source->name, t->row_line,
             t->columns[i] + 1, field->name);
    error_prefix(t->source->error, where);
    return 0;
  }
  return 1;
}

/* Lines after the header are the most rows there can be. */
static int64_t most_rows(const Table *t) {
  int64_t lines = 1;
  for (const char *at = t->at; at < t->end && (at = memchr(at, '\n', (size_t)(t->end - at))); at++) lines++;
  return lines;
}

static int take_records(Table *t, const RtArray **value) {
  size_t size = t->record->size;
  RtArray *array = arena_alloc(t->source->arena, sizeof *array + (size_t)most_rows(t) * size);
  for (int got; (got = take_row(t)) != 0;)
    if (got < 0 || !take_record(t, array->items + (size_t)array->len++ * size)) return 0;
  *value = array;
  return 1;
}

int table_parse(const RtSource *source, const RtType *type, const char *text, size_t len, char separator,
                void *value) {
  if (type->kind != RT_ARRAY || type->elem->kind != RT_RECORD)
    return error_set(source->error, "R0045", NULL, "%.250s: a table cannot be read as %s", source->name,
                     type->text);
  Table t = {.source = source,
             .record = type->elem,
             .at = text,
             .end = text + len,
             .separator = separator,
             .line = 1};
  if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) t.at += 3;
  int done = take_header(&t) && take_records(&t, value);
  free(t.cells);
  text_free(&t.unquoted);
  return done;
}
