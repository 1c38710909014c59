/* cwl_job.h: what the makers of job files share. */
#ifndef WEFT_EMIT_CWL_JOB_H
#define WEFT_EMIT_CWL_JOB_H

#include "emit/cwl.h"

typedef struct Job {
  Cwl *cwl;
  Text *values;       /* by input: the value; of an array, its elements with commas between */
  const char *folder; /* where relative paths begin */
  const char *flag;   /* the input under way */
} Job;

/* One line on standard error; false. */
bool job_refuse(const Job *job, const char *reason, const char *text);

/* Append a value; all of these are false after a line on standard error, or when the text is no such thing. */

/* Of the command line, or a cell of a table. */
bool job_scalar(const Job *job, TypeId id, const char *text, Text *into);
/* Of JSON, which `at` is moved over. */
bool job_json(const Job *job, TypeId id, const char **at, Text *into);
/* The elements of an array in JSON, with commas between, behind those that are there. */
bool job_elements(const Job *job, TypeId element, const char **at, Text *into);

/* The number of a record's field; UINT32_MAX: it has none of that name. */
uint32_t job_field(const Job *job, const Type *type, const char *name);

void job_skip(const char **at);
/* Whether `c` comes next; it is passed over with the blanks around it. */
bool job_take(const char **at, char c);
/* A string of JSON, or a word up to what ends it. */
bool job_take_text(const char **at, Text *into);

#endif
