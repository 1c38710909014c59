/* cwl_tree.h: YAML and JSON documents as trees with positions. */
#ifndef WEFT_IMPORT_CWL_TREE_H
#define WEFT_IMPORT_CWL_TREE_H

#include "base/session.h"
#include "base/vec.h"

typedef enum TreeKind {
  TREE_NULL,
  TREE_BOOL,
  TREE_INT,
  TREE_FLOAT,
  TREE_STRING,
  TREE_LIST,
  TREE_MAP
} TreeKind;

typedef struct Tree Tree;
struct Tree {
  uint8_t kind;
  Span span;        /* of a scalar, or of what a list or map is the value of */
  const char *text; /* scalars: as written, NUL-terminated */
  size_t len;       /* of text */
  uint32_t count;   /* of children */
  const char *key;  /* in a map */
  Span key_span;
  Tree *first, *next;
};

/* The most that one document may be, nest, and expand to. */
enum { TREE_MOST_BYTES = 4 << 20, TREE_DEEPEST = 200, TREE_MOST_ALIASED = 200000 };

/* The tree of a document; NULL: told as a diagnostic. */
Tree *tree_read(Session *session, const Source *source);

Tree *tree_get(const Tree *map, const char *key);
/* The same, and NULL where it is null. */
Tree *tree_given(const Tree *map, const char *key);
/* The text of a scalar, or NULL. */
const char *tree_text(const Tree *tree);
const char *tree_get_text(const Tree *map, const char *key);
bool tree_is(const Tree *tree, const char *text);
static inline bool tree_has(const Tree *map, const char *key) { return tree_given(map, key) != NULL; }
/* Where it is told of: its key in a map. */
static inline Span tree_place(const Tree *tree) { return tree->key ? tree->key_span : tree->span; }
static inline bool tree_is_scalar(const Tree *tree) { return tree->kind < TREE_LIST; }

/* As one line of JSON. */
void tree_json(const Tree *tree, Text *into);

#endif
