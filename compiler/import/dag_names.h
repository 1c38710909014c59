/* dag_names.h: names of a document as names of the language. */
#ifndef WEFT_IMPORT_DAG_NAMES_H
#define WEFT_IMPORT_DAG_NAMES_H

#include "import/dag.h"

/* The last part of a file's path. */
const char *dag_base_name(const Dag *dag, uint32_t file, size_t *len);

/* Names that have been given. {0} is empty. */
typedef struct DagNames {
  Map taken, suffix;
} DagNames;

/* A legal name like the text, which nothing else has: with a number behind it if need be. */
Sym dag_name_new(DagNames *names, Session *session, const char *text, size_t len);
void dag_names_free(DagNames *names);

#endif
