#include "canon/equiv.h"

#include "canon/sample.h"
#include "canon/unroll.h"
#include "ir/binder.h"

#include <string.h>

enum { MOST_SAMPLED = 256 };

static const struct {
  const char *name, *fragment;
} tiers[TIER_COUNT] = {
#define TIER(tier, name, fragment) [tier] = {name, fragment},
#include "canon/tiers.def"
#undef TIER
};

const char *tier_name(Tier tier) { return tiers[tier].name; }
const char *tier_fragment(Tier tier) { return tiers[tier].fragment; }

const char *verdict_name(Verdict verdict) {
  static const char *const names[] = {"same", "different", "unknown"};
  return names[verdict];
}

/* ---- tiers ---- */

static Tier tier_of(Op op) {
  switch (op) {
    case OP_LOOP:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_STATE:
      return TIER_C4;
    case OP_CHOOSE:
      return TIER_C3;
    case OP_COLLECT:
    case OP_INDEX:
    case OP_ORDINAL:
    case OP_ELEMENT:
    case OP_DIM_OF:
    case OP_DIM_RANGE:
    case OP_DIM_ZIP:
    case OP_FLATTEN:
    case OP_COMPACT:
      return TIER_C2;
    case OP_TASK:
    case OP_ASK:
    case OP_AFTER:
    case OP_TOKEN:
      return TIER_C1;
    default:
      return TIER_C0;
  }
}

static Tier higher(Tier a, Tier b) { return a > b ? a : b; }

/* Of a term: the output of a step is as much as the step. */
static Tier tier_at(const Graph *graph, Node node) {
  while (graph_op(graph, node) == OP_PROJECT) node = graph_arg(graph, node, 0);
  return tier_of(graph_op(graph, node));
}

/* What it takes to know that a difference in one operand is one of the whole: nothing where the operand stands
 * outside of what is repeated. */
static Tier tier_through(Op op, uint32_t place) {
  bool inside = binder_of(op).scoped >> place & 1 || (op == OP_LOOP && place == 4);
  return op == OP_CHOOSE || inside ? tier_of(op) : TIER_C0;
}

static Tier highest(const Form *form) {
  Tier tier = TIER_C0;
  for (uint32_t i = 0; i < form_count(form); i++)
    tier = higher(tier, tier_of(graph_op(form->graph, form->order.data[i])));
  return tier;
}

/* ---- where they part ---- */

typedef struct Pair {
  Node before, after;
  Tier tier; /* of the way from the root */
  uint32_t root;
  bool computed;  /* what is around is computed, and known to differ as a whole */
  Span places[2]; /* of the nearest terms on the way that stand somewhere in the source */
} Pair;

typedef struct Search {
  const Form *forms[2];
  VEC(Pair) stack;
  VEC(Witness) roots;
  VEC(Node) rest[2]; /* operands without order that the other side has not */
  Map seen;
  uint32_t sampled; /* pairs that were */
  bool found;
  bool undecided; /* the witness so far may be the same after all */
  Tier tier;      /* of the least demanding witness so far */
  Witness witness;
} Search;

/* Whether what was found so far says more. */
static bool is_better(const Search *search, bool undecided, Tier tier) {
  if (search->undecided != undecided) return undecided;
  return search->tier <= tier;
}

static void found(Search *search, const Pair *pair, bool undecided, Tier tier) {
  if (search->found && is_better(search, undecided, tier)) return;
  search->found = true;
  search->undecided = undecided;
  search->tier = tier;
  search->witness = search->roots.data[pair->root];
  search->witness.before = pair->before;
  search->witness.after = pair->after;
  for (int side = 0; side < 2; side++) search->witness.places[side] = pair->places[side];
}

static bool same_alone(const Search *search, const Pair *pair) {
  const Graph *a = search->forms[0]->graph, *b = search->forms[1]->graph;
  return graph_arity(a, pair->before) == graph_arity(b, pair->after) &&
         digest_same(search->forms[0]->digests.data[pair->before],
                     search->forms[1]->digests.data[pair->after]);
}

/* Inputs stand where they are declared, and indices nowhere of their own: what uses them says more. */
static bool is_leaf(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return op == OP_INPUT || op == OP_INDEX || op == OP_STATE || op == OP_LIT;
}

static bool push(Search *search, const Pair *from, Node before, Node after, Tier tier) {
  if (digest_same(form_digest(search->forms[0], before), form_digest(search->forms[1], after))) return false;
  uint64_t key = hash_add(before + 1, after + 1);
  if (map_get(&search->seen, key)) return true;
  map_put(&search->seen, key, 1);
  Pair pair = {before, after, tier, from->root, from->computed, {from->places[0], from->places[1]}};
  Span places[2] = {search->forms[0]->graph->span_of.data[before],
                    search->forms[1]->graph->span_of.data[after]};
  bool leaf = is_leaf(search->forms[0]->graph, before) || is_leaf(search->forms[1]->graph, after);
  bool known = places[0].hi && places[1].hi && !(leaf && from->places[0].hi);
  for (int side = 0; known && side < 2; side++) pair.places[side] = places[side];
  vec_push(&search->stack, pair);
  return true;
}

/* Those of one side's operands whose digests the other has not, each as often as it is too many. */
static void take_rest(Search *search, int side, Node mine, Node theirs, uint32_t from) {
  const Form *form = search->forms[side], *other = search->forms[!side];
  Map count = {0};
  for (uint32_t k = from; k < graph_arity(other->graph, theirs); k++) {
    uint64_t key = form_digest(other, graph_arg(other->graph, theirs, k)).low;
    map_put(&count, key, map_get(&count, key) + 1);
  }
  search->rest[side].len = 0;
  for (uint32_t k = from; k < graph_arity(form->graph, mine); k++) {
    Node arg = graph_arg(form->graph, mine, k);
    uint32_t left = map_get(&count, form_digest(form, arg).low);
    if (left > 1)
      map_put(&count, form_digest(form, arg).low, left - 1);
    else if (left == 1)
      map_put(&count, form_digest(form, arg).low, UINT32_MAX);
    if (!left || left == UINT32_MAX) vec_push(&search->rest[side], arg);
  }
  map_free(&count);
}

/* The operands that differ; false: none does. */
static bool descend(Search *search, const Pair *pair) {
  const Graph *a = search->forms[0]->graph, *b = search->forms[1]->graph;
  Op op = graph_op(a, pair->before);
  uint32_t ordered = unordered_from(a, pair->before);
  bool any = false;
  for (uint32_t k = 0; k < ordered && k < graph_arity(a, pair->before); k++)
    any |= push(search, pair, graph_arg(a, pair->before, k), graph_arg(b, pair->after, k),
                higher(pair->tier, tier_through(op, k)));
  if (ordered >= graph_arity(a, pair->before)) return any;
  take_rest(search, 0, pair->before, pair->after, ordered);
  take_rest(search, 1, pair->after, pair->before, ordered);
  for (uint32_t k = 0; k < search->rest[0].len && k < search->rest[1].len; k++)
    any |= push(search, pair, search->rest[0].data[k], search->rest[1].data[k], pair->tier);
  return any;
}

/* Whether what two terms compute cannot be told apart, though the laws do not say that it is the same. */
static bool is_alike(Search *search, Pair *pair) {
  bool computes = sample_computes(graph_op(search->forms[0]->graph, pair->before)) ||
                  sample_computes(graph_op(search->forms[1]->graph, pair->after));
  if (!computes) pair->computed = false;
  if (!computes || pair->computed || search->sampled++ >= MOST_SAMPLED) return false;
  pair->computed = true;
  return sample_terms(search->forms[0], pair->before, search->forms[1], pair->after) == SAMPLED_ALIKE;
}

static void search_from(Search *search, Node before, Node after, Witness root) {
  vec_push(&search->roots, root);
  Pair from = {.root = search->roots.len - 1};
  if (!push(search, &from, before, after, TIER_C0)) return;
  while (search->stack.len) {
    Pair pair = vec_pop(&search->stack);
    bool alike = is_alike(search, &pair);
    if (!alike && same_alone(search, &pair) && descend(search, &pair)) continue;
    Tier own = higher(tier_at(search->forms[0]->graph, pair.before),
                      tier_at(search->forms[1]->graph, pair.after));
    found(search, &pair, alike, higher(pair.tier, own));
  }
}

/* An end that one side has alone. */
static void found_alone(Search *search, Witness witness) {
  Tier tier = witness.end == END_EFFECT ? TIER_C1 : TIER_C0;
  if (search->found && is_better(search, false, tier)) return;
  Node nodes[2] = {witness.before, witness.after};
  for (int side = 0; side < 2; side++)
    if (nodes[side] != NODE_NONE)
      witness.places[side] = search->forms[side]->graph->span_of.data[nodes[side]];
  search->found = true;
  search->undecided = false;
  search->tier = tier;
  search->witness = witness;
}

/* ---- ends ---- */

static void search_outputs(Search *search) {
  const Graph *graphs[2] = {search->forms[0]->graph, search->forms[1]->graph};
  Map named[2] = {{0}, {0}};
  for (int side = 0; side < 2; side++)
    for (uint32_t i = 0; i < graphs[side]->outputs.len; i++)
      map_put(&named[side], graphs[side]->outputs.data[i].name, i + 1);
  for (int side = 0; side < 2; side++)
    for (uint32_t i = 0; i < graphs[side]->outputs.len; i++) {
      const Output *mine = &graphs[side]->outputs.data[i];
      uint32_t at = map_get(&named[!side], mine->name);
      Witness root = {
          END_OUTPUT, mine->name, side ? NODE_NONE : mine->node, side ? mine->node : NODE_NONE, {{0}}};
      if (!at)
        found_alone(search, root);
      else if (!side)
        search_from(search, mine->node, graphs[1]->outputs.data[at - 1].node, root);
    }
  map_free(&named[0]);
  map_free(&named[1]);
}

static Node effect_of(const Form *form, uint32_t k) {
  return k < form->effects.len ? form->graph->effects.data[form->effects.data[k]] : NODE_NONE;
}

/* Effects stand in the order of their digests. */
static void search_effects(Search *search) {
  const Form *a = search->forms[0], *b = search->forms[1];
  uint32_t i = 0, j = 0;
  while (i < a->effects.len || j < b->effects.len) {
    Node x = effect_of(a, i), y = effect_of(b, j);
    Witness root = {END_EFFECT, 0, x, y, {{0}}};
    if (x == NODE_NONE || y == NODE_NONE)
      found_alone(search, root);
    else
      search_from(search, x, y, root);
    i++, j++;
  }
}

static const Port *input_of(const Graph *graph, Sym name) {
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    if (graph->inputs.data[i].name == name) return &graph->inputs.data[i];
  return NULL;
}

static bool same_type(const Graph *a, TypeId x, const Graph *b, TypeId y) {
  return !strcmp(type_text(a->types, x), type_text(b->types, y));
}

static void search_inputs(Search *search) {
  for (int side = 0; side < 2; side++) {
    const Graph *mine = search->forms[side]->graph, *other = search->forms[!side]->graph;
    for (uint32_t i = 0; i < mine->inputs.len; i++) {
      const Port *port = &mine->inputs.data[i], *found_port = input_of(other, port->name);
      Witness root = {.end = END_INPUT, .name = port->name, .before = NODE_NONE, .after = NODE_NONE};
      root.places[side] = port->span;
      if (found_port) root.places[!side] = found_port->span;
      bool alike = found_port && same_type(mine, port->type, other, found_port->type) &&
                   (port->node == NODE_NONE) == (found_port->node == NODE_NONE);
      if (!alike)
        found_alone(search, root);
      else if (!side && port->node != NODE_NONE)
        search_from(search, port->node, found_port->node, root);
    }
  }
}

static void search_all(Search *search) {
  search_inputs(search);
  search_outputs(search);
  search_effects(search);
}

static void search_end(Search *search) {
  vec_free(&search->stack);
  vec_free(&search->roots);
  vec_free(&search->rest[0]);
  vec_free(&search->rest[1]);
  map_free(&search->seen);
}

/* ---- the verdict ---- */

static void unknown(Equiv *equiv, Tier tier, const char *reason) {
  equiv->verdict = VERDICT_UNKNOWN;
  equiv->tier = tier;
  equiv->reason = reason;
}

/* The two are not identical: different, or not known to be. */
static void judge(const Form *before, const Form *after, bool over_budget, Equiv *equiv) {
  Search search = {.forms = {before, after}};
  search_all(&search);
  equiv->has_witness = search.found;
  equiv->witness = search.witness;
  equiv->verdict = VERDICT_DIFFERENT;
  equiv->tier = search.found ? search.tier : TIER_C1;
  if (before->exhausted || after->exhausted)
    unknown(equiv, TIER_C1, "equal parts could not be put in order within the budget");
  else if (search.undecided)
    unknown(equiv, equiv->tier,
            "the laws do not tell what is computed apart, and no values for which it differs were found");
  else if (equiv->tier == TIER_C4)
    unknown(equiv, TIER_C4,
            over_budget ? "the rounds of the loops or folds that differ are too many to be written out"
                        : "they differ inside of loops or folds that go round an unknown number of times");
  else if (equiv->tier == TIER_C2 && over_budget)
    unknown(equiv, TIER_C2, "the elements of the arrays that differ are too many to be written out");
  search_end(&search);
}

static bool same(const Form *a, const Form *b) { return !strcmp(a->hex, b->hex); }

/* Both once more, with known rounds written out. */
static void judge_unrolled(const Graph *before, const Graph *after, const Form *forms[2], Equiv *equiv) {
  bool over_budget = false;
  Graph *unrolled[2] = {unroll(before, &over_budget), unroll(after, &over_budget)};
  if (!unrolled[0] && !unrolled[1]) {
    judge(forms[0], forms[1], over_budget, equiv);
    return;
  }
  Form *made[2] = {NULL, NULL};
  const Form *used[2];
  for (int side = 0; side < 2; side++) {
    if (unrolled[side]) made[side] = form_new(unrolled[side], VIEW_EXACT);
    used[side] = made[side] ? made[side] : forms[side];
    equiv->graphs[side] = unrolled[side];
  }
  equiv->unrolled = true;
  equiv->tier = higher(highest(forms[0]), highest(forms[1]));
  if (!same(used[0], used[1])) judge(used[0], used[1], over_budget, equiv);
  form_free(made[0]);
  form_free(made[1]);
}

void equiv_of(const Graph *before, const Graph *after, Equiv *equiv) {
  *equiv = (Equiv){.verdict = VERDICT_SAME};
  Form *a = form_new(before, VIEW_EXACT), *b = form_new(after, VIEW_EXACT);
  equiv->tier = higher(highest(a), highest(b));
  if (!same(a, b)) judge_unrolled(before, after, (const Form *[2]){a, b}, equiv);
  form_free(a);
  form_free(b);
}

void equiv_end(Equiv *equiv) {
  for (int side = 0; side < 2; side++) graph_free(equiv->graphs[side]);
}
