#include "canon/labelling.h"

#include <string.h>

enum { MEMORY_FLOOR = 1 << 29, MEMORY_FACTOR = 16, WORDS_A_VERTEX = 56, WORDS_AN_EDGE = 6 };

/* Order what the first partition leaves open. */
static void label_rest(const Open *open, uint64_t budget, Pile *pile, Labelling *labelling) {
  uint32_t count = open->sub.count;
  Partition part = open->partition;
  Labeller labeller = {.pile = pile,
                       .refiner = refiner_new(pile, count),
                       .budget = budget,
                       .place = pile_take(pile, count),
                       .cursor = pile_take(pile, count)};
  uint32_t *found = pile_take(pile, count);
  labeller.most_memory = pile_size(pile) * MEMORY_FACTOR + MEMORY_FLOOR;
  refine_first(labeller.refiner, &open->sub, &part);
  refine(labeller.refiner, &open->sub, &part, TRACE_NONE, NULL);
  Orbits orbits = {.sets = labelling->orbit, .owner = open->kept};
  labelling->exhausted = !search_run(&labeller, &open->sub, &part, &orbits, found);
  for (uint32_t i = 0; i < count; i++)
    labelling->place[open->kept[labelling->exhausted ? part.at[i] : found[i]]] = open->places[i];
  labelling->generators = labeller.generators;
  labelling->work += labeller.work + labeller.refiner->work;
  refiner_free(labeller.refiner);
  free(labeller.tally.keys);
  free(labeller.tally.counts);
}

/* One cell for each run of items whose keys and colours are the same.  How many vertices share theirs: `shared`
 * becomes these. */
static uint32_t first_cells(const LabelGraph *graph, const Item *items, uint32_t *cell, uint32_t *shared) {
  uint32_t start = 0, count = 0;
  for (uint32_t place = 0; place < graph->count; place++) {
    uint32_t vertex = items[place].id, first = items[start].id;
    bool same = items[place].key == items[start].key &&
                (!graph->colours || graph->colours[vertex] == graph->colours[first]);
    if (!same) start = place;
    cell[vertex] = start;
    if (start == place) continue;
    if (start + 1 == place) shared[count++] = first;
    shared[count++] = vertex;
  }
  return count;
}

bool label_graph(const LabelGraph *graph, uint64_t budget, Labelling *labelling) {
  size_t count = graph->count;
  *labelling = (Labelling){.place = mem_alloc((count + 1) * sizeof(uint32_t)),
                           .orbit = mem_alloc((count + 1) * sizeof(uint32_t)),
                           .work = count + graph->first[count]};
  Pile *pile = pile_new(WORDS_A_VERTEX * count + WORDS_AN_EDGE * (size_t)graph->first[count]);
  uint32_t *order = pile_take(pile, count + 1);
  Item *items = pile_bytes(pile, count * sizeof *items);
  label_keys(graph, pile, items, order);
  for (uint32_t v = 0; v < count; v++) labelling->orbit[v] = v;
  uint32_t *shared = pile_take(pile, count);
  uint32_t open_count = first_cells(graph, items, labelling->place, shared);
  if (open_count) {
    Open open = label_open(graph, items, order, labelling->place, shared, open_count, pile);
    label_rest(&open, budget, pile, labelling);
    for (uint32_t v = 0; v < count; v++) labelling->orbit[v] = sets_find(labelling->orbit, v);
  }
  pile_free(pile);
  return !labelling->exhausted;
}

void labelling_free(Labelling *labelling) {
  free(labelling->place);
  free(labelling->orbit);
  *labelling = (Labelling){0};
}
