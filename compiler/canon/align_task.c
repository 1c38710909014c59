/* align_task.c: which tasks are each other's. */
#include "canon/align.h"
#include "canon/edits.h"

enum { MOST_COMPARED = 128 };

static bool is_open(const Align *align, uint32_t before, uint32_t after) {
  return align->sides[BEFORE].task_to[before] == NODE_NONE && align->sides[AFTER].task_to[after] == NODE_NONE;
}

static void pair(Align *align, uint32_t before, uint32_t after) {
  align->sides[BEFORE].task_to[before] = after;
  align->sides[AFTER].task_to[after] = before;
}

static const Task *task_at(const Align *align, int side, uint32_t task) {
  return &align->sides[side].graph->tasks.data[task];
}

/* Tasks that are the same, first those of one name. */
static void pair_same(Align *align, bool named) {
  const AlignSide *a = &align->sides[BEFORE], *b = &align->sides[AFTER];
  Map places = {0};
  for (uint32_t i = b->graph->tasks.len; i-- > 0;) {
    if (b->task_to[i] != NODE_NONE) continue;
    map_put(&places, hash_add(b->digests->tasks[i].low, named ? task_at(align, AFTER, i)->name : 0), i + 1);
  }
  for (uint32_t i = 0; i < a->graph->tasks.len; i++) {
    uint32_t at = map_get(&places,
                          hash_add(a->digests->tasks[i].low, named ? task_at(align, BEFORE, i)->name : 0));
    if (at && is_open(align, i, at - 1) && digest_same(a->digests->tasks[i], b->digests->tasks[at - 1]))
      pair(align, i, at - 1);
  }
  map_free(&places);
}

static void pair_named(Align *align) {
  Map named = {0};
  for (uint32_t i = 0; i < align->sides[AFTER].graph->tasks.len; i++)
    if (align->sides[AFTER].task_to[i] == NODE_NONE) map_put(&named, task_at(align, AFTER, i)->name, i + 1);
  for (uint32_t i = 0; i < align->sides[BEFORE].graph->tasks.len; i++) {
    uint32_t at = map_get(&named, task_at(align, BEFORE, i)->name);
    if (at && is_open(align, i, at - 1)) pair(align, i, at - 1);
  }
  map_free(&named);
}

/* ---- by the words of their commands ---- */

typedef struct Command {
  uint32_t task;
  Text text;
  Words words;
} Command;
typedef VEC(Command) Commands;

static void take_commands(const Align *align, int side, Commands *into) {
  const Graph *graph = align->sides[side].graph;
  for (uint32_t i = 0; i < graph->tasks.len && into->len < MOST_COMPARED; i++) {
    if (align->sides[side].task_to[i] != NODE_NONE) continue;
    Command command = {.task = i};
    edits_text(graph, &graph->tasks.data[i], &command.text);
    edits_words(command.text.data ? command.text.data : "", &command.words);
    vec_push(into, command);
  }
}

/* More than half of their words are the same. */
static void pair_similar(Align *align) {
  Commands commands[2] = {{0}, {0}};
  for (int side = BEFORE; side <= AFTER; side++) take_commands(align, side, &commands[side]);
  for (uint32_t i = 0; i < commands[BEFORE].len; i++) {
    const Command *before = &commands[BEFORE].data[i];
    uint32_t best = NODE_NONE, most = 0;
    for (uint32_t j = 0; j < commands[AFTER].len; j++) {
      const Command *after = &commands[AFTER].data[j];
      uint32_t shared = edits_shared(&before->words, &after->words);
      if (!is_open(align, before->task, after->task) || shared <= most ||
          4 * shared <= before->words.len + after->words.len)
        continue;
      best = after->task;
      most = shared;
    }
    if (best != NODE_NONE) pair(align, before->task, best);
  }
  for (int side = BEFORE; side <= AFTER; side++) {
    for (uint32_t i = 0; i < commands[side].len; i++) {
      text_free(&commands[side].data[i].text);
      vec_free(&commands[side].data[i].words);
    }
    vec_free(&commands[side]);
  }
}

void align_tasks(Align *align) {
  pair_same(align, true);
  pair_same(align, false);
  pair_named(align);
  pair_similar(align);
}
