/* write.c: the whole module. */
#include "canon/write_parts.h"

#include "front/fmt.h"
#include "front/parse.h"

#include <string.h>

/* ---- order of the interface ---- */

typedef struct Entry {
  Sym name;
  uint32_t place;
} Entry;

static int by_name(const void *a, const void *b, void *session) {
  return strcmp(name_of(session, ((const Entry *)a)->name), name_of(session, ((const Entry *)b)->name));
}

/* Places of names in the order in which they are written; on malloc. */
static Entry *entries_new(const Writer *writer, uint32_t count) {
  (void)writer;
  return mem_alloc((count + 1) * sizeof(Entry));
}

static void entries_sort(const Writer *writer, Entry *entries, uint32_t count) {
  if (writer->options.canonical) qsort_r(entries, count, sizeof *entries, by_name, writer->graph->session);
}

/* Whether a default uses an input that is not among the first `count`. */
static bool uses_later(const Graph *graph, Node node, const Entry *entries, uint32_t count) {
  Nodes stack = {0};
  Map seen = {0};
  bool later = false;
  if (node != NODE_NONE) vec_push(&stack, node);
  while (stack.len && !later) {
    Node at = vec_pop(&stack);
    if (map_get(&seen, at)) continue;
    map_put(&seen, at, 1);
    if (graph_op(graph, at) == OP_INPUT) {
      later = true;
      for (uint32_t k = 0; k < count; k++) later &= entries[k].name != graph->data.data[at];
    }
    for (uint32_t k = 0; k < graph_arity(graph, at); k++) vec_push(&stack, graph_arg(graph, at, k));
  }
  vec_free(&stack);
  map_free(&seen);
  return later;
}

/* Sorted, but each input after those that its default uses. */
static Port *sorted_inputs(Writer *writer) {
  const Graph *graph = writer->graph;
  uint32_t count = graph->inputs.len;
  Entry *entries = entries_new(writer, count);
  for (uint32_t k = 0; k < count; k++) entries[k] = (Entry){graph->inputs.data[k].name, k};
  entries_sort(writer, entries, count);
  for (uint32_t done = 0; done < count; done++) {
    uint32_t next = done;
    while (next + 1 < count && uses_later(graph, graph->inputs.data[entries[next].place].node, entries, done))
      next++;
    Entry kept = entries[next];
    memmove(entries + done + 1, entries + done, (next - done) * sizeof *entries);
    entries[done] = kept;
  }
  Port *inputs = ARENA_ARRAY(graph->session->arena, Port, count);
  for (uint32_t k = 0; k < count; k++) inputs[k] = graph->inputs.data[entries[k].place];
  free(entries);
  return inputs;
}

static Entry *sorted_outputs(const Writer *writer) {
  const Graph *graph = writer->graph;
  Entry *entries = entries_new(writer, graph->outputs.len);
  for (uint32_t k = 0; k < graph->outputs.len; k++) entries[k] = (Entry){graph->outputs.data[k].name, k};
  entries_sort(writer, entries, graph->outputs.len);
  return entries;
}

/* ---- the flow ---- */

/* An output is the name of the step that it is, unless the step has got another output's. */
static void name_output(Writer *writer, uint32_t scope, uint32_t number) {
  const Graph *graph = writer->graph;
  Node node = graph->outputs.data[number].node;
  while (write_is_call_value(graph, node)) node = graph_arg(graph, node, 0);
  Item *item = &writer->items.data[write_scan_item(writer, scope, node)];
  Op op = graph_op(graph, node);
  if (item->output != NONE || op == OP_INPUT || op == OP_LIT || op == OP_PROJECT) return;
  item->output = number;
}

void write_scan_flow(Writer *writer, uint32_t scope) {
  const Graph *graph = writer->graph;
  Entry *outputs = sorted_outputs(writer);
  uint32_t block = writer->scopes.data[scope].block;
  Nodes roots = {0}, effects = {0}, all = {0};
  for (uint32_t k = 0; k < graph->outputs.len; k++)
    vec_push(&roots, graph->outputs.data[outputs[k].place].node);
  for (uint32_t k = 0; k < graph->effects.len; k++) vec_push(&all, graph->effects.data[k]);
  write_effects_select(graph, &roots, &all, &effects);
  for (uint32_t k = 0; k < roots.len; k++) write_scan_term(writer, scope, roots.data[k]);
  for (uint32_t k = 0; k < effects.len; k++) write_scan_term(writer, scope, effects.data[k]);
  for (uint32_t k = 0; k < roots.len && !writer->failed; k++) {
    name_output(writer, scope, outputs[k].place);
    write_scan_use(writer, scope, roots.data[k], block, true, 1);
  }
  for (uint32_t k = 0; k < effects.len && !writer->failed; k++) {
    uint32_t item = write_scan_item(writer, scope, effects.data[k]);
    if (!writer->items.data[item].uses) writer->items.data[item].effect = true;
    write_scan_use(writer, scope, effects.data[k], block, true, 1);
  }
  vec_free(&roots);
  vec_free(&effects);
  vec_free(&all);
  free(outputs);
}

/* Outputs that are no step of their own. */
static void put_outputs(Writer *writer, uint32_t scope, const Entry *outputs) {
  for (uint32_t k = 0; k < writer->graph->outputs.len; k++) {
    const Output *output = &writer->graph->outputs.data[outputs[k].place];
    uint32_t at = write_scan_item(writer, scope, output->node);
    Node node = output->node;
    while (write_is_call_value(writer->graph, node)) node = graph_arg(writer->graph, node, 0);
    if (writer->items.data[write_scan_item(writer, scope, node)].output == outputs[k].place) continue;
    write_newline(writer);
    write_sym(writer, output->name);
    text_puts(writer->out, " = ");
    write_item(writer, at, LEVEL_STEP, ASK_TYPE);
  }
}

static void put_results(Writer *writer, const Entry *outputs) {
  const Graph *graph = writer->graph;
  if (!graph->outputs.len) return;
  text_puts(writer->out, " -> (");
  for (uint32_t k = 0; k < graph->outputs.len; k++) {
    const Output *output = &graph->outputs.data[outputs[k].place];
    text_puts(writer->out, k ? ", " : "");
    write_sym(writer, output->name);
    text_puts(writer->out, ": ");
    write_type(writer, graph_type(graph, output->node));
  }
  text_putc(writer->out, ')');
}

static void put_flow(Writer *writer) {
  const Graph *graph = writer->graph;
  Entry *outputs = sorted_outputs(writer);
  Port *inputs = sorted_inputs(writer);
  uint32_t count = graph->inputs.len, from = writer->order.len, defaults = write_scan_sealed(writer, true);
  for (uint32_t k = 0; k < count; k++)
    if (inputs[k].node != NODE_NONE) write_scan_term(writer, defaults, inputs[k].node);
  for (uint32_t k = 0; k < count; k++)
    if (inputs[k].node != NODE_NONE)
      write_scan_use(writer, defaults, inputs[k].node, writer->scopes.data[defaults].block, false, 1);
  write_scan_place(writer, from);
  write_doc(writer, graph->doc);
  text_puts(writer->out, "flow ");
  write_sym(writer, graph->name);
  write_ports(writer, inputs, count, defaults, true);
  from = writer->order.len;
  uint32_t scope = write_scan_sealed(writer, false);
  write_scan_flow(writer, scope);
  write_scan_place(writer, from);
  put_results(writer, outputs);
  text_puts(writer->out, " {");
  writer->indent++;
  write_steps(writer, writer->scopes.data[scope].block);
  put_outputs(writer, scope, outputs);
  writer->indent--;
  text_puts(writer->out, "\n}\n");
  free(outputs);
}

/* ---- the module ---- */

static void find_literals(Writer *writer) {
  const Graph *graph = writer->graph;
  writer->truth = writer->zero = NODE_NONE;
  for (Node node = 0; node < graph_count(graph); node++) {
    if (graph_is_bool(graph, node, true)) writer->truth = node;
    if (write_literal_kind(graph, node, LIT_INT) && !graph_literal(graph, node)->integer) writer->zero = node;
  }
}

/* What has a volatile call in it; arrays that are made later are asked by their parts. */
static void find_tokens(Writer *writer) {
  const Graph *graph = writer->graph;
  uint32_t count = graph_count(graph);
  writer->tokens = mem_zero(count + 1);
  for (Node node = 0; node < count; node++) {
    bool has = graph_op(graph, node) == OP_TOKEN;
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) has |= writer->tokens[graph_arg(graph, node, k)];
    writer->tokens[node] = has;
  }
}

void write_end(Writer *writer) {
  for (uint32_t k = 0; k < writer->scopes.len; k++) {
    Scope *scope = &writer->scopes.data[k];
    vec_free(&scope->clauses);
    vec_free(&scope->after);
    vec_free(&scope->effects);
    map_free(&scope->next);
  }
  for (uint32_t k = 0; k < writer->blocks.len; k++) vec_free(&writer->blocks.data[k].steps);
  vec_free(&writer->items);
  vec_free(&writer->scopes);
  vec_free(&writer->blocks);
  vec_free(&writer->order);
  vec_free(&writer->stack);
  vec_free(&writer->tasks);
  map_free(&writer->item_of);
  map_free(&writer->arms);
  map_free(&writer->taken);
  map_free(&writer->suffix);
  map_free(&writer->helper_of);
  map_free(&writer->task_names);
  text_free(&writer->helpers);
  free(writer->marks);
  free(writer->tokens);
}

/* The text in the one layout; false if it cannot be read. */
static bool lay_out(const char *text, size_t len, Text *into) {
  Session *session = session_new();
  Source *source = sources_add(session->sources, "", text, len);
  Module *module = source ? parse_module(session, source) : NULL;
  bool fine = module && !diags_errors(session->diags);
  if (fine) fmt_module(session, module, into);
  session_free(session);
  return fine;
}

void write_begin(Writer *writer, Graph *graph, WriteOptions options, Map *carried) {
  *writer = (Writer){.graph = graph, .made = graph, .options = options, .carried = carried};
  writer->marks = graph_reachable(graph);
  writer->marked = graph_count(graph);
  find_literals(writer);
  find_tokens(writer);
  for (uint32_t k = 0; k < graph->effects.len; k++) write_effect_place(writer, graph->effects.data[k]);
  write_names_reserve(writer);
}

bool write_wf(Graph *graph, WriteOptions options, Text *into) {
  Text flow = {0}, all = {0};
  Map carried = {0};
  Writer writer;
  write_carry(graph, options, &carried);
  write_begin(&writer, graph, options, &carried);
  writer.out = &flow;
  put_flow(&writer);
  writer.out = &all;
  for (uint32_t k = 0; k < writer.tasks.len && !writer.failed; k++) write_task(&writer, writer.tasks.data[k]);
  text_add(&all, writer.helpers.len ? writer.helpers.data : "", writer.helpers.len);
  if (writer.helpers.len) text_putc(&all, '\n');
  text_add(&all, flow.data, flow.len);
  bool fine = !writer.failed && lay_out(all.data, all.len, into);
  write_end(&writer);
  map_free(&carried);
  text_free(&flow);
  text_free(&all);
  return fine;
}
