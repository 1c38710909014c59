/* js_write.c: the text of an expression whose parts have their places. */
#include "emit/js_code.h"

#include "ir/binder.h"

#include <string.h>

const JsForm js_forms[OP_COUNT_] = {
#define JS(op, ...) [op] = {__VA_ARGS__},
#include "emit/js.def"
#undef JS
};

enum { MOST_INDENTED = 16 }; /* levels; else the text would grow with their square */

/* ---- operands ---- */

static TypeKind kind_of(const Code *code, Node node) {
  return type_kind(code->graph->types, graph_type(code->graph, node));
}

/* An operand as a plain number, whatever number it is. */
static void put_double(Code *code, Node node, uint32_t block) {
  TypeKind kind = kind_of(code, node);
  bool wide = kind == T_INT && graph_op(code->graph, node) != OP_LIT;
  if (wide) text_puts(code->into, "weft_float(");
  js_value(code, node, block);
  if (wide) text_putc(code->into, ')');
  if (kind == T_UNCERTAIN) text_puts(code->into, ".mean");
}

static void put_all(Code *code, const Term *term) {
  for (uint32_t k = 0; k < graph_arity(code->graph, term->node); k++) {
    if (k) text_puts(code->into, ", ");
    js_value(code, graph_arg(code->graph, term->node, k), term->own);
  }
}

/* ---- operations ---- */

static const char *form_of(const Code *code, Node node, bool *on_double) {
  const Graph *graph = code->graph;
  const JsForm *row = &js_forms[graph_op(graph, node)];
  TypeKind kind = kind_of(code,
                          row->by_result || !graph_arity(graph, node) ? node : graph_arg(graph, node, 0));
  const char *form = kind == T_INT      ? row->on_int
                     : kind == T_BOOL   ? row->on_bool
                     : kind == T_STRING ? row->on_string
                                        : NULL;
  *on_double = kind == T_FLOAT || kind == T_QUANTITY || graph_op(graph, node) == OP_UNCERTAIN_;
  if (kind == T_FLOAT || kind == T_QUANTITY) form = row->on_double;
  return form ? form : row->other;
}

static void put_form(Code *code, const Term *term, const char *form, bool on_double) {
  for (; *form; form++) {
    if (*form != '$') {
      text_putc(code->into, *form);
      continue;
    }
    form++;
    if (*form == '*') {
      put_all(code, term);
    } else if (*form == 'T') {
      js_type(code->graph, graph_type(code->graph, graph_arg(code->graph, term->node, 0)), code->into);
    } else {
      Node arg = graph_arg(code->graph, term->node, (uint32_t)(*form - '0'));
      (on_double ? put_double : js_value)(code, arg, term->own);
    }
  }
}

static void put_record(Code *code, const Term *term) {
  const Type *type = type_of(code->graph->types, graph_type(code->graph, term->node));
  text_putc(code->into, '{');
  for (uint32_t i = 0; i < type->count; i++) {
    const char *name = name_of(code->graph->session, type->names[i]);
    if (!strcmp(name, "__proto__")) js_refuse(code, "JavaScript has no field called __proto__");
    text_addf(code->into, "%s%s: ", i ? ", " : "", name);
    js_value(code, graph_arg(code->graph, term->node, i), term->own);
  }
  text_putc(code->into, '}');
}

static void put_projection(Code *code, const Term *term) {
  Node record = graph_arg(code->graph, term->node, 0);
  const Type *type = type_of(code->graph->types, graph_type(code->graph, record));
  js_value(code, record, term->own);
  text_addf(code->into, ".%s",
            name_of(code->graph->session, type->names[code->graph->data.data[term->node]]));
}

/* Of a file's path, the last part is known also where the path is not. */
static bool put_file_name(Code *code, const Term *term) {
  Node path = graph_arg(code->graph, term->node, 0);
  if (graph_op(code->graph, path) != OP_PATH) return false;
  bool stem = graph_op(code->graph, term->node) == OP_STEM;
  if (stem) text_puts(code->into, "weft_stem(");
  js_value(code, graph_arg(code->graph, path, 0), term->own);
  text_puts(code->into, stem ? ".basename)" : ".basename");
  return true;
}

/* The words of `&&` and `||` where the graph has a choice. */
static void put_choice(Code *code, const Term *term) {
  Node condition = graph_arg(code->graph, term->node, 0), then = graph_arg(code->graph, term->node, 1),
       other = graph_arg(code->graph, term->node, 2);
  bool is_and = graph_is_bool(code->graph, other, false), is_or = graph_is_bool(code->graph, then, true);
  text_putc(code->into, '(');
  js_value(code, condition, term->own);
  if (!is_or) {
    text_puts(code->into, is_and ? " && " : " ? ");
    js_value(code, then, term->inner[0]);
  }
  if (!is_and) {
    text_puts(code->into, is_or ? " || " : " : ");
    js_value(code, other, term->inner[1]);
  }
  text_putc(code->into, ')');
}

static void put_concat(Code *code, const Term *term) {
  text_putc(code->into, '(');
  for (uint32_t k = 0; k < graph_arity(code->graph, term->node); k++) {
    if (k) text_puts(code->into, " + ");
    js_value(code, graph_arg(code->graph, term->node, k), term->own);
  }
  text_putc(code->into, ')');
}

/* Every index of the set that an element is taken at is one of the array. */
static bool covers(const Graph *graph, Node index, Node array) {
  if (graph_op(graph, index) == OP_ORDINAL) index = graph_arg(graph, index, 0);
  if (graph_op(graph, index) != OP_INDEX) return false;
  Node dim = graph_arg(graph, index, 0);
  if (graph_op(graph, dim) == OP_DIM_OF) return graph_arg(graph, dim, 0) == array;
  if (graph_op(graph, dim) != OP_DIM_ZIP) return false;
  for (uint32_t i = 0; i < graph_arity(graph, dim); i++) {
    Node part = graph_arg(graph, dim, i);
    if (graph_op(graph, part) == OP_DIM_OF && graph_arg(graph, part, 0) == array) return true;
  }
  return false;
}

static bool put_element(Code *code, const Term *term) {
  Node array = graph_arg(code->graph, term->node, 0), index = graph_arg(code->graph, term->node, 1);
  if (!covers(code->graph, index, array)) return false;
  js_value(code, array, term->own);
  text_putc(code->into, '[');
  js_value(code, index, term->own);
  text_putc(code->into, ']');
  return true;
}

static void put_length(Code *code, const Term *term) {
  Node of = js_operand(code, term, 0).node;
  js_value(code, of, term->own);
  if (!(op_info[graph_op(code->graph, of)].flags & FLAG_D)) text_puts(code->into, ".length");
}

/* ---- what a task has made ---- */

static const char *const readers[] = {[READ_TEXT] = "weft_read_text",
                                      [READ_LINES] = "weft_read_lines",
                                      [READ_JSON] = "weft_read_json",
                                      [READ_TSV] = "weft_read_tsv",
                                      [READ_CSV] = "weft_read_csv"};

static void put_read(Code *code, const Term *term) {
  const Graph *graph = code->graph;
  const char *file = code->scope->file ? code->scope->file(code->scope->self, term->node) : NULL;
  ReadFormat format = (ReadFormat)graph->data.data[term->node];
  bool is_read = graph_op(graph, term->node) == OP_READ;
  if (!file) {
    js_refuse(code, "there is no file to read here");
    return;
  }
  if (type_has(graph->types, graph_type(graph, term->node), KINDS_FILE))
    js_refuse(code, "JavaScript cannot make files of the paths in a document");
  text_addf(code->into, "%s(", is_read ? readers[format] : "weft_read_text");
  js_type(graph, graph_type(graph, term->node), code->into);
  text_addf(code->into, ", %s", file);
  if (is_read && format == READ_JSON) {
    text_puts(code->into, ", ");
    js_literal(graph, graph_arg(graph, term->node, 1), code->into);
  }
  text_putc(code->into, ')');
}

/* ---- all ---- */

static void put_operation(Code *code, const Term *term) {
  switch (graph_op(code->graph, term->node)) {
    case OP_LIT:
      js_literal(code->graph, term->node, code->into);
      return;
    case OP_CAST:
    case OP_AFTER:
    case OP_SOME:
    case OP_UNWRAP:
      js_value(code, graph_arg(code->graph, term->node, 0), term->own);
      return;
    case OP_RECORD:
      put_record(code, term);
      return;
    case OP_PROJECT:
      put_projection(code, term);
      return;
    case OP_CHOOSE:
      put_choice(code, term);
      return;
    case OP_CONCAT:
      put_concat(code, term);
      return;
    case OP_LENGTH:
      put_length(code, term);
      return;
    case OP_READ:
    case OP_STDOUT:
      put_read(code, term);
      return;
    case OP_ELEMENT:
      if (put_element(code, term)) return;
      break;
    case OP_BASENAME:
    case OP_STEM:
      if (put_file_name(code, term)) return;
      break;
    default:
      break;
  }
  bool on_double;
  const char *form = form_of(code, term->node, &on_double);
  if (form)
    put_form(code, term, form, on_double);
  else
    js_refuse(code, "`%s` cannot be computed in JavaScript", op_info[graph_op(code->graph, term->node)].text);
}

void js_value(Code *code, Node node, uint32_t block) {
  if (js_plain(code, node, block, code->into)) return;
  Term *term = js_term(code, node, block);
  if (term->inlined)
    put_operation(code, term);
  else
    text_addf(code->into, term->later ? "v%u()" : "v%u", term->name);
}

/* ---- statements ---- */

static void line(Code *code) {
  text_putc(code->into, '\n');
  for (uint32_t i = 0; i < code->indent && i < MOST_INDENTED; i++) text_puts(code->into, "  ");
}

static void inner_block(Code *code, uint32_t block) {
  code->indent++;
  js_block(code, block);
}

static void end_block(Code *code) {
  code->indent--;
  line(code);
  text_putc(code->into, '}');
}

static void assign(Code *code, const Term *term, Node node, uint32_t block) {
  line(code);
  text_addf(code->into, "v%u = ", term->name);
  js_value(code, node, block);
  text_putc(code->into, ';');
}

static void put_if(Code *code, const Term *term) {
  text_addf(code->into, "var v%u;", term->name);
  line(code);
  text_puts(code->into, "if (");
  js_value(code, graph_arg(code->graph, term->node, 0), term->own);
  text_puts(code->into, ") {");
  for (uint32_t i = 0; i < 2; i++) {
    if (i) text_puts(code->into, " else {");
    inner_block(code, term->inner[i]);
    assign(code, term, graph_arg(code->graph, term->node, 1 + i), term->inner[i]);
    end_block(code);
  }
}

/* "for (var i1 = 0, n1 = …; i1 < n1; i1++) {" and what is computed in each round. */
static void begin_rounds(Code *code, const Term *term, const char *index, const char *from, Node width,
                         const char *around) {
  line(code);
  text_addf(code->into, "for (var %s = %s, n%u = %s", index, from, term->name, around ? around : "");
  js_value(code, width, term->own);
  text_addf(code->into, "%s; %s < n%u; %s++) {", around ? ")" : "", index, term->name, index);
  inner_block(code, term->inner[0]);
}

/* What is done in a round if the condition holds. */
static bool begin_kept(Code *code, const Term *term) {
  if (term->inner[0] == term->inner[1]) return false;
  line(code);
  text_puts(code->into, "if (");
  js_value(code, graph_arg(code->graph, term->node, 1), term->inner[0]);
  text_puts(code->into, ") {");
  inner_block(code, term->inner[1]);
  return true;
}

static void put_collect(Code *code, const Term *term) {
  text_addf(code->into, "var v%u = [];", term->name);
  begin_rounds(code, term, code->blocks.data[term->inner[0]].values[0], "0",
               binder_dim(code->graph, term->node), NULL);
  bool kept = begin_kept(code, term);
  line(code);
  text_addf(code->into, "v%u.push(", term->name);
  js_value(code, graph_arg(code->graph, term->node, 2), term->inner[1]);
  text_puts(code->into, ");");
  if (kept) end_block(code);
  end_block(code);
}

static void put_fold(Code *code, const Term *term) {
  const Graph *graph = code->graph;
  text_addf(code->into, "var v%u = ", term->name);
  js_value(code, graph_arg(graph, term->node, 3), term->own);
  text_putc(code->into, ';');
  begin_rounds(code, term, code->blocks.data[term->inner[0]].values[0], "0", binder_dim(graph, term->node),
               NULL);
  bool kept = begin_kept(code, term);
  assign(code, term, graph_arg(graph, term->node, 4), term->inner[1]);
  if (kept) end_block(code);
  end_block(code);
}

static void put_reduce(Code *code, const Term *term) {
  Node array = graph_arg(code->graph, term->node, 3);
  const char *element = code->blocks.data[term->inner[0]].values[1];
  text_addf(code->into, "var v%u = ", term->name);
  js_value(code, array, term->own);
  text_puts(code->into, "[0];");
  line(code);
  text_addf(code->into, "for (var j%u = 1; j%u < ", term->name, term->name);
  js_value(code, array, term->own);
  text_addf(code->into, ".length; j%u++) {", term->name);
  code->indent++;
  line(code);
  text_addf(code->into, "var %s = ", element);
  js_value(code, array, term->own);
  text_addf(code->into, "[j%u];", term->name);
  js_block(code, term->inner[0]);
  assign(code, term, graph_arg(code->graph, term->node, 2), term->inner[0]);
  end_block(code);
}

static bool is_unbounded(const Graph *graph, Node most) {
  return graph_op(graph, most) == OP_LIT && graph_literal(graph, most)->integer < 0;
}

/* Whether to stop is worked out of the state before the round, as the next one is. */
static void put_loop(Code *code, const Term *term) {
  const Graph *graph = code->graph;
  Node most = graph_arg(graph, term->node, 4);
  text_addf(code->into, "var v%u = ", term->name);
  js_value(code, graph_arg(graph, term->node, 1), term->own);
  text_putc(code->into, ';');
  if (is_unbounded(graph, most)) {
    line(code);
    text_puts(code->into, "for (;;) {");
    inner_block(code, term->inner[0]);
  } else {
    const char *index = arena_format(code->js->arena, "j%u", term->name);
    begin_rounds(code, term, index, "0", most, "weft_rounds(");
  }
  line(code);
  text_addf(code->into, "var s%u = ", term->name);
  js_value(code, graph_arg(graph, term->node, 3), term->inner[0]);
  text_putc(code->into, ';');
  assign(code, term, graph_arg(graph, term->node, 2), term->inner[0]);
  line(code);
  text_addf(code->into, "if (s%u) break;", term->name);
  end_block(code);
}

/* The statements that make a term's value, and "v1" of it. */
static void put_term(Code *code, const Term *term) {
  switch (graph_op(code->graph, term->node)) {
    case OP_COLLECT:
      put_collect(code, term);
      return;
    case OP_FOLD:
      put_fold(code, term);
      return;
    case OP_REDUCE:
      put_reduce(code, term);
      return;
    case OP_LOOP:
      put_loop(code, term);
      return;
    case OP_CHOOSE:
      if (code->blocks.data[term->inner[0]].terms.len || code->blocks.data[term->inner[1]].terms.len) {
        put_if(code, term);
        return;
      }
      break;
    default:
      break;
  }
  text_addf(code->into, "var v%u = ", term->name);
  put_operation(code, term);
  text_putc(code->into, ';');
}

static void put_later(Code *code, const Term *term) {
  text_addf(code->into, "var v%u = weft_once(function () {", term->name);
  inner_block(code, term->own);
  line(code);
  put_term(code, term);
  line(code);
  text_addf(code->into, "return v%u;", term->name);
  end_block(code);
  text_puts(code->into, ");");
}

void js_block(Code *code, uint32_t block) {
  for (uint32_t i = 0; i < code->blocks.data[block].terms.len && !code->refusal; i++) {
    const Term *term = &code->terms.data[code->blocks.data[block].terms.data[i]];
    line(code);
    (term->later ? put_later : put_term)(code, term);
  }
}
