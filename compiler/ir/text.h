/* text.h: the words of the graph's text form that printer and reader share. */
#ifndef WEFT_IR_TEXT_H
#define WEFT_IR_TEXT_H

#include "ir/graph.h"

/* How a node's data is written. */
typedef enum DataForm {
  DATA_NONE,
  DATA_NUMBER,  /* #3 */
  DATA_NAME,    /* "samples" */
  DATA_LITERAL, /* 12, 0.5, "text", true, (), none */
  DATA_TASK     /* @0 */
} DataForm;

static inline DataForm data_form(Op op) {
  switch (op) {
    case OP_INPUT:
    case OP_HOLE:
      return DATA_NAME;
    case OP_LIT:
      return DATA_LITERAL;
    case OP_TASK:
      return DATA_TASK;
    case OP_PARAM:
    case OP_TOKEN:
    case OP_INDEX:
    case OP_STATE:
    case OP_PROJECT:
    case OP_READ:
      return DATA_NUMBER;
    default:
      return DATA_NONE;
  }
}

/* Whether nodes of this operation are written with a type. */
static inline bool op_is_typed(Op op) {
  return !(op_info[op].flags & FLAG_D) && op != OP_INDEX && op != OP_TOKEN;
}

static const char *const attr_texts[ATTR_COUNT] = {
#define ATTR(attr, name, type) [attr] = name,
#include "ir/attrs.def"
#undef ATTR
};

/* Append a blank and a node's data, if it has any; literals so that they read back exactly. */
void node_data_print(const Graph *graph, Node node, Text *into);
/* What a text form is printed for: identities leave out names of steps. */
typedef enum PrintNames { PRINT_NAMES, PRINT_NO_NAMES } PrintNames;
void graph_print_as(const Graph *graph, PrintNames names, Text *into);
/* The same with the nodes that have a number, whether they are reachable or not; NODE_NONE: none.  Operands of
 * what is numbered are numbered. */
void graph_print_numbered(const Graph *graph, const uint32_t *number, PrintNames names, Text *into);
/* 64 hex digits and a NUL: SHA-256 of a prefix and the text behind it. */
void text_sha256(const char *prefix, const Text *text, char hex[65]);

#endif
