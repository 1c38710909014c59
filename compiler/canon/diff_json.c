/* diff_json.c: a diff for programs; docs/comparing.md describes it. */
#include "canon/diff.h"

#include <string.h>

static void put_string(Text *into, const char *text) {
  if (text)
    text_json(into, text, strlen(text));
  else
    text_puts(into, "null");
}

static void put_place(const Session *session, Span span, Text *into) {
  if (!sources_at(session->sources, span)) {
    text_puts(into, "null");
    return;
  }
  Position from = sources_position(session->sources, span.lo),
           to = sources_position(session->sources, span.hi);
  text_puts(into, "{\"path\": ");
  put_string(into, from.path);
  text_addf(into, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u}", from.line,
            from.column, to.line, to.column);
}

static void put_side(const Session *session, const Change *change, int side, Text *into) {
  text_puts(into, side ? ", \"after\": {\"place\": " : ", \"before\": {\"place\": ");
  put_place(session, change->places[side], into);
  text_puts(into, ", \"value\": ");
  put_string(into, change->values[side]);
  text_puts(into, "}");
}

static void put_change(const Session *session, const Change *change, Text *into) {
  text_puts(into, "    {\"kind\": ");
  put_string(into, change_info[change->kind].name);
  text_puts(into, ", \"what\": ");
  put_string(into, change->what);
  put_side(session, change, 0, into);
  put_side(session, change, 1, into);
  text_addf(into, ", \"more\": %u}", change->more);
}

static void put_counts(const Diff *diff, Text *into) {
  const char *separator = "";
  text_puts(into, "  \"counts\": {");
  for (ChangeKind kind = 0; kind < CHANGE_COUNT; kind++) {
    if (!diff->counts[kind]) continue;
    text_addf(into, "%s\"%s\": %u", separator, change_info[kind].name, diff->counts[kind]);
    separator = ", ";
  }
  text_puts(into, "},\n");
}

static void put_rewritten(const Rewritten *rewritten, Text *into) {
  text_addf(into,
            "  \"rewritten\": {\"renames\": %u, \"inlined\": %u, \"drawn_out\": %u, \"resources\": %u, "
            "\"reordered\": %s},\n",
            rewritten->renames, rewritten->inlined, rewritten->drawn_out, rewritten->resources,
            rewritten->reordered ? "true" : "false");
}

void diff_json(const Diff *diff, const Session *session, Text *into) {
  static const char *const names[] = {"before", "after"};
  text_addf(into, "{\n  \"same\": %s,\n", diff->same ? "true" : "false");
  for (int side = BEFORE; side <= AFTER; side++) {
    text_addf(into, "  \"%s\": {\"path\": ", names[side]);
    put_string(into, diff->sides[side].path);
    text_addf(into, ", \"identity\": \"%s\"},\n", diff->forms[side]->hex);
  }
  put_counts(diff, into);
  put_rewritten(&diff->rewritten, into);
  text_puts(into, "  \"changes\": [");
  for (uint32_t i = 0; i < diff->changes.len; i++) {
    text_puts(into, i ? ",\n" : "\n");
    put_change(session, &diff->changes.data[i], into);
  }
  text_puts(into, diff->changes.len ? "\n  ]\n}\n" : "]\n}\n");
}
