/* input.h: the parts that readers of inputs share. */
#ifndef WEFT_RT_INPUT_H
#define WEFT_RT_INPUT_H

#include "error.h"
#include "value.h"

/* Where values come from and go to. */
typedef struct RtSource {
  RtArena *arena;   /* of the values */
  const char *name; /* of the document or flag, for errors */
  const char *base; /* directory where relative paths start; NULL: the current one */
  int strict;       /* what a person gives: an unknown field is an error, as is a quantity without a unit */
  RtError *error;
} RtSource;

typedef enum NodeKind {
  NODE_NULL,
  NODE_BOOL,
  NODE_NUMBER,
  NODE_STRING,
  NODE_PLAIN, /* an unquoted scalar of YAML: what it is follows from the type */
  NODE_ARRAY,
  NODE_OBJECT
} NodeKind;

/* A document as a tree.  Lines and columns count from 1, columns in bytes. */
typedef struct RtNode {
  uint8_t kind; /* NodeKind */
  uint32_t line, column;
  const char *text; /* scalars: the text, NUL-terminated; "true" or "false" of NODE_BOOL */
  size_t len;       /* bytes of text; number of children */
  const char *key;  /* in an object; NUL-terminated */
  uint32_t key_line, key_column;
  struct RtNode *first, *next;
} RtNode;

/* A whole file in memory on malloc, with a NUL after it; NULL with an explanation. */
char *input_load(const char *path, size_t *len, RtError *error);

/* Parse a document; nodes go into `arena`.  `name` is for errors.  NULL with an explanation. */
RtNode *json_parse(RtArena *arena, const char *text, size_t len, const char *name, RtError *error);
RtNode *yaml_parse(RtArena *arena, const char *text, size_t len, const char *name, RtError *error);

/* The node at a JSON pointer (RFC 6901); NULL with an explanation. */
const RtNode *node_at(const RtNode *root, const char *pointer, const char *name, RtError *error);

/* Make a value of a node: 1, or 0 with an explanation. */
int value_from_node(const RtSource *source, const RtNode *node, const RtType *type, void *value);

/* Resolve a path to a File or Dir that is there: canonical, with size and time.  1, or 0 with an explanation. */
int file_from_path(RtArena *arena, const char *path, size_t len, const char *base, int is_dir,
                   const RtFile **file, RtError *error);

/* A scalar from text; the value of an option if it is not empty.  1, or 0 with an explanation. */
int scalar_from_text(const RtSource *source, const RtType *type, const char *text, size_t len, void *value);

/* Rows of a table in memory as an array of records.  1, or 0 with an explanation. */
int table_parse(const RtSource *source, const RtType *type, const char *text, size_t len, char separator,
                void *value);

/* Set an option to absent, or the slot of any type to zero. */
void slot_clear(const RtType *type, void *value);

#endif
