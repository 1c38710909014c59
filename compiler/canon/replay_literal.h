/* replay_literal.h: literals, for the checks of laws on values. */
#ifndef WEFT_CANON_REPLAY_LITERAL_H
#define WEFT_CANON_REPLAY_LITERAL_H

#include "canon/replaying.h"

#include <string.h>

static inline int64_t whole(const Graph *graph, Node node) { return graph_literal(graph, node)->integer; }
static inline double real(const Graph *graph, Node node) { return graph_literal(graph, node)->number; }

typedef struct Bytes {
  const char *at;
  size_t len;
} Bytes;

static inline Bytes bytes(const Graph *graph, Node node) {
  Sym text = graph_literal(graph, node)->text;
  return (Bytes){sym_text(graph->session->names, text), sym_len(graph->session->names, text)};
}

static inline bool bytes_are(const Graph *graph, Node node, const char *at, size_t len) {
  if (!is_literal(graph, node, LIT_STRING)) return false;
  Bytes text = bytes(graph, node);
  return text.len == len && !memcmp(text.at, at, len);
}

/* replay_text.c: whether `text` is what a literal is as text; what an operation on literal strings, and a join of a
 * literal array, come to. */
bool is_text_of(const Graph *graph, Node value, Node text);
bool of_text(const Graph *graph, Node from, Node to);
bool of_join(const Graph *graph, Node from, Node to);

#endif
