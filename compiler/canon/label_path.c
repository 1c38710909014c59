#include "canon/labelling.h"

#include <string.h>

enum { MOST_ALTERNATIVES = 8, MOST_ENDS = 16, MORE_TRIES = 4096 };

/* A cell that was split lately and has a part with several vertices: what is close together is settled
 * together, so that a wrong turn shows soon.  Without one, the first cell that has several from `cursor` on. */
static uint32_t next_cell(Refiner *refiner, const Partition *partition, uint32_t *cursor) {
  while (refiner->log.len) {
    Undo last = vec_last(&refiner->log);
    uint32_t part = last.cell, end = last.cell + last.len;
    while (part < end && partition->len[part] == 1) part++;
    vec_last(&refiner->log) = (Undo){part, end - part};
    if (part < end) return part;
    refiner->log.len--;
  }
  while (partition->len[*cursor] == 1) ++*cursor;
  return *cursor;
}

static void record_steps(Labeller *labeller, const Sub *sub, Partition *partition, Path *path) {
  Refiner *refiner = labeller->refiner;
  uint32_t cursor = 0;
  while (partition->cells < partition->count && labeller_spend(labeller, 1)) {
    uint32_t cell = next_cell(refiner, partition, &cursor);
    refine_single(refiner, partition, partition->at[cell]);
    refine(refiner, sub, partition, TRACE_NONE, NULL);
    vec_push(&path->steps, (Step){cell, partition->cells, refiner->digest});
  }
}

void path_record(Labeller *labeller, const Sub *sub, Partition *partition, Path *path) {
  Refiner *refiner = labeller->refiner;
  refiner->logs = true;
  refiner->log.len = 0;
  path->steps.len = 0;
  record_steps(labeller, sub, partition, path);
  refiner->logs = false;
  if (labeller->exhausted) return;
  memcpy(path->order, partition->at, sub->count * sizeof *path->order);
  certificate_write(sub, path->order, labeller->place, labeller->cursor, path->words);
  labeller->work += certificate_size(sub);
}

/* What is still to be tried at each step, one after the other. */
typedef struct Try {
  uint32_t mark, first, next, end; /* of the log; of the alternatives */
} Try;

typedef struct Walk {
  Labeller *labeller;
  const Sub *sub;
  Partition *partition;
  const Path *path;
  VEC(Try) tries;
  VEC(uint32_t) alternatives;
  uint32_t left, ends;
} Walk;

static void walk_open(Walk *walk) {
  const Partition *partition = walk->partition;
  uint32_t cell = walk->path->steps.data[walk->tries.len].cell, len = partition->len[cell];
  uint32_t first = walk->alternatives.len;
  if (len > MOST_ALTERNATIVES) len = MOST_ALTERNATIVES;
  for (uint32_t i = 0; i < len; i++) vec_push(&walk->alternatives, partition->at[cell + i]);
  vec_push(&walk->tries, (Try){walk->labeller->refiner->log.len, first, first, first + len});
}

/* Try the next alternative of the last step; whether it does what the path did. */
static bool walk_step(Walk *walk) {
  Refiner *refiner = walk->labeller->refiner;
  const Step *step = &walk->path->steps.data[walk->tries.len - 1];
  refine_single(refiner, walk->partition, walk->alternatives.data[vec_last(&walk->tries).next++]);
  refine(refiner, walk->sub, walk->partition, TRACE_NONE, NULL);
  walk->left--;
  return refiner->digest == step->digest && walk->partition->cells == step->cells;
}

static bool walk_ends(Walk *walk, uint32_t *words) {
  Labeller *labeller = walk->labeller;
  size_t size = certificate_size(walk->sub);
  certificate_write(walk->sub, walk->partition->at, labeller->place, labeller->cursor, words);
  labeller->work += size;
  if (words_compare(words, walk->path->words, size) == 0) return true;
  walk->left = --walk->ends ? walk->left : 0;
  return false;
}

static bool walk_run(Walk *walk, uint32_t *words) {
  Labeller *labeller = walk->labeller;
  walk_open(walk);
  while (walk->tries.len && walk->left && labeller_spend(labeller, 1)) {
    Try *try = &vec_last(&walk->tries);
    refine_undo(labeller->refiner, walk->partition, try->mark);
    if (try->next == try->end) {
      walk->alternatives.len = try->first;
      walk->tries.len--;
    } else if (walk_step(walk)) {
      if (walk->tries.len < walk->path->steps.len)
        walk_open(walk);
      else if (walk_ends(walk, words))
        return true;
    }
  }
  return false;
}

bool path_match(Labeller *labeller, const Sub *sub, Partition *partition, const Path *path, uint32_t *words) {
  Walk walk = {.labeller = labeller,
               .sub = sub,
               .partition = partition,
               .path = path,
               .left = path->steps.len + MORE_TRIES,
               .ends = MOST_ENDS};
  labeller->refiner->logs = true;
  labeller->refiner->log.len = 0;
  bool found = walk_run(&walk, words);
  labeller->refiner->logs = false;
  vec_free(&walk.tries);
  vec_free(&walk.alternatives);
  return found;
}
