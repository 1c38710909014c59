/* diff_rewritten.c: in what is the same, what is only written differently. */
#include "canon/differ.h"
#include "front/walk.h"

#include <string.h>

/* ---- names ---- */

static void count_names(Differ *differ) {
  const AlignSide *before = &differ->sides[BEFORE];
  const Graph *after = differ->sides[AFTER].graph;
  Map seen = {0};
  for (Node node = 0; node < graph_count(before->graph); node++) {
    Node there = before->to[node];
    if (there == NODE_NONE || !align_reachable(before, node)) continue;
    Sym mine = before->graph->name_of.data[node], theirs = after->name_of.data[there];
    uint64_t key = hash_add(mine, theirs);
    if (!mine || !theirs || mine == theirs || map_get(&seen, key)) continue;
    if (map_get(&differ->outputs[BEFORE], mine) && map_get(&differ->outputs[AFTER], theirs))
      continue; /* told of these */
    map_put(&seen, key, 1);
    differ->diff->rewritten.renames++;
  }
  map_free(&seen);
}

static uint32_t count_ports(const Port *before, const Port *after, uint32_t count) {
  uint32_t renames = 0;
  for (uint32_t i = 0; i < count; i++) renames += before[i].name != after[i].name;
  return renames;
}

static bool same_resources(const Differ *differ, const Task *before, const Task *after) {
  static const AttrKind resources[] = {ATTR_CPUS,  ATTR_GPUS, ATTR_MEMORY,  ATTR_DISK,   ATTR_NODES,
                                       ATTR_RANKS, ATTR_TIME, ATTR_TIMEOUT, ATTR_RETRIES};
  for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
    Node x = before->attrs[resources[i]], y = after->attrs[resources[i]];
    if ((x == NODE_NONE) != (y == NODE_NONE)) return false;
    if (x != NODE_NONE &&
        !digest_same(differ->sides[BEFORE].digests->nodes[x], differ->sides[AFTER].digests->nodes[y]))
      return false;
  }
  return true;
}

static void count_tasks(Differ *differ) {
  Rewritten *rewritten = &differ->diff->rewritten;
  const AlignSide *before = &differ->sides[BEFORE];
  for (uint32_t i = 0; i < before->graph->tasks.len; i++) {
    if (before->task_to[i] == NODE_NONE) continue;
    const Task *a = &before->graph->tasks.data[i],
               *b = &differ->sides[AFTER].graph->tasks.data[before->task_to[i]];
    rewritten->renames += a->name != b->name;
    if (a->in_count == b->in_count) rewritten->renames += count_ports(a->ins, b->ins, a->in_count);
    if (a->out_count == b->out_count) rewritten->renames += count_ports(a->outs, b->outs, a->out_count);
    rewritten->resources += !same_resources(differ, a, b);
  }
}

/* ---- flows and functions ---- */

typedef struct Reach {
  Map seen; /* declaration by its address */
  VEC(const Decl *) decls;
  VEC(Expr *) stack;
} Reach;

static void reach(Reach *reached, const Decl *decl) {
  if (!decl || (decl->kind != DECL_FLOW && decl->kind != DECL_FN) || map_get(&reached->seen, (uintptr_t)decl))
    return;
  map_put(&reached->seen, (uintptr_t)decl, 1);
  vec_push(&reached->decls, decl);
}

static void take(Expr *expr, void *with) {
  Reach *reached = with;
  if (expr->kind == EXPR_NAME && expr->ref == REF_DECL) reach(reached, expr->name.decl);
  vec_push(&reached->stack, expr);
}

static void take_block(Reach *reached, const Block *block) {
  for (uint32_t i = 0; block && i < block->count; i++) take(block->stmts[i]->value, reached);
  if (block && block->value) take(block->value, reached);
}

/* All that an entry is made of, itself first. */
static void reach_all(Reach *reached, const Decl *entry) {
  reach(reached, entry);
  for (uint32_t i = 0; i < reached->decls.len; i++) {
    const Decl *decl = reached->decls.data[i];
    if (decl->body) take(decl->body, reached);
    take_block(reached, decl->block);
    while (reached->stack.len) expr_parts(vec_pop(&reached->stack), take, reached);
  }
}

/* How many of one side have names that the other has not. */
static uint32_t count_alone(const Reach *mine, const Reach *other) {
  Map names = {0};
  uint32_t alone = 0;
  for (uint32_t i = 0; i < other->decls.len; i++) map_put(&names, other->decls.data[i]->name, 1);
  for (uint32_t i = 0; i < mine->decls.len; i++) alone += !map_get(&names, mine->decls.data[i]->name);
  map_free(&names);
  return alone;
}

static void count_flows(Differ *differ) {
  Rewritten *rewritten = &differ->diff->rewritten;
  Reach reached[2] = {{.stack = {0}}, {.stack = {0}}};
  for (int side = BEFORE; side <= AFTER; side++) reach_all(&reached[side], differ->diff->sides[side].flow);
  uint32_t before = count_alone(&reached[BEFORE], &reached[AFTER]),
           after = count_alone(&reached[AFTER], &reached[BEFORE]);
  uint32_t both = before < after ? before : after;
  rewritten->renames += both;
  rewritten->inlined = before - both;
  rewritten->drawn_out = after - both;
  for (int side = BEFORE; side <= AFTER; side++) {
    map_free(&reached[side].seen);
    vec_free(&reached[side].decls);
    vec_free(&reached[side].stack);
  }
}

/* ---- order ---- */

typedef struct Placed {
  uint32_t before, after;
} Placed;

static int by_before(const void *a, const void *b) {
  const Placed *x = a, *y = b;
  if (x->before != y->before) return x->before < y->before ? -1 : 1;
  return x->after < y->after ? -1 : x->after > y->after;
}

/* Whether steps that are each other's, in the same loops, stand in another order. */
static bool is_reordered(const Differ *differ) {
  const AlignSide *before = &differ->sides[BEFORE];
  VEC(Placed) placed = {0};
  for (Node node = 0; node < graph_count(before->graph); node++) {
    if (before->to[node] == NODE_NONE || !align_is_step(before->graph, node)) continue;
    if (differ->moved && differ->moved[node]) continue;
    Placed one = {differ_span(differ, BEFORE, node).lo, differ_span(differ, AFTER, before->to[node]).lo};
    if (one.before && one.after) vec_push(&placed, one);
  }
  if (placed.len) qsort(placed.data, placed.len, sizeof(Placed), by_before);
  bool reordered = false;
  for (uint32_t i = 1; i < placed.len; i++)
    reordered |= placed.data[i].before != placed.data[i - 1].before &&
                 placed.data[i].after < placed.data[i - 1].after;
  vec_free(&placed);
  return reordered;
}

void differ_rewritten(Differ *differ) {
  count_names(differ);
  count_tasks(differ);
  if (differ->diff->sides[BEFORE].flow && differ->diff->sides[AFTER].flow) count_flows(differ);
  differ->diff->rewritten.reordered = is_reordered(differ);
}
