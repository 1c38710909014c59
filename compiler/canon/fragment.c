/* fragment.c: from a canonical form to its vertices. */
#include "canon/fragment.h"

#include <string.h>

/* An expression of more nodes between calls is a vertex of its own, so that what many calls use is looked at once. */
enum { MOST_BETWEEN = 32 };

typedef enum Kind {
  KIND_OPEN,     /* made of inputs and variables by no call: left open */
  KIND_CONSTANT, /* always the same */
  KIND_BETWEEN,  /* an expression over vertices */
  KIND_VERTEX
} Kind;

/* Marks in digests. */
enum { MARK_OPEN = 0x4f50, MARK_CONSTANT, MARK_VERTEX };

/* A call, and where it was written among all sources. */
typedef struct Called {
  uint32_t offset, vertex;
} Called;

typedef struct Collector {
  Vertices *vertices;
  const Form *form;
  const Graph *graph;
  uint8_t *kind;  /* by place in the form */
  uint32_t *size; /* of an expression between vertices */
  uint32_t *vertex;
  VEC(uint32_t) stack;
  VEC(Called) called;
  Map names; /* symbol of the graph's session to that of ours + 1 */
} Collector;

static Sym own_name(Collector *collector, Sym name) {
  const Interner *names = collector->graph->session->names;
  uint32_t known = map_get(&collector->names, name);
  if (known) return known - 1;
  Sym own = intern(collector->vertices->session->names, sym_text(names, name), sym_len(names, name));
  map_put(&collector->names, name, own + 1);
  return own;
}

/* ---- places ---- */

static int by_offset(const void *x, const void *y) {
  const Called *a = x, *b = y;
  if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
  return a->vertex < b->vertex ? -1 : a->vertex > b->vertex;
}

/* All in one go through each source, whatever the length of its lines. */
static void find_places(Collector *collector) {
  Vertices *vertices = collector->vertices;
  const Source *source = NULL;
  Place place = {0};
  uint32_t at = 0;
  if (collector->called.len) qsort(collector->called.data, collector->called.len, sizeof(Called), by_offset);
  for (uint32_t i = 0; i < collector->called.len; i++) {
    uint32_t offset = collector->called.data[i].offset;
    if (!source || offset > source->base + source->size) {
      source = sources_at(collector->graph->session->sources, (Span){offset, offset + 1});
      if (!source) return;
      place = (Place){intern(vertices->session->names, source->path, strlen(source->path)), 1, 1};
      at = 0;
    }
    for (; at < offset - source->base; at++) {
      place.column += (source->text[at + 1] & 0xc0) != 0x80;
      if (source->text[at] == '\n') place.line++, place.column = 1;
    }
    vertices->all.data[collector->called.data[i].vertex].place = place;
  }
}

/* ---- kinds ---- */

static bool is_call(Op op) { return op == OP_TASK || op == OP_ASK; }

static bool is_constant(const Collector *collector, uint32_t place) {
  const Form *form = collector->form;
  Op op = graph_op(collector->graph, form->order.data[place]);
  if (op == OP_INPUT || op == OP_PARAM || op == OP_INDEX || op == OP_STATE || op == OP_TOKEN) return false;
  for (uint32_t k = form->first.data[place]; k < form->first.data[place + 1]; k++)
    if (collector->kind[form->args.data[k]] != KIND_CONSTANT) return false;
  return true;
}

static uint32_t size_between(const Collector *collector, uint32_t place) {
  const Form *form = collector->form;
  uint32_t size = 1;
  for (uint32_t k = form->first.data[place]; k < form->first.data[place + 1] && size <= MOST_BETWEEN; k++) {
    uint32_t arg = form->args.data[k];
    size += collector->kind[arg] == KIND_BETWEEN ? collector->size[arg] : 1;
  }
  return size;
}

static void classify(Collector *collector, uint32_t place) {
  Node node = collector->form->order.data[place];
  Kind kind = KIND_BETWEEN;
  if (is_call(graph_op(collector->graph, node)))
    kind = KIND_VERTEX;
  else if (!(collector->graph->below.data[node] & FLAG_E))
    kind = is_constant(collector, place) ? KIND_CONSTANT : KIND_OPEN;
  else if ((collector->size[place] = size_between(collector, place)) > MOST_BETWEEN)
    kind = KIND_VERTEX;
  collector->kind[place] = (uint8_t)kind;
}

/* ---- vertices ---- */

static void push_args(Collector *collector, uint32_t place) {
  const Form *form = collector->form;
  for (uint32_t k = form->first.data[place + 1]; k-- > form->first.data[place];)
    vec_push(&collector->stack, form->args.data[k]);
}

/* The expressions between a vertex and those below, walked as trees from the left. */
static Digest skeleton_digest(Collector *collector, uint32_t place) {
  const Form *form = collector->form;
  Digest digest = {0};
  push_args(collector, place);
  while (collector->stack.len) {
    uint32_t at = vec_pop(&collector->stack);
    Node node = form->order.data[at];
    switch ((Kind)collector->kind[at]) {
      case KIND_OPEN:
        digest = digest_add(digest, MARK_OPEN);
        break;
      case KIND_CONSTANT:
        digest = digest_add_digest(digest_add(digest, MARK_CONSTANT), form->digests.nodes[node]);
        break;
      case KIND_VERTEX:
        digest = digest_add(digest, MARK_VERTEX);
        vec_push(&collector->vertices->below, collector->vertex[at]);
        break;
      case KIND_BETWEEN:
        digest = digest_add_digest(digest, form->digests.data[node]);
        digest = digest_add(digest, graph_arity(collector->graph, node));
        push_args(collector, at);
        break;
    }
  }
  return digest;
}

static Digest alone_digest(const Collector *collector, uint32_t place) {
  const Form *form = collector->form;
  Digest digest = form->digests.data[form->order.data[place]];
  for (uint32_t k = form->first.data[place]; k < form->first.data[place + 1]; k++) {
    uint32_t arg = form->args.data[k];
    bool constant = collector->kind[arg] == KIND_CONSTANT;
    digest = constant ? digest_add_digest(digest, form->digests.nodes[form->order.data[arg]])
                      : digest_add(digest, MARK_OPEN);
  }
  return digest;
}

static Sym call_name(Collector *collector, Node node) {
  const Graph *graph = collector->graph;
  if (graph_op(graph, node) == OP_TASK)
    return own_name(collector, graph->tasks.data[graph->data.data[node]].name);
  return is_call(graph_op(graph, node)) ? intern(collector->vertices->session->names, "ask", 3) : 0;
}

static void add_vertex(Collector *collector, uint32_t place) {
  Vertices *vertices = collector->vertices;
  Node node = collector->form->order.data[place];
  Vertex vertex = {.alone = alone_digest(collector, place), .first = vertices->below.len};
  vertex.skeleton = skeleton_digest(collector, place);
  vertex.name = call_name(collector, node);
  Span span = collector->graph->span_of.data[node];
  if (vertex.name && span.hi) vec_push(&collector->called, (Called){span.lo, vertices->all.len});
  collector->vertex[place] = vertices->all.len;
  vec_push(&vertices->all, vertex);
}

/* ---- volatile calls ---- */

static bool is_volatile(const Collector *collector, uint32_t place) {
  const Graph *graph = collector->graph;
  Node node = collector->form->order.data[place];
  if (graph_op(graph, node) != OP_TASK) return graph_op(graph, node) == OP_ASK;
  return graph->tasks.data[graph->data.data[node]].is_volatile;
}

/* Two uses of one volatile call are not two calls: a call that several use is not looked into. */
static void cut_shared(Collector *collector, uint32_t first, uint32_t first_below) {
  Vertices *vertices = collector->vertices;
  uint32_t count = vertices->all.len - first;
  uint8_t *uses = mem_zero(count + 1), *cut = mem_zero(count + 1);
  for (uint32_t k = first_below; k < vertices->below.len; k++) {
    uint8_t *use = &uses[vertices->below.data[k] - first];
    *use = *use < 2 ? *use + 1 : 2;
  }
  for (uint32_t p = 0; p < form_count(collector->form); p++)
    if (collector->kind[p] == KIND_VERTEX && is_volatile(collector, p))
      cut[collector->vertex[p] - first] = uses[collector->vertex[p] - first] > 1;
  for (uint32_t k = first_below; k < vertices->below.len; k++)
    if (cut[vertices->below.data[k] - first]) vertices->below.data[k] = VERTEX_NONE;
  free(uses);
  free(cut);
}

void vertices_add(Vertices *vertices, const Form *form) {
  uint32_t count = form_count(form), first = vertices->all.len, first_below = vertices->below.len;
  Collector collector = {.vertices = vertices,
                         .form = form,
                         .graph = form->graph,
                         .kind = mem_alloc(count + 1),
                         .size = mem_alloc((count + 1) * sizeof(uint32_t)),
                         .vertex = mem_alloc((count + 1) * sizeof(uint32_t))};
  for (uint32_t place = 0; place < count; place++) {
    classify(&collector, place);
    if (collector.kind[place] == KIND_VERTEX) add_vertex(&collector, place);
  }
  cut_shared(&collector, first, first_below);
  find_places(&collector);
  free(collector.kind);
  free(collector.size);
  free(collector.vertex);
  vec_free(&collector.stack);
  vec_free(&collector.called);
  map_free(&collector.names);
}

void vertices_free(Vertices *vertices) {
  vec_free(&vertices->all);
  vec_free(&vertices->below);
}
