/* steps.c: a workflow by hand that has nothing but evaluating steps, so that what is timed is the scheduler.
 * usage: steps --n N: a map over N frames (or, with FOLD defined, N rounds of a fold) of STEPS steps, one after the
 * other.  The compiler would make one loop of it. */
#include "weftrt.h"

#ifndef STEPS
#define STEPS 1
#endif
#ifdef FOLD
#define KIND RT_FOLD
#else
#define KIND RT_MAP
#endif

static const RtType int_type = {.kind = RT_INT, .align = 8, .size = 8, .text = "Int"};
static const RtType unit_type = {.kind = RT_UNIT, .align = 1, .text = "()"};

typedef struct Inner {
  RtFrameHead head;
  int64_t values[STEPS + 1];
} Inner;
typedef struct Root {
  RtFrameHead head;
  int64_t n, zero, last;
} Root;

#define AT(i) ((uint32_t)offsetof(Inner, values) + 8 * (uint32_t)(i))

/* The steps are equal but for their slots: each adds to the one before it, whose number the frame counts. */
static void add(RtCtx *ctx, char *frame) {
  (void)ctx;
  Inner *inner = (Inner *)frame;
  inner->values[STEPS] += inner->head.index;
}

static const RtRef root_refs[] = {{0, offsetof(Root, n)}, {0, offsetof(Root, zero)}};
static uint32_t next[STEPS];
static RtStep inner_steps[STEPS];
static const RtStep root_steps[] = {{.kind = KIND,
                                     .type = KIND == RT_FOLD ? &int_type : &unit_type,
                                     .slot = offsetof(Root, last),
                                     .nrefs = KIND == RT_FOLD ? 2 : 1,
                                     .refs = root_refs,
                                     .target = 1,
                                     .other = RT_NONE,
                                     .export_ = RT_NONE,
                                     .name = "r",
                                     .place = {"steps.wf", 1, 1}}};
static const RtRegion regions[] = {
    {.name = "main", .frame_size = sizeof(Root), .nsteps = 1, .steps = root_steps},
    {.name = "for i",
     .frame_size = sizeof(Inner),
     .nsteps = STEPS,
     .nexports = 1,
     .steps = inner_steps,
     .state_type = &int_type,
     .state = AT(0)},
};
static const RtPort ins[] = {
    {.name = "n", .doc = "", .type = &int_type, .offset = offsetof(Root, n), .line = 1}};
static const RtProgram program = {
    .abi = RT_ABI,
    .name = "main",
    .doc = "",
    .weft_version = "0",
    .source = "steps.wf",
    .identity = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .in_count = 1,
    .region_count = 2,
    .ins = ins,
    .regions = regions,
};

int main(int argc, char **argv) {
  for (uint32_t i = 0; i < STEPS; i++) {
    int last = i + 1 == STEPS;
    next[i] = i + 1;
    inner_steps[i] = (RtStep){.kind = RT_EVAL,
                              .slot = AT(STEPS),
                              .type = &int_type,
                              .ndeps = i > 0,
                              .nnext = !last,
                              .next = &next[i],
                              .target = RT_NONE,
                              .other = RT_NONE,
                              .export_ = last ? 0 : RT_NONE,
                              .code = add,
                              .name = "s",
                              .place = {"steps.wf", 1, 1}};
  }
  return rt_main(&program, argc, argv);
}
