/* diag_list.h: the collected diagnostics, as diag.c keeps and diag_print.c shows them. */
#ifndef WEFT_BASE_DIAG_LIST_H
#define WEFT_BASE_DIAG_LIST_H

#include "diag.h"
#include "vec.h"

typedef struct DiagFix {
  struct DiagFix *next;
  Span span;
  const char *replacement;
} DiagFix;

typedef struct DiagNote {
  struct DiagNote *next;
  Span span;
  const char *message;
} DiagNote;

struct Diag {
  DiagCode code;
  Span span;
  uint32_t order; /* in which they were reported */
  const char *message, *help;
  DiagFix *fixes;
  DiagNote *notes;
};

struct Diags {
  Arena *arena;
  Sources *sources;
  VEC(Diag *) list;
  uint32_t errors;
};

/* All in the order of their places; the caller frees the array. */
Diag **diags_sorted(const Diags *diags);
void diags_json(const Diags *diags, FILE *out, bool sarif);

#endif
