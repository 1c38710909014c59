/* driver.h: what the commands on workflows share. */
#ifndef WEFT_DRIVER_DRIVER_H
#define WEFT_DRIVER_DRIVER_H

#include "command.h"
#include "front/check.h"

/* Whether messages on standard error are to be coloured. */
bool driver_color(const Options *options);
/* The same for what goes to standard output. */
bool driver_output_color(const Options *options);
/* Print the session's diagnostics on standard error; true if none is an error. */
bool driver_report(const Session *session, const Options *options);

/* The end of a phase: where `told`, its name and the milliseconds since the last one on standard error; NULL: time
 * begins to run. */
void driver_phase(bool told, double *since, const char *name);

/* Read a file, "-" being standard input. NULL: told as a diagnostic. */
Source *driver_read(Session *session, const char *path);
/* Where the modules std.* are: $WEFT_STDLIB, or beside the executable; NULL if nowhere. In the session's arena. */
const char *driver_library(Session *session);
/* What an executable made of the file is called: its base name without `.wf`. In the session's arena. */
const char *driver_name(Session *session, const char *path);
/* Read, parse and check. NULL: told as a diagnostic; otherwise look at the session for errors. */
Program *driver_check(Session *session, const char *path);
/* The same of a file that is a version of another, `name`: messages name that, imports are beside it. NULL: itself. */
Program *driver_check_as(Session *session, const char *path, const char *name);

#endif
