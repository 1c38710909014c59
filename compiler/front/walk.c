#include "front/walk.h"

static void visit_one(Expr *part, ExprVisit *visit, void *with) {
  if (part) visit(part, with);
}

static void visit_args(const Arg *args, uint32_t count, ExprVisit *visit, void *with) {
  for (uint32_t i = 0; i < count; i++) visit_one(args[i].value, visit, with);
}

static void visit_block(const Block *block, ExprVisit *visit, void *with) {
  if (!block) return;
  for (uint32_t i = 0; i < block->count; i++) visit_one(block->stmts[i]->value, visit, with);
  visit_one(block->value, visit, with);
}

static void visit_clauses(const Clause *clauses, uint32_t count, Expr *filter, ExprVisit *visit, void *with) {
  for (uint32_t i = 0; i < count; i++) visit_one(clauses[i].source, visit, with);
  visit_one(filter, visit, with);
}

static void visit_string(const Expr *expr, ExprVisit *visit, void *with) {
  for (uint32_t i = 0; i < expr->string.count; i++) visit_one(expr->string.parts[i].expr, visit, with);
}

static void visit_fold(const Expr *expr, ExprVisit *visit, void *with) {
  visit_one(expr->fold.init, visit, with);
  visit_clauses(expr->fold.clauses, expr->fold.count, expr->fold.filter, visit, with);
  visit_block(expr->fold.body, visit, with);
  visit_one(expr->fold.by, visit, with);
}

static void visit_loop(const Expr *expr, ExprVisit *visit, void *with) {
  visit_one(expr->loop.init, visit, with);
  visit_block(expr->loop.body, visit, with);
  visit_one(expr->loop.stop, visit, with);
  visit_one(expr->loop.max, visit, with);
}

/* Those with one or two parts. */
static void visit_pair(Expr *first, Expr *second, ExprVisit *visit, void *with) {
  visit_one(first, visit, with);
  visit_one(second, visit, with);
}

void expr_parts(Expr *expr, ExprVisit *visit, void *with) {
  switch ((ExprKind)expr->kind) {
    case EXPR_STRING:
      visit_string(expr, visit, with);
      break;
    case EXPR_ARRAY:
      for (uint32_t i = 0; i < expr->array.count; i++) visit_one(expr->array.items[i], visit, with);
      break;
    case EXPR_RECORD:
      visit_args(expr->record.fields, expr->record.count, visit, with);
      break;
    case EXPR_CALL:
      visit_one(expr->call.callee, visit, with);
      visit_args(expr->call.args, expr->call.count, visit, with);
      break;
    case EXPR_FIELD:
      visit_one(expr->field.of, visit, with);
      break;
    case EXPR_INDEX:
      visit_pair(expr->index.of, expr->index.at, visit, with);
      break;
    case EXPR_UNARY:
    case EXPR_BINARY:
      visit_pair(expr->binary.left, expr->binary.right, visit, with);
      break;
    case EXPR_IF:
      visit_one(expr->if_.condition, visit, with);
      visit_block(expr->if_.then, visit, with);
      visit_block(expr->if_.other, visit, with);
      break;
    case EXPR_FOR:
      visit_clauses(expr->for_.clauses, expr->for_.count, expr->for_.filter, visit, with);
      visit_block(expr->for_.body, visit, with);
      break;
    case EXPR_FOLD:
      visit_fold(expr, visit, with);
      break;
    case EXPR_LOOP:
      visit_loop(expr, visit, with);
      break;
    case EXPR_ASK:
      visit_one(expr->ask.question, visit, with);
      visit_args(expr->ask.args, expr->ask.count, visit, with);
      break;
    case EXPR_JS:
      visit_one(expr->js.source, visit, with);
      if (expr->js.names) visit_one(expr->js.names, visit, with);
      break;
    case EXPR_MAP:
    case EXPR_FILTER:
    case EXPR_FOLD_ARROW:
    case EXPR_FLATMAP:
      visit_one(expr->lift.arrow, visit, with);
      break;
    case EXPR_LET:
      visit_pair(expr->let.value, expr->let.body, visit, with);
      break;
    case EXPR_AFTER:
      visit_one(expr->after.value, visit, with);
      for (uint32_t i = 0; i < expr->after.count; i++) visit_one(expr->after.after[i], visit, with);
      break;
    case EXPR_COERCE:
      visit_one(expr->coerce.value, visit, with);
      break;
    default:
      break;
  }
}
