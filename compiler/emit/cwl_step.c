/* cwl_step.c: the steps of a Workflow. */
#include "emit/cwl.h"

Ins ins_begin(Cwl *cwl, uint32_t region, uint32_t self) {
  return (Ins){.cwl = cwl, .region = region, .scope = region, .self = self, .condition = NODE_NONE};
}

void cwl_run(Yaml *yaml, const char *id) {
  Text text = {0};
  text_addf(&text, "\"#%s\"", id);
  yaml_raw(yaml, "run", text.data);
  text_free(&text);
}

void cwl_out(Yaml *yaml, const char *const *names, uint32_t count) {
  Text text = {0};
  text_putc(&text, '[');
  for (uint32_t i = 0; i < count; i++) {
    if (i) text_puts(&text, ", ");
    yaml_flow(names[i], &text);
  }
  text_putc(&text, ']');
  yaml_raw(yaml, "out", text.data);
  text_free(&text);
}

/* ---- expressions ---- */

void cwl_tool_begin(Yaml *yaml, const char *id) {
  yaml_begin(yaml, id);
  yaml_begin(yaml, "run");
  yaml_raw(yaml, "class", "ExpressionTool");
}

void cwl_tool_end(Cwl *cwl, Yaml *yaml, const char *const *outs, uint32_t count, TypeId type,
                  const char *code) {
  yaml_begin(yaml, "outputs");
  for (uint32_t i = 0; i < count; i++) cwl_port(cwl, yaml, outs[i], type, false);
  yaml_end(yaml);
  yaml_text(yaml, "expression", code);
  yaml_end(yaml);
}

static void expression_inputs(Ins *ins, Yaml *yaml) {
  Cwl *cwl = ins->cwl;
  if (!ins->list.len) {
    yaml_raw(yaml, "inputs", "[]");
    return;
  }
  yaml_begin(yaml, "inputs");
  for (uint32_t i = 0; i < ins->list.len; i++) {
    const In *in = &ins->list.data[i];
    if (in->text)
      yaml_raw(yaml, in->name, "Any?");
    else
      cwl_port(cwl, yaml, in->name, cwl_leaf_type(cwl, in->leaf), false);
  }
  yaml_end(yaml);
}

/* A step that computes a value. */
static void write_expression(Ins *ins, Yaml *yaml, const char *id, TypeId type, const char *code) {
  static const char *const outs[] = {"value"};
  cwl_tool_begin(yaml, id);
  expression_inputs(ins, yaml);
  cwl_tool_end(ins->cwl, yaml, outs, 1, type, arena_format(ins->cwl->arena, "$({value: %s})", code));
  ins_write(ins, yaml);
  cwl_out(yaml, outs, 1);
  yaml_end(yaml);
}

static void write_value(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  const CwlStep *own = &cwl->regions[region].steps[number];
  Ins ins = ins_begin(cwl, region, number);
  names_take(cwl, &ins.names, "value");
  ins_value(&ins, step->node);
  const char *code = ins_code(&ins, step->node);
  ins_order(&ins, "after", own, NULL);
  write_expression(&ins, yaml, own->id, graph_type(cwl->graph, step->node), code);
  ins_end(&ins);
}

static void write_made(Cwl *cwl, Yaml *yaml, uint32_t region, const Made *made) {
  Ins ins = ins_begin(cwl, region, STEP_NONE);
  names_take(cwl, &ins.names, "value");
  ins_value(&ins, made->node);
  const char *code = ins_code(&ins, made->node);
  if (made->range) code = arena_format(cwl->arena, "%s(%s)", js_call(cwl->js, "weft_range"), code);
  TypeId type = made->range ? type_array(cwl->graph->types, T_INT) : graph_type(cwl->graph, made->node);
  write_expression(&ins, yaml, made->id, type, code);
  ins_end(&ins);
}

/* Of two arms that may both hand out nothing, the one that was taken. */
static void write_pick(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  CwlStep *own = &cwl->regions[region].steps[number];
  const char *id = own->id;
  own->id = NULL; /* so that the link is that of the arms */
  Link link = cwl_link(cwl, region, leaf_of(step->node));
  own->id = id;
  Ins ins = ins_begin(cwl, region, number);
  ins_add(&ins, (In){.kind = IN_LINK, .name = "first", .text = link.sources[0]});
  ins_add(&ins, (In){.kind = IN_LINK, .name = "second", .text = link.sources[1]});
  write_expression(&ins, yaml, id, graph_type(cwl->graph, step->node),
                   "inputs.first === null ? inputs.second : inputs.first");
  ins_end(&ins);
}

/* ---- tasks ---- */

static uint32_t out_names(const Cwl *cwl, const Task *task, const char **names) {
  for (uint32_t i = 0; i < task->out_count; i++) names[i] = name_of(cwl->session, task->outs[i].name);
  names[task->out_count] = "done";
  return task->out_count ? task->out_count : 1;
}

/* What is run, after its inputs have been gathered. */
static void write_step(Ins *ins, Yaml *yaml, const char *id, const char *process, const char *const *outs,
                       uint32_t count) {
  yaml_begin(yaml, id);
  cwl_run(yaml, process);
  ins_write(ins, yaml);
  cwl_out(yaml, outs, count);
  yaml_end(yaml);
}

/* Run a task; its inputs are seen from the scope. `around`: the step of the region that it is the whole of. */
static void write_call(Ins *ins, Yaml *yaml, const char *id, const Step *call, const CwlStep *own,
                       const CwlStep *around) {
  Cwl *cwl = ins->cwl;
  uint32_t number = cwl->graph->data.data[call->node];
  const Task *task = &cwl->graph->tasks.data[number];
  const char **outs = mem_alloc((task->out_count + 1) * sizeof *outs);
  uint32_t count = out_names(cwl, task, outs);
  for (uint32_t i = 0; i < call->operand_count; i++)
    ins_port(ins, name_of(cwl->session, task->ins[i].name), call->operands[i]);
  for (uint32_t i = 0; i < count; i++) names_take(cwl, &ins->names, outs[i]);
  if (cwl->tasks[number].after) ins_order(ins, cwl->tasks[number].after, own, around);
  ins_values(ins);
  write_step(ins, yaml, id, cwl->tasks[number].id, outs, count);
  free(outs);
}

static void write_task(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const CwlStep *own = &cwl->regions[region].steps[number];
  Ins ins = ins_begin(cwl, region, number);
  write_call(&ins, yaml, own->id, &cwl->plan->regions.data[region].steps.data[number], own, NULL);
  ins_end(&ins);
}

/* ---- regions ---- */

static uint32_t export_names(const Cwl *cwl, uint32_t region, const char **names) {
  uint32_t count = 0;
  for (uint32_t k = 0; k < cwl->plan->regions.data[region].export_count; k++)
    if (cwl->regions[region].exports[k].step != STEP_NONE)
      names[count++] = cwl->regions[region].exports[k].name;
  return count;
}

/* Run the process of a region inside; what it needs from outside it is given. */
static void write_inner(Ins *ins, Yaml *yaml, const char *id, uint32_t inner, const CwlStep *owner) {
  const CwlRegion *known = &ins->cwl->regions[inner];
  const char **outs = mem_alloc((ins->cwl->plan->regions.data[inner].export_count + 1) * sizeof *outs);
  uint32_t count = export_names(ins->cwl, inner, outs);
  for (uint32_t i = 0; i < known->captures.len; i++)
    ins_capture(ins, known->captures.data[i].name, known->captures.data[i].leaf);
  for (uint32_t i = 0; i < count; i++) names_take(ins->cwl, &ins->names, outs[i]);
  if (known->after) ins_order(ins, known->after, owner, NULL);
  ins_values(ins);
  write_step(ins, yaml, id, known->id, outs, count);
  free(outs);
}

static bool captures_index(const Cwl *cwl, uint32_t region) {
  return map_get(&cwl->regions[region].capture_at, leaf_of(cwl->plan->regions.data[region].variable) + 1) !=
         0;
}

/* A map's region, or an arm when `condition` is a node. */
static void write_region(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number, uint32_t inner,
                         const char *id, Node condition) {
  const CwlRegion *known = &cwl->regions[inner];
  const CwlStep *owner = &cwl->regions[region].steps[number];
  const Region *in = &cwl->plan->regions.data[inner];
  Ins ins = ins_begin(cwl, region, number);
  ins.condition = condition;
  ins.arm = in->arm;
  if (known->only == STEP_NONE) {
    if (in->kind == REGION_MAP) ins.scope = inner;
    write_inner(&ins, yaml, id, inner, owner);
  } else {
    ins.scope = inner;
    ins.self = known->only;
    if (in->kind == REGION_MAP && cwl_needs_range(cwl, inner) && !captures_index(cwl, inner))
      ins_add(&ins, (In){.kind = IN_RANGE, .name = "index", .leaf = inner});
    write_call(&ins, yaml, id, &in->steps.data[known->only], &known->steps[known->only], owner);
  }
  ins_end(&ins);
}

static void write_branch(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  const CwlStep *own = &cwl->regions[region].steps[number];
  if (own->id) write_region(cwl, yaml, region, number, step->target, own->id, step->operands[0]);
  if (own->other) write_region(cwl, yaml, region, number, step->other, own->other, step->operands[0]);
}

static void write_one(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  const CwlStep *own = &cwl->regions[region].steps[number];
  switch (step->kind) {
    case STEP_EVAL:
    case STEP_COPY:
      if (own->id) write_value(cwl, yaml, region, number);
      break;
    case STEP_TASK:
      write_task(cwl, yaml, region, number);
      break;
    case STEP_MAP:
      write_region(cwl, yaml, region, number, step->target, own->id, NODE_NONE);
      break;
    case STEP_BRANCH:
      write_branch(cwl, yaml, region, number);
      break;
    case STEP_RESULT:
      if (own->id) write_pick(cwl, yaml, region, number);
      break;
    case STEP_FOLD:
    case STEP_LOOP:
    case STEP_TREE:
      cwl_rounds_step(cwl, yaml, region, number);
      break;
    default:
      BUG("step %u cannot be expressed", number);
  }
}

void cwl_steps(Cwl *cwl, Yaml *yaml, uint32_t region) {
  const CwlRegion *known = &cwl->regions[region];
  for (uint32_t i = 0; i < known->made.len; i++) write_made(cwl, yaml, region, &known->made.data[i]);
  for (uint32_t i = 0; i < cwl->plan->regions.data[region].steps.len; i++) write_one(cwl, yaml, region, i);
}
