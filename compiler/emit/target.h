/* target.h: what a plan can be written as: one row a target. */
#ifndef WEFT_EMIT_TARGET_H
#define WEFT_EMIT_TARGET_H

#include "ir/plan.h"

/* What to look at, or how far to go. */
typedef enum EmitForm { EMIT_EXE, EMIT_OBJECT, EMIT_ASM, EMIT_LLVM } EmitForm;

struct Decl;

typedef struct EmitOptions {
  const char *output;   /* path; "-": standard output (text forms) */
  const char *runtime;  /* libweftrt.a; NULL: found beside weft.  EMIT_EXE only */
  const char *source;   /* path of the workflow as given to the compiler */
  const char *identity; /* native: 64 hex digits of the whole graph; NULL: computed */
  const char *exact;    /* 64 hex digits of the exact identity; NULL where nobody asked for it */
  EmitForm form;
  int optimise;            /* 0 to 3 */
  bool timings;            /* one line a phase on standard error */
  bool loops;              /* CWL: loops as the extension of cwltool has them */
  const struct Decl *site; /* where it will run; NULL: nothing is said of it */
  char *const *args;       /* the workflow's own flags and their values */
  int arg_count;
} EmitOptions;

/* Writes the plan; 0, or 1 after one line on standard error. */
typedef int EmitRun(const Plan *plan, const EmitOptions *options);

typedef enum TargetColumn {
#define COLUMN(column, ...) column,
#include "emit/columns.def"
#undef COLUMN
  COLUMN_COUNT,
  COLUMN_NATIVE = COLUMN_COUNT /* everything */
} TargetColumn;

typedef struct Target {
  TargetColumn column;
  const char *name, *extension, *summary;
  EmitRun *emit;
} Target;

extern const Target targets[];
extern const uint32_t target_count;

/* The row of that name, or NULL. */
const Target *target_find(const char *name);

#define TARGET(column, name, extension, summary, emit) EmitRun emit;
#include "emit/targets.def"
#undef TARGET

#endif
