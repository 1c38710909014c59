/* dot_diff.c: a diff as dot text: both workflows laid over each other. */
#include "emit/dot.h"
#include "emit/dot_text.h"

#include <string.h>

enum { MOST_LINES = 4 };

typedef enum Look { LOOK_SAME, LOOK_CHANGED, LOOK_BEFORE, LOOK_AFTER } Look;

static const struct {
  const char *fill, *line;
} looks[] = {[LOOK_SAME] = {"#eeeeee", "#777777"},
             [LOOK_CHANGED] = {"#ffd98a", "#b07a00"},
             [LOOK_BEFORE] = {"#f6b8b1", "#b3261e"},
             [LOOK_AFTER] = {"#b9e4b4", "#1e7d22"}};

/* A line from one place of the picture to another; places are numbered over both sides. */
typedef struct Edge {
  uint64_t key;
  uint8_t sides; /* a bit each */
} Edge;

typedef struct Overlay {
  const Diff *diff;
  const AlignSide *sides;
  Text *into;
  uint32_t counts[2]; /* of nodes */
  Map names;          /* of outputs, to their number */
  VEC(const Output *) outputs;
  VEC(uint8_t) output_sides;
  Map first;      /* place to its first change + 1 */
  uint32_t *next; /* of each change: the next of the same place + 1 */
  VEC(Edge) edges;
  uint32_t *seen; /* by node of one side: the user for which it was last looked through, + 1 */
  VEC(Node) stack;
} Overlay;

/* What is part of the picture of either side. */
static bool is_shown(const Overlay *overlay, int side, Node node) {
  Node there = overlay->sides[side].to[node];
  return dot_is_shown(overlay->sides[side].graph, node) ||
         (there != NODE_NONE && dot_is_shown(overlay->sides[!side].graph, there));
}

static bool takes(const Overlay *overlay, int side, Node node) {
  return align_reachable(&overlay->sides[side], node) && is_shown(overlay, side, node);
}

/* Partners are one place, that of the node before. */
static uint32_t place_of(const Overlay *overlay, int side, Node node) {
  if (side == BEFORE) return node;
  Node there = overlay->sides[AFTER].to[node];
  return there == NODE_NONE ? overlay->counts[BEFORE] + node : there;
}

static uint32_t output_place(const Overlay *overlay, uint32_t number) {
  return overlay->counts[BEFORE] + overlay->counts[AFTER] + number;
}

/* ---- which changes belong to which place ---- */

/* The nearest node that is shown, on the way to the outputs. */
static Node shown_user(const Overlay *overlay, int side, Node node) {
  const AlignSide *self = &overlay->sides[side];
  while (!is_shown(overlay, side, node) && self->first_user[node] < self->first_user[node + 1])
    node = self->users[self->first_user[node]];
  return node;
}

static void place_changes(Overlay *overlay) {
  const Diff *diff = overlay->diff;
  overlay->next = mem_alloc((diff->changes.len + 1) * sizeof *overlay->next);
  for (uint32_t i = diff->changes.len; i-- > 0;) {
    const Change *change = &diff->changes.data[i];
    int side = change->nodes[AFTER] != NODE_NONE ? AFTER : BEFORE;
    if (change->nodes[side] == NODE_NONE) continue;
    uint32_t place = place_of(overlay, side, shown_user(overlay, side, change->nodes[side]));
    overlay->next[i] = map_get(&overlay->first, place);
    map_put(&overlay->first, place, i + 1);
  }
}

/* ---- nodes ---- */

static bool task_changed(const Overlay *overlay, Node before, Node after) {
  const Graph *a = overlay->sides[BEFORE].graph, *b = overlay->sides[AFTER].graph;
  return graph_op(a, before) == OP_TASK && graph_op(b, after) == OP_TASK &&
         !digest_same(overlay->sides[BEFORE].digests->tasks[a->data.data[before]],
                      overlay->sides[AFTER].digests->tasks[b->data.data[after]]);
}

static Look look_of(const Overlay *overlay, int side, Node node) {
  Node there = overlay->sides[side].to[node];
  if (there == NODE_NONE) return side ? LOOK_AFTER : LOOK_BEFORE;
  Node after = side ? node : there, before = side ? there : node;
  bool changed = map_get(&overlay->first, before) || task_changed(overlay, before, after);
  return changed ? LOOK_CHANGED : LOOK_SAME;
}

static void add_name(const Graph *graph, Node node, Text *label) {
  Sym name = graph->name_of.data[node];
  Op op = graph_op(graph, node);
  bool call = op == OP_TASK || op == OP_ASK;
  if (name && op != OP_INPUT) text_puts(label, name_of(graph->session, name));
  if (name && op != OP_INPUT && !call) return;
  if (name && op != OP_INPUT) text_puts(label, " = ");
  dot_describe(graph, node, label);
}

static void add_changes(const Overlay *overlay, uint32_t place, Text *label) {
  uint32_t lines = 0;
  for (uint32_t at = map_get(&overlay->first, place); at; at = overlay->next[at - 1]) {
    const Change *change = &overlay->diff->changes.data[at - 1];
    if (change->kind == CHANGE_STEP_INSERTED || change->kind == CHANGE_STEP_REMOVED) continue;
    if (lines++ == MOST_LINES) {
      text_puts(label, "\n…");
      return;
    }
    const char *before = change->values[BEFORE], *after = change->values[AFTER];
    text_addf(label, "\n%s: %s%s%s", change_info[change->kind].name, before ? before : "",
              before && after ? " → " : "", after ? after : "");
  }
}

static void draw_node(const Overlay *overlay, int side, Node node) {
  const Graph *graph = overlay->sides[side].graph;
  Look look = look_of(overlay, side, node);
  Text label = {0};
  add_name(graph, node, &label);
  add_changes(overlay, place_of(overlay, side, node), &label);
  text_addf(overlay->into,
            "  n%u [shape=%s, fillcolor=\"%s\", color=\"%s\", label=", place_of(overlay, side, node),
            dot_style(graph_op(graph, node)).shape, looks[look].fill, looks[look].line);
  dot_quote(overlay->into, label.data ? label.data : "");
  text_puts(overlay->into, "];\n");
  text_free(&label);
}

/* Partners are drawn once, as they are after. */
static void draw_nodes(const Overlay *overlay) {
  for (int side = BEFORE; side <= AFTER; side++)
    for (Node node = 0; node < overlay->counts[side]; node++) {
      bool again = side == BEFORE && overlay->sides[BEFORE].to[node] != NODE_NONE;
      if (takes(overlay, side, node) && !again) draw_node(overlay, side, node);
    }
}

/* ---- outputs ---- */

static uint32_t number_of(Overlay *overlay, int side, const Output *output) {
  uint32_t at = map_get(&overlay->names, output->name);
  if (!at) {
    vec_push(&overlay->outputs, output);
    vec_push(&overlay->output_sides, 0);
    map_put(&overlay->names, output->name, at = overlay->outputs.len);
  }
  overlay->output_sides.data[at - 1] |= (uint8_t)(1 << side);
  return at - 1;
}

static Look look_of_sides(uint8_t sides) {
  return sides == 3 ? LOOK_SAME : sides == 1 ? LOOK_BEFORE : LOOK_AFTER;
}

static void draw_outputs(const Overlay *overlay) {
  const Session *session = overlay->sides[BEFORE].graph->session;
  for (uint32_t i = 0; i < overlay->outputs.len; i++) {
    Look look = look_of_sides(overlay->output_sides.data[i]);
    text_addf(overlay->into, "  n%u [shape=box, peripheries=2, fillcolor=\"%s\", color=\"%s\", label=",
              output_place(overlay, i), looks[look].fill, looks[look].line);
    dot_quote(overlay->into, name_of(session, overlay->outputs.data[i]->name));
    text_puts(overlay->into, "];\n");
  }
}

/* ---- edges ---- */

/* From each shown node at and below `from` to a place, through what is not shown. */
static void take_edges(Overlay *overlay, int side, Node from, uint32_t to, uint32_t mark) {
  const Graph *graph = overlay->sides[side].graph;
  vec_push(&overlay->stack, from);
  while (overlay->stack.len) {
    Node node = vec_pop(&overlay->stack);
    if (overlay->seen[node] == mark) continue;
    overlay->seen[node] = mark;
    if (is_shown(overlay, side, node)) {
      uint64_t key = (uint64_t)place_of(overlay, side, node) << 32 | to;
      vec_push(&overlay->edges, (Edge){key, (uint8_t)(1 << side)});
      continue;
    }
    for (uint32_t k = 0; k < graph_arity(graph, node); k++)
      vec_push(&overlay->stack, graph_arg(graph, node, k));
  }
}

static void take_side(Overlay *overlay, int side) {
  const Graph *graph = overlay->sides[side].graph;
  size_t bytes = (overlay->counts[side] + 1) * sizeof *overlay->seen;
  overlay->seen = mem_zero(bytes);
  for (Node node = 0; node < overlay->counts[side]; node++)
    for (uint32_t k = 0; takes(overlay, side, node) && k < graph_arity(graph, node); k++)
      take_edges(overlay, side, graph_arg(graph, node, k), place_of(overlay, side, node), node + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    uint32_t place = output_place(overlay, number_of(overlay, side, &graph->outputs.data[i]));
    take_edges(overlay, side, graph->outputs.data[i].node, place, overlay->counts[side] + 1 + i);
  }
  free(overlay->seen);
}

static int by_key(const void *a, const void *b) {
  const Edge *x = a, *y = b;
  return x->key < y->key ? -1 : x->key > y->key;
}

static void draw_edges(Overlay *overlay) {
  if (overlay->edges.len) qsort(overlay->edges.data, overlay->edges.len, sizeof(Edge), by_key);
  for (uint32_t i = 0; i < overlay->edges.len;) {
    Edge edge = overlay->edges.data[i];
    for (; i < overlay->edges.len && overlay->edges.data[i].key == edge.key; i++)
      edge.sides |= overlay->edges.data[i].sides;
    Look look = look_of_sides(edge.sides);
    text_addf(overlay->into, "  n%u -> n%u", (uint32_t)(edge.key >> 32), (uint32_t)edge.key);
    if (look != LOOK_SAME)
      text_addf(overlay->into, " [color=\"%s\", penwidth=1.6%s]", looks[look].line,
                look == LOOK_BEFORE ? ", style=dashed" : "");
    text_puts(overlay->into, ";\n");
  }
}

/* ---- the whole ---- */

void dot_diff(const Diff *diff, Text *into) {
  Overlay overlay = {.diff = diff, .sides = diff->align->sides, .into = into};
  for (int side = BEFORE; side <= AFTER; side++)
    overlay.counts[side] = graph_count(overlay.sides[side].graph);
  const Graph *after = overlay.sides[AFTER].graph;
  place_changes(&overlay);
  for (int side = BEFORE; side <= AFTER; side++) take_side(&overlay, side);
  dot_begin(into, name_of(after->session, after->name), overlay.counts[AFTER]);
  draw_nodes(&overlay);
  draw_outputs(&overlay);
  draw_edges(&overlay);
  text_puts(into, "}\n");
  map_free(&overlay.names);
  map_free(&overlay.first);
  vec_free(&overlay.outputs);
  vec_free(&overlay.output_sides);
  vec_free(&overlay.edges);
  vec_free(&overlay.stack);
  free(overlay.next);
}

int diff_draw(const Diff *diff, const char *format, FILE *out) {
  Text text = {0};
  dot_diff(diff, &text);
  return dot_draw(&text, format, out);
}
