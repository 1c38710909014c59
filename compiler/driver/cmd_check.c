#include "driver.h"

#include <string.h>

static DiagFormat format_of(const Options *options) {
  const char *format = option_value(options, "format");
  if (!format || !strcmp(format, "text")) return DIAG_TEXT;
  return strcmp(format, "json") ? DIAG_SARIF : DIAG_JSON;
}

int cmd_check(Session *session, const Options *options) {
  bool all_read = true;
  for (int i = 0; i < options->operand_count; i++) {
    Loaded loaded;
    driver_load(session, options, options->operands[i], NULL, &loaded);
    all_read &= loaded.source != NULL;
    driver_unload(&loaded);
  }
  if (options->operand_count > 1) diags_once(session->diags);
  DiagFormat format = format_of(options);
  diags_print(session->diags, format == DIAG_TEXT ? stderr : stdout, format,
              format == DIAG_TEXT && driver_color(options));
  if (!all_read) return STATUS_USAGE;
  return diags_errors(session->diags) ? STATUS_FAILED : STATUS_OK;
}
