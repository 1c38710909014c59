/* cmd_dedup.c: classes of equal workflows, and the fragments that they share. */
#include "canonical.h"
#include "dedup_report.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum { LEAST_TASKS = 2 };

static bool least_tasks(const Options *options, uint32_t *least) {
  const char *text = option_value(options, "least");
  char *end;
  *least = LEAST_TASKS;
  if (!text) return true;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  if (*text >= '0' && *text <= '9' && !*end && !errno && value && value <= INT_MAX) {
    *least = (uint32_t)value;
    return true;
  }
  complain(STATUS_USAGE, "`--least` needs a number of tasks from 1, not `%s`", text);
  return false;
}

static View fragment_view(const Options *options) {
  const char *name = option_value(options, "fragments");
  return name ? view_find(name) : VIEW_EXACT; /* none: VIEW_COUNT */
}

/* One file; what is broken is told, and the rest goes on. */
static Status add_file(Dedup *dedup, const Options *options, const char *path) {
  Canonical canonical;
  bool opened = canonical_open(&canonical, options, path);
  if (opened && !dedup_add(dedup, path, canonical.normal))
    complain(STATUS_OK,
             "%s: the budget for conditions and equal parts ran out: "
             "an equal workflow may be in another class",
             path);
  canonical_close(&canonical);
  return opened ? STATUS_OK : STATUS_USAGE;
}

int cmd_dedup(Session *session, const Options *options) {
  Dedup dedup = {.fragments = fragment_view(options), .vertices = {.session = session}};
  Fragments fragments = {0};
  Text text = {0};
  uint32_t least;
  int worst = STATUS_OK;
  if (!least_tasks(options, &least)) return STATUS_USAGE;
  for (int i = 0; i < options->operand_count; i++)
    if (add_file(&dedup, options, options->operands[i]) != STATUS_OK) worst = STATUS_USAGE;
  dedup_sort(&dedup);
  fragments_find(&dedup.vertices, least, &fragments);
  if (fragments.exhausted)
    complain(STATUS_OK, "the fragments are too long for the budget: some are told in pieces");
  const char *format = option_value(options, "format");
  if (format && !strcmp(format, "json"))
    dedup_json(&dedup, &fragments, &text);
  else
    dedup_text(&dedup, &fragments, option_given(options, "all"), &text);
  fragments_free(&fragments);
  dedup_free(&dedup);
  int status = output_text(&text);
  return status == STATUS_OK ? worst : status;
}
