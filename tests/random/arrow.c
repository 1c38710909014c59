#include "arrow.h"

const TemplateInfo template_info[TEMPLATE_COUNT] = {
#define TEMPLATE(row, name, arrows, values, text) [row] = {name, arrows, values, text},
#include "templates.def"
#undef TEMPLATE
};

Term *arrow_name(World *world, Routine *routine) {
  Term *arrow = term_new(world, ARROW_NAME, routine->result, 0, 0);
  arrow->routine = routine;
  return arrow;
}

Term *arrow_of(World *world, TermKind kind, const Sort *result, Term *left, Term *right) {
  Term *arrow = term_new(world, kind, result, right ? 2 : left ? 1 : 0, 0);
  arrow->kids[0] = left;
  arrow->kids[1] = right;
  return arrow;
}

/* What the output is called: `o` of a task, `out` of a flow, nothing of a function. */
static uint32_t out_name(const Term *arrow) {
  switch (arrow->kind) {
    case ARROW_NAME:
    case ARROW_PARTIAL:
      return arrow->routine->kind;
    case ARROW_SERIES:
      return out_name(arrow->kids[1]);
    default:
      return UINT32_MAX;
  }
}

Term *arrow_fork(World *world, Term *left, Term *right) {
  static const char *const names[3][2] = {
      [ROUTINE_TASK] = {"o_1", "o_2"}, [ROUTINE_FN] = {"out1", "out2"}, [ROUTINE_FLOW] = {"out_1", "out_2"}};
  uint32_t name = out_name(left);
  if (name != out_name(right) || name == UINT32_MAX) return NULL;
  const Sort *fields[2] = {left->sort, right->sort};
  return arrow_of(world, ARROW_FORK, sort_record(world, 2, fields, names[name]), left, right);
}

bool arrow_possible(const Routine *routine, uint32_t open) {
  for (uint32_t i = 0; i < routine->in_count; i++)
    if (i != open && !routine->defaults[i]) return false;
  return routine_single(routine) && open < routine->in_count;
}

Term *term_apply(World *world, Term *value, Term *arrow) {
  Term *term = term_new(world, TERM_APPLY, arrow->sort, 2, 0);
  term->kids[0] = value;
  term->kids[1] = arrow;
  return term;
}

static Term *expand_call(World *world, const Term *arrow, Term *value) {
  Term *call = term_call(world, arrow->routine);
  if (arrow->kind == ARROW_NAME) {
    call->kids[0] = value;
    return call;
  }
  for (uint32_t i = 0; i < arrow->count; i++)
    call->kids[i] = i == (uint32_t)arrow->integer ? value : term_copy(world, arrow->kids[i]);
  return call;
}

static Term *expand_lifted(World *world, const Term *arrow, Term *value) {
  Variable *item = variable_new(world, value->sort->of);
  Term *inner = arrow_expand(world, arrow->kids[0], term_var(world, item));
  if (arrow->kind != ARROW_FILTER) {
    Term *made = term_for(world, item, value, inner);
    return arrow->kind == ARROW_MAP ? made : term_builtin(world, DO_FLATTEN, inner->sort, 1, made);
  }
  Term *made = term_for(world, item, value, term_var(world, item));
  made->kids[1] = inner;
  return made;
}

static Term *expand_fold(World *world, const Term *arrow, Term *value) {
  Term *fold = term_new(world, TERM_FOLD, arrow->sort, 4, 2);
  fold->vars[0] = variable_new(world, value->sort->of);
  fold->vars[1] = variable_new(world, arrow->sort);
  Term *call = term_call(world, arrow->kids[0]->routine);
  call->kids[0] = term_var(world, fold->vars[1]);
  call->kids[1] = term_var(world, fold->vars[0]);
  fold->kids[0] = value;
  fold->kids[2] = call;
  fold->kids[3] = term_copy(world, arrow->kids[1]);
  return fold;
}

/* Both sides of a fork get the same value, which is bound unless it is a name. */
static Term *expand_fork(World *world, const Term *arrow, Term *value) {
  Variable *shared = value->kind == TERM_VAR ? value->vars[0] : variable_new(world, value->sort);
  Term *pair = term_new(world, TERM_RECORD, arrow->sort, 2, 0);
  for (uint32_t i = 0; i < 2; i++)
    pair->kids[i] = arrow_expand(world, arrow->kids[i], term_var(world, shared));
  if (value->kind == TERM_VAR) return pair;
  Term *block = term_new(world, TERM_BLOCK, arrow->sort, 2, 1);
  block->vars[0] = shared;
  block->kids[0] = value;
  block->kids[1] = pair;
  return block;
}

static Term *expand_beside(World *world, const Term *arrow, Term *value) {
  Variable *shared = variable_new(world, value->sort);
  Term *pair = term_new(world, TERM_RECORD, arrow->sort, 2, 0);
  for (uint32_t i = 0; i < 2; i++)
    pair->kids[i] = arrow_expand(world, arrow->kids[i], term_field(world, term_var(world, shared), i));
  Term *block = term_new(world, TERM_BLOCK, arrow->sort, 2, 1);
  block->vars[0] = shared;
  block->kids[0] = value;
  block->kids[1] = pair;
  return block;
}

Term *arrow_expand(World *world, const Term *arrow, Term *value) {
  switch (arrow->kind) {
    case ARROW_NAME:
    case ARROW_PARTIAL:
      return expand_call(world, arrow, value);
    case ARROW_SERIES:
      return arrow_expand(world, arrow->kids[1], arrow_expand(world, arrow->kids[0], value));
    case ARROW_FORK:
      return expand_fork(world, arrow, value);
    case ARROW_BESIDE:
      return expand_beside(world, arrow, value);
    case ARROW_FOLD:
      return expand_fold(world, arrow, value);
    case ARROW_ID:
      return value;
    default:
      return expand_lifted(world, arrow, value);
  }
}

Term *template_expand(World *world, const Term *term) {
  Variable *item;
  Term *list, *const *kids = term->kids;
  switch ((TemplateRow)term->integer) {
    case TEMPLATE_EACH:
      item = variable_new(world, kids[1]->sort->of);
      return term_for(world, item, term_copy(world, kids[1]),
                      arrow_expand(world, kids[0], term_var(world, item)));
    case TEMPLATE_TWICE:
      return arrow_expand(world, kids[0], arrow_expand(world, kids[0], term_copy(world, kids[1])));
    case TEMPLATE_GATHER:
      item = variable_new(world, kids[2]->sort->of);
      list = term_for(world, item, term_copy(world, kids[2]),
                      arrow_expand(world, kids[0], term_var(world, item)));
      return arrow_expand(world, kids[1], list);
    default: /* keep */
      item = variable_new(world, kids[2]->sort->of);
      list = term_for(world, item, term_copy(world, kids[2]),
                      arrow_expand(world, kids[0], term_var(world, item)));
      item = variable_new(world, kids[0]->sort);
      list = term_for(world, item, list, term_var(world, item));
      list->kids[1] = arrow_expand(world, kids[1], term_var(world, item));
      return list;
  }
}
