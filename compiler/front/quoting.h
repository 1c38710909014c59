/* quoting.h: the languages of commands, and where in their quotes a value stands. */
#ifndef WEFT_FRONT_QUOTING_H
#define WEFT_FRONT_QUOTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Language { LANGUAGE_SHELL, LANGUAGE_PYTHON, LANGUAGE_R, LANGUAGE_JS, LANGUAGE_PERL } Language;

typedef struct Interpreter {
  const char *name; /* a `*` at the end stands for anything */
  Language language;
  const char *argv[6]; /* NULL first: the name itself; ends with NULL */
} Interpreter;

/* The row of an interpreter, told by the last part of a path. There is always one. */
const Interpreter *interpreter_find(const char *name);

/* Where a value stands. The first three can be quoted for; in the others a value could end what it stands in. */
typedef enum Quoted {
  QUOTED_WORD,    /* outside of quotes: a word of the shell, a literal of other languages */
  QUOTED_SINGLE,  /* between single quotes of a shell */
  QUOTED_DOUBLE,  /* between double quotes of a shell */
  QUOTED_LITERAL, /* inside a string literal of another language */
  QUOTED_COMMENT,
  QUOTED_HEREDOC,
  QUOTED_TICKS,  /* between backquotes */
  QUOTED_ESCAPED /* behind a backslash */
} Quoted;

/* Follows the quotes of a command through its texts; values between them are whole by themselves. */
typedef struct Quoting {
  Language language;
  Quoted at;           /* where what comes next stands */
  uint32_t depth;      /* of `$(` inside double quotes */
  uint32_t parens[16]; /* open brackets in each */
  char quote;          /* of a literal: the character that ends it */
  bool triple;
  bool word;         /* inside a word: a `#` is no comment */
  char ends[64];     /* delimiter of the here-document to come or under way */
  bool strip, waits; /* `<<-`; the document begins on the next line */
} Quoting;

/* Go over a text of the command. */
void quoting_text(Quoting *quoting, const char *text, size_t len);
/* Go over a value. */
void quoting_value(Quoting *quoting);
/* What a person calls the place, "a comment". */
const char *quoted_text(Quoted at);

#endif
