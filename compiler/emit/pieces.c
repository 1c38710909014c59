/* pieces.c: how the pieces of commands are quoted. */
#include "emit/pieces.h"

RtQuote piece_quote(const Task *task, const Piece *piece, Language language) {
  static const RtQuote literals[] = {[LANGUAGE_SHELL] = RT_QUOTE_SHELL,
                                     [LANGUAGE_PYTHON] = RT_QUOTE_PYTHON,
                                     [LANGUAGE_R] = RT_QUOTE_R,
                                     [LANGUAGE_JS] = RT_QUOTE_JS,
                                     [LANGUAGE_PERL] = RT_QUOTE_PERL};
  if (piece->raw) return RT_QUOTE_RAW;
  if (task->direct) return RT_QUOTE_WORD;
  if (piece->quoted == QUOTED_SINGLE) return RT_QUOTE_SINGLE;
  if (piece->quoted == QUOTED_DOUBLE) return RT_QUOTE_DOUBLE;
  return literals[language];
}
