/* native_type.c: types as the runtime lays them out in memory and as LLVM has them in registers. */
#include "emit/native.h"

void native_types_init(Native *native) {
  native->none = LLVMVoidTypeInContext(native->llvm);
  native->i1 = LLVMInt1TypeInContext(native->llvm);
  native->i8 = LLVMInt8TypeInContext(native->llvm);
  native->i16 = LLVMInt16TypeInContext(native->llvm);
  native->i32 = LLVMInt32TypeInContext(native->llvm);
  native->i64 = LLVMInt64TypeInContext(native->llvm);
  native->f64 = LLVMDoubleTypeInContext(native->llvm);
  native->ptr = LLVMPointerTypeInContext(native->llvm, 0);
  for (int which = 0; which < STRUCT_COUNT; which++)
    native->structs[which] = LLVMArrayType(native->i64, native_struct_size((RtStruct)which) / 8);
}

/* ---- layouts ---- */

static uint32_t align_up(uint32_t at, uint32_t align) { return (at + align - 1) & ~(align - 1); }

static void lay_out_option(Native *native, Layout *layout, const Layout *elem) {
  layout->elem = elem;
  layout->align = elem->align;
  layout->pointers = elem->pointers;
  layout->size = align_up(elem->size + 1, elem->align);
  layout->leaves = elem->leaves + 1;
  layout->type = LLVMStructTypeInContext(native->llvm, (LLVMTypeRef[]){elem->type, native->i1}, 2, 0);
}

static void lay_out_record(Native *native, Layout *layout, const Type *type) {
  layout->align = 1;
  layout->count = type->count;
  layout->offsets = ARENA_ARRAY(native->arena, uint32_t, type->count);
  layout->fields = ARENA_ARRAY(native->arena, const Layout *, type->count);
  LLVMTypeRef *types = ARENA_ARRAY(native->arena, LLVMTypeRef, type->count);
  for (uint32_t i = 0; i < type->count; i++) {
    const Layout *field = native_layout(native, type->args[i]);
    layout->fields[i] = field;
    layout->offsets[i] = align_up(layout->size, field->align);
    layout->size = layout->offsets[i] + field->size;
    layout->leaves += field->leaves;
    layout->pointers |= field->pointers;
    if (field->align > layout->align) layout->align = field->align;
    types[i] = field->type;
  }
  layout->size = align_up(layout->size, layout->align);
  layout->type = LLVMStructTypeInContext(native->llvm, types, type->count, 0);
}

static void lay_out_scalar(Layout *layout, RtKind kind, uint32_t size, LLVMTypeRef type) {
  layout->kind = (uint8_t)kind;
  layout->size = size;
  layout->align = (uint8_t)size;
  layout->leaves = 1;
  layout->type = type;
}

static void lay_out_pointer(const Native *native, Layout *layout, RtKind kind) {
  lay_out_scalar(layout, kind, 8, native->ptr);
  layout->pointers = true;
}

/* What has no values at run time takes no room. */
static void lay_out(Native *native, Layout *layout, const Type *type) {
  layout->align = 1;
  layout->type = LLVMStructTypeInContext(native->llvm, NULL, 0, 0);
  switch ((TypeKind)type->kind) {
    case T_BOOL:
      lay_out_scalar(layout, RT_BOOL, 1, native->i1);
      break;
    case T_INT:
      lay_out_scalar(layout, RT_INT, 8, native->i64);
      break;
    case T_FLOAT:
      lay_out_scalar(layout, RT_FLOAT, 8, native->f64);
      break;
    case T_QUANTITY:
      lay_out_scalar(layout, RT_QUANTITY, 8, native->f64);
      break;
    case T_STRING:
      lay_out_pointer(native, layout, RT_STRING);
      break;
    case T_FILE:
      lay_out_pointer(native, layout, RT_FILE);
      break;
    case T_DIR:
      lay_out_pointer(native, layout, RT_DIR);
      break;
    case T_ARRAY:
      lay_out_pointer(native, layout, RT_ARRAY);
      layout->elem = native_layout(native, type->args[0]);
      break;
    case T_UNCERTAIN:
      lay_out_scalar(layout, RT_UNCERTAIN, 8, NULL);
      layout->size = sizeof(RtUncertain);
      layout->leaves = 2;
      layout->type = LLVMStructTypeInContext(native->llvm, (LLVMTypeRef[]){native->f64, native->f64}, 2, 0);
      break;
    case T_NONE:
      layout->kind = RT_OPTION;
      lay_out_option(native, layout, native_layout(native, T_UNIT));
      break;
    case T_OPTION:
      layout->kind = RT_OPTION;
      lay_out_option(native, layout, native_layout(native, type->args[0]));
      break;
    case T_RECORD:
      layout->kind = RT_RECORD;
      lay_out_record(native, layout, type);
      break;
    default:
      layout->kind = RT_UNIT;
      break;
  }
}

/* ---- RtType ---- */

static LLVMValueRef field_table(Native *native, const Layout *layout, const Type *type) {
  Words fields = {.native = native};
  for (uint32_t i = 0; i < layout->count; i++)
    native_row(&fields, STRUCT_RtField,
               (LLVMValueRef[]){native_sym(native, type->names[i]), layout->fields[i]->table,
                                native_u32(native, layout->offsets[i])});
  return native_rows(&fields);
}

static LLVMValueRef unit_text(Native *native, const Type *type) {
  if (type->kind == T_UNCERTAIN) type = type_of(native->types, type->args[0]);
  Text text = {0};
  text_puts(&text, "");
  if (type->kind == T_QUANTITY) unit_print(type->unit, &text);
  LLVMValueRef value = native_sym(native, intern(native->session->names, text.data, text.len));
  text_free(&text);
  return value;
}

static LLVMValueRef type_table(Native *native, const Layout *layout, TypeId id) {
  const Type *type = type_of(native->types, id);
  LLVMValueRef null = LLVMConstNull(native->ptr);
  LLVMValueRef values[] = {native_u8(native, layout->kind),
                           native_u8(native, layout->align),
                           native_u8(native, layout->pointers),
                           native_u32(native, layout->size),
                           native_u32(native, layout->count),
                           native_text(native, type_text(native->types, id)),
                           unit_text(native, type),
                           layout->elem ? layout->elem->table : null,
                           field_table(native, layout, type)};
  return native_global(native, native_struct(native, STRUCT_RtType, values), 8);
}

const Layout *native_layout(Native *native, TypeId type) {
  while (native->layouts.len <= type) vec_push(&native->layouts, NULL);
  if (native->layouts.data[type]) return native->layouts.data[type];
  Layout *layout = ARENA_NEW(native->arena, Layout);
  lay_out(native, layout, type_of(native->types, type));
  layout->table = type_table(native, layout, type);
  native->layouts.data[type] = layout;
  return layout;
}
