/* native_loop.c: choose, and the binders that are run within one function. */
#include "emit/native_code.h"

/* ---- choose ---- */

static bool is_empty(const Code *code, uint32_t context) {
  return !code->contexts.data[context].instances.len && !code->contexts.data[context].lazies.len;
}

/* Whether a value is there without a jump. */
static bool is_there(const Code *code, Node node, uint32_t context) {
  if (code->native->constant[node] || code_binder(code, node, context) != CONTEXT_NONE) return true;
  return !code->instances.data[code_instance(code, node, context)].lazy;
}

static LLVMValueRef choose_by_select(Code *code, const Layout *layout, LLVMValueRef condition,
                                     LLVMValueRef then, LLVMValueRef other) {
  LLVMValueRef *a = code_leaves(code, layout, then), *b = code_leaves(code, layout, other);
  for (uint32_t i = 0; i < layout->leaves; i++)
    a[i] = LLVMBuildSelect(code->builder, condition, a[i], b[i], "");
  return code_join(code, layout, a);
}

LLVMValueRef code_choose(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance instance = code->instances.data[number];
  const Layout *layout = native_layout_of(code->native, instance.node);
  Node arms[] = {graph_arg(graph, instance.node, 1), graph_arg(graph, instance.node, 2)};
  LLVMValueRef condition = code_value(code, graph_arg(graph, instance.node, 0), instance.context);
  bool flat = true;
  for (int i = 0; i < 2; i++)
    flat &= is_empty(code, instance.inner[i]) && is_there(code, arms[i], instance.inner[i]);
  if (flat)
    return choose_by_select(code, layout, condition, code_value(code, arms[0], instance.inner[0]),
                            code_value(code, arms[1], instance.inner[1]));
  LLVMBasicBlockRef starts[] = {code_block(code), code_block(code)}, ends[2], join = code_block(code);
  LLVMValueRef *leaves[2];
  LLVMBuildCondBr(code->builder, condition, starts[0], starts[1]);
  for (int i = 0; i < 2; i++) {
    LLVMPositionBuilderAtEnd(code->builder, starts[i]);
    code_context(code, instance.inner[i]);
    leaves[i] = code_leaves(code, layout, code_value(code, arms[i], instance.inner[i]));
    ends[i] = LLVMGetInsertBlock(code->builder);
    LLVMBuildBr(code->builder, join);
  }
  LLVMPositionBuilderAtEnd(code->builder, join);
  Phi phi = code_phi(code, layout);
  for (int i = 0; i < 2; i++) code_phi_add(&phi, leaves[i], ends[i]);
  return phi.value;
}

/* ---- loops ---- */

typedef struct Loop {
  LLVMBasicBlockRef before, start, header, latch, exit; /* start: end of what runs once if there is a round */
  LLVMValueRef index;
} Loop;

/* Whether there is a round; then what comes before the first one. */
static Loop loop_guard(Code *code, LLVMValueRef any, uint32_t guard) {
  Loop loop = {.before = LLVMGetInsertBlock(code->builder), .exit = code_block(code)};
  LLVMBasicBlockRef once = code_block(code);
  code->native->loops++;
  LLVMBuildCondBr(code->builder, any, once, loop.exit);
  LLVMPositionBuilderAtEnd(code->builder, once);
  code_context(code, guard);
  return loop;
}

static void loop_begin(Code *code, Loop *loop, LLVMValueRef first) {
  loop->start = LLVMGetInsertBlock(code->builder);
  loop->header = code_block(code);
  LLVMBuildBr(code->builder, loop->header);
  LLVMPositionBuilderAtEnd(code->builder, loop->header);
  loop->index = LLVMBuildPhi(code->builder, code->native->i64, "");
  LLVMAddIncoming(loop->index, &first, &loop->start, 1);
}

/* Another round unless the index has come to `end`, or `stop`; goes on after the loop. */
static void loop_end(Code *code, Loop *loop, LLVMValueRef end, LLVMValueRef stop) {
  Native *native = code->native;
  LLVMValueRef next = LLVMBuildNSWAdd(code->builder, loop->index, native_i64(native, 1), "");
  LLVMValueRef on = LLVMConstInt(native->i1, 1, 0);
  if (end) on = LLVMBuildICmp(code->builder, LLVMIntSLT, next, end, "");
  if (stop) on = LLVMBuildAnd(code->builder, on, LLVMBuildNot(code->builder, stop, ""), "");
  loop->latch = LLVMGetInsertBlock(code->builder);
  LLVMBuildCondBr(code->builder, on, loop->header, loop->exit);
  LLVMAddIncoming(loop->index, &next, &loop->latch, 1);
  LLVMPositionBuilderAtEnd(code->builder, loop->exit);
}

static void bind(Code *code, uint32_t body, int which, LLVMValueRef value) {
  code->contexts.data[body].values[which] = value;
}

static LLVMValueRef is_positive(Code *code, LLVMValueRef value) {
  return LLVMBuildICmp(code->builder, LLVMIntSGT, value, native_i64(code->native, 0), "");
}

static LLVMValueRef width_of(Code *code, const Instance *instance) {
  const Graph *graph = code->native->graph;
  Node index = graph_arg(graph, instance->node, 0);
  return code_value(code, graph_arg(graph, index, 0), instance->context);
}

/* ---- collect ---- */

/* Stores the body where the condition holds, and counts. */
static LLVMValueRef collect_kept(Code *code, const Instance *instance, LLVMValueRef array,
                                 LLVMValueRef count) {
  const Graph *graph = code->native->graph;
  const Layout *elem = native_layout_of(code->native, instance->node)->elem;
  Node body = graph_arg(graph, instance->node, 2);
  LLVMValueRef keep = code_value(code, graph_arg(graph, instance->node, 1), instance->inner[1]);
  LLVMBasicBlockRef from = LLVMGetInsertBlock(code->builder), kept = code_block(code),
                    join = code_block(code);
  LLVMBuildCondBr(code->builder, keep, kept, join);
  LLVMPositionBuilderAtEnd(code->builder, kept);
  code_context(code, instance->inner[2]);
  code_store(code, elem, code_value(code, body, instance->inner[2]), code_item(code, array, count, elem), 0);
  LLVMValueRef more = LLVMBuildNSWAdd(code->builder, count, native_i64(code->native, 1), "");
  LLVMBasicBlockRef end = LLVMGetInsertBlock(code->builder);
  LLVMBuildBr(code->builder, join);
  LLVMPositionBuilderAtEnd(code->builder, join);
  LLVMValueRef phi = LLVMBuildPhi(code->builder, code->native->i64, "");
  LLVMAddIncoming(phi, (LLVMValueRef[]){count, more}, (LLVMBasicBlockRef[]){from, end}, 2);
  return phi;
}

static LLVMValueRef collect_some(Code *code, const Instance *instance, LLVMValueRef width,
                                 LLVMValueRef array) {
  LLVMValueRef zero = native_i64(code->native, 0);
  uint32_t body = instance->inner[1];
  Loop loop = loop_guard(code, is_positive(code, width), instance->inner[0]);
  loop_begin(code, &loop, zero);
  LLVMValueRef count = LLVMBuildPhi(code->builder, code->native->i64, "");
  bind(code, body, 0, loop.index);
  code_context(code, body);
  LLVMValueRef more = collect_kept(code, instance, array, count);
  loop_end(code, &loop, width, NULL);
  LLVMAddIncoming(count, (LLVMValueRef[]){zero, more}, (LLVMBasicBlockRef[]){loop.start, loop.latch}, 2);
  LLVMValueRef total = LLVMBuildPhi(code->builder, code->native->i64, "");
  LLVMAddIncoming(total, (LLVMValueRef[]){zero, more}, (LLVMBasicBlockRef[]){loop.before, loop.latch}, 2);
  LLVMBuildStore(code->builder, total, array); /* `len` comes first; room was made for all */
  return array;
}

LLVMValueRef code_collect(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance instance = code->instances.data[number];
  const Layout *elem = native_layout_of(code->native, instance.node)->elem;
  LLVMValueRef width = width_of(code, &instance);
  LLVMValueRef array = code_array(code, width, elem);
  if (!code_keeps_all(graph, graph_arg(graph, instance.node, 1)))
    return collect_some(code, &instance, width, array);
  uint32_t body = instance.inner[1];
  Loop loop = loop_guard(code, is_positive(code, width), instance.inner[0]);
  loop_begin(code, &loop, native_i64(code->native, 0));
  bind(code, body, 0, loop.index);
  code_context(code, body);
  LLVMValueRef value = code_value(code, graph_arg(graph, instance.node, 2), body);
  code_store(code, elem, value, code_item(code, array, loop.index, elem), 0);
  loop_end(code, &loop, width, NULL);
  return array;
}

/* ---- folds ---- */

/* A state: in registers, or, when it has parts on the heap, in memory of which the runtime takes care. */
typedef struct State {
  const Layout *layout;
  LLVMValueRef *initial;   /* leaves */
  Phi phi;                 /* in registers */
  LLVMValueRef cell, fold; /* in memory */
} State;

/* Before the first round, where there is one. */
static void state_enter(Code *code, State *state) {
  if (!state->layout->pointers) return;
  state->cell = code_cell(code, state->layout->size, state->layout->align);
  code_store(code, state->layout, code_join(code, state->layout, state->initial), state->cell, 0);
  LLVMValueRef args[] = {code_ctx(code), state->layout->table, state->cell};
  state->fold = code_call(code, FN_rt_fold_begin, args, 3);
}

/* At the beginning of a round. */
static LLVMValueRef state_begin(Code *code, State *state, LLVMBasicBlockRef from) {
  if (state->cell) return code_load(code, state->layout, state->cell, 0);
  state->phi = code_phi(code, state->layout);
  code_phi_add(&state->phi, state->initial, from);
  return state->phi.value;
}

/* At its end; the leaves of the next state. */
static LLVMValueRef *state_step(Code *code, State *state, LLVMValueRef next) {
  if (!state->cell) return code_leaves(code, state->layout, next);
  code_store(code, state->layout, next, state->cell, 0);
  LLVMValueRef args[] = {code_ctx(code), state->fold, state->cell};
  code_call(code, FN_rt_fold_step, args, 3);
  return NULL;
}

/* After the loop: the last state, or the initial one when there was no round. */
static LLVMValueRef state_leave(Code *code, State *state, Loop *loop, LLVMValueRef *next) {
  LLVMBasicBlockRef last = loop->latch, exit = loop->exit;
  if (state->cell) {
    /* The loop's exit has two ways in; the copy is for one of them. */
    LLVMBasicBlockRef end = code_block(code);
    LLVMValueRef branch = LLVMGetBasicBlockTerminator(loop->latch);
    LLVMSetSuccessor(branch, 1, end);
    LLVMPositionBuilderAtEnd(code->builder, end);
    LLVMValueRef args[] = {code_ctx(code), state->fold, state->cell};
    code_call(code, FN_rt_fold_end, args, 3);
    next = code_leaves(code, state->layout, code_load(code, state->layout, state->cell, 0));
    last = end;
    LLVMBuildBr(code->builder, exit);
    LLVMPositionBuilderAtEnd(code->builder, exit);
  } else {
    code_phi_add(&state->phi, next, loop->latch);
  }
  Phi phi = code_phi(code, state->layout);
  code_phi_add(&phi, state->initial, loop->before);
  code_phi_add(&phi, next, last);
  return phi.value;
}

/* The next state where the condition holds, the same state where not. */
static LLVMValueRef fold_kept(Code *code, const Instance *instance, const Layout *layout,
                              LLVMValueRef state) {
  const Graph *graph = code->native->graph;
  Node next = graph_arg(graph, instance->node, 4);
  LLVMValueRef keep = code_value(code, graph_arg(graph, instance->node, 1), instance->inner[1]);
  LLVMValueRef *old = code_leaves(code, layout, state);
  LLVMBasicBlockRef from = LLVMGetInsertBlock(code->builder), kept = code_block(code),
                    join = code_block(code);
  LLVMBuildCondBr(code->builder, keep, kept, join);
  LLVMPositionBuilderAtEnd(code->builder, kept);
  code_context(code, instance->inner[2]);
  LLVMValueRef *leaves = code_leaves(code, layout, code_value(code, next, instance->inner[2]));
  LLVMBasicBlockRef end = LLVMGetInsertBlock(code->builder);
  LLVMBuildBr(code->builder, join);
  LLVMPositionBuilderAtEnd(code->builder, join);
  Phi phi = code_phi(code, layout);
  code_phi_add(&phi, old, from);
  code_phi_add(&phi, leaves, end);
  return phi.value;
}

static State state_new(Code *code, const Instance *instance, LLVMValueRef initial) {
  State state = {.layout = native_layout_of(code->native, instance->node)};
  state.initial = code_leaves(code, state.layout, initial);
  return state;
}

LLVMValueRef code_fold(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance instance = code->instances.data[number];
  uint32_t body = instance.inner[1];
  LLVMValueRef width = width_of(code, &instance);
  State state = state_new(code, &instance,
                          code_value(code, graph_arg(graph, instance.node, 3), instance.context));
  Loop loop = loop_guard(code, is_positive(code, width), instance.inner[0]);
  state_enter(code, &state);
  loop_begin(code, &loop, native_i64(code->native, 0));
  LLVMValueRef old = state_begin(code, &state, loop.start);
  bind(code, body, 0, loop.index);
  bind(code, body, 1, old);
  code_context(code, body);
  bool all = code_keeps_all(graph, graph_arg(graph, instance.node, 1));
  LLVMValueRef next = all ? code_value(code, graph_arg(graph, instance.node, 4), body)
                          : fold_kept(code, &instance, state.layout, old);
  LLVMValueRef *leaves = state_step(code, &state, next);
  loop_end(code, &loop, width, NULL);
  return state_leave(code, &state, &loop, leaves);
}

/* In order, beginning with the first element. */
LLVMValueRef code_reduce(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance instance = code->instances.data[number];
  uint32_t body = instance.inner[1];
  const Layout *elem = native_layout_of(code->native, instance.node);
  LLVMValueRef one = native_i64(code->native, 1);
  LLVMValueRef array = code_value(code, graph_arg(graph, instance.node, 3), instance.context);
  LLVMValueRef width = code_length(code, array);
  State state = state_new(code, &instance, code_load(code, elem, array, sizeof(RtArray)));
  LLVMValueRef any = LLVMBuildICmp(code->builder, LLVMIntSGT, width, one, "");
  Loop loop = loop_guard(code, any, instance.inner[0]);
  state_enter(code, &state);
  loop_begin(code, &loop, one);
  bind(code, body, 0, state_begin(code, &state, loop.start));
  bind(code, body, 1, code_load(code, elem, code_item(code, array, loop.index, elem), 0));
  code_context(code, body);
  LLVMValueRef *leaves = state_step(code, &state, code_value(code, graph_arg(graph, instance.node, 2), body));
  loop_end(code, &loop, width, NULL);
  return state_leave(code, &state, &loop, leaves);
}

static bool is_unbounded(const Graph *graph, Node most) {
  return graph_op(graph, most) == OP_LIT && graph_literal(graph, most)->integer < 0;
}

/* `stop` is of the state before the round, as `next` is. */
LLVMValueRef code_loop(Code *code, uint32_t number) {
  const Graph *graph = code->native->graph;
  Instance instance = code->instances.data[number];
  uint32_t body = instance.inner[1];
  Node most = graph_arg(graph, instance.node, 4);
  LLVMValueRef end = is_unbounded(graph, most) ? NULL : code_value(code, most, instance.context);
  State state = state_new(code, &instance,
                          code_value(code, graph_arg(graph, instance.node, 1), instance.context));
  LLVMValueRef any = end ? is_positive(code, end) : LLVMConstInt(code->native->i1, 1, 0);
  Loop loop = loop_guard(code, any, instance.inner[0]);
  state_enter(code, &state);
  loop_begin(code, &loop, native_i64(code->native, 0));
  bind(code, body, 0, state_begin(code, &state, loop.start));
  code_context(code, body);
  LLVMValueRef next = code_value(code, graph_arg(graph, instance.node, 2), body);
  LLVMValueRef stop = code_value(code, graph_arg(graph, instance.node, 3), body);
  LLVMValueRef *leaves = state_step(code, &state, next);
  loop_end(code, &loop, end, stop);
  return state_leave(code, &state, &loop, leaves);
}
