#include "law.h"

#include <string.h>

const ChangeInfo laws[] = {
#define LAW(name, held, function) {name, held, function},
#include "laws.def"
#undef LAW
};

const ChangeInfo mutations[] = {
#define MUTATION(name, function) {name, false, function},
#include "mutations.def"
#undef MUTATION
};

uint32_t keep_count(void) { return sizeof laws / sizeof *laws; }
uint32_t mutation_count(void) { return sizeof mutations / sizeof *mutations; }

bool change_apply(const ChangeInfo *info, Workflow *flow, Rng *rng) {
  Places places = workflow_places(flow);
  bool done = false;
  uint32_t start = rng_below(rng, places.len);
  for (uint32_t i = 0; i < places.len && !done; i++) {
    Edit edit = {flow, flow->world, rng, places.data[(start + i) % places.len]};
    done = info->change(&edit);
  }
  vec_free(&places);
  return done;
}

bool edit_is_value(const Edit *edit) {
  const Term *term = edit_term(edit), *body = edit->flow->main->body;
  if (term->kind >= ARROW_NAME || term->kind == TERM_AFTER) return false;
  if (!term->sort || term->sort->kind == SORT_UNIT || term == body) return false;
  return body->kind != TERM_BLOCK || term != body->kids[body->bound];
}

bool edit_in_fn(const Edit *edit) { return edit->place.owner->kind == ROUTINE_FN; }

Term *edit_other(Edit *edit, const Sort *sort) {
  return generate_pure(edit->world, edit->rng, edit->flow, edit->place.scope, sort, edit_in_fn(edit));
}

static bool binds(const Term *term) {
  return term->kind == TERM_FOR || term->kind == TERM_FOLD || term->kind == TERM_FOLD_BY ||
         term->kind == TERM_LOOP || term->kind == TERM_BLOCK;
}

static void add_slots(Term **slot, Slots *into) {
  Term *term = *slot;
  if (!term || term->kind >= ARROW_NAME) return;
  vec_push(into, slot);
  for (uint32_t i = 0; !binds(term) && i < term->count; i++) add_slots(&term->kids[i], into);
}

Slots slots_within(Term **slot) {
  Slots slots = {0};
  add_slots(slot, &slots);
  return slots;
}

void block_add(World *world, Term *block, Variable *variable, Term *step) {
  Term *made = term_new(world, TERM_BLOCK, block->sort, block->count + 1, block->bound + 1);
  memcpy(made->kids, block->kids, block->bound * sizeof *made->kids);
  memcpy(made->vars, block->vars, block->bound * sizeof *made->vars);
  made->kids[block->bound] = step;
  made->vars[block->bound] = variable;
  made->kids[made->bound] = block->kids[block->bound];
  *block = *made;
}

Term *block_of(World *world, Variable *variable, Term *step, Term *value) {
  Term *block = term_new(world, TERM_BLOCK, value->sort, 2, 1);
  block->vars[0] = variable;
  block->kids[0] = step;
  block->kids[1] = value;
  return block;
}
