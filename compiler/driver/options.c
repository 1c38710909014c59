#include "command.h"

#include <string.h>

typedef struct Reader {
  Options *options;
  int argc, at;
  char **argv;
} Reader;

/* Whether `word` is one of the alternatives of "a|b|c". */
static bool is_choice(const char *choices, const char *word) {
  size_t len = strlen(word);
  for (const char *at = choices; len; at++) {
    const char *end = strchrnul(at, '|');
    if ((size_t)(end - at) == len && !memcmp(at, word, len)) return true;
    if (!*(at = end)) return false;
  }
  return false;
}

bool option_has_choices(const Option *option) { return option->arg && strchr(option->arg, '|'); }

static const Option *find_long(const Command *command, const char *name, size_t len) {
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command) && strlen(option->name) == len && !memcmp(option->name, name, len))
      return option;
  return NULL;
}

static const Option *find_letter(const Command *command, char letter) {
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command) && option->letter == letter) return option;
  return NULL;
}

static bool wrong(const Command *command, const char *problem, const char *word, const char *more) {
  complain(STATUS_USAGE, "%s `%s`%s%s; `weft help %s` shows the usage", problem, word, *more ? ": " : "",
           more, command->name);
  return false;
}

static bool unknown_long(const Command *command, const char *word, size_t len) {
  char name[64] = "", more[96] = "";
  if (len < sizeof name) memcpy(name, word, len);
  Suggestion suggestion = {.name = name};
  for (const Option *option = options_table; option < options_table + OPTION_COUNT; option++)
    if (option_applies(option, command)) suggest(&suggestion, option->name);
  if (*name && suggestion.best) snprintf(more, sizeof more, "did you mean `--%s`?", suggestion.best);
  return wrong(command, "no option", word - 2, more);
}

static bool store(Reader *reader, const Option *option, const char *value, const char *word) {
  const Command *command = reader->options->command;
  if (!option->arg && value) return wrong(command, "no value is taken by", word, "");
  if (option->arg && !value) {
    if (++reader->at >= reader->argc) return wrong(command, "a value is missing after", word, option->arg);
    value = reader->argv[reader->at];
  }
  if (option_has_choices(option) && !is_choice(option->arg, value))
    return wrong(command, "not a value of this option:", value, option->arg);
  reader->options->values[option - options_table] = value ? value : "";
  return true;
}

static bool read_long(Reader *reader, const char *word) {
  const char *name = word + 2, *end = strchrnul(name, '=');
  const Option *option = find_long(reader->options->command, name, (size_t)(end - name));
  if (!option) return unknown_long(reader->options->command, name, (size_t)(end - name));
  return store(reader, option, *end ? end + 1 : NULL, word);
}

/* -o FILE, -oFILE, and switches run together. */
static bool read_letters(Reader *reader, const char *word) {
  for (const char *at = word + 1; *at; at++) {
    const Option *option = find_letter(reader->options->command, *at);
    if (!option) return wrong(reader->options->command, "no option", word, "");
    if (option->arg) return store(reader, option, at[1] ? at + 1 : NULL, word);
    store(reader, option, NULL, word);
  }
  return true;
}

static bool enough_operands(const Options *options) {
  const Command *command = options->command;
  if (options->operand_count < command->least)
    return wrong(command, "an operand is missing in", command->name, command->operands);
  if (command->most >= 0 && options->operand_count > command->most)
    return wrong(command, "too many operands:", options->operands[command->most], "");
  return true;
}

/* Operands are moved to the front of argv as they are met, so that they stand together. */
bool options_parse(const Command *command, int argc, char **argv, Options *options) {
  *options = (Options){.command = command, .operands = argv};
  Reader reader = {options, argc, 0, argv};
  bool literal = false;
  for (; reader.at < argc; reader.at++) {
    char *word = argv[reader.at];
    if (literal || *word != '-' || !word[1])
      options->operands[options->operand_count++] = word, literal |= command->passes_on;
    else if (!strcmp(word, "--"))
      literal = true;
    else if (!(word[1] == '-' ? read_long(&reader, word) : read_letters(&reader, word)))
      return false;
  }
  return option_given(options, "help") || enough_operands(options);
}

bool option_known(const Options *options, const char *name) {
  return find_long(options->command, name, strlen(name)) != NULL;
}

const char *option_value(const Options *options, const char *name) {
  const Option *option = find_long(options->command, name, strlen(name));
  if (!option) BUG("%s has no option --%s", options->command->name, name);
  return options->values[option - options_table];
}
