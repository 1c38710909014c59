/* fuzz_certificate.c: whatever the text, checking it as a certificate ends; what it proves is the same workflow. */
#include "canon/form.h"
#include "canon/normal.h"
#include "canon/replay.h"

#include <stdint.h>
#include <string.h>

/* The identity of a graph, which is used up. */
static void identify(Graph *graph, char hex[65]) {
  graph->limit = 1 << 16;
  Graph *normal = normal_form(graph);
  Form *form = normal->full || normal->exhausted ? NULL : form_new(normal, VIEW_EXACT);
  memcpy(hex, form && !form->exhausted ? form->hex : "", form && !form->exhausted ? 65 : 1);
  if (form) form_free(form);
  graph_free(normal);
  graph_free(graph);
}

/* No certificate proves that two workflows are the same that are not. */
static void compare(Session *session, Types *types, Replayed *replayed) {
  char before[65], after[65];
  Graph *start = graph_read(
      session, types, sources_add(session->sources, "start", replayed->start.data, replayed->start.len));
  if (!start) BUG("not read again:\n%s", replayed->start.data);
  identify(start, before);
  identify(replayed->graph, after);
  if (*before && *after && strcmp(before, after) != 0) BUG("proved to be another:\n%s", replayed->start.data);
  text_free(&replayed->start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Session *session = session_new();
  Types *types = types_new(session->arena, session->names);
  Replayed replayed;
  if (replay(session, types, sources_add(session->sources, "fuzz", (const char *)data, size), &replayed))
    compare(session, types, &replayed);
  types_free(types);
  session_free(session);
  return 0;
}
