/* item.c: reading JSON without recursion: the item that is open knows its parent. */
#include "emit/item.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

typedef struct Reader {
  ItemPool *pool;
  char *at;
  Item *open; /* the list or record that is being read */
  bool failed;
} Reader;

/* Each item but the first stands behind a bracket or a comma. */
static size_t most_items(const char *line) {
  size_t most = 1;
  for (const char *at = line; (at = strpbrk(at, ",[{")); at++) most++;
  return most;
}

static void skip_blanks(Reader *reader) { reader->at += strspn(reader->at, " \t\r\n"); }

static bool take(Reader *reader, char c) {
  skip_blanks(reader);
  if (*reader->at != c) return false;
  reader->at++;
  return true;
}

static Item *add(Reader *reader, ItemKind kind, const char *name) {
  Item *item = &reader->pool->items[reader->pool->len++], *parent = reader->open;
  *item = (Item){.kind = kind, .name = name, .parent = parent};
  if (!parent) return item;
  if (parent->last)
    parent->last->next = item;
  else
    parent->first = item;
  parent->last = item;
  return item;
}

/* ---- texts ---- */

static char *put_rune(char *into, unsigned rune) {
  if (rune < 0x80) {
    *into++ = (char)rune;
  } else if (rune < 0x800) {
    *into++ = (char)(0xc0 | rune >> 6);
    *into++ = (char)(0x80 | (rune & 0x3f));
  } else {
    *into++ = (char)(0xe0 | rune >> 12);
    *into++ = (char)(0x80 | (rune >> 6 & 0x3f));
    *into++ = (char)(0x80 | (rune & 0x3f));
  }
  return into;
}

/* What stands behind a backslash; surrogates are not written by us. */
static char *put_escape(Reader *reader, char *into) {
  static const char letters[] = "nrtbf", bytes[] = "\n\r\t\b\f";
  char c = *reader->at++;
  const char *letter = c ? strchr(letters, c) : NULL;
  if (letter) {
    *into++ = bytes[letter - letters];
  } else if (c == 'u') {
    char digits[5] = {0};
    memcpy(digits, reader->at, strnlen(reader->at, 4));
    into = put_rune(into, (unsigned)strtoul(digits, NULL, 16));
    reader->at += strlen(digits);
  } else {
    *into++ = c;
  }
  return into;
}

/* Without its escapes it is never longer: it stays where it is. */
static char *read_text(Reader *reader, size_t *len) {
  if (!take(reader, '"')) {
    reader->failed = true;
    return NULL;
  }
  char *text = reader->at, *into = text;
  while (*reader->at && *reader->at != '"') {
    char c = *reader->at++;
    if (c == '\\' && *reader->at)
      into = put_escape(reader, into);
    else
      *into++ = c;
  }
  if (*reader->at != '"') reader->failed = true;
  if (*reader->at) reader->at++;
  *into = 0;
  *len = (size_t)(into - text);
  return text;
}

/* ---- values ---- */

static void read_word(Reader *reader, const char *name) {
  size_t len = strspn(reader->at, "abcdefghijklmnopqrstuvwxyz");
  if (len) {
    Item *item = add(reader, ITEM_OTHER, name);
    item->text = reader->at;
    item->len = len;
    reader->at += len;
    return;
  }
  char *end;
  double number = strtod(reader->at, &end);
  if (end == reader->at) reader->failed = true;
  Item *item = add(reader, ITEM_NUMBER, name);
  item->number = number;
  item->text = reader->at;
  item->len = (size_t)(end - reader->at);
  reader->at = end;
}

static void read_value(Reader *reader) {
  size_t len;
  char *name = NULL;
  if (reader->open && reader->open->kind == ITEM_RECORD) {
    name = read_text(reader, &len);
    if (!take(reader, ':')) reader->failed = true;
  }
  skip_blanks(reader);
  if (*reader->at == '{' || *reader->at == '[') {
    reader->open = add(reader, *reader->at++ == '{' ? ITEM_RECORD : ITEM_LIST, name);
  } else if (*reader->at == '"') {
    Item *item = add(reader, ITEM_TEXT, name);
    item->text = read_text(reader, &item->len);
  } else {
    read_word(reader, name);
  }
}

/* Close what ends here; false: another value has to follow. */
static bool close_all(Reader *reader) {
  while (reader->open && take(reader, reader->open->kind == ITEM_RECORD ? '}' : ']'))
    reader->open = reader->open->parent;
  return !reader->open;
}

const Item *item_read(ItemPool *pool, char *line) {
  Reader reader = {.pool = pool, .at = line};
  size_t most = most_items(line);
  if (most > pool->cap) {
    pool->cap = 2 * most;
    pool->items = mem_resize(pool->items, pool->cap * sizeof *pool->items);
  }
  pool->len = 0;
  do {
    if (reader.open && reader.open->first && !take(&reader, ',')) reader.failed = true;
    if (!reader.failed) read_value(&reader);
  } while (!reader.failed && !close_all(&reader));
  return reader.failed ? NULL : pool->items;
}

void item_pool_free(ItemPool *pool) {
  free(pool->items);
  *pool = (ItemPool){0};
}

/* ---- looking ---- */

const Item *item_find(const Item *record, const char *name) {
  const Item *item = record->first;
  while (item && (!item->name || strcmp(item->name, name) != 0)) item = item->next;
  return item;
}

const char *item_text(const Item *record, const char *name) {
  const Item *item = item_find(record, name);
  return item && item->kind == ITEM_TEXT ? item->text : NULL;
}

double item_number(const Item *record, const char *name) {
  const Item *item = item_find(record, name);
  return item ? item->number : 0;
}

const Item *item_first(const Item *record, const char *name) {
  const Item *item = item_find(record, name);
  return item ? item->first : NULL;
}
