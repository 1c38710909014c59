/* plan_inputs.c: inputs as they would be given to the executable, as far as a plan needs them. */
#include "plan_inputs.h"

#include "command.h"
#include "ir/rewrite.h"
#include "pass/pass.h"
#include "plan_json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char *input_name(const PlanInputs *inputs, uint32_t number) {
  return name_of(inputs->session, inputs->graph->inputs.data[number].name);
}

static const Type *input_type(const PlanInputs *inputs, uint32_t number) {
  return type_of(inputs->graph->types, inputs->graph->inputs.data[number].type);
}

static bool refuse(const char *flag, const char *text, const char *reason) {
  complain(STATUS_USAGE, "--%s: %s: `%s`", flag, reason, text);
  return false;
}

/* ---- scalars ---- */

static bool number_of(const char *text, double *number, const char **end) {
  char *stop;
  errno = 0;
  *number = strtod(text, &stop);
  *end = stop;
  return stop != text && !errno && isfinite(*number);
}

static bool quantity_of(const Type *type, const char *text, double *number) {
  const char *unit;
  int8_t exponents[UNIT_COUNT];
  double factor;
  if (!number_of(text, number, &unit)) return false;
  unit += strspn(unit, " ");
  bool under = *unit == '/'; /* 10 /s */
  if (!unit_find(unit + under, strlen(unit + under), exponents, &factor)) return false;
  for (int i = 0; under && i < UNIT_COUNT; i++) exponents[i] = (int8_t)-exponents[i];
  *number = under ? *number / factor : *number * factor;
  return !memcmp(exponents, type->unit, sizeof exponents);
}

/* Whether the text is a value of a scalar type that a literal can hold. */
static bool literal_of(const Types *types, TypeId id, Sym sym, const char *text, Literal *literal) {
  const Type *type = type_of(types, id);
  const char *end = text;
  char *stop;
  switch ((TypeKind)type->kind) {
    case T_BOOL:
      *literal = (Literal){.kind = LIT_BOOL, .integer = !strcmp(text, "true")};
      return literal->integer || !strcmp(text, "false");
    case T_INT:
      errno = 0;
      *literal = (Literal){.kind = LIT_INT, .integer = strtoll(text, &stop, 10)};
      return *text && !*stop && !errno;
    case T_FLOAT:
      *literal = (Literal){.kind = LIT_FLOAT};
      return number_of(text, &literal->number, &end) && !*end;
    case T_QUANTITY:
      *literal = (Literal){.kind = LIT_FLOAT};
      return quantity_of(type, text, &literal->number);
    case T_STRING:
      *literal = (Literal){.kind = LIT_STRING, .text = sym};
      return true;
    default:
      return false;
  }
}

static bool is_scalar(const Types *types, TypeId id) {
  TypeKind kind = type_kind(types, id);
  return kind == T_BOOL || kind == T_INT || kind == T_FLOAT || kind == T_QUANTITY || kind == T_STRING;
}

/* ---- giving ---- */

static void give_element(InputValue *value, Sym text, bool scalar) {
  value->count++;
  value->complete &= scalar;
  if (scalar) vec_push(&value->texts, text);
}

static bool give_json(PlanInputs *inputs, uint32_t number, const char *text) {
  JsonCursor cursor = {text, false};
  InputValue *value = &inputs->values[number];
  bool scalar;
  if (!json_take(&cursor, '[')) return refuse(input_name(inputs, number), text, "not an array in JSON");
  while (!cursor.failed && *cursor.at != ']') {
    Sym element = json_value(&cursor, inputs->session, &scalar);
    give_element(value, element, scalar);
    if (!json_take(&cursor, ',') && *cursor.at != ']') cursor.failed = true;
  }
  if (cursor.failed) return refuse(input_name(inputs, number), text, "not an array in JSON");
  return true;
}

/* Rows of a table below its header; a line end inside of quotes ends no row. */
static uint32_t table_rows(const Source *source, bool quotes) {
  uint32_t rows = 0;
  bool inside = false, empty = true;
  for (uint32_t i = 0; i <= source->size; i++) {
    char c = source->text[i];
    if (quotes && c == '"') inside = !inside;
    bool ends = i == source->size || (c == '\n' && !inside);
    if (ends) rows += !empty;
    empty = ends ? true : empty && (c == '\r' || c == ' ');
  }
  return rows ? rows - 1 : 0;
}

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), tail = strlen(end);
  return len > tail && !strcmp(text + len - tail, end);
}

static Source *read_source(PlanInputs *inputs, const char *flag, const char *path) {
  const char *reason;
  Source *source = sources_read(inputs->session->sources, path, &reason);
  if (!source) complain(STATUS_USAGE, "--%s: cannot read %s: %s", flag, path, reason);
  return source;
}

/* An array as a file: true when it was one, with *ok. */
static bool give_file(PlanInputs *inputs, uint32_t number, const char *text, bool *ok) {
  bool csv = ends_with(text, ".csv"), tsv = ends_with(text, ".tsv"), json = ends_with(text, ".json");
  if (!csv && !tsv && !json) return false;
  Source *source = read_source(inputs, input_name(inputs, number), text);
  *ok = source != NULL;
  if (source && json) *ok = give_json(inputs, number, source->text);
  if (!source || json) return true;
  inputs->values[number].complete = false;
  inputs->values[number].count += table_rows(source, csv);
  return true;
}

/* Elements of files and texts are given by their paths, so a table's name is one of them. */
static bool takes_files(const PlanInputs *inputs, uint32_t number) {
  TypeKind kind = type_kind(inputs->graph->types, input_type(inputs, number)->args[0]);
  return kind != T_FILE && kind != T_DIR && kind != T_STRING;
}

static bool give(PlanInputs *inputs, uint32_t number, const char *text) {
  InputValue *value = &inputs->values[number];
  const Types *types = inputs->graph->types;
  TypeId type = inputs->graph->inputs.data[number].type;
  bool array = type_kind(types, type) == T_ARRAY, ok = true;
  if (!value->given) value->complete = true;
  value->given = inputs->any = true;
  if (array && text[strspn(text, " \t\r\n")] == '[') return give_json(inputs, number, text);
  if (array && takes_files(inputs, number) && give_file(inputs, number, text, &ok)) return ok;
  Sym sym = intern(inputs->session->names, text, strlen(text));
  TypeId scalar = array || type_kind(types, type) == T_OPTION ? type_of(types, type)->args[0] : type;
  Literal literal;
  if (is_scalar(types, scalar) && !literal_of(types, scalar, sym, name_of(inputs->session, sym), &literal))
    return refuse(input_name(inputs, number), text,
                  arena_format(inputs->session->arena, "not of type %s", type_text(types, scalar)));
  if (!array) value->texts.len = value->count = 0;
  give_element(value, sym, is_scalar(types, scalar));
  return true;
}

/* ---- flags ---- */

/* "min-quality" is "min_quality". */
static bool same_name(const char *name, const char *flag, size_t len) {
  if (strlen(name) != len) return false;
  for (size_t i = 0; i < len; i++)
    if (name[i] != flag[i] && !(name[i] == '_' && flag[i] == '-')) return false;
  return true;
}

static uint32_t find_input(const PlanInputs *inputs, const char *flag, size_t len) {
  for (uint32_t i = 0; i < inputs->graph->inputs.len; i++)
    if (same_name(input_name(inputs, i), flag, len)) return i;
  return UINT32_MAX;
}

static bool unknown_flag(const PlanInputs *inputs, const char *flag, size_t len) {
  const char *name = arena_text(inputs->session->arena, flag, len);
  Suggestion suggestion = {.name = name};
  for (uint32_t i = 0; i < inputs->graph->inputs.len; i++) suggest(&suggestion, input_name(inputs, i));
  if (suggestion.best)
    complain(STATUS_USAGE, "no input `%s`: did you mean --%s?", name, suggestion.best);
  else
    complain(STATUS_USAGE, "no input `%s`", name);
  return false;
}

static bool give_document(PlanInputs *inputs, const char *path) {
  Source *source = read_source(inputs, "inputs", path);
  JsonCursor cursor = {source ? source->text : "", false};
  if (!source) return false;
  if (!json_take(&cursor, '{')) return refuse("inputs", path, "not an object in JSON");
  while (!cursor.failed && *cursor.at != '}') {
    bool scalar;
    const char *key = name_of(inputs->session, json_value(&cursor, inputs->session, &scalar));
    cursor.failed |= !json_take(&cursor, ':');
    const char *text = name_of(inputs->session, json_value(&cursor, inputs->session, &scalar));
    uint32_t number = find_input(inputs, key, strlen(key));
    if (cursor.failed) break;
    if (number == UINT32_MAX) return unknown_flag(inputs, key, strlen(key));
    if (strcmp(text, "null") && !give(inputs, number, text)) return false;
    if (!json_take(&cursor, ',') && *cursor.at != '}') cursor.failed = true;
  }
  return cursor.failed ? refuse("inputs", path, "not an object in JSON") : true;
}

static bool is_switch(const PlanInputs *inputs, uint32_t number) {
  return number != UINT32_MAX && input_type(inputs, number)->kind == T_BOOL;
}

static bool is_truth(const char *text) { return text && (!strcmp(text, "true") || !strcmp(text, "false")); }

/* One flag and its value, from args[*at] on. */
static bool read_flag(PlanInputs *inputs, char **args, int count, int *at) {
  const char *flag = args[(*at)++] + 2, *equals = strchr(flag, '=');
  size_t len = equals ? (size_t)(equals - flag) : strlen(flag);
  const char *value = equals ? equals + 1 : *at < count ? args[*at] : NULL;
  uint32_t number = find_input(inputs, flag, len);
  if (!equals && is_switch(inputs, number) && !is_truth(value)) return give(inputs, number, "true");
  if (number == UINT32_MAX && !equals && len > 3 && !strncmp(flag, "no-", 3)) {
    number = find_input(inputs, flag + 3, len - 3);
    if (is_switch(inputs, number)) return give(inputs, number, "false");
    number = UINT32_MAX;
  }
  bool document = number == UINT32_MAX && same_name("inputs", flag, len);
  if (number == UINT32_MAX && !document) return unknown_flag(inputs, flag, len);
  if (!value) return complain(STATUS_USAGE, "--%.*s needs a value", (int)len, flag), false;
  *at += !equals;
  return document ? give_document(inputs, value) : give(inputs, number, value);
}

bool plan_inputs_read(PlanInputs *inputs, Session *session, const Graph *graph, char **args, int count) {
  *inputs = (PlanInputs){.session = session,
                         .graph = graph,
                         .values = ARENA_ARRAY(session->arena, InputValue, graph->inputs.len + 1)};
  int at = count && !strcmp(args[0], "--") ? 1 : 0;
  while (at < count) {
    if (strncmp(args[at], "--", 2) != 0 || !args[at][2])
      return complain(STATUS_USAGE, "`%s` is no input: write --NAME VALUE", args[at]), false;
    if (!read_flag(inputs, args, count, &at)) return false;
  }
  return true;
}

/* ---- into the graph ---- */

typedef struct Apply {
  const PlanInputs *inputs;
  Map number_of; /* name of an input to its number + 1 */
} Apply;

static Node literal_node(Graph *to, const Types *types, TypeId type, Sym text) {
  Literal literal;
  const char *words = name_of(to->session, text);
  if (!literal_of(types, type, text, words, &literal)) return NODE_NONE;
  return graph_literal_node(to, type, literal);
}

static Node array_node(Graph *to, const Types *types, TypeId type, const InputValue *value) {
  TypeId element = type_of(types, type)->args[0];
  Node *items = mem_alloc((value->count + 1) * sizeof *items), made = NODE_NONE;
  uint32_t known = 0;
  for (; value->complete && known < value->count; known++)
    if ((items[known] = literal_node(to, types, element, value->texts.data[known])) == NODE_NONE) break;
  if (value->complete && known == value->count)
    made = graph_make(to, OP_ARRAY, type, 0, items, known, (Span){0});
  free(items);
  return made;
}

/* The value of an input, or NODE_NONE where a plan has to do without. */
static Node value_node(const PlanInputs *inputs, Graph *to, uint32_t number) {
  const Port *port = &inputs->graph->inputs.data[number];
  const InputValue *value = &inputs->values[number];
  const Types *types = inputs->graph->types;
  TypeKind kind = type_kind(types, port->type);
  if (!value->given) {
    bool literal = inputs->any && port->node != NODE_NONE && graph_op(inputs->graph, port->node) == OP_LIT;
    if (!literal) return NODE_NONE;
    return graph_literal_node(to, port->type, *graph_literal(inputs->graph, port->node));
  }
  if (kind == T_ARRAY) return array_node(to, types, port->type, value);
  if (!value->complete) return NODE_NONE;
  if (kind != T_OPTION) return literal_node(to, types, port->type, value->texts.data[0]);
  Node inside = literal_node(to, types, type_of(types, port->type)->args[0], value->texts.data[0]);
  return inside == NODE_NONE ? inside : graph_make(to, OP_SOME, port->type, 0, &inside, 1, (Span){0});
}

static Node apply_one(Rewrite *rewrite, Node old, const Node *args, uint32_t count) {
  const Apply *apply = rewrite->self;
  if (graph_op(rewrite->from, old) == OP_INPUT) {
    uint32_t number = map_get(&apply->number_of, rewrite->from->data.data[old]);
    Node value = number ? value_node(apply->inputs, rewrite->to, number - 1) : NODE_NONE;
    if (value != NODE_NONE) return value;
  }
  return rewrite_make(rewrite, old, args, count);
}

static Node image_of(void *self, Node node) { return rewrite_term(self, node); }

Graph *plan_inputs_apply(const PlanInputs *inputs) {
  Apply apply = {.inputs = inputs};
  for (uint32_t i = 0; i < inputs->graph->inputs.len; i++)
    map_put(&apply.number_of, inputs->graph->inputs.data[i].name, i + 1);
  Graph *made = pass_new_graph(inputs->graph);
  Rewrite rewrite = {.from = inputs->graph, .to = made, .all = true, .make = apply_one, .self = &apply};
  pass_copy_roots(inputs->graph, made, image_of, &rewrite);
  rewrite_end(&rewrite);
  map_free(&apply.number_of);
  return made;
}

Map plan_inputs_lengths(const PlanInputs *inputs) {
  Map lengths = {0};
  for (uint32_t i = 0; i < inputs->graph->inputs.len; i++)
    if (inputs->values[i].given && input_type(inputs, i)->kind == T_ARRAY)
      map_put(&lengths, inputs->graph->inputs.data[i].name, inputs->values[i].count + 1);
  return lengths;
}

void plan_inputs_free(PlanInputs *inputs) {
  for (uint32_t i = 0; i < inputs->graph->inputs.len; i++) vec_free(&inputs->values[i].texts);
}
