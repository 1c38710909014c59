/* rolling.h: what the files that write a rolled workflow share. */
#ifndef WEFT_IMPORT_ROLLING_H
#define WEFT_IMPORT_ROLLING_H

#include "import/dag_names.h"
#include "import/dag_task.h"
#include "import/roll.h"

#include <string.h>

/* How a class of files is named in the source. */
typedef struct FileName {
  Sym name;  /* of a step or an input */
  bool one;  /* it is one file; otherwise an array of them */
  bool read; /* some job reads it */
} FileName;

/* A class of jobs as a call. */
typedef struct Step {
  Sym name, kind;
  uint32_t task; /* place among the tasks */
  uint32_t made; /* outputs of its first job */
  bool many, files,
      uneven;      /* more than one output; it reads files; its jobs make different numbers of files */
  uint32_t offset; /* what its jobs' numbers begin at */
} Step;

typedef struct RollTask {
  Sym kind, name;
  bool many, files, log, number;
  uint32_t jobs;
  Sample time;
} RollTask;

typedef struct Writer {
  const Dag *dag;
  RollOrder order;
  DagNames names;
  FileName *files; /* by class */
  Step *steps;     /* by class of jobs */
  VEC(RollTask) tasks;
  Map tables; /* text of a table to its name */
  Text *out;  /* steps */
  RollCount count;
  /* what the jobs of a class read of one class of files */
  VEC(uint32_t) first, numbers;
} Writer;

static inline const char *text_of(const Writer *writer, Sym name) {
  return name_of(writer->dag->session, name);
}

static inline Sym new_name(Writer *writer, const char *text) {
  return dag_name_new(&writer->names, writer->dag->session, text, strlen(text));
}

static inline const RollClass *job_class(const Writer *writer, uint32_t class) {
  return &writer->order.job_class[class];
}
static inline uint32_t member(const Writer *writer, uint32_t class, uint32_t place) {
  return writer->order.jobs[job_class(writer, class)->first + place];
}

static inline uint32_t made_by(const Dag *dag, uint32_t job) {
  return dag->first_output.data[job + 1] - dag->first_output.data[job];
}

static inline void name_file(Writer *writer, uint32_t file_class, Sym name, bool one) {
  writer->files[file_class].name = name;
  writer->files[file_class].one = one;
}

/* roll_table.c */

/* The name of a step that is this text, which is freed; equal ones are one. */
const char *roll_step(Writer *writer, const char *wanted, Text *text);
const char *roll_table(Writer *writer, const char *wanted, const uint32_t *numbers, uint32_t count);
/* Elements of an array by what was fitted to what was gathered; `single` where it is one element and no array. */
void roll_put_fit(Writer *writer, const char *array, const Fit *fit, bool only_one, bool *single, Text *into);

/* roll_reads.c: what the jobs of a class read, as an array; what they come after, with the word before it. */
void roll_put_files(Writer *writer, uint32_t class, Text *into);
void roll_put_after(Writer *writer, uint32_t class, Text *into);

/* roll_made.c */

/* How many files of a class each job makes, into `numbers`; of all classes where that is NODE_NONE. */
void roll_gather_made(Writer *writer, uint32_t class, uint32_t file_class, bool *even);
/* Name the classes of files that a class makes, in steps of their own where need be. */
void roll_put_parts(Writer *writer, uint32_t class);

#endif
