#include "front/checker.h"

#include <string.h>

/* ---- arguments to ports ---- */

static void tell_unknown_arg(Checker *checker, const Arg *arg, const Ports *ports) {
  Session *session = checker->session;
  Suggestion nearest = {.name = name_of(session, arg->name)};
  for (uint32_t i = 0; i < ports->count; i++)
    if (ports->names[i]) suggest(&nearest, name_of(session, ports->names[i]));
  Diag *told = diag(session->diags, DIAG_UNKNOWN_ARG, arg->span, "there is no input `%s`", nearest.name);
  if (nearest.best) diag_help(session->diags, told, "did you mean `%s`?", nearest.best);
}

/* The port that an argument is for, or ports->count: told. */
static uint32_t port_of(Checker *checker, const Arg *arg, uint32_t *position, const Ports *ports) {
  if (arg->name) {
    for (uint32_t k = 0; k < ports->count; k++)
      if (ports->names[k] == arg->name) return k;
    tell_unknown_arg(checker, arg, ports);
    return ports->count;
  }
  if (*position < ports->count) return (*position)++;
  diag(checker->session->diags, DIAG_TOO_MANY_ARGS, arg->value->span, "there %s only %u input%s",
       ports->count == 1 ? "is" : "are", ports->count, ports->count == 1 ? "" : "s");
  return ports->count;
}

static bool match_args(Checker *checker, const Expr *expr, const Ports *ports, Call *call) {
  Session *session = checker->session;
  uint32_t position = 0;
  bool fine = true;
  for (uint32_t k = 0; k < ports->count; k++) call->source[k] = FEED_DEFAULT;
  for (uint32_t i = 0; i < expr->call.count; i++) {
    const Arg *arg = &expr->call.args[i];
    uint32_t k = port_of(checker, arg, &position, ports);
    if (k == ports->count) {
      fine = false;
    } else if (call->source[k] != FEED_DEFAULT) {
      diag(session->diags, DIAG_DUPLICATE_ARG, arg->span.hi ? arg->span : arg->value->span,
           "input `%s` is given twice", name_of(session, ports->names[k]));
      fine = false;
    } else {
      call->source[k] = arg->value->kind == EXPR_PLACEHOLDER ? FEED_OPEN : (int32_t)i;
    }
  }
  for (uint32_t k = 0; fine && k < ports->count; k++) {
    if (call->source[k] != FEED_DEFAULT || (ports->optional && ports->optional[k])) continue;
    Span end = {expr->span.hi - 1, expr->span.hi};
    Diag *told = diag(session->diags, DIAG_MISSING_ARG, end, "argument `%s` is missing",
                      ports->names[k] ? name_of(session, ports->names[k]) : "");
    diag_help(session->diags, told, "it is %s", type_name(checker, ports->types[k]));
    fine = false;
  }
  return fine;
}

/* ---- types of arguments ---- */

static const char *arg_text(Checker *checker, const Ports *ports, uint32_t k) {
  if (!ports->names[k]) return arena_format(checker->session->arena, "argument %u", k + 1);
  return arena_format(checker->session->arena, "argument `%s`", name_of(checker->session, ports->names[k]));
}

/* An arrow as an argument: inputs in order, outputs as one value. */
static void check_arrow_arg(Checker *checker, Expr *arg, TypeId wanted_id, const char *what, Call *call) {
  TypeId known = type_substitute(checker->types, wanted_id, call->bindings, call->binding_count);
  Arrow wanted = type_ports(checker, known), given;
  bool open = false;
  for (uint32_t i = 0; i < wanted.ins.count; i++)
    open |= type_has_vars(checker->types, wanted.ins.types[i]) && call->binding_count;
  if (!check_arrow(checker, arg, open ? NULL : &wanted.ins, &given)) return;
  Arrow pattern = type_ports(checker, wanted_id);
  for (uint32_t i = 0; i < pattern.ins.count && i < given.ins.count; i++)
    unify(checker, pattern.ins.types[i], given.ins.types[i], call->bindings);
  TypeId result = arrow_result(checker, &given.outs);
  unify(checker, pattern.outs.types[0], result, call->bindings);
  known = type_substitute(checker->types, wanted_id, call->bindings, call->binding_count);
  wanted = type_ports(checker, known);
  Ports anonymous = wanted.ins;
  if (check_feed(checker, &anonymous, &given.ins, arg->span))
    check_fits(checker, arg->span, result, wanted.outs.types[0], what);
}

static void check_arg(Checker *checker, Expr *arg, const Ports *ports, uint32_t k, Call *call) {
  TypeId wanted = type_substitute(checker->types, ports->types[k], call->bindings, call->binding_count);
  if (type_kind(checker->types, wanted) == T_ARROW) {
    check_arrow_arg(checker, arg, ports->types[k], arg_text(checker, ports, k), call);
    return;
  }
  bool open = wanted != ports->types[k] ? false
                                        : call->binding_count && type_has_vars(checker->types, wanted);
  TypeId got = check_expr(checker, arg, open ? T_ERROR : wanted);
  unify(checker, ports->types[k], got, call->bindings);
  wanted = type_substitute(checker->types, ports->types[k], call->bindings, call->binding_count);
  if (!type_fits(checker->types, got, wanted))
    check_fits(checker, arg->span, got, wanted, arg_text(checker, ports, k));
}

static void check_args(Checker *checker, Expr *expr, const Ports *ports, Call *call) {
  for (uint32_t k = 0; k < ports->count; k++)
    if (call->source[k] >= 0) check_arg(checker, expr->call.args[call->source[k]].value, ports, k, call);
}

/* Arguments of a call that cannot be matched are looked at all the same, for their own errors. */
static void check_lost_args(Checker *checker, Expr *expr) {
  for (uint32_t i = 0; i < expr->call.count; i++) {
    Expr *arg = expr->call.args[i].value;
    if (arg->kind != EXPR_PLACEHOLDER && !is_arrow(checker, arg)) check_expr(checker, arg, T_ERROR);
  }
}

/* What the place asks for tells what the arguments leave open. */
static void bind_expected(Checker *checker, const Arrow *arrow, TypeId expected, Call *call) {
  if (!expected || !call->binding_count || arrow->outs.count != 1) return;
  TypeId *asked = ARENA_ARRAY(checker->session->arena, TypeId, call->binding_count);
  unify(checker, arrow->outs.types[0], expected, asked);
  for (uint32_t i = 0; i < call->binding_count; i++)
    if (asked[i] && (!call->bindings[i] || call->bindings[i] == T_ANY)) call->bindings[i] = asked[i];
}

static bool all_bound(Checker *checker, Span span, const Decl *decl, const Call *call) {
  for (uint32_t i = 0; i < call->binding_count; i++) {
    if (call->bindings[i]) continue;
    diag(checker->session->diags, DIAG_GENERIC, span, "nothing tells what `%s` of `%s` is",
         name_of(checker->session, decl->generics[i]), name_of(checker->session, decl->name));
    return false;
  }
  return true;
}

/* ---- built-in functions ---- */

static bool class_fits(const Types *types, char class, TypeId id) {
  TypeKind kind = type_kind(types, id);
  switch (class) {
    case 'N':
      return kind == T_INT || kind == T_FLOAT || kind == T_QUANTITY;
    case 'U':
      return kind == T_UNCERTAIN;
    case 'P':
      return kind == T_STRING || kind == T_FILE || kind == T_DIR;
    case 'L':
      return kind == T_FILE || kind == T_DIR;
    default:
      return true;
  }
}

static const char *class_text(char class) {
  switch (class) {
    case 'N':
      return "a number or quantity";
    case 'U':
      return "an uncertain number or quantity";
    case 'P':
      return "a String, File or Dir";
    default:
      return "a File or Dir";
  }
}

/* Types of the parameters and the result on arguments of the types `got`. */
static bool builtin_types(Checker *checker, BuiltinId id, Span span, const TypeId *got, TypeId *params,
                          TypeId *result) {
  BuiltinSignature signature;
  TypeId bindings[2] = {T_ERROR, T_ERROR}, number = T_ERROR;
  builtin_signature(checker->types, checker->session->names, id, &signature);
  for (uint32_t k = 0; k < signature.count; k++) {
    if (!signature.classes[k]) {
      unify(checker, signature.params[k], got[k], bindings);
      continue;
    }
    if (got[k] && !class_fits(checker->types, signature.classes[k], got[k])) {
      diag(checker->session->diags, DIAG_TYPE, span, "`%s` takes %s, and this is %s", builtin_info[id].name,
           class_text(signature.classes[k]), type_name(checker, got[k]));
      return false;
    }
    TypeId inner = signature.classes[k] == 'U' && got[k] ? type_of(checker->types, got[k])->args[0] : got[k];
    TypeId joined = number ? type_join(checker->types, number, inner) : inner;
    if (number && inner && !joined) {
      diag(checker->session->diags, DIAG_UNITS, span,
           "`%s` takes numbers of one kind, and these are %s and %s", builtin_info[id].name,
           type_name(checker, number), type_name(checker, inner));
      return false;
    }
    number = joined;
  }
  for (uint32_t k = 0; k < signature.count; k++) {
    params[k] = signature.classes[k] == 'N' ? number
                : signature.classes[k]      ? got[k]
                                       : type_substitute(checker->types, signature.params[k], bindings, 2);
    if (params[k] == T_ERROR) params[k] = got[k];
  }
  *result = signature.result_class == 'N' ? number
                                          : type_substitute(checker->types, signature.result, bindings, 2);
  return true;
}

static void builtin_place(Checker *checker, BuiltinId id, Span span) {
  if (builtin_info[id].workdir && !checker->in_outputs)
    diag(checker->session->diags, DIAG_WORKDIR, span, "`%s` can be used only for the outputs of a task",
         builtin_info[id].name);
}

static Ports builtin_ports(Checker *checker, BuiltinId id) {
  BuiltinSignature signature;
  builtin_signature(checker->types, checker->session->names, id, &signature);
  Ports ports = ports_new(checker, signature.count);
  for (uint32_t k = 0; k < signature.count; k++) {
    ports.types[k] = signature.params[k];
    ports.optional[k] = signature.optional[k];
  }
  return ports;
}

bool builtin_arrow(Checker *checker, BuiltinId id, Span span, const Ports *ins, Arrow *arrow) {
  builtin_place(checker, id, span);
  *arrow = (Arrow){builtin_ports(checker, id), ports_new(checker, 1)};
  int32_t source[BUILTIN_MOST_PARAMS];
  TypeId got[BUILTIN_MOST_PARAMS] = {0};
  if (ins && !match_feed(checker, ins, &arrow->ins, span, source)) return false;
  for (uint32_t k = 0; k < arrow->ins.count; k++)
    got[k] = ins ? (source[k] >= 0 ? ins->types[source[k]] : arrow->ins.types[k]) : arrow->ins.types[k];
  if (!builtin_types(checker, id, span, got, arrow->ins.types, &arrow->outs.types[0])) return false;
  if (ins || !type_has_vars(checker->types, arrow->outs.types[0])) return true;
  Diag *told = diag(checker->session->diags, DIAG_GENERIC, span,
                    "what types `%s` works on cannot be known here", builtin_info[id].name);
  diag_help(checker->session->diags, told,
            "give the flow a signature, so that the types of its inputs are known");
  return false;
}

static TypeId call_builtin(Checker *checker, Expr *expr, BuiltinId id) {
  Ports ports = builtin_ports(checker, id);
  Call *call = call_new(checker, ports.count);
  builtin_place(checker, id, expr->span);
  if (id == BUILTIN_RAW && !checker->in_command)
    diag(checker->session->diags, DIAG_OPERANDS, expr->span, "`raw` has a meaning only in a command");
  if (!match_args(checker, expr, &ports, call)) return check_lost_args(checker, expr), T_ERROR;
  TypeId got[BUILTIN_MOST_PARAMS] = {0}, result = T_ERROR;
  BuiltinSignature signature;
  builtin_signature(checker->types, checker->session->names, id, &signature);
  for (uint32_t k = 0; k < ports.count; k++) {
    bool plain = !signature.classes[k] && !type_has_vars(checker->types, signature.params[k]);
    if (call->source[k] >= 0)
      got[k] = check_expr(checker, expr->call.args[call->source[k]].value,
                          plain ? signature.params[k] : T_ERROR);
    else
      got[k] = signature.params[k];
  }
  if (!builtin_types(checker, id, expr->span, got, call->types, &result)) return T_ERROR;
  for (uint32_t k = 0; k < ports.count; k++)
    if (call->source[k] >= 0)
      check_fits(checker, expr->call.args[call->source[k]].value->span, got[k], call->types[k],
                 arena_format(checker->session->arena, "argument %u of `%s`", k + 1, builtin_info[id].name));
  if (id == BUILTIN_RAW)
    diag(checker->session->diags, DIAG_RAW, expr->span, "this goes into the command unquoted");
  expr->call.call = call;
  call->result = result;
  return result;
}

/* ---- calls ---- */

/* Ports of the callee, generic ones with their variables; *decl is set where there is a declaration. */
static bool callee_ports(Checker *checker, Expr *callee, Arrow *arrow, const Decl **decl) {
  *decl = NULL;
  check_named(checker, callee);
  bool named = callee->kind == EXPR_NAME && callee->ref == REF_DECL;
  if (named && callee->name.decl->kind != DECL_TYPE && callee->name.decl->kind != DECL_SITE) {
    if (!check_signature(checker, callee->name.decl, callee->span)) return false;
    *decl = callee->name.decl;
    *arrow = *(*decl)->arrow;
    return true;
  }
  if (is_arrow(checker, callee)) return check_arrow(checker, callee, NULL, arrow);
  if (callee->kind == EXPR_ERROR) return false;
  if (callee->kind == EXPR_NAME && callee->ref == REF_BINDING && !callee->name.binding->type) return false;
  bool is_type = named && callee->name.decl->kind == DECL_TYPE;
  Diag *told = diag(checker->session->diags, DIAG_NOT_CALLABLE, callee->span, "this cannot be called");
  if (is_type)
    diag_help(checker->session->diags, told, "a record is written with its fields: `(name: value, ...)`");
  return false;
}

/* `(map f)(xs)`: what the arrow works on follows from the arguments. */
static TypeId call_arrow(Checker *checker, Expr *expr, TypeId expected) {
  uint32_t count = expr->call.count;
  Ports given = ports_new(checker, count);
  for (uint32_t i = 0; i < count; i++) {
    given.names[i] = expr->call.args[i].name;
    given.types[i] = check_expr(checker, expr->call.args[i].value, T_ERROR);
  }
  Arrow arrow;
  Ports wanted = ports_one(checker, expected);
  checker->hole_outs = &wanted;
  bool fine = check_arrow(checker, expr->call.callee, &given, &arrow);
  checker->hole_outs = NULL;
  if (!fine) return T_ERROR;
  expr->call.call = check_feed(checker, &given, &arrow.ins, expr->span);
  return expr->call.call ? expr->call.call->result = arrow_result(checker, &arrow.outs) : T_ERROR;
}

static bool is_composed(const Expr *callee) {
  return callee->kind != EXPR_NAME && callee->kind != EXPR_FIELD;
}

TypeId check_call(Checker *checker, Expr *expr, TypeId expected) {
  Expr *callee = expr->call.callee;
  check_named(checker, callee);
  if (is_arrow(checker, expr)) {
    Diag *told = diag(checker->session->diags, DIAG_ARROW_AS_VALUE, expr->span,
                      "with `_` this is an arrow, and a value is needed here");
    diag_help(checker->session->diags, told, "give all arguments, or apply it: `x |> f(..., _)`");
    return T_ERROR;
  }
  if (callee->kind == EXPR_NAME && callee->ref == REF_BUILTIN && callee->name.builtin != BUILTIN_STDOUT)
    return call_builtin(checker, expr, (BuiltinId)callee->name.builtin);
  if (is_composed(callee) && is_arrow(checker, callee)) return call_arrow(checker, expr, expected);
  Arrow arrow;
  const Decl *decl;
  if (!callee_ports(checker, callee, &arrow, &decl)) return check_lost_args(checker, expr), T_ERROR;
  Call *call = call_new(checker, arrow.ins.count);
  call->binding_count = decl ? decl->generic_count : 0;
  call->bindings = ARENA_ARRAY(checker->session->arena, TypeId, call->binding_count);
  if (!match_args(checker, expr, &arrow.ins, call)) return check_lost_args(checker, expr), T_ERROR;
  check_args(checker, expr, &arrow.ins, call);
  bind_expected(checker, &arrow, expected, call);
  if (decl && !all_bound(checker, expr->span, decl, call)) return T_ERROR;
  arrow = (Arrow){ports_substitute(checker, &arrow.ins, call), ports_substitute(checker, &arrow.outs, call)};
  memcpy(call->types, arrow.ins.types, arrow.ins.count * sizeof *call->types);
  call->result = arrow_result(checker, &arrow.outs);
  expr->call.call = call;
  return call->result;
}

/* The open ports of a partial application, in the order of the ports. */
static Ports open_ports(Checker *checker, const Ports *ports, const Call *call) {
  Ports open = ports_new(checker, ports->count);
  open.count = 0;
  for (uint32_t k = 0; k < ports->count; k++) {
    if (call->source[k] != FEED_OPEN) continue;
    open.names[open.count] = ports->names[k];
    open.types[open.count++] = ports->types[k];
  }
  return open;
}

/* A built-in's types follow from its operands, open ones from what they are applied to. */
static bool partial_builtin(Checker *checker, Expr *expr, Call *call, const Ports *ins, Arrow *arrow,
                            const Ports *ports) {
  TypeId got[BUILTIN_MOST_PARAMS] = {0};
  uint32_t next = 0;
  for (uint32_t k = 0; k < ports->count; k++) {
    if (call->source[k] >= 0)
      got[k] = check_expr(checker, expr->call.args[call->source[k]].value, T_ERROR);
    else if (call->source[k] == FEED_OPEN && ins && next < ins->count)
      got[k] = ins->types[next++];
    else
      got[k] = ports->types[k];
  }
  Ports concrete = *ports;
  arrow->outs = ports_new(checker, 1);
  if (!builtin_types(checker, (BuiltinId)expr->call.callee->name.builtin, expr->span, got, concrete.types,
                     &arrow->outs.types[0]))
    return false;
  for (uint32_t k = 0; k < ports->count; k++)
    if (call->source[k] >= 0)
      check_fits(checker, expr->call.args[call->source[k]].value->span, got[k], concrete.types[k],
                 arena_format(checker->session->arena, "argument %u", k + 1));
  memcpy(call->types, concrete.types, ports->count * sizeof *call->types);
  arrow->ins = open_ports(checker, &concrete, call);
  expr->call.call = call;
  return true;
}

bool check_partial(Checker *checker, Expr *expr, const Ports *ins, Arrow *arrow) {
  Arrow whole;
  const Decl *decl = NULL;
  Expr *callee = expr->call.callee;
  check_named(checker, callee);
  bool builtin = callee->kind == EXPR_NAME && callee->ref == REF_BUILTIN &&
                 callee->name.builtin != BUILTIN_STDOUT;
  Ports given = ports_new(checker, expr->call.count); /* of a hole: what its arguments are */
  if (builtin)
    whole.ins = builtin_ports(checker, (BuiltinId)callee->name.builtin);
  else if (callee->kind == EXPR_HOLE ? !check_arrow(checker, callee, &given, &whole)
                                     : !callee_ports(checker, callee, &whole, &decl))
    return false;
  Call *call = call_new(checker, whole.ins.count);
  call->binding_count = decl ? decl->generic_count : 0;
  call->bindings = ARENA_ARRAY(checker->session->arena, TypeId, call->binding_count);
  if (!match_args(checker, expr, &whole.ins, call)) return false;
  if (builtin) return partial_builtin(checker, expr, call, ins, arrow, &whole.ins);
  check_args(checker, expr, &whole.ins, call);
  Ports open = open_ports(checker, &whole.ins, call);
  if (ins && call->binding_count) {
    int32_t *source = ARENA_ARRAY(checker->session->arena, int32_t, open.count);
    if (!match_feed(checker, ins, &open, expr->span, source)) return false;
    for (uint32_t k = 0; k < open.count; k++)
      unify(checker, open.types[k], ins->types[source[k]], call->bindings);
  }
  if (decl && !all_bound(checker, expr->span, decl, call)) return false;
  whole = (Arrow){ports_substitute(checker, &whole.ins, call), ports_substitute(checker, &whole.outs, call)};
  memcpy(call->types, whole.ins.types, whole.ins.count * sizeof *call->types);
  expr->call.call = call;
  *arrow = (Arrow){open_ports(checker, &whole.ins, call), whole.outs};
  return true;
}

/* ---- e |> f ---- */

static Ports value_ports(Checker *checker, TypeId type, bool spread) {
  const Type *record = type_of(checker->types, type);
  Ports ports = ports_new(checker, spread ? record->count : 1);
  if (!spread) {
    ports.types[0] = type;
    return ports;
  }
  memcpy(ports.names, record->names, record->count * sizeof *ports.names);
  memcpy(ports.types, record->args, record->count * sizeof *ports.types);
  return ports;
}

/* A record is handed over whole to what takes one value; else its fields feed the inputs. */
static bool is_spread(Checker *checker, Expr *arrow, TypeId value) {
  if (type_kind(checker->types, value) != T_RECORD) return false;
  check_named(checker, arrow);
  bool decl = arrow->kind == EXPR_NAME && arrow->ref == REF_DECL;
  if (!decl || !check_signature(checker, arrow->name.decl, arrow->span)) return arrow->kind == EXPR_BINARY;
  const Decl *target = arrow->name.decl;
  uint32_t needed = 0;
  for (uint32_t i = 0; i < target->in_count; i++) needed += target->ins[i].value == NULL;
  return !(target->in_count && needed <= 1 &&
           (target->generic_count || type_fits(checker->types, value, target->ins[0].type)));
}

TypeId check_apply(Checker *checker, Expr *expr) {
  TypeId value = check_expr(checker, expr->binary.left, T_ERROR);
  if (!value && !checker->in_pattern) return T_ERROR;
  bool spread = is_spread(checker, expr->binary.right, value);
  Ports given = value_ports(checker, value, spread);
  Arrow arrow;
  if (!check_arrow(checker, expr->binary.right, &given, &arrow)) return T_ERROR;
  Call *call = check_feed(checker, &given, &arrow.ins, expr->span);
  if (!call) return T_ERROR;
  call->spread = spread;
  call->result = arrow_result(checker, &arrow.outs);
  expr->binary.call = call;
  return call->result;
}
