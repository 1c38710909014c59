#include "canon/labelling.h"

#include <string.h>

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

enum { PILE_BLOCK = 1 << 16 };

Pile *pile_new(void) {
  Pile *pile = mem_alloc(sizeof *pile);
  *pile = (Pile){0};
  vec_push(&pile->blocks, (Block){.words = mem_alloc(PILE_BLOCK * sizeof(uint32_t)), .size = PILE_BLOCK});
  pile->words = PILE_BLOCK;
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
  size_t size = PILE_BLOCK;
  while (size < count) size *= 2;
  free(block->words);
  pile->words += size - block->size;
  *block = (Block){.words = mem_alloc(size * sizeof(uint32_t)), .size = size};
}

uint32_t *pile_take(Pile *pile, size_t count) {
  Block *block = &pile->blocks.data[pile->top];
  if (block->size - block->used < count) {
    pile_grow(pile, count);
    block = &pile->blocks.data[pile->top];
  }
  block->used += count;
  return block->words + block->used - count;
}

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
