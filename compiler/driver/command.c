#include "command.h"

#include <string.h>

const Command commands[COMMAND_COUNT] = {
#define COMMAND(name, operands, least, most, passes_on, summary, description) \
  {#name, cmd_##name, operands, least, most, passes_on, summary, description},
#include "commands.def"
};

const Option options_table[OPTION_COUNT] = {
#define OPTION(command, name, letter, arg, meaning) {CMD_##command, name, letter, arg, meaning},
#include "commands.def"
};

const Example examples[] = {
#define EXAMPLE(command, line, meaning) {CMD_##command, line, meaning},
#include "commands.def"
};
const size_t example_count = sizeof examples / sizeof *examples;

const Command *command_find(const char *name) {
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    if (!strcmp(command->name, name)) return command;
  return NULL;
}

void command_unknown(const char *name) {
  Suggestion suggestion = {.name = name};
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    suggest(&suggestion, command->name);
  if (suggestion.best)
    complain(STATUS_USAGE, "no command `%s`: did you mean `%s`?", name, suggestion.best);
  else
    complain(STATUS_USAGE, "no command `%s`: `weft help` lists them", name);
}

bool option_applies(const Option *option, const Command *command) {
  return option->command == CMD_common || option->command == command_id(command);
}
