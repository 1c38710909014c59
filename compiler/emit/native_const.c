/* native_const.c: constants: texts, places, literals, images of frames. */
#include "emit/native.h"

#include <string.h>

LLVMValueRef native_u8(const Native *native, uint64_t value) { return LLVMConstInt(native->i8, value, 0); }
LLVMValueRef native_u32(const Native *native, uint64_t value) { return LLVMConstInt(native->i32, value, 0); }
LLVMValueRef native_i64(const Native *native, int64_t value) {
  return LLVMConstInt(native->i64, (unsigned long long)value, 1);
}

LLVMValueRef native_global(Native *native, LLVMValueRef value, uint32_t align) {
  LLVMValueRef global = LLVMAddGlobal(native->module, LLVMTypeOf(value), "");
  LLVMSetInitializer(global, value);
  LLVMSetLinkage(global, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetAlignment(global, align);
  return global;
}

LLVMValueRef native_at(const Native *native, LLVMTypeRef type, LLVMValueRef array, uint64_t index) {
  LLVMValueRef at = LLVMConstInt(native->i64, index, 0);
  return index ? LLVMConstGEP2(type, array, &at, 1) : array;
}

LLVMValueRef native_table(Native *native, LLVMTypeRef type, LLVMValueRef *values, uint32_t count) {
  if (!count) return LLVMConstNull(native->ptr);
  return native_global(native, LLVMConstArray(type, values, count), 8);
}

/* ---- texts ---- */

static LLVMValueRef c_string(Native *native, const char *bytes, size_t len) {
  return native_global(native, LLVMConstStringInContext(native->llvm, bytes, (unsigned)len, 0), 1);
}

LLVMValueRef native_text(Native *native, const char *text) {
  return native_sym(native, intern(native->session->names, text, strlen(text)));
}

LLVMValueRef native_sym(Native *native, Sym sym) {
  while (native->texts.len <= sym) vec_push(&native->texts, NULL);
  if (!native->texts.data[sym])
    native->texts.data[sym] = c_string(native, name_of(native->session, sym),
                                       sym_len(native->session->names, sym));
  return native->texts.data[sym];
}

LLVMValueRef native_sym_or_null(Native *native, Sym sym) {
  return sym ? native_sym(native, sym) : LLVMConstNull(native->ptr);
}

LLVMValueRef native_string(Native *native, Sym sym) {
  while (native->strings.len <= sym) vec_push(&native->strings, NULL);
  if (native->strings.data[sym]) return native->strings.data[sym];
  size_t len = sym_len(native->session->names, sym);
  LLVMValueRef fields[] = {
      native_i64(native, (int64_t)len),
      LLVMConstStringInContext(native->llvm, name_of(native->session, sym), (unsigned)len, 0)};
  LLVMValueRef value = LLVMConstStructInContext(native->llvm, fields, 2, 0);
  return native->strings.data[sym] = native_global(native, value, 8);
}

/* ---- places ---- */

LLVMValueRef native_place_fields(Native *native, Span span) {
  Position at = {.path = native->options->source ? native->options->source : "", .line = 0, .column = 0};
  if (span.hi) at = sources_position(native->session->sources, span.lo);
  return native_struct(native, STRUCT_RtPlace,
                       (LLVMValueRef[]){native_text(native, at.path ? at.path : ""),
                                        native_u32(native, at.line), native_u32(native, at.column)});
}

LLVMValueRef native_place(Native *native, Span span) {
  uint64_t key = span.hi ? (uint64_t)span.lo + 1 : 0;
  uint32_t known = map_get(&native->places, key);
  if (known) return native->place_values.data[known - 1];
  vec_push(&native->place_values, native_global(native, native_place_fields(native, span), 8));
  map_put(&native->places, key, native->place_values.len);
  return vec_last(&native->place_values);
}

/* ---- constant nodes ---- */

static bool is_structure(Op op) { return op == OP_RECORD || op == OP_ARRAY || op == OP_SOME; }

void native_constants_find(Native *native) {
  const Graph *graph = native->graph;
  uint32_t count = graph_count(graph);
  native->constant = ARENA_ARRAY(native->arena, uint8_t, count + 1);
  native->constant_arrays = ARENA_ARRAY(native->arena, LLVMValueRef, count + 1);
  for (Node node = 0; node < count; node++) {
    bool constant = graph_op(graph, node) == OP_LIT || is_structure(graph_op(graph, node));
    for (uint32_t i = 0; constant && i < graph_arity(graph, node); i++)
      constant = native->constant[graph_arg(graph, node, i)];
    native->constant[node] = constant;
  }
}

LLVMValueRef native_zero(Native *native, const Layout *layout) {
  (void)native;
  return LLVMConstNull(layout->type);
}

static LLVMValueRef literal(Native *native, Node node) {
  const Literal *lit = graph_literal(native->graph, node);
  const Layout *layout = native_layout_of(native, node);
  switch ((LiteralKind)lit->kind) {
    case LIT_BOOL:
      return LLVMConstInt(native->i1, lit->integer != 0, 0);
    case LIT_INT:
      return native_i64(native, lit->integer);
    case LIT_FLOAT:
      return LLVMConstReal(native->f64, lit->number);
    case LIT_STRING:
      return native_string(native, lit->text);
    default:
      return native_zero(native, layout);
  }
}

/* Bytes of numbers are one array, which LLVM keeps as bytes. */
static LLVMValueRef scalar_items(Native *native, Node node, const Layout *elem) {
  uint32_t count = graph_arity(native->graph, node);
  LLVMValueRef *items = ARENA_ARRAY(native->arena, LLVMValueRef, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    items[i] = native_constant(native, graph_arg(native->graph, node, i));
    if (elem->kind == RT_BOOL) items[i] = native_u8(native, LLVMConstIntGetZExtValue(items[i]));
  }
  return LLVMConstArray(elem->kind == RT_BOOL ? native->i8 : elem->type, items, count);
}

/* ---- images ---- */

static void image_value(Words *image, const Layout *layout, LLVMValueRef value, uint32_t offset) {
  switch (layout->kind) {
    case RT_UNIT:
      break;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++)
        image_value(image, layout->fields[i], LLVMGetAggregateElement(value, i), offset + layout->offsets[i]);
      break;
    case RT_OPTION:
      image_value(image, layout->elem, LLVMGetAggregateElement(value, 0), offset);
      words_put(image, LLVMGetAggregateElement(value, 1), offset + layout->elem->size);
      break;
    case RT_UNCERTAIN:
      for (unsigned i = 0; i < 2; i++) words_put(image, LLVMGetAggregateElement(value, i), offset + 8 * i);
      break;
    default:
      words_put(image, value, offset);
      break;
  }
}

LLVMValueRef native_image(Native *native, const Constant *constants, uint32_t count, uint32_t size) {
  Words image = {.native = native};
  for (uint32_t i = 0; i < count; i++)
    image_value(&image, native_layout_of(native, constants[i].node),
                native_constant(native, constants[i].node), constants[i].offset);
  bool any = image.words.len > 0;
  LLVMValueRef value = words_end(&image, size);
  return any ? native_global(native, value, 16) : LLVMConstNull(native->ptr);
}

static LLVMValueRef packed_items(Native *native, Node node, const Layout *elem) {
  Words image = {.native = native};
  uint32_t count = graph_arity(native->graph, node);
  for (uint32_t i = 0; i < count; i++)
    image_value(&image, elem, native_constant(native, graph_arg(native->graph, node, i)), i * elem->size);
  return words_end(&image, count * elem->size);
}

static LLVMValueRef constant_array(Native *native, Node node) {
  if (native->constant_arrays[node]) return native->constant_arrays[node];
  const Layout *elem = native_layout_of(native, node)->elem;
  bool scalar = elem->leaves == 1 && elem->kind != RT_RECORD && elem->kind != RT_OPTION;
  LLVMValueRef fields[] = {native_i64(native, graph_arity(native->graph, node)), native_i64(native, 0),
                           scalar ? scalar_items(native, node, elem) : packed_items(native, node, elem)};
  LLVMValueRef value = LLVMConstStructInContext(native->llvm, fields, 3, 0);
  return native->constant_arrays[node] = native_global(native, value, 16);
}

static LLVMValueRef constant_record(Native *native, Node node) {
  uint32_t count = graph_arity(native->graph, node);
  LLVMValueRef *fields = ARENA_ARRAY(native->arena, LLVMValueRef, count + 1);
  for (uint32_t i = 0; i < count; i++) fields[i] = native_constant(native, graph_arg(native->graph, node, i));
  return LLVMConstStructInContext(native->llvm, fields, count, 0);
}

/* As deep as the node's type is. */
LLVMValueRef native_constant(Native *native, Node node) {
  switch (graph_op(native->graph, node)) {
    case OP_ARRAY:
      return constant_array(native, node);
    case OP_RECORD:
      return constant_record(native, node);
    case OP_SOME: {
      LLVMValueRef fields[] = {native_constant(native, graph_arg(native->graph, node, 0)),
                               LLVMConstInt(native->i1, 1, 0)};
      return LLVMConstStructInContext(native->llvm, fields, 2, 0);
    }
    default:
      return literal(native, node);
  }
}
