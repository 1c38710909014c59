/* cwl_output.c: what a task hands out. */
#include "emit/cwl.h"

typedef VEC(Node) Nodes;

static const Task *task_of(const Cwl *cwl) { return &cwl->graph->tasks.data[cwl->task]; }

/* ---- what the command has left ---- */

/* The operations on what the command has left, below a node. */
static Nodes find_below(Cwl *cwl, Node root) {
  const Graph *graph = cwl->graph;
  Nodes found = {0}, stack = {0};
  cwl->visit++;
  vec_push(&stack, root);
  while (stack.len) {
    Node node = vec_pop(&stack);
    if (cwl->stamp[node] == cwl->visit) continue;
    cwl->stamp[node] = cwl->visit;
    if (op_info[graph_op(graph, node)].flags & FLAG_W) vec_push(&found, node);
    for (uint32_t k = graph_arity(graph, node); k-- > 0;) vec_push(&stack, graph_arg(graph, node, k));
  }
  vec_free(&stack);
  return found;
}

/* The input whose contents a read_… takes, or NODE_NONE: it takes a file that the command has made. */
static Node read_input(const Cwl *cwl, Node node) {
  const Graph *graph = cwl->graph;
  if (graph_op(graph, node) != OP_READ || graph_op(graph, graph_arg(graph, node, 0)) != OP_PATH)
    return NODE_NONE;
  return cwl_strip(cwl, graph_arg(graph, graph_arg(graph, node, 0), 0));
}

static bool has_contents(const Cwl *cwl, Node node) {
  Op op = graph_op(cwl->graph, node);
  return op == OP_READ || (op == OP_STDOUT && graph_type(cwl->graph, node) == T_STRING);
}

bool cwl_uses_stdout(Cwl *cwl, const Task *task) {
  bool uses = false;
  for (uint32_t i = 0; i < task->out_count; i++) {
    Nodes found = find_below(cwl, task->outs[i].node);
    for (uint32_t k = 0; k < found.len; k++) uses = uses || graph_op(cwl->graph, found.data[k]) == OP_STDOUT;
    vec_free(&found);
  }
  return uses;
}

const bool *cwl_inputs_read(Cwl *cwl, const Task *task) {
  bool *reads = ARENA_ARRAY(cwl->arena, bool, task->in_count + 1);
  for (uint32_t i = 0; i < task->out_count; i++) {
    Nodes found = find_below(cwl, task->outs[i].node);
    for (uint32_t k = 0; k < found.len; k++) {
      Node input = read_input(cwl, found.data[k]);
      if (input != NODE_NONE && graph_op(cwl->graph, input) == OP_PARAM)
        reads[cwl->graph->data.data[input]] = true;
    }
    vec_free(&found);
  }
  return reads;
}

/* ---- patterns ---- */

/* A name as a pattern that nothing else matches. */
static void add_name(Text *into, const char *name) {
  for (; *name; name++) {
    if (strchr("*?[\\", *name))
      text_addf(into, "[%c]", *name);
    else
      text_putc(into, *name);
  }
}

static bool is_literal(const Cwl *cwl, Node node) { return graph_op(cwl->graph, node) == OP_LIT; }
static const char *literal_text(const Cwl *cwl, Node node) {
  return name_of(cwl->session, graph_literal(cwl->graph, node)->text);
}

/* Where an operation looks; of OP_STDOUT, NODE_NONE. */
static Node path_of(const Cwl *cwl, Node node) {
  return graph_op(cwl->graph, node) == OP_STDOUT ? NODE_NONE : graph_arg(cwl->graph, node, 0);
}

static const char *file_pattern(Cwl *cwl, Node node) {
  Node path = path_of(cwl, node);
  if (path == NODE_NONE) return cwl->tasks[cwl->task].out;
  bool name = graph_op(cwl->graph, node) != OP_GLOB;
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  if (!name && is_literal(cwl, path) && strstr(literal_text(cwl, path), "**"))
    cwl_refuse(cwl, graph_span(cwl->graph, node), "`**`: CWL has no pattern for any folders");
  if (!is_literal(cwl, path)) {
    text_addf(&text, "$(%s(", js_call(cwl->js, name ? "weft_name" : "weft_patterns"));
    cwl_code(cwl, &scope, path, &text);
    text_puts(&text, "))");
  } else if (name) {
    add_name(&text, literal_text(cwl, path));
    if (strstr(text.data, "$(") || strstr(text.data, "${")) {
      text.len = 0;
      text_addf(&text, "$(%s(", js_call(cwl->js, "weft_name"));
      text_json(&text, literal_text(cwl, path), strlen(literal_text(cwl, path)));
      text_puts(&text, "))");
    }
  } else if (strpbrk(literal_text(cwl, path), "{$^\\")) {
    text_addf(&text, "$(%s(", js_call(cwl->js, "weft_patterns"));
    text_json(&text, literal_text(cwl, path), strlen(literal_text(cwl, path)));
    text_puts(&text, "))");
  } else {
    text_puts(&text, literal_text(cwl, path));
  }
  return text_keep(&text, cwl->arena);
}

/* ---- expressions over what was found ---- */

typedef struct Found {
  Cwl *cwl;
  Nodes nodes; /* those that have a pattern */
} Found;

/* The file that belongs to an operation, among those that were found. */
static const char *found_file(const Found *found, Node node) {
  Cwl *cwl = found->cwl;
  if (found->nodes.len == 1) return "self[0]";
  Text text = {0};
  JsScope scope = cwl_task_scope(cwl);
  text_addf(&text, "%s(self, runtime.outdir, ", js_call(cwl->js, "weft_found"));
  Node path = path_of(cwl, node);
  if (path == NODE_NONE)
    text_json(&text, cwl->tasks[cwl->task].out, strlen(cwl->tasks[cwl->task].out));
  else
    cwl_code(cwl, &scope, path, &text);
  text_putc(&text, ')');
  return text_keep(&text, cwl->arena);
}

static const char *found_name(void *self, Node node) {
  const Found *found = self;
  Cwl *cwl = found->cwl;
  switch (graph_op(cwl->graph, node)) {
    case OP_OUT_FILE: {
      const char *file = found_file(found, node);
      return arena_format(
          cwl->arena, "%s(%s)",
          js_call(cwl->js, cwl_is_optional(cwl, graph_type(cwl->graph, node)) ? "weft_maybe" : "weft_sure"),
          file);
    }
    case OP_STDOUT:
      return graph_type(cwl->graph, node) == T_STRING ? NULL : found_file(found, node);
    case OP_GLOB:
      return arena_format(cwl->arena, "%s(self)", js_call(cwl->js, "weft_files"));
    default: {
      JsScope scope = cwl_task_scope(cwl);
      return scope.name(scope.self, node);
    }
  }
}

static const char *found_contents(void *self, Node node) {
  const Found *found = self;
  Cwl *cwl = found->cwl;
  Node input = read_input(cwl, node);
  if (input == NODE_NONE) return found_file(found, node);
  JsScope scope = cwl_task_scope(cwl);
  const char *name = graph_op(cwl->graph, input) == OP_PARAM ? scope.name(scope.self, input) : NULL;
  if (name) return name;
  cwl_refuse(cwl, graph_span(cwl->graph, node),
             "what is read is part of an input: make it an input of the task");
  return "null";
}

/* ---- outputs ---- */

static bool has_path(const Cwl *cwl, Node node) { return read_input(cwl, node) == NODE_NONE; }

static void write_patterns(Cwl *cwl, Yaml *yaml, const Found *found) {
  if (!found->nodes.len) return;
  if (found->nodes.len == 1) {
    yaml_text(yaml, "glob", file_pattern(cwl, found->nodes.data[0]));
    return;
  }
  yaml_begin(yaml, "glob");
  for (uint32_t i = 0; i < found->nodes.len; i++)
    yaml_text_item(yaml, file_pattern(cwl, found->nodes.data[i]));
  yaml_end(yaml);
}

/* Whether the files that match are the value, as they are. */
static bool is_as_found(const Cwl *cwl, Node node) {
  node = cwl_strip(cwl, node);
  Op op = graph_op(cwl->graph, node);
  return op == OP_OUT_FILE || (op == OP_STDOUT && graph_type(cwl->graph, node) != T_STRING);
}

static void write_binding(Cwl *cwl, Yaml *yaml, const Port *port) {
  Found found = {.cwl = cwl};
  Nodes all = find_below(cwl, port->node);
  bool contents = false, globs = false;
  for (uint32_t i = 0; i < all.len; i++) {
    if (!has_path(cwl, all.data[i])) continue;
    contents = contents || has_contents(cwl, all.data[i]);
    globs = globs || graph_op(cwl->graph, all.data[i]) == OP_GLOB;
    vec_push(&found.nodes, all.data[i]);
  }
  if (globs && found.nodes.len > 1)
    cwl_refuse(cwl, port->span, "`glob` beside other files in one output: make it an output of its own");
  yaml_begin(yaml, "outputBinding");
  write_patterns(cwl, yaml, &found);
  if (contents) yaml_raw(yaml, "loadContents", "true");
  if (!is_as_found(cwl, port->node)) {
    Text text = {0};
    cwl_expression(cwl, &(JsScope){.self = &found, .name = found_name, .file = found_contents}, port->node,
                   &text);
    yaml_text(yaml, "outputEval", text.data ? text.data : "");
    text_free(&text);
  }
  yaml_end(yaml);
  vec_free(&all);
  vec_free(&found.nodes);
}

static void write_output(Cwl *cwl, Yaml *yaml, const Port *port) {
  yaml_begin(yaml, name_of(cwl->session, port->name));
  cwl_type(cwl, yaml, "type", port->type, false);
  cwl_doc(cwl, yaml, port->doc);
  write_binding(cwl, yaml, port);
  yaml_end(yaml);
}

void cwl_outputs(Cwl *cwl, Yaml *yaml) {
  const Task *task = task_of(cwl);
  yaml_begin(yaml, "outputs");
  for (uint32_t i = 0; i < task->out_count; i++) write_output(cwl, yaml, &task->outs[i]);
  if (!task->out_count) {
    yaml_begin(yaml, "done");
    yaml_raw(yaml, "type", "boolean");
    yaml_raw(yaml, "doc", "that it has run");
    yaml_begin(yaml, "outputBinding");
    yaml_raw(yaml, "outputEval", "$(true)");
    yaml_end(yaml);
    yaml_end(yaml);
  }
  yaml_end(yaml);
}
