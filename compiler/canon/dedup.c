#include "canon/dedup.h"

#include <string.h>

/* From the coarsest view to the finest. */
static const View views[] = {VIEW_SHAPE, VIEW_PARAMS, VIEW_EXACT};
enum { VIEWS = sizeof views / sizeof *views };

bool dedup_add(Dedup *dedup, const char *path, const Graph *normal) {
  Member member = {.path = path};
  bool sure = true;
  for (int v = 0; v < VIEWS; v++) {
    Form *form = form_new(normal, views[v]);
    memcpy(member.hex[views[v]], form->hex, sizeof form->hex);
    sure &= !form->exhausted;
    if (views[v] == dedup->fragments) vertices_add(&dedup->vertices, form);
    form_free(form);
  }
  vec_push(&dedup->members, member);
  return sure;
}

/* ---- classes ---- */

/* For each member, under each view: how many are like it, and the first of them. */
typedef struct Kin {
  uint32_t member;
  uint32_t count[VIEWS], first[VIEWS];
} Kin;

static uint64_t hex_key(const char *hex) { return hash_bytes(hex, 64); }

static void find_kin(const Dedup *dedup, Kin *kin, int v) {
  Map first = {0};
  for (uint32_t m = 0; m < dedup->members.len; m++) {
    const char *hex = dedup->members.data[m].hex[views[v]];
    uint64_t key = hex_key(hex);
    uint32_t found;
    while ((found = map_get(&first, key)) && strcmp(dedup->members.data[found - 1].hex[views[v]], hex) != 0)
      key++;
    if (!found) map_put(&first, key, found = m + 1);
    kin[m].first[v] = found - 1;
    kin[found - 1].count[v]++;
  }
  for (uint32_t m = 0; m < dedup->members.len; m++) kin[m].count[v] = kin[kin[m].first[v]].count[v];
  map_free(&first);
}

static int by_class(const void *x, const void *y) {
  const Kin *a = x, *b = y;
  for (int v = 0; v < VIEWS; v++) {
    if (a->count[v] != b->count[v]) return a->count[v] > b->count[v] ? -1 : 1;
    if (a->first[v] != b->first[v]) return a->first[v] < b->first[v] ? -1 : 1;
  }
  return a->member < b->member ? -1 : a->member > b->member;
}

/* Classes of one view, from members that stand together. */
static void add_classes(Dedup *dedup, const Kin *kin, int v) {
  for (uint32_t m = 0; m < dedup->members.len; m += kin[m].count[v])
    vec_push(&dedup->classes, (DedupClass){.view = views[v], .first = m, .count = kin[m].count[v]});
}

static void link_parts(Dedup *dedup, uint32_t from, uint32_t to) {
  uint32_t part = to;
  for (uint32_t c = from; c < to; c++) {
    DedupClass *class = &dedup->classes.data[c];
    class->parts = part;
    for (; part < dedup->classes.len && dedup->classes.data[part].first < class->first + class->count; part++)
      class->parted++;
  }
}

void dedup_sort(Dedup *dedup) {
  uint32_t count = dedup->members.len, begin[VIEWS + 1] = {0};
  Kin *kin = mem_zero((count + 1) * sizeof *kin);
  Member *sorted = mem_alloc((count + 1) * sizeof *sorted);
  for (uint32_t m = 0; m < count; m++) kin[m].member = m;
  for (int v = 0; v < VIEWS; v++) find_kin(dedup, kin, v);
  qsort(kin, count, sizeof *kin, by_class);
  for (uint32_t m = 0; m < count; m++) sorted[m] = dedup->members.data[kin[m].member];
  for (int v = 0; v < VIEWS; v++) {
    begin[v] = dedup->classes.len;
    add_classes(dedup, kin, v);
    if (v) link_parts(dedup, begin[v - 1], begin[v]);
  }
  dedup->shapes = VIEWS > 1 ? begin[1] : dedup->classes.len;
  if (count) memcpy(dedup->members.data, sorted, count * sizeof *sorted);
  free(sorted);
  free(kin);
}

uint32_t dedup_count(const Dedup *dedup, View view) {
  uint32_t count = 0;
  for (uint32_t c = 0; c < dedup->classes.len; c++) count += dedup->classes.data[c].view == view;
  return count;
}

void dedup_free(Dedup *dedup) {
  vec_free(&dedup->members);
  vec_free(&dedup->classes);
  vertices_free(&dedup->vertices);
}
