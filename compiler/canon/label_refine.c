#include "canon/labelling.h"

#include "base/hash.h"

#include <string.h>

/* What a vertex sees of a cell is a sum of hashes over its edges.  Where sums meet by chance the partition
 * stays coarser than it might be; nothing else relies on it.  All that is done follows from places and sums,
 * never from the numbers of vertices, so that isomorphic graphs are refined alike. */

enum { MIX_OUT = 0x2545f491, MIX_IN = 0x4f6cdd1d };

Refiner *refiner_new(Pile *pile, uint32_t count) {
  size_t n = (size_t)count + 1;
  Refiner *refiner = mem_alloc(sizeof *refiner);
  *refiner = (Refiner){.sum = pile_zeros(pile, n * sizeof(uint64_t)),
                       .hit = pile_zeros(pile, n * sizeof(uint32_t)),
                       .waits = pile_zeros(pile, n),
                       .queue = pile_take(pile, n),
                       .room = count + 1,
                       .touched = pile_take(pile, n),
                       .members = pile_take(pile, n),
                       .pile = pile,
                       .items = pile_bytes(pile, n * sizeof(Item))};
  return refiner;
}

void refiner_free(Refiner *refiner) {
  vec_free(&refiner->log);
  free(refiner);
}

void refine_queue(Refiner *refiner, uint32_t cell) {
  if (refiner->waits[cell]) return;
  refiner->waits[cell] = 1;
  uint32_t end = refiner->head + refiner->queued++;
  refiner->queue[end < refiner->room ? end : end - refiner->room] = cell;
}

static uint32_t unqueue(Refiner *refiner) {
  uint32_t cell = refiner->queue[refiner->head];
  if (++refiner->head == refiner->room) refiner->head = 0;
  refiner->queued--;
  refiner->waits[cell] = 0;
  return cell;
}

static void put(Partition *partition, uint32_t place, uint32_t vertex) {
  partition->at[place] = vertex;
  partition->place[vertex] = place;
}

/* The last place is its own cell, so that the others need no other name. */
void refine_single(Refiner *refiner, Partition *partition, uint32_t vertex) {
  uint32_t cell = partition->cell[vertex], last = cell + partition->len[cell] - 1;
  if (refiner->logs) vec_push(&refiner->log, (Undo){cell, partition->len[cell]});
  put(partition, partition->place[vertex], partition->at[last]);
  put(partition, last, vertex);
  partition->cell[vertex] = last;
  partition->len[cell]--;
  partition->len[last] = 1;
  partition->cells++;
  refine_queue(refiner, last);
}

/* The vertices of a cell that were touched are kept at its end. */
static inline void touch(Refiner *refiner, Partition *partition, uint32_t *touched, uint32_t vertex,
                         uint64_t value) {
  uint32_t cell = partition->cell[vertex], len = partition->len[cell];
  if (len == 1) {
    refiner->alone += hash_add(value, cell);
    return;
  }
  uint32_t border = cell + len - refiner->hit[cell], place = partition->place[vertex];
  if (place < border) {
    if (!refiner->hit[cell]++) refiner->touched[(*touched)++] = cell;
    put(partition, place, partition->at[border - 1]);
    put(partition, border - 1, vertex);
  }
  refiner->sum[vertex] += value;
}

/* Touch what a vertex in the splitting cell has edges with: those that it points to have an edge in. */
static void touch_near(Refiner *refiner, const Sub *sub, Partition *partition, uint32_t *touched,
                       uint32_t vertex) {
  const uint32_t *off = sub->off + 2 * (size_t)vertex;
  refiner->work += 1 + off[2] - off[0];
  uint64_t in = hash_mix(MIX_IN), out = hash_mix(MIX_OUT);
  for (uint32_t e = off[0]; e < off[1]; e++)
    touch(refiner, partition, touched, sub->near[e], sub->kind ? hash_add(MIX_IN, sub->kind[e]) : in);
  for (uint32_t e = off[1]; e < off[2]; e++)
    touch(refiner, partition, touched, sub->near[e], sub->kind ? hash_add(MIX_OUT, sub->kind[e]) : out);
}

/* The touched vertices of a cell, sorted by their sums; whether these are all equal. */
static bool gather(Refiner *refiner, const Partition *partition, uint32_t from, uint32_t hit) {
  bool equal = true;
  for (uint32_t i = 0; i < hit; i++) {
    uint32_t vertex = partition->at[from + i];
    refiner->items[i] = (Item){.key = refiner->sum[vertex], .id = vertex};
    refiner->sum[vertex] = 0;
    equal &= refiner->items[i].key == refiner->items[0].key;
  }
  if (!equal) items_sort(refiner->pile, refiner->items, hit);
  return equal;
}

/* Queue the parts of what was one cell: all but the greatest, if the whole had split others already. */
static void queue_parts(Refiner *refiner, const Partition *partition, uint32_t cell, uint32_t len) {
  uint32_t greatest = cell;
  bool waits = refiner->waits[cell];
  for (uint32_t part = cell; part < cell + len; part += partition->len[part])
    if (partition->len[part] > partition->len[greatest]) greatest = part;
  for (uint32_t part = cell; part < cell + len; part += partition->len[part])
    if (waits || part != greatest) refine_queue(refiner, part);
}

/* Split a cell by the sums of its touched vertices; what was seen of it, as a hash. */
static uint64_t split_cell(Refiner *refiner, Partition *partition, uint32_t cell) {
  uint32_t len = partition->len[cell], hit = refiner->hit[cell], from = cell + len - hit;
  bool equal = gather(refiner, partition, from, hit);
  uint64_t seen = hash_add(cell, hit);
  refiner->hit[cell] = 0;
  refiner->work += hit;
  if (equal && hit == len) return hash_add(seen, refiner->items[0].key);
  if (refiner->logs) vec_push(&refiner->log, (Undo){cell, len});
  if (from > cell) partition->len[cell] = len - hit;
  for (uint32_t i = 0, end; i < hit; i = end) {
    uint32_t part = from + i;
    uint64_t key = refiner->items[i].key;
    for (end = i; end < hit && refiner->items[end].key == key; end++) {
      put(partition, from + end, refiner->items[end].id);
      partition->cell[refiner->items[end].id] = part;
    }
    partition->len[part] = end - i;
    partition->cells += part != cell;
    seen = hash_add(hash_add(seen, key), end);
  }
  queue_parts(refiner, partition, cell, len);
  return seen;
}

void refine_first(Refiner *refiner, const Sub *sub, Partition *partition) {
  uint32_t touched = 0;
  for (uint32_t cell = 0; cell < partition->count; cell += partition->len[cell]) {
    if (partition->len[cell] == 1) continue;
    refiner->touched[touched++] = cell;
    refiner->hit[cell] = partition->len[cell];
    for (uint32_t place = cell; place < cell + partition->len[cell]; place++) {
      uint32_t vertex = partition->at[place];
      const uint32_t *off = sub->off + 2 * (size_t)vertex;
      uint64_t sum = 0;
      for (uint32_t e = off[0]; e < off[2]; e++) {
        uint64_t seen = hash_add(e < off[1] ? MIX_OUT : MIX_IN, partition->cell[sub->near[e]]);
        sum += sub->kind ? hash_add(seen, sub->kind[e]) : seen;
      }
      refiner->work += 1 + off[2] - off[0];
      refiner->sum[vertex] = sum;
    }
  }
  for (uint32_t i = 0; i < touched; i++) split_cell(refiner, partition, refiner->touched[i]);
}

/* Whether the trace, with what was seen as its entry `at`, is still worth going on. */
static Compared trace_note(TraceMode *mode, Trace *trace, uint32_t at, uint64_t seen) {
  if (*mode == TRACE_NONE) return COMPARED_EQUAL;
  if (*mode == TRACE_COMPARE && at < trace->len) {
    if (trace->data[at] == seen) return COMPARED_EQUAL;
    if (trace->data[at] < seen) return COMPARED_GREATER;
  }
  Compared compared = *mode == TRACE_RECORD ? COMPARED_EQUAL
                      : at < trace->len     ? COMPARED_LESS
                                            : COMPARED_GREATER;
  if (compared == COMPARED_GREATER) return compared;
  *mode = TRACE_RECORD;
  trace->len = at;
  vec_push(trace, seen);
  return compared;
}

/* Let one cell split others. */
static uint64_t split_by(Refiner *refiner, const Sub *sub, Partition *partition, uint32_t cell) {
  uint32_t touched = 0, len = partition->len[cell];
  refiner->alone = 0;
  memcpy(refiner->members, partition->at + cell, len * sizeof *refiner->members);
  for (uint32_t i = 0; i < len; i++) touch_near(refiner, sub, partition, &touched, refiner->members[i]);
  words_sort(refiner->touched, touched);
  uint64_t seen = hash_add(cell, refiner->alone);
  for (uint32_t i = 0; i < touched; i++)
    seen = hash_add(seen, split_cell(refiner, partition, refiner->touched[i]));
  return seen;
}

Compared refine(Refiner *refiner, const Sub *sub, Partition *partition, TraceMode mode, Trace *trace) {
  Compared compared = COMPARED_EQUAL;
  uint32_t at = 0;
  if (mode == TRACE_RECORD) trace->len = 0;
  refiner->digest = 0;
  while (refiner->queued && partition->cells < partition->count && compared != COMPARED_GREATER) {
    uint64_t seen = split_by(refiner, sub, partition, unqueue(refiner));
    refiner->digest = hash_add(refiner->digest, seen);
    Compared now = trace_note(&mode, trace, at++, seen);
    if (now != COMPARED_EQUAL) compared = now;
  }
  while (refiner->queued) unqueue(refiner);
  if (mode == TRACE_COMPARE && compared == COMPARED_EQUAL && at < trace->len) {
    trace->len = at;
    compared = COMPARED_LESS;
  }
  return compared;
}

void refine_undo(Refiner *refiner, Partition *partition, uint32_t mark) {
  while (refiner->log.len > mark) {
    Undo undo = vec_pop(&refiner->log);
    uint32_t first = undo.cell + partition->len[undo.cell], end = undo.cell + undo.len;
    for (uint32_t part = first; part < end; part += partition->len[part]) partition->cells--;
    for (uint32_t place = first; place < end; place++) partition->cell[partition->at[place]] = undo.cell;
    partition->len[undo.cell] = undo.len;
    refiner->work += end - first;
  }
}
