/* write_task.c: tasks as declarations. */
#include "canon/write_parts.h"

#include "ir/lower.h"
#include "ir/text.h"

#include <string.h>

void write_doc(Writer *writer, Sym doc) {
  if (!doc || writer->options.canonical) return;
  const char *text = name_of(writer->graph->session, doc);
  while (*text) {
    size_t len = strcspn(text, "\n");
    text_addf(writer->out, len ? "## %.*s" : "##", (int)len, text);
    write_newline(writer);
    text += len + (text[len] == '\n');
  }
}

/* ---- ports ---- */

static bool is_standard_output(const Writer *writer, const Port *port) {
  const Graph *graph = writer->graph;
  Op op = graph_op(graph, port->node);
  if (op == OP_PARSE_INT || op == OP_PARSE_FLOAT)
    return graph_op(graph, graph_arg(graph, port->node, 0)) == OP_STDOUT;
  if (op != OP_SPLIT || graph_op(graph, graph_arg(graph, port->node, 0)) != OP_STDOUT) return false;
  Node separator = graph_arg(graph, port->node, 1);
  return write_literal_kind(graph, separator, LIT_STRING) &&
         !strcmp(name_of(graph->session, graph_literal(graph, separator)->text), "\n");
}

void write_ports(Writer *writer, const Port *ports, uint32_t count, uint32_t scope, bool values) {
  text_putc(writer->out, '(');
  writer->indent++;
  for (uint32_t k = 0; k < count; k++) {
    const char *doc = writer->options.canonical ? "" : name_of(writer->graph->session, ports[k].doc);
    bool behind = *doc && !strchr(doc, '\n');
    if (*doc) write_newline(writer);
    if (!behind) write_doc(writer, ports[k].doc);
    write_sym(writer, ports[k].name);
    text_puts(writer->out, ": ");
    write_type(writer, ports[k].type);
    if (values && ports[k].node != NODE_NONE) {
      text_puts(writer->out, " = ");
      if (writer->task && is_standard_output(writer, &ports[k]))
        text_puts(writer->out, "stdout");
      else
        write_term(writer, scope, ports[k].node, LEVEL_OPEN, ASK_TYPE);
    }
    if (k + 1 < count) text_puts(writer->out, ", ");
    if (behind) text_addf(writer->out, " ## %s", doc);
    if (behind) write_newline(writer);
  }
  writer->indent--;
  text_putc(writer->out, ')');
}

/* ---- commands ---- */

/* What begins with a dash gets `./` in front when it is handed to a command (lower_task.c): the path itself, or the node
 * where it is no such choice. */
static Node without_guard(const Graph *graph, Node node) {
  Node choice = graph_op(graph, node) == OP_CONCAT ? graph_arg(graph, node, 0) : node;
  if (graph_op(graph, choice) != OP_CHOOSE || graph_type(graph, choice) != T_STRING) return node;
  Node test = graph_arg(graph, choice, 0), path = graph_arity(graph, test) ? graph_arg(graph, test, 0) : test;
  if (graph_op(graph, test) != OP_STARTS_WITH) return node;
  if (choice == node) return graph_arg(graph, choice, 2) == path ? path : node;
  uint32_t rest = graph_arity(graph, node) - 1;
  if (graph_op(graph, path) != OP_CONCAT) return rest == 1 && graph_arg(graph, node, 1) == path ? path : node;
  bool same = rest == graph_arity(graph, path);
  for (uint32_t k = 0; same && k < rest; k++)
    same = graph_arg(graph, node, k + 1) == graph_arg(graph, path, k);
  return same ? path : node;
}

/* The output whose path a value of the command is. */
static const Port *path_of(const Graph *graph, const Task *task, Node node) {
  node = without_guard(graph, node);
  for (uint32_t k = 0; k < task->out_count; k++) {
    Node out = task->outs[k].node;
    if (graph_op(graph, out) == OP_OUT_FILE && graph_arg(graph, out, 0) == node &&
        type_kind(graph->types, task->outs[k].type) != T_OPTION)
      return &task->outs[k];
  }
  return NULL;
}

static void put_value(Writer *writer, const Task *task, uint32_t scope, const Piece *piece) {
  const Port *out = path_of(writer->graph, task, piece->node);
  text_puts(writer->out, piece->raw ? "~{raw(" : "~{");
  writer->flat++;
  if (out)
    write_sym(writer, out->name);
  else
    write_term(writer, scope, piece->node, LEVEL_OPEN, ASK_EXACT);
  writer->flat--;
  text_puts(writer->out, piece->raw ? ")}" : "}");
}

/* How the text of a command can be written: over lines, when it reads back so. */
static bool fits_block(const Graph *graph, const Task *task) {
  bool lines = false, flush = false, start = true;
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node != NODE_NONE) {
      flush |= start;
      start = false;
      continue;
    }
    const char *text = name_of(graph->session, piece->text);
    size_t len = sym_len(graph->session->names, piece->text);
    if (strstr(text, "\"\"\"") || strstr(text, "~{") || strchr(text, '\r') || strlen(text) != len)
      return false;
    if (len && (text[len - 1] == '~' || (i + 1 == task->piece_count && text[len - 1] == '"'))) return false;
    for (; *text; text++) {
      flush |= start && *text != ' ' && *text != '\t' && *text != '\n';
      start = *text == '\n';
      lines |= start;
    }
  }
  return lines && flush;
}

static void put_block_text(Writer *writer, Sym text, bool *due) {
  for (const char *at = name_of(writer->graph->session, text); *at; at++) {
    if (*due && *at != '\n') text_puts(writer->out, "    ");
    *due = *at == '\n';
    text_putc(writer->out, *at);
  }
}

static void put_command_block(Writer *writer, const Task *task, uint32_t scope) {
  bool due = true;
  text_puts(writer->out, "\"\"\"\n");
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE) {
      put_block_text(writer, piece->text, &due);
      continue;
    }
    if (due) text_puts(writer->out, "    ");
    due = false;
    put_value(writer, task, scope, piece);
  }
  text_puts(writer->out, "\n  \"\"\"");
}

/* A word of a program's call that a shell would read otherwise. */
static void put_word(Writer *writer, Sym word) {
  const char *text = name_of(writer->graph->session, word);
  if (!strpbrk(text, "|&;<>()$`\\\"'*?[]#\n{}! \t~")) {
    write_string_text(writer, word, false);
    return;
  }
  Text quoted = {0};
  text_putc(&quoted, '\'');
  for (; *text; text++) {
    if (*text == '\'')
      text_puts(&quoted, "'\\''");
    else
      text_putc(&quoted, *text);
  }
  text_putc(&quoted, '\'');
  write_string_text(writer, intern(writer->graph->session->names, quoted.data, quoted.len), false);
  text_free(&quoted);
}

/* A program's call: words with blanks between them, as a shell would have them if one were needed. */
static void put_command_words(Writer *writer, const Task *task, uint32_t scope) {
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node != NODE_NONE)
      put_value(writer, task, scope, piece);
    else
      put_word(writer, piece->text);
    if (piece->ends_word && i + 1 < task->piece_count) text_putc(writer->out, ' ');
  }
}

static void put_command_line(Writer *writer, const Task *task, uint32_t scope) {
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE)
      write_string_text(writer, piece->text, false);
    else
      put_value(writer, task, scope, piece);
  }
}

/* `sh` has to be said where a shell would not be needed, or blanks at the start count. */
static bool says_interpreter(const Graph *graph, const Task *task) {
  if (task->direct) return false;
  if (strcmp(name_of(graph->session, task->interpreter), "sh") != 0) return true;
  if (command_is_direct(graph, task->pieces, task->piece_count)) return true;
  const char *first = task->piece_count && task->pieces[0].node == NODE_NONE
                          ? name_of(graph->session, task->pieces[0].text)
                          : "";
  return *first == ' ' || *first == '\n';
}

static bool is_word(const char *text) {
  return *text && !(*text >= '0' && *text <= '9') &&
         strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static void put_run(Writer *writer, const Task *task, uint32_t scope) {
  write_newline(writer);
  text_puts(writer->out, "run ");
  if (says_interpreter(writer->graph, task)) {
    bool word = is_word(name_of(writer->graph->session, task->interpreter));
    if (!word) text_putc(writer->out, '"');
    write_string_text(writer, task->interpreter, false);
    text_puts(writer->out, word ? " " : "\" ");
  }
  if (!task->direct && fits_block(writer->graph, task)) {
    put_command_block(writer, task, scope);
    return;
  }
  text_putc(writer->out, '"');
  if (task->direct)
    put_command_words(writer, task, scope);
  else
    put_command_line(writer, task, scope);
  text_putc(writer->out, '"');
}

/* ---- attributes ---- */

static void put_attribute(Writer *writer, const Task *task, uint32_t kind, uint32_t scope) {
  const Graph *graph = writer->graph;
  Node node = task->attrs[kind];
  bool certain = graph_op(graph, node) == OP_UNCERTAIN_ &&
                 write_literal_kind(graph, graph_arg(graph, node, 1), LIT_FLOAT) &&
                 graph_literal(graph, graph_arg(graph, node, 1))->number == 0;
  write_newline(writer);
  text_addf(writer->out, "%s ", attr_texts[kind]);
  const Literal *literal = graph_op(graph, node) == OP_LIT ? graph_literal(graph, node) : NULL;
  if (literal && graph_type(graph, node) == T_FLOAT && literal->number == (double)(int32_t)literal->number)
    text_addf(writer->out, "%d", (int32_t)literal->number);
  else
    write_term(writer, scope, certain ? graph_arg(graph, node, 0) : node, LEVEL_OPEN, ASK_TYPE);
}

static void put_env(Writer *writer, const Task *task, uint32_t scope) {
  if (!task->env_count) return;
  write_newline(writer);
  text_puts(writer->out, "env (");
  for (uint32_t i = 0; i < task->env_count; i++) {
    if (i) text_puts(writer->out, ", ");
    write_sym(writer, task->env[i].name);
    text_puts(writer->out, ": ");
    write_term(writer, scope, task->env[i].node, LEVEL_OPEN, ASK_EXACT);
  }
  text_putc(writer->out, ')');
}

static void put_stage(Writer *writer, const Task *task, uint32_t scope) {
  if (!task->stage_count) return;
  write_newline(writer);
  text_puts(writer->out, "stage (");
  for (uint32_t i = 0; i < task->stage_count; i++) {
    if (i) text_puts(writer->out, ", ");
    write_sym(writer, task->ins[writer->graph->data.data[task->stage[i].file]].name);
    text_puts(writer->out, ": ");
    write_term(writer, scope, task->stage[i].name, LEVEL_OPEN, ASK_EXACT);
  }
  text_putc(writer->out, ')');
}

/* ---- all ---- */

static void scan_root(Writer *writer, uint32_t scope, Node node) {
  if (node != NODE_NONE) write_scan_term(writer, scope, node);
}

static void use_root(Writer *writer, uint32_t scope, Node node) {
  if (node != NODE_NONE) write_scan_use(writer, scope, node, writer->scopes.data[scope].block, false, 1);
}

typedef void Visit(Writer *writer, uint32_t scope, Node node);

static void each_root(Writer *writer, const Task *task, uint32_t scope, Visit *visit) {
  for (uint32_t i = 0; i < task->out_count; i++) visit(writer, scope, task->outs[i].node);
  for (uint32_t i = 0; i < ATTR_COUNT; i++) visit(writer, scope, task->attrs[i]);
  for (uint32_t i = 0; i < task->env_count; i++) visit(writer, scope, task->env[i].node);
  for (uint32_t i = 0; i < task->stage_count; i++) visit(writer, scope, task->stage[i].name);
  for (uint32_t i = 0; i < task->piece_count; i++) visit(writer, scope, task->pieces[i].node);
}

static void put_head(Writer *writer, const Task *task, Sym name, uint32_t scope) {
  write_doc(writer, task->doc);
  if (task->is_volatile) text_puts(writer->out, "volatile ");
  if (task->assoc) text_puts(writer->out, "assoc ");
  if (task->comm) text_puts(writer->out, "comm ");
  text_puts(writer->out, "task ");
  write_sym(writer, name);
  write_ports(writer, task->ins, task->in_count, scope, false);
  if (!task->out_count) return;
  text_puts(writer->out, " -> ");
  write_ports(writer, task->outs, task->out_count, scope, true);
}

void write_task(Writer *writer, uint32_t number) {
  const Task *task = &writer->graph->tasks.data[number];
  uint32_t from = writer->order.len, scope = write_scan_sealed(writer, true);
  writer->task = task;
  each_root(writer, task, scope, scan_root);
  each_root(writer, task, scope, use_root);
  write_scan_place(writer, from);
  put_head(writer, task, write_name_task(writer, number), scope);
  text_puts(writer->out, " {");
  writer->indent++;
  for (uint32_t i = 0; i < ATTR_COUNT; i++)
    if (task->attrs[i] != NODE_NONE && i != ATTR_ENV && i != ATTR_STAGE)
      put_attribute(writer, task, i, scope);
  put_env(writer, task, scope);
  put_stage(writer, task, scope);
  put_run(writer, task, scope);
  writer->indent--;
  write_newline(writer);
  text_puts(writer->out, "}\n\n");
  writer->task = NULL;
}
