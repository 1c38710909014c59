/* cmd_completions.c: completion scripts for shells, made of the tables. */
#include "command.h"

#include <string.h>

static void add_words(Text *into, const Command *command) {
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command)) text_addf(into, " --%s", option->name);
}

/* "a|b|c" as "a b c". */
static void add_choices(Text *into, const char *choices) {
  for (; *choices; choices++) text_putc(into, *choices == '|' ? ' ' : *choices);
}

static void add_names(Text *into) {
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    text_addf(into, "%s%s", command == commands ? "" : " ", command->name);
}

/* The word before the one to complete is an option with a fixed set of values. */
static void bash_values(Text *into, const Command *command) {
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++) {
    if (!option_applies(option, command) || !option_has_choices(option)) continue;
    text_addf(into, "    %s:--%s) words='", command->name, option->name);
    add_choices(into, option->arg);
    text_puts(into, "' ;;\n");
  }
}

static void bash_words(Text *into, const Command *command) {
  text_addf(into, "    %s:*) words='", command->name);
  add_words(into, command);
  if (command_id(command) == CMD_help) text_putc(into, ' '), add_names(into);
  if (strchr(command->operands, '|')) text_putc(into, ' '), add_choices(into, command->operands);
  text_puts(into, "' ;;\n");
}

static void bash_script(Text *into) {
  text_puts(into,
            "# bash completion of weft\n"
            "_weft() {\n"
            "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
            "  if ((COMP_CWORD == 1)); then\n"
            "    mapfile -t COMPREPLY < <(compgen -W '");
  add_names(into);
  text_puts(into,
            "' -- \"$word\")\n    return\n  fi\n"
            "  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in\n");
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    bash_values(into, command);
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++)
    bash_words(into, command);
  text_puts(into,
            "  esac\n"
            "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
            "  if ((${#COMPREPLY[@]} == 0)); then\n"
            "    compopt -o filenames\n"
            "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
            "  fi\n"
            "}\n"
            "complete -F _weft weft\n");
}

/* Text inside '…[…]' of zsh's _arguments. */
static void zsh_text(Text *into, const char *text) {
  for (; *text; text++) {
    if (*text == '\'')
      text_puts(into, "'\\''");
    else if (strchr("[]:\\", *text))
      text_addf(into, "\\%c", *text);
    else
      text_putc(into, *text);
  }
}

static void zsh_option(Text *into, const Option *option) {
  text_addf(into, " \\\n        '--%s%s[", option->name, option->arg ? "=" : "");
  zsh_text(into, option->meaning);
  text_putc(into, ']');
  if (option_has_choices(option)) {
    text_puts(into, ":value:(");
    add_choices(into, option->arg);
    text_putc(into, ')');
  } else if (option->arg) {
    text_addf(into, ":%s:_files", option->arg);
  }
  text_putc(into, '\'');
}

static void zsh_operands(Text *into, const Command *command) {
  text_puts(into, " \\\n        '*:operand:");
  if (command_id(command) == CMD_help || strchr(command->operands, '|')) {
    text_putc(into, '(');
    if (command_id(command) == CMD_help)
      add_names(into);
    else
      add_choices(into, command->operands);
    text_putc(into, ')');
  } else {
    text_puts(into, "_files");
  }
  text_puts(into, "' ;;\n");
}

static void zsh_script(Text *into) {
  text_puts(into, "#compdef weft\n_weft() {\n  if ((CURRENT == 2)); then\n    local -a names=(");
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++) {
    text_addf(into, "\n      '%s:", command->name);
    zsh_text(into, command->summary);
    text_putc(into, '\'');
  }
  text_puts(into,
            ")\n    _describe command names\n    return\n  fi\n"
            "  local name=${words[2]}\n  shift words\n  ((CURRENT--))\n  case $name in\n");
  for (const Command *command = commands; command < commands + COMMAND_COUNT; command++) {
    text_addf(into, "    %s)\n      _arguments", command->name);
    for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
      if (option_applies(option, command)) zsh_option(into, option);
    zsh_operands(into, command);
  }
  text_puts(into, "  esac\n}\n_weft \"$@\"\n");
}

typedef struct Shell {
  const char *name;
  void (*script)(Text *into);
} Shell;

static const Shell shells[] = {{"bash", bash_script}, {"zsh", zsh_script}};

int cmd_completions(Session *session, const Options *options) {
  (void)session;
  for (const Shell *shell = shells; shell < shells + sizeof shells / sizeof *shells; shell++) {
    if (strcmp(shell->name, options->operands[0])) continue;
    Text text = {0};
    shell->script(&text);
    return output_text(&text);
  }
  return complain(STATUS_USAGE, "no completions for `%s`, only for %s", options->operands[0],
                  options->command->operands);
}
