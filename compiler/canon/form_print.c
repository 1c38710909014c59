/* form_print.c: the canonical bytes.  One line a node; operands are the places of lines before.  What a view does
 * not look at is not printed. */
#include "canon/form.h"
#include "ir/text.h"

#include <string.h>

typedef struct Printer {
  const Form *form;
  const Graph *graph;
  Text *into;
  Map types;  /* type to where its text is in `words`, + 1 */
  Text words; /* texts of types, each with its NUL */
  Map tasks;  /* task to its place in `used`, + 1 */
  VEC(uint32_t) used;
} Printer;

/* The most frequent word by far. */
static void put_number(Text *into, uint32_t number) {
  text_putc(into, ' ');
  text_number(into, number);
}

static void put_type(Printer *printer, TypeId type) {
  uint32_t at = map_get(&printer->types, type);
  if (!at) {
    at = (uint32_t)printer->words.len + 1;
    map_put(&printer->types, type, at);
    type_print(printer->graph->types, type, &printer->words);
    text_putc(&printer->words, 0);
  }
  text_add(printer->into, " : ", 3);
  text_puts(printer->into, printer->words.data + at - 1);
}

static void put_task(Printer *printer, uint32_t task) {
  uint32_t at = map_get(&printer->tasks, task);
  if (!at) {
    vec_push(&printer->used, task);
    at = printer->used.len;
    map_put(&printer->tasks, task, at);
  }
  put_number(printer->into, at - 1);
}

/* Whether the view sees what a node carries. */
static bool is_seen(const Printer *printer, Node node) {
  Op op = graph_op(printer->graph, node);
  if (op == OP_TOKEN) return false;
  bool end = op == OP_LIT || op == OP_INPUT;
  return !(end && printer->form->digests.anonymous[node]);
}

static void put_node(Printer *printer, uint32_t place) {
  const Form *form = printer->form;
  const Graph *graph = printer->graph;
  Node node = form->order.data[place];
  Op op = graph_op(graph, node);
  text_puts(printer->into, op_info[op].text);
  if (op == OP_TASK)
    put_task(printer, graph->data.data[node]);
  else if (data_form(op) != DATA_NONE && is_seen(printer, node))
    node_data_print(graph, node, printer->into);
  for (uint32_t k = form->first.data[place]; k < form->first.data[place + 1]; k++)
    put_number(printer->into, form->args.data[k]);
  if (op_is_typed(op) && op != OP_TASK) put_type(printer, graph_type(graph, node));
  text_putc(printer->into, '\n');
}

static void put_task_body(Printer *printer, uint32_t number) {
  const Form *form = printer->form;
  char hex[65];
  text_puts(printer->into, printer->graph->tasks.data[number].is_volatile ? "volatile " : "task ");
  if (form->digests.view == VIEW_EXACT) {
    graph_task_identity(printer->graph, number, hex);
    text_puts(printer->into, hex);
  } else {
    Digest digest = form->digests.tasks[number];
    text_addf(printer->into, "%016llx%016llx", (unsigned long long)digest.high,
              (unsigned long long)digest.low);
  }
  text_putc(printer->into, '\n');
}

static void put_name(Printer *printer, const char *what, Sym name) {
  const Interner *names = printer->graph->session->names;
  text_puts(printer->into, what);
  if (printer->form->digests.view == VIEW_SHAPE) return;
  text_putc(printer->into, ' ');
  text_json(printer->into, sym_text(names, name), sym_len(names, name));
}

static void put_input(Printer *printer, const Port *input) {
  put_name(printer, "input", input->name);
  if (input->node != NODE_NONE) put_number(printer->into, printer->form->place[input->node]);
  put_type(printer, input->type);
  text_putc(printer->into, '\n');
}

static void put_ends(Printer *printer) {
  const Form *form = printer->form;
  const Graph *graph = printer->graph;
  for (uint32_t i = 0; i < form->inputs.len; i++)
    put_input(printer, &graph->inputs.data[form->inputs.data[i]]);
  for (uint32_t i = 0; i < form->outputs.len; i++) {
    const Output *output = &graph->outputs.data[form->outputs.data[i]];
    put_name(printer, "output", output->name);
    put_number(printer->into, form->place[output->node]);
    text_putc(printer->into, '\n');
  }
  for (uint32_t i = 0; i < form->effects.len; i++) {
    text_puts(printer->into, "effect");
    put_number(printer->into, form->place[graph->effects.data[form->effects.data[i]]]);
    text_putc(printer->into, '\n');
  }
}

void form_print(const Form *form, Text *into) {
  Printer printer = {.form = form, .graph = form->graph, .into = into};
  for (uint32_t place = 0; place < form->order.len; place++) put_node(&printer, place);
  put_ends(&printer);
  for (uint32_t i = 0; i < printer.used.len; i++) put_task_body(&printer, printer.used.data[i]);
  map_free(&printer.types);
  text_free(&printer.words);
  map_free(&printer.tasks);
  vec_free(&printer.used);
}
