/* check_pattern.c: holes.  A hole has the type that is asked for where it stands, and what nothing tells is open:
 * T_ERROR, which fits everything. */
#include "front/checker.h"
#include "front/walk.h"

Ports ports_one(Checker *checker, TypeId type) {
  Ports ports = ports_new(checker, 1);
  ports.types[0] = type;
  return ports;
}

bool hole_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  if (!checker->in_pattern) {
    diag(checker->session->diags, DIAG_HOLE, expr->span, "a hole can stand only in a pattern");
    return false;
  }
  arrow->ins = ins ? *ins : ports_one(checker, T_ERROR);
  arrow->outs = checker->hole_outs ? *checker->hole_outs : ports_one(checker, T_ERROR);
  arrow->ins.optional = arrow->outs.optional = NULL;
  return true;
}

/* Whether what comes out of an arrow comes out of a hole. */
static bool ends_in_hole(const Expr *expr) {
  for (;;) {
    if (expr->kind == EXPR_HOLE) return true;
    if (expr->kind == EXPR_MAP || expr->kind == EXPR_FLATMAP)
      expr = expr->lift.arrow;
    else if (expr->kind == EXPR_BINARY && expr->op == OP_SERIES)
      expr = expr->binary.right;
    else if (expr->kind == EXPR_CALL)
      expr = expr->call.callee;
    else
      return false;
  }
}

/* The ports of an arrow by itself; false, and nothing told, where they depend on what goes in. */
static bool arrow_alone(Checker *checker, Expr *expr, Arrow *arrow) {
  uint32_t told = diags_count(checker->session->diags);
  const Ports *wanted = checker->hole_outs;
  checker->hole_outs = NULL;
  bool fine = check_arrow(checker, expr, NULL, arrow);
  checker->hole_outs = wanted;
  diags_rewind(checker->session->diags, told);
  return fine;
}

const Ports *hole_before(Checker *checker, Expr *left, Expr *right) {
  Arrow arrow;
  if (!checker->in_pattern || !ends_in_hole(left) || !arrow_alone(checker, right, &arrow)) return NULL;
  Ports *needed = ARENA_NEW(checker->session->arena, Ports);
  *needed = ports_new(checker, arrow.ins.count);
  needed->count = 0;
  for (uint32_t i = 0; i < arrow.ins.count; i++) {
    if (arrow.ins.optional && arrow.ins.optional[i]) continue;
    needed->names[needed->count] = arrow.ins.names[i];
    needed->types[needed->count++] = arrow.ins.types[i];
  }
  return needed->count ? needed : NULL;
}

bool hole_beside(Checker *checker, Expr *hole, Expr *other, Ports *ins) {
  Arrow arrow;
  if (!checker->in_pattern || hole->kind != EXPR_HOLE || !arrow_alone(checker, other, &arrow)) return false;
  *ins = arrow.ins;
  return true;
}

const Ports *hole_lifted(Checker *checker, const Expr *lift, const Ports *items) {
  if (!checker->in_pattern) return NULL;
  Ports *wanted = ARENA_NEW(checker->session->arena, Ports);
  if (lift->kind == EXPR_FILTER || lift->kind == EXPR_FOLD_ARROW) {
    *wanted = ports_one(checker, lift->kind == EXPR_FILTER ? T_BOOL : items ? items->types[0] : T_ERROR);
    return wanted;
  }
  if (!checker->hole_outs) return NULL;
  *wanted = ports_new(checker, checker->hole_outs->count);
  for (uint32_t i = 0; i < wanted->count; i++) {
    const Type *type = type_of(checker->types, checker->hole_outs->types[i]);
    wanted->names[i] = checker->hole_outs->names[i];
    wanted->types[i] = lift->kind == EXPR_FLATMAP ? checker->hole_outs->types[i]
                       : type->kind == T_ARRAY    ? type->args[0]
                                                  : T_ERROR;
  }
  return wanted;
}

TypeId hole_other(Checker *checker, Expr *operand, TypeId other) {
  bool hole = operand->kind == EXPR_HOLE ||
              (operand->kind == EXPR_CALL && operand->call.callee->kind == EXPR_HOLE);
  return checker->in_pattern && hole ? check_expr(checker, operand, other) : T_ERROR;
}

/* ---- what has to be known ---- */

static void tell_open(Checker *checker, Span span) {
  Diag *told = diag(checker->session->diags, DIAG_HOLE_TYPE, span, "nothing tells the type of this");
  diag_help(checker->session->diags, told,
            "make it an input of the pattern, whose type is written, or let a hole stand for more");
}

static void need_type(Checker *checker, const Expr *expr) {
  if (expr && !expr->type) tell_open(checker, expr->span);
}

static bool is_value_operator(const Expr *expr) {
  return expr->op != OP_SERIES && expr->op != OP_FORK && expr->op != OP_PARALLEL && expr->op != OP_APPLY;
}

static void check_hole_use(Expr *expr, void *self) {
  Checker *checker = self;
  switch ((ExprKind)expr->kind) {
    case EXPR_UNARY:
    case EXPR_BINARY:
      if (is_value_operator(expr)) {
        need_type(checker, expr->binary.left);
        need_type(checker, expr->kind == EXPR_BINARY ? expr->binary.right : NULL);
      } else if (!expr->binary.call && expr->op != OP_PARALLEL) {
        tell_open(checker, expr->span);
      }
      break;
    case EXPR_FIELD:
      need_type(checker, expr->field.of);
      break;
    case EXPR_INDEX:
      need_type(checker, expr->index.of);
      break;
    case EXPR_STRING:
      for (uint32_t i = 0; i < expr->string.count; i++) need_type(checker, expr->string.parts[i].expr);
      break;
    case EXPR_CALL:
      if (!expr->call.call) tell_open(checker, expr->span);
      break;
    default:
      break;
  }
  expr_parts(expr, check_hole_use, self);
}

void check_holes(Checker *checker, Expr *expr) {
  if (!diags_errors(checker->session->diags)) check_hole_use(expr, checker);
}
