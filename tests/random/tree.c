#include "tree.h"

#include "base/hash.h"

#include <stdarg.h>
#include <string.h>

/* ---- types ---- */

static bool sort_same(const Sort *a, const Sort *b) {
  if (a->kind != b->kind || a->of != b->of || a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (a->fields[i] != b->fields[i] || strcmp(a->names[i], b->names[i]) != 0) return false;
  return true;
}

static const Sort *sort_find(World *world, Sort wanted) {
  for (uint32_t i = 0; i < world->sorts.len; i++)
    if (sort_same(world->sorts.data[i], &wanted)) return world->sorts.data[i];
  const Sort *made = arena_copy(world->arena, &wanted, sizeof wanted);
  vec_push(&world->sorts, made);
  return made;
}

const Sort *sort_of(World *world, SortKind kind) { return sort_find(world, (Sort){.kind = kind}); }

const Sort *sort_array(World *world, const Sort *of) {
  return sort_find(world, (Sort){.kind = SORT_ARRAY, .of = of});
}

const Sort *sort_option(World *world, const Sort *of) {
  return of->kind == SORT_OPTION ? of : sort_find(world, (Sort){.kind = SORT_OPTION, .of = of});
}

const Sort *sort_record(World *world, uint32_t count, const Sort *const *fields, const char *const *names) {
  Sort sort = {.kind = SORT_RECORD, .count = count};
  sort.fields = arena_copy(world->arena, fields, count * sizeof *fields);
  sort.names = arena_copy(world->arena, names, count * sizeof *names);
  return sort_find(world, sort);
}

/* ---- making ---- */

Variable *variable_new(World *world, const Sort *sort) {
  Variable *variable = ARENA_NEW(world->arena, Variable);
  *variable = (Variable){.id = world->next_id++, .sort = sort};
  return variable;
}

Term *term_new(World *world, TermKind kind, const Sort *sort, uint32_t kids, uint32_t vars) {
  Term *term = ARENA_NEW(world->arena, Term);
  term->kind = kind;
  term->sort = sort;
  term->count = kids;
  term->bound = vars;
  term->kids = ARENA_ARRAY(world->arena, Term *, kids + 1);
  term->vars = ARENA_ARRAY(world->arena, Variable *, vars + 1);
  return term;
}

Term *term_var(World *world, Variable *variable) {
  Term *term = term_new(world, TERM_VAR, variable->sort, 0, 1);
  term->vars[0] = variable;
  term->bound = 0; /* it mentions the variable, and binds none */
  return term;
}

Term *term_int(World *world, int64_t value) {
  Term *term = term_new(world, TERM_INT, sort_of(world, SORT_INT), 0, 0);
  term->integer = value;
  return term;
}

Term *term_bool(World *world, bool value) {
  Term *term = term_new(world, TERM_BOOL, sort_of(world, SORT_BOOL), 0, 0);
  term->integer = value;
  return term;
}

Term *term_string(World *world, const char *text) {
  Term *term = term_new(world, TERM_STRING, sort_of(world, SORT_STRING), 0, 0);
  term->text = text;
  return term;
}

Term *term_field(World *world, Term *record, uint32_t field) {
  Term *term = term_new(world, TERM_FIELD, record->sort->fields[field], 1, 0);
  term->kids[0] = record;
  term->integer = field;
  return term;
}

Term *term_binary(World *world, TermOp op, const Sort *sort, Term *left, Term *right) {
  Term *term = term_new(world, TERM_BINARY, sort, 2, 0);
  term->op = op;
  term->kids[0] = left;
  term->kids[1] = right;
  return term;
}

Term *term_unary(World *world, TermOp op, Term *operand) {
  Term *term = term_new(world, TERM_UNARY, operand->sort, 1, 0);
  term->op = op;
  term->kids[0] = operand;
  return term;
}

Term *term_builtin(World *world, TermOp op, const Sort *sort, uint32_t count, ...) {
  Term *term = term_new(world, TERM_BUILTIN, sort, count, 0);
  term->op = op;
  va_list args;
  va_start(args, count);
  for (uint32_t i = 0; i < count; i++) term->kids[i] = va_arg(args, Term *);
  va_end(args);
  return term;
}

Term *term_call(World *world, Routine *routine) {
  Term *term = term_new(world, TERM_CALL, routine->result, routine->in_count, 0);
  term->routine = routine;
  return term;
}

Term *term_if(World *world, Term *condition, Term *yes, Term *no) {
  Term *term = term_new(world, TERM_IF, no ? yes->sort : sort_option(world, yes->sort), 3, 0);
  term->kids[0] = condition;
  term->kids[1] = yes;
  term->kids[2] = no;
  return term;
}

Term *term_for(World *world, Variable *variable, Term *source, Term *body) {
  Term *term = term_new(world, TERM_FOR, sort_array(world, body->sort), 3, 1);
  term->vars[0] = variable;
  term->kids[0] = source;
  term->kids[2] = body;
  return term;
}

static Term *leaf_record(World *world, const Sort *sort) {
  Term *record = term_new(world, TERM_RECORD, sort, sort->count, 0);
  for (uint32_t i = 0; i < sort->count; i++) {
    record->kids[i] = term_leaf(world, sort->fields[i]);
    if (!record->kids[i]) return NULL;
  }
  return record;
}

Term *term_leaf(World *world, const Sort *sort) {
  Term *made = NULL;
  switch (sort->kind) {
    case SORT_BOOL:
      return term_bool(world, true);
    case SORT_INT:
      return term_int(world, 1);
    case SORT_FLOAT:
      made = term_new(world, TERM_FLOAT, sort, 0, 0);
      made->number = 0.5;
      return made;
    case SORT_STRING:
      return term_string(world, "a");
    case SORT_SIZE:
      made = term_new(world, TERM_SIZE, sort, 0, 0);
      made->integer = 1024;
      return made;
    case SORT_ARRAY:
    case SORT_OPTION:
      made = term_new(world, sort->kind == SORT_ARRAY ? TERM_ARRAY : TERM_SOME, sort, 1, 0);
      made->kids[0] = term_leaf(world, sort->of);
      return made->kids[0] ? made : NULL;
    case SORT_RECORD:
      return leaf_record(world, sort);
    default:
      return NULL;
  }
}

/* ---- copying ---- */

typedef struct Copying {
  World *world;
  Map fresh; /* id of a variable to the number of its copy + 1 */
  VEC(Variable *) copies;
  const Variable *variable; /* to be replaced, or NULL */
  const Term *by;
} Copying;

static Term *copy(Copying *copying, const Term *term);

static Variable *copy_bound(Copying *copying, const Variable *variable) {
  if (!variable) return NULL;
  Variable *made = variable_new(copying->world, variable->sort);
  vec_push(&copying->copies, made);
  map_put(&copying->fresh, variable->id + 1, copying->copies.len);
  return made;
}

static Term *copy_var(Copying *copying, const Term *term) {
  if (term->vars[0] == copying->variable) return term_copy(copying->world, copying->by);
  uint32_t at = map_get(&copying->fresh, term->vars[0]->id + 1);
  return term_var(copying->world, at ? copying->copies.data[at - 1] : term->vars[0]);
}

static Term *copy(Copying *copying, const Term *term) {
  if (!term) return NULL;
  if (term->kind == TERM_VAR) return copy_var(copying, term);
  Term *made = term_new(copying->world, term->kind, term->sort, term->count, term->bound);
  Term **kids = made->kids;
  Variable **vars = made->vars;
  *made = *term;
  made->kids = kids;
  made->vars = vars;
  for (uint32_t i = 0; i < term->bound; i++) vars[i] = copy_bound(copying, term->vars[i]);
  for (uint32_t i = 0; i < term->count; i++) kids[i] = copy(copying, term->kids[i]);
  return made;
}

Term *term_replace(World *world, const Term *term, const Variable *variable, const Term *by) {
  Copying copying = {.world = world, .variable = variable, .by = by};
  Term *made = copy(&copying, term);
  map_free(&copying.fresh);
  vec_free(&copying.copies);
  return made;
}

Term *term_copy(World *world, const Term *term) { return term_replace(world, term, NULL, NULL); }

/* ---- asking ---- */

static bool equal_under(const Term *a, const Term *b, Map *names) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->op != b->op || a->sort != b->sort || a->count != b->count ||
      a->bound != b->bound || a->routine != b->routine || a->integer != b->integer || a->flag != b->flag ||
      a->number != b->number || (a->text != b->text && (!a->text || !b->text || strcmp(a->text, b->text))))
    return false;
  if (a->kind == TERM_VAR) {
    uint32_t other = map_get(names, a->vars[0]->id + 1);
    return other ? other == b->vars[0]->id + 1 : a->vars[0] == b->vars[0];
  }
  for (uint32_t i = 0; i < a->bound; i++)
    if (a->vars[i] && b->vars[i]) map_put(names, a->vars[i]->id + 1, b->vars[i]->id + 1);
  for (uint32_t i = 0; i < a->count; i++)
    if (!equal_under(a->kids[i], b->kids[i], names)) return false;
  return true;
}

bool term_equal(const Term *a, const Term *b) {
  Map names = {0};
  bool same = equal_under(a, b, &names);
  map_free(&names);
  return same;
}

uint32_t term_size(const Term *term) {
  uint32_t size = 1;
  for (uint32_t i = 0; term && i < term->count; i++) size += term_size(term->kids[i]);
  return term ? size : 0;
}

uint32_t term_mentions(const Term *term, const Variable *variable) {
  if (!term) return 0;
  if (term->kind == TERM_VAR) return term->vars[0] == variable;
  uint32_t count = 0;
  for (uint32_t i = 0; i < term->count; i++) count += term_mentions(term->kids[i], variable);
  return count;
}

bool term_mentions_any(const Term *term, Variable *const *vars, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (vars[i] && term_mentions(term, vars[i])) return true;
  return false;
}

bool routine_pure(const Routine *routine) {
  return !routine->is_volatile && (!routine->body || term_pure(routine->body));
}

/* The fields of a flow's record are ports of their own. */
bool routine_single(const Routine *routine) {
  bool fields = routine->kind == ROUTINE_FLOW && routine->result->kind == SORT_RECORD;
  return !routine->many && !fields && routine->in_count && routine->result->kind != SORT_UNIT;
}

bool term_pure(const Term *term) {
  if (!term) return true;
  if (term->kind == TERM_ASK || (term->routine && !routine_pure(term->routine))) return false;
  for (uint32_t i = 0; i < term->count; i++)
    if (!term_pure(term->kids[i])) return false;
  return true;
}

bool term_value(const Term *term) {
  if (!term) return true;
  if (term->kind == TERM_ASK || term->kind == TERM_AFTER || term->kind == TERM_TEMPLATE ||
      (term->routine && term->routine->kind != ROUTINE_FN))
    return false;
  for (uint32_t i = 0; i < term->count; i++)
    if (!term_value(term->kids[i])) return false;
  return true;
}

bool term_calls(const Term *term, const Routine *callee) {
  if (!term) return false;
  if (term->routine && (term->routine == callee || term_calls(term->routine->body, callee))) return true;
  for (uint32_t i = 0; i < term->count; i++)
    if (term_calls(term->kids[i], callee)) return true;
  return false;
}

/* ---- blocks ---- */

/* Put step `k` behind those that it uses. */
static void order_step(const Term *block, uint32_t k, bool *done, uint32_t *order, uint32_t *count) {
  if (done[k]) return;
  done[k] = true;
  for (uint32_t i = 0; i < block->bound; i++)
    if (block->vars[i] && !done[i] && term_mentions(block->kids[k], block->vars[i]))
      order_step(block, i, done, order, count);
  order[(*count)++] = k;
}

uint32_t *block_order(World *world, const Term *block) {
  uint32_t *order = ARENA_ARRAY(world->arena, uint32_t, block->bound + 1), count = 0;
  bool *done = ARENA_ARRAY(world->arena, bool, block->bound + 1);
  for (uint32_t k = 0; k < block->bound; k++) order_step(block, k, done, order, &count);
  return order;
}

bool block_plain(const Term *block) {
  for (uint32_t k = 0; k < block->bound; k++)
    if (!block->vars[k] || block->kids[k]->kind == TERM_AFTER) return false;
  return block->kids[block->bound] != NULL;
}

/* ---- workflows ---- */

Workflow *workflow_new(World *world) {
  Workflow *flow = ARENA_NEW(world->arena, Workflow);
  flow->world = world;
  return flow;
}

static void reach(Routines *reached, Routine *routine);

static void reach_term(Routines *reached, const Term *term) {
  if (!term) return;
  if (term->routine) reach(reached, term->routine);
  for (uint32_t i = 0; i < term->count; i++) reach_term(reached, term->kids[i]);
}

static void reach(Routines *reached, Routine *routine) {
  for (uint32_t i = 0; i < reached->len; i++)
    if (reached->data[i] == routine) return;
  reach_term(reached, routine->body);
  for (uint32_t i = 0; i < routine->in_count; i++) reach_term(reached, routine->defaults[i]);
  vec_push(reached, routine);
}

Routines workflow_reached(const Workflow *flow) {
  Routines reached = {0};
  reach(&reached, flow->main);
  return reached;
}

/* Calls go to the copies of what they went to. */
static void redirect(Term *term, const Routines *old, Routine **new) {
  if (!term) return;
  for (uint32_t i = 0; term->routine && i < old->len; i++)
    if (old->data[i] == term->routine) {
      term->routine = new[i];
      break;
    }
  for (uint32_t i = 0; i < term->count; i++) redirect(term->kids[i], old, new);
}

static Routine *routine_copy(World *world, const Routine *routine) {
  Routine *made = arena_copy(world->arena, routine, sizeof *routine);
  made->ins = arena_copy(world->arena, routine->ins, routine->in_count * sizeof *routine->ins);
  made->defaults = ARENA_ARRAY(world->arena, Term *, routine->in_count + 1);
  for (uint32_t i = 0; i < routine->in_count; i++) made->defaults[i] = term_copy(world, routine->defaults[i]);
  made->body = term_copy(world, routine->body);
  if (routine->words)
    made->words = arena_copy(world->arena, routine->words, routine->in_count * sizeof *routine->words);
  return made;
}

Workflow *workflow_copy(const Workflow *flow) {
  World *world = flow->world;
  Workflow *made = workflow_new(world);
  made->salt = flow->salt;
  made->order = flow->order;
  Routines old = workflow_reached(flow);
  Routine **new = ARENA_ARRAY(world->arena, Routine *, old.len + 1);
  for (uint32_t i = 0; i < old.len; i++) new[i] = routine_copy(world, old.data[i]);
  for (uint32_t i = 0; i < old.len; i++) {
    redirect(new[i]->body, &old, new);
    for (uint32_t k = 0; k < new[i]->in_count; k++) redirect(new[i]->defaults[k], &old, new);
    vec_push(&made->routines, new[i]);
    if (old.data[i] == flow->main) made->main = new[i];
  }
  vec_free(&old);
  return made;
}

/* ---- places ---- */

typedef struct Walk {
  World *world;
  Routine *owner;
  Places *into;
  bool after;
} Walk;

static const Scope *scope_add(World *world, const Scope *up, Variable *var) {
  if (!var) return up;
  Scope *scope = ARENA_NEW(world->arena, Scope);
  *scope = (Scope){var, up};
  return scope;
}

static void walk(Walk *walking, Term *parent, Term **slot, const Scope *scope, Term *block, bool step);

static void walk_block(Walk *walking, Term *term, const Scope *scope) {
  uint32_t *order = block_order(walking->world, term);
  for (uint32_t i = 0; i < term->bound; i++) {
    walk(walking, term, &term->kids[order[i]], scope, term, true);
    scope = scope_add(walking->world, scope, term->vars[order[i]]);
  }
  walk(walking, term, &term->kids[term->bound], scope, term, true);
}

static uint32_t source_count(const Term *term) {
  return term->kind == TERM_FOLD ? term->bound - 1 : term->bound;
}

/* A source sees the variables of the clauses before, but not of those that it is zipped with. */
static void walk_for(Walk *walking, Term *term, const Scope *scope, Term *block) {
  uint32_t sources = source_count(term);
  const Scope *inner = scope, *clause = scope;
  for (uint32_t i = 0; i < sources; i++) {
    if (!(term->integer >> i & 1)) clause = inner;
    walk(walking, term, &term->kids[i], clause, i ? NULL : block, false);
    inner = scope_add(walking->world, inner, term->vars[i]);
  }
  for (uint32_t i = sources; i < term->bound; i++) inner = scope_add(walking->world, inner, term->vars[i]);
  walk(walking, term, &term->kids[sources], inner, NULL, false);
  walk(walking, term, &term->kids[sources + 1], inner, NULL, false);
  for (uint32_t i = sources + 2; i < term->count; i++)
    walk(walking, term, &term->kids[i], scope, block, false);
}

static void walk_kids(Walk *walking, Term *term, const Scope *scope, Term *block) {
  const Scope *inner = term->kind == TERM_LOOP ? scope_add(walking->world, scope, term->vars[0]) : scope;
  for (uint32_t i = 0; i < term->count; i++) {
    bool inside = term->kind == TERM_LOOP && (i == 1 || i == 2);
    bool kept = !inside && !(term->kind == TERM_IF && i > 0);
    walk(walking, term, &term->kids[i], inside ? inner : scope, kept ? block : NULL, false);
  }
}

static void walk(Walk *walking, Term *parent, Term **slot, const Scope *scope, Term *block, bool step) {
  Term *term = *slot;
  if (!term) return;
  vec_push(walking->into, (Place){slot, parent, walking->owner, scope, block, step, walking->after});
  bool after = walking->after;
  walking->after |= term->kind == TERM_AFTER;
  if (term->kind == TERM_BLOCK)
    walk_block(walking, term, scope);
  else if (term->kind == TERM_FOR || term->kind == TERM_FOLD || term->kind == TERM_FOLD_BY)
    walk_for(walking, term, scope, block);
  else
    walk_kids(walking, term, scope, block);
  walking->after = after;
}

Places workflow_places(const Workflow *flow) {
  Places places = {0};
  Routines reached = workflow_reached(flow);
  for (uint32_t i = 0; i < reached.len; i++) {
    Routine *owner = reached.data[i];
    Walk walking = {flow->world, owner, &places, false};
    const Scope *scope = NULL;
    for (uint32_t k = 0; k < owner->in_count; k++) scope = scope_add(flow->world, scope, owner->ins[k]);
    if (owner->body) walk(&walking, NULL, &owner->body, scope, NULL, false);
  }
  vec_free(&reached);
  return places;
}
