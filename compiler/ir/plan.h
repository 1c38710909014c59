/* plan.h: what runs, when: regions of steps over a graph.  All emitters read the plan and nothing else.
 *
 * Each node that needs a place of its own is a step of the outermost region in which it can be computed
 * (Click's "Global Code Motion / Global Value Numbering", PLDI 1995: hoisted out of loops, never out of a
 * branch).  Pure expressions stay inside the step that uses them, whole loops of them included. */
#ifndef WEFT_IR_PLAN_H
#define WEFT_IR_PLAN_H

#include "ir/graph.h"

typedef enum RegionKind {
  REGION_ROOT,
  REGION_MAP,  /* one frame for each index */
  REGION_ARM,  /* when a condition holds, or does not */
  REGION_FOLD, /* rounds over an array, one after another */
  REGION_LOOP, /* rounds until a condition */
  REGION_TREE  /* combination of two neighbours */
} RegionKind;

typedef enum StepKind {
  STEP_EVAL,   /* compute `node` from what is there; its pure operands are computed on the way */
  STEP_COPY,   /* `node` is available outside or as a constant; hand it on as export */
  STEP_TASK,   /* node is an OP_TASK */
  STEP_ASK,    /* node is an OP_ASK */
  STEP_MAP,    /* operands: width; target: region */
  STEP_BRANCH, /* operands: condition; target: then, other: else (REGION_NONE: nothing to do) */
  STEP_FOLD,   /* node is an OP_FOLD; operands: width, initial; target: region */
  STEP_LOOP,   /* node is an OP_LOOP; operands: initial, most rounds; target: region */
  STEP_TREE,   /* node is an OP_REDUCE; operands: array; target: region */
  STEP_RESULT /* node is an OP_COLLECT or OP_CHOOSE; target: the step of this region that yields it, other: export.
                    No deps: it is there as soon as the frames of `target` have handed it out.  Where an arm has no
                    such export, the value is absent or the unit. */
} StepKind;

#define REGION_NONE UINT32_MAX
#define EXPORT_NONE UINT32_MAX

/* A step of this region (up 0) or of one `up` regions outwards. */
typedef struct Dep {
  uint32_t up, step;
} Dep;

typedef struct Step {
  uint8_t kind; /* StepKind */
  Node node;    /* whose value it makes; NODE_NONE for STEP_MAP and STEP_BRANCH */
  uint32_t target, other;
  uint32_t export_; /* number under which the region hands it outwards, or EXPORT_NONE */
  uint32_t dep_count, operand_count;
  const Dep *deps;      /* all steps that must have finished first, each once */
  const Node *operands; /* values handed over as they are: task inputs, widths, conditions, initial states */
  Sym name;             /* of the step in the source, or 0 */
  Span span;
} Step;

typedef struct Region {
  uint8_t kind;    /* RegionKind */
  bool arm;        /* REGION_ARM: which */
  uint32_t parent; /* REGION_NONE for the root */
  uint32_t owner;  /* the step of the parent that runs it */
  uint32_t depth;  /* of the root: 0 */
  Node variable;   /* MAP, FOLD: index; LOOP: state; ARM: condition; TREE: left state */
  Node second;     /* FOLD: state; TREE: right state */
  uint32_t export_count;
  VEC(Step) steps; /* in an order in which each comes after its deps of the same region */
} Region;

typedef struct Plan {
  const Graph *graph;
  Arena *arena;
  VEC(Region) regions; /* 0 is the root */
  Map where;           /* (region, node) to step + 1; see plan_find */
} Plan;

/* Whether a value of this operation lies in the slot of its first operand, perhaps at an offset. */
static inline bool plan_is_view(Op op) {
  return op == OP_PROJECT || op == OP_CAST || op == OP_UNWRAP || op == OP_IS_SOME || op == OP_AFTER;
}
/* The node in whose slot a value handed over as it is lies: a step, an input, a literal, or, of a region, its
 * state or the ordinal of its index. */
static inline Node plan_base(const Graph *graph, Node node) {
  while (plan_is_view(graph_op(graph, node))) node = graph_arg(graph, node, 0);
  return node;
}

/* Plan a graph that has been through the passes.  The plan holds on to the graph. */
Plan *plan_new(Graph *graph);
void plan_free(Plan *plan);
/* Whether the region binds a variable that the node mentions: then the node is another one outside of it. */
bool plan_binds(const Plan *plan, uint32_t region, Node node);
/* The step that makes `node`, as seen from `region`: in it or outwards.  False: the node is no step; it is a
 * constant, an input, a variable of a region, or an expression to be computed where it is used. */
bool plan_find(const Plan *plan, uint32_t region, Node node, Dep *found);
/* The region outwards from `region` (itself included) that binds `variable`; *up levels. REGION_NONE: none does. */
uint32_t plan_binder(const Plan *plan, uint32_t region, Node variable, uint32_t *up);

void plan_print(const Plan *plan, Text *into);
const char *plan_verify(const Plan *plan);

#endif
