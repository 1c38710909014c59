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

static int compare(const Canonical sides[2], const Session *session, const Options *options,
                   char *const paths[2]) {
  DiffSide both[2];
  for (int side = 0; side < 2; side++)
    both[side] = (DiffSide){paths[side], sides[side].program, sides[side].flow, sides[side].normal};
  Diff *diff = diff_new(both);
  for (int side = 0; side < 2; side++) canonical_exhausted(diff->forms[side], paths[side]);
  int status = tell(diff, session, options);
  if (status != STATUS_OK)
    status = STATUS_USAGE;
  else if (!diff->same && !option_given(options, "git"))
    status = STATUS_FAILED;
  diff_free(diff);
  return status;
}

int cmd_diff(Session *session, const Options *options) {
  /* git: path old-file old-hex old-mode new-file new-hex new-mode */
  bool git = option_given(options, "git");
  if (options->operand_count != (git ? 7 : 2))
    return complain(
        STATUS_USAGE, "%s; `weft help diff` shows the usage",
        git ? "with --git there are seven operands, as git gives them" : "two files can be compared");
  char *const paths[2] = {options->operands[git ? 1 : 0], options->operands[git ? 4 : 1]};
  Canonical sides[2];
  int status = STATUS_USAGE;
  if (canonical_open_pair(sides, session, options, paths)) status = compare(sides, session, options, paths);
  for (int side = 0; side < 2; side++) canonical_close(&sides[side]);
  return status;
}
