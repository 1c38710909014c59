/* native_task.c: tasks: what their commands are made of, and the functions around them. */
#include "emit/native.h"
#include "emit/pieces.h"

#include <stddef.h>
#include <string.h>

typedef VEC(Store) Stores;

/* ---- interpreters ---- */

static LLVMValueRef interpreter_table(Native *native, const Interpreter *row, const char *name) {
  LLVMValueRef argv[8];
  uint32_t count = 0;
  argv[count++] = native_text(native, row->argv[0] && !strchr(name, '/') ? row->argv[0] : name);
  for (int i = 1; row->argv[i]; i++) argv[count++] = native_text(native, row->argv[i]);
  argv[count++] = LLVMConstNull(native->ptr);
  return native_table(native, native->ptr, argv, count);
}

/* ---- commands ---- */

static uint32_t align_up(uint32_t at, uint32_t align) { return (at + align - 1) & ~(align - 1); }

/* The pieces, and in `stores` where their values go; gives back the size of the block of values. */
static uint32_t pieces(Native *native, const Task *task, Language language, Words *rows, Stores *stores) {
  uint32_t size = 0;
  for (uint32_t i = 0; i < task->piece_count; i++) {
    const Piece *piece = &task->pieces[i];
    LLVMValueRef null = LLVMConstNull(native->ptr);
    LLVMValueRef values[] = {null,
                             native_u32(native, 0),
                             native_u32(native, 0),
                             null,
                             native_u8(native, (uint8_t)piece_quote(task, piece, language)),
                             native_u8(native, piece->ends_word)};
    if (piece->node == NODE_NONE) {
      values[0] = native_sym(native, piece->text);
      values[1] = native_u32(native, sym_len(native->session->names, piece->text));
    } else {
      const Layout *layout = native_layout_of(native, piece->node);
      uint32_t offset = align_up(size, layout->align);
      size = offset + layout->size;
      values[2] = native_u32(native, offset);
      values[3] = layout->table;
      vec_push(stores, (Store){.node = piece->node, .offset = offset, .target = 3, .form = STORE_VALUE});
    }
    native_row(rows, STRUCT_RtPiece, values);
  }
  return align_up(size, 8);
}

/* ---- attributes ---- */

static const struct {
  AttrKind kind;
  uint32_t offset;
  StoreForm form;
} attribute_rows[] = {{ATTR_CPUS, offsetof(RtAttrs, cpus), STORE_DOUBLE},
                      {ATTR_GPUS, offsetof(RtAttrs, gpus), STORE_DOUBLE},
                      {ATTR_MEMORY, offsetof(RtAttrs, memory), STORE_DOUBLE},
                      {ATTR_DISK, offsetof(RtAttrs, disk), STORE_DOUBLE},
                      {ATTR_NODES, offsetof(RtAttrs, nodes), STORE_VALUE},
                      {ATTR_RANKS, offsetof(RtAttrs, ranks), STORE_VALUE},
                      {ATTR_TIME, offsetof(RtAttrs, time), STORE_UNCERTAIN},
                      {ATTR_TIMEOUT, offsetof(RtAttrs, timeout), STORE_DOUBLE},
                      {ATTR_RETRIES, offsetof(RtAttrs, retries), STORE_VALUE},
                      {ATTR_IMAGE, offsetof(RtAttrs, image), STORE_VALUE},
                      {ATTR_STDIN, offsetof(RtAttrs, stdin_text), STORE_VALUE},
                      {ATTR_ACCEPT, offsetof(RtAttrs, accept), STORE_VALUE}};

static void add_lists(const Task *task, Stores *stores) {
  if (task->env_count)
    vec_push(stores, (Store){.node = NODE_NONE,
                             .offset = offsetof(RtAttrs, env),
                             .target = 2,
                             .form = STORE_LIST,
                             .count = 2 * task->env_count});
  for (uint32_t i = 0; i < task->env_count; i++) {
    vec_push(stores, (Store){.node = NODE_NONE, .text = task->env[i].name, .form = STORE_ITEM});
    vec_push(stores, (Store){.node = task->env[i].node, .form = STORE_ITEM});
  }
  if (task->stage_count)
    vec_push(stores, (Store){.node = NODE_NONE,
                             .offset = offsetof(RtAttrs, stage),
                             .target = 2,
                             .form = STORE_LIST,
                             .count = 2 * task->stage_count});
  for (uint32_t i = 0; i < task->stage_count; i++) {
    vec_push(stores, (Store){.node = task->stage[i].file, .form = STORE_ITEM});
    vec_push(stores, (Store){.node = task->stage[i].name, .form = STORE_ITEM});
  }
}

static void add_attributes(Native *native, const Task *task, Stores *stores) {
  for (size_t i = 0; i < sizeof attribute_rows / sizeof *attribute_rows; i++) {
    Node node = task->attrs[attribute_rows[i].kind];
    if (node == NODE_NONE) continue;
    uint32_t offset = attribute_rows[i].offset;
    if (attribute_rows[i].kind == ATTR_STDIN && native_layout_of(native, node)->kind != RT_STRING)
      offset = offsetof(RtAttrs, stdin_file);
    vec_push(stores,
             (Store){.node = node, .offset = offset, .target = 2, .form = (uint8_t)attribute_rows[i].form});
  }
  add_lists(task, stores);
}

/* ---- results ---- */

typedef struct Results {
  bool uses_stdout, makes_files;
  bool *by_contents; /* by output */
} Results;

/* Whether what an operation gives depends on what the task has made, and not on paths alone. */
static bool is_by_contents(Native *native, Node node) {
  switch (graph_op(native->graph, node)) {
    case OP_GLOB:
    case OP_READ:
      return true;
    case OP_STDOUT:
      return native_layout_of(native, node)->kind == RT_STRING;
    case OP_OUT_FILE:
      return native_layout_of(native, node)->kind == RT_OPTION;
    default:
      return false;
  }
}

/* What the outputs read, below a node; each is visited once. */
static void look_below(Native *native, Node root, Map *seen, Results *results, bool *by_contents) {
  const Graph *graph = native->graph;
  VEC(Node) stack = {0};
  vec_push(&stack, root);
  while (stack.len) {
    Node node = vec_pop(&stack);
    if (map_get(seen, (uint64_t)node + 1)) continue;
    map_put(seen, (uint64_t)node + 1, 1);
    Op op = graph_op(graph, node);
    if (is_by_contents(native, node)) *by_contents = true;
    if (op == OP_STDOUT) results->uses_stdout = true;
    if (op == OP_OUT_FILE || op == OP_GLOB || op == OP_READ) results->makes_files = true;
    for (uint32_t i = 0; i < graph_arity(graph, node); i++) vec_push(&stack, graph_arg(graph, node, i));
  }
  vec_free(&stack);
}

static Results results_of(Native *native, const Task *task) {
  Results results = {false, false, ARENA_ARRAY(native->arena, bool, task->out_count + 1)};
  for (uint32_t i = 0; i < task->out_count; i++) {
    Map seen = {0};
    look_below(native, task->outs[i].node, &seen, &results, &results.by_contents[i]);
    map_free(&seen);
  }
  return results;
}

/* ---- tasks ---- */

static LLVMValueRef finish(Native *native, const Task *task) {
  Stores stores = {0};
  const Layout *out = native_layout(native, task->out_type);
  for (uint32_t i = 0; i < task->out_count; i++)
    vec_push(
        &stores,
        (Store){.node = task->outs[i].node, .offset = out->offsets[i], .target = 2, .form = STORE_VALUE});
  LLVMValueRef code = native_task_code(native, task, 3, stores.data, stores.len);
  vec_free(&stores);
  return code;
}

static LLVMValueRef ports_of(Native *native, const Port *ports, uint32_t count, TypeId record,
                             const bool *by_contents) {
  return native_ports(native, ports, count, native_layout(native, record)->offsets, NULL, by_contents);
}

static void add_task(Native *native, uint32_t number, Words *table) {
  const Task *task = &native->graph->tasks.data[number];
  const char *name = name_of(native->session, task->interpreter);
  const Interpreter *interpreter = interpreter_find(name);
  Stores stores = {0};
  Words rows = {.native = native};
  uint32_t size = pieces(native, task, interpreter->language, &rows, &stores);
  add_attributes(native, task, &stores);
  Results results = results_of(native, task);
  char *identity = arena_alloc(native->arena, 65);
  graph_task_identity(native->graph, number, identity);
  LLVMValueRef null = LLVMConstNull(native->ptr);
  LLVMValueRef values[] = {native_sym(native, task->name),
                           native_text(native, identity),
                           native_place_fields(native, task->span),
                           native_u8(native, task->is_volatile),
                           native_u8(native, task->direct),
                           task->direct ? null : interpreter_table(native, interpreter, name),
                           native_u32(native, task->in_count),
                           native_u32(native, task->out_count),
                           ports_of(native, task->ins, task->in_count, task->in_type, NULL),
                           ports_of(native, task->outs, task->out_count, task->out_type, results.by_contents),
                           native_layout(native, task->in_type)->table,
                           native_layout(native, task->out_type)->table,
                           native_u32(native, size),
                           native_u32(native, task->piece_count),
                           native_rows(&rows),
                           native_u8(native, results.uses_stdout),
                           native_u8(native, results.makes_files),
                           native_task_code(native, task, 4, stores.data, stores.len),
                           finish(native, task)};
  vec_free(&stores);
  native_row(table, STRUCT_RtTask, values);
}

LLVMValueRef native_tasks(Native *native) {
  uint32_t count = native->graph->tasks.len;
  Words table = {.native = native};
  for (uint32_t i = 0; i < count; i++) add_task(native, i, &table);
  return native_rows(&table);
}
