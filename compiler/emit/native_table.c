/* native_table.c: the constant tables of a program: steps, regions, ports. */
#include "emit/native.h"

#include "base/version.h"

typedef VEC(LLVMValueRef) Values;

/* What all steps of a region point into. */
typedef struct StepTables {
  Words refs, outers;
  Values nexts;
  LLVMValueRef ref_table, outer_table, next_table;
  uint32_t *next_first; /* by step: its first place in nexts; one more than steps */
} StepTables;

static LLVMValueRef ref_value(Native *native, RtRef ref) {
  return native_struct(
      native, STRUCT_RtRef,
      (LLVMValueRef[]){LLVMConstInt(native->i16, ref.up, 0), native_u32(native, ref.offset)});
}

static void add_ref(Native *native, Words *refs, RtRef ref) {
  LLVMValueRef values[] = {LLVMConstInt(native->i16, ref.up, 0), native_u32(native, ref.offset)};
  native_row(refs, STRUCT_RtRef, values);
}

/* Rows of a table of RtRef or RtOuter, a word each. */
static uint32_t row_count(const Words *table) { return table->words.len; }

/* ---- what waits for what ---- */

/* Steps that wait, by the step they wait for: counted, then placed. */
static void find_nexts(Native *native, const Region *region, StepTables *tables) {
  uint32_t count = region->steps.len, total = 0;
  uint32_t *first = tables->next_first = ARENA_ARRAY(native->arena, uint32_t, count + 2);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < region->steps.data[i].dep_count; k++)
      if (!region->steps.data[i].deps[k].up) first[region->steps.data[i].deps[k].step + 2]++, total++;
  for (uint32_t i = 2; i < count + 2; i++) first[i] += first[i - 1];
  uint32_t *nexts = ARENA_ARRAY(native->arena, uint32_t, total + 1);
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < region->steps.data[i].dep_count; k++)
      if (!region->steps.data[i].deps[k].up) nexts[first[region->steps.data[i].deps[k].step + 1]++] = i;
  for (uint32_t i = 0; i < total; i++) vec_push(&tables->nexts, native_u32(native, nexts[i]));
}

static void add_outers(Native *native, const Step *step, StepTables *tables) {
  for (uint32_t i = 0; i < step->dep_count; i++) {
    const Dep *dep = &step->deps[i];
    if (!dep->up) continue;
    LLVMValueRef values[] = {LLVMConstInt(native->i16, dep->up, 0), native_u32(native, dep->step)};
    native_row(&tables->outers, STRUCT_RtOuter, values);
  }
}

/* ---- operands ---- */

static RtRef operand(Native *native, uint32_t region, const Step *step, uint32_t k) {
  Node node = step->operands[k];
  Slot slot;
  if (step->kind == STEP_ASK && native_layout_of(native, node)->kind == RT_UNIT) return (RtRef){0, RT_NONE};
  if (step->kind == STEP_LOOP && k == 1 && graph_op(native->graph, node) == OP_LIT &&
      graph_literal(native->graph, node)->integer < 0)
    return (RtRef){0, RT_NONE}; /* unbounded */
  if (!native_find_through(native, region, node, RT_NONE, &slot))
    BUG("operand %u of a step for node %u in region %u has no place", node, step->node, region);
  return slot.ref;
}

/* What of a call's operands are inputs; the rest only came before it. */
static uint32_t operand_count(const Native *native, const Step *step) {
  if (step->kind != STEP_TASK) return step->operand_count;
  uint32_t inputs = native->graph->tasks.data[native->graph->data.data[step->node]].in_count;
  return inputs < step->operand_count ? inputs : step->operand_count;
}

/* A step that only moves what is there needs no code. */
static bool is_move(Native *native, uint32_t region, uint32_t number, RtRef *ref) {
  const Step *step = &native->plan->regions.data[region].steps.data[number];
  if (step->kind != STEP_COPY && step->kind != STEP_EVAL) return false;
  Slot slot;
  if (!native_find_through(native, region, step->node, number, &slot)) return false;
  *ref = slot.ref;
  return true;
}

static void add_refs(Native *native, uint32_t region, uint32_t number, Words *refs) {
  const Step *step = &native->plan->regions.data[region].steps.data[number];
  RtRef ref;
  if (is_move(native, region, number, &ref)) {
    add_ref(native, refs, ref);
    return;
  }
  for (uint32_t k = 0; k < operand_count(native, step); k++)
    add_ref(native, refs, operand(native, region, step, k));
  /* A tree has one element at least; what it would be without is never read. */
  if (step->kind == STEP_TREE) add_ref(native, refs, (RtRef){0, native->frames[region].slots[number]});
}

/* ---- steps ---- */

static const RtStepKind step_kinds[] = {
    [STEP_EVAL] = RT_EVAL, [STEP_COPY] = RT_COPY,     [STEP_TASK] = RT_CALL, [STEP_ASK] = RT_ASK,
    [STEP_MAP] = RT_MAP,   [STEP_BRANCH] = RT_BRANCH, [STEP_FOLD] = RT_FOLD, [STEP_LOOP] = RT_LOOP,
    [STEP_TREE] = RT_TREE, [STEP_RESULT] = RT_RESULT};

static bool is_volatile(const Native *native, const Step *step) {
  if (step->kind == STEP_ASK) return true;
  return step->kind == STEP_TASK &&
         native->graph->tasks.data[native->graph->data.data[step->node]].is_volatile;
}

/* Counts of one step, and where its rows of the tables begin. */
typedef struct StepRows {
  uint32_t refs, outers, ref_count, outer_count;
  LLVMValueRef code; /* STEP_EVAL, STEP_COPY that compute something; else NULL */
} StepRows;

static int compare_refs(const void *a, const void *b) {
  const RtRef *x = a, *y = b;
  return x->up != y->up ? (x->up > y->up) - (x->up < y->up)
                        : (x->offset > y->offset) - (x->offset < y->offset);
}

/* The code of a step, and as its refs what the code reads, each once. */
static void add_code(Native *native, uint32_t region, uint32_t number, StepRows *rows, Words *table) {
  Refs reads = {0};
  rows->code = native_step_code(native, region, number, &reads);
  if (reads.len) qsort(reads.data, reads.len, sizeof *reads.data, compare_refs);
  for (uint32_t i = 0; i < reads.len; i++)
    if (!i || compare_refs(&reads.data[i - 1], &reads.data[i]) != 0) add_ref(native, table, reads.data[i]);
  vec_free(&reads);
}

static void add_step(Native *native, uint32_t region, uint32_t number, const StepTables *tables,
                     const StepRows *rows, Words *table) {
  const Step *step = &native->plan->regions.data[region].steps.data[number];
  uint32_t slot = native->frames[region].slots[number];
  bool value = step->kind == STEP_EVAL || step->kind == STEP_COPY;
  RtStepKind kind = rows->code ? RT_EVAL : value ? RT_COPY : step_kinds[step->kind];
  uint32_t next_count = tables->next_first[number + 1] - tables->next_first[number];
  uint32_t target = step->kind == STEP_TASK ? native->graph->data.data[step->node] : step->target;
  LLVMValueRef null = LLVMConstNull(native->ptr);
  LLVMTypeRef *structs = native->structs;
  const Layout *layout = native_layout(
      native, step->node == NODE_NONE ? T_UNIT : graph_type(native->graph, step->node));
  LLVMValueRef values[] = {
      native_u8(native, kind),
      native_u8(native, is_volatile(native, step)),
      native_u32(native, slot),
      layout->table,
      native_u32(native, step->dep_count - rows->outer_count),
      native_u32(native, next_count),
      native_u32(native, rows->outer_count),
      native_u32(native, rows->ref_count),
      next_count ? native_at(native, native->i32, tables->next_table, tables->next_first[number]) : null,
      rows->outer_count ? native_at(native, structs[STRUCT_RtOuter], tables->outer_table, rows->outers)
                        : null,
      rows->ref_count ? native_at(native, structs[STRUCT_RtRef], tables->ref_table, rows->refs) : null,
      native_u32(native, target),
      native_u32(native, step->other),
      native_u32(native, step->export_),
      rows->code ? rows->code : null,
      native_sym_or_null(native, step->name),
      native_place_fields(native, step->span)};
  native_row(table, STRUCT_RtStep, values);
}

static LLVMValueRef step_table(Native *native, uint32_t region) {
  const Region *in = &native->plan->regions.data[region];
  uint32_t count = in->steps.len;
  StepTables tables = {.refs = {.native = native}, .outers = {.native = native}};
  Words table = {.native = native};
  StepRows *rows = ARENA_ARRAY(native->arena, StepRows, count + 1);
  find_nexts(native, in, &tables);
  for (uint32_t i = 0; i < count; i++) {
    const Step *step = &in->steps.data[i];
    RtRef ref;
    rows[i] = (StepRows){.refs = row_count(&tables.refs), .outers = row_count(&tables.outers)};
    if ((step->kind == STEP_EVAL || step->kind == STEP_COPY) && !is_move(native, region, i, &ref))
      add_code(native, region, i, &rows[i], &tables.refs);
    else
      add_refs(native, region, i, &tables.refs);
    rows[i].ref_count = row_count(&tables.refs) - rows[i].refs;
    add_outers(native, &in->steps.data[i], &tables);
    rows[i].outer_count = row_count(&tables.outers) - rows[i].outers;
  }
  tables.ref_table = native_rows(&tables.refs);
  tables.outer_table = native_rows(&tables.outers);
  tables.next_table = native_table(native, native->i32, tables.nexts.data, tables.nexts.len);
  for (uint32_t i = 0; i < count; i++) add_step(native, region, i, &tables, &rows[i], &table);
  vec_free(&tables.nexts);
  return native_rows(&table);
}

/* ---- regions ---- */

static LLVMValueRef region_name(Native *native, const Region *region) {
  static const char *const words[] = {
      [REGION_ROOT] = "",      [REGION_MAP] = "for ",   [REGION_ARM] = "if ",
      [REGION_FOLD] = "fold ", [REGION_LOOP] = "loop ", [REGION_TREE] = "fold "};
  Sym name = native->graph->name;
  if (region->parent != REGION_NONE)
    name = native->plan->regions.data[region->parent].steps.data[region->owner].name;
  const char *word = region->kind == REGION_ARM && !region->arm ? "else " : words[region->kind];
  return native_text(native, arena_format(native->arena, "%s%s", word, name_of(native->session, name)));
}

static LLVMValueRef state_type(Native *native, const Region *region) {
  switch (region->kind) {
    case REGION_FOLD:
      return native_layout_of(native, region->second)->table;
    case REGION_LOOP:
    case REGION_TREE:
      return native_layout_of(native, region->variable)->table;
    default:
      return LLVMConstNull(native->ptr);
  }
}

static void add_region(Native *native, uint32_t number, Words *table) {
  const Region *region = &native->plan->regions.data[number];
  const FrameMap *frame = &native->frames[number];
  LLVMValueRef steps = step_table(native, number); /* which may place constants still */
  LLVMValueRef values[] = {region_name(native, region),
                           native_u32(native, frame->size),
                           native_u32(native, region->steps.len),
                           native_u32(native, region->export_count),
                           native_image(native, frame->constants.data, frame->constants.len, frame->size),
                           steps,
                           state_type(native, region),
                           native_u32(native, frame->state),
                           native_u32(native, frame->right)};
  native_row(table, STRUCT_RtRegion, values);
}

/* ---- ports, outputs, the program ---- */

static uint32_t line_of(const Native *native, Span span) {
  return span.hi ? sources_position(native->session->sources, span.lo).line : 0;
}

LLVMValueRef native_ports(Native *native, const Port *ports, uint32_t count, const uint32_t *offsets,
                          LLVMValueRef *fallbacks, const bool *by_contents) {
  Words table = {.native = native};
  for (uint32_t i = 0; i < count; i++) {
    LLVMValueRef values[] = {native_sym(native, ports[i].name),
                             native_sym_or_null(native, ports[i].doc),
                             native_layout(native, ports[i].type)->table,
                             native_u32(native, offsets[i]),
                             native_u32(native, line_of(native, ports[i].span)),
                             fallbacks ? fallbacks[i] : LLVMConstNull(native->ptr),
                             native_sym_or_null(native, ports[i].default_text),
                             native_u8(native, by_contents && by_contents[i])};
    native_row(&table, STRUCT_RtPort, values);
  }
  return native_rows(&table);
}

static LLVMValueRef inputs(Native *native) {
  const Graph *graph = native->graph;
  LLVMValueRef *codes = ARENA_ARRAY(native->arena, LLVMValueRef, graph->inputs.len + 1);
  for (uint32_t i = 0; i < graph->inputs.len; i++) {
    Node node = graph->inputs.data[i].node;
    codes[i] = LLVMConstNull(native->ptr);
    if (node != NODE_NONE) codes[i] = native_fallback_code(native, node, native->inputs[i]);
  }
  return native_ports(native, graph->inputs.data, graph->inputs.len, native->inputs, codes, NULL);
}

static LLVMValueRef outputs(Native *native) {
  const Graph *graph = native->graph;
  Words table = {.native = native};
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Output *output = &graph->outputs.data[i];
    Slot slot;
    if (!native_find_through(native, 0, output->node, RT_NONE, &slot))
      BUG("output node %u has no place", output->node);
    LLVMValueRef values[] = {native_sym(native, output->name), native_layout_of(native, output->node)->table,
                             ref_value(native, slot.ref), native_u32(native, slot.step)};
    native_row(&table, STRUCT_RtOutput, values);
  }
  return native_rows(&table);
}

static LLVMValueRef regions(Native *native) {
  uint32_t count = native->plan->regions.len;
  Words table = {.native = native};
  for (uint32_t i = 0; i < count; i++) add_region(native, i, &table);
  return native_rows(&table);
}

static const char *identity(Native *native) {
  if (native->options->identity) return native->options->identity;
  char *hex = arena_alloc(native->arena, 65);
  graph_identity(native->graph, hex);
  return hex;
}

static LLVMValueRef program(Native *native) {
  const Graph *graph = native->graph;
  LLVMValueRef outs = outputs(native); /* before the regions' images: it may place constants */
  LLVMValueRef values[] = {native_u32(native, RT_ABI),
                           native_sym(native, graph->name),
                           native_sym_or_null(native, graph->doc),
                           native_text(native, identity(native)),
                           native_text(native, WEFT_VERSION),
                           native_text(native, native->options->source ? native->options->source : ""),
                           native_u32(native, graph->inputs.len),
                           native_u32(native, graph->outputs.len),
                           native_u32(native, graph->tasks.len),
                           native_u32(native, native->plan->regions.len),
                           inputs(native),
                           outs,
                           native_tasks(native),
                           regions(native)};
  return native_global(native, native_struct(native, STRUCT_RtProgram, values), 8);
}

void native_program(Native *native) {
  LLVMTypeRef type = LLVMFunctionType(native->i32, (LLVMTypeRef[]){native->i32, native->ptr}, 2, 0);
  LLVMValueRef table = program(native);
  LLVMValueRef function = LLVMAddFunction(native->module, "main", type);
  LLVMBuilderRef builder = LLVMCreateBuilderInContext(native->llvm);
  LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(native->llvm, function, ""));
  LLVMValueRef args[] = {table, LLVMGetParam(function, 0), LLVMGetParam(function, 1)};
  LLVMBuildRet(builder, native_call(native, builder, FN_rt_main, args, 3));
  LLVMDisposeBuilder(builder);
}
