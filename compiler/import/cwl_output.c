/* cwl_output.c: what the outputs of a tool are made of. */
#include "import/cwl.h"

#include <string.h>

static bool is_pattern(const char *text) { return strpbrk(text, "*?[") != NULL; }

typedef struct Globs {
  const char *all;  /* as an array of files */
  const char *only; /* a single path that is no pattern, as a String; or NULL */
  bool patterns;
} Globs;

static const char *folder(Cwl *cwl, const char *text) {
  size_t len = strlen(text);
  return len > 1 && text[len - 1] == '/' ? arena_text(cwl->session->arena, text, len - 1) : text;
}

static void add_glob(Cwl *cwl, const Scope *scope, const Tree *node, Globs *globs) {
  CType *string = ctype_new(cwl, C_STRING);
  bool expression = cwl_is_expression(node);
  const char *text, *prefix = globs->all ? CWL_FORMAT(cwl, "%s + ", globs->all) : "";
  if (!expression && tree_text(node)) {
    text = cwl_quoted(cwl, folder(cwl, node->text));
    if (is_pattern(node->text)) globs->patterns = true;
  } else {
    Value value = cwl_value(cwl, scope, node, NULL);
    if (value.wf && !strncmp(value.wf, "js ", 3))
      value = cwl_value(cwl, scope, node, ctype_array(cwl, string)); /* or one */
    if (value.wf && value.type->kind == C_ARRAY) {
      globs->all = CWL_FORMAT(cwl, "%sflatten(for p in %s { glob(p) })", prefix, value.wf);
      globs->patterns = true;
      return;
    }
    text = cwl_string(cwl, value);
  }
  globs->only = globs->all ? NULL : text;
  globs->all = CWL_FORMAT(cwl, "%sglob(%s)", prefix, text);
}

static Globs globs_of(Cwl *cwl, const Scope *scope, const Tree *binding) {
  const Tree *glob = tree_given(binding, "glob");
  Globs globs = {0};
  if (glob && glob->kind == TREE_LIST)
    for (const Tree *item = glob->first; item; item = item->next) add_glob(cwl, scope, item, &globs);
  else if (glob)
    add_glob(cwl, scope, glob, &globs);
  return globs;
}

/* ---- files beside a file ---- */

static const char *beside(Cwl *cwl, const char *path, const char *pattern) {
  uint32_t carets = 0;
  while (*pattern == '^') pattern++, carets++;
  if (!carets) return CWL_FORMAT(cwl, "%s + %s", path, cwl_quoted(cwl, pattern));
  const char *source = CWL_FORMAT(cwl, "p.replace(/(\\.[^.\\/]*){1,%u}$/, \"\") + s", carets);
  return CWL_FORMAT(cwl, "js String(%s, (p: %s, s: %s))", cwl_quoted(cwl, source), path,
                    cwl_quoted(cwl, pattern));
}

static const char *secondary_of(Cwl *cwl, const Tree *port, const char *path) {
  const Tree *all = tree_get(port, "secondaryFiles");
  const char *text = NULL;
  for (const Tree *item = all && all->kind == TREE_LIST ? all->first : all; item; item = item->next) {
    const char *pattern = item->kind == TREE_MAP ? tree_get_text(item, "pattern") : tree_text(item);
    if (!pattern || cwl_is_expression(item->kind == TREE_MAP ? tree_get(item, "pattern") : item)) {
      cwl_unsupported(cwl, item->span, "secondaryFiles as an expression");
      continue;
    }
    size_t len = strlen(pattern);
    if (len && pattern[len - 1] == '?') pattern = arena_text(cwl->session->arena, pattern, len - 1);
    const char *found = CWL_FORMAT(cwl, "glob(%s)", beside(cwl, path, pattern));
    text = text ? CWL_FORMAT(cwl, "%s + %s", text, found) : found;
    if (all->kind != TREE_LIST) break;
  }
  return text ? text : "[]";
}

/* ---- by type ---- */

static const char *one_file(Cwl *cwl, const CType *type, const Tree *port, const Globs *globs) {
  const char *one = globs->only && !globs->patterns ? globs->only : CWL_FORMAT(cwl, "(%s)[0]", globs->all);
  if (!type->secondary) return one;
  const char *path = globs->only && !globs->patterns ? globs->only : CWL_FORMAT(cwl, "basename(%s)", one);
  return CWL_FORMAT(cwl, "(primary: %s, secondary: %s)", one, secondary_of(cwl, port, path));
}

static const char *optional_file(Cwl *cwl, const CType *type, const Tree *port, const Globs *globs) {
  if (globs->only && !globs->patterns && !type->elem->secondary) return globs->only;
  return CWL_FORMAT(cwl, "if length(%s) > 0 { %s }", globs->all, one_file(cwl, type->elem, port, globs));
}

static const char *found(Cwl *cwl, const Scope *scope, const CType *type, const Tree *port,
                         const Tree *binding) {
  Globs globs = globs_of(cwl, scope, binding);
  if (!globs.all) return NULL;
  const CType *inner = type;
  while (inner->kind == C_OPTION || inner->kind == C_ARRAY) inner = inner->elem;
  if (inner->kind == C_DIR && (globs.patterns || (type->kind != C_DIR && !globs.only))) {
    cwl_unsupported(cwl, tree_get(binding, "glob")->span, "directories by a pattern");
    return "none";
  }
  switch ((CKind)type->kind) {
    case C_FILE:
      return one_file(cwl, type, port, &globs);
    case C_DIR:
      return globs.only ? globs.only : "\".\"";
    case C_OPTION:
      return type->elem->kind == C_ARRAY ? found(cwl, scope, type->elem, port, binding)
                                         : optional_file(cwl, type, port, &globs);
    case C_ARRAY:
      if (inner->kind == C_DIR) return CWL_FORMAT(cwl, "[%s]", globs.only);
      if (!inner->secondary) return globs.all;
      return CWL_FORMAT(cwl, "for f in %s { (primary: f, secondary: %s) }", globs.all,
                        secondary_of(cwl, port, "basename(f)"));
    default:
      return NULL;
  }
}

static const char *record(Cwl *cwl, const Scope *scope, const CType *type) {
  Text text = {0};
  text_putc(&text, '(');
  for (uint32_t i = 0; i < type->count; i++) {
    CField *field = &type->fields[i];
    text_addf(&text, "%s%s: %s", i ? ", " : "", field->wf,
              cwl_output(cwl, scope, &field->type, field->node, field->name));
  }
  text_putc(&text, ')');
  return text_keep(&text, cwl->session->arena);
}

static const char *or_none(Value value) { return value.wf ? value.wf : "none"; }

static const char *evaluated(Cwl *cwl, const Scope *scope, CType **type, const Tree *binding,
                             const Tree *eval) {
  Globs globs = globs_of(cwl, scope, binding);
  Scope inner = *scope;
  if (globs.all) inner.self = (Value){globs.all, ctype_array(cwl, ctype_new(cwl, C_FILE))};
  if (!ctype_open(*type)) return or_none(cwl_value(cwl, &inner, eval, *type));
  Value value = cwl_value(cwl, &inner, eval, NULL);
  CType *string = ctype_new(cwl, C_STRING);
  if (!value.wf || !strncmp(value.wf, "js ", 3) || ctype_open(value.type))
    value = (Value){cwl_js(cwl, &inner, cwl_as_json(cwl, cwl_script(cwl, &inner, eval), NULL), string),
                    ctype_new(cwl, C_ANY)};
  *type = value.type;
  return value.wf;
}

static bool has_fields_bound(const CType *type) {
  for (uint32_t i = 0; type->kind == C_RECORD && i < type->count; i++)
    if (type->fields[i].node && tree_get(type->fields[i].node, "outputBinding")) return true;
  return false;
}

static bool is_name(const char *text) {
  return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(text) &&
         !(*text >= '0' && *text <= '9');
}

const char *cwl_output(Cwl *cwl, const Scope *scope, CType **of, const Tree *port, const char *name) {
  const CType *type = *of;
  const Tree *binding = tree_get(port, "outputBinding"), *eval = tree_get(binding, "outputEval");
  if (type->kind == C_STDOUT) return scope->out_name ? scope->out_name : "stdout";
  if (type->kind == C_STDERR) return scope->err_name;
  if (eval && tree_text(eval)) return evaluated(cwl, scope, of, binding, eval);
  const char *files = binding ? found(cwl, scope, type, port, binding) : NULL;
  if (files) return files;
  if (has_fields_bound(type)) return record(cwl, scope, type);
  if (binding || !is_name(name)) {
    cwl_unsupported(cwl, port->span, "an output of this type by its binding");
    return "none";
  }
  if (ctype_open(type)) cwl_unsupported(cwl, port->span, "an output of any type");
  return CWL_FORMAT(cwl, "read_json(\"cwl.output.json\").%s", name);
}
