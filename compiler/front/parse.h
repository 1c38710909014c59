/* parse.h: from text to AST. */
#ifndef WEFT_FRONT_PARSE_H
#define WEFT_FRONT_PARSE_H

#include "front/ast.h"

/* Deepest nesting of brackets and of expressions; more is an error. */
enum { MAX_NESTING = 1000 };

/* Parse a whole file.  Always gives a module; what is broken is left out of it and reported. */
Module *parse_module(Session *session, Source *source);
/* Parse one arrow expression, with holes allowed (`weft match`); NULL if it is broken. */
Expr *parse_pattern(Session *session, Source *source);

#endif
