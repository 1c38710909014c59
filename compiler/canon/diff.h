/* diff.h: what was changed from one workflow to another, as a person would tell it. */
#ifndef WEFT_CANON_DIFF_H
#define WEFT_CANON_DIFF_H

#include "canon/align.h"
#include "canon/form.h"
#include "front/check.h"

/* One row each in changes.def. */
typedef enum ChangeKind {
#define CHANGE(change, ...) change,
#include "canon/changes.def"
#undef CHANGE
  CHANGE_COUNT
} ChangeKind;

typedef struct ChangeInfo {
  const char *name;
  char sign;
  const char *one, *many;
} ChangeInfo;
extern const ChangeInfo change_info[CHANGE_COUNT];

typedef struct Change {
  ChangeKind kind;
  Span places[2];        /* before and after; {0}: nowhere */
  const char *what;      /* "`len` of `trim`"; "" */
  const char *values[2]; /* before and after, or NULL */
  uint32_t more;         /* places alike that are not listed */
  Node nodes[2];         /* of the step or value that it belongs to, or NODE_NONE */
} Change;

/* In what equal workflows, or equal parts, are written differently. */
typedef struct Rewritten {
  uint32_t renames;            /* of tasks, ports, steps, flows */
  uint32_t inlined, drawn_out; /* flows and functions that only stand before, after */
  uint32_t resources;          /* tasks that ask for something else */
  bool reordered;
} Rewritten;

typedef struct DiffSide {
  const char *path;
  const Program *program; /* NULL: none */
  const Decl *flow;       /* the entry, or NULL */
  const Graph *normal;
} DiffSide;

typedef struct Diff {
  const DiffSide *sides;
  Form *forms[2];
  Align *align;
  Arena *arena; /* of texts */
  bool same, exhausted;
  VEC(Change) changes;
  uint32_t counts[CHANGE_COUNT];
  Rewritten rewritten;
} Diff;

/* Both sides, of one session, stay the caller's.  Near linear.  End it with diff_free. */
Diff *diff_new(const DiffSide sides[2]);
void diff_free(Diff *diff);

/* Tellers. */
void diff_text(const Diff *diff, const Session *session, bool color, Text *into);
void diff_stat(const Diff *diff, Text *into);
void diff_json(const Diff *diff, const Session *session, Text *into);
/* `same up to 4 renames and 1 inlined flow`, or how many changes of which kinds. */
void diff_summary(const Diff *diff, Text *into);

#endif
