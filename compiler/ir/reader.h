/* reader.h: words, strings and types of the graph's text form. */
#ifndef WEFT_IR_READER_H
#define WEFT_IR_READER_H

#include "ir/text.h"

typedef struct Reader Reader;
struct Reader {
  Session *session;
  Types *types;
  Graph *graph;
  const Source *source;
  const char *at;               /* ends with a NUL */
  bool failed;                  /* told already */
  VEC(Node) nodes;              /* by number in the text */
  VEC(Node) args;               /* of the line that is being read */
  Map ops;                      /* Sym to Op + 1 */
  bool open;                    /* open variables, `?3`, can be read */
  bool (*line)(Reader *reader); /* takes lines that are none of a graph; may be NULL */
  void *self;
};

/* Read all lines into `reader->graph`; nothing is verified. */
void reader_lines(Reader *reader);
void reader_end(Reader *reader);

/* Report what was expected here, once; nothing is read after it. Returns false. */
bool reader_fail(Reader *reader, const char *expected);
/* Skip blanks, then take the word or sign if it is next. */
bool reader_take(Reader *reader, const char *word);
/* The same, an error if it is not. */
bool reader_expect(Reader *reader, const char *word);
/* Whether the line ends here, which takes its end. */
bool reader_line_end(Reader *reader);
/* The operation whose name is next. */
Op reader_op(Reader *reader);
/* A name, or 0. */
Sym reader_name(Reader *reader);
/* A quoted string. */
Sym reader_string(Reader *reader);
/* A decimal number of 32 bits. */
uint32_t reader_number(Reader *reader);
/* Whether a node is next; nothing is taken. */
bool reader_at_node(Reader *reader);
/* `%3`: a node that has been read. */
Node reader_node(Reader *reader);
TypeId reader_type(Reader *reader);
Literal reader_literal(Reader *reader);

#endif
