/* main.c: finds the command and hands over to it. */
#include "command.h"

#include <string.h>

static int run(const Command *command, int argc, char **argv) {
  Options options;
  if (!options_parse(command, argc, argv, &options)) return STATUS_USAGE;
  if (option_given(&options, "help")) {
    Text text = {0};
    help_text(command, &text);
    return output_text(&text);
  }
  Session *session = session_new();
  int status = command->run(session, &options);
  session_free(session);
  return status;
}

/* `weft --help` and `weft --version` are commands, too. */
static const char *command_name(const char *word) {
  if (!strcmp(word, "--help") || !strcmp(word, "-h")) return "help";
  if (!strcmp(word, "--version") || !strcmp(word, "-V")) return "version";
  return word;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    Text text = {0};
    help_text(NULL, &text);
    fwrite(text.data, 1, text.len, stderr);
    text_free(&text);
    return STATUS_USAGE;
  }
  const Command *command = command_find(command_name(argv[1]));
  if (command) return run(command, argc - 2, argv + 2);
  command_unknown(argv[1]);
  return STATUS_USAGE;
}
