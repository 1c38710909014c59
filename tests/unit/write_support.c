#include "write_support.h"

#include "canon/write_parts.h"
#include "ir/lower.h"
#include "ir/text.h"

#include <string.h>

/* ---- programs ---- */

static uint32_t told_of(Session *session) {
  char *text = NULL;
  size_t len = 0;
  FILE *into = open_memstream(&text, &len);
  diags_print(session->diags, into, DIAG_TEXT, false);
  fclose(into);
  uint32_t raw = 0;
  for (const char *at = text; (at = strstr(at, "W0702")); at++) raw++;
  uint32_t told = diags_count(session->diags) - raw;
  free(text);
  return told;
}

Lowered lowered_new(const char *text, size_t len, const char *path) {
  Lowered lowered = {.session = session_new()};
  Source *source = sources_add(lowered.session->sources, path, text, len);
  lowered.program = check_program(lowered.session, source, TEST_DIR "/../stdlib");
  bool fine = !diags_errors(lowered.session->diags);
  Decl *flow = fine ? program_entry(lowered.program, NULL) : NULL;
  lowered.graph = flow ? lower_flow(lowered.program, flow) : NULL;
  lowered.told = told_of(lowered.session);
  return lowered;
}

void lowered_free(Lowered *lowered) {
  graph_free(lowered->graph);
  program_free(lowered->program);
  session_free(lowered->session);
}

/* ---- comparison ---- */

typedef struct Pair {
  Node a, b;
} Pair;

typedef struct Compare {
  const Graph *a, *b;
  bool names;
  Map image, origin; /* of nodes of a in b, + 1, and back */
  Map task_image;
  VEC(Pair) stack;
  const char *found;
  char text[400];
} Compare;

static void differ(Compare *compare, const char *what, const char *a, const char *b) {
  if (compare->found) return;
  snprintf(compare->text, sizeof compare->text, "%s: %.150s is %.150s", what, a, b);
  compare->found = arena_text(compare->a->session->arena, compare->text, strlen(compare->text));
}

static const char *sym_a(const Compare *compare, Sym sym) { return name_of(compare->a->session, sym); }
static const char *sym_b(const Compare *compare, Sym sym) { return name_of(compare->b->session, sym); }

static void same_text(Compare *compare, const char *what, Sym a, Sym b) {
  if (strcmp(sym_a(compare, a), sym_b(compare, b)) != 0)
    differ(compare, what, sym_a(compare, a), sym_b(compare, b));
}

static void same_number(Compare *compare, const char *what, uint32_t a, uint32_t b) {
  char left[16], right[16];
  snprintf(left, sizeof left, "%u", a);
  snprintf(right, sizeof right, "%u", b);
  if (a != b) differ(compare, what, left, right);
}

static void same_type(Compare *compare, const char *what, TypeId a, TypeId b) {
  const char *left = type_text(compare->a->types, a), *right = type_text(compare->b->types, b);
  if (strcmp(left, right) != 0) differ(compare, what, left, right);
}

static void same_node(Compare *compare, Node a, Node b) {
  if (a == NODE_NONE || b == NODE_NONE) {
    same_number(compare, "a term", a, b);
    return;
  }
  uint32_t image = map_get(&compare->image, a), origin = map_get(&compare->origin, b);
  if (!image && !origin) {
    map_put(&compare->image, a, b + 1);
    map_put(&compare->origin, b, a + 1);
    vec_push(&compare->stack, (Pair){a, b});
  } else if (image != b + 1 || origin != a + 1) {
    differ(compare, "a shared term", op_info[graph_op(compare->a, a)].text,
           op_info[graph_op(compare->b, b)].text);
  }
}

static void same_ports(Compare *compare, const char *what, const Port *a, const Port *b, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    same_text(compare, what, a[k].name, b[k].name);
    same_type(compare, what, a[k].type, b[k].type);
    if (compare->names) same_text(compare, "description of a port", a[k].doc, b[k].doc);
    same_node(compare, a[k].node, b[k].node);
  }
}

static void same_pieces(Compare *compare, const Task *a, const Task *b) {
  for (uint32_t k = 0; k < a->piece_count; k++) {
    same_text(compare, "a command", a->pieces[k].text, b->pieces[k].text);
    same_node(compare, a->pieces[k].node, b->pieces[k].node);
    same_number(compare, "quotes of a value", a->pieces[k].quoted, b->pieces[k].quoted);
    same_number(compare, "raw", a->pieces[k].raw, b->pieces[k].raw);
    same_number(compare, "the end of a word", a->pieces[k].ends_word, b->pieces[k].ends_word);
  }
}

static void same_task(Compare *compare, uint32_t number, uint32_t other) {
  uint32_t known = map_get(&compare->task_image, number);
  if (known) {
    same_number(compare, "a task", known, other + 1);
    return;
  }
  map_put(&compare->task_image, number, other + 1);
  const Task *a = &compare->a->tasks.data[number], *b = &compare->b->tasks.data[other];
  if (compare->names) same_text(compare, "description of a task", a->doc, b->doc);
  same_text(compare, "interpreter", a->interpreter, b->interpreter);
  same_number(compare, "direct", a->direct, b->direct);
  same_number(compare, "volatile", a->is_volatile, b->is_volatile);
  same_number(compare, "assoc", a->assoc, b->assoc);
  same_number(compare, "comm", a->comm, b->comm);
  same_number(compare, "inputs", a->in_count, b->in_count);
  same_number(compare, "outputs", a->out_count, b->out_count);
  same_number(compare, "pieces", a->piece_count, b->piece_count);
  same_number(compare, "env", a->env_count, b->env_count);
  same_number(compare, "stage", a->stage_count, b->stage_count);
  if (compare->found) return;
  same_ports(compare, "an input of a task", a->ins, b->ins, a->in_count);
  same_ports(compare, "an output of a task", a->outs, b->outs, a->out_count);
  same_pieces(compare, a, b);
  for (uint32_t k = 0; k < ATTR_COUNT; k++) same_node(compare, a->attrs[k], b->attrs[k]);
  for (uint32_t k = 0; k < a->env_count; k++) {
    same_text(compare, "env", a->env[k].name, b->env[k].name);
    same_node(compare, a->env[k].node, b->env[k].node);
  }
  for (uint32_t k = 0; k < a->stage_count; k++) {
    same_node(compare, a->stage[k].file, b->stage[k].file);
    same_node(compare, a->stage[k].name, b->stage[k].name);
  }
}

static void same_data(Compare *compare, Node a, Node b) {
  Op op = graph_op(compare->a, a);
  if (op == OP_TOKEN) return;
  if (op == OP_TASK) {
    same_task(compare, compare->a->data.data[a], compare->b->data.data[b]);
    return;
  }
  Text left = {0}, right = {0};
  node_data_print(compare->a, a, &left);
  node_data_print(compare->b, b, &right);
  if (left.len != right.len || (left.len && memcmp(left.data, right.data, left.len)))
    differ(compare, op_info[op].text, left.len ? left.data : "", right.len ? right.data : "");
  text_free(&left);
  text_free(&right);
}

static void same_pairs(Compare *compare) {
  while (compare->stack.len && !compare->found) {
    Pair pair = vec_pop(&compare->stack);
    Op op = graph_op(compare->a, pair.a);
    uint32_t count = graph_arity(compare->a, pair.a);
    if (op != graph_op(compare->b, pair.b))
      differ(compare, "an operation", op_info[op].text, op_info[graph_op(compare->b, pair.b)].text);
    same_number(compare, "operands", count, graph_arity(compare->b, pair.b));
    same_type(compare, op_info[op].text, graph_type(compare->a, pair.a), graph_type(compare->b, pair.b));
    if (compare->found) break;
    same_data(compare, pair.a, pair.b);
    for (uint32_t k = 0; k < count; k++)
      same_node(compare, graph_arg(compare->a, pair.a, k), graph_arg(compare->b, pair.b, k));
  }
}

static void same_inputs(Compare *compare) {
  for (uint32_t k = 0; k < compare->a->inputs.len; k++) {
    const Port *a = &compare->a->inputs.data[k], *b = NULL;
    for (uint32_t m = 0; m < compare->b->inputs.len; m++)
      if (!strcmp(sym_a(compare, a->name), sym_b(compare, compare->b->inputs.data[m].name)))
        b = &compare->b->inputs.data[m];
    if (b)
      same_ports(compare, "an input", a, b, 1);
    else
      differ(compare, "an input", sym_a(compare, a->name), "not there");
  }
}

static void same_outputs(Compare *compare) {
  for (uint32_t k = 0; k < compare->a->outputs.len; k++) {
    const Output *a = &compare->a->outputs.data[k], *b = NULL;
    for (uint32_t m = 0; m < compare->b->outputs.len; m++)
      if (!strcmp(sym_a(compare, a->name), sym_b(compare, compare->b->outputs.data[m].name)))
        b = &compare->b->outputs.data[m];
    if (b)
      same_node(compare, a->node, b->node);
    else
      differ(compare, "an output", sym_a(compare, a->name), "not there");
  }
}

/* What is done, whether its result is dropped or not; NODE_NONE: nothing. */
static Node done_by(const Graph *graph, Node effect) {
  while (write_is_only_done(graph, effect)) effect = graph_arg(graph, effect, 1);
  return write_literal_kind(graph, effect, LIT_UNIT) ? NODE_NONE : effect;
}

static void effects_of(const Graph *graph, Nodes *into) {
  for (uint32_t k = 0; k < graph->effects.len; k++) {
    Node effect = done_by(graph, graph->effects.data[k]);
    if (effect != NODE_NONE) vec_push(into, effect);
  }
}

/* Whether an effect of b can be that one of a: it does the image of its work, or neither was seen before. */
static bool is_image(const Compare *compare, Node a, Node b) {
  Node core = write_effect_core(compare->a, a), other = write_effect_core(compare->b, b);
  uint32_t image = core == NODE_NONE ? 0 : map_get(&compare->image, core);
  return image ? other == image - 1 : other == NODE_NONE || !map_get(&compare->origin, other);
}

/* Those whose work the outputs show are known by it; others come in their order. */
static void same_effects(Compare *compare) {
  Nodes a = {0}, b = {0};
  effects_of(compare->a, &a);
  effects_of(compare->b, &b);
  same_number(compare, "effects", a.len, b.len);
  uint8_t *taken = calloc(b.len + 1, 1);
  for (uint32_t round = 0; round < 2 * a.len && !compare->found; round++) {
    Node effect = a.data[round % a.len], core = write_effect_core(compare->a, effect);
    bool known = core != NODE_NONE && map_get(&compare->image, core);
    if (known != (round < a.len) || (round >= a.len && map_get(&compare->image, effect))) continue;
    uint32_t m = 0;
    while (m < b.len && (taken[m] || !is_image(compare, effect, b.data[m]))) m++;
    if (m == b.len) {
      differ(compare, "an effect", op_info[graph_op(compare->a, effect)].text, "not there");
      break;
    }
    taken[m] = 1;
    same_node(compare, effect, b.data[m]);
    same_pairs(compare);
  }
  free(taken);
  vec_free(&a);
  vec_free(&b);
}

const char *graphs_differ(const Graph *a, const Graph *b, bool names) {
  Compare compare = {.a = a, .b = b, .names = names};
  same_text(&compare, "name", a->name, b->name);
  if (names) same_text(&compare, "description", a->doc, b->doc);
  same_number(&compare, "inputs", a->inputs.len, b->inputs.len);
  same_number(&compare, "outputs", a->outputs.len, b->outputs.len);
  same_inputs(&compare);
  same_outputs(&compare);
  same_pairs(&compare);
  same_effects(&compare);
  map_free(&compare.image);
  map_free(&compare.origin);
  map_free(&compare.task_image);
  vec_free(&compare.stack);
  return compare.found;
}
