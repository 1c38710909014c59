/* Diagnostics for programs: a JSON array, and SARIF 2.1. */
#include "diag_list.h"

#include <stdlib.h>
#include <string.h>

typedef struct Writer {
  const Diags *diags;
  Text text;
} Writer;

static void put_string(Writer *w, const char *text) { text_json(&w->text, text, strlen(text)); }

static void put_key(Writer *w, const char *key) {
  put_string(w, key);
  text_puts(&w->text, ": ");
}

static void put_pair(Writer *w, const char *key, const char *value) {
  put_key(w, key);
  put_string(w, value);
}

static const char *severity(const Diag *told) { return diag_is_error(told->code) ? "error" : "warning"; }

/* ---- JSON ---- */

static void put_position(Writer *w, const char *key, uint32_t offset, const Source *source) {
  Position place = sources_position(w->diags->sources, offset);
  put_key(w, key);
  text_addf(&w->text, "{\"line\": %u, \"column\": %u, \"offset\": %u}", place.line, place.column,
            source ? offset - source->base : 0);
}

/* `"path": …, "start": …, "end": …` */
static void put_place(Writer *w, Span span) {
  const Source *source = sources_at(w->diags->sources, span);
  put_pair(w, "path", source ? source->path : "");
  text_puts(&w->text, ", ");
  put_position(w, "start", span.lo, source);
  text_puts(&w->text, ", ");
  put_position(w, "end", span.hi, source);
}

static void put_fixes(Writer *w, const Diag *told) {
  text_puts(&w->text, ", \"fixes\": [");
  for (const DiagFix *fix = told->fixes; fix; fix = fix->next) {
    text_puts(&w->text, fix == told->fixes ? "{" : ", {");
    put_place(w, fix->span);
    text_puts(&w->text, ", ");
    put_pair(w, "replacement", fix->replacement);
    text_putc(&w->text, '}');
  }
  text_putc(&w->text, ']');
}

static void put_notes(Writer *w, const Diag *told) {
  text_puts(&w->text, ", \"notes\": [");
  for (const DiagNote *note = told->notes; note; note = note->next) {
    text_puts(&w->text, note == told->notes ? "{" : ", {");
    put_pair(w, "message", note->message);
    text_puts(&w->text, ", ");
    put_place(w, note->span);
    text_putc(&w->text, '}');
  }
  text_putc(&w->text, ']');
}

static void put_diag(Writer *w, const Diag *told) {
  text_puts(&w->text, "  {");
  put_pair(w, "code", diag_code(told->code));
  text_puts(&w->text, ", ");
  put_pair(w, "severity", severity(told));
  text_puts(&w->text, ", ");
  put_pair(w, "message", told->message);
  text_puts(&w->text, ", ");
  put_place(w, told->span);
  text_puts(&w->text, ", ");
  put_key(w, "help");
  if (told->help)
    put_string(w, told->help);
  else
    text_puts(&w->text, "null");
  put_fixes(w, told);
  put_notes(w, told);
  text_putc(&w->text, '}');
}

static void put_array(Writer *w, Diag **sorted) {
  text_puts(&w->text, "[");
  for (uint32_t i = 0; i < w->diags->list.len; i++) {
    text_puts(&w->text, i ? ",\n" : "\n");
    put_diag(w, sorted[i]);
  }
  text_puts(&w->text, w->diags->list.len ? "\n]\n" : "]\n");
}

/* ---- SARIF ---- */

/* A path as a URI reference: what may not stand there is escaped. */
static void put_uri(Writer *w, const char *path) {
  Text uri = {0};
  for (const unsigned char *at = (const unsigned char *)path; *at; at++) {
    bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                 strchr("-._~/", *at);
    if (plain)
      text_putc(&uri, (char)*at);
    else
      text_addf(&uri, "%%%02X", *at);
  }
  put_string(w, uri.data ? uri.data : "");
  text_free(&uri);
}

static void put_region(Writer *w, Span span) {
  Position start = sources_position(w->diags->sources, span.lo),
           end = sources_position(w->diags->sources, span.hi);
  text_addf(&w->text, "{\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u}",
            start.line, start.column, end.line, end.column);
}

static void put_artifact(Writer *w, const Source *source) {
  text_puts(&w->text, "\"artifactLocation\": {\"uri\": ");
  put_uri(w, source->path);
  text_putc(&w->text, '}');
}

/* A location with its message, or `null`-free nothing when it is nowhere. */
static bool put_location(Writer *w, Span span, const char *message) {
  const Source *source = sources_at(w->diags->sources, span);
  if (!source) return false;
  text_puts(&w->text, "{\"physicalLocation\": {");
  put_artifact(w, source);
  text_puts(&w->text, ", \"region\": ");
  put_region(w, span);
  text_putc(&w->text, '}');
  if (message) {
    text_puts(&w->text, ", \"message\": {");
    put_pair(w, "text", message);
    text_putc(&w->text, '}');
  }
  text_putc(&w->text, '}');
  return true;
}

static void put_related(Writer *w, const Diag *told) {
  text_puts(&w->text, ", \"relatedLocations\": [");
  bool any = false;
  for (const DiagNote *note = told->notes; note; note = note->next) {
    if (!sources_at(w->diags->sources, note->span)) continue;
    if (any) text_puts(&w->text, ", ");
    any |= put_location(w, note->span, note->message);
  }
  text_putc(&w->text, ']');
}

static void put_sarif_fixes(Writer *w, const Diag *told) {
  text_puts(&w->text, ", \"fixes\": [");
  for (const DiagFix *fix = told->fixes; fix; fix = fix->next) {
    const Source *source = sources_at(w->diags->sources, fix->span);
    if (!source) continue;
    if (fix != told->fixes) text_puts(&w->text, ", ");
    text_puts(&w->text, "{\"artifactChanges\": [{");
    put_artifact(w, source);
    text_puts(&w->text, ", \"replacements\": [{\"deletedRegion\": ");
    put_region(w, fix->span);
    text_puts(&w->text, ", \"insertedContent\": {");
    put_pair(w, "text", fix->replacement);
    text_puts(&w->text, "}}]}]}");
  }
  text_putc(&w->text, ']');
}

static void put_result(Writer *w, const Diag *told) {
  text_puts(&w->text, "      {");
  put_pair(w, "ruleId", diag_code(told->code));
  text_puts(&w->text, ", ");
  put_pair(w, "level", severity(told));
  text_puts(&w->text, ", \"message\": {");
  Text message = {0};
  text_puts(&message, told->message);
  if (told->help) text_addf(&message, "; %s", told->help);
  put_pair(w, "text", message.data);
  text_free(&message);
  text_puts(&w->text, "}, \"locations\": [");
  put_location(w, told->span, NULL);
  text_putc(&w->text, ']');
  if (told->notes) put_related(w, told);
  if (told->fixes) put_sarif_fixes(w, told);
  text_putc(&w->text, '}');
}

/* The rules of the codes that occur, in the order of the table. */
static void put_rules(Writer *w) {
  bool used[DIAG_COUNT] = {false}, any = false;
  for (uint32_t i = 0; i < w->diags->list.len; i++) used[w->diags->list.data[i]->code] = true;
  for (DiagCode code = 0; code < DIAG_COUNT; code++) {
    if (!used[code]) continue;
    text_puts(&w->text, any ? ",\n        {" : "\n        {");
    any = true;
    put_pair(w, "id", diag_code(code));
    text_puts(&w->text, ", \"shortDescription\": {");
    put_pair(w, "text", diag_summary(code));
    text_puts(&w->text, "}, \"fullDescription\": {");
    put_pair(w, "text", diag_long(code));
    text_puts(&w->text, "}}");
  }
}

static void put_sarif(Writer *w, Diag **sorted) {
  text_puts(&w->text,
            "{\n  \"version\": \"2.1.0\",\n"
            "  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
            "  \"runs\": [{\n    \"tool\": {\"driver\": {\"name\": \"weft\", \"rules\": [");
  put_rules(w);
  text_puts(&w->text, "]}},\n    \"columnKind\": \"unicodeCodePoints\",\n    \"results\": [");
  for (uint32_t i = 0; i < w->diags->list.len; i++) {
    text_puts(&w->text, i ? ",\n" : "\n");
    put_result(w, sorted[i]);
  }
  text_puts(&w->text, "]\n  }]\n}\n");
}

void diags_json(const Diags *diags, FILE *out, bool sarif) {
  Writer writer = {.diags = diags};
  Diag **sorted = diags_sorted(diags);
  if (sarif)
    put_sarif(&writer, sorted);
  else
    put_array(&writer, sorted);
  fwrite(writer.text.data, 1, writer.text.len, out);
  text_free(&writer.text);
  free(sorted);
}
