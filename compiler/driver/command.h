/* command.h: the commands of weft, their options, and what they were called with. */
#ifndef WEFT_DRIVER_COMMAND_H
#define WEFT_DRIVER_COMMAND_H

#include "base/session.h"
#include "base/vec.h"

/* Exit statuses, alike for all commands. */
typedef enum Status {
  STATUS_OK = 0,     /* yes, done */
  STATUS_FAILED = 1, /* no, different, failed */
  STATUS_USAGE = 2,  /* bad usage or input */
  STATUS_UNKNOWN = 3 /* cannot be decided */
} Status;

typedef enum CommandId {
#define COMMAND(name, ...) CMD_##name,
#include "commands.def"
  COMMAND_COUNT,
  CMD_common = COMMAND_COUNT /* the options that every command has */
} CommandId;

typedef enum OptionRow {
#define OPTION_NAME(command, line) OPTION_OF_##command##_##line
#define OPTION_LINE(command, line) OPTION_NAME(command, line)
#define OPTION(command, ...) OPTION_LINE(command, __LINE__),
#include "commands.def"
#undef OPTION_LINE
#undef OPTION_NAME
  OPTION_COUNT
} OptionRow;

typedef struct Options Options;

/* One file a command, cmd_NAME.c; gives back a Status.  The session is new and the caller's. */
typedef int CommandRun(Session *session, const Options *options);
#define COMMAND(name, ...) CommandRun cmd_##name;
#include "commands.def"

typedef struct Command {
  const char *name;
  CommandRun *run;
  const char *operands; /* for the usage line: "FILE [--] ARG..." */
  int least, most;      /* number of operands; most -1: any number */
  bool passes_on;       /* options end at the first operand: the rest is another program's */
  const char *summary, *description;
} Command;
extern const Command commands[COMMAND_COUNT];

typedef struct Option {
  CommandId command;
  const char *name;
  char letter;     /* 0: none */
  const char *arg; /* NULL: a switch; "a|b|c" in lower case: one of these; else a name for it: "FILE" */
  const char *meaning;
} Option;
extern const Option options_table[OPTION_COUNT];

typedef struct Example {
  CommandId command;
  const char *line, *meaning;
} Example;
extern const Example examples[];
extern const size_t example_count;

/* What a command was called with. */
struct Options {
  const Command *command;
  const char *values[OPTION_COUNT]; /* NULL: not given; a switch: "" */
  char **operands;
  int operand_count;
};

/* The command of that name; NULL: none. */
const Command *command_find(const char *name);
/* Say on standard error that there is no such command, and which was meant. */
void command_unknown(const char *name);
static inline CommandId command_id(const Command *command) { return (CommandId)(command - commands); }
/* Whether the option belongs to the command, by itself or as one that all have. */
bool option_applies(const Option *option, const Command *command);
/* Whether the argument is one of some words that `arg` lists. */
bool option_has_choices(const Option *option);

/* Read the words after the command's name; `argv` is reordered so that the operands stand together.
 * False: told on standard error. */
bool options_parse(const Command *command, int argc, char **argv, Options *options);
/* The value given for an option of this command by its long name, or NULL. */
const char *option_value(const Options *options, const char *name);
/* Whether the command has an option of that long name. */
bool option_known(const Options *options, const char *name);
static inline bool option_given(const Options *options, const char *name) {
  return option_value(options, name) != NULL;
}

/* Append the usage of one command, or of the whole program when NULL, as text or as a manual page. */
void help_text(const Command *command, Text *into);
void help_man(const Command *command, Text *into);
/* Append words wrapped to the width of help, further lines indented; the line now stands at `column`. */
void help_wrap(Text *into, const char *words, size_t column, int indent);

/* Write all of `text` to standard output and free it.  A failure is told; gives back a Status. */
int output_text(Text *text);
/* The same to a file; NULL or "-": standard output. */
int output_file(Text *text, const char *path);
/* One line on standard error: "weft: …". Gives back `status`. */
int complain(Status status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Say that there is no `what` of that name, and which of `count` was meant, or which there are.  Gives back
 * STATUS_USAGE. */
int complain_unknown(const char *what, const char *name, const char *(*name_at)(uint32_t), uint32_t count);

#endif
