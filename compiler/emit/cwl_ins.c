/* cwl_ins.c: what goes into one step of a Workflow. */
#include "emit/cwl.h"

/* ---- expressions over what goes in ---- */

static const char *reference(const Ins *ins, Leaf leaf) {
  uint32_t at = map_get(&ins->at, leaf + 1);
  if (!at) BUG("node %u does not go into the step", leaf_node(leaf));
  return arena_format(ins->cwl->arena, "inputs.%s", ins->list.data[at - 1].name);
}

/* All outputs of a task, as its record. */
static const char *record(const Ins *ins, Node call) {
  const Task *task = &ins->cwl->graph->tasks.data[ins->cwl->graph->data.data[call]];
  Text text = {0};
  text_putc(&text, '{');
  for (uint32_t i = 0; i < task->out_count; i++)
    text_addf(&text, "%s%s: %s", i ? ", " : "", name_of(ins->cwl->session, task->outs[i].name),
              reference(ins, leaf_port(call, i)));
  text_putc(&text, '}');
  return text_keep(&text, ins->cwl->arena);
}

static const char *scope_name(void *self, Node node) {
  const Ins *ins = self;
  Leaf leaf;
  if (cwl_leaf(ins->cwl, ins->scope, ins->self, node, &leaf)) return reference(ins, leaf);
  return graph_op(ins->cwl->graph, node) == OP_TASK ? record(ins, node) : NULL;
}

const char *ins_code(Ins *ins, Node node) {
  Text text = {0};
  cwl_code(ins->cwl, &(JsScope){.self = ins, .name = scope_name}, cwl_strip(ins->cwl, node), &text);
  return text_keep(&text, ins->cwl->arena);
}

/* ---- what goes in ---- */

void ins_end(Ins *ins) {
  vec_free(&ins->list);
  map_free(&ins->at);
  map_free(&ins->names.next);
}

void ins_add(Ins *ins, In in) {
  in.name = names_take(ins->cwl, &ins->names, in.name);
  vec_push(&ins->list, in);
  if (in.kind == IN_LINK && !in.text && !map_get(&ins->at, in.leaf + 1))
    map_put(&ins->at, in.leaf + 1, ins->list.len);
}

void ins_port(Ins *ins, const char *name, Node node) {
  Leaf leaf;
  if (cwl_leaf(ins->cwl, ins->scope, ins->self, node, &leaf))
    ins_add(ins, (In){.kind = IN_LINK, .name = name, .leaf = leaf});
  else if (cwl_constant(ins->cwl, node, NULL))
    ins_add(ins, (In){.kind = IN_CONSTANT, .name = name, .node = node});
  else
    ins_add(ins, (In){.kind = IN_VALUE, .name = name, .node = node});
}

void ins_capture(Ins *ins, const char *name, Leaf leaf) {
  uint32_t home = cwl_home(ins->cwl, ins->region, leaf);
  if (home != STEP_NONE && ins->cwl->regions[ins->region].steps[home].folded)
    ins_port(ins, name, leaf_node(leaf));
  else
    ins_add(ins, (In){.kind = IN_LINK, .name = name, .leaf = leaf});
}

void ins_value(Ins *ins, Node node) {
  Leaves leaves = {0};
  cwl_leaves(ins->cwl, ins->scope, ins->self, node, &leaves);
  for (uint32_t i = 0; i < leaves.len; i++)
    if (!map_get(&ins->at, leaves.data[i] + 1))
      ins_add(ins,
              (In){.kind = IN_LINK, .name = cwl_leaf_name(ins->cwl, leaves.data[i]), .leaf = leaves.data[i]});
  vec_free(&leaves);
}

/* What the condition of a branch says for one of its arms. */
static void find_when(Ins *ins) {
  uint32_t scope = ins->scope, self = ins->self;
  Text text = {0};
  ins->scope = ins->region;
  ins->self = STEP_NONE;
  ins_value(ins, ins->condition);
  if (ins->arm)
    cwl_expression(ins->cwl, &(JsScope){.self = ins, .name = scope_name}, ins->condition, &text);
  else
    text_addf(&text, "$(!(%s))", ins_code(ins, ins->condition));
  ins->when = text_keep(&text, ins->cwl->arena);
  ins->scope = scope;
  ins->self = self;
}

void ins_values(Ins *ins) {
  uint32_t count = ins->list.len;
  for (uint32_t i = 0; i < count; i++)
    if (ins->list.data[i].kind == IN_VALUE && !ins->list.data[i].text) ins_value(ins, ins->list.data[i].node);
  if (ins->condition != NODE_NONE) find_when(ins);
}

static void add_order(Ins *ins, const CwlStep *step, Text *list, uint32_t *count) {
  for (uint32_t i = 0; i < step->order_count; i++) {
    Link link = cwl_link(ins->cwl, ins->region, step->order[i]);
    for (uint32_t k = 0; k < link.count; k++)
      text_addf(list, "%s%s", (*count)++ ? ", " : "", link.sources[k]);
  }
}

void ins_order(Ins *ins, const char *name, const CwlStep *step, const CwlStep *around) {
  Text list = {0};
  uint32_t count = 0;
  add_order(ins, step, &list, &count);
  if (around) add_order(ins, around, &list, &count);
  if (count) {
    const char *text = arena_format(ins->cwl->arena, count > 1 ? "[%s]" : "%s", list.data);
    ins->cwl->picks |= count > 1;
    ins_add(ins, (In){.kind = IN_LINK, .name = name, .text = text});
  }
  text_free(&list);
}

/* ---- writing ---- */

/* Where it comes from in the step's own region; of what is scattered, the array. */
static Link source_of(Ins *ins, In *in) {
  Cwl *cwl = ins->cwl;
  Node node = leaf_node(in->leaf);
  uint32_t inner = in->kind == IN_RANGE ? (uint32_t)in->leaf : ins->scope;
  if (in->text) return (Link){.sources = {in->text}, .count = 1};
  if (in->kind == IN_RANGE || (inner != ins->region && cwl_binds(cwl, inner, in->leaf))) {
    in->scattered = true;
    if (in->kind == IN_RANGE || graph_op(cwl->graph, node) == OP_INDEX) {
      const Region *region = &cwl->plan->regions.data[inner];
      const Step *owner = &cwl->plan->regions.data[region->parent].steps.data[region->owner];
      return cwl_link_made(cwl, ins->region, owner->operands[0], true);
    }
    return cwl_link_node(cwl, ins->region, STEP_NONE, graph_arg(cwl->graph, node, 0));
  }
  return cwl_link(cwl, ins->region, in->leaf);
}

static void write_link(Ins *ins, Yaml *yaml, const In *in, Link link) {
  if (link.count == 1) {
    yaml_raw(yaml, in->name, link.sources[0]);
    return;
  }
  yaml_begin(yaml, in->name);
  cwl_source(ins->cwl, yaml, "source", link.sources, link.count);
  yaml_end(yaml);
}

static void write_value(Ins *ins, Yaml *yaml, const In *in) {
  Text text = {0};
  yaml_begin(yaml, in->name);
  if (in->kind == IN_CONSTANT) {
    cwl_constant(ins->cwl, in->node, &text);
    yaml_raw(yaml, "default", text.data);
  } else {
    if (!in->text) cwl_expression(ins->cwl, &(JsScope){.self = ins, .name = scope_name}, in->node, &text);
    yaml_text(yaml, "valueFrom", in->text ? in->text : text.data);
    ins->cwl->values = true;
  }
  yaml_end(yaml);
  text_free(&text);
}

static void write_scatter(Ins *ins, Yaml *yaml) {
  Text text = {0};
  uint32_t count = 0;
  for (uint32_t i = 0; i < ins->list.len; i++)
    if (ins->list.data[i].scattered) text_addf(&text, "%s%s", count++ ? ", " : "", ins->list.data[i].name);
  if (count == 1) yaml_raw(yaml, "scatter", text.data);
  if (count > 1) {
    const char *list = arena_format(ins->cwl->arena, "[%s]", text.data);
    yaml_raw(yaml, "scatter", list);
    yaml_raw(yaml, "scatterMethod", "dotproduct");
  }
  ins->cwl->scatters |= count > 0;
  text_free(&text);
}

void ins_write(Ins *ins, Yaml *yaml) {
  Link *links = mem_alloc((ins->list.len + 1) * sizeof *links);
  for (uint32_t i = 0; i < ins->list.len; i++)
    if (ins->list.data[i].kind == IN_LINK || ins->list.data[i].kind == IN_RANGE)
      links[i] = source_of(ins, &ins->list.data[i]);
  if (ins->when) yaml_text(yaml, "when", ins->when);
  write_scatter(ins, yaml);
  if (ins->list.len)
    yaml_begin(yaml, "in");
  else
    yaml_raw(yaml, "in", "[]");
  for (uint32_t i = 0; i < ins->list.len; i++) {
    const In *in = &ins->list.data[i];
    if (in->kind == IN_LINK || in->kind == IN_RANGE)
      write_link(ins, yaml, in, links[i]);
    else
      write_value(ins, yaml, in);
  }
  if (ins->list.len) yaml_end(yaml);
  free(links);
}
