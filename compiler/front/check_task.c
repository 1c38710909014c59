#include "front/check_task.h"
#include "front/quoting.h"

#include <string.h>

typedef struct AttrRow {
  const char *name, *type;
} AttrRow;

static const AttrRow task_attrs[] = {
#define ATTR(attr, name, type) {name, type},
#include "ir/attrs.def"
#undef ATTR
};

static const AttrRow site_attrs[] = {
#define SITE_ATTR(name, type) {name, type},
#include "front/sites.def"
#undef SITE_ATTR
};

enum {
  TASK_ATTRS = sizeof task_attrs / sizeof *task_attrs,
  SITE_ATTRS = sizeof site_attrs / sizeof *site_attrs
};

/* The row of an attribute; NULL and told when there is none, or when it was given before. */
static const AttrRow *find_attr(Checker *checker, const Decl *decl, uint32_t at, const AttrRow *rows,
                                uint32_t count) {
  Session *session = checker->session;
  const Attr *attr = &decl->attrs[at];
  Suggestion nearest = {.name = name_of(session, attr->name)};
  for (uint32_t i = 0; i < at; i++) {
    bool many = decl->kind == DECL_SITE && !strcmp(nearest.name, "link");
    if (decl->attrs[i].name != attr->name || many) continue;
    Diag *told = diag(session->diags, DIAG_ATTR_TWICE, attr->span, "attribute `%s` is given twice",
                      nearest.name);
    diag_note(session->diags, told, decl->attrs[i].span, "given here first");
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(rows[i].name, nearest.name)) return &rows[i];
  for (uint32_t i = 0; i < count; i++) suggest(&nearest, rows[i].name);
  Diag *told = diag(session->diags, DIAG_ATTR_UNKNOWN, attr->span, "unknown attribute `%s`", nearest.name);
  if (nearest.best) diag_help(session->diags, told, "did you mean `%s`?", nearest.best);
  return NULL;
}

/* The type that a row's text names, when it is a single one. */
static TypeId row_type(Checker *checker, const AttrRow *row) {
  int8_t unit[UNIT_COUNT];
  const char *text = row->type;
  if (!strcmp(text, "Int")) return T_INT;
  if (!strcmp(text, "Float")) return T_FLOAT;
  if (!strcmp(text, "String")) return T_STRING;
  if (!strcmp(text, "[Int]")) return type_array(checker->types, T_INT);
  bool uncertain = !strcmp(text, "Uncertain<Duration>");
  if (!unit_type_find(uncertain ? "Duration" : text, unit)) return T_ERROR;
  TypeId type = type_quantity(checker->types, unit);
  return uncertain ? type_uncertain(checker->types, type) : type;
}

static void bad_attr(Checker *checker, const Attr *attr, const AttrRow *row, TypeId got) {
  diag(checker->session->diags, DIAG_TYPE, attr->value->span, "attribute `%s` is %s, not %s", row->name,
       row->type, type_name(checker, got));
}

static void check_env(Checker *checker, const Attr *attr, const AttrRow *row) {
  if (attr->value->kind != EXPR_RECORD) {
    bad_attr(checker, attr, row, check_expr(checker, attr->value, T_ERROR));
    return;
  }
  for (uint32_t i = 0; i < attr->value->record.count; i++)
    check_value(checker, attr->value->record.fields[i].value, T_STRING, "an environment variable");
}

static void check_stage(Checker *checker, const Decl *decl, const Attr *attr, const AttrRow *row) {
  if (attr->value->kind != EXPR_RECORD) {
    bad_attr(checker, attr, row, check_expr(checker, attr->value, T_ERROR));
    return;
  }
  for (uint32_t i = 0; i < attr->value->record.count; i++) {
    const Arg *entry = &attr->value->record.fields[i];
    bool found = false;
    for (uint32_t k = 0; k < decl->in_count; k++) {
      TypeKind kind = type_kind(checker->types, decl->ins[k].type);
      found |= decl->ins[k].name == entry->name && (kind == T_FILE || kind == T_DIR);
    }
    if (!found)
      diag(checker->session->diags, DIAG_STAGE, entry->span, "`%s` is no input of type File or Dir",
           name_of(checker->session, entry->name));
    check_value(checker, entry->value, T_STRING, "the name of a staged file");
  }
}

static void check_stdin(Checker *checker, const Attr *attr, const AttrRow *row) {
  TypeId type = check_expr(checker, attr->value, T_ERROR);
  TypeKind kind = type_kind(checker->types, type);
  if (kind != T_FILE && kind != T_STRING && kind != T_ERROR) bad_attr(checker, attr, row, type);
}

static void check_attrs(Checker *checker, Decl *decl) {
  for (uint32_t i = 0; i < decl->attr_count; i++) {
    Attr *attr = &decl->attrs[i];
    const AttrRow *row = find_attr(checker, decl, i, task_attrs, TASK_ATTRS);
    if (!row) continue;
    switch ((AttrKind)(row - task_attrs)) {
      case ATTR_ENV:
        check_env(checker, attr, row);
        break;
      case ATTR_STAGE:
        check_stage(checker, decl, attr, row);
        break;
      case ATTR_STDIN:
        check_stdin(checker, attr, row);
        break;
      default:
        check_value(checker, attr->value, row_type(checker, row),
                    arena_format(checker->session->arena, "attribute `%s`", row->name));
    }
  }
}

bool output_fits(const Types *types, TypeId from_id, TypeId to_id) {
  if (type_fits(types, from_id, to_id)) return true;
  const Type *from = type_of(types, from_id), *to = type_of(types, to_id);
  if (to->kind == T_OPTION)
    return output_fits(types, from->kind == T_OPTION ? from->args[0] : from_id, to->args[0]);
  if (to->kind == T_FILE || to->kind == T_DIR)
    return from->kind == T_STRING || (from->kind == to->kind && to->kind == T_FILE && !from->tag);
  if (from->kind != to->kind || from->count != to->count) return false;
  if (to->kind == T_ARRAY) return output_fits(types, from->args[0], to->args[0]);
  if (to->kind != T_RECORD) return false;
  for (uint32_t i = 0; i < to->count; i++)
    if (from->names[i] != to->names[i] || !output_fits(types, from->args[i], to->args[i])) return false;
  return true;
}

static void check_outputs(Checker *checker, Decl *decl) {
  Session *session = checker->session;
  checker->in_outputs = true;
  for (uint32_t i = 0; i < decl->out_count; i++) {
    Param *out = &decl->outs[i];
    if (!out->value) {
      Diag *told = diag(session->diags, DIAG_OUTPUT_MISSING, out->span,
                        "output `%s` of a task says not what it is made of", name_of(session, out->name));
      diag_help(session->diags, told,
                "write `%s: %s = \"the path\"`, or a reader such as `stdout` or `read_int(...)`",
                name_of(session, out->name), type_name(checker, out->type));
      continue;
    }
    TypeId got = check_expr(checker, out->value, out->type);
    if (!output_fits(checker->types, got, out->type))
      diag(session->diags, DIAG_TYPE, out->value->span, "output `%s` is %s, and this is %s",
           name_of(session, out->name), type_name(checker, out->type), type_name(checker, got));
  }
  checker->in_outputs = false;
}

bool is_raw(const Expr *expr) {
  return expr->kind == EXPR_CALL && expr->call.callee->kind == EXPR_NAME &&
         expr->call.callee->ref == REF_BUILTIN && expr->call.callee->name.builtin == BUILTIN_RAW;
}

/* Values must stand where they can be quoted: a word, or quotes of a shell. */
static void check_quoting(Checker *checker, const Decl *decl) {
  Session *session = checker->session;
  Quoting quoting = {
      .language = interpreter_find(decl->interpreter ? name_of(session, decl->interpreter) : "sh")->language};
  for (uint32_t i = 0; i < decl->command->string.count; i++) {
    const Part *part = &decl->command->string.parts[i];
    if (!part->expr) {
      quoting_text(&quoting, name_of(session, part->text), sym_len(session->names, part->text));
      continue;
    }
    if (quoting.at > QUOTED_DOUBLE && !is_raw(part->expr)) {
      Diag *told = diag(session->diags, DIAG_QUOTES, part->span, "a value cannot be quoted inside %s",
                        quoted_text(quoting.at));
      bool literal = quoting.at == QUOTED_LITERAL;
      diag_help(session->diags, told,
                literal ? "write it without the quotes: the value becomes a literal of its own"
                        : "assign it to a variable on a line of its own, and use that here");
    }
    quoting_value(&quoting);
  }
}

void check_task(Checker *checker, Decl *decl) {
  Session *session = checker->session;
  if (decl->flags & DECL_VOLATILE) decl->is_volatile = true;
  if (!decl->out_count && !decl->is_volatile) {
    Diag *told = diag(session->diags, DIAG_NO_OUTPUT, decl->name_span,
                      "task `%s` has no outputs, so it would never run", name_of(session, decl->name));
    diag_help(session->diags, told, "declare outputs, or write `volatile task` if it acts on the world");
  }
  check_attrs(checker, decl);
  check_outputs(checker, decl);
  checker->in_command = true;
  if (decl->command) check_expr(checker, decl->command, T_STRING);
  checker->in_command = false;
  if (decl->command) check_quoting(checker, decl);
}

/* Inside a record of a site, `to: laptop` names another site. */
static bool is_site_name(Checker *checker, const Expr *expr) {
  if (expr->kind != EXPR_NAME) return false;
  Decl *decl = scope_decl(checker, NULL, expr->name.name);
  return decl && decl->kind == DECL_SITE;
}

static void check_site_value(Checker *checker, const Attr *attr, const AttrRow *row) {
  TypeId wanted = row_type(checker, row);
  if (wanted) {
    check_value(checker, attr->value, wanted,
                arena_format(checker->session->arena, "attribute `%s`", row->name));
    return;
  }
  if (attr->value->kind == EXPR_RECORD) {
    for (uint32_t i = 0; i < attr->value->record.count; i++)
      if (!is_site_name(checker, attr->value->record.fields[i].value))
        check_expr(checker, attr->value->record.fields[i].value, T_ERROR);
    if (!strcmp(row->type, "a record")) return;
  }
  TypeKind kind = type_kind(checker->types, check_expr(checker, attr->value, T_ERROR));
  bool fine = kind == T_ERROR || kind == T_QUANTITY || (kind == T_STRING && !strncmp(row->type, "String", 6));
  if (!fine || !strcmp(row->type, "a record")) bad_attr(checker, attr, row, attr->value->type);
}

void check_site(Checker *checker, Decl *decl) {
  for (uint32_t i = 0; i < decl->attr_count; i++) {
    const AttrRow *row = find_attr(checker, decl, i, site_attrs, SITE_ATTRS);
    if (row) check_site_value(checker, &decl->attrs[i], row);
  }
}
