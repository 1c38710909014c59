#include "canon/labelling.h"

#include <string.h>

enum { MEMORY_FLOOR = 1 << 29, MEMORY_FACTOR = 16, WORDS_A_VERTEX = 56, WORDS_AN_EDGE = 6 };

/* One cell for each run of numbers whose keys and colours are the same. */
static void first_partition(const LabelGraph *graph, const uint32_t *order, const Item *items,
                            Partition *partition) {
  uint32_t cell = 0;
  for (uint32_t place = 0; place < graph->count; place++) {
    uint32_t number = items[place].id;
    bool same = place && items[place].key == items[place - 1].key &&
                (!graph->colours ||
                 graph->colours[order[number]] == graph->colours[order[items[place - 1].id]]);
    if (!same) {
      cell = place;
      partition->len[cell] = 0;
      partition->cells++;
    }
    partition->at[place] = number;
    partition->place[number] = place;
    partition->cell[number] = cell;
    partition->len[cell]++;
  }
}

/* The same cells with only the kept numbers, under their new ones; `places` becomes place → place in the
 * whole. */
static Partition part_of(const Partition *whole, const uint32_t *kept, uint32_t count, Pile *pile,
                         uint32_t *places) {
  Partition part = partition_take(pile, count);
  if (count == whole->count) {
    partition_copy(&part, whole);
    for (uint32_t place = 0; place < count; place++) places[place] = place;
    return part;
  }
  uint32_t *new = pile_zeros(pile, whole->count * sizeof *new);
  for (uint32_t i = 0; i < count; i++) new[kept[i]] = i + 1;
  for (uint32_t place = 0, put = 0, cell = 0; place < whole->count; place++) {
    uint32_t number = whole->at[place];
    if (!new[number]) continue;
    if (put == 0 || whole->cell[number] != whole->cell[kept[part.at[put - 1]]]) {
      cell = put;
      part.len[cell] = 0;
      part.cells++;
    }
    part.at[put] = new[number] - 1;
    part.place[new[number] - 1] = put;
    part.cell[new[number] - 1] = cell;
    part.len[cell]++;
    places[put++] = place;
  }
  return part;
}

/* Order what the first partition leaves open; its cells become places. */
static void label_rest(const LabelGraph *graph, uint64_t budget, Pile *pile, const uint32_t *order,
                       Partition *whole, Labelling *labelling) {
  uint32_t *kept = pile_take(pile, graph->count), *places = pile_take(pile, graph->count);
  Sub sub = label_open(graph, order, whole, pile, kept);
  Partition part = part_of(whole, kept, sub.count, pile, places);
  Labeller labeller = {.pile = pile,
                       .refiner = refiner_new(pile, sub.count),
                       .budget = budget,
                       .place = pile_take(pile, sub.count),
                       .cursor = pile_take(pile, sub.count)};
  uint32_t *found = pile_take(pile, sub.count), *owner = pile_take(pile, sub.count);
  for (uint32_t i = 0; i < sub.count; i++) owner[i] = order[kept[i]];
  labeller.most_memory = pile_size(pile) * MEMORY_FACTOR + MEMORY_FLOOR;
  refine_first(labeller.refiner, &sub, &part);
  refine(labeller.refiner, &sub, &part, TRACE_NONE, NULL);
  Orbits orbits = {.sets = labelling->orbit, .owner = owner};
  labelling->exhausted = !search_run(&labeller, &sub, &part, &orbits, found);
  for (uint32_t i = 0; i < sub.count; i++)
    whole->at[places[i]] = kept[labelling->exhausted ? part.at[i] : found[i]];
  for (uint32_t v = 0; v < graph->count; v++) labelling->orbit[v] = sets_find(labelling->orbit, v);
  labelling->generators = labeller.generators;
  labelling->work += labeller.work + labeller.refiner->work;
  refiner_free(labeller.refiner);
  free(labeller.tally.keys);
  free(labeller.tally.counts);
}

bool label_graph(const LabelGraph *graph, uint64_t budget, Labelling *labelling) {
  size_t count = graph->count;
  *labelling = (Labelling){.place = mem_alloc((count + 1) * sizeof(uint32_t)),
                           .orbit = mem_alloc((count + 1) * sizeof(uint32_t)),
                           .work = count + graph->first[count]};
  Pile *pile = pile_new(WORDS_A_VERTEX * count + WORDS_AN_EDGE * (size_t)graph->first[count]);
  uint32_t *order = pile_take(pile, count);
  Partition partition = partition_take(pile, graph->count);
  PileMark mark = pile_mark(pile);
  Item *items = pile_bytes(pile, count * sizeof *items);
  label_keys(graph, pile, items, order);
  first_partition(graph, order, items, &partition);
  pile_release(pile, mark);
  for (uint32_t v = 0; v < count; v++) labelling->orbit[v] = v;
  if (partition.cells < count) label_rest(graph, budget, pile, order, &partition, labelling);
  for (uint32_t place = 0; place < count; place++) labelling->place[order[partition.at[place]]] = place;
  pile_free(pile);
  return !labelling->exhausted;
}

void labelling_free(Labelling *labelling) {
  free(labelling->place);
  free(labelling->orbit);
  *labelling = (Labelling){0};
}
