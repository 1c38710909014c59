/* cwl_rounds.c: what is done round by round: a Workflow around the Workflow of one round.
 *
 * A number of rounds that stands in the file is written out, each round a step; else, if it may be, the extension
 * `cwltool:Loop` repeats one.  A tree is levels of pairs, each one scattered. */
#include "emit/cwl_rounds.h"

enum { ROUNDS = 1000 }; /* that are written out at most */

static Node bound_of(const Step *step) { return step->operands[step->kind == STEP_LOOP ? 1 : 0]; }

const char *rounds_name(const Rounds *rounds, Node variable) {
  const CwlRegion *known = &rounds->cwl->regions[rounds->region];
  uint32_t at = map_get(&known->capture_at, leaf_of(variable) + 1);
  return at ? known->captures.data[at - 1].name : NULL;
}

static Node state_of(const Region *region) {
  return region->kind == REGION_FOLD ? region->second : region->variable;
}

static Rounds rounds_of(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  const Step *step = &cwl->plan->regions.data[in->parent].steps.data[in->owner];
  const CwlRegion *known = &cwl->regions[region];
  Node state = state_of(in);
  Rounds rounds = {.cwl = cwl, .yaml = &cwl->yaml, .region = region, .step = step};
  rounds.type = graph_type(cwl->graph, state);
  rounds.optional = cwl_is_optional(cwl, rounds.type);
  rounds.count = -1;
  if (in->kind != REGION_TREE && graph_op(cwl->graph, bound_of(step)) == OP_LIT && !cwl->options->loops)
    rounds.count = graph_literal(cwl->graph, bound_of(step))->integer;
  if (rounds.count > ROUNDS) {
    cwl_refuse(cwl, step->span, "more than 1000 rounds that are written out: give `--cwl-loop`");
    rounds.count = 0;
  }
  rounds.next = known->exports[0].name;
  if (in->kind == REGION_LOOP) rounds.stop = known->exports[1].name;
  return rounds;
}

/* ---- the step that does all rounds ---- */

/* Names of the inputs of the process around, beside those of a round. */
static Names outer_names(Rounds *rounds) {
  Cwl *cwl = rounds->cwl;
  const CwlRegion *known = &cwl->regions[rounds->region];
  Names names = {0};
  for (uint32_t i = 0; i < known->captures.len; i++) names_take(cwl, &names, known->captures.data[i].name);
  if (known->after) names_take(cwl, &names, known->after);
  names_take(cwl, &names, "value");
  rounds->initial = names_take(cwl, &names, rounds->step->kind == STEP_TREE ? "items" : "initial");
  rounds->bound = names_take(cwl, &names, rounds->step->kind == STEP_LOOP ? "most" : "width");
  rounds->index = names_take(cwl, &names, "round");
  rounds->stopped = names_take(cwl, &names, "stopped");
  return names;
}

void cwl_rounds_step(Cwl *cwl, Yaml *yaml, uint32_t region, uint32_t number) {
  const Step *step = &cwl->plan->regions.data[region].steps.data[number];
  const CwlStep *own = &cwl->regions[region].steps[number];
  const CwlRegion *known = &cwl->regions[step->target];
  Rounds rounds = rounds_of(cwl, step->target);
  Names names = outer_names(&rounds);
  Ins ins = ins_begin(cwl, region, number);
  ins_port(&ins, rounds.initial, step->operands[step->kind == STEP_FOLD ? 1 : 0]);
  if (step->kind != STEP_TREE && rounds.count < 0) ins_port(&ins, rounds.bound, bound_of(step));
  for (uint32_t i = 0; i < known->captures.len; i++)
    if (!cwl_binds(cwl, step->target, known->captures.data[i].leaf))
      ins_capture(&ins, known->captures.data[i].name, known->captures.data[i].leaf);
  names_take(cwl, &ins.names, "value");
  if (known->after) ins_order(&ins, known->after, own, NULL);
  ins_values(&ins);
  yaml_begin(yaml, own->id);
  cwl_run(yaml, known->around);
  ins_write(&ins, yaml);
  cwl_out(yaml, (const char *const[]){"value"}, 1);
  yaml_end(yaml);
  ins_end(&ins);
  map_free(&names.next);
}

/* ---- the process around ---- */

void rounds_open_around(Rounds *rounds, const char *id, bool items) {
  Cwl *cwl = rounds->cwl;
  const CwlRegion *known = &cwl->regions[rounds->region];
  cwl_process(cwl, "Workflow", id);
  yaml_begin(rounds->yaml, "inputs");
  cwl_port(cwl, rounds->yaml, rounds->initial,
           items ? type_array(cwl->graph->types, rounds->type) : rounds->type, false);
  if (!items && rounds->count < 0) yaml_raw(rounds->yaml, rounds->bound, "long");
  cwl_inputs(cwl, rounds->yaml, rounds->region, false);
  if (known->after) yaml_raw(rounds->yaml, known->after, "Any?");
  yaml_end(rounds->yaml);
  cwl->subworkflows = true;
}

/* What every round is given alike. */
void rounds_pass_on(Rounds *rounds) {
  const CwlRegion *known = &rounds->cwl->regions[rounds->region];
  for (uint32_t i = 0; i < known->captures.len; i++)
    if (!cwl_binds(rounds->cwl, rounds->region, known->captures.data[i].leaf))
      yaml_raw(rounds->yaml, known->captures.data[i].name, known->captures.data[i].name);
}

void rounds_open_output(Rounds *rounds) {
  yaml_begin(rounds->yaml, "outputs");
  yaml_begin(rounds->yaml, "value");
  cwl_type(rounds->cwl, rounds->yaml, "type", rounds->type, false);
}

void rounds_close_output(Rounds *rounds) {
  yaml_end(rounds->yaml);
  yaml_end(rounds->yaml);
  yaml_begin(rounds->yaml, "steps");
}

/* A step that computes a value of what rounds have handed out. */
static void write_last(Rounds *rounds, const char *const *names, const char *const *types,
                       const char *const *sources, uint32_t count, const char *code) {
  static const char *const outs[] = {"value"};
  Yaml *yaml = rounds->yaml;
  cwl_tool_begin(yaml, "last");
  yaml_begin(yaml, "inputs");
  for (uint32_t i = 0; i < count; i++) yaml_raw(yaml, names[i], types[i]);
  yaml_end(yaml);
  cwl_tool_end(rounds->cwl, yaml, outs, 1, rounds->type, code);
  yaml_begin(yaml, "in");
  for (uint32_t i = 0; i < count; i++) yaml_raw(yaml, names[i], sources[i]);
  yaml_end(yaml);
  cwl_out(yaml, outs, 1);
  yaml_end(yaml);
}

/* `[round_3/next, round_2/next, round_1/next]`, or from the first to the last. */
static const char *all_rounds(const Rounds *rounds, const char *port, bool backwards) {
  Text text = {0};
  for (int64_t i = 1; i <= rounds->count; i++)
    text_addf(&text, "%sround_%lld/%s", i > 1 ? ", " : "[",
              (long long)(backwards ? rounds->count + 1 - i : i), port);
  text_putc(&text, ']');
  return text_keep(&text, rounds->cwl->arena);
}

/* ---- rounds that are written out ---- */

static void write_state(Rounds *rounds, int64_t round) {
  Cwl *cwl = rounds->cwl;
  const char *name = rounds_name(rounds, state_of(&cwl->plan->regions.data[rounds->region]));
  if (!name) return;
  if (round == 1) {
    yaml_raw(rounds->yaml, name, rounds->initial);
    return;
  }
  const char *before = arena_format(cwl->arena, "round_%lld/%s", (long long)round - 1, rounds->next);
  if (!rounds->stop || round == 2 || rounds->optional) {
    yaml_raw(rounds->yaml, name, before);
    return;
  }
  /* A round that is skipped is given some state, so that no state has to be optional. */
  yaml_begin(rounds->yaml, name);
  cwl_source(cwl, rounds->yaml, "source",
             (const char *const[]){before, arena_format(cwl->arena, "round_1/%s", rounds->next)}, 2);
  yaml_end(rounds->yaml);
}

static void write_stopped(Rounds *rounds, int64_t round) {
  Yaml *yaml = rounds->yaml;
  yaml_begin(yaml, rounds->stopped);
  yaml_raw(yaml, "source",
           arena_format(rounds->cwl->arena, "[round_%lld/%s]", (long long)round - 1, rounds->stop));
  yaml_raw(yaml, "linkMerge", "merge_nested");
  yaml_raw(yaml, "pickValue", "all_non_null");
  yaml_end(yaml);
  rounds->cwl->picks = true;
}

static void write_round(Rounds *rounds, int64_t round) {
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  const Region *in = &cwl->plan->regions.data[rounds->region];
  yaml_begin(yaml, arena_format(cwl->arena, "round_%lld", (long long)round));
  cwl_run(yaml, cwl->regions[rounds->region].id);
  bool stops = rounds->stop && round > 1;
  if (stops) yaml_text(yaml, "when", arena_format(cwl->arena, "$(inputs.%s[0] === false)", rounds->stopped));
  yaml_begin(yaml, "in");
  write_state(rounds, round);
  if (in->kind == REGION_FOLD && rounds_name(rounds, in->variable)) {
    yaml_begin(yaml, rounds_name(rounds, in->variable));
    yaml_raw(yaml, "default", arena_format(cwl->arena, "%lld", (long long)round - 1));
    yaml_end(yaml);
  }
  rounds_pass_on(rounds);
  if (stops) write_stopped(rounds, round);
  yaml_end(yaml);
  cwl_out(yaml, (const char *const[]){rounds->next, rounds->stop}, rounds->stop ? 2 : 1);
  yaml_end(yaml);
}

static void write_unrolled(Rounds *rounds) {
  Cwl *cwl = rounds->cwl;
  bool tells = rounds->stop && rounds->optional && rounds->count > 1;
  rounds_open_output(rounds);
  if (!rounds->count)
    yaml_raw(rounds->yaml, "outputSource", rounds->initial);
  else if (tells)
    yaml_raw(rounds->yaml, "outputSource", "last/value");
  else if (!rounds->stop || rounds->count == 1)
    yaml_raw(rounds->yaml, "outputSource",
             arena_format(cwl->arena, "round_%lld/%s", (long long)rounds->count, rounds->next));
  else {
    yaml_raw(rounds->yaml, "outputSource", all_rounds(rounds, rounds->next, true));
    yaml_raw(rounds->yaml, "pickValue", "first_non_null");
    cwl->picks = true;
  }
  rounds_close_output(rounds);
  for (int64_t i = 1; i <= rounds->count; i++) write_round(rounds, i);
  if (tells)
    write_last(rounds, (const char *const[]){"next", "stop"}, (const char *const[]){"Any", "Any"},
               (const char *const[]){all_rounds(rounds, rounds->next, false),
                                     all_rounds(rounds, rounds->stop, false)},
               2,
               "$({value: inputs.next[inputs.stop.filter(function (s) { return s !== null; }).length - 1]})");
}

/* ---- rounds that the engine counts ---- */

static void write_loop(Rounds *rounds) {
  Cwl *cwl = rounds->cwl;
  Yaml *yaml = rounds->yaml;
  const Region *in = &cwl->plan->regions.data[rounds->region];
  const char *state = rounds_name(rounds, state_of(in));
  const char *index = in->kind == REGION_FOLD ? rounds_name(rounds, in->variable) : NULL;
  if (!index) index = rounds->index;
  const char *b = rounds->bound;
  yaml_begin(yaml, "rounds");
  cwl_run(yaml, cwl->regions[rounds->region].id);
  yaml_begin(yaml, "requirements");
  yaml_begin(yaml, "cwltool:Loop");
  yaml_text(yaml, "loopWhen",
            rounds->stop
                ? arena_format(cwl->arena, "$(!inputs.%s && (inputs.%s < 0 || inputs.%s < inputs.%s))",
                               rounds->stopped, b, index, b)
                : arena_format(cwl->arena, "$(inputs.%s < inputs.%s)", index, b));
  yaml_begin(yaml, "loop");
  if (state) yaml_raw(yaml, state, rounds->next);
  if (rounds->stop) yaml_raw(yaml, rounds->stopped, rounds->stop);
  yaml_begin(yaml, index);
  yaml_text(yaml, "valueFrom", arena_format(cwl->arena, "$(inputs.%s + 1)", index));
  yaml_end(yaml);
  yaml_end(yaml);
  yaml_raw(yaml, "outputMethod", "last");
  yaml_end(yaml);
  yaml_end(yaml);
  yaml_begin(yaml, "in");
  if (state) yaml_raw(yaml, state, rounds->initial);
  yaml_begin(yaml, index);
  yaml_raw(yaml, "default", "0");
  yaml_end(yaml);
  yaml_raw(yaml, b, b);
  if (rounds->stop) {
    yaml_begin(yaml, rounds->stopped);
    yaml_raw(yaml, "default", "false");
    yaml_end(yaml);
  }
  rounds_pass_on(rounds);
  yaml_end(yaml);
  cwl_out(yaml, (const char *const[]){rounds->next, rounds->stop}, rounds->stop ? 2 : 1);
  yaml_end(yaml);
  cwl->loops = cwl->values = true;
}

static void write_counted(Rounds *rounds) {
  Cwl *cwl = rounds->cwl;
  const char *next = arena_format(cwl->arena, "rounds/%s", rounds->next);
  rounds_open_output(rounds);
  if (rounds->optional)
    yaml_raw(rounds->yaml, "outputSource", "last/value");
  else
    cwl_source(cwl, rounds->yaml, "outputSource", (const char *const[]){next, rounds->initial}, 2);
  rounds_close_output(rounds);
  write_loop(rounds);
  if (!rounds->optional) return;
  if (rounds->stop)
    write_last(
        rounds, (const char *const[]){"next", "stop", "initial"},
        (const char *const[]){"Any?", "boolean?", "Any?"},
        (const char *const[]){next, arena_format(cwl->arena, "rounds/%s", rounds->stop), rounds->initial}, 3,
        "$({value: inputs.stop === null ? inputs.initial : inputs.next})");
  else
    write_last(rounds, (const char *const[]){"next", "width", "initial"},
               (const char *const[]){"Any?", "long", "Any?"},
               (const char *const[]){next, rounds->bound, rounds->initial}, 3,
               "$({value: inputs.width > 0 ? inputs.next : inputs.initial})");
}

void cwl_rounds(Cwl *cwl, uint32_t region) {
  const CwlRegion *known = &cwl->regions[region];
  Rounds rounds = rounds_of(cwl, region);
  Names names = outer_names(&rounds);
  bool tree = rounds.step->kind == STEP_TREE;
  rounds_open_around(&rounds, known->around, tree);
  if (tree)
    rounds_tree(&rounds, known->level);
  else if (rounds.count < 0)
    write_counted(&rounds);
  else
    write_unrolled(&rounds);
  yaml_end(rounds.yaml);
  yaml_end(rounds.yaml);
  if (tree) rounds_level(&rounds, known->level);
  map_free(&names.next);
}
