/* width.c: how often what a plan holds runs, as formulas over the inputs. */
#include "ir/width.h"

#include "ir/binder.h"
#include "ir/expr.h"

enum { DEEPEST = 64 }; /* arrays of arrays looked into; what is deeper is a width by itself */

/* ---- terms ---- */

static uint64_t width_hash(uint64_t hash, Width width) {
  return hash_add(hash, ((uint64_t)width.node << 2) | (width.length << 1) | width.less_one);
}

static bool widths_same(const Term *a, const Term *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (a->widths[i].node != b->widths[i].node || a->widths[i].length != b->widths[i].length ||
        a->widths[i].less_one != b->widths[i].less_one)
      return false;
  return true;
}

static int64_t sum(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_add_overflow(a, b, &result) ? INT64_MAX : result;
}

static int64_t product(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_mul_overflow(a, b, &result) ? INT64_MAX : result;
}

static void add_term(Formula *formula, Term term) {
  uint64_t key = term.count;
  for (uint32_t i = 0; i < term.count; i++) key = width_hash(key, term.widths[i]);
  Term *terms = formula->terms.data;
  for (uint32_t at; terms && (at = map_get(&formula->find, key)); key++) {
    Term *same = &terms[at - 1];
    if (!widths_same(same, &term)) continue;
    same->number = sum(same->number, term.number);
    return;
  }
  vec_push(&formula->terms, term);
  map_put(&formula->find, key, formula->terms.len);
}

static void add_number(Formula *formula, int64_t number) {
  add_term(formula, (Term){.number = number < 0 ? 0 : number});
}

static void add_width(const Widths *widths, Formula *formula, Width width) {
  Width *one = arena_copy(widths->arena, &width, sizeof width);
  add_term(formula, (Term){1, 1, one});
  formula->run_time |= (widths->graph->below.data[width.node] & FLAG_E) != 0;
}

static void take_flags(Formula *into, const Formula *from) {
  into->at_most |= from->at_most;
  into->run_time |= from->run_time;
  into->unbounded |= from->unbounded;
}

static bool comes_before(Width a, Width b) {
  if (a.node != b.node) return a.node < b.node;
  return a.length != b.length ? b.length : a.less_one < b.less_one;
}

static Term term_product(const Widths *widths, const Term *a, const Term *b) {
  uint32_t count = a->count + b->count;
  Width *merged = ARENA_ARRAY(widths->arena, Width, count);
  for (uint32_t k = 0, i = 0, j = 0; k < count; k++) {
    bool left = j == b->count || (i < a->count && !comes_before(b->widths[j], a->widths[i]));
    merged[k] = left ? a->widths[i++] : b->widths[j++];
  }
  return (Term){product(a->number, b->number), count, merged};
}

/* `into` += a * b */
static void add_product(const Widths *widths, Formula *into, const Formula *a, const Formula *b) {
  for (uint32_t i = 0; i < a->terms.len; i++)
    for (uint32_t j = 0; j < b->terms.len; j++)
      add_term(into, term_product(widths, &a->terms.data[i], &b->terms.data[j]));
  take_flags(into, a);
  take_flags(into, b);
}

void formula_add(const Widths *widths, Formula *formula, const Formula *other) {
  (void)widths;
  for (uint32_t i = 0; i < other->terms.len; i++) add_term(formula, other->terms.data[i]);
  take_flags(formula, other);
}

void formula_free(Formula *formula) {
  vec_free(&formula->terms);
  map_free(&formula->find);
}

/* ---- sizes ---- */

static void add_length(const Widths *widths, Node array, Formula *formula, int depth);

/* An Int that is a number of things. */
static void add_size(const Widths *widths, Node node, Formula *formula, int depth) {
  const Graph *graph = widths->graph;
  switch (graph_op(graph, node)) {
    case OP_LIT:
      add_number(formula, graph_literal(graph, node)->integer);
      return;
    case OP_LENGTH:
      add_length(widths, graph_arg(graph, node, 0), formula, depth);
      return;
    case OP_AFTER:
      add_size(widths, graph_arg(graph, node, 0), formula, depth + 1);
      return;
    case OP_MAX:
      break;
    default:
      add_width(widths, formula, (Width){.node = node});
      return;
  }
  /* What is below 0 counts as 0. */
  for (uint32_t k = 0; k < 2; k++) {
    Node side = graph_arg(graph, node, k), other = graph_arg(graph, node, 1 - k);
    if (graph_op(graph, side) != OP_LIT || graph_literal(graph, side)->integer != 0) continue;
    add_size(widths, other, formula, depth + 1);
    return;
  }
  add_width(widths, formula, (Width){.node = node});
}

static void add_index_set(const Widths *widths, Node dim, Formula *formula, int depth) {
  const Graph *graph = widths->graph;
  while (graph_op(graph, dim) == OP_DIM_ZIP) dim = graph_arg(graph, dim, 0); /* all are of one size */
  if (graph_op(graph, dim) == OP_DIM_OF)
    add_length(widths, graph_arg(graph, dim, 0), formula, depth + 1);
  else
    add_size(widths, graph_arg(graph, dim, 0), formula, depth + 1);
}

static void add_collect(const Widths *widths, Node array, Formula *formula, int depth) {
  const Graph *graph = widths->graph;
  formula->at_most |= !graph_is_bool(graph, graph_arg(graph, array, 1), true);
  add_index_set(widths, binder_dim(graph, array), formula, depth);
}

/* Arrays one after another: for a loop, the product of its own length and that of its body. */
static void add_flat(const Widths *widths, Node arrays, Formula *formula, int depth) {
  const Graph *graph = widths->graph;
  if (graph_op(graph, arrays) == OP_ARRAY) {
    for (uint32_t k = 0; k < graph_arity(graph, arrays); k++)
      add_length(widths, graph_arg(graph, arrays, k), formula, depth + 1);
    return;
  }
  Formula outer = {0}, inner = {0};
  add_collect(widths, arrays, &outer, depth + 1);
  add_length(widths, graph_arg(graph, arrays, 2), &inner, depth + 1);
  add_product(widths, formula, &outer, &inner);
  formula_free(&outer);
  formula_free(&inner);
}

static bool add_known_length(const Widths *widths, Node array, Formula *formula) {
  const Graph *graph = widths->graph;
  uint32_t known = 0;
  if (graph_op(graph, array) == OP_INPUT && widths->lengths)
    known = map_get(widths->lengths, graph->data.data[array]);
  if (known) add_number(formula, known - 1);
  return known != 0;
}

/* Recurses over arrays made of arrays, and no deeper than it says. */
static void add_length(const Widths *widths, Node array, Formula *formula, int depth) {
  const Graph *graph = widths->graph;
  Op op = depth < DEEPEST ? graph_op(graph, array) : OP_COUNT_;
  if (add_known_length(widths, array, formula)) return;
  switch (op) {
    case OP_ARRAY:
      add_number(formula, graph_arity(graph, array));
      return;
    case OP_COLLECT:
      add_collect(widths, array, formula, depth);
      return;
    case OP_COMPACT:
      formula->at_most = true;
      break;
    case OP_CAST:
    case OP_AFTER:
      break;
    case OP_APPEND:
      for (uint32_t k = 0; k < graph_arity(graph, array); k++)
        add_length(widths, graph_arg(graph, array, k), formula, depth + 1);
      return;
    case OP_FLATTEN: {
      Op inner = graph_op(graph, graph_arg(graph, array, 0));
      if (inner == OP_ARRAY || inner == OP_COLLECT) {
        add_flat(widths, graph_arg(graph, array, 0), formula, depth);
        return;
      }
      add_width(widths, formula, (Width){.node = array, .length = true});
      return;
    }
    default:
      add_width(widths, formula, (Width){.node = array, .length = true});
      return;
  }
  add_length(widths, graph_arg(graph, array, 0), formula, depth + 1);
}

/* ---- regions ---- */

/* One less: of the number that is there, or of the only width; else the whole stands as a bound. */
static void take_one(const Widths *widths, Formula *formula) {
  for (uint32_t i = 0; i < formula->terms.len; i++) {
    Term *term = &formula->terms.data[i];
    if (term->count) continue;
    if (term->number > 0) term->number--;
    return;
  }
  Term *only = formula->terms.data;
  if (formula->terms.len != 1 || only->number != 1 || only->count != 1) {
    formula->at_most = true;
    return;
  }
  Width *less = arena_copy(widths->arena, only->widths, sizeof *less);
  less->less_one = true;
  only->widths = less;
}

/* Combinations of neighbours: one less than there are elements. */
static void add_combinations(const Widths *widths, Node array, Formula *formula) {
  Formula all = {0};
  add_length(widths, array, &all, 0);
  take_one(widths, &all);
  formula_add(widths, formula, &all);
  formula_free(&all);
}

static void add_rounds(const Widths *widths, Node most, Formula *formula) {
  const Graph *graph = widths->graph;
  bool unbounded = graph_op(graph, most) == OP_LIT && graph_literal(graph, most)->integer < 0;
  formula->at_most |= !unbounded;
  formula->unbounded |= unbounded;
  if (unbounded)
    add_number(formula, 1);
  else
    add_size(widths, most, formula, 0);
}

void width_add_frames(const Widths *widths, uint32_t region, Formula *formula) {
  const Region *at = &widths->plan->regions.data[region];
  if (at->kind == REGION_ROOT) {
    add_number(formula, 1);
    return;
  }
  const Step *owner = &widths->plan->regions.data[at->parent].steps.data[at->owner];
  switch ((RegionKind)at->kind) {
    case REGION_MAP:
    case REGION_FOLD:
      add_size(widths, owner->operands[0], formula, 0);
      break;
    case REGION_LOOP:
      add_rounds(widths, owner->operands[1], formula);
      break;
    case REGION_TREE:
      add_combinations(widths, owner->operands[0], formula);
      break;
    case REGION_ARM:
    case REGION_ROOT:
      formula->at_most = true;
      add_number(formula, 1);
      break;
  }
}

void width_add_times(const Widths *widths, uint32_t region, Formula *formula) {
  Formula times = {0};
  add_number(&times, 1);
  for (; region != REGION_NONE; region = widths->plan->regions.data[region].parent) {
    Formula frames = {0}, more = {0};
    width_add_frames(widths, region, &frames);
    add_product(widths, &more, &frames, &times);
    formula_free(&frames);
    formula_free(&times);
    times = more;
  }
  formula_add(widths, formula, &times);
  formula_free(&times);
}

/* ---- what they are ---- */

bool formula_number(const Formula *formula, int64_t *number) {
  *number = 0;
  for (uint32_t i = 0; i < formula->terms.len; i++) {
    const Term *term = &formula->terms.data[i];
    if (term->count && term->number) return false;
    if (!term->count) *number = term->number;
  }
  return true;
}

static void put_width(const Widths *widths, Width width, bool alone, Text *into) {
  bool call = width.length || graph_op(widths->graph, width.node) == OP_INPUT;
  bool bracket = !alone && (!call || width.less_one);
  if (bracket) text_putc(into, '(');
  if (width.length) text_puts(into, "length(");
  expr_print(widths->graph, width.node, NULL, into);
  if (width.length) text_putc(into, ')');
  if (width.less_one) text_puts(into, " - 1");
  if (bracket) text_putc(into, ')');
}

static void put_term(const Widths *widths, const Term *term, bool alone, Text *into) {
  bool number = term->number != 1 || !term->count;
  if (number && term->number == INT64_MAX)
    text_puts(into, "more than 9e18");
  else if (number)
    text_addf(into, "%lld", (long long)term->number);
  for (uint32_t i = 0; i < term->count; i++) {
    if (number || i) text_puts(into, " * ");
    put_width(widths, term->widths[i], alone && !number && term->count == 1, into);
  }
}

void formula_print(const Widths *widths, const Formula *formula, Text *into) {
  size_t before = into->len;
  if (formula->at_most) text_puts(into, "at most ");
  size_t start = into->len;
  for (uint32_t i = 0; i < formula->terms.len; i++) {
    const Term *term = &formula->terms.data[i];
    if (!term->number) continue;
    if (into->len > start) text_puts(into, " + ");
    put_term(widths, term, formula->terms.len == 1, into);
  }
  if (into->len > start) return;
  into->len = before;
  text_putc(into, '0');
}
