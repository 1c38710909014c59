#include "front/check_task.h"
#include "front/checker.h"

#include <stdio.h>
#include <string.h>

enum { MAX_DECL_DEPTH = 500 };

/* Declarations that are known only through others, those through others again ... are followed so far. */
static bool too_deep(Checker *checker, Span span) {
  if (checker->depth < MAX_DECL_DEPTH) return false;
  diag(checker->session->diags, DIAG_NESTING, span, "more than %d declarations build on each other here",
       MAX_DECL_DEPTH);
  return true;
}

/* ---- types as written ---- */

static TypeId builtin_type(Checker *checker, const TypeExpr *written) {
  const char *name = name_of(checker->session, written->name);
  static const struct {
    const char *name;
    TypeKind kind;
  } fixed[] = {{"Bool", T_BOOL}, {"Int", T_INT}, {"Float", T_FLOAT}, {"String", T_STRING}, {"Unit", T_UNIT}};
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
    if (!strcmp(name, fixed[i].name)) return fixed[i].kind;
  if (!strcmp(name, "File")) return type_file(checker->types, T_FILE, written->tag);
  if (!strcmp(name, "Dir")) return type_file(checker->types, T_DIR, written->tag);
  int8_t unit[UNIT_COUNT];
  if (unit_type_find(name, unit)) return type_quantity(checker->types, unit);
  if (strcmp(name, "Uncertain") || !written->tag) return T_ERROR;
  const char *inner = name_of(checker->session, written->tag);
  if (!strcmp(inner, "Float")) return type_uncertain(checker->types, T_FLOAT);
  return unit_type_find(inner, unit) ? type_uncertain(checker->types, type_quantity(checker->types, unit))
                                     : T_ERROR;
}

static TypeId variable_type(Checker *checker, Sym name) {
  const Decl *decl = checker->decl;
  for (uint32_t i = 0; decl && i < decl->generic_count; i++)
    if (decl->generics[i] == name) return type_var(checker->types, name, i);
  return T_ERROR;
}

static TypeId declared_type(Checker *checker, Decl *decl, const TypeExpr *written) {
  if (decl->kind != DECL_TYPE) return T_ERROR;
  if (decl->state == 2) return decl->type;
  if (decl->state == 1) {
    diag(checker->session->diags, DIAG_TYPE_CYCLE, written->span, "type `%s` contains itself",
         name_of(checker->session, decl->name));
    return T_ERROR;
  }
  if (too_deep(checker, written->span)) return T_ERROR;
  Module *module = checker->module;
  Decl *outer = checker->decl;
  decl->state = 1;
  checker->depth++;
  checker->module = decl->module;
  checker->decl = decl;
  decl->type = check_type(checker, decl->written, false);
  checker->depth--;
  checker->decl = outer;
  checker->module = module;
  decl->state = 2;
  return decl->type;
}

static void unknown_type(Checker *checker, const TypeExpr *written) {
  static const char *const known[] = {"Bool", "Int",      "Float",     "String",  "File",
                                      "Dir",  "Duration", "Size",      "Energy",  "Power",
                                      "Mass", "Rate",     "Intensity", "Dollars", "Euros"};
  Suggestion nearest = {.name = name_of(checker->session, written->name)};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) suggest(&nearest, known[i]);
  for (uint32_t i = 0; i < checker->module->decl_count; i++)
    if (checker->module->decls[i]->kind == DECL_TYPE)
      suggest(&nearest, name_of(checker->session, checker->module->decls[i]->name));
  Diag *told = diag(checker->session->diags, DIAG_UNKNOWN_TYPE, written->span, "unknown type `%s`",
                    nearest.name);
  if (!nearest.best) return;
  diag_help(checker->session->diags, told, "did you mean `%s`?", nearest.best);
  diag_fix(checker->session->diags, told, written->span, nearest.best);
}

static TypeId named_type(Checker *checker, const TypeExpr *written) {
  TypeId type = written->module ? T_ERROR : variable_type(checker, written->name);
  if (!type && !written->module) type = builtin_type(checker, written);
  if (type) return type;
  Module *module = written->module ? scope_module(checker, written->module) : NULL;
  Decl *decl = !written->module || module ? scope_decl(checker, module, written->name) : NULL;
  if (decl && decl->kind == DECL_TYPE) return declared_type(checker, decl, written);
  if (module && module->broken) return T_ERROR; /* told where it is read */
  unknown_type(checker, written);
  return T_ERROR;
}

static TypeId record_type(Checker *checker, const TypeExpr *written) {
  Arena *arena = checker->session->arena;
  Sym *names = ARENA_ARRAY(arena, Sym, written->count);
  TypeId *fields = ARENA_ARRAY(arena, TypeId, written->count);
  for (uint32_t i = 0; i < written->count; i++) {
    names[i] = written->fields[i].name;
    fields[i] = check_type(checker, written->fields[i].written, false);
    for (uint32_t k = 0; k < i; k++)
      if (names[k] == names[i])
        diag(checker->session->diags, DIAG_DUPLICATE, written->fields[i].span, "field `%s` is there twice",
             name_of(checker->session, names[i]));
  }
  return type_record(checker->types, written->count, names, fields);
}

static TypeId arrow_type(Checker *checker, const TypeExpr *written) {
  TypeId *ports = ARENA_ARRAY(checker->session->arena, TypeId, written->count);
  Sym *names = ARENA_ARRAY(checker->session->arena, Sym, written->count);
  for (uint32_t i = 0; i < written->count; i++) ports[i] = check_type(checker, written->args[i], false);
  return type_arrow(checker->types, written->count - 1, 1, names, ports);
}

TypeId check_type(Checker *checker, const TypeExpr *written, bool arrows_allowed) {
  if (!written) return T_ERROR;
  switch ((TypeExprKind)written->kind) {
    case TE_ARRAY:
      return type_array(checker->types, check_type(checker, written->args[0], false));
    case TE_OPTION:
      return type_option(checker->types, check_type(checker, written->args[0], false));
    case TE_RECORD:
      return record_type(checker, written);
    case TE_ARROW:
      if (arrows_allowed) return arrow_type(checker, written);
      diag(checker->session->diags, DIAG_ARROW_TYPE, written->span, "an arrow type cannot stand here");
      return T_ERROR;
    default:
      return named_type(checker, written);
  }
}

/* ---- signatures ---- */

static void check_ports_differ(Checker *checker, const Decl *decl) {
  const Param *params[2] = {decl->ins, decl->outs};
  uint32_t counts[2] = {decl->in_count, decl->out_count};
  Map seen = {0};
  for (int side = 0; side < 2; side++) {
    if (decl->kind == DECL_FLOW && decl->body)
      map_free(&seen); /* an arrow has no names inside: sides may share them */
    for (uint32_t i = 0; i < counts[side]; i++) {
      const Param *param = &params[side][i];
      if (param->name && map_get(&seen, param->name))
        diag(checker->session->diags, DIAG_DUPLICATE, param->span, "port `%s` is there twice",
             name_of(checker->session, param->name));
      map_put(&seen, param->name, 1);
    }
  }
  map_free(&seen);
}

/* `flow f = arrow`: its ports are those of the arrow. */
static void infer_signature(Checker *checker, Decl *decl) {
  Arrow arrow = {0};
  Arena *arena = checker->session->arena;
  if (!check_arrow(checker, decl->body, NULL, &arrow)) return;
  decl->in_count = arrow.ins.count;
  decl->out_count = arrow.outs.count;
  decl->ins = ARENA_ARRAY(arena, Param, arrow.ins.count);
  decl->outs = ARENA_ARRAY(arena, Param, arrow.outs.count);
  for (uint32_t i = 0; i < arrow.ins.count; i++)
    decl->ins[i] = (Param){.name = arrow.ins.names[i], .type = arrow.ins.types[i], .span = decl->name_span};
  for (uint32_t i = 0; i < arrow.outs.count; i++)
    decl->outs[i] = (Param){
        .name = arrow.outs.names[i], .type = arrow.outs.types[i], .span = decl->name_span};
}

/* Anonymous ports of an inferred signature get names, since the command line and callers need them. */
static void name_ports(Checker *checker, Param *ports, uint32_t count, const char *stem) {
  for (uint32_t i = 0; i < count; i++) {
    if (ports[i].name) continue;
    char name[32];
    int len = snprintf(name, sizeof name, count > 1 ? "%s%u" : "%s", stem, i + 1);
    ports[i].name = intern(checker->session->names, name, (size_t)len);
  }
}

static Ports ports_of(Checker *checker, const Param *params, uint32_t count) {
  Arena *arena = checker->session->arena;
  Ports ports = {count, ARENA_ARRAY(arena, Sym, count), ARENA_ARRAY(arena, TypeId, count),
                 ARENA_ARRAY(arena, bool, count)};
  for (uint32_t i = 0; i < count; i++) {
    ports.names[i] = params[i].name;
    ports.types[i] = params[i].type;
    ports.optional[i] = params[i].value != NULL;
  }
  return ports;
}

static void set_arrow_type(Checker *checker, Decl *decl) {
  Arrow arrow = {ports_of(checker, decl->ins, decl->in_count),
                 ports_of(checker, decl->outs, decl->out_count)};
  decl->arrow = arena_copy(checker->session->arena, &arrow, sizeof arrow);
  uint32_t ins = arrow.ins.count, outs = arrow.outs.count;
  Sym *names = ARENA_ARRAY(checker->session->arena, Sym, ins + outs);
  TypeId *types = ARENA_ARRAY(checker->session->arena, TypeId, ins + outs);
  for (uint32_t i = 0; i < ins + outs; i++) {
    names[i] = i < ins ? arrow.ins.names[i] : arrow.outs.names[i - ins];
    types[i] = i < ins ? arrow.ins.types[i] : arrow.outs.types[i - ins];
  }
  decl->type = type_arrow(checker->types, ins, outs, names, types);
}

static void check_ports(Checker *checker, Decl *decl) {
  for (uint32_t i = 0; i < decl->in_count; i++)
    decl->ins[i].type = check_type(checker, decl->ins[i].written, decl->kind != DECL_TASK);
  for (uint32_t i = 0; i < decl->out_count; i++)
    decl->outs[i].type = check_type(checker, decl->outs[i].written, false);
  if (decl->kind == DECL_FLOW && !decl->has_signature) {
    infer_signature(checker, decl);
    name_ports(checker, decl->ins, decl->in_count, "in");
    name_ports(checker, decl->outs, decl->out_count, "out");
  }
  check_ports_differ(checker, decl);
  set_arrow_type(checker, decl);
}

/* What of the checker belongs to the body that is being checked. */
typedef struct Inside {
  Module *module;
  Decl *decl;
  Binding **visible;
  Undo *undo;
  uint32_t visible_len, visible_cap, undo_len, undo_cap;
  bool in_outputs, in_command;
} Inside;

static Inside step_out(Checker *checker, Decl *to) {
  Inside inside = {checker->module,      checker->decl,        checker->visible.data, checker->undo.data,
                   checker->visible.len, checker->visible.cap, checker->undo.len,     checker->undo.cap,
                   checker->in_outputs,  checker->in_command};
  checker->module = to->module;
  checker->decl = to;
  checker->visible.data = NULL;
  checker->visible.len = checker->visible.cap = 0;
  checker->undo.data = NULL;
  checker->undo.len = checker->undo.cap = 0;
  checker->in_outputs = checker->in_command = false;
  return inside;
}

static void step_back(Checker *checker, const Inside *inside) {
  vec_free(&checker->visible);
  vec_free(&checker->undo);
  checker->module = inside->module;
  checker->decl = inside->decl;
  checker->visible.data = inside->visible;
  checker->visible.len = inside->visible_len;
  checker->visible.cap = inside->visible_cap;
  checker->undo.data = inside->undo;
  checker->undo.len = inside->undo_len;
  checker->undo.cap = inside->undo_cap;
  checker->in_outputs = inside->in_outputs;
  checker->in_command = inside->in_command;
}

bool check_signature(Checker *checker, Decl *decl, Span used_at) {
  if (decl->kind == DECL_TYPE || decl->kind == DECL_SITE) return true;
  if (decl->state >= 2) return true;
  if (decl->state == 1) {
    diag(checker->session->diags, DIAG_RECURSION, used_at, "`%s` calls itself",
         name_of(checker->session, decl->name));
    return false;
  }
  if (too_deep(checker, used_at)) return false;
  decl->state = 1;
  checker->depth++;
  Inside inside = step_out(checker, decl);
  check_ports(checker, decl);
  step_back(checker, &inside);
  checker->depth--;
  decl->state = 2;
  return true;
}

void check_edge(Checker *checker, Decl *to, Span span) {
  if (!checker->decl) return;
  if (to != checker->decl) to->called = true;
  vec_push(&checker->edges, (Edge){checker->decl, to, span});
  bool pure = to->kind == DECL_FN || to->kind == DECL_TYPE;
  if (checker->decl->kind == DECL_FN && !pure) {
    static const char *const kinds[] = {"type", "task", "fn", "flow", "site"};
    diag(checker->session->diags, DIAG_IMPURE_FN, span, "a fn cannot call the %s `%s`", kinds[to->kind],
         name_of(checker->session, to->name));
  }
}

/* ---- bodies ---- */

static void bind_inputs(Checker *checker, Decl *decl) {
  for (uint32_t i = 0; i < decl->in_count; i++) {
    Param *param = &decl->ins[i];
    if (param->value) {
      const char *what = arena_format(checker->session->arena, "the default of `%s`",
                                      name_of(checker->session, param->name));
      check_value(checker, param->value, param->type, what);
    }
    param->binding = binding_new(checker, param->name, param->span, param->type);
    scope_bind(checker, param->binding);
  }
}

static void check_flow_outputs(Checker *checker, Decl *decl, TypeId value) {
  Session *session = checker->session;
  const Block *block = decl->block;
  bool value_used = false;
  for (uint32_t i = 0; i < decl->out_count; i++) {
    Param *out = &decl->outs[i];
    Binding *bound = scope_find(checker, out->name);
    bool own = false;
    for (uint32_t k = 0; k < block->count; k++) own |= block->stmts[k]->target == bound && bound;
    if (own) {
      bound->uses++;
      out->binding = bound;
      check_fits(checker, bound->span, bound->type, out->type,
                 arena_format(session->arena, "output `%s`", name_of(session, out->name)));
    } else if (block->value && decl->out_count == 1) {
      value_used = true;
      check_fits(checker, block->value->span, value, out->type,
                 arena_format(session->arena, "output `%s`", name_of(session, out->name)));
    } else if (!decl->broken) {
      Span at = out->span.hi ? out->span : decl->name_span;
      Diag *told = diag(session->diags, DIAG_OUTPUT_MISSING, at, "output `%s` is not bound",
                        name_of(session, out->name));
      diag_help(session->diags, told, "add a step `%s = ...` to the body", name_of(session, out->name));
    }
  }
  if (!block->value || value_used) return;
  Stmt *alone = ARENA_NEW(session->arena, Stmt);
  *alone = (Stmt){.value = block->value, .span = block->value->span};
  vec_push(&checker->unused, (Unused){alone, decl});
}

static void check_flow(Checker *checker, Decl *decl) {
  if (!decl->has_signature) return;
  if (decl->body) { /* flow f(ins) -> outs = expression: an arrow on the inputs, or their value */
    if (!is_arrow(checker, decl->body)) {
      TypeId wanted = decl->out_count == 1 ? decl->outs[0].type : T_ERROR;
      TypeId got = check_expr(checker, decl->body, wanted);
      check_fits(checker, decl->body->span, got, arrow_result(checker, &decl->arrow->outs), "the result");
      return;
    }
    Arrow declared = *decl->arrow, arrow = {0};
    checker->hole_outs = &declared.outs;
    if (check_arrow(checker, decl->body, &declared.ins, &arrow)) {
      Call *ins = check_feed(checker, &declared.ins, &arrow.ins, decl->body->span);
      Call *outs = check_feed(checker, &arrow.outs, &declared.outs, decl->body->span);
      decl->feeds[0] = ins;
      decl->feeds[1] = outs;
    }
    return;
  }
  if (!decl->block) return;
  TypeId wanted = decl->out_count == 1 ? decl->outs[0].type : T_ERROR;
  TypeId value = check_block_open(checker, decl->block, wanted, false);
  check_flow_outputs(checker, decl, value);
}

static void check_fn(Checker *checker, Decl *decl) {
  TypeId wanted = decl->out_count ? decl->outs[0].type : T_ERROR;
  if (decl->block) {
    TypeId got = check_block(checker, decl->block, wanted, true);
    if (decl->block->value) check_fits(checker, decl->block->value->span, got, wanted, "the result");
  } else if (decl->body) {
    check_value(checker, decl->body, wanted, "the result");
  }
}

static void check_decl_holes(Checker *checker, Decl *decl) {
  if (decl->body) check_holes(checker, decl->body);
  for (uint32_t i = 0; decl->block && i < decl->block->count; i++)
    if (decl->block->stmts[i]->value) check_holes(checker, decl->block->stmts[i]->value);
  if (decl->block && decl->block->value) check_holes(checker, decl->block->value);
}

void check_decl(Checker *checker, Decl *decl) {
  if (decl->kind == DECL_TYPE) {
    TypeExpr used = {.span = decl->name_span, .name = decl->name};
    declared_type(checker, decl, &used);
    return;
  }
  if (!check_signature(checker, decl, decl->name_span)) return;
  Inside inside = step_out(checker, decl);
  if (decl->kind == DECL_SITE) check_site(checker, decl);
  if (decl->kind != DECL_SITE && (decl->has_signature || decl->kind != DECL_FLOW)) bind_inputs(checker, decl);
  if (decl->kind == DECL_TASK) check_task(checker, decl);
  if (decl->kind == DECL_FN) check_fn(checker, decl);
  if (decl->kind == DECL_FLOW) check_flow(checker, decl);
  if (decl->has_holes && checker->in_pattern) check_decl_holes(checker, decl);
  checker->hole_outs = NULL;
  step_back(checker, &inside);
}
