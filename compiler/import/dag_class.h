/* dag_class.h: which jobs of a flat workflow are alike, however many there are of each. */
#ifndef WEFT_IMPORT_DAG_CLASS_H
#define WEFT_IMPORT_DAG_CLASS_H

#include "import/dag.h"

/* Jobs are alike when they run one program, and read files that are alike from jobs that are alike, and so on up to the
 * workflow's inputs and down to its outputs.  How many there are of a kind makes no difference: this is the coarsest
 * bisimulation in both directions.  So no job comes before another one of its class. */
typedef struct DagClasses {
  uint32_t jobs, files; /* how many classes there are of each */
  uint32_t *job, *output,
      *outside;         /* the class of each job; of each output and each file from outside, among files */
  VEC(uint32_t) job_of; /* of each class of jobs: its first job in the dag's order */
  VEC(uint32_t)
  file_of; /* of each class of files: its first output, or outputs + its first file from outside */
} DagClasses;

/* Of a dag that is finished. Near linear. */
DagClasses dag_classes(const Dag *dag);
void dag_classes_free(DagClasses *classes);

/* A workflow with one job for each class: what is left of a dag when it is forgotten how often each thing is done.  Two
 * instances of one application at different scale have the same. */
Dag *dag_template(const Dag *dag);

#endif
