/* cmd_explain.c: the long form of what the compiler (E, W) and running workflows (R) report. */
#include "driver.h"

#include <ctype.h>
#include <string.h>

typedef struct RunCode {
  const char *code, *meaning, *help;
} RunCode;

static const RunCode run_codes[] = {
#define RT_CODE(code, meaning, help) {#code, meaning, help},
#include "runtime/codes.def"
#undef RT_CODE
};

static void explain(Text *into, const char *code, const char *kind, const char *summary, const char *help) {
  text_addf(into, "%s (%s): %s\n\n", code, kind, summary);
  help_wrap(into, help, 0, 0);
}

/* Upper case, at most five characters; false if it is longer. */
static bool normalise(const char *word, char code[6]) {
  size_t len = strlen(word);
  if (len > 5) return false;
  for (size_t i = 0; i <= len; i++) code[i] = (char)toupper((unsigned char)word[i]);
  return true;
}

static bool explain_code(const char *word, Text *into) {
  char code[6];
  if (!normalise(word, code)) return false;
  DiagCode row = diag_find(code);
  if (row != DIAG_COUNT) {
    explain(into, code, diag_is_error(row) ? "error" : "warning", diag_summary(row), diag_long(row));
    return true;
  }
  for (const RunCode *run = run_codes; run < run_codes + sizeof run_codes / sizeof *run_codes; run++) {
    if (strcmp(run->code, code) != 0) continue;
    explain(into, code, "error of a running workflow", run->meaning, run->help);
    return true;
  }
  return false;
}

static void list(Text *into) {
  for (DiagCode row = 0; row < DIAG_COUNT; row++)
    text_addf(into, "%s  %s\n", diag_code(row), diag_summary(row));
  for (const RunCode *run = run_codes; run < run_codes + sizeof run_codes / sizeof *run_codes; run++)
    text_addf(into, "%s  %s\n", run->code, run->meaning);
}

int cmd_explain(Session *session, const Options *options) {
  (void)session;
  Text text = {0};
  int status = STATUS_OK;
  if (!options->operand_count) list(&text);
  for (int i = 0; i < options->operand_count; i++) {
    if (i) text_putc(&text, '\n');
    if (!explain_code(options->operands[i], &text))
      status = complain(STATUS_USAGE, "no code `%s`: `weft explain` lists them", options->operands[i]);
  }
  int written = output_text(&text);
  return status == STATUS_OK ? written : status;
}
