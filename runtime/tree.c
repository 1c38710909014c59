/* tree.c: a reduction as a balanced tree.  Level 0 is the array; a value of level n+1 is made of two neighbours
 * of level n, and a last one without a neighbour moves up as it is.  So the shape, and with it the result, follows
 * from the length alone, never from which combination ends first.  Leaves are taken lazily and inner values wait
 * in short lists, so that memory follows what is under way. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { LEVELS = 64, LEVEL_SHIFT = 48 };

struct Tree {
  const RtType *type;
  const RtArray *array;
  int64_t leaf; /* the next leaf that is not in a pair yet */
  int64_t lengths[LEVELS];
  TreeValue *waiting[LEVELS]; /* values whose neighbour is not there */
  TreePair *pairs[LEVELS];    /* by level of the combination */
  TreeValue *root;
};

static void *take(size_t size) {
  void *memory = calloc(1, size);
  if (!memory) arena_exhausted(size);
  return memory;
}

static void value_free(TreeValue *value) {
  if (!value) return;
  if (value->arena) {
    arena_free(value->arena);
    free(value->value);
  }
  free(value);
}

static TreeValue *leaf_new(const Tree *tree, int64_t index) {
  TreeValue *value = take(sizeof *value);
  value->index = index;
  value->value = (char *)tree->array->items + (size_t)index * tree->type->size;
  return value;
}

/* Take the neighbour of a value out of the list of its level. */
static TreeValue *find_neighbour(Tree *tree, const TreeValue *value) {
  for (TreeValue **link = &tree->waiting[value->level]; *link; link = &(*link)->next) {
    TreeValue *other = *link;
    if (other->index != (value->index ^ 1)) continue;
    *link = other->next;
    return other;
  }
  return NULL;
}

static void add_pair(Tree *tree, TreeValue *a, TreeValue *b) {
  TreePair *pair = take(sizeof *pair);
  int level = a->level + 1;
  pair->left = a->index < b->index ? a : b;
  pair->right = pair->left == a ? b : a;
  pair->node = (int64_t)level << LEVEL_SHIFT | a->index / 2;
  pair->next = tree->pairs[level];
  tree->pairs[level] = pair;
}

/* Moves up while there is no neighbour to wait for. */
static void place(Tree *tree, TreeValue *value) {
  while (tree->lengths[value->level] > 1 && value->index == tree->lengths[value->level] - 1 &&
         value->index % 2 == 0) {
    value->level++;
    value->index /= 2;
  }
  if (tree->lengths[value->level] == 1) {
    tree->root = value;
    return;
  }
  TreeValue *other = find_neighbour(tree, value);
  if (other) {
    add_pair(tree, value, other);
  } else {
    value->next = tree->waiting[value->level];
    tree->waiting[value->level] = value;
  }
}

Tree *tree_new(const RtType *type, const RtArray *array) {
  Tree *tree = take(sizeof *tree);
  tree->type = type;
  tree->array = array;
  int64_t length = array->len;
  for (int level = 0; level < LEVELS; level++, length = (length + 1) / 2) tree->lengths[level] = length;
  if (array->len % 2) place(tree, leaf_new(tree, array->len - 1));
  return tree;
}

void tree_free(Tree *tree) {
  if (!tree) return;
  for (int level = 0; level < LEVELS; level++) {
    for (TreeValue *value = tree->waiting[level], *next; value; value = next) {
      next = value->next;
      value_free(value);
    }
    for (TreePair *pair = tree->pairs[level], *next; pair; pair = next) {
      next = pair->next;
      tree_release(pair);
      free(pair);
    }
  }
  value_free(tree->root);
  free(tree);
}

int tree_ready(const Tree *tree) {
  if (tree->leaf + 1 < tree->array->len) return 1;
  for (int level = 1; level < LEVELS; level++)
    if (tree->pairs[level]) return 1;
  return 0;
}

TreePair tree_take(Tree *tree) {
  for (int level = LEVELS - 1; level > 0; level--) {
    TreePair *pair = tree->pairs[level];
    if (!pair) continue;
    TreePair taken = *pair;
    tree->pairs[level] = pair->next;
    free(pair);
    return taken;
  }
  int64_t at = tree->leaf;
  tree->leaf += 2;
  TreeValue *left = leaf_new(tree, at), *right = leaf_new(tree, at + 1);
  return (TreePair){left, right, (int64_t)1 << LEVEL_SHIFT | at / 2, NULL};
}

void tree_release(TreePair *pair) {
  value_free(pair->left);
  value_free(pair->right);
}

int tree_put(Tree *tree, int64_t node, const void *from) {
  TreeValue *value = take(sizeof *value);
  value->level = (int)(node >> LEVEL_SHIFT);
  value->index = node & (((int64_t)1 << LEVEL_SHIFT) - 1);
  value->arena = arena_new();
  value->value = take(tree->type->size + 1);
  value_copy(value->arena, tree->type, from, value->value);
  place(tree, value);
  return tree->root != NULL;
}

const void *tree_root(const Tree *tree) { return tree->root->value; }
