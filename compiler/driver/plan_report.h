/* plan_report.h: what a plan will run, as a table or as JSON. */
#ifndef WEFT_DRIVER_PLAN_REPORT_H
#define WEFT_DRIVER_PLAN_REPORT_H

#include "front/ast.h"
#include "ir/width.h"

enum { ROW_STEPS = 64 }; /* compared to see whether an attribute is alike for all */

/* All steps of one task, or all questions. */
typedef struct PlanRow {
  const Task *task; /* NULL: questions */
  Formula times;
  uint32_t count; /* of steps kept below */
  const Step *steps[ROW_STEPS];
  bool more; /* than those */
} PlanRow;

/* A width that only the run knows, and where it stands. */
typedef struct PlanUnknown {
  Formula width;
  Span span;
} PlanUnknown;

typedef struct PlanReport {
  Session *session;
  Graph *graph; /* grows by values of attributes */
  Widths widths;
  const Decl *site;  /* NULL: none asked for */
  VEC(PlanRow) rows; /* in the order in which the plan first runs them */
  VEC(PlanUnknown) unknowns;
  Formula total;
} PlanReport;

/* Count what the plan runs. `lengths` as in Widths; both are kept. */
PlanReport plan_report_new(Session *session, Graph *graph, const Plan *plan, const Map *lengths);
void plan_report_free(PlanReport *report);
void plan_report_text(PlanReport *report, Text *into);
void plan_report_json(PlanReport *report, Text *into);

#endif
