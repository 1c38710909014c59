/* js_place.c: in which block each part of an expression is computed. */
#include "emit/js_code.h"

#include "ir/binder.h"
#include "ir/varset.h"

#include <stdarg.h>
#include <stdio.h>

enum {
  MOST_BLOCKS_DEEP = 400, /* blocks inside each other: what engines parse without trouble */
  MOST_INLINED = 16,      /* operations inside each other in one statement */
  LONG_STRING = 64        /* bytes; a longer one that is used twice has a name */
};

void js_refuse(Code *code, const char *format, ...) {
  char text[256];
  if (code->refusal) return;
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  code->refusal = arena_format(code->graph->session->arena, "%s", text);
}

/* ---- operands ---- */

static Operand loop_operand(const Graph *graph, Node node, uint32_t k) {
  static const uint8_t roles[][5] = {
      {OPERAND_HERE, OPERAND_FIRST, OPERAND_SECOND, 0, 0},
      {OPERAND_HERE, OPERAND_FIRST, OPERAND_NONE, OPERAND_HERE, OPERAND_SECOND},
      {OPERAND_NONE, OPERAND_NONE, OPERAND_FIRST, OPERAND_HERE, 0},
      {OPERAND_NONE, OPERAND_HERE, OPERAND_FIRST, OPERAND_FIRST, OPERAND_HERE},
  };
  Op op = graph_op(graph, node);
  uint32_t row = op == OP_COLLECT ? 0 : op == OP_FOLD ? 1 : op == OP_REDUCE ? 2 : 3;
  bool set = k == 0 && row < 2;
  return (Operand){set ? binder_dim(graph, node) : graph_arg(graph, node, k), roles[row][k]};
}

/* A length does not need the elements of what is collected. */
static bool is_width(const Code *code, const Term *term) {
  const Graph *graph = code->graph;
  Node array = graph_arg(graph, term->node, 0);
  return graph_op(graph, array) == OP_COLLECT && graph_is_bool(graph, graph_arg(graph, array, 1), true) &&
         !js_plain(code, array, term->own, NULL);
}

Operand js_operand(const Code *code, const Term *term, uint32_t k) {
  const Graph *graph = code->graph;
  Node node = term->node;
  Operand operand = {graph_arg(graph, node, k), OPERAND_HERE};
  switch (graph_op(graph, node)) {
    case OP_COLLECT:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
      return loop_operand(graph, node, k);
    case OP_CHOOSE:
      operand.role = (uint8_t)(k == 0 ? OPERAND_HERE : k == 1 ? OPERAND_FIRST : OPERAND_SECOND);
      return operand;
    case OP_LENGTH:
      if (is_width(code, term)) operand.node = binder_dim(graph, operand.node);
      return operand;
    case OP_BASENAME:
    case OP_STEM:
      if (graph_op(graph, operand.node) == OP_PATH) operand.node = graph_arg(graph, operand.node, 0);
      return operand;
    case OP_AFTER:
    case OP_READ:
      if (k) operand.role = OPERAND_NONE;
      return operand;
    case OP_INDEX:
    case OP_STATE:
      operand.role = OPERAND_NONE;
      return operand;
    default:
      return operand;
  }
}

/* ---- what needs no computing ---- */

/* Operations whose value is written as their first operand is, a field of it apart. */
static bool is_view(Op op) {
  return op == OP_PROJECT || op == OP_CAST || op == OP_AFTER || op == OP_SOME || op == OP_UNWRAP ||
         op == OP_ORDINAL;
}

static const char *variable_text(const Code *code, Node node, uint32_t block) {
  for (uint32_t at = code->blocks.data[block].round; at != BLOCK_NONE;
       at = code->blocks.data[code->blocks.data[at].parent].round)
    for (int i = 0; i < 2; i++)
      if (code->blocks.data[at].variables[i] == node) return code->blocks.data[at].values[i];
  return NULL;
}

/* The innermost round around `block` whose variable the node mentions, or the whole. */
static uint32_t scope_of(const Code *code, Node node, uint32_t block) {
  const Graph *graph = code->graph;
  const Block *blocks = code->blocks.data;
  uint32_t set = graph->vars.data[node];
  if (!set) return 0;
  for (uint32_t at = blocks[block].round; at != BLOCK_NONE; at = blocks[blocks[at].parent].round)
    for (int i = 0; i < 2; i++) {
      Node variable = blocks[at].variables[i];
      if (variable != NODE_NONE && varset_has(graph->sets, set, variable)) return at;
    }
  return 0;
}

static bool is_short(const Graph *graph, Node literal) {
  const Literal *value = graph_literal(graph, literal);
  return value->kind != LIT_STRING || sym_len(graph->session->names, value->text) <= LONG_STRING;
}

/* The node from which on fields are taken, and its text; NULL when it has to be computed. */
static const char *base_text(const Code *code, Node *node, uint32_t block, Text *literal) {
  const Graph *graph = code->graph;
  for (;; *node = graph_arg(graph, *node, 0)) {
    const char *text = variable_text(code, *node, block);
    if (!text && !scope_of(code, *node, block)) text = code->scope->name(code->scope->self, *node);
    if (text) return text;
    if (graph_op(graph, *node) == OP_LIT) {
      if (!is_short(graph, *node)) return NULL;
      js_literal(graph, *node, literal);
      return literal->data;
    }
    if (!is_view(graph_op(graph, *node))) return NULL;
  }
}

bool js_plain(const Code *code, Node node, uint32_t block, Text *into) {
  const Graph *graph = code->graph;
  Text literal = {0};
  Node base = node;
  const char *text = base_text(code, &base, block, &literal);
  if (text && into) text_puts(into, text);
  text_free(&literal);
  if (!text || !into) return text != NULL;
  VEC(Sym) fields = {0};
  for (; node != base; node = graph_arg(graph, node, 0))
    if (graph_op(graph, node) == OP_PROJECT) {
      const Type *record = type_of(graph->types, graph_type(graph, graph_arg(graph, node, 0)));
      vec_push(&fields, record->names[graph->data.data[node]]);
    }
  while (fields.len) {
    text_putc(into, '.');
    text_puts(into, name_of(graph->session, vec_pop(&fields)));
  }
  vec_free(&fields);
  return true;
}

/* ---- blocks ---- */

static uint32_t add_block(Code *code, BlockKind kind, uint32_t parent) {
  uint32_t number = code->blocks.len;
  Block block = {.kind = (uint8_t)kind,
                 .parent = parent,
                 .sibling = BLOCK_NONE,
                 .round = BLOCK_NONE,
                 .variables = {NODE_NONE, NODE_NONE}};
  if (parent != BLOCK_NONE) {
    block.depth = code->blocks.data[parent].depth + 1;
    block.round = code->blocks.data[parent].round;
  }
  if (kind == BLOCK_ROUND) block.round = number;
  if (block.depth > MOST_BLOCKS_DEEP) js_refuse(code, "it is nested too deeply for JavaScript");
  vec_push(&code->blocks, block);
  return number;
}

static uint32_t common(const Code *code, uint32_t a, uint32_t b) {
  const Block *blocks = code->blocks.data;
  while (blocks[a].depth > blocks[b].depth) a = blocks[a].parent;
  while (blocks[b].depth > blocks[a].depth) b = blocks[b].parent;
  while (a != b) a = blocks[a].parent, b = blocks[b].parent;
  return a;
}

/* ---- terms ---- */

static uint32_t find_term(const Code *code, Node node, uint32_t block) {
  uint32_t scope = scope_of(code, node, block), at = code->js->first[node];
  while (at && code->terms.data[at - 1].scope != scope) at = code->terms.data[at - 1].next;
  return at;
}

Term *js_term(const Code *code, Node node, uint32_t block) {
  uint32_t at = find_term(code, node, block);
  return at ? &code->terms.data[at - 1] : NULL;
}

/* An ARM just below `above` that is sure to ask, `block` being the only one that does; else BLOCK_NONE. */
static uint32_t arm_below(const Code *code, uint32_t block, uint32_t above) {
  const Block *at = &code->blocks.data[block];
  return at->kind == BLOCK_ARM && at->parent == above ? block : BLOCK_NONE;
}

static void add_use(const Code *code, Term *term, uint32_t block) {
  uint32_t old = term->block, now = common(code, old, block);
  term->uses++;
  if (now != old) {
    term->arm = term->certain ? arm_below(code, old, now) : BLOCK_NONE;
    term->certain = false;
    term->block = now;
  }
  uint32_t arm = arm_below(code, block, now);
  if (block == now || (arm != BLOCK_NONE && term->arm == code->blocks.data[arm].sibling))
    term->certain = true;
  else if (arm != BLOCK_NONE)
    term->arm = arm;
}

static void heap_push(Code *code, Node node) {
  vec_push(&code->heap, node);
  Node *heap = code->heap.data;
  for (uint32_t at = code->heap.len - 1; at && heap[(at - 1) / 2] < heap[at]; at = (at - 1) / 2) {
    Node up = heap[(at - 1) / 2];
    heap[(at - 1) / 2] = heap[at];
    heap[at] = up;
  }
}

static Node heap_pop(Code *code) {
  Node *heap = code->heap.data, top = heap[0], last = vec_pop(&code->heap);
  uint32_t len = code->heap.len, at = 0;
  for (uint32_t child; (child = 2 * at + 1) < len; at = child) {
    if (child + 1 < len && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= last) break;
    heap[at] = heap[child];
  }
  if (len) heap[at] = last;
  return top;
}

static void request(Code *code, Node node, uint32_t block) {
  if (js_plain(code, node, block, NULL)) return;
  Term *known = js_term(code, node, block);
  if (known) {
    add_use(code, known, block);
    return;
  }
  if (!code->js->first[node]) heap_push(code, node);
  Term term = {.node = node,
               .scope = scope_of(code, node, block),
               .next = code->js->first[node],
               .block = block,
               .arm = BLOCK_NONE,
               .uses = 1,
               .certain = true};
  vec_push(&code->terms, term);
  code->js->first[node] = code->terms.len;
}

/* ---- settling: a term's uses are all known ---- */

/* Out of rounds that it does not depend on. */
static uint32_t outermost(const Code *code, const Term *term) {
  const Block *blocks = code->blocks.data;
  uint32_t home = term->block;
  for (uint32_t at = home; at != term->scope; at = blocks[at].parent)
    if (blocks[at].kind == BLOCK_ROUND) home = blocks[at].parent;
  return home;
}

static bool is_light(const Code *code, const Term *term) {
  const Graph *graph = code->graph;
  bool light = js_forms[graph_op(graph, term->node)].light;
  for (uint32_t k = 0; k < graph_arity(graph, term->node) && light; k++)
    light = js_plain(code, graph_arg(graph, term->node, k), term->block, NULL);
  return light;
}

static void add_arms(Code *code, Term *term) {
  uint32_t first = add_block(code, BLOCK_ARM, term->own), second = add_block(code, BLOCK_ARM, term->own);
  code->blocks.data[first].sibling = second;
  code->blocks.data[second].sibling = first;
  term->inner[0] = first;
  term->inner[1] = second;
}

static const char *new_name(Code *code, char letter) {
  return arena_format(code->js->arena, "%c%u", letter, ++code->names);
}

/* What a loop binds: the index, or what goes from round to round, which is the term's own variable. */
static void add_rounds(Code *code, Term *term) {
  const Graph *graph = code->graph;
  Op op = graph_op(graph, term->node);
  Binder binder = binder_of(op);
  uint32_t round = add_block(code, BLOCK_ROUND, term->own);
  Block *block = &code->blocks.data[round];
  for (uint32_t i = 0; i < binder.count; i++)
    block->variables[i] = graph_arg(graph, term->node, binder.variable[i]);
  const char *index = new_name(code, 'i'), *own = arena_format(code->js->arena, "v%u", term->name);
  bool indexed = op == OP_COLLECT || op == OP_FOLD;
  block->values[0] = indexed ? index : own;
  if (binder.count > 1) block->values[1] = indexed ? own : new_name(code, 'e');
  term->inner[0] = term->inner[1] = round;
  if (indexed && !graph_is_bool(graph, graph_arg(graph, term->node, 1), true))
    term->inner[1] = add_block(code, BLOCK_KEPT, round);
}

static uint32_t operand_block(const Term *term, Operand operand) {
  return operand.role == OPERAND_HERE ? term->own : term->inner[operand.role - OPERAND_FIRST];
}

static void settle(Code *code, uint32_t number) {
  Term *term = &code->terms.data[number];
  Op op = graph_op(code->graph, term->node);
  uint32_t home = outermost(code, term);
  term->later = home != term->block || !term->certain;
  if (term->later && is_light(code, term)) {
    term->later = false;
    term->inlined = true; /* wherever it is used */
  }
  term->name = ++code->names;
  term->block = home;
  term->own = term->later ? add_block(code, BLOCK_LATER, home) : home;
  if (op == OP_CHOOSE) add_arms(code, term);
  if (binder_of(op).count) add_rounds(code, term);
  vec_push(&code->order, number);
  Term settled = *term;
  for (uint32_t k = 0; k < graph_arity(code->graph, settled.node); k++) {
    Operand operand = js_operand(code, &settled, k);
    if (operand.role == OPERAND_NONE) continue;
    request(code, operand.node, operand_block(&settled, operand));
    if (op == OP_REDUCE && operand.role == OPERAND_HERE) /* it is written several times */
      request(code, operand.node, settled.own);
  }
}

/* ---- deciding: what its operands look like is known ---- */

/* Loops are statements; so is a choice with statements in its arms. */
static bool is_statement(const Code *code, const Term *term) {
  Op op = graph_op(code->graph, term->node);
  if (op != OP_CHOOSE) return binder_of(op).count != 0;
  return code->blocks.data[term->inner[0]].terms.len || code->blocks.data[term->inner[1]].terms.len;
}

static uint8_t depth_of(const Code *code, const Term *term) {
  uint32_t depth = 0;
  for (uint32_t k = 0; k < graph_arity(code->graph, term->node); k++) {
    Operand operand = js_operand(code, term, k);
    if (operand.role == OPERAND_NONE) continue;
    uint32_t block = operand_block(term, operand);
    if (js_plain(code, operand.node, block, NULL)) continue;
    const Term *below = js_term(code, operand.node, block);
    if (below->inlined && below->depth > depth) depth = below->depth;
  }
  return (uint8_t)(depth + 1);
}

static void decide(Code *code, uint32_t number) {
  Term *term = &code->terms.data[number];
  term->depth = depth_of(code, term);
  if (term->inlined) return;
  term->inlined = !term->later && term->uses == 1 && term->depth <= MOST_INLINED && !is_statement(code, term);
  if (!term->inlined) vec_push(&code->blocks.data[term->block].terms, number);
}

/* Users have greater numbers than what they use. */
void js_place(Code *code, const Node *roots, uint32_t count) {
  add_block(code, BLOCK_FUNCTION, BLOCK_NONE);
  for (uint32_t i = 0; i < count; i++) request(code, roots[i], 0);
  while (code->heap.len && !code->refusal) {
    Node node = heap_pop(code);
    for (uint32_t at = code->js->first[node]; at; at = code->terms.data[at - 1].next) settle(code, at - 1);
  }
  for (uint32_t i = code->order.len; i-- > 0 && !code->refusal;) decide(code, code->order.data[i]);
}

void js_forget(Code *code) {
  for (uint32_t i = 0; i < code->terms.len; i++) code->js->first[code->terms.data[i].node] = 0;
  for (uint32_t i = 0; i < code->blocks.len; i++) vec_free(&code->blocks.data[i].terms);
  vec_free(&code->blocks);
  vec_free(&code->terms);
  vec_free(&code->order);
  vec_free(&code->heap);
}
