#include "match_report.h"

#include "ir/expr.h"

#include <string.h>

static Position place_of(const Graph *target, Node node) {
  Span span = target->span_of.data[node];
  return span.hi ? sources_position(target->session->sources, span.lo) : (Position){NULL, 0, 0};
}

/* The term itself, not the name of the step that it is. */
static void put_term(const Graph *target, Node node, Text *into) { expr_print_term(target, node, into); }

static void put_place(Position at, const char *path, Text *into) {
  if (at.path)
    text_addf(into, "%s:%u:%u", at.path, at.line, at.column);
  else
    text_puts(into, path);
}

void match_text(const Graph *target, const Matches *matches, const char *path, Text *into) {
  for (uint32_t i = 0; i < matches->all.len; i++) {
    const Occurrence *found = &matches->all.data[i];
    Position at = place_of(target, found->root);
    put_place(at, path, into);
    if (at.path && strcmp(at.path, path) != 0) text_addf(into, " (in %s)", path);
    text_puts(into, ": ");
    put_term(target, found->root, into);
    text_putc(into, '\n');
    for (uint32_t k = 0; k < found->count; k++) {
      const Filling *filling = &matches->fillings.data[found->first + k];
      text_addf(into, "  ?%s = ", name_of(target->session, filling->hole));
      put_term(target, filling->node, into);
      at = place_of(target, filling->node);
      if (at.path) {
        text_puts(into, "  at ");
        put_place(at, path, into);
      }
      text_putc(into, '\n');
    }
  }
}

static void json_term(const Graph *target, Node node, const char *path, Text *into) {
  Text term = {0};
  Position at = place_of(target, node);
  put_term(target, node, &term);
  const char *file = at.path ? at.path : path;
  text_puts(into, "\"file\": ");
  text_json(into, file, strlen(file));
  text_addf(into, ", \"line\": %u, \"column\": %u, \"term\": ", at.line, at.column);
  text_json(into, term.data, term.len);
  text_free(&term);
}

void match_json(const Graph *target, const Matches *matches, const char *path, bool first, Text *into) {
  for (uint32_t i = 0; i < matches->all.len; i++) {
    const Occurrence *found = &matches->all.data[i];
    text_puts(into, first && !i ? "\n  {\"searched\": " : ",\n  {\"searched\": ");
    text_json(into, path, strlen(path));
    text_puts(into, ", ");
    json_term(target, found->root, path, into);
    text_puts(into, ", \"holes\": {");
    for (uint32_t k = 0; k < found->count; k++) {
      const Filling *filling = &matches->fillings.data[found->first + k];
      if (k) text_puts(into, ", ");
      text_json(into, name_of(target->session, filling->hole),
                sym_len(target->session->names, filling->hole));
      text_puts(into, ": {");
      json_term(target, filling->node, path, into);
      text_putc(into, '}');
    }
    text_puts(into, "}}");
  }
}
