/* labelling.h: what the files of the canonical labelling share; label.h is for everybody else. */
#ifndef WEFT_CANON_LABELLING_H
#define WEFT_CANON_LABELLING_H

#include "base/vec.h"
#include "canon/label.h"

/* A graph under work.  Each vertex has two stretches in the arrays: off[2v] to off[2v + 1] are the ends of
 * its edges, up to off[2v + 2] follow the starts of the edges to it.  No two edges with the same ends are of
 * the same kind. */
typedef struct Sub {
  uint32_t count;
  const uint32_t *off; /* 2 * count + 1 */
  const uint32_t *near;
  const uint32_t *kind; /* of each entry of `near`; NULL: all are of one kind */
  const uint32_t
      *colour; /* of each vertex: what told it from others when this graph was cut out; NULL: nothing */
} Sub;

/* An ordered partition of vertices into cells.  A cell is named by the place where it starts. */
typedef struct Partition {
  uint32_t count, cells;
  uint32_t *at;    /* place → vertex */
  uint32_t *place; /* vertex → place */
  uint32_t *cell;  /* vertex → its cell */
  uint32_t *len;   /* cell → vertices in it */
} Partition;

/* ---- memory: a pile of words, taken from the top and given back down to a mark ---- */

typedef struct Pile Pile;
typedef struct PileMark {
  uint32_t block;
  size_t used;
} PileMark;

/* With room for so many words at first. */
Pile *pile_new(size_t words);
void pile_free(Pile *pile);
/* `count` words, not initialised, fit for 64-bit numbers; they do not move. */
uint32_t *pile_take(Pile *pile, size_t count);
/* Bytes likewise; the latter are 0. */
void *pile_bytes(Pile *pile, size_t size);
void *pile_zeros(Pile *pile, size_t size);
PileMark pile_mark(const Pile *pile);
void pile_release(Pile *pile, PileMark mark);
/* Bytes that the pile holds. */
size_t pile_size(const Pile *pile);

Partition partition_take(Pile *pile, uint32_t count);
/* `to` has room for as many vertices as `from` has. */
void partition_copy(Partition *to, const Partition *from);

/* ---- sorting by 64-bit keys, which are hashes ---- */

typedef struct Item {
  uint64_t key;
  uint32_t id;
} Item;

/* Sort by key; equal keys in any order. */
void items_sort(Pile *pile, Item *items, size_t count);
void words_sort(uint32_t *words, size_t count);
/* The first difference decides; a hash that is the same on every machine. */
int words_compare(const uint32_t *a, const uint32_t *b, size_t count);
uint64_t words_hash(const uint32_t *words, size_t count);

/* ---- sets of vertices, as forests of parents; the least vertex of a set is its root ---- */

uint32_t sets_find(uint32_t *parents, uint32_t vertex);
/* Whether they were two sets. */
bool sets_join(uint32_t *parents, uint32_t a, uint32_t b);

/* ---- first partition ---- */

/* One item for each vertex, sorted by a hash of its colour and of all that lies before and after it, and by its
 * colour.  `order`, with room for one more, becomes an order of the vertices in which neighbours are not far. */
void label_keys(const LabelGraph *graph, Pile *pile, Item *items, uint32_t *order);

/* What a first partition leaves open: vertices that share a cell, and those at the other ends of their edges. */
typedef struct Open {
  Sub sub; /* without parallel edges, kinds instead of labels */
  Partition partition;
  uint32_t *kept;   /* vertex of `sub` → vertex */
  uint32_t *places; /* place in `partition` → place in the whole */
} Open;

/* `cell` is the cell of each vertex, by the place of its first item; `shared` are those that share theirs. */
Open label_open(const LabelGraph *graph, const Item *items, const uint32_t *order, const uint32_t *cell,
                const uint32_t *shared, uint32_t shared_count, Pile *pile);

/* ---- refinement ---- */

/* What a refinement did, as one hash for each cell that split others. */
typedef VEC(uint64_t) Trace;

typedef enum TraceMode {
  TRACE_NONE,
  TRACE_RECORD,  /* write the trace */
  TRACE_COMPARE, /* while it is as before; a lesser trace replaces it, a greater one ends the refinement */
} TraceMode;

/* A cell that was split, so that this can be undone. */
typedef struct Undo {
  uint32_t cell, len;
} Undo;

typedef struct Refiner {
  uint64_t *sum;  /* of each vertex, 0 between refinements */
  uint32_t *hit;  /* cell → vertices touched, 0 between refinements */
  uint64_t alone; /* what the splitting cell sees of cells that cannot be split */
  uint8_t *waits; /* cell → whether it is in the queue */
  uint32_t *queue, head, queued, room;
  uint32_t *touched, *members;
  Pile *pile; /* for sorting */
  Item *items;
  bool logs; /* whether splits are written down */
  VEC(Undo) log;
  uint64_t digest; /* of what the last refinement did */
  uint64_t work;
} Refiner;

typedef enum Compared { COMPARED_LESS = -1, COMPARED_EQUAL, COMPARED_GREATER } Compared;

/* Its memory is on the pile, but for what grows. */
Refiner *refiner_new(Pile *pile, uint32_t count);
void refiner_free(Refiner *refiner);
/* Let a cell split others in the next refinement. */
void refine_queue(Refiner *refiner, uint32_t cell);
/* Split each cell by what its vertices see of all cells, once, and queue what comes of it. */
void refine_first(Refiner *refiner, const Sub *sub, Partition *partition);
/* Give a vertex a cell of its own, and queue it. */
void refine_single(Refiner *refiner, Partition *partition, uint32_t vertex);
/* Until the queue is empty.  How its trace compares; after GREATER the partition is of no use. */
Compared refine(Refiner *refiner, const Sub *sub, Partition *partition, TraceMode mode, Trace *trace);

/* Put the cells together again that were split since the log had this length. */
void refine_undo(Refiner *refiner, Partition *partition, uint32_t mark);

/* ---- certificates ---- */

/* How many words the certificate of a graph has. */
size_t certificate_size(const Sub *sub);
/* The graph, its vertices in this order, as words: equal for two orders exactly if one graph becomes the
 * other. `place` and `cursor` have room for a word for each vertex. */
void certificate_write(const Sub *sub, const uint32_t *order, uint32_t *place, uint32_t *cursor,
                       uint32_t *words);

/* ---- components ---- */

/* Where what is found about symmetry is written down: sets of the vertices of some graph around this one. */
typedef struct Orbits {
  uint32_t *sets;
  const uint32_t *owner; /* own vertex → vertex of that graph; NULL: the same */
} Orbits;

static inline uint32_t orbits_owner(const Orbits *orbits, uint32_t vertex) {
  return orbits->owner ? orbits->owner[vertex] : vertex;
}

/* The components of what is ambiguous in a partitioned graph, one after the other. */
typedef struct Split {
  uint32_t vertices, components;
  uint32_t *first;  /* component → its first vertex; and one more */
  uint32_t *vertex; /* → vertex of the graph that was split */
  uint32_t *owner;  /* → vertex of the graph whose orbits are kept */
  uint32_t *order;  /* of each component, one after the other: its vertices by canonical place */
  uint32_t *fill;   /* cell → the place where the next vertex of a component goes */
  uint32_t target;  /* the cell that is joined to most others by more than nothing and less than everything */
  Sub whole;        /* all components in one */
} Split;

/* How many edges of each kind there are from one cell to each of the others: open addressing, 0 is free. */
typedef struct Tally {
  uint64_t *keys;
  uint32_t *counts;
  uint32_t room, mask, used;
} Tally;

typedef struct Labeller {
  Pile *pile;
  size_t most_memory; /* bytes of the pile; beyond, the budget counts as exhausted */
  Tally tally;
  Refiner *refiner;
  uint64_t budget, work;
  uint32_t generators;
  uint32_t *place, *cursor; /* a word for each vertex, for certificates */
  bool exhausted;
} Labeller;

/* Take what is ambiguous apart; `order` becomes the order of all that is in no component. */
void split_make(Labeller *labeller, const Sub *sub, const Partition *partition, const Orbits *orbits,
                Split *split, uint32_t *order);
Sub split_component(const Split *split, uint32_t component);
/* The partition that a component has by its colours; its vertices are in the order of the cells. */
void split_partition(const Sub *component, Partition *partition);
/* When all components have their order: the order of the graph that was split. */
void split_finish(Labeller *labeller, const Partition *partition, const Orbits *orbits, Split *split,
                  uint32_t *order);

/* ---- experimental paths: from one individualised vertex to the next, without search ---- */

typedef struct Step {
  uint32_t cell, cells; /* where the vertex is taken from; how many cells there are after it */
  uint64_t digest;
} Step;

typedef struct Path {
  VEC(Step) steps;
  uint32_t *order, *words; /* where it ended, and the certificate */
} Path;

/* Walk whichever way until all vertices are alone; `path` has its arrays. */
void path_record(Labeller *labeller, const Sub *sub, Partition *partition, Path *path);
/* Look for a way from here that does the same as the path did, and ends in the same certificate, which is
 * written to `words`.  If there is one, the partition is where it ended.  Gives up after a while. */
bool path_match(Labeller *labeller, const Sub *sub, Partition *partition, const Path *path, uint32_t *words);

/* The vertices in canonical order; false when the budget ran out. */
bool search_run(Labeller *labeller, const Sub *sub, const Partition *partition, const Orbits *orbits,
                uint32_t *order);

/* Whether there is still budget, after `work` more. */
static inline bool labeller_spend(Labeller *labeller, uint64_t work) {
  labeller->work += work;
  if (labeller->work + labeller->refiner->work > labeller->budget) labeller->exhausted = true;
  return !labeller->exhausted;
}

#endif
