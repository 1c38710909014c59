/* native_eval.c: functions: their contexts, their instances, and what they do with the results. */
#include "emit/native_code.h"

#include <stdlib.h>
#include <string.h>

/* ---- functions ---- */

static void function_begin(Code *code, LLVMValueRef function) {
  Native *native = code->native;
  code->loops_before = native->loops;
  code->function = function;
  LLVMSetLinkage(function, LLVMPrivateLinkage);
  native_attribute(native, function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, "nounwind", 0);
  for (unsigned i = 0; i < code->parameters; i++) native_attribute(native, function, i + 1, "noalias", 0);
  code->entry = LLVMCreateBuilderInContext(native->llvm);
  code->builder = LLVMCreateBuilderInContext(native->llvm);
  LLVMPositionBuilderAtEnd(code->entry, code_block(code));
  LLVMPositionBuilderAtEnd(code->builder, code_block(code));
}

static void function_end(Code *code) {
  LLVMBuildRetVoid(code->builder);
  LLVMBasicBlockRef entry = LLVMGetInsertBlock(code->entry);
  LLVMBuildBr(code->entry, LLVMGetNextBasicBlock(entry));
  LLVMDisposeBuilder(code->builder);
  LLVMDisposeBuilder(code->entry);
  vec_free(&code->ups);
  if (code->native->loops == code->loops_before)
    vec_push(&code->native->straight, (Straight){code->function, code->instances.len});
}

/* ---- leaves ---- */

/* The frame `up` levels outwards; found once, where the function begins. */
static LLVMValueRef frame_up(Code *code, uint32_t up) {
  LLVMValueRef frame = code->ups.len ? vec_last(&code->ups) : NULL;
  while (code->ups.len <= up) {
    frame = frame ? LLVMBuildLoad2(code->entry, code->native->ptr, frame, "")
                  : LLVMGetParam(code->function, 1);
    vec_push(&code->ups, frame);
  }
  return code->ups.data[up];
}

/* Of a record each field, so that who reads one is told from who reads all. */
static void note_read(Code *code, const Layout *layout, RtRef ref) {
  if (layout->kind != RT_RECORD || !layout->count) vec_push(code->reads, ref);
  for (uint32_t i = 0; layout->kind == RT_RECORD && i < layout->count; i++)
    vec_push(code->reads, ((RtRef){ref.up, ref.offset + layout->offsets[i]}));
}

static LLVMValueRef load_leaf(Code *code, Node node) {
  RtRef ref;
  if (!code_leaf(code, node, &ref)) BUG("node %u is no leaf", node);
  const Layout *layout = native_layout_of(code->native, node);
  if (code->reads) note_read(code, layout, ref);
  return code_load(code, layout, frame_up(code, ref.up), ref.offset);
}

/* ---- instances ---- */

static LLVMValueRef emit_node(Code *code, uint32_t number) {
  const Instance *instance = &code->instances.data[number];
  Node node = instance->node;
  if (code_traits(code, instance) & TRAIT_LEAF) return load_leaf(code, node);
  switch (graph_op(code->native->graph, node)) {
    case OP_CHOOSE:
      return code_choose(code, number);
    case OP_COLLECT:
      return code_collect(code, number);
    case OP_FOLD:
      return code_fold(code, number);
    case OP_REDUCE:
      return code_reduce(code, number);
    case OP_LOOP:
      return code_loop(code, number);
    default:
      return code_op(code, node, instance->context);
  }
}

/* ---- the environment ---- */

static uint32_t environment_take(Code *code, uint32_t size) {
  uint32_t at = code->environment_size ? code->environment_size : 8; /* 0 is none */
  code->environment_size = (at + size + 7) & ~7u;
  return at;
}

/* As seen from a function: the outermost one has it, the others are given it. */
static LLVMValueRef environment(Code *code, LLVMValueRef function) {
  if (function != code->outermost) return LLVMGetParam(function, code->parameters);
  if (!code->environment) {
    code->environment = LLVMBuildArrayAlloca(code->entry, code->native->i8, native_u32(code->native, 1), "");
    LLVMSetAlignment(code->environment, 8);
  }
  return code->environment;
}

static LLVMValueRef environment_at(Code *code, uint32_t offset) {
  return code_offset(code, environment(code, code->function), offset);
}

/* Keep a value of one function for another, right where it is made. */
static uint32_t export_value(Code *code, const Layout *layout, LLVMValueRef value) {
  uint32_t offset = environment_take(code, layout->size);
  LLVMBasicBlockRef block = LLVMGetInstructionParent(value);
  LLVMValueRef next = LLVMGetNextInstruction(value);
  while (LLVMGetInstructionOpcode(next) == LLVMPHI) next = LLVMGetNextInstruction(next);
  LLVMBuilderRef builder = code->builder;
  code->builder = LLVMCreateBuilderInContext(code->native->llvm);
  LLVMPositionBuilderBefore(code->builder, next);
  code_store(code, layout, value, environment(code, LLVMGetBasicBlockParent(block)), offset);
  LLVMDisposeBuilder(code->builder);
  code->builder = builder;
  return offset;
}

/* A value as the present function sees it: its own, a constant, or one of another function by the environment. */
static LLVMValueRef import_value(Code *code, Node node, LLVMValueRef value, uint32_t lazy,
                                 uint32_t *export_) {
  if (lazy == code->lazy || LLVMIsConstant(value)) return value;
  Op op = graph_op(code->native->graph, node);
  bool is_number = op == OP_INDEX || (op_info[op].flags & FLAG_D);
  const Layout *layout = is_number ? native_layout(code->native, T_INT)
                                   : native_layout_of(code->native, node);
  if (!*export_) *export_ = export_value(code, layout, value);
  return code_load(code, layout, environment(code, code->function), *export_);
}

/* ---- lazy instances ---- */

static Lazy *new_lazy(Code *code, const Instance *instance) {
  Native *native = code->native;
  LLVMTypeRef types[] = {native->ptr, native->ptr, native->ptr, native->ptr, native->ptr};
  Lazy *lazy = ARENA_NEW(native->arena, Lazy);
  lazy->function = LLVMAddFunction(native->module, "",
                                   LLVMFunctionType(native->none, types, code->parameters + 1, 0));
  lazy->value = environment_take(code, native_layout_of(native, instance->node)->size);
  lazy->done = environment_take(code, 1);
  lazy->arena = environment_take(code, sizeof(void *));
  return lazy;
}

static void forget(Code *code, uint32_t number) {
  Native *native = code->native;
  Instance *instance = &code->instances.data[number];
  if (!instance->cell) instance->cell = new_lazy(code, instance);
  const Lazy *lazy = instance->cell;
  LLVMBuildStore(code->builder, native_u8(native, 0), environment_at(code, lazy->done));
  LLVMValueRef arena = LLVMBuildLoad2(code->builder, native->ptr, code_ctx(code), "");
  LLVMBuildStore(code->builder, arena, environment_at(code, lazy->arena));
}

/* Call its function unless that has been done. */
static LLVMValueRef force(Code *code, uint32_t number) {
  Native *native = code->native;
  const Lazy *lazy = code->instances.data[number].cell;
  LLVMBasicBlockRef enter = code_block(code), on = code_block(code);
  LLVMValueRef done = LLVMBuildLoad2(code->builder, native->i8, environment_at(code, lazy->done), "");
  done = LLVMBuildICmp(code->builder, LLVMIntNE, done, native_u8(native, 0), "");
  LLVMBuildCondBr(code->builder, done, on, enter);
  LLVMPositionBuilderAtEnd(code->builder, enter);
  LLVMValueRef args[5];
  for (uint32_t i = 0; i < code->parameters; i++) args[i] = LLVMGetParam(code->function, i);
  args[code->parameters] = environment(code, code->function);
  LLVMBuildCall2(code->builder, LLVMGlobalGetValueType(lazy->function), lazy->function, args,
                 code->parameters + 1, "");
  LLVMBuildBr(code->builder, on);
  LLVMPositionBuilderAtEnd(code->builder, on);
  vec_push(&code->pending, number);
  return code_load(code, native_layout_of(native, code->instances.data[number].node),
                   environment(code, code->function), lazy->value);
}

/* Its value lives as long as the context that it belongs to, whichever arena is the current one. */
static void emit_lazy(Code *code, uint32_t number) {
  Native *native = code->native;
  const Lazy *lazy = code->instances.data[number].cell;
  function_begin(code, lazy->function);
  code->lazy = code->instances.data[number].context;
  LLVMValueRef arena = LLVMBuildLoad2(code->builder, native->ptr, code_ctx(code), "");
  LLVMValueRef home = LLVMBuildLoad2(code->builder, native->ptr, environment_at(code, lazy->arena), "");
  LLVMBuildStore(code->builder, home, code_ctx(code));
  code_context(code, code->lazy);
  LLVMValueRef value = emit_node(code, number), memory = environment(code, code->function);
  code_store(code, native_layout_of(native, code->instances.data[number].node), value, memory, lazy->value);
  LLVMBuildStore(code->builder, native_u8(native, 1), environment_at(code, lazy->done));
  LLVMBuildStore(code->builder, arena, code_ctx(code));
  function_end(code);
}

/* Those asked for while another is emitted come after it. */
static void emit_pending(Code *code) {
  for (uint32_t i = 0; i < code->pending.len; i++) {
    Instance *instance = &code->instances.data[code->pending.data[i]];
    if (instance->emitted) continue;
    instance->emitted = true;
    emit_lazy(code, code->pending.data[i]);
  }
  if (code->environment)
    LLVMSetOperand(code->environment, 0, native_u32(code->native, code->environment_size));
}

/* ---- contexts ---- */

void code_context(Code *code, uint32_t context) {
  Indices lazies = code->contexts.data[context].lazies, instances = code->contexts.data[context].instances;
  for (uint32_t i = 0; i < lazies.len; i++) forget(code, lazies.data[i]);
  for (uint32_t i = instances.len; i-- > 0;) {
    LLVMValueRef value = emit_node(code, instances.data[i]);
    code->instances.data[instances.data[i]].value = value;
  }
}

LLVMValueRef code_value(Code *code, Node node, uint32_t context) {
  Native *native = code->native;
  if (native->constant[node]) return native_constant(native, node);
  uint32_t binder = code_binder(code, node, context);
  if (binder != CONTEXT_NONE) {
    Context *body = &code->contexts.data[binder];
    int which = body->variables[0] == node ? 0 : 1;
    return import_value(code, node, body->values[which], body->lazy, &body->exports[which]);
  }
  uint32_t number = code_instance(code, node, context);
  if (!number) BUG("node %u has no place in its function", node);
  Instance *instance = &code->instances.data[number];
  if (instance->lazy) return force(code, number);
  return import_value(code, node, instance->value, code->contexts.data[instance->context].lazy,
                      &instance->export_);
}

/* ---- all of a function ---- */

static void code_begin(Code *code, uint32_t parameters) {
  Native *native = code->native;
  LLVMTypeRef types[] = {native->ptr, native->ptr, native->ptr, native->ptr};
  code->number = ++native->function_count;
  code->parameters = parameters;
  code->outermost = LLVMAddFunction(native->module, "", LLVMFunctionType(native->none, types, parameters, 0));
  function_begin(code, code->outermost);
  code->lazy = CONTEXT_NONE;
}

static LLVMValueRef code_end(Code *code) {
  function_end(code);
  emit_pending(code);
  for (uint32_t i = 0; i < code->contexts.len; i++) {
    vec_free(&code->contexts.data[i].instances);
    vec_free(&code->contexts.data[i].lazies);
  }
  vec_free(&code->contexts);
  vec_free(&code->instances);
  vec_free(&code->nodes);
  vec_free(&code->pending);
  return code->outermost;
}

static LLVMValueRef emit_single(Code *code, Node node, uint32_t slot) {
  code_begin(code, 2);
  code_place(code, &node, 1);
  if (!code->native->too_large) {
    code_context(code, 0);
    code_store(code, native_layout_of(code->native, node), code_value(code, node, 0),
               LLVMGetParam(code->function, 1), slot);
  }
  return code_end(code);
}

LLVMValueRef native_step_code(Native *native, uint32_t region, uint32_t step, Refs *reads) {
  Code code = {.native = native, .leaves = LEAVES_REGION, .region = region, .step = step, .reads = reads};
  return emit_single(&code, native->plan->regions.data[region].steps.data[step].node,
                     native->frames[region].slots[step]);
}

LLVMValueRef native_fallback_code(Native *native, Node node, uint32_t slot) {
  Code code = {.native = native, .leaves = LEAVES_INPUTS};
  return emit_single(&code, node, slot);
}

/* ---- tasks ---- */

static LLVMValueRef store_operand(Code *code, const Store *store) {
  if (store->node == NODE_NONE) return native_string(code->native, store->text);
  return code_value(code, store->node, 0);
}

/* A new array of pairs of pointers; gives back how many stores it took. */
static uint32_t store_list(Code *code, const Store *store, LLVMValueRef target) {
  Native *native = code->native;
  LLVMValueRef args[] = {code_ctx(code), native_i64(native, store->count / 2),
                         native_u32(native, sizeof(RtEnv))};
  LLVMValueRef array = code_call(code, FN_rt_array_new, args, 3);
  for (uint32_t i = 1; i <= store->count; i++)
    LLVMBuildStore(code->builder, store_operand(code, &store[i]),
                   code_offset(code, array, sizeof(RtArray) + (i - 1) * sizeof(void *)));
  LLVMBuildStore(code->builder, array, code_offset(code, target, store->offset));
  return store->count;
}

static void store_number(Code *code, const Store *store, LLVMValueRef target) {
  bool uncertain = native_layout_of(code->native, store->node)->kind == RT_UNCERTAIN;
  LLVMValueRef value = code_value(code, store->node, 0);
  LLVMValueRef mean = uncertain ? LLVMBuildExtractValue(code->builder, value, 0, "")
                                : code_double(code, store->node, 0);
  LLVMBuildStore(code->builder, mean, code_offset(code, target, store->offset));
  if (store->form != STORE_UNCERTAIN || !uncertain) return;
  LLVMBuildStore(code->builder, LLVMBuildExtractValue(code->builder, value, 1, ""),
                 code_offset(code, target, store->offset + offsetof(RtUncertain, sd)));
}

static void store_all(Code *code, const Store *stores, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    LLVMValueRef target = LLVMGetParam(code->function, stores[i].target);
    if (stores[i].form == STORE_LIST) {
      i += store_list(code, &stores[i], target);
    } else if (stores[i].form == STORE_VALUE) {
      code_store(code, native_layout_of(code->native, stores[i].node), store_operand(code, &stores[i]),
                 target, stores[i].offset);
    } else {
      store_number(code, &stores[i], target);
    }
  }
}

static LLVMValueRef new_task_code(Native *native, const Task *task, uint32_t parameters, const Store *stores,
                                  uint32_t count) {
  Code code = {.native = native, .leaves = LEAVES_PARAMS, .params = native_layout(native, task->in_type)};
  Node *roots = ARENA_ARRAY(native->arena, Node, count + 1);
  uint32_t root_count = 0;
  for (uint32_t i = 0; i < count; i++)
    if (stores[i].node != NODE_NONE && stores[i].form != STORE_LIST) roots[root_count++] = stores[i].node;
  code_begin(&code, parameters);
  code_place(&code, roots, root_count);
  if (!native->too_large) {
    code_context(&code, 0);
    store_all(&code, stores, count);
  }
  return code_end(&code);
}

static uint64_t hash_stores(const Task *task, uint32_t parameters, const Store *stores, uint32_t count) {
  uint64_t hash = hash_add(task->in_type, parameters);
  for (uint32_t i = 0; i < count; i++) hash = hash_add(hash, hash_bytes(&stores[i], sizeof stores[i]));
  return hash;
}

static bool is_same(const TaskFunction *function, const Task *task, uint32_t parameters, const Store *stores,
                    uint32_t count) {
  return function->in_type == task->in_type && function->parameters == parameters &&
         function->count == count && (!count || !memcmp(function->stores, stores, count * sizeof *stores));
}

LLVMValueRef native_task_code(Native *native, const Task *task, uint32_t parameters, const Store *stores,
                              uint32_t count) {
  uint64_t hash = hash_stores(task, parameters, stores, count);
  uint32_t head = map_get(&native->task_codes, hash);
  for (uint32_t at = head; at; at = native->task_functions.data[at - 1].next)
    if (is_same(&native->task_functions.data[at - 1], task, parameters, stores, count))
      return native->task_functions.data[at - 1].code;
  TaskFunction made = {task->in_type, parameters,
                       count,         arena_copy(native->arena, stores, count * sizeof *stores),
                       head,          new_task_code(native, task, parameters, stores, count)};
  vec_push(&native->task_functions, made);
  map_put(&native->task_codes, hash, native->task_functions.len);
  return made.code;
}
