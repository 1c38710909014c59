/* write_names.c: names that are legal, and each used for one thing where it can be seen. */
#include "canon/write_parts.h"

#include "front/builtins.h"

#include <ctype.h>
#include <string.h>

static const char *const reserved[] = {"for",    "in",   "if",      "else",  "fold",      "loop", "until",
                                       "while",  "let",  "ask",     "map",   "filter",    "id",   "true",
                                       "false",  "none", "task",    "fn",    "flow",      "type", "site",
                                       "import", "as",   "flatmap", "assoc", "comm",      "run",  "volatile",
                                       "max",    "by",   "after",   "_",     "unbounded", "js"};

static Sym symbol(const Writer *writer, const char *text) {
  return intern(writer->graph->session->names, text, strlen(text));
}

static void take(Writer *writer, Sym name) { map_put(&writer->taken, (uint64_t)name + 1, 1); }

bool write_is_reserved(const char *name) {
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (!strcmp(reserved[i], name)) return true;
  return builtin_find(name) < BUILTIN_COUNT;
}

void write_names_reserve(Writer *writer) {
  const Graph *graph = writer->graph;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) take(writer, symbol(writer, reserved[i]));
  for (int id = 0; id < BUILTIN_COUNT; id++) take(writer, symbol(writer, builtin_info[id].name));
  for (uint32_t i = 0; i < graph->inputs.len; i++) take(writer, graph->inputs.data[i].name);
  for (uint32_t i = 0; i < graph->outputs.len; i++) take(writer, graph->outputs.data[i].name);
  take(writer, graph->name);
}

static bool is_free(const Writer *writer, Sym name) {
  return map_get(&writer->taken, (uint64_t)name + 1) != 1; /* 2: given back */
}

/* As a name: other characters become `_`. */
static Sym legal(Writer *writer, const char *wanted) {
  char text[200];
  size_t len = 0;
  if (!isalpha((unsigned char)*wanted) && *wanted != '_') text[len++] = '_';
  for (; *wanted && len + 1 < sizeof text; wanted++)
    text[len++] = isalnum((unsigned char)*wanted) && (unsigned char)*wanted < 128 ? *wanted : '_';
  return intern(writer->graph->session->names, text, len);
}

Sym write_name_new(Writer *writer, const char *wanted) {
  Sym name = legal(writer, wanted), base = name;
  while (!is_free(writer, name)) {
    uint32_t number = map_get(&writer->suffix, base) + (map_get(&writer->suffix, base) ? 1 : 2);
    map_put(&writer->suffix, base, number);
    name = symbol(writer, arena_format(writer->graph->session->arena, "%s_%u",
                                       name_of(writer->graph->session, base), number));
  }
  take(writer, name);
  return name;
}

void write_name_release(Writer *writer, Sym name) { map_put(&writer->taken, (uint64_t)name + 1, 2); }

Sym write_name_fresh(Writer *writer, NameKind kind, Sym wanted) {
  static const char letters[] = "sxtf";
  if (wanted && !writer->options.canonical)
    return write_name_new(writer, name_of(writer->graph->session, wanted));
  for (;;) {
    char text[16];
    snprintf(text, sizeof text, "%c%u", letters[kind], ++writer->counters[kind]);
    Sym name = symbol(writer, text);
    if (!is_free(writer, name)) continue;
    take(writer, name);
    return name;
  }
}

Sym write_name_task(Writer *writer, uint32_t task) {
  uint32_t known = map_get(&writer->task_names, task);
  if (known) return known - 1;
  Sym name = write_name_fresh(writer, NAME_TASK, writer->graph->tasks.data[task].name);
  map_put(&writer->task_names, task, name + 1);
  vec_push(&writer->tasks, task);
  return name;
}

/* What an array is called, or 0. */
static Sym array_name(Writer *writer, uint32_t scope, Node array) {
  const Graph *graph = writer->graph;
  const Item *item = &writer->items.data[write_scan_item(writer, scope, array)];
  if (item->name && item->form == FORM_NODE) return item->name;
  while (write_is_call_value(graph, array)) array = graph_arg(graph, array, 0);
  const Item *inner = &writer->items.data[write_scan_item(writer, scope, array)];
  if (inner->name && inner->form == FORM_NODE) return inner->name;
  switch (graph_op(graph, array)) {
    case OP_INPUT:
      return graph->data.data[array];
    case OP_PARAM:
      return writer->task ? writer->task->ins[graph->data.data[array]].name : 0;
    case OP_PROJECT:
      return type_of(graph->types, graph_type(graph, graph_arg(graph, array, 0)))
          ->names[graph->data.data[array]];
    default:
      return graph->name_of.data[array];
  }
}

/* One of many: `samples` are made of `sample`. */
static const char *singular(const Writer *writer, Sym many) {
  const char *text = name_of(writer->graph->session, many);
  size_t len = strlen(text);
  Arena *arena = writer->graph->session->arena;
  if (len > 4 && !strcmp(text + len - 3, "ies")) return arena_format(arena, "%.*sy", (int)len - 3, text);
  if (len > 1 && text[len - 1] == 's' && text[len - 2] != 's') return arena_text(arena, text, len - 1);
  return "x";
}

Sym write_name_clause(Writer *writer, uint32_t scope, const For *clause) {
  if (writer->options.canonical) return write_name_fresh(writer, NAME_VARIABLE, 0);
  if (clause->kind == CLAUSE_RANGE || clause->kind == CLAUSE_INDICES) {
    for (const char *letter = "ijk"; *letter; letter++) {
      char text[2] = {*letter, 0};
      if (is_free(writer, symbol(writer, text))) return write_name_new(writer, text);
    }
    return write_name_new(writer, "i");
  }
  Sym many = array_name(writer, scope, clause->source);
  return write_name_new(writer, many ? singular(writer, many) : "x");
}
