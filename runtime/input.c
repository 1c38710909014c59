/* input.c: values from flags, documents and tables: finds out which it is, and hands on. */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "text.h"

typedef enum FileFormat { FORMAT_NONE, FORMAT_JSON, FORMAT_YAML, FORMAT_TSV, FORMAT_CSV } FileFormat;

static FileFormat format_of(const char *path) {
  static const struct {
    const char *ending;
    FileFormat format;
  } formats[] = {{".json", FORMAT_JSON},
                 {".yaml", FORMAT_YAML},
                 {".yml", FORMAT_YAML},
                 {".tsv", FORMAT_TSV},
                 {".csv", FORMAT_CSV}};
  size_t len = strlen(path);
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    size_t ending = strlen(formats[i].ending);
    if (len > ending && strcmp(path + len - ending, formats[i].ending) == 0) return formats[i].format;
  }
  return FORMAT_NONE;
}

/* `path` below `base`, unless it is absolute; on malloc. */
static char *full_path(const char *path, const char *base) {
  RtText full = {0};
  if (*path != '/' && base && *base) text_addf(&full, "%s/", base);
  text_puts(&full, path);
  return full.data;
}

/* The directory that a document is in; on malloc. */
static char *dir_of(const char *path) {
  RtText dir = {0};
  const char *slash = strrchr(path, '/');
  if (slash)
    text_add(&dir, path, slash == path ? 1 : (size_t)(slash - path));
  else
    text_puts(&dir, ".");
  return dir.data;
}

/* A document whose name does not tell: JSON begins with a bracket. */
static FileFormat format_seen(const char *text) {
  text += strspn(text, " \t\r\n");
  return *text == '{' || *text == '[' ? FORMAT_JSON : FORMAT_YAML;
}

static RtNode *parse(RtArena *arena, FileFormat format, const char *text, size_t len, const char *name,
                     RtError *error) {
  return (format == FORMAT_YAML ? yaml_parse : json_parse)(arena, text, len, name, error);
}

/* Read a document at `path` as a value; `source` says where its own paths start. */
static int from_document(const RtSource *source, FileFormat format, const char *path, const char *pointer,
                         const RtType *type, void *value) {
  size_t len;
  char *text = input_load(path, &len, source->error);
  if (!text) return 0;
  RtArena *nodes = arena_new();
  const RtNode *root = parse(nodes, format, text, len, source->name, source->error);
  const RtNode *node = root ? node_at(root, pointer, source->name, source->error) : NULL;
  int done = node && value_from_node(source, node, type, value);
  arena_free(nodes);
  free(text);
  return done;
}

int value_from_json(RtArena *arena, const RtType *type, const char *path, const char *pointer,
                    const char *base, void *value, RtError *error) {
  const RtSource source = {arena, path, base, 0, error};
  return from_document(&source, format_of(path), path, pointer, type, value);
}

int value_from_table(RtArena *arena, const RtType *type, const char *path, char separator, const char *base,
                     void *value, RtError *error) {
  const RtSource source = {arena, path, base, 1, error};
  size_t len;
  char *text = input_load(path, &len, error);
  if (!text) return 0;
  int done = table_parse(&source, type, text, len, separator, value);
  free(text);
  return done;
}

int value_from_text(RtArena *arena, const RtType *type, const char *text, size_t len, const char *base,
                    void *value, RtError *error) {
  const RtSource source = {arena, "value", base, 1, error};
  return scalar_from_text(&source, type, text, len, value);
}

/* ---- flags ---- */

static int inline_json(RtArena *arena, const RtType *type, const char *text, const char *base, void *value,
                       RtError *error) {
  const RtSource source = {arena, "value", base, 1, error};
  RtArena *nodes = arena_new();
  const RtNode *node = json_parse(nodes, text, strlen(text), source.name, error);
  int done = node && value_from_node(&source, node, type, value);
  arena_free(nodes);
  return done;
}

/* Paths inside a file start at its own directory. */
static int from_file(RtArena *arena, FileFormat format, const RtType *type, const char *text,
                     const char *base, void *value, RtError *error) {
  char *path = full_path(text, base), *dir = dir_of(path);
  const RtSource source = {arena, text, dir, 1, error};
  int done;
  if (format == FORMAT_TSV || format == FORMAT_CSV)
    done = value_from_table(arena, type, path, format == FORMAT_TSV ? '\t' : ',', dir, value, error);
  else
    done = from_document(&source, format, path, "", type, value);
  free(path);
  free(dir);
  return done;
}

static int exists(const char *text, const char *base) {
  struct stat st;
  char *path = full_path(text, base);
  int found = stat(path, &st) == 0;
  free(path);
  return found;
}

/* Whether the text of an array flag is a file with the array, and not one element of it.  "a.csv" is an element
 * of [File], and "list.json" one of [File<json>]. */
static int names_array(const RtType *type, const char *text, FileFormat format, const char *base) {
  const RtType *elem = type->elem;
  while (elem->kind == RT_OPTION) elem = elem->elem;
  int is_table = format == FORMAT_TSV || format == FORMAT_CSV;
  if (format == FORMAT_NONE) return 0;
  if (elem->kind == RT_STRING) return !is_table && exists(text, base);
  if (elem->kind != RT_FILE && elem->kind != RT_DIR) return 1;
  const char *ending = strrchr(text, '.') + 1, *tag = strchr(elem->text, '<');
  return !is_table && !(tag && strncmp(tag + 1, ending, strlen(ending)) == 0);
}

static int array_of_one(RtArena *arena, const RtType *type, const char *text, const char *base,
                        const RtArray **value, RtError *error) {
  RtArray *array = arena_alloc(arena, sizeof *array + type->elem->size);
  array->len = 1;
  *value = array;
  return value_from_flag(arena, type->elem, text, base, array->items, error);
}

static int array_from_flag(RtArena *arena, const RtType *type, const char *text, const char *base,
                           void *value, RtError *error) {
  FileFormat format = format_of(text);
  if (*text == '[') return inline_json(arena, type, text, base, value, error);
  if (names_array(type, text, format, base)) return from_file(arena, format, type, text, base, value, error);
  return array_of_one(arena, type, text, base, value, error);
}

static int record_from_flag(RtArena *arena, const RtType *type, const char *text, const char *base,
                            void *value, RtError *error) {
  FileFormat format = format_of(text);
  if (*text == '{') return inline_json(arena, type, text, base, value, error);
  if (format == FORMAT_JSON || format == FORMAT_YAML)
    return from_file(arena, format, type, text, base, value, error);
  return error_set(error, "R0036", "give {\"name\": value, ...} or the name of a .json or .yaml file",
                   "\"%.80s\" is not a %.400s", text, type->text);
}

int value_from_flag(RtArena *arena, const RtType *type, const char *text, const char *base, void *value,
                    RtError *error) {
  switch ((RtKind)type->kind) {
    case RT_ARRAY:
      return array_from_flag(arena, type, text, base, value, error);
    case RT_RECORD:
      return record_from_flag(arena, type, text, base, value, error);
    case RT_OPTION:
      slot_clear(type, value);
      if (!*text) return 1;
      ((uint8_t *)value)[type->elem->size] = 1;
      return value_from_flag(arena, type->elem, text, base, value, error);
    default:
      return value_from_text(arena, type, text, strlen(text), base, value, error);
  }
}

/* ---- a document of all inputs ---- */

static int unknown_input(const RtSource *source, const RtNode *child, const RtPort *ports, uint32_t count) {
  const char **names = malloc((count + 1) * sizeof *names);
  if (!names) arena_exhausted(count);
  for (uint32_t i = 0; i < count; i++) names[i] = ports[i].name;
  const char *near = suggest(child->key, names, count);
  free(names);
  char hint[128];
  if (near) snprintf(hint, sizeof hint, "did you mean \"%.90s\"?", near);
  return error_set(source->error, "R0031", near ? hint : NULL,
                   "%.250s:%u:%u: the workflow has no input \"%.80s\"", source->name, child->key_line,
                   child->key_column, child->key);
}

static int take_input(const RtSource *source, const RtNode *child, const RtPort *ports, uint32_t count,
                      char *frame, uint8_t *given) {
  uint32_t i = 0;
  while (i < count && strcmp(ports[i].name, child->key) != 0) i++;
  if (i == count) return unknown_input(source, child, ports, count);
  if (given[i])
    return error_set(source->error, "R0033", NULL, "%.250s:%u:%u: input \"%s\" is there twice", source->name,
                     child->key_line, child->key_column, child->key);
  if (!value_from_node(source, child, ports[i].type, frame + ports[i].offset)) return 0;
  given[i] = 1;
  return 1;
}

static int take_inputs(const RtSource *source, const RtNode *root, const RtPort *ports, uint32_t count,
                       char *frame, uint8_t *given) {
  if (root->kind != NODE_OBJECT)
    return error_set(source->error, "R0026", NULL, "%.250s:%u:%u: expected an object whose keys are inputs",
                     source->name, root->line, root->column);
  for (const RtNode *child = root->first; child; child = child->next)
    if (!take_input(source, child, ports, count, frame, given)) return 0;
  return 1;
}

int values_from_document(RtArena *arena, const char *path, const RtPort *ports, uint32_t count, char *frame,
                         uint8_t *given, RtError *error) {
  size_t len;
  char *text = input_load(path, &len, error);
  if (!text) return 0;
  char *dir = dir_of(path);
  RtArena *nodes = arena_new();
  const RtSource source = {arena, path, dir, 1, error};
  FileFormat format = format_of(path);
  const RtNode *root = parse(nodes, format == FORMAT_NONE ? format_seen(text) : format, text, len, path,
                             error);
  int done = root && take_inputs(&source, root, ports, count, frame, given);
  arena_free(nodes);
  free(dir);
  free(text);
  return done;
}
