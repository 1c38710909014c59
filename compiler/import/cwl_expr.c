/* cwl_expr.c: parameter references as expressions of the language; all else as JavaScript, kept as it is. */
#include "import/cwl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where expressions are in a text ---- */

typedef struct Segment {
  const char *text; /* without `$(` and `)` of an expression */
  size_t len;
  char kind; /* 't' text, '(' expression, '{' body of a function */
} Segment;
typedef VEC(Segment) Segments;

/* The end of what begins behind an opening bracket; brackets inside of strings do not count. NULL: never. */
static const char *closing(const char *at, const char *end, char open, char close) {
  int depth = 1;
  for (; at < end; at++) {
    if (*at == '\\') {
      at++;
    } else if (*at == '"' || *at == '\'') {
      char quote = *at;
      for (at++; at < end && *at != quote; at++) at += *at == '\\';
    } else if (open == '{' && *at == '/' && at + 1 < end && at[1] == '/') {
      while (at < end && *at != '\n') at++;
    } else if (*at == open) {
      depth++;
    } else if (*at == close && --depth == 0) {
      return at;
    }
  }
  return NULL;
}

static void add_text(Cwl *cwl, Segments *segments, Text *plain) {
  if (!plain->len) return;
  vec_push(segments, (Segment){arena_text(cwl->session->arena, plain->data, plain->len), plain->len, 't'});
  plain->len = 0;
}

static bool split(Cwl *cwl, const Tree *node, bool bodies, Segments *segments) {
  const char *at = node->text, *end = at + node->len;
  Text plain = {0};
  bool fine = true;
  while (at < end && fine) {
    bool opens = *at == '$' && at + 1 < end && (at[1] == '(' || (bodies && at[1] == '{'));
    if (*at == '\\' && end - at > 2 && at[1] == '$' && (at[2] == '(' || at[2] == '{')) {
      text_add(&plain, at + 1, 2);
      at += 3;
    } else if (*at == '\\' && end - at > 1 && at[1] == '\\') {
      text_putc(&plain, '\\');
      at += 2;
    } else if (!opens) {
      text_putc(&plain, *at++);
    } else {
      const char *close = closing(at + 2, end, at[1], at[1] == '(' ? ')' : '}');
      fine = close != NULL;
      if (!fine) break;
      add_text(cwl, segments, &plain);
      vec_push(segments, (Segment){at + 2, (size_t)(close - at - 2), at[1]});
      at = close + 1;
    }
  }
  add_text(cwl, segments, &plain);
  text_free(&plain);
  if (!fine) diag(cwl->session->diags, DIAG_CWL_EXPRESSION, node->span, "an expression that does not end");
  return fine;
}

bool cwl_is_expression(const Tree *node) {
  return node && node->kind == TREE_STRING && (strstr(node->text, "$(") || strstr(node->text, "${"));
}

/* ---- parameter references ---- */

typedef struct Path {
  const char *names[32]; /* NULL: an index */
  int64_t indices[32];
  uint32_t count;
} Path;

static const char *read_part(Cwl *cwl, const char *at, const char *end, Path *path) {
  const char *name = NULL;
  int64_t index = 0;
  if (*at == '.' || path->count == 0) {
    at += *at == '.';
    const char *from = at;
    while (at < end && (isalnum((unsigned char)*at) || *at == '_' || (unsigned char)*at >= 128)) at++;
    if (at == from) return NULL;
    name = arena_text(cwl->session->arena, from, (size_t)(at - from));
  } else if (*at == '[' && at + 1 < end && (at[1] == '\'' || at[1] == '"')) {
    const char quote = at[1], *from = at + 2;
    char *plain = arena_text(cwl->session->arena, from, (size_t)(end - from)), *to = plain;
    for (at = from; at < end && *at != quote; at++) {
      if (*at == '\\' && at + 1 < end) at++;
      *to++ = *at;
    }
    *to = 0;
    if (at + 1 >= end || at[1] != ']') return NULL;
    name = plain;
    at += 2;
  } else if (*at == '[') {
    char *stop;
    index = strtoll(at + 1, &stop, 10);
    if (stop == at + 1 || stop >= end || *stop != ']' || index < 0) return NULL;
    at = stop + 1;
  } else {
    return NULL;
  }
  path->names[path->count] = name;
  path->indices[path->count++] = index;
  return at;
}

static bool read_path(Cwl *cwl, const Segment *segment, Path *path) {
  const char *at = segment->text, *end = at + segment->len;
  while (at < end && *at == ' ') at++;
  while (end > at && end[-1] == ' ') end--;
  while (at && at < end && path->count < 32) at = read_part(cwl, at, end, path);
  return at == end && path->count;
}

static bool is_staged(Cwl *cwl, const Scope *scope, const Path *path) {
  if (!scope->staged || path->count < 2 || strcmp(path->names[0], "inputs") || !path->names[1]) return false;
  return map_get(scope->staged, cwl_key(cwl, path->names[1])) != 0;
}

static const char *plain_file(Cwl *cwl, Value file) {
  return file.type->secondary ? CWL_FORMAT(cwl, "%s.primary", file.wf) : file.wf;
}

/* An attribute of a file; wf NULL: JavaScript has to find it. */
static Value file_part(Cwl *cwl, Value file, const char *name, bool staged) {
  const char *plain = plain_file(cwl, file);
  if (!strcmp(name, "path") && staged)
    return (Value){CWL_FORMAT(cwl, "basename(%s)", plain), ctype_new(cwl, C_STRING)};
  if (!strcmp(name, "path")) return (Value){CWL_FORMAT(cwl, "path(%s)", plain), ctype_new(cwl, C_STRING)};
  if (!strcmp(name, "basename"))
    return (Value){CWL_FORMAT(cwl, "basename(%s)", plain), ctype_new(cwl, C_STRING)};
  if (!strcmp(name, "size") && file.type->kind == C_FILE)
    return (Value){CWL_FORMAT(cwl, "int(size(%s) / 1 B)", plain), ctype_new(cwl, C_INT)};
  return (Value){0};
}

static Value part(Cwl *cwl, Value of, const char *name, int64_t index, bool staged) {
  if (!name && of.type->kind == C_ARRAY)
    return (Value){CWL_FORMAT(cwl, "%s[%lld]", of.wf, (long long)index), of.type->elem};
  if (!name) return (Value){0};
  if (of.type->kind == C_FILE || of.type->kind == C_DIR) return file_part(cwl, of, name, staged);
  for (uint32_t i = 0; of.type->kind == C_RECORD && i < of.type->count; i++)
    if (!strcmp(of.type->fields[i].name, name))
      return (Value){CWL_FORMAT(cwl, "%s.%s", of.wf, of.type->fields[i].wf), of.type->fields[i].type};
  if (of.type->kind == C_ARRAY && !strcmp(name, "length"))
    return (Value){CWL_FORMAT(cwl, "length(%s)", of.wf), ctype_new(cwl, C_INT)};
  return (Value){0};
}

static Value runtime_part(Cwl *cwl, const Scope *scope, const char *name) {
  if (!name) return (Value){0};
  if (!strcmp(name, "cores")) return (Value){scope->cores, ctype_new(cwl, C_INT)};
  if (!strcmp(name, "ram")) return (Value){scope->ram, ctype_new(cwl, C_INT)};
  return (Value){0};
}

static const CPort *find_input(const Scope *scope, const char *name) {
  for (uint32_t i = 0; i < scope->count; i++)
    if (!strcmp(scope->inputs[i].name, name)) return &scope->inputs[i];
  return NULL;
}

/* What a reference is; wf NULL and a type: absent. Both NULL: not to be said without JavaScript. */
static Value reference(Cwl *cwl, const Scope *scope, const Path *path) {
  Value value = {0};
  uint32_t from = 1;
  if (!strcmp(path->names[0], "null") && path->count == 1) return (Value){NULL, ctype_new(cwl, C_NULL)};
  if (!strcmp(path->names[0], "self")) {
    value = scope->self;
    if (!value.type) value.type = ctype_new(cwl, C_NULL);
  } else if (!strcmp(path->names[0], "runtime") && scope->cores && path->count == 2) {
    return runtime_part(cwl, scope, path->names[1]);
  } else if (!strcmp(path->names[0], "inputs") && path->count > 1 && path->names[1]) {
    const CPort *port = find_input(scope, path->names[1]);
    if (port) value = (Value){port->wf, port->type};
    from = 2;
  }
  for (uint32_t i = from; i < path->count && value.wf; i++) {
    bool last = i + 1 == path->count;
    if (value.type->kind == C_OPTION) return (Value){0};
    value = part(cwl, value, path->names[i], path->indices[i], last && i == 2 && is_staged(cwl, scope, path));
  }
  if (!value.wf && value.type && path->count > from) return (Value){0};
  return value;
}

/* ---- JavaScript ---- */

static bool mentions(const char *source, const char *name) {
  size_t len = strlen(name);
  for (const char *at = source; (at = strstr(at, name)); at += len) {
    bool begins = at == source ||
                  !(isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '$' || at[-1] == '.');
    bool ends = !(isalnum((unsigned char)at[len]) || at[len] == '_' || at[len] == '$');
    if (begins && ends) return true;
  }
  return false;
}

/* Whether all inputs may be looked at: `inputs` stands there without the name of one. */
static bool needs_all(const char *source) {
  for (const char *at = source; (at = strstr(at, "inputs")); at += 6)
    if (at[6] != '.' && !(at[6] == '[' && (at[7] == '"' || at[7] == '\''))) return true;
  return false;
}

static bool is_plain(const char *name) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !name[strspn(name, letters)] && !isdigit((unsigned char)*name);
}

static void put_key(const char *name, Text *fix) {
  text_putc(fix, '[');
  text_json(fix, name, strlen(name));
  text_putc(fix, ']');
}

/* What has another name in the language gets its own again. */
static void put_fix(const CPort *port, const char *field, Text *fix) {
  bool parsed = port->wf && port->type->kind == C_ANY;
  if (strcmp(port->name, field) != 0 || parsed || !port->wf) {
    text_puts(fix, "inputs");
    put_key(port->name, fix);
    text_addf(fix, !port->wf ? " = null; " : parsed ? " = JSON.parse(inputs.%s); " : " = inputs.%s; ", field);
  }
  for (uint32_t i = 0; port->wf && port->type->kind == C_RECORD && i < port->type->count; i++) {
    const CField *inner = &port->type->fields[i];
    if (!strcmp(inner->name, inner->wf)) continue;
    text_addf(fix, "inputs.%s", field);
    put_key(inner->name, fix);
    text_addf(fix, " = inputs.%s.%s; delete inputs.%s.%s; ", field, inner->wf, field, inner->wf);
  }
}

static void put_inputs(const Scope *scope, const char *source, Text *args, Text *fix) {
  bool all = needs_all(source), first = true;
  text_puts(args, "inputs: (");
  for (uint32_t i = 0; i < scope->count; i++) {
    const CPort *port = &scope->inputs[i];
    char other[32];
    if (!all && !strstr(source, port->name)) continue;
    snprintf(other, sizeof other, "i_%u", i);
    const char *field = is_plain(port->name) ? port->name : other;
    put_fix(port, field, fix);
    if (!port->wf) continue;
    text_addf(args, "%s%s: %s", first ? "" : ", ", field, port->wf);
    first = false;
  }
  text_puts(args, first ? "no_input: false)" : ")");
}

static void put_library(const Scope *scope, Text *into) {
  const Tree *library = tree_get(cwl_req(scope->reqs, "InlineJavascriptRequirement"), "expressionLib");
  for (const Tree *item = library ? library->first : NULL; item; item = item->next)
    if (tree_text(item)) text_addf(into, "%s;\n", item->text);
}

const char *cwl_js(Cwl *cwl, const Scope *scope, const char *source, const CType *type) {
  Text library = {0}, args = {0}, fix = {0};
  put_library(scope, &library);
  const char *all = library.len ? CWL_FORMAT(cwl, "%s%s", library.data, source) : source;
  if (mentions(all, "inputs")) put_inputs(scope, all, &args, &fix);
  if (mentions(all, "self") && scope->self.wf)
    text_addf(&args, "%sself: %s", args.len ? ", " : "", scope->self.wf);
  if (mentions(all, "self") && !scope->self.wf) text_puts(&fix, "var self = null; ");
  if (mentions(all, "runtime") && scope->cores)
    text_addf(&args,
              "%sruntime: (cores: %s, ram: %s, outdir: \".\", tmpdir: \"/tmp\", outdirSize: 1024, "
              "tmpdirSize: 1024)",
              args.len ? ", " : "", scope->cores, scope->ram);
  if (library.len || fix.len)
    source = CWL_FORMAT(cwl, "(function() { %s%sreturn (%s); })()", library.len ? library.data : "",
                        fix.len ? fix.data : "", source);
  const char *text = CWL_FORMAT(cwl, args.len ? "js %s(%s, (%s))" : "js %s(%s)", ctype_text(cwl, type),
                                cwl_quoted(cwl, source), args.len ? args.data : "");
  text_free(&library);
  text_free(&args);
  text_free(&fix);
  return text;
}

static const char *js_of(Cwl *cwl, const Segment *segment) {
  if (segment->kind == '(') return arena_text(cwl->session->arena, segment->text, segment->len);
  return CWL_FORMAT(cwl, "(function() {%.*s})()", (int)segment->len, segment->text);
}

static bool has_js(const Scope *scope) { return cwl_req(scope->reqs, "InlineJavascriptRequirement") != NULL; }

/* Of a reference that JavaScript is to find although the document does not ask for it: an attribute of a file. */
static bool reference_fits(Cwl *cwl, const Scope *scope, const Path *path, Span span) {
  const char *first = path->names[0];
  bool input = !strcmp(first, "inputs"),
       known = input || !strcmp(first, "self") || !strcmp(first, "runtime") || !strcmp(first, "null");
  if (!known) {
    diag(cwl->session->diags, DIAG_CWL_EXPRESSION, span, "`%s` is neither `inputs`, `self` nor `runtime`",
         first);
    return false;
  }
  if (!input || path->count < 2 || !path->names[1]) return true;
  const CPort *port = find_input(scope, path->names[1]);
  if (!port) {
    Suggestion near = {.name = path->names[1]};
    for (uint32_t i = 0; i < scope->count; i++) suggest(&near, scope->inputs[i].name);
    Diag *told = diag(cwl->session->diags, DIAG_CWL_EXPRESSION, span, "there is no input `%s`", near.name);
    if (near.best) diag_help(cwl->session->diags, told, "did you mean `%s`?", near.best);
    return false;
  }
  bool broken = path->count > 2 && path->names[2] && port->type->kind != C_FILE &&
                port->type->kind != C_DIR && port->type->kind != C_RECORD && port->type->kind != C_OPTION &&
                port->type->kind != C_ANY && port->type->kind != C_UNION;
  if (broken && !(port->type->kind == C_ARRAY && !strcmp(path->names[2], "length"))) {
    diag(cwl->session->diags, DIAG_CWL_EXPRESSION, span, "`%s` has no `%s`", path->names[1], path->names[2]);
    return false;
  }
  return true;
}

static Value segment_value(Cwl *cwl, const Scope *scope, const Segment *segment, Span span, CType *wanted) {
  Path path = {0};
  bool is_path = segment->kind == '(' && read_path(cwl, segment, &path);
  Value value = is_path ? reference(cwl, scope, &path) : (Value){0};
  if (value.wf || value.type) return value;
  if (!has_js(scope) && !is_path) {
    Diag *told = diag(cwl->session->diags, DIAG_CWL_EXPRESSION, span,
                      "this is more than a parameter reference");
    diag_help(cwl->session->diags, told, "JavaScript needs `InlineJavascriptRequirement`");
    return (Value){"\"\"", ctype_new(cwl, C_STRING)};
  }
  if (!has_js(scope) && !reference_fits(cwl, scope, &path, span))
    return (Value){"\"\"", ctype_new(cwl, C_STRING)};
  CType *type = wanted ? wanted : ctype_new(cwl, C_STRING);
  return (Value){cwl_js(cwl, scope, js_of(cwl, segment), type), type};
}

/* ---- values ---- */

const char *cwl_string(Cwl *cwl, Value value) {
  if (!value.wf) return "\"null\"";
  switch ((CKind)value.type->kind) {
    case C_STRING:
      return value.wf;
    case C_FILE:
    case C_DIR:
      return CWL_FORMAT(cwl, "path(%s)", plain_file(cwl, value));
    default:
      return CWL_FORMAT(cwl, "str(%s)", value.wf);
  }
}

static bool has_plain_text(const Value *value) {
  return !value->wf || value->type->kind == C_STRING || value->type->kind == C_INT ||
         value->type->kind == C_FLOAT || value->type->kind == C_BOOL;
}

/* In the middle of a text, what is no text is its JSON. */
static const char *shown(Cwl *cwl, const char *source) {
  return CWL_FORMAT(
      cwl,
      "(function(v) { return typeof v == \"string\" ? v : JSON.stringify(v === undefined ? null : v); })(%s)",
      source);
}

static const char *join(Cwl *cwl, const Scope *scope, const Segments *segments, Span span) {
  Text text = {0};
  for (uint32_t i = 0; i < segments->len; i++) {
    const Segment *segment = &segments->data[i];
    if (i) text_puts(&text, " + ");
    if (segment->kind == 't') {
      text_puts(&text, cwl_quote(cwl, segment->text, segment->len));
      continue;
    }
    CType *string = ctype_new(cwl, C_STRING);
    Value value = segment_value(cwl, scope, segment, span, string);
    if (!has_plain_text(&value))
      value = (Value){cwl_js(cwl, scope, shown(cwl, js_of(cwl, segment)), string), string};
    text_puts(&text, cwl_string(cwl, value));
  }
  if (!text.len) text_puts(&text, "\"\"");
  const char *joined = text_keep(&text, cwl->session->arena);
  return segments->len > 1 ? CWL_FORMAT(cwl, "(%s)", joined) : joined;
}

/* Blanks around a single expression mean nothing. */
static const Segment *only(const Segments *segments) {
  const Segment *found = NULL;
  for (uint32_t i = 0; i < segments->len; i++) {
    const Segment *segment = &segments->data[i];
    if (segment->kind == 't') {
      for (size_t k = 0; k < segment->len; k++)
        if (!isspace((unsigned char)segment->text[k])) return NULL;
    } else if (found) {
      return NULL;
    } else {
      found = segment;
    }
  }
  return found;
}

Value cwl_value(Cwl *cwl, const Scope *scope, const Tree *node, CType *wanted) {
  if (!cwl_is_expression(node)) {
    CType *type = wanted && !ctype_open(wanted) ? wanted : ctype_of_value(cwl, node);
    if (node->kind == TREE_NULL) return (Value){NULL, ctype_new(cwl, C_NULL)};
    return (Value){cwl_literal(cwl, node, type, NULL), type};
  }
  Segments segments = {0};
  Value value = {"\"\"", ctype_new(cwl, C_STRING)};
  if (split(cwl, node, has_js(scope), &segments)) {
    const Segment *single = only(&segments);
    if (single) {
      value = segment_value(cwl, scope, single, node->span, wanted);
      if (value.wf && wanted && !ctype_open(wanted)) value = (Value){cwl_convert(cwl, value, wanted), wanted};
    } else {
      value.wf = join(cwl, scope, &segments, node->span);
    }
  }
  vec_free(&segments);
  return value;
}

const char *cwl_as_json(Cwl *cwl, const char *source, const char *field) {
  if (!field)
    return CWL_FORMAT(cwl, "(function(v) { return JSON.stringify(v === undefined ? null : v); })(%s)",
                      source);
  return CWL_FORMAT(cwl, "(function(o) { o[\"%s\"] = JSON.stringify(o[\"%s\"]); return o; })(%s)", field,
                    field, source);
}

const char *cwl_script(Cwl *cwl, const Scope *scope, const Tree *node) {
  Segments segments = {0};
  Text text = {0};
  if (split(cwl, node, has_js(scope), &segments)) {
    const Segment *single = only(&segments);
    if (single) {
      text_puts(&text, js_of(cwl, single));
    } else {
      for (uint32_t i = 0; i < segments.len; i++) {
        if (i) text_puts(&text, " + ");
        if (segments.data[i].kind == 't')
          text_json(&text, segments.data[i].text, segments.data[i].len);
        else
          text_addf(&text, "(%s)", js_of(cwl, &segments.data[i]));
      }
    }
  }
  vec_free(&segments);
  if (!text.len) text_puts(&text, "null");
  return text_keep(&text, cwl->session->arena);
}

/* ---- literals ---- */

static const char *float_text(Cwl *cwl, const char *text) {
  double number = strtod(text, NULL);
  char shortest[40];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(shortest, sizeof shortest, "%.*g", digits, number);
    if (strtod(shortest, NULL) == number) break;
  }
  bool whole = !strpbrk(shortest, ".en");
  return CWL_FORMAT(cwl, "%s%s", shortest, whole ? ".0" : "");
}

static void literal_fields(Cwl *cwl, const Tree *value, const CType *type, Made *made, Text *text) {
  text_putc(text, '(');
  for (uint32_t i = 0; i < type->count; i++) {
    static const Tree nothing = {.kind = TREE_NULL, .text = ""};
    const Tree *own = tree_get(value, type->fields[i].name);
    text_addf(text, "%s%s: %s", i ? ", " : "", type->fields[i].wf,
              cwl_literal(cwl, own ? own : &nothing, type->fields[i].type, made));
  }
  text_putc(text, ')');
}

static void literal_items(Cwl *cwl, const Tree *value, const CType *type, Made *made, Text *text) {
  text_putc(text, '[');
  for (const Tree *item = value->first; item; item = item->next)
    text_addf(text, "%s%s", item == value->first ? "" : ", ", cwl_literal(cwl, item, type->elem, made));
  text_putc(text, ']');
}

static const char *literal_compound(Cwl *cwl, const Tree *value, const CType *type, Made *made) {
  Text text = {0};
  if (type->kind == C_RECORD)
    literal_fields(cwl, value, type, made, &text);
  else
    literal_items(cwl, value, type, made, &text);
  return text_keep(&text, cwl->session->arena);
}

static bool literal_fits(const Tree *value, const CType *type) {
  switch ((CKind)type->kind) {
    case C_BOOL:
      return value->kind == TREE_BOOL;
    case C_INT:
      return value->kind == TREE_INT && strlen(value->text) < 20;
    case C_FLOAT:
      return value->kind == TREE_INT || value->kind == TREE_FLOAT;
    case C_STRING:
      return tree_is_scalar(value) && value->kind != TREE_NULL;
    case C_FILE:
    case C_DIR:
      return value->kind == TREE_MAP;
    case C_ARRAY:
      return value->kind == TREE_LIST;
    case C_RECORD:
      return value->kind == TREE_MAP;
    default:
      return value->kind == TREE_NULL;
  }
}

const char *cwl_literal(Cwl *cwl, const Tree *value, const CType *type, Made *made) {
  if (type->kind == C_OPTION)
    return value->kind == TREE_NULL ? "none" : cwl_literal(cwl, value, type->elem, made);
  if (type->kind == C_ANY || type->kind == C_UNION) type = ctype_of_value(cwl, value);
  uint32_t file;
  if (type->kind == C_NULL && value->kind == TREE_NULL) return "none";
  if (!literal_fits(value, type)) {
    diag(cwl->session->diags, DIAG_TYPE, value->span, "a value of type %s is needed here",
         ctype_text(cwl, type));
    return "none";
  }
  switch ((CKind)type->kind) {
    case C_BOOL:
      return (*value->text | 32) == 't' ? "true" : "false";
    case C_INT:
      return value->text + (*value->text == '+');
    case C_FLOAT:
      return float_text(cwl, value->text);
    case C_FILE:
    case C_DIR:
      if (!made) return "none";
      file = cwl_use_file(cwl, made, value);
      if (type->secondary) return CWL_FORMAT(cwl, "(primary: %s, secondary: [])", cwl->files.data[file].wf);
      return cwl->files.data[file].wf;
    case C_ARRAY:
    case C_RECORD:
      return literal_compound(cwl, value, type, made);
    default:
      return cwl_quote(cwl, value->text, value->len);
  }
}

/* ---- conversion ---- */

const char *cwl_convert(Cwl *cwl, Value from, const CType *to) {
  if (!from.wf) return "none";
  const CType *type = from.type;
  if (type->kind == C_ANY && !ctype_open(to)) /* text of JSON */
    return CWL_FORMAT(cwl, "js %s(\"JSON.parse(v)\", (v: %s))", ctype_text(cwl, to), from.wf);
  if (type->kind == C_OPTION && to->kind != C_OPTION && to->kind != C_NULL && !ctype_open(to))
    return cwl_convert(cwl, (Value){CWL_FORMAT(cwl, "compact([%s])[0]", from.wf), type->elem}, to);
  if (to->kind == C_OPTION && type->kind != C_OPTION) return cwl_convert(cwl, from, to->elem);
  if (type->kind == C_FILE && to->kind == C_FILE && type->secondary && !to->secondary)
    return CWL_FORMAT(cwl, "%s.primary", from.wf);
  if (type->kind == C_FILE && to->kind == C_FILE && !type->secondary && to->secondary)
    return CWL_FORMAT(cwl, "(primary: %s, secondary: [])", from.wf);
  if (type->kind == C_ARRAY && to->kind == C_ARRAY) {
    Value item = {"item", type->elem};
    const char *converted = cwl_convert(cwl, item, to->elem);
    if (strcmp(converted, "item")) return CWL_FORMAT(cwl, "for item in %s { %s }", from.wf, converted);
  }
  return from.wf;
}
