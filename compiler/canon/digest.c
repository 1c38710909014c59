#include "canon/digest.h"

#include "ir/rewrite.h"
#include "ir/text.h"

#include <string.h>

static const char *const view_names[VIEW_COUNT] = {
#define VIEW(view, name, what) [view] = name,
#include "canon/views.def"
#undef VIEW
};

View view_find(const char *name) {
  View view = 0;
  while (view < VIEW_COUNT && strcmp(view_names[view], name) != 0) view++;
  return view;
}

const char *view_name(View view) { return view_names[view]; }

/* ---- digests ---- */

int digest_compare(Digest a, Digest b) {
  if (a.high != b.high) return a.high < b.high ? -1 : 1;
  return a.low < b.low ? -1 : a.low > b.low;
}

/* Two lanes that are mixed differently. */
Digest digest_add(Digest digest, uint64_t value) {
  uint64_t high = hash_add(digest.high, value);
  uint64_t low = hash_mix((digest.low ^ (value * 0xd6e8feb86659fd93ULL)) * 0xa0761d6478bd642fULL +
                          digest.high);
  return (Digest){high, low};
}

Digest digest_add_digest(Digest digest, Digest other) {
  return digest_add(digest_add(digest, other.high), other.low);
}

Digest digest_add_text(Digest digest, const char *bytes, size_t len) {
  digest = digest_add(digest, len);
  for (; len >= 8; bytes += 8, len -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    digest = digest_add(digest, word);
  }
  uint64_t tail = 0;
  memcpy(&tail, bytes, len);
  return digest_add(digest, tail);
}

/* ---- names and types, told by their text ---- */

typedef struct Known {
  Map at; /* number to place + 1 */
  VEC(Digest) digests;
} Known;

typedef struct Maker {
  Digests *into;
  const Graph *graph;
  View view;
  Known syms, types;
  const Map *depths; /* of open variables, + 1; NULL: none are open */
  VEC(Node) args;    /* of one node */
  VEC(Digest) unordered;
} Maker;

static Digest add_sym(Maker *maker, Digest digest, Sym sym) {
  uint32_t at = map_get(&maker->syms.at, sym);
  if (!at) {
    const Interner *names = maker->graph->session->names;
    vec_push(&maker->syms.digests, digest_add_text((Digest){0}, sym_text(names, sym), sym_len(names, sym)));
    map_put(&maker->syms.at, sym, at = maker->syms.digests.len);
  }
  return digest_add_digest(digest, maker->syms.digests.data[at - 1]);
}

static Digest add_type(Maker *maker, Digest digest, TypeId type) {
  uint32_t at = map_get(&maker->types.at, type);
  if (!at) {
    Text text = {0};
    type_print(maker->graph->types, type, &text);
    vec_push(&maker->types.digests, digest_add_text((Digest){0}, text.data ? text.data : "", text.len));
    text_free(&text);
    map_put(&maker->types.at, type, at = maker->types.digests.len);
  }
  return digest_add_digest(digest, maker->types.digests.data[at - 1]);
}

/* ---- nodes ---- */

static Digest add_literal(Maker *maker, Digest digest, const Literal *literal) {
  uint64_t bits;
  digest = digest_add(digest, literal->kind);
  if (literal->kind == LIT_STRING) return add_sym(maker, digest, literal->text);
  memcpy(&bits, &literal->integer, sizeof bits);
  return literal->kind == LIT_UNIT || literal->kind == LIT_ABSENT ? digest : digest_add(digest, bits);
}

/* A literal that a template would make a parameter of. */
static bool is_parameter(const Maker *maker, Node node) {
  if (maker->view == VIEW_EXACT || graph_op(maker->graph, node) != OP_LIT) return false;
  LiteralKind kind = graph_literal(maker->graph, node)->kind;
  return kind == LIT_INT || kind == LIT_FLOAT || kind == LIT_STRING;
}

/* Whether a node's own digest does not tell it from others of its kind. */
static bool is_anonymous(const Maker *maker, Node node) {
  Op op = graph_op(maker->graph, node);
  return op == OP_TOKEN || is_parameter(maker, node) || (op == OP_INPUT && maker->view == VIEW_SHAPE);
}

static Digest node_data(Maker *maker, Node node) {
  const Graph *graph = maker->graph;
  Op op = graph_op(graph, node);
  uint32_t data = graph->data.data[node];
  Digest digest = digest_add((Digest){0}, op);
  if (op == OP_TASK) return digest_add_digest(digest, maker->into->tasks[data]);
  digest = add_type(maker, digest, graph_type(graph, node));
  switch (data_form(op)) {
    case DATA_NAME:
      return op == OP_INPUT && maker->view == VIEW_SHAPE ? digest : add_sym(maker, digest, data);
    case DATA_LITERAL:
      return is_parameter(maker, node) ? digest : add_literal(maker, digest, graph_literal(graph, node));
    case DATA_NUMBER:
      if ((op == OP_INDEX || op == OP_STATE) && data & OPEN_VARIABLE)
        data = OPEN_VARIABLE | map_get(maker->depths, node);
      return op == OP_TOKEN ? digest : digest_add(digest, data);
    default:
      return digest;
  }
}

static int by_digest(const void *a, const void *b) {
  return digest_compare(*(const Digest *)a, *(const Digest *)b);
}

uint32_t digest_args(const Digests *digests, Node node, Node *args) {
  const Graph *graph = digests->graph;
  uint32_t count = graph_arity(graph, node), kept = 0;
  bool once = digests->view == VIEW_SHAPE && graph_op(graph, node) == OP_ARRAY;
  Map seen = {0};
  for (uint32_t k = 0; k < count; k++) {
    Node arg = graph_arg(graph, node, k);
    if (once && map_get(&seen, digests->nodes[arg].low)) continue;
    if (once) map_put(&seen, digests->nodes[arg].low, 1);
    args[kept++] = arg;
  }
  map_free(&seen);
  return kept;
}

/* Operands whose order means nothing are taken in the order of their digests. */
static Digest node_digest(Maker *maker, Node node) {
  Digests *into = maker->into;
  maker->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(maker->graph, node); k++) vec_push(&maker->args, 0);
  uint32_t count = digest_args(into, node, maker->args.data), ordered = unordered_from(maker->graph, node);
  Digest digest = digest_add(into->data[node], count);
  maker->unordered.len = 0;
  for (uint32_t k = 0; k < count; k++) {
    Digest known = into->nodes[maker->args.data[k]];
    if (k < ordered)
      digest = digest_add_digest(digest, known);
    else
      vec_push(&maker->unordered, known);
  }
  uint32_t rest = maker->unordered.len;
  if (rest > 1) qsort(maker->unordered.data, rest, sizeof(Digest), by_digest);
  for (uint32_t k = 0; k < rest; k++) digest = digest_add_digest(digest, maker->unordered.data[k]);
  return digest;
}

static void take_node(Maker *maker, Node node) {
  Digests *into = maker->into;
  const Graph *graph = maker->graph;
  into->data[node] = node_data(maker, node);
  into->nodes[node] = node_digest(maker, node);
  bool anonymous = is_anonymous(maker, node);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    anonymous |= into->anonymous[graph_arg(graph, node, k)];
  into->anonymous[node] = anonymous;
}

/* ---- tasks ---- */

/* A word of a command that a template would make a parameter of: a number, or the name of a file. */
static bool is_file_or_number(const char *word, size_t len) {
  bool sign = memchr(word, '/', len) || memchr(word, '.', len);
  return len && (sign || (*word >= '0' && *word <= '9'));
}

static Digest add_words(Digest digest, const char *text) {
  static const char blanks[] = " \t\n\"'=,:;|&<>()";
  while (*text) {
    size_t between = strspn(text, blanks), len = strcspn(text + between, blanks);
    digest = digest_add_text(digest, text, between);
    text += between;
    digest = is_file_or_number(text, len) ? digest_add(digest, 0) : digest_add_text(digest, text, len);
    text += len;
  }
  return digest;
}

static Digest add_node(Maker *maker, Digest digest, Node node) {
  return node == NODE_NONE ? digest_add(digest, 0) : digest_add_digest(digest, maker->into->nodes[node]);
}

static Digest add_pieces(Maker *maker, Digest digest, const Task *task) {
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    bool text = piece->node == NODE_NONE;
    digest = digest_add(digest, (uint64_t)(text ? 0 : 1 + 2 * piece->raw) | (uint64_t)piece->ends_word << 8);
    if (!text)
      digest = add_node(maker, digest, piece->node);
    else if (maker->view == VIEW_EXACT)
      digest = add_sym(maker, digest, piece->text);
    else
      digest = add_words(digest, name_of(maker->graph->session, piece->text));
  }
  return digest;
}

/* What a task asks for (time, memory, …) is no part of what it is. */
static Digest add_attrs(Maker *maker, Digest digest, const Task *task) {
  static const AttrKind relevant[] = {ATTR_IMAGE, ATTR_STDIN, ATTR_ACCEPT};
  for (size_t i = 0; i < sizeof relevant / sizeof *relevant; i++)
    digest = add_node(maker, digest, task->attrs[relevant[i]]);
  digest = digest_add(digest, task->env_count);
  for (uint32_t i = 0; i < task->env_count; i++)
    digest = add_node(maker, add_sym(maker, digest, task->env[i].name), task->env[i].node);
  digest = digest_add(digest, task->stage_count);
  for (uint32_t i = 0; i < task->stage_count; i++)
    digest = add_node(maker, add_node(maker, digest, task->stage[i].file), task->stage[i].name);
  return digest;
}

static Digest add_ports(Maker *maker, Digest digest, const Port *ports, uint32_t count) {
  digest = digest_add(digest, count);
  for (uint32_t i = 0; i < count; i++) digest = add_type(maker, digest, ports[i].type);
  return digest;
}

static Digest task_digest(Maker *maker, const Task *task) {
  Digest digest = digest_add((Digest){0}, task->is_volatile);
  digest = add_ports(maker, digest, task->ins, task->in_count);
  digest = add_ports(maker, digest, task->outs, task->out_count);
  if (maker->view == VIEW_SHAPE) return digest;
  digest = task->direct ? digest_add(digest, 1) : add_sym(maker, digest_add(digest, 2), task->interpreter);
  digest = add_pieces(maker, digest_add(digest, task->piece_count), task);
  for (uint32_t i = 0; i < task->out_count; i++) digest = add_node(maker, digest, task->outs[i].node);
  return add_attrs(maker, digest, task);
}

/* ---- the whole ---- */

static void mark(uint8_t *marks, Node node) {
  if (node != NODE_NONE) marks[node] = 1;
}

/* What the program reaches, without what tasks are made of. */
static uint8_t *program_marks(const Graph *graph) {
  uint8_t *marks = mem_zero(graph_count(graph) + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) mark(marks, graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++) mark(marks, graph->effects.data[i]);
  for (uint32_t i = 0; i < graph->inputs.len; i++) mark(marks, graph->inputs.data[i].node);
  for (Node n = graph_count(graph); n-- > 0;)
    for (uint32_t k = 0; marks[n] && k < graph_arity(graph, n); k++) marks[graph_arg(graph, n, k)] = 1;
  return marks;
}

static void maker_end(Maker *maker) {
  map_free(&maker->syms.at);
  vec_free(&maker->syms.digests);
  map_free(&maker->types.at);
  vec_free(&maker->types.digests);
  vec_free(&maker->args);
  vec_free(&maker->unordered);
}

static Digests digests_new(const Graph *graph, View view, uint32_t count) {
  return (Digests){.graph = graph,
                   .view = view,
                   .nodes = mem_alloc(count * sizeof(Digest)),
                   .data = mem_alloc(count * sizeof(Digest)),
                   .tasks = mem_alloc((graph->tasks.len + 1) * sizeof(Digest)),
                   .anonymous = mem_alloc(count)};
}

void digests_of(const Graph *graph, View view, Digests *digests) {
  *digests = digests_new(graph, view, graph_count(graph) + 1);
  digests->reachable = program_marks(graph);
  Maker maker = {.into = digests, .graph = graph, .view = view};
  uint8_t *all = graph_reachable(graph);
  /* Tasks are made of nodes that call none. */
  for (Node node = 0; node < graph_count(graph); node++)
    if (all[node] && !(graph->below.data[node] & FLAG_E)) take_node(&maker, node);
  for (uint32_t i = 0; i < graph->tasks.len; i++)
    digests->tasks[i] = task_digest(&maker, &graph->tasks.data[i]);
  for (Node node = 0; node < graph_count(graph); node++)
    if (digests->reachable[node] && graph->below.data[node] & FLAG_E) take_node(&maker, node);
  free(all);
  maker_end(&maker);
}

void digests_end(Digests *digests) {
  free(digests->nodes);
  free(digests->data);
  free(digests->tasks);
  free(digests->reachable);
  free(digests->anonymous);
}

/* ---- of a graph that grows ---- */

struct Digester {
  Digests digests;
  Maker maker;
  Map depths;
  uint8_t *known; /* whether the node's digest is there */
  uint32_t room;
  VEC(Node) stack;
};

Digester *digester_new(const Graph *graph) {
  Digester *digester = mem_alloc(sizeof *digester);
  *digester = (Digester){.room = graph_count(graph) * 2 + 64};
  digester->digests = digests_new(graph, VIEW_EXACT, digester->room);
  digester->known = mem_zero(digester->room);
  digester->maker = (Maker){
      .into = &digester->digests, .graph = graph, .view = VIEW_EXACT, .depths = &digester->depths};
  return digester;
}

void digester_free(Digester *digester) {
  digests_end(&digester->digests);
  maker_end(&digester->maker);
  map_free(&digester->depths);
  vec_free(&digester->stack);
  free(digester->known);
  free(digester);
}

void digester_open(Digester *digester, Node variable, uint32_t depth) {
  map_put(&digester->depths, variable, depth + 1);
}

void digester_scope(Digester *digester, const Scope *scope) {
  uint32_t depth = 0;
  for (const Scope *outer = scope->parent; outer; outer = outer->parent) depth += outer->count;
  for (uint32_t k = 0; k < scope->count; k++) digester_open(digester, scope->by[k], depth + k);
}

uint32_t digester_depth(const Digester *digester, Node variable) {
  return map_get(&digester->depths, variable);
}

static void make_room(Digester *digester, uint32_t count) {
  Digests *digests = &digester->digests;
  if (count <= digester->room) return;
  uint32_t before = digester->room, room = count * 2;
  digests->nodes = mem_resize(digests->nodes, room * sizeof(Digest));
  digests->data = mem_resize(digests->data, room * sizeof(Digest));
  digests->anonymous = mem_resize(digests->anonymous, room);
  digester->known = mem_resize(digester->known, room);
  memset(digester->known + before, 0, room - before);
  digester->room = room;
}

static bool wait_for_args(Digester *digester, Node node) {
  const Graph *graph = digester->digests.graph;
  uint32_t before = digester->stack.len;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (!digester->known[arg]) vec_push(&digester->stack, arg);
  }
  return digester->stack.len > before;
}

Digest digester_of(Digester *digester, Node node) {
  make_room(digester, node + 1);
  uint32_t bottom = digester->stack.len;
  vec_push(&digester->stack, node);
  while (digester->stack.len > bottom) {
    Node top = vec_last(&digester->stack);
    if (!digester->known[top] && wait_for_args(digester, top)) continue;
    if (!digester->known[top]) take_node(&digester->maker, top);
    digester->known[top] = 1;
    digester->stack.len--;
  }
  return digester->digests.nodes[node];
}

static void want(void *self, Node *node) { digester_of(self, *node); }

Digest digester_task(Digester *digester, uint32_t number) {
  Task *task = &digester->digests.graph->tasks.data[number];
  task_each_node(task, want, digester);
  return digester->digests.tasks[number] = task_digest(&digester->maker, task);
}
