/* js.c: expressions as CWL writes them, and the functions that they need. */
#include "emit/js_code.h"
#include "emit/pieces.h"

#include <string.h>

Js *js_new(const Graph *graph) {
  Js *js = mem_alloc(sizeof *js);
  *js = (Js){.graph = graph, .arena = arena_new()};
  js->first = arena_alloc(js->arena, (graph_count(graph) + 1) * sizeof *js->first);
  return js;
}

void js_free(Js *js) {
  text_free(&js->code);
  arena_free(js->arena);
  free(js);
}

/* ---- parameter references ---- */

static bool is_constant_index(const Graph *graph, Node node) {
  return graph_op(graph, node) == OP_LIT && graph_literal(graph, node)->integer >= 0;
}

/* What is appended for a step of a reference; NULL: it is none. */
static const char *reference_step(const Graph *graph, Node node) {
  bool file = graph_arity(graph, node) &&
              type_is_file(graph->types, graph_type(graph, graph_arg(graph, node, 0)));
  switch (graph_op(graph, node)) {
    case OP_CAST:
    case OP_AFTER:
    case OP_SOME:
    case OP_UNWRAP:
    case OP_PROJECT:
    case OP_ELEMENT:
      return "";
    case OP_LENGTH:
      return op_info[graph_op(graph, graph_arg(graph, node, 0))].flags & FLAG_D ? NULL : ".length";
    case OP_TO_STRING:
      return file ? ".path" : NULL;
    case OP_PATH:
      return ".path";
    case OP_BASENAME:
      return file ? ".basename" : NULL;
    case OP_FILE_SIZE:
      return type_kind(graph->types, graph_type(graph, graph_arg(graph, node, 0))) == T_FILE ? ".size" : NULL;
    default:
      return NULL;
  }
}

static void put_step(const Graph *graph, Node node, Text *into) {
  Node first = graph_arg(graph, node, 0);
  if (graph_op(graph, node) == OP_PROJECT) {
    const Type *record = type_of(graph->types, graph_type(graph, first));
    text_addf(into, ".%s", name_of(graph->session, record->names[graph->data.data[node]]));
  } else if (graph_op(graph, node) == OP_ELEMENT) {
    text_addf(into, "[%lld]", (long long)graph_literal(graph, graph_arg(graph, node, 1))->integer);
  } else {
    text_puts(into, reference_step(graph, node));
  }
}

/* Names alone: what a scope writes for a node may also be a whole expression. */
static bool is_symbol(const char *text) {
  return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]")] == 0;
}

/* Appends "$(inputs.x.path)" if it is a plain parameter reference: fields, constant indices, lengths, paths. */
static bool put_reference(const Js *js, const JsScope *scope, Node node, Text *into) {
  const Graph *graph = js->graph;
  VEC(Node) steps = {0};
  const char *base;
  for (; !(base = scope->name(scope->self, node)); node = graph_arg(graph, node, 0)) {
    bool element = graph_op(graph, node) == OP_ELEMENT;
    if (!reference_step(graph, node) || (element && !is_constant_index(graph, graph_arg(graph, node, 1))))
      break;
    vec_push(&steps, node);
  }
  bool done = base && is_symbol(base);
  if (done) text_addf(into, "$(%s", base);
  while (done && steps.len) put_step(graph, vec_pop(&steps), into);
  if (done) text_putc(into, ')');
  vec_free(&steps);
  return done;
}

/* ---- results ---- */

/* Int and Float have values that JSON has not. */
static void put_result(Code *code, Node node) {
  const Graph *graph = code->graph;
  TypeId type = graph_type(graph, node);
  TypeKind kind = type_kind(graph->types, type);
  bool checked = js_is_checked(graph->types, type) && !js_plain(code, node, 0, NULL) &&
                 graph_op(graph, node) != OP_LENGTH;
  if (checked && kind == T_INT) {
    text_puts(code->into, "weft_whole(");
  } else if (checked && (kind == T_FLOAT || kind == T_QUANTITY)) {
    text_puts(code->into, "weft_finite(");
  } else if (checked) {
    text_puts(code->into, "weft_result(");
    js_type(graph, type, code->into);
    text_puts(code->into, ", ");
  }
  js_value(code, node, 0);
  if (checked) text_putc(code->into, ')');
}

static void put_call(Code *code, const char *function, Node node) {
  text_addf(code->into, "%s(", function);
  js_type(code->graph, graph_type(code->graph, node), code->into);
  text_puts(code->into, ", ");
  js_value(code, node, 0);
  text_putc(code->into, ')');
}

/* ---- commands ---- */

static const char *const quoters[] = {[RT_QUOTE_SHELL] = "weft_quote_shell",
                                      [RT_QUOTE_SINGLE] = "weft_quote_single",
                                      [RT_QUOTE_DOUBLE] = "weft_quote_double",
                                      [RT_QUOTE_WORD] = "weft_text",
                                      [RT_QUOTE_PYTHON] = "weft_quote_python",
                                      [RT_QUOTE_R] = "weft_quote_r",
                                      [RT_QUOTE_JS] = "weft_quote_js",
                                      [RT_QUOTE_PERL] = "weft_quote_perl",
                                      [RT_QUOTE_RAW] = "weft_text"};

/* What is to be written: a value, or a range of pieces. */
typedef struct Request {
  const Task *task; /* NULL: `node` */
  Node node;
  uint32_t from, end;
  bool words;
} Request;

static void put_piece(Code *code, const Request *request, const Piece *piece) {
  const Session *session = code->graph->session;
  if (piece->node == NODE_NONE) {
    if (request->words) text_putc(code->into, '[');
    js_string(sym_text(session->names, piece->text), sym_len(session->names, piece->text), code->into);
    if (request->words) text_putc(code->into, ']');
    return;
  }
  Language language = interpreter_find(name_of(session, request->task->interpreter))->language;
  RtQuote quote = piece_quote(request->task, piece, language);
  put_call(code, request->words ? "weft_words" : quoters[quote], piece->node);
}

static void put_pieces(Code *code, const Request *request) {
  bool several = request->end - request->from > 1;
  if (request->words && several) text_puts(code->into, "weft_glue([");
  if (request->from == request->end) text_puts(code->into, request->words ? "[]" : "\"\"");
  for (uint32_t i = request->from; i < request->end; i++) {
    if (i > request->from) text_puts(code->into, request->words ? ", " : " + ");
    put_piece(code, request, &request->task->pieces[i]);
  }
  if (request->words && several) text_puts(code->into, "])");
}

/* ---- all ---- */

static void place_request(Code *code, const Request *request) {
  VEC(Node) roots = {0};
  for (uint32_t i = request->from; request->task && i < request->end; i++)
    if (request->task->pieces[i].node != NODE_NONE) vec_push(&roots, request->task->pieces[i].node);
  if (!request->task) vec_push(&roots, request->node);
  js_place(code, roots.data, roots.len);
  vec_free(&roots);
}

static void put_request(Code *code, const Request *request) {
  if (request->task)
    put_pieces(code, request);
  else
    put_result(code, request->node);
}

/* As an expression, or, where it has statements, as a function's body. */
static bool put_all(Code *code, const Request *request) {
  bool body = code->blocks.data[0].terms.len != 0;
  if (!body) {
    put_request(code, request);
    return false;
  }
  text_putc(code->into, '{');
  code->indent = 1;
  js_block(code, 0);
  text_puts(code->into, "\n  return ");
  put_request(code, request);
  text_puts(code->into, ";\n}");
  return true;
}

typedef enum Wrapping { WRAP_CWL, WRAP_NONE } Wrapping;

static const char *write(Js *js, const JsScope *scope, const Request *request, Wrapping wrapping,
                         Text *into) {
  Text text = {0};
  Code code = {.js = js, .graph = js->graph, .scope = scope, .into = &text};
  place_request(&code, request);
  bool body = !code.refusal && put_all(&code, request);
  if (!code.refusal) {
    const char *open = wrapping == WRAP_CWL ? (body ? "$" : "$(") : body ? "(function () " : "";
    const char *close = wrapping == WRAP_CWL ? (body ? "" : ")") : body ? ")()" : "";
    text_puts(into, open);
    text_add(into, text.data, text.len);
    text_puts(into, close);
    text_add(&js->code, text.data, text.len);
    text_putc(&js->code, '\n');
  }
  js_forget(&code);
  text_free(&text);
  return code.refusal;
}

const char *js_expression(Js *js, const JsScope *scope, Node node, Text *into) {
  if (put_reference(js, scope, node, into)) return NULL;
  return write(js, scope, &(Request){.node = node}, WRAP_CWL, into);
}

const char *js_code(Js *js, const JsScope *scope, Node node, Text *into) {
  return write(js, scope, &(Request){.node = node}, WRAP_NONE, into);
}

const char *js_command(Js *js, const JsScope *scope, const Task *task, uint32_t from, uint32_t end,
                       Text *into) {
  return write(js, scope, &(Request){.task = task, .from = from, .end = end}, WRAP_CWL, into);
}

const char *js_words(Js *js, const JsScope *scope, const Task *task, uint32_t from, uint32_t end,
                     Text *into) {
  return write(js, scope, &(Request){.task = task, .from = from, .end = end, .words = true}, WRAP_CWL, into);
}
