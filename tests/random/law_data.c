/* law_data.c: records, arrays, maps, filters. */
#include "law.h"

/* ---- records and arrays ---- */

bool keep_record_beta(Edit *edit) {
  static const char *const names[] = {"a", "b"};
  Term *term = edit_term(edit);
  if (!edit_is_value(edit)) return false;
  uint32_t at = rng_below(edit->rng, 2);
  Term *other = edit_other(edit, sort_of(edit->world, SORT_INT));
  const Sort *fields[2] = {term->sort, term->sort};
  if (!other) return false;
  fields[1 - at] = other->sort;
  Term *record = term_new(edit->world, TERM_RECORD, sort_record(edit->world, 2, fields, names), 2, 0);
  record->kids[at] = term;
  record->kids[1 - at] = other;
  return edit_set(edit, term_field(edit->world, record, at));
}

bool keep_record_eta(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit) || term->sort->kind != SORT_RECORD || term->kind != TERM_VAR) return false;
  Term *record = term_new(edit->world, TERM_RECORD, term->sort, term->sort->count, 0);
  for (uint32_t i = 0; i < record->count; i++)
    record->kids[i] = term_field(edit->world, term_var(edit->world, term->vars[0]), i);
  return edit_set(edit, record);
}

bool keep_array_beta(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit)) return false;
  Term *array = term_new(edit->world, TERM_ARRAY, sort_array(edit->world, term->sort), 1, 0);
  array->kids[0] = term;
  Term *index = term_new(edit->world, TERM_INDEX, term->sort, 2, 0);
  index->kids[0] = array;
  index->kids[1] = term_int(edit->world, 0);
  return edit_set(edit, index);
}

bool keep_array_eta(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit) || term->sort->kind != SORT_ARRAY) return false;
  Variable *item = variable_new(edit->world, term->sort->of);
  return edit_set(edit, term_for(edit->world, item, term, term_var(edit->world, item)));
}

/* ---- maps ---- */

/* A `for` over one array without a filter. */
static bool is_map(const Term *term) { return term->kind == TERM_FOR && term->bound == 1 && !term->kids[1]; }

/* A slot of the body that mentions the variable but is not it; NULL if there is none. */
static Term **find_part(const Edit *edit, Term **body, const Variable *item) {
  Slots slots = slots_within(body);
  Term **found = NULL;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < slots.len; i++) {
    Term *part = *slots.data[i];
    if (part->kind == TERM_VAR || !term_mentions(part, item) || !term_pure(part)) continue;
    if (rng_below(edit->rng, ++seen) == 0) found = slots.data[i];
  }
  vec_free(&slots);
  return found;
}

/* `for x in xs { f(g(x), x) }` is `for x in xs, y in (for x in xs { g(x) }) { f(y, x) }`. */
bool keep_map_fission(Edit *edit) {
  Term *loop = edit_term(edit);
  if (!is_map(loop) || !term_pure(loop->kids[0])) return false;
  Term **part = find_part(edit, &loop->kids[2], loop->vars[0]);
  if (!part) return false;
  Term *inner = term_for(edit->world, loop->vars[0], loop->kids[0], *part);
  inner = term_copy(edit->world, inner);
  Variable *item = variable_new(edit->world, (*part)->sort);
  *part = term_var(edit->world, item);
  Term *made = term_new(edit->world, TERM_FOR, loop->sort, 4, 2);
  made->vars[0] = loop->vars[0];
  made->vars[1] = item;
  made->kids[0] = loop->kids[0];
  made->kids[1] = inner;
  made->kids[3] = loop->kids[2];
  made->integer = 2;
  return edit_set(edit, made);
}

/* `for x in xs { f(g(x)) }` is `for y in (for x in xs { g(x) }) { f(y) }`. */
bool keep_map_split(Edit *edit) {
  Term *loop = edit_term(edit);
  if (!is_map(loop)) return false;
  Term **part = find_part(edit, &loop->kids[2], loop->vars[0]);
  if (!part) return false;
  Term *inner = *part;
  Variable *item = variable_new(edit->world, inner->sort);
  *part = term_var(edit->world, item);
  if (term_mentions(loop->kids[2], loop->vars[0])) {
    *part = inner;
    return false;
  }
  inner = term_for(edit->world, loop->vars[0], loop->kids[0], inner);
  return edit_set(edit, term_for(edit->world, item, inner, loop->kids[2]));
}

/* What does not mention the variables of a `for`, fold or loop is outside of it. */
bool keep_invariant_out(Edit *edit) {
  Term *loop = edit_term(edit);
  bool over = loop->kind == TERM_FOR || loop->kind == TERM_FOLD;
  if (!over && loop->kind != TERM_LOOP) return false;
  uint32_t body = over ? loop->bound + 1 - (loop->kind == TERM_FOLD) : 1;
  Slots slots = slots_within(&loop->kids[body]);
  Term **found = NULL;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < slots.len; i++) {
    Term *part = *slots.data[i];
    if (part->kind == TERM_VAR || term_mentions_any(part, loop->vars, loop->bound) || !term_pure(part))
      continue;
    if (rng_below(edit->rng, ++seen) == 0) found = slots.data[i];
  }
  vec_free(&slots);
  if (!found) return false;
  Term *part = *found;
  Variable *variable = variable_new(edit->world, part->sort);
  *found = term_var(edit->world, variable);
  return edit_set(edit, block_of(edit->world, variable, part, loop));
}

/* `for x in xs for y in ys { e }` is `flatten(for x in xs { for y in ys { e } })`. */
bool keep_cross_nested(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 2 || loop->integer) return false;
  Term *inner = term_for(edit->world, loop->vars[1], loop->kids[1], loop->kids[3]);
  inner->kids[1] = loop->kids[2];
  Term *outer = term_for(edit->world, loop->vars[0], loop->kids[0], inner);
  return edit_set(edit, term_builtin(edit->world, DO_FLATTEN, loop->sort, 1, outer));
}

bool keep_zip_own(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1 || !term_pure(loop->kids[0])) return false;
  Variable *item = loop->vars[0], *twin = variable_new(edit->world, item->sort);
  Term *made = term_new(edit->world, TERM_FOR, loop->sort, 4, 2);
  made->vars[0] = item;
  made->vars[1] = twin;
  made->kids[0] = loop->kids[0];
  made->kids[1] = term_copy(edit->world, loop->kids[0]);
  made->kids[2] = loop->kids[1];
  made->kids[3] = term_replace(edit->world, loop->kids[2], item, term_var(edit->world, twin));
  made->integer = 2;
  return edit_set(edit, made);
}

bool keep_length_map(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_BUILTIN || term->op != DO_LENGTH) return false;
  Term *other = edit_other(edit, sort_of(edit->world, SORT_INT));
  if (!other) return false;
  Variable *item = variable_new(edit->world, term->kids[0]->sort->of);
  term->kids[0] = term_for(edit->world, item, term->kids[0], other);
  return true;
}

/* ---- filters ---- */

/* `for x in xs if p && q { e }` is `for y in (for x in xs if p { x }) if q { e }`. */
bool keep_filter_and(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1 || !loop->kids[1]) return false;
  Term *filter = loop->kids[1];
  if (filter->kind != TERM_BINARY || filter->op != DO_AND || !term_pure(filter)) return false;
  Variable *item = variable_new(edit->world, loop->vars[0]->sort);
  Term *value = term_var(edit->world, item);
  Term *inner = term_for(edit->world, item, loop->kids[0], value);
  inner->kids[1] = term_replace(edit->world, filter->kids[0], loop->vars[0], value);
  loop->kids[0] = inner;
  loop->kids[1] = filter->kids[1];
  return true;
}

bool keep_filter_true(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->kids[loop->bound]) return false;
  loop->kids[loop->bound] = term_bool(edit->world, true);
  return true;
}

/* `for y in (for x in xs { f(x) }) if p(y) { e }` is `for x in xs if p(f(x)) { e[f(x)] }`. */
bool keep_filter_map(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1 || !is_map(loop->kids[0])) return false;
  Term *inner = loop->kids[0];
  if (!term_pure(inner->kids[2]) || term_size(inner->kids[2]) > 40) return false;
  Variable *item = loop->vars[0];
  if (loop->kids[1]) loop->kids[1] = term_replace(edit->world, loop->kids[1], item, inner->kids[2]);
  loop->kids[2] = term_replace(edit->world, loop->kids[2], item, inner->kids[2]);
  loop->vars[0] = inner->vars[0];
  loop->kids[0] = inner->kids[0];
  return true;
}

/* ---- other ways to walk ---- */

/* `for x in xs { e }` is `for i in indices(xs) { e[xs[i]] }`. */
bool keep_indices(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1 || !term_pure(loop->kids[0]) ||
      term_size(loop->kids[0]) > 20)
    return false;
  World *world = edit->world;
  const Sort *ints = sort_of(world, SORT_INT);
  Variable *at = variable_new(world, ints);
  Term *item = term_new(world, TERM_INDEX, loop->vars[0]->sort, 2, 0);
  item->kids[0] = loop->kids[0];
  item->kids[1] = term_var(world, at);
  if (loop->kids[1]) loop->kids[1] = term_replace(world, loop->kids[1], loop->vars[0], item);
  loop->kids[2] = term_replace(world, loop->kids[2], loop->vars[0], item);
  loop->kids[0] = term_builtin(world, DO_INDICES, sort_array(world, ints), 1, loop->kids[0]);
  loop->vars[0] = at;
  return true;
}

/* `for x in xs, y in ys { e }` is a `for` over `zip(xs, ys)`. */
bool keep_zip(Edit *edit) {
  static const char *const names[] = {"a", "b"};
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 2 || loop->integer != 2) return false;
  World *world = edit->world;
  const Sort *fields[2] = {loop->vars[0]->sort, loop->vars[1]->sort},
             *pair = sort_record(world, 2, fields, names);
  Variable *item = variable_new(world, pair);
  Term *made = term_new(world, TERM_FOR, loop->sort, 3, 1);
  made->vars[0] = item;
  made->kids[0] = term_builtin(world, DO_ZIP, sort_array(world, pair), 2, loop->kids[0], loop->kids[1]);
  for (uint32_t k = 1; k < 3; k++) {
    Term *term = loop->kids[k + 1];
    for (uint32_t i = 0; term && i < 2; i++)
      term = term_replace(world, term, loop->vars[i], term_field(world, term_var(world, item), i));
    made->kids[k] = term;
  }
  return edit_set(edit, made);
}

/* `for x in xs if p { e }` is `compact(for x in xs { if p { e } })`. */
bool keep_filter_compact(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || !loop->kids[loop->bound] || loop->sort->of->kind == SORT_OPTION) return false;
  Term *choice = term_if(edit->world, loop->kids[loop->bound], loop->kids[loop->bound + 1], NULL);
  const Sort *sort = loop->sort;
  loop->kids[loop->bound] = NULL;
  loop->kids[loop->bound + 1] = choice;
  loop->sort = sort_array(edit->world, choice->sort);
  return edit_set(edit, term_builtin(edit->world, DO_COMPACT, sort, 1, loop));
}

/* A `for` over `xs + ys` is one over each. */
bool keep_append(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1 || loop->kids[0]->kind != TERM_BINARY ||
      loop->kids[0]->op != DO_ADD)
    return false;
  if (!term_pure(loop->kids[1]) || !term_pure(loop->kids[2]) || term_size(loop) > 60) return false;
  Term *both = loop->kids[0], *other = term_copy(edit->world, loop);
  other->kids[0] = both->kids[1];
  loop->kids[0] = both->kids[0];
  return edit_set(edit, term_binary(edit->world, DO_ADD, loop->sort, loop, other));
}

/* A fold of a map is a fold of what it maps. */
bool keep_fold_map(Edit *edit) {
  Term *fold = edit_term(edit);
  if (fold->kind != TERM_FOLD || fold->bound != 2 || !is_map(fold->kids[0])) return false;
  Term *inner = fold->kids[0];
  if (!term_pure(inner->kids[2]) || term_size(inner->kids[2]) > 40) return false;
  for (uint32_t k = 1; k < 3; k++)
    if (fold->kids[k])
      fold->kids[k] = term_replace(edit->world, fold->kids[k], fold->vars[0], inner->kids[2]);
  fold->vars[0] = inner->vars[0];
  fold->kids[0] = inner->kids[0];
  return true;
}

/* `fold s = z for x in xs for y in ys { e }` is a fold in a fold. */
bool keep_fold_nested(Edit *edit) {
  Term *fold = edit_term(edit);
  if (fold->kind != TERM_FOLD || fold->bound != 3 || fold->integer) return false;
  Term *inner = term_new(edit->world, TERM_FOLD, fold->sort, 4, 2),
       *outer = term_new(edit->world, TERM_FOLD, fold->sort, 4, 2);
  outer->vars[0] = fold->vars[0];
  outer->vars[1] = variable_new(edit->world, fold->sort);
  outer->kids[0] = fold->kids[0];
  outer->kids[2] = inner;
  outer->kids[3] = fold->kids[4];
  inner->vars[0] = fold->vars[1];
  inner->vars[1] = fold->vars[2];
  inner->kids[0] = fold->kids[1];
  inner->kids[1] = fold->kids[2];
  inner->kids[2] = fold->kids[3];
  inner->kids[3] = term_var(edit->world, outer->vars[1]);
  return edit_set(edit, outer);
}

/* With a law of order, the order of what is combined does not matter. */
bool keep_reduce_swap(Edit *edit) {
  Term *fold = edit_term(edit);
  if (fold->kind != TERM_FOLD_BY || !fold->routine->comm || fold->bound != 1 || fold->kids[1]) return false;
  Term *array = fold->kids[0];
  if (array->kind != TERM_ARRAY || array->count < 2 || fold->kids[2]->kind != TERM_VAR) return false;
  Term *kept = array->kids[0];
  array->kids[0] = array->kids[1];
  array->kids[1] = kept;
  return true;
}
