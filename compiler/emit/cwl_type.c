/* cwl_type.c: types and constants. */
#include "emit/cwl.h"

#include <math.h>

bool cwl_is_optional(const Cwl *cwl, TypeId type) { return type_kind(cwl->graph->types, type) == T_OPTION; }

/* A type that has a name, or NULL. */
static const char *simple_type(const Types *types, TypeId type) {
  switch (type_kind(types, type)) {
    case T_BOOL:
      return "boolean";
    case T_INT:
      return "long";
    case T_FLOAT:
    case T_QUANTITY:
      return "double";
    case T_STRING:
      return "string";
    case T_FILE:
      return "File";
    case T_DIR:
      return "Directory";
    case T_UNIT:
      return "Any";
    default:
      return NULL;
  }
}

/* The short forms `File`, `File?`, `File[]`, `File[]?`, which are known behind `type` alone; false: it has none. */
static bool short_type(const Types *types, TypeId type, bool optional, Text *into) {
  if (type_kind(types, type) == T_UNIT) optional = true;
  if (type_kind(types, type) == T_OPTION) {
    optional = true;
    type = type_of(types, type)->args[0];
  }
  bool array = type_kind(types, type) == T_ARRAY;
  if (array) type = type_of(types, type)->args[0];
  const char *name = simple_type(types, type);
  if (!name || (array && type_kind(types, type) == T_UNIT)) return false;
  text_puts(into, name);
  if (array) text_puts(into, "[]");
  if (optional) text_putc(into, '?');
  return true;
}

/* Engines read these keys of an input object as addresses, wherever they stand. */
static bool is_reserved(const char *name) {
  static const char *const names[] = {"class", "id", "location", "path"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return true;
  return false;
}

const char *cwl_field(const Cwl *cwl, Sym name) {
  const char *text = name_of(cwl->session, name);
  return is_reserved(text) ? arena_format(cwl->arena, "%s_", text) : text;
}

/* Recurses over the nesting of a type. */
bool cwl_is_renamed(const Cwl *cwl, TypeId id) {
  const Type *type = type_of(cwl->graph->types, id);
  for (uint32_t i = 0; i < type->count; i++)
    if ((type->kind == T_RECORD && is_reserved(name_of(cwl->session, type->names[i]))) ||
        cwl_is_renamed(cwl, type->args[i]))
      return true;
  return false;
}

static void write_long(Cwl *cwl, Yaml *yaml, const char *key, TypeId type, bool optional);

/* Of an array; without short forms. */
static void write_items(Cwl *cwl, Yaml *yaml, TypeId type) {
  const Types *types = cwl->graph->types;
  TypeId inside = type_kind(types, type) == T_OPTION ? type_of(types, type)->args[0] : type;
  const char *name = simple_type(types, inside);
  if (!name)
    write_long(cwl, yaml, "items", type, false);
  else if (inside == type && type != T_UNIT)
    yaml_raw(yaml, "items", name);
  else
    yaml_raw(yaml, "items", arena_format(cwl->arena, "[\"null\", %s]", name));
}

/* Recurses over the nesting of a type. */
static void long_type(Cwl *cwl, Yaml *yaml, TypeId id) {
  const Type *type = type_of(cwl->graph->types, id);
  if (type->kind == T_ARRAY) {
    yaml_raw(yaml, "type", "array");
    write_items(cwl, yaml, type->args[0]);
    return;
  }
  yaml_raw(yaml, "type", "record");
  yaml_begin(yaml, "fields");
  if (type->kind == T_UNCERTAIN) {
    yaml_raw(yaml, "mean", "double");
    yaml_raw(yaml, "sd", "double");
  }
  for (uint32_t i = 0; type->kind == T_RECORD && i < type->count; i++)
    cwl_port(cwl, yaml,
             cwl->renaming ? cwl_field(cwl, type->names[i]) : name_of(cwl->session, type->names[i]),
             type->args[i], false);
  yaml_end(yaml);
}

static void write_long(Cwl *cwl, Yaml *yaml, const char *key, TypeId type, bool optional) {
  if (cwl_is_optional(cwl, type)) {
    optional = true;
    type = type_of(cwl->graph->types, type)->args[0];
  }
  yaml_begin(yaml, key);
  if (optional) {
    yaml_text_item(yaml, "null");
    yaml_item(yaml);
  }
  long_type(cwl, yaml, type);
  if (optional) yaml_end(yaml);
  yaml_end(yaml);
}

void cwl_type(Cwl *cwl, Yaml *yaml, const char *key, TypeId type, bool optional) {
  Text text = {0};
  if (short_type(cwl->graph->types, type, optional, &text))
    yaml_raw(yaml, key, text.data);
  else
    write_long(cwl, yaml, key, type, optional);
  text_free(&text);
}

void cwl_port(Cwl *cwl, Yaml *yaml, const char *name, TypeId type, bool optional) {
  Text text = {0};
  bool is_short = short_type(cwl->graph->types, type, optional, &text);
  text_free(&text);
  if (!is_short) yaml_begin(yaml, name);
  cwl_type(cwl, yaml, is_short ? name : "type", type, optional);
  if (!is_short) yaml_end(yaml);
}

TypeId cwl_leaf_type(const Cwl *cwl, Leaf leaf) {
  const Graph *graph = cwl->graph;
  Node node = leaf_node(leaf);
  if (!leaf_field(leaf)) return graph_op(graph, node) == OP_INDEX ? T_INT : graph_type(graph, node);
  const Task *task = &graph->tasks.data[graph->data.data[node]];
  return task->out_count ? task->outs[leaf_field(leaf) - 1].type : T_BOOL;
}

void cwl_doc(const Cwl *cwl, Yaml *yaml, Sym doc) {
  if (doc) yaml_text(yaml, "doc", name_of(cwl->session, doc));
}

/* ---- constants ---- */

static bool literal(const Cwl *cwl, Node node, Text *into) {
  const Literal *value = graph_literal(cwl->graph, node);
  Text text = {0};
  switch (value->kind) {
    case LIT_STRING:
      text_json(&text, name_of(cwl->session, value->text), sym_len(cwl->session->names, value->text));
      break;
    case LIT_BOOL:
      text_puts(&text, value->integer ? "true" : "false");
      break;
    case LIT_INT:
      text_addf(&text, "%lld", (long long)value->integer);
      break;
    case LIT_FLOAT:
      text_double(&text, value->number);
      break;
    case LIT_ABSENT:
      text_puts(&text, "null");
      break;
    default:
      text_puts(&text, "{}");
      break;
  }
  bool fits = value->kind == LIT_FLOAT ? isfinite(value->number) != 0
                                       : value->kind != LIT_INT || llabs(value->integer) <= (1LL << 53) - 1;
  if (into && fits) text_add(into, text.data, text.len);
  text_free(&text);
  return fits;
}

/* Recurses over the brackets of a constant that was written so. */
bool cwl_constant(const Cwl *cwl, Node node, Text *into) {
  const Graph *graph = cwl->graph;
  node = cwl_strip(cwl, node);
  Op op = graph_op(graph, node);
  if (op == OP_LIT) return literal(cwl, node, into);
  if (op != OP_ARRAY && op != OP_RECORD) return false;
  const Type *type = type_of(graph->types, graph_type(graph, node));
  if (cwl_is_renamed(cwl, graph_type(graph, node))) return false;
  Text text = {0};
  text_putc(&text, op == OP_ARRAY ? '[' : '{');
  bool known = true;
  for (uint32_t i = 0; known && i < graph_arity(graph, node); i++) {
    if (i) text_puts(&text, ", ");
    if (op == OP_RECORD) {
      text_json(&text, name_of(cwl->session, type->names[i]), sym_len(cwl->session->names, type->names[i]));
      text_puts(&text, ": ");
    }
    known = cwl_constant(cwl, graph_arg(graph, node, i), &text);
  }
  text_putc(&text, op == OP_ARRAY ? ']' : '}');
  if (known && into) text_add(into, text.data, text.len);
  text_free(&text);
  return known;
}
