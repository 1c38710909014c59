#include "import/expand.h"

#include <string.h>

enum { MOST_DEPTH = 2000, MOST_STEPS = 200000000 };

typedef enum ValueKind {
  VALUE_UNKNOWN,
  VALUE_INT,
  VALUE_TEXT,
  VALUE_FILE,
  VALUE_OUTSIDE,
  VALUE_ARRAY,
  VALUE_RECORD
} ValueKind;

typedef struct Value {
  ValueKind kind;
  uint32_t len; /* of items; of a record that a call gives: the call + 1 in `call` */
  uint32_t call;
  union {
    int64_t integer; /* a truth value likewise */
    Sym text;        /* of an array from outside: the input's name */
    uint32_t file;
    const struct Value *items;
  };
} Value;

/* A file: made by a call, or from outside. */
typedef struct MadeFile {
  uint32_t call; /* NODE_NONE: from outside */
  Sym name;
  bool printed, log; /* log: there only because a task has to have an output */
} MadeFile;

typedef struct Call {
  uint32_t task, next; /* next: call of the same hash + 1 */
  const Value *args;
  uint32_t count;
  Value result;
  const Value *words; /* of the command, behind the program */
  uint32_t word_count;
  Span span;
} Call;

typedef struct Expander {
  const Graph *graph;
  Arena *arena;
  Value *known; /* of closed nodes */
  uint8_t *is_known;
  int64_t *index;      /* of index nodes: the number under way */
  const Value *params; /* of the call whose outputs are being made, or NULL */
  uint32_t call;       /* that call */
  VEC(Call) calls;
  VEC(MadeFile) files;
  Map call_of, outside_of;
  uint32_t depth;
  uint64_t steps;
  bool failed;
} Expander;

static Value eval(Expander *expander, Node node);

static Value fail(Expander *expander, Node node, const char *why) {
  if (!expander->failed)
    diag(expander->graph->session->diags, DIAG_EXPAND, graph_span(expander->graph, node), "%s", why);
  expander->failed = true;
  return (Value){VALUE_UNKNOWN};
}

static Value int_value(int64_t number) { return (Value){.kind = VALUE_INT, .integer = number}; }

static Value text_value(const Expander *expander, const char *text) {
  return (Value){.kind = VALUE_TEXT, .text = intern(expander->graph->session->names, text, strlen(text))};
}

static Value array_value(const Value *items, uint32_t len) {
  return (Value){.kind = VALUE_ARRAY, .len = len, .items = items};
}

static Value arg(Expander *expander, Node node, uint32_t k) {
  return eval(expander, graph_arg(expander->graph, node, k));
}

/* ---- files ---- */

static Value add_file(Expander *expander, uint32_t call, Sym name, bool printed) {
  vec_push(&expander->files, (MadeFile){call, name, printed, false});
  return (Value){.kind = VALUE_FILE, .file = expander->files.len - 1};
}

static Value outside_file(Expander *expander, Sym input, int64_t number) {
  const char *text = name_of(expander->graph->session, input);
  if (number >= 0) text = arena_format(expander->graph->session->arena, "%s.%lld", text, (long long)number);
  Sym name = intern(expander->graph->session->names, text, strlen(text));
  uint32_t known = map_get(&expander->outside_of, name);
  if (known) return (Value){.kind = VALUE_FILE, .file = known - 1};
  Value file = add_file(expander, NODE_NONE, name, false);
  map_put(&expander->outside_of, name, file.file + 1);
  return file;
}

static Value made_file(Expander *expander, bool printed) {
  const char *name = arena_format(expander->graph->session->arena, "made/%u.%u", expander->call,
                                  expander->files.len);
  return add_file(expander, expander->call, intern(expander->graph->session->names, name, strlen(name)),
                  printed);
}

static Value input_value(Expander *expander, Node node) {
  const Graph *graph = expander->graph;
  TypeKind kind = type_kind(graph->types, graph_type(graph, node));
  Sym name = graph->data.data[node];
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    if (graph->inputs.data[i].name == name && graph->inputs.data[i].node != NODE_NONE)
      return eval(expander, graph->inputs.data[i].node);
  if (kind == T_FILE || kind == T_DIR) return outside_file(expander, name, -1);
  return (Value){.kind = kind == T_ARRAY ? VALUE_OUTSIDE : VALUE_UNKNOWN, .text = name};
}

/* ---- calls ---- */

static uint64_t hash_value(uint64_t hash, const Value *value) {
  hash = hash_add(hash_add(hash, value->kind), value->len);
  if (value->kind < VALUE_ARRAY) return hash_add(hash, (uint64_t)value->integer);
  for (uint32_t k = 0; k < value->len; k++) hash = hash_value(hash, &value->items[k]);
  return hash;
}

static bool same_value(const Value *a, const Value *b) {
  if (a->kind != b->kind || a->len != b->len) return false;
  if (a->kind == VALUE_INT) return a->integer == b->integer;
  if (a->kind == VALUE_FILE) return a->file == b->file;
  if (a->kind < VALUE_ARRAY) return a->kind == VALUE_UNKNOWN || a->text == b->text;
  for (uint32_t k = 0; k < a->len; k++)
    if (!same_value(&a->items[k], &b->items[k])) return false;
  return true;
}

static bool find_call(const Expander *expander, uint64_t hash, const Call *call, Value *result) {
  for (uint32_t at = map_get(&expander->call_of, hash); at; at = expander->calls.data[at - 1].next) {
    const Call *other = &expander->calls.data[at - 1];
    bool same = other->task == call->task && other->count == call->count;
    for (uint32_t k = 0; same && k < call->count; k++) same = same_value(&other->args[k], &call->args[k]);
    if (same) *result = other->result;
    if (same) return true;
  }
  return false;
}

static void eval_words(Expander *expander, const Task *task, uint32_t call) {
  uint32_t count = task->direct ? task->piece_count : 0;
  Value *words = ARENA_ARRAY(expander->arena, Value, count + 1);
  for (uint32_t k = 1; k < count; k++) {
    const Piece *piece = &task->pieces[k];
    words[k] = piece->node == NODE_NONE ? (Value){.kind = VALUE_TEXT, .text = piece->text}
                                        : eval(expander, piece->node);
  }
  expander->calls.data[call].words = words;
  expander->calls.data[call].word_count = count;
}

static Value call_result(Expander *expander, const Task *task, const Value *params, uint32_t call) {
  Value *items = ARENA_ARRAY(expander->arena, Value, task->out_count + 1);
  const Value *outer = expander->params;
  uint32_t outer_call = expander->call;
  expander->params = params;
  expander->call = call;
  for (uint32_t k = 0; k < task->out_count; k++) {
    items[k] = eval(expander, task->outs[k].node);
    if (items[k].kind == VALUE_FILE && !strcmp(name_of(expander->graph->session, task->outs[k].name), "log"))
      expander->files.data[items[k].file].log = true;
  }
  eval_words(expander, task, call);
  expander->params = outer;
  expander->call = outer_call;
  return (Value){.kind = VALUE_RECORD, .len = task->out_count, .call = call + 1, .items = items};
}

static Value eval_call(Expander *expander, Node node) {
  const Graph *graph = expander->graph;
  uint32_t count = graph_arity(graph, node);
  Value *args = ARENA_ARRAY(expander->arena, Value, count + 1), result;
  uint64_t hash = graph->data.data[node];
  for (uint32_t k = 0; k < count && !expander->failed; k++) {
    Node operand = graph_arg(graph, node, k);
    args[k] = graph_op(graph, operand) == OP_TOKEN ? int_value(graph->data.data[operand])
                                                   : eval(expander, operand);
    hash = hash_value(hash, &args[k]);
  }
  Call call = {
      graph->data.data[node], map_get(&expander->call_of, hash), args, count, {VALUE_UNKNOWN}, NULL, 0,
      graph_span(graph, node)};
  if (expander->failed || find_call(expander, hash, &call, &result))
    return expander->failed ? call.result : result;
  vec_push(&expander->calls, call);
  uint32_t number = expander->calls.len - 1;
  map_put(&expander->call_of, hash, number + 1);
  result = call_result(expander, &graph->tasks.data[call.task], args, number);
  return expander->calls.data[number].result = result;
}

/* ---- arrays ---- */

static int64_t size_of(Expander *expander, Node dim) {
  const Graph *graph = expander->graph;
  Op op = graph_op(graph, dim);
  if (op == OP_DIM_ZIP) return graph_arity(graph, dim) ? size_of(expander, graph_arg(graph, dim, 0)) : 0;
  Value of = arg(expander, dim, 0);
  if (op == OP_DIM_RANGE && of.kind == VALUE_INT) return of.integer > 0 ? of.integer : 0;
  return op == OP_DIM_OF && of.kind == VALUE_ARRAY ? (int64_t)of.len : -1;
}

static Value eval_collect(Expander *expander, Node node) {
  const Graph *graph = expander->graph;
  Node index = graph_arg(graph, node, 0);
  int64_t size = size_of(expander, graph_arg(graph, index, 0)), before = expander->index[index];
  if (size < 0)
    return fail(expander, node, "how often this `for` goes round is not known before the workflow runs");
  if ((uint64_t)size > MOST_STEPS) return fail(expander, node, "too many rounds to write each out");
  Value *items = ARENA_ARRAY(expander->arena, Value, size + 1);
  uint32_t len = 0;
  for (int64_t i = 0; i < size && !expander->failed; i++) {
    expander->index[index] = i;
    Value condition = arg(expander, node, 1);
    if (condition.kind != VALUE_INT)
      fail(expander, node, "whether an element passes is not known before the workflow runs");
    if (condition.integer) items[len++] = arg(expander, node, 2);
  }
  expander->index[index] = before;
  return array_value(items, len);
}

static Value eval_element(Expander *expander, Node node) {
  Value array = arg(expander, node, 0), number = arg(expander, node, 1);
  if (number.kind != VALUE_INT) return (Value){VALUE_UNKNOWN};
  if (array.kind == VALUE_OUTSIDE) return outside_file(expander, array.text, number.integer);
  if (array.kind != VALUE_ARRAY) return (Value){VALUE_UNKNOWN};
  if (number.integer < 0 || number.integer >= array.len)
    return fail(expander, node, "there is no such element");
  return array.items[number.integer];
}

static Value eval_items(Expander *expander, Node node, ValueKind kind) {
  uint32_t count = graph_arity(expander->graph, node);
  Value *items = ARENA_ARRAY(expander->arena, Value, count + 1);
  for (uint32_t k = 0; k < count && !expander->failed; k++) items[k] = arg(expander, node, k);
  return (Value){.kind = kind, .len = count, .items = items};
}

/* The arrays of an array, one after another. */
static Value join_arrays(Expander *expander, Node node, Value arrays) {
  uint64_t len = 0;
  if (arrays.kind != VALUE_ARRAY) return (Value){VALUE_UNKNOWN};
  for (uint32_t k = 0; k < arrays.len; k++) {
    if (arrays.items[k].kind != VALUE_ARRAY)
      return fail(expander, node, "how many elements an array has is not known before the workflow runs");
    len += arrays.items[k].len;
  }
  Value *items = ARENA_ARRAY(expander->arena, Value, len + 1);
  len = 0;
  for (uint32_t k = 0; k < arrays.len; k++)
    for (uint32_t e = 0; e < arrays.items[k].len; e++) items[len++] = arrays.items[k].items[e];
  return array_value(items, (uint32_t)len);
}

/* ---- scalars ---- */

static Value eval_literal(const Expander *expander, Node node) {
  const Literal *literal = graph_literal(expander->graph, node);
  switch ((LiteralKind)literal->kind) {
    case LIT_BOOL:
    case LIT_INT:
      return int_value(literal->integer);
    case LIT_STRING:
      return (Value){.kind = VALUE_TEXT, .text = literal->text};
    case LIT_FLOAT:
      return text_value(expander, arena_format(expander->arena, "%.15g", literal->number));
    default:
      return (Value){VALUE_UNKNOWN};
  }
}

static void put_text(const Expander *expander, const Value *value, Text *into) {
  if (value->kind == VALUE_INT) text_addf(into, "%lld", (long long)value->integer);
  if (value->kind == VALUE_TEXT) text_puts(into, name_of(expander->graph->session, value->text));
  if (value->kind == VALUE_FILE)
    text_puts(into, name_of(expander->graph->session, expander->files.data[value->file].name));
}

static Value eval_text(Expander *expander, Node node) {
  Text text = {0};
  text_puts(&text, "");
  for (uint32_t k = 0; k < graph_arity(expander->graph, node); k++) {
    Value part = arg(expander, node, k);
    put_text(expander, &part, &text);
  }
  Value value = text_value(expander, text.data ? text.data : "");
  text_free(&text);
  return value;
}

static Value eval_number(Expander *expander, Node node, Op op) {
  Value a = arg(expander, node, 0),
        b = graph_arity(expander->graph, node) > 1 ? arg(expander, node, 1) : int_value(0);
  uint64_t x = (uint64_t)a.integer, y = (uint64_t)b.integer;
  if (a.kind != VALUE_INT || b.kind != VALUE_INT) return (Value){VALUE_UNKNOWN};
  switch (op) {
    case OP_ADD_:
      return int_value((int64_t)(x + y));
    case OP_SUB_:
      return int_value((int64_t)(x - y));
    case OP_MUL_:
      return int_value((int64_t)(x * y));
    case OP_NEG_:
      return int_value((int64_t)(0 - x));
    case OP_NOT_:
      return int_value(!a.integer);
    case OP_EQ_:
      return int_value(a.integer == b.integer);
    case OP_LT_:
      return int_value(a.integer < b.integer);
    case OP_LE_:
      return int_value(a.integer <= b.integer);
    default: /* division */
      if (!b.integer) return fail(expander, node, "division by zero");
      if (b.integer == -1) return int_value(op == OP_DIV_ ? (int64_t)(0 - x) : 0);
      return int_value(op == OP_DIV_ ? a.integer / b.integer : a.integer % b.integer);
  }
}

/* ---- nodes ---- */

static Value eval_op(Expander *expander, Node node) {
  const Graph *graph = expander->graph;
  Op op = graph_op(graph, node);
  Value value;
  switch (op) {
    case OP_INPUT:
      return input_value(expander, node);
    case OP_PARAM:
      return expander->params ? expander->params[graph->data.data[node]] : (Value){VALUE_UNKNOWN};
    case OP_LIT:
      return eval_literal(expander, node);
    case OP_INDEX:
      return int_value(expander->index[node]);
    case OP_ORDINAL:
    case OP_CAST:
    case OP_SOME:
    case OP_UNWRAP:
      return arg(expander, node, 0);
    case OP_ELEMENT:
      return eval_element(expander, node);
    case OP_COLLECT:
      return eval_collect(expander, node);
    case OP_TASK:
      return eval_call(expander, node);
    case OP_PROJECT:
      value = arg(expander, node, 0);
      return value.kind == VALUE_RECORD ? value.items[graph->data.data[node]] : (Value){VALUE_UNKNOWN};
    case OP_CHOOSE:
      value = arg(expander, node, 0);
      if (value.kind != VALUE_INT)
        return fail(expander, node, "this condition is not known before the workflow runs");
      return arg(expander, node, value.integer ? 1 : 2);
    case OP_RECORD:
      return eval_items(expander, node, VALUE_RECORD);
    case OP_ARRAY:
      return eval_items(expander, node, VALUE_ARRAY);
    case OP_APPEND:
      return join_arrays(expander, node, eval_items(expander, node, VALUE_ARRAY));
    case OP_FLATTEN:
      return join_arrays(expander, node, arg(expander, node, 0));
    case OP_LENGTH:
      value = arg(expander, node, 0);
      return value.kind == VALUE_ARRAY ? int_value(value.len) : (Value){VALUE_UNKNOWN};
    case OP_CONCAT:
    case OP_TO_STRING:
    case OP_PATH:
      return eval_text(expander, node);
    case OP_OUT_FILE:
      return made_file(expander, false);
    case OP_STDOUT:
      return made_file(expander, true);
    case OP_ADD_:
    case OP_SUB_:
    case OP_MUL_:
    case OP_DIV_:
    case OP_MOD_:
    case OP_NEG_:
    case OP_NOT_:
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return eval_number(expander, node, op);
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
    case OP_ASK:
    case OP_AFTER:
      return fail(expander, node, "a flat workflow has no place for this");
    default:
      return (Value){VALUE_UNKNOWN};
  }
}

static Value eval(Expander *expander, Node node) {
  if (expander->failed) return (Value){VALUE_UNKNOWN};
  if (!expander->params && expander->is_known[node]) return expander->known[node];
  if (++expander->steps > MOST_STEPS) return fail(expander, node, "too many calls to write each out");
  if (++expander->depth > MOST_DEPTH) return fail(expander, node, "nested too deeply to write each call out");
  Value value = eval_op(expander, node);
  expander->depth--;
  return value;
}

/* ---- the whole ---- */

/* Closed nodes one after another, operands first, so that no term is too deep. */
static void eval_closed(Expander *expander) {
  const Graph *graph = expander->graph;
  uint8_t *marks = mem_zero(graph_count(graph) + 1);
  for (uint32_t i = 0; i < graph->outputs.len; i++) marks[graph->outputs.data[i].node] = 1;
  for (uint32_t i = 0; i < graph->effects.len; i++) marks[graph->effects.data[i]] = 1;
  for (Node n = graph_count(graph); n-- > 0;)
    for (uint32_t k = 0; marks[n] && k < graph_arity(graph, n); k++) marks[graph_arg(graph, n, k)] = 1;
  for (Node n = 0; n < graph_count(graph) && !expander->failed; n++) {
    Op op = graph_op(graph, n);
    if (!marks[n] || graph->vars.data[n] || op_info[op].flags & FLAG_D || op == OP_TOKEN) continue;
    expander->known[n] = eval(expander, n);
    expander->is_known[n] = 1;
  }
  free(marks);
}

typedef struct Builder {
  Expander *expander;
  Dag *dag;
  DagJob job;
  uint32_t call;
} Builder;

static Sym call_name(const Expander *expander, uint32_t call) {
  const char *text = arena_format(expander->graph->session->arena, "job_%u", call + 1);
  return intern(expander->graph->session->names, text, strlen(text));
}

static void add_inputs(Builder *builder, const Value *value) {
  Dag *dag = builder->dag;
  for (uint32_t k = 0; value->kind >= VALUE_ARRAY && k < value->len; k++)
    add_inputs(builder, &value->items[k]);
  if (value->kind != VALUE_FILE) return;
  const MadeFile *file = &builder->expander->files.data[value->file];
  dag_use(dag, &builder->job, dag_file(dag, file->name, builder->job.span), USE_IN, builder->job.span);
  if (file->call != NODE_NONE)
    dag_link(dag, builder->job.id, call_name(builder->expander, file->call), builder->job.span);
}

/* An array is several words. */
static void add_word(Builder *builder, const Value *value) {
  Text text = {0};
  for (uint32_t k = 0; value->kind == VALUE_ARRAY && k < value->len; k++) add_word(builder, &value->items[k]);
  put_text(builder->expander, value, &text);
  if (text.len || value->kind == VALUE_TEXT)
    dag_word(builder->dag, &builder->job,
             intern(builder->dag->session->names, text.data ? text.data : "", text.len));
  text_free(&text);
}

static void add_after(Builder *builder, const Value *value) {
  uint32_t call = NODE_NONE;
  if (value->kind == VALUE_RECORD && value->call) call = value->call - 1;
  if (value->kind == VALUE_FILE) call = builder->expander->files.data[value->file].call;
  if (call != NODE_NONE)
    dag_link(builder->dag, builder->job.id, call_name(builder->expander, call), builder->job.span);
  for (uint32_t k = 0; call == NODE_NONE && value->kind >= VALUE_ARRAY && k < value->len; k++)
    add_after(builder, &value->items[k]);
}

static void add_made(Builder *builder, const Value *value, const uint8_t *is_read) {
  for (uint32_t k = 0; value->kind >= VALUE_ARRAY && k < value->len; k++)
    add_made(builder, &value->items[k], is_read);
  if (value->kind != VALUE_FILE) return;
  const MadeFile *file = &builder->expander->files.data[value->file];
  if (file->call != builder->call || (file->log && !is_read[value->file])) return;
  uint32_t number = dag_file(builder->dag, file->name, builder->job.span);
  dag_use(builder->dag, &builder->job, number, file->printed ? USE_STDOUT : USE_OUT, builder->job.span);
}

static Sym program_of(const Graph *graph, const Task *task) {
  const Piece *first = task->direct && task->piece_count ? task->pieces : NULL;
  if (!first) return task->name;
  bool literal = first->node != NODE_NONE && graph_op(graph, first->node) == OP_LIT;
  if (literal) return graph_literal(graph, first->node)->text;
  return first->node == NODE_NONE ? first->text : task->name;
}

static void mark_read(const Value *value, uint8_t *is_read) {
  if (value->kind == VALUE_FILE) is_read[value->file] = 1;
  for (uint32_t k = 0; value->kind >= VALUE_ARRAY && k < value->len; k++)
    mark_read(&value->items[k], is_read);
}

static void add_call(Builder *builder, uint32_t number, const uint8_t *is_read) {
  const Graph *graph = builder->expander->graph;
  const Call *call = &builder->expander->calls.data[number];
  const Task *task = &graph->tasks.data[call->task];
  builder->call = number;
  builder->job = dag_draft();
  builder->job.id = call_name(builder->expander, number);
  builder->job.span = call->span;
  builder->job.program = program_of(graph, task);
  for (uint32_t k = 0; k < call->count; k++)
    if (k < task->in_count)
      add_inputs(builder, &call->args[k]);
    else
      add_after(builder, &call->args[k]);
  for (uint32_t k = 1; k < call->word_count; k++) add_word(builder, &call->words[k]);
  add_made(builder, &call->result, is_read);
  dag_commit(builder->dag, &builder->job, true);
}

static Dag *make_dag(Expander *expander) {
  Builder builder = {.expander = expander, .dag = dag_new(expander->graph->session)};
  uint8_t *is_read = mem_zero(expander->files.len + 1);
  builder.dag->span = expander->graph->span;
  for (uint32_t c = 0; c < expander->calls.len; c++) {
    const Call *call = &expander->calls.data[c];
    for (uint32_t k = 0; k < expander->graph->tasks.data[call->task].in_count; k++)
      mark_read(&call->args[k], is_read);
  }
  for (uint32_t c = 0; c < expander->calls.len; c++) add_call(&builder, c, is_read);
  free(is_read);
  return builder.dag;
}

Dag *expand_graph(const Graph *graph) {
  uint32_t count = graph_count(graph) + 1;
  Expander expander = {.graph = graph,
                       .arena = arena_new(),
                       .known = mem_alloc(count * sizeof(Value)),
                       .is_known = mem_zero(count),
                       .index = mem_alloc(count * sizeof(int64_t))};
  eval_closed(&expander);
  Dag *dag = expander.failed ? NULL : make_dag(&expander);
  free(expander.known);
  free(expander.is_known);
  free(expander.index);
  vec_free(&expander.calls);
  vec_free(&expander.files);
  map_free(&expander.call_of);
  map_free(&expander.outside_of);
  arena_free(expander.arena);
  return dag;
}
