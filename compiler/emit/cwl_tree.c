/* cwl_tree.c: trees as levels of pairs: each level is one scatter over neighbours, and the next takes what it has made. */
#include "emit/cwl_rounds.h"

enum { LEVELS = 16 }; /* of a tree whose size is not known: 2^16 elements */

static void write_pairs(Rounds *rounds, TypeId items) {
  static const char *const outs[] = {"left", "right", "rest"};
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  cwl_tool_begin(yaml, "pairs");
  yaml_begin(yaml, "inputs");
  cwl_port(cwl, yaml, "items", items, false);
  yaml_end(yaml);
  cwl_tool_end(cwl, yaml, outs, 3, items,
               "${\n"
               "  var left = [], right = [], size = inputs.items.length - inputs.items.length % 2;\n"
               "  for (var i = 0; i < size; i += 2) {\n"
               "    left.push(inputs.items[i]);\n"
               "    right.push(inputs.items[i + 1]);\n"
               "  }\n"
               "  return {left: left, right: right, rest: inputs.items.slice(size)};\n"
               "}");
  yaml_begin(yaml, "in");
  yaml_raw(yaml, "items", rounds->initial);
  yaml_end(yaml);
  cwl_out(yaml, outs, 3);
  yaml_end(yaml);
}

static void write_combine(Rounds *rounds) {
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  const Region *in = &cwl->plan->regions.data[rounds->region];
  const char *left = rounds_name(rounds, in->variable), *right = rounds_name(rounds, in->second);
  if (!left) left = "left";
  if (!right) right = "right";
  yaml_begin(yaml, "combined");
  cwl_run(yaml, cwl->regions[rounds->region].id);
  yaml_raw(yaml, "scatter", arena_format(cwl->arena, "[%s, %s]", left, right));
  yaml_raw(yaml, "scatterMethod", "dotproduct");
  yaml_begin(yaml, "in");
  yaml_raw(yaml, left, "pairs/left");
  yaml_raw(yaml, right, "pairs/right");
  rounds_pass_on(rounds);
  yaml_end(yaml);
  cwl_out(yaml, (const char *const[]){rounds->next}, 1);
  yaml_end(yaml);
  cwl->scatters = true;
}

static void write_joined(Rounds *rounds, TypeId items) {
  static const char *const outs[] = {"value"};
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  cwl_tool_begin(yaml, "joined");
  yaml_begin(yaml, "inputs");
  cwl_port(cwl, yaml, "combined", items, false);
  cwl_port(cwl, yaml, "rest", items, false);
  yaml_end(yaml);
  cwl_tool_end(cwl, yaml, outs, 1, items, "$({value: inputs.combined.concat(inputs.rest)})");
  yaml_begin(yaml, "in");
  yaml_raw(yaml, "combined", arena_format(cwl->arena, "combined/%s", rounds->next));
  yaml_raw(yaml, "rest", "pairs/rest");
  yaml_end(yaml);
  cwl_out(yaml, outs, 1);
  yaml_end(yaml);
}

/* Each element with its neighbour. */
void rounds_level(Rounds *rounds, const char *id) {
  Cwl *cwl = rounds->cwl;
  TypeId items = type_array(cwl->graph->types, rounds->type);
  rounds_open_around(rounds, id, true);
  yaml_begin(rounds->yaml, "outputs");
  yaml_begin(rounds->yaml, "value");
  cwl_type(cwl, rounds->yaml, "type", items, false);
  yaml_raw(rounds->yaml, "outputSource", "joined/value");
  rounds_close_output(rounds);
  write_pairs(rounds, items);
  write_combine(rounds);
  write_joined(rounds, items);
  yaml_end(rounds->yaml);
  yaml_end(rounds->yaml);
}

static void write_level(Rounds *rounds, const char *id, uint32_t level) {
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  yaml_begin(yaml, arena_format(cwl->arena, "level_%u", level));
  cwl_run(yaml, id);
  yaml_text(yaml, "when", arena_format(cwl->arena, "$(inputs.%s.length > 1)", rounds->initial));
  yaml_begin(yaml, "in");
  if (level == 1) {
    yaml_raw(yaml, rounds->initial, rounds->initial);
  } else {
    yaml_begin(yaml, rounds->initial);
    yaml_raw(yaml, "source", arena_format(cwl->arena, "[level_%u/value]", level - 1));
    yaml_raw(yaml, "linkMerge", "merge_nested");
    yaml_raw(yaml, "pickValue", "all_non_null");
    yaml_text(yaml, "valueFrom", "$(self.length ? self[0] : self)");
    yaml_end(yaml);
  }
  rounds_pass_on(rounds);
  yaml_end(yaml);
  cwl_out(yaml, (const char *const[]){"value"}, 1);
  yaml_end(yaml);
  cwl->values = cwl->picks = true;
}

/* How often pairs have to be made of an array. */
static uint32_t levels_of(const Cwl *cwl, Node array) {
  uint32_t levels = 0;
  array = cwl_strip(cwl, array);
  if (graph_op(cwl->graph, array) != OP_ARRAY) return LEVELS;
  while (1U << levels < graph_arity(cwl->graph, array)) levels++;
  return levels;
}

/* The one that is left over. */
static void write_only(Rounds *rounds, const char *levels) {
  static const char *const outs[] = {"value"};
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  cwl_tool_begin(yaml, "last");
  yaml_begin(yaml, "inputs");
  cwl_port(cwl, yaml, "items", type_array(cwl->graph->types, rounds->type), false);
  yaml_end(yaml);
  cwl_tool_end(cwl, yaml, outs, 1, rounds->type,
               arena_format(cwl->arena, "$({value: %s(inputs.items)})", js_call(cwl->js, "weft_only")));
  yaml_begin(yaml, "in");
  yaml_begin(yaml, "items");
  yaml_raw(yaml, "source", levels);
  yaml_raw(yaml, "pickValue", "first_non_null");
  yaml_end(yaml);
  yaml_end(yaml);
  cwl_out(yaml, outs, 1);
  yaml_end(yaml);
}

void rounds_tree(Rounds *rounds, const char *level) {
  Cwl *cwl = rounds->cwl;
  uint32_t levels = levels_of(cwl, rounds->step->operands[0]);
  Text sources = {0};
  rounds_open_output(rounds);
  yaml_raw(rounds->yaml, "outputSource", "last/value");
  rounds_close_output(rounds);
  text_putc(&sources, '[');
  for (uint32_t i = levels; i > 0; i--) text_addf(&sources, "level_%u/value, ", i);
  text_addf(&sources, "%s]", rounds->initial);
  for (uint32_t i = 1; i <= levels; i++) write_level(rounds, level, i);
  write_only(rounds, text_keep(&sources, cwl->arena));
  cwl->picks = true;
}
