/* cwl_type.c: types of documents, and how they are written in the language. */
#include "import/cwl.h"

#include <string.h>

enum { DEEPEST = 100 };

CType *ctype_new(Cwl *cwl, CKind kind) {
  CType *type = ARENA_NEW(cwl->session->arena, CType);
  type->kind = (uint8_t)kind;
  return type;
}

CType *ctype_array(Cwl *cwl, CType *elem) {
  CType *type = ctype_new(cwl, C_ARRAY);
  type->elem = elem;
  return type;
}

CType *ctype_option(Cwl *cwl, CType *elem) {
  if (elem->kind == C_OPTION || elem->kind == C_NULL) return elem;
  CType *type = ctype_new(cwl, C_OPTION);
  type->elem = elem;
  return type;
}

CType *ctype_present(CType *type) { return type->kind == C_OPTION ? type->elem : type; }

/* ---- reading ---- */

static const struct {
  const char *name;
  CKind kind;
} primitives[] = {{"null", C_NULL},     {"boolean", C_BOOL}, {"int", C_INT},       {"long", C_INT},
                  {"float", C_FLOAT},   {"double", C_FLOAT}, {"string", C_STRING}, {"File", C_FILE},
                  {"Directory", C_DIR}, {"Any", C_ANY},      {"stdout", C_STDOUT}, {"stderr", C_STDERR},
                  {"stdin", C_FILE}};

static CType *unknown(Cwl *cwl, const Tree *node, const char *text) {
  diag(cwl->session->diags, DIAG_DOCUMENT, node->span, "there is no type `%s`", text);
  return ctype_new(cwl, C_ANY);
}

static const Tree *schema_of(const Reqs *reqs, const char *name) {
  for (const Reqs *at = reqs; at; at = at->up) {
    Reqs own = {at->requirements, at->hints, NULL};
    const Tree *types = tree_get(cwl_req(&own, "SchemaDefRequirement"), "types");
    for (const Tree *type = types ? types->first : NULL; type; type = type->next) {
      const char *text = tree_get_text(type, "name");
      if (text && !strcmp(cwl_id(text), cwl_id(name))) return type;
    }
  }
  return NULL;
}

static CType *read_type(Cwl *cwl, const Reqs *reqs, const Tree *node, uint32_t depth);

static CType *read_name(Cwl *cwl, const Reqs *reqs, const Tree *node, const char *text, uint32_t depth) {
  size_t len = strlen(text);
  Arena *arena = cwl->session->arena;
  if (len > 1 && text[len - 1] == '?')
    return ctype_option(cwl, read_name(cwl, reqs, node, arena_text(arena, text, len - 1), depth + 1));
  if (len > 2 && depth < DEEPEST && !strcmp(text + len - 2, "[]"))
    return ctype_array(cwl, read_name(cwl, reqs, node, arena_text(arena, text, len - 2), depth + 1));
  for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
    if (!strcmp(primitives[i].name, text)) return ctype_new(cwl, primitives[i].kind);
  const Tree *schema = schema_of(reqs, text);
  if (!schema && strchr(text, '#')) {
    const char *file = arena_text(arena, text, strcspn(text, "#"));
    const Tree *root = *file ? cwl_document(cwl, cwl_path(cwl, node->span, file), node->span) : NULL;
    for (const Tree *type = root && root->kind == TREE_LIST ? root->first : root; type && !schema;
         type = type->next) {
      const char *name = tree_get_text(type, "name");
      if (name && !strcmp(cwl_id(name), cwl_id(text))) schema = type;
      if (root->kind != TREE_LIST) break;
    }
  }
  return schema ? read_type(cwl, reqs, schema, depth + 1) : unknown(cwl, node, text);
}

static CType *read_union(Cwl *cwl, const Reqs *reqs, const Tree *node, uint32_t depth) {
  CType *type = ctype_new(cwl, C_UNION);
  bool optional = false;
  type->alts = ARENA_ARRAY(cwl->session->arena, CType *, node->count);
  for (const Tree *item = node->first; item; item = item->next) {
    CType *alt = read_type(cwl, reqs, item, depth + 1);
    if (alt->kind == C_NULL || alt->kind == C_OPTION) optional = true;
    if (alt->kind != C_NULL) type->alts[type->count++] = ctype_present(alt);
  }
  if (!type->count) return ctype_new(cwl, C_NULL);
  if (type->count == 1) type = type->alts[0];
  return optional ? ctype_option(cwl, type) : type;
}

static void add_secondary(CType *type) {
  while (type->kind == C_OPTION || type->kind == C_ARRAY) type = type->elem;
  if (type->kind == C_FILE) type->secondary = true;
}

/* What says the type of an input, output or field. */
static const Tree *typed(const Tree *node) {
  const Tree *type = tree_given(node, "type");
  return type ? type : node;
}

static CType *read_record(Cwl *cwl, const Reqs *reqs, const Tree *node, uint32_t depth) {
  const Tree *fields = tree_get(node, "fields"), *at = NULL;
  CType *type = ctype_new(cwl, C_RECORD);
  Entry entry;
  Map taken = {0};
  type->fields = ARENA_ARRAY(cwl->session->arena, CField, fields ? fields->count : 0);
  while (cwl_next(cwl, fields, "name", &at, &entry)) {
    CType *field = read_type(cwl, reqs, typed(entry.node), depth + 1);
    if (tree_has(entry.node, "secondaryFiles")) add_secondary(field);
    type->fields[type->count++] = (CField){entry.name, cwl_local(cwl, &taken, entry.name), field, entry.node};
  }
  map_free(&taken);
  return type;
}

static CType *read_map(Cwl *cwl, const Reqs *reqs, const Tree *node, uint32_t depth) {
  const Tree *kind = tree_get(node, "type");
  CType *type;
  if (tree_is(kind, "array") && tree_has(node, "items")) {
    type = ctype_array(cwl, read_type(cwl, reqs, tree_get(node, "items"), depth + 1));
  } else if (tree_is(kind, "record")) {
    type = read_record(cwl, reqs, node, depth);
  } else if (tree_is(kind, "enum")) {
    type = ctype_new(cwl, C_STRING);
    type->symbols = tree_get(node, "symbols");
  } else if (kind) {
    type = read_type(cwl, reqs, kind, depth + 1);
  } else {
    return unknown(cwl, node, "{}");
  }
  if (tree_get(node, "inputBinding")) type->binding = tree_get(node, "inputBinding");
  return type;
}

static CType *read_type(Cwl *cwl, const Reqs *reqs, const Tree *node, uint32_t depth) {
  if (depth > DEEPEST) {
    diag(cwl->session->diags, DIAG_DOCUMENT_LIMIT, node->span, "a type inside of too many others");
    return ctype_new(cwl, C_ANY);
  }
  if (node->kind == TREE_NULL) return ctype_new(cwl, C_NULL);
  if (tree_is_scalar(node)) return read_name(cwl, reqs, node, node->text, depth);
  return node->kind == TREE_LIST ? read_union(cwl, reqs, node, depth) : read_map(cwl, reqs, node, depth);
}

CType *ctype_read(Cwl *cwl, const Reqs *reqs, const Tree *node) { return read_type(cwl, reqs, node, 0); }

CType *ctype_port(Cwl *cwl, const Reqs *reqs, const Tree *port) {
  CType *type = ctype_read(cwl, reqs, typed(port));
  if (tree_has(port, "secondaryFiles")) add_secondary(type);
  return type;
}

/* ---- of values ---- */

static CType *record_of_value(Cwl *cwl, const Tree *value) {
  CType *type = ctype_new(cwl, C_RECORD);
  Map taken = {0};
  type->fields = ARENA_ARRAY(cwl->session->arena, CField, value->count);
  for (const Tree *child = value->first; child; child = child->next)
    type->fields[type->count++] = (CField){child->key, cwl_local(cwl, &taken, child->key),
                                           ctype_of_value(cwl, child), NULL};
  map_free(&taken);
  return type;
}

CType *ctype_of_value(Cwl *cwl, const Tree *value) {
  static const CKind kinds[] = {C_NULL, C_BOOL, C_INT, C_FLOAT, C_STRING};
  if (value->kind == TREE_INT && strlen(value->text) > 18) return ctype_new(cwl, C_FLOAT);
  if (tree_is_scalar(value)) return ctype_new(cwl, kinds[value->kind]);
  if (value->kind == TREE_LIST) {
    CType *elem = NULL;
    for (const Tree *item = value->first; item; item = item->next) {
      CType *own = ctype_of_value(cwl, item);
      if (!elem || (elem->kind == C_INT && own->kind == C_FLOAT)) elem = own;
      if (own->secondary) elem = own;
    }
    return ctype_array(cwl, elem ? elem : ctype_new(cwl, C_STRING));
  }
  const Tree *class_name = tree_get(value, "class");
  CType *type = ctype_new(cwl, C_FILE);
  const Tree *secondary = tree_get(value, "secondaryFiles");
  type->secondary = secondary && secondary->count;
  if (tree_is(class_name, "File")) return type;
  if (tree_is(class_name, "Directory")) return ctype_new(cwl, C_DIR);
  return record_of_value(cwl, value);
}

bool ctype_open(const CType *type) {
  if (type->kind == C_ANY || type->kind == C_UNION) return true;
  if (type->kind == C_ARRAY || type->kind == C_OPTION) return ctype_open(type->elem);
  for (uint32_t i = 0; type->kind == C_RECORD && i < type->count; i++)
    if (ctype_open(type->fields[i].type)) return true;
  return false;
}

bool ctype_equal(const CType *a, const CType *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->secondary != b->secondary || a->count != b->count || a->binding != b->binding)
    return false;
  if (a->kind == C_ARRAY || a->kind == C_OPTION) return ctype_equal(a->elem, b->elem);
  for (uint32_t i = 0; a->kind == C_RECORD && i < a->count; i++)
    if (strcmp(a->fields[i].name, b->fields[i].name) || !ctype_equal(a->fields[i].type, b->fields[i].type))
      return false;
  for (uint32_t i = 0; a->kind == C_UNION && i < a->count; i++)
    if (!ctype_equal(a->alts[i], b->alts[i])) return false;
  return true;
}

/* ---- which of several ---- */

static bool fits(const CType *declared, const CType *given) {
  if (given->kind == C_ANY || declared->kind == C_ANY) return true;
  if (declared->kind == C_FLOAT && given->kind == C_INT) return true;
  if (declared->kind == C_UNION) {
    for (uint32_t i = 0; i < declared->count; i++)
      if (fits(declared->alts[i], given)) return true;
    return false;
  }
  if (declared->kind != given->kind) return false;
  if (declared->kind == C_ARRAY || declared->kind == C_OPTION) return fits(declared->elem, given->elem);
  for (uint32_t i = 0; declared->kind == C_RECORD && i < declared->count; i++) {
    bool found = declared->fields[i].type->kind == C_OPTION;
    for (uint32_t k = 0; k < given->count; k++)
      if (!strcmp(declared->fields[i].name, given->fields[k].name))
        found = fits(ctype_present(declared->fields[i].type), ctype_present(given->fields[k].type));
    if (!found) return false;
  }
  return true;
}

static CType *refine_record(Cwl *cwl, CType *declared, const CType *given) {
  CType *type = ctype_new(cwl, C_RECORD);
  *type = *declared;
  type->fields = ARENA_ARRAY(cwl->session->arena, CField, type->count);
  for (uint32_t i = 0; i < type->count; i++) {
    type->fields[i] = declared->fields[i];
    for (uint32_t k = 0; k < given->count; k++)
      if (!strcmp(given->fields[k].name, type->fields[i].name))
        type->fields[i].type = ctype_refine(cwl, type->fields[i].type, given->fields[k].type);
  }
  return type;
}

CType *ctype_refine(Cwl *cwl, CType *declared, CType *given) {
  if (given->kind == C_ANY || given->kind == C_NULL) return declared;
  if (declared->kind == C_ANY) return given;
  if (declared->kind == C_OPTION)
    return given->kind == C_OPTION ? ctype_option(cwl, ctype_refine(cwl, declared->elem, given->elem))
                                   : ctype_refine(cwl, declared->elem, given);
  if (given->kind == C_OPTION) return ctype_refine(cwl, declared, given->elem);
  for (uint32_t i = 0; declared->kind == C_UNION && i < declared->count; i++)
    if (fits(declared->alts[i], given)) return ctype_refine(cwl, declared->alts[i], given);
  CType *type = declared;
  if (declared->kind == C_ARRAY && given->kind == C_ARRAY) {
    type = ctype_new(cwl, C_ARRAY);
    *type = *declared;
    type->elem = ctype_refine(cwl, declared->elem, given->elem);
  } else if (declared->kind == C_RECORD && given->kind == C_RECORD) {
    type = refine_record(cwl, declared, given);
  } else if (declared->kind == C_FILE && given->kind == C_FILE && given->secondary && !declared->secondary) {
    type = ctype_new(cwl, C_FILE);
    *type = *declared;
    type->secondary = true;
  }
  return type;
}

/* ---- writing ---- */

static void write_fields(const CType *type, Text *into) {
  text_putc(into, '(');
  for (uint32_t i = 0; i < type->count; i++) {
    if (i) text_puts(into, ", ");
    text_addf(into, "%s: ", type->fields[i].wf);
    ctype_write(type->fields[i].type, into);
  }
  text_putc(into, ')');
}

void ctype_write(const CType *type, Text *into) {
  static const char *const names[] = {
      [C_NULL] = "String?", [C_BOOL] = "Bool", [C_INT] = "Int",    [C_FLOAT] = "Float", [C_STRING] = "String",
      [C_FILE] = "File",    [C_DIR] = "Dir",   [C_ANY] = "String", [C_STDOUT] = "File", [C_STDERR] = "File"};
  switch ((CKind)type->kind) {
    case C_ARRAY:
      text_putc(into, '[');
      ctype_write(type->elem, into);
      text_putc(into, ']');
      return;
    case C_OPTION:
      ctype_write(type->elem, into);
      text_putc(into, '?');
      return;
    case C_UNION:
      ctype_write(type->alts[0], into);
      return;
    case C_RECORD:
      write_fields(type, into);
      return;
    default:
      text_puts(into, type->secondary ? "(primary: File, secondary: [File])" : names[type->kind]);
  }
}

const char *ctype_text(Cwl *cwl, const CType *type) {
  Text text = {0};
  ctype_write(type, &text);
  return text_keep(&text, cwl->session->arena);
}
