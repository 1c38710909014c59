#include "generate.h"

#include "arrow.h"

#include <string.h>

enum { MOST_VOLATILE = 4 };

typedef struct Gen {
  World *world;
  Rng *rng;
  Routines routines; /* those made so far, which can be called */
  unsigned with;
  const Scope *scope;
  RoutineKind inside;
  uint32_t volatile_left;
  bool pure, tiny;
  SortKind palette[3]; /* few types, so that things fit together */
} Gen;

static Term *gen(Gen *gen, const Sort *sort, uint32_t depth);

static bool has(const Gen *self, unsigned what) { return (self->with & what) == what; }
static uint32_t below(Gen *self, uint32_t bound) { return rng_below(self->rng, bound); }
static const Sort *basic(Gen *self, SortKind kind) { return sort_of(self->world, kind); }

static const Scope *open_scope(Gen *self, Variable *variable) {
  const Scope *old = self->scope;
  Scope *scope = ARENA_NEW(self->world->arena, Scope);
  *scope = (Scope){variable, old};
  self->scope = scope;
  return old;
}

/* ---- types ---- */

static const Sort *any_sort(Gen *self, uint32_t depth) {
  static const SortKind kinds[] = {SORT_INT,  SORT_INT,   SORT_STRING, SORT_BOOL,
                                   SORT_FILE, SORT_FLOAT, SORT_INT};
  static const char *const names[] = {"a", "b", "c"};
  uint32_t pick = below(self, depth ? 12 : 6);
  if (self->tiny) {
    const Sort *ints = basic(self, SORT_INT);
    return pick > 8 && has(self, WITH_ARRAYS) ? sort_array(self->world, ints) : ints;
  }
  if (pick >= 9 && has(self, WITH_ARRAYS)) return sort_array(self->world, any_sort(self, depth - 1));
  if (pick == 8) return sort_option(self->world, any_sort(self, 0));
  if (pick == 7) {
    const Sort *fields[3] = {any_sort(self, 0), any_sort(self, 0), any_sort(self, 0)};
    return sort_record(self->world, 2 + below(self, 2), fields, names);
  }
  bool usual = below(self, 5) != 0;
  const Sort *sort = basic(self, usual ? self->palette[below(self, 3)] : kinds[pick % 7]);
  return sort->kind == SORT_FILE && self->inside == ROUTINE_FN ? basic(self, SORT_INT) : sort;
}

static void choose_palette(Gen *self) {
  static const SortKind kinds[] = {SORT_INT, SORT_STRING, SORT_FLOAT, SORT_BOOL};
  self->palette[0] = SORT_INT;
  self->palette[1] = below(self, 3) ? SORT_FILE : SORT_INT;
  self->palette[2] = kinds[below(self, 4)];
}

/* ---- leaves ---- */

static Term *gen_literal(Gen *self, const Sort *sort) {
  static const char *const texts[] = {"", "a", "b", "ab", "x.y", "a b"};
  Term *leaf = term_leaf(self->world, sort);
  if (!leaf) return NULL;
  if (leaf->kind == TERM_INT) leaf->integer = (int64_t)below(self, 6) - (below(self, 4) == 0);
  if (leaf->kind == TERM_BOOL) leaf->integer = below(self, 2);
  if (leaf->kind == TERM_STRING) leaf->text = texts[below(self, 6)];
  if (leaf->kind == TERM_FLOAT) leaf->number = (double)below(self, 50) / 10;
  if (leaf->kind == TERM_SIZE) leaf->integer = 1024 * (int64_t)below(self, 9);
  return leaf;
}

/* A variable of the type, or a field of one. */
static Term *gen_variable(Gen *self, const Sort *sort) {
  Term *found = NULL;
  uint32_t seen = 0;
  for (const Scope *at = self->scope; at; at = at->up) {
    if (at->var->sort == sort && below(self, ++seen) == 0) found = term_var(self->world, at->var);
    for (uint32_t i = 0; at->var->sort->kind == SORT_RECORD && i < at->var->sort->count; i++)
      if (at->var->sort->fields[i] == sort && below(self, ++seen) == 0)
        found = term_field(self->world, term_var(self->world, at->var), i);
  }
  return found;
}

static bool gives(const Routine *routine, const Sort *sort, uint32_t *field) {
  *field = UINT32_MAX;
  if (routine->result == sort) return true;
  for (uint32_t i = 0; routine->many && i < routine->result->count; i++)
    if (routine->result->fields[i] == sort) return *field = i, true;
  return false;
}

static bool may_call(const Gen *self, const Routine *routine) {
  if (self->inside == ROUTINE_FN && routine->kind != ROUTINE_FN) return false;
  return routine_pure(routine) || (!self->pure && self->volatile_left > 0);
}

static Routine *pick_routine(Gen *self, const Sort *sort, uint32_t *field) {
  Routine *found = NULL;
  uint32_t seen = 0, at;
  for (uint32_t i = 0; i < self->routines.len; i++) {
    Routine *routine = self->routines.data[i];
    if (!may_call(self, routine) || !gives(routine, sort, &at) || below(self, ++seen)) continue;
    found = routine;
    *field = at;
  }
  return found;
}

static Term *fill_call(Gen *self, Routine *routine, uint32_t field, uint32_t depth) {
  Term *call = term_call(self->world, routine);
  if (!routine_pure(routine)) self->volatile_left--;
  for (uint32_t i = 0; i < routine->in_count; i++) {
    if (routine->defaults[i] && below(self, 2)) continue;
    call->kids[i] = gen(self, routine->ins[i]->sort, depth);
    if (!call->kids[i]) return NULL;
  }
  call->style = (uint32_t)rng_next(self->rng);
  return field == UINT32_MAX ? call : term_field(self->world, call, field);
}

static Term *gen_call(Gen *self, const Sort *sort, uint32_t depth) {
  uint32_t field = 0;
  Routine *routine = pick_routine(self, sort, &field);
  return routine ? fill_call(self, routine, field, depth ? depth - 1 : 0) : NULL;
}

/* The simplest: a variable, a literal, or the call of a task that makes one out of literals. */
static Term *gen_leaf(Gen *self, const Sort *sort) {
  Term *found = below(self, 8) ? gen_variable(self, sort) : NULL;
  if (!found) found = gen_literal(self, sort);
  if (!found) found = gen_variable(self, sort);
  if (found || self->inside == ROUTINE_FN) return found;
  if (sort->kind == SORT_FILE && !self->routines.len) return NULL;
  if (sort->kind == SORT_FILE) return fill_call(self, self->routines.data[0], UINT32_MAX, 0);
  Term *made = term_new(self->world,
                        sort->kind == SORT_ARRAY    ? TERM_ARRAY
                        : sort->kind == SORT_OPTION ? TERM_SOME
                                                    : TERM_RECORD,
                        sort, sort->count ? sort->count : 1, 0);
  for (uint32_t i = 0; i < made->count; i++) {
    made->kids[i] = gen_leaf(self, sort->count ? sort->fields[i] : sort->of);
    if (!made->kids[i]) return NULL;
  }
  return made;
}

/* ---- operators ---- */

static Term *gen_two(Gen *self, TermOp op, const Sort *result, const Sort *sort, uint32_t depth) {
  Term *left = gen(self, sort, depth - 1), *right = gen(self, sort, depth - 1);
  return left && right ? term_binary(self->world, op, result, left, right) : NULL;
}

static Term *gen_int(Gen *self, uint32_t depth) {
  static const TermOp ops[] = {DO_ADD, DO_ADD, DO_SUB, DO_MUL};
  const Sort *ints = basic(self, SORT_INT);
  uint32_t pick = below(self, 8);
  if (pick < 2 && has(self, WITH_ARRAYS)) {
    Term *array = gen(self, sort_array(self->world, any_sort(self, 1)), depth - 1);
    return array ? term_builtin(self->world, DO_LENGTH, ints, 1, array) : NULL;
  }
  if (!has(self, WITH_ARITHMETIC)) return NULL;
  if (pick == 2)
    return term_builtin(self->world, DO_MIN, ints, 2, gen(self, ints, depth - 1), gen(self, ints, depth - 1));
  if (pick == 3) {
    Term *by = term_int(self->world, 2 + below(self, 3));
    return term_binary(self->world, below(self, 2) ? DO_MOD : DO_DIV, ints, gen(self, ints, depth - 1), by);
  }
  return gen_two(self, ops[below(self, 4)], ints, ints, depth);
}

static Term *gen_bool(Gen *self, uint32_t depth) {
  static const TermOp ops[] = {DO_EQ, DO_NE, DO_LT, DO_LE, DO_GT, DO_GE};
  const Sort *bools = basic(self, SORT_BOOL);
  uint32_t pick = below(self, 6);
  if (pick == 0) return term_unary(self->world, DO_NOT, gen(self, bools, depth - 1));
  if (pick == 1) return gen_two(self, below(self, 2) ? DO_AND : DO_OR, bools, bools, depth);
  if (pick == 2) {
    Term *option = gen_variable(self, sort_option(self->world, any_sort(self, 0)));
    return option ? term_builtin(self->world, DO_IS_SOME, bools, 1, option) : NULL;
  }
  SortKind kind = below(self, 3) ? SORT_INT : SORT_STRING;
  return gen_two(self, ops[below(self, 6)], bools, basic(self, kind), depth);
}

static Term *gen_string(Gen *self, uint32_t depth) {
  const Sort *strings = basic(self, SORT_STRING);
  uint32_t pick = below(self, 5);
  if (pick == 0) return gen_two(self, DO_ADD, strings, strings, depth);
  if (pick == 1)
    return term_builtin(self->world, DO_STR, strings, 1, gen(self, basic(self, SORT_INT), depth - 1));
  if (pick == 2 && has(self, WITH_ARRAYS)) {
    Term *parts = gen(self, sort_array(self->world, strings), depth - 1);
    return parts ? term_builtin(self->world, DO_JOIN, strings, 2, parts, gen_literal(self, strings)) : NULL;
  }
  Term *text = term_new(self->world, TERM_TEXT, strings, 2 + below(self, 2), 0);
  for (uint32_t i = 0; i < text->count; i++) {
    Term *part = i % 2 ? gen(self, below(self, 2) ? strings : basic(self, SORT_INT), depth - 1)
                       : gen_literal(self, strings);
    text->kids[i] = part;
  }
  return text;
}

static Term *gen_float(Gen *self, uint32_t depth) {
  static const TermOp ops[] = {DO_ADD, DO_SUB, DO_MUL};
  const Sort *floats = basic(self, SORT_FLOAT);
  if (below(self, 4) == 0)
    return term_builtin(self->world, DO_FLOAT, floats, 1, gen(self, basic(self, SORT_INT), depth - 1));
  Term *sum = gen_two(self, ops[below(self, 3)], floats, floats, depth);
  return below(self, 3) ? sum : term_binary(self->world, DO_ADD, floats, sum, gen(self, floats, 0));
}

static Term *gen_size(Gen *self, const Sort *sort, uint32_t depth) {
  Term *file = below(self, 2) ? gen_variable(self, basic(self, SORT_FILE)) : NULL;
  if (file) return term_builtin(self->world, DO_SIZE, sort, 1, file);
  return gen_two(self, DO_ADD, sort, sort, depth);
}

/* ---- arrays ---- */

static Term *gen_call_on(Gen *self, Variable *item, const Sort *sort);

/* Sources over which to range; the elements' types come as they are in scope. */
static Term *gen_source(Gen *self, uint32_t depth) {
  Term *found = NULL;
  uint32_t seen = 0;
  for (const Scope *at = self->scope; at; at = at->up)
    if (at->var->sort->kind == SORT_ARRAY && below(self, ++seen) == 0) found = term_var(self->world, at->var);
  if (found && below(self, 3)) return found;
  return gen(self, sort_array(self->world, any_sort(self, depth > 2)), depth ? depth - 1 : 0);
}

/* Clauses and filter of a `for` or fold; the scope is left open. */
static bool gen_clauses(Gen *self, Term *term, uint32_t sources, uint32_t depth) {
  const Scope *before = self->scope;
  const Scope *inner = before;
  for (uint32_t i = 0; i < sources; i++) {
    bool zip = i && has(self, WITH_FAILURES) && below(self, 2);
    if (!zip) before = inner;
    self->scope = before;
    if (zip) term->integer |= (int64_t)1 << i;
    term->kids[i] = gen_source(self, depth);
    if (!term->kids[i]) return false;
    term->vars[i] = variable_new(self->world, term->kids[i]->sort->of);
    self->scope = inner;
    open_scope(self, term->vars[i]);
    inner = self->scope;
  }
  if (below(self, 4)) return true;
  const Sort *bools = basic(self, SORT_BOOL);
  Term *test = gen_call_on(self, term->vars[sources - 1], bools);
  Term *other = test && below(self, 2) ? NULL : gen(self, bools, depth ? depth - 1 : 0);
  if (test && other) test = term_binary(self->world, DO_AND, bools, test, other);
  term->kids[sources] = test ? test : other;
  return term->kids[sources] != NULL;
}

/* A value in a block with a step of its own, often. */
static Term *gen_block(Gen *self, const Sort *sort, uint32_t depth) {
  if (depth < 2 || below(self, 3)) return gen(self, sort, depth);
  const Scope *old = self->scope;
  Term *step = gen(self, any_sort(self, 1), depth - 1);
  if (!step) return NULL;
  Term *block = term_new(self->world, TERM_BLOCK, sort, 2, 1);
  block->vars[0] = variable_new(self->world, step->sort);
  block->kids[0] = step;
  open_scope(self, block->vars[0]);
  block->kids[1] = gen(self, sort, depth - 1);
  self->scope = old;
  return block->kids[1] ? block : NULL;
}

/* A call with `item` as one argument, so that arrows and fusion have something to do; NULL where none fits. */
static Term *gen_call_on(Gen *self, Variable *item, const Sort *sort) {
  Routine *found = NULL;
  uint32_t seen = 0, at = 0;
  for (uint32_t i = 0; i < self->routines.len; i++) {
    Routine *routine = self->routines.data[i];
    if (routine->result != sort || !may_call(self, routine)) continue;
    for (uint32_t k = 0; k < routine->in_count; k++) {
      if (routine->ins[k]->sort != item->sort || below(self, ++seen)) continue;
      found = routine;
      at = k;
    }
  }
  Term *call = found ? fill_call(self, found, UINT32_MAX, 0) : NULL;
  if (call) call->kids[at] = term_var(self->world, item);
  return call;
}

/* The value of a `for`: often a call of its variable, or a call of a call. */
static Term *gen_body(Gen *self, Variable *item, const Sort *sort, uint32_t depth) {
  Term *call = below(self, 2) ? gen_call_on(self, item, sort) : NULL;
  if (has(self, WITH_VOLATILE) && !call && below(self, 3) == 0) call = gen_call(self, sort, 0);
  if (!call) return gen_block(self, sort, depth);
  for (uint32_t i = 0; call->kind == TERM_CALL && i < call->count && below(self, 2); i++) {
    Term *inner = call->kids[i] && call->kids[i]->kind == TERM_VAR ? gen_call_on(self, item, item->sort)
                                                                   : NULL;
    if (!inner || call->kids[i]->vars[0] != item) continue;
    call->kids[i] = inner;
    break;
  }
  return call;
}

static Term *gen_for(Gen *self, const Sort *sort, uint32_t depth) {
  const Scope *old = self->scope;
  uint32_t sources = 1 + (below(self, 4) == 0);
  Term *term = term_new(self->world, TERM_FOR, sort, sources + 2, sources);
  bool good = gen_clauses(self, term, sources, depth - 1);
  if (good) term->kids[sources + 1] = gen_body(self, term->vars[sources - 1], sort->of, depth - 1);
  self->scope = old;
  return good && term->kids[sources + 1] ? term : NULL;
}

static Term *gen_array(Gen *self, const Sort *sort, uint32_t depth) {
  uint32_t pick = below(self, 10);
  if (pick < 6) return gen_for(self, sort, depth);
  if (pick == 6 && sort->of->kind == SORT_INT)
    return term_builtin(self->world, DO_RANGE, sort, 1, gen(self, sort->of, 0));
  if (pick == 7 && below(self, 2)) return gen_two(self, DO_ADD, sort, sort, depth);
  if (pick == 7 && sort->of->kind != SORT_OPTION) {
    Term *options = gen(self, sort_array(self->world, sort_option(self->world, sort->of)), depth - 1);
    return options ? term_builtin(self->world, DO_COMPACT, sort, 1, options) : NULL;
  }
  if (pick == 8) {
    Term *nested = gen(self, sort_array(self->world, sort), depth - 1);
    return nested ? term_builtin(self->world, DO_FLATTEN, sort, 1, nested) : NULL;
  }
  Term *array = term_new(self->world, TERM_ARRAY, sort, 1 + below(self, 3), 0);
  for (uint32_t i = 0; i < array->count; i++) {
    array->kids[i] = gen(self, sort->of, depth - 1);
    if (!array->kids[i]) return NULL;
  }
  return array;
}

/* ---- arrows ---- */

/* An arrow from a type to a type; NULL where the routines have none. */
static Term *gen_arrow(Gen *self, const Sort *from, const Sort *to, uint32_t depth) {
  Term *found = NULL;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < self->routines.len; i++) {
    Routine *routine = self->routines.data[i];
    if (routine->result != to || !routine_single(routine) || !may_call(self, routine)) continue;
    uint32_t open = below(self, routine->in_count);
    if (routine->ins[open]->sort != from || below(self, ++seen)) continue;
    if (open == 0 && arrow_possible(routine, 0) && routine->in_count == 1) {
      found = arrow_name(self->world, routine);
      continue;
    }
    found = term_new(self->world, ARROW_PARTIAL, to, routine->in_count, 0);
    found->routine = routine;
    found->integer = open;
    for (uint32_t k = 0; k < routine->in_count; k++)
      if (k != open && !(found->kids[k] = gen_leaf(self, routine->ins[k]->sort))) return NULL;
  }
  if (found && !routine_pure(found->routine)) self->volatile_left--;
  if (!depth || (found && (!routine_pure(found->routine) || below(self, 3)))) return found;
  const Sort *middle = below(self, 2) ? from : to;
  Term *left = gen_arrow(self, from, middle, depth - 1), *right = gen_arrow(self, middle, to, depth - 1);
  return left && right ? arrow_of(self->world, ARROW_SERIES, to, left, right) : found;
}

static Term *gen_apply(Gen *self, const Sort *sort, uint32_t depth) {
  const Sort *from = any_sort(self, 0);
  bool lift = sort->kind == SORT_ARRAY && below(self, 3);
  Term *arrow = gen_arrow(self, from, lift ? sort->of : sort, 2);
  if (!arrow) return NULL;
  if (lift) arrow = arrow_of(self->world, ARROW_MAP, sort, arrow, NULL);
  Term *value = gen(self, lift ? sort_array(self->world, from) : from, depth - 1);
  if (value && lift && below(self, 3) == 0) {
    Term *test = gen_arrow(self, from, basic(self, SORT_BOOL), 0);
    Term *filter = test ? arrow_of(self->world, ARROW_FILTER, value->sort, test, NULL) : NULL;
    if (filter) arrow = arrow_of(self->world, ARROW_SERIES, sort, filter, arrow);
  }
  return value ? term_apply(self->world, value, arrow) : NULL;
}

/* Work on each, then a test of each or a merge of all. */
static Term *gen_two_arrows(Gen *self, const Sort *sort, uint32_t depth) {
  bool keep = sort->kind == SORT_ARRAY && below(self, 2);
  const Sort *from = any_sort(self, 0), *middle = keep ? sort->of : any_sort(self, 0);
  Term *work = gen_arrow(self, from, middle, 0);
  Term *rest = work ? gen_arrow(self, keep ? middle : sort_array(self->world, middle),
                                keep ? basic(self, SORT_BOOL) : sort, 0)
                    : NULL;
  Term *value = rest ? gen(self, sort_array(self->world, from), depth - 1) : NULL;
  if (!value || !term_pure(work) || !term_pure(rest)) return NULL;
  Term *term = term_new(self->world, TERM_TEMPLATE, sort, 3, 0);
  term->integer = keep ? TEMPLATE_KEEP : TEMPLATE_GATHER;
  term->kids[0] = work;
  term->kids[1] = rest;
  term->kids[2] = value;
  return term;
}

static Term *gen_template(Gen *self, const Sort *sort, uint32_t depth) {
  if (self->inside == ROUTINE_FN) return NULL;
  if (below(self, 3) == 0) return gen_two_arrows(self, sort, depth);
  bool each = sort->kind == SORT_ARRAY && below(self, 2);
  const Sort *from = each ? any_sort(self, 0) : sort;
  Term *arrow = gen_arrow(self, from, each ? sort->of : sort, 0);
  Term *value = arrow ? gen(self, each ? sort_array(self->world, from) : sort, depth - 1) : NULL;
  if (!value || (arrow->routine && !routine_pure(arrow->routine))) return NULL;
  Term *term = term_new(self->world, TERM_TEMPLATE, sort, 2, 0);
  term->integer = each ? TEMPLATE_EACH : TEMPLATE_TWICE;
  term->kids[0] = arrow;
  term->kids[1] = value;
  return term;
}

/* ---- control ---- */

static Term *gen_if(Gen *self, const Sort *sort, uint32_t depth) {
  Term *condition = gen(self, basic(self, SORT_BOOL), depth - 1);
  bool alone = sort->kind == SORT_OPTION && below(self, 2);
  Term *yes = gen_block(self, alone ? sort->of : sort, depth - 1);
  Term *no = alone ? NULL : gen_block(self, sort, depth - 1);
  return condition && yes && (alone || no) ? term_if(self->world, condition, yes, no) : NULL;
}

static Term *gen_fold(Gen *self, const Sort *sort, uint32_t depth) {
  const Scope *old = self->scope;
  uint32_t sources = 1 + (below(self, 5) == 0);
  Term *term = term_new(self->world, TERM_FOLD, sort, sources + 3, sources + 1);
  term->kids[sources + 2] = gen(self, sort, depth - 1);
  bool good = term->kids[sources + 2] && gen_clauses(self, term, sources, depth - 1);
  if (good) {
    term->vars[sources] = variable_new(self->world, sort);
    open_scope(self, term->vars[sources]);
    Term *step = below(self, 2) ? gen_call_on(self, term->vars[sources], sort) : NULL;
    if (step && step->count > 1 && step->routine->ins[1]->sort == term->vars[0]->sort)
      step->kids[1] = term_var(self->world, term->vars[0]);
    term->kids[sources + 1] = step ? step : gen_block(self, sort, depth - 1);
  }
  self->scope = old;
  return good && term->kids[sources + 1] ? term : NULL;
}

static Term *gen_fold_by(Gen *self, const Sort *sort, uint32_t depth) {
  for (uint32_t i = 0; i < self->routines.len; i++) {
    Routine *routine = self->routines.data[i];
    if (!routine->assoc || routine->result != sort || !may_call(self, routine)) continue;
    const Sort *many = sort_array(self->world, sort);
    Term *array = gen(self, many, depth - 1), *start = gen_leaf(self, sort);
    if (array && below(self, 3) == 0) {
      Term *other = gen(self, sort, depth - 1);
      array = term_new(self->world, TERM_ARRAY, many, 3, 0);
      for (uint32_t k = 0; k < 3; k++) array->kids[k] = k == 1 ? other : gen_leaf(self, sort);
    }
    if (!array || !start) return NULL;
    Term *term = term_new(self->world, TERM_FOLD_BY, sort, 4, 1);
    term->routine = routine;
    term->vars[0] = variable_new(self->world, sort);
    term->kids[0] = array;
    term->kids[2] = term_var(self->world, term->vars[0]);
    term->kids[3] = start;
    return term;
  }
  return NULL;
}

static Term *gen_loop(Gen *self, const Sort *sort, uint32_t depth) {
  const Scope *old = self->scope;
  Term *term = term_new(self->world, TERM_LOOP, sort, 4, 1);
  term->vars[0] = variable_new(self->world, sort);
  term->kids[0] = gen(self, sort, depth - 1);
  term->kids[3] = term_int(self->world, below(self, 5));
  open_scope(self, term->vars[0]);
  term->kids[1] = gen_block(self, sort, depth - 1);
  term->kids[2] = gen(self, basic(self, SORT_BOOL), depth - 1);
  term->flag = below(self, 2);
  self->scope = old;
  return term->kids[0] && term->kids[1] && term->kids[2] ? term : NULL;
}

static Term *gen_ask(Gen *self, const Sort *sort) {
  if (sort->kind > SORT_STRING || self->inside == ROUTINE_FN || self->pure || !self->volatile_left)
    return NULL;
  self->volatile_left--;
  Term *evidence = below(self, 2) ? gen_variable(self, basic(self, SORT_FILE)) : NULL;
  Term *ask = term_new(self->world, TERM_ASK, sort, evidence != NULL, 0);
  ask->kids[0] = evidence;
  ask->text = below(self, 2) ? "Go on?" : "Which?";
  return ask;
}

static Term *gen_control(Gen *self, const Sort *sort, uint32_t depth) {
  uint32_t pick = below(self, 9);
  if (pick == 8 && has(self, WITH_VOLATILE)) return gen_ask(self, sort);
  if (!has(self, WITH_CONTROL)) return NULL;
  if (pick < 4) return gen_if(self, sort, depth);
  if (pick < 5) return gen_fold_by(self, sort, depth);
  if (pick < 7 && has(self, WITH_ARRAYS)) return gen_fold(self, sort, depth);
  return gen_loop(self, sort, depth);
}

/* ---- all ---- */

static Term *gen_record(Gen *self, const Sort *sort, uint32_t depth) {
  Term *term = term_new(self->world, TERM_RECORD, sort, sort->count, 0);
  for (uint32_t i = 0; i < sort->count; i++)
    if (!(term->kids[i] = gen(self, sort->fields[i], depth - 1))) return NULL;
  return term;
}

static Term *gen_option_else(Gen *self, const Sort *sort, uint32_t depth) {
  if (sort->kind == SORT_OPTION) return NULL;
  Term *option = gen_variable(self, sort_option(self->world, sort));
  return option ? term_binary(self->world, DO_ELSE, sort, option, gen(self, sort, depth - 1)) : NULL;
}

static Term *gen_by_sort(Gen *self, const Sort *sort, uint32_t depth) {
  bool arithmetic = has(self, WITH_ARITHMETIC);
  switch (sort->kind) {
    case SORT_INT:
      return gen_int(self, depth);
    case SORT_BOOL:
      return arithmetic ? gen_bool(self, depth) : NULL;
    case SORT_STRING:
      return arithmetic ? gen_string(self, depth) : NULL;
    case SORT_FLOAT:
      return arithmetic ? gen_float(self, depth) : NULL;
    case SORT_SIZE:
      return arithmetic ? gen_size(self, sort, depth) : NULL;
    case SORT_ARRAY:
      return gen_array(self, sort, depth);
    case SORT_RECORD:
      return gen_record(self, sort, depth);
    default:
      return NULL;
  }
}

static Term *gen(Gen *self, const Sort *sort, uint32_t depth) {
  Term *term = NULL;
  if (depth) {
    uint32_t pick = below(self, 20);
    if (pick < 5)
      term = gen_call(self, sort, depth);
    else if (pick < 11)
      term = gen_by_sort(self, sort, depth);
    else if (pick < 14)
      term = gen_control(self, sort, depth);
    else if (pick < 17)
      term = gen_apply(self, sort, depth);
    else if (pick < 18)
      term = gen_template(self, sort, depth);
    else if (pick < 19 && has(self, WITH_CONTROL))
      term = gen_option_else(self, sort, depth);
  }
  if (!term && depth > 1) return gen(self, sort, depth - 1);
  return term ? term : gen_leaf(self, sort);
}

/* ---- declarations ---- */

static Routine *routine_new(Gen *self, RoutineKind kind, uint32_t ins, uint32_t depth) {
  Routine *routine = ARENA_NEW(self->world->arena, Routine);
  RoutineKind old = self->inside;
  self->inside = kind;
  *routine = (Routine){.kind = kind, .id = self->world->next_id++, .in_count = ins};
  routine->ins = ARENA_ARRAY(self->world->arena, Variable *, ins + 1);
  routine->defaults = ARENA_ARRAY(self->world->arena, Term *, ins + 1);
  for (uint32_t i = 0; i < ins; i++) {
    routine->ins[i] = variable_new(self->world, any_sort(self, depth));
    if (i && below(self, 4) == 0) routine->defaults[i] = gen_literal(self, routine->ins[i]->sort);
  }
  self->inside = old;
  return routine;
}

static void task_command(Gen *self, Routine *task) {
  static const char *const programs[] = {"align", "count", "sort -u", "merge", "plot"};
  static const char *const images[] = {"debian:12", "tools:1"};
  task->program = programs[below(self, 5)];
  task->literal = below(self, 4);
  task->image = below(self, 4) ? NULL : images[below(self, 2)];
  task->interpreter = below(self, 5) ? NULL : "bash";
  task->words = ARENA_ARRAY(self->world->arena, uint32_t, task->in_count + 1);
  for (uint32_t i = 0; i < task->in_count; i++) task->words[i] = i;
}

static Routine *gen_task(Gen *self) {
  static const char *const names[] = {"p", "q", "r"};
  Routine *task = routine_new(self, ROUTINE_TASK, 1 + below(self, 3), 1);
  task_command(self, task);
  task->many = below(self, 4) == 0;
  task->is_volatile = has(self, WITH_VOLATILE) && below(self, 5) == 0;
  if (task->many) {
    const Sort *fields[3] = {any_sort(self, 1), any_sort(self, 1), any_sort(self, 0)};
    task->result = sort_record(self->world, 2 + below(self, 2), fields, names);
  } else {
    task->result = any_sort(self, 1);
  }
  return task;
}

/* From a type to itself, or to a truth: what arrows are made of. */
static Routine *gen_simple(Gen *self, SortKind from, SortKind to) {
  Routine *task = routine_new(self, ROUTINE_TASK, 1, 0);
  task->ins[0]->sort = basic(self, from);
  task->result = basic(self, to);
  task_command(self, task);
  return task;
}

static Routine *gen_monoid(Gen *self) {
  static const SortKind kinds[] = {SORT_FILE, SORT_INT, SORT_STRING};
  Routine *task = routine_new(self, ROUTINE_TASK, 2, 0);
  task->result = task->ins[0]->sort = task->ins[1]->sort = basic(self, kinds[below(self, 3)]);
  task->defaults[1] = NULL;
  task->assoc = true;
  task->comm = task->result->kind != SORT_STRING && below(self, 2);
  task_command(self, task);
  return task;
}

static Routine *gen_flow(Gen *self, RoutineKind kind) {
  Routine *flow = routine_new(self, kind, 1 + below(self, 3), 1);
  RoutineKind old = self->inside;
  const Scope *old_scope = self->scope;
  self->inside = kind;
  self->scope = NULL;
  for (uint32_t i = 0; i < flow->in_count; i++) open_scope(self, flow->ins[i]);
  flow->result = any_sort(self, 1);
  flow->body = below(self, 3) == 0 && flow->in_count == 1 ? gen_body(self, flow->ins[0], flow->result, 3)
                                                          : gen_block(self, flow->result, 3);
  self->inside = old;
  self->scope = old_scope;
  return flow->body ? flow : NULL;
}

/* The main flow's inputs and results are its interface: they keep their names. */
static void gen_interface(Gen *self, Routine *main) {
  if (has(self, WITH_ARRAYS) && !self->tiny && below(self, 4)) {
    main->ins[0]->sort = sort_array(self->world, basic(self, below(self, 2) ? SORT_INT : SORT_FILE));
    main->defaults[0] = NULL;
  }
  for (uint32_t i = 0; i < main->in_count; i++) {
    main->ins[i]->name = arena_format(self->world->arena, "in%u", i);
    open_scope(self, main->ins[i]);
  }
}

static Term *gen_results(Gen *self, uint32_t count) {
  const Sort *fields[4];
  const char *names[4];
  Term *kids[4];
  for (uint32_t i = 0; i < count; i++) {
    kids[i] = gen(self, any_sort(self, 2), 3 + below(self, 2));
    if (!kids[i]) kids[i] = term_int(self->world, i);
    fields[i] = kids[i]->sort;
    names[i] = arena_format(self->world->arena, "out%u", i);
  }
  Term *record = term_new(self->world, TERM_RECORD, sort_record(self->world, count, fields, names), count, 0);
  for (uint32_t i = 0; i < count; i++) record->kids[i] = kids[i];
  return record;
}

/* What waits, mostly for tasks, if there is one among the steps before. */
static Term *gen_after(Gen *self, Term *step, const Term *block, uint32_t count) {
  Variable *first = NULL;
  for (uint32_t i = 0, seen = 0; i < count; i++) {
    bool task = block->kids[i]->kind == TERM_CALL && block->kids[i]->routine->kind == ROUTINE_TASK;
    if (task && block->vars[i] && below(self, ++seen) == 0) first = block->vars[i];
  }
  if (!first) return step;
  Term *after = term_new(self->world, TERM_AFTER, step->sort, 2, 0);
  after->kids[0] = step;
  after->kids[1] = term_var(self->world, first);
  return after;
}

/* A call of a volatile task without outputs. */
static Term *gen_effect(Gen *self) {
  Routine *effect = routine_new(self, ROUTINE_TASK, 1, 0);
  effect->result = basic(self, SORT_UNIT);
  effect->is_volatile = true;
  task_command(self, effect);
  return fill_call(self, effect, UINT32_MAX, 0);
}

static Routine *gen_main(Gen *self, uint32_t steps) {
  Routine *main = routine_new(self, ROUTINE_FLOW, 3 + below(self, 3), 1);
  self->inside = ROUTINE_FLOW;
  main->many = true;
  gen_interface(self, main);
  Term *block = term_new(self->world, TERM_BLOCK, NULL, steps + 2, steps + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < steps; i++) {
    Term *step = gen(self, any_sort(self, 2), 3 + below(self, 2));
    if (!step) continue;
    if (has(self, WITH_VOLATILE) && count && step->kind == TERM_CALL && below(self, 4) == 0)
      step = gen_after(self, step, block, count);
    block->kids[count] = step;
    block->vars[count] = variable_new(self->world, step->sort);
    open_scope(self, block->vars[count++]);
  }
  Term *effect = has(self, WITH_VOLATILE) && below(self, 2) && self->volatile_left ? gen_effect(self) : NULL;
  if (effect) {
    block->kids[count] = below(self, 2) ? gen_after(self, effect, block, count) : effect;
    count++;
  }
  block->bound = count;
  block->count = count + 1;
  block->kids[count] = gen_results(self, 1 + below(self, 3));
  block->sort = main->result = block->kids[count]->sort;
  main->body = block;
  return main;
}

static void add(Gen *self, Routine *routine) {
  if (routine) vec_push(&self->routines, routine);
}

static Workflow *finish(Gen *self, Routine *main) {
  Workflow *flow = workflow_new(self->world);
  flow->main = main;
  vec_free(&self->routines);
  return flow;
}

Workflow *generate(World *world, Rng *rng, unsigned with, uint32_t steps) {
  Gen self = {.world = world, .rng = rng, .with = with, .volatile_left = MOST_VOLATILE};
  choose_palette(&self);
  add(&self, gen_simple(&self, SORT_INT, SORT_FILE)); /* what makes files, see gen_leaf */
  SortKind kind = self.palette[below(&self, 3)];
  for (uint32_t i = below(&self, 3); i > 0; i--) add(&self, gen_simple(&self, kind, kind));
  if (below(&self, 3) == 0) add(&self, gen_simple(&self, kind, SORT_BOOL));
  uint32_t tasks = 2 + below(&self, 3), others = 1 + below(&self, 4);
  for (uint32_t i = 0; i < tasks; i++) add(&self, gen_task(&self));
  if (has(&self, WITH_CONTROL)) add(&self, gen_monoid(&self));
  for (uint32_t i = 0; i < others; i++)
    add(&self, gen_flow(&self, has(&self, WITH_ARITHMETIC) && below(&self, 2) ? ROUTINE_FN : ROUTINE_FLOW));
  return finish(&self, gen_main(&self, steps));
}

/* ---- tiny ones ---- */

static Routine *tiny_task(Gen *self, const Sort *in, const Sort *out, uint32_t ins, int64_t literal) {
  Routine *task = routine_new(self, ROUTINE_TASK, ins, 0);
  for (uint32_t i = 0; i < ins; i++) {
    task->ins[i]->sort = in;
    task->defaults[i] = NULL;
  }
  task->result = out;
  task_command(self, task);
  task->program = "tool";
  task->literal = literal;
  task->image = task->interpreter = NULL;
  return task;
}

Workflow *generate_tiny(World *world, Rng *rng, unsigned with) {
  Gen self = {.world = world, .rng = rng, .with = with, .tiny = true};
  const Sort *ints = basic(&self, SORT_INT), *array = sort_array(world, ints);
  add(&self, tiny_task(&self, ints, ints, 1, 0));
  add(&self, tiny_task(&self, ints, ints, 2, 1));
  if (has(&self, WITH_ARRAYS)) add(&self, tiny_task(&self, array, ints, 1, 2));
  if (has(&self, WITH_ARRAYS)) add(&self, tiny_task(&self, ints, array, 1, 3));
  if (has(&self, WITH_ARRAYS | WITH_FAILURES))
    add(&self, tiny_task(&self, ints, basic(&self, SORT_BOOL), 1, 4));
  if (has(&self, WITH_VOLATILE)) {
    Routine *task = tiny_task(&self, ints, ints, 1, 5);
    task->is_volatile = true;
    add(&self, task);
    self.volatile_left = MOST_VOLATILE;
  }
  Routine *main = routine_new(&self, ROUTINE_FLOW, 3, 0);
  self.inside = ROUTINE_FLOW;
  for (uint32_t i = 0; i < 3; i++) {
    main->ins[i]->sort = i < 2 && has(&self, WITH_ARRAYS) ? array : ints;
    main->defaults[i] = NULL;
  }
  gen_interface(&self, main);
  main->many = true;
  uint32_t steps = has(&self, WITH_VOLATILE) ? 1 + below(&self, 3) : 0;
  Term *block = term_new(world, TERM_BLOCK, NULL, steps + 1, steps);
  for (uint32_t i = 0; i < steps; i++) {
    block->kids[i] = gen(&self, ints, 2);
    block->vars[i] = variable_new(world, ints);
    open_scope(&self, block->vars[i]);
  }
  Term *value = gen(&self, has(&self, WITH_ARRAYS) && below(&self, 3) ? array : ints, 2 + below(&self, 2));
  const char *name = "out0";
  Term *record = term_new(world, TERM_RECORD, sort_record(world, 1, &value->sort, &name), 1, 0);
  record->kids[0] = value;
  block->kids[steps] = record;
  block->sort = main->result = record->sort;
  main->body = steps ? block : record;
  return finish(&self, main);
}

Term *generate_pure(World *world, Rng *rng, const Workflow *flow, const Scope *scope, const Sort *sort,
                    bool in_fn) {
  (void)flow;
  Gen self = {
      .world = world, .rng = rng, .with = WITH_ARITHMETIC | WITH_ARRAYS, .scope = scope, .pure = true};
  self.inside = in_fn || !term_leaf(world, sort) ? ROUTINE_FN : ROUTINE_FLOW;
  choose_palette(&self);
  return gen(&self, sort, 1);
}
