/* node.c: values from the tree of a document, as the type directs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "input.h"

static const char *kind_name(uint8_t kind) {
  static const char *const names[] = {
      [NODE_NULL] = "null",       [NODE_BOOL] = "a Bool",    [NODE_NUMBER] = "a number",
      [NODE_STRING] = "a string", [NODE_PLAIN] = "a scalar", [NODE_ARRAY] = "an array",
      [NODE_OBJECT] = "an object"};
  return names[kind];
}

/* ---- JSON pointers ---- */

/* Whether the member's name is the reference token at `at` ("~1" is "/", "~0" is "~"). */
static int token_is(const char *at, size_t len, const char *key) {
  for (size_t i = 0; i < len; i++, key++) {
    char c = at[i];
    if (c == '~' && i + 1 < len) c = at[++i] == '1' ? '/' : '~';
    if (*key != c) return 0;
  }
  return *key == 0;
}

static const RtNode *child_at(const RtNode *node, const char *token, size_t len) {
  if (node->kind == NODE_OBJECT) {
    for (const RtNode *child = node->first; child; child = child->next)
      if (token_is(token, len, child->key)) return child;
  }
  if (node->kind == NODE_ARRAY && len && len < 19 && strspn(token, "0123456789") >= len) {
    long long index = atoll(token);
    for (const RtNode *child = node->first; child; child = child->next)
      if (index-- == 0) return child;
  }
  return NULL;
}

const RtNode *node_at(const RtNode *root, const char *pointer, const char *name, RtError *error) {
  const RtNode *node = root;
  for (const char *at = pointer ? pointer : ""; *at;) {
    if (*at == '/') at++;
    size_t len = strcspn(at, "/");
    const RtNode *child = child_at(node, at, len);
    if (!child) {
      error_set(error, "R0034", NULL, "%s:%u:%u: there is no \"%.*s\" in this %s", name, node->line,
                node->column, (int)(len > 80 ? 80 : len), at,
                node->kind == NODE_ARRAY    ? "array"
                : node->kind == NODE_OBJECT ? "object"
                                            : "value");
      return NULL;
    }
    node = child;
    at += len;
  }
  return node;
}

/* ---- values ---- */

/* Put the node's place before an explanation that has none. */
static int at_node(const RtSource *source, const RtNode *node) {
  char where[300];
  snprintf(where, sizeof where, "%.250s:%u:%u", source->name, node->line, node->column);
  error_prefix(source->error, where);
  return 0;
}

static int wrong_kind(const RtSource *source, const RtNode *node, const RtType *type) {
  const char *hint = NULL;
  if (type->kind == RT_STRING && (node->kind == NODE_NUMBER || node->kind == NODE_BOOL))
    hint = "write it in quotes";
  if (node->kind == NODE_NULL) {
    error_set(source->error, "R0027", NULL, "null, and a %s is needed", type->text);
    return at_node(source, node);
  }
  error_set(source->error, "R0026", hint, "expected %s, found %s", type->text, kind_name(node->kind));
  return at_node(source, node);
}

/* Which kinds of node hold which kinds of scalar. */
static int scalar_fits(RtKind kind, uint8_t node) {
  if (node == NODE_PLAIN) return 1;
  switch (kind) {
    case RT_BOOL:
      return node == NODE_BOOL;
    case RT_INT:
      return node == NODE_NUMBER;
    case RT_FLOAT:
    case RT_QUANTITY:
    case RT_UNCERTAIN:
      return node == NODE_NUMBER || node == NODE_STRING;
    default:
      return node == NODE_STRING;
  }
}

static int from_scalar(const RtSource *source, const RtNode *node, const RtType *type, void *value) {
  if (node->kind >= NODE_ARRAY || !scalar_fits((RtKind)type->kind, node->kind))
    return wrong_kind(source, node, type);
  /* "nan" and "inf" are strings since JSON has no numbers for them; "1.5" in quotes is still a string. */
  if (type->kind == RT_FLOAT && node->kind == NODE_STRING && strpbrk(node->text, "0123456789"))
    return wrong_kind(source, node, type);
  if (scalar_from_text(source, type, node->text, node->len, value)) return 1;
  return at_node(source, node);
}

static int from_array(const RtSource *source, const RtNode *node, const RtType *type, const RtArray **value) {
  if (node->kind != NODE_ARRAY) return wrong_kind(source, node, type);
  RtArray *array = arena_alloc(source->arena, sizeof *array + node->len * type->elem->size);
  array->len = (int64_t)node->len;
  char *slot = array->items;
  for (const RtNode *child = node->first; child; child = child->next, slot += type->elem->size)
    if (!value_from_node(source, child, type->elem, slot)) return 0;
  *value = array;
  return 1;
}

static int unknown_field(const RtSource *source, const RtNode *child, const RtType *type) {
  const char **names = malloc((type->field_count + 1) * sizeof *names);
  if (!names) arena_exhausted(type->field_count * sizeof *names);
  for (uint32_t i = 0; i < type->field_count; i++) names[i] = type->fields[i].name;
  const char *near = suggest(child->key, names, type->field_count);
  free(names);
  char hint[128];
  if (near) snprintf(hint, sizeof hint, "did you mean \"%.90s\"?", near);
  error_set(source->error, "R0031", near ? hint : NULL, "%.250s:%u:%u: unknown field \"%.80s\" of %s",
            source->name, child->key_line, child->key_column, child->key, type->text);
  return 0;
}

static int check_fields(const RtSource *source, const RtNode *node, const RtType *type) {
  for (const RtNode *child = node->first; child; child = child->next) {
    uint32_t i = 0;
    while (i < type->field_count && strcmp(type->fields[i].name, child->key) != 0) i++;
    if (i == type->field_count) return unknown_field(source, child, type);
  }
  return 1;
}

/* The member of that name; NULL if there is none, or two (`*twice`). */
static const RtNode *member(const RtNode *node, const char *name, const RtNode **twice) {
  const RtNode *found = NULL;
  *twice = NULL;
  for (const RtNode *child = node->first; child; child = child->next) {
    if (strcmp(child->key, name) != 0) continue;
    if (found) *twice = child;
    found = child;
  }
  return found;
}

static int from_field(const RtSource *source, const RtNode *node, const RtField *field, char *record) {
  const RtNode *twice, *child = member(node, field->name, &twice);
  if (twice)
    return error_set(source->error, "R0033", NULL, "%.250s:%u:%u: field \"%s\" is there twice", source->name,
                     twice->key_line, twice->key_column, field->name);
  if (child) return value_from_node(source, child, field->type, record + field->offset);
  slot_clear(field->type, record + field->offset);
  if (field->type->kind == RT_OPTION) return 1;
  return error_set(source->error, "R0032", NULL, "%.250s:%u:%u: field \"%s\" (%s) is missing", source->name,
                   node->line, node->column, field->name, field->type->text);
}

static int from_object(const RtSource *source, const RtNode *node, const RtType *type, char *value) {
  if (node->kind != NODE_OBJECT) return wrong_kind(source, node, type);
  if (source->strict && !check_fields(source, node, type)) return 0;
  for (uint32_t i = 0; i < type->field_count; i++)
    if (!from_field(source, node, &type->fields[i], value)) return 0;
  return 1;
}

/* A file as it stands in a summary, {"path": …, "size": …, "sha256": …}, or an object of CWL with a path or location. */
static int from_file_object(const RtSource *source, const RtNode *node, const RtType *type, void *value) {
  const RtNode *twice, *path = member(node, "path", &twice);
  if (!path) path = member(node, "location", &twice);
  if (!path || path->kind < NODE_STRING || path->kind > NODE_PLAIN) return wrong_kind(source, node, type);
  return from_scalar(source, path, type, value);
}

/* {"mean": …, "sd": …} */
static int from_uncertain_object(const RtSource *source, const RtNode *node, const RtType *type,
                                 RtUncertain *value) {
  const RtType number = {.kind = RT_QUANTITY, .align = 8, .size = 8, .text = type->text, .unit = type->unit};
  const RtNode *twice, *mean = member(node, "mean", &twice), *sd = member(node, "sd", &twice);
  if (!mean || !sd) return wrong_kind(source, node, type);
  return from_scalar(source, mean, &number, &value->mean) && from_scalar(source, sd, &number, &value->sd);
}

int value_from_node(const RtSource *source, const RtNode *node, const RtType *type, void *value) {
  switch ((RtKind)type->kind) {
    case RT_UNIT:
      return 1;
    case RT_ARRAY:
      return from_array(source, node, type, value);
    case RT_RECORD:
      return from_object(source, node, type, value);
    case RT_OPTION:
      slot_clear(type, value);
      if (node->kind == NODE_NULL) return 1;
      ((uint8_t *)value)[type->elem->size] = 1;
      return value_from_node(source, node, type->elem, value);
    case RT_FILE:
    case RT_DIR:
      if (node->kind == NODE_OBJECT) return from_file_object(source, node, type, value);
      return from_scalar(source, node, type, value);
    case RT_UNCERTAIN:
      if (node->kind == NODE_OBJECT) return from_uncertain_object(source, node, type, value);
      return from_scalar(source, node, type, value);
    default:
      return from_scalar(source, node, type, value);
  }
}
