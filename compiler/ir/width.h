/* width.h: how often what a plan holds runs, as formulas over the inputs. */
#ifndef WEFT_IR_WIDTH_H
#define WEFT_IR_WIDTH_H

#include "ir/plan.h"

/* A number that the program does not say: an Int, or the length of an array. */
typedef struct Width {
  Node node;
  bool length;
  bool less_one; /* combinations of so many */
} Width;

/* number * widths[0] * widths[1] … */
typedef struct Term {
  int64_t number; /* INT64_MAX: that or more */
  uint32_t count;
  const Width *widths; /* in the order of their nodes */
} Term;

/* The sum of the terms, in the order in which they came. */
typedef struct Formula {
  VEC(Term) terms;
  Map find;       /* hash of a term's widths to its place + 1 */
  bool at_most;   /* branches and filters are taken as if all went their way */
  bool run_time;  /* some width is a result of the run */
  bool unbounded; /* rounds of a loop without a bound count as one */
} Formula;

typedef struct Widths {
  const Plan *plan;
  const Graph *graph;
  Arena *arena;
  const Map *lengths; /* name of an input to its length + 1, where that is known; NULL: none is */
} Widths;

/* Add how often a step of `region` runs. */
void width_add_times(const Widths *widths, uint32_t region, Formula *formula);
/* Add how many frames of a region there are for each frame around it. */
void width_add_frames(const Widths *widths, uint32_t region, Formula *formula);
void formula_add(const Widths *widths, Formula *formula, const Formula *other);
/* Whether it is a number, and which. */
bool formula_number(const Formula *formula, int64_t *number);
/* `3 * length(samples) + 1`, after `at most ` where it is a bound. */
void formula_print(const Widths *widths, const Formula *formula, Text *into);
void formula_free(Formula *formula);

#endif
