/* constructs.c: the table of constructs, and where a plan has them. */
#include "emit/constructs.h"

#include "emit/late.h"

#include <string.h>

typedef enum CellKind { CELL_AS, CELL_HINT, CELL_NO } CellKind;

typedef struct Cell {
  CellKind kind;
  const char *text; /* how, what is lost, or the way out */
} Cell;

typedef struct Row {
  const char *what;
  Cell cells[COLUMN_COUNT];
} Row;

static const Row rows[CONSTRUCT_COUNT] = {
#define AS(how) \
  { CELL_AS, how }
#define HINT(how) \
  { CELL_HINT, how }
#define NO(way) \
  { CELL_NO, way }
#define CONSTRUCT(construct, what, ...) [construct] = {what, {__VA_ARGS__}},
#include "emit/constructs.def"
#undef CONSTRUCT
#undef AS
#undef HINT
#undef NO
};

static const char *const column_titles[COLUMN_COUNT] = {
#define COLUMN(column, title) [column] = title,
#include "emit/columns.def"
#undef COLUMN
};

/* ---- where a plan has them ---- */

typedef struct Search {
  const Graph *graph;
  const Target *target;
  bool loops;
  uint8_t *late; /* by node, see late.h */
  uint8_t *seen; /* by task */
} Search;

/* What the target makes of one. */
static void tell(const Search *search, Construct construct, Span span) {
  Diags *diags = search->graph->session->diags;
  TargetColumn column = search->target->column;
  Cell cell = rows[construct].cells[column];
  if (search->loops && (construct == CONSTRUCT_LOOP_OPEN || construct == CONSTRUCT_FOLD_OPEN)) return;
  if (cell.kind == CELL_NO) {
    Diag *told = diag(diags, DIAG_TARGET, span, "%s cannot be expressed in %s", rows[construct].what,
                      column_titles[column]);
    diag_help(diags, told, "%s", cell.text);
  } else if (cell.kind == CELL_HINT) {
    Diag *told = diag(diags, DIAG_TARGET_HINT, span, "%s means nothing to %s", rows[construct].what,
                      column_titles[column]);
    diag_help(diags, told, "results are the same; %s", cell.text);
  }
}

/* Where an attribute of a task is written; a literal is one node wherever it stands, so that the task has to do. */
static Span span_of_attr(const Search *search, const Task *task, Node attr) {
  Span span = graph_span(search->graph, attr);
  return span.hi ? span : task->span;
}

static void find_in_attrs(const Search *search, const Task *task) {
  static const Construct of_attr[ATTR_COUNT] = {
      [ATTR_CPUS] = CONSTRUCT_CPUS,       [ATTR_GPUS] = CONSTRUCT_GPUS,   [ATTR_MEMORY] = CONSTRUCT_MEMORY,
      [ATTR_DISK] = CONSTRUCT_DISK,       [ATTR_NODES] = CONSTRUCT_NODES, [ATTR_RANKS] = CONSTRUCT_NODES,
      [ATTR_TIME] = CONSTRUCT_TIME,       [ATTR_STDIN] = CONSTRUCT_STDIN, [ATTR_TIMEOUT] = CONSTRUCT_TIMEOUT,
      [ATTR_RETRIES] = CONSTRUCT_RETRIES, [ATTR_IMAGE] = CONSTRUCT_IMAGE, [ATTR_ACCEPT] = CONSTRUCT_ACCEPT,
      [ATTR_ENV] = CONSTRUCT_ENV,         [ATTR_STAGE] = CONSTRUCT_STAGE};
  for (AttrKind attr = 0; attr < ATTR_COUNT; attr++)
    if (task->attrs[attr] != NODE_NONE)
      tell(search, of_attr[attr], span_of_attr(search, task, task->attrs[attr]));
  if (task->env_count) tell(search, CONSTRUCT_ENV, span_of_attr(search, task, task->env[0].node));
  if (task->stage_count) tell(search, CONSTRUCT_STAGE, task->span);
}

/* Whether a call waits for something whose value it does not take. */
static bool comes_after(const Graph *graph, Node node) {
  for (uint32_t k = waits_from(graph, node); k < graph_arity(graph, node); k++) {
    Op op = graph_op(graph, graph_arg(graph, node, k));
    if (op != OP_TOKEN && op != OP_INDEX && op != OP_STATE) return true;
  }
  return false;
}

static void find_in_task(Search *search, const Step *step) {
  uint32_t number = search->graph->data.data[step->node];
  const Task *task = &search->graph->tasks.data[number];
  if (comes_after(search->graph, step->node)) tell(search, CONSTRUCT_AFTER, step->span);
  if (search->seen[number]) return;
  search->seen[number] = 1;
  tell(search, task->direct ? CONSTRUCT_WORDS : CONSTRUCT_SCRIPT, task->span);
  if (task->is_volatile) tell(search, CONSTRUCT_VOLATILE, task->span);
  find_in_attrs(search, task);
}

static bool is_literal(const Search *search, Node node) { return graph_op(search->graph, node) == OP_LIT; }

static void find_in_loop(Search *search, const Step *step) {
  Node most = step->operands[1];
  bool bounded = is_literal(search, most) && graph_literal(search->graph, most)->integer >= 0;
  tell(search, bounded ? CONSTRUCT_LOOP : CONSTRUCT_LOOP_OPEN, step->span);
  if (search->late[graph_arg(search->graph, step->node, 3)]) tell(search, CONSTRUCT_LOOP_LATE, step->span);
}

static void find_in_step(Search *search, const Step *step) {
  switch (step->kind) {
    case STEP_TASK:
      find_in_task(search, step);
      break;
    case STEP_ASK:
      tell(search, CONSTRUCT_ASK, step->span);
      break;
    case STEP_MAP:
      tell(search, search->late[step->operands[0]] ? CONSTRUCT_FOR_LATE : CONSTRUCT_FOR, step->span);
      break;
    case STEP_BRANCH:
      tell(search, search->late[step->operands[0]] ? CONSTRUCT_IF_LATE : CONSTRUCT_IF, step->span);
      break;
    case STEP_FOLD:
      tell(search, is_literal(search, step->operands[0]) ? CONSTRUCT_FOLD : CONSTRUCT_FOLD_OPEN, step->span);
      break;
    case STEP_LOOP:
      find_in_loop(search, step);
      break;
    case STEP_TREE:
      tell(search, CONSTRUCT_TREE, step->span);
      break;
    default:
      break;
  }
}

static void find_in_value(const Search *search, Node node) {
  const Graph *graph = search->graph;
  Span span = graph_span(graph, node);
  switch (graph_op(graph, node)) {
    case OP_GLOB:
      tell(search, CONSTRUCT_GLOB, span);
      break;
    case OP_READ:
      tell(search, CONSTRUCT_READ, span);
      break;
    case OP_STDOUT:
      if (!type_is_file(graph->types, graph_type(graph, node))) tell(search, CONSTRUCT_READ, span);
      break;
    case OP_OUT_FILE:
      if (!type_is_file(graph->types, graph_type(graph, node))) tell(search, CONSTRUCT_OPTIONAL, span);
      break;
    case OP_FILE_SIZE:
      if (search->late[node]) tell(search, CONSTRUCT_MADE_SIZE, span);
      break;
    case OP_EXP:
    case OP_LOG:
    case OP_POW:
    case OP_SIN:
    case OP_COS:
      tell(search, CONSTRUCT_LAST_BIT, span);
      break;
    default:
      break;
  }
}

static void find_in_outputs(const Search *search) {
  const Graph *graph = search->graph;
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Output *output = &graph->outputs.data[i];
    if (!type_has(graph->types, graph_type(graph, output->node), KINDS_FILE))
      tell(search, CONSTRUCT_VALUE_RESULT, output->span);
  }
}

/* The last pass has left out the nodes and tasks that nobody uses. */
void constructs_check(const Plan *plan, const Target *target, bool loops) {
  const Graph *graph = plan->graph;
  if (target->column == COLUMN_NATIVE) return;
  Search search = {graph, target, loops, late_nodes(graph), mem_zero(graph->tasks.len + 1)};
  for (uint32_t region = 0; region < plan->regions.len; region++)
    for (uint32_t i = 0; i < plan->regions.data[region].steps.len; i++)
      find_in_step(&search, &plan->regions.data[region].steps.data[i]);
  for (Node node = 0; node < graph_count(graph); node++) find_in_value(&search, node);
  find_in_outputs(&search);
  free(search.late);
  free(search.seen);
}

void constructs_table(Text *into) {
  text_puts(into, "| construct |");
  for (int column = 0; column < COLUMN_COUNT; column++) text_addf(into, " %s |", column_titles[column]);
  text_puts(into, "\n|---|");
  for (int column = 0; column < COLUMN_COUNT; column++) text_puts(into, "---|");
  for (const Row *row = rows; row < rows + CONSTRUCT_COUNT; row++) {
    text_addf(into, "\n| %s |", row->what);
    for (const Cell *cell = row->cells; cell < row->cells + COLUMN_COUNT; cell++)
      text_addf(into, " %s%s |",
                cell->kind == CELL_AS   ? ""
                : cell->kind == CELL_NO ? "no: "
                                        : "ignored: ",
                cell->text);
  }
  text_puts(into, "\n");
}
