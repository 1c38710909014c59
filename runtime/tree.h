/* tree.h: which neighbours of a tree reduction can be combined. */
#ifndef WEFT_RT_TREE_H
#define WEFT_RT_TREE_H

#include "value.h"

/* A value on its way up.  `arena` holds what it points to; NULL: an element of the array. */
typedef struct TreeValue {
  int level;
  int64_t index;
  RtArena *arena;
  void *value;
  struct TreeValue *next;
} TreeValue;

/* Two neighbours; `node` numbers their combination: level and index in one. */
typedef struct TreePair {
  TreeValue *left, *right;
  int64_t node;
  struct TreePair *next;
} TreePair;

typedef struct Tree Tree;

Tree *tree_new(const RtType *type, const RtArray *array);
void tree_free(Tree *tree);
/* Whether there is a pair to take. */
int tree_ready(const Tree *tree);
/* The next pair, of the highest level that has one. */
TreePair tree_take(Tree *tree);
/* Give both values of a pair back, once they are copied. */
void tree_release(TreePair *pair);
/* The combination of the pair `node` is there: copied.  Returns 1 when it is that of all. */
int tree_put(Tree *tree, int64_t node, const void *value);
/* The value of all, once tree_put has returned 1. */
const void *tree_root(const Tree *tree);

#endif
