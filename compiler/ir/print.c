/* print.c: the graph as text: what is reachable, numbered anew, one node a line. */
#include "front/quoting.h"
#include "ir/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

typedef struct Printer {
  const Graph *graph;
  Text *into;
  const uint32_t *number; /* of each node; NODE_NONE: not reachable */
  PrintNames names;
} Printer;

static void sym_print(const Graph *graph, Sym sym, Text *into) {
  const Interner *names = graph->session->names;
  text_json(into, sym_text(names, sym), sym_len(names, sym));
}

static void put_sym(Printer *printer, Sym sym) { sym_print(printer->graph, sym, printer->into); }

static void put_node(Printer *printer, Node node) {
  text_puts(printer->into, " %");
  text_number(printer->into, printer->number[node]);
}

static void put_type(Printer *printer, TypeId type) {
  text_puts(printer->into, " : ");
  type_print(printer->graph->types, type, printer->into);
}

/* ---- literals ---- */

/* The shortest decimal that reads back, and in any case no Int. */
static void float_print(double value, Text *into) {
  size_t before = into->len;
  if (isnan(value)) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    text_addf(into, "nan:%llx", (unsigned long long)bits);
    return;
  }
  text_double(into, value);
  if (!strpbrk(into->data + before, ".einf")) text_puts(into, ".0");
}

static void literal_print(const Graph *graph, const Literal *literal, Text *into) {
  switch ((LiteralKind)literal->kind) {
    case LIT_UNIT:
      text_puts(into, "()");
      break;
    case LIT_BOOL:
      text_puts(into, literal->integer ? "true" : "false");
      break;
    case LIT_INT:
      text_addf(into, "%lld", (long long)literal->integer);
      break;
    case LIT_FLOAT:
      float_print(literal->number, into);
      break;
    case LIT_STRING:
      sym_print(graph, literal->text, into);
      break;
    case LIT_ABSENT:
      text_puts(into, "none");
      break;
  }
}

/* ---- nodes ---- */

void node_data_print(const Graph *graph, Node node, Text *into) {
  uint32_t data = graph->data.data[node];
  Op op = graph_op(graph, node);
  bool open = (op == OP_INDEX || op == OP_STATE) && data & OPEN_VARIABLE;
  if (data_form(op) != DATA_NONE) text_putc(into, ' ');
  switch (data_form(op)) {
    case DATA_NONE:
      break;
    case DATA_NUMBER:
      text_putc(into, open ? '?' : '#');
      text_number(into, open ? data & ~OPEN_VARIABLE : data);
      break;
    case DATA_NAME:
      sym_print(graph, data, into);
      break;
    case DATA_LITERAL:
      literal_print(graph, graph_literal(graph, node), into);
      break;
    case DATA_TASK:
      text_putc(into, '@');
      text_number(into, data);
      break;
  }
}

static bool is_plain_name(const char *name) {
  if (!isalpha((unsigned char)*name) && *name != '_') return false;
  while (isalnum((unsigned char)*name) || *name == '_') name++;
  return !*name;
}

static void put_step_name(Printer *printer, Sym name) {
  const char *text = name_of(printer->graph->session, name);
  text_puts(printer->into, " ; ");
  if (is_plain_name(text))
    text_puts(printer->into, text);
  else
    put_sym(printer, name);
}

static void put_line(Printer *printer, Node node) {
  const Graph *graph = printer->graph;
  Op op = graph_op(graph, node);
  text_putc(printer->into, '%');
  text_number(printer->into, printer->number[node]);
  text_puts(printer->into, " = ");
  text_puts(printer->into, op_info[op].text);
  node_data_print(graph, node, printer->into);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) put_node(printer, graph_arg(graph, node, k));
  if (op_is_typed(op)) put_type(printer, graph_type(graph, node));
  Sym name = graph->name_of.data[node];
  if (name && printer->names == PRINT_NAMES) put_step_name(printer, name);
  text_putc(printer->into, '\n');
}

/* ---- tasks ---- */

static void put_port(Printer *printer, const char *what, const Port *port, bool with_node) {
  text_addf(printer->into, "%s ", what);
  put_sym(printer, port->name);
  if (with_node && port->node != NODE_NONE) {
    text_puts(printer->into, " =");
    put_node(printer, port->node);
  }
  if (port->default_text) {
    text_puts(printer->into, " ~ ");
    put_sym(printer, port->default_text);
  }
  if (port->doc) {
    text_puts(printer->into, " ## ");
    put_sym(printer, port->doc);
  }
  put_type(printer, port->type);
  text_putc(printer->into, '\n');
}

static void put_piece(Printer *printer, const Piece *piece) {
  if (piece->node == NODE_NONE) {
    text_puts(printer->into, "  text ");
    put_sym(printer, piece->text);
  } else {
    text_puts(printer->into, "  value");
    put_node(printer, piece->node);
  }
  text_puts(printer->into, piece->raw ? " raw" : "");
  text_puts(printer->into, piece->quoted == QUOTED_SINGLE ? " single" : "");
  text_puts(printer->into, piece->quoted == QUOTED_DOUBLE ? " double" : "");
  text_puts(printer->into, piece->ends_word ? " end\n" : "\n");
}

static void put_attrs(Printer *printer, const Task *task) {
  for (uint32_t i = 0; i < ATTR_COUNT; i++) {
    if (task->attrs[i] == NODE_NONE || i == ATTR_ENV || i == ATTR_STAGE) continue;
    text_addf(printer->into, "  %s", attr_texts[i]);
    put_node(printer, task->attrs[i]);
    text_putc(printer->into, '\n');
  }
  for (uint32_t i = 0; i < task->env_count; i++) {
    text_puts(printer->into, "  env ");
    put_sym(printer, task->env[i].name);
    put_node(printer, task->env[i].node);
    text_putc(printer->into, '\n');
  }
  for (uint32_t i = 0; i < task->stage_count; i++) {
    text_puts(printer->into, "  stage");
    put_node(printer, task->stage[i].file);
    put_node(printer, task->stage[i].name);
    text_putc(printer->into, '\n');
  }
}

static void put_words(Printer *printer, const Task *task) {
  text_puts(printer->into, task->is_volatile ? " volatile" : "");
  text_puts(printer->into, task->assoc ? " assoc" : "");
  text_puts(printer->into, task->comm ? " comm" : "");
  text_puts(printer->into, task->direct ? " direct" : " run ");
  if (!task->direct) put_sym(printer, task->interpreter);
}

static void put_task(Printer *printer, uint32_t number) {
  const Task *task = &printer->graph->tasks.data[number];
  text_addf(printer->into, "task @%u ", number);
  put_sym(printer, task->name);
  put_words(printer, task);
  if (task->doc) {
    text_puts(printer->into, " ## ");
    put_sym(printer, task->doc);
  }
  text_putc(printer->into, '\n');
  for (uint32_t i = 0; i < task->in_count; i++) put_port(printer, "  in", &task->ins[i], false);
  for (uint32_t i = 0; i < task->out_count; i++) put_port(printer, "  out", &task->outs[i], true);
  for (uint32_t i = 0; i < task->piece_count; i++) put_piece(printer, &task->pieces[i]);
  put_attrs(printer, task);
  text_puts(printer->into, "end\n");
}

/* ---- the whole ---- */

/* Number what is reachable, in order. */
static uint32_t *number_nodes(const Graph *graph) {
  uint8_t *marks = graph_reachable(graph);
  uint32_t *number = mem_alloc((graph_count(graph) + 1) * sizeof *number), next = 0;
  for (Node node = 0; node < graph_count(graph); node++) number[node] = marks[node] ? next++ : NODE_NONE;
  free(marks);
  return number;
}

static void put_head(Printer *printer) {
  const Graph *graph = printer->graph;
  text_puts(printer->into, "graph ");
  put_sym(printer, graph->name);
  if (graph->doc) {
    text_puts(printer->into, " ## ");
    put_sym(printer, graph->doc);
  }
  text_putc(printer->into, '\n');
}

void graph_print_numbered(const Graph *graph, const uint32_t *number, PrintNames names, Text *into) {
  Printer printer = {graph, into, number, names};
  put_head(&printer);
  for (Node node = 0; node < graph_count(graph); node++)
    if (printer.number[node] != NODE_NONE) put_line(&printer, node);
  for (uint32_t i = 0; i < graph->tasks.len; i++) put_task(&printer, i);
  for (uint32_t i = 0; i < graph->inputs.len; i++) put_port(&printer, "input", &graph->inputs.data[i], true);
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    text_puts(into, "output ");
    put_sym(&printer, graph->outputs.data[i].name);
    put_node(&printer, graph->outputs.data[i].node);
    text_putc(into, '\n');
  }
  for (uint32_t i = 0; i < graph->effects.len; i++) {
    text_puts(into, "effect");
    put_node(&printer, graph->effects.data[i]);
    text_putc(into, '\n');
  }
}

void graph_print_as(const Graph *graph, PrintNames names, Text *into) {
  uint32_t *number = number_nodes(graph);
  graph_print_numbered(graph, number, names, into);
  free(number);
}

void graph_print(const Graph *graph, Text *into) { graph_print_as(graph, PRINT_NAMES, into); }
