/* dag_task.h: the programs of a flat workflow as tasks. */
#ifndef WEFT_IMPORT_DAG_TASK_H
#define WEFT_IMPORT_DAG_TASK_H

#include "import/dag.h"

typedef struct Sample {
  uint32_t count;
  double sum, squares, least, most;
} Sample;
void sample_add(Sample *sample, double value);

/* What the jobs of one task have in common; a port is there if one of them needs it. */
enum { TASK_NOTES = 4 };

typedef struct DagTask {
  Sym kind, image;
  uint32_t job; /* the first of them */
  uint32_t jobs;
  bool script, files, standard_input, arguments, standard_output;
  uint32_t most_made;    /* outputs of one job besides standard output; 0: its output is a log */
  bool twins;            /* some of its jobs do the same with the same files */
  bool is_volatile;      /* these are told apart */
  Sym notes[TASK_NOTES]; /* of its jobs, the first ones */
  bool more_notes;
  Sample metrics[METRIC_COUNT], made; /* made: sizes of its outputs */
} DagTask;

typedef struct DagTasks {
  VEC(DagTask) all;
  uint32_t *of; /* of each job */
} DagTasks;

DagTasks dag_tasks(const Dag *dag);
void dag_tasks_free(DagTasks *tasks);
/* Whether a job of this task gives its outputs as an array; otherwise the file itself. */
static inline bool task_makes_many(const DagTask *task) { return task->most_made > 1; }
/* Add the tasks to a graph, in their order. */
void dag_tasks_make(const Dag *dag, const DagTasks *tasks, Graph *graph);

/* Whether a program's name can stand in a command as it is. */
bool dag_is_plain_word(const char *text);
/* Append `1.5 GB`. */
void dag_put_size(double bytes, Text *into);
/* What the path of a job's output is, by its place among them. */
Sym dag_made_path(const Dag *dag, const DagTask *task, uint32_t place);

#endif
