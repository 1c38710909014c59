/* plan_print.c: the plan as text, for people and for golden tests: one step a line, regions below their steps.
 *
 *   1 map length(samples)
 *     each index
 *     0 eval samples[index] => s
 *     1 task align(^.0, .0) ; bam <- ^.0 .0 => 0
 *
 * `.0` is the value of step 0 of this region, `^.0` of that of the region around it; after `<-` stands what
 * has to have finished, after `=>` the number under which a value leaves the region. */
#include "ir/plan.h"
#include "ir/text.h"

enum { MOST_TERMS = 32 }; /* of an expression; what is beyond is `...` */

static const char *const step_texts[] = {
#define STEP_KIND(kind, text) [kind] = text,
#include "ir/plan_kinds.def"
};
static const char *const region_texts[] = {
#define REGION_KIND(kind, text) [kind] = text,
#include "ir/plan_kinds.def"
};

typedef struct PlanPrinter {
  const Plan *plan;
  const Graph *graph;
  Text *into;
  uint32_t region;
  uint32_t self; /* the step that is being shown */
  uint32_t left; /* terms that still fit */
} PlanPrinter;

/* ---- expressions ---- */

static void put_dep(PlanPrinter *printer, Dep dep) {
  for (uint32_t k = 0; k < dep.up; k++) text_putc(printer->into, '^');
  text_addf(printer->into, ".%u", dep.step);
}

static void put_expr(PlanPrinter *printer, Node node);

static void put_args(PlanPrinter *printer, Node node, uint32_t from, uint32_t to) {
  text_putc(printer->into, '(');
  for (uint32_t k = from; k < to; k++) {
    if (k > from) text_puts(printer->into, ", ");
    put_expr(printer, graph_arg(printer->graph, node, k));
    if (!printer->left) break;
  }
  text_putc(printer->into, ')');
}

/* A variable of a region around, or of a pure loop. */
static void put_variable(PlanPrinter *printer, Node node) {
  uint32_t up, region = plan_binder(printer->plan, printer->region, node, &up);
  const char *text = graph_op(printer->graph, node) == OP_INDEX ? "index" : "state";
  if (region == REGION_NONE) {
    text_addf(printer->into, "%s#%u", text, printer->graph->data.data[node]);
    return;
  }
  const Region *binder = &printer->plan->regions.data[region];
  if (binder->kind == REGION_TREE) text = node == binder->variable ? "left" : "right";
  for (uint32_t k = 0; k < up; k++) text_putc(printer->into, '^');
  text_puts(printer->into, text);
}

static void put_field(PlanPrinter *printer, Node node) {
  const Graph *graph = printer->graph;
  Node record = graph_arg(graph, node, 0);
  put_expr(printer, record);
  const Type *type = type_of(graph->types, graph_type(graph, record));
  text_addf(printer->into, ".%s", name_of(graph->session, type->names[graph->data.data[node]]));
}

static void put_literal(PlanPrinter *printer, Node node) {
  Text text = {0};
  node_data_print(printer->graph, node, &text); /* after a blank */
  text_add(printer->into, text.data + 1, text.len - 1);
  text_free(&text);
}

static void put_operation(PlanPrinter *printer, Node node) {
  const Graph *graph = printer->graph;
  switch (graph_op(graph, node)) {
    case OP_INPUT:
      text_puts(printer->into, name_of(graph->session, graph->data.data[node]));
      return;
    case OP_LIT:
      put_literal(printer, node);
      return;
    case OP_INDEX:
    case OP_STATE:
      put_variable(printer, node);
      return;
    case OP_PROJECT:
      put_field(printer, node);
      return;
    case OP_ELEMENT:
      put_expr(printer, graph_arg(graph, node, 0));
      text_putc(printer->into, '[');
      put_expr(printer, graph_arg(graph, node, 1));
      text_putc(printer->into, ']');
      return;
    case OP_TASK:
      text_puts(printer->into, name_of(graph->session, graph->tasks.data[graph->data.data[node]].name));
      put_args(printer, node, 0, graph->tasks.data[graph->data.data[node]].in_count);
      return;
    default:
      break;
  }
  text_puts(printer->into, op_info[graph_op(graph, node)].text);
  if (graph_arity(graph, node)) put_args(printer, node, 0, graph_arity(graph, node));
}

/* Recurses no deeper than the terms that fit. */
static void put_expr(PlanPrinter *printer, Node node) {
  if (!printer->left) {
    text_puts(printer->into, "...");
    return;
  }
  printer->left--;
  Dep dep;
  bool known = plan_find(printer->plan, printer->region, node, &dep);
  if (known && (dep.up || dep.step != printer->self))
    put_dep(printer, dep);
  else
    put_operation(printer, node);
}

/* ---- steps ---- */

static void indent(PlanPrinter *printer, uint32_t depth) {
  for (uint32_t k = 0; k < depth; k++) text_puts(printer->into, "    ");
}

static void put_value(PlanPrinter *printer, Node node) {
  printer->left = MOST_TERMS;
  put_expr(printer, node);
}

static void put_what(PlanPrinter *printer, const Step *step) {
  switch ((StepKind)step->kind) {
    case STEP_RESULT:
      text_addf(printer->into, " .%u => %u", step->target, step->other);
      return;
    case STEP_EVAL:
    case STEP_COPY:
    case STEP_TASK:
    case STEP_ASK:
      text_putc(printer->into, ' ');
      put_value(printer, step->node);
      return;
    default:
      break;
  }
  for (uint32_t k = 0; k < step->operand_count; k++) {
    text_puts(printer->into, k ? ", " : " ");
    put_value(printer, step->operands[k]);
  }
}

static void put_step(PlanPrinter *printer, const Step *step, uint32_t number) {
  text_addf(printer->into, "  %u %s", number, step_texts[step->kind]);
  printer->self = number;
  put_what(printer, step);
  if (step->name) text_addf(printer->into, " ; %s", name_of(printer->graph->session, step->name));
  if (step->dep_count) text_puts(printer->into, " <-");
  for (uint32_t k = 0; k < step->dep_count; k++) {
    text_putc(printer->into, ' ');
    put_dep(printer, step->deps[k]);
  }
  if (step->export_ != EXPORT_NONE) text_addf(printer->into, " => %u", step->export_);
  text_putc(printer->into, '\n');
}

static void put_head(PlanPrinter *printer, const Region *region) {
  text_puts(printer->into, region_texts[region->kind]);
  if (region->kind == REGION_ARM) text_puts(printer->into, region->arm ? " true" : " false");
  text_putc(printer->into, '\n');
}

/* Recurses over the nesting of regions. */
static void put_region(PlanPrinter *printer, uint32_t number) {
  if (number == REGION_NONE) return;
  const Region *region = &printer->plan->regions.data[number];
  indent(printer, region->depth);
  put_head(printer, region);
  for (uint32_t i = 0; i < region->steps.len; i++) {
    const Step *step = &region->steps.data[i];
    printer->region = number;
    indent(printer, region->depth);
    put_step(printer, step, i);
    if (step->kind < STEP_MAP || step->kind > STEP_TREE) continue;
    put_region(printer, step->target);
    put_region(printer, step->other);
  }
}

void plan_print(const Plan *plan, Text *into) {
  const Graph *graph = plan->graph;
  PlanPrinter printer = {.plan = plan, .graph = graph, .into = into};
  text_addf(into, "plan %s\n", name_of(graph->session, graph->name));
  put_region(&printer, 0);
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Output *output = &graph->outputs.data[i];
    Dep dep;
    text_addf(into, "%s = ", name_of(graph->session, output->name));
    if (plan_find(plan, 0, output->node, &dep)) put_dep(&printer, dep);
    text_putc(into, '\n');
  }
}
