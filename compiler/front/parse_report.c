/* What is told when a token does not follow the grammar: what was found, what could have come, and
 * what people usually mean by it. */
#include "front/lex.h"

#include <string.h>

typedef struct Report {
  Parser *p;
  Span span;
  int found, before;
  const char **expected;
  uint32_t count;
  Diag *told;
} Report;

static bool expects(const Report *r, const char *name) {
  for (uint32_t i = 0; i < r->count; i++)
    if (!strcmp(r->expected[i], name)) return true;
  return false;
}

static const char *text_at(const Report *r, Span span, uint32_t *len) {
  const Source *source = r->p->source;
  *len = span.hi - span.lo;
  return source->text + (span.lo - source->base);
}

/* ---- the message ---- */

static const char *const operators[] = {"|>",  ">>",  "'|'", "'&'", "??",  "||", "&&",  "==",
                                        "!=",  "'<'", "<=",  "'>'", ">=",  "±",  "'+'", "'-'",
                                        "'*'", "'/'", "'%'", "'.'", "'('", "'['"};
static const char *const expression_starts[] = {"a name",
                                                "a hole",
                                                "a number",
                                                "a number with a fraction",
                                                "a quantity",
                                                "a string",
                                                "a string in three quotes",
                                                "'('",
                                                "'['",
                                                "if",
                                                "for",
                                                "fold",
                                                "fold ",
                                                "loop",
                                                "let",
                                                "ask",
                                                "js",
                                                "map",
                                                "filter",
                                                "flatmap",
                                                "id",
                                                "true",
                                                "false",
                                                "none",
                                                "'-'",
                                                "'!'",
                                                "_"};
static const char *const type_starts[] = {"a name", "'['", "'('"};
static const char *const type_ends[] = {"<", "'.'", "'?'"};
static const char *const declaration_starts[] = {"task",   "fn",       "flow",  "type", "site",
                                                 "import", "volatile", "assoc", "comm"};
static const char *const unsaid[] = {"a broken word", "';'", "START_MODULE", "START_PATTERN", "after", "by"};

#define IN(list, name) is_in(list, sizeof(list) / sizeof *(list), name)
static bool is_in(const char *const *list, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (!strcmp(list[i], name)) return true;
  return false;
}

typedef struct Phrases {
  Text text;
  uint32_t count;
  char last[48];
} Phrases;

static void phrase(Phrases *phrases, const char *words) {
  if (phrases->last[0]) {
    if (phrases->count > 1) text_puts(&phrases->text, ", ");
    text_puts(&phrases->text, phrases->last);
  }
  snprintf(phrases->last, sizeof phrases->last, "%s", words);
  phrases->count++;
}

static void phrase_token(Phrases *phrases, const char *name) {
  char words[48];
  size_t len = strlen(name);
  if (name[0] == '\'' && len == 3)
    snprintf(words, sizeof words, "`%c`", name[1]);
  else if (!strncmp(name, "a ", 2) || !strncmp(name, "the ", 4))
    snprintf(words, sizeof words, "%s", name);
  else
    snprintf(words, sizeof words, "`%s`", name);
  phrase(phrases, words);
}

static void phrases_expected(const Report *r, Phrases *phrases) {
  bool expression = expects(r, "a number"), operation = expects(r, "=="), declaration = expects(r, "task");
  bool type = !expression && !operation && expects(r, "'['") && expects(r, "a name");
  bool line = expects(r, "the end of the line") && !declaration && !expression;
  if (declaration) phrase(phrases, "a declaration");
  if (expression) phrase(phrases, "an expression");
  if (type) phrase(phrases, "a type");
  uint32_t listed = 0, all = phrases->count;
  for (uint32_t i = 0; i < r->count && listed < 4; i++) {
    const char *name = r->expected[i];
    if (IN(unsaid, name) || (declaration && (IN(declaration_starts, name) || !strncmp(name, "the ", 4))))
      continue;
    if (expression && (IN(expression_starts, name) || !strcmp(name, "the end of the line"))) continue;
    if ((type && IN(type_starts, name)) || (operation && IN(operators, name)) ||
        (line && !strcmp(name, "'}'")))
      continue;
    if (!line && !strcmp(name, "the end of the line") && all) continue;
    if ((operation || expects(r, "the end of the line")) && !strcmp(name, "the end of the file")) continue;
    if (IN(type_ends, name) && expects(r, "'?'")) continue;
    phrase_token(phrases, name);
    listed++;
  }
  if (!phrases->count && operation) phrase(phrases, "an operator");
}

static void message_expected(const Report *r, Text *into) {
  Phrases phrases = {0};
  phrases_expected(r, &phrases);
  if (!phrases.count) {
    text_puts(into, "unexpected ");
  } else {
    text_puts(into, "expected ");
    if (phrases.count > 1) text_addf(into, "%s or ", phrases.text.data);
    text_addf(into, "%s, found ", phrases.last);
  }
  text_free(&phrases.text);
}

static void message_found(const Report *r, Text *into) {
  uint32_t len;
  const char *text = text_at(r, r->span, &len);
  switch (r->found) {
    case END:
      text_puts(into, "the end of the file");
      return;
    case NL:
      text_puts(into, "the end of the line");
      return;
    case STRING_OPEN:
    case BLOCK_OPEN:
      text_puts(into, "a string");
      return;
    default:
      break;
  }
  uint32_t shown = len < 32 ? len : 32;
  while (shown < len && ((unsigned char)text[shown] & 0xc0) == 0x80) shown++;
  text_addf(into, "`%.*s%s`", (int)shown, text, shown < len ? "…" : "");
}

/* ---- hints ---- */

#define HELP(r, ...) diag_help((r)->p->session->diags, (r)->told, __VA_ARGS__)
#define FIX(r, text) diag_fix((r)->p->session->diags, (r)->told, (r)->span, text)

/* Words of other languages, and what is written here. */
static const struct {
  const char *word, *help, *fix;
} foreign[] = {
    {"def", "did you mean `fn`, or `flow`?", "fn"},
    {"function", "did you mean `fn`?", "fn"},
    {"func", "did you mean `fn`?", "fn"},
    {"fun", "did you mean `fn`?", "fn"},
    {"workflow", "did you mean `flow`?", "flow"},
    {"pipeline", "did you mean `flow`?", "flow"},
    {"process", "did you mean `task`? A composition of tasks is a `flow`", "task"},
    {"rule", "did you mean `task`?", "task"},
    {"step", "did you mean `task`?", "task"},
    {"job", "did you mean `task`?", "task"},
    {"struct", "did you mean `type`? A record is `type Name = (a: Int, b: String)`", "type"},
    {"class", "did you mean `type`? A record is `type Name = (a: Int, b: String)`", "type"},
    {"record", "did you mean `type`? A record is `type Name = (a: Int, b: String)`", "type"},
    {"enum", "there are no enumerations: take a `String`", NULL},
    {"include", "did you mean `import`?", "import"},
    {"from", "did you mean `import`? As in `import std.seq (name)`", NULL},
    {"use", "did you mean `import`?", "import"},
    {"pure", "functions are pure, and tasks are unless they say `volatile`", ""},
    {"version", "a workflow names no language version", NULL},
};

static bool hint_foreign(Report *r) {
  uint32_t len;
  const char *text = text_at(r, r->span, &len);
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
    if (strlen(foreign[i].word) != len || memcmp(foreign[i].word, text, len)) continue;
    HELP(r, "%s", foreign[i].help);
    if (foreign[i].fix && *foreign[i].fix) FIX(r, foreign[i].fix);
    return true;
  }
  return false;
}

static bool hint_declaration(Report *r) {
  if (!expects(r, "task") || r->p->lexer.brackets.len > 1) return false;
  if (r->found == NAME && hint_foreign(r)) return true;
  uint32_t len;
  const char *text = text_at(r, r->span, &len);
  if (r->found == NAME) {
    static const char *const words[] = {"task", "flow", "type", "site", "import", "volatile"};
    Suggestion near = {.name = name_of(r->p->session, lex_intern(r->p, text, len))};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) suggest(&near, words[i]);
    if (near.best) {
      HELP(r, "did you mean `%s`?", near.best);
      FIX(r, near.best);
      return true;
    }
  }
  HELP(r,
       "a file holds `import`, `type`, `task`, `fn`, `flow` and `site`; steps stand inside a flow: `flow "
       "main() { … }`");
  return true;
}

static bool is_word(const Report *r, Span span, const char *word) {
  uint32_t len;
  const char *text = text_at(r, span, &len);
  return strlen(word) == len && !memcmp(word, text, len);
}

/* The word that ends where the token before ended. */
static Span word_before(const Report *r) {
  const Source *source = r->p->source;
  Span span = {r->p->lexer.before_end, r->p->lexer.before_end};
  while (span.lo > source->base) {
    char c = source->text[span.lo - source->base - 1];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) break;
    span.lo--;
  }
  return span;
}

static bool hint_words(Report *r) {
  Span before = word_before(r);
  if (r->found == NAME && is_word(r, r->span, "and")) return HELP(r, "write `&&`"), FIX(r, "&&"), true;
  if (r->found == NAME && is_word(r, r->span, "or")) return HELP(r, "write `||`"), FIX(r, "||"), true;
  if (r->before != NAME) return false;
  if (is_word(r, before, "not")) return HELP(r, "write `!`"), true;
  if (is_word(r, before, "return"))
    return HELP(r, "leave `return` out: the last expression of a block is its value"), true;
  if (is_word(r, before, "var") || is_word(r, before, "const") || is_word(r, before, "val") ||
      is_word(r, before, "set"))
    return HELP(r, "a step is bound by its name alone: `x = …`"), true;
  if (is_word(r, before, "call")) return HELP(r, "a call is `x = name(…)`"), true;
  if (is_word(r, before, "lambda"))
    return HELP(r, "there are no nameless functions: declare a `fn`, or leave arguments open with `_`"), true;
  return false;
}

static bool hint_equals(Report *r, const Bracket *open) {
  if (r->found == EQ && expects(r, "'='"))
    return HELP(r, "a name is bound with a single `=`"), FIX(r, "="), true;
  if (r->found != '=') return false;
  if (open && open->close == ')' && r->before == NAME && expects(r, "':'"))
    return HELP(r, "arguments are named with `:`"), FIX(r, ":"), true;
  if (expects(r, "->"))
    return HELP(r, "a signature says what comes out: `-> T = …`; without one it is `flow name = …`"), true;
  if (expects(r, "==")) return HELP(r, "to compare, write `==`"), FIX(r, "=="), true;
  if (expects(r, "a number"))
    return HELP(r, "an attribute is a name and its value, with nothing between: `cpus 4`"), true;
  return false;
}

static bool hint_colon(Report *r, const Bracket *open) {
  if (r->found == ':' && expects(r, "->"))
    return HELP(r, "what comes out stands after `->`"), FIX(r, " ->"), true;
  if (r->found == ':' && expects(r, "'='") && open && open->close == '}')
    return HELP(r, "a step has no written type: `name = …`"), true;
  if (r->found == ':' && expects(r, "a number"))
    return HELP(r, "an attribute is a name and its value, with nothing between: `cpus 4`"), true;
  if (expects(r, "':'") && !expects(r, "==") &&
      (r->found == ',' || r->found == ')' || r->found == NAME || r->found == '='))
    return HELP(r, "each name is followed by its type, as `n: Int`"), true;
  return false;
}

static bool hint_separator(Report *r) {
  if (r->found == ';' && expects(r, "','"))
    return HELP(r, "inside brackets a `,` separates"), FIX(r, ","), true;
  if (r->found == ',' && expects(r, "the end of the line"))
    return HELP(r, "a new line or `;` separates, not `,`"), FIX(r, ";"), true;
  return false;
}

static bool hint_structure(Report *r) {
  if (r->found == STRING_OPEN && r->before == IMPORT)
    return HELP(r, "a module is named without quotes, as `import std.seq`"), true;
  if (r->found == '(' && r->before == FOR) return HELP(r, "no parentheses: `for x in xs { … }`"), true;
  if (r->found == RUN) return HELP(r, "a command stands in the body of a `task`"), true;
  if (r->found == '?') return HELP(r, "a choice is `if c { a } else { b }`"), true;
  if (r->found == '{' && expects(r, "a number"))
    return HELP(r, "a record is `(a: 1, b: 2)`; braces are the bodies of `if`, `for`, `fold` and `loop`"),
           true;
  if (expects(r, "by") && expects(r, "'{'") && !expects(r, "=="))
    return HELP(r, "`fold acc = start for x in xs { … }`, or `fold start for x in xs by f`"), true;
  if ((r->found == ')' || r->found == ',') && expects(r, "'='") && expects(r, "'?'"))
    return HELP(r, "an output says what it is made of, as `bam: File = \"out.bam\"`"), true;
  if (r->found == '{' && expects(r, "->") && !expects(r, "'{'"))
    return HELP(r, "a function says what it gives: `-> T`"), true;
  return false;
}

static bool is_keyword(int kind) { return kind >= TASK && kind <= NONE; }

/* What has a code of its own. */
static bool report_special(Report *r) {
  Diags *diags = r->p->session->diags;
  switch (r->found) {
    case PLACEHOLDER:
      r->told = diag(diags, DIAG_PLACEHOLDER, r->span, "`_` stands only for an argument");
      HELP(r, "as in `f(a, _)`, which leaves the second input open");
      return true;
    case EQ:
    case NE:
    case '<':
    case LE:
    case '>':
    case GE:
      if (!expects(r, "&&") || expects(r, "==")) break;
      r->told = diag(diags, DIAG_CHAIN, r->span, "comparisons do not chain");
      HELP(r, "write `a < b && b < c`");
      return true;
    case UNCERTAIN:
      if (!expects(r, "&&")) break;
      r->told = diag(diags, DIAG_CHAIN, r->span, "`±` does not chain");
      HELP(r, "`a ± b` is a mean and its standard deviation");
      return true;
    case '=':
      if (!is_keyword(r->before) || r->before == IF) break;
      r->told = diag(diags, DIAG_RESERVED, word_before(r), "a word of the language cannot be a name");
      HELP(r, "choose another");
      return true;
    default:
      if (!is_keyword(r->found) || r->found <= COMM || !expects(r, "a name") || expects(r, "a number") ||
          expects(r, "'['"))
        break;
      uint32_t len;
      const char *text = text_at(r, r->span, &len);
      r->told = diag(diags, DIAG_RESERVED, r->span, "`%.*s` is a word of the language and cannot be a name",
                     (int)len, text);
      HELP(r, "choose another");
      return true;
  }
  return false;
}

static const char *line_between(const Report *r, const Bracket *open) {
  const Source *source = r->p->source;
  const char *from = source->text + (open->span.lo - source->base);
  return memchr(from, '\n', r->span.lo > open->span.lo ? r->span.lo - open->span.lo : 0);
}

/* A bracket that was opened on an earlier line and might have closed here is shown. */
static void note_bracket(Report *r, Bracket *open) {
  if (!open || open->close == '}' || open->close == '"' || !line_between(r, open)) return;
  char name[4] = {'\'', (char)open->close, '\'', 0};
  if (!expects(r, name)) return;
  diag_note(r->p->session->diags, r->told, open->span, "`%c` is still open", open->close == ')' ? '(' : '[');
}

static void report(Report *r) {
  Bracket *open = lex_bracket(r->p);
  if (open && (open->close == ')' || open->close == ']')) open->told = true;
  if (report_special(r)) return;
  Text message = {0};
  message_expected(r, &message);
  message_found(r, &message);
  r->told = diag(r->p->session->diags, DIAG_SYNTAX, r->span, "%s", message.data);
  text_free(&message);
  note_bracket(r, open);
  if (hint_equals(r, open) || hint_colon(r, open) || hint_separator(r) || hint_words(r) || hint_structure(r))
    return;
  hint_declaration(r);
}

/* The place of an end of line or file is one past what stands there. */
static Span visible(const Parser *p, int found, Span span) {
  if (found != NL && found != END) return span;
  uint32_t at = p->lexer.before_end;
  if (at < p->source->base) at = p->source->base;
  return (Span){at, at + 1};
}

void parse_report(Parser *p, Span span, const char **expected, uint32_t count) {
  Lexer *lx = &p->lexer;
  int found = lx->previous;
  bool follows = lx->told_to && lx->told_to >= lx->before_end && lx->told_to <= span.hi;
  if (!lx->stopped && !lx->synthetic && !lx->after_synthetic && !follows && found != BROKEN) {
    Report r = {p, visible(p, found, span), found, lx->before, expected, count, NULL};
    report(&r);
  }
  p->syntax_errors++;
  lex_recovering(p, found);
}
