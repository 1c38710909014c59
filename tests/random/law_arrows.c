/* law_arrows.c: arrows and what they stand for. */
#include "law.h"

/* The routine as an arrow, open at one input, the others as in the call. */
static Term *arrow_of_call(World *world, const Term *call, uint32_t open) {
  if (!routine_single(call->routine) || !call->kids[open]) return NULL;
  if (call->count == 1) return arrow_name(world, call->routine);
  Term *arrow = term_new(world, ARROW_PARTIAL, call->sort, call->count, 0);
  arrow->routine = call->routine;
  arrow->integer = open;
  arrow->style = call->style;
  for (uint32_t i = 0; i < call->count; i++)
    if (i != open) arrow->kids[i] = call->kids[i];
  return arrow;
}

bool keep_apply(Edit *edit) {
  Term *call = edit_term(edit);
  if (call->kind != TERM_CALL || !call->count) return false;
  uint32_t open = rng_below(edit->rng, call->count);
  Term *arrow = arrow_of_call(edit->world, call, open);
  return arrow && edit_set(edit, term_apply(edit->world, call->kids[open], arrow));
}

bool keep_apply_away(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_APPLY) return false;
  Term *made = arrow_expand(edit->world, term->kids[1], term->kids[0]);
  return edit_set(edit, term_copy(edit->world, made));
}

bool keep_series(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_APPLY) return false;
  Term *value = term->kids[0], *arrow = term->kids[1];
  if (arrow->kind == ARROW_SERIES && rng_chance(edit->rng, 50) && arrow->kids[0]->kind != ARROW_FORK)
    return edit_set(edit,
                    term_apply(edit->world, term_apply(edit->world, value, arrow->kids[0]), arrow->kids[1]));
  if (value->kind != TERM_APPLY || value->kids[1]->kind == ARROW_FORK) return false;
  Term *series = arrow_of(edit->world, ARROW_SERIES, arrow->sort, value->kids[1], arrow);
  return edit_set(edit, term_apply(edit->world, value->kids[0], series));
}

bool keep_series_groups(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != ARROW_SERIES) return false;
  Term *left = term->kids[0], *right = term->kids[1];
  if (left->kind == ARROW_SERIES) {
    Term *inner = arrow_of(edit->world, ARROW_SERIES, term->sort, left->kids[1], right);
    return edit_set(edit, arrow_of(edit->world, ARROW_SERIES, term->sort, left->kids[0], inner));
  }
  if (right->kind != ARROW_SERIES) return false;
  Term *inner = arrow_of(edit->world, ARROW_SERIES, right->kids[0]->sort, left, right->kids[0]);
  return edit_set(edit, arrow_of(edit->world, ARROW_SERIES, term->sort, inner, right->kids[1]));
}

bool keep_series_unit(Edit *edit) {
  Term *arrow = edit_term(edit);
  if (arrow->kind != ARROW_NAME && arrow->kind != ARROW_PARTIAL) return false;
  TermKind around = edit->place.parent ? edit->place.parent->kind : TERM_VAR;
  if (around != TERM_APPLY && around != ARROW_MAP && around != ARROW_FILTER) return false;
  if (around == TERM_APPLY && edit->place.parent->kids[0]->sort->kind == SORT_RECORD) return false;
  const Sort *from = arrow->routine->ins[arrow->kind == ARROW_NAME ? 0 : arrow->integer]->sort;
  bool before = rng_chance(edit->rng, 50);
  Term *unit = arrow_of(edit->world, ARROW_ID, before ? from : arrow->sort, NULL, NULL);
  return edit_set(
      edit, arrow_of(edit->world, ARROW_SERIES, arrow->sort, before ? unit : arrow, before ? arrow : unit));
}

/* `x |> f` is a side of `x |> (f & g)`. */
bool keep_fork_dead(Edit *edit) {
  Term *term = edit_term(edit);
  if (term->kind != TERM_APPLY || !term_pure(term->kids[1])) return false;
  Term *arrow = term->kids[1];
  if (arrow->kind > ARROW_SERIES || term->kids[0]->sort->kind == SORT_RECORD) return false;
  Term *other = term_copy(edit->world, arrow);
  bool first = rng_chance(edit->rng, 50);
  Term *fork = arrow_fork(edit->world, first ? arrow : other, first ? other : arrow);
  if (!fork) return false;
  return edit_set(edit, term_field(edit->world, term_apply(edit->world, term->kids[0], fork), first ? 0 : 1));
}

bool keep_fork_swap(Edit *edit) {
  Term *field = edit_term(edit);
  if (field->kind != TERM_FIELD || field->kids[0]->kind != TERM_APPLY) return false;
  Term *apply = field->kids[0], *fork = apply->kids[1];
  if (fork->kind != ARROW_FORK) return false;
  Term *swapped = arrow_fork(edit->world, fork->kids[1], fork->kids[0]);
  if (!swapped) return false;
  Term *value = term_apply(edit->world, apply->kids[0], swapped);
  return edit_set(edit, term_field(edit->world, value, 1 - (uint32_t)field->integer));
}

/* `(f >> h) & (g >> k)` is `f & g >> (h | k)`. */
bool keep_interchange(Edit *edit) {
  Term *fork = edit_term(edit);
  if (fork->kind != ARROW_FORK) return false;
  Term *left = fork->kids[0], *right = fork->kids[1];
  if (left->kind != ARROW_SERIES || right->kind != ARROW_SERIES) return false;
  Term *both = arrow_fork(edit->world, left->kids[0], right->kids[0]);
  if (!both) return false;
  Term *beside = arrow_of(edit->world, ARROW_BESIDE, fork->sort, left->kids[1], right->kids[1]);
  return edit_set(edit, arrow_of(edit->world, ARROW_SERIES, fork->sort, both, beside));
}

/* The arrow of a call whose only use of a variable is one whole argument. */
static Term *arrow_on(World *world, const Term *call, const Variable *variable) {
  if (!call || call->kind != TERM_CALL || term_mentions(call, variable) != 1) return NULL;
  for (uint32_t i = 0; i < call->count; i++)
    if (call->kids[i] && call->kids[i]->kind == TERM_VAR && call->kids[i]->vars[0] == variable)
      return arrow_of_call(world, call, i);
  return NULL;
}

bool keep_map_arrow(Edit *edit) {
  Term *loop = edit_term(edit);
  if (loop->kind != TERM_FOR || loop->bound != 1) return false;
  Variable *item = loop->vars[0];
  if (loop->kids[1]) {
    Term *test = arrow_on(edit->world, loop->kids[1], item);
    if (!test || loop->kids[2]->kind != TERM_VAR || loop->kids[2]->vars[0] != item) return false;
    return edit_set(edit, term_apply(edit->world, loop->kids[0],
                                     arrow_of(edit->world, ARROW_FILTER, loop->sort, test, NULL)));
  }
  Term *arrow = arrow_on(edit->world, loop->kids[2], item);
  if (!arrow) return false;
  bool flow = edit->place.owner->kind == ROUTINE_FLOW && term_pure(arrow);
  if (flow && rng_chance(edit->rng, 30)) {
    Term *each = term_new(edit->world, TERM_TEMPLATE, loop->sort, 2, 0);
    each->integer = TEMPLATE_EACH;
    each->kids[0] = arrow;
    each->kids[1] = loop->kids[0];
    return edit_set(edit, each);
  }
  return edit_set(edit, term_apply(edit->world, loop->kids[0],
                                   arrow_of(edit->world, ARROW_MAP, loop->sort, arrow, NULL)));
}

bool keep_fold_arrow(Edit *edit) {
  Term *fold = edit_term(edit);
  if (fold->kind != TERM_FOLD || fold->bound != 2 || fold->kids[1]) return false;
  const Term *call = fold->kids[2];
  if (call->kind != TERM_CALL || call->count != 2 || !routine_single(call->routine)) return false;
  for (uint32_t i = 0; i < 2; i++) {
    const Term *arg = call->kids[i];
    if (!arg || arg->kind != TERM_VAR || arg->vars[0] != fold->vars[1 - i]) return false;
  }
  Term *arrow = arrow_of(edit->world, ARROW_FOLD, fold->sort, arrow_name(edit->world, call->routine),
                         fold->kids[3]);
  return edit_set(edit, term_apply(edit->world, fold->kids[0], arrow));
}

bool keep_template_away(Edit *edit) {
  if (edit_term(edit)->kind != TERM_TEMPLATE) return false;
  return edit_set(edit, template_expand(edit->world, edit_term(edit)));
}

/* `flow f(x) -> … = g(x)` is `flow f = g`. */
bool keep_flow_arrow(Edit *edit) {
  const Term *call = edit_term(edit);
  if (call->kind != TERM_CALL || call->routine->kind != ROUTINE_FLOW || call->count != 1 || !call->kids[0])
    return false;
  Routine *flow = call->routine;
  if (flow->is_arrow || !routine_single(flow)) return false;
  Term *body = flow->body, *arrow = arrow_on(edit->world, body, flow->ins[0]);
  bool applied = body->kind == TERM_APPLY && body->kids[0]->kind == TERM_VAR &&
                 !term_mentions(body->kids[1], flow->ins[0]);
  if (applied && body->kids[1]->kind <= ARROW_SERIES) arrow = body->kids[1];
  if (!arrow || flow->ins[0]->sort->kind == SORT_RECORD) return false;
  flow->body = arrow;
  return flow->is_arrow = true;
}

/* `flatten(for x in xs { f(x) })` is `xs |> flatmap f`. */
bool keep_flatmap_arrow(Edit *edit) {
  Term *flat = edit_term(edit);
  if (flat->kind != TERM_BUILTIN || flat->op != DO_FLATTEN) return false;
  Term *loop = flat->kids[0];
  if (loop->kind != TERM_FOR || loop->bound != 1 || loop->kids[1]) return false;
  Term *arrow = arrow_on(edit->world, loop->kids[2], loop->vars[0]);
  return arrow && edit_set(edit, term_apply(edit->world, loop->kids[0],
                                            arrow_of(edit->world, ARROW_FLATMAP, flat->sort, arrow, NULL)));
}
