/* canonical.h: from a file to its normal form, for the commands that compare workflows. */
#ifndef WEFT_DRIVER_CANONICAL_H
#define WEFT_DRIVER_CANONICAL_H

#include "canon/form.h"
#include "canon/normal.h"
#include "driver.h"

/* A workflow in normal form.  It has a session of its own unless it shares one, so that thousands can be read one
 * after another. */
typedef struct Canonical {
  Session *session;
  bool own_session;
  Loaded loaded;
  Program *program; /* of `.wf`, or NULL */
  const Decl *flow;
  Graph *lowered; /* as written */
  Graph *normal;
  bool timings; /* `--timings`: tell how long each phase took */
  double since;
} Canonical;

/* Read, check, lower and normalise the entry flow of a file, or the one that `--flow` names. False: told on standard
 * error. To be closed in any case. */
bool canonical_open(Canonical *canonical, const Options *options, const char *path);
/* The same in a session that others share: names, types of nodes and positions are comparable. */
bool canonical_open_in(Canonical *canonical, Session *session, const Options *options, const char *path);
/* Two files in one session; /dev/null is a workflow without anything.  Where both are versions of one file, `name` is
 * its path: imports are looked for beside it, and warnings are not shown; NULL: they are files of their own. */
bool canonical_open_pair(Canonical sides[2], Session *session, const Options *options, char *const paths[2],
                         const char *name);
/* Of a file of another format: the workflow as `weft import` writes it, with a program whose names can be used. Places
 * are then those of that text. False: told on standard error. */
bool canonical_as_source(Canonical *canonical, const Options *options, const char *path);
/* The end of a phase. */
void canonical_phase(Canonical *canonical, const char *name);
void canonical_close(Canonical *canonical);

/* What `--view` says; the exact one unless given. */
View canonical_view(const Options *options);
/* Say on standard error that the budget of labelling ran out for a file. */
void canonical_exhausted(const Form *form, const char *path);

#endif
