/* identity.c: what a task, and a whole graph, is: a digest of its text.  libcrypto's low-level calls need no
 * initialisation, which would cost milliseconds at each start. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ir/text.h"

#include <openssl/sha.h>
#include <string.h>

/* Changes whenever the text of a task does, so that old results are not taken for new ones. */
static const char task_prefix[] = "weft1-task:";
static const char graph_prefix[] = "weft1-graph:";

void text_sha256(const char *prefix, const Text *text, char hex[65]) {
  static const char digits[] = "0123456789abcdef";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, prefix, strlen(prefix));
  SHA256_Update(&state, text->data, text->len);
  SHA256_Final(hash, &state);
  for (size_t i = 0; i < sizeof hash; i++) {
    hex[2 * i] = digits[hash[i] >> 4];
    hex[2 * i + 1] = digits[hash[i] & 15];
  }
  hex[64] = 0;
}

void graph_identity(const Graph *graph, char hex[65]) {
  Text text = {0};
  graph_print_as(graph, PRINT_NO_NAMES, &text);
  text_sha256(graph_prefix, &text, hex);
  text_free(&text);
}

/* A task's text while it is written: nodes are numbered as they come. */
typedef struct Writer {
  const Graph *graph;
  Text text;
  Map number; /* of a node, + 1 */
  VEC(Node) stack;
} Writer;

/* Put the operands that have no number on the stack. */
static bool wait_for_args(Writer *writer, Node node) {
  uint32_t before = writer->stack.len;
  for (uint32_t k = graph_arity(writer->graph, node); k-- > 0;) {
    Node arg = graph_arg(writer->graph, node, k);
    if (!map_get(&writer->number, arg)) vec_push(&writer->stack, arg);
  }
  return writer->stack.len > before;
}

static void write_line(Writer *writer, Node node) {
  const Graph *graph = writer->graph;
  text_puts(&writer->text, op_info[graph_op(graph, node)].text);
  node_data_print(graph, node, &writer->text);
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    text_puts(&writer->text, " %");
    text_number(&writer->text, map_get(&writer->number, graph_arg(graph, node, k)) - 1);
  }
  text_puts(&writer->text, " : ");
  type_print(graph->types, graph_type(graph, node), &writer->text);
  text_putc(&writer->text, '\n');
  map_put(&writer->number, node, writer->number.len + 1);
}

/* The lines of a node and of what is below it, unless they are there, then what it is for. */
static void write_root(Writer *writer, const char *what, Node root) {
  if (root == NODE_NONE) return;
  vec_push(&writer->stack, root);
  while (writer->stack.len) {
    Node node = vec_last(&writer->stack);
    if (!map_get(&writer->number, node) && wait_for_args(writer, node)) continue;
    if (!map_get(&writer->number, node)) write_line(writer, node);
    writer->stack.len--;
  }
  text_addf(&writer->text, "%s %%%u\n", what, map_get(&writer->number, root) - 1);
}

static void write_sym(Writer *writer, const char *what, Sym sym) {
  const Interner *names = writer->graph->session->names;
  text_addf(&writer->text, "%s ", what);
  text_json(&writer->text, sym_text(names, sym), sym_len(names, sym));
  text_putc(&writer->text, '\n');
}

static void write_types(Writer *writer, const char *what, const Port *ports, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    text_addf(&writer->text, "%s : ", what);
    type_print(writer->graph->types, ports[i].type, &writer->text);
    text_putc(&writer->text, '\n');
  }
}

static void write_pieces(Writer *writer, const Task *task) {
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    if (piece->node == NODE_NONE)
      write_sym(writer, "text", piece->text);
    else
      write_root(writer, piece->raw ? "raw" : "value", piece->node);
    if (piece->ends_word) text_puts(&writer->text, "end\n");
  }
}

/* Attributes that can change a result; what a task asks for is no part of what it is. */
static void write_attrs(Writer *writer, const Task *task) {
  static const AttrKind relevant[] = {ATTR_IMAGE, ATTR_STDIN, ATTR_ACCEPT};
  for (size_t i = 0; i < sizeof relevant / sizeof *relevant; i++)
    write_root(writer, attr_texts[relevant[i]], task->attrs[relevant[i]]);
  for (uint32_t i = 0; i < task->env_count; i++) {
    write_sym(writer, "env", task->env[i].name);
    write_root(writer, "value", task->env[i].node);
  }
  for (uint32_t i = 0; i < task->stage_count; i++) {
    write_root(writer, "stage", task->stage[i].file);
    write_root(writer, "as", task->stage[i].name);
  }
}

void graph_task_identity(const Graph *graph, uint32_t number, char hex[65]) {
  const Task *task = &graph->tasks.data[number];
  Writer writer = {.graph = graph};
  if (task->direct)
    text_puts(&writer.text, "direct\n");
  else
    write_sym(&writer, "run", task->interpreter);
  write_types(&writer, "in", task->ins, task->in_count);
  write_types(&writer, "out", task->outs, task->out_count);
  write_pieces(&writer, task);
  for (uint32_t i = 0; i < task->out_count; i++) write_root(&writer, "out", task->outs[i].node);
  write_attrs(&writer, task);
  text_sha256(task_prefix, &writer.text, hex);
  text_free(&writer.text);
  map_free(&writer.number);
  vec_free(&writer.stack);
}
