#include "canon/places.h"

#include "front/walk.h"

#include <string.h>

typedef struct Finder {
  Places *places;
  const Decl *decl;
  VEC(Expr *) stack;
} Finder;

/* ---- literals ---- */

static void add(Finder *finder, Span span, Literal value) {
  vec_push(&finder->places->literals, (LiteralPlace){.span = span, .decl = finder->decl, .value = value});
}

static void add_string(Finder *finder, const Expr *expr) {
  if (!expr->string.count) add(finder, expr->span, (Literal){.kind = LIT_STRING});
  for (uint32_t i = 0; i < expr->string.count; i++) {
    const Part *part = &expr->string.parts[i];
    if (!part->expr)
      add(finder, expr->string.count == 1 ? expr->span : part->span,
          (Literal){.kind = LIT_STRING, .text = part->text});
  }
}

static void add_quantity(Finder *finder, const Expr *expr) {
  int8_t unit[UNIT_COUNT];
  double factor = 1;
  Sym name = expr->quantity.unit;
  if (name)
    unit_find(name_of(finder->places->session, name), sym_len(finder->places->session->names, name), unit,
              &factor);
  add(finder, expr->span, (Literal){.kind = LIT_FLOAT, .number = expr->quantity.number * factor});
}

static void take(Expr *expr, void *with) {
  Finder *finder = with;
  switch ((ExprKind)expr->kind) {
    case EXPR_INT:
      add(finder, expr->span, (Literal){.kind = LIT_INT, .integer = expr->integer});
      break;
    case EXPR_FLOAT:
    case EXPR_QUANTITY:
      add_quantity(finder, expr);
      break;
    case EXPR_BOOL:
      add(finder, expr->span, (Literal){.kind = LIT_BOOL, .integer = expr->flag});
      break;
    case EXPR_NONE:
      add(finder, expr->span, (Literal){.kind = LIT_ABSENT});
      break;
    case EXPR_STRING:
      add_string(finder, expr);
      break;
    default:
      break;
  }
  vec_push(&finder->stack, expr);
}

/* All literals of an expression; where it is one, its name. */
static void walk(Finder *finder, Expr *expr, Sym name, bool is_default) {
  if (!expr) return;
  Places *places = finder->places;
  uint32_t first = places->literals.len;
  take(expr, finder);
  while (finder->stack.len) {
    Expr *top = vec_pop(&finder->stack);
    bool negative = top->kind == EXPR_UNARY && places->literals.len == first;
    expr_parts(top, take, finder);
    if (!negative || places->literals.len != first + 1) continue;
    LiteralPlace *last = &vec_last(&places->literals);
    last->span = top->span;
    if (last->value.kind == LIT_INT) last->value.integer = -last->value.integer;
    if (last->value.kind == LIT_FLOAT) last->value.number = -last->value.number;
  }
  LiteralPlace *only = places->literals.len == first + 1 ? &vec_last(&places->literals) : NULL;
  if (!only || only->span.lo != expr->span.lo || only->span.hi != expr->span.hi) return;
  only->name = name;
  only->is_default = is_default;
}

static void walk_block(Finder *finder, const Block *block) {
  for (uint32_t i = 0; block && i < block->count; i++)
    walk(finder, block->stmts[i]->value, block->stmts[i]->target ? block->stmts[i]->target->name : 0, false);
  if (block) walk(finder, block->value, 0, false);
}

static void walk_decl(Finder *finder, const Decl *decl) {
  finder->decl = decl;
  for (uint32_t i = 0; i < decl->in_count; i++) walk(finder, decl->ins[i].value, decl->ins[i].name, true);
  if (decl->kind == DECL_TASK) return;
  walk(finder, decl->body, 0, false);
  walk_block(finder, decl->block);
}

static int by_place(const void *a, const void *b) {
  const LiteralPlace *x = a, *y = b;
  return x->span.lo < y->span.lo ? -1 : x->span.lo > y->span.lo;
}

Places *places_new(const Program *program) {
  if (!program) return NULL;
  Places *places = mem_alloc(sizeof *places);
  *places = (Places){.session = program->session};
  Finder finder = {.places = places};
  for (uint32_t m = 0; m < program->modules.len; m++) {
    const Module *module = program->modules.data[m];
    for (uint32_t i = 0; i < module->decl_count; i++) {
      const Decl *decl = module->decls[i];
      if (decl->kind != DECL_TASK && decl->kind != DECL_FLOW && decl->kind != DECL_FN) continue;
      vec_push(&places->decls, decl);
      if (decl->kind == DECL_TASK) map_put(&places->tasks, decl->name_span.lo, places->decls.len);
      walk_decl(&finder, decl);
    }
  }
  vec_free(&finder.stack);
  if (places->literals.len)
    qsort(places->literals.data, places->literals.len, sizeof(LiteralPlace), by_place);
  for (uint32_t i = 0; i < places->literals.len; i++)
    if (places->literals.data[i].name && !places->literals.data[i].is_default)
      map_put(&places->named, places->literals.data[i].name, i + 1);
  return places;
}

void places_free(Places *places) {
  if (!places) return;
  vec_free(&places->literals);
  vec_free(&places->decls);
  map_free(&places->named);
  map_free(&places->tasks);
  free(places);
}

/* ---- looking ---- */

/* A whole number may have become a Float. */
static bool same_value(const Literal *written, const Literal *value) {
  if (value->kind == LIT_FLOAT && written->kind == LIT_INT) return (double)written->integer == value->number;
  if (written->kind != value->kind) return false;
  switch ((LiteralKind)value->kind) {
    case LIT_BOOL:
    case LIT_INT:
      return written->integer == value->integer;
    case LIT_FLOAT:
      return written->number == value->number;
    case LIT_STRING:
      return written->text == value->text;
    default:
      return true;
  }
}

const LiteralPlace *places_literal(const Places *places, Span within, const Literal *value) {
  if (!places) return NULL;
  uint32_t low = 0, high = places->literals.len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (places->literals.data[middle].span.lo < within.lo)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < places->literals.len && places->literals.data[low].span.lo < within.hi; low++)
    if (same_value(&places->literals.data[low].value, value)) return &places->literals.data[low];
  return NULL;
}

const LiteralPlace *places_named(const Places *places, Sym name, const Literal *value) {
  uint32_t at = places && name ? map_get(&places->named, name) : 0;
  return at && same_value(&places->literals.data[at - 1].value, value) ? &places->literals.data[at - 1]
                                                                       : NULL;
}

const Decl *places_around(const Places *places, Span span) {
  for (uint32_t i = 0; places && i < places->decls.len; i++)
    if (places->decls.data[i]->span.lo <= span.lo && span.hi <= places->decls.data[i]->span.hi)
      return places->decls.data[i];
  return NULL;
}

const Decl *places_task(const Places *places, const Task *task) {
  uint32_t at = places ? map_get(&places->tasks, task->span.lo) : 0;
  return at ? places->decls.data[at - 1] : NULL;
}
