/* walk.h: the parts of an expression. */
#ifndef WEFT_FRONT_WALK_H
#define WEFT_FRONT_WALK_H

#include "front/ast.h"

typedef void ExprVisit(Expr *part, void *with);

/* Visit the expressions directly below `expr`, in the order of the source; those in blocks included. */
void expr_parts(Expr *expr, ExprVisit *visit, void *with);

#endif
