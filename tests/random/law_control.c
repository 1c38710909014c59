/* law_control.c: conditions, loops, constants, order. */
#include "law.h"

#include <string.h>

/* ---- conditions ---- */

static Term *some_condition(Edit *edit) { return edit_other(edit, sort_of(edit->world, SORT_BOOL)); }

bool keep_if_equal(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit) || !term_pure(term) || term_size(term) > 40) return false;
  Term *condition = some_condition(edit);
  return condition && edit_set(edit, term_if(edit->world, condition, term, term_copy(edit->world, term)));
}

bool keep_if_constant(Edit *edit) {
  Term *term = edit_term(edit);
  Term *other = edit_is_value(edit) && term_pure(term) ? edit_other(edit, term->sort) : NULL;
  if (!other) return false;
  bool value = rng_chance(edit->rng, 50);
  return edit_set(
      edit, term_if(edit->world, term_bool(edit->world, value), value ? term : other, value ? other : term));
}

bool keep_if_not(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2]) return false;
  Term *kept = term->kids[1];
  term->kids[0] = term_unary(edit->world, DO_NOT, term->kids[0]);
  term->kids[1] = term->kids[2];
  term->kids[2] = kept;
  return true;
}

bool keep_if_repeated(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2] || !term_pure(term)) return false;
  uint32_t arm = 1 + rng_below(edit->rng, 2);
  Term *condition = term_copy(edit->world, term->kids[0]), *other = edit_other(edit, term->sort);
  if (!other) return false;
  term->kids[arm] = arm == 1 ? term_if(edit->world, condition, term->kids[1], other)
                             : term_if(edit->world, condition, other, term->kids[2]);
  return true;
}

/* The only kid in which two terms of one kind differ; -1: none, or more. */
static int32_t only_difference(const Term *a, const Term *b) {
  bool calls = a->kind == TERM_CALL || a->kind == TERM_BINARY || a->kind == TERM_BUILTIN;
  if (!calls || a->kind != b->kind || a->op != b->op || a->routine != b->routine || a->count != b->count)
    return -1;
  int32_t found = -1;
  for (uint32_t i = 0; i < a->count; i++) {
    if (term_equal(a->kids[i], b->kids[i])) continue;
    if (found >= 0 || !a->kids[i] || !b->kids[i] || a->kids[i]->sort != b->kids[i]->sort) return -1;
    found = (int32_t)i;
  }
  return found;
}

/* `if c { f(a) } else { f(b) }` is `f(if c { a } else { b })`. */
bool keep_if_common_out(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2] || !term_pure(term)) return false;
  int32_t at = only_difference(term->kids[1], term->kids[2]);
  if (at < 0) return false;
  Term *common = term->kids[1];
  common->kids[at] = term_if(edit->world, term->kids[0], common->kids[at], term->kids[2]->kids[at]);
  return edit_set(edit, common);
}

bool keep_if_common_in(Edit *edit) {
  Term *term = edit_term(edit);
  bool calls = term->kind == TERM_CALL || term->kind == TERM_BINARY || term->kind == TERM_BUILTIN;
  if (!calls || !edit_is_value(edit) || !term_pure(term) || term_size(term) > 40) return false;
  for (uint32_t i = 0; i < term->count; i++) {
    Term *choice = term->kids[i];
    if (!choice || choice->kind != TERM_IF || !choice->kids[2]) continue;
    if (term->kind == TERM_BINARY && i && (term->op == DO_AND || term->op == DO_OR || term->op == DO_ELSE))
      continue;
    Term *other = term_copy(edit->world, term);
    term->kids[i] = choice->kids[1];
    other->kids[i] = choice->kids[2];
    return edit_set(edit, term_if(edit->world, choice->kids[0], term, other));
  }
  return false;
}

/* ---- loops ---- */

static Term *make_loop(World *world, Variable *state, Term *start, Term *body, Term *stop, int64_t most) {
  Term *loop = term_new(world, TERM_LOOP, start->sort, 4, 1);
  loop->vars[0] = state;
  loop->kids[0] = start;
  loop->kids[1] = body;
  loop->kids[2] = stop;
  loop->kids[3] = term_int(world, most);
  return loop;
}

bool keep_loop_zero(Edit *edit) {
  Term *term = edit_term(edit);
  Term *body = edit_is_value(edit) && term_pure(term) ? edit_other(edit, term->sort) : NULL;
  if (!body) return false;
  Variable *state = variable_new(edit->world, term->sort);
  return edit_set(
      edit, make_loop(edit->world, state, term, body, term_bool(edit->world, rng_chance(edit->rng, 50)), 0));
}

/* One round, because there may be no more or because it stops. */
bool keep_loop_one(Edit *edit) {
  Term *term = edit_term(edit);
  Term *start = edit_is_value(edit) && term_pure(term) ? edit_other(edit, term->sort) : NULL;
  Term *stop = start ? some_condition(edit) : NULL;
  if (!stop) return false;
  bool stops = rng_chance(edit->rng, 50);
  Variable *state = variable_new(edit->world, term->sort);
  Term *loop = make_loop(edit->world, state, start, term, stops ? term_bool(edit->world, true) : stop,
                         stops ? 3 : 1);
  return edit_set(edit, loop);
}

/* A field more in the state that nothing else needs, before or behind the old state. */
bool keep_loop_state(Edit *edit) {
  static const char *const names[] = {"a", "b"};
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_LOOP) return false;
  World *world = edit->world;
  uint32_t at = rng_below(edit->rng, 2);
  const Sort *ints = sort_of(world, SORT_INT), *fields[2] = {loop->sort, loop->sort};
  fields[1 - at] = ints;
  const Sort *sort = sort_record(world, 2, fields, names);
  Variable *state = variable_new(world, sort);
  Term *old = term_field(world, term_var(world, state), at);
  Term *more = term_field(world, term_var(world, state), 1 - at);
  Term *start = term_new(world, TERM_RECORD, sort, 2, 0), *body = term_new(world, TERM_RECORD, sort, 2, 0);
  start->kids[at] = loop->kids[0];
  start->kids[1 - at] = term_int(world, 0);
  body->kids[at] = term_replace(world, loop->kids[1], loop->vars[0], old);
  body->kids[1 - at] = term_binary(world, DO_ADD, ints, more, term_int(world, 1));
  Term *made = term_new(world, TERM_LOOP, sort, 4, 1);
  made->vars[0] = state;
  made->kids[0] = start;
  made->kids[1] = body;
  made->kids[2] = term_replace(world, loop->kids[2], loop->vars[0], old);
  made->kids[3] = loop->kids[3];
  made->flag = loop->flag;
  return edit_set(edit, term_field(world, made, at));
}

/* Fields of a record in another order: those of a variable, as a record of the old type. */
static Term *reordered(World *world, const Sort *sort, Variable *variable) {
  Term *record = term_new(world, TERM_RECORD, sort, sort->count, 0);
  for (uint32_t i = 0; i < sort->count; i++)
    record->kids[i] = term_field(world, term_var(world, variable), sort->count - 1 - i);
  return record;
}

/* The order of the fields of a state does not matter. */
bool keep_loop_order(Edit *edit) {
  enum { MOST = 4 };
  Term *loop = edit_term(edit);
  const Sort *sort = loop->sort, *fields[MOST];
  const char *names[MOST];
  if (loop->kind != TERM_LOOP || sort->kind != SORT_RECORD || sort->count > MOST || !term_pure(loop))
    return false;
  World *world = edit->world;
  for (uint32_t i = 0; i < sort->count; i++) {
    fields[i] = sort->fields[sort->count - 1 - i];
    names[i] = sort->names[sort->count - 1 - i];
  }
  const Sort *turned = sort_record(world, sort->count, fields, names);
  Variable *state = variable_new(world, turned), *start = variable_new(world, sort),
           *next = variable_new(world, sort), *end = variable_new(world, turned);
  Term *old = reordered(world, sort, state), *made = term_new(world, TERM_LOOP, turned, 4, 1);
  made->vars[0] = state;
  made->kids[0] = block_of(world, start, loop->kids[0], reordered(world, turned, start));
  made->kids[1] = block_of(world, next, term_replace(world, loop->kids[1], loop->vars[0], old),
                           reordered(world, turned, next));
  made->kids[2] = term_replace(world, loop->kids[2], loop->vars[0], old);
  made->kids[3] = loop->kids[3];
  made->flag = loop->flag;
  return edit_set(edit, block_of(world, end, made, reordered(world, sort, end)));
}

/* ---- constants ---- */

static Term *other_int(Edit *edit, int64_t value) {
  const Sort *ints = sort_of(edit->world, SORT_INT);
  int64_t part = (int64_t)rng_below(edit->rng, 10);
  if (rng_chance(edit->rng, 50))
    return term_binary(edit->world, DO_SUB, ints, term_int(edit->world, value + part),
                       term_int(edit->world, part));
  return term_binary(edit->world, DO_ADD, ints, term_int(edit->world, value - part),
                     term_int(edit->world, part));
}

static Term *other_string(Edit *edit, const char *text) {
  size_t len = strlen(text), cut = len ? rng_below(edit->rng, (uint32_t)len + 1) : 0;
  Term *left = term_string(edit->world, arena_text(edit->world->arena, text, cut));
  Term *right = term_string(edit->world, arena_text(edit->world->arena, text + cut, len - cut));
  return term_binary(edit->world, DO_ADD, left->sort, left, right);
}

bool keep_constant(Edit *edit) {
  Term *term = edit_term(edit);
  if (edit->place.parent && edit->place.parent->kind == TERM_TEXT && term->kind == TERM_STRING) return false;
  if (term->kind == TERM_INT) return edit_set(edit, other_int(edit, term->integer));
  if (term->kind == TERM_STRING) return edit_set(edit, other_string(edit, term->text));
  if (term->kind != TERM_BOOL) return false;
  Term *sum = term_int(edit->world, rng_below(edit->rng, 5));
  return edit_set(edit, term_binary(edit->world, term->integer ? DO_LE : DO_LT, term->sort, sum,
                                    term_copy(edit->world, sum)));
}

bool keep_sum_swap(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_BINARY || (term->op != DO_ADD && term->op != DO_MUL)) return false;
  if (term->sort->kind != SORT_INT && term->sort->kind != SORT_FLOAT) return false;
  Term *kept = term->kids[0];
  term->kids[0] = term->kids[1];
  term->kids[1] = kept;
  return true;
}

/* ---- order ---- */

/* What a call uses it comes after in any case. */
bool keep_after_implied(Edit *edit) {
  Term *call = edit_term(edit);
  if (!edit->place.step || edit->place.parent != edit->flow->main->body || call->kind != TERM_CALL)
    return false;
  if (call->routine->kind != ROUTINE_TASK) return false;
  for (uint32_t i = 0; i < call->count; i++) {
    if (!call->kids[i] || call->kids[i]->kind != TERM_VAR) continue;
    Term *after = term_new(edit->world, TERM_AFTER, call->sort, 2, 0);
    after->kids[0] = call;
    after->kids[1] = term_copy(edit->world, call->kids[i]);
    return edit_set(edit, after);
  }
  return false;
}

/* ---- truth and text ---- */

/* `a && b` is `if a { b } else { false }`. */
bool keep_and_if(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_BINARY || (term->op != DO_AND && term->op != DO_OR)) return false;
  bool both = term->op == DO_AND;
  Term *constant = term_bool(edit->world, !both);
  return edit_set(edit, term_if(edit->world, term->kids[0], both ? term->kids[1] : constant,
                                both ? constant : term->kids[1]));
}

/* `a > b` is `b < a`, `a != b` is `!(b == a)`. */
bool keep_compare_swap(Edit *edit) {
  static const TermOp other[TERM_OP_COUNT] = {
      [DO_LT] = DO_GT, [DO_GT] = DO_LT, [DO_LE] = DO_GE, [DO_GE] = DO_LE, [DO_EQ] = DO_EQ, [DO_NE] = DO_EQ};
  Term *term = edit_term(edit);
  if (term->kind != TERM_BINARY || term->op < DO_EQ || term->op > DO_GE) return false;
  Term *swapped = term_binary(edit->world, other[term->op], term->sort, term->kids[1], term->kids[0]);
  return edit_set(edit, term->op == DO_NE ? term_unary(edit->world, DO_NOT, swapped) : swapped);
}

/* Interpolation is concatenation. */
bool keep_text(Edit *edit) {
  Term *text = edit_term(edit);
  if (text->kind != TERM_TEXT) return false;
  Term *sum = term_string(edit->world, "");
  for (uint32_t i = 0; i < text->count; i++) {
    Term *part = text->kids[i];
    if (part->sort != text->sort) part = term_builtin(edit->world, DO_STR, text->sort, 1, part);
    sum = term_binary(edit->world, DO_ADD, text->sort, sum, part);
  }
  return edit_set(edit, sum);
}

/* `if a { if b { x } else { y } } else { y }` is `if a && b { x } else { y }`. */
bool keep_if_and(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2] || term->kids[0]->kind != TERM_BINARY ||
      term->kids[0]->op != DO_AND)
    return false;
  if (!term_pure(term) || term_size(term->kids[2]) > 30) return false;
  Term *both = term->kids[0];
  term->kids[0] = both->kids[0];
  term->kids[1] = term_if(edit->world, both->kids[1], term->kids[1], term_copy(edit->world, term->kids[2]));
  return true;
}

/* Which of two conditions is asked first does not matter. */
bool keep_if_order(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2] || !term_pure(term) || term_size(term) > 60) return false;
  Term *other = some_condition(edit);
  if (!other) return false;
  Term *first = term_if(edit->world, other, term->kids[1], term->kids[2]);
  Term *arms[2];
  for (uint32_t i = 0; i < 2; i++) {
    Term *again = term_copy(edit->world, first);
    arms[i] = term_if(edit->world, term_copy(edit->world, term->kids[0]), again->kids[1], again->kids[2]);
  }
  return edit_set(edit, term_if(edit->world, term_copy(edit->world, other), arms[0], arms[1]));
}

/* `(if c { r } else { s }).f` is `if c { r.f } else { s.f }`. */
bool keep_if_field(Edit *edit) {
  Term *field = edit_term(edit);
  if (field->kind != TERM_FIELD || field->kids[0]->kind != TERM_IF || !field->kids[0]->kids[2]) return false;
  Term *choice = field->kids[0];
  uint32_t at = (uint32_t)field->integer;
  return edit_set(edit, term_if(edit->world, choice->kids[0], term_field(edit->world, choice->kids[1], at),
                                term_field(edit->world, choice->kids[2], at)));
}

/* `if c { x } else { y }` is a field of `if c { (a: x, …) } else { (a: y, …) }`. */
bool keep_if_record(Edit *edit) {
  static const char *const names[] = {"a", "b"};
  Term *term = edit_term(edit);
  if (term->kind != TERM_IF || !term->kids[2]) return false;
  World *world = edit->world;
  const Sort *fields[2] = {term->sort, sort_of(world, SORT_INT)},
             *sort = sort_record(world, 2, fields, names);
  for (uint32_t i = 1; i < 3; i++) {
    Term *record = term_new(world, TERM_RECORD, sort, 2, 0);
    record->kids[0] = term->kids[i];
    record->kids[1] = term_int(world, i);
    term->kids[i] = record;
  }
  Term *choice = term_if(world, term->kids[0], term->kids[1], term->kids[2]);
  return edit_set(edit, term_field(world, choice, 0));
}

/* `x ?? y` of a value that is there. */
bool keep_some(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit) || term->sort->kind == SORT_OPTION || !term_pure(term)) return false;
  Term *other = edit_other(edit, term->sort),
       *some = term_new(edit->world, TERM_SOME, sort_option(edit->world, term->sort), 1, 0);
  some->kids[0] = term;
  return other && edit_set(edit, term_binary(edit->world, DO_ELSE, term->sort, some, other));
}
