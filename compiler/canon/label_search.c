#include "canon/labelling.h"

#include <string.h>

/* Two kinds of work take turns, on a stack of their own: taking a partitioned graph apart (its components are
 * next), and searching a component that does not fall apart (each choice of a vertex to individualise is
 * next, as a graph to take apart). */

enum { MOST_PATHS = 8 };

typedef struct Search {
  uint32_t *choices, count, next; /* the vertices of the target cell, ascending */
  uint32_t *sets;                 /* orbits of what keeps the partition */
  Trace trace;                    /* of the best choice */
  Partition chosen, walked;
  uint32_t *best, *best_words;   /* the best order, its certificate */
  uint32_t *order, *order_words; /* the last one that was found */
  size_t size;                   /* of a certificate */
  bool traced, found, waits;     /* there is a trace; there is a best order; an order is on its way */
  uint32_t paths;
  Path path[MOST_PATHS]; /* from some choices that were looked into */
} Search;

typedef struct Frame {
  bool begun, searches;
  Sub sub;
  Partition partition;
  Orbits orbits;
  uint32_t *order; /* where the result goes */
  uint32_t target; /* of a search: colour of the cell */
  PileMark mark;   /* of what the frame took from the pile */
  Split split;
  uint32_t next;
  Search *search;
} Frame;

typedef VEC(Frame) Frames;

static void search_free(Search *search) {
  vec_free(&search->trace);
  for (uint32_t i = 0; i < MOST_PATHS; i++) vec_free(&search->path[i].steps);
  free(search);
}

static void frame_pop(Labeller *labeller, Frames *frames) {
  Frame frame = vec_pop(frames);
  if (frame.search) search_free(frame.search);
  pile_release(labeller->pile, frame.mark);
}

/* ---- taking apart ---- */

static void push_component(Labeller *labeller, Frames *frames, const Frame *frame, uint32_t component) {
  const Split *split = &frame->split;
  uint32_t first = split->first[component];
  Frame child = {.searches = split->components == 1,
                 .sub = split_component(split, component),
                 .orbits = {.sets = frame->orbits.sets, .owner = split->owner + first},
                 .order = split->order + first,
                 .target = split->target,
                 .mark = pile_mark(labeller->pile)};
  child.partition = partition_take(labeller->pile, child.sub.count);
  split_partition(&child.sub, &child.partition);
  labeller->work += child.sub.count;
  vec_push(frames, child);
}

/* A component whose vertices are all of different colours has its order already. */
static bool component_ordered(Split *split, uint32_t component) {
  uint32_t first = split->first[component], end = split->first[component + 1];
  for (uint32_t k = first + 1; k < end; k++)
    if (split->whole.colour[k] == split->whole.colour[k - 1]) return false;
  for (uint32_t k = first; k < end; k++) split->order[k] = k - first;
  return true;
}

static void step_split(Labeller *labeller, Frames *frames) {
  Frame *frame = &vec_last(frames);
  if (frame->partition.cells == frame->partition.count) {
    memcpy(frame->order, frame->partition.at, frame->sub.count * sizeof *frame->order);
    frame_pop(labeller, frames);
    return;
  }
  if (!frame->begun)
    split_make(labeller, &frame->sub, &frame->partition, &frame->orbits, &frame->split, frame->order);
  frame->begun = true;
  Split *split = &frame->split;
  while (frame->next < split->components) {
    uint32_t component = frame->next++;
    if (component_ordered(split, component)) continue;
    Frame parent = *frame;
    push_component(labeller, frames, &parent, component);
    return;
  }
  split_finish(labeller, &frame->partition, &frame->orbits, split, frame->order);
  frame_pop(labeller, frames);
}

/* ---- searching ---- */

/* The cell to choose from: the one whose colour is the target. */
static uint32_t target_cell(const Frame *frame) {
  const Partition *partition = &frame->partition;
  uint32_t target = UINT32_MAX;
  for (uint32_t cell = 0; cell < partition->count; cell += partition->len[cell]) {
    if (partition->len[cell] == 1) continue;
    if (target == UINT32_MAX || frame->sub.colour[partition->at[cell]] == frame->target) target = cell;
  }
  return target;
}

static void search_begin(Labeller *labeller, Frame *frame) {
  Pile *pile = labeller->pile;
  const Partition *partition = &frame->partition;
  uint32_t count = frame->sub.count, cell = target_cell(frame);
  Search *search = frame->search = mem_alloc(sizeof *search);
  *search = (Search){.count = partition->len[cell],
                     .choices = pile_take(pile, partition->len[cell]),
                     .sets = pile_take(pile, count),
                     .chosen = partition_take(pile, count),
                     .walked = partition_take(pile, count),
                     .best = pile_take(pile, count),
                     .order = pile_take(pile, count),
                     .size = certificate_size(&frame->sub)};
  search->best_words = pile_take(pile, search->size);
  search->order_words = pile_take(pile, search->size);
  memcpy(search->choices, partition->at + cell, search->count * sizeof *search->choices);
  words_sort(search->choices, search->count);
  for (uint32_t v = 0; v < count; v++) search->sets[v] = v;
  labeller->work += count + search->size;
}

/* Two orders that give the same graph are an automorphism. */
static void join_orders(Labeller *labeller, const Frame *frame, const uint32_t *a, const uint32_t *b) {
  for (uint32_t i = 0; i < frame->sub.count; i++) sets_join(frame->search->sets, a[i], b[i]);
  labeller->generators++;
}

/* Whether a way from the choice shows that it is equivalent to an earlier one. */
static bool choice_known(Labeller *labeller, const Frame *frame) {
  Search *search = frame->search;
  for (uint32_t i = 0; i < search->paths && !labeller->exhausted; i++) {
    partition_copy(&search->walked, &search->chosen);
    labeller->work += frame->sub.count;
    if (!path_match(labeller, &frame->sub, &search->walked, &search->path[i], search->order_words)) continue;
    join_orders(labeller, frame, search->path[i].order, search->walked.at);
    return true;
  }
  return false;
}

static void choice_record(Labeller *labeller, const Frame *frame) {
  Search *search = frame->search;
  if (search->paths == MOST_PATHS || search->next == search->count) return;
  Path *path = &search->path[search->paths++];
  if (!path->order) {
    path->order = pile_take(labeller->pile, frame->sub.count);
    path->words = pile_take(labeller->pile, search->size);
  }
  partition_copy(&search->walked, &search->chosen);
  path_record(labeller, &frame->sub, &search->walked, path);
  labeller->work += frame->sub.count;
}

/* The order of a choice is there: compare it with the best one. */
static void choice_finish(Labeller *labeller, const Frame *frame) {
  Search *search = frame->search;
  certificate_write(&frame->sub, search->order, labeller->place, labeller->cursor, search->order_words);
  labeller->work += search->size;
  int compared = !search->found ? -1 : words_compare(search->order_words, search->best_words, search->size);
  if (compared == 0) join_orders(labeller, frame, search->best, search->order);
  if (compared < 0) {
    uint32_t *order = search->best, *words = search->best_words;
    search->best = search->order;
    search->best_words = search->order_words;
    search->order = order;
    search->order_words = words;
  }
  search->found = true;
}

/* Whether a choice must be looked into; if so, its partition is in `chosen`. */
static bool choice_open(Labeller *labeller, const Frame *frame, uint32_t vertex) {
  Search *search = frame->search;
  if (sets_find(search->sets, vertex) != vertex) return false;
  partition_copy(&search->chosen, &frame->partition);
  labeller->work += frame->sub.count;
  refine_single(labeller->refiner, &search->chosen, vertex);
  TraceMode mode = search->traced ? TRACE_COMPARE : TRACE_RECORD;
  Compared compared = refine(labeller->refiner, &frame->sub, &search->chosen, mode, &search->trace);
  if (compared == COMPARED_GREATER) return false;
  if (compared == COMPARED_LESS) search->paths = search->found = 0;
  search->traced = true;
  if (search->chosen.cells == search->chosen.count) {
    memcpy(search->order, search->chosen.at, frame->sub.count * sizeof *search->order);
    choice_finish(labeller, frame);
    return false;
  }
  if (choice_known(labeller, frame)) return false;
  choice_record(labeller, frame);
  return !labeller->exhausted;
}

static void search_finish(const Frame *frame) {
  const Search *search = frame->search;
  memcpy(frame->order, search->best, frame->sub.count * sizeof *frame->order);
  for (uint32_t v = 0; v < frame->sub.count; v++)
    sets_join(frame->orbits.sets, orbits_owner(&frame->orbits, v),
              orbits_owner(&frame->orbits, sets_find(search->sets, v)));
}

static void step_search(Labeller *labeller, Frames *frames) {
  Frame *frame = &vec_last(frames);
  if (!frame->search) search_begin(labeller, frame);
  Search *search = frame->search;
  if (search->waits) choice_finish(labeller, frame);
  search->waits = false;
  while (search->next < search->count && labeller_spend(labeller, 1)) {
    if (!choice_open(labeller, frame, search->choices[search->next++])) continue;
    search->waits = true;
    Frame child = {.sub = frame->sub,
                   .partition = search->chosen,
                   .orbits = {.sets = search->sets},
                   .order = search->order,
                   .mark = pile_mark(labeller->pile)};
    vec_push(frames, child);
    return;
  }
  if (labeller->exhausted) return;
  search_finish(frame);
  frame_pop(labeller, frames);
}

bool search_run(Labeller *labeller, const Sub *sub, const Partition *partition, const Orbits *orbits,
                uint32_t *order) {
  Frames frames = {0};
  Frame root = {.sub = *sub,
                .partition = *partition,
                .orbits = *orbits,
                .order = order,
                .mark = pile_mark(labeller->pile)};
  vec_push(&frames, root);
  while (frames.len && labeller_spend(labeller, 1)) {
    if (pile_size(labeller->pile) > labeller->most_memory) labeller->exhausted = true;
    if (vec_last(&frames).searches)
      step_search(labeller, &frames);
    else
      step_split(labeller, &frames);
  }
  bool done = !frames.len;
  while (frames.len) frame_pop(labeller, &frames);
  vec_free(&frames);
  return done;
}
