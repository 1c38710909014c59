#include "canon/labelling.h"

#include <string.h>

/* The certificates of all components, one after the other. */
typedef struct Merge {
  Labeller *labeller;
  Split *split;
  size_t *start; /* of each component's certificate in `words`; and one more */
  uint32_t *words;
  Item *items;
} Merge;

static int compare_components(const void *a, const void *b, void *data) {
  const Merge *merge = data;
  uint32_t x = ((const Item *)a)->id, y = ((const Item *)b)->id;
  size_t xs = merge->start[x + 1] - merge->start[x], ys = merge->start[y + 1] - merge->start[y];
  if (xs != ys) return xs < ys ? -1 : 1;
  return words_compare(merge->words + merge->start[x], merge->words + merge->start[y], xs);
}

static void write_certificates(Merge *merge) {
  const Split *split = merge->split;
  size_t total = 0;
  for (uint32_t i = 0; i < split->components; i++) {
    Sub sub = split_component(split, i);
    merge->start[i] = total;
    total += certificate_size(&sub);
  }
  merge->start[split->components] = total;
  merge->words = pile_take(merge->labeller->pile, total);
  for (uint32_t i = 0; i < split->components; i++) {
    Sub sub = split_component(split, i);
    uint32_t *words = merge->words + merge->start[i];
    certificate_write(&sub, split->order + split->first[i], merge->labeller->place, merge->labeller->cursor,
                      words);
    merge->items[i] = (Item){words_hash(words, merge->start[i + 1] - merge->start[i]), i};
  }
  merge->labeller->work += total;
}

/* Sort by hash, and where hashes are equal by the certificates themselves. */
static void sort_components(Merge *merge) {
  uint32_t count = merge->split->components;
  Item *items = merge->items;
  items_sort(merge->labeller->pile, items, count);
  for (uint32_t from = 0, end; from < count; from = end) {
    bool same = true;
    for (end = from + 1; end < count && items[end].key == items[from].key; end++)
      same &= compare_components(&items[end], &items[from], merge) == 0;
    if (!same) qsort_r(items + from, end - from, sizeof *items, compare_components, merge);
  }
}

/* Components that are the same can be exchanged. */
static void join_equal(Merge *merge, const Orbits *orbits) {
  const Split *split = merge->split;
  for (uint32_t i = 1; i < split->components; i++) {
    if (compare_components(&merge->items[i - 1], &merge->items[i], merge) != 0) continue;
    uint32_t x = split->first[merge->items[i - 1].id], y = split->first[merge->items[i].id];
    uint32_t count = split->first[merge->items[i].id + 1] - y;
    for (uint32_t k = 0; k < count; k++)
      sets_join(orbits->sets, split->owner[x + split->order[x + k]], split->owner[y + split->order[y + k]]);
    merge->labeller->generators++;
  }
}

/* Each cell is filled by the components in their order. */
static void fill_cells(const Split *split, const Item *items, const Partition *partition, uint32_t *order) {
  for (uint32_t i = 0; i < split->components; i++) {
    uint32_t component = items ? items[i].id : i, first = split->first[component];
    for (uint32_t k = first; k < split->first[component + 1]; k++) {
      uint32_t vertex = split->vertex[first + split->order[k]];
      order[split->fill[partition->cell[vertex]]++] = vertex;
    }
  }
}

void split_finish(Labeller *labeller, const Partition *partition, const Orbits *orbits, Split *split,
                  uint32_t *order) {
  if (split->components <= 1) {
    fill_cells(split, NULL, partition, order);
    return;
  }
  size_t count = split->components;
  PileMark mark = pile_mark(labeller->pile);
  Merge merge = {.labeller = labeller,
                 .split = split,
                 .start = pile_bytes(labeller->pile, (count + 1) * sizeof(size_t)),
                 .items = pile_bytes(labeller->pile, count * sizeof(Item))};
  write_certificates(&merge);
  sort_components(&merge);
  join_equal(&merge, orbits);
  fill_cells(split, merge.items, partition, order);
  pile_release(labeller->pile, mark);
}
