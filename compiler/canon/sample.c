#include "canon/sample.h"

#include <string.h>

enum { TRIALS = 64, MOST_TERMS = 500 };

bool sample_computes(Op op) {
  bool numbers = op >= OP_ADD_ && op <= OP_TO_INT && op != OP_UNCERTAIN_;
  bool functions = op >= OP_MIN && op <= OP_SHIFT_RIGHT, truth = op >= OP_NOT_ && op <= OP_LE_;
  return numbers || functions || truth || op == OP_CHOOSE || op == OP_CONCAT || op == OP_TO_STRING ||
         op == OP_REPLACE || op == OP_CONTAINS || op == OP_STARTS_WITH || op == OP_ENDS_WITH;
}

typedef struct Trial {
  const Form *form;
  Graph *scratch;
  uint64_t number;
  Map made; /* node to its value's node in `scratch` + 1 */
  VEC(Node) stack;
  VEC(Node) args;
} Trial;

/* ---- values ---- */

static Sym draw_text(const Trial *trial, uint64_t random) {
  static const char *const texts[] = {"", "a", "b", "ab", "ba", "a b", "0", "12"};
  const char *text = texts[random % (sizeof texts / sizeof *texts)];
  return intern(trial->scratch->session->names, text, strlen(text));
}

/* A value of a part that is not computed; the same wherever the part stands. False: it has none that can be drawn. */
static bool draw(Trial *trial, Node node) {
  const Graph *graph = trial->form->graph;
  TypeId type = graph_type(graph, node);
  Digest digest = form_digest(trial->form, node);
  uint64_t random = hash_add(hash_add(digest.high, digest.low), trial->number) >> 8;
  Literal literal;
  switch (type_kind(graph->types, type)) {
    case T_BOOL:
      literal = (Literal){.kind = LIT_BOOL, .integer = random & 1};
      break;
    case T_INT:
      literal = (Literal){.kind = LIT_INT, .integer = (int64_t)(random % 41) - 20};
      break;
    case T_FLOAT:
    case T_QUANTITY:
      literal = (Literal){.kind = LIT_FLOAT, .number = ((double)(random % 4001) - 2000) / 7};
      break;
    case T_STRING:
      literal = (Literal){.kind = LIT_STRING, .text = draw_text(trial, random)};
      break;
    default:
      return false;
  }
  map_put(&trial->made, node, graph_literal_node(trial->scratch, type, literal) + 1);
  return true;
}

/* ---- terms ---- */

static bool wait_for_operands(Trial *trial, Node node) {
  const Graph *graph = trial->form->graph;
  uint32_t before = trial->stack.len;
  trial->args.len = 0;
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    uint32_t made = map_get(&trial->made, graph_arg(graph, node, k));
    if (!made) vec_push(&trial->stack, graph_arg(graph, node, k));
    vec_push(&trial->args, made - 1);
  }
  return trial->stack.len > before;
}

/* The node of a term's value in the scratch graph; NODE_NONE where it has none. */
static Node evaluate(Trial *trial, Node term) {
  const Graph *graph = trial->form->graph;
  vec_push(&trial->stack, term);
  while (trial->stack.len && trial->made.len < MOST_TERMS) {
    Node node = vec_last(&trial->stack);
    Op op = graph_op(graph, node);
    if (map_get(&trial->made, node)) {
      trial->stack.len--;
    } else if (op == OP_LIT) {
      map_put(&trial->made, node,
              graph_literal_node(trial->scratch, graph_type(graph, node), *graph_literal(graph, node)) + 1);
    } else if (!sample_computes(op)) {
      if (!draw(trial, node)) return NODE_NONE;
    } else if (!wait_for_operands(trial, node)) {
      map_put(&trial->made, node,
              graph_make(trial->scratch, op, graph_type(graph, node), graph->data.data[node],
                         trial->args.data, trial->args.len, (Span){0}) +
                  1);
    }
  }
  uint32_t made = map_get(&trial->made, term);
  return made && graph_op(trial->scratch, made - 1) == OP_LIT ? made - 1 : NODE_NONE;
}

static bool value_of(const Form *form, Node term, uint64_t number, Literal *value) {
  Trial trial = {
      .form = form, .scratch = graph_new(form->graph->session, form->graph->types), .number = number};
  Node made = evaluate(&trial, term);
  if (made != NODE_NONE) *value = *graph_literal(trial.scratch, made);
  graph_free(trial.scratch);
  map_free(&trial.made);
  vec_free(&trial.stack);
  vec_free(&trial.args);
  return made != NODE_NONE;
}

static bool same_value(const Literal *a, const Literal *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == LIT_STRING) return a->text == b->text;
  return a->kind == LIT_UNIT || a->kind == LIT_ABSENT || a->integer == b->integer; /* all bits of a Float */
}

/* Where one of two values fails (a division by zero) nothing is said of the other. */
Sampled sample_terms(const Form *before, Node x, const Form *after, Node y) {
  bool any = false;
  for (uint64_t number = 0; number < TRIALS && (any || number < TRIALS / 8); number++) {
    Literal a, b;
    if (!value_of(before, x, number, &a) || !value_of(after, y, number, &b)) continue;
    if (!same_value(&a, &b)) return SAMPLED_DIFFERENT;
    any = true;
  }
  return any ? SAMPLED_ALIKE : SAMPLED_NOT;
}
