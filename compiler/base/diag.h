/* diag.h: errors of a user's making, collected. */
#ifndef WEFT_BASE_DIAG_H
#define WEFT_BASE_DIAG_H

#include "source.h"

#include <stdbool.h>
#include <stdio.h>

/* One row a code in diagnostics.def. */
typedef enum DiagCode {
#define DIAG(code, severity, name, summary, help) name,
#include "diagnostics.def"
#undef DIAG
  DIAG_COUNT
} DiagCode;

typedef struct Diags Diags;

Diags *diags_new(Arena *arena, Sources *sources);
void diags_free(Diags *diags);

/* Report at a span: lower case, no full stop. Returns a handle for the calls below, valid until the next. */
typedef struct Diag Diag;
Diag *diag(Diags *diags, DiagCode code, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What to do about it. */
void diag_help(Diags *diags, Diag *diag, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A replacement that would mend it. */
void diag_fix(Diags *diags, Diag *diag, Span span, const char *replacement);
/* A second place that explains the first. */
void diag_note(Diags *diags, Diag *diag, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

uint32_t diags_errors(const Diags *diags);
uint32_t diags_count(const Diags *diags);
/* Whether an error was reported inside of a span. */
bool diags_touch(const Diags *diags, Span span);
/* Forget those reported after the count was `count`. */
void diags_rewind(Diags *diags, uint32_t count);
/* Forget what says the same as another of the same place of the same file. */
void diags_once(Diags *diags);

typedef enum DiagFormat { DIAG_TEXT, DIAG_JSON, DIAG_SARIF } DiagFormat;
/* Print all, in the order of their places; at most 100 as text, and how many more. */
void diags_print(const Diags *diags, FILE *out, DiagFormat format, bool color);

/* Show a place as in a diagnostic: path, line and column, the line, and carets with `label` (or NULL) behind them.
 * Nothing for a span that is nowhere. */
void diags_show(const Diags *diags, Span span, const char *label, FILE *out, bool color);

/* The row of "E0123", or DIAG_COUNT. */
DiagCode diag_find(const char *code);
const char *diag_code(DiagCode code);
const char *diag_summary(DiagCode code);
const char *diag_long(DiagCode code);
bool diag_is_error(DiagCode code);

/* The candidate nearest to `name` by edit distance, when near enough to be meant; NULL if none.
 * Called once a candidate: keeps the best in *best. */
typedef struct Suggestion {
  const char *name;  /* what was written */
  const char *best;  /* so far, or NULL */
  uint32_t distance; /* of best */
} Suggestion;
void suggest(Suggestion *suggestion, const char *candidate);

#endif
