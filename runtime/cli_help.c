/* cli_help.c: --help, made of the program's signature and its documentation comments. */
#include <string.h>

#include "cli.h"
#include "text.h"

enum { WIDEST = 34 }; /* a flag that is longer puts its text on the next line */

static void entry(RtText *into, const char *flag, size_t width, const char *help) {
  size_t len = strlen(flag);
  text_addf(into, "  %s", flag);
  if (!*help) {
    text_char(into, '\n');
    return;
  }
  if (len > width)
    text_addf(into, "\n  %*s", (int)width, "");
  else
    text_addf(into, "%*s", (int)(width - len), "");
  text_puts(into, "  ");
  for (; *help; help++) { /* documentation may have several lines */
    text_char(into, *help);
    if (*help == '\n') text_addf(into, "%*s", (int)width + 4, "");
  }
  text_char(into, '\n');
}

static void port_flag(RtText *into, const RtPort *port) {
  text_addf(into, "--%s%s", cli_clashes(port->name) ? "in." : "", port->name);
  if (port->type->kind == RT_BOOL)
    text_addf(into, " | --no-%s", port->name);
  else
    text_addf(into, " %s", port->type->text);
}

static void option_flag(RtText *into, const CliOption *option) {
  if (option->letter) text_addf(into, "-%c, ", option->letter);
  text_addf(into, "--%s", option->name);
  if (option->value) text_addf(into, " %s", option->value);
}

static void port_help(RtText *into, const RtPort *port) {
  text_puts(into, port->doc ? port->doc : "");
  const char *space = into->len ? " " : "";
  if (port->fallback_text)
    text_addf(into, "%s(default: %s)", space, port->fallback_text);
  else if (port->fallback)
    text_addf(into, "%s(has a default)", space);
  else if (port->type->kind != RT_OPTION)
    text_addf(into, "%s(required)", space);
}

static void inputs(RtText *into, const RtProgram *program) {
  size_t width = 0;
  if (!program->in_count) return;
  text_puts(into, "\nInputs:\n");
  for (int writing = 0; writing < 2; writing++) {
    for (uint32_t i = 0; i < program->in_count; i++) {
      RtText flag = {0}, help = {0};
      port_flag(&flag, &program->ins[i]);
      port_help(&help, &program->ins[i]);
      if (writing)
        entry(into, flag.data, width, help.data ? help.data : "");
      else if (flag.len > width && flag.len <= WIDEST)
        width = flag.len;
      text_free(&flag);
      text_free(&help);
    }
  }
}

static void options(RtText *into) {
  size_t count, width = 0;
  const CliOption *table = cli_options(&count);
  text_puts(into, "\nOptions:\n");
  for (int writing = 0; writing < 2; writing++) {
    for (size_t i = 0; i < count; i++) {
      if (!table[i].help) continue;
      RtText flag = {0};
      option_flag(&flag, &table[i]);
      if (writing)
        entry(into, flag.data, width, table[i].help);
      else if (flag.len > width && flag.len <= WIDEST)
        width = flag.len;
      text_free(&flag);
    }
  }
}

static void outputs(RtText *into, const RtProgram *program) {
  if (!program->out_count) return;
  text_puts(into, "\nOutputs:\n");
  for (uint32_t i = 0; i < program->out_count; i++)
    text_addf(into, "  %s: %s\n", program->outs[i].name, program->outs[i].type->text);
}

static const char values[] =
    "\nValues:\n"
    "  An array's flag may be repeated, one element each; or give it as JSON, [1, 2], or as the name of a "
    ".json or\n"
    "  .yaml file. An array of records also comes from a .tsv or .csv file with a header. Quantities take "
    "units:\n"
    "  4 GiB, 90 s. Paths inside a file start at that file's directory.\n";

void cli_help(RtText *into, const RtProgram *program, const char *command) {
  text_puts(into, program->name);
  if (program->doc && *program->doc) text_addf(into, ": %s", program->doc);
  text_addf(into, "\n\nUsage: %s", command);
  for (uint32_t i = 0; i < program->in_count; i++) {
    const RtPort *port = &program->ins[i];
    if (port->fallback || port->type->kind == RT_OPTION) continue;
    text_addf(into, " --%s%s %s", cli_clashes(port->name) ? "in." : "", port->name, port->type->text);
  }
  text_puts(into, " [OPTIONS]\n");
  inputs(into, program);
  outputs(into, program);
  options(into);
  if (program->in_count) text_puts(into, values);
}
