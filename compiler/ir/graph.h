/* graph.h: the typed, hash-consed, region-free dataflow graph.
 *
 * A node is an operation on earlier nodes; equal nodes are one node.  Arrays are functions from an
 * index set, so a `for` is no region but a binder: `collect(i, c, e)` is the array of `e` for every `i`
 * of the set at which `c` holds, `element(a, i)` its inverse.  The set itself is a node
 * (`dim.of xs`, `dim.range n`, `dim.zip …`), and an index is a variable over it.
 *
 * Bound variables have no names.  While a body is built its variable is *open*: a number of its own
 * (graph_open_*).  When the binder closes over it, it gets the least rank that no binder inside has
 * for the same index set (states: any state), so equal terms are equal nodes wherever they stand
 * (the device of E. Axelsson and K. Claessen, "Using Circular Programs for Higher-Order Syntax", 2013). */
#ifndef WEFT_IR_GRAPH_H
#define WEFT_IR_GRAPH_H

#include "base/hash.h"
#include "base/session.h"
#include "front/types.h"

typedef uint32_t Node;
#define NODE_NONE UINT32_MAX

typedef enum Op {
#define OP(op, ...) op,
#include "ir/ops.def"
#undef OP
  OP_COUNT_
} Op;

enum {
  FLAG_F = 1 << 0,
  FLAG_C = 1 << 1,
  FLAG_A = 1 << 2,
  FLAG_I = 1 << 3,
  FLAG_B = 1 << 4,
  FLAG_E = 1 << 5,
  FLAG_W = 1 << 6,
  FLAG_D = 1 << 7,
  BELOW_VOLATILE =
      FLAG_C /* in `below` alone, where the flags of single operations have no place: a volatile call */
};

typedef struct OpInfo {
  const char *text;
  int arity;
  unsigned flags;
} OpInfo;
extern const OpInfo op_info[OP_COUNT_];

typedef enum ReadFormat { READ_TEXT, READ_LINES, READ_JSON, READ_TSV, READ_CSV } ReadFormat;

typedef enum LiteralKind { LIT_UNIT, LIT_BOOL, LIT_INT, LIT_FLOAT, LIT_STRING, LIT_ABSENT } LiteralKind;
typedef struct Literal {
  uint8_t kind; /* LiteralKind; LIT_FLOAT also for quantities, in base units */
  union {
    int64_t integer;
    double number;
    Sym text;
  };
} Literal;

typedef enum AttrKind {
#define ATTR(attr, ...) attr,
#include "ir/attrs.def"
#undef ATTR
  ATTR_COUNT
} AttrKind;

typedef struct Port {
  Sym name, doc;
  TypeId type;
  Span span;
  Node node;        /* a task's output: its value; a program's input: its default or NODE_NONE */
  Sym default_text; /* as written */
} Port;

/* A piece of a command: text, or a value. */
typedef struct Piece {
  Sym text;
  Node node;      /* NODE_NONE: text */
  bool raw;       /* not quoted */
  bool ends_word; /* direct commands */
  uint8_t quoted; /* Quoted: where in the command's quotes a value stands */
} Piece;

typedef struct Named {
  Sym name;
  Node node;
} Named; /* env: name, String; stage: name of the file (a String node), … */
typedef struct Staged {
  Node file, name;
} Staged;

/* A task, once: its expressions are nodes over OP_PARAM. */
typedef struct Task {
  Sym name, doc;
  Span span;
  bool is_volatile, assoc, comm;
  bool direct;     /* pieces are the words of one program's call */
  Sym interpreter; /* "sh", "bash", "python3", …; unused when direct */
  uint32_t in_count, out_count, piece_count, env_count, stage_count;
  Port *ins, *outs;
  Piece *pieces;
  Node attrs[ATTR_COUNT]; /* NODE_NONE where not given; ATTR_ENV and ATTR_STAGE are the lists below */
  Named *env;
  Staged *stage;
  TypeId in_type, out_type; /* records of all ports */
} Task;

typedef struct Output {
  Sym name;
  Node node;
  Span span;
} Output;

struct Term;
typedef struct Graph Graph;

/* A local rule: what a term is the same as, or NODE_NONE; see ir/simplify.h. */
typedef Node Rule(Graph *graph, const struct Term *term);
/* The rule of an operation and the law that it applies, unless it says another. */
typedef struct RuleRow {
  Rule *rule;
  uint8_t law; /* Law */
} RuleRow;
extern const RuleRow simplify_rules[OP_COUNT_];

struct Graph {
  Session *session;
  Types *types;
  Sym name, doc;
  Span span;
  /* nodes, structure of arrays; operands of n are pool[first[n]] … pool[first[n + 1] - 1] */
  VEC(uint8_t) op;
  VEC(TypeId) type;
  VEC(uint32_t) data;
  VEC(uint32_t) first; /* one more than nodes */
  VEC(uint32_t) vars;  /* set of free variables, interned (ir/varset.h): 0 means closed */
  VEC(uint8_t) below;  /* flags F, E, W of it and of everything below it; BELOW_VOLATILE */
  VEC(Span) span_of;   /* where it was first made; no part of identity */
  VEC(Sym) name_of;    /* the step that it was first bound to, or 0; no part of identity */
  VEC(Node) pool;
  VEC(Literal) literals;
  VEC(Task) tasks;
  VEC(Port) inputs;
  VEC(Output) outputs;
  VEC(Node) effects; /* volatile work that no output shows; done all the same */
  uint64_t *table;   /* hash-consing: hash and node + 1, or 0 */
  uint32_t table_size;
  Map literal_map;
  struct VarSets *sets;
  struct Ranges *ranges; /* what graph_range has opened; see ir/ranges.h */
  uint32_t next_open, next_token;
  const RuleRow
      *rules; /* what graph_make applies: simplify_rules; NULL: nothing, nodes stay as they are said */
  const RuleRow *more; /* rules that are tried after these, or NULL: the canonical form's */
  struct Trace *trace; /* what rewriting did; NULL: not recorded. See ir/trace.h */
  uint8_t law;         /* the one that the rule under way applies */
  uint32_t limit;      /* most nodes; beyond it `full` is set and nodes repeat */
  bool full;
  bool exhausted; /* a budget of the normal form ran out: it is right, but an equal graph may have another */
};

#define OPEN_VARIABLE 0x80000000u /* in data of OP_INDEX and OP_STATE that no binder has closed over yet */

Graph *graph_new(Session *session, Types *types);
void graph_free(Graph *graph);

static inline Op graph_op(const Graph *graph, Node node) { return (Op)graph->op.data[node]; }
static inline TypeId graph_type(const Graph *graph, Node node) { return graph->type.data[node]; }
/* Whether something volatile is done in it: such a term stands in one place alone, and is never put into another. */
static inline bool graph_draws(const Graph *graph, Node node) {
  return (graph->below.data[node] & BELOW_VOLATILE) != 0;
}
static inline uint32_t graph_count(const Graph *graph) { return graph->op.len; }
static inline uint32_t graph_arity(const Graph *graph, Node node) {
  return graph->first.data[node + 1] - graph->first.data[node];
}
static inline Node graph_arg(const Graph *graph, Node node, uint32_t k) {
  return graph->pool.data[graph->first.data[node] + k];
}
static inline Span graph_span(const Graph *graph, Node node) { return graph->span_of.data[node]; }
static inline const Literal *graph_literal(const Graph *graph, Node node) {
  return &graph->literals.data[graph->data.data[node]];
}

/* From which operand on an operation only waits for what is there; `count` operands: it waits for none. */
uint32_t op_waits_from(const Graph *graph, Op op, uint32_t data, uint32_t count);
/* From which operand on the order means nothing: what comes after something else, both sides of a sum, … */
uint32_t op_unordered_from(const Graph *graph, Op op, uint32_t data, uint32_t count);
static inline uint32_t waits_from(const Graph *graph, Node node) {
  return op_waits_from(graph, graph_op(graph, node), graph->data.data[node], graph_arity(graph, node));
}
static inline uint32_t unordered_from(const Graph *graph, Node node) {
  return op_unordered_from(graph, graph_op(graph, node), graph->data.data[node], graph_arity(graph, node));
}

/* The node as it is said, found or made; nothing is simplified.  For readers and passes. */
Node graph_raw(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count, Span span);
/* The node, simplified by the local rules of simplify.c first (constants folded, projections of records,
 * elements of collects, conditions known, …).  What everyone uses. */
Node graph_make(Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count, Span span);
/* The node if it is there, or NODE_NONE. */
Node graph_find(const Graph *graph, Op op, TypeId type, uint32_t data, const Node *args, uint32_t count);
#define graph_node(graph, op, type, span, ...)                \
  graph_make(graph, op, type, 0, (const Node[]){__VA_ARGS__}, \
             sizeof((const Node[]){__VA_ARGS__}) / sizeof(Node), span)

Node graph_int(Graph *graph, int64_t value);
Node graph_float(Graph *graph, TypeId type, double value); /* Float or a quantity */
Node graph_bool(Graph *graph, bool value);
Node graph_string(Graph *graph, Sym text);
Node graph_unit(Graph *graph);
Node graph_absent(Graph *graph, TypeId option);
/* Any literal, as one of another graph of the session. */
Node graph_literal_node(Graph *graph, TypeId type, Literal literal);
Node graph_project(Graph *graph, Node record, uint32_t field, Span span);
/* Whether a literal of this kind, with its value. */
bool graph_is_bool(const Graph *graph, Node node, bool value);

/* Binders.  Open a variable, build the body with it, close.  An open variable is used by one binder only: closing
 * gives it back, and graph_range may hand it out again. */
Node graph_open_index(Graph *graph, Node dim, Span span);
Node graph_open_state(Graph *graph, TypeId type, Span span);
Node graph_collect(Graph *graph, Node index, Node condition, Node body, Span span);
Node graph_fold(Graph *graph, Node index, Node condition, Node state, Node init, Node next, Span span);
Node graph_reduce(Graph *graph, Node left, Node right, Node combined, Node array, Span span);
Node graph_loop(Graph *graph, Node state, Node init, Node next, Node stop, Node max, Span span);

/* What a `for x in array` ranges over: an open index, the element, and the condition under which it is there.
 * Sees through collects, so that maps of maps and filters fuse as they are built. */
typedef struct Range {
  Node index, element, condition;
} Range;
Range graph_range(Graph *graph, Node array, Span span);
/* The same for arrays walked side by side: one index; elements has `count` places. Conditions only when all
 * arrays are filtered alike. */
Range graph_zip(Graph *graph, const Node *arrays, uint32_t count, Node *elements, Span span);
/* Size of an index set as an Int. */
Node graph_extent(Graph *graph, Node dim, Span span);

/* `node` with free variable `variable` replaced, rebuilt by graph_make. */
Node graph_substitute(Graph *graph, Node node, Node variable, Node by);
/* Whether `variable` occurs free. */
bool graph_mentions(const Graph *graph, Node node, Node variable);

/* Marks (one byte a node, on malloc) of what outputs, effects, defaults and tasks reach. */
uint8_t *graph_reachable(const Graph *graph);

/* The record of all ports; a unit where there is none. */
TypeId ports_record(Graph *graph, const Port *ports, uint32_t count);
/* Visit each node that a task is made of, in a fixed order; it may be replaced. */
void task_each_node(Task *task, void (*visit)(void *self, Node *node), void *self);
/* The same for outputs, effects and defaults of inputs. */
void graph_each_root(Graph *graph, void (*visit)(void *self, Node *node), void *self);

/* The text form: graph_read(graph_print(g)) prints the same again. */
void graph_print(const Graph *graph, Text *into);
Graph *graph_read(Session *session, Types *types, Source *source);
/* Every claim about the graph, checked; NULL, or what is wrong (in the session's arena). */
const char *graph_verify(const Graph *graph);
/* 64 hex digits and a NUL: SHA-256 of what task `task` is: command, ports, outputs, result-relevant attributes. */
void graph_task_identity(const Graph *graph, uint32_t task, char hex[65]);
/* The same of the whole graph's text form with names of steps left out. */
void graph_identity(const Graph *graph, char hex[65]);

#endif
