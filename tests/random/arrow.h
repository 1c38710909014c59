/* arrow.h: arrows and templates of random workflows, and what they stand for.  Arrows have one input. */
#ifndef WEFT_TESTS_ARROW_H
#define WEFT_TESTS_ARROW_H

#include "tree.h"

typedef enum TemplateRow {
#define TEMPLATE(row, name, arrows, values, text) row,
#include "templates.def"
#undef TEMPLATE
  TEMPLATE_COUNT
} TemplateRow;

typedef struct TemplateInfo {
  const char *name;
  uint32_t arrows, values;
  const char *text;
} TemplateInfo;
extern const TemplateInfo template_info[TEMPLATE_COUNT];

Term *arrow_name(World *world, Routine *routine);
Term *arrow_of(World *world, TermKind kind, const Sort *result, Term *left, Term *right);
Term *arrow_fork(World *world, Term *left, Term *right);
/* Whether a routine can be an arrow: inputs other than `open` have defaults. */
bool arrow_possible(const Routine *routine, uint32_t open);
Term *term_apply(World *world, Term *value, Term *arrow);
/* In named form: what comes out of the arrow when `value` goes in. */
Term *arrow_expand(World *world, const Term *arrow, Term *value);
Term *template_expand(World *world, const Term *term);

#endif
