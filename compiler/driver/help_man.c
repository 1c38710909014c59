/* help_man.c: the tables of commands and options as manual pages (man-pages(7)). */
#include "base/version.h"
#include "command.h"

#include <ctype.h>

/* Text as roff: no escapes, no requests, hyphens that can be copied. */
static void roff(Text *into, const char *text) {
  if (*text == '.' || *text == '\'') text_puts(into, "\\&");
  for (; *text; text++) {
    if (*text == '\\')
      text_puts(into, "\\e");
    else if (*text == '-')
      text_puts(into, "\\-");
    else
      text_putc(into, *text);
  }
}

static void roff_line(Text *into, const char *before, const char *text) {
  text_puts(into, before);
  roff(into, text);
  text_putc(into, '\n');
}

static void heading(Text *into, const char *name, const char *summary) {
  text_puts(into, ".TH WEFT");
  if (*name) text_putc(into, '-');
  for (; *name; name++) text_putc(into, (char)toupper((unsigned char)*name));
  text_puts(into, " 1 \"\" \"weft " WEFT_VERSION "\" \"Weft\"\n.SH NAME\n");
  roff_line(into, "", summary);
}

static void man_option(Text *into, const Option *option) {
  text_puts(into, ".TP\n");
  if (option->letter) text_addf(into, "\\fB\\-%c\\fR, ", option->letter);
  text_puts(into, "\\fB\\-\\-");
  roff(into, option->name);
  text_puts(into, "\\fR");
  if (option->arg) text_addf(into, " \\fI%s\\fR", option->arg);
  roff_line(into, "\n", option->meaning);
}

static void man_status(Text *into) {
  text_puts(into,
            ".SH EXIT STATUS\n"
            ".TP\n0\nyes, or done\n.TP\n1\nno, different, or failed\n.TP\n2\nbad usage or input\n");
}

static void man_examples(Text *into, const Command *command) {
  bool first = true;
  for (size_t i = 0; i < example_count; i++) {
    if (examples[i].command != command_id(command)) continue;
    if (first) text_puts(into, ".SH EXAMPLES\n");
    first = false;
    roff_line(into, ".TP\n.B ", examples[i].line);
    roff_line(into, "", examples[i].meaning);
  }
}

static void man_command(Text *into, const Command *command) {
  Text name = {0};
  text_addf(&name, "weft-%s - %s", command->name, command->summary);
  heading(into, command->name, name.data);
  text_free(&name);
  text_addf(into, ".SH SYNOPSIS\n.B weft %s\n[options]\n", command->name);
  roff_line(into, "", command->operands);
  roff_line(into, ".SH DESCRIPTION\n", command->description);
  text_puts(into, ".SH OPTIONS\n");
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command)) man_option(into, option);
  man_status(into);
  man_examples(into, command);
  text_puts(into, ".SH SEE ALSO\n.BR weft (1)\n");
}

static void man_program(Text *into) {
  heading(into, "", "weft - workflow compiler");
  text_puts(into,
            ".SH SYNOPSIS\n.B weft\n.I command\n[options] [operands]\n.SH DESCRIPTION\n"
            "Weft compiles a workflow, a file that says what depends on what, to a native executable.\n"
            ".SH COMMANDS\n");
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++) {
    text_addf(into, ".TP\n.BR weft-%s (1)\n", command->name);
    roff_line(into, "", command->summary);
  }
  text_puts(into,
            ".SH ENVIRONMENT\n"
            ".TP\nNO_COLOR\nno colours in messages, when set and not empty\n"
            ".TP\nWEFT_STDLIB\nthe directory of the standard library\n"
            ".TP\nXDG_CACHE_HOME\nwhere \\fBweft run\\fR keeps what it built, in weft/; "
            "$HOME/.cache when not set\n");
  man_status(into);
}

void help_man(const Command *command, Text *into) {
  if (command)
    man_command(into, command);
  else
    man_program(into);
}
