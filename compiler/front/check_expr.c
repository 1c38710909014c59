#include "front/check_task.h"
#include "front/checker.h"

#include <string.h>

/* ---- fitting ---- */

static void tell_misfit(Checker *checker, Span span, TypeId from, TypeId to, const char *what) {
  Session *session = checker->session;
  const Type *got = type_of(checker->types, from), *wanted = type_of(checker->types, to);
  if (got->kind == T_OPTION && type_fits(checker->types, got->args[0], to)) {
    Diag *told = diag(session->diags, DIAG_OPTIONAL, span, "%s is %s, and this may be absent (%s)", what,
                      type_name(checker, to), type_name(checker, from));
    diag_help(session->diags, told, "say what stands in its place: `... ?? default`");
    return;
  }
  bool units = got->kind == T_QUANTITY && wanted->kind == T_QUANTITY;
  Diag *told = diag(session->diags, units ? DIAG_UNITS : DIAG_TYPE, span, "%s is %s, and this is %s", what,
                    type_name(checker, to), type_name(checker, from));
  if (wanted->kind == T_QUANTITY && (got->kind == T_INT || got->kind == T_FLOAT)) {
    Text unit = {0};
    unit_print(wanted->unit, &unit);
    diag_help(session->diags, told, "write the number with a unit, such as `1 %s`",
              unit.data ? unit.data : "");
    text_free(&unit);
  }
}

void check_fits(Checker *checker, Span span, TypeId from, TypeId to, const char *what) {
  if (!type_fits(checker->types, from, to)) tell_misfit(checker, span, from, to, what);
}

TypeId check_value(Checker *checker, Expr *expr, TypeId wanted, const char *what) {
  TypeId type = check_expr(checker, expr, wanted);
  check_fits(checker, expr->span, type, wanted, what);
  return type;
}

/* ---- names ---- */

static bool resolve_output(Checker *checker, Expr *expr) {
  const Decl *task = checker->decl;
  if (!checker->in_command) return false;
  for (uint32_t i = 0; i < task->out_count; i++) {
    if (task->outs[i].name != expr->name.name) continue;
    expr->ref = REF_OUTPUT;
    expr->name.output = i;
    return true;
  }
  return false;
}

static bool resolve_decl(Checker *checker, Expr *expr, Decl *decl) {
  if (!decl) return false;
  expr->ref = REF_DECL;
  expr->name.decl = decl;
  check_edge(checker, decl, expr->span);
  return true;
}

/* `module.name` is a field as it is written, and one name as it is meant. */
static void resolve_member(Checker *checker, Expr *expr, const Module *module) {
  Span span = expr->span;
  Sym name = expr->field.name;
  Decl *decl = scope_decl(checker, module, name);
  expr->kind = EXPR_NAME;
  expr->ref = REF_NONE;
  memset(&expr->name, 0, sizeof expr->name);
  expr->name.name = name;
  if (resolve_decl(checker, expr, decl)) return;
  if (module->broken) { /* told where it is read */
    expr->kind = EXPR_ERROR;
    return;
  }
  Suggestion nearest = {.name = name_of(checker->session, name)};
  for (uint32_t i = 0; i < module->decl_count; i++)
    suggest(&nearest, name_of(checker->session, module->decls[i]->name));
  Diag *told = diag(checker->session->diags, DIAG_UNKNOWN_MEMBER, span, "module `%s` has no `%s`",
                    name_of(checker->session, module->name), nearest.name);
  if (nearest.best) diag_help(checker->session->diags, told, "did you mean `%s`?", nearest.best);
  expr->kind = EXPR_ERROR;
}

static void resolve_name(Checker *checker, Expr *expr) {
  Binding *binding = scope_find(checker, expr->name.name);
  if (binding) {
    binding->uses++;
    expr->ref = REF_BINDING;
    expr->name.binding = binding;
    return;
  }
  if (resolve_output(checker, expr)) return;
  if (resolve_decl(checker, expr, scope_decl(checker, NULL, expr->name.name))) return;
  BuiltinId builtin = builtin_find(name_of(checker->session, expr->name.name));
  if (builtin < BUILTIN_COUNT) {
    expr->ref = REF_BUILTIN;
    expr->name.builtin = builtin;
    return;
  }
  scope_unknown(checker, expr->span, expr->name.name);
  expr->kind = EXPR_ERROR;
}

void check_named(Checker *checker, Expr *expr) {
  if (expr->kind == EXPR_NAME && expr->ref == REF_NONE) {
    resolve_name(checker, expr);
  } else if (expr->kind == EXPR_FIELD && expr->field.of->kind == EXPR_NAME &&
             expr->field.of->ref == REF_NONE) {
    Sym alias = expr->field.of->name.name;
    const Module *module = scope_find(checker, alias) ? NULL : scope_module(checker, alias);
    if (module) resolve_member(checker, expr, module);
  }
}

static TypeId output_path_type(Checker *checker, const Expr *expr) {
  const Param *out = &checker->decl->outs[expr->name.output];
  const Type *type = type_of(checker->types, out->type);
  TypeKind kind = type->kind == T_OPTION ? type_kind(checker->types, type->args[0]) : (TypeKind)type->kind;
  bool is_path = (kind == T_FILE || kind == T_DIR) && out->value &&
                 type_kind(checker->types, out->value->type) == T_STRING;
  if (!is_path)
    diag(checker->session->diags, DIAG_NO_PATH, expr->span, "output `%s` has no path to put into the command",
         name_of(checker->session, out->name));
  return is_path ? T_STRING : T_ERROR;
}

static TypeId check_name(Checker *checker, Expr *expr) {
  const char *name = name_of(checker->session, expr->name.name);
  check_named(checker, expr);
  if (expr->kind == EXPR_ERROR) return T_ERROR;
  if (expr->ref == REF_OUTPUT) return output_path_type(checker, expr);
  if (expr->ref == REF_BINDING) {
    TypeId type = expr->name.binding->type;
    if (type_kind(checker->types, type) != T_ARROW) return type;
  } else if (expr->ref == REF_BUILTIN && expr->name.builtin == BUILTIN_STDOUT) {
    if (!checker->in_outputs)
      diag(checker->session->diags, DIAG_WORKDIR, expr->span,
           "`stdout` can be read only for an output of a task");
    return T_DATA;
  } else if (expr->ref == REF_DECL &&
             (expr->name.decl->kind == DECL_TYPE || expr->name.decl->kind == DECL_SITE)) {
    diag(checker->session->diags, DIAG_NOT_A_VALUE, expr->span, "`%s` is no value", name);
    return T_ERROR;
  }
  Diag *told = diag(checker->session->diags, DIAG_ARROW_AS_VALUE, expr->span,
                    "`%s` is an arrow, and a value is needed here", name);
  diag_help(checker->session->diags, told, "call it: `%s(...)`", name);
  return T_ERROR;
}

/* ---- literals ---- */

static bool has_text(const Types *types, TypeId id) {
  const Type *type = type_of(types, id);
  if (type->kind == T_ARRAY) type = type_of(types, type->args[0]);
  return type->kind != T_ARRAY && type->kind != T_RECORD && type->kind != T_OPTION && type->kind != T_NONE &&
         type->kind != T_UNIT && type->kind != T_UNCERTAIN && type->kind != T_DATA;
}

static TypeId check_string(Checker *checker, Expr *expr) {
  for (uint32_t i = 0; i < expr->string.count; i++) {
    Part *part = &expr->string.parts[i];
    if (!part->expr) continue;
    TypeId type = check_expr(checker, part->expr, T_ERROR);
    if (type_has_vars(checker->types, type) || has_text(checker->types, type)) continue;
    Diag *told = diag(checker->session->diags, DIAG_INTERPOLATION, part->expr->span,
                      "%s has no text of its own", type_name(checker, type));
    diag_help(checker->session->diags, told, "interpolate its parts, one by one");
  }
  return T_STRING;
}

static TypeId check_quantity(Checker *checker, const Expr *expr) {
  int8_t unit[UNIT_COUNT] = {0};
  double factor;
  const char *text = name_of(checker->session, expr->quantity.unit);
  unit_find(text, strlen(text), unit, &factor);
  return type_quantity(checker->types, unit);
}

static TypeId check_array(Checker *checker, Expr *expr, TypeId expected) {
  const Type *wanted = type_of(checker->types, expected);
  TypeId item = wanted->kind == T_ARRAY ? wanted->args[0] : T_ERROR, type = T_ANY;
  for (uint32_t i = 0; i < expr->array.count; i++) {
    TypeId got = check_expr(checker, expr->array.items[i], item);
    TypeId joined = type_join(checker->types, type, got);
    if (!joined && type && got)
      diag(checker->session->diags, DIAG_TYPE, expr->array.items[i]->span,
           "this element is %s, and those before are %s", type_name(checker, got), type_name(checker, type));
    type = joined;
  }
  return type_array(checker->types, type);
}

static TypeId expected_field(Checker *checker, TypeId record, Sym name) {
  const Type *type = type_of(checker->types, record);
  if (type->kind == T_OPTION) type = type_of(checker->types, type->args[0]);
  for (uint32_t i = 0; type->kind == T_RECORD && i < type->count; i++)
    if (type->names[i] == name) return type->args[i];
  return T_ERROR;
}

static TypeId check_record(Checker *checker, Expr *expr, TypeId expected) {
  uint32_t count = expr->record.count;
  Sym *names = ARENA_ARRAY(checker->session->arena, Sym, count);
  TypeId *fields = ARENA_ARRAY(checker->session->arena, TypeId, count);
  for (uint32_t i = 0; i < count; i++) {
    const Arg *field = &expr->record.fields[i];
    names[i] = field->name;
    fields[i] = check_expr(checker, field->value, expected_field(checker, expected, field->name));
    for (uint32_t k = 0; k < i; k++)
      if (names[k] == names[i])
        diag(checker->session->diags, DIAG_DUPLICATE, field->span, "field `%s` is there twice",
             name_of(checker->session, names[i]));
  }
  return type_record(checker->types, count, names, fields);
}

/* ---- parts of values ---- */

static TypeId unknown_field(Checker *checker, const Expr *expr, TypeId of) {
  const Type *type = type_of(checker->types, of);
  Session *session = checker->session;
  Suggestion nearest = {.name = name_of(session, expr->field.name)};
  if (type->kind == T_OPTION) {
    tell_misfit(checker, expr->field.of->span, of, type->args[0], "what has fields");
    return T_ERROR;
  }
  for (uint32_t i = 0; type->kind == T_RECORD && i < type->count; i++)
    suggest(&nearest, name_of(session, type->names[i]));
  Diag *told = diag(session->diags, DIAG_FIELD, expr->field.name_span, "%s has no field `%s`",
                    type_name(checker, of), nearest.name);
  if (nearest.best) {
    diag_help(session->diags, told, "did you mean `%s`?", nearest.best);
    diag_fix(session->diags, told, expr->field.name_span, nearest.best);
  } else if (type->kind == T_ARRAY) {
    diag_help(session->diags, told, "it is an array; take the field of each element: `for x in ... { x.%s }`",
              nearest.name);
  }
  return T_ERROR;
}

static TypeId check_field(Checker *checker, Expr *expr) {
  check_named(checker, expr);
  if (expr->kind != EXPR_FIELD) return expr->kind == EXPR_ERROR ? T_ERROR : check_name(checker, expr);
  TypeId of = check_expr(checker, expr->field.of, T_ERROR);
  const Type *type = type_of(checker->types, of);
  if (type->kind == T_ERROR || type->kind == T_DATA) return of;
  for (uint32_t i = 0; type->kind == T_RECORD && i < type->count; i++) {
    if (type->names[i] != expr->field.name) continue;
    expr->field.index = i;
    return type->args[i];
  }
  return unknown_field(checker, expr, of);
}

static TypeId check_index(Checker *checker, Expr *expr) {
  TypeId of = check_expr(checker, expr->index.of, T_ERROR), at = check_expr(checker, expr->index.at, T_INT);
  if (at != T_INT && at != T_ERROR)
    diag(checker->session->diags, DIAG_INDEX, expr->index.at->span,
         "elements are numbered by Int, and this is %s", type_name(checker, at));
  const Type *type = type_of(checker->types, of);
  if (type->kind == T_ARRAY) return type->args[0];
  if (type->kind != T_ERROR && type->kind != T_DATA)
    diag(checker->session->diags, DIAG_NOT_ARRAY, expr->index.of->span,
         "`[...]` needs an array, and this is %s", type_name(checker, of));
  return type->kind == T_DATA ? T_DATA : T_ERROR;
}

/* ---- control ---- */

static void check_condition(Checker *checker, Expr *expr) {
  TypeId type = check_expr(checker, expr, T_BOOL);
  if (type != T_BOOL && type != T_ERROR && type != T_DATA)
    diag(checker->session->diags, DIAG_CONDITION, expr->span, "a condition is Bool, and this is %s",
         type_name(checker, type));
}

/* What is expected of a value that may be absent is expected of it when it is there. */
static TypeId expected_inside(const Checker *checker, TypeId expected) {
  const Type *type = type_of(checker->types, expected);
  return type->kind == T_OPTION ? type->args[0] : expected;
}

static TypeId check_if(Checker *checker, Expr *expr, TypeId expected) {
  check_condition(checker, expr->if_.condition);
  if (!expr->if_.other) expected = expected_inside(checker, expected);
  TypeId then = check_block(checker, expr->if_.then, expected, false);
  if (!expr->if_.other) return then == T_UNIT || then == T_ERROR ? then : type_option(checker->types, then);
  TypeId other = check_block(checker, expr->if_.other, expected, false);
  TypeId joined = type_join(checker->types, then, other);
  if (joined || !then || !other) return joined;
  Diag *told = diag(checker->session->diags, DIAG_TYPE, expr->if_.other->span,
                    "one branch is %s, the other %s", type_name(checker, then), type_name(checker, other));
  diag_note(checker->session->diags, told, expr->if_.then->span, "the other branch");
  return T_ERROR;
}

static TypeId element_type(Checker *checker, Expr *source) {
  TypeId array = checker->in_pattern ? type_array(checker->types, T_ERROR) : T_ERROR;
  TypeId of = check_expr(checker, source, array);
  const Type *type = type_of(checker->types, of);
  if (type->kind == T_ARRAY) return type->args[0];
  if (type->kind == T_ERROR) return T_ERROR;
  diag(checker->session->diags, DIAG_NOT_ARRAY, source->span, "an array is needed here, and this is %s",
       type_name(checker, of));
  return T_ERROR;
}

void check_clauses(Checker *checker, Clause *clauses, uint32_t count, Expr *filter) {
  for (uint32_t i = 0; i < count;) {
    uint32_t zipped = i; /* sources of one zip do not see its variables */
    do {
      clauses[zipped].var->type = element_type(checker, clauses[zipped].source);
      zipped++;
    } while (zipped < count && clauses[zipped].zip);
    for (; i < zipped; i++) scope_bind(checker, clauses[i].var);
  }
  if (filter) check_condition(checker, filter);
}

static TypeId check_for(Checker *checker, Expr *expr, TypeId expected) {
  const Type *wanted = type_of(checker->types, expected);
  TypeId item = wanted->kind == T_ARRAY ? wanted->args[0] : T_ERROR;
  uint32_t mark = scope_mark(checker);
  check_clauses(checker, expr->for_.clauses, expr->for_.count, expr->for_.filter);
  TypeId body = check_block(checker, expr->for_.body, item, false);
  scope_leave(checker, mark);
  return type_array(checker->types, body);
}

static bool is_assoc(const Expr *by) {
  if (by->kind == EXPR_HOLE) return true;
  if (by->kind != EXPR_NAME) return false;
  if (by->ref == REF_DECL) return by->name.decl->flags & DECL_ASSOC;
  return by->ref == REF_BUILTIN && builtin_info[by->name.builtin].op != OP_COUNT_ &&
         (op_info[builtin_info[by->name.builtin].op].flags & FLAG_A);
}

static TypeId check_fold_by(Checker *checker, Expr *expr) {
  TypeId type = check_expr(checker, expr->fold.init, T_ERROR), item = T_ERROR;
  uint32_t mark = scope_mark(checker);
  check_clauses(checker, expr->fold.clauses, expr->fold.count, expr->fold.filter);
  if (expr->fold.body)
    item = check_block(checker, expr->fold.body, type, true);
  else
    item = expr->fold.clauses[expr->fold.count - 1].var->type;
  scope_leave(checker, mark);
  type = type_join(checker->types, type, item);
  TypeId both[2] = {type, type};
  Ports ins = {2, (Sym[2]){0, 0}, both, NULL};
  Arrow by;
  Ports wanted = ports_one(checker, type);
  if (!type && !checker->in_pattern) return type;
  checker->hole_outs = &wanted;
  bool fine = check_arrow(checker, expr->fold.by, &ins, &by);
  checker->hole_outs = NULL;
  if (!fine) return type;
  expr->fold.call = check_feed(checker, &ins, &by.ins, expr->fold.by->span);
  check_fits(checker, expr->fold.by->span, arrow_result(checker, &by.outs), type, "what the fold combines");
  if (!is_assoc(expr->fold.by)) {
    Diag *told = diag(checker->session->diags, DIAG_ASSOC, expr->fold.by->span, "this is not marked `assoc`");
    diag_help(checker->session->diags, told,
              "mark its declaration, or fold in order: `fold acc = ... for ... { ... }`");
  }
  return type;
}

/* The type of a state: that of its initial value, or what is expected of the last one where that says more. */
static TypeId check_initial(Checker *checker, Expr *init, TypeId expected) {
  TypeId type = check_expr(checker, init, expected);
  TypeKind kind = type_kind(checker->types, type);
  if (kind != T_NONE && kind != T_OPTION) expected = expected_inside(checker, expected);
  return expected && type_fits(checker->types, type, expected) ? expected : type;
}

static TypeId check_fold(Checker *checker, Expr *expr, TypeId expected) {
  if (!expr->fold.acc) return check_fold_by(checker, expr);
  TypeId init = check_initial(checker, expr->fold.init, expected);
  uint32_t mark = scope_mark(checker);
  check_clauses(checker, expr->fold.clauses, expr->fold.count, NULL);
  expr->fold.acc->type = init;
  scope_bind(checker, expr->fold.acc);
  if (expr->fold.filter) check_condition(checker, expr->fold.filter);
  TypeId body = check_block(checker, expr->fold.body, init, true);
  scope_leave(checker, mark);
  const char *what = arena_format(checker->session->arena, "`%s`",
                                  name_of(checker->session, expr->fold.acc->name));
  Span at = expr->fold.body->value ? expr->fold.body->value->span : expr->fold.body->span;
  check_fits(checker, at, body, init, what);
  return init;
}

static TypeId check_loop(Checker *checker, Expr *expr, TypeId expected) {
  TypeId init = check_initial(checker, expr->loop.init, expected);
  if (expr->loop.max) check_value(checker, expr->loop.max, T_INT, "the number of rounds");
  uint32_t mark = scope_mark(checker);
  expr->loop.state->type = init;
  scope_bind(checker, expr->loop.state);
  TypeId body = check_block_open(checker, expr->loop.body, init, true); /* the condition sees its steps */
  check_condition(checker, expr->loop.stop);
  scope_leave(checker, mark);
  const char *what = arena_format(checker->session->arena, "`%s`",
                                  name_of(checker->session, expr->loop.state->name));
  Span at = expr->loop.body->value ? expr->loop.body->value->span : expr->loop.body->span;
  check_fits(checker, at, body, init, what);
  return init;
}

static TypeId check_ask(Checker *checker, Expr *expr) {
  static const int8_t second[UNIT_COUNT] = {[UNIT_SECOND] = 1};
  Session *session = checker->session;
  TypeId answer = check_type(checker, expr->ask.answer, false);
  TypeKind kind = type_kind(checker->types, answer);
  if (kind != T_BOOL && kind != T_INT && kind != T_FLOAT && kind != T_STRING && kind != T_QUANTITY &&
      kind != T_ERROR)
    diag(session->diags, DIAG_ASK_TYPE, expr->ask.answer->span, "nobody can answer with %s",
         type_name(checker, answer));
  if (checker->decl) checker->decl->is_volatile = true;
  check_value(checker, expr->ask.question, T_STRING, "the question");
  for (uint32_t i = 0; i < expr->ask.count; i++) {
    const Arg *arg = &expr->ask.args[i];
    const char *name = name_of(session, arg->name);
    if (!strcmp(name, "evidence"))
      check_expr(checker, arg->value, T_ERROR);
    else if (!strcmp(name, "default"))
      check_value(checker, arg->value, answer, "the default answer");
    else if (!strcmp(name, "within"))
      check_value(checker, arg->value, type_quantity(checker->types, second), "the time to answer");
    else
      diag(session->diags, DIAG_UNKNOWN_ARG, arg->span, "`ask` takes evidence, default and within, not `%s`",
           name);
  }
  return answer;
}

static TypeId check_js(Checker *checker, Expr *expr) {
  Session *session = checker->session;
  TypeId type = check_type(checker, expr->js.type, false);
  if (expr->js.source->kind != EXPR_STRING)
    diag(session->diags, DIAG_TYPE, expr->js.source->span,
         "the source of `js` is a string that is written here");
  check_value(checker, expr->js.source, T_STRING, "the source of `js`");
  if (!expr->js.names) return type;
  TypeId names = check_expr(checker, expr->js.names, T_ERROR);
  TypeKind kind = type_kind(checker->types, names);
  if (kind != T_RECORD && kind != T_UNIT && kind != T_ERROR)
    diag(session->diags, DIAG_TYPE, expr->js.names->span, "what `js` sees is a record, and this is %s",
         type_name(checker, names));
  return type;
}

static TypeId check_let(Checker *checker, Expr *expr) {
  uint32_t mark = scope_mark(checker);
  expr->let.var->type = check_expr(checker, expr->let.value, T_ERROR);
  scope_bind(checker, expr->let.var);
  TypeId type = check_expr(checker, expr->let.body, T_ERROR);
  scope_leave(checker, mark);
  return type;
}

static TypeId check_after(Checker *checker, Expr *expr, TypeId expected) {
  for (uint32_t i = 0; i < expr->after.count; i++) check_expr(checker, expr->after.after[i], T_ERROR);
  return check_expr(checker, expr->after.value, expected);
}

static TypeId not_a_value(Checker *checker, const Expr *expr, TypeId expected) {
  Session *session = checker->session;
  if (expr->kind == EXPR_HOLE && checker->in_pattern) return expected;
  if (expr->kind == EXPR_HOLE) {
    diag(session->diags, DIAG_HOLE, expr->span, "a hole can stand only in a pattern");
  } else if (expr->kind == EXPR_PLACEHOLDER) {
    diag(session->diags, DIAG_PLACEHOLDER, expr->span, "`_` can stand only for an argument");
  } else {
    Diag *told = diag(session->diags, DIAG_ARROW_AS_VALUE, expr->span,
                      "this is an arrow, and a value is needed here");
    diag_help(session->diags, told, "apply it: `x |> ...`");
  }
  return T_ERROR;
}

static TypeId type_expr(Checker *checker, Expr *expr, TypeId expected) {
  switch ((ExprKind)expr->kind) {
    case EXPR_INT:
      return T_INT;
    case EXPR_FLOAT:
      return T_FLOAT;
    case EXPR_QUANTITY:
      return check_quantity(checker, expr);
    case EXPR_BOOL:
      return T_BOOL;
    case EXPR_NONE:
      return T_NONE;
    case EXPR_STRING:
      return check_string(checker, expr);
    case EXPR_NAME:
      return check_name(checker, expr);
    case EXPR_ARRAY:
      return check_array(checker, expr, expected);
    case EXPR_RECORD:
      return check_record(checker, expr, expected);
    case EXPR_CALL:
      return check_call(checker, expr, expected);
    case EXPR_FIELD:
      return check_field(checker, expr);
    case EXPR_INDEX:
      return check_index(checker, expr);
    case EXPR_UNARY:
      return check_unary(checker, expr);
    case EXPR_BINARY:
      return check_binary(checker, expr, expected);
    case EXPR_IF:
      return check_if(checker, expr, expected);
    case EXPR_FOR:
      return check_for(checker, expr, expected);
    case EXPR_FOLD:
      return check_fold(checker, expr, expected);
    case EXPR_LOOP:
      return check_loop(checker, expr, expected);
    case EXPR_ASK:
      return check_ask(checker, expr);
    case EXPR_JS:
      return check_js(checker, expr);
    case EXPR_LET:
      return check_let(checker, expr);
    case EXPR_AFTER:
      return check_after(checker, expr, expected);
    case EXPR_ERROR:
      return T_ERROR;
    default:
      return not_a_value(checker, expr, expected);
  }
}

/* What is read as data takes the type that is asked for; files are read by their paths. */
TypeId check_expr(Checker *checker, Expr *expr, TypeId expected) {
  expr->type = type_expr(checker, expr, expected);
  if (expr->type == T_DATA && expected && type_is_data(checker->types, expected)) expr->type = expected;
  return expr->type;
}
