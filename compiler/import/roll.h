/* roll.h: a flat workflow as a small one: classes of jobs that are alike become `for`s, and what they read of each other
 * becomes an expression over the index. */
#ifndef WEFT_IMPORT_ROLL_H
#define WEFT_IMPORT_ROLL_H

#include "import/dag_class.h"

/* Which elements of an array the jobs of a class read: element number
 *   c + a * (i / m) + b * (i % m) + d * k   for k below `width`, of job i
 * or, where the jobs do not read equally many, or nothing else fits, by numbers that are given. */
typedef enum FitKind {
  FIT_ALL,    /* all of it, in order */
  FIT_LINEAR, /* the formula above */
  FIT_OWNER, /* `sizes[g]` jobs one after another read elements width * g and the next ones, `width` in all */
  FIT_GROUP, /* job i reads `sizes[i]` elements, behind those that the jobs before it read */
  FIT_TABLE  /* nothing else fits: the numbers themselves */
} FitKind;

typedef struct Fit {
  FitKind kind;
  int64_t a, b, c, d, m;
  uint32_t width;
  VEC(uint32_t) sizes;
} Fit;

/* What job i reads lies between first[i] and first[i + 1] of `numbers`; `count` jobs, `length` elements. */
Fit roll_fit(uint32_t count, const uint32_t *first, const uint32_t *numbers, uint32_t length);

/* A class of jobs or of files, in an order that makes reading regular. */
typedef struct RollClass {
  uint32_t first, count; /* of its members in RollOrder.jobs or .files */
} RollClass;

/* Files are numbered as vertices: outputs first, then files from outside. */
typedef struct RollOrder {
  DagClasses classes;
  RollClass *job_class, *file_class;
  uint32_t *jobs, *files;     /* members, class by class */
  uint32_t *job_at, *file_at; /* the place of each in its class */
} RollOrder;

/* `classes` belong to the order from then on. */
RollOrder roll_order(const Dag *dag, DagClasses classes);
/* Take classes apart that would need a table although nothing depends on them; false: there is none. Otherwise the order has to
 * be made anew from the classes. */
bool roll_split(const Dag *dag, RollOrder *order);
void roll_order_free(RollOrder *order);

/* Append the rolled workflow as source. `tables`: how many reads needed FIT_TABLE, of how many. */
typedef struct RollCount {
  uint32_t tables, reads;
} RollCount;
RollCount roll_write(const Dag *dag, Text *into);

/* Whether two dags are the same but for names, arguments and what was measured, by canonical labellings of both. */
bool dag_isomorphic(const Dag *a, const Dag *b);

#endif
