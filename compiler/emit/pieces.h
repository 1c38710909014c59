/* pieces.h: the pieces of commands, as every target that quotes for itself needs them. */
#ifndef WEFT_EMIT_PIECES_H
#define WEFT_EMIT_PIECES_H

#include "front/quoting.h"
#include "ir/graph.h"
#include "runtime/weftrt.h"

/* How a value is written, by the language of the command and the quotes that it stands in. */
RtQuote piece_quote(const Task *task, const Piece *piece, Language language);

#endif
