/* dot_text.c: how nodes look and what is written on them. */
#include "emit/dot_text.h"

#include <string.h>

enum { LONGEST_TEXT = 40, LARGE = 500 };

DotStyle dot_style(Op op) {
  switch (op) {
    case OP_INPUT:
    case OP_PARAM:
      return (DotStyle){"box", "#d7efd7"};
    case OP_TASK:
      return (DotStyle){"box", "#cfe2f8"};
    case OP_ASK:
      return (DotStyle){"octagon", "#fbe3a6"};
    case OP_COLLECT:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
      return (DotStyle){"box", "#e6dcf4"};
    case OP_CHOOSE:
      return (DotStyle){"diamond", "#fbe3a6"};
    case OP_INDEX:
    case OP_STATE:
      return (DotStyle){"circle", "#e6dcf4"};
    case OP_LIT:
      return (DotStyle){"plaintext", "#ffffff"};
    default:
      break;
  }
  if (op_info[op].flags & FLAG_D) return (DotStyle){"hexagon", "#e6dcf4"};
  return (DotStyle){"ellipse", "#f2f2f2"};
}

void dot_quote(Text *into, const char *text) {
  text_putc(into, '"');
  for (; *text; text++) {
    if (*text == '\n') {
      text_puts(into, "\\n");
    } else {
      if (*text == '"' || *text == '\\') text_putc(into, '\\');
      text_putc(into, *text);
    }
  }
  text_putc(into, '"');
}

void dot_begin(Text *into, const char *name, uint32_t count) {
  text_puts(into, "digraph ");
  dot_quote(into, name);
  text_puts(into, " {\n  rankdir=TB; newrank=true; fontname=\"Helvetica\"; fontsize=11;\n");
  text_puts(into,
            "  node [fontname=\"Helvetica\", fontsize=10, style=\"filled,rounded\", color=\"#555555\", "
            "margin=\"0.12,0.05\"];\n");
  text_puts(into, "  edge [color=\"#777777\", arrowsize=0.6, fontname=\"Helvetica\", fontsize=9];\n");
  if (count > LARGE) text_puts(into, "  splines=line; nslimit=1; nslimit1=1; mclimit=0.1; ranksep=1.2;\n");
}

/* ---- words ---- */

/* Text cut to a length that fits on a node, at the border of a character. */
static void add_short(Text *into, const char *text, size_t len) {
  size_t keep = len <= LONGEST_TEXT ? len : LONGEST_TEXT;
  while (keep < len && keep && ((unsigned char)text[keep] & 0xc0) == 0x80) keep--;
  text_add(into, text, keep);
  if (keep < len) text_puts(into, "…");
}

static void add_sym(const Graph *graph, Sym sym, Text *into) {
  add_short(into, name_of(graph->session, sym), sym_len(graph->session->names, sym));
}

static void add_literal(const Graph *graph, Node node, Text *into) {
  const Literal *literal = graph_literal(graph, node);
  switch ((LiteralKind)literal->kind) {
    case LIT_UNIT:
      text_puts(into, "()");
      break;
    case LIT_BOOL:
      text_puts(into, literal->integer ? "true" : "false");
      break;
    case LIT_INT:
      text_addf(into, "%lld", (long long)literal->integer);
      break;
    case LIT_FLOAT:
      text_addf(into, "%.6g", literal->number);
      break;
    case LIT_STRING:
      text_puts(into, "\"");
      add_sym(graph, literal->text, into);
      text_puts(into, "\"");
      break;
    case LIT_ABSENT:
      text_puts(into, "none");
      break;
  }
}

static void add_field(const Graph *graph, Node node, Text *into) {
  const Type *record = type_of(graph->types, graph_type(graph, graph_arg(graph, node, 0)));
  text_puts(into, ".");
  add_sym(graph, record->names[graph->data.data[node]], into);
}

void dot_describe(const Graph *graph, Node node, Text *into) {
  Op op = graph_op(graph, node);
  switch (op) {
    case OP_LIT:
      add_literal(graph, node, into);
      return;
    case OP_INPUT:
      add_sym(graph, graph->data.data[node], into);
      return;
    case OP_PROJECT:
      add_field(graph, node, into);
      return;
    case OP_TASK:
      add_sym(graph, graph->tasks.data[graph->data.data[node]].name, into);
      return;
    case OP_PARAM:
    case OP_INDEX:
    case OP_STATE:
      text_addf(into, "%s %u", op_info[op].text, graph->data.data[node]);
      return;
    default:
      text_puts(into, op_info[op].text);
      return;
  }
}

static void describe_array(const Graph *graph, Node node, Text *into) {
  Sym name = graph->name_of.data[node];
  if (name)
    add_sym(graph, name, into);
  else
    dot_describe(graph, node, into);
}

void dot_describe_set(const Graph *graph, Node dim, Text *into) {
  switch (graph_op(graph, dim)) {
    case OP_DIM_OF:
      describe_array(graph, graph_arg(graph, dim, 0), into);
      break;
    case OP_DIM_RANGE:
      text_puts(into, "0 … ");
      describe_array(graph, graph_arg(graph, dim, 0), into);
      break;
    default:
      for (uint32_t i = 0; i < graph_arity(graph, dim); i++) {
        if (i) text_puts(into, ", ");
        dot_describe_set(graph, graph_arg(graph, dim, i), into);
      }
      break;
  }
}
