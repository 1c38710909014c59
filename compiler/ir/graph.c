#include "ir/graph.h"

#include "ir/binder.h"
#include "ir/ranges.h"
#include "ir/simplify.h"
#include "ir/trace.h"
#include "ir/varset.h"

#include <string.h>

const OpInfo op_info[OP_COUNT_] = {
#define OP(op, text, arity, flags) [op] = {text, arity, flags},
#include "ir/ops.def"
#undef OP
};

enum { MOST_NODES = 1 << 26, BELOW = FLAG_F | FLAG_E | FLAG_W };

Graph *graph_new(Session *session, Types *types) {
  Graph *graph = mem_alloc(sizeof *graph);
  *graph = (Graph){.session = session,
                   .types = types,
                   .limit = MOST_NODES,
                   .sets = varsets_new(),
                   .ranges = ranges_new(),
                   .rules = simplify_rules};
  vec_push(&graph->first, 0);
  graph_unit(graph); /* node 0 is what a full graph answers with */
  return graph;
}

void graph_free(Graph *graph) {
  if (!graph) return;
  vec_free(&graph->op);
  vec_free(&graph->type);
  vec_free(&graph->data);
  vec_free(&graph->first);
  vec_free(&graph->vars);
  vec_free(&graph->below);
  vec_free(&graph->span_of);
  vec_free(&graph->name_of);
  vec_free(&graph->pool);
  vec_free(&graph->literals);
  vec_free(&graph->tasks);
  vec_free(&graph->inputs);
  vec_free(&graph->outputs);
  vec_free(&graph->effects);
  map_free(&graph->literal_map);
  varsets_free(graph->sets);
  ranges_free(graph->ranges);
  trace_free(graph->trace);
  free(graph->table);
  free(graph);
}

/* ---- hash-consing ---- */

static uint32_t node_hash(Op op, TypeId type, uint32_t data, const Node *args, uint32_t count) {
  uint64_t hash = hash_mix(((uint64_t)data << 32) | (type << 8) | op);
  for (uint32_t i = 0; i < count; i++) hash = (hash ^ args[i]) * 0x9e3779b97f4a7c15ULL, hash ^= hash >> 29;
  return (uint32_t)hash_mix(hash + count);
}

static bool node_same(const Graph *graph, Node node, Op op, TypeId type, uint32_t data, const Node *args,
                      uint32_t count) {
  return graph->op.data[node] == op && graph->type.data[node] == type && graph->data.data[node] == data &&
         graph_arity(graph, node) == count &&
         (!count || !memcmp(graph->pool.data + graph->first.data[node], args, count * sizeof *args));
}

static void table_grow(Graph *graph) {
  uint32_t old_size = graph->table_size, size = old_size ? old_size * 2 : 256;
  uint64_t *old = graph->table, *table = mem_zero(size * sizeof *table);
  for (uint32_t i = 0; i < old_size; i++) {
    if (!old[i]) continue;
    uint32_t at = (uint32_t)(old[i] >> 32) & (size - 1);
    while (table[at]) at = (at + 1) & (size - 1);
    table[at] = old[i];
  }
  free(old);
  graph->table = table;
  graph->table_size = size;
}

/* Sets of free variables: those of the operands, with the variable itself, without what is bound here. */
static uint32_t node_vars(Graph *graph, Op op, Node node, const Node *args, uint32_t count) {
  uint32_t set = 0;
  for (uint32_t i = 0; i < count; i++) set = varset_union(graph->sets, set, graph->vars.data[args[i]]);
  if (op == OP_INDEX || op == OP_STATE) return varset_add(graph->sets, set, node);
  Binder binder = binder_of(op);
  for (uint32_t k = 0; set && k < binder.count; k++)
    set = varset_remove(graph->sets, set, args[binder.variable[k]]);
  return set;
}

/* A loop may not end, an empty reduction fails, an absent value has no inside, a hole can be anything. */
static uint8_t node_below(const Graph *graph, Op op, const Node *args, uint32_t count) {
  unsigned flags = op_info[op].flags & BELOW;
  if (op == OP_LOOP || op == OP_REDUCE || op == OP_UNWRAP) flags |= FLAG_F;
  if (op == OP_HOLE) flags |= FLAG_F | FLAG_E;
  if (op == OP_TOKEN) flags |= BELOW_VOLATILE;
  for (uint32_t i = 0; i < count; i++) flags |= graph->below.data[args[i]];
  return (uint8_t)flags;
}

/* Append operands, which may lie in the pool themselves. */
static void pool_push(Graph *graph, const Node *args, uint32_t count) {
  size_t at = ((uintptr_t)args - (uintptr_t)graph->pool.data) / sizeof *args;
  bool inside = at < graph->pool.len;
  for (uint32_t i = 0; i < count; i++) {
    Node arg = inside ? graph->pool.data[at + i] : args[i];
    vec_push(&graph->pool, arg);
  }
}

static Node node_push(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count,
                      Span span) {
  Node node = graph_count(graph);
  vec_push(&graph->op, (uint8_t)op);
  vec_push(&graph->type, type);
  vec_push(&graph->data, data);
  pool_push(graph, args, count);
  vec_push(&graph->first, graph->pool.len);
  args = count ? graph->pool.data + graph->first.data[node] : NULL;
  vec_push(&graph->vars, node_vars(graph, op, node, args, count));
  vec_push(&graph->below, node_below(graph, op, args, count));
  vec_push(&graph->span_of, span);
  vec_push(&graph->name_of, 0);
  return node;
}

/* Index sets and indices are no values: they have one type each. */
static TypeId node_type(Op op, TypeId type) {
  if (op_info[op].flags & FLAG_D || op == OP_TOKEN) return T_UNIT;
  return op == OP_INDEX ? T_INT : type;
}

/* Where a node is in the table, or the free place where it belongs. */
static uint32_t table_slot(const Graph *graph, uint32_t hash, Op op, TypeId type, uint32_t data,
                           const Node *args, uint32_t count) {
  uint32_t mask = graph->table_size - 1, at = hash & mask;
  for (; graph->table[at]; at = (at + 1) & mask) {
    if (graph->table[at] >> 32 != hash) continue;
    if (node_same(graph, (Node)graph->table[at] - 1, op, type, data, args, count)) break;
  }
  return at;
}

Node graph_find(const Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count) {
  type = node_type(op, type);
  uint32_t at = table_slot(graph, node_hash(op, type, data, args, count), op, type, data, args, count);
  return graph->table[at] ? (Node)graph->table[at] - 1 : NODE_NONE;
}

Node graph_raw(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count, Span span) {
  if ((uint64_t)(graph_count(graph) + 1) * 3 > (uint64_t)graph->table_size * 2) table_grow(graph);
  type = node_type(op, type);
  uint32_t hash = node_hash(op, type, data, args, count);
  uint32_t at = table_slot(graph, hash, op, type, data, args, count);
  if (graph->table[at]) return (Node)graph->table[at] - 1;
  if (graph_count(graph) >= graph->limit || graph->pool.len >= UINT32_MAX / 2 - count) {
    graph->full = true;
    return 0;
  }
  Node node = node_push(graph, op, type, data, args, count, span);
  graph->table[at] = ((uint64_t)hash << 32) | (node + 1);
  return node;
}

/* ---- literals ---- */

static uint64_t literal_bits(const Literal *literal) {
  uint64_t bits = 0;
  switch ((LiteralKind)literal->kind) {
    case LIT_STRING:
      return literal->text;
    case LIT_UNIT:
    case LIT_ABSENT:
      return 0;
    case LIT_BOOL:
    case LIT_INT:
    case LIT_FLOAT:
      memcpy(&bits, &literal->integer, sizeof bits);
      break;
  }
  return bits;
}

Node graph_literal_node(Graph *graph, TypeId type, Literal literal) {
  uint64_t bits = literal_bits(&literal), key = hash_mix(bits) + literal.kind;
  uint32_t found;
  for (; (found = map_get(&graph->literal_map, key)); key++) {
    const Literal *other = &graph->literals.data[found - 1];
    if (other->kind == literal.kind && literal_bits(other) == bits) break;
  }
  if (!found) {
    vec_push(&graph->literals, literal);
    found = graph->literals.len;
    map_put(&graph->literal_map, key, found);
  }
  return graph_raw(graph, OP_LIT, type, found - 1, NULL, 0, (Span){0});
}

Node graph_int(Graph *graph, int64_t value) {
  return graph_literal_node(graph, T_INT, (Literal){.kind = LIT_INT, .integer = value});
}

Node graph_float(Graph *graph, TypeId type, double value) {
  return graph_literal_node(graph, type, (Literal){.kind = LIT_FLOAT, .number = value});
}

Node graph_bool(Graph *graph, bool value) {
  return graph_literal_node(graph, T_BOOL, (Literal){.kind = LIT_BOOL, .integer = value});
}

Node graph_string(Graph *graph, Sym text) {
  return graph_literal_node(graph, T_STRING, (Literal){.kind = LIT_STRING, .text = text});
}

Node graph_unit(Graph *graph) { return graph_literal_node(graph, T_UNIT, (Literal){.kind = LIT_UNIT}); }

Node graph_absent(Graph *graph, TypeId option) {
  return graph_literal_node(graph, option, (Literal){.kind = LIT_ABSENT});
}

bool graph_is_bool(const Graph *graph, Node node, bool value) {
  if (graph_op(graph, node) != OP_LIT) return false;
  const Literal *literal = graph_literal(graph, node);
  return literal->kind == LIT_BOOL && (literal->integer != 0) == value;
}

Node graph_project(Graph *graph, Node record, uint32_t field, Span span) {
  const Type *type = type_of(graph->types, graph_type(graph, record));
  if (field >= type->count) return graph->full ? 0 : (BUG("field %u of %u", field, type->count), 0);
  return graph_make(graph, OP_PROJECT, type->args[field], field, &record, 1, span);
}

/* ---- operands ---- */

uint32_t op_waits_from(const Graph *graph, Op op, uint32_t data, uint32_t count) {
  switch (op) {
    case OP_TASK:
      return graph->tasks.data[data].in_count;
    case OP_ASK:
      return 4;
    case OP_AFTER:
      return 1;
    default:
      return count;
  }
}

uint32_t op_unordered_from(const Graph *graph, Op op, uint32_t data, uint32_t count) {
  if (op == OP_DIM_ZIP || op_info[op].flags & FLAG_C) return 0;
  return op_waits_from(graph, op, data, count);
}

/* ---- tasks ---- */

TypeId ports_record(Graph *graph, const Port *ports, uint32_t count) {
  if (!count) return T_UNIT;
  Sym *names = ARENA_ARRAY(graph->session->arena, Sym, count);
  TypeId *types = ARENA_ARRAY(graph->session->arena, TypeId, count);
  for (uint32_t i = 0; i < count; i++) {
    names[i] = ports[i].name;
    types[i] = ports[i].type;
  }
  return type_record(graph->types, count, names, types);
}

/* ---- reachable ---- */

static void mark(const Graph *graph, uint8_t *marks, Node node) {
  if (node != NODE_NONE && node < graph_count(graph)) marks[node] = 1;
}

void task_each_node(Task *task, void (*visit)(void *self, Node *node), void *self) {
  for (uint32_t i = 0; i < task->out_count; i++)
    if (task->outs[i].node != NODE_NONE) visit(self, &task->outs[i].node);
  for (uint32_t i = 0; i < task->piece_count; i++)
    if (task->pieces[i].node != NODE_NONE) visit(self, &task->pieces[i].node);
  for (uint32_t i = 0; i < ATTR_COUNT; i++)
    if (task->attrs[i] != NODE_NONE) visit(self, &task->attrs[i]);
  for (uint32_t i = 0; i < task->env_count; i++) visit(self, &task->env[i].node);
  for (uint32_t i = 0; i < task->stage_count; i++) {
    visit(self, &task->stage[i].file);
    visit(self, &task->stage[i].name);
  }
}

void graph_each_root(Graph *graph, void (*visit)(void *self, Node *node), void *self) {
  for (uint32_t i = 0; i < graph->outputs.len; i++) visit(self, &graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++) visit(self, &graph->effects.data[i]);
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    if (graph->inputs.data[i].node != NODE_NONE) visit(self, &graph->inputs.data[i].node);
}

static void mark_visit(void *marks, Node *node) { ((uint8_t *)marks)[*node] = 1; }

uint8_t *graph_reachable(const Graph *graph) {
  uint32_t count = graph_count(graph);
  uint8_t *marks = mem_zero(count + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) mark(graph, marks, graph->outputs.data[i].node);
  for (uint32_t i = 0; i < graph->effects.len; i++) mark(graph, marks, graph->effects.data[i]);
  for (uint32_t i = 0; i < graph->inputs.len; i++) mark(graph, marks, graph->inputs.data[i].node);
  for (uint32_t i = 0; i < graph->tasks.len; i++) task_each_node(&graph->tasks.data[i], mark_visit, marks);
  for (uint32_t n = count; n-- > 0;) /* operands have smaller numbers */
    for (uint32_t k = graph->first.data[n]; marks[n] && k < graph->first.data[n + 1]; k++)
      marks[graph->pool.data[k]] = 1;
  return marks;
}
