/* cwl_command.c: inputs as words of a command. */
#include "import/cwl.h"

#include <string.h>

static bool is_true(const Tree *node, bool otherwise) {
  const char *text = tree_text(node);
  return text ? (*text | 32) == 't' : otherwise;
}

/* Text into the string of the command, as it is. */
static void put_raw(Cwl *cwl, const char *text, size_t len, Text *into) {
  const char *quoted = cwl_quote(cwl, text, len);
  text_add(into, quoted + 1, strlen(quoted) - 2);
}

void cwl_word(Cwl *cwl, const char *word, size_t len, Text *into) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,+@%^-=";
  if (len && strspn(word, plain) == len && !memchr(word, '=', len))
    text_add(into, word, len);
  else if (len && strspn(word, plain) == len && into->len)
    text_add(into, word, len);
  else
    text_addf(into, "~{%s}", cwl_quote(cwl, word, len));
}

/* ---- words as an array of strings ---- */

static const char *list_of(Cwl *cwl, Value value, const Tree *binding, uint32_t depth);

static const char *with_prefix(Cwl *cwl, const char *text, const Tree *binding) {
  const char *prefix = tree_get_text(binding, "prefix");
  if (!prefix) return CWL_FORMAT(cwl, "[%s]", text);
  const char *quoted = cwl_quoted(cwl, prefix);
  if (is_true(tree_get(binding, "separate"), true)) return CWL_FORMAT(cwl, "[%s, %s]", quoted, text);
  return CWL_FORMAT(cwl, "[%s + %s]", quoted, text);
}

static const char *array_list(Cwl *cwl, Value value, const Tree *binding, uint32_t depth) {
  const char *separator = tree_get_text(binding, "itemSeparator"), *prefix = tree_get_text(binding, "prefix");
  const char *item = CWL_FORMAT(cwl, "x%u", depth);
  Value each = {item, value.type->elem};
  const char *text;
  if (separator) {
    text = CWL_FORMAT(cwl, "join(for %s in %s { %s }, %s)", item, value.wf, cwl_string(cwl, each),
                      cwl_quoted(cwl, separator));
    text = with_prefix(cwl, text, binding);
  } else {
    text = CWL_FORMAT(cwl, "flatten(for %s in %s { %s })", item, value.wf,
                      list_of(cwl, each, NULL, depth + 1));
    if (!prefix) return text;
    text = CWL_FORMAT(cwl, "[%s] + %s", cwl_quoted(cwl, prefix), text);
  }
  return CWL_FORMAT(cwl, "if length(%s) > 0 { %s } else { [] }", value.wf, text);
}

typedef struct Part {
  int64_t position;
  uint32_t field;
} Part;

static int64_t position_of(const Tree *binding) {
  const char *text = tree_get_text(binding, "position");
  return text ? strtoll(text, NULL, 10) : 0;
}

static const char *record_list(Cwl *cwl, Value value, const Tree *binding, uint32_t depth) {
  Part *parts = ARENA_ARRAY(cwl->session->arena, Part, value.type->count);
  uint32_t count = 0;
  for (uint32_t i = 0; i < value.type->count; i++) {
    const CField *field = &value.type->fields[i];
    const Tree *own = field->node ? tree_get(field->node, "inputBinding") : NULL;
    if (!own && !field->type->binding && field->type->kind != C_RECORD) continue;
    uint32_t at = count++;
    for (; at && parts[at - 1].position > position_of(own); at--) parts[at] = parts[at - 1];
    parts[at] = (Part){position_of(own), i};
  }
  const char *prefix = tree_get_text(binding, "prefix");
  const char *text = prefix ? CWL_FORMAT(cwl, "[%s]", cwl_quoted(cwl, prefix)) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    const CField *field = &value.type->fields[parts[i].field];
    Value own = {CWL_FORMAT(cwl, "%s.%s", value.wf, field->wf), field->type};
    const Tree *inner = field->node ? tree_get(field->node, "inputBinding") : NULL;
    const char *words = list_of(cwl, own, inner, depth);
    text = text ? CWL_FORMAT(cwl, "%s + (%s)", text, words) : CWL_FORMAT(cwl, "(%s)", words);
  }
  return text ? text : "[]";
}

static const char *list_of(Cwl *cwl, Value value, const Tree *binding, uint32_t depth) {
  const char *prefix = tree_get_text(binding, "prefix"), *item;
  if (!value.wf) return "[]";
  if (!binding) binding = value.type->binding;
  switch ((CKind)value.type->kind) {
    case C_NULL:
      return "[]";
    case C_BOOL:
      if (!prefix) return "[]";
      return CWL_FORMAT(cwl, "if %s { [%s] } else { [] }", value.wf, cwl_quoted(cwl, prefix));
    case C_OPTION:
      item = CWL_FORMAT(cwl, "x%u", depth);
      return CWL_FORMAT(cwl, "flatten(for %s in compact([%s]) { %s })", item, value.wf,
                        list_of(cwl, (Value){item, value.type->elem}, binding, depth + 1));
    case C_ARRAY:
      return array_list(cwl, value, binding, depth);
    case C_RECORD:
      return record_list(cwl, value, binding, depth);
    default:
      return with_prefix(cwl, cwl_string(cwl, value), binding);
  }
}

/* ---- pieces of the text ---- */

static bool is_word(const CType *type) {
  return type->kind == C_STRING || type->kind == C_FILE || type->kind == C_DIR || type->kind == C_INT ||
         type->kind == C_FLOAT;
}

static const char *piece_value(Cwl *cwl, Value value) {
  if (value.type->kind == C_FILE && value.type->secondary) return CWL_FORMAT(cwl, "%s.primary", value.wf);
  return value.wf;
}

static void put_word(Cwl *cwl, Value value, const Tree *binding, bool raw, Text *into) {
  const char *prefix = tree_get_text(binding, "prefix");
  text_putc(into, ' ');
  if (prefix) {
    cwl_word(cwl, prefix, strlen(prefix), into);
    if (is_true(tree_get(binding, "separate"), true)) text_putc(into, ' ');
  }
  const char *text = piece_value(cwl, value);
  if (raw)
    text_addf(into, "~{raw(%s)}", text);
  else
    text_addf(into, "~{%s}", text);
}

void cwl_bind(Cwl *cwl, const Scope *scope, Value value, const Tree *binding, bool shell, Text *into) {
  const Tree *from = tree_given(binding, "valueFrom");
  bool raw = shell && !is_true(tree_get(binding, "shellQuote"), true);
  Scope inner = *scope;
  inner.self = value;
  if (value.type && !value.wf) return; /* an input that is not there */
  if (from) {
    if (!cwl_is_expression(from)) {
      const char *prefix = tree_get_text(binding, "prefix");
      text_putc(into, ' ');
      if (prefix) cwl_word(cwl, prefix, strlen(prefix), into);
      if (prefix && is_true(tree_get(binding, "separate"), true)) text_putc(into, ' ');
      if (raw)
        put_raw(cwl, from->text, from->len, into);
      else
        cwl_word(cwl, from->text, from->len, into);
      return;
    }
    value = cwl_value(cwl, &inner, from, NULL);
    if (value.wf && !strncmp(value.wf, "js ", 3)) {
      CType *words = ctype_array(cwl, ctype_new(cwl, C_STRING));
      const char *source = CWL_FORMAT(
          cwl,
          "(function(v) { return v === null || v === undefined || v === false ? [] : "
          "(v instanceof Array ? v : [v]).map(function(x) { return x instanceof Object && x.path ? x.path : "
          "x === true ? \"true\" : typeof x == \"string\" ? x : JSON.stringify(x); }); })(%s)",
          cwl_script(cwl, &inner, from));
      value = (Value){cwl_js(cwl, &inner, source, words), words};
    }
  }
  if (!value.wf || value.type->kind == C_NULL || !strcmp(value.wf, "[]")) return;
  if (is_word(value.type)) {
    put_word(cwl, value, binding ? binding : value.type->binding, raw, into);
    return;
  }
  bool plain = value.type->kind == C_ARRAY && is_word(value.type->elem) && !value.type->elem->secondary &&
               !value.type->elem->binding && !tree_get_text(binding, "prefix") &&
               !tree_get_text(binding, "itemSeparator") && !value.type->binding;
  const char *words = plain ? value.wf : list_of(cwl, value, binding, 0);
  if (!strcmp(words, "[]")) return;
  if (raw)
    text_addf(into, " ~{raw(join(%s, \" \"))}", words);
  else
    text_addf(into, " ~{%s}", words);
}
