/* write_expr.c: expressions, with as few parentheses as can be. */
#include "canon/write_parts.h"

#include "front/builtins.h"

#include <string.h>

typedef struct Infix {
  const char *text;
  int level;
  bool chains; /* groups to the left without parentheses */
} Infix;

static const Infix infixes[OP_COUNT_] = {
    [OP_LT_] = {"<", LEVEL_COMPARE, false},  [OP_LE_] = {"<=", LEVEL_COMPARE, false},
    [OP_EQ_] = {"==", LEVEL_COMPARE, false}, [OP_UNCERTAIN_] = {"±", LEVEL_UNCERTAIN, false},
    [OP_ADD_] = {"+", LEVEL_SUM, true},      [OP_SUB_] = {"-", LEVEL_SUM, true},
    [OP_CONCAT] = {"+", LEVEL_SUM, true},    [OP_APPEND] = {"+", LEVEL_SUM, true},
    [OP_MUL_] = {"*", LEVEL_PRODUCT, true},  [OP_DIV_] = {"/", LEVEL_PRODUCT, true},
    [OP_MOD_] = {"%", LEVEL_PRODUCT, true},
};

void write_sym(Writer *writer, Sym sym) {
  const Interner *names = writer->graph->session->names;
  text_add(writer->out, sym_text(names, sym), sym_len(names, sym));
}

void write_type(Writer *writer, TypeId type) { type_print(writer->graph->types, type, writer->out); }

static bool open_paren(Writer *writer, bool needed) {
  if (needed) text_putc(writer->out, '(');
  return needed;
}

static void close_paren(Writer *writer, bool needed) {
  if (needed) text_putc(writer->out, ')');
}

/* ---- parts ---- */

static void put_args(Writer *writer, uint32_t scope, Node node, uint32_t count, Ask ask) {
  for (uint32_t k = 0; k < count; k++) {
    if (k) text_puts(writer->out, ", ");
    write_term(writer, scope, graph_arg(writer->graph, node, k), LEVEL_OPEN, ask);
  }
}

static void put_result(Writer *writer, uint32_t scope, Node call, int level, Ask ask);

void write_after(Writer *writer, uint32_t scope, const Node *nodes, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    text_puts(writer->out, k ? ", " : " after ");
    put_result(writer, scope, nodes[k], LEVEL_OPEN, ASK_EXACT);
  }
}

/* What a call waits for; only where a step can say it. */
static void put_waits(Writer *writer, uint32_t scope, Node node, uint32_t from, int level) {
  const Graph *graph = writer->graph;
  Nodes waits = {0};
  for (uint32_t k = from; k < graph_arity(graph, node); k++)
    if (write_is_wait(graph, node, k)) vec_push(&waits, graph_arg(graph, node, k));
  writer->failed |= waits.len && level != LEVEL_STEP;
  write_after(writer, scope, waits.data, waits.len);
  vec_free(&waits);
}

/* Arguments by place; from the first literal on by name. */
static void put_call(Writer *writer, uint32_t scope, Node node, int level) {
  const Graph *graph = writer->graph;
  uint32_t number = graph->data.data[node];
  const Task *task = &graph->tasks.data[number];
  bool named = false;
  write_sym(writer, write_name_task(writer, number));
  text_putc(writer->out, '(');
  for (uint32_t k = 0; k < task->in_count; k++) {
    Node arg = graph_arg(graph, node, k);
    if (k) text_puts(writer->out, ", ");
    named |= task->in_count > 1 && k && graph_op(graph, arg) == OP_LIT;
    if (named) {
      write_sym(writer, task->ins[k].name);
      text_puts(writer->out, ": ");
    }
    write_term(writer, scope, arg, LEVEL_OPEN, ASK_TYPE);
  }
  text_putc(writer->out, ')');
  put_waits(writer, scope, node, waits_from(graph, node), level);
}

static void put_ask(Writer *writer, uint32_t scope, Node node, int level) {
  static const char *const names[] = {"", ", evidence: ", ", default: ", ", within: "};
  const Graph *graph = writer->graph;
  text_puts(writer->out, "ask ");
  write_type(writer, graph_type(graph, node));
  text_putc(writer->out, '(');
  for (uint32_t k = 0; k < 4; k++) {
    Node arg = graph_arg(graph, node, k);
    if (write_literal_kind(graph, arg, LIT_UNIT)) continue;
    text_puts(writer->out, names[k]);
    bool shown = k == 1 && graph_op(graph, arg) == OP_TO_STRING;
    write_term(writer, scope, shown ? graph_arg(graph, arg, 0) : arg, LEVEL_OPEN,
               k == 2 ? ASK_TYPE : ASK_EXACT);
  }
  text_putc(writer->out, ')');
  put_waits(writer, scope, node, waits_from(graph, node), level);
}

static void put_project(Writer *writer, uint32_t scope, Node node, int level, Ask ask) {
  const Graph *graph = writer->graph;
  Node record = graph_arg(graph, node, 0);
  if (write_is_call_value(graph, node)) {
    put_result(writer, scope, record, level, ask);
    return;
  }
  write_term(writer, scope, record, LEVEL_POSTFIX, ASK_EXACT);
  text_putc(writer->out, '.');
  write_sym(writer, type_of(graph->types, graph_type(graph, record))->names[graph->data.data[node]]);
}

static void put_record(Writer *writer, uint32_t scope, Node node, Ask ask) {
  const Graph *graph = writer->graph;
  text_putc(writer->out, '(');
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    if (k) text_puts(writer->out, ", ");
    write_sym(writer, type_of(graph->types, graph_type(graph, node))->names[k]);
    text_puts(writer->out, ": ");
    write_term(writer, scope, graph_arg(graph, node, k), LEVEL_OPEN, ask);
  }
  text_putc(writer->out, ')');
}

/* ---- operators ---- */

/* An Int beside a Float is widened by itself. */
static Node widened(const Graph *graph, Node node, Node beside) {
  bool plain = graph_op(graph, node) == OP_TO_FLOAT && graph_op(graph, beside) != OP_TO_FLOAT;
  return plain ? graph_arg(graph, node, 0) : node;
}

static bool is_arithmetic(Op op) {
  return op == OP_ADD_ || op == OP_SUB_ || op == OP_MUL_ || op == OP_DIV_ || op == OP_MOD_ || op == OP_MIN ||
         op == OP_MAX || op == OP_LT_ || op == OP_LE_;
}

/* Operands beside each other; one of them says the type where they do not together. */
static Ask beside(Writer *writer, uint32_t scope, Node node, uint32_t k) {
  const Graph *graph = writer->graph;
  Op op = graph_op(graph, node);
  if (op == OP_UNCERTAIN_) return ASK_TYPE;
  if (op != OP_EQ_ && op != OP_APPEND) return ASK_EXACT;
  if (k) return ASK_ANY;
  Node first = graph_arg(graph, node, 0), second = graph_arg(graph, node, 1);
  return write_parts_say_type(writer, scope, op == OP_EQ_ ? first : node, first, second) ? ASK_ANY
                                                                                         : ASK_EXACT;
}

/* `n > 0` is said of n. */
static bool is_turned(const Graph *graph, Node node) {
  Op op = graph_op(graph, node);
  return (op == OP_LT_ || op == OP_LE_) && graph_op(graph, graph_arg(graph, node, 0)) == OP_LIT;
}

static void put_infix(Writer *writer, uint32_t scope, Node node, const char *text, int level) {
  const Graph *graph = writer->graph;
  Op op = graph_op(graph, node);
  const Infix *infix = &infixes[op];
  bool parens = open_paren(writer, infix->level < level), turned = is_turned(graph, node);
  if (turned) text = op == OP_LT_ ? ">" : ">=";
  for (uint32_t n = 0; n < graph_arity(graph, node); n++) {
    uint32_t k = turned ? 1 - n : n;
    Node arg = graph_arg(graph, node, k);
    if (n) text_addf(writer->out, " %s ", text);
    if (is_arithmetic(op)) arg = widened(graph, arg, graph_arg(graph, node, 1 - k));
    write_term(writer, scope, arg, infix->level + (k > 0 || !infix->chains), beside(writer, scope, node, k));
  }
  close_paren(writer, parens);
}

void write_unequal(Writer *writer, uint32_t scope, Node equal, int level) {
  put_infix(writer, scope, equal, "!=", level);
}

static void put_not(Writer *writer, uint32_t scope, Node node, int level) {
  Node of = graph_arg(writer->graph, node, 0);
  const Item *item = &writer->items.data[write_scan_item(writer, scope, of)];
  if (graph_op(writer->graph, of) == OP_EQ_ && item->form == FORM_NODE && !item->step) {
    put_infix(writer, item->scope, of, "!=", level);
    return;
  }
  bool parens = open_paren(writer, LEVEL_UNARY < level);
  text_puts(writer->out, graph_op(writer->graph, node) == OP_NOT_ ? "!" : "-");
  write_term(writer, scope, of, LEVEL_UNARY, ASK_EXACT);
  close_paren(writer, parens);
}

/* `str(x)` beside texts is what a text does with it anyway. */
static bool is_text(const Graph *graph, Node node) {
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (write_literal_kind(graph, arg, LIT_STRING) || graph_op(graph, arg) == OP_TO_STRING) return true;
  }
  return false;
}

void write_string(Writer *writer, uint32_t scope, Node node, bool block) {
  const Graph *graph = writer->graph;
  writer->flat++;
  text_putc(writer->out, '"');
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    const Item *item = &writer->items.data[write_scan_item(writer, scope, arg)];
    bool plain = item->form == FORM_NODE && !item->step;
    if (plain && write_literal_kind(graph, arg, LIT_STRING)) {
      write_string_text(writer, graph_literal(graph, arg)->text, block);
      continue;
    }
    text_puts(writer->out, "~{");
    if (plain && graph_op(graph, arg) == OP_TO_STRING)
      write_term(writer, item->scope, graph_arg(graph, arg, 0), LEVEL_OPEN, ASK_EXACT);
    else
      write_term(writer, scope, arg, LEVEL_OPEN, ASK_EXACT);
    text_putc(writer->out, '}');
  }
  text_putc(writer->out, '"');
  writer->flat--;
}

/* ---- functions ---- */

static const char *builtin_of(Op op) {
  for (int id = 0; id < BUILTIN_COUNT; id++)
    if (builtin_info[id].op == op && !builtin_info[id].workdir) return builtin_info[id].name;
  return NULL;
}

static bool takes_floats(Op op) {
  return op == OP_FLOOR || op == OP_CEIL || op == OP_ROUND || op == OP_SQRT || op == OP_EXP || op == OP_LOG ||
         op == OP_POW || op == OP_SIN || op == OP_COS || op == OP_TO_INT;
}

static void put_function(Writer *writer, uint32_t scope, Node node) {
  const Graph *graph = writer->graph;
  Op op = graph_op(graph, node);
  const char *name = builtin_of(op);
  if (op == OP_TO_FLOAT) name = "float";
  if (op == OP_GLOB) name = "glob";
  writer->failed |= !name;
  text_addf(writer->out, "%s(", name ? name : "?");
  for (uint32_t k = 0; k < graph_arity(graph, node); k++) {
    Node arg = graph_arg(graph, node, k);
    if (k) text_puts(writer->out, ", ");
    if (is_arithmetic(op)) arg = widened(graph, arg, graph_arg(graph, node, 1 - k));
    bool path = (op == OP_STEM || op == OP_BASENAME) && graph_op(graph, arg) == OP_PATH;
    if (path) arg = graph_arg(graph, arg, 0);
    write_term(writer, scope, arg, LEVEL_OPEN, takes_floats(op) || op == OP_TO_FLOAT ? ASK_TYPE : ASK_EXACT);
  }
  text_putc(writer->out, ')');
}

/* `.a.b[0]` for "/a/b/0". */
static void put_pointer(Writer *writer, const char *at) {
  while (*at == '/') {
    size_t len = strcspn(++at, "/");
    bool number = len && strspn(at, "0123456789") >= len;
    text_addf(writer->out, number ? "[%.*s]" : ".%.*s", (int)len, at);
    at += len;
  }
}

static void put_read(Writer *writer, uint32_t scope, Node node) {
  static const char *const names[] = {[READ_LINES] = "read_lines",
                                      [READ_JSON] = "read_json",
                                      [READ_TSV] = "read_tsv",
                                      [READ_CSV] = "read_csv"};
  const Graph *graph = writer->graph;
  uint32_t format = graph->data.data[node];
  TypeId type = graph_type(graph, node);
  const char *text = type == T_INT     ? "read_int"
                     : type == T_FLOAT ? "read_float"
                     : type == T_BOOL  ? "read_bool"
                                       : "read_string";
  Node path = graph_arg(graph, node, 0);
  text_addf(writer->out, "%s(", format == READ_TEXT ? text : names[format]);
  write_term(writer, scope, graph_op(graph, path) == OP_PATH ? graph_arg(graph, path, 0) : path, LEVEL_OPEN,
             ASK_EXACT);
  text_putc(writer->out, ')');
  put_pointer(writer, name_of(graph->session, graph_literal(graph, graph_arg(graph, node, 1))->text));
}

static void put_js(Writer *writer, uint32_t scope, Node node) {
  const Graph *graph = writer->graph;
  Node names = graph_arg(graph, node, 1);
  text_puts(writer->out, "js ");
  write_type(writer, graph_type(graph, node));
  text_putc(writer->out, '(');
  write_term(writer, scope, graph_arg(graph, node, 0), LEVEL_OPEN, ASK_EXACT);
  if (!write_literal_kind(graph, names, LIT_UNIT)) {
    text_puts(writer->out, ", ");
    write_term(writer, scope, names, LEVEL_OPEN, ASK_EXACT);
  }
  text_putc(writer->out, ')');
}

static void put_cast(Writer *writer, uint32_t scope, Node node, int level) {
  const Graph *graph = writer->graph;
  TypeId type = graph_type(graph, node);
  TypeKind kind = type_kind(graph->types, type);
  Node of = graph_arg(graph, node, 0);
  if (kind != T_FLOAT && kind != T_QUANTITY) {
    write_term(writer, scope, of, level, ASK_EXACT);
    return;
  }
  bool parens = open_paren(writer, LEVEL_PRODUCT < level);
  write_term(writer, scope, of, LEVEL_PRODUCT, ASK_EXACT);
  write_unit_cast(writer, graph_type(graph, of), type);
  close_paren(writer, parens);
}

/* ---- items ---- */

static void put_variable(Writer *writer, const Item *item) {
  const Scope *scope = &writer->scopes.data[item->scope];
  if (item->form == FORM_VARIABLE) {
    write_sym(writer, scope->clauses.data[item->place].name);
  } else if (item->form == FORM_STATE) {
    write_sym(writer, scope->names[item->place]);
  } else {
    for (const char *at = name_of(writer->graph->session, item->name); *at; at++) {
      if (*at == '@')
        write_sym(writer, scope->names[0]);
      else
        text_putc(writer->out, *at);
    }
  }
}

static void put_operation(Writer *writer, uint32_t at, int level, Ask ask) {
  const Graph *graph = writer->graph;
  Item item = writer->items.data[at];
  Node node = item.node;
  switch (graph_op(graph, node)) {
    case OP_INPUT:
      write_sym(writer, graph->data.data[node]);
      return;
    case OP_PARAM:
      write_sym(writer, writer->task->ins[graph->data.data[node]].name);
      return;
    case OP_LIT:
      write_literal(writer, node, level);
      return;
    case OP_HOLE:
      text_addf(writer->out, "?%s", name_of(graph->session, graph->data.data[node]));
      if (graph_arity(graph, node)) text_putc(writer->out, '(');
      put_args(writer, item.scope, node, graph_arity(graph, node), ASK_EXACT);
      if (graph_arity(graph, node)) text_putc(writer->out, ')');
      return;
    case OP_TASK:
      put_call(writer, item.scope, node, level);
      return;
    case OP_ASK:
      put_ask(writer, item.scope, node, level);
      return;
    case OP_AFTER:
      if (write_is_only_done(graph, node)) {
        put_result(writer, item.scope, graph_arg(graph, node, 1), level, ASK_ANY);
      } else {
        write_term(writer, item.scope, graph_arg(graph, node, 0), LEVEL_OPEN, ASK_EXACT);
        put_waits(writer, item.scope, node, 1, level);
      }
      return;
    case OP_COLLECT:
    case OP_FOLD:
    case OP_REDUCE:
    case OP_LOOP:
      write_binder(writer, at, level, ask);
      return;
    case OP_CHOOSE:
      write_choice(writer, at, level, ask);
      return;
    case OP_ELEMENT:
      write_term(writer, item.scope, graph_arg(graph, node, 0), LEVEL_POSTFIX, ASK_EXACT);
      text_putc(writer->out, '[');
      write_term(writer, item.scope, graph_arg(graph, node, 1), LEVEL_OPEN, ASK_EXACT);
      text_putc(writer->out, ']');
      return;
    case OP_PROJECT:
      put_project(writer, item.scope, node, level, ask);
      return;
    case OP_RECORD:
      put_record(writer, item.scope, node, ask == ASK_TYPE ? ASK_TYPE : ASK_ANY);
      return;
    case OP_ARRAY:
      text_putc(writer->out, '[');
      put_args(writer, item.scope, node, graph_arity(graph, node), ask == ASK_TYPE ? ASK_TYPE : ASK_ANY);
      text_putc(writer->out, ']');
      return;
    case OP_FLATTEN:
      if (write_cross(writer, at, level)) return;
      break;
    case OP_SOME:
      write_term(writer, item.scope, graph_arg(graph, node, 0), level, ask);
      return;
    case OP_TO_FLOAT:
      if (ask != ASK_TYPE) break;
      write_term(writer, item.scope, graph_arg(graph, node, 0), level, ASK_EXACT);
      return;
    case OP_CAST:
      put_cast(writer, item.scope, node, level);
      return;
    case OP_UNWRAP: /* known to be there */
      text_puts(writer->out, "compact([");
      write_term(writer, item.scope, graph_arg(graph, node, 0), LEVEL_OPEN, ASK_EXACT);
      text_puts(writer->out, "])[0]");
      return;
    case OP_NOT_:
    case OP_NEG_:
      put_not(writer, item.scope, node, level);
      return;
    case OP_CONCAT:
      if (!is_text(graph, node)) break;
      write_string(writer, item.scope, node, false);
      return;
    case OP_OUT_FILE:
      write_term(writer, item.scope, graph_arg(graph, node, 0), level, ASK_EXACT);
      return;
    case OP_STDOUT:
      text_puts(writer->out, "stdout");
      return;
    case OP_READ:
      put_read(writer, item.scope, node);
      return;
    case OP_JS:
      put_js(writer, item.scope, node);
      return;
    default:
      break;
  }
  if (infixes[graph_op(graph, node)].level)
    put_infix(writer, item.scope, node, infixes[graph_op(graph, node)].text, level);
  else
    put_function(writer, item.scope, node);
}

/* `f(` of the function that makes what follows a value of the type. */
static void put_made(Writer *writer, TypeId type) {
  Sym name = map_get(&writer->helper_of, type);
  if (!name) {
    name = write_name_fresh(writer, NAME_HELPER, 0) + 1;
    map_put(&writer->helper_of, type, name);
    text_addf(&writer->helpers, "fn %s(x: ", name_of(writer->graph->session, name - 1));
    type_print(writer->graph->types, type, &writer->helpers);
    text_puts(&writer->helpers, ") -> ");
    type_print(writer->graph->types, type, &writer->helpers);
    text_puts(&writer->helpers, " = x\n");
  }
  write_sym(writer, name - 1);
  text_putc(writer->out, '(');
}

static void put_body(Writer *writer, uint32_t at, int level, Ask ask) {
  if (writer->failed) return;
  if (++writer->depth > MOST_RECURSION || writer->out->len > SOURCE_MOST) writer->failed = true;
  if (writer->items.data[at].form != FORM_NODE)
    put_variable(writer, &writer->items.data[at]);
  else
    put_operation(writer, at, level, ask);
  writer->depth--;
}

static void put_typed(Writer *writer, uint32_t at) {
  put_made(writer, graph_type(writer->graph, writer->items.data[at].node));
  put_body(writer, at, LEVEL_OPEN, ASK_TYPE);
  text_putc(writer->out, ')');
}

void write_item(Writer *writer, uint32_t at, int level, Ask ask) {
  const Item *item = &writer->items.data[at];
  if (item->step)
    write_sym(writer, item->name);
  else if (ask == ASK_EXACT && item->natural != graph_type(writer->graph, item->node))
    put_typed(writer, at);
  else
    put_body(writer, at, level, ask);
}

/* A call as what it gives, where it has one result. */
static void put_result(Writer *writer, uint32_t scope, Node call, int level, Ask ask) {
  write_item(writer, write_scan_item(writer, scope, call), level, ask);
}

void write_term(Writer *writer, uint32_t scope, Node node, int level, Ask ask) {
  const Graph *graph = writer->graph;
  const Task *task = graph_op(graph, node) == OP_TASK ? &graph->tasks.data[graph->data.data[node]] : NULL;
  if (task && task->out_count == 1) { /* the record of its result */
    text_addf(writer->out, "(%s: ", name_of(graph->session, task->outs[0].name));
    put_result(writer, scope, node, LEVEL_OPEN, ask);
    text_putc(writer->out, ')');
    return;
  }
  write_item(writer, write_scan_item(writer, scope, node), level, ask);
}

/* What a step is bound to. */
void write_definition(Writer *writer, uint32_t at) {
  const Item *item = &writer->items.data[at];
  if (item->wrap)
    put_typed(writer, at);
  else
    put_body(writer, at, LEVEL_STEP, item->output != NONE && item->uses == 1 ? ASK_TYPE : ASK_ANY);
}
