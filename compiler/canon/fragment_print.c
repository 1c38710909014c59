/* fragment_print.c: a fragment as a person would write it. */
#include "canon/fragment.h"

enum { MOST_NAMES = 12 };

/* A vertex to print, or a text. */
typedef struct Item {
  uint32_t vertex, levels;
  const char *text;
} Item;

typedef struct FragmentPrinter {
  const Vertices *vertices;
  Text *into;
  uint32_t names;
  VEC(Item) stack, under;
} FragmentPrinter;

/* What is below a vertex, from the left, each once; onto the stack, between brackets. */
static void push_below(FragmentPrinter *printer, Item item) {
  const Vertices *vertices = printer->vertices;
  const Vertex *vertex = &vertices->all.data[item.vertex];
  uint32_t last = VERTEX_NONE;
  printer->under.len = 0;
  for (uint32_t k = vertex->first; item.levels > 1 && k < vertices_below_end(vertices, item.vertex); k++) {
    uint32_t under = vertices->below.data[k];
    if (under == VERTEX_NONE || under == last || printer->under.len > MOST_NAMES) continue;
    uint32_t levels = item.levels == UINT32_MAX ? UINT32_MAX : item.levels - 1;
    vec_push(&printer->under, (Item){.vertex = last = under, .levels = levels});
  }
  if (!printer->under.len) return;
  vec_push(&printer->stack, (Item){.text = vertex->name ? ")" : "]"});
  for (uint32_t k = printer->under.len; k-- > 0;) {
    vec_push(&printer->stack, printer->under.data[k]);
    if (k) vec_push(&printer->stack, (Item){.text = ", "});
  }
  text_puts(printer->into, vertex->name ? "(" : "[");
}

static void put_vertex(FragmentPrinter *printer, Item item) {
  const Vertices *vertices = printer->vertices;
  Sym name = vertices->all.data[item.vertex].name;
  if (++printer->names == MOST_NAMES + 1) text_puts(printer->into, "...");
  if (printer->names > MOST_NAMES) return;
  if (name) text_puts(printer->into, name_of(vertices->session, name));
  push_below(printer, item);
}

void fragment_print(const Vertices *vertices, const Fragment *fragment, Text *into) {
  FragmentPrinter printer = {.vertices = vertices, .into = into};
  vec_push(&printer.stack, (Item){.vertex = fragment->root, .levels = fragment->levels});
  while (printer.stack.len) {
    Item item = vec_pop(&printer.stack);
    if (!item.text)
      put_vertex(&printer, item);
    else if (*item.text != ',' || printer.names <= MOST_NAMES)
      text_puts(into, item.text);
  }
  vec_free(&printer.stack);
  vec_free(&printer.under);
}
