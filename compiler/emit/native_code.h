/* native_code.h: one function while it is made.
 *
 * What a function computes is a term with sharing and binders, and each part of it is computed once, in the outermost
 * *context* in which it is sure to be asked for.  Contexts are the function's body, the arms of a choose, and of a
 * loop: what runs once if it runs at all (the guard), each round (the body), each round that a filter lets through.
 * An *instance* is a node within the innermost loop whose variable it mentions; its context is the least common
 * ancestor of its uses, then further out of loops.  What may fail, or costs much, and is asked for in several
 * contexts none of which is sure, is *lazy*: a function of its own, called by whichever asks first, which keeps the
 * value for the others.  What such functions share with the one they belong to is in memory, its *environment*.
 * (Placement after C. Click, "Global Code Motion / Global Value Numbering", PLDI 1995.) */
#ifndef WEFT_EMIT_NATIVE_CODE_H
#define WEFT_EMIT_NATIVE_CODE_H

#include "emit/native.h"

typedef enum ContextKind {
  CONTEXT_FUNCTION,
  CONTEXT_ARM,   /* of a choose */
  CONTEXT_GUARD, /* before the first round of a loop that has one */
  CONTEXT_BODY,  /* a round */
  CONTEXT_KEPT,  /* a round for which the condition holds */
  CONTEXT_LAZY   /* the code of a lazy instance */
} ContextKind;

#define CONTEXT_NONE UINT32_MAX

typedef VEC(uint32_t) Indices;

typedef struct Context {
  uint8_t kind;
  uint32_t parent, depth;
  uint32_t other;         /* ARM: the other one */
  uint32_t body;          /* the innermost BODY, itself included; CONTEXT_NONE: none */
  uint32_t lazy;          /* the innermost LAZY alike: the function that it is part of */
  Node variables[2];      /* BODY: what it binds */
  LLVMValueRef values[2]; /* and to what */
  uint32_t exports[2];    /* and where that is in the environment, or 0 */
  Indices instances;      /* greatest node first */
  Indices lazies;         /* instances that are forgotten whenever this context is entered */
} Context;

/* A context just inside of an instance's, in which it is used. */
typedef struct Child {
  uint32_t context;
  bool certain; /* as soon as that context is entered */
} Child;
enum { CHILDREN_KEPT = 4 };

typedef struct Instance {
  Node node;
  uint32_t scope; /* the loop's BODY whose variable it mentions, or 0 */
  uint32_t next;  /* of the same node; 0: none */
  uint32_t context;
  bool certain, lazy, emitted, guards_only;
  uint8_t child_count;
  Child children[CHILDREN_KEPT];
  uint32_t inner[3]; /* contexts: two arms; or guard, body, kept */
  LLVMValueRef value;
  uint32_t export_;  /* where the value is in the environment, or 0 */
  struct Lazy *cell; /* lazy */
} Instance;

/* A lazy instance's function, and where in the environment is what it keeps. */
typedef struct Lazy {
  LLVMValueRef function;
  uint32_t value, done;
  uint32_t arena; /* where the value is to live */
} Lazy;

enum { MOST_INSTANCES = 1 << 24 }; /* of one program */

enum { TRAIT_LEAF = 1, TRAIT_FAILS = 2, TRAIT_COSTLY = 4 };

/* What a function's leaves are. */
typedef enum Leaves {
  LEAVES_REGION, /* steps, inputs and variables of a region */
  LEAVES_INPUTS, /* a program's inputs: defaults */
  LEAVES_PARAMS  /* a task's inputs */
} Leaves;

typedef struct Code {
  Native *native;
  uint8_t leaves;        /* Leaves */
  uint32_t region, step; /* LEAVES_REGION */
  Refs *reads;           /* what it reads of frames is noted here; NULL: not wanted */
  const Layout *params;  /* LEAVES_PARAMS */
  uint32_t number;       /* of the function: what stamps say */
  uint32_t loops_before; /* made for other functions */
  LLVMValueRef function, outermost;
  LLVMBuilderRef builder, entry; /* entry: memory of the function's own */
  VEC(Context) contexts;         /* 0 is the function's */
  VEC(Instance) instances;       /* 0 is none */
  VEC(Node) nodes;               /* all inside, ascending */
  VEC(LLVMValueRef) ups;         /* enclosing frames */
  uint32_t parameters;           /* of the function; one of a lazy instance has the environment as one more */
  uint32_t lazy;            /* the context whose function is being emitted; CONTEXT_NONE: the outermost */
  LLVMValueRef environment; /* memory of the outermost function */
  uint32_t environment_size;
  Indices pending; /* lazy instances that were asked for */
} Code;

/* ---- native_place.c ---- */

/* Decide where all that the roots need is computed. */
void code_place(Code *code, const Node *roots, uint32_t count);
/* Where a leaf is: relative to the frame `up` levels outwards, or to the task's inputs.  False: it is none. */
bool code_leaf(const Code *code, Node node, RtRef *ref);
/* The BODY that binds `variable` around a context, or CONTEXT_NONE. */
uint32_t code_binder(const Code *code, Node variable, uint32_t context);
/* The instance of a node as seen from a context, or 0. */
uint32_t code_instance(const Code *code, Node node, uint32_t context);
/* Traits of a node where the instance stands. */
unsigned code_traits(const Code *code, const Instance *instance);
/* Whether every index of the set is one of the array. */
bool code_covers(const Graph *graph, Node index, Node array);
/* Whether a length is that of a collect, which is not made for it: it is the size of the set that it ranges over. */
bool code_is_width(const Code *code, Node node);
/* Whether a collect's condition always holds. */
static inline bool code_keeps_all(const Graph *graph, Node condition) {
  return graph_is_bool(graph, condition, true);
}

/* ---- native_eval.c ---- */

/* The value of a node, from where `context` is being emitted. */
LLVMValueRef code_value(Code *code, Node node, uint32_t context);
/* Emit all instances of a context. */
void code_context(Code *code, uint32_t context);

/* ---- native_loop.c: choose and binders ---- */

LLVMValueRef code_choose(Code *code, uint32_t instance);
LLVMValueRef code_collect(Code *code, uint32_t instance);
LLVMValueRef code_fold(Code *code, uint32_t instance);
LLVMValueRef code_reduce(Code *code, uint32_t instance);
LLVMValueRef code_loop(Code *code, uint32_t instance);

/* ---- native_ops.c, native_text.c ---- */

/* All other operations. */
LLVMValueRef code_op(Code *code, Node node, uint32_t context);
/* Operations on texts, files, and a task's results; NULL: it is none of these. */
LLVMValueRef code_text_op(Code *code, Node node, uint32_t context);
/* An operand as a double, whatever number it is. */
LLVMValueRef code_double(Code *code, Node node, uint32_t context);

/* ---- native_value.c: values in memory and in registers ---- */

LLVMValueRef code_load(Code *code, const Layout *layout, LLVMValueRef pointer, uint64_t offset);
void code_store(Code *code, const Layout *layout, LLVMValueRef value, LLVMValueRef pointer, uint64_t offset);
/* Memory for a value that lasts as long as the function runs. */
LLVMValueRef code_cell(Code *code, uint64_t size, uint32_t align);
LLVMValueRef code_offset(Code *code, LLVMValueRef pointer, uint64_t offset);
/* The scalars inside of a value, and a value made of them. */
void code_split(Code *code, const Layout *layout, LLVMValueRef value, LLVMValueRef *leaves);
LLVMValueRef code_join(Code *code, const Layout *layout, LLVMValueRef *leaves);
/* A value where two blocks meet. */
typedef struct Phi {
  const Layout *layout;
  LLVMValueRef *leaves; /* one phi each */
  LLVMValueRef value;
} Phi;
Phi code_phi(Code *code, const Layout *layout);
/* `leaves` were split in the block that they come from. */
void code_phi_add(const Phi *phi, LLVMValueRef *leaves, LLVMBasicBlockRef from);
LLVMValueRef *code_leaves(Code *code, const Layout *layout, LLVMValueRef value);
/* A value as one of another type that has the same bits but for options that are absent. */
LLVMValueRef code_cast(Code *code, const Layout *from, const Layout *to, LLVMValueRef value);
/* A new array whose elements are not set yet. */
LLVMValueRef code_array(Code *code, LLVMValueRef len, const Layout *elem);
LLVMValueRef code_item(Code *code, LLVMValueRef array, LLVMValueRef index, const Layout *elem);
LLVMValueRef code_length(Code *code, LLVMValueRef array);
LLVMBasicBlockRef code_block(Code *code);
/* Go on only if not `bad`; else call a function that never returns. */
void code_check(Code *code, LLVMValueRef bad, RtFunction which, LLVMValueRef *args, uint32_t count);
static inline LLVMValueRef code_call(Code *code, RtFunction which, LLVMValueRef *args, uint32_t count) {
  return native_call(code->native, code->builder, which, args, count);
}
static inline LLVMValueRef code_ctx(const Code *code) { return LLVMGetParam(code->function, 0); }
static inline LLVMValueRef code_place_of(const Code *code, Node node) {
  return native_place(code->native, code->native->graph->span_of.data[node]);
}

#endif
