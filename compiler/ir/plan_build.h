/* plan_build.h: a plan while it is made; for plan*.c alone.
 *
 * Nodes are visited users first.  A visit knows every region that needs the node, decides in which of them it
 * becomes a step, and says what its operands are needed for in turn.  So one pass does it, each edge once. */
#ifndef WEFT_IR_PLAN_BUILD_H
#define WEFT_IR_PLAN_BUILD_H

#include "ir/plan.h"

/* How sure it is that a need arises when a frame of the region runs. */
typedef enum Level {
  LEVEL_GUARDED, /* below an arm of a pure condition */
  LEVEL_ROUNDS,  /* below a pure loop, that may have no round */
  LEVEL_CERTAIN
} Level;

enum { OWNER_NONE = 0, OWNER_MANY = UINT32_MAX };

/* A region needs a node. */
typedef struct Need {
  uint32_t region;
  uint32_t owner; /* the only step that computes with it: draft + 1; OWNER_NONE, OWNER_MANY */
  uint32_t next;  /* of the same node: its place + 1, or 0 */
  uint8_t level;  /* Level, the greatest of all uses */
  bool exact;     /* handed over as it is: has to be a step */
  bool loose;     /* mentions a variable of a pure loop: stays inside the step that runs the loop */
} Need;

/* An export of `region` that is to be `node`. */
typedef struct Request {
  uint32_t region, number, next;
} Request;

/* A step before it has its place in the region. */
typedef struct Draft {
  uint8_t kind;
  bool listed; /* plan_find gives it for `of` */
  Node node, of;
  uint32_t region;
  uint32_t target, other; /* STEP_RESULT: target is a draft */
  uint32_t export_;
  uint32_t operand_first, operand_count; /* in operands */
  uint32_t dep_first, dep_count;         /* in deps */
  uint32_t at;                           /* in its region */
  Sym name;
} Draft;

/* What holds of a node before anything is placed. */
enum {
  FACT_LEAF = 1 << 0,   /* nothing to compute */
  FACT_ANCHOR = 1 << 1, /* heavy (vars.h): always a step */
  FACT_FAILS = 1 << 2,  /* its evaluation can fail or never end */
  FACT_COSTLY = 1 << 3, /* loops, or makes large values */
  FACT_TWICE = 1 << 4,  /* a step in more than one region */
  FACT_DRAWS = 1 << 5   /* something volatile below */
};
enum { COST_TRIVIAL = 4, COST_MOST = 255 };

typedef struct Builder {
  Graph *graph;
  Plan *plan;
  uint32_t count;  /* of nodes, with room for those that placing adds */
  Map extents;     /* index set to its size + 1 */
  VEC(Node) order; /* those that are needed, operands first */
  uint8_t *facts;
  uint8_t *cost;   /* of computing it once more, COST_MOST and above alike */
  uint32_t *stage; /* longest chain of maps below */
  uint64_t *over;  /* the indices of maps below, hashed to bits */
  VEC(Need) needs;
  uint32_t *need_of; /* node to its newest need + 1 */
  uint32_t need_free;
  VEC(Need) current; /* of the node being visited; `next`: dead */
  VEC(Request) requests;
  uint32_t *request_of;
  VEC(Draft) drafts;
  VEC(Node) operands;
  VEC(Dep) deps;   /* step is a draft until all are placed */
  uint32_t *home;  /* node to the first draft listed for it + 1 */
  Map elsewhere;   /* (region, node) to further ones + 1 */
  VEC(Node) stamp; /* region: node + 1 whose need stands at … */
  VEC(uint32_t) stamp_at;
  Map bodies;   /* (region, owner) to region + 1 of maps, folds, loops, trees */
  Map branches; /* (region, condition) to draft + 1 */
  Map groups;   /* (index, stage) to a number of its own */
  Map arms;     /* draft of a branch to its number of exports */
  VEC(Node) stack;
} Builder;

static inline uint64_t plan_key(uint32_t region, Node node) { return ((uint64_t)region << 32) | node; }
static inline bool builder_is(const Builder *builder, Node node, unsigned facts) {
  return (builder->facts[node] & facts) != 0;
}
static inline Region *builder_region(const Builder *builder, uint32_t region) {
  return &builder->plan->regions.data[region];
}

/* plan_facts.c: sizes of index sets, the order of visits, facts about nodes. */
void plan_survey(Builder *builder);
/* Room for what is known of nodes below `count`; pointers into the arrays move. */
void plan_make_room(Builder *builder, uint32_t count);
/* The size of the set that an index is of. */
Node plan_extent(const Builder *builder, Node index);
bool plan_is_leaf(Op op);

/* plan_need.c: who needs what, where. */
void plan_need(Builder *builder, Node node, Need need);
/* What evaluating `node` in a region needs: said of each operand. */
void plan_need_operands(Builder *builder, Node node, Need need);
/* Move the needs of a node to `current`: one a region, each as far out as it can be, outermost first. */
void plan_gather(Builder *builder, Node node);

/* plan_place.c: steps and regions. */
void plan_place_all(Builder *builder);
/* The draft listed for `node` as seen from `region`, + 1, or 0; *up levels outwards. */
uint32_t plan_draft(const Builder *builder, uint32_t region, Node node, uint32_t *up);

/* Make a node that always runs a step of `region`. */
void plan_place_anchor(Builder *builder, Node node, uint32_t region);
/* The region of the map over `index` in `region` whose frames may compute `node`. */
uint32_t plan_map_region(Builder *builder, Node index, Node node, uint32_t region);
uint32_t plan_draft_new(Builder *builder, StepKind kind, uint32_t region, Node node);
/* From now on plan_draft gives it for `of`. */
void plan_draft_list(Builder *builder, uint32_t draft, Node of);
/* Levels from `region` outwards to `outer`, or UINT32_MAX when it does not lie inside. */
uint32_t plan_levels(const Builder *builder, uint32_t region, uint32_t outer);
/* Whether what `node` is in `outer` it is in `region` too: inside of it, with no variable of the node bound between. */
bool plan_sees(const Builder *builder, Node node, uint32_t region, uint32_t outer);
/* A step that is there is handed out of `region` under a number: itself, or a copy where it has a number already. */
void plan_export(Builder *builder, Node node, uint32_t region, uint32_t number);
/* The next number of an export of a map or of both arms of a branch, by a region of it. */
uint32_t plan_next_export(Builder *builder, uint32_t region);

/* plan_share.c: what is needed in several frames that have the same to do, run in one of them. */
void plan_share(Builder *builder, Node node);

/* plan_finish.c: what waits for what, and the order of steps. */
void plan_finish(Builder *builder);

/* plan_cycle.c: whether steps wait for each other, across regions. */
bool plan_has_cycle(const Plan *plan);

#endif
