/* js_code.h: one expression while it is written.
 *
 * A *block* is a sequence of statements: the function's body, an arm of a choose, a round of a loop, what is computed
 * later.  A *term* is a node within the innermost round whose variable it mentions.  It stands in the innermost block
 * around all its uses, but outside of rounds that it does not depend on; what is not sure to be asked for there is
 * computed later, by the first that asks.  What is used once is written where it is used. */
#ifndef WEFT_EMIT_JS_CODE_H
#define WEFT_EMIT_JS_CODE_H

#include "emit/js.h"

/* How an operation is written, by the kind of a number or value; $0, $1, … are operands, $* all of them, $T the
 * descriptor of the type of the first one. NULL: in another way, or not at all. */
typedef struct JsForm {
  const char *on_int, *on_double, *on_bool, *on_string, *other;
  bool by_result; /* the kind is that of the result, not of the first operand */
  bool light;     /* as well computed again as kept */
} JsForm;
extern const JsForm js_forms[OP_COUNT_];

struct Js {
  const Graph *graph;
  Arena *arena;
  uint32_t *first; /* of each node: its first term in the expression under way, + 1 */
  Text code;       /* all that was written: says which functions are needed */
};

typedef enum BlockKind { BLOCK_FUNCTION, BLOCK_ARM, BLOCK_ROUND, BLOCK_KEPT, BLOCK_LATER } BlockKind;

#define BLOCK_NONE UINT32_MAX

typedef struct Block {
  uint8_t kind;
  uint32_t parent, depth;
  uint32_t sibling;      /* ARM: the other one */
  uint32_t round;        /* the innermost ROUND, itself included; BLOCK_NONE: none */
  Node variables[2];     /* ROUND: what it binds */
  const char *values[2]; /* and how that is written */
  VEC(uint32_t) terms;   /* those with a name, in the order in which they are computed */
} Block;

typedef struct Term {
  Node node;
  uint32_t scope; /* the ROUND whose variable it mentions, or 0 */
  uint32_t next;  /* of the same node, + 1 */
  uint32_t block; /* where it is, or is defined */
  uint32_t own;   /* in which its operands are computed: `block`, or a LATER below it */
  uint32_t arm;   /* an ARM just below `block` that is sure to ask for it, or BLOCK_NONE */
  uint32_t uses;
  bool certain, later;
  bool inlined; /* written where it is used */
  uint8_t depth;
  uint32_t inner[2]; /* ARMs; or ROUND and KEPT (perhaps the same) */
  uint32_t name;     /* a number */
} Term;

typedef struct Code {
  Js *js;
  const Graph *graph;
  const JsScope *scope;
  VEC(Block) blocks; /* 0 is the function's */
  VEC(Term) terms;
  VEC(uint32_t) order; /* terms, greatest node first */
  VEC(Node) heap;
  uint32_t names;
  Text *into;
  uint32_t indent;
  const char *refusal; /* why it cannot be written, or NULL */
} Code;

/* ---- js_place.c ---- */

typedef enum OperandRole { OPERAND_NONE, OPERAND_HERE, OPERAND_FIRST, OPERAND_SECOND } OperandRole;
typedef struct Operand {
  Node node;
  uint8_t role; /* OPERAND_FIRST, OPERAND_SECOND: in inner[0], inner[1] */
} Operand;
/* What a term needs for its node's operand `k`. */
Operand js_operand(const Code *code, const Term *term, uint32_t k);
/* Decide where all that the roots need is computed. */
void js_place(Code *code, const Node *roots, uint32_t count);
void js_forget(Code *code);
/* The text of what needs no computing: literals, variables, what the scope names, fields of these.  False: it does. */
bool js_plain(const Code *code, Node node, uint32_t block, Text *into);
/* The term of a node as seen from a block; NULL: there is none. */
Term *js_term(const Code *code, Node node, uint32_t block);
void js_refuse(Code *code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- js_write.c ---- */

/* Append the value of a node as seen from a block. */
void js_value(Code *code, Node node, uint32_t block);
/* Append the statements of a block. */
void js_block(Code *code, uint32_t block);

/* ---- js_type.c ---- */

/* Append what the functions of the library know a type by. */
void js_type(const Graph *graph, TypeId type, Text *into);
/* Whether a value of the type has to be looked at before it leaves as JSON. */
bool js_is_checked(const Types *types, TypeId type);
void js_literal(const Graph *graph, Node node, Text *into);
void js_string(const char *bytes, size_t len, Text *into);

#endif
