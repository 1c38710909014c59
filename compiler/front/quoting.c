#include "front/quoting.h"

#include <string.h>

static const Interpreter interpreters[] = {
#define INTERPRETER(name, language, ...) {name, language, {__VA_ARGS__}},
#include "front/interpreters.def"
#undef INTERPRETER
};

const Interpreter *interpreter_find(const char *name) {
  const char *slash = strrchr(name, '/');
  const char *last = slash ? slash + 1 : name;
  const Interpreter *row = interpreters;
  for (;; row++) {
    size_t len = strlen(row->name);
    bool open = row->name[len - 1] == '*';
    if (open ? !strncmp(row->name, last, len - 1) : !strcmp(row->name, last)) return row;
  }
}

const char *quoted_text(Quoted at) {
  static const char *const texts[] = {"a word",    "single quotes",   "double quotes", "a string literal",
                                      "a comment", "a here-document", "backquotes",    "an escape"};
  return texts[at];
}

/* ---- shells ---- */

/* The delimiter behind `<<`; gives back how much of the text it is. */
static size_t heredoc_begin(Quoting *quoting, const char *text, size_t len) {
  size_t at = 2, used = 0;
  quoting->strip = at < len && text[at] == '-';
  at += quoting->strip;
  while (at < len && (text[at] == ' ' || text[at] == '\t')) at++;
  for (; at < len && !strchr(" \t\n;|&()<>", text[at]); at++)
    if (!strchr("'\"\\", text[at]) && used + 1 < sizeof quoting->ends) quoting->ends[used++] = text[at];
  quoting->ends[used] = 0;
  quoting->waits = used > 0;
  return at;
}

/* A line of a here-document; ends it where it is the delimiter. */
static size_t heredoc_line(Quoting *quoting, const char *text, size_t len) {
  size_t from = 0, to = 0;
  while (to < len && text[to] != '\n') to++;
  while (quoting->strip && from < to && text[from] == '\t') from++;
  bool ends = to - from == strlen(quoting->ends) && !memcmp(text + from, quoting->ends, to - from);
  if (ends) quoting->at = QUOTED_WORD;
  return to < len ? to + 1 : to;
}

static void newline(Quoting *quoting) {
  quoting->word = false;
  if (quoting->waits) quoting->at = QUOTED_HEREDOC;
  quoting->waits = false;
}

/* Brackets count inside `$( )` between double quotes, to find its end. */
static void bracket(Quoting *quoting, char c) {
  quoting->word = false;
  if (!quoting->depth) return;
  uint32_t *open = &quoting->parens[quoting->depth - 1];
  *open += c == '(' ? 1 : -1u;
  if (*open) return;
  quoting->depth--;
  quoting->at = QUOTED_DOUBLE;
}

static size_t shell_word(Quoting *quoting, const char *text, size_t len) {
  char c = text[0];
  bool word = quoting->word;
  quoting->word = true;
  switch (c) {
    case '\\':
      if (len == 1) quoting->at = QUOTED_ESCAPED;
      return len > 1 ? 2 : 1;
    case '\'':
      quoting->at = QUOTED_SINGLE;
      return 1;
    case '"':
      quoting->at = QUOTED_DOUBLE;
      return 1;
    case '`':
      quoting->at = QUOTED_TICKS;
      return 1;
    case '\n':
      newline(quoting);
      return 1;
    case '(':
    case ')':
      bracket(quoting, c);
      return 1;
    case '#':
      if (!word) quoting->at = QUOTED_COMMENT;
      return 1;
    case '<':
      quoting->word = false;
      if (len > 2 && text[1] == '<' && text[2] == '<') return 3;
      return len > 1 && text[1] == '<' ? heredoc_begin(quoting, text, len) : 1;
    default:
      quoting->word = !strchr(" \t;|&>", c);
      return 1;
  }
}

static size_t shell_double(Quoting *quoting, const char *text, size_t len) {
  if (text[0] == '\\') {
    if (len == 1) quoting->at = QUOTED_ESCAPED;
    return len > 1 ? 2 : 1;
  }
  if (text[0] == '`') quoting->at = QUOTED_TICKS;
  if (text[0] == '"') quoting->at = QUOTED_WORD;
  bool nests = len > 1 && text[0] == '$' && text[1] == '(' &&
               quoting->depth < sizeof quoting->parens / sizeof *quoting->parens;
  if (!nests) return 1;
  quoting->parens[quoting->depth++] = 1;
  quoting->at = QUOTED_WORD;
  quoting->word = false;
  return 2;
}

static size_t shell_step(Quoting *quoting, const char *text, size_t len) {
  switch (quoting->at) {
    case QUOTED_SINGLE:
      if (text[0] == '\'') quoting->at = QUOTED_WORD;
      return 1;
    case QUOTED_DOUBLE:
      return shell_double(quoting, text, len);
    case QUOTED_TICKS:
      if (text[0] == '`') quoting->at = QUOTED_WORD;
      return 1;
    case QUOTED_COMMENT:
      if (text[0] != '\n') return 1;
      quoting->at = QUOTED_WORD;
      newline(quoting);
      return 1;
    case QUOTED_HEREDOC:
      return heredoc_line(quoting, text, len);
    default:
      return shell_word(quoting, text, len);
  }
}

/* ---- other languages ---- */

static bool begins_comment(const Quoting *quoting, const char *text, size_t len) {
  if (quoting->language != LANGUAGE_JS) return text[0] == '#';
  return len > 1 && text[0] == '/' && (text[1] == '/' || text[1] == '*');
}

static size_t literal_begin(Quoting *quoting, const char *text, size_t len) {
  quoting->quote = text[0];
  quoting->triple = quoting->language == LANGUAGE_PYTHON && len > 2 && text[1] == text[0] &&
                    text[2] == text[0];
  quoting->at = QUOTED_LITERAL;
  return quoting->triple ? 3 : 1;
}

static size_t literal_step(Quoting *quoting, const char *text, size_t len) {
  if (text[0] == '\\') return len > 1 ? 2 : 1;
  if (text[0] != quoting->quote) return 1;
  if (quoting->triple && !(len > 2 && text[1] == text[0] && text[2] == text[0])) return 1;
  quoting->at = QUOTED_WORD;
  return quoting->triple ? 3 : 1;
}

static size_t comment_step(Quoting *quoting, const char *text, size_t len) {
  bool block = quoting->quote == '*';
  bool ends = block ? len > 1 && text[0] == '*' && text[1] == '/' : text[0] == '\n';
  if (ends) quoting->at = QUOTED_WORD;
  return ends && block ? 2 : 1;
}

static size_t language_step(Quoting *quoting, const char *text, size_t len) {
  if (quoting->at == QUOTED_LITERAL) return literal_step(quoting, text, len);
  if (quoting->at == QUOTED_COMMENT) return comment_step(quoting, text, len);
  if (begins_comment(quoting, text, len)) {
    quoting->at = QUOTED_COMMENT;
    quoting->quote = len > 1 ? text[1] : 0;
    return len > 1 && quoting->language == LANGUAGE_JS ? 2 : 1;
  }
  bool ticks = text[0] == '`' && quoting->language != LANGUAGE_PYTHON;
  return text[0] == '\'' || text[0] == '"' || ticks ? literal_begin(quoting, text, len) : 1;
}

/* ---- both ---- */

void quoting_text(Quoting *quoting, const char *text, size_t len) {
  bool shell = quoting->language == LANGUAGE_SHELL;
  while (len) {
    size_t used = (shell ? shell_step : language_step)(quoting, text, len);
    text += used;
    len -= used;
  }
}

void quoting_value(Quoting *quoting) {
  if (quoting->at == QUOTED_ESCAPED) quoting->at = QUOTED_WORD;
  quoting->word = true;
}
