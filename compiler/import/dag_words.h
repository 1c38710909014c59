/* dag_words.h: what a job's words say: its program, and which of its arguments are its files. */
#ifndef WEFT_IMPORT_DAG_WORDS_H
#define WEFT_IMPORT_DAG_WORDS_H

#include "import/dag.h"

/* The kind and the pieces of all jobs; for dag_finish. */
void dag_words(Dag *dag);

#endif
