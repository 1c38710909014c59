/* fmt_print.h: the formatter's inside: what is written, the comments still to come, the width. */
#ifndef WEFT_FRONT_FMT_PRINT_H
#define WEFT_FRONT_FMT_PRINT_H

#include "front/fmt.h"

enum { FMT_WIDTH = 100, FMT_STEP = 2 };

typedef struct Fmt {
  const Session *session;
  const Source *source; /* NULL: made, not read: no comments, no spellings */
  const Comment *comments;
  uint32_t count, next; /* next comment to be written */
  Text *out;
  uint32_t indent; /* columns */
  size_t line;     /* where the line being written begins */
  bool flat;       /* on one line, whatever its width: for measuring and for fmt_expr */
  bool over;       /* while measuring: does not go on one line */
  size_t limit;    /* while measuring: stop here */
} Fmt;

/* ---- text and comments (fmt_text.c) ---- */
void fmt_puts(Fmt *f, const char *text);
void fmt_sym(Fmt *f, Sym sym);
void fmt_newline(Fmt *f);
/* The source text of a span, or NULL. */
const char *fmt_source(const Fmt *f, Span span);
/* Whether a comment still to be written lies inside. */
bool fmt_has_comment(const Fmt *f, Span span);
bool fmt_same_line(const Fmt *f, uint32_t lo, uint32_t hi);
/* A blank line where the source has one before `place`. */
void fmt_blank(Fmt *f, uint32_t place);
/* Comments before `place`, each on its line; the line being written is empty before and after. */
void fmt_comments(Fmt *f, uint32_t place, bool first);
/* A comment that follows `place` on its line; `separator` may stand between. */
void fmt_trailing(Fmt *f, uint32_t place, char separator);
/* Comments inside an item that had no place of their own go above it, to where its line begins. */
void fmt_left_over(Fmt *f, uint32_t end, size_t at);

/* ---- expressions (fmt.c) ---- */
void fmt_put(Fmt *f, const Expr *expr);
void fmt_put_string(Fmt *f, const Expr *expr);
void fmt_put_type(Fmt *f, const TypeExpr *type);
void fmt_put_block(Fmt *f, const Block *block, bool broken);
void fmt_put_stmt(Fmt *f, const Stmt *stmt);
/* Whether it fits on the rest of the line with `more` columns behind it. */
bool fmt_fits(Fmt *f, const Expr *expr, uint32_t more);

/* Items of a bracket, flat or one a line. */
typedef void FmtItem(Fmt *f, const void *items, uint32_t index);
typedef Span FmtSpan(const void *items, uint32_t index);
void fmt_list(Fmt *f, const char *brackets, const void *items, uint32_t count, FmtItem *item, FmtSpan *span,
              bool broken);

#endif
