/* law_names.c: names, order, ways of writing; flows, steps and blocks put in and taken out. */
#include "law.h"

/* ---- the whole workflow ---- */

bool keep_names(Edit *edit) {
  edit->flow->salt = rng_below(edit->rng, 1 << 12);
  return true;
}

bool keep_declarations(Edit *edit) {
  edit->flow->order = 1 + rng_below(edit->rng, 1 << 20);
  return true;
}

bool keep_statements(Edit *edit) {
  Term *block = edit_term(edit);
  if (block->kind != TERM_BLOCK || block->bound < 2) return false;
  for (uint32_t i = block->bound; i-- > 1;) {
    uint32_t k = rng_below(edit->rng, i + 1);
    Term *step = block->kids[i];
    Variable *variable = block->vars[i];
    block->kids[i] = block->kids[k];
    block->vars[i] = block->vars[k];
    block->kids[k] = step;
    block->vars[k] = variable;
  }
  return true;
}

bool keep_writing(Edit *edit) {
  TermKind kind = edit_term(edit)->kind;
  if (kind != TERM_CALL && kind != ARROW_PARTIAL && kind != TERM_SIZE) return false;
  edit_term(edit)->style = (uint32_t)rng_next(edit->rng);
  return true;
}

bool keep_defaults(Edit *edit) {
  Term *call = edit_term(edit);
  if (call->kind != TERM_CALL) return false;
  for (uint32_t i = 0; i < call->count; i++) {
    const Term *fallback = call->routine->defaults[i];
    if (!fallback) continue;
    if (!call->kids[i]) {
      call->kids[i] = term_copy(edit->world, fallback);
      return true;
    }
    if (!term_equal(call->kids[i], fallback)) continue;
    call->kids[i] = NULL;
    return true;
  }
  return false;
}

/* ---- flows and functions ---- */

bool keep_inline(Edit *edit) {
  Term *call = edit_term(edit);
  if (call->kind != TERM_CALL || call->routine->kind == ROUTINE_TASK) return false;
  Routine *routine = call->routine;
  if (routine->is_arrow)
    return edit_set(edit, term_copy(edit->world, arrow_expand(edit->world, routine->body, call->kids[0])));
  Term *block = term_new(edit->world, TERM_BLOCK, routine->result, routine->in_count + 1, routine->in_count);
  for (uint32_t i = 0; i < routine->in_count; i++) {
    block->vars[i] = routine->ins[i];
    block->kids[i] = call->kids[i] ? call->kids[i] : routine->defaults[i];
  }
  block->kids[routine->in_count] = routine->body;
  return edit_set(edit, term_copy(edit->world, block));
}

/* The variables in scope that a term mentions. */
static uint32_t free_variables(const Edit *edit, const Term *term, Variable **into, uint32_t most) {
  uint32_t count = 0;
  for (const Scope *at = edit->place.scope; at; at = at->up) {
    if (!term_mentions(term, at->var)) continue;
    if (count == most) return most + 1;
    into[count++] = at->var;
  }
  return count;
}

bool keep_extract(Edit *edit) {
  enum { MOST = 5 };
  Term *term = edit_term(edit);
  Variable *free_vars[MOST];
  if (!edit_is_value(edit) || term_size(term) < 2) return false;
  uint32_t count = free_variables(edit, term, free_vars, MOST);
  if (!count || count > MOST) return false;
  Routine *routine = ARENA_NEW(edit->world->arena, Routine);
  bool fn = edit_in_fn(edit) || (term_value(term) && rng_chance(edit->rng, 50));
  *routine = (Routine){
      .kind = fn ? ROUTINE_FN : ROUTINE_FLOW, .id = edit->world->next_id++, .result = term->sort};
  routine->in_count = count;
  routine->ins = ARENA_ARRAY(edit->world->arena, Variable *, count);
  routine->defaults = ARENA_ARRAY(edit->world->arena, Term *, count);
  Term *call = term_new(edit->world, TERM_CALL, term->sort, count, 0), *body = term_copy(edit->world, term);
  call->routine = routine;
  for (uint32_t i = 0; i < count; i++) {
    routine->ins[i] = variable_new(edit->world, free_vars[i]->sort);
    body = term_replace(edit->world, body, free_vars[i], term_var(edit->world, routine->ins[i]));
    call->kids[i] = term_var(edit->world, free_vars[i]);
  }
  routine->body = body;
  return edit_set(edit, call);
}

/* ---- steps ---- */

static const Term *find_step(const Term *term, const Variable *variable) {
  if (!term) return NULL;
  for (uint32_t i = 0; term->kind == TERM_BLOCK && i < term->bound; i++)
    if (term->vars[i] == variable) return term->kids[i];
  for (uint32_t i = 0; i < term->count; i++) {
    const Term *found = find_step(term->kids[i], variable);
    if (found) return found;
  }
  return NULL;
}

bool keep_step_inline(Edit *edit) {
  const Term *use = edit_term(edit);
  if (use->kind != TERM_VAR || (edit->place.parent && edit->place.parent->kind == TERM_AFTER)) return false;
  const Term *step = find_step(edit->place.owner->body, use->vars[0]);
  if (!step || step->kind == TERM_AFTER || !term_pure(step) || term_size(step) > 60) return false;
  if (edit->place.after && !term_value(step)) return false;
  return edit_set(edit, term_copy(edit->world, step));
}

bool keep_step_name(Edit *edit) {
  Term *term = edit_term(edit), *block = edit->place.block;
  if (!edit_is_value(edit) || !block || !term_pure(term) || term->kind == TERM_VAR) return false;
  if (edit->place.after && !term_value(term)) return false;
  Variable *variable = variable_new(edit->world, term->sort);
  edit_set(edit, term_var(edit->world, variable));
  block_add(edit->world, block, variable, term);
  return true;
}

/* `f(e)` is `{ v = e; f(v) }`. */
bool keep_block(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit)) return false;
  Slots slots = slots_within(edit->place.slot);
  Term **slot = slots.len > 1 ? slots.data[1 + rng_below(edit->rng, slots.len - 1)] : NULL;
  vec_free(&slots);
  if (!slot || !term_pure(*slot) || !(*slot)->sort) return false;
  Term *step = *slot;
  Variable *variable = variable_new(edit->world, step->sort);
  *slot = term_var(edit->world, variable);
  return edit_set(edit, block_of(edit->world, variable, step, term));
}

bool keep_dead_step(Edit *edit) {
  static const SortKind kinds[] = {SORT_INT, SORT_STRING, SORT_BOOL};
  Term *block = edit_term(edit);
  if (block->kind != TERM_BLOCK) return false;
  Term *step = edit_other(edit, sort_of(edit->world, kinds[rng_below(edit->rng, 3)]));
  if (step) block_add(edit->world, block, variable_new(edit->world, step->sort), step);
  return step != NULL;
}
