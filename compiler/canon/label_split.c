#include "canon/labelling.h"

#include "base/hash.h"

#include <string.h>

typedef struct Splitter {
  Labeller *labeller;
  const Sub *sub;
  const Partition *partition;
  uint32_t *from, *to, *kind, edges; /* what connects: edges, or in their place the lack of them */
  uint8_t *left;                     /* vertex → whether it is in a component */
  uint32_t *sets;                    /* of vertices that are connected */
  uint32_t *joined;        /* cell → how many relations to others are neither empty nor complete */
  uint32_t *stamps, stamp; /* of vertices; NULL: none yet */
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

/* What of a relation from a cell connects: nothing if it is complete; the edges that there are, or if there are
 * more than half of all that there can be, those that are not. */
typedef enum Joins { JOINS_NOTHING, JOINS_EDGES, JOINS_LACK } Joins;

static Joins relation_joins(const Splitter *splitter, uint32_t cell, uint64_t key, uint32_t edges) {
  uint32_t end = (uint32_t)(key >> 32);
  uint64_t len = splitter->partition->len[cell];
  if (end == splitter->sub->count) return edges == len ? JOINS_NOTHING : JOINS_EDGES;
  uint64_t all = len * (end == cell ? len - 1 : splitter->partition->len[end]);
  if (edges == all) return JOINS_NOTHING;
  return edges * 2ULL > all ? JOINS_LACK : JOINS_EDGES;
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
    if (!tally->counts[slot] || relation_joins(splitter, cell, key, tally->counts[slot]) == JOINS_NOTHING)
      continue;
    joining++;
    if (key >> 32 != splitter->sub->count) splitter->joined[key >> 32]++;
  }
  splitter->joined[cell] += joining;
  return joining;
}

static void join(Splitter *splitter, uint32_t from, uint32_t to, uint32_t kind) {
  splitter->from[splitter->edges] = from;
  splitter->to[splitter->edges] = to;
  splitter->kind[splitter->edges++] = kind;
  splitter->left[from] = splitter->left[to] = 1;
  sets_join(splitter->sets, from, to);
}

static uint32_t kind_of(const Sub *sub, uint32_t edge) { return sub->kind ? sub->kind[edge] : 0; }

static void join_edges(Splitter *splitter, uint32_t cell, const Tally *tally) {
  const Sub *sub = splitter->sub;
  const Partition *partition = splitter->partition;
  uint64_t last = UINT64_MAX;
  Joins joins = JOINS_NOTHING;
  for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
    uint32_t vertex = partition->at[place];
    for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++) {
      uint64_t key = relation_key(splitter, vertex, e);
      if (key != last) joins = relation_joins(splitter, cell, key, tally->counts[tally_slot(tally, key)]);
      last = key;
      if (joins == JOINS_EDGES) join(splitter, vertex, sub->near[e], kind_of(sub, e));
    }
  }
}

/* Stamp what a vertex has edges of a kind to. */
static void stamp_ends(Splitter *splitter, uint32_t vertex, uint32_t kind) {
  const Sub *sub = splitter->sub;
  if (!splitter->stamps)
    splitter->stamps = pile_zeros(splitter->labeller->pile, sub->count * sizeof(uint32_t));
  splitter->stamp++;
  for (uint32_t e = sub->off[2 * vertex]; e < sub->off[2 * vertex + 1]; e++)
    if (kind_of(sub, e) == kind) splitter->stamps[sub->near[e]] = splitter->stamp;
}

/* Join a vertex to those of a cell that it has no edge to. */
static void join_unstamped(Splitter *splitter, uint32_t vertex, uint32_t cell, uint32_t kind) {
  const Partition *partition = splitter->partition;
  for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
    uint32_t end = partition->at[place];
    if (end != vertex && splitter->stamps[end] != splitter->stamp) join(splitter, vertex, end, kind);
  }
  splitter->labeller->work += partition->len[cell];
}

/* For the relations that are almost complete, by kind and cell. */
static void join_lacks(Splitter *splitter, uint32_t cell, const Tally *tally) {
  const Partition *partition = splitter->partition;
  VEC(Item) lacks = {0};
  for (uint32_t slot = 0; slot <= tally->mask; slot++) {
    uint64_t key = tally->keys[slot];
    if (tally->counts[slot] && relation_joins(splitter, cell, key, tally->counts[slot]) == JOINS_LACK)
      vec_push(&lacks, (Item){.key = key << 32 | key >> 32});
  }
  if (lacks.len) items_sort(splitter->labeller->pile, lacks.data, lacks.len);
  for (uint32_t place = cell; lacks.len && place < cell + partition->len[cell]; place++)
    for (uint32_t i = 0; i < lacks.len; i++) {
      uint32_t vertex = partition->at[place], kind = (uint32_t)(lacks.data[i].key >> 32);
      if (!i || lacks.data[i - 1].key >> 32 != kind) stamp_ends(splitter, vertex, kind);
      join_unstamped(splitter, vertex, (uint32_t)lacks.data[i].key, kind);
    }
  vec_free(&lacks);
}

/* Join what the edges that leave a cell connect. */
static void join_from(Splitter *splitter, uint32_t cell) {
  Tally *tally = &splitter->labeller->tally;
  uint32_t edges = edges_of(splitter, cell);
  if (!edges) return;
  tally_relations(splitter, cell, tally);
  splitter->labeller->work += edges;
  if (!count_joining(splitter, cell, tally)) return;
  join_edges(splitter, cell, tally);
  join_lacks(splitter, cell, tally);
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

/* `off` as stretches: first the lengths, then the places. */
static void lay_off(const Splitter *splitter, const Split *split, const uint32_t *slot, uint32_t *off) {
  memset(off, 0, (2 * (size_t)split->vertices + 1) * sizeof *off);
  for (uint32_t e = 0; e < splitter->edges; e++) {
    off[2 * slot[splitter->from[e]] + 1]++;
    off[2 * slot[splitter->to[e]] + 2]++;
  }
  for (uint32_t i = 0; i < 2 * split->vertices; i++) off[i + 1] += off[i];
}

/* Both ends of each edge, numbered among all vertices, then in their component. */
static void lay_ends(const Splitter *splitter, const Split *split, const uint32_t *slot, const uint32_t *off,
                     uint32_t *near, uint32_t *kind) {
  uint32_t *fill = pile_take(splitter->labeller->pile, 2 * (size_t)split->vertices);
  memcpy(fill, off, 2 * (size_t)split->vertices * sizeof *fill);
  for (uint32_t e = 0; e < splitter->edges; e++) {
    uint32_t from = slot[splitter->from[e]], to = slot[splitter->to[e]];
    uint32_t put = fill[2 * from]++, back = fill[2 * to + 1]++;
    near[put] = to;
    near[back] = from;
    if (kind) kind[put] = kind[back] = splitter->kind[e];
  }
  for (uint32_t i = 0; i < split->components; i++)
    for (uint32_t n = off[2 * split->first[i]]; n < off[2 * split->first[i + 1]]; n++)
      near[n] -= split->first[i];
}

static void lay_edges(Splitter *splitter, Split *split, const uint32_t *slot) {
  Pile *pile = splitter->labeller->pile;
  size_t entries = 2 * (size_t)splitter->edges;
  uint32_t *off = pile_take(pile, 2 * (size_t)split->vertices + 1), *near = pile_take(pile, entries);
  uint32_t *kind = splitter->sub->kind ? pile_take(pile, entries) : NULL;
  uint32_t *colour = pile_take(pile, split->vertices);
  lay_off(splitter, split, slot, off);
  lay_ends(splitter, split, slot, off, near, kind);
  for (uint32_t k = 0; k < split->vertices; k++) colour[k] = splitter->partition->cell[split->vertex[k]];
  split->whole = (Sub){.count = split->vertices, .off = off, .near = near, .kind = kind, .colour = colour};
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
  size_t n = partition->count, edges = (sub->off[2 * n] - sub->off[0]) / 2;
  Splitter splitter = {.labeller = labeller,
                       .sub = sub,
                       .partition = partition,
                       .from = pile_take(labeller->pile, edges),
                       .to = pile_take(labeller->pile, edges),
                       .kind = pile_take(labeller->pile, edges),
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
  if (splitter.edges) {
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
