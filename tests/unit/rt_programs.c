/* rt_programs.c: what the native emitter would write for a few small workflows. */
#include "rt_programs.h"

#include <stdlib.h>
#include <string.h>

#include "rt_types.h"

static const RtType t_unit = {.kind = RT_UNIT, .align = 1, .text = "()"};
static const RtType t_units = {
    .kind = RT_ARRAY, .align = 8, .size = 8, .has_pointers = 1, .text = "[()]", .elem = &t_unit};
static const RtPlace here = {"programs.wf", 1, 1};

/* ---- tasks: one input i; no output, a file, or a number ---- */

static const RtField i_field[] = {{"i", &t_int, 0}}, file_field[] = {{"out", &t_file, 0}},
                     n_field[] = {{"n", &t_int, 0}};
static const RtType t_in = {
    .kind = RT_RECORD, .align = 8, .size = 8, .field_count = 1, .text = "(i: Int)", .fields = i_field};
static const RtType t_none = {.kind = RT_RECORD, .align = 1, .text = "()"};
static const RtType t_made = {.kind = RT_RECORD,
                              .align = 8,
                              .size = 8,
                              .field_count = 1,
                              .has_pointers = 1,
                              .text = "(out: File)",
                              .fields = file_field};
static const RtType t_said = {
    .kind = RT_RECORD, .align = 8, .size = 8, .field_count = 1, .text = "(n: Int)", .fields = n_field};
static const RtPort in_i[] = {{.name = "i", .type = &t_int}};
static const RtPort out_file[] = {{.name = "out", .type = &t_file}},
                    out_n[] = {{.name = "n", .type = &t_int, .by_contents = 1}};

static void prepare(RtCtx *ctx, const char *in, RtAttrs *attrs, char *pieces) {
  (void)ctx, (void)attrs;
  memcpy(pieces, in, 8);
}

static void prepare_slow(RtCtx *ctx, const char *in, RtAttrs *attrs, char *pieces) {
  prepare(ctx, in, attrs, pieces);
  attrs->timeout = 0.3;
}

static void prepare_retry(RtCtx *ctx, const char *in, RtAttrs *attrs, char *pieces) {
  prepare(ctx, in, attrs, pieces);
  attrs->retries = 2;
}

static void prepare_big(RtCtx *ctx, const char *in, RtAttrs *attrs, char *pieces) {
  prepare(ctx, in, attrs, pieces);
  attrs->memory = 1e18;
}

static void finish_none(RtCtx *ctx, const char *in, char *out) { (void)ctx, (void)in, (void)out; }

static void finish_file(RtCtx *ctx, const char *in, char *out) {
  (void)in;
  *(const RtFile **)(void *)out = rt_out_file(ctx, &here, rt_string(ctx, "out", 3));
}

static void finish_number(RtCtx *ctx, const char *in, char *out) {
  (void)in;
  *(int64_t *)(void *)out = rt_parse_int(ctx, &here, rt_stdout_string(ctx, &here));
}

#define TEXT(string) \
  { .text = string, .text_len = sizeof string - 1 }
#define VALUE \
  { .type = &t_int, .quote = RT_QUOTE_SHELL }
#define RAN "echo x >> \"$WEFT_TEST_RAN\"; "

static const char *const shell[] = {"/bin/sh", "-eu", "-c", NULL};
static const RtPiece say[] = {TEXT(RAN "echo "), VALUE};
static const RtPiece make[] = {TEXT(RAN "echo "), VALUE, TEXT(" > out; echo junk > junk; echo a note >&2")};
static const RtPiece fail[] = {TEXT(RAN "echo bad >&2; test "), VALUE, TEXT(" != 2")};
static const RtPiece slow[] = {TEXT(RAN "sleep 77 & sleep 77; wait")};
static const RtPiece nap[] = {TEXT("sleep 0.1; " RAN "echo "), VALUE, TEXT(" > out")};
static const RtPiece lost[] = {{.text = "weft-no-such-program", .text_len = 20, .ends_word = 1}};

enum { SAY, MAKE, COUNT, FAIL, SLOW, NAP, LOST, BIG, TASKS };

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define HEX "0000000000000000000000000000000000000000000000000000000000000"
#define TASK(task_name, id, command, how, made, end)                                                \
  .name = task_name, .identity = id HEX "00", .place = {"programs.wf", 3, 5}, .interpreter = shell, \
  .in_count = 1, .ins = in_i, .in_type = &t_in, .out_type = made, .pieces_size = 8,                 \
  .piece_count = COUNT_OF(command), .pieces = command, .prepare = how, .finish = end
#define FILES .out_count = 1, .outs = out_file, .makes_files = 1
#define NUMBER .out_count = 1, .outs = out_n, .uses_stdout = 1

static const RtTask tasks[TASKS] = {
    [SAY] = {TASK("say", "a", say, prepare, &t_said, finish_number), NUMBER},
    [MAKE] = {TASK("make", "b", make, prepare, &t_made, finish_file), FILES},
    [COUNT] = {TASK("count", "c", say, prepare, &t_said, finish_number), NUMBER, .is_volatile = 1},
    [FAIL] = {TASK("fail", "d", fail, prepare_retry, &t_none, finish_none)},
    [SLOW] = {TASK("slow", "e", slow, prepare_slow, &t_none, finish_none)},
    [NAP] = {TASK("nap", "f", nap, prepare, &t_made, finish_file), FILES},
    [LOST] = {TASK("lost", "1", lost, prepare, &t_none, finish_none), .direct = 1},
    [BIG] = {TASK("big", "2", say, prepare_big, &t_said, finish_number), NUMBER},
};

/* ---- frames ---- */

typedef struct Root {
  RtFrameHead head;
  int64_t n, zero, results, last, extra, flag;
} Root;
typedef struct Body {
  RtFrameHead head;
  int64_t a, b, c;
} Body;

#define IN_ROOT(field) offsetof(Root, field)
#define IN_BODY(field) offsetof(Body, field)

static void index_of(RtCtx *ctx, char *frame) {
  (void)ctx, ((Body *)(void *)frame)->a = ((Body *)(void *)frame)->head.index;
}
static void always_1(RtCtx *ctx, char *frame) { (void)ctx, ((Body *)(void *)frame)->a = 1; }
static void square_of(RtCtx *ctx, char *frame) {
  Body *body = (Body *)(void *)frame;
  (void)ctx, body->b = body->head.index * body->head.index;
}
static void fail_at_7(RtCtx *ctx, char *frame) {
  if (((Body *)(void *)frame)->head.index == 7) rt_fail_index(ctx, &here, 9, 3);
}
static void add_index(RtCtx *ctx, char *frame) {
  Body *body = (Body *)(void *)frame;
  (void)ctx, body->b = body->a + body->head.index;
}
static void double_of(RtCtx *ctx, char *frame) {
  (void)ctx, ((Body *)(void *)frame)->b = 2 * ((Body *)(void *)frame)->a + 1;
}
static void is_large(RtCtx *ctx, char *frame) {
  Body *body = (Body *)(void *)frame;
  (void)ctx, *(uint8_t *)&body->c = body->b > 1000;
}
static void sum_of(RtCtx *ctx, char *frame) {
  Body *body = (Body *)(void *)frame;
  (void)ctx, body->c = body->a + body->b;
}
static void above_5(RtCtx *ctx, char *frame) {
  Root *root = (Root *)(void *)frame;
  (void)ctx, *(uint8_t *)&root->flag = root->n > 5;
}
static void question(RtCtx *ctx, char *frame) {
  ((Root *)(void *)frame)->extra = (int64_t)(intptr_t)rt_string(ctx, "go on?", 6);
}

/* ---- steps ---- */

static const uint32_t to_1[] = {1}, to_2[] = {2};
static const RtRef at_a[] = {{0, IN_BODY(a)}}, at_b[] = {{0, IN_BODY(b)}}, at_c[] = {{0, IN_BODY(c)}};
static const RtRef at_n[] = {{0, IN_ROOT(n)}}, at_zero[] = {{0, IN_ROOT(zero)}},
                   at_flag[] = {{0, IN_ROOT(flag)}};
static const RtRef at_outer_n[] = {{1, IN_ROOT(n)}};
static const RtRef for_fold[] = {{0, IN_ROOT(n)}, {0, IN_ROOT(zero)}},
                   for_loop[] = {{0, IN_ROOT(zero)}, {0, IN_ROOT(n)}};
static const RtRef for_tree[] = {{0, IN_ROOT(results)}, {0, IN_ROOT(zero)}};
static const RtRef for_ask[] = {{0, IN_ROOT(extra)}, {0, RT_NONE}, {0, RT_NONE}, {0, RT_NONE}};
static const RtOuter first_of_root[] = {{1, 0}};

#define THEN(steps) .nnext = 1, .next = steps
#define WITH(ref) .nrefs = COUNT_OF(ref), .refs = ref
#define EVAL(function, in)                                                                         \
  {                                                                                                \
    .kind = RT_EVAL, .slot = in, .type = &t_int, THEN(to_1), .export_ = RT_NONE, .code = function, \
    .name = "i"                                                                                    \
  }
#define CALL(task, made, in, ref, number)                                                                \
  {                                                                                                      \
    .kind = RT_CALL, .slot = in, .type = made, .ndeps = 1, WITH(ref), .target = task, .export_ = number, \
    .name = "xs"                                                                                         \
  }

static const RtStep say_body[] = {EVAL(index_of, IN_BODY(a)), CALL(SAY, &t_said, IN_BODY(b), at_a, 0)};
static const RtStep make_body[] = {EVAL(index_of, IN_BODY(a)), CALL(MAKE, &t_made, IN_BODY(b), at_a, 0)};
static const RtStep same_body[] = {EVAL(always_1, IN_BODY(a)), CALL(MAKE, &t_made, IN_BODY(b), at_a, 0)};
static const RtStep count_body[] = {EVAL(index_of, IN_BODY(a)), CALL(COUNT, &t_said, IN_BODY(b), at_a, 0)};
static const RtStep fail_body[] = {EVAL(index_of, IN_BODY(a)), CALL(FAIL, &t_none, IN_BODY(b), at_a, 0)};
static const RtStep slow_body[] = {EVAL(index_of, IN_BODY(a)), CALL(SLOW, &t_none, IN_BODY(b), at_a, 0)};
static const RtStep nap_body[] = {EVAL(index_of, IN_BODY(a)), CALL(NAP, &t_made, IN_BODY(b), at_a, 0)};
static const RtStep lost_body[] = {EVAL(index_of, IN_BODY(a)), CALL(LOST, &t_none, IN_BODY(b), at_a, 0)};
static const RtStep big_body[] = {EVAL(index_of, IN_BODY(a)), CALL(BIG, &t_said, IN_BODY(b), at_a, 0)};
static const RtStep square_body[] = {
    {.kind = RT_EVAL, .slot = IN_BODY(b), .type = &t_int, .export_ = 0, .code = square_of, .name = "x"}};
static const RtStep broken_body[] = {
    {.kind = RT_EVAL, .slot = IN_BODY(b), .type = &t_int, .export_ = 0, .code = fail_at_7, .name = "x"}};
static const RtStep fold_body[] = {EVAL(add_index, IN_BODY(b)), CALL(SAY, &t_said, IN_BODY(c), at_b, 0)};
static const RtStep loop_body[] = {{.kind = RT_EVAL,
                                    .slot = IN_BODY(b),
                                    .type = &t_int,
                                    THEN(to_1),
                                    .export_ = 0,
                                    .code = double_of,
                                    .name = "s"},
                                   {.kind = RT_EVAL,
                                    .slot = IN_BODY(c),
                                    .type = &t_bool,
                                    .ndeps = 1,
                                    .export_ = 1,
                                    .code = is_large,
                                    .name = "stop"}};
static const RtStep tree_body[] = {EVAL(sum_of, IN_BODY(c)), CALL(SAY, &t_said, IN_BODY(a), at_c, 0)};
static const RtStep branch_body[] = {
    {.kind = RT_CALL,
     .slot = IN_BODY(a),
     .type = &t_said,
     THEN(to_1),
     WITH(at_outer_n),
     .target = SAY,
     .export_ = RT_NONE,
     .name = "say"},
    {.kind = RT_COPY, .slot = IN_BODY(b), .type = &t_int, .ndeps = 1, WITH(at_a), .export_ = 0, .name = "v"}};
static const RtStep outer_body[] = {EVAL(index_of, IN_BODY(a)),
                                    {.kind = RT_CALL,
                                     .slot = IN_BODY(b),
                                     .type = &t_made,
                                     .ndeps = 1,
                                     .nouter = 1,
                                     .outer = first_of_root,
                                     WITH(at_a),
                                     .target = MAKE,
                                     .export_ = 0,
                                     .name = "xs"}};

#define MAP_STEP                                                                                          \
  {                                                                                                       \
    .kind = RT_MAP, .slot = IN_ROOT(extra), .type = &t_unit, WITH(at_n), .target = 1, .export_ = RT_NONE, \
    .name = "xs"                                                                                          \
  }
#define RESULT_STEP(types, of)                                                            \
  {                                                                                       \
    .kind = RT_RESULT, .slot = IN_ROOT(results), .type = types, THEN(to_2), .target = of, \
    .export_ = RT_NONE, .name = "xs"                                                      \
  }
#define LAST_STEP(types, of)                                                                      \
  {                                                                                               \
    .kind = RT_RESULT, .slot = IN_ROOT(results), .type = types, .target = of, .export_ = RT_NONE, \
    .name = "xs"                                                                                  \
  }

static const RtStep ints_root[] = {MAP_STEP, LAST_STEP(&t_ints, 0)};
static const RtStep files_root[] = {MAP_STEP, LAST_STEP(&t_files, 0)};
static const RtStep units_root[] = {MAP_STEP, LAST_STEP(&t_units, 0)};
static const RtStep fold_root[] = {{.kind = RT_FOLD,
                                    .slot = IN_ROOT(last),
                                    .type = &t_int,
                                    WITH(for_fold),
                                    .target = 1,
                                    .export_ = RT_NONE,
                                    .name = "acc"}};
static const RtStep loop_root[] = {{.kind = RT_LOOP,
                                    .slot = IN_ROOT(last),
                                    .type = &t_int,
                                    WITH(for_loop),
                                    .target = 1,
                                    .export_ = RT_NONE,
                                    .name = "s"}};
static const RtStep tree_root[] = {MAP_STEP,
                                   RESULT_STEP(&t_ints, 0),
                                   {.kind = RT_TREE,
                                    .slot = IN_ROOT(last),
                                    .type = &t_int,
                                    .ndeps = 1,
                                    WITH(for_tree),
                                    .target = 2,
                                    .export_ = RT_NONE,
                                    .name = "sum"}};
static const RtStep branch_root[] = {{.kind = RT_EVAL,
                                      .slot = IN_ROOT(flag),
                                      .type = &t_bool,
                                      THEN(to_1),
                                      .export_ = RT_NONE,
                                      .code = above_5,
                                      .name = "c"},
                                     {.kind = RT_BRANCH,
                                      .slot = IN_ROOT(results),
                                      .type = &t_unit,
                                      .ndeps = 1,
                                      WITH(at_flag),
                                      .target = 1,
                                      .other = RT_NONE,
                                      .export_ = RT_NONE,
                                      .name = "v"},
                                     {.kind = RT_RESULT,
                                      .slot = IN_ROOT(last),
                                      .type = &t_maybe,
                                      .target = 1,
                                      .export_ = RT_NONE,
                                      .name = "v"}};
static const RtStep outer_root[] = {{.kind = RT_CALL,
                                     .slot = IN_ROOT(last),
                                     .type = &t_made,
                                     WITH(at_zero),
                                     .target = NAP,
                                     .export_ = RT_NONE,
                                     .name = "x"},
                                    MAP_STEP,
                                    LAST_STEP(&t_files, 1)};
static const RtStep ask_root[] = {{.kind = RT_EVAL,
                                   .slot = IN_ROOT(extra),
                                   .type = &t_string,
                                   THEN(to_1),
                                   .export_ = RT_NONE,
                                   .code = question,
                                   .name = "q"},
                                  {.kind = RT_ASK,
                                   .volatile_context = 1,
                                   .slot = IN_ROOT(flag),
                                   .type = &t_bool,
                                   .ndeps = 1,
                                   WITH(for_ask),
                                   .export_ = RT_NONE,
                                   .name = "ok"}};

/* ---- programs ---- */

#define ROOT(list) \
  { .name = "main", .frame_size = sizeof(Root), .nsteps = COUNT_OF(list), .steps = list }
#define BODY(list, count)                                                                                   \
  {                                                                                                         \
    .name = "body", .frame_size = sizeof(Body), .nsteps = COUNT_OF(list), .nexports = count, .steps = list, \
    .state_type = &t_int, .state = IN_BODY(a), .right = IN_BODY(b)                                          \
  }

static const RtRegion say_regions[] = {ROOT(ints_root), BODY(say_body, 1)};
static const RtRegion make_regions[] = {ROOT(files_root), BODY(make_body, 1)};
static const RtRegion same_regions[] = {ROOT(files_root), BODY(same_body, 1)};
static const RtRegion count_regions[] = {ROOT(ints_root), BODY(count_body, 1)};
static const RtRegion fail_regions[] = {ROOT(units_root), BODY(fail_body, 1)};
static const RtRegion slow_regions[] = {ROOT(units_root), BODY(slow_body, 1)};
static const RtRegion nap_regions[] = {ROOT(files_root), BODY(nap_body, 1)};
static const RtRegion lost_regions[] = {ROOT(units_root), BODY(lost_body, 1)};
static const RtRegion big_regions[] = {ROOT(ints_root), BODY(big_body, 1)};
static const RtRegion square_regions[] = {ROOT(ints_root), BODY(square_body, 1)};
static const RtRegion broken_regions[] = {ROOT(ints_root), BODY(broken_body, 1)};
static const RtRegion fold_regions[] = {ROOT(fold_root), BODY(fold_body, 1)};
static const RtRegion loop_regions[] = {ROOT(loop_root), BODY(loop_body, 2)};
static const RtRegion tree_regions[] = {ROOT(tree_root), BODY(square_body, 1), BODY(tree_body, 1)};
static const RtRegion branch_regions[] = {ROOT(branch_root), BODY(branch_body, 1)};
static const RtRegion outer_regions[] = {ROOT(outer_root), BODY(outer_body, 1)};
static const RtRegion ask_regions[] = {ROOT(ask_root)};

static const RtPort ins[] = {{.name = "n", .doc = "how many", .type = &t_int, .offset = IN_ROOT(n)}};
static const RtOutput ints[] = {{"out", &t_ints, {0, IN_ROOT(results)}, 1}},
                      files[] = {{"out", &t_files, {0, IN_ROOT(results)}, 1}};
static const RtOutput units[] = {{"out", &t_units, {0, IN_ROOT(results)}, 1}},
                      last[] = {{"out", &t_int, {0, IN_ROOT(last)}, 0}};
static const RtOutput maybe[] = {{"out", &t_maybe, {0, IN_ROOT(last)}, 2}},
                      yes[] = {{"out", &t_bool, {0, IN_ROOT(flag)}, 1}};

#define PROGRAM(id, list, out)                                                                         \
  {                                                                                                    \
    .abi = RT_ABI, .name = id, .identity = "f" HEX "00", .weft_version = "0", .source = "programs.wf", \
    .in_count = 1, .ins = ins, .out_count = 1, .outs = out, .task_count = TASKS, .tasks = tasks,       \
    .region_count = COUNT_OF(list), .regions = list                                                    \
  }

static const RtProgram programs[] = {
    PROGRAM("say", say_regions, ints),        PROGRAM("make", make_regions, files),
    PROGRAM("same", same_regions, files),     PROGRAM("count", count_regions, ints),
    PROGRAM("fail", fail_regions, units),     PROGRAM("slow", slow_regions, units),
    PROGRAM("nap", nap_regions, files),       PROGRAM("lost", lost_regions, units),
    PROGRAM("big", big_regions, ints),        PROGRAM("square", square_regions, ints),
    PROGRAM("broken", broken_regions, ints),  PROGRAM("fold", fold_regions, last),
    PROGRAM("loop", loop_regions, last),      PROGRAM("tree", tree_regions, last),
    PROGRAM("branch", branch_regions, maybe), PROGRAM("outer", outer_regions, files),
    PROGRAM("ask", ask_regions, yes)};

const RtProgram *test_program(const char *name) {
  for (size_t i = 0; i < COUNT_OF(programs); i++)
    if (strcmp(programs[i].name, name) == 0) return &programs[i];
  abort();
}
