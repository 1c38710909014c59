/* native_ops.c: operations on numbers, truth, records, options and arrays. */
#include "emit/native_code.h"
#include "ir/binder.h"

#include <string.h>

static LLVMValueRef arg_value(Code *code, Node node, uint32_t k, uint32_t context) {
  return code_value(code, graph_arg(code->native->graph, node, k), context);
}

static const Layout *arg_layout(const Code *code, Node node, uint32_t k) {
  return native_layout_of(code->native, graph_arg(code->native->graph, node, k));
}

static bool is_double(const Layout *layout) {
  return layout->kind == RT_FLOAT || layout->kind == RT_QUANTITY;
}

LLVMValueRef code_double(Code *code, Node node, uint32_t context) {
  LLVMValueRef value = code_value(code, node, context);
  const Layout *layout = native_layout_of(code->native, node);
  if (layout->kind == RT_INT) return LLVMBuildSIToFP(code->builder, value, code->native->f64, "");
  return layout->kind == RT_UNCERTAIN ? LLVMBuildExtractValue(code->builder, value, 0, "") : value;
}

/* ---- intrinsics ---- */

typedef struct Intrinsic {
  const char *on_double, *on_int;
} Intrinsic;

/* minnum and maxnum are fmin and fmax: of a number and a NaN, the number. */
static const Intrinsic intrinsics[OP_COUNT_] = {
    [OP_MIN] = {"llvm.minnum", "llvm.smin"}, [OP_MAX] = {"llvm.maxnum", "llvm.smax"},
    [OP_ABS] = {"llvm.fabs", "llvm.abs"},    [OP_FLOOR] = {"llvm.floor", NULL},
    [OP_CEIL] = {"llvm.ceil", NULL},         [OP_ROUND] = {"llvm.round", NULL},
    [OP_SQRT] = {"llvm.sqrt", NULL},         [OP_EXP] = {"llvm.exp", NULL},
    [OP_LOG] = {"llvm.log", NULL},           [OP_POW] = {"llvm.pow", NULL},
    [OP_SIN] = {"llvm.sin", NULL},           [OP_COS] = {"llvm.cos", NULL}};

static LLVMValueRef call_intrinsic(Code *code, const char *name, LLVMTypeRef type, LLVMValueRef *args,
                                   uint32_t count) {
  Native *native = code->native;
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef function = LLVMGetIntrinsicDeclaration(native->module, id, &type, 1);
  LLVMTypeRef function_type = LLVMIntrinsicGetType(native->llvm, id, &type, 1);
  return LLVMBuildCall2(code->builder, function_type, function, args, count, "");
}

static LLVMValueRef intrinsic_op(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Intrinsic *intrinsic = &intrinsics[graph_op(native->graph, node)];
  LLVMValueRef args[2] = {NULL, NULL};
  uint32_t count = graph_arity(native->graph, node);
  bool integer = native_layout_of(native, node)->kind == RT_INT;
  for (uint32_t i = 0; i < count; i++)
    args[i] = integer ? arg_value(code, node, i, context)
                      : code_double(code, graph_arg(native->graph, node, i), context);
  if (integer && !intrinsic->on_int) return args[0];
  if (integer && count == 1)
    args[count++] = LLVMConstInt(native->i1, 0, 0); /* the least Int is its own absolute value */
  return call_intrinsic(code, integer ? intrinsic->on_int : intrinsic->on_double,
                        integer ? native->i64 : native->f64, args, count);
}

/* ---- arithmetic ---- */

typedef struct Arithmetic {
  LLVMOpcode on_int, on_double;
} Arithmetic;

static const Arithmetic arithmetic[OP_COUNT_] = {
    [OP_ADD_] = {LLVMAdd, LLVMFAdd},      [OP_SUB_] = {LLVMSub, LLVMFSub},
    [OP_MUL_] = {LLVMMul, LLVMFMul},      [OP_DIV_] = {LLVMSDiv, LLVMFDiv},
    [OP_MOD_] = {LLVMSRem, LLVMFRem},     [OP_BIT_AND] = {LLVMAnd, LLVMAnd},
    [OP_BIT_OR] = {LLVMOr, LLVMOr},       [OP_BIT_XOR] = {LLVMXor, LLVMXor},
    [OP_SHIFT_LEFT] = {LLVMShl, LLVMShl}, [OP_SHIFT_RIGHT] = {LLVMLShr, LLVMLShr}};

static void check_number(Code *code, Node node, LLVMValueRef bad, const char *error, const char *message) {
  Native *native = code->native;
  LLVMValueRef args[] = {code_ctx(code), code_place_of(code, node), native_text(native, error),
                         native_text(native, message)};
  code_check(code, bad, FN_rt_fail, args, 4);
}

/* Division fails at zero, and where the quotient is no Int; a literal divisor is known to do neither. */
static void check_division(Code *code, Node node, LLVMValueRef left, LLVMValueRef right) {
  Native *native = code->native;
  bool known = LLVMIsConstant(right) && graph_op(native->graph, graph_arg(native->graph, node, 1)) == OP_LIT;
  int64_t divisor = known ? LLVMConstIntGetSExtValue(right) : 0;
  if (!known || divisor == 0)
    check_number(code, node, LLVMBuildICmp(code->builder, LLVMIntEQ, right, native_i64(native, 0), ""),
                 "R0062", "division by zero");
  if (known && divisor != -1) return;
  LLVMValueRef least = LLVMBuildICmp(code->builder, LLVMIntEQ, left, native_i64(native, INT64_MIN), "");
  LLVMValueRef minus_one = LLVMBuildICmp(code->builder, LLVMIntEQ, right, native_i64(native, -1), "");
  check_number(code, node, LLVMBuildAnd(code->builder, least, minus_one, ""), "R0063",
               "the quotient is outside the range of an Int");
}

/* What counts is never negative, and so a number of 63 bits; LLVM divides such by a constant in fewer steps. */
static bool is_count_by_literal(const Graph *graph, Node node, LLVMValueRef right) {
  Op op = graph_op(graph, graph_arg(graph, node, 0));
  return (op == OP_ORDINAL || op == OP_LENGTH) && graph_op(graph, graph_arg(graph, node, 1)) == OP_LIT &&
         LLVMConstIntGetSExtValue(right) > 0;
}

static LLVMValueRef divide_count(Code *code, Op op, LLVMValueRef left, LLVMValueRef right) {
  Native *native = code->native;
  LLVMTypeRef narrow = LLVMIntTypeInContext(native->llvm, 63);
  LLVMValueRef divisor = LLVMConstInt(narrow, LLVMConstIntGetZExtValue(right), 0);
  LLVMValueRef count = LLVMBuildTrunc(code->builder, left, narrow, "");
  LLVMValueRef result = LLVMBuildBinOp(code->builder, op == OP_DIV_ ? LLVMUDiv : LLVMURem, count, divisor,
                                       "");
  return LLVMBuildZExt(code->builder, result, native->i64, "");
}

static LLVMValueRef arithmetic_op(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  Op op = graph_op(graph, node);
  if (is_double(native_layout_of(code->native, node))) {
    LLVMValueRef left = code_double(code, graph_arg(graph, node, 0), context);
    LLVMValueRef right = code_double(code, graph_arg(graph, node, 1), context);
    return LLVMBuildBinOp(code->builder, arithmetic[op].on_double, left, right, "");
  }
  LLVMValueRef left = arg_value(code, node, 0, context), right = arg_value(code, node, 1, context);
  if (op == OP_DIV_ || op == OP_MOD_) {
    check_division(code, node, left, right);
    if (is_count_by_literal(graph, node, right)) return divide_count(code, op, left, right);
  }
  if (op == OP_SHIFT_LEFT || op == OP_SHIFT_RIGHT)
    right = LLVMBuildAnd(code->builder, right, native_i64(code->native, 63), "");
  return LLVMBuildBinOp(code->builder, arithmetic[op].on_int, left, right, "");
}

static LLVMValueRef pair(Code *code, LLVMTypeRef type, LLVMValueRef first, LLVMValueRef second) {
  LLVMValueRef value = LLVMBuildInsertValue(code->builder, LLVMGetUndef(type), first, 0, "");
  return LLVMBuildInsertValue(code->builder, value, second, 1, "");
}

static LLVMValueRef negate(Code *code, Node node, uint32_t context) {
  LLVMValueRef value = arg_value(code, node, 0, context);
  const Layout *layout = native_layout_of(code->native, node);
  if (layout->kind == RT_INT) return LLVMBuildNeg(code->builder, value, "");
  if (layout->kind != RT_UNCERTAIN) return LLVMBuildFNeg(code->builder, value, "");
  LLVMValueRef mean = LLVMBuildFNeg(code->builder, LLVMBuildExtractValue(code->builder, value, 0, ""), "");
  return LLVMBuildInsertValue(code->builder, value, mean, 0, "");
}

static LLVMValueRef to_int(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  if (arg_layout(code, node, 0)->kind == RT_INT) return arg_value(code, node, 0, context);
  LLVMValueRef value = code_double(code, graph_arg(native->graph, node, 0), context);
  LLVMValueRef least = LLVMConstReal(native->f64, -0x1p63), most = LLVMConstReal(native->f64, 0x1p63);
  LLVMValueRef low = LLVMBuildFCmp(code->builder, LLVMRealULT, value, least,
                                   ""); /* also when it is not a number */
  LLVMValueRef high = LLVMBuildFCmp(code->builder, LLVMRealUGE, value, most, "");
  check_number(code, node, LLVMBuildOr(code->builder, low, high, ""), "R0064",
               "the number is outside the range of an Int");
  return LLVMBuildFPToSI(code->builder, value, native->i64, "");
}

static LLVMValueRef moment(Code *code, Node node, uint32_t context) {
  bool mean = graph_op(code->native->graph, node) == OP_MEAN;
  if (arg_layout(code, node, 0)->kind == RT_UNCERTAIN)
    return LLVMBuildExtractValue(code->builder, arg_value(code, node, 0, context), mean ? 0 : 1, "");
  return mean ? arg_value(code, node, 0, context) : LLVMConstNull(native_layout_of(code->native, node)->type);
}

/* ---- truth ---- */

typedef struct Comparison {
  LLVMIntPredicate on_int, on_bool;
  LLVMRealPredicate on_double;
} Comparison;

static const Comparison comparisons[OP_COUNT_] = {[OP_EQ_] = {LLVMIntEQ, LLVMIntEQ, LLVMRealOEQ},
                                                  [OP_LT_] = {LLVMIntSLT, LLVMIntULT, LLVMRealOLT},
                                                  [OP_LE_] = {LLVMIntSLE, LLVMIntULE, LLVMRealOLE}};

static LLVMValueRef equal(Code *code, const Layout *layout, LLVMValueRef left, LLVMValueRef right) {
  LLVMValueRef a = code_cell(code, layout->size, layout->align),
               b = code_cell(code, layout->size, layout->align);
  code_store(code, layout, left, a, 0);
  code_store(code, layout, right, b, 0);
  LLVMValueRef args[] = {code_ctx(code), layout->table, a, b};
  LLVMValueRef same = code_call(code, FN_rt_equal, args, 4);
  return LLVMBuildICmp(code->builder, LLVMIntNE, same, native_u8(code->native, 0), "");
}

static LLVMValueRef compare(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Layout *layout = arg_layout(code, node, 0);
  const Comparison *row = &comparisons[graph_op(native->graph, node)];
  LLVMValueRef left = arg_value(code, node, 0, context), right = arg_value(code, node, 1, context);
  switch (layout->kind) {
    case RT_UNIT:
      return LLVMConstInt(native->i1, graph_op(native->graph, node) != OP_LT_, 0);
    case RT_BOOL:
      return LLVMBuildICmp(code->builder, row->on_bool, left, right, "");
    case RT_INT:
      return LLVMBuildICmp(code->builder, row->on_int, left, right, "");
    case RT_FLOAT:
    case RT_QUANTITY:
      return LLVMBuildFCmp(code->builder, row->on_double, left, right, "");
    case RT_STRING: {
      LLVMValueRef order = code_call(code, FN_rt_string_compare, (LLVMValueRef[]){left, right}, 2);
      return LLVMBuildICmp(code->builder, row->on_int, order, native_u32(native, 0), "");
    }
    case RT_UNCERTAIN:
      if (graph_op(native->graph, node) != OP_EQ_)
        return LLVMBuildFCmp(code->builder, row->on_double, LLVMBuildExtractValue(code->builder, left, 0, ""),
                             LLVMBuildExtractValue(code->builder, right, 0, ""), "");
      return equal(code, layout, left, right);
    default:
      return equal(code, layout, left, right);
  }
}

/* ---- records ---- */

static LLVMValueRef record(Code *code, Node node, uint32_t context) {
  const Layout *layout = native_layout_of(code->native, node);
  LLVMValueRef value = LLVMGetUndef(layout->type);
  for (uint32_t i = 0; i < layout->count; i++)
    value = LLVMBuildInsertValue(code->builder, value, arg_value(code, node, i, context), i, "");
  return value;
}

/* ---- index sets: their size ---- */

static LLVMValueRef zip(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  LLVMValueRef first = arg_value(code, node, 0, context);
  for (uint32_t i = 1; i < graph_arity(graph, node); i++) {
    LLVMValueRef next = arg_value(code, node, i, context);
    LLVMValueRef differ = LLVMBuildICmp(code->builder, LLVMIntNE, first, next, "");
    LLVMValueRef args[] = {code_ctx(code), code_place_of(code, node), first, next};
    code_check(code, differ, FN_rt_fail_zip, args, 4);
  }
  return first;
}

/* ---- arrays ---- */

static LLVMValueRef element(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  const Layout *elem = native_layout_of(code->native, node);
  LLVMValueRef array = arg_value(code, node, 0, context), index = arg_value(code, node, 1, context);
  if (!code_covers(graph, graph_arg(graph, node, 1), graph_arg(graph, node, 0))) {
    LLVMValueRef len = code_length(code, array);
    LLVMValueRef outside = LLVMBuildICmp(code->builder, LLVMIntUGE, index, len, "");
    LLVMValueRef args[] = {code_ctx(code), code_place_of(code, node), index, len};
    code_check(code, outside, FN_rt_fail_index, args, 4);
  }
  return code_load(code, elem, code_item(code, array, index, elem), 0);
}

static LLVMValueRef array(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Layout *elem = native_layout_of(native, node)->elem;
  uint32_t count = graph_arity(native->graph, node);
  LLVMValueRef made = code_array(code, native_i64(native, count), elem);
  for (uint32_t i = 0; i < count; i++)
    code_store(code, elem, arg_value(code, node, i, context), made,
               sizeof(RtArray) + (uint64_t)i * elem->size);
  return made;
}

static LLVMValueRef append(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  const Layout *elem = native_layout_of(native, node)->elem;
  uint32_t count = graph_arity(native->graph, node);
  LLVMValueRef total = native_i64(native, 0);
  for (uint32_t i = 0; i < count; i++)
    total = LLVMBuildAdd(code->builder, total, code_length(code, arg_value(code, node, i, context)), "");
  LLVMValueRef made = code_array(code, total, elem), at = native_i64(native, 0);
  for (uint32_t i = 0; i < count; i++) {
    LLVMValueRef part = arg_value(code, node, i, context), len = code_length(code, part);
    LLVMValueRef bytes = LLVMBuildMul(code->builder, len, native_i64(native, elem->size), "");
    LLVMBuildMemCpy(code->builder, code_item(code, made, at, elem), elem->align,
                    code_offset(code, part, sizeof(RtArray)), elem->align, bytes);
    at = LLVMBuildAdd(code->builder, at, len, "");
  }
  return made;
}

static LLVMValueRef length(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  Node of = graph_arg(graph, node, 0);
  if (code_is_width(code, node)) return code_value(code, binder_dim(graph, of), context);
  LLVMValueRef value = code_value(code, of, context);
  return op_info[graph_op(graph, of)].flags & FLAG_D ? value : code_length(code, value);
}

/* ---- all ---- */

static LLVMValueRef structure_op(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  const Layout *layout = native_layout_of(code->native, node);
  switch (graph_op(graph, node)) {
    case OP_ORDINAL:
    case OP_AFTER:
      return arg_value(code, node, 0, context);
    case OP_RECORD:
      return record(code, node, context);
    case OP_PROJECT:
      return LLVMBuildExtractValue(code->builder, arg_value(code, node, 0, context), graph->data.data[node],
                                   "");
    case OP_SOME:
      return pair(code, layout->type, arg_value(code, node, 0, context),
                  LLVMConstInt(code->native->i1, 1, 0));
    case OP_IS_SOME:
      return LLVMBuildExtractValue(code->builder, arg_value(code, node, 0, context), 1, "");
    case OP_UNWRAP:
      return LLVMBuildExtractValue(code->builder, arg_value(code, node, 0, context), 0, "");
    case OP_CAST:
      return code_cast(code, arg_layout(code, node, 0), layout, arg_value(code, node, 0, context));
    default:
      return NULL;
  }
}

static LLVMValueRef array_op(Code *code, Node node, uint32_t context) {
  switch (graph_op(code->native->graph, node)) {
    case OP_DIM_OF:
      return length(code, node, context);
    case OP_DIM_RANGE: {
      LLVMValueRef args[] = {arg_value(code, node, 0, context), native_i64(code->native, 0)};
      return call_intrinsic(code, "llvm.smax", code->native->i64, args, 2);
    }
    case OP_DIM_ZIP:
      return zip(code, node, context);
    case OP_ELEMENT:
      return element(code, node, context);
    case OP_ARRAY:
      return array(code, node, context);
    case OP_APPEND:
      return append(code, node, context);
    case OP_LENGTH:
      return length(code, node, context);
    default:
      return NULL;
  }
}

static LLVMValueRef number_op(Code *code, Node node, uint32_t context) {
  const Graph *graph = code->native->graph;
  Op op = graph_op(graph, node);
  if (arithmetic[op].on_int) return arithmetic_op(code, node, context);
  if (intrinsics[op].on_double) return intrinsic_op(code, node, context);
  switch (op) {
    case OP_NEG_:
      return negate(code, node, context);
    case OP_TO_FLOAT:
      return code_double(code, graph_arg(graph, node, 0), context);
    case OP_TO_INT:
      return to_int(code, node, context);
    case OP_UNCERTAIN_:
      return pair(code, native_layout_of(code->native, node)->type,
                  code_double(code, graph_arg(graph, node, 0), context),
                  code_double(code, graph_arg(graph, node, 1), context));
    case OP_MEAN:
    case OP_SD:
      return moment(code, node, context);
    case OP_NOT_:
      return LLVMBuildNot(code->builder, arg_value(code, node, 0, context), "");
    case OP_EQ_:
    case OP_LT_:
    case OP_LE_:
      return compare(code, node, context);
    default:
      return NULL;
  }
}

LLVMValueRef code_op(Code *code, Node node, uint32_t context) {
  LLVMValueRef value = number_op(code, node, context);
  if (!value) value = structure_op(code, node, context);
  if (!value) value = array_op(code, node, context);
  if (!value) value = code_text_op(code, node, context);
  if (!value)
    BUG("operation %s cannot be compiled inside of an expression",
        op_info[graph_op(code->native->graph, node)].text);
  return value;
}
