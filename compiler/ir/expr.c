/* expr.c: expressions of a graph as a person would write them. */
#include "ir/expr.h"

#include "ir/text.h"

#include <math.h>

enum { MOST_TERMS = 32 };

typedef struct Infix {
  const char *text;
  int level; /* 0: not written between operands */
} Infix;

static const Infix infixes[OP_COUNT_] = {
#define INFIX(op, text, level) [op] = {text, level},
#include "ir/exprs_infix.def"
#undef INFIX
};

typedef struct ExprPrinter {
  const Graph *graph;
  const Task *names;
  Text *into;
  uint32_t left; /* terms that still fit */
} ExprPrinter;

static void put(ExprPrinter *printer, Node node, int level);

/* ---- quantities ---- */

typedef struct Scale {
  const char *text;
  double factor;
} Scale;

static const Scale sizes[] = {{"TiB", 0x1p40}, {"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}, {"B", 1}};
static const Scale durations[] = {{"d", 86400}, {"h", 3600},  {"min", 60},
                                  {"s", 1},     {"ms", 1e-3}, {"us", 1e-6}};

/* The greatest unit in which the number is at least 1 and short. */
static void put_scaled(const Scale *scales, size_t count, double value, Text *into) {
  const Scale *best = NULL;
  for (size_t i = 0; i < count && !best; i++) {
    double scaled = fabs(value) / scales[i].factor;
    if (scaled >= 1 && floor(scaled * 1000) == scaled * 1000) best = &scales[i];
  }
  for (size_t i = 0; i < count && !best; i++)
    if (fabs(value) >= scales[i].factor) best = &scales[i];
  if (!best) best = &scales[count - (scales == durations ? 3 : 1)];
  text_addf(into, "%.6g %s", value / best->factor, best->text);
}

void quantity_print(const Types *types, TypeId type, double value, Text *into) {
  const Type *of = type_of(types, type);
  if (of->kind == T_UNCERTAIN) of = type_of(types, of->args[0]);
  const char *name = of->kind == T_QUANTITY ? unit_type_name(of->unit) : NULL;
  if (name && !strcmp(name, "Size")) {
    put_scaled(sizes, sizeof sizes / sizeof *sizes, value, into);
  } else if (name && !strcmp(name, "Duration")) {
    put_scaled(durations, sizeof durations / sizeof *durations, value, into);
  } else {
    text_addf(into, "%.6g", value);
    if (of->kind != T_QUANTITY) return;
    text_putc(into, ' ');
    unit_print(of->unit, into);
  }
}

/* ---- expressions ---- */

static void put_literal(ExprPrinter *printer, Node node) {
  const Literal *literal = graph_literal(printer->graph, node);
  if (literal->kind == LIT_FLOAT) {
    quantity_print(printer->graph->types, graph_type(printer->graph, node), literal->number, printer->into);
    return;
  }
  Text text = {0};
  node_data_print(printer->graph, node, &text); /* after a blank */
  text_add(printer->into, text.data + 1, text.len - 1);
  text_free(&text);
}

static void put_name(ExprPrinter *printer, Sym name) {
  const Interner *names = printer->graph->session->names;
  text_add(printer->into, sym_text(names, name), sym_len(names, name));
}

static void put_call(ExprPrinter *printer, Node node, const char *name, uint32_t count) {
  text_addf(printer->into, "%s(", name);
  for (uint32_t k = 0; k < count; k++) {
    if (k) text_puts(printer->into, ", ");
    put(printer, graph_arg(printer->graph, node, k), 0);
    if (!printer->left) break;
  }
  text_putc(printer->into, ')');
}

static void put_infix(ExprPrinter *printer, Node node, int level) {
  const Infix *infix = &infixes[graph_op(printer->graph, node)];
  if (infix->level < level) text_putc(printer->into, '(');
  for (uint32_t k = 0; k < graph_arity(printer->graph, node); k++) {
    if (k) text_addf(printer->into, " %s ", infix->text);
    put(printer, graph_arg(printer->graph, node, k), infix->level + (k > 0));
    if (!printer->left) break;
  }
  if (infix->level < level) text_putc(printer->into, ')');
}

static void put_field_name(ExprPrinter *printer, Node node) {
  const Graph *graph = printer->graph;
  TypeId record = graph_type(graph, graph_arg(graph, node, 0));
  text_putc(printer->into, '.');
  put_name(printer, type_of(graph->types, record)->names[graph->data.data[node]]);
}

static void put_field(ExprPrinter *printer, Node node) {
  const Graph *graph = printer->graph;
  Node record = graph_arg(graph, node, 0);
  put(printer, record, 9);
  put_field_name(printer, node);
}

static void put_element(ExprPrinter *printer, Node node) {
  put(printer, graph_arg(printer->graph, node, 0), 9);
  text_putc(printer->into, '[');
  put(printer, graph_arg(printer->graph, node, 1), 0);
  text_putc(printer->into, ']');
}

static void put_parameter(ExprPrinter *printer, Node node) {
  uint32_t port = printer->graph->data.data[node];
  if (printer->names && port < printer->names->in_count)
    put_name(printer, printer->names->ins[port].name);
  else
    text_addf(printer->into, "param#%u", port);
}

static void put_operation(ExprPrinter *printer, Node node, int level) {
  const Graph *graph = printer->graph;
  Op op = graph_op(graph, node);
  switch (op) {
    case OP_INPUT:
      put_name(printer, graph->data.data[node]);
      return;
    case OP_PARAM:
      put_parameter(printer, node);
      return;
    case OP_LIT:
      put_literal(printer, node);
      return;
    case OP_INDEX:
      text_puts(printer->into, "i");
      return;
    case OP_STATE:
      text_puts(printer->into, "state");
      return;
    case OP_PROJECT:
      put_field(printer, node);
      return;
    case OP_ELEMENT:
      put_element(printer, node);
      return;
    case OP_ORDINAL:
    case OP_CAST:
    case OP_SOME:
    case OP_UNWRAP:
    case OP_TO_FLOAT:
    case OP_AFTER:
      put(printer, graph_arg(graph, node, 0), level);
      return;
    case OP_TASK: {
      const Task *task = &graph->tasks.data[graph->data.data[node]];
      put_call(printer, node, name_of(graph->session, task->name), task->in_count);
      return;
    }
    default:
      break;
  }
  if (infixes[op].level)
    put_infix(printer, node, level);
  else
    put_call(printer, node, op_info[op].text, graph_arity(graph, node));
}

/* Recurses no deeper than the terms that fit.  A step that is not plain arithmetic goes by its name. */
static void put(ExprPrinter *printer, Node node, int level) {
  const Graph *graph = printer->graph;
  if (!printer->left) {
    text_puts(printer->into, "...");
    return;
  }
  printer->left--;
  Sym name = graph->name_of.data[node];
  if (name && (graph->below.data[node] & FLAG_E))
    put_name(printer, name);
  else
    put_operation(printer, node, level);
}

void expr_print(const Graph *graph, Node node, const Task *names, Text *into) {
  ExprPrinter printer = {graph, names, into, MOST_TERMS};
  put(&printer, node, 0);
}

void expr_print_term(const Graph *graph, Node node, Text *into) {
  ExprPrinter printer = {graph, NULL, into, MOST_TERMS};
  Node fields[MOST_TERMS];
  uint32_t depth = 0;
  while (graph_op(graph, node) == OP_PROJECT && depth < MOST_TERMS) {
    fields[depth++] = node;
    node = graph_arg(graph, node, 0);
  }
  printer.left--;
  put_operation(&printer, node, depth ? 9 : 0);
  while (depth) put_field_name(&printer, fields[--depth]);
}
