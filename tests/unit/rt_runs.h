/* rt_runs.h: whole runs of the small programs of rt_programs.h, each in a process of its own. */
#ifndef WEFT_TEST_RT_RUNS_H
#define WEFT_TEST_RT_RUNS_H

#include <stddef.h>
#include <sys/types.h>

extern char run_out[8192], run_err[16384]; /* of the last run */

/* A path in test_dir(), valid until the next call. */
const char *in_dir(const char *name);
/* A file there as text, cut off where there is no more room; "" if it is not there. */
void load_text(const char *name, char *into, size_t size);

/* Start a program; `words` are its arguments, with one space between them, after --out results -j2 unless they
 * begin with --element. */
pid_t run_start(const char *program, const char *words);
/* Wait for it: its status, -1 if it was killed. */
int run_finish(pid_t pid);
/* Both. */
int run_program(const char *program, const char *words);
/* How many tasks have noted that they ran, since the last time this was asked. */
int run_ran(void);

#define SAYS(text) CU_ASSERT_PTR_NOT_NULL(strstr(run_err, text))
#define GIVES(text) CU_ASSERT_STRING_EQUAL(run_out, text)

#endif
