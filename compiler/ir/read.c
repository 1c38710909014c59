/* read.c: a graph from its text form. What is read has been verified. */
#include "front/quoting.h"
#include "ir/reader.h"

#include <string.h>

/* ---- nodes ---- */

/* `#3`, or the open variable `?3`, which nothing made later may be taken for. */
static uint32_t read_number(Reader *reader, Op op) {
  bool open = reader->open && (op == OP_INDEX || op == OP_STATE) && reader_take(reader, "?");
  if (!open) return reader_expect(reader, "#") ? reader_number(reader) : 0;
  uint32_t number = reader_number(reader);
  if (number >= reader->graph->next_open) reader->graph->next_open = number + 1;
  return number | OPEN_VARIABLE;
}

static uint32_t read_data(Reader *reader, Op op, Literal *literal) {
  switch (data_form(op)) {
    case DATA_NONE:
      return 0;
    case DATA_NAME:
      return reader_string(reader);
    case DATA_LITERAL:
      *literal = reader_literal(reader);
      return 0;
    case DATA_TASK:
      return reader_expect(reader, "@") ? reader_number(reader) : 0;
    case DATA_NUMBER:
      return read_number(reader, op);
  }
  return 0;
}

static void read_step_name(Reader *reader, Node node) {
  if (!reader_take(reader, ";")) return;
  Sym name = reader_name(reader);
  if (!name) name = reader_string(reader);
  if (!reader->failed) reader->graph->name_of.data[node] = name;
}

/* The operands of a line, which fit the operation's arity. */
static void read_args(Reader *reader, Op op) {
  reader->args.len = 0;
  while (!reader->failed && reader_at_node(reader)) {
    Node arg = reader_node(reader);
    vec_push(&reader->args, arg);
  }
  int arity = op_info[op].arity;
  if (arity >= 0 && reader->args.len != (uint32_t)arity)
    reader_fail(reader, "as many operands as the operation has");
}

static Node make_node(Reader *reader, Op op, TypeId type, uint32_t data, Literal literal) {
  Graph *graph = reader->graph;
  if (reader->failed) return 0;
  uint32_t before = graph_count(graph);
  Node node = op == OP_LIT ? graph_literal_node(graph, type, literal)
                           : graph_raw(graph, op, type, data, reader->args.data, reader->args.len, (Span){0});
  if (node && node < before) reader_fail(reader, "a node that has not been said before");
  if (op == OP_TOKEN && data >= graph->next_token) graph->next_token = data + 1;
  return node;
}

static void read_node(Reader *reader) {
  Literal literal = {0};
  if (reader_number(reader) != reader->nodes.len) reader_fail(reader, "the next number");
  reader_expect(reader, "=");
  Op op = reader_op(reader);
  uint32_t data = read_data(reader, op, &literal);
  read_args(reader, op);
  TypeId type = op_is_typed(op) && reader_expect(reader, ":") ? reader_type(reader) : T_UNIT;
  Node node = make_node(reader, op, type, data, literal);
  vec_push(&reader->nodes, node);
  read_step_name(reader, node);
}

/* ---- ports ---- */

static Sym read_doc(Reader *reader) { return reader_take(reader, "##") ? reader_string(reader) : 0; }

static Port read_port(Reader *reader) {
  Port port = {.name = reader_string(reader), .node = NODE_NONE};
  if (reader_take(reader, "=")) port.node = reader_node(reader);
  if (reader_take(reader, "~")) port.default_text = reader_string(reader);
  port.doc = read_doc(reader);
  if (reader_expect(reader, ":")) port.type = reader_type(reader);
  return port;
}

/* ---- tasks ---- */

/* The lists of a task that is being read. */
typedef struct Parts {
  VEC(Port) ins, outs;
  VEC(Piece) pieces;
  VEC(Named) env;
  VEC(Staged) stage;
} Parts;

static void read_piece(Reader *reader, Parts *parts, bool is_text) {
  Piece piece = {.node = NODE_NONE};
  if (is_text)
    piece.text = reader_string(reader);
  else
    piece.node = reader_node(reader);
  piece.raw = reader_take(reader, "raw");
  if (reader_take(reader, "single")) piece.quoted = QUOTED_SINGLE;
  if (reader_take(reader, "double")) piece.quoted = QUOTED_DOUBLE;
  piece.ends_word = reader_take(reader, "end");
  vec_push(&parts->pieces, piece);
}

static void read_attr(Reader *reader, Task *task) {
  for (uint32_t i = 0; i < ATTR_COUNT; i++) {
    if (i == ATTR_ENV || i == ATTR_STAGE || !reader_take(reader, attr_texts[i])) continue;
    task->attrs[i] = reader_node(reader);
    return;
  }
  reader_fail(reader, "a line of a task");
}

static void read_part(Reader *reader, Task *task, Parts *parts) {
  if (reader_take(reader, "in")) {
    vec_push(&parts->ins, read_port(reader));
  } else if (reader_take(reader, "out")) {
    vec_push(&parts->outs, read_port(reader));
  } else if (reader_take(reader, "text")) {
    read_piece(reader, parts, true);
  } else if (reader_take(reader, "value")) {
    read_piece(reader, parts, false);
  } else if (reader_take(reader, "env")) {
    Named named = {.name = reader_string(reader)};
    named.node = reader_node(reader);
    vec_push(&parts->env, named);
  } else if (reader_take(reader, "stage")) {
    Staged staged = {.file = reader_node(reader)};
    staged.name = reader_node(reader);
    vec_push(&parts->stage, staged);
  } else {
    read_attr(reader, task);
  }
  if (!reader_line_end(reader)) reader_fail(reader, "the end of the line");
}

#define KEEP(arena, list) \
  ((list)->len ? arena_copy(arena, (list)->data, (list)->len * sizeof *(list)->data) : NULL)

static void task_finish(Reader *reader, Task *task, Parts *parts) {
  Arena *arena = reader->session->arena;
  task->ins = KEEP(arena, &parts->ins), task->in_count = parts->ins.len;
  task->outs = KEEP(arena, &parts->outs), task->out_count = parts->outs.len;
  task->pieces = KEEP(arena, &parts->pieces), task->piece_count = parts->pieces.len;
  task->env = KEEP(arena, &parts->env), task->env_count = parts->env.len;
  task->stage = KEEP(arena, &parts->stage), task->stage_count = parts->stage.len;
  task->in_type = ports_record(reader->graph, task->ins, task->in_count);
  task->out_type = ports_record(reader->graph, task->outs, task->out_count);
  vec_free(&parts->ins);
  vec_free(&parts->outs);
  vec_free(&parts->pieces);
  vec_free(&parts->env);
  vec_free(&parts->stage);
}

static void read_task(Reader *reader) {
  Task task = {0};
  Parts parts = {0};
  for (uint32_t i = 0; i < ATTR_COUNT; i++) task.attrs[i] = NODE_NONE;
  reader_expect(reader, "@");
  if (reader_number(reader) != reader->graph->tasks.len) reader_fail(reader, "the next task's number");
  task.name = reader_string(reader);
  task.is_volatile = reader_take(reader, "volatile");
  task.assoc = reader_take(reader, "assoc");
  task.comm = reader_take(reader, "comm");
  task.direct = reader_take(reader, "direct");
  if (!task.direct && reader_expect(reader, "run")) task.interpreter = reader_string(reader);
  task.doc = read_doc(reader);
  if (!reader_line_end(reader)) reader_fail(reader, "the end of the line");
  while (!reader->failed && !reader_take(reader, "end")) read_part(reader, &task, &parts);
  task_finish(reader, &task, &parts);
  vec_push(&reader->graph->tasks, task);
}

/* ---- the whole ---- */

static void read_output(Reader *reader) {
  Output output = {.name = reader_string(reader)};
  output.node = reader_node(reader);
  vec_push(&reader->graph->outputs, output);
}

static void read_line(Reader *reader) {
  Graph *graph = reader->graph;
  if (reader_take(reader, "%"))
    read_node(reader);
  else if (reader_take(reader, "task"))
    read_task(reader);
  else if (reader_take(reader, "input"))
    vec_push(&graph->inputs, read_port(reader));
  else if (reader_take(reader, "output"))
    read_output(reader);
  else if (reader_take(reader, "effect"))
    vec_push(&graph->effects, reader_node(reader));
  else if (!reader->line || !reader->line(reader))
    reader_fail(reader, "a line of a graph");
  if (!reader_line_end(reader)) reader_fail(reader, "the end of the line");
}

void reader_lines(Reader *reader) {
  for (int op = 0; op < OP_COUNT_; op++) {
    Sym name = intern(reader->session->names, op_info[op].text, strlen(op_info[op].text));
    map_put(&reader->ops, name, (uint32_t)op + 1);
  }
  if (reader_expect(reader, "graph")) reader->graph->name = reader_string(reader);
  reader->graph->doc = read_doc(reader);
  if (!reader_line_end(reader)) reader_fail(reader, "the end of the line");
  while (!reader->failed && *reader->at) read_line(reader);
}

void reader_end(Reader *reader) {
  vec_free(&reader->nodes);
  vec_free(&reader->args);
  map_free(&reader->ops);
}

Graph *graph_read(Session *session, Types *types, Source *source) {
  Graph *graph = graph_new(session, types);
  Reader reader = {.session = session, .types = types, .graph = graph, .source = source, .at = source->text};
  reader_lines(&reader);
  const char *wrong = reader.failed ? NULL : graph_verify(graph);
  if (wrong)
    diag(session->diags, DIAG_SYNTAX, (Span){source->base, source->base + 1}, "not a graph: %s", wrong);
  reader_end(&reader);
  if (!reader.failed && !wrong) return graph;
  graph_free(graph);
  return NULL;
}
