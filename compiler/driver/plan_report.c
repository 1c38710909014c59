/* plan_report.c: what a plan will run, counted and shown. */
#include "plan_report.h"

#include "front/fmt.h"
#include "ir/expr.h"
#include "ir/rewrite.h"

#include <string.h>

typedef struct Column {
  AttrKind attr;
  const char *heading;
} Column;

static const Column columns[] = {
#define COLUMN(attr, heading) {attr, heading},
#include "plan_columns.def"
#undef COLUMN
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- counting ---- */

/* The row of a task, or of questions, by the number of the task + 1. */
static PlanRow *row_of(PlanReport *report, Map *rows, const Step *step) {
  bool is_task = step->kind == STEP_TASK;
  uint32_t key = is_task ? report->graph->data.data[step->node] + 1 : 0;
  uint32_t at = map_get(rows, key);
  if (at) return &report->rows.data[at - 1];
  PlanRow row = {.task = is_task ? &report->graph->tasks.data[key - 1] : NULL};
  vec_push(&report->rows, row);
  map_put(rows, key, report->rows.len);
  return &vec_last(&report->rows);
}

static bool is_run(const Step *step) { return step->kind == STEP_TASK || step->kind == STEP_ASK; }

static void count_region(PlanReport *report, Map *rows, uint32_t region) {
  const Region *at = &report->widths.plan->regions.data[region];
  Formula times = {0};
  for (uint32_t i = 0; i < at->steps.len; i++) {
    const Step *step = &at->steps.data[i];
    if (!is_run(step)) continue;
    if (!times.terms.len) width_add_times(&report->widths, region, &times);
    PlanRow *row = row_of(report, rows, step);
    formula_add(&report->widths, &row->times, &times);
    formula_add(&report->widths, &report->total, &times);
    if (row->count < ROW_STEPS)
      row->steps[row->count++] = step;
    else
      row->more = true;
  }
  formula_free(&times);
}

/* Widths of regions that depend on what tasks bring. */
static void find_unknown(PlanReport *report, uint32_t region) {
  const Region *at = &report->widths.plan->regions.data[region];
  if (at->kind == REGION_ROOT || at->kind == REGION_ARM) return;
  PlanUnknown unknown = {.span = report->widths.plan->regions.data[at->parent].steps.data[at->owner].span};
  width_add_frames(&report->widths, region, &unknown.width);
  if (unknown.width.run_time || unknown.width.unbounded)
    vec_push(&report->unknowns, unknown);
  else
    formula_free(&unknown.width);
}

PlanReport plan_report_new(Session *session, Graph *graph, const Plan *plan, const Map *lengths) {
  PlanReport report = {.session = session, .graph = graph, .widths = {plan, graph, session->arena, lengths}};
  Map rows = {0};
  for (uint32_t region = 0; region < plan->regions.len; region++) {
    count_region(&report, &rows, region);
    find_unknown(&report, region);
  }
  map_free(&rows);
  return report;
}

void plan_report_free(PlanReport *report) {
  for (uint32_t i = 0; i < report->rows.len; i++) formula_free(&report->rows.data[i].times);
  for (uint32_t i = 0; i < report->unknowns.len; i++) formula_free(&report->unknowns.data[i].width);
  vec_free(&report->rows);
  vec_free(&report->unknowns);
  formula_free(&report->total);
}

/* ---- attributes ---- */

static Node fill_parameter(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Step *step = rewrite->self;
  if (graph_op(rewrite->from, old) != OP_PARAM) return rewrite_make(rewrite, old, args, count);
  uint32_t port = rewrite->from->data.data[old];
  return port < step->operand_count ? step->operands[port] : old;
}

/* An attribute with the inputs of one call in place of the parameters. */
static Node attr_of_step(PlanReport *report, Node attr, const Step *step) {
  Rewrite rewrite = {.from = report->graph,
                     .to = report->graph,
                     .all = true,
                     .make = fill_parameter,
                     .self = (void *)(uintptr_t)step};
  Node value = rewrite_term(&rewrite, attr);
  rewrite_end(&rewrite);
  return value;
}

static bool is_known(const Graph *graph, Node node) {
  if (graph_op(graph, node) == OP_UNCERTAIN_)
    return graph_op(graph, graph_arg(graph, node, 0)) == OP_LIT &&
           graph_op(graph, graph_arg(graph, node, 1)) == OP_LIT;
  return graph_op(graph, node) == OP_LIT || graph_op(graph, node) == OP_CAST;
}

/* What it comes to, if that is one constant for all calls; else as it is written. */
static Node attr_value(PlanReport *report, const PlanRow *row, Node attr) {
  Node value = row->count ? attr_of_step(report, attr, row->steps[0]) : attr;
  if (value == attr) return attr;
  for (uint32_t i = 1; i < row->count; i++)
    if (attr_of_step(report, attr, row->steps[i]) != value) return attr;
  return !row->more && is_known(report->graph, value) ? value : attr;
}

/* The text of a cell, in the session's arena; "" where nothing is said. */
static const char *cell(PlanReport *report, const PlanRow *row, const Column *column) {
  Node attr = row->task ? row->task->attrs[column->attr] : NODE_NONE;
  if (attr == NODE_NONE) return "";
  Text text = {0};
  expr_print(report->graph, attr_value(report, row, attr), row->task, &text);
  return text_keep(&text, report->session->arena);
}

/* ---- totals ---- */

static bool literal_number(const Graph *graph, Node node, double *number) {
  if (graph_op(graph, node) != OP_LIT) return false;
  const Literal *literal = graph_literal(graph, node);
  *number = literal->kind == LIT_FLOAT ? literal->number : (double)literal->integer;
  return literal->kind == LIT_FLOAT || literal->kind == LIT_INT;
}

/* The estimate of one call, in seconds. */
static bool row_time(PlanReport *report, const PlanRow *row, double *mean) {
  const Graph *graph = report->graph;
  Node attr = row->task ? row->task->attrs[ATTR_TIME] : NODE_NONE;
  if (attr == NODE_NONE) return false;
  Node value = attr_value(report, row, attr);
  while (graph_op(graph, value) == OP_UNCERTAIN_ || graph_op(graph, value) == OP_CAST)
    value = graph_arg(graph, value, 0);
  return literal_number(graph, value, mean);
}

static bool row_cpus(PlanReport *report, const PlanRow *row, double *cpus) {
  Node attr = row->task ? row->task->attrs[ATTR_CPUS] : NODE_NONE;
  *cpus = 1;
  return attr == NODE_NONE || literal_number(report->graph, attr_value(report, row, attr), cpus);
}

/* Seconds that all tasks take one after another, and seconds times CPUs; false when some are not known. */
static bool total_time(PlanReport *report, double *alone, double *cpu) {
  *alone = *cpu = 0;
  for (uint32_t i = 0; i < report->rows.len; i++) {
    const PlanRow *row = &report->rows.data[i];
    double mean, cpus;
    int64_t times;
    if (!formula_number(&row->times, &times) || !row_time(report, row, &mean) ||
        !row_cpus(report, row, &cpus))
      return false;
    *alone += (double)times * mean;
    *cpu += (double)times * mean * cpus;
  }
  return report->rows.len != 0;
}

/* ---- as text ---- */

static const char *formula_text(PlanReport *report, const Formula *formula) {
  Text text = {0};
  if (formula->run_time) text_puts(&text, "unknown until run time: ");
  formula_print(&report->widths, formula, &text);
  if (formula->unbounded) text_puts(&text, " a round, of a loop without a bound");
  return text_keep(&text, report->session->arena);
}

/* Columns on the screen that a text takes. */
static size_t text_width(const char *text) {
  size_t width = 0;
  for (; *text; text++) width += ((unsigned char)*text & 0xc0) != 0x80;
  return width;
}

typedef struct Table {
  uint32_t rows, width;
  const char **cells;
  size_t widest[COLUMNS + 2];
} Table;

static void table_put(Table *table, uint32_t row, uint32_t column, const char *text) {
  table->cells[row * table->width + column] = text;
  if (text_width(text) > table->widest[column]) table->widest[column] = text_width(text);
}

/* Columns in which some row has something; the others are left out. */
static void table_print(const Table *table, Text *into) {
  for (uint32_t r = 0; r < table->rows; r++) {
    size_t blanks = 0;
    for (uint32_t c = 0; c < table->width; c++) {
      const char *text = table->cells[r * table->width + c];
      bool empty = true;
      for (uint32_t k = 1; k < table->rows; k++) empty &= !*table->cells[k * table->width + c];
      if (empty) continue;
      while (*text && blanks) text_putc(into, ' '), blanks--;
      text_puts(into, text);
      blanks += table->widest[c] + 2 - text_width(text);
    }
    text_putc(into, '\n');
  }
}

static const char *row_name(const PlanReport *report, const PlanRow *row) {
  return row->task ? name_of(report->session, row->task->name) : "(questions)";
}

static void put_tasks(PlanReport *report, Text *into) {
  uint32_t count = report->rows.len;
  Table table = {.rows = count + 2, .width = COLUMNS + 2};
  table.cells = ARENA_ARRAY(report->session->arena, const char *, (count + 2) * table.width);
  for (uint32_t r = 0; r < count + 2; r++)
    for (uint32_t c = 0; c < table.width; c++) table_put(&table, r, c, "");
  table_put(&table, 0, 0, "task");
  table_put(&table, 0, 1, "times");
  for (uint32_t c = 0; c < COLUMNS; c++) table_put(&table, 0, c + 2, columns[c].heading);
  for (uint32_t r = 0; r < count; r++) {
    const PlanRow *row = &report->rows.data[r];
    table_put(&table, r + 1, 0, row_name(report, row));
    table_put(&table, r + 1, 1, formula_text(report, &row->times));
    for (uint32_t c = 0; c < COLUMNS; c++) table_put(&table, r + 1, c + 2, cell(report, row, &columns[c]));
  }
  table_put(&table, count + 1, 0, "total");
  table_put(&table, count + 1, 1, formula_text(report, &report->total));
  table_print(&table, into);
}

static void put_totals(PlanReport *report, Text *into) {
  double alone, cpu;
  if (!total_time(report, &alone, &cpu)) return;
  TypeId duration = type_quantity(report->graph->types, (const int8_t[UNIT_COUNT]){[UNIT_SECOND] = 1});
  text_puts(into, "\none after another: ");
  quantity_print(report->graph->types, duration, alone, into);
  text_puts(into, "; times CPUs: ");
  quantity_print(report->graph->types, duration, cpu, into);
  text_putc(into, '\n');
}

static void put_unknowns(PlanReport *report, Text *into) {
  if (report->unknowns.len) text_puts(into, "\nknown at run time only:\n");
  for (uint32_t i = 0; i < report->unknowns.len; i++) {
    const PlanUnknown *unknown = &report->unknowns.data[i];
    text_puts(into, "  ");
    if (unknown->width.unbounded)
      text_puts(into, "rounds of a loop without a bound");
    else
      formula_print(&report->widths, &unknown->width, into);
    if (unknown->span.hi) {
      Position at = sources_position(report->session->sources, unknown->span.lo);
      text_addf(into, "  (%s:%u:%u)", at.path, at.line, at.column);
    }
    text_putc(into, '\n');
  }
}

static void put_site(const PlanReport *report, Text *into) {
  const Decl *site = report->site;
  if (!site) return;
  text_addf(into, "\nsite %s", name_of(report->session, site->name));
  if (site->interpreter) text_addf(into, " : %s", name_of(report->session, site->interpreter));
  text_putc(into, '\n');
  for (uint32_t i = 0; i < site->attr_count; i++) {
    text_addf(into, "  %s ", name_of(report->session, site->attrs[i].name));
    fmt_expr(report->session, site->attrs[i].value, into);
    text_putc(into, '\n');
  }
}

void plan_report_text(PlanReport *report, Text *into) {
  if (report->rows.len)
    put_tasks(report, into);
  else
    text_puts(into, "no tasks: everything is computed in the workflow's own process\n");
  put_totals(report, into);
  put_unknowns(report, into);
  put_site(report, into);
}

/* ---- as JSON ---- */

static void json_text(Text *into, const char *text) { text_json(into, text, strlen(text)); }

static void json_formula(PlanReport *report, const Formula *formula, Text *into) {
  int64_t number;
  if (formula_number(formula, &number)) {
    text_addf(into, "\"times\":%lld", (long long)number);
  } else {
    Text text = {0};
    Formula plain = *formula;
    plain.at_most = false; /* told apart */
    formula_print(&report->widths, &plain, &text);
    text_puts(into, "\"times\":");
    text_json(into, text.data, text.len);
    text_free(&text);
  }
  text_addf(into, ",\"at_most\":%s,\"run_time\":%s,\"unbounded\":%s", formula->at_most ? "true" : "false",
            formula->run_time ? "true" : "false", formula->unbounded ? "true" : "false");
}

static void json_row(PlanReport *report, const PlanRow *row, Text *into) {
  text_puts(into, "{\"task\":");
  if (row->task)
    json_text(into, name_of(report->session, row->task->name));
  else
    text_puts(into, "null");
  text_putc(into, ',');
  json_formula(report, &row->times, into);
  for (uint32_t c = 0; c < COLUMNS; c++) {
    const char *text = cell(report, row, &columns[c]);
    if (!*text) continue;
    text_addf(into, ",\"%s\":", columns[c].heading);
    json_text(into, text);
  }
  text_putc(into, '}');
}

static void json_unknown(PlanReport *report, const PlanUnknown *unknown, Text *into) {
  text_putc(into, '{');
  json_formula(report, &unknown->width, into);
  if (unknown->span.hi) {
    Position at = sources_position(report->session->sources, unknown->span.lo);
    text_puts(into, ",\"file\":");
    json_text(into, at.path);
    text_addf(into, ",\"line\":%u,\"column\":%u", at.line, at.column);
  }
  text_putc(into, '}');
}

static void json_site(const PlanReport *report, Text *into) {
  const Decl *site = report->site;
  text_puts(into, ",\"site\":{\"name\":");
  json_text(into, name_of(report->session, site->name));
  text_puts(into, ",\"engine\":");
  json_text(into, name_of(report->session, site->interpreter));
  text_puts(into, ",\"attributes\":{");
  for (uint32_t i = 0; i < site->attr_count; i++) {
    Text value = {0};
    fmt_expr(report->session, site->attrs[i].value, &value);
    if (i) text_putc(into, ',');
    json_text(into, name_of(report->session, site->attrs[i].name));
    text_putc(into, ':');
    text_json(into, value.data, value.len);
    text_free(&value);
  }
  text_puts(into, "}}");
}

void plan_report_json(PlanReport *report, Text *into) {
  double alone, cpu;
  text_puts(into, "{\"flow\":");
  json_text(into, name_of(report->session, report->graph->name));
  text_puts(into, ",\"tasks\":[");
  for (uint32_t i = 0; i < report->rows.len; i++) {
    if (i) text_putc(into, ',');
    json_row(report, &report->rows.data[i], into);
  }
  text_puts(into, "],\"total\":{");
  json_formula(report, &report->total, into);
  if (total_time(report, &alone, &cpu)) text_addf(into, ",\"seconds\":%.9g,\"cpu_seconds\":%.9g", alone, cpu);
  text_puts(into, "},\"unknown\":[");
  for (uint32_t i = 0; i < report->unknowns.len; i++) {
    if (i) text_putc(into, ',');
    json_unknown(report, &report->unknowns.data[i], into);
  }
  text_putc(into, ']');
  if (report->site) json_site(report, into);
  text_puts(into, "}\n");
}
