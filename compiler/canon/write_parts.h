/* write_parts.h: what the files of the writer share.
 *
 * A graph has no regions, and source has blocks. So the first thing is to find out what is written where: an *item* is a
 * node in the scope that it belongs to, the innermost one whose variable it mentions (one node can be in several, since
 * equal terms are one). Items are visited from the outputs down; then, users first, each gets the innermost block that
 * all its uses lie in. Items used more than once, tasks and the like are steps of their block, all others are written
 * where they are used. */
#ifndef WEFT_CANON_WRITE_PARTS_H
#define WEFT_CANON_WRITE_PARTS_H

#include "canon/write.h"

#define NONE UINT32_MAX
enum { MOST_DEPTH = 200 /* of blocks */, MOST_RECURSION = 8000 };

typedef VEC(Node) Nodes;

typedef enum Form {
  FORM_NODE,     /* its operation on its operands */
  FORM_VARIABLE, /* the variable of a clause of its scope */
  FORM_STATE,    /* the first or second state of its scope */
  FORM_NEXT      /* in the condition of a loop: the next state, or a part of it */
} Form;

typedef struct Item {
  Node node;
  uint32_t scope, block;
  uint32_t
      inner; /* of a binder: its scope; of a choice written as `if`: the block of its first arm; else NONE */
  uint32_t uses, level;
  uint32_t place;  /* FORM_VARIABLE: number of the clause */
  uint32_t output; /* number of the output that it is written as, or NONE */
  TypeId natural;  /* the type that its text has where none is asked for */
  Sym name;        /* of a step that has been written; FORM_NEXT: what it is of the state `@` */
  uint8_t form;    /* Form */
  bool done, step, value, effect, wrap;
} Item;

typedef enum ClauseKind { CLAUSE_ARRAY, CLAUSE_RANGE, CLAUSE_INDICES, CLAUSE_COMPACT } ClauseKind;

/* `for x in xs`: xs is an array, or what stands in `range(…)`, `indices(…)` or `compact(…)`. */
typedef struct For {
  uint8_t kind;
  bool used;
  bool base;    /* one of the sets that the index runs over */
  bool foreign; /* an array that none of these is said to be of */
  Node source;
  Sym name;
} For;

typedef struct Scope {
  uint32_t parent, binder; /* NONE: the root, a task, a function */
  uint32_t header, block;  /* of its clauses, of its body */
  uint32_t stop;           /* of a loop: the scope of its condition */
  Node variables[2];
  uint32_t count;
  bool sealed;   /* nothing outside can be seen */
  bool filtered; /* goes over arrays that are filtered already */
  bool rolled;   /* a loop whose condition is kept in the state: it cannot be said of the next one */
  VEC(For) clauses;
  Node condition; /* the filter as it is written, or NODE_NONE */
  Node option;    /* of `for x in compact(…)`: what x is inside of, or NODE_NONE */
  Sym names[2];   /* of states */
  Node value;     /* of the body, without what it waits for */
  Nodes after, effects;
  Map next; /* of the condition of a loop: nodes to the fields of the next state, + 1 */
} Scope;

typedef struct Region {
  uint32_t parent, scope, depth;
  bool no_steps;
  bool arm; /* done only if a condition says so */
  VEC(uint32_t) steps;
} Region;

struct Carry;

typedef struct Writer {
  const Graph *graph;
  Graph *made;         /* the same, for arrays that are written though they were not there */
  Map *carried;        /* these arrays */
  Map arms;            /* of a volatile call: in how many arms it is done, + 1 */
  uint8_t *tokens;     /* marks of what volatile calls are in */
  struct Carry *carry; /* while they are looked for */
  WriteOptions options;
  VEC(Item) items;
  VEC(Scope) scopes;
  VEC(Region) blocks;
  VEC(uint32_t) order; /* items, operands first */
  VEC(uint32_t) stack;
  Map item_of;         /* scope << 32 | node, to item + 1 */
  uint8_t *marks;      /* reachable nodes, of those that were there */
  uint32_t marked;     /* their number */
  Node truth, zero;    /* the literals, or NODE_NONE */
  Map taken;           /* names in use */
  Map suffix;          /* of a name: the next number behind it */
  Map helper_of;       /* type to the name of the function that makes values it */
  Map task_names;      /* of tasks written: name */
  VEC(uint32_t) tasks; /* in order of first use */
  Text helpers;        /* functions that the flow needs */
  Text *out;
  const Task *task; /* whose expressions are being written */
  uint32_t indent, depth, counters[4];
  uint32_t flat; /* inside of a string: no new lines */
  bool failed;
} Writer;

/* ---- scan.c: items, scopes and blocks ---- */
uint32_t write_scan_block(Writer *writer, uint32_t parent, uint32_t scope, bool no_steps);
/* A scope that sees nothing outside, and its block. */
uint32_t write_scan_sealed(Writer *writer, bool no_steps);
uint32_t write_scan_item(Writer *writer, uint32_t scope, Node node);
/* Visit what a term of a scope is made of, operands first. */
void write_scan_term(Writer *writer, uint32_t scope, Node node);
/* Place the items from `from` on in the order, after all uses from outside were told. */
void write_scan_place(Writer *writer, uint32_t from);
/* A use of a term from a block; `value`: as its value. */
void write_scan_use(Writer *writer, uint32_t scope, Node node, uint32_t block, bool value, uint32_t level);

/* ---- forms.c: how operations are written ---- */
typedef enum Slot {
  SLOT_HERE,
  SLOT_SAME,
  SLOT_THEN,
  SLOT_ELSE,
  SLOT_HEADER,
  SLOT_BODY,
  SLOT_EFFECT,
  SLOT_STOP,
  SLOT_OTHER
} Slot;
typedef void Operand(Writer *writer, uint32_t user, uint32_t scope, Node node, Slot slot);
/* Call `visit` for each term that the text of an item is made of, in order. */
void write_each_operand(Writer *writer, uint32_t item, Operand *visit);
typedef enum ChoiceForm { CHOICE_IF, CHOICE_AND, CHOICE_OR, CHOICE_ELSE, CHOICE_CONVERT } ChoiceForm;
ChoiceForm write_choice_form(const Writer *writer, Node node);
bool write_literal_kind(const Graph *graph, Node node, LiteralKind kind);
/* A result of a task that has one only: written as the call. */
bool write_is_call_value(const Graph *graph, Node node);
/* `() after x`: what is done only for its effect. */
bool write_is_only_done(const Graph *graph, Node node);
/* The value and the first operand that a fold in any grouping begins with; false: it is not made of such. */
bool write_reduce_init(const Graph *graph, Node array, Node *init);
/* The most rounds of a loop as they are written. */
Node write_loop_rounds(const Graph *graph, Node node);
/* Whether operand `k`, behind the inputs, is something that a call comes after. */
bool write_is_wait(const Graph *graph, Node node, uint32_t k);

/* ---- bind.c: scopes of binders ---- */
void write_bind_open(Writer *writer, uint32_t item);
/* The blocks of a binder whose place is known. */
void write_bind_place(Writer *writer, uint32_t item);
bool write_bind_emits(const Scope *scope, const For *clause);
/* Append those effects that neither the roots nor later effects show. */
void write_effects_select(const Graph *graph, const Nodes *roots, const Nodes *effects, Nodes *into);
/* The task, question or rounds with such inside that an effect is about, or NODE_NONE. */
Node write_effect_core(const Graph *graph, Node effect);
/* Remember where an effect is done. */
void write_effect_place(Writer *writer, Node effect);
/* The form of a new item of a scope. */
void write_bind_form(Writer *writer, Item *item);

/* ---- nature.c ---- */
TypeId write_natural_type(Writer *writer, uint32_t item);
bool write_parts_say_type(Writer *writer, uint32_t scope, Node node, Node first, Node second);

/* ---- names.c ---- */
void write_names_reserve(Writer *writer);
/* A name that is not in use, like `wanted`, and in use from now on. */
Sym write_name_new(Writer *writer, const char *wanted);
void write_name_release(Writer *writer, Sym name);
typedef enum NameKind { NAME_STEP, NAME_VARIABLE, NAME_TASK, NAME_HELPER } NameKind;
/* The same by kind: numbered where `wanted` is 0 or names are not kept. */
Sym write_name_fresh(Writer *writer, NameKind kind, Sym wanted);
Sym write_name_task(Writer *writer, uint32_t task);
Sym write_name_clause(Writer *writer, uint32_t scope, const For *clause);

/* ---- literal.c ---- */
void write_string_text(Writer *writer, Sym text, bool block);
void write_literal(Writer *writer, Node node, int level);
/* Behind a number: what makes it a quantity of another unit, ` * 1 s`. */
void write_unit_cast(Writer *writer, TypeId from, TypeId to);

/* ---- expr.c ---- */
/* What the place says of the type: the text has to have the node's; whatever it is, it is joined with others; it is
 * converted to the node's. */
typedef enum Ask { ASK_EXACT, ASK_ANY, ASK_TYPE } Ask;
enum { LEVEL_STEP = -1 }; /* `after` can follow */
void write_term(Writer *writer, uint32_t scope, Node node, int level, Ask ask);
void write_item(Writer *writer, uint32_t item, int level, Ask ask);
void write_sym(Writer *writer, Sym sym);
void write_newline(Writer *writer);
void write_string(Writer *writer, uint32_t scope, Node node, bool block);
void write_after(Writer *writer, uint32_t scope, const Node *nodes, uint32_t count);
/* `a != b` for `a == b`. */
void write_unequal(Writer *writer, uint32_t scope, Node equal, int level);
/* What a step is bound to. */
void write_definition(Writer *writer, uint32_t item);
void write_type(Writer *writer, TypeId type);

/* ---- block.c ---- */
void write_block(Writer *writer, uint32_t block, uint32_t scope, Node value, Ask ask);
void write_choice(Writer *writer, uint32_t item, int level, Ask ask);
/* Clauses, filter and body. */
void write_for(Writer *writer, uint32_t item, Ask ask);
/* A `flatten` as several clauses; false if it is none. */
bool write_cross(Writer *writer, uint32_t item, int level);
void write_steps(Writer *writer, uint32_t block);
void write_binder(Writer *writer, uint32_t item, int level, Ask ask);
void write_clauses(Writer *writer, uint32_t scope);

/* A function that combines two, for a fold in any grouping; its name. */
void write_combiner(Writer *writer, uint32_t item);

/* ---- task.c ---- */
void write_task(Writer *writer, uint32_t task);
/* `## …` on lines of its own. */
void write_doc(Writer *writer, Sym doc);
/* `name: type`, with its value if it has one. */
void write_ports(Writer *writer, const Port *ports, uint32_t count, uint32_t scope, bool values);

enum {
  LEVEL_OPEN,
  LEVEL_COALESCE = 5,
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_COMPARE,
  LEVEL_UNCERTAIN,
  LEVEL_SUM,
  LEVEL_PRODUCT,
  LEVEL_UNARY,
  LEVEL_POSTFIX
};

/* ---- write.c ---- */
void write_begin(Writer *writer, Graph *graph, WriteOptions options, Map *carried);
void write_end(Writer *writer);
/* Visit what the flow is made of, in its scope, and tell of the uses of its outputs and effects. */
void write_scan_flow(Writer *writer, uint32_t scope);

/* ---- carry.c ---- */
/* Make the arrays of work that several loops share. */
void write_carry(Graph *graph, WriteOptions options, Map *carried);

#endif
