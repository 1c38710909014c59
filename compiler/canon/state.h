/* state.h: the state of folds and loops.  A record that is handed on from round to round is taken apart: what never
 * changes is a constant, what a field does not depend on is not carried along for it, and what is left stands in an
 * order that does not depend on names. */
#ifndef WEFT_CANON_STATE_H
#define WEFT_CANON_STATE_H

#include "canon/digest.h"
#include "ir/trace.h"

/* A fold or loop that is about to be closed over its open variables (the last of them its state), on operands as in
 * the graph; NODE_NONE: there is nothing to do.  `law` is set to the one that is applied. */
Node state_close(Graph *graph, Digester *digester, Op op, const Node *variables, const Node *args, Span span,
                 Law *law);

#endif
