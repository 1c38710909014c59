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
  bool borrowed;         /* its types are another program's */
} Program;

/* Read, parse and check `source` and its imports (searched beside the file, then in `library`).
 * Diagnostics go to the session; the program is given back in any case. */
Program *check_program(Session *session, Source *source, const char *library);
void program_free(Program *program);
/* Read, parse and check a file whose flows may have holes, with the types of another program, which stays longer. */
Program *check_pattern_file(const Program *with, Source *source, const char *library);
/* Parse and check one arrow or value with holes, whose names mean what they mean in the main module of `program`: the flow
 * that it is. NULL: told. */
Decl *check_pattern(Program *program, Source *source);
/* The flow with holes: the only one, else `main`. NULL: told. */
Decl *program_pattern(Program *program);
/* The entry: flow `name` if given, else `main`, else the only flow that no other calls. NULL: told. */
Decl *program_entry(Program *program, const char *name);

#endif
