/* native_value.c: values in memory, where the runtime lays them out, and in registers. */
#include "emit/native_code.h"

enum { MOST_BITS = 46 }; /* of an array's bytes: more than any machine has */

LLVMBasicBlockRef code_block(Code *code) {
  return LLVMAppendBasicBlockInContext(code->native->llvm, code->function, "");
}

LLVMValueRef code_offset(Code *code, LLVMValueRef pointer, uint64_t offset) {
  if (!offset) return pointer;
  LLVMValueRef at = LLVMConstInt(code->native->i64, offset, 0);
  return LLVMBuildInBoundsGEP2(code->builder, code->native->i8, pointer, &at, 1, "");
}

LLVMValueRef code_cell(Code *code, uint64_t size, uint32_t align) {
  LLVMTypeRef type = LLVMArrayType(code->native->i8, (unsigned)(size ? size : 1));
  LLVMValueRef cell = LLVMBuildAlloca(code->entry, type, "");
  LLVMSetAlignment(cell, align);
  return cell;
}

/* ---- memory ---- */

static LLVMValueRef load_scalar(Code *code, LLVMTypeRef type, uint32_t align, LLVMValueRef pointer,
                                uint64_t offset) {
  LLVMValueRef value = LLVMBuildLoad2(code->builder, type, code_offset(code, pointer, offset), "");
  LLVMSetAlignment(value, align);
  return value;
}

static LLVMValueRef load_bool(Code *code, LLVMValueRef pointer, uint64_t offset) {
  LLVMValueRef byte = load_scalar(code, code->native->i8, 1, pointer, offset);
  return LLVMBuildICmp(code->builder, LLVMIntNE, byte, native_u8(code->native, 0), "");
}

/* A value's scalars in order, read from memory. */
static LLVMValueRef *load_leaves(Code *code, const Layout *layout, LLVMValueRef pointer, uint64_t offset,
                                 LLVMValueRef *leaves) {
  switch (layout->kind) {
    case RT_UNIT:
      return leaves;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++)
        leaves = load_leaves(code, layout->fields[i], pointer, offset + layout->offsets[i], leaves);
      return leaves;
    case RT_OPTION:
      leaves = load_leaves(code, layout->elem, pointer, offset, leaves);
      *leaves = load_bool(code, pointer, offset + layout->elem->size);
      return leaves + 1;
    case RT_UNCERTAIN:
      for (unsigned i = 0; i < 2; i++)
        leaves[i] = load_scalar(code, code->native->f64, 8, pointer, offset + 8 * i);
      return leaves + 2;
    case RT_BOOL:
      *leaves = load_bool(code, pointer, offset);
      return leaves + 1;
    default:
      *leaves = load_scalar(code, layout->type, layout->align, pointer, offset);
      return leaves + 1;
  }
}

static void store_scalar(Code *code, LLVMValueRef value, uint32_t align, LLVMValueRef pointer,
                         uint64_t offset) {
  if (LLVMTypeOf(value) == code->native->i1)
    value = LLVMBuildZExt(code->builder, value, code->native->i8, "");
  LLVMSetAlignment(LLVMBuildStore(code->builder, value, code_offset(code, pointer, offset)), align);
}

static LLVMValueRef *store_leaves(Code *code, const Layout *layout, LLVMValueRef pointer, uint64_t offset,
                                  LLVMValueRef *leaves) {
  switch (layout->kind) {
    case RT_UNIT:
      return leaves;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++)
        leaves = store_leaves(code, layout->fields[i], pointer, offset + layout->offsets[i], leaves);
      return leaves;
    case RT_OPTION:
      leaves = store_leaves(code, layout->elem, pointer, offset, leaves);
      store_scalar(code, *leaves, 1, pointer, offset + layout->elem->size);
      return leaves + 1;
    case RT_UNCERTAIN:
      for (unsigned i = 0; i < 2; i++) store_scalar(code, leaves[i], 8, pointer, offset + 8 * i);
      return leaves + 2;
    default:
      store_scalar(code, *leaves, layout->align, pointer, offset);
      return leaves + 1;
  }
}

static LLVMValueRef *new_leaves(const Code *code, const Layout *layout) {
  return ARENA_ARRAY(code->native->arena, LLVMValueRef, layout->leaves + 1);
}

LLVMValueRef code_load(Code *code, const Layout *layout, LLVMValueRef pointer, uint64_t offset) {
  LLVMValueRef *leaves = new_leaves(code, layout);
  load_leaves(code, layout, pointer, offset, leaves);
  return code_join(code, layout, leaves);
}

void code_store(Code *code, const Layout *layout, LLVMValueRef value, LLVMValueRef pointer, uint64_t offset) {
  store_leaves(code, layout, pointer, offset, code_leaves(code, layout, value));
}

/* ---- registers ---- */

static LLVMValueRef extract(Code *code, LLVMValueRef value, unsigned index) {
  return LLVMBuildExtractValue(code->builder, value, index, "");
}

void code_split(Code *code, const Layout *layout, LLVMValueRef value, LLVMValueRef *leaves) {
  switch (layout->kind) {
    case RT_UNIT:
      return;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++) {
        if (layout->fields[i]->leaves) code_split(code, layout->fields[i], extract(code, value, i), leaves);
        leaves += layout->fields[i]->leaves;
      }
      return;
    case RT_OPTION:
      if (layout->elem->leaves) code_split(code, layout->elem, extract(code, value, 0), leaves);
      leaves[layout->elem->leaves] = extract(code, value, 1);
      return;
    case RT_UNCERTAIN:
      for (unsigned i = 0; i < 2; i++) leaves[i] = extract(code, value, i);
      return;
    default:
      *leaves = value;
      return;
  }
}

LLVMValueRef *code_leaves(Code *code, const Layout *layout, LLVMValueRef value) {
  LLVMValueRef *leaves = new_leaves(code, layout);
  code_split(code, layout, value, leaves);
  return leaves;
}

static LLVMValueRef insert(Code *code, LLVMValueRef into, LLVMValueRef value, unsigned index) {
  return LLVMBuildInsertValue(code->builder, into, value, index, "");
}

LLVMValueRef code_join(Code *code, const Layout *layout, LLVMValueRef *leaves) {
  LLVMValueRef value = LLVMGetUndef(layout->type);
  switch (layout->kind) {
    case RT_UNIT:
      return value;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++) {
        value = insert(code, value, code_join(code, layout->fields[i], leaves), i);
        leaves += layout->fields[i]->leaves;
      }
      return value;
    case RT_OPTION:
      value = insert(code, value, code_join(code, layout->elem, leaves), 0);
      return insert(code, value, leaves[layout->elem->leaves], 1);
    case RT_UNCERTAIN:
      return insert(code, insert(code, value, leaves[0], 0), leaves[1], 1);
    default:
      return *leaves;
  }
}

static LLVMTypeRef *leaf_types(const Native *native, const Layout *layout, LLVMTypeRef *types) {
  switch (layout->kind) {
    case RT_UNIT:
      return types;
    case RT_RECORD:
      for (uint32_t i = 0; i < layout->count; i++) types = leaf_types(native, layout->fields[i], types);
      return types;
    case RT_OPTION:
      types = leaf_types(native, layout->elem, types);
      *types = native->i1;
      return types + 1;
    case RT_UNCERTAIN:
      types[0] = types[1] = native->f64;
      return types + 2;
    default:
      *types = layout->type;
      return types + 1;
  }
}

/* Records are taken apart, so that LLVM sees scalars. */
Phi code_phi(Code *code, const Layout *layout) {
  Phi phi = {.layout = layout, .leaves = new_leaves(code, layout)};
  LLVMTypeRef *types = ARENA_ARRAY(code->native->arena, LLVMTypeRef, layout->leaves + 1);
  leaf_types(code->native, layout, types);
  for (uint32_t i = 0; i < layout->leaves; i++) phi.leaves[i] = LLVMBuildPhi(code->builder, types[i], "");
  phi.value = code_join(code, layout, phi.leaves);
  return phi;
}

void code_phi_add(const Phi *phi, LLVMValueRef *leaves, LLVMBasicBlockRef from) {
  for (uint32_t i = 0; i < phi->layout->leaves; i++) LLVMAddIncoming(phi->leaves[i], &leaves[i], &from, 1);
}

LLVMValueRef code_cast(Code *code, const Layout *from, const Layout *to, LLVMValueRef value) {
  if (from == to || (from->leaves == 1 && to->leaves == 1 && from->type == to->type)) return value;
  LLVMValueRef result = LLVMConstNull(to->type);
  if (from->kind == RT_RECORD && to->kind == RT_RECORD && from->count == to->count) {
    for (uint32_t i = 0; i < from->count; i++)
      result = insert(code, result, code_cast(code, from->fields[i], to->fields[i], extract(code, value, i)),
                      i);
  } else if (from->kind == RT_OPTION && to->kind == RT_OPTION) {
    if (from->elem->leaves)
      result = insert(code, result, code_cast(code, from->elem, to->elem, extract(code, value, 0)), 0);
    result = insert(code, result, extract(code, value, 1), 1);
  } else if (from->type == to->type) {
    return value;
  }
  return result;
}

/* ---- arrays ---- */

/* More than fits is asked of the runtime as a negative size, and refused by it. */
static LLVMValueRef array_bytes(Code *code, LLVMValueRef len, uint32_t size) {
  Native *native = code->native;
  int64_t head = sizeof(RtArray);
  LLVMValueRef bytes = LLVMBuildMul(code->builder, len, native_i64(native, size), "");
  bytes = LLVMBuildAdd(code->builder, bytes, native_i64(native, head), "");
  LLVMValueRef most = native_i64(native, ((int64_t)1 << MOST_BITS) / (size ? size : 1));
  LLVMValueRef fits = LLVMBuildICmp(code->builder, LLVMIntULE, len, most, "");
  return LLVMBuildSelect(code->builder, fits, bytes, native_i64(native, -1), "");
}

LLVMValueRef code_array(Code *code, LLVMValueRef len, const Layout *elem) {
  Native *native = code->native;
  LLVMValueRef args[] = {code_ctx(code), array_bytes(code, len, elem->size)};
  LLVMValueRef array = code_call(code, FN_rt_alloc, args, 2);
  store_scalar(code, len, 16, array, offsetof(RtArray, len));
  store_scalar(code, native_i64(native, 0), 8, array, offsetof(RtArray, reserved));
  return array;
}

LLVMValueRef code_item(Code *code, LLVMValueRef array, LLVMValueRef index, const Layout *elem) {
  LLVMValueRef items = code_offset(code, array, offsetof(RtArray, items));
  LLVMTypeRef slot = LLVMArrayType(code->native->i8, elem->size);
  return LLVMBuildInBoundsGEP2(code->builder, slot, items, &index, 1, "");
}

LLVMValueRef code_length(Code *code, LLVMValueRef array) {
  return load_scalar(code, code->native->i64, 8, array, offsetof(RtArray, len));
}

/* ---- failing ---- */

void code_check(Code *code, LLVMValueRef bad, RtFunction which, LLVMValueRef *args, uint32_t count) {
  LLVMBasicBlockRef fails = code_block(code), good = code_block(code);
  LLVMBuildCondBr(code->builder, bad, fails, good);
  LLVMPositionBuilderAtEnd(code->builder, fails);
  code_call(code, which, args, count);
  LLVMBuildUnreachable(code->builder);
  LLVMPositionBuilderAtEnd(code->builder, good);
}
