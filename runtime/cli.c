/* cli.c: reads the command line in three steps: sort the arguments into options and inputs, read the document of
 * inputs, then the inputs' flags, which go before it.  A problem is told and the reading goes on. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "input.h"
#include "text.h"

typedef enum OptionId {
  OPTION_INPUTS,
  OPTION_OUT,
  OPTION_JOBS,
  OPTION_MEMORY,
  OPTION_GPUS,
  OPTION_RESUME,
  OPTION_FRESH,
  OPTION_DRY_RUN,
  OPTION_EXPLAIN,
  OPTION_KEEP_GOING,
  OPTION_ONLY,
  OPTION_ANSWER,
  OPTION_REPORT,
  OPTION_TRACE,
  OPTION_STATE,
  OPTION_EXECUTOR,
  OPTION_QUIET,
  OPTION_FINISH,
  OPTION_LIST_TASKS,
  OPTION_PREPARE,
  OPTION_WAVE,
  OPTION_HELP,
  OPTION_VERSION,
  OPTION_COUNT
} OptionId;

static const CliOption option_table[OPTION_COUNT] = {
    [OPTION_INPUTS] = {"inputs", 0, "FILE", "read inputs from a JSON or YAML object; flags go before it"},
    [OPTION_OUT] = {"out", 0, "DIR", "publish the results here (default: results)"},
    [OPTION_JOBS] = {"jobs", 'j', "N", "run at most N tasks at once (default: one for each CPU)"},
    [OPTION_MEMORY] = {"memory", 0, "SIZE",
                       "let tasks ask for at most SIZE together (default: what there is)"},
    [OPTION_GPUS] = {"gpus", 0, "N", "let tasks use N GPUs together"},
    [OPTION_RESUME] = {"resume", 0, NULL, "go on from what is finished already (the default)"},
    [OPTION_FRESH] = {"fresh", 0, NULL, "run everything again"},
    [OPTION_DRY_RUN] = {"dry-run", 0, NULL, "say what would run, and run nothing"},
    [OPTION_EXPLAIN] = {"explain", 0, NULL, "say of each task why it runs again, or why not"},
    [OPTION_KEEP_GOING] = {"keep-going", 'k', NULL, "when a task fails, go on with what does not need it"},
    [OPTION_ONLY] = {"only", 0, "LABEL", "run the one task of this label again"},
    [OPTION_ANSWER] = {"answer", 0, "ID=VALUE", "answer a question of the workflow; may be repeated"},
    [OPTION_REPORT] = {"report", 0, "FILE", "write a report of the run as an HTML page"},
    [OPTION_TRACE] = {"trace", 0, "FILE", "write a trace of the run for a trace viewer"},
    [OPTION_STATE] = {"state", 0, "DIR", "keep the journal and the cache here (default: OUT/.weft)"},
    [OPTION_EXECUTOR] = {"executor", 0, "NAME", "where tasks run: native, here, or slurm, as its jobs"},
    [OPTION_QUIET] = {"quiet", 'q', NULL, "show no progress"},
    [OPTION_FINISH] = {"finish", 0, NULL, NULL},
    [OPTION_LIST_TASKS] = {"list-tasks", 0, NULL, NULL},
    [OPTION_PREPARE] = {"prepare", 0, "FILE", NULL},
    [OPTION_WAVE] = {"slurm-wave", 0, "WHO", NULL},
    [OPTION_HELP] = {"help", 'h', NULL, "show this text"},
    [OPTION_VERSION] = {"version", 0, NULL, "show the version"},
};

const CliOption *cli_options(size_t *count) {
  *count = OPTION_COUNT;
  return option_table;
}

/* An input's flag as it was given. */
typedef struct Given {
  uint32_t port;
  const char *text;
  struct Given *next;
} Given;

typedef struct Cli {
  const RtProgram *program;
  RtOptions *options;
  RtArena *arena;
  char *frame;
  const char *command, *inputs;
  Given *given, **last;
  uint8_t *filled;   /* by port: its slot has a value */
  RtAnswer *answers; /* room for as many as there are arguments */
  RtText problems;
  int help, version;
} Cli;

/* ---- problems ---- */

static void tell(Cli *cli, const RtError *error) {
  char code[8];
  size_t len;
  error_code(error, code);
  const char *message = error_message(error, &len), *hint = error_hint(error);
  text_addf(&cli->problems, "error[%s]: %.*s\n", code, (int)len, message);
  if (*hint) text_addf(&cli->problems, "  help: %s\n", hint);
}

/* The explanation of a value, with the flag that it was given to. */
static void tell_of(Cli *cli, const char *prefix, const char *flag, RtError *error) {
  char where[120];
  snprintf(where, sizeof where, "%s%.100s", prefix, flag);
  error_prefix(error, where);
  tell(cli, error);
}

/* ---- names ---- */

/* "min-quality" is "min_quality". */
static int same_name(const char *a, size_t len, const char *b) {
  if (strlen(b) != len) return 0;
  for (size_t i = 0; i < len; i++) {
    char x = a[i] == '-' ? '_' : a[i], y = b[i] == '-' ? '_' : b[i];
    if (x != y) return 0;
  }
  return 1;
}

static const CliOption *find_option(const char *name, size_t len) {
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (same_name(name, len, option_table[i].name)) return &option_table[i];
  return NULL;
}

static const CliOption *find_letter(char letter) {
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (letter && option_table[i].letter == letter) return &option_table[i];
  return NULL;
}

int cli_clashes(const char *name) { return find_option(name, strlen(name)) != NULL; }

static const RtPort *find_port(const Cli *cli, const char *name, size_t len) {
  for (uint32_t i = 0; i < cli->program->in_count; i++)
    if (same_name(name, len, cli->program->ins[i].name)) return &cli->program->ins[i];
  return NULL;
}

static int is_flag_port(const RtPort *port) {
  const RtType *type = port->type;
  return type->kind == RT_BOOL || (type->kind == RT_OPTION && type->elem->kind == RT_BOOL);
}

static void unknown_flag(Cli *cli, const char *name, size_t len) {
  char *word = arena_copy(cli->arena, name, len), hint[160];
  const char **all = arena_alloc(cli->arena, (OPTION_COUNT + cli->program->in_count) * sizeof *all);
  size_t count = 0;
  for (uint32_t i = 0; i < cli->program->in_count; i++) all[count++] = cli->program->ins[i].name;
  for (size_t i = 0; i < OPTION_COUNT; i++) all[count++] = option_table[i].name;
  const char *near = suggest(word, all, count);
  if (near) snprintf(hint, sizeof hint, "did you mean --%.100s?", near);
  RtError error;
  error_set(&error, "R0001", near ? hint : NULL, "unknown flag --%.100s", word);
  tell(cli, &error);
}

/* ---- values of options ---- */

/* OUT/.weft */
static const char *state_below(RtArena *arena, const char *out) {
  RtText path = {0};
  text_addf(&path, "%s/.weft", out);
  const char *copy = arena_copy(arena, path.data, path.len);
  text_free(&path);
  return copy;
}

static void take_count(Cli *cli, const CliOption *option, const char *text, int64_t least, int64_t *into) {
  static const RtType type = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
  RtError error;
  int64_t value = 0;
  if (!value_from_text(cli->arena, &type, text, strlen(text), NULL, &value, &error) || value < least ||
      value > 1 << 20) {
    error_set(&error, "R0006", NULL, "--%s: \"%.80s\" is not a number from %d to %d", option->name, text,
              (int)least, 1 << 20);
    tell(cli, &error);
    return;
  }
  *into = value;
}

static void take_size(Cli *cli, const CliOption *option, const char *text, double *into) {
  static const RtType type = {.kind = RT_QUANTITY, .align = 8, .size = 8, .text = "Size", .unit = "B"};
  RtError error;
  double value = 0;
  int done = value_from_text(cli->arena, &type, text, strlen(text), NULL, &value, &error);
  if (done && value > 0) {
    *into = value;
    return;
  }
  if (done)
    error_set(&error, "R0006", NULL, "--%s: \"%.80s\" is not a size above zero", option->name, text);
  else
    error_prefix(&error, "--memory");
  tell(cli, &error);
}

static void take_answer(Cli *cli, const char *text) {
  const char *equals = strchr(text, '=');
  RtError error;
  if (!equals || equals == text) {
    error_set(&error, "R0006", NULL, "--answer: \"%.80s\" is not ID=VALUE", text);
    tell(cli, &error);
    return;
  }
  cli->answers[cli->options->answer_count++] = (RtAnswer){
      arena_copy(cli->arena, text, (size_t)(equals - text)), equals + 1};
}

static void take_text(Cli *cli, const CliOption *option, const char *text, const char **into) {
  RtError error;
  if (*text) {
    *into = text;
    return;
  }
  error_set(&error, "R0006", NULL, "--%s: the %s is empty", option->name, option->value);
  tell(cli, &error);
}

static void take_executor(Cli *cli, const char *text) {
  RtError error;
  cli->options->executor = text;
  if (strcmp(text, "native") == 0 || strcmp(text, "slurm") == 0) return;
  error_set(&error, "R0006", NULL, "--executor: \"%.80s\" is neither native nor slurm", text);
  tell(cli, &error);
}

static void take_option(Cli *cli, const CliOption *option, const char *text) {
  RtOptions *o = cli->options;
  switch ((OptionId)(option - option_table)) {
    case OPTION_INPUTS:
      take_text(cli, option, text, &cli->inputs);
      break;
    case OPTION_OUT:
      take_text(cli, option, text, &o->out);
      break;
    case OPTION_JOBS:
      take_count(cli, option, text, 1, &o->jobs);
      break;
    case OPTION_MEMORY:
      take_size(cli, option, text, &o->memory);
      break;
    case OPTION_GPUS:
      take_count(cli, option, text, 0, &o->gpus);
      break;
    case OPTION_RESUME:
      o->fresh = 0;
      break;
    case OPTION_FRESH:
      o->fresh = 1;
      break;
    case OPTION_DRY_RUN:
      o->dry_run = 1;
      break;
    case OPTION_EXPLAIN:
      o->explain = 1;
      break;
    case OPTION_KEEP_GOING:
      o->keep_going = 1;
      break;
    case OPTION_ONLY:
      take_text(cli, option, text, &o->only);
      break;
    case OPTION_ANSWER:
      take_answer(cli, text);
      break;
    case OPTION_REPORT:
      take_text(cli, option, text, &o->report);
      break;
    case OPTION_TRACE:
      take_text(cli, option, text, &o->trace);
      break;
    case OPTION_STATE:
      take_text(cli, option, text, &o->state);
      break;
    case OPTION_EXECUTOR:
      take_executor(cli, text);
      break;
    case OPTION_QUIET:
      o->quiet = 1;
      break;
    case OPTION_FINISH:
      o->mode = MODE_FINISH;
      break;
    case OPTION_LIST_TASKS:
      o->mode = MODE_LIST;
      break;
    case OPTION_PREPARE:
      o->mode = MODE_PREPARE;
      take_text(cli, option, text, &o->prepare);
      break;
    case OPTION_WAVE:
      o->mode = MODE_SLURM;
      take_text(cli, option, text, &o->wave);
      break;
    case OPTION_HELP:
      cli->help = 1;
      break;
    case OPTION_VERSION:
      cli->version = 1;
      break;
    case OPTION_COUNT:
      break;
  }
}

/* ---- arguments ---- */

/* Where the reading of the arguments is. */
typedef struct Args {
  char **at; /* the next one; NULL at the end */
} Args;

static int is_known_flag(const Cli *cli, const char *text) {
  if (text[0] != '-' || text[1] != '-' || !text[2]) return 0;
  size_t len = strcspn(text + 2, "=");
  if (len > 3 && strncmp(text + 2, "in.", 3) == 0) return find_port(cli, text + 5, len - 3) != NULL;
  return find_option(text + 2, len) || find_port(cli, text + 2, len);
}

/* The value of the flag: after "=", or the next argument; NULL when there is none. */
static const char *take_value(Cli *cli, Args *args, const char *flag, const char *attached,
                              const char *kind) {
  if (attached) return attached;
  if (*args->at && !is_known_flag(cli, *args->at)) return *args->at++;
  RtError error;
  char hint[240];
  if (*args->at)
    snprintf(hint, sizeof hint, "if the value is \"%.60s\", write %.60s=%.60s", *args->at, flag, *args->at);
  error_set(&error, "R0002", *args->at ? hint : NULL, "%.100s needs a value (%.200s)", flag, kind);
  tell(cli, &error);
  return NULL;
}

static void give(Cli *cli, const RtPort *port, const char *text) {
  Given *given = arena_alloc(cli->arena, sizeof *given);
  *given = (Given){.port = (uint32_t)(port - cli->program->ins), .text = text};
  *cli->last = given;
  cli->last = &given->next;
}

static int is_bool_word(const char *text) {
  return text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
}

static void port_flag(Cli *cli, Args *args, const RtPort *port, const char *flag, const char *attached) {
  if (is_flag_port(port) && !attached) {
    give(cli, port, is_bool_word(*args->at) ? *args->at++ : "true");
    return;
  }
  const char *text = take_value(cli, args, flag, attached, port->type->text);
  if (text) give(cli, port, text);
}

static void option_flag(Cli *cli, Args *args, const CliOption *option, const char *flag,
                        const char *attached) {
  RtError error;
  if (!option->value && attached) {
    error_set(&error, "R0007", NULL, "--%s takes no value", option->name);
    tell(cli, &error);
  } else if (!option->value) {
    take_option(cli, option, "");
  } else {
    const char *text = take_value(cli, args, flag, attached, option->value);
    if (text) take_option(cli, option, text);
  }
}

static const RtPort *negated_port(const Cli *cli, const char *name, size_t len) {
  if (len < 4 || (strncmp(name, "no-", 3) != 0 && strncmp(name, "no_", 3) != 0)) return NULL;
  const RtPort *port = find_port(cli, name + 3, len - 3);
  return port && is_flag_port(port) ? port : NULL;
}

static void long_flag(Cli *cli, Args *args, const char *flag) {
  const char *name = flag + 2;
  size_t len = strcspn(name, "=");
  const char *attached = name[len] ? name + len + 1 : NULL;
  int forced = len > 3 && strncmp(name, "in.", 3) == 0;
  const CliOption *option = forced ? NULL : find_option(name, len);
  const RtPort *port = option ? NULL : find_port(cli, forced ? name + 3 : name, forced ? len - 3 : len);
  const RtPort *negated = option || port ? NULL : negated_port(cli, name, len);
  if (option)
    option_flag(cli, args, option, flag, attached);
  else if (port)
    port_flag(cli, args, port, flag, attached);
  else if (negated && !attached)
    give(cli, negated, "false");
  else
    unknown_flag(cli, name, len);
}

/* -k, -j4, -j 4, -qk */
static void letters(Cli *cli, Args *args, const char *flag) {
  for (const char *at = flag + 1; *at; at++) {
    const CliOption *option = find_letter(*at);
    RtError error;
    if (!option) {
      error_set(&error, "R0001", NULL, "unknown flag -%c", *at);
      tell(cli, &error);
      return;
    }
    if (option->value) {
      option_flag(cli, args, option, flag, at[1] ? at + 1 + (at[1] == '=') : NULL);
      return;
    }
    take_option(cli, option, "");
  }
}

static void stray(Cli *cli, const char *text) {
  RtError error;
  error_set(&error, "R0003", "inputs are given by name: --NAME VALUE", "\"%.100s\" belongs to no flag", text);
  tell(cli, &error);
}

static void read_arguments(Cli *cli, char **argv) {
  Args args = {argv};
  while (*args.at) {
    char *arg = *args.at++;
    if (strcmp(arg, "--") == 0) {
      while (*args.at) stray(cli, *args.at++);
    } else if (arg[0] == '-' && arg[1] == '-') {
      long_flag(cli, &args, arg);
    } else if (arg[0] == '-' && arg[1]) {
      letters(cli, &args, arg);
    } else {
      stray(cli, arg);
    }
  }
}

/* ---- inputs ---- */

static void add_elements(Cli *cli, const RtPort *port, const RtArray *more) {
  const RtArray **slot = (const RtArray **)(void *)(cli->frame + port->offset);
  if (!*slot) {
    *slot = more;
    return;
  }
  size_t size = port->type->elem->size, had = (size_t)(*slot)->len * size, has = (size_t)more->len * size;
  RtArray *both = arena_take(cli->arena, sizeof *both + had + has);
  *both = (RtArray){.len = (*slot)->len + more->len};
  memcpy(both->items, (*slot)->items, had);
  memcpy(both->items + had, more->items, has);
  *slot = both;
}

static int take_given(Cli *cli, const RtPort *port, const Given *given) {
  char *slot = cli->frame + port->offset;
  RtError error;
  if (port->type->kind == RT_ARRAY) {
    const RtArray *more;
    if (value_from_flag(cli->arena, port->type, given->text, NULL, &more, &error))
      return add_elements(cli, port, more), 1;
  } else if (value_from_flag(cli->arena, port->type, given->text, NULL, slot, &error)) {
    return 1;
  }
  tell_of(cli, "--", port->name, &error);
  return 0;
}

/* All flags of one input. */
static void take_port(Cli *cli, uint32_t index) {
  const RtPort *port = &cli->program->ins[index];
  int count = 0;
  for (const Given *given = cli->given; given; given = given->next) {
    if (given->port != index) continue;
    if (count++ == 0) {
      slot_clear(port->type, cli->frame + port->offset);
      cli->filled[index] = 1;
    } else if (port->type->kind != RT_ARRAY) {
      RtError error;
      error_set(&error, "R0005", NULL, "--%s is given more than once", port->name);
      tell(cli, &error);
      return;
    }
    take_given(cli, port, given);
  }
}

static void read_inputs(Cli *cli) {
  const RtProgram *program = cli->program;
  RtError error;
  if (cli->inputs && !values_from_document(cli->arena, cli->inputs, program->ins, program->in_count,
                                           cli->frame, cli->filled, &error)) {
    tell_of(cli, "--", "inputs", &error);
    memset(cli->filled, 1, program->in_count); /* what is missing cannot be known */
  }
  for (uint32_t i = 0; i < program->in_count; i++) take_port(cli, i);
}

static void missing(Cli *cli, const RtPort *port) {
  RtError error;
  error_set(&error, "R0004", port->doc && *port->doc ? port->doc : NULL, "the input --%s%s (%s) is missing",
            cli_clashes(port->name) ? "in." : "", port->name, port->type->text);
  tell(cli, &error);
}

/* Defaults may use the inputs before them, so they come last and in order, and only if all is well so far. */
static void fill_defaults(Cli *cli) {
  RtCtx ctx = {.arena = cli->arena};
  for (uint32_t i = 0; i < cli->program->in_count; i++) {
    const RtPort *port = &cli->program->ins[i];
    if (!cli->filled[i] && !port->fallback && port->type->kind != RT_OPTION) missing(cli, port);
  }
  for (uint32_t i = 0; i < cli->program->in_count && !cli->problems.len; i++) {
    const RtPort *port = &cli->program->ins[i];
    if (!cli->filled[i] && port->fallback) port->fallback(&ctx, cli->frame);
  }
}

/* ---- the whole ---- */

static void write_all(int fd, const char *data, size_t len) {
  while (len) {
    ssize_t wrote = write(fd, data, len);
    if (wrote <= 0) return;
    data += wrote;
    len -= (size_t)wrote;
  }
}

static int show_help(const Cli *cli) {
  RtText text = {0};
  if (cli->help)
    cli_help(&text, cli->program, cli->command);
  else
    text_addf(&text, "%s (weft %s) %.16s\n", cli->program->name, cli->program->weft_version,
              cli->program->identity);
  write_all(STDOUT_FILENO, text.data, text.len);
  text_free(&text);
  return 0;
}

static int end_with_problems(Cli *cli) {
  text_addf(&cli->problems, "try '%s --help'\n", cli->command);
  write_all(STDERR_FILENO, cli->problems.data, cli->problems.len);
  text_free(&cli->problems);
  return 2;
}

int cli_parse(const RtProgram *program, int argc, char **argv, RtOptions *options, RtArena *arena,
              char *frame) {
  *options = (RtOptions){.out = "results", .gpus = -1};
  Cli cli = {.program = program,
             .options = options,
             .arena = arena,
             .frame = frame,
             .command = argc > 0 ? argv[0] : program->name};
  cli.last = &cli.given;
  cli.filled = arena_alloc(arena, program->in_count + 1);
  cli.answers = arena_alloc(arena, ((size_t)argc + 1) * sizeof *cli.answers);
  options->answers = cli.answers;
  if (argc > 0) read_arguments(&cli, argv + 1);
  if (cli.help || cli.version) return text_free(&cli.problems), show_help(&cli);
  if (!options->state) options->state = state_below(arena, options->out);
  read_inputs(&cli);
  fill_defaults(&cli);
  return cli.problems.len ? end_with_problems(&cli) : -1;
}
