/* native_rt.c: declarations of the runtime's functions, made when first called. */
#include "emit/native.h"

#include <string.h>

typedef enum RtFunctionKind { PURE, ALLOC, FAIL, ANY } RtFunctionKind;

typedef struct RtFunctionInfo {
  const char *name, *result, *args;
  RtFunctionKind kind;
} RtFunctionInfo;

static const RtFunctionInfo rt_functions[FN_COUNT] = {
#define RT(function, result, args, kind) {#function, result, args, kind},
#include "emit/native_rt.def"
#undef RT
};

enum { MEMORY_READ_ARGUMENTS = 1 }; /* LLVM's MemoryEffects: two bits a location, the first for arguments */

static LLVMTypeRef type_by_letter(const Native *native, char letter) {
  switch (letter) {
    case 'p':
      return native->ptr;
    case 'i':
      return native->i64;
    case 'w':
      return native->i32;
    case 'b':
      return native->i8;
    case 'd':
      return native->f64;
    default:
      return native->none;
  }
}

void native_attribute(const Native *native, LLVMValueRef function, LLVMAttributeIndex at, const char *name,
                      uint64_t value) {
  unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
  LLVMAddAttributeAtIndex(function, at, LLVMCreateEnumAttribute(native->llvm, kind, value));
}

static void describe(const Native *native, LLVMValueRef function, const RtFunctionInfo *info) {
  native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "nounwind", 0);
  switch (info->kind) {
    case PURE:
      native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "memory",
                       MEMORY_READ_ARGUMENTS);
      native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "willreturn", 0);
      break;
    case ALLOC:
      native_attribute(native, function, LLVMAttributeReturnIndex, "noalias", 0);
      native_attribute(native, function, LLVMAttributeReturnIndex, "nonnull", 0);
      native_attribute(native, function, LLVMAttributeReturnIndex, "align", 16);
      break;
    case FAIL:
      native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "noreturn", 0);
      native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "cold", 0);
      break;
    case ANY:
      break;
  }
}

static void declare(Native *native, RtFunction which) {
  const RtFunctionInfo *info = &rt_functions[which];
  LLVMTypeRef args[8];
  unsigned count = (unsigned)strlen(info->args);
  for (unsigned i = 0; i < count; i++) args[i] = type_by_letter(native, info->args[i]);
  LLVMTypeRef type = LLVMFunctionType(type_by_letter(native, info->result[0]), args, count, 0);
  native->function_types[which] = type;
  native->functions[which] = LLVMAddFunction(native->module, info->name, type);
  describe(native, native->functions[which], info);
}

LLVMValueRef native_call(Native *native, LLVMBuilderRef builder, RtFunction which, LLVMValueRef *args,
                         uint32_t count) {
  if (!native->functions[which]) declare(native, which);
  return LLVMBuildCall2(builder, native->function_types[which], native->functions[which], args, count, "");
}
