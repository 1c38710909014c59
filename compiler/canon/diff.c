#include "canon/differ.h"

#include <string.h>

const ChangeInfo change_info[CHANGE_COUNT] = {
#define CHANGE(change, name, sign, one, many) [change] = {name, sign, one, many},
#include "canon/changes.def"
#undef CHANGE
};

static uint64_t text_key(uint64_t key, const char *text) {
  return text ? hash_add(key, hash_bytes(text, strlen(text))) : hash_add(key, 0);
}

Change *differ_tell(Differ *differ, ChangeKind kind, const Span places[2], const char *what,
                    const char *before, const char *after) {
  Diff *diff = differ->diff;
  uint64_t key = hash_add(hash_add(kind, places[BEFORE].lo), places[AFTER].lo);
  key = text_key(text_key(text_key(key, what), before), after);
  uint32_t at = map_get(&differ->told, key);
  if (at) return &diff->changes.data[at - 1];
  Change change = {kind, {places[BEFORE], places[AFTER]}, what, {before, after}, 0, {NODE_NONE, NODE_NONE}};
  vec_push(&diff->changes, change);
  map_put(&differ->told, key, diff->changes.len);
  return &vec_last(&diff->changes);
}

void differ_nodes(Change *change, Node before, Node after) {
  change->nodes[BEFORE] = before;
  change->nodes[AFTER] = after;
}

/* By the place after; what is only before by that. */
static int by_place(const void *a, const void *b) {
  const Change *x = a, *y = b;
  for (int side = AFTER; side >= BEFORE; side--) {
    uint32_t i = x->places[side].lo, j = y->places[side].lo;
    if (i && j && i != j) return i < j ? -1 : 1;
  }
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  return strcmp(x->what, y->what);
}

/* A place that one side lacks is taken as that of the change before it, so that the order is one. */
static void sort_changes(Diff *diff) {
  if (diff->changes.len) qsort(diff->changes.data, diff->changes.len, sizeof(Change), by_place);
}

static void derive(Differ *differ) {
  const Graph *before = differ->sides[BEFORE].graph;
  differ->moved = mem_zero(graph_count(before) + 1);
  differ_tasks(differ);
  differ_ends(differ);
  differ_scatters(differ);
  differ_steps(differ);
  differ_wires(differ);
}

/* Something differs that no kind of change is made for: at least which output. */
static void tell_anything(Differ *differ) {
  const Graph *a = differ->sides[BEFORE].graph, *b = differ->sides[AFTER].graph;
  Span places[2] = {a->outputs.len ? a->outputs.data[0].span : a->span,
                    b->outputs.len ? b->outputs.data[0].span : b->span};
  differ_tell(differ, CHANGE_EXPRESSION, places, "what is shared and what is done twice", NULL, NULL);
}

Diff *diff_new(const DiffSide sides[2]) {
  Diff *diff = mem_alloc(sizeof *diff);
  *diff = (Diff){.sides = sides, .arena = arena_new()};
  for (int side = BEFORE; side <= AFTER; side++) {
    diff->forms[side] = form_new(sides[side].normal, VIEW_EXACT);
    diff->exhausted |= diff->forms[side]->exhausted;
  }
  diff->same = !strcmp(diff->forms[BEFORE]->hex, diff->forms[AFTER]->hex);
  diff->align = align_new(&diff->forms[BEFORE]->digests, &diff->forms[AFTER]->digests);
  Differ differ = {.diff = diff, .align = diff->align, .sides = diff->align->sides};
  if (!diff->same) {
    for (int side = BEFORE; side <= AFTER; side++) differ.places[side] = places_new(sides[side].program);
    derive(&differ);
    if (!diff->changes.len) tell_anything(&differ);
  }
  differ_rewritten(&differ);
  sort_changes(diff);
  for (uint32_t i = 0; i < diff->changes.len; i++) diff->counts[diff->changes.data[i].kind]++;
  for (int side = BEFORE; side <= AFTER; side++) {
    places_free(differ.places[side]);
    map_free(&differ.inputs[side]);
    map_free(&differ.outputs[side]);
    map_free(&differ.variables[side]);
  }
  map_free(&differ.told);
  map_free(&differ.grouped);
  map_free(&differ.arrays);
  free(differ.moved);
  return diff;
}

void diff_free(Diff *diff) {
  align_free(diff->align);
  form_free(diff->forms[BEFORE]);
  form_free(diff->forms[AFTER]);
  vec_free(&diff->changes);
  arena_free(diff->arena);
  free(diff);
}
