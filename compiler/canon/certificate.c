#include "canon/certificate.h"

#include "canon/laws.h"
#include "ir/binder.h"
#include "ir/text.h"

#include <string.h>

/* ---- ends ---- */

static void each_end(Graph *graph, void (*visit)(void *self, Node *node), void *self) {
  for (uint32_t i = 0; i < graph->tasks.len; i++) task_each_node(&graph->tasks.data[i], visit, self);
  graph_each_root(graph, visit, self);
}

static void push_end(void *self, Node *node) { vec_push((Ends *)self, *node); }

void ends_of(Graph *graph, Ends *ends) { each_end(graph, push_end, ends); }

static void take_end(void *self, Node *node) {
  const Node **next = self;
  *node = *(*next)++;
}

void ends_set(Graph *graph, const Ends *ends) {
  const Node *next = ends->data;
  each_end(graph, take_end, &next);
}

/* ---- what is needed ---- */

typedef struct Writer {
  Graph *graph;
  const Fact *facts;
  uint32_t count;
  Map images;          /* scope and node to fact + 1 */
  VEC(uint32_t) scope; /* fact of each scope */
  uint8_t *needed;     /* marks of facts */
  uint32_t *number;    /* of each node in the text */
  Text *into;
} Writer;

static uint64_t image_key(uint32_t scope, Node node) { return (uint64_t)scope << 32 | node; }

static const Fact *scope_of(const Writer *writer, uint32_t id) {
  return &writer->facts[writer->scope.data[id]];
}

static void need_scope(Writer *writer, uint32_t id) {
  for (; id && !writer->needed[writer->scope.data[id]]; id = scope_of(writer, id)->parent)
    writer->needed[writer->scope.data[id]] = 1;
}

/* What a node is in a scope has to be said, unless it is as it was. */
static void need_image(Writer *writer, uint32_t id, Node node) {
  const Fact *scope = scope_of(writer, id);
  for (;; id = scope->parent, scope = scope_of(writer, id)) {
    if (scope->from == node) return;
    uint32_t known = map_get(&writer->images, image_key(id, node));
    if (known && (scope->parent || writer->facts[known - 1].to != node)) writer->needed[known - 1] = 1;
    if (known || !scope->parent) return;
  }
}

static void need_operands(Writer *writer, const Fact *image) {
  const Graph *graph = writer->graph;
  Binder binder = binder_of(graph_op(graph, image->from));
  need_scope(writer, image->id);
  if (image->parent) need_scope(writer, image->parent);
  for (uint32_t k = 0; k < graph_arity(graph, image->from); k++) {
    Node arg = graph_arg(graph, image->from, k);
    bool variable = binder.count && (k == binder.variable[0] || k == binder.variable[binder.count - 1]);
    if (!variable)
      need_image(writer, binder.scoped >> k & 1 ? image->parent : image->id, arg);
    else if (graph_op(graph, arg) == OP_INDEX)
      need_image(writer, image->id, graph_arg(graph, arg, 0));
  }
}

static void learn(Writer *writer) {
  vec_push(&writer->scope, 0);
  for (uint32_t i = 0; i < writer->count; i++) {
    const Fact *fact = &writer->facts[i];
    if (fact->kind == FACT_SCOPE) vec_push(&writer->scope, i);
    if (fact->kind == FACT_IMAGE) map_put(&writer->images, image_key(fact->id, fact->from), i + 1);
  }
}

/* From the ends back to what they depend on: facts only speak of facts before them. */
static void find_needed(Writer *writer) {
  for (uint32_t i = writer->count; i-- > 0;) {
    const Fact *fact = &writer->facts[i];
    if (fact->kind == FACT_END) need_image(writer, fact->id, fact->from);
    if (fact->kind != FACT_IMAGE || !writer->needed[i]) continue;
    need_operands(writer, fact);
    for (uint32_t k = i; k-- > 0 && writer->facts[k].kind == FACT_LAW;) writer->needed[k] = 1;
  }
}

/* Number the needed facts' nodes, the ends and everything below; operands come first. */
static void number_nodes(Writer *writer, const Ends *starts, const Ends *ends) {
  const Graph *graph = writer->graph;
  uint32_t count = graph_count(graph), next = 0;
  writer->number = mem_zero((count + 1) * sizeof *writer->number);
  for (uint32_t i = 0; i < starts->len; i++)
    writer->number[starts->data[i]] = writer->number[ends->data[i]] = 1;
  for (uint32_t i = 0; i < writer->count; i++) {
    const Fact *fact = &writer->facts[i];
    if (!writer->needed[i] || fact->from == NODE_NONE) continue;
    writer->number[fact->from] = writer->number[fact->to] = 1;
  }
  for (Node node = count; node-- > 0;)
    for (uint32_t k = 0; writer->number[node] && k < graph_arity(graph, node); k++)
      writer->number[graph_arg(graph, node, k)] = 1;
  for (Node node = 0; node < count; node++) writer->number[node] = writer->number[node] ? next++ : NODE_NONE;
}

/* ---- text ---- */

static void put_equation(Writer *writer, Node from, Node to) {
  text_addf(writer->into, " %%%u = %%%u", writer->number[from], writer->number[to]);
}

static void put_fact(Writer *writer, const Fact *fact, const uint32_t *scope) {
  Text *into = writer->into;
  if (fact->kind == FACT_LAW) {
    text_addf(into, "law %u", law_info[fact->law].number);
    put_equation(writer, fact->from, fact->to);
  } else if (fact->kind == FACT_SCOPE) {
    text_addf(into, "scope %u", scope[fact->id]);
    if (fact->parent) text_addf(into, " in %u", scope[fact->parent]);
    if (fact->parent) put_equation(writer, fact->from, fact->to);
  } else {
    text_addf(into, "image %u", scope[fact->id]);
    put_equation(writer, fact->from, fact->to);
    if (fact->parent) text_addf(into, " over %u", scope[fact->parent]);
  }
  text_putc(into, '\n');
}

static void put_facts(Writer *writer) {
  uint32_t *scope = mem_alloc(writer->scope.len * sizeof *scope), next = 0;
  Map said = {0};
  for (uint32_t i = 0; i < writer->count; i++) {
    const Fact *fact = &writer->facts[i];
    if (!writer->needed[i]) continue;
    if (fact->kind == FACT_SCOPE) scope[fact->id] = ++next;
    uint64_t key = image_key(fact->from, fact->to);
    if (fact->kind == FACT_LAW && map_get(&said, key) == fact->law) continue;
    if (fact->kind == FACT_LAW) map_put(&said, key, fact->law);
    put_fact(writer, fact, scope);
  }
  map_free(&said);
  free(scope);
}

/* The effects that there were until some were left out. */
static void take_effects(const Writer *writer, Graph *graph) {
  memset(&graph->effects, 0, sizeof graph->effects);
  for (uint32_t i = 0; i < writer->count; i++)
    if (writer->facts[i].kind == FACT_EFFECT) vec_push(&graph->effects, writer->facts[i].from);
}

static void put_ends(Writer *writer, const Ends *starts, const Ends *ends) {
  for (uint32_t i = 0; i < ends->len; i++) {
    text_puts(writer->into, "end");
    put_equation(writer, starts->data[i], ends->data[i]);
    text_putc(writer->into, '\n');
  }
  for (uint32_t i = 0; i < writer->graph->effects.len; i++)
    text_addf(writer->into, "done %%%u\n", writer->number[writer->graph->effects.data[i]]);
}

void certificate_print(Graph *used, const Ends *starts, Text *into) {
  Graph before = *used, *graph = &before;
  Writer writer = {used, used->trace->facts.data, used->trace->facts.len, .into = into};
  Ends ends = {0};
  take_effects(&writer, graph);
  ends_of(graph, &ends);
  writer.needed = mem_zero(writer.count + 1);
  learn(&writer);
  find_needed(&writer);
  number_nodes(&writer, starts, &ends);
  text_puts(into, CERTIFICATE_HEAD "\n");
  ends_set(graph, starts);
  graph_print_numbered(graph, writer.number, PRINT_NO_NAMES, into);
  ends_set(graph, &ends);
  put_facts(&writer);
  put_ends(&writer, starts, &ends);
  vec_free(&ends);
  vec_free(&before.effects);
  vec_free(&writer.scope);
  map_free(&writer.images);
  free(writer.needed);
  free(writer.number);
}
