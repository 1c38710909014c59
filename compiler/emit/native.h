/* native.h: what the files of the native emitter share.  They alone know LLVM. */
#ifndef WEFT_EMIT_NATIVE_H
#define WEFT_EMIT_NATIVE_H

#include "emit/target.h"
#include "runtime/weftrt.h"

#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

/* ---- runtime functions, structures ---- */

typedef enum RtFunction {
#define RT(function, ...) FN_##function,
#include "emit/native_rt.def"
#undef RT
  FN_COUNT
} RtFunction;

typedef enum RtStruct {
#define RT_STRUCT(name, ...) STRUCT_##name,
#include "emit/native_structs.def"
#undef RT_STRUCT
  STRUCT_COUNT
} RtStruct;

/* ---- types ---- */

/* A type as the runtime lays it out, and as an LLVM value: records are structs, options {T, i1}. */
typedef struct Layout Layout;
struct Layout {
  uint8_t kind; /* RtKind */
  uint8_t align;
  bool pointers;
  uint32_t size;
  uint32_t leaves;       /* scalars inside */
  uint32_t count;        /* RT_RECORD */
  uint32_t *offsets;     /* RT_RECORD */
  const Layout **fields; /* RT_RECORD */
  const Layout *elem;    /* RT_ARRAY, RT_OPTION */
  LLVMTypeRef type;
  LLVMValueRef table; /* its RtType */
};

/* ---- the emitter ---- */

typedef VEC(RtRef) Refs;

/* Where the values of a region's frame are. */
typedef struct Constant {
  Node node;
  uint32_t offset;
} Constant;
typedef struct FrameMap {
  uint32_t size;
  uint32_t state, right; /* slots of the region's states */
  uint32_t *slots;       /* by step */
  VEC(Constant) constants;
  Map constant_at; /* node to offset + 1 */
} FrameMap;

/* A function without a loop. */
typedef struct Straight {
  LLVMValueRef code;
  uint32_t nodes; /* about how long it is */
} Straight;

/* A task's function, and what it was made of: tasks that differ in their commands alone share it. */
typedef struct TaskFunction {
  TypeId in_type;
  uint32_t parameters, count;
  const struct Store *stores;
  uint32_t next; /* with the same hash: place + 1, or 0 */
  LLVMValueRef code;
} TaskFunction;

typedef struct Native {
  const Plan *plan;
  const Graph *graph;
  const Types *types;
  const EmitOptions *options;
  Session *session;
  Arena *arena;
  LLVMContextRef llvm;
  LLVMModuleRef module;
  LLVMTargetMachineRef machine;
  LLVMTargetDataRef data;
  LLVMTypeRef i1, i8, i16, i32, i64, f64, ptr, none;
  LLVMTypeRef structs[STRUCT_COUNT];
  LLVMValueRef functions[FN_COUNT];
  LLVMTypeRef function_types[FN_COUNT];
  VEC(const Layout *) layouts;      /* by TypeId */
  VEC(LLVMValueRef) texts, strings; /* C strings and RtStrings by Sym */
  Map places;                       /* offset in the sources + 1, to index + 1 in place_values */
  VEC(LLVMValueRef) place_values;
  uint8_t *constant;             /* by node: closed data known now */
  LLVMValueRef *constant_arrays; /* by node: the RtArray of an OP_ARRAY */
  FrameMap *frames;              /* by region */
  uint32_t *inputs;              /* slots in the root, by number */
  Map input_of;                  /* name to number + 1 */
  uint32_t *stamp;               /* by node: the function that has seen it */
  uint32_t *first;               /* by node: its first instance in that function */
  uint8_t *traits;               /* by node: see native_code.h */
  uint32_t function_count;
  uint32_t loops; /* in all functions */
  VEC(Straight) straight;
  Map task_codes; /* hash of what a task's function does to 1 + the first in task_functions */
  VEC(TaskFunction) task_functions;
  uint64_t instances; /* made so far: code has a bound */
  bool too_large;
  double since; /* when the present phase began */
} Native;

/* ---- native_type.c: layouts and the types of LLVM ---- */

/* The basic types and structures; after context, module and data layout. */
void native_types_init(Native *native);
const Layout *native_layout(Native *native, TypeId type);
static inline const Layout *native_layout_of(Native *native, Node node) {
  return native_layout(native, graph_type(native->graph, node));
}

/* ---- native_words.c: constant memory ---- */

/* Constant memory, 8 bytes at a time.  As structures LLVM would need a kilobyte for each row of a table while it
 * writes the object, and ten times as long. */
typedef struct Word {
  uint64_t bits;
  LLVMValueRef address; /* NULL: `bits` it is */
} Word;
typedef struct Words {
  Native *native;
  VEC(Word) words;
} Words;
/* Put a constant (an integer, a double, a pointer, or a word of another) at an offset. */
void words_put(Words *words, LLVMValueRef value, uint32_t offset);
/* Bytes of a structure of the runtime. */
uint32_t native_struct_size(RtStruct which);
/* Append one, from the values of its fields. */
void native_row(Words *table, RtStruct which, LLVMValueRef *values);
/* A constant of a structure of the runtime, from the values of its fields. */
LLVMValueRef native_struct(Native *native, RtStruct which, LLVMValueRef *values);
/* A global of all rows; NULL pointer when there are none. */
LLVMValueRef native_rows(Words *table);
/* All of it, `size` bytes rounded up to words, with zeros where nothing was put. */
LLVMValueRef words_end(Words *words, uint32_t size);

/* ---- native_const.c: constants ---- */

LLVMValueRef native_u8(const Native *native, uint64_t value);
LLVMValueRef native_u32(const Native *native, uint64_t value);
LLVMValueRef native_i64(const Native *native, int64_t value);
/* A private constant. */
LLVMValueRef native_global(Native *native, LLVMValueRef value, uint32_t align);
/* Pointer to the `index`th element of an array of structures. */
LLVMValueRef native_at(const Native *native, LLVMTypeRef type, LLVMValueRef array, uint64_t index);
/* A table of constants as one global; NULL pointer when there are none. */
LLVMValueRef native_table(Native *native, LLVMTypeRef type, LLVMValueRef *values, uint32_t count);
/* NUL-terminated text; of an interned string, one a string. */
LLVMValueRef native_text(Native *native, const char *text);
LLVMValueRef native_sym(Native *native, Sym sym);
/* NULL pointer for 0. */
LLVMValueRef native_sym_or_null(Native *native, Sym sym);
/* A constant RtString. */
LLVMValueRef native_string(Native *native, Sym sym);
/* A constant RtPlace, and the fields of one inside a structure. */
LLVMValueRef native_place(Native *native, Span span);
LLVMValueRef native_place_fields(Native *native, Span span);
/* Find which nodes are constants. */
void native_constants_find(Native *native);
/* The value of a constant node, as an LLVM constant. */
LLVMValueRef native_constant(Native *native, Node node);
/* The zero of a type: an absent option, no pointer. */
LLVMValueRef native_zero(Native *native, const Layout *layout);
/* `size` bytes with constants in their places, zeros elsewhere; NULL pointer when all is zero. */
LLVMValueRef native_image(Native *native, const Constant *constants, uint32_t count, uint32_t size);

/* ---- native_frame.c: slots ---- */

/* Where a value is, and which step of the region itself makes it (RT_NONE: none does). */
typedef struct Slot {
  RtRef ref;
  uint32_t step;
} Slot;

/* Give every step, input, state and constant operand its place. */
void native_frames_init(Native *native);
/* Where a value is, seen from a region, without computing anything, other than in step `but` of the region
 * (RT_NONE: anywhere).  Constants are given a place in the region's own frame.  False: nowhere. */
bool native_find(Native *native, uint32_t region, Node node, uint32_t but, Slot *slot);
/* The same, through what can be read off a slot: fields, casts, whether an option is there. */
bool native_find_through(Native *native, uint32_t region, Node node, uint32_t but, Slot *slot);
/* Whether a value of one layout is a value of the other, bit by bit. */
bool native_same_layout(const Layout *a, const Layout *b);

/* ---- native_rt.c: functions of the runtime ---- */

/* Call one; `result` of rt functions that return nothing is of type void. */
LLVMValueRef native_call(Native *native, LLVMBuilderRef builder, RtFunction which, LLVMValueRef *args,
                         uint32_t count);

/* Give a function (LLVMAttributeFunctionIndex), its result (0) or a parameter (from 1) an attribute of LLVM. */
void native_attribute(const Native *native, LLVMValueRef function, LLVMAttributeIndex at, const char *name,
                      uint64_t value);

/* ---- native_table.c, native_task.c: the program's tables ---- */

/* The module's `main` and all that it points to. */
void native_program(Native *native);
/* The table of all tasks. */
LLVMValueRef native_tasks(Native *native);
/* A table of RtPort. */
LLVMValueRef native_ports(Native *native, const Port *ports, uint32_t count, const uint32_t *offsets,
                          LLVMValueRef *fallbacks, const bool *by_contents);

/* ---- native_eval.c: functions ---- */

/* Code of a step: computes its node and stores it in its slot. */
LLVMValueRef native_step_code(Native *native, uint32_t region, uint32_t step, Refs *reads);
/* Code of a default. */
LLVMValueRef native_fallback_code(Native *native, Node node, uint32_t slot);
/* A value that a task's function computes, and where it goes. */
typedef struct Store {
  Node node;
  uint32_t offset;
  uint32_t target; /* number of the function's parameter that it is relative to */
  uint32_t form;   /* StoreForm */
  uint32_t count;  /* STORE_LIST: how many STORE_ITEMs follow, two for each element */
  Sym text;        /* the value when there is no node: a constant string */
} Store;
typedef enum StoreForm {
  STORE_VALUE,     /* as its type is laid out */
  STORE_DOUBLE,    /* as a double, whatever number it is */
  STORE_UNCERTAIN, /* as RtUncertain, whatever number it is */
  STORE_LIST,      /* a new array of pairs of pointers: the next `count` values */
  STORE_ITEM       /* one of them */
} StoreForm;
/* Code of a task: prepare(ctx, in, attrs, pieces) or finish(ctx, in, out), by the number of parameters. */
LLVMValueRef native_task_code(Native *native, const Task *task, uint32_t parameters, const Store *stores,
                              uint32_t count);

/* ---- native.c ---- */

/* With timings on: say how long what has just ended took. */
void native_phase(Native *native, const char *name);

/* ---- native_out.c: write, link ---- */

/* As the options say; 0, or 1 after one line on standard error. */
int native_write(Native *native);

#endif
