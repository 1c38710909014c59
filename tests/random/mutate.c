/* mutate.c: changes that mean something. */
#include "law.h"

bool mutate_literal(Edit *edit) {
  static const char *const texts[] = {"c", "other", "a-b"};
  Term *term = edit_term(edit);
  if (term->kind == TERM_INT) return term->integer += 1 + rng_below(edit->rng, 3), true;
  if (term->kind == TERM_FLOAT) return term->number += 0.25, true;
  if (term->kind == TERM_SIZE) return term->integer += 512, true;
  if (term->kind == TERM_STRING) return term->text = texts[rng_below(edit->rng, 3)], true;
  return false;
}

static Routine *task_of(const Edit *edit) {
  Routine *routine = edit_term(edit)->routine;
  return routine && routine->kind == ROUTINE_TASK ? routine : NULL;
}

bool mutate_command(Edit *edit) {
  Routine *task = task_of(edit);
  if (!task) return false;
  if (rng_chance(edit->rng, 50))
    task->literal += 7;
  else
    task->program = "other";
  return true;
}

bool mutate_image(Edit *edit) {
  Routine *task = task_of(edit);
  if (!task) return false;
  if (rng_chance(edit->rng, 50))
    task->image = task->image ? NULL : "debian:11";
  else
    task->interpreter = task->interpreter ? "python3" : "bash";
  return true;
}

bool mutate_words(Edit *edit) {
  Routine *task = task_of(edit);
  if (!task || task->in_count < 2) return false;
  uint32_t kept = task->words[0];
  task->words[0] = task->words[1];
  task->words[1] = kept;
  return true;
}

bool mutate_wire(Edit *edit) {
  Term *use = edit_term(edit);
  if (use->kind != TERM_VAR) return false;
  Variable *found = NULL;
  uint32_t seen = 0;
  for (const Scope *at = edit->place.scope; at; at = at->up)
    if (at->var != use->vars[0] && at->var->sort == use->sort && rng_below(edit->rng, ++seen) == 0)
      found = at->var;
  if (found) use->vars[0] = found;
  return found != NULL;
}

bool mutate_drop(Edit *edit) {
  Term *term = edit_term(edit);
  bool plain = term->kind == TERM_CALL || term->kind == TERM_BINARY || term->kind == TERM_UNARY;
  if (!plain || !edit_is_value(edit)) return false;
  for (uint32_t i = 0; i < term->count; i++)
    if (term->kids[i] && term->kids[i]->sort == term->sort) return edit_set(edit, term->kids[i]);
  return false;
}

bool mutate_insert(Edit *edit) {
  Term *term = edit_term(edit);
  if (!edit_is_value(edit)) return false;
  for (uint32_t i = 0; i < edit->flow->routines.len; i++) {
    Routine *routine = edit->flow->routines.data[i];
    if (routine->kind != ROUTINE_TASK || routine->result != term->sort || !arrow_possible(routine, 0))
      continue;
    if (routine->is_volatile || edit_in_fn(edit) || routine->ins[0]->sort != term->sort) continue;
    Term *call = term_call(edit->world, routine);
    call->kids[0] = term;
    return edit_set(edit, call);
  }
  if (term->sort->kind != SORT_INT) return false;
  return edit_set(edit, term_binary(edit->world, DO_ADD, term->sort, term, term_int(edit->world, 1)));
}

bool mutate_swap(Edit *edit) {
  Term *term = edit_term(edit);
  bool ordered = term->kind == TERM_CALL ||
                 (term->kind == TERM_BINARY && term->op >= DO_LT && term->op <= DO_GE) ||
                 (term->kind == TERM_BINARY && (term->op == DO_SUB || term->sort->kind == SORT_STRING));
  for (uint32_t i = 0; ordered && i + 1 < term->count; i++) {
    Term *a = term->kids[i], *b = term->kids[i + 1];
    if (!a || !b || a->sort != b->sort || term_equal(a, b)) continue;
    term->kids[i] = b;
    term->kids[i + 1] = a;
    return true;
  }
  return false;
}

bool mutate_volatile(Edit *edit) {
  Routine *task = task_of(edit);
  if (!task || task->is_volatile || task->assoc || task->result->kind == SORT_UNIT) return false;
  return task->is_volatile = true;
}

/* Once more what is done once. */
bool mutate_merge(Edit *edit) {
  Term *block = edit_term(edit);
  if (block->kind != TERM_BLOCK) return false;
  for (uint32_t i = 0; i < block->bound; i++) {
    const Term *call = block->kids[i];
    if (call->kind != TERM_CALL || !call->routine->is_volatile || !block->vars[i]) continue;
    block_add(edit->world, block, variable_new(edit->world, call->sort), term_copy(edit->world, call));
    return true;
  }
  return false;
}

static const Sort *arrow_from(const Term *arrow) {
  if (arrow->kind == ARROW_NAME) return arrow->routine->ins[0]->sort;
  if (arrow->kind == ARROW_PARTIAL) return arrow->routine->ins[arrow->integer]->sort;
  return NULL;
}

bool mutate_series_swap(Edit *edit) {
  Term *series = edit_term(edit);
  if (series->kind != ARROW_SERIES) return false;
  Term *left = series->kids[0], *right = series->kids[1];
  const Sort *from = arrow_from(left);
  if (!from || from != left->sort || from != right->sort || arrow_from(right) != from) return false;
  series->kids[0] = right;
  series->kids[1] = left;
  return !term_equal(left, right);
}

bool mutate_float_groups(Edit *edit) {
  Term *sum = edit_term(edit);
  if (sum->kind != TERM_BINARY || sum->op != DO_ADD || sum->sort->kind != SORT_FLOAT) return false;
  Term *left = sum->kids[0];
  if (left->kind != TERM_BINARY || left->op != DO_ADD) return false;
  Term *right = term_binary(edit->world, DO_ADD, sum->sort, left->kids[1], sum->kids[1]);
  return edit_set(edit, term_binary(edit->world, DO_ADD, sum->sort, left->kids[0], right));
}

bool mutate_fold_order(Edit *edit) {
  Term *array = edit_term(edit);
  if (array->kind != TERM_ARRAY || array->count < 2 || term_equal(array->kids[0], array->kids[1]))
    return false;
  Term *kept = array->kids[0];
  array->kids[0] = array->kids[1];
  array->kids[1] = kept;
  return true;
}

bool mutate_volatile_out(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR) return false;
  Term **body = &loop->kids[loop->bound + 1];
  if (term_pure(*body) || (*body)->kind != TERM_CALL || term_mentions_any(*body, loop->vars, loop->bound))
    return false;
  Variable *variable = variable_new(edit->world, (*body)->sort);
  Term *step = *body;
  *body = term_var(edit->world, variable);
  return edit_set(edit, block_of(edit->world, variable, step, loop));
}
