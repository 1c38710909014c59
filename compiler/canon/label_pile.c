#include "canon/labelling.h"

#include <string.h>
#include <sys/mman.h>

typedef struct Block {
  uint32_t *words;
  size_t size, used;
} Block;

/* Blocks above `top` are empty and are used again. */
struct Pile {
  VEC(Block) blocks;
  uint32_t top;
  size_t words;
};

enum { PILE_LEAST = 1 << 12, PILE_PAGE = 1 << 21 };

/* Memory is touched in no order: large pages save most of what the first touch of each page costs. */
static Block block_new(size_t size) {
  if (size < PILE_LEAST) size = PILE_LEAST;
  uint32_t *words = mem_alloc(size * sizeof(uint32_t));
  uintptr_t page = ((uintptr_t)words + PILE_PAGE - 1) / PILE_PAGE * PILE_PAGE;
  uintptr_t end = (uintptr_t)words + size * sizeof(uint32_t);
  if (page < end) madvise((void *)page, end - page, MADV_HUGEPAGE);
  return (Block){.words = words, .size = size};
}

Pile *pile_new(size_t words) {
  Pile *pile = mem_alloc(sizeof *pile);
  *pile = (Pile){0};
  vec_push(&pile->blocks, block_new(words));
  pile->words = pile->blocks.data[0].size;
  return pile;
}

void pile_free(Pile *pile) {
  for (uint32_t i = 0; i < pile->blocks.len; i++) free(pile->blocks.data[i].words);
  vec_free(&pile->blocks);
  free(pile);
}

/* Make the block above the top one have room for `count` words. */
static void pile_grow(Pile *pile, size_t count) {
  pile->top++;
  if (pile->top == pile->blocks.len) vec_push(&pile->blocks, (Block){0});
  Block *block = &pile->blocks.data[pile->top];
  if (block->size >= count) return;
  free(block->words);
  pile->words -= block->size;
  *block = block_new(count > pile->words / 2 ? count : pile->words / 2);
  pile->words += block->size;
}

uint32_t *pile_take(Pile *pile, size_t count) {
  count += count & 1;
  Block *block = &pile->blocks.data[pile->top];
  if (block->size - block->used < count) {
    pile_grow(pile, count);
    block = &pile->blocks.data[pile->top];
  }
  block->used += count;
  return block->words + block->used - count;
}

void *pile_bytes(Pile *pile, size_t size) { return pile_take(pile, (size + 3) / 4); }

void *pile_zeros(Pile *pile, size_t size) { return memset(pile_bytes(pile, size), 0, size); }

PileMark pile_mark(const Pile *pile) {
  return (PileMark){.block = pile->top, .used = pile->blocks.data[pile->top].used};
}

void pile_release(Pile *pile, PileMark mark) {
  for (; pile->top > mark.block; pile->top--) pile->blocks.data[pile->top].used = 0;
  pile->blocks.data[mark.block].used = mark.used;
}

size_t pile_size(const Pile *pile) { return pile->words * sizeof(uint32_t); }

Partition partition_take(Pile *pile, uint32_t count) {
  uint32_t *words = pile_take(pile, (size_t)count * 4);
  return (Partition){.count = count,
                     .at = words,
                     .place = words + count,
                     .cell = words + 2 * (size_t)count,
                     .len = words + 3 * (size_t)count};
}

void partition_copy(Partition *to, const Partition *from) {
  to->cells = from->cells;
  memcpy(to->at, from->at, (size_t)from->count * 4 * sizeof *to->at);
}
