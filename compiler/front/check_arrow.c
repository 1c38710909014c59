#include "front/checker.h"

#include <stdio.h>
#include <string.h>

/* ---- ports ---- */

Ports ports_new(Checker *checker, uint32_t count) {
  Arena *arena = checker->session->arena;
  return (Ports){count, ARENA_ARRAY(arena, Sym, count), ARENA_ARRAY(arena, TypeId, count),
                 ARENA_ARRAY(arena, bool, count)};
}

Ports ports_substitute(Checker *checker, const Ports *ports, const Call *call) {
  if (!call->binding_count) return *ports;
  Ports known = *ports;
  known.types = ARENA_ARRAY(checker->session->arena, TypeId, ports->count);
  for (uint32_t i = 0; i < ports->count; i++)
    known.types[i] = type_substitute(checker->types, ports->types[i], call->bindings, call->binding_count);
  return known;
}

static Ports ports_slice(const Ports *ports, uint32_t from, uint32_t count) {
  return (Ports){count, ports->names + from, ports->types + from,
                 ports->optional ? ports->optional + from : NULL};
}

static void ports_copy(Ports *into, uint32_t at, const Ports *from) {
  for (uint32_t i = 0; i < from->count; i++) {
    into->names[at + i] = from->names[i];
    into->types[at + i] = from->types[i];
    into->optional[at + i] = from->optional && from->optional[i];
  }
}

/* One after another. Names that would be there twice get `_1`, `_2`, ... */
static Ports ports_join(Checker *checker, const Ports *a, const Ports *b) {
  Ports joined = ports_new(checker, a->count + b->count);
  ports_copy(&joined, 0, a);
  ports_copy(&joined, a->count, b);
  for (uint32_t i = 0; i < joined.count; i++) {
    Sym name = joined.names[i];
    uint32_t serial = 1;
    for (uint32_t k = i + 1; name && k < joined.count; k++) {
      if (joined.names[k] != name) continue;
      char text[300];
      const char *stem = name_of(checker->session, name);
      if (serial == 1)
        joined.names[i] = intern(checker->session->names, text,
                                 (size_t)snprintf(text, sizeof text, "%s_1", stem));
      joined.names[k] = intern(checker->session->names, text,
                               (size_t)snprintf(text, sizeof text, "%s_%u", stem, ++serial));
    }
  }
  return joined;
}

Arrow type_ports(Checker *checker, TypeId id) {
  const Type *type = type_of(checker->types, id);
  Arrow arrow = {ports_new(checker, type->input_count), ports_new(checker, type->count - type->input_count)};
  for (uint32_t i = 0; i < type->count; i++) {
    Ports *side = i < type->input_count ? &arrow.ins : &arrow.outs;
    uint32_t at = i < type->input_count ? i : i - type->input_count;
    side->names[at] = type->names ? type->names[i] : 0;
    side->types[at] = type->args[i];
  }
  return arrow;
}

static TypeId ports_type(Checker *checker, const Arrow *arrow) {
  Ports all = ports_new(checker, arrow->ins.count + arrow->outs.count);
  ports_copy(&all, 0, &arrow->ins);
  ports_copy(&all, arrow->ins.count, &arrow->outs);
  return type_arrow(checker->types, arrow->ins.count, arrow->outs.count, all.names, all.types);
}

TypeId arrow_result(Checker *checker, const Ports *outs) {
  if (outs->count == 0) return T_UNIT;
  if (outs->count == 1) return outs->types[0];
  Sym *names = arena_copy(checker->session->arena, outs->names, outs->count * sizeof *names);
  for (uint32_t i = 0; i < outs->count; i++) {
    char text[32];
    if (!names[i])
      names[i] = intern(checker->session->names, text, (size_t)snprintf(text, sizeof text, "out%u", i + 1));
  }
  return type_record(checker->types, outs->count, names, outs->types);
}

/* ---- feeding ---- */

Call *call_new(Checker *checker, uint32_t ports) {
  Call *call = ARENA_NEW(checker->session->arena, Call);
  call->count = ports;
  call->source = ARENA_ARRAY(checker->session->arena, int32_t, ports);
  call->types = ARENA_ARRAY(checker->session->arena, TypeId, ports);
  return call;
}

static const char *port_name(Checker *checker, const Ports *ports, uint32_t at) {
  if (ports->names[at])
    return arena_format(checker->session->arena, "`%s`", name_of(checker->session, ports->names[at]));
  return arena_format(checker->session->arena, "number %u", at + 1);
}

bool match_feed(Checker *checker, const Ports *from, const Ports *to, Span span, int32_t *source) {
  Session *session = checker->session;
  bool *taken = ARENA_ARRAY(session->arena, bool, from->count + 1);
  bool in_order = false;
  for (uint32_t k = 0; k < to->count; k++) {
    source[k] = FEED_DEFAULT;
    for (uint32_t i = 0; to->names[k] && i < from->count; i++)
      if (from->names[i] == to->names[k]) source[k] = (int32_t)i;
    if (source[k] >= 0) taken[source[k]] = true;
  }
  for (uint32_t k = 0, next = 0; k < to->count; k++) {
    if (source[k] != FEED_DEFAULT) continue;
    while (next < from->count && taken[next]) next++;
    if (next < from->count) {
      source[k] = (int32_t)next;
      taken[next] = in_order = true;
    } else if (!to->optional || !to->optional[k]) {
      diag(session->diags, DIAG_COMPOSE, span, "nothing feeds input %s", port_name(checker, to, k));
      return false;
    }
  }
  for (uint32_t i = 0; in_order && i < from->count; i++) {
    if (taken[i]) continue;
    diag(session->diags, DIAG_COMPOSE, span, "nothing takes output %s", port_name(checker, from, i));
    return false;
  }
  return true;
}

Call *check_feed(Checker *checker, const Ports *from, const Ports *to, Span span) {
  Call *call = call_new(checker, to->count);
  if (!match_feed(checker, from, to, span, call->source)) return NULL;
  for (uint32_t k = 0; k < to->count; k++) {
    call->types[k] = to->types[k];
    if (call->source[k] < 0) continue;
    TypeId got = from->types[call->source[k]];
    if (type_fits(checker->types, got, to->types[k])) continue;
    diag(checker->session->diags, DIAG_COMPOSE, span, "input %s is %s, and what feeds it is %s",
         port_name(checker, to, k), type_name(checker, to->types[k]), type_name(checker, got));
    return NULL;
  }
  return call;
}

/* ---- type variables ---- */

void unify(Checker *checker, TypeId pattern_id, TypeId actual_id, TypeId *bindings) {
  const Type pattern = *type_of(checker->types, pattern_id), actual = *type_of(checker->types, actual_id);
  if (!actual_id) return;
  if (pattern.kind == T_VAR) {
    TypeId before = bindings[pattern.index];
    TypeId joined = before ? type_join(checker->types, before, actual_id) : actual_id;
    if (joined) bindings[pattern.index] = joined;
    return;
  }
  if (pattern.kind == T_OPTION && actual.kind != T_OPTION) {
    if (actual.kind != T_NONE) unify(checker, pattern.args[0], actual_id, bindings);
    return;
  }
  if (pattern.kind != actual.kind || pattern.count != actual.count) return;
  for (uint32_t i = 0; i < pattern.count; i++) unify(checker, pattern.args[i], actual.args[i], bindings);
}

static bool tell_unbound(Checker *checker, Span span, const char *name) {
  Diag *told = diag(checker->session->diags, DIAG_GENERIC, span,
                    "what types `%s` works on cannot be known here", name);
  diag_help(checker->session->diags, told,
            "give the flow a signature, so that the types of its inputs are known");
  return false;
}

/* ---- leaves ---- */

/* Replace the type variables of a declaration's ports by what `ins` tells. */
static bool instantiate(Checker *checker, Expr *expr, const Decl *decl, const Ports *ins, Arrow *arrow) {
  Call *call = call_new(checker, arrow->ins.count);
  call->bindings = ARENA_ARRAY(checker->session->arena, TypeId, decl->generic_count);
  call->binding_count = decl->generic_count;
  const char *name = name_of(checker->session, decl->name);
  if (!ins) return tell_unbound(checker, expr->span, name);
  if (!match_feed(checker, ins, &arrow->ins, expr->span, call->source)) return false;
  for (uint32_t k = 0; k < arrow->ins.count; k++)
    if (call->source[k] >= 0)
      unify(checker, arrow->ins.types[k], ins->types[call->source[k]], call->bindings);
  for (uint32_t i = 0; i < decl->generic_count; i++)
    if (!call->bindings[i]) return tell_unbound(checker, expr->span, name);
  *arrow = (Arrow){ports_substitute(checker, &arrow->ins, call),
                   ports_substitute(checker, &arrow->outs, call)};
  expr->name.call = call;
  return true;
}

static bool name_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  check_named(checker, expr);
  if (expr->kind == EXPR_ERROR) return false;
  if (expr->kind == EXPR_NAME && expr->ref == REF_DECL && expr->name.decl->kind <= DECL_FLOW &&
      expr->name.decl->kind != DECL_TYPE) {
    Decl *decl = expr->name.decl;
    if (!check_signature(checker, decl, expr->span)) return false;
    *arrow = *decl->arrow;
    return !decl->generic_count || instantiate(checker, expr, decl, ins, arrow);
  }
  if (expr->kind == EXPR_NAME && expr->ref == REF_BUILTIN && expr->name.builtin != BUILTIN_STDOUT)
    return builtin_arrow(checker, (BuiltinId)expr->name.builtin, expr->span, ins, arrow);
  if (expr->kind == EXPR_NAME && expr->ref == REF_BINDING) {
    TypeId type = expr->name.binding->type;
    if (!type) return false;
    if (type_kind(checker->types, type) == T_ARROW) {
      *arrow = type_ports(checker, type);
      return true;
    }
  }
  Diag *told = diag(checker->session->diags, DIAG_VALUE_AS_ARROW, expr->span,
                    "this is a value, and an arrow is needed here");
  diag_help(checker->session->diags, told, "to hand a value to an arrow write `x |> f`");
  return false;
}

/* ---- composition ---- */

/* How many inputs an arrow has, as far as its form says. */
static uint32_t arrow_arity(Checker *checker, Expr *expr) {
  switch ((ExprKind)expr->kind) {
    case EXPR_NAME:
      check_named(checker, expr);
      if (expr->kind != EXPR_NAME) return 1;
      if (expr->ref == REF_DECL) return expr->name.decl->in_count;
      if (expr->ref == REF_BINDING) return type_of(checker->types, expr->name.binding->type)->input_count;
      return 1;
    case EXPR_CALL: {
      uint32_t open = 0;
      for (uint32_t i = 0; i < expr->call.count; i++)
        open += expr->call.args[i].value->kind == EXPR_PLACEHOLDER;
      return open;
    }
    case EXPR_BINARY:
      if (expr->op != OP_PARALLEL) return arrow_arity(checker, expr->binary.left);
      return arrow_arity(checker, expr->binary.left) + arrow_arity(checker, expr->binary.right);
    case EXPR_MAP:
    case EXPR_FLATMAP:
      return arrow_arity(checker, expr->lift.arrow);
    case EXPR_FOLD_ARROW:
      return 2;
    default:
      return 1;
  }
}

static bool series_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  Arrow left, right;
  const Ports *wanted = checker->hole_outs;
  checker->hole_outs = hole_before(checker, expr->binary.left, expr->binary.right);
  bool fine = check_arrow(checker, expr->binary.left, ins, &left);
  checker->hole_outs = wanted;
  if (!fine || !check_arrow(checker, expr->binary.right, &left.outs, &right)) return false;
  expr->binary.call = check_feed(checker, &left.outs, &right.ins, expr->span);
  *arrow = (Arrow){left.ins, right.outs};
  return expr->binary.call != NULL;
}

/* Inputs of both: those of the left, then those of the right that none of them feeds. */
static bool fork_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  Arrow left, right;
  Ports beside;
  if (!ins && (hole_beside(checker, expr->binary.left, expr->binary.right, &beside) ||
               hole_beside(checker, expr->binary.right, expr->binary.left, &beside)))
    ins = &beside;
  if (!check_arrow(checker, expr->binary.left, ins, &left) ||
      !check_arrow(checker, expr->binary.right, ins, &right))
    return false;
  Call *call = call_new(checker, right.ins.count);
  Ports all = ports_new(checker, left.ins.count + right.ins.count);
  ports_copy(&all, 0, &left.ins);
  all.count = left.ins.count;
  for (uint32_t k = 0; k < right.ins.count; k++) {
    uint32_t i = 0;
    while (i < left.ins.count && (!right.ins.names[k] || left.ins.names[i] != right.ins.names[k])) i++;
    bool same = i < left.ins.count;
    if (!same && k < left.ins.count && type_fits(checker->types, left.ins.types[k], right.ins.types[k]))
      i = k, same = true;
    if (!same) {
      i = all.count++;
      all.names[i] = right.ins.names[k];
      all.types[i] = right.ins.types[k];
      all.optional[i] = right.ins.optional && right.ins.optional[k];
    }
    call->source[k] = (int32_t)i;
    call->types[k] = right.ins.types[k];
    if (type_fits(checker->types, all.types[i], right.ins.types[k])) continue;
    diag(checker->session->diags, DIAG_COMPOSE, expr->span,
         "`&` gives both the same inputs, but %s is %s on the left and %s on the right",
         port_name(checker, &all, i), type_name(checker, all.types[i]),
         type_name(checker, right.ins.types[k]));
    return false;
  }
  expr->binary.call = call;
  *arrow = (Arrow){all, ports_join(checker, &left.outs, &right.outs)};
  return true;
}

static bool parallel_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  Arrow left, right;
  Ports head, tail;
  bool known = false;
  if (ins) {
    uint32_t arity = arrow_arity(checker, expr->binary.left);
    known = arity <= ins->count;
    if (known) head = ports_slice(ins, 0, arity), tail = ports_slice(ins, arity, ins->count - arity);
  }
  if (!check_arrow(checker, expr->binary.left, known ? &head : NULL, &left)) return false;
  if (!check_arrow(checker, expr->binary.right, known ? &tail : NULL, &right)) return false;
  *arrow = (Arrow){ports_join(checker, &left.ins, &right.ins), ports_join(checker, &left.outs, &right.outs)};
  return true;
}

/* ---- lifted arrows ---- */

/* Element types of `ins` from port `from` on; those before as they are. False: one is no array, and told. */
static bool elements(Checker *checker, const Expr *expr, const Ports *ins, uint32_t from, Ports *items) {
  *items = ports_new(checker, ins->count);
  ports_copy(items, 0, ins);
  for (uint32_t i = from; i < ins->count; i++) {
    const Type *type = type_of(checker->types, ins->types[i]);
    if (type->kind != T_ARRAY) {
      if (type->kind == T_ERROR && checker->in_pattern) continue;
      if (type->kind != T_ERROR)
        diag(checker->session->diags, DIAG_NOT_ARRAY, expr->span, "this works on arrays, and it gets %s",
             type_name(checker, ins->types[i]));
      return false;
    }
    items->types[i] = type->args[0];
  }
  return true;
}

static Ports lifted(Checker *checker, const Ports *ports, uint32_t from) {
  Ports arrays = ports_new(checker, ports->count);
  ports_copy(&arrays, 0, ports);
  for (uint32_t i = from; i < ports->count; i++)
    arrays.types[i] = type_array(checker->types, ports->types[i]);
  return arrays;
}

/* What is wrong with the arrow that is lifted, or NULL. A result of a type that is not known is right. */
static const char *lift_misfit(Checker *checker, const Expr *expr, const Arrow *inner) {
  TypeId result = arrow_result(checker, &inner->outs),
         state = inner->ins.count ? inner->ins.types[0] : T_ERROR;
  bool single = inner->outs.count == 1;
  TypeKind kind = type_kind(checker->types, result);
  switch ((ExprKind)expr->kind) {
    case EXPR_FILTER:
      if (single && inner->ins.count == 1 && (!result || result == T_BOOL)) return NULL;
      return "`filter` takes an arrow from one value to a Bool";
    case EXPR_FLATMAP:
      return single && (!result || kind == T_ARRAY) ? NULL : "`flatmap` takes an arrow to one array";
    case EXPR_FOLD_ARROW:
      if (inner->ins.count >= 2 && type_fits(checker->types, result, state) && (single || state)) return NULL;
      return "`fold` takes an arrow (S, T) -> S";
    default:
      return NULL;
  }
}

static bool lift_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  Arrow inner;
  Ports items;
  uint32_t from = expr->kind == EXPR_FOLD_ARROW ? 1 : 0;
  if (ins && !elements(checker, expr, ins, from, &items)) return false;
  if (!ins && from && expr->lift.arrow->kind == EXPR_HOLE) { /* a state and an element */
    items = ports_new(checker, 2);
    ins = &items;
  }
  const Ports *wanted = checker->hole_outs;
  checker->hole_outs = hole_lifted(checker, expr, ins ? &items : NULL);
  bool fine = check_arrow(checker, expr->lift.arrow, ins ? &items : NULL, &inner);
  checker->hole_outs = wanted;
  if (!fine) return false;
  *arrow = (Arrow){lifted(checker, &inner.ins, from), inner.outs};
  if (expr->kind == EXPR_MAP) arrow->outs = lifted(checker, &inner.outs, 0);
  if (expr->kind == EXPR_FILTER) arrow->outs = arrow->ins;
  const char *wrong = lift_misfit(checker, expr, &inner);
  if (wrong) diag(checker->session->diags, DIAG_COMPOSE, expr->span, "%s", wrong);
  return !wrong;
}

/* ---- all ---- */

bool is_arrow(Checker *checker, Expr *expr) {
  switch ((ExprKind)expr->kind) {
    case EXPR_NAME:
    case EXPR_FIELD:
      check_named(checker, expr);
      if (expr->kind != EXPR_NAME) return false;
      if (expr->ref == REF_DECL)
        return expr->name.decl->kind != DECL_TYPE && expr->name.decl->kind != DECL_SITE;
      if (expr->ref == REF_BINDING) return type_kind(checker->types, expr->name.binding->type) == T_ARROW;
      return expr->ref == REF_BUILTIN && expr->name.builtin != BUILTIN_STDOUT;
    case EXPR_CALL:
      for (uint32_t i = 0; i < expr->call.count; i++)
        if (expr->call.args[i].value && expr->call.args[i].value->kind == EXPR_PLACEHOLDER) return true;
      return false;
    case EXPR_BINARY:
      return expr->op == OP_SERIES || expr->op == OP_FORK || expr->op == OP_PARALLEL;
    case EXPR_MAP:
    case EXPR_FILTER:
    case EXPR_FOLD_ARROW:
    case EXPR_FLATMAP:
    case EXPR_ID:
    case EXPR_HOLE:
      return true;
    default:
      return false;
  }
}

static bool id_arrow(Checker *checker, const Expr *expr, const Ports *ins, Arrow *arrow) {
  Ports one = ports_one(checker, T_ERROR);
  if (!ins && !checker->in_pattern) return tell_unbound(checker, expr->span, "id");
  if (!ins) ins = &one;
  *arrow = (Arrow){*ins, *ins};
  return true;
}

static bool find_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  switch ((ExprKind)expr->kind) {
    case EXPR_ID:
      return id_arrow(checker, expr, ins, arrow);
    case EXPR_MAP:
    case EXPR_FILTER:
    case EXPR_FOLD_ARROW:
    case EXPR_FLATMAP:
      return lift_arrow(checker, expr, ins, arrow);
    case EXPR_CALL:
      if (is_arrow(checker, expr)) return check_partial(checker, expr, ins, arrow);
      break;
    case EXPR_BINARY:
      if (expr->op == OP_SERIES) return series_arrow(checker, expr, ins, arrow);
      checker->hole_outs = NULL;
      if (expr->op == OP_FORK) return fork_arrow(checker, expr, ins, arrow);
      if (expr->op == OP_PARALLEL) return parallel_arrow(checker, expr, ins, arrow);
      break;
    case EXPR_HOLE:
      return hole_arrow(checker, expr, ins, arrow);
    case EXPR_ERROR:
      return false;
    default:
      break;
  }
  return name_arrow(checker, expr, ins, arrow);
}

bool check_arrow(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  *arrow = (Arrow){0};
  const Ports *wanted = checker->hole_outs;
  if (expr->kind != EXPR_HOLE && expr->kind != EXPR_BINARY && expr->kind != EXPR_MAP &&
      expr->kind != EXPR_FLATMAP)
    checker->hole_outs = NULL;
  bool fine = find_arrow(checker, expr, ins, arrow);
  checker->hole_outs = wanted;
  expr->type = fine ? ports_type(checker, arrow) : T_ERROR;
  return fine;
}
