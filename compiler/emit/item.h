/* item.h: a line of JSON as a tree, for lines that a program of ours has written. */
#ifndef WEFT_EMIT_ITEM_H
#define WEFT_EMIT_ITEM_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ItemKind { ITEM_OTHER, ITEM_TEXT, ITEM_NUMBER, ITEM_LIST, ITEM_RECORD } ItemKind;

typedef struct Item Item;
struct Item {
  ItemKind kind;       /* ITEM_OTHER: true, false, null */
  const char *name;    /* of a member; NULL: it is an element */
  const char *text;    /* ITEM_TEXT, without its escapes; of other scalars as written, `len` bytes */
  size_t len;          /* of the text */
  double number;       /* ITEM_NUMBER */
  Item *first, *next;  /* what a list or record holds; what follows in the same */
  Item *last, *parent; /* while it is read */
};

/* Items of one line after another. */
typedef struct ItemPool {
  Item *items;
  size_t cap, len;
} ItemPool;

/* Read a line in place: its texts lie in the line, its items in the pool, until the next is read. NULL: it
 * is no JSON. */
const Item *item_read(ItemPool *pool, char *line);
void item_pool_free(ItemPool *pool);

/* A member, or NULL. */
const Item *item_find(const Item *record, const char *name);
/* The text of a member; NULL: there is none. */
const char *item_text(const Item *record, const char *name);
/* The number of a member; 0: there is none. */
double item_number(const Item *record, const char *name);
/* The first of what a member holds; NULL: nothing. */
const Item *item_first(const Item *record, const char *name);

#endif
