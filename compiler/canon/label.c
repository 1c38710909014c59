#include "canon/labelling.h"

#include <string.h>

enum { MEMORY_FLOOR = 1 << 29, MEMORY_FACTOR = 16 };

/* One cell for each run of vertices whose keys and colours are the same. */
static Partition first_partition(const LabelGraph *graph, Pile *pile, Item *items) {
  Partition partition = partition_take(pile, graph->count);
  uint32_t cell = 0;
  for (uint32_t place = 0; place < graph->count; place++) {
    uint32_t vertex = items[place].id, before = place ? items[place - 1].id : 0;
    bool same = place && items[place].key == items[place - 1].key &&
                (!graph->colours || graph->colours[vertex] == graph->colours[before]);
    if (!same) {
      cell = place;
      partition.len[cell] = 0;
      partition.cells++;
    }
    partition.at[place] = vertex;
    partition.place[vertex] = place;
    partition.cell[vertex] = cell;
    partition.len[cell]++;
  }
  return partition;
}

/* Order what the first partition leaves open. */
static void label_rest(const LabelGraph *graph, uint64_t budget, Pile *pile, Partition *partition,
                       Labelling *labelling) {
  Sub sub = label_normal(graph, pile);
  Labeller labeller = {.pile = pile,
                       .refiner = refiner_new(graph->count),
                       .budget = budget,
                       .place = pile_take(pile, graph->count),
                       .cursor = pile_take(pile, graph->count)};
  uint32_t *order = pile_take(pile, graph->count);
  labeller.most_memory = pile_size(pile) * MEMORY_FACTOR + MEMORY_FLOOR;
  refine_first(labeller.refiner, &sub, partition);
  refine(labeller.refiner, &sub, partition, TRACE_NONE, NULL);
  Orbits orbits = {.sets = labelling->orbit};
  labelling->exhausted = !search_run(&labeller, &sub, partition, &orbits, order);
  for (uint32_t i = 0; i < graph->count; i++)
    labelling->place[labelling->exhausted ? partition->at[i] : order[i]] = i;
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
  Pile *pile = pile_new();
  Item *items = mem_alloc((2 * count + 1) * sizeof *items);
  label_keys(graph, items, items + count);
  Partition partition = first_partition(graph, pile, items);
  free(items);
  for (uint32_t v = 0; v < count; v++) labelling->orbit[v] = v;
  if (partition.cells < count)
    label_rest(graph, budget, pile, &partition, labelling);
  else
    memcpy(labelling->place, partition.place, count * sizeof *labelling->place);
  pile_free(pile);
  return !labelling->exhausted;
}

void labelling_free(Labelling *labelling) {
  free(labelling->place);
  free(labelling->orbit);
  *labelling = (Labelling){0};
}
