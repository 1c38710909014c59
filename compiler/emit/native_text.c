/* native_text.c: operations that the runtime does: on texts and files, and on what a task has made. */
#include "emit/native_code.h"

typedef struct CallInfo {
  const char *args;
  RtFunction function;
} CallInfo;

static const CallInfo calls[OP_COUNT_] = {
#define CALL(op, function, args) [op] = {args, FN_##function},
#include "emit/native_calls.def"
#undef CALL
};

static const Layout *layout_of(const Code *code, Node node) { return native_layout_of(code->native, node); }

/* An operand as a String: a file is its path. */
static LLVMValueRef string_value(Code *code, Node node, uint32_t context) {
  LLVMValueRef value = code_value(code, node, context);
  uint8_t kind = layout_of(code, node)->kind;
  return kind == RT_FILE || kind == RT_DIR ? code_call(code, FN_rt_path, &value, 1) : value;
}

static LLVMValueRef call_op(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  const CallInfo *info = &calls[graph_op(graph, node)];
  LLVMValueRef args[8];
  uint32_t count = 0, next = 0;
  for (const char *at = info->args; *at; at++) {
    switch (*at) {
      case 'c':
        args[count++] = code_ctx(code);
        break;
      case '@':
        args[count++] = code_place_of(code, node);
        break;
      case 't':
        args[count++] = layout_of(code, graph_arg(graph, node, 0))->table;
        break;
      case 's':
        args[count++] = string_value(code, graph_arg(graph, node, next++), context);
        break;
      default:
        args[count++] = code_value(code, graph_arg(graph, node, next++), context);
        break;
    }
  }
  LLVMValueRef value = code_call(code, info->function, args, count);
  if (LLVMTypeOf(value) != code->native->i8) return value;
  return LLVMBuildICmp(code->builder, LLVMIntNE, value, native_u8(code->native, 0), "");
}

static LLVMValueRef concat(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  uint32_t count = graph_arity(native->graph, node);
  LLVMValueRef parts = code_cell(code, (uint64_t)count * sizeof(void *), 8);
  for (uint32_t i = 0; i < count; i++)
    LLVMBuildStore(code->builder, code_value(code, graph_arg(native->graph, node, i), context),
                   code_offset(code, parts, i * sizeof(void *)));
  LLVMValueRef args[] = {code_ctx(code), parts, native_i64(native, count)};
  return code_call(code, FN_rt_concat, args, 3);
}

static LLVMValueRef to_string(Code *code, Node node, uint32_t context) {
  Node of = graph_arg(code->native->graph, node, 0);
  const Layout *layout = layout_of(code, of);
  LLVMValueRef value = code_value(code, of, context);
  if (layout->kind == RT_STRING) return value;
  LLVMValueRef cell = code_cell(code, layout->size, layout->align);
  code_store(code, layout, value, cell, 0);
  LLVMValueRef args[] = {code_ctx(code), layout->table, cell};
  return code_call(code, FN_rt_to_string, args, 3);
}

static LLVMValueRef out_file(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Layout *layout = layout_of(code, node);
  bool optional = layout->kind == RT_OPTION, dir = (optional ? layout->elem : layout)->kind == RT_DIR;
  RtFunction which = optional ? (dir ? FN_rt_out_dir_or_null : FN_rt_out_file_or_null)
                     : dir    ? FN_rt_out_dir
                              : FN_rt_out_file;
  LLVMValueRef args[] = {code_ctx(code), code_place_of(code, node),
                         string_value(code, graph_arg(native->graph, node, 0), context)};
  LLVMValueRef file = code_call(code, which, args, 3);
  if (!optional) return file;
  LLVMValueRef there = LLVMBuildICmp(code->builder, LLVMIntNE, file, LLVMConstNull(native->ptr), "");
  LLVMValueRef value = LLVMBuildInsertValue(code->builder, LLVMGetUndef(layout->type), file, 0, "");
  return LLVMBuildInsertValue(code->builder, value, there, 1, "");
}

static LLVMValueRef standard_output(Code *code, Node node) {
  LLVMValueRef args[] = {code_ctx(code), code_place_of(code, node)};
  if (layout_of(code, node)->kind == RT_STRING) return code_call(code, FN_rt_stdout_string, args, 2);
  return code_call(code, FN_rt_stdout_file, args, 1);
}

static LLVMValueRef read_result(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Graph *graph = native->graph;
  const Layout *layout = layout_of(code, node);
  LLVMValueRef cell = code_cell(code, layout->size, layout->align);
  LLVMValueRef args[] = {code_ctx(code),
                         code_place_of(code, node),
                         native_u32(native, graph->data.data[node]),
                         string_value(code, graph_arg(graph, node, 0), context),
                         native_sym(native, graph_literal(graph, graph_arg(graph, node, 1))->text),
                         layout->table,
                         cell};
  code_call(code, FN_rt_read, args, 7);
  return code_load(code, layout, cell, 0);
}

static LLVMValueRef javascript(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  Node names = graph_arg(graph, node, 1);
  const Layout *layout = layout_of(code, node), *seen = layout_of(code, names);
  LLVMValueRef from = code_cell(code, seen->size, seen->align),
               into = code_cell(code, layout->size, layout->align);
  code_store(code, seen, code_value(code, names, context), from, 0);
  LLVMValueRef args[] = {code_ctx(code),
                         code_place_of(code, node),
                         string_value(code, graph_arg(graph, node, 0), context),
                         seen->table,
                         from,
                         layout->table,
                         into};
  code_call(code, FN_rt_js, args, 7);
  return code_load(code, layout, into, 0);
}

LLVMValueRef code_text_op(Code *code, Node node, uint32_t context) {
  Op op = graph_op(code->native->graph, node);
  if (calls[op].args) return call_op(code, node, context);
  switch (op) {
    case OP_CONCAT:
      return concat(code, node, context);
    case OP_TO_STRING:
      return to_string(code, node, context);
    case OP_OUT_FILE:
      return out_file(code, node, context);
    case OP_STDOUT:
      return standard_output(code, node);
    case OP_READ:
      return read_result(code, node, context);
    case OP_JS:
      return javascript(code, node, context);
    default:
      return NULL;
  }
}
