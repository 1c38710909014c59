/* fmt.h: a module in the one layout. */
#ifndef WEFT_FRONT_FMT_H
#define WEFT_FRONT_FMT_H

#include "front/ast.h"

/* Append `module` laid out; comments are kept at what they stand by. Formatting twice changes nothing. */
void fmt_module(const Session *session, const Module *module, Text *into);
/* Append one expression on one line. */
void fmt_expr(const Session *session, const Expr *expr, Text *into);
void fmt_type(const Session *session, const TypeExpr *type, Text *into);

#endif
