/* write_carry.c: work that several loops over one index set share.
 *
 * `for i { f(g(i)) }` and `for i { h(g(i)) }` have one `g(i)` each, which is one node: a volatile call must not be written
 * twice, and any task is better written once.  So the array of all `g(i)` is made, and the loops go over it. */
#include "canon/write_parts.h"

#include "ir/binder.h"

enum { MOST_ROUNDS = 8 };

typedef struct Carry {
  Writer *writer;
  Map homes;           /* of a node that is work: scopes that it was found in */
  VEC(uint32_t) under; /* of each item: uses by what is carried itself */
  bool added;
} Carry;

/* A task, a question, or rounds with such inside, once for each index of its scope. */
static bool is_work(const Writer *writer, const Item *item) {
  const Graph *graph = writer->graph;
  const Scope *scope = &writer->scopes.data[item->scope];
  if (item->form != FORM_NODE || scope->sealed || scope->next.len) return false;
  if (graph_op(graph, scope->variables[0]) != OP_INDEX) return false;
  if (!graph_mentions(graph, item->node, scope->variables[0])) return false;
  if (scope->count > 1 && graph_mentions(graph, item->node, scope->variables[1])) return false;
  Op op = graph_op(graph, item->node);
  bool rounds = binder_of(op).count && graph->below.data[item->node] & FLAG_E;
  return op == OP_TASK || op == OP_ASK || rounds;
}

static bool is_carried(const Carry *carry, uint32_t at) {
  const Item *item = &carry->writer->items.data[at];
  return is_work(carry->writer, item) && map_get(&carry->homes, item->node) > 1;
}

static void count_use(Writer *writer, uint32_t user, uint32_t scope, Node node, Slot slot) {
  (void)slot;
  Carry *counting = writer->carry;
  Item *item = &writer->items.data[write_scan_item(writer, scope, node)];
  const Item *by = &writer->items.data[user];
  bool under = is_carried(counting, user) || (by->uses && counting->under.data[user] == by->uses);
  item->uses++;
  counting->under.data[item - writer->items.data] += under;
}

/* The array of a term over the index of its scope, under the condition there. */
static void carry_term(Carry *carry, const Item *item) {
  Writer *writer = carry->writer;
  Graph *graph = writer->made;
  const Scope *scope = &writer->scopes.data[item->scope];
  Node binder = writer->items.data[scope->binder].node, term = item->node;
  Span span = graph->span_of.data[term];
  if (graph_op(graph, term) == OP_TASK && graph->tasks.data[graph->data.data[term]].out_count == 1)
    term = graph_project(graph, term, 0, span);
  Node args[3] = {scope->variables[0], graph_arg(graph, binder, 1), term};
  Node array = graph_raw(graph, OP_COLLECT, type_array(graph->types, graph_type(graph, term)), 0, args, 3,
                         span);
  if (map_get(writer->carried, array)) return;
  map_put(writer->carried, array, 1);
  carry->added = true;
}

/* Where the loops are filtered, what they go over has to be filtered the same way. */
static void carry_elements(Carry *carry, const Item *item) {
  Writer *writer = carry->writer;
  Graph *graph = writer->made;
  const Scope *scope = &writer->scopes.data[item->scope];
  Node index = scope->variables[0], condition = graph_arg(graph, writer->items.data[scope->binder].node, 1);
  if (graph_is_bool(graph, condition, true)) return;
  for (uint32_t k = 0; k < scope->clauses.len; k++) {
    if (!scope->clauses.data[k].base || scope->clauses.data[k].kind != CLAUSE_ARRAY) continue;
    Node source = scope->clauses.data[k].source;
    TypeId type = graph_type(graph, source);
    Node element = graph_find(graph, OP_ELEMENT, type_of(graph->types, type)->args[0], 0,
                              (Node[]){source, index}, 2);
    if (element == NODE_NONE) continue;
    Node args[3] = {index, condition, element};
    map_put(writer->carried, graph_raw(graph, OP_COLLECT, type, 0, args, 3, graph->span_of.data[element]), 1);
  }
}

static void carry_round(Carry *carry) {
  Writer *writer = carry->writer;
  for (uint32_t k = 0; k < writer->order.len; k++) {
    const Item *item = &writer->items.data[writer->order.data[k]];
    if (is_work(writer, item)) map_put(&carry->homes, item->node, map_get(&carry->homes, item->node) + 1);
  }
  for (uint32_t k = 0; k < writer->items.len; k++) vec_push(&carry->under, 0);
  for (uint32_t k = writer->order.len; k-- > 0;) write_each_operand(writer, writer->order.data[k], count_use);
  for (uint32_t k = 0; k < writer->order.len; k++) {
    uint32_t at = writer->order.data[k];
    const Item *item = &writer->items.data[at];
    bool inside = item->uses && carry->under.data[at] == item->uses;
    if (!is_carried(carry, at) || inside) continue;
    carry_term(carry, item);
    carry_elements(carry, item);
  }
}

void write_carry(Graph *graph, WriteOptions options, Map *carried) {
  bool again = true;
  for (int round = 0; again && round < MOST_ROUNDS; round++) {
    Writer writer;
    write_begin(&writer, graph, options, carried);
    write_scan_flow(&writer, write_scan_sealed(&writer, false));
    Carry carry = {.writer = &writer};
    writer.carry = &carry;
    if (!writer.failed) carry_round(&carry);
    again = carry.added;
    map_free(&carry.homes);
    vec_free(&carry.under);
    write_end(&writer);
  }
}
