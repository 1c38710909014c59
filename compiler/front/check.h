/* check.h: names, types, structure. */
#ifndef WEFT_FRONT_CHECK_H
#define WEFT_FRONT_CHECK_H

#include "front/ast.h"

/* A program: the main module and all that it imports, checked. */
typedef struct Program {
  Session *session;
  Types *types;
  Module *main;
  VEC(Module *) modules; /* in order of dependency, main last */
} Program;

/* Read, parse and check `source` and its imports (searched beside the file, then in `library`).
 * Diagnostics go to the session; the program is given back in any case. */
Program *check_program(Session *session, Source *source, const char *library);
void program_free(Program *program);
/* The entry: flow `name` if given, else `main`, else the only flow that no other calls. NULL: told. */
Decl *program_entry(Program *program, const char *name);

#endif
