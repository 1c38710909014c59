#include "canon/state.h"

#include "canon/rules.h"
#include "ir/rewrite.h"
#include "ir/simplify.h"

#include <stdio.h>

enum { MOST_FIELDS = 64, MOST_DEPTH = 64, ROUNDS = 4 };

/* A fold or a loop with a record for its state. */
typedef struct Stateful {
  Graph *graph;
  Digester *digester;
  bool folds, repeats; /* repeats: something volatile happens in each round */
  const Node *variables, *args;
  Node state, init, next;
  Node other; /* what else is evaluated in each round: a fold's condition, what stops a loop */
  Span span;
  TypeId type;
  uint32_t count;
  Node first[MOST_FIELDS], then[MOST_FIELDS]; /* each field's initial value, and the one after a round */
  uint64_t uses[MOST_FIELDS];                 /* bits of fields that `then` depends on */
  uint64_t other_uses, constant, all;
  uint32_t order[MOST_FIELDS]; /* fields in canonical order */
} Stateful;

static const Type *state_type(const Stateful *stateful) {
  return type_of(stateful->graph->types, stateful->type);
}

static bool stateful_take(Stateful *stateful, Graph *graph, Op op, const Node *variables, const Node *args) {
  bool folds = op == OP_FOLD;
  Node state = variables[folds ? 1 : 0];
  *stateful = (Stateful){.graph = graph,
                         .folds = folds,
                         .variables = variables,
                         .args = args,
                         .state = state,
                         .init = args[folds ? 3 : 1],
                         .next = args[folds ? 4 : 2],
                         .other = args[folds ? 1 : 3],
                         .type = graph_type(graph, state)};
  const Type *type = state_type(stateful);
  stateful->count = type->count;
  stateful->all = type->count >= 64 ? UINT64_MAX : (1ULL << type->count) - 1;
  for (uint32_t v = 0; v < (folds ? 2 : 1); v++)
    stateful->repeats |= repeats(graph, stateful->next, variables[v]) ||
                         repeats(graph, stateful->other, variables[v]);
  return type->kind == T_RECORD && type->count && type->count <= MOST_FIELDS;
}

/* ---- taking apart ---- */

/* Field k of a term, looked for inside of it. */
static Node field_of(const Stateful *stateful, Node term, uint32_t k, int level) {
  Graph *graph = stateful->graph;
  TypeId type = state_type(stateful)->args[k];
  if (graph_op(graph, term) == OP_RECORD) return graph_arg(graph, term, k);
  if (graph_op(graph, term) != OP_CHOOSE || level > MOST_DEPTH)
    return graph_raw(graph, OP_PROJECT, type, k, &term, 1, stateful->span);
  Node args[3] = {graph_arg(graph, term, 0)};
  args[1] = field_of(stateful, graph_arg(graph, term, 1), k, level + 1);
  args[2] = field_of(stateful, graph_arg(graph, term, 2), k, level + 1);
  return args[1] == args[2] ? args[1] : graph_raw(graph, OP_CHOOSE, type, 0, args, 3, stateful->span);
}

/* The field of the state that a node is, or -1. */
static int field_at(const Stateful *stateful, Node node) {
  const Graph *graph = stateful->graph;
  bool field = graph_op(graph, node) == OP_PROJECT && graph_arg(graph, node, 0) == stateful->state;
  return field ? (int)graph->data.data[node] : -1;
}

/* The fields of the state that a term mentions; all where it mentions the state itself. */
static uint64_t fields_used(const Stateful *stateful, Node term) {
  const Graph *graph = stateful->graph;
  uint64_t used = 0;
  Nodes stack = {0};
  Map seen = {0};
  vec_push(&stack, term);
  while (stack.len && used != stateful->all) {
    Node node = vec_pop(&stack);
    if (!graph_mentions(graph, node, stateful->state) || map_get(&seen, node)) continue;
    map_put(&seen, node, 1);
    if (node == stateful->state) used = stateful->all;
    int field = field_at(stateful, node);
    if (field >= 0) {
      used |= 1ULL << field;
      continue;
    }
    for (uint32_t k = 0; k < graph_arity(graph, node); k++) vec_push(&stack, graph_arg(graph, node, k));
  }
  vec_free(&stack);
  map_free(&seen);
  return used;
}

static void take_apart(Stateful *stateful) {
  for (uint32_t k = 0; k < stateful->count; k++) {
    stateful->first[k] = field_of(stateful, stateful->init, k, 0);
    stateful->then[k] = field_of(stateful, stateful->next, k, 0);
    stateful->uses[k] = fields_used(stateful, stateful->then[k]);
    if (field_at(stateful, stateful->then[k]) == (int)k) stateful->constant |= 1ULL << k;
  }
  stateful->other_uses = stateful->folds ? 0 : fields_used(stateful, stateful->other);
}

/* Fields that a field depends on, through the rounds; what never changes is no part of it. */
static uint64_t needed_for(const Stateful *stateful, uint32_t field) {
  uint64_t needed = stateful->repeats ? stateful->all : 1ULL << field | stateful->other_uses, before = 0;
  while (needed != before) {
    before = needed;
    for (uint32_t k = 0; k < stateful->count; k++)
      if (before >> k & 1) needed |= stateful->uses[k];
  }
  return needed & ~stateful->constant;
}

/* ---- replacing ---- */

typedef Node Make(Rewrite *rewrite, Node old, const Node *args, uint32_t count);

/* A term with each field of the state replaced, and the state by the record of them. */
static Node replaced_by(const Stateful *stateful, Node term, const Node *fields, Make *make) {
  Graph *graph = stateful->graph;
  Node state = stateful->state;
  Node whole = graph_raw(graph, OP_RECORD, stateful->type, 0, fields, stateful->count, stateful->span);
  Rewrite rewrite = {
      .from = graph, .to = graph, .make = make, .root = {.count = 1, .from = {state}, .by = {whole}}};
  for (uint32_t k = 0; k < stateful->count; k++) {
    TypeId type = state_type(stateful)->args[k];
    Node field = graph_raw(graph, OP_PROJECT, type, k, &state, 1, stateful->span);
    map_put(&rewrite.root.memo, field, fields[k] + 1);
  }
  Node made = rewrite_term(&rewrite, term);
  rewrite_end(&rewrite);
  return made;
}

static Node replaced(const Stateful *stateful, Node term, const Node *fields) {
  return replaced_by(stateful, term, fields, rewrite_raw);
}

/* ---- order ---- */

static void bag_add(const Graph *graph, Node node, Map *seen, Nodes *bag) {
  bool truth = graph_op(graph, node) == OP_LIT && graph_type(graph, node) == T_BOOL;
  if (truth || map_get(seen, node)) return;
  map_put(seen, node, 1);
  vec_push(bag, node);
}

/* Instead of a choice the bag of what it decides by and between: the order of conditions may depend on that of fields,
 * and must not decide about it in turn. Written as waiting for all of them, which has no order. */
static Node make_bags(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  Graph *graph = rewrite->to;
  Op op = graph_op(graph, old);
  if (op != OP_CHOOSE && op != OP_NOT_) return rewrite_raw(rewrite, old, args, count);
  Nodes bag = {0};
  Map seen = {0};
  vec_push(&bag, graph_unit(graph));
  for (uint32_t k = 0; k < count; k++) {
    bool nested = graph_op(graph, args[k]) == OP_AFTER && graph_arg(graph, args[k], 0) == bag.data[0];
    for (uint32_t m = 1; nested && m < graph_arity(graph, args[k]); m++)
      bag_add(graph, graph_arg(graph, args[k], m), &seen, &bag);
    if (!nested) bag_add(graph, args[k], &seen, &bag);
  }
  Node made = graph_raw(graph, OP_AFTER, graph_type(graph, old), 0, bag.data, bag.len,
                        graph_span(graph, old));
  map_free(&seen);
  vec_free(&bag);
  return made;
}

static Digest coloured(const Stateful *stateful, Node term, const Node *fields) {
  return digester_of(stateful->digester, replaced_by(stateful, term, fields, make_bags));
}

/* A field known by its colour alone: an input that no workflow has. */
static Node colour_node(const Stateful *stateful, uint32_t k, Digest colour) {
  char name[48];
  int len = snprintf(name, sizeof name, " %016llx%016llx", (unsigned long long)colour.high,
                     (unsigned long long)colour.low);
  Sym sym = intern(stateful->graph->session->names, name, (size_t)len);
  return graph_raw(stateful->graph, OP_INPUT, state_type(stateful)->args[k], sym, NULL, 0, stateful->span);
}

/* Colours of fields made finer: by how they begin, what becomes of them, and what they mean for the rest. */
static void colour_round(const Stateful *stateful, Digest *colours) {
  Node fields[MOST_FIELDS];
  Digest finer[MOST_FIELDS];
  for (uint32_t k = 0; k < stateful->count; k++) fields[k] = colour_node(stateful, k, colours[k]);
  for (uint32_t k = 0; k < stateful->count; k++) {
    Node own = fields[k];
    finer[k] = digest_add_digest(colours[k], coloured(stateful, stateful->then[k], fields));
    fields[k] = colour_node(stateful, k, digest_add(colours[k], 1));
    finer[k] = digest_add_digest(finer[k], coloured(stateful, stateful->other, fields));
    fields[k] = own;
  }
  for (uint32_t k = 0; k < stateful->count; k++) colours[k] = finer[k];
}

static void order_fields(Stateful *stateful) {
  Digest colours[MOST_FIELDS];
  for (uint32_t k = 0; k < stateful->count; k++) {
    colours[k] = digester_of(stateful->digester, stateful->first[k]);
    stateful->order[k] = k;
  }
  for (int round = 0; round < ROUNDS && stateful->count > 1; round++) colour_round(stateful, colours);
  for (uint32_t i = 1; i < stateful->count; i++) {
    uint32_t field = stateful->order[i], at = i;
    for (; at && digest_compare(colours[field], colours[stateful->order[at - 1]]) < 0; at--)
      stateful->order[at] = stateful->order[at - 1];
    stateful->order[at] = field;
  }
}

static Sym field_name(const Stateful *stateful, uint32_t place) {
  char name[16];
  int len = snprintf(name, sizeof name, "f%u", place + 1);
  return intern(stateful->graph->session->names, name, (size_t)len);
}

/* Whether the state is already as it should be. */
static bool is_canonical(const Stateful *stateful) {
  if (stateful->constant || stateful->count == 1) return false;
  for (uint32_t k = 0; k < stateful->count; k++) {
    bool placed = stateful->order[k] == k && state_type(stateful)->names[k] == field_name(stateful, k);
    if (!placed || needed_for(stateful, k) != stateful->all) return false;
  }
  return true;
}

/* ---- putting together ---- */

/* The fields of a slice in order; their number. */
static uint32_t slice_fields(const Stateful *stateful, uint64_t wanted, uint32_t *fields) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < stateful->count; i++)
    if (wanted >> stateful->order[i] & 1) fields[count++] = stateful->order[i];
  return count;
}

/* The type of a state of these fields: one alone is itself. */
static TypeId slice_type(const Stateful *stateful, const uint32_t *fields, uint32_t count) {
  Sym names[MOST_FIELDS];
  TypeId types[MOST_FIELDS];
  for (uint32_t i = 0; i < count; i++) {
    names[i] = field_name(stateful, i);
    types[i] = state_type(stateful)->args[fields[i]];
  }
  return count == 1 ? types[0] : type_record(stateful->graph->types, count, names, types);
}

/* Values of the slice's fields, as its state. */
static Node slice_record(const Stateful *stateful, TypeId type, const Node *values, uint32_t count) {
  if (count == 1) return values[0];
  return graph_make(stateful->graph, OP_RECORD, type, 0, values, count, stateful->span);
}

/* The fold or loop over these fields alone. */
static Node slice(const Stateful *stateful, uint64_t wanted) {
  Graph *graph = stateful->graph;
  uint32_t fields[MOST_FIELDS], count = slice_fields(stateful, wanted, fields);
  TypeId type = slice_type(stateful, fields, count);
  Node state = graph_open_state(graph, type, stateful->span), by[MOST_FIELDS], values[MOST_FIELDS];
  digester_open(stateful->digester, state, digester_depth(stateful->digester, stateful->state) - 1);
  for (uint32_t k = 0; k < stateful->count; k++)
    by[k] = stateful->first[k]; /* also of fields that are not needed */
  for (uint32_t i = 0; i < count; i++)
    by[fields[i]] = count == 1 ? state
                               : graph_raw(graph, OP_PROJECT, state_type(stateful)->args[fields[i]], i,
                                           &state, 1, stateful->span);
  for (uint32_t i = 0; i < count; i++) values[i] = stateful->first[fields[i]];
  Node init = slice_record(stateful, type, values, count);
  for (uint32_t i = 0; i < count; i++) values[i] = replaced(stateful, stateful->then[fields[i]], by);
  Node next = slice_record(stateful, type, values, count), other = replaced(stateful, stateful->other, by);
  if (graph->full) return 0;
  return stateful->folds ? graph_fold(graph, stateful->variables[0], other, state, init, next, stateful->span)
                         : graph_loop(graph, state, init, next, other, stateful->args[4], stateful->span);
}

static Node slice_field(const Stateful *stateful, uint32_t field) {
  if (stateful->constant >> field & 1) return stateful->first[field];
  uint64_t wanted = needed_for(stateful, field);
  uint32_t fields[MOST_FIELDS] = {0}, count = slice_fields(stateful, wanted, fields), at = 0;
  Node whole = slice(stateful, wanted);
  while (at < count && fields[at] != field) at++;
  if (count == 1 || stateful->graph->full) return whole;
  return graph_raw(stateful->graph, OP_PROJECT, state_type(stateful)->args[field], at, &whole, 1,
                   stateful->span);
}

static Law law_of(const Stateful *stateful) {
  if (stateful->constant) return LAW_STATE_INVARIANT;
  for (uint32_t k = 0; k < stateful->count; k++)
    if (needed_for(stateful, k) != stateful->all) return LAW_STATE_UNUSED;
  return LAW_STATE_ORDER;
}

Node state_close(Graph *graph, Digester *digester, Op op, const Node *variables, const Node *args, Span span,
                 Law *law) {
  Stateful stateful;
  if ((op != OP_FOLD && op != OP_LOOP) || !stateful_take(&stateful, graph, op, variables, args))
    return NODE_NONE;
  stateful.digester = digester;
  stateful.span = span;
  take_apart(&stateful);
  order_fields(&stateful);
  if (is_canonical(&stateful)) return NODE_NONE;
  *law = law_of(&stateful);
  Node fields[MOST_FIELDS];
  for (uint32_t k = 0; k < stateful.count; k++) fields[k] = slice_field(&stateful, k);
  return graph->full ? 0 : graph_raw(graph, OP_RECORD, stateful.type, 0, fields, stateful.count, span);
}
