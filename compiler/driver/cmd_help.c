#include "command.h"

int cmd_help(Session *session, const Options *options) {
  (void)session;
  const Command *command = NULL;
  if (options->operand_count && !(command = command_find(options->operands[0]))) {
    command_unknown(options->operands[0]);
    return STATUS_USAGE;
  }
  Text text = {0};
  if (option_given(options, "man"))
    help_man(command, &text);
  else
    help_text(command, &text);
  return output_text(&text);
}
