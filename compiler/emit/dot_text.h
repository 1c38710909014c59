/* dot_text.h: pieces of dot text; for dot*.c alone. */
#ifndef WEFT_EMIT_DOT_TEXT_H
#define WEFT_EMIT_DOT_TEXT_H

#include "ir/graph.h"

#include <stdio.h>

/* How nodes of a kind look. */
typedef struct DotStyle {
  const char *shape, *fill;
} DotStyle;

/* Whether a node is part of the picture of the source: what has a name there, and what does the work. */
bool dot_is_shown(const Graph *graph, Node node);
/* Write dot text, or what graphviz draws of it, and free it. 0, or 1 after one line on standard error. */
int dot_draw(Text *text, const char *format, FILE *out);
/* The look of an operation. */
DotStyle dot_style(Op op);
/* Append text as a quoted string; a newline stays one. */
void dot_quote(Text *into, const char *text);
/* Append the head of a picture of `count` nodes: the more there are, the less is spent on each. */
void dot_begin(Text *into, const char *name, uint32_t count);
/* Append what a node is, in a few words: "lit 12", "project r1", "align". */
void dot_describe(const Graph *graph, Node node, Text *into);
/* Append what an index set is: "samples", "0 ... n", "a, b". */
void dot_describe_set(const Graph *graph, Node dim, Text *into);

#endif
