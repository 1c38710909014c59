/* native_words.c: constant memory, word by word, and the structures of the runtime in it. */
#include "emit/native.h"

#include <string.h>

static Word *word_at(Words *words, uint32_t offset) {
  while (words->words.len <= offset / 8) vec_push(&words->words, (Word){0, NULL});
  return &words->words.data[offset / 8];
}

static uint64_t double_bits(LLVMValueRef value) {
  LLVMBool loses;
  double number = LLVMConstRealGetDouble(value, &loses);
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

void words_put(Words *words, LLVMValueRef value, uint32_t offset) {
  if (LLVMIsNull(value)) return;
  LLVMTypeRef type = LLVMTypeOf(value);
  Word *word = word_at(words, offset);
  if (type == words->native->ptr)
    word->address = LLVMConstPtrToInt(value, words->native->i64);
  else if (LLVMIsAConstantInt(value))
    word->bits |= (uint64_t)LLVMConstIntGetZExtValue(value) << (offset % 8 * 8);
  else if (type == words->native->f64)
    word->bits = double_bits(value);
  else
    word->address = value;
}

LLVMValueRef words_end(Words *words, uint32_t size) {
  const Native *native = words->native;
  uint32_t count = words->words.len, rest = (size + 7) / 8 - count;
  LLVMValueRef *values = ARENA_ARRAY(native->arena, LLVMValueRef, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const Word *word = &words->words.data[i];
    values[i] = word->address ? word->address : LLVMConstInt(native->i64, word->bits, 0);
  }
  vec_free(&words->words);
  LLVMValueRef parts[] = {LLVMConstArray(native->i64, values, count), NULL};
  if (!rest) return parts[0];
  parts[1] = LLVMConstNull(LLVMArrayType(native->i64, rest));
  return LLVMConstStructInContext(native->llvm, parts, 2, 0);
}

/* ---- structures ---- */

static const struct {
  const char *fields;
  size_t size;
} rt_structs[STRUCT_COUNT] = {
#define RT_STRUCT(name, fields) {fields, sizeof(name)},
#include "emit/native_structs.def"
#undef RT_STRUCT
};

/* Bytes of a field, and their alignment. */
static uint32_t field_size(char letter, uint32_t *align) {
  uint32_t size = letter == 'b'   ? 1
                  : letter == 'h' ? 2
                  : letter == 'w' ? 4
                  : letter == 'P' ? sizeof(RtPlace)
                                  : 8;
  *align = letter == 'R' ? 4 : size < 8 ? size : 8;
  return size;
}

uint32_t native_struct_size(RtStruct which) { return (uint32_t)rt_structs[which].size; }

/* A structure inside of another comes as its words. */
static void put_field(Words *row, LLVMValueRef value, uint32_t offset) {
  if (LLVMGetTypeKind(LLVMTypeOf(value)) != LLVMArrayTypeKind) {
    words_put(row, value, offset);
    return;
  }
  uint32_t count = LLVMGetArrayLength(LLVMTypeOf(value));
  for (uint32_t i = 0; i < count; i++) words_put(row, LLVMGetAggregateElement(value, i), offset + 8 * i);
}

void native_row(Words *table, RtStruct which, LLVMValueRef *values) {
  uint32_t size = (uint32_t)rt_structs[which].size, begin = table->words.len * 8, offset = begin, align;
  for (const char *at = rt_structs[which].fields; *at; at++) {
    uint32_t field = field_size(*at, &align);
    offset = (offset + align - 1) & ~(align - 1);
    put_field(table, *values++, offset);
    offset += field;
  }
  if ((offset - begin + 7) / 8 * 8 != size) BUG("structure %d is not laid out as in weftrt.h", (int)which);
  while (table->words.len * 8 < begin + size) vec_push(&table->words, (Word){0, NULL});
}

LLVMValueRef native_rows(Words *table) {
  if (!table->words.len) return LLVMConstNull(table->native->ptr);
  return native_global(table->native, words_end(table, table->words.len * 8), 8);
}

LLVMValueRef native_struct(Native *native, RtStruct which, LLVMValueRef *values) {
  Words row = {.native = native};
  native_row(&row, which, values);
  return words_end(&row, row.words.len * 8);
}
