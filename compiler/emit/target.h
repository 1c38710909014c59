/* target.h: what a plan can be written as: one row a target. */
#ifndef WEFT_EMIT_TARGET_H
#define WEFT_EMIT_TARGET_H

#include "ir/plan.h"

/* What to look at, or how far to go. */
typedef enum EmitForm { EMIT_EXE, EMIT_OBJECT, EMIT_ASM, EMIT_LLVM } EmitForm;

typedef struct EmitOptions {
  const char *output;   /* path; "-": standard output (text forms) */
  const char *runtime;  /* libweftrt.a; NULL: found beside weft.  EMIT_EXE only */
  const char *source;   /* path of the workflow as given to the compiler */
  const char *identity; /* 64 hex digits of the whole graph; NULL: computed */
  EmitForm form;
  int optimise; /* 0 to 3 */
  bool timings; /* one line a phase on standard error */
} EmitOptions;

/* Writes the plan; 0, or 1 after one line on standard error. */
typedef int EmitRun(const Plan *plan, const EmitOptions *options);

typedef struct Target {
  const char *name, *extension, *summary;
  EmitRun *emit;
} Target;

extern const Target targets[];
extern const uint32_t target_count;

/* The row of that name, or NULL. */
const Target *target_find(const char *name);

/* Opens weft-native.so and hands the plan over. */
EmitRun emit_native;

#endif
