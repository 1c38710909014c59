/* cwl_name.c: what processes, steps, inputs and outputs are called. */
#include "emit/cwl.h"

const char *names_take(Cwl *cwl, Names *names, const char *wanted) {
  Interner *interner = cwl->session->names;
  Sym base = intern(interner, wanted, strlen(wanted)), sym = base;
  uint32_t next = map_get(&names->next, (uint64_t)base + 1);
  while (map_get(&names->next, (uint64_t)sym + 1)) {
    char text[600]; /* names are at most 255 long, what is put around them less */
    int len = snprintf(text, sizeof text, "%s_%u", wanted, ++next);
    sym = intern(interner, text, (size_t)len);
  }
  if (sym != base) map_put(&names->next, (uint64_t)base + 1, next);
  map_put(&names->next, (uint64_t)sym + 1, 1);
  return sym_text(interner, sym);
}

/* ---- what a person would call it ---- */

static const char *text_of(const Cwl *cwl, Sym sym, const char *otherwise) {
  return sym ? name_of(cwl->session, sym) : otherwise;
}

/* Of an array's element: without the plural. */
static const char *element_name(const Cwl *cwl, const char *array) {
  size_t len = strlen(array);
  if (len > 1 && array[len - 1] == 's') return arena_text(cwl->arena, array, len - 1);
  return arena_format(cwl->arena, "%s_item", array);
}

static const char *node_name(const Cwl *cwl, Node node) {
  const Graph *graph = cwl->graph;
  Sym name = graph->name_of.data[node];
  node = cwl_strip(cwl, node);
  if (!name) name = graph->name_of.data[node];
  switch (graph_op(graph, node)) {
    case OP_INPUT:
      return name_of(cwl->session, graph->data.data[node]);
    case OP_INDEX:
      return "index";
    case OP_STATE:
      return "state";
    case OP_TASK:
      return text_of(cwl, name, name_of(cwl->session, graph->tasks.data[graph->data.data[node]].name));
    default:
      return text_of(cwl, name, NULL);
  }
}

static const char *field_name(const Cwl *cwl, Node project) {
  const Graph *graph = cwl->graph;
  const Type *record = type_of(graph->types, graph_type(graph, graph_arg(graph, project, 0)));
  return name_of(cwl->session, record->names[graph->data.data[project]]);
}

static const char *name_below(const Cwl *cwl, Node node) {
  const Graph *graph = cwl->graph;
  node = cwl_strip(cwl, node);
  if (graph_op(graph, node) == OP_PROJECT) return field_name(cwl, node);
  if (graph_op(graph, node) == OP_COMPACT || graph_op(graph, node) == OP_LENGTH) {
    const char *of = name_below(cwl, graph_arg(graph, node, 0));
    return graph_op(graph, node) == OP_COMPACT ? of : arena_format(cwl->arena, "%s_length", of);
  }
  const char *name = node_name(cwl, node);
  if (!name && graph_op(graph, node) == OP_LIT) return "constant";
  return name ? name : op_info[graph_op(graph, node)].text;
}

const char *cwl_leaf_name(const Cwl *cwl, Leaf leaf) {
  const Graph *graph = cwl->graph;
  Node node = leaf_node(leaf);
  if (leaf_field(leaf)) {
    const Task *task = &graph->tasks.data[graph->data.data[node]];
    return task->out_count ? name_of(cwl->session, task->outs[leaf_field(leaf) - 1].name) : "done";
  }
  const char *name = node_name(cwl, node);
  if (name) return name;
  if (graph_op(graph, node) == OP_ELEMENT)
    return element_name(cwl, name_below(cwl, graph_arg(graph, node, 0)));
  if (graph_op(graph, node) == OP_COLLECT) return name_below(cwl, graph_arg(graph, node, 2));
  return name_below(cwl, node);
}

/* ---- steps ---- */

static const char *task_name(const Cwl *cwl, Node call) {
  return name_of(cwl->session, cwl->graph->tasks.data[cwl->graph->data.data[call]].name);
}

/* The first task that is run in a region. */
static const char *region_name(const Cwl *cwl, uint32_t region) {
  while (region != REGION_NONE) {
    const Region *in = &cwl->plan->regions.data[region];
    uint32_t inner = REGION_NONE;
    for (uint32_t i = 0; i < in->steps.len; i++) {
      if (in->steps.data[i].kind == STEP_TASK) return task_name(cwl, in->steps.data[i].node);
      if (inner == REGION_NONE && in->steps.data[i].kind >= STEP_MAP && in->steps.data[i].kind <= STEP_TREE)
        inner = in->steps.data[i].target != REGION_NONE ? in->steps.data[i].target : in->steps.data[i].other;
    }
    region = inner;
  }
  return "part";
}

/* What a step is called: as in the source, if that is free; else as what is done. */
static const char *take_step(Cwl *cwl, CwlRegion *known, const char *wanted, const char *otherwise) {
  bool free = wanted &&
              !map_get(&known->names.next, (uint64_t)intern(cwl->session->names, wanted, strlen(wanted)) + 1);
  return names_take(cwl, &known->names, free ? wanted : otherwise);
}

/* A step that runs a region: `each_align`; where the region is one task, the task. */
static const char *take_region(Cwl *cwl, CwlRegion *known, const Step *step, uint32_t inner,
                               const char *what) {
  const char *name = region_name(cwl, inner);
  if (cwl->regions[inner].only == STEP_NONE)
    return names_take(cwl, &known->names, arena_format(cwl->arena, "%s_%s", what, name));
  return take_step(cwl, known, text_of(cwl, step->name, NULL), name);
}

static const char *take_value(Cwl *cwl, CwlRegion *known, Node node, Sym given) {
  const char *name = text_of(cwl, given, cwl_leaf_name(cwl, leaf_of(node)));
  return take_step(cwl, known, name, arena_format(cwl->arena, "%s_value", name));
}

/* Whether both arms may hand out nothing, so that an expression has to tell which was taken. */
static bool is_pick(const Cwl *cwl, const Region *in, const Step *result) {
  const Step *branch = &in->steps.data[result->target];
  if (branch->kind != STEP_BRANCH || !cwl_is_optional(cwl, graph_type(cwl->graph, result->node)))
    return false;
  const uint32_t arms[] = {branch->target, branch->other};
  for (int i = 0; i < 2; i++)
    if (arms[i] == REGION_NONE || cwl->regions[arms[i]].exports[result->other].step == STEP_NONE)
      return false;
  return true;
}

static void name_step(Cwl *cwl, uint32_t region, uint32_t number) {
  static const char *const words[] = {[STEP_FOLD] = "fold", [STEP_LOOP] = "loop", [STEP_TREE] = "tree"};
  const Region *in = &cwl->plan->regions.data[region];
  const Step *step = &in->steps.data[number];
  CwlRegion *known = &cwl->regions[region];
  CwlStep *own = &known->steps[number];
  Leaf leaf;
  switch (step->kind) {
    case STEP_EVAL:
    case STEP_COPY:
      if (own->folded || (!own->uses && !own->wanted)) return;
      if (!cwl_leaf(cwl, region, number, step->node, &leaf))
        own->id = take_value(cwl, known, step->node, step->name);
      break;
    case STEP_TASK:
      own->id = take_step(cwl, known, text_of(cwl, step->name, NULL), task_name(cwl, step->node));
      break;
    case STEP_MAP:
      own->id = take_region(cwl, known, step, step->target, "each");
      break;
    case STEP_BRANCH:
      if (step->target != REGION_NONE && !cwl->regions[step->target].plain)
        own->id = take_region(cwl, known, step, step->target, "if");
      if (step->other != REGION_NONE && !cwl->regions[step->other].plain)
        own->other = take_region(cwl, known, step, step->other, "else");
      break;
    case STEP_RESULT:
      if (is_pick(cwl, in, step)) own->id = take_value(cwl, known, step->node, step->name);
      break;
    default:
      own->id = take_region(cwl, known, step, step->target, words[step->kind]);
      break;
  }
}

/* ---- regions ---- */

/* An export is called what its result is, outside. */
static void name_exports(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  for (uint32_t i = 0; i < in->steps.len; i++) {
    const Step *step = &in->steps.data[i], *target = &in->steps.data[step->target];
    if (step->kind != STEP_RESULT) continue;
    const uint32_t inner[] = {target->target, target->kind == STEP_BRANCH ? target->other : REGION_NONE};
    for (int k = 0; k < 2; k++)
      if (inner[k] != REGION_NONE && step->other < cwl->plan->regions.data[inner[k]].export_count)
        cwl->regions[inner[k]].exports[step->other].name = cwl_leaf_name(cwl, leaf_of(step->node));
  }
}

static void name_ports(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  CwlRegion *known = &cwl->regions[region];
  for (uint32_t i = 0; i < known->captures.len; i++)
    known->captures.data[i].name = names_take(cwl, &known->names,
                                              cwl_leaf_name(cwl, known->captures.data[i].leaf));
  for (uint32_t k = 0; k < in->export_count; k++) {
    const char *wanted = known->exports[k].name;
    if (in->kind == REGION_LOOP || in->kind == REGION_FOLD || in->kind == REGION_TREE)
      wanted = k ? "stop" : "next";
    known->exports[k].name = names_take(cwl, &known->names, wanted ? wanted : "value");
  }
}

static void name_root(Cwl *cwl) {
  const Graph *graph = cwl->graph;
  Names *names = &cwl->regions[0].names;
  for (uint32_t i = 0; i < graph->inputs.len; i++)
    names_take(cwl, names, name_of(cwl->session, graph->inputs.data[i].name));
  for (uint32_t i = 0; i < graph->outputs.len; i++)
    names_take(cwl, names, name_of(cwl->session, graph->outputs.data[i].name));
  for (uint32_t i = 0; i < graph->inputs.len; i++) {
    const Port *port = &graph->inputs.data[i];
    bool simple = port->node == NODE_NONE || cwl_constant(cwl, port->node, NULL);
    if (simple && !cwl_is_renamed(cwl, port->type)) continue;
    const char *name = arena_format(cwl->arena, "%s_filled", name_of(cwl->session, port->name));
    cwl->input_steps[i] = names_take(cwl, names, name);
  }
}

static void name_steps(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  CwlRegion *known = &cwl->regions[region];
  for (uint32_t i = 0; i < in->steps.len; i++) name_step(cwl, region, i);
  for (uint32_t i = 0; i < known->made.len; i++) {
    Made *made = &known->made.data[i];
    made->id = made->range ? names_take(cwl, &known->names, "indices")
                           : take_value(cwl, known, made->node, 0);
  }
}

/* A region's process is called as the step that runs it. */
static void name_process(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  const CwlStep *owner = &cwl->regions[in->parent].steps[in->owner];
  CwlRegion *known = &cwl->regions[region];
  if (known->only != STEP_NONE || known->plain) return;
  const char *name = in->kind == REGION_ARM && !in->arm ? owner->other : owner->id;
  if (in->kind == REGION_MAP || in->kind == REGION_ARM) {
    known->id = names_take(cwl, &cwl->names, name);
    return;
  }
  bool tree = in->kind == REGION_TREE;
  known->around = names_take(cwl, &cwl->names, name);
  if (tree) known->level = names_take(cwl, &cwl->names, arena_format(cwl->arena, "%s_level", name));
  known->id = names_take(cwl, &cwl->names, arena_format(cwl->arena, tree ? "%s_pair" : "%s_round", name));
}

/* Who is run after others has an input for it. */
static void name_after(Cwl *cwl, uint32_t region) {
  const Region *in = &cwl->plan->regions.data[region];
  CwlRegion *known = &cwl->regions[region];
  const CwlStep *owner = region ? &cwl->regions[in->parent].steps[in->owner] : NULL;
  for (uint32_t i = 0; i < in->steps.len; i++) {
    if (in->steps.data[i].kind != STEP_TASK) continue;
    bool waits = known->steps[i].order_count || (known->only == i && owner->order_count);
    uint32_t number = cwl->graph->data.data[in->steps.data[i].node];
    if (!waits || cwl->tasks[number].after) continue;
    const Task *task = &cwl->graph->tasks.data[number];
    Names names = {0};
    for (uint32_t k = 0; k < task->in_count; k++)
      names_take(cwl, &names, name_of(cwl->session, task->ins[k].name));
    for (uint32_t k = 0; k < task->out_count; k++)
      names_take(cwl, &names, name_of(cwl->session, task->outs[k].name));
    cwl->tasks[number].after = names_take(cwl, &names, "after");
    map_free(&names.next);
  }
  if (owner && owner->order_count) known->after = names_take(cwl, &known->names, "after");
}

void cwl_name_all(Cwl *cwl) {
  const Plan *plan = cwl->plan;
  names_take(cwl, &cwl->names, "main");
  cwl->regions[0].id = "main";
  for (uint32_t i = 0; i < cwl->graph->tasks.len; i++)
    cwl->tasks[i].id = names_take(cwl, &cwl->names, name_of(cwl->session, cwl->graph->tasks.data[i].name));
  for (uint32_t i = 0; i < plan->regions.len; i++) name_exports(cwl, i);
  name_root(cwl);
  for (uint32_t i = 0; i < plan->regions.len; i++) {
    if (i) name_ports(cwl, i);
    name_after(cwl, i);
    name_steps(cwl, i);
  }
  for (uint32_t i = 1; i < plan->regions.len; i++) name_process(cwl, i);
}
