/* process.h: starting programs cheaply, ending whole process groups. */
#ifndef WEFT_RT_PROCESS_H
#define WEFT_RT_PROCESS_H

#include <sys/resource.h>
#include <sys/types.h>

#include "hash.h"

/* A program to start. */
typedef struct Launch {
  const char *path; /* absolute, or relative to `dir` */
  char *const *argv, *const *envp;
  const char *dir;  /* where it starts */
  int in, out, err; /* descriptors; `in` < 0: the one we have, which is /dev/null */
} Launch;

/* Start it in a process group of its own that ends with us.  The pid, or -1 with errno. */
pid_t process_start(const Launch *launch);
/* Send a signal to a whole group; what is gone is no error. */
void process_signal(pid_t group, int signal);
/* Wait for any child: its pid; 0: none has ended (with `block`, a signal came); -1: there are none. */
pid_t process_wait(int block, int *status, struct rusage *usage);

/* Where programs are, by name. */
typedef struct Programs {
  HashMap found;
  char **paths;
  size_t count;
} Programs;

/* The path of a program as execvp would find it in `path` (NULL: our PATH); NULL when there is none.
 * Remembered for our own PATH.  The text lives as long as `programs`. */
const char *program_find(Programs *programs, const char *name, const char *path);
void programs_free(Programs *programs);

/* Signals as the run wants them: handlers that only note; everything else as the system sets it. */
void signals_begin(void);
void signals_end(void);
/* Which stopping signal came since the start (0: none), and how many of them. */
int signals_stop(int *count);
/* Whether a tenth of a second has passed since the last time this was asked. */
int signals_tick(void);

#endif
