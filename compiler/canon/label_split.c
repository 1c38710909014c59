#include "canon/labelling.h"

#include "base/hash.h"

#include <string.h>

typedef struct Splitter {
  Labeller *labeller;
  const Sub *sub;
  const Partition *partition;
  uint8_t *
      joins; /* entry of `near` → whether this edge connects, rather than being one of all that there can be */
  uint8_t *left;    /* vertex → whether it is in a component */
  uint32_t *sets;   /* of vertices that are connected */
  bool any;         /* whether there is a component */
  uint32_t *joined; /* cell → how many relations to others are neither empty nor complete */
} Splitter;

/* ---- which edges connect ---- */

static void tally_room(Tally *tally, uint32_t room) {
  if (room > tally->room) {
    tally->keys = mem_resize(tally->keys, room * sizeof *tally->keys);
    tally->counts = mem_resize(tally->counts, room * sizeof *tally->counts);
    tally->room = room;
  }
  tally->mask = room - 1;
  memset(tally->counts, 0, room * sizeof *tally->counts);
}

static void tally_clear(Tally *tally) {
  tally->used = 0;
  tally_room(tally, 8);
}

static uint32_t tally_slot(const Tally *tally, uint64_t key) {
  uint32_t slot = (uint32_t)hash_mix(key) & tally->mask;
  while (tally->counts[slot] && tally->keys[slot] != key) slot = (slot + 1) & tally->mask;
  return slot;
}

static void tally_grow(Tally *tally) {
  Tally old = *tally;
  *tally = (Tally){.used = old.used};
  tally_room(tally, 2 * (old.mask + 1));
  for (uint32_t i = 0; i <= old.mask; i++) {
    if (!old.counts[i]) continue;
    uint32_t slot = tally_slot(tally, old.keys[i]);
    tally->keys[slot] = old.keys[i];
    tally->counts[slot] = old.counts[i];
  }
  free(old.keys);
  free(old.counts);
}

static void tally_add(Tally *tally, uint64_t key, uint32_t count) {
  uint32_t slot = tally_slot(tally, key);
  if (!tally->counts[slot] && ++tally->used * 2 > tally->mask) {
    tally_grow(tally);
    slot = tally_slot(tally, key);
  }
  tally->keys[slot] = key;
  tally->counts[slot] += count;
}

/* The relation that an edge belongs to: its kind and the cell of its end.  Loops are a relation of their own. */
static uint64_t relation_key(const Splitter *splitter, uint32_t vertex, uint32_t edge) {
  uint32_t end = splitter->sub->near[edge];
  uint64_t cell = end == vertex ? splitter->sub->count : splitter->partition->cell[end];
  return cell << 32 | (splitter->sub->kind ? splitter->sub->kind[edge] : 0);
}

static bool relation_complete(const Splitter *splitter, uint32_t cell, uint64_t key, uint32_t edges) {
  uint32_t end = (uint32_t)(key >> 32);
  uint64_t len = splitter->partition->len[cell];
  if (end == splitter->sub->count) return edges == len;
  return edges == len * (end == cell ? len - 1 : splitter->partition->len[end]);
}

/* The edges that leave a cell; 0 if there is nothing to decide. */
static uint32_t edges_of(const Splitter *splitter, uint32_t cell) {
  const Partition *partition = splitter->partition;
  const Sub *sub = splitter->sub;
  uint32_t edges = 0, len = partition->len[cell];
  bool decide = len > 1;
  for (uint32_t place = cell; place < cell + len; place++) {
    const uint32_t *off = sub->off + 2 * (size_t)partition->at[place];
    edges += off[1] - off[0];
    for (uint32_t e = off[0]; e < off[1] && !decide; e++)
      decide = partition->len[partition->cell[sub->near[e]]] > 1;
  }
  return decide ? edges : 0;
}

/* Count the relations from a cell.  Edges of one relation mostly come in runs. */
static void tally_relations(const Splitter *splitter, uint32_t cell, Tally *tally) {
  const Sub *sub = splitter->sub;
  const Partition *partition = splitter->partition;
  uint64_t last = 0;
  uint32_t run = 0;
  tally_clear(tally);
  for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
    uint32_t vertex = partition->at[place];
    for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++) {
      uint64_t key = relation_key(splitter, vertex, e);
      if (key != last && run) {
        tally_add(tally, last, run);
        run = 0;
      }
      last = key;
      run++;
    }
  }
  if (run) tally_add(tally, last, run);
}

/* How many relations from a cell are neither empty nor complete. */
static uint32_t count_joining(const Splitter *splitter, uint32_t cell, const Tally *tally) {
  uint32_t joining = 0;
  for (uint32_t slot = 0; slot <= tally->mask; slot++) {
    uint64_t key = tally->keys[slot];
    if (!tally->counts[slot] || relation_complete(splitter, cell, key, tally->counts[slot])) continue;
    joining++;
    if (key >> 32 != splitter->sub->count) splitter->joined[key >> 32]++;
  }
  splitter->joined[cell] += joining;
  return joining;
}

static void join(Splitter *splitter, uint32_t vertex, uint32_t edge) {
  uint32_t end = splitter->sub->near[edge];
  splitter->joins[edge - splitter->sub->off[0]] = 1;
  splitter->left[vertex] = splitter->left[end] = 1;
  sets_join(splitter->sets, vertex, end);
  splitter->any = true;
}

/* Join what the edges that leave a cell connect. */
static void join_from(Splitter *splitter, uint32_t cell) {
  const Sub *sub = splitter->sub;
  const Partition *partition = splitter->partition;
  Tally *tally = &splitter->labeller->tally;
  uint32_t edges = edges_of(splitter, cell);
  if (!edges) return;
  tally_relations(splitter, cell, tally);
  splitter->labeller->work += edges;
  if (!count_joining(splitter, cell, tally)) return;
  uint64_t last = UINT64_MAX;
  bool complete = true;
  for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
    uint32_t vertex = partition->at[place];
    for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++) {
      uint64_t key = relation_key(splitter, vertex, e);
      if (key != last)
        complete = relation_complete(splitter, cell, key, tally->counts[tally_slot(tally, key)]);
      last = key;
      if (!complete) join(splitter, vertex, e);
    }
  }
}

/* ---- what is connected ---- */

static uint32_t best_target(const Splitter *splitter) {
  const Partition *partition = splitter->partition;
  uint32_t best = UINT32_MAX;
  for (uint32_t cell = 0; cell < partition->count; cell += partition->len[cell])
    if (partition->len[cell] > 1 && (best == UINT32_MAX || splitter->joined[cell] > splitter->joined[best]))
      best = cell;
  return best;
}

/* Number the components by their first vertex, and lay out the vertices of each in the order of the cells.
 * `slot` becomes the number of each vertex among all. */
static void lay_vertices(Splitter *splitter, const Orbits *orbits, Split *split, uint32_t *slot) {
  const Partition *partition = splitter->partition;
  uint32_t *number = split->owner, *size = split->first; /* until they get their own contents */
  for (uint32_t place = 0; place < partition->count; place++) {
    uint32_t vertex = partition->at[place], root;
    if (!splitter->left[vertex]) continue;
    root = sets_find(splitter->sets, vertex);
    if (splitter->left[root] == 1) {
      splitter->left[root] = 2;
      number[root] = split->components;
      size[++split->components] = 0;
    }
    slot[vertex] = number[root];
    size[number[root] + 1]++;
  }
  size[0] = 0;
  for (uint32_t i = 0; i < split->components; i++) size[i + 1] += size[i];
  split->vertices = size[split->components];
  for (uint32_t place = 0; place < partition->count; place++) {
    uint32_t vertex = partition->at[place];
    if (!splitter->left[vertex]) continue;
    slot[vertex] = size[slot[vertex]]++;
    split->vertex[slot[vertex]] = vertex;
  }
  memmove(size + 1, size, split->components * sizeof *size);
  size[0] = 0;
  for (uint32_t k = 0; k < split->vertices; k++) split->owner[k] = orbits_owner(orbits, split->vertex[k]);
}

/* Whether an edge of the graph that is split is one of a component. */
static bool joins(const Splitter *splitter, uint32_t edge) {
  return splitter->joins[edge - splitter->sub->off[0]];
}

/* `off` as stretches: first the lengths, then the places. */
static void lay_off(const Splitter *splitter, const Split *split, const uint32_t *slot, uint32_t *off) {
  const Sub *sub = splitter->sub;
  memset(off, 0, (2 * (size_t)split->vertices + 1) * sizeof *off);
  for (uint32_t k = 0; k < split->vertices; k++) {
    uint32_t vertex = split->vertex[k];
    for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++) {
      if (!joins(splitter, e)) continue;
      off[2 * k + 1]++;
      off[2 * slot[sub->near[e]] + 2]++;
    }
  }
  for (uint32_t i = 0; i < 2 * split->vertices; i++) off[i + 1] += off[i];
}

/* The edges of one component; `fill` is where the next edge to each vertex goes. */
static void lay_component(const Splitter *splitter, const Split *split, uint32_t component,
                          const uint32_t *slot, uint32_t *fill, uint32_t *near, uint32_t *kind) {
  const Sub *sub = splitter->sub;
  uint32_t first = split->first[component], end = split->first[component + 1];
  for (uint32_t k = first; k < end; k++) {
    uint32_t vertex = split->vertex[k], put = split->whole.off[2 * k];
    for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++) {
      if (!joins(splitter, e)) continue;
      uint32_t to = slot[sub->near[e]], back = fill[to]++;
      near[put] = to - first;
      near[back] = k - first;
      if (kind) kind[put] = kind[back] = sub->kind[e];
      put++;
    }
  }
}

static void lay_edges(Splitter *splitter, Split *split, const uint32_t *slot) {
  const Sub *sub = splitter->sub;
  Pile *pile = splitter->labeller->pile;
  uint32_t *off = pile_take(pile, 2 * (size_t)split->vertices + 1);
  lay_off(splitter, split, slot, off);
  size_t entries = off[2 * split->vertices];
  uint32_t *near = pile_take(pile, entries), *kind = sub->kind ? pile_take(pile, entries) : NULL;
  uint32_t *colour = pile_take(pile, split->vertices),
           *fill = split->order; /* until it gets its own contents */
  for (uint32_t k = 0; k < split->vertices; k++) {
    fill[k] = off[2 * k + 1];
    colour[k] = splitter->partition->cell[split->vertex[k]];
  }
  split->whole = (Sub){.count = split->vertices, .off = off, .near = near, .kind = kind, .colour = colour};
  for (uint32_t i = 0; i < split->components; i++) lay_component(splitter, split, i, slot, fill, near, kind);
  splitter->labeller->work += entries + split->vertices;
}

/* What shares a cell but is connected to nothing comes first in it: all of these can be exchanged. */
static void lay_loose(Splitter *splitter, const Orbits *orbits, uint32_t *fill, uint32_t *order) {
  const Partition *partition = splitter->partition;
  for (uint32_t cell = 0; cell < partition->count; cell += partition->len[cell]) {
    uint32_t put = cell;
    for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
      uint32_t vertex = partition->at[place];
      if (splitter->left[vertex]) continue;
      order[put] = vertex;
      if (put > cell)
        sets_join(orbits->sets, orbits_owner(orbits, order[cell]), orbits_owner(orbits, vertex));
      splitter->labeller->generators += put++ > cell;
    }
    fill[cell] = put;
  }
}

static Splitter splitter_new(Labeller *labeller, const Sub *sub, const Partition *partition) {
  size_t n = partition->count, entries = sub->off[2 * n] - sub->off[0];
  Splitter splitter = {.labeller = labeller,
                       .sub = sub,
                       .partition = partition,
                       .joins = pile_zeros(labeller->pile, entries),
                       .left = pile_zeros(labeller->pile, n),
                       .sets = pile_take(labeller->pile, n),
                       .joined = pile_zeros(labeller->pile, n * sizeof(uint32_t))};
  for (uint32_t v = 0; v < n; v++) splitter.sets[v] = v;
  return splitter;
}

void split_make(Labeller *labeller, const Sub *sub, const Partition *partition, const Orbits *orbits,
                Split *split, uint32_t *order) {
  Pile *pile = labeller->pile;
  size_t n = partition->count;
  *split = (Split){.first = pile_take(pile, n + 1),
                   .vertex = pile_take(pile, n),
                   .owner = pile_take(pile, n),
                   .order = pile_take(pile, n),
                   .fill = pile_take(pile, n)};
  Splitter splitter = splitter_new(labeller, sub, partition);
  for (uint32_t cell = 0; cell < n; cell += partition->len[cell]) join_from(&splitter, cell);
  split->target = best_target(&splitter);
  lay_loose(&splitter, orbits, split->fill, order);
  if (splitter.any) {
    uint32_t *slot = pile_take(pile, n);
    lay_vertices(&splitter, orbits, split, slot);
    lay_edges(&splitter, split, slot);
  }
  labeller->work += n;
}

Sub split_component(const Split *split, uint32_t component) {
  uint32_t first = split->first[component];
  Sub sub = split->whole;
  sub.count = split->first[component + 1] - first;
  sub.off += 2 * (size_t)first;
  sub.colour += first;
  return sub;
}

void split_partition(const Sub *component, Partition *partition) {
  partition->cells = 0;
  for (uint32_t v = 0, cell = 0; v < component->count; v++) {
    if (v == 0 || component->colour[v] != component->colour[v - 1]) {
      cell = v;
      partition->len[cell] = 0;
      partition->cells++;
    }
    partition->at[v] = partition->place[v] = v;
    partition->cell[v] = cell;
    partition->len[cell]++;
  }
}
