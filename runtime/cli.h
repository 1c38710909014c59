/* cli.h: the command line of a workflow's executable: its inputs as typed flags, and the runtime's options. */
#ifndef WEFT_RT_CLI_H
#define WEFT_RT_CLI_H

#include "value.h"

/* --answer ID=VALUE */
typedef struct RtAnswer {
  const char *id, *value;
} RtAnswer;

/* What the executable is asked for. */
typedef enum RtMode {
  MODE_RUN,
  MODE_FINISH,  /* publish what is done, and run nothing */
  MODE_LIST,    /* print the tasks */
  MODE_PREPARE, /* write a file of the tasks that are not done */
  MODE_SLURM    /* submit what is ready to Slurm (slurm.h) */
} RtMode;

typedef struct RtOptions {
  RtMode mode;
  const char *out;            /* where results go; "results" unless said */
  const char *state;          /* OUT/.weft unless said */
  const char *report, *trace; /* NULL: none */
  const char *only;           /* the label of the one task to run; NULL: all */
  const char *prepare;        /* the file of MODE_PREPARE */
  const char *wave;           /* who asks for MODE_SLURM */
  const char *executor;       /* "slurm": tasks are its jobs; NULL or "native": they run here */
  int64_t jobs;               /* tasks at once; 0: as many as there are CPUs */
  double memory;              /* bytes that all tasks together may ask for; 0: what there is */
  int64_t gpus;               /* -1: what there is */
  uint8_t fresh;              /* repeat what is finished already */
  uint8_t dry_run, explain, quiet, keep_going;
  const RtAnswer *answers;
  uint32_t answer_count;
} RtOptions;

/* Read the command line and fill the inputs' slots of the root frame, defaults included.  Every problem is told on
 * standard error.  Values and options live in `arena`; `argv` must outlive it.  Returns -1 to go on, or the exit
 * status: 0 after --help or --version, 2 when something is wrong. */
int cli_parse(const RtProgram *program, int argc, char **argv, RtOptions *options, RtArena *arena,
              char *frame);

/* The text of --help. `command` is how the program was called. */
void cli_help(RtText *into, const RtProgram *program, const char *command);

/* One row an option. `value` is NULL for a switch. */
typedef struct CliOption {
  const char *name;
  char letter; /* -j; 0: none */
  const char *value;
  const char *help; /* NULL: for other programs, not told in --help */
} CliOption;

/* The runtime's own options, in the order of --help. */
const CliOption *cli_options(size_t *count);

/* Whether the input's name is that of an option, so that only --in.NAME reaches it. */
int cli_clashes(const char *name);

#endif
