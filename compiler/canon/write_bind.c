/* write_bind.c: binders: what a `for` goes over, and what its variables are. */
#include "canon/write_parts.h"

#include "ir/binder.h"
#include "ir/varset.h"

#include <string.h>

enum { MOST_PARTS = 8 }; /* levels of records in a state */

/* ---- clauses ---- */

bool write_bind_emits(const Scope *scope, const For *clause) {
  uint32_t bases = 0, bases_used = 0, arrays = 0;
  bool foreign = false;
  for (uint32_t k = 0; k < scope->clauses.len; k++) {
    bases += scope->clauses.data[k].base;
    bases_used += scope->clauses.data[k].base && scope->clauses.data[k].used;
    arrays += !scope->clauses.data[k].base;
    foreign |= scope->clauses.data[k].foreign;
  }
  if (!clause->base) return true;
  if (scope->filtered) return false;
  if (!arrays || foreign) return true;
  return bases > 1 ? bases_used > 0 : clause->used;
}

static For base_clause(const Graph *graph, Node dim) {
  Node of = graph_arg(graph, dim, 0);
  if (graph_op(graph, dim) == OP_DIM_OF) return (For){.kind = CLAUSE_ARRAY, .source = of, .base = true};
  bool indices = graph_op(graph, of) == OP_LENGTH;
  return (For){.kind = indices ? CLAUSE_INDICES : CLAUSE_RANGE,
               .source = indices ? graph_arg(graph, of, 0) : of,
               .base = true};
}

static void add_bases(const Graph *graph, Scope *scope) {
  Node dim = graph_arg(graph, scope->variables[0], 0);
  bool zip = graph_op(graph, dim) == OP_DIM_ZIP;
  for (uint32_t k = 0; k < (zip ? graph_arity(graph, dim) : 1); k++)
    vec_push(&scope->clauses, base_clause(graph, zip ? graph_arg(graph, dim, k) : dim));
}

/* The number of elements of a written array is a set of its own kind: `for x in [a, b]` goes over `range(2)`. */
static void clause_written(const Graph *graph, Scope *scope, Node array) {
  if (graph_op(graph, array) != OP_ARRAY) return;
  for (uint32_t k = 0; k < scope->clauses.len; k++) {
    For *clause = &scope->clauses.data[k];
    if (clause->kind == CLAUSE_ARRAY && clause->source == array) return;
    bool same = clause->base && !clause->used && clause->kind == CLAUSE_RANGE &&
                write_literal_kind(graph, clause->source, LIT_INT) &&
                graph_literal(graph, clause->source)->integer == graph_arity(graph, array);
    if (!same) continue;
    clause->kind = CLAUSE_ARRAY;
    clause->source = array;
    return;
  }
}

/* Whether an index over these clauses covers the set of an array by itself. */
static bool clause_covers(const Graph *graph, const Scope *scope, Node array) {
  Node dim = graph_arg(graph, scope->variables[0], 0);
  if (graph_op(graph, array) == OP_COLLECT) return true;
  bool zip = graph_op(graph, dim) == OP_DIM_ZIP;
  for (uint32_t k = 0; k < (zip ? graph_arity(graph, dim) : 1); k++) {
    Node part = zip ? graph_arg(graph, dim, k) : dim;
    if (graph_op(graph, part) == OP_DIM_OF && graph_arg(graph, part, 0) == array) return true;
  }
  return false;
}

static uint32_t clause_find(Scope *scope, ClauseKind kind, Node source) {
  uint32_t k = 0;
  for (; k < scope->clauses.len; k++) {
    const For *clause = &scope->clauses.data[k];
    bool same = kind == CLAUSE_ARRAY ? clause->kind == CLAUSE_ARRAY && clause->source == source
                                     : clause->kind != CLAUSE_ARRAY;
    if (same) break;
  }
  if (k == scope->clauses.len) vec_push(&scope->clauses, (For){.kind = (uint8_t)kind, .source = source});
  scope->clauses.data[k].used = true;
  return k;
}

/* A field, or a field of a field, of an element of an array: short enough as it is. */
static bool is_path(const Graph *graph, Node node) {
  while (graph_op(graph, node) == OP_PROJECT) node = graph_arg(graph, node, 0);
  return graph_op(graph, node) == OP_ELEMENT && graph_op(graph, graph_arg(graph, node, 1)) == OP_INDEX;
}

static bool is_conversion(Op op) { return op == OP_SOME || op == OP_CAST || op == OP_TO_FLOAT; }

/* An array that is written in any case, and whose element `node` is; NODE_NONE if there is none. */
static Node array_of(Writer *writer, Node binder, Node index, Node condition, Node node) {
  const Graph *graph = writer->graph;
  if (condition == NODE_NONE || is_conversion(graph_op(graph, node)) || is_path(graph, node))
    return NODE_NONE;
  TypeId type = type_array(graph->types, graph_type(graph, node));
  Node args[3] = {index, condition, node}, array = graph_find(graph, OP_COLLECT, type, 0, args, 3);
  if (array == NODE_NONE || array == binder) return NODE_NONE;
  bool there = (array < writer->marked && writer->marks[array]) || map_get(writer->carried, array);
  return there ? array : NODE_NONE;
}

static void form_indexed(Writer *writer, Item *item) {
  const Graph *graph = writer->graph;
  Scope *scope = &writer->scopes.data[item->scope];
  Node index = scope->variables[0], node = item->node, binder = writer->items.data[scope->binder].node;
  Op op = graph_op(graph, node);
  uint32_t place = NONE;
  if (scope->option != NODE_NONE && op == OP_UNWRAP && graph_arg(graph, node, 0) == scope->option)
    place = 0;
  else if (op == OP_ELEMENT && graph_arg(graph, node, 1) == index) {
    Node array = graph_arg(graph, node, 0);
    Node own = scope->filtered ? array_of(writer, binder, index, graph_arg(graph, binder, 1), node)
                               : NODE_NONE;
    if (own == NODE_NONE) clause_written(graph, scope, array);
    place = clause_find(scope, CLAUSE_ARRAY, own == NODE_NONE ? array : own);
    For *clause = &scope->clauses.data[place];
    clause->foreign = !clause->base && !clause_covers(graph, scope, clause->source);
  } else if (op == OP_ORDINAL && graph_arg(graph, node, 0) == index) {
    place = clause_find(scope, CLAUSE_INDICES, scope->clauses.data[0].source);
  } else if (op != OP_INDEX && graph_mentions(graph, node, index)) {
    Node condition = graph_arg(graph, binder, 1);
    Node array = array_of(writer, binder, index, scope->filtered ? condition : writer->truth, node);
    bool outside = array != NODE_NONE;
    for (uint32_t k = 1; outside && k < scope->count; k++)
      outside = !graph_mentions(graph, array, scope->variables[k]);
    if (outside) place = clause_find(scope, CLAUSE_ARRAY, array);
  }
  if (place == NONE) return;
  item->form = FORM_VARIABLE;
  item->place = place;
}

void write_bind_form(Writer *writer, Item *item) {
  const Scope *scope = &writer->scopes.data[item->scope];
  uint32_t next = map_get(&scope->next, item->node);
  for (uint32_t k = 0; k < scope->count && !scope->next.len; k++) {
    if (scope->variables[k] != item->node || graph_op(writer->graph, item->node) != OP_STATE) continue;
    item->form = FORM_STATE;
    item->place = k;
    return;
  }
  if (next) {
    item->form = FORM_NEXT;
    item->name = next - 1;
  } else if (scope->count && !scope->next.len && graph_op(writer->graph, scope->variables[0]) == OP_INDEX) {
    form_indexed(writer, item);
  }
}

/* ---- filtered arrays ---- */

typedef struct Walk {
  Map seen;
  Nodes stack;
} Walk;

static void walk_push(Walk *walk, Node node) {
  if (map_get(&walk->seen, node)) return;
  map_put(&walk->seen, node, 1);
  vec_push(&walk->stack, node);
}

static void walk_args(const Graph *graph, Walk *walk, Node node) {
  Op op = graph_op(graph, node);
  uint32_t given = op == OP_TASK || op == OP_ASK ? waits_from(graph, node) : graph_arity(graph, node);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++)
    if (k < given || write_is_wait(graph, node, k)) walk_push(walk, graph_arg(graph, node, k));
}

static void walk_end(Walk *walk) {
  map_free(&walk->seen);
  vec_free(&walk->stack);
}

/* Whether all that a body takes of its index are elements of arrays with the same filter, one at least. */
static bool is_filtered(Writer *writer, Node binder, Node body) {
  const Graph *graph = writer->graph;
  Node index = graph_arg(graph, binder, 0), condition = graph_arg(graph, binder, 1);
  Walk walk = {0};
  uint32_t arrays = 0;
  bool covered = true;
  walk_push(&walk, body);
  while (walk.stack.len && covered) {
    Node node = vec_pop(&walk.stack);
    if (!graph_mentions(graph, node, index)) continue;
    Node array = array_of(writer, binder, index, condition, node);
    uint32_t outer = graph->vars.data[binder];
    bool closed = array != NODE_NONE && varset_union(graph->sets, outer, graph->vars.data[array]) == outer;
    Op op = graph_op(graph, node);
    arrays += closed;
    covered = closed || (op != OP_ELEMENT && op != OP_ORDINAL && op != OP_INDEX) ||
              (op == OP_ELEMENT && graph_arg(graph, node, 1) != index);
    if (!closed) walk_args(graph, &walk, node);
  }
  walk_end(&walk);
  return covered && arrays;
}

/* ---- what is there of an array ---- */

/* The option that a filter asks for first, and what else it asks; NODE_NONE: none. */
static Node asked_option(const Graph *graph, Node condition, Node *rest) {
  bool both = graph_op(graph, condition) == OP_CHOOSE &&
              graph_is_bool(graph, graph_arg(graph, condition, 2), false);
  Node first = both ? graph_arg(graph, condition, 0) : condition;
  *rest = both ? graph_arg(graph, condition, 1) : NODE_NONE;
  return graph_op(graph, first) == OP_IS_SOME ? graph_arg(graph, first, 0) : NODE_NONE;
}

/* Whether all that terms take of the index is what is inside of the option there. */
static bool is_compact(const Graph *graph, Node index, Node option, Node body, Node rest) {
  Walk walk = {0};
  bool covered = true, used = false;
  walk_push(&walk, body);
  if (rest != NODE_NONE) walk_push(&walk, rest);
  while (walk.stack.len && covered) {
    Node node = vec_pop(&walk.stack);
    Op op = graph_op(graph, node);
    bool inside = op == OP_UNWRAP && graph_arg(graph, node, 0) == option;
    used |= inside;
    if (!graph_mentions(graph, node, index) || inside) continue;
    covered = op != OP_INDEX && op != OP_ORDINAL && (op != OP_ELEMENT || graph_arg(graph, node, 1) != index);
    walk_args(graph, &walk, node);
  }
  walk_end(&walk);
  return covered && used;
}

/* The array of an option at each index. */
static Node options_of(Writer *writer, Node index, Node option) {
  Graph *graph = writer->made;
  Node dim = graph_arg(graph, index, 0);
  bool own = graph_op(graph, option) == OP_ELEMENT && graph_op(graph, dim) == OP_DIM_OF &&
             graph_arg(graph, option, 1) == index && graph_arg(graph, dim, 0) == graph_arg(graph, option, 0);
  if (own) return graph_arg(graph, dim, 0);
  Node args[3] = {index, graph_bool(graph, true), option};
  TypeId type = type_array(graph->types, graph_type(graph, option));
  return graph_raw(graph, OP_COLLECT, type, 0, args, 3, graph->span_of.data[option]);
}

/* `for x in compact(xs)`: a filter that asks what is there, where nothing else is used. */
static void open_compact(Writer *writer, Scope *scope, Node body) {
  Node rest, option = asked_option(writer->graph, scope->condition, &rest), index = scope->variables[0];
  if (option == NODE_NONE || !graph_mentions(writer->graph, option, index)) return;
  if (!is_compact(writer->graph, index, option, body, rest)) return;
  scope->option = option;
  scope->condition = rest;
  scope->clauses.len = 0;
  vec_push(&scope->clauses, (For){.kind = CLAUSE_COMPACT, .source = options_of(writer, index, option)});
}

/* ---- effects ---- */

/* One layer less of what is around an effect's work; NODE_NONE: there is none. */
static Node inside_of(const Graph *graph, Node effect) {
  switch (graph_op(graph, effect)) {
    case OP_CHOOSE:
      return graph_arg(graph, effect,
                       write_literal_kind(graph, graph_arg(graph, effect, 1), LIT_UNIT) ? 2 : 1);
    case OP_AFTER:
      return write_is_only_done(graph, effect) ? graph_arg(graph, effect, 1) : NODE_NONE;
    default:
      return NODE_NONE;
  }
}

Node write_effect_core(const Graph *graph, Node effect) {
  while (effect != NODE_NONE) {
    Op op = graph_op(graph, effect);
    if (op == OP_TASK || op == OP_ASK || op == OP_FOLD || op == OP_REDUCE || op == OP_LOOP ||
        op == OP_COLLECT)
      return effect;
    effect = inside_of(graph, effect);
  }
  return NODE_NONE;
}

void write_effect_place(Writer *writer, Node effect) {
  const Graph *graph = writer->graph;
  Node core = write_effect_core(graph, effect);
  uint32_t arms = 0;
  if (core == NODE_NONE || map_get(&writer->arms, core)) return;
  for (; effect != core; effect = inside_of(graph, effect)) arms += graph_op(graph, effect) == OP_CHOOSE;
  map_put(&writer->arms, core, arms + 1);
}

void write_effects_select(const Graph *graph, const Nodes *roots, const Nodes *effects, Nodes *into) {
  Walk walk = {0};
  uint32_t first = into->len;
  for (uint32_t k = 0; k < roots->len; k++) walk_push(&walk, roots->data[k]);
  for (uint32_t k = effects->len + 1; k-- > 0;) {
    while (walk.stack.len) walk_args(graph, &walk, vec_pop(&walk.stack));
    if (!k) break;
    if (write_literal_kind(graph, effects->data[k - 1], LIT_UNIT)) continue;
    Node core = write_effect_core(graph, effects->data[k - 1]);
    if (core != NODE_NONE && map_get(&walk.seen, core)) continue;
    vec_push(into, effects->data[k - 1]);
    walk_push(&walk, effects->data[k - 1]);
  }
  for (uint32_t a = first, b = into->len; a + 1 < b; a++) { /* in their order */
    Node kept = into->data[a];
    into->data[a] = into->data[--b];
    into->data[b] = kept;
  }
  walk_end(&walk);
}

/* What a body waits for: volatile work of its own is done by being there. */
static void split_body(Writer *writer, Scope *scope, Node body) {
  const Graph *graph = writer->graph;
  scope->value = body;
  if (graph_op(graph, body) != OP_AFTER || write_is_only_done(graph, body)) return;
  Nodes own = {0}, roots = {0};
  scope->value = graph_arg(graph, body, 0);
  vec_push(&roots, scope->value);
  for (uint32_t k = 1; k < graph_arity(graph, body); k++) {
    Node dep = graph_arg(graph, body, k), core = write_effect_core(graph, dep);
    bool inside = false;
    for (uint32_t v = 0; core != NODE_NONE && v < scope->count; v++)
      inside |= graph_mentions(graph, core, scope->variables[v]);
    if (inside) write_effect_place(writer, dep);
    if (inside)
      vec_push(&own, dep);
    else
      vec_push(&scope->after, dep);
  }
  for (uint32_t k = 0; k < scope->after.len; k++) vec_push(&roots, scope->after.data[k]);
  write_effects_select(graph, &roots, &own, &scope->effects);
  vec_free(&own);
  vec_free(&roots);
}

/* ---- loops ---- */

Node write_loop_rounds(const Graph *graph, Node node) {
  Node max = graph_arg(graph, node, 4);
  bool bounded = graph_op(graph, max) == OP_MAX &&
                 write_literal_kind(graph, graph_arg(graph, max, 1), LIT_INT) &&
                 graph_literal(graph, graph_arg(graph, max, 1))->integer == 0;
  return bounded ? graph_arg(graph, max, 0) : max;
}

static void next_is(Writer *writer, Scope *stop, Node node, const char *text) {
  if (node == NODE_NONE || !graph_mentions(writer->graph, node, stop->variables[0])) return;
  if (!map_get(&stop->next, node))
    map_put(&stop->next, node, intern(writer->graph->session->names, text, strlen(text)) + 1);
}

/* The length of an array, where it is not said of the array itself. */
static Node length_of(Writer *writer, Node array) {
  const Graph *graph = writer->graph;
  if (graph_op(graph, array) != OP_COLLECT || !graph_is_bool(graph, graph_arg(graph, array, 1), true))
    return NODE_NONE;
  Node dim = graph_arg(graph, graph_arg(graph, array, 0), 0);
  if (graph_op(graph, dim) == OP_DIM_ZIP || writer->zero == NODE_NONE) return NODE_NONE;
  Node of = graph_arg(graph, dim, 0);
  if (graph_op(graph, dim) == OP_DIM_OF) return graph_find(graph, OP_LENGTH, T_INT, 0, &of, 1);
  return graph_find(graph, OP_MAX, T_INT, 0, (Node[]){of, writer->zero}, 2);
}

static const char *format_part(Writer *writer, Node next, uint32_t k, const char *text) {
  const Graph *graph = writer->graph;
  Arena *arena = graph->session->arena;
  if (graph_op(graph, next) == OP_ARRAY) return arena_format(arena, "%s[%u]", text, k);
  Sym field = type_of(graph->types, graph_type(graph, next))->names[k];
  return arena_format(arena, "%s.%s", text, name_of(graph->session, field));
}

/* The next state and its parts by what they are made of, as text in which `@` stands for its name. */
static void next_parts(Writer *writer, Scope *stop, Node next, const char *text, uint32_t depth) {
  const Graph *graph = writer->graph;
  Op op = graph_op(graph, next);
  Arena *arena = graph->session->arena;
  if (!graph_mentions(graph, next, stop->variables[0]) || depth > MOST_PARTS) return;
  next_is(writer, stop, next, text);
  next_is(writer, stop, length_of(writer, next), arena_format(arena, "length(%s)", text));
  if (op == OP_NOT_) next_is(writer, stop, graph_arg(graph, next, 0), arena_format(arena, "(!%s)", text));
  if (op != OP_RECORD && op != OP_ARRAY) return;
  for (uint32_t k = 0; k < graph_arity(graph, next); k++)
    next_parts(writer, stop, graph_arg(graph, next, k), format_part(writer, next, k, text), depth + 1);
}

/* Whether the condition can be said of the next state. */
static bool stop_is_covered(const Graph *graph, const Scope *stop, Node condition) {
  Walk walk = {0};
  bool covered = true;
  walk_push(&walk, condition);
  while (walk.stack.len && covered) {
    Node node = vec_pop(&walk.stack);
    if (!graph_mentions(graph, node, stop->variables[0]) || map_get(&stop->next, node)) continue;
    covered = node != stop->variables[0];
    walk_args(graph, &walk, node);
  }
  walk_end(&walk);
  return covered;
}

static void open_stop(Writer *writer, uint32_t inner, Node loop) {
  const Scope *body = &writer->scopes.data[inner];
  Scope stop = {.parent = body->parent,
                .binder = body->binder,
                .stop = NONE,
                .condition = NODE_NONE,
                .option = NODE_NONE,
                .count = 1,
                .variables = {body->variables[0]}};
  next_parts(writer, &stop, body->value, "@", 0);
  Node condition = graph_arg(writer->graph, loop, 3);
  if (!stop.next.len) map_put(&stop.next, NODE_NONE, 1);
  writer->scopes.data[inner].rolled = !stop_is_covered(writer->graph, &stop, condition);
  writer->scopes.data[inner].stop = writer->scopes.len;
  vec_push(&writer->scopes, stop);
}

/* ---- scopes ---- */

void write_bind_open(Writer *writer, uint32_t item) {
  const Graph *graph = writer->graph;
  Node node = writer->items.data[item].node;
  Op op = graph_op(graph, node);
  Binder binder = binder_of(op);
  Scope scope = {.parent = writer->items.data[item].scope,
                 .binder = item,
                 .stop = NONE,
                 .condition = NODE_NONE,
                 .option = NODE_NONE,
                 .count = binder.count,
                 .sealed = op == OP_REDUCE};
  for (uint32_t k = 0; k < binder.count; k++) scope.variables[k] = graph_arg(graph, node, binder.variable[k]);
  split_body(writer, &scope, graph_arg(graph, node, op == OP_FOLD ? 4 : 2));
  if (op == OP_COLLECT || op == OP_FOLD) {
    Node condition = graph_arg(graph, node, 1), body = graph_arg(graph, node, op == OP_FOLD ? 4 : 2);
    add_bases(graph, &scope);
    scope.filtered = !graph_is_bool(graph, condition, true) && is_filtered(writer, node, body);
    scope.condition = scope.filtered || graph_is_bool(graph, condition, true) ? NODE_NONE : condition;
    if (scope.condition != NODE_NONE) open_compact(writer, &scope, body);
  }
  writer->items.data[item].inner = writer->scopes.len;
  vec_push(&writer->scopes, scope);
  if (op == OP_LOOP) open_stop(writer, writer->scopes.len - 1, node);
}

void write_bind_place(Writer *writer, uint32_t item) {
  uint32_t inner = writer->items.data[item].inner, around = writer->items.data[item].block;
  if (writer->scopes.data[inner].sealed) around = NONE;
  uint32_t header = write_scan_block(writer, around, inner, true),
           block = write_scan_block(writer, header, inner, false);
  Scope *scope = &writer->scopes.data[inner];
  scope->header = header;
  scope->block = block;
  if (scope->stop == NONE) return;
  uint32_t stop = write_scan_block(writer, around, scope->stop, true);
  writer->scopes.data[scope->stop].header = writer->scopes.data[scope->stop].block = stop;
}
