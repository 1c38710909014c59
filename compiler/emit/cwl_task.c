/* cwl_task.c: tasks as CommandLineTools. */
#include "emit/cwl.h"
#include "front/quoting.h"
#include "ir/expr.h"

#include <math.h>

/* ---- expressions over a task's inputs ---- */

static const Task *task_of(const Cwl *cwl) { return &cwl->graph->tasks.data[cwl->task]; }

static const char *param_name(void *self, Node node) {
  const Cwl *cwl = self;
  if (graph_op(cwl->graph, node) != OP_PARAM) return NULL;
  const Port *port = &task_of(cwl)->ins[cwl->graph->data.data[node]];
  return arena_format(cwl->arena, "inputs.%s", name_of(cwl->session, port->name));
}

JsScope cwl_task_scope(Cwl *cwl) { return (JsScope){.self = cwl, .name = param_name}; }

static const char *code_of(Cwl *cwl, Node node) {
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  cwl_code(cwl, &scope, node, &text);
  return text_keep(&text, cwl->arena);
}

static const char *expression_of(Cwl *cwl, Node node) {
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  cwl_expression(cwl, &scope, node, &text);
  return text_keep(&text, cwl->arena);
}

/* ---- commands ---- */

/* A text among expressions: what would begin one, and backslashes before such, stand behind a backslash. */
static void add_literal(Text *into, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    char next = i + 1 < len ? text[i + 1] : '\0';
    if (text[i] == '\\' && (next == '\\' || next == '$' || !next)) text_putc(into, '\\');
    if (text[i] == '$' && (next == '(' || next == '{' || !next)) text_putc(into, '\\');
    text_putc(into, text[i]);
  }
}

static bool has_values(const Task *task, uint32_t from, uint32_t end) {
  for (uint32_t i = from; i < end; i++)
    if (task->pieces[i].node != NODE_NONE) return true;
  return false;
}

static void add_text(const Cwl *cwl, const Piece *piece, Text *into) {
  text_add(into, name_of(cwl->session, piece->text), sym_len(cwl->session->names, piece->text));
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Whether what is between two expressions can be written as it is: engines cut blanks off at both ends. */
static bool is_template(const Cwl *cwl, const Task *task, uint32_t from, uint32_t end) {
  Text text = {0};
  const Piece *first = &task->pieces[from], *last = &task->pieces[end - 1];
  if (first->node == NODE_NONE) add_text(cwl, first, &text);
  bool fits = !text.len || !is_blank(text.data[0]);
  text.len = 0;
  if (last->node == NODE_NONE) add_text(cwl, last, &text);
  fits = fits && (!text.len || !is_blank(text.data[text.len - 1]));
  text_free(&text);
  return fits;
}

/* The text of pieces, as a string with expressions in it. */
static const char *command_text(Cwl *cwl, const Task *task, uint32_t from, uint32_t end) {
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  if (from == end) return "";
  if (!has_values(task, from, end)) {
    for (uint32_t i = from; i < end; i++) add_text(cwl, &task->pieces[i], &text);
    if (!strstr(text.data, "$(") && !strstr(text.data, "${")) return text_keep(&text, cwl->arena);
    text.len = 0;
  }
  if (!is_template(cwl, task, from, end)) {
    cwl_told(cwl, js_command(cwl->js, &scope, task, from, end, &text), task->span);
    return text_keep(&text, cwl->arena);
  }
  for (uint32_t i = from; i < end; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE)
      add_literal(&text, name_of(cwl->session, piece->text), sym_len(cwl->session->names, piece->text));
    else
      cwl_told(cwl, js_command(cwl->js, &scope, task, i, i + 1, &text), task->span);
  }
  return text_keep(&text, cwl->arena);
}

/* Whether a value is one word whatever it is. */
static bool is_one_word(const Cwl *cwl, Node node) {
  TypeKind kind = type_kind(cwl->graph->types, graph_type(cwl->graph, node));
  return kind != T_ARRAY && kind != T_OPTION;
}

static void write_word(Cwl *cwl, Yaml *yaml, const Task *task, uint32_t from, uint32_t end) {
  bool one = true;
  for (uint32_t i = from; i < end; i++)
    if (task->pieces[i].node != NODE_NONE) one = one && is_one_word(cwl, task->pieces[i].node);
  if (one) {
    yaml_text_item(yaml, command_text(cwl, task, from, end));
    return;
  }
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  cwl_told(cwl, js_words(cwl->js, &scope, task, from, end, &text), task->span);
  yaml_text_item(yaml, text.data);
  text_free(&text);
}

static void write_direct(Cwl *cwl, Yaml *yaml, const Task *task) {
  uint32_t from = 0;
  for (uint32_t i = 0; i < task->piece_count; i++) {
    if (!task->pieces[i].ends_word) continue;
    write_word(cwl, yaml, task, from, i + 1);
    from = i + 1;
  }
}

static void write_script(Cwl *cwl, Yaml *yaml, const Task *task) {
  const char *name = name_of(cwl->session, task->interpreter), *last = strrchr(name, '/');
  const Interpreter *row = interpreter_find(last ? last + 1 : name);
  yaml_text_item(yaml, row->argv[0] && !last ? row->argv[0] : name);
  for (int i = 1; row->argv[i]; i++) yaml_text_item(yaml, row->argv[i]);
  yaml_text_item(yaml, command_text(cwl, task, 0, task->piece_count));
}

/* ---- attributes ---- */

static bool is_number(const Cwl *cwl, Node node, double *value) {
  if (graph_op(cwl->graph, node) != OP_LIT) return false;
  const Literal *literal = graph_literal(cwl->graph, node);
  *value = literal->kind == LIT_INT ? (double)literal->integer : literal->number;
  return literal->kind == LIT_INT || literal->kind == LIT_FLOAT;
}

/* A quantity in units of its own, rounded up. */
static void write_amount(Cwl *cwl, Yaml *yaml, const char *key, Node node, double unit) {
  double value;
  if (is_number(cwl, node, &value)) {
    yaml_raw(yaml, key, arena_format(cwl->arena, "%.0f", ceil(value / unit)));
    return;
  }
  const char *code = code_of(cwl, node);
  yaml_text(yaml, key,
            unit == 1 ? arena_format(cwl->arena, "$(Math.ceil(%s))", code)
                      : arena_format(cwl->arena, "$(Math.ceil((%s) / %.0f))", code, unit));
}

static void write_number(Cwl *cwl, Yaml *yaml, const char *key, Node node) {
  double value;
  if (is_number(cwl, node, &value))
    yaml_raw(yaml, key, arena_format(cwl->arena, "%.15g", value));
  else
    yaml_text(yaml, key, expression_of(cwl, node));
}

static void write_resources(Cwl *cwl, Yaml *yaml, const Task *task) {
  static const double MIB = 1048576;
  if (task->attrs[ATTR_CPUS] == NODE_NONE && task->attrs[ATTR_MEMORY] == NODE_NONE &&
      task->attrs[ATTR_DISK] == NODE_NONE)
    return;
  yaml_begin(yaml, "ResourceRequirement");
  if (task->attrs[ATTR_CPUS] != NODE_NONE) write_number(cwl, yaml, "coresMin", task->attrs[ATTR_CPUS]);
  if (task->attrs[ATTR_MEMORY] != NODE_NONE) write_amount(cwl, yaml, "ramMin", task->attrs[ATTR_MEMORY], MIB);
  if (task->attrs[ATTR_DISK] != NODE_NONE) write_amount(cwl, yaml, "outdirMin", task->attrs[ATTR_DISK], MIB);
  yaml_end(yaml);
}

static const char *text_of(Cwl *cwl, Node node) {
  if (graph_op(cwl->graph, node) != OP_LIT) return expression_of(cwl, node);
  const char *text = name_of(cwl->session, graph_literal(cwl->graph, node)->text);
  return strstr(text, "$(") || strstr(text, "${") ? expression_of(cwl, node) : text;
}

static void write_env(Cwl *cwl, Yaml *yaml, const Task *task) {
  if (!task->env_count) return;
  yaml_begin(yaml, "EnvVarRequirement");
  yaml_begin(yaml, "envDef");
  for (uint32_t i = 0; i < task->env_count; i++)
    yaml_text(yaml, name_of(cwl->session, task->env[i].name), text_of(cwl, task->env[i].node));
  yaml_end(yaml);
  yaml_end(yaml);
}

/* A text for standard input is a file of that contents. */
static bool stdin_is_text(const Cwl *cwl, const Task *task) {
  Node node = task->attrs[ATTR_STDIN];
  return node != NODE_NONE && graph_type(cwl->graph, node) == T_STRING;
}

static void write_stage(Cwl *cwl, Yaml *yaml, const Task *task) {
  if (!task->stage_count) return;
  yaml_begin(yaml, "InitialWorkDirRequirement");
  yaml_begin(yaml, "listing");
  for (uint32_t i = 0; i < task->stage_count; i++) {
    yaml_item(yaml);
    yaml_text(yaml, "entry", expression_of(cwl, task->stage[i].file));
    yaml_text(yaml, "entryname", text_of(cwl, task->stage[i].name));
    yaml_end(yaml);
  }
  yaml_end(yaml);
  yaml_end(yaml);
}

static void write_requirements(Cwl *cwl, Yaml *yaml, const Task *task) {
  size_t before = yaml->into->len;
  yaml_begin(yaml, "requirements");
  size_t opened = yaml->into->len;
  write_env(cwl, yaml, task);
  write_stage(cwl, yaml, task);
  write_resources(cwl, yaml, task);
  if (task->attrs[ATTR_TIMEOUT] != NODE_NONE) {
    yaml_begin(yaml, "ToolTimeLimit");
    write_amount(cwl, yaml, "timelimit", task->attrs[ATTR_TIMEOUT], 1);
    yaml_end(yaml);
  }
  yaml_end(yaml);
  if (yaml->into->len == opened) yaml->into->len = before;
}

/* What CWL has no place for; what is computed stands there as it was written. */
static void write_fields(Cwl *cwl, Yaml *yaml, const Task *task) {
  static const struct {
    AttrKind kind;
    const char *key;
  } rows[] = {{ATTR_TIME, "weft:time"}, {ATTR_GPUS, "weft:gpus"}, {ATTR_RETRIES, "weft:retries"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double value;
    Node node = task->attrs[rows[i].kind];
    if (node == NODE_NONE) continue;
    if (graph_op(cwl->graph, node) == OP_UNCERTAIN_) node = graph_arg(cwl->graph, node, 0);
    if (is_number(cwl, node, &value)) {
      yaml_raw(yaml, rows[i].key, arena_format(cwl->arena, "%.15g", value));
      continue;
    }
    Text text = {0};
    expr_print(cwl->graph, node, task, &text);
    yaml_text(yaml, rows[i].key, text.data);
    text_free(&text);
  }
}

/* What does not change results: a container's image, with the net that a task has without one. */
static void write_hints(Cwl *cwl, Yaml *yaml, const Task *task) {
  Node image = task->attrs[ATTR_IMAGE];
  if (image == NODE_NONE) return;
  yaml_begin(yaml, "hints");
  yaml_begin(yaml, "DockerRequirement");
  yaml_text(yaml, "dockerPull", text_of(cwl, image));
  yaml_end(yaml);
  yaml_begin(yaml, "NetworkAccess");
  yaml_raw(yaml, "networkAccess", "true");
  yaml_end(yaml);
  yaml_end(yaml);
}

/* Exit codes that are success; 0 may be none of them. */
static void write_codes(Cwl *cwl, Yaml *yaml, const Task *task) {
  Node accept = task->attrs[ATTR_ACCEPT];
  if (accept == NODE_NONE) return;
  Text codes = {0};
  bool zero = false;
  if (graph_op(cwl->graph, accept) != OP_ARRAY || !cwl_constant(cwl, accept, &codes)) {
    cwl_refuse(cwl, graph_span(cwl->graph, accept), "exit codes that are not written in the file");
    return;
  }
  for (uint32_t i = 0; i < graph_arity(cwl->graph, accept); i++) {
    double code;
    zero = zero || (is_number(cwl, graph_arg(cwl->graph, accept, i), &code) && code == 0);
  }
  yaml_raw(yaml, "successCodes", codes.data);
  if (!zero) yaml_raw(yaml, "permanentFailCodes", "[0]");
  text_free(&codes);
}

/* ---- the tool ---- */

static void write_inputs(Cwl *cwl, Yaml *yaml, const Task *task, const char *after) {
  if (!task->in_count && !after) {
    yaml_raw(yaml, "inputs", "[]");
    return;
  }
  const bool *read = cwl_inputs_read(cwl, task);
  yaml_begin(yaml, "inputs");
  for (uint32_t i = 0; i < task->in_count; i++) {
    const Port *port = &task->ins[i];
    const char *name = name_of(cwl->session, port->name);
    if (!port->doc && !read[i]) {
      cwl_port(cwl, yaml, name, port->type, false);
      continue;
    }
    yaml_begin(yaml, name);
    cwl_type(cwl, yaml, "type", port->type, false);
    if (read[i]) yaml_raw(yaml, "loadContents", "true");
    cwl_doc(cwl, yaml, port->doc);
    yaml_end(yaml);
  }
  if (after) yaml_raw(yaml, after, "Any?");
  yaml_end(yaml);
}

static void write_stdin(Cwl *cwl, Yaml *yaml, const Task *task) {
  Node node = task->attrs[ATTR_STDIN];
  if (node == NODE_NONE) return;
  if (stdin_is_text(cwl, task))
    cwl_refuse(cwl, graph_span(cwl->graph, node), "a text as `stdin`: give a File");
  else
    yaml_text(yaml, "stdin", arena_format(cwl->arena, "$(%s.path)", code_of(cwl, node)));
}

void cwl_task(Cwl *cwl, uint32_t number) {
  Yaml *yaml = &cwl->yaml;
  const Task *task = &cwl->graph->tasks.data[number];
  cwl->task = number;
  cwl_process(cwl, "CommandLineTool", cwl->tasks[number].id);
  cwl_doc(cwl, yaml, task->doc);
  write_fields(cwl, yaml, task);
  write_hints(cwl, yaml, task);
  write_requirements(cwl, yaml, task);
  write_inputs(cwl, yaml, task, cwl->tasks[number].after);
  yaml_raw(yaml, "baseCommand", "[]");
  yaml_begin(yaml, "arguments");
  if (task->direct)
    write_direct(cwl, yaml, task);
  else
    write_script(cwl, yaml, task);
  yaml_end(yaml);
  write_stdin(cwl, yaml, task);
  if (cwl->tasks[number].out) yaml_text(yaml, "stdout", cwl->tasks[number].out);
  write_codes(cwl, yaml, task);
  cwl_outputs(cwl, yaml);
  yaml_end(yaml);
}
