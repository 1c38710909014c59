/* dag.h: a flat workflow as the formats of other engines tell it: jobs, the files that they read and write, and what
 * comes before what.
 *
 * A reader says what it finds, in any order (dag_new … dag_link).  dag_finish then finds out what the names mean; what
 * cannot be right is told as diagnostics.  dag_graph makes the graph. */
#ifndef WEFT_IMPORT_DAG_H
#define WEFT_IMPORT_DAG_H

#include "ir/graph.h"

typedef enum Metric {
#define METRIC(metric, text, unit, attribute) metric,
#include "import/metrics.def"
#undef METRIC
  METRIC_COUNT
} Metric;

typedef enum UseRole { USE_IN, USE_OUT, USE_STDIN, USE_STDOUT, USE_STDERR } UseRole;
static inline bool use_is_output(UseRole role) { return role == USE_OUT || role >= USE_STDOUT; }

/* A job reads or writes a file. */
typedef struct DagUse {
  uint32_t file;
  uint8_t role; /* UseRole */
  Span span;
} DagUse;

/* A piece of a job's argument: text, or one of its files. */
typedef struct DagPiece {
  Sym text;
  uint32_t file; /* NODE_NONE: text */
  bool ends;     /* the argument ends with it */
} DagPiece;

/* A range of one of the dag's vectors. */
typedef struct DagRange {
  uint32_t first, count;
} DagRange;

typedef struct DagJob {
  Sym id, name;
  Sym program; /* 0: the name tells what kind of job it is */
  Sym script;  /* what it runs is a text for a shell; or 0 */
  Sym image;   /* of a container, or 0 */
  Sym note;    /* what else there is to say of its program or where it ran, or 0 */
  Span span;   /* of its id */
  bool declared;
  DagRange arguments; /* of words */
  DagRange uses, env;
  double metrics[METRIC_COUNT]; /* NAN: not known */
} DagJob;

/* `parent` comes before `child`, both by their ids or names. */
typedef struct DagLink {
  Sym child, parent;
  Span span;
} DagLink;

typedef struct DagFile {
  Sym name;
  double size; /* bytes; NAN: not known */
  Span span;   /* where it was named first */
} DagFile;

/* What a job takes: a file that another job has made, or one from outside. */
typedef struct DagInput {
  uint32_t file;
  uint32_t output; /* of the job that makes it: a place in `outputs`; NODE_NONE: from outside */
  uint8_t role;
} DagInput;

/* What a job makes; a file can be made by several. */
typedef struct DagOutput {
  uint32_t job, file;
  uint8_t role;
  bool used; /* by some job */
} DagOutput;

typedef struct Dag {
  Session *session;
  Span span; /* of its name, or of the document */
  Text doc;  /* what is said of the workflow and has no place in a graph: a line each */
  VEC(DagJob) jobs;
  VEC(Sym) words; /* arguments as they were said */
  VEC(DagUse) uses;
  VEC(Named) env;     /* node: the value, a Sym */
  VEC(DagLink) links; /* may be said twice */
  VEC(DagFile) files;
  Map job_of, file_of; /* by id, by name: place + 1 */
  Map told;            /* what a warning has named, so that it is given once */

  /* made by dag_finish; of job j what begins at first_x.data[j] and ends at first_x.data[j + 1] */
  VEC(uint32_t) order; /* jobs, each after what it depends on */
  VEC(uint32_t) first_input, first_output, first_after, first_piece;
  VEC(DagInput) inputs;
  VEC(DagOutput) outputs;
  VEC(uint32_t) after; /* jobs that come before although no file says so */
  VEC(DagPiece) pieces;
  VEC(Sym) kind; /* of each job: its program */

  /* made by dag_label: canonical places of jobs, of outputs, of files from outside */
  uint32_t *job_place, *output_place, *file_place;
  bool exhausted;
  bool blind; /* programs do not count for that order: a template */
} Dag;

/* Files as one row of numbers: outputs first, then files from outside. */
static inline uint32_t dag_vertex(const Dag *dag, const DagInput *input) {
  return input->output == NODE_NONE ? dag->outputs.len + input->file : input->output;
}

Dag *dag_new(Session *session);
void dag_free(Dag *dag);

uint32_t dag_file(Dag *dag, Sym name, Span span);

/* A job is drafted, then committed; nothing of another one is said in between. */
DagJob dag_draft(void);
void dag_use(Dag *dag, DagJob *draft, uint32_t file, UseRole role, Span span);
void dag_word(Dag *dag, DagJob *draft, Sym word);
void dag_env(Dag *dag, DagJob *draft, Sym name, Sym value);
/* What is known of the job of that id.  Where `declares` is set the document says with it that the job is there, and a
 * second time is an error; otherwise it only tells more of it, earlier or later. */
void dag_commit(Dag *dag, const DagJob *draft, bool declares);
void dag_link(Dag *dag, Sym child, Sym parent, Span span);
/* A line of the description: `key: value`. */
void dag_note(Dag *dag, const char *key, const char *value, size_t len);
/* Warn of a part of the document that is not kept; once for each name. */
void dag_unknown(Dag *dag, const char *what, const char *name, size_t len, Span span);

/* Find out what names mean. False: something was wrong, and told. */
bool dag_finish(Dag *dag);

/* Order what has no order of its own, the files of a job among them, by the graph alone. */
void dag_label(Dag *dag);
/* The workflow: each job is a call of a task, which is its program.  `rules`: see graph.h. */
Graph *dag_graph(Dag *dag, Types *types, const RuleRow *rules);

#endif
