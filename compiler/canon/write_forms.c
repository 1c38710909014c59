/* write_forms.c: how operations are written, and what their text is made of. */
#include "canon/write_parts.h"

bool write_literal_kind(const Graph *graph, Node node, LiteralKind kind) {
  return graph_op(graph, node) == OP_LIT && graph_literal(graph, node)->kind == kind;
}

bool write_is_call_value(const Graph *graph, Node node) {
  if (graph_op(graph, node) != OP_PROJECT) return false;
  Node call = graph_arg(graph, node, 0);
  return graph_op(graph, call) == OP_TASK && graph->tasks.data[graph->data.data[call]].out_count == 1;
}

bool write_is_only_done(const Graph *graph, Node node) {
  return graph_op(graph, node) == OP_AFTER && graph_arity(graph, node) == 2 &&
         write_literal_kind(graph, graph_arg(graph, node, 0), LIT_UNIT);
}

/* ---- choices ---- */

/* Whether a term is what is inside of an option, converted or not. */
static bool is_inside(const Graph *graph, Node node, Node option) {
  Op op = graph_op(graph, node);
  while (op == OP_SOME || op == OP_TO_FLOAT || op == OP_CAST)
    node = graph_arg(graph, node, 0), op = graph_op(graph, node);
  return op == OP_UNWRAP && graph_arg(graph, node, 0) == option;
}

ChoiceForm write_choice_form(const Writer *writer, Node node) {
  const Graph *graph = writer->graph;
  Node condition = graph_arg(graph, node, 0), yes = graph_arg(graph, node, 1), no = graph_arg(graph, node, 2);
  if (graph_op(graph, condition) == OP_IS_SOME && is_inside(graph, yes, graph_arg(graph, condition, 0)))
    return graph_op(graph, yes) == OP_SOME && write_literal_kind(graph, no, LIT_ABSENT) ? CHOICE_CONVERT
                                                                                        : CHOICE_ELSE;
  if (graph_type(graph, node) != T_BOOL) return CHOICE_IF;
  if (write_literal_kind(graph, no, LIT_BOOL) || write_literal_kind(graph, yes, LIT_BOOL)) {
    if (writer->tokens[yes] || writer->tokens[no]) return CHOICE_IF;
    bool false_else = graph_is_bool(graph, no, false) || graph_is_bool(graph, yes, false);
    return false_else ? CHOICE_AND : CHOICE_OR;
  }
  return CHOICE_IF;
}

static void choice_operands(Writer *writer, uint32_t item, Operand *visit) {
  const Graph *graph = writer->graph;
  Node node = writer->items.data[item].node, condition = graph_arg(graph, node, 0);
  uint32_t scope = writer->items.data[item].scope;
  Node yes = graph_arg(graph, node, 1), no = graph_arg(graph, node, 2);
  switch (write_choice_form(writer, node)) {
    case CHOICE_IF:
      visit(writer, item, scope, condition, SLOT_HERE);
      if (!write_literal_kind(graph, yes, LIT_UNIT)) visit(writer, item, scope, yes, SLOT_THEN);
      if (!write_literal_kind(graph, no, LIT_UNIT)) visit(writer, item, scope, no, SLOT_ELSE);
      break;
    case CHOICE_AND:
    case CHOICE_OR:
      visit(writer, item, scope, condition, SLOT_HERE);
      visit(writer, item, scope, write_literal_kind(graph, no, LIT_BOOL) ? yes : no, SLOT_HERE);
      break;
    case CHOICE_ELSE:
      visit(writer, item, scope, graph_arg(graph, condition, 0), SLOT_HERE);
      visit(writer, item, scope, no, writer->tokens[no] ? SLOT_OTHER : SLOT_HERE);
      break;
    case CHOICE_CONVERT:
      visit(writer, item, scope, graph_arg(graph, condition, 0), SLOT_HERE);
      break;
  }
}

/* ---- calls ---- */

/* A volatile call's token and the variables that make it one of each round are not said. */
bool write_is_wait(const Graph *graph, Node node, uint32_t k) {
  bool is_volatile = graph_op(graph, node) == OP_ASK ||
                     (graph_op(graph, node) == OP_TASK &&
                      graph->tasks.data[graph->data.data[node]].is_volatile);
  switch (graph_op(graph, graph_arg(graph, node, k))) {
    case OP_TOKEN:
    case OP_INDEX:
      return false;
    case OP_STATE:
      return !is_volatile;
    default:
      return !write_literal_kind(graph, graph_arg(graph, node, k), LIT_UNIT);
  }
}

static void call_operands(Writer *writer, uint32_t item, Operand *visit) {
  const Graph *graph = writer->graph;
  Node node = writer->items.data[item].node;
  uint32_t scope = writer->items.data[item].scope;
  bool ask = graph_op(graph, node) == OP_ASK;
  uint32_t given = waits_from(graph, node);
  for (uint32_t k = 0; k < given; k++)
    if (!ask || !write_literal_kind(graph, graph_arg(graph, node, k), LIT_UNIT))
      visit(writer, item, scope, graph_arg(graph, node, k), SLOT_HERE);
  for (uint32_t k = given; k < graph_arity(graph, node); k++)
    if (write_is_wait(graph, node, k)) visit(writer, item, scope, graph_arg(graph, node, k), SLOT_HERE);
}

/* ---- binders ---- */

static void clause_operands(Writer *writer, uint32_t item, Operand *visit, bool base) {
  uint32_t inner = writer->items.data[item].inner;
  for (uint32_t k = 0; k < writer->scopes.data[inner].clauses.len; k++) {
    const Scope *scope = &writer->scopes.data[inner];
    For clause = scope->clauses.data[k];
    bool wanted = base ? clause.base : write_bind_emits(scope, &clause);
    if (wanted) visit(writer, item, scope->parent, clause.source, SLOT_HERE);
  }
}

static void body_operands(Writer *writer, uint32_t item, Operand *visit) {
  uint32_t inner = writer->items.data[item].inner;
  Scope scope = writer->scopes.data[inner];
  for (uint32_t k = 0; k < scope.effects.len; k++)
    visit(writer, item, inner, scope.effects.data[k], SLOT_EFFECT);
  for (uint32_t k = 0; k < scope.after.len; k++) visit(writer, item, inner, scope.after.data[k], SLOT_BODY);
  if (!write_literal_kind(writer->graph, scope.value, LIT_UNIT))
    visit(writer, item, inner, scope.value, SLOT_BODY);
}

bool write_reduce_init(const Graph *graph, Node array, Node *init) {
  Node first = graph_op(graph, array) == OP_APPEND ? graph_arg(graph, array, 0) : array;
  if (graph_op(graph, first) != OP_ARRAY || !graph_arity(graph, first)) return false;
  *init = graph_arg(graph, first, 0);
  return true;
}

/* The array in its parts; a literal one at its start in its elements. */
static void reduce_operands(Writer *writer, uint32_t item, Operand *visit) {
  const Graph *graph = writer->graph;
  uint32_t scope = writer->items.data[item].scope;
  Node array = graph_arg(graph, writer->items.data[item].node, 3), init;
  if (!write_reduce_init(graph, array, &init)) {
    visit(writer, item, scope, array, SLOT_HERE);
    return;
  }
  bool append = graph_op(graph, array) == OP_APPEND;
  Node first = append ? graph_arg(graph, array, 0) : array;
  for (uint32_t k = 0; k < graph_arity(graph, first); k++)
    visit(writer, item, scope, graph_arg(graph, first, k), SLOT_HERE);
  for (uint32_t k = 1; append && k < graph_arity(graph, array); k++)
    visit(writer, item, scope, graph_arg(graph, array, k), SLOT_HERE);
}

static void binder_operands(Writer *writer, uint32_t item, Operand *visit) {
  const Graph *graph = writer->graph;
  if (writer->items.data[item].inner == NONE) write_bind_open(writer, item);
  uint32_t inner = writer->items.data[item].inner, scope = writer->items.data[item].scope;
  Node node = writer->items.data[item].node;
  Op op = graph_op(graph, node);
  bool placing = writer->items.data[item].done;
  if (!placing) clause_operands(writer, item, visit, true);
  if (op == OP_FOLD) visit(writer, item, scope, graph_arg(graph, node, 3), SLOT_HERE);
  if (op == OP_LOOP) visit(writer, item, scope, graph_arg(graph, node, 1), SLOT_HERE);
  if (op == OP_REDUCE) reduce_operands(writer, item, visit);
  Node condition = writer->scopes.data[inner].condition;
  if (condition != NODE_NONE) visit(writer, item, inner, condition, SLOT_HEADER);
  body_operands(writer, item, visit);
  uint32_t stop = writer->scopes.data[inner].stop;
  if (op == OP_LOOP) {
    bool rolled = writer->scopes.data[inner].rolled;
    visit(writer, item, rolled ? inner : stop, graph_arg(graph, node, 3), rolled ? SLOT_BODY : SLOT_STOP);
    visit(writer, item, scope, write_loop_rounds(graph, node), SLOT_HERE);
  }
  clause_operands(writer, item, visit, false);
}

/* ---- all of them ---- */

void write_each_operand(Writer *writer, uint32_t item, Operand *visit) {
  const Graph *graph = writer->graph;
  Node node = writer->items.data[item].node;
  uint32_t scope = writer->items.data[item].scope;
  if (writer->items.data[item].form != FORM_NODE) return;
  switch (graph_op(graph, node)) {
    case OP_TASK:
    case OP_ASK:
      call_operands(writer, item, visit);
      return;
    case OP_CHOOSE:
      choice_operands(writer, item, visit);
      return;
    case OP_COLLECT:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
      binder_operands(writer, item, visit);
      return;
    case OP_SOME:
    case OP_CAST:
    case OP_TO_FLOAT:
      visit(writer, item, scope, graph_arg(graph, node, 0), SLOT_SAME);
      return;
    default:
      break;
  }
  if (write_is_only_done(graph, node))
    visit(writer, item, scope, graph_arg(graph, node, 1), SLOT_SAME);
  else
    for (uint32_t k = 0; k < graph_arity(graph, node); k++)
      visit(writer, item, scope, graph_arg(graph, node, k),
            write_is_call_value(graph, node) ? SLOT_SAME : SLOT_HERE);
}
