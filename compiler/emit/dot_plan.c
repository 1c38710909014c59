/* dot_plan.c: a plan as dot text: regions in boxes, steps, and what waits for what. */
#include "emit/dot.h"
#include "emit/dot_text.h"

static const char *const kind_names[] = {
    [STEP_EVAL] = "eval", [STEP_COPY] = "copy",    [STEP_TASK] = "task", [STEP_ASK] = "ask",
    [STEP_MAP] = "for",   [STEP_BRANCH] = "if",    [STEP_FOLD] = "fold", [STEP_LOOP] = "loop",
    [STEP_TREE] = "tree", [STEP_RESULT] = "result"};

static Op look_of(const Graph *graph, const Step *step) {
  switch (step->kind) {
    case STEP_MAP:
      return OP_COLLECT;
    case STEP_BRANCH:
      return OP_CHOOSE;
    default:
      return graph_op(graph, step->node);
  }
}

static void draw_step(const Plan *plan, uint32_t region, uint32_t number, Text *into) {
  const Graph *graph = plan->graph;
  const Step *step = &plan->regions.data[region].steps.data[number];
  Text label = {0};
  text_puts(&label, kind_names[step->kind]);
  if (step->kind == STEP_TASK) {
    text_puts(&label, " ");
    dot_describe(graph, step->node, &label);
  }
  if (step->name) text_addf(&label, "\n%s", name_of(graph->session, step->name));
  DotStyle style = dot_style(look_of(graph, step));
  text_addf(into, "  r%u_%u [shape=%s, fillcolor=\"%s\", label=", region, number, style.shape, style.fill);
  dot_quote(into, label.data);
  text_puts(into, "];\n");
  text_free(&label);
}

static const char *region_word(const Region *region) {
  switch (region->kind) {
    case REGION_MAP:
      return "for each of ";
    case REGION_ARM:
      return region->arm ? "if so" : "if not";
    case REGION_FOLD:
      return "each round of the fold";
    case REGION_LOOP:
      return "each round of the loop";
    case REGION_TREE:
      return "each pair";
    default:
      return "";
  }
}

static void open_region(const Plan *plan, uint32_t number, Text *into) {
  const Region *region = &plan->regions.data[number];
  Text label = {0};
  text_puts(&label, region_word(region));
  if (region->kind == REGION_MAP)
    dot_describe_set(plan->graph, graph_arg(plan->graph, region->variable, 0), &label);
  text_addf(into, "  subgraph cluster_%u { style=\"rounded,dashed\"; color=\"#8866bb\"; label=", number);
  dot_quote(into, label.data);
  text_puts(into, ";\n");
  text_free(&label);
}

/* Regions inside come after the steps; as deep as the source is nested. */
static void draw_region(const Plan *plan, uint32_t number, const uint32_t *child, const uint32_t *sibling,
                        Text *into) {
  const Region *region = &plan->regions.data[number];
  if (number) open_region(plan, number, into);
  for (uint32_t i = 0; i < region->steps.len; i++) draw_step(plan, number, i, into);
  for (uint32_t inner = child[number]; inner; inner = sibling[inner])
    draw_region(plan, inner, child, sibling, into);
  if (number) text_puts(into, "  }\n");
}

/* Where in a table of all exports those of each region begin; the table says which step each is. */
typedef struct Exports {
  uint32_t *first, *steps;
} Exports;

static Exports find_exports(const Plan *plan) {
  Exports exports = {.first = mem_alloc((plan->regions.len + 1) * sizeof(uint32_t))};
  uint32_t total = 0;
  for (uint32_t i = 0; i < plan->regions.len; i++) {
    exports.first[i] = total;
    total += plan->regions.data[i].export_count;
  }
  exports.steps = mem_alloc((total + 1) * sizeof *exports.steps);
  for (uint32_t i = 0; i < plan->regions.len; i++) {
    const Region *region = &plan->regions.data[i];
    for (uint32_t k = 0; k < region->steps.len; k++)
      if (region->steps.data[k].export_ != EXPORT_NONE)
        exports.steps[exports.first[i] + region->steps.data[k].export_] = k;
  }
  return exports;
}

/* From what a region hands out to where it arrives. */
static void draw_result(const Plan *plan, const Exports *exports, uint32_t region, uint32_t number,
                        Text *into) {
  const Step *steps = plan->regions.data[region].steps.data, *result = &steps[number];
  const uint32_t inner[] = {steps[result->target].target, steps[result->target].other};
  for (int i = 0; i < (steps[result->target].kind == STEP_BRANCH ? 2 : 1); i++) {
    if (inner[i] == REGION_NONE || result->other >= plan->regions.data[inner[i]].export_count) continue;
    text_addf(into, "  r%u_%u -> r%u_%u [style=dashed];\n", inner[i],
              exports->steps[exports->first[inner[i]] + result->other], region, number);
  }
}

static void draw_deps(const Plan *plan, const Exports *exports, uint32_t number, Text *into) {
  const Region *region = &plan->regions.data[number];
  for (uint32_t i = 0; i < region->steps.len; i++) {
    const Step *step = &region->steps.data[i];
    if (step->kind == STEP_RESULT) draw_result(plan, exports, number, i, into);
    for (uint32_t k = 0; k < step->dep_count; k++) {
      uint32_t in = number;
      for (uint32_t up = step->deps[k].up; up > 0; up--) in = plan->regions.data[in].parent;
      text_addf(into, "  r%u_%u -> r%u_%u;\n", in, step->deps[k].step, number, i);
    }
  }
  if (number && region->steps.len)
    text_addf(into, "  r%u_%u -> r%u_0 [style=dotted, arrowhead=empty];\n", region->parent, region->owner,
              number);
}

void dot_plan(const Plan *plan, Text *into) {
  uint32_t count = plan->regions.len, steps = 0;
  uint32_t *links = mem_alloc(2 * (size_t)count * sizeof *links);
  uint32_t *child = links, *sibling = links + count;
  for (uint32_t i = 0; i < count; i++) child[i] = sibling[i] = 0;
  for (uint32_t i = count; i-- > 1;) {
    uint32_t parent = plan->regions.data[i].parent;
    sibling[i] = child[parent];
    child[parent] = i;
  }
  for (uint32_t i = 0; i < count; i++) steps += plan->regions.data[i].steps.len;
  dot_begin(into, name_of(plan->graph->session, plan->graph->name), steps);
  draw_region(plan, 0, child, sibling, into);
  Exports exports = find_exports(plan);
  for (uint32_t i = 0; i < count; i++) draw_deps(plan, &exports, i, into);
  text_puts(into, "}\n");
  free(exports.first);
  free(exports.steps);
  free(links);
}
