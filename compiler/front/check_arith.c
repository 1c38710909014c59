#include "front/checker.h"

#include <string.h>

/* A number in its widest sense: exponents of units, uncertain or not. */
typedef struct Number {
  bool is; /* at all */
  bool integer;
  bool uncertain;
  int8_t unit[UNIT_COUNT];
} Number;

static Number number_of(const Types *types, TypeId id) {
  const Type *type = type_of(types, id);
  Number number = {.integer = type->kind == T_INT, .uncertain = type->kind == T_UNCERTAIN};
  if (number.uncertain) type = type_of(types, type->args[0]);
  number.is = type->kind == T_INT || type->kind == T_FLOAT || type->kind == T_QUANTITY;
  if (type->kind == T_QUANTITY) memcpy(number.unit, type->unit, UNIT_COUNT);
  return number;
}

static TypeId number_type(Types *types, const Number *number) {
  if (number->integer) return T_INT;
  TypeId type = type_quantity(types, number->unit);
  return number->uncertain ? type_uncertain(types, type) : type;
}

static bool same_unit(const Number *a, const Number *b) { return !memcmp(a->unit, b->unit, UNIT_COUNT); }

static const char *const operator_text[OP_COUNT] = {
#define OPERATOR(op, text, ...) text,
#include "front/operators.def"
#undef OPERATOR
};

static TypeId bad_operands(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  const char *text = operator_text[expr->op];
  if (!left || !right) return T_ERROR;
  Session *session = checker->session;
  if (left == T_DATA || right == T_DATA) {
    Diag *told = diag(session->diags, DIAG_UNTYPED, expr->span, "what type the data have is not known here");
    diag_help(session->diags, told, "make the value read an output of its own, with its type");
    return T_ERROR;
  }
  Number a = number_of(checker->types, left), b = number_of(checker->types, right);
  bool units = a.is && b.is && !same_unit(&a, &b);
  Diag *told = diag(session->diags, units ? DIAG_UNITS : DIAG_OPERANDS, expr->span,
                    "`%s` cannot join %s and %s", text, type_name(checker, left), type_name(checker, right));
  const Type *l = type_of(checker->types, left), *r = type_of(checker->types, right);
  if (l->kind == T_OPTION || r->kind == T_OPTION)
    diag_help(session->diags, told,
              "an optional may be absent: say what stands in its place, `x ?? default`");
  else if (expr->op == OP_ADD && (l->kind == T_STRING || r->kind == T_STRING))
    diag_help(session->diags, told, "text is made by interpolation: \"...~{x}\"");
  return T_ERROR;
}

TypeId check_unary(Checker *checker, Expr *expr) {
  TypeId type = check_expr(checker, expr->binary.left, T_ERROR);
  if (!type) return T_ERROR;
  if (expr->op == OP_NOT && type == T_BOOL) return T_BOOL;
  if (expr->op == OP_NEG && number_of(checker->types, type).is) return type;
  diag(checker->session->diags, DIAG_OPERANDS, expr->span, "`%s` cannot be applied to %s",
       operator_text[expr->op], type_name(checker, type));
  return T_ERROR;
}

static TypeId check_sum(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  Number a = number_of(checker->types, left), b = number_of(checker->types, right);
  if (a.is && b.is && same_unit(&a, &b)) {
    Number sum = a;
    sum.integer = a.integer && b.integer;
    sum.uncertain = a.uncertain || b.uncertain;
    return number_type(checker->types, &sum);
  }
  if (expr->op != OP_ADD) return bad_operands(checker, expr, left, right);
  if (left == T_STRING && right == T_STRING) return T_STRING;
  bool arrays = type_kind(checker->types, left) == T_ARRAY && type_kind(checker->types, right) == T_ARRAY;
  TypeId joined = arrays ? type_join(checker->types, left, right) : T_ERROR;
  return joined ? joined : bad_operands(checker, expr, left, right);
}

static TypeId check_product(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  Number a = number_of(checker->types, left), b = number_of(checker->types, right);
  bool divide = expr->op == OP_DIV;
  if (!a.is || !b.is || (a.uncertain && b.uncertain) || (divide && b.uncertain))
    return bad_operands(checker, expr, left, right);
  Number product = {.is = true, .integer = a.integer && b.integer, .uncertain = a.uncertain || b.uncertain};
  for (int i = 0; i < UNIT_COUNT; i++)
    product.unit[i] = (int8_t)(a.unit[i] + (divide ? -b.unit[i] : b.unit[i]));
  return number_type(checker->types, &product);
}

static TypeId check_modulo(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  Number a = number_of(checker->types, left), b = number_of(checker->types, right);
  if (!a.is || !b.is || a.uncertain || b.uncertain || !same_unit(&a, &b))
    return bad_operands(checker, expr, left, right);
  a.integer &= b.integer;
  return number_type(checker->types, &a);
}

static TypeId check_uncertain(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  Number a = number_of(checker->types, left), b = number_of(checker->types, right);
  if (!a.is || !b.is || a.uncertain || b.uncertain || !same_unit(&a, &b))
    return bad_operands(checker, expr, left, right);
  a.integer = false;
  a.uncertain = true;
  return number_type(checker->types, &a);
}

static TypeId check_compare(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  bool equality = expr->op == OP_EQ || expr->op == OP_NE;
  TypeId joined = type_join(checker->types, left, right);
  TypeKind kind = type_kind(checker->types, joined);
  bool ordered = kind == T_INT || kind == T_FLOAT || kind == T_QUANTITY || kind == T_STRING;
  if (joined && (ordered || (equality && kind != T_UNCERTAIN && type_is_data(checker->types, joined))))
    return T_BOOL;
  bad_operands(checker, expr, left, right);
  return T_BOOL;
}

static TypeId check_coalesce(Checker *checker, const Expr *expr, TypeId left, TypeId right) {
  const Type *type = type_of(checker->types, left);
  if (type->kind == T_NONE) return right;
  TypeId inner = type->kind == T_OPTION ? type->args[0] : left;
  TypeId joined = type_join(checker->types, inner, right);
  if (joined || !left || !right) return joined;
  return bad_operands(checker, expr, left, right);
}

TypeId check_binary(Checker *checker, Expr *expr, TypeId expected) {
  if (expr->op == OP_APPLY) return check_apply(checker, expr);
  if (expr->op == OP_SERIES || expr->op == OP_FORK || expr->op == OP_PARALLEL) {
    Diag *told = diag(checker->session->diags, DIAG_ARROW_AS_VALUE, expr->span,
                      "`%s` makes an arrow, and a value is needed here", operator_text[expr->op]);
    diag_help(checker->session->diags, told, "apply it: `x |> ...`, or `(f >> g)(x)`");
    return T_ERROR;
  }
  TypeId hint = expr->op == OP_ADD || expr->op == OP_COALESCE ? expected : T_ERROR;
  if (type_kind(checker->types, hint) == T_DATA) hint = T_ERROR;
  if (checker->in_pattern && (expr->op == OP_AND || expr->op == OP_OR)) hint = T_BOOL;
  TypeId left = check_expr(checker, expr->binary.left, hint),
         right = check_expr(checker, expr->binary.right, hint);
  if (!left && right) left = hole_other(checker, expr->binary.left, right);
  if (!right && left) right = hole_other(checker, expr->binary.right, left);
  if (!left || !right) return expr->op >= OP_OR && expr->op <= OP_GE ? T_BOOL : T_ERROR;
  switch ((Operator)expr->op) {
    case OP_ADD:
    case OP_SUB:
      return check_sum(checker, expr, left, right);
    case OP_MUL:
    case OP_DIV:
      return check_product(checker, expr, left, right);
    case OP_MOD:
      return check_modulo(checker, expr, left, right);
    case OP_UNCERTAIN:
      return check_uncertain(checker, expr, left, right);
    case OP_COALESCE:
      return check_coalesce(checker, expr, left, right);
    case OP_AND:
    case OP_OR:
      if (left != T_BOOL || right != T_BOOL) bad_operands(checker, expr, left, right);
      return T_BOOL;
    default:
      return check_compare(checker, expr, left, right);
  }
}
