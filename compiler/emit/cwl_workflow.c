/* cwl_workflow.c: Workflows: the root, and regions that are more than one task. */
#include "emit/cwl.h"

void cwl_process(Cwl *cwl, const char *class_, const char *id) {
  text_putc(cwl->yaml.into, '\n');
  yaml_item(&cwl->yaml);
  yaml_raw(&cwl->yaml, "class", class_);
  yaml_raw(&cwl->yaml, "id", id);
}

void cwl_inputs(Cwl *cwl, Yaml *yaml, uint32_t region, bool own) {
  const CwlRegion *known = &cwl->regions[region];
  for (uint32_t i = 0; i < known->captures.len; i++) {
    Leaf leaf = known->captures.data[i].leaf;
    if (own || !cwl_binds(cwl, region, leaf))
      cwl_port(cwl, yaml, known->captures.data[i].name, cwl_leaf_type(cwl, leaf), false);
  }
}

void cwl_source(Cwl *cwl, Yaml *yaml, const char *key, const char *const *sources, uint32_t count) {
  Text text = {0};
  if (count == 1) {
    yaml_raw(yaml, key, sources[0]);
    return;
  }
  text_putc(&text, '[');
  for (uint32_t i = 0; i < count; i++) text_addf(&text, "%s%s", i ? ", " : "", sources[i]);
  text_putc(&text, ']');
  yaml_raw(yaml, key, text.data);
  yaml_raw(yaml, "pickValue", "first_non_null");
  text_free(&text);
  cwl->picks = true;
}

static void write_output(Cwl *cwl, Yaml *yaml, const char *name, TypeId type, Link link) {
  yaml_begin(yaml, name);
  cwl_type(cwl, yaml, "type", type, false);
  cwl_source(cwl, yaml, "outputSource", link.sources, link.count);
  yaml_end(yaml);
}

/* ---- regions ---- */

static Link export_link(Cwl *cwl, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  bool value = step->kind == STEP_EVAL || step->kind == STEP_COPY;
  const char *id = cwl->regions[region].steps[number].id;
  if (value && id) return (Link){.sources = {arena_format(cwl->arena, "%s/value", id)}, .count = 1};
  return cwl_link_node(cwl, region, value ? number : STEP_NONE, step->node);
}

static void write_exports(Cwl *cwl, Yaml *yaml, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  const CwlRegion *known = &cwl->regions[region];
  for (uint32_t k = 0; k < in->export_count; k++) {
    uint32_t step = known->exports[k].step;
    if (step == STEP_NONE) continue;
    write_output(cwl, yaml, known->exports[k].name, graph_type(cwl->graph, in->steps.data[step].node),
                 export_link(cwl, region, step));
  }
}

static void write_nothing(Yaml *yaml, const char *key, bool nothing) {
  if (nothing)
    yaml_raw(yaml, key, "[]");
  else
    yaml_begin(yaml, key);
}

/* ---- inputs of the root ---- */

/* The base unit, and a default that is an expression, are told. */
static void write_input_doc(Cwl *cwl, Yaml *yaml, const Port *port, bool filled) {
  const Type *type = type_of(cwl->graph->types, port->type);
  Text text = {0};
  if (type->kind == T_OPTION || type->kind == T_ARRAY) type = type_of(cwl->graph->types, type->args[0]);
  text_puts(&text, port->doc ? name_of(cwl->session, port->doc) : "");
  if (type->kind == T_QUANTITY) {
    text_puts(&text, port->doc ? " (in " : "in ");
    unit_print(type->unit, &text);
    if (port->doc) text_putc(&text, ')');
  }
  if (filled)
    text_addf(&text, "%sby default %s", text.len ? "; " : "", name_of(cwl->session, port->default_text));
  if (text.len) yaml_text(yaml, "doc", text.data);
  text_free(&text);
}

static void write_input(Cwl *cwl, Yaml *yaml, const Port *port) {
  Text text = {0};
  bool constant = port->node != NODE_NONE && cwl_constant(cwl, port->node, &text);
  bool filled = port->node != NODE_NONE && !constant;
  yaml_begin(yaml, name_of(cwl->session, port->name));
  cwl->renaming = true;
  cwl_type(cwl, yaml, "type", port->type, filled);
  cwl->renaming = false;
  if (constant) yaml_raw(yaml, "default", text.data);
  write_input_doc(cwl, yaml, port, filled);
  yaml_end(yaml);
  text_free(&text);
}

static const char *input_name(void *self, Node node) {
  const Cwl *cwl = self;
  if (graph_op(cwl->graph, node) != OP_INPUT) return NULL;
  return arena_format(cwl->arena, "inputs.%s", name_of(cwl->session, cwl->graph->data.data[node]));
}

/* Where the default is an expression, a step fills it in; where fields are renamed, it gives them their names. */
static void write_filled(Cwl *cwl, Yaml *yaml, uint32_t number) {
  static const char *const outs[] = {"value"};
  const Port *port = &cwl->graph->inputs.data[number];
  const char *name = name_of(cwl->session, port->name);
  bool filled = port->node != NODE_NONE && !cwl_constant(cwl, port->node, NULL);
  const char *given = arena_format(cwl->arena, "inputs.%s", name);
  Leaves leaves = {0};
  Text code = {0};
  if (cwl_is_renamed(cwl, port->type))
    given = arena_format(cwl->arena, "%s(%s)", js_call(cwl->js, "weft_renamed"), given);
  if (filled) {
    text_addf(&code, "$({value: inputs.%s !== null ? %s : ", name, given);
    cwl_code(cwl, &(JsScope){.self = cwl, .name = input_name}, port->node, &code);
    cwl_leaves(cwl, 0, STEP_NONE, port->node, &leaves);
  } else {
    text_addf(&code, "$({value: %s", given);
  }
  text_puts(&code, "})");
  cwl_tool_begin(yaml, cwl->input_steps[number]);
  yaml_begin(yaml, "inputs");
  cwl->renaming = true;
  cwl_port(cwl, yaml, name, port->type, filled);
  cwl->renaming = false;
  for (uint32_t i = 0; i < leaves.len; i++)
    cwl_port(cwl, yaml, cwl_leaf_name(cwl, leaves.data[i]), cwl_leaf_type(cwl, leaves.data[i]), false);
  yaml_end(yaml);
  cwl_tool_end(cwl, yaml, outs, 1, port->type, code.data);
  yaml_begin(yaml, "in");
  yaml_raw(yaml, name, name);
  for (uint32_t i = 0; i < leaves.len; i++)
    yaml_raw(yaml, cwl_leaf_name(cwl, leaves.data[i]), cwl_link(cwl, 0, leaves.data[i]).sources[0]);
  yaml_end(yaml);
  cwl_out(yaml, outs, 1);
  yaml_end(yaml);
  vec_free(&leaves);
  text_free(&code);
}

/* ---- Workflows ---- */

static void write_steps(Cwl *cwl, Yaml *yaml, uint32_t region) {
  size_t before = yaml->into->len;
  yaml_begin(yaml, "steps");
  size_t opened = yaml->into->len;
  for (uint32_t i = 0; !region && i < cwl->graph->inputs.len; i++)
    if (cwl->input_steps[i]) write_filled(cwl, yaml, i);
  cwl_steps(cwl, yaml, region);
  yaml_end(yaml);
  if (yaml->into->len != opened) return;
  yaml->into->len = before;
  yaml_raw(yaml, "steps", "[]");
}

void cwl_workflow(Cwl *cwl, uint32_t region) {
  Yaml *yaml = &cwl->yaml;
  const CwlRegion *known = &cwl->regions[region];
  cwl_process(cwl, "Workflow", known->id);
  bool none = !known->captures.len && !known->after;
  write_nothing(yaml, "inputs", none);
  cwl_inputs(cwl, yaml, region, true);
  if (known->after) yaml_raw(yaml, known->after, "Any?");
  if (!none) yaml_end(yaml);
  write_nothing(yaml, "outputs", !cwl->plan->regions.data[region].export_count);
  write_exports(cwl, yaml, region);
  if (cwl->plan->regions.data[region].export_count) yaml_end(yaml);
  write_steps(cwl, yaml, region);
  yaml_end(yaml);
  cwl->subworkflows = true;
}

void cwl_main(Cwl *cwl) {
  Yaml *yaml = &cwl->yaml;
  const Graph *graph = cwl->graph;
  yaml->depth = 1;
  write_nothing(yaml, "inputs", !graph->inputs.len);
  for (uint32_t i = 0; i < graph->inputs.len; i++) write_input(cwl, yaml, &graph->inputs.data[i]);
  if (graph->inputs.len) yaml_end(yaml);
  write_nothing(yaml, "outputs", !graph->outputs.len);
  for (uint32_t i = 0; i < graph->outputs.len; i++) {
    const Output *output = &graph->outputs.data[i];
    write_output(cwl, yaml, name_of(cwl->session, output->name), graph_type(graph, output->node),
                 cwl_link_node(cwl, 0, STEP_NONE, output->node));
  }
  if (graph->outputs.len) yaml_end(yaml);
  write_steps(cwl, yaml, 0);
  yaml_end(yaml);
}
