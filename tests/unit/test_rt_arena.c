/* Arenas: alignment, zeroes, reuse, children, the cost of folds. */
#include <stdint.h>

#include "rt_types.h"

CU_ErrorCode suite_rt_arena(void);

static void alignment(void) {
  RtArena *arena = arena_new();
  for (size_t size = 0; size < 3000; size += 7) {
    char *piece = arena_alloc(arena, size);
    CU_ASSERT_EQUAL((uintptr_t)piece % 16, 0);
    for (size_t i = 0; i < size; i++) CU_ASSERT_FATAL(piece[i] == 0);
    memset(piece, 0xff, size);
  }
  arena_free(arena);
}

static void large_pieces(void) {
  RtArena *arena = arena_new();
  char *small = arena_alloc(arena, 10);
  char *large = arena_alloc(arena, 5 << 20);
  char *next = arena_alloc(arena, 10);
  CU_ASSERT_EQUAL(next, small + 16); /* the block in use stays so */
  memset(large, 1, 5 << 20);
  arena_reset(arena);
  CU_ASSERT_EQUAL(arena_used(arena), 0);
  char *again = arena_alloc(arena, 100);
  for (int i = 0; i < 100; i++) CU_ASSERT_FATAL(again[i] == 0);
  arena_free(arena);
}

static void large_first(void) {
  RtArena *arena = arena_new();
  memset(arena_alloc(arena, 1 << 20), 1, 1 << 20);
  memset(arena_alloc(arena, 64), 1, 64);
  arena_free(arena);
}

static void children(void) {
  RtArena *arena = arena_new(), *a = arena_new_child(arena), *b = arena_new_child(arena);
  arena_alloc(arena_new_child(b), 100);
  arena_alloc(a, 100);
  arena_free(a);
  arena_free(arena); /* b and its child with it: the leak checker says so */
}

/* A state that grows by one element a round: all copying stays in proportion to what is allocated. */
static void fold(void) {
  RtArena *arena = arena_new();
  RtCtx ctx = {.arena = arena};
  const RtString *state = arena_string(arena, "", 0);
  RtFold *fold = rt_fold_begin(&ctx, &t_string, &state);
  for (int i = 0; i < 20000; i++) {
    const RtString *parts[] = {state, arena_string(ctx.arena, "x", 1)};
    state = rt_concat(&ctx, parts, i % 100 == 99 ? 2 : 1);
    rt_fold_step(&ctx, fold, &state);
    CU_ASSERT_FATAL(arena_used(ctx.arena) < (size_t)4 << 20);
  }
  rt_fold_end(&ctx, fold, &state);
  CU_ASSERT_EQUAL(ctx.arena, arena);
  CU_ASSERT_EQUAL(state->len, 200);
  arena_free(arena);
}

CU_ErrorCode suite_rt_arena(void) {
  CU_pSuite suite = CU_add_suite("rt_arena", NULL, NULL);
  CU_add_test(suite, "alignment and zeroes", alignment);
  CU_add_test(suite, "large pieces", large_pieces);
  CU_add_test(suite, "a large piece first", large_first);
  CU_add_test(suite, "children", children);
  CU_add_test(suite, "folds", fold);
  return CU_get_error();
}
