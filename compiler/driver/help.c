/* help.c: the tables of commands and options as text. */
#include "command.h"

#include <string.h>

enum { WIDTH = 90, MEANING_COLUMN = 30 };

void help_wrap(Text *into, const char *words, size_t column, int indent) {
  for (bool first = true; *words; first = false) {
    size_t len = strcspn(words, " ");
    if (!first && column + 1 + len > WIDTH) {
      text_addf(into, "\n%*s", indent, "");
      column = (size_t)indent;
    } else if (!first) {
      text_putc(into, ' ');
      column++;
    }
    text_add(into, words, len);
    column += len;
    words += len;
    words += strspn(words, " ");
  }
  text_putc(into, '\n');
}

/* A name on the left, its meaning on the right. */
static void entry(Text *into, const char *name, const char *meaning) {
  size_t len = strlen(name) + 2;
  text_addf(into, "  %s", name);
  if (len + 2 > MEANING_COLUMN) text_putc(into, '\n'), len = 0;
  text_addf(into, "%*s", (int)(MEANING_COLUMN - len), "");
  help_wrap(into, meaning, MEANING_COLUMN, MEANING_COLUMN);
}

static void option_entry(Text *into, const Option *option) {
  char name[96];
  const char letter[] = {'-', option->letter, ',', ' ', 0};
  snprintf(name, sizeof name, "%s--%s%s%s", option->letter ? letter : "    ", option->name,
           option->arg ? " " : "", option->arg ? option->arg : "");
  entry(into, name, option->meaning);
}

static void command_help(const Command *command, Text *into) {
  text_addf(into, "usage: weft %s [options]%s%s\n\n", command->name, *command->operands ? " " : "",
            command->operands);
  help_wrap(into, command->description, 0, 0);
  text_puts(into, "\noptions:\n");
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command) && option->command != CMD_common) option_entry(into, option);
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option->command == CMD_common) option_entry(into, option);
  bool first = true;
  for (size_t i = 0; i < example_count; i++) {
    if (examples[i].command != command_id(command)) continue;
    if (first) text_puts(into, "\nexamples:\n");
    first = false;
    text_addf(into, "  %s\n      %s\n", examples[i].line, examples[i].meaning);
  }
}

static void program_help(Text *into) {
  text_puts(into, "usage: weft COMMAND [options] [operands]\n\ncommands:\n");
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    entry(into, command->name, command->summary);
  text_puts(into,
            "\n`weft help COMMAND` tells more. Exit status: 0 yes or done, 1 no or failed, "
            "2 bad usage or input.\n");
}

void help_text(const Command *command, Text *into) {
  if (command)
    command_help(command, into);
  else
    program_help(into);
}
