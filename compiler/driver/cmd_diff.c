/* cmd_diff.c: what was changed from one workflow to another. */
#include "canon/diff.h"
#include "canonical.h"
#include "emit/dot.h"

#include <errno.h>
#include <string.h>

static bool is_format(const Options *options, const char *name) {
  const char *format = option_value(options, "format");
  return format && !strcmp(format, name);
}

static int draw(const Diff *diff, const Options *options) {
  const char *output = option_value(options, "output");
  bool to_file = output && strcmp(output, "-") != 0;
  FILE *out = to_file ? fopen(output, "we") : stdout;
  if (!out) return complain(STATUS_USAGE, "%s: %s", output, strerror(errno));
  int failed = diff_draw(diff, option_value(options, "format"), out);
  if ((to_file ? fclose(out) : fflush(out)) && !failed)
    return complain(STATUS_USAGE, "%s: %s", to_file ? output : "standard output", strerror(errno));
  return failed ? STATUS_USAGE : STATUS_OK;
}

static int tell(const Diff *diff, const Session *session, const Options *options) {
  const char *output = option_value(options, "output");
  bool color = driver_output_color(options) && (!output || !strcmp(output, "-"));
  Text text = {0};
  if (is_format(options, "dot") || is_format(options, "svg")) return draw(diff, options);
  if (option_given(options, "stat"))
    diff_stat(diff, &text);
  else if (is_format(options, "json"))
    diff_json(diff, session, &text);
  else
    diff_text(diff, session, color, &text);
  return output_file(&text, output);
}

/* What is compared, and as what it is shown. */
typedef struct Request {
  char *const *paths;
  const char *shown[2], *name; /* git's name of the file, or NULL */
} Request;

static int compare(const Canonical sides[2], const Session *session, const Options *options,
                   const Request *request) {
  DiffSide both[2];
  for (int side = 0; side < 2; side++)
    both[side] = (DiffSide){request->shown[side], sides[side].program, sides[side].flow, sides[side].normal};
  Diff *diff = diff_new(both);
  for (int side = 0; side < 2; side++) canonical_exhausted(diff->forms[side], request->shown[side]);
  int status = tell(diff, session, options);
  if (status != STATUS_OK)
    status = STATUS_USAGE;
  else if (!diff->same && !request->name)
    status = STATUS_FAILED;
  diff_free(diff);
  return status;
}

static int run(Session *session, const Options *options, const Request *request) {
  Canonical sides[2];
  int status = STATUS_USAGE;
  if (canonical_open_pair(sides, session, options, request->paths, request->name))
    status = compare(sides, session, options, request);
  for (int side = 0; side < 2; side++) canonical_close(&sides[side]);
  return status;
}

static const char *shown_as(const Session *session, const char *prefix, const char *path, const char *name) {
  return strcmp(path, "/dev/null") ? arena_format(session->arena, "%s/%s", prefix, name) : path;
}

/* git gives: path old-file old-hex old-mode new-file new-hex new-mode, and of a renamed file its new path and a text;
 * of an unmerged one the path alone.  It stops at a status that is not 0. */
static int run_git(Session *session, const Options *options) {
  enum { UNMERGED = 1, CHANGED = 7, RENAMED = 9 };
  int count = options->operand_count;
  const char *name = options->operands[count == RENAMED ? 7 : 0];
  if (count == UNMERGED) return printf("weft diff %s: unmerged\n", name), STATUS_OK;
  if (count != CHANGED && count != RENAMED)
    return complain(STATUS_USAGE,
                    "with --git the operands are those that git gives; `weft help diff` shows the usage");
  char *const paths[2] = {options->operands[1], options->operands[4]};
  Request request = {
      paths, {shown_as(session, "a", paths[0], name), shown_as(session, "b", paths[1], name)}, name};
  printf("weft diff %s\n", name);
  if (run(session, options, &request) == STATUS_USAGE) printf("%s cannot be compared as a workflow\n", name);
  return fflush(stdout) ? STATUS_FAILED : STATUS_OK;
}

int cmd_diff(Session *session, const Options *options) {
  if (option_given(options, "git")) return run_git(session, options);
  if (options->operand_count != 2)
    return complain(STATUS_USAGE, "two files are compared; `weft help diff` shows the usage");
  char **paths = options->operands;
  return run(session, options, &(Request){paths, {paths[0], paths[1]}, NULL});
}
