/* fold.c: folds whose state is on the heap, in two scratch arenas of which one is alive. */
#include "arena.h"

/* A state is moved to the other arena only when what is dead may be more than half of the memory, and worth it:
 * so all copying together costs no more than all allocation did. */
enum { WORTH_MOVING = 1 << 20 };

struct RtFold {
  const RtType *type;
  RtArena *outer; /* where the fold began, and its result goes */
  RtArena *scratch, *spare;
  size_t live; /* bytes of the state when it was last moved */
};

RtFold *rt_fold_begin(RtCtx *ctx, const RtType *type, void *state) {
  (void)state; /* it lives in the outer arena, and needs no copy */
  RtFold *fold = arena_alloc(ctx->arena, sizeof *fold);
  fold->type = type;
  fold->outer = ctx->arena;
  /* Children of the outer arena, since a step that fails never comes to rt_fold_end. */
  fold->scratch = arena_new_child(fold->outer);
  fold->spare = arena_new_child(fold->outer);
  ctx->arena = fold->scratch;
  return fold;
}

void rt_fold_step(RtCtx *ctx, RtFold *fold, void *state) {
  size_t used = arena_used(fold->scratch);
  if (used < WORTH_MOVING || used < 2 * fold->live) return;
  value_copy(fold->spare, fold->type, state, state);
  fold->live = arena_used(fold->spare);
  RtArena *old = fold->scratch;
  fold->scratch = fold->spare;
  fold->spare = old;
  arena_reset(old);
  ctx->arena = fold->scratch;
}

void rt_fold_end(RtCtx *ctx, RtFold *fold, void *state) {
  value_copy(fold->outer, fold->type, state, state);
  ctx->arena = fold->outer;
  arena_free(fold->scratch);
  arena_free(fold->spare);
}
