/* driver.h: what the commands on workflows share. */
#ifndef WEFT_DRIVER_DRIVER_H
#define WEFT_DRIVER_DRIVER_H

#include "command.h"
#include "front/check.h"
#include "import/import.h"

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
/* A workflow as it was read: a program, or the graph that a file of another format is. */
typedef struct Loaded {
  Source *source;
  const Format *format; /* NULL: `.wf` */
  Program *program;     /* of `.wf`; NULL: it could not be read */
  Types *types;         /* of other formats, as the graph: NULL where something was wrong */
  Graph *graph;
} Loaded;

/* Read a file in the format that `--from` says, or that is found in it; parse and check, or import.  What is wrong is told
 * as diagnostics, so look at the session for errors.  `name`: the file is a version of another one; messages name that,
 * imports are beside it; NULL: itself. */
void driver_load(Session *session, const Options *options, const char *path, const char *name,
                 Loaded *loaded);
/* The graph of a file of another format once more, as import_graph makes it; NULL: something is wrong. */
Graph *driver_import(Session *session, const Loaded *loaded, ImportOptions options);
/* The jobs and files of a file of another format; NULL: told as a diagnostic. */
Dag *driver_dag(Session *session, const Options *options, const char *path);
void driver_unload(Loaded *loaded);

#endif
