#include "front/lex.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 255 };

static bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- for the scanner ---- */

Span lex_span(Parser *p, const char *text, uint32_t len) {
  uint32_t lo = p->lexer.base + (uint32_t)(text - p->lexer.text);
  return (Span){lo, lo + len};
}

static const char *lex_at(const Lexer *lx, uint32_t offset) { return lx->text + (offset - lx->base); }

/* The most errors told of one file. */
enum { MAX_ERRORS = 100 };

static bool too_many(Parser *p) { return diags_errors(p->session->diags) - p->errors >= MAX_ERRORS; }

static Diag *lex_error(Parser *p, DiagCode code, Span span, const char *message) {
  p->lexer.told_to = span.hi;
  return diag(p->session->diags, code, span, "%s", message);
}

Sym lex_intern(Parser *p, const char *text, uint32_t len) {
  if (len > MAX_NAME) {
    lex_error(p, DIAG_LONG_NAME, lex_span(p, text, len), "a name of more than 255 characters");
    len = MAX_NAME;
  }
  return intern(p->session->names, text, len);
}

void lex_space(Parser *p) { p->lexer.space = true; }

bool lex_newline(Parser *p) {
  Lexer *lx = &p->lexer;
  Bracket *open = lex_bracket(p);
  if (lx->line_strings || (open && open->close == '"')) return true;
  lx->newline = true;
  return false;
}

bool lex_block_in_block(Parser *p) {
  Bracket *open = lex_bracket(p);
  return open && open->close == '"' && open->mode == SCAN_BLOCK;
}

bool lex_quote_ends(Parser *p, Span quote) {
  const Lexer *lx = &p->lexer;
  if (!lx->line_strings) return false;
  const char *at = lex_at(lx, quote.hi);
  return at[strcspn(at, "\"\n")] != '"';
}

void lex_comment(Parser *p, Span span) {
  Lexer *lx = &p->lexer;
  const char *end = lex_at(lx, span.hi);
  if (span.hi > span.lo && end[-1] == '\r') span.hi--;
  vec_push(&lx->comments, (Comment){span, lx->newline || lx->previous == START_MODULE});
  lx->space = true;
}

void lex_foreign_comment(Parser *p, Span span) {
  Diag *told = lex_error(p, DIAG_STRAY, (Span){span.lo, span.lo + 2}, "this does not begin a comment");
  diag_help(p->session->diags, told, "comments begin with `#` and end with the line");
  if (*lex_at(&p->lexer, span.lo + 1) == '/')
    diag_fix(p->session->diags, told, (Span){span.lo, span.lo + 2}, "#");
}

void lex_slip(Parser *p, Span span, const char *meant) {
  Diag *told = diag(p->session->diags, DIAG_STRAY, span, "there is no operator `%.*s`",
                    (int)(span.hi - span.lo), lex_at(&p->lexer, span.lo));
  p->lexer.told_to = span.hi;
  diag_help(p->session->diags, told, "write `%s`", meant);
  diag_fix(p->session->diags, told, span, meant);
}

int lex_single_quotes(Parser *p, Span span) {
  Diag *told = lex_error(p, DIAG_STRAY, span, "a string stands in double quotes");
  const char *text = lex_at(&p->lexer, span.lo);
  uint32_t len = span.hi - span.lo;
  diag_help(p->session->diags, told, "write `\"…\"`");
  if (!memchr(text, '"', len) && !memchr(text, '\\', len) && len < 200)
    diag_fix(p->session->diags, told, span,
             arena_format(p->session->arena, "\"%.*s\"", (int)len - 2, text + 1));
  return BROKEN;
}

/* What people mean by characters that the language does not have. */
static const struct {
  const char *text, *help;
} stray_help[] = {
    {"$", "a value stands by its name alone; in a string it is `~{name}`"},
    {"@", "there are no decorators: what a task needs stands in its body, as `cpus 2`"},
    {"'", "strings stand in double quotes"},
    {"`", "strings stand in double quotes"},
    {"\\", "a line goes on inside brackets, or when it begins with an operator"},
    {"^", "there is no power operator: multiply, or call `pow(a, b)`"},
    {"~", "`~{…}` is written inside a string"},
    {"\xe2\x86\x92", "write `->`"},
    {"\xe2\x87\x92", "write `->`"},
    {"\xe2\x80\x9c", "strings stand in plain double quotes: `\"`"},
    {"\xe2\x80\x9d", "strings stand in plain double quotes: `\"`"},
    {"\xe2\x80\x98", "strings stand in plain double quotes: `\"`"},
    {"\xe2\x80\x99", "strings stand in plain double quotes: `\"`"},
    {"\xe2\x89\xa4", "write `<=`"},
    {"\xe2\x89\xa5", "write `>=`"},
    {"\xe2\x89\xa0", "write `!=`"},
    {"\xc3\x97", "write `*`"},
    {"\xe2\x88\x92", "write a plain minus: `-`"},
    {"\xe2\x80\x93", "write a plain minus: `-`"},
    {"\xc2\xa0", "this is a no-break space: write a plain one"},
};

void lex_stray(Parser *p, Span span) {
  Lexer *lx = &p->lexer;
  const char *text = lex_at(lx, span.lo);
  uint32_t len = span.hi - span.lo;
  if (too_many(p)) return;
  if (!memcmp(text, "\xef\xbb\xbf", 3) && span.lo == lx->base && len == 3) return;
  Text message = {0};
  uint32_t characters = 0;
  for (uint32_t i = 0; i < len && characters < 2; i++) characters += ((unsigned char)text[i] & 0xc0) != 0x80;
  text_puts(&message,
            characters == 1 ? "a character without meaning here: `" : "characters without meaning here: `");
  if (len == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f))
    text_addf(&message, "\\u{%x}", (unsigned)(unsigned char)*text);
  else {
    uint32_t shown = len < 40 ? len : 40;
    while (shown < len && ((unsigned char)text[shown] & 0xc0) == 0x80) shown++;
    for (uint32_t i = 0; i < shown; i++)
      if ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f) text_putc(&message, text[i]);
    if (shown < len) text_puts(&message, "…");
  }
  text_putc(&message, '`');
  Diag *told = lex_error(p, DIAG_STRAY, span, message.data);
  text_free(&message);
  for (size_t i = 0; i < sizeof stray_help / sizeof *stray_help; i++) {
    size_t n = strlen(stray_help[i].text);
    if (len >= n && !memcmp(text, stray_help[i].text, n)) {
      diag_help(p->session->diags, told, "%s", stray_help[i].help);
      return;
    }
  }
  if (len > 2 && (unsigned char)*text >= 0x80)
    diag_help(p->session->diags, told, "names have plain letters, digits and `_`");
}

/* ---- numbers ---- */

/* Units as people also write them. */
static const struct {
  const char *written, *meant;
} unit_slips[] = {
    {"sec", "s"},       {"secs", "s"}, {"second", "s"}, {"seconds", "s"}, {"mins", "min"}, {"minute", "min"},
    {"minutes", "min"}, {"hr", "h"},   {"hrs", "h"},    {"hour", "h"},    {"hours", "h"},  {"byte", "B"},
    {"bytes", "B"},     {"watt", "W"}, {"watts", "W"},  {"days", "d"},    {"day", "d"},    {"joule", "J"},
    {"joules", "J"},    {"gram", "g"}, {"grams", "g"},
};

static const char *const unit_names[] = {"B",   "kB", "MB", "GB", "TB",  "PB",  "KiB", "MiB", "GiB", "TiB",
                                         "PiB", "s",  "ms", "us", "min", "h",   "d",   "W",   "mW",  "kW",
                                         "MW",  "J",  "kJ", "MJ", "Wh",  "kWh", "g",   "kg",  "USD", "EUR"};

static bool same_letters(const char *a, size_t len, const char *b) {
  if (strlen(b) != len) return false;
  for (size_t i = 0; i < len; i++)
    if ((a[i] | 32) != (b[i] | 32)) return false;
  return true;
}

/* The unit that a misspelt one stands for, or NULL. */
static const char *unit_meant(const char *text, size_t len) {
  int8_t unit[UNIT_COUNT];
  double factor;
  const char *meant = NULL;
  for (size_t i = 0; i < sizeof unit_slips / sizeof *unit_slips && !meant; i++)
    if (same_letters(text, len, unit_slips[i].written)) meant = unit_slips[i].meant;
  for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names && !meant; i++)
    if (len > 1 && same_letters(text, len, unit_names[i])) meant = unit_names[i];
  return meant && unit_find(meant, strlen(meant), unit, &factor) ? meant : NULL;
}

typedef struct Digits {
  uint32_t len; /* of the number's text */
  bool real;
} Digits;

static Digits digits_of(const char *text, uint32_t len) {
  uint32_t at = 0;
  bool real = false;
#define DIGITS_FROM(i)                                                                                     \
  while ((i) < len && (is_digit(text[i]) || (text[i] == '_' && (i) + 1 < len && is_digit(text[(i) + 1])))) \
  (i)++
  DIGITS_FROM(at);
  if (at + 1 < len && text[at] == '.' && is_digit(text[at + 1])) {
    real = true;
    at++;
    DIGITS_FROM(at);
  }
  if (at < len && (text[at] | 32) == 'e') {
    uint32_t exponent = at + 1;
    if (exponent < len && (text[exponent] == '+' || text[exponent] == '-')) exponent++;
    if (exponent < len && is_digit(text[exponent])) {
      real = true;
      at = exponent;
      while (at < len && is_digit(text[at])) at++;
    }
  }
#undef DIGITS_FROM
  return (Digits){at, real};
}

/* The value of a number's text, and whether it can be represented. */
static bool number_value(const char *text, Digits digits, double *real, int64_t *integer) {
  char buffer[64], *copy = digits.len < sizeof buffer ? buffer : mem_alloc(digits.len + 1);
  uint32_t len = 0;
  for (uint32_t i = 0; i < digits.len; i++)
    if (text[i] != '_') copy[len++] = text[i];
  copy[len] = 0;
  errno = 0;
  *integer = digits.real ? 0 : strtoll(copy, NULL, 10);
  bool good = errno == 0;
  *real = strtod(copy, NULL);
  if (copy != buffer) free(copy);
  return digits.real ? isfinite(*real) : good;
}

/* The length of the unit at `text`: the whole of "MB/s", else its first word; 0 if it is none. */
static size_t unit_length(const char *text, size_t len) {
  int8_t unit[UNIT_COUNT];
  double factor;
  const char *slash = memchr(text, '/', len);
  if (unit_find(text, len, unit, &factor)) return len;
  if (slash && unit_find(text, (size_t)(slash - text), unit, &factor)) return (size_t)(slash - text);
  return 0;
}

static int number_error(Parser *p, DiagCode code, Span span, const char *what, const char *meant,
                        WEFT_STYPE *value) {
  Diag *told = diag(p->session->diags, code, span, "%s `%.*s`", what,
                    (int)(span.hi - span.lo < 40 ? span.hi - span.lo : 40), lex_at(&p->lexer, span.lo));
  p->lexer.told_to = span.hi;
  if (meant) {
    diag_help(p->session->diags, told, "did you mean `%s`?", meant);
    diag_fix(p->session->diags, told, span, meant);
  }
  value->integer = 0;
  return BROKEN;
}

int lex_number(Parser *p, const char *text, uint32_t len, WEFT_STYPE *value, uint32_t *used) {
  Digits digits = digits_of(text, len);
  double real;
  int64_t integer;
  bool good = number_value(text, digits, &real, &integer);
  uint32_t word = digits.len;
  while (word < len && (text[word] == ' ' || text[word] == '\t')) word++;
  size_t unit = word < len ? unit_length(text + word, len - word) : 0;
  *used = unit ? word + (uint32_t)unit : digits.len;
  if (!good)
    return number_error(p, DIAG_NUMBER, lex_span(p, text, digits.len), "a number out of range:", NULL, value);
  /* `2 min(a)` is no quantity, and `2 min: …` neither */
  if (unit && word > digits.len && text[*used] == '(') unit = 0, *used = digits.len;
  if (unit) {
    value->quantity.number = real;
    value->quantity.unit = intern(p->session->names, text + word, unit);
    return QUANTITY;
  }
  if (word < len) {
    size_t letters = 0;
    while (word + letters < len && text[word + letters] != '/') letters++;
    const char *meant = unit_meant(text + word, letters);
    if (meant || word == digits.len) {
      *used = word + (uint32_t)letters;
      if (meant || !is_digit(text[0]))
        return number_error(p, DIAG_UNIT, lex_span(p, text + word, (uint32_t)letters), "there is no unit",
                            meant, value);
      return number_error(p, DIAG_NUMBER, lex_span(p, text, *used), "neither a number nor a name:", NULL,
                          value);
    }
  }
  if (digits.real) return value->quantity.number = real, value->quantity.unit = 0, FLOAT;
  return value->integer = integer, INT;
}

/* ---- brackets ---- */

Bracket *lex_bracket(Parser *p) {
  Lexer *lx = &p->lexer;
  return lx->brackets.len ? &vec_last(&lx->brackets) : NULL;
}

static void lex_mode(Lexer *lx, ScanMode mode) {
  lx->mode = (uint8_t)mode;
  scan_mode(lx->scanner, mode);
}

static void bracket_push(Parser *p, uint8_t close, Span span) {
  Lexer *lx = &p->lexer;
  if (lx->brackets.len >= MAX_NESTING) {
    build_too_deep(p, span);
    return;
  }
  vec_push(&lx->brackets,
           (Bracket){close, lx->mode, false, lx->line_strings, span, lx->string, lx->bounds_due});
  lx->bounds_due = 0;
}

static void bracket_pop(Parser *p) {
  Lexer *lx = &p->lexer;
  Bracket open = vec_pop(&lx->brackets);
  lx->line_strings = open.lines;
  lx->bounds_due = open.bounds_due;
  if (open.close != '"') return;
  lx->string = open.string;
  lex_mode(lx, open.mode);
}

static const char *bracket_text(const Bracket *open) {
  return open->close == ')' ? "(" : open->close == ']' ? "[" : open->close == '}' ? "{" : "~{";
}

static void bracket_unclosed(Parser *p, Bracket *open) {
  if (open->told) return;
  open->told = true;
  bool interpolation = open->close == '"';
  Diag *told = diag(
      p->session->diags, interpolation ? DIAG_INTERPOLATION_OPEN : DIAG_BRACKET_OPEN, open->span,
      interpolation ? "this interpolation is not closed by `}` on its line" : "this `%s` is never closed",
      bracket_text(open));
  if (interpolation)
    diag_help(p->session->diags, told,
              "for the characters `~{` themselves write `\\~{` in a string in double quotes");
}

/* What else is open is open for the same reason: nothing more is told of it. */
static void bracket_told(Parser *p) {
  for (uint32_t i = 0; i < p->lexer.brackets.len; i++) p->lexer.brackets.data[i].told = true;
}

/* Opening brackets, closing ones and strings change what is read next. */
static void lex_structure(Parser *p, int kind, Span span) {
  Lexer *lx = &p->lexer;
  switch (kind) {
    case '(':
      bracket_push(p, ')', span);
      break;
    case '[':
      bracket_push(p, ']', span);
      break;
    case '{':
      bracket_push(p, '}', span);
      break;
    case INTERP_OPEN: {
      bool line = lx->mode == SCAN_LINE;
      bracket_push(p, '"', span);
      lx->line_strings += line;
      lex_mode(lx, SCAN_CODE);
      break;
    }
    case ')':
    case ']':
    case '}':
    case INTERP_CLOSE:
      bracket_pop(p);
      break;
    case STRING_OPEN:
    case BLOCK_OPEN:
      lx->string = span;
      lex_mode(lx, kind == STRING_OPEN ? SCAN_LINE : SCAN_BLOCK);
      break;
    case STRING_CLOSE:
      lex_mode(lx, SCAN_CODE);
      break;
    default:
      break;
  }
}

/* ---- words that depend on their place ---- */

static const char *skip_blanks(const char *at) {
  while (*at == ' ' || *at == '\t') at++;
  return at;
}

static const char *skip_word(const char *at) {
  while (is_word_byte(*at)) at++;
  return at;
}

static bool is_word_start(char c) { return is_word_byte(c) && !is_digit(c); }

static bool assigns(const char *at) { return at[0] == '=' && at[1] != '=' && at[1] != '>'; }

/* Whether an expression, a type or a statement can end with this token. */
static bool can_end(int kind) {
  switch (kind) {
    case NAME:
    case HOLE:
    case INT:
    case FLOAT:
    case QUANTITY:
    case STRING_CLOSE:
    case BROKEN:
    case PLACEHOLDER:
    case ')':
    case ']':
    case '}':
    case '?':
    case RANGLE:
    case TRUE:
    case FALSE:
    case NONE:
    case ID:
    case UNBOUNDED:
      return true;
    default:
      return false;
  }
}

/* Whether a line that begins with this token goes on with the one before. */
static bool continues(int kind) {
  switch (kind) {
    case APPLY:
    case SERIES:
    case COALESCE:
    case OR:
    case AND:
    case EQ:
    case NE:
    case LE:
    case GE:
    case UNCERTAIN:
    case '|':
    case '&':
    case '<':
    case '>':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '.':
    case ARROW:
    case '{':
    case '}':
    case '=':
    case ELSE:
    case UNTIL:
    case WHILE:
    case AFTER:
    case BY:
    case MAX:
    case UNBOUNDED:
    case END:
      return true;
    default:
      return false;
  }
}

static bool in_braces(Parser *p) {
  Bracket *open = lex_bracket(p);
  return !open || open->close == '}';
}

static bool begins_statement(const Lexer *lx) {
  switch (lx->previous) {
    case NL:
    case ';':
    case START_MODULE:
    case START_PATTERN:
    case '{':
    case '}':
    case VOLATILE:
    case ASSOC:
    case COMM:
      return true;
    default:
      return lx->newline;
  }
}

static bool is_declaration(int kind) {
  return kind == TASK || kind == FN || kind == FLOW || kind == TYPE || kind == SITE || kind == IMPORT ||
         kind == VOLATILE || kind == ASSOC || kind == COMM;
}

/* A declaration that begins at the first column while a bracket is open: the bracket was forgotten. */
static bool is_stranded_declaration(const Lexer *lx, int kind, const char *after) {
  const char *start = lex_at(lx, lx->span.lo);
  if (start > lx->text && start[-1] != '\n') return false;
  const char *word = skip_blanks(after);
  if (!is_word_start(*word)) return false;
  if (kind == IMPORT || kind == VOLATILE || kind == ASSOC || kind == COMM) return true;
  const char *next = skip_blanks(skip_word(word));
  return *next == '(' || *next == '<' || *next == '{' || *next == ':' || (kind != SITE && assigns(next));
}

/* The kind that a word of the language has where it stands: often it is a mere name. */
static int word_kind(Parser *p, int kind) {
  Lexer *lx = &p->lexer;
  const char *after = lex_at(lx, lx->span.hi), *next = skip_blanks(after);
  bool follows = can_end(lx->previous);
  if ((lx->previous == '.' && !lx->newline) || (*next == ':' && next[1] != '=' && kind != ELSE)) return NAME;
  switch (kind) {
    case TASK:
    case FN:
    case FLOW:
    case TYPE:
    case SITE:
    case IMPORT:
    case VOLATILE:
    case ASSOC:
    case COMM:
      if (!lx->brackets.len) return begins_statement(lx) ? kind : NAME;
      return lx->newline && is_stranded_declaration(lx, kind, after) ? kind : NAME;
    case AS:
      return lx->importing && follows ? AS : NAME;
    case RUN: {
      if (*next == '"') return RUN;
      const char *second = skip_blanks(skip_word(next));
      return is_word_start(*next) && *second == '"' ? RUN : NAME;
    }
    case MAX:
    case UNBOUNDED:
      return lx->bounds_due && follows && after[0] != '(' ? kind : NAME;
    case AFTER:
    case BY:
      return follows && *next != '=' && after[0] != '(' && *next != '.' && *next != ',' ? kind : NAME;
    case FOLD: {
      const char *end = skip_word(next);
      return is_word_start(*next) && assigns(skip_blanks(end)) ? FOLD_ACC : FOLD;
    }
    default:
      return kind;
  }
}

/* `<` that opens type arguments: after the name declared, or close to a name as in File<fastq>. */
static int angle_kind(Lexer *lx) {
  if (lx->previous != NAME) return '<';
  bool declared = lx->before == TASK || lx->before == FN || lx->before == FLOW;
  const char *at = lex_at(lx, lx->span.hi), *end = skip_word(at);
  if (!declared && (lx->space || !is_word_start(*at) || *end != '>' || end[1] == '=')) return '<';
  lx->angle = 1;
  return LANGLE;
}

static int settle(Parser *p, int kind) {
  Lexer *lx = &p->lexer;
  if (kind >= TASK && kind <= NONE) return word_kind(p, kind);
  if (kind == '<') return angle_kind(lx);
  if (kind == '>' && lx->angle) return lx->angle = 0, RANGLE;
  return kind;
}

/* ---- the next token ---- */

static void read_ahead(Parser *p) {
  Lexer *lx = &p->lexer;
  WEFT_STYPE value = {0};
  if (too_many(p)) {
    diag(p->session->diags, DIAG_TOO_MANY, lx->previous_span,
         "too many errors: the rest of the file is not read");
    lex_stop(p);
    lx->ahead = true;
    lx->kind = END;
    return;
  }
  lx->newline = lx->space = false;
  lx->kind = flex_lex(&value, &lx->span, lx->scanner);
  memcpy(lx->value, &value, sizeof lx->value);
  lx->kind = settle(p, lx->kind);
  lx->ahead = true;
}

static uint32_t bracket_matching(const Lexer *lx, int kind) {
  for (uint32_t i = lx->brackets.len; i; i--) {
    if (lx->brackets.data[i - 1].close == kind) return i;
    if (lx->brackets.data[i - 1].close == '"') return kind == '}' ? i : 0;
  }
  return 0;
}

static int close_kind(const Bracket *open) { return open->close == '"' ? INTERP_CLOSE : open->close; }

static void drop_ahead(Parser *p) { p->lexer.ahead = false; }

/* A closing bracket in the text: which token it is; 0: the open one is closed first; -1: dropped. */
static int closing(Parser *p) {
  Lexer *lx = &p->lexer;
  Bracket *open = lex_bracket(p);
  int kind = lx->kind;
  if (open && (open->close == kind || (open->close == '"' && kind == '}'))) return close_kind(open);
  if (open && bracket_matching(lx, kind)) return bracket_unclosed(p, open), 0;
  Diag *told = NULL;
  if (!open || !open->told || open->close == '}' || open->close == '"') {
    told = diag(p->session->diags, DIAG_BRACKET_CLOSE, lx->span,
                open ? "`%c` does not close what is open" : "`%c` closes nothing", kind);
    lx->told_to = lx->span.hi;
    if (open) diag_note(p->session->diags, told, open->span, "`%s` is open", bracket_text(open));
  }
  if (!open || open->close == '}' || open->close == '"') return -1;
  open->told = true;
  return open->close;
}

/* A line that can only be a new statement or declaration, although a bracket is open. */
static bool is_stranded(Parser *p) {
  Lexer *lx = &p->lexer;
  Bracket *open = lex_bracket(p);
  if (!lx->newline || !open) return false;
  if (is_declaration(lx->kind)) return true;
  if (open->close != ')' && open->close != ']') return false;
  if (lx->kind != NAME || lx->previous == LET || lx->previous == LOOP || lx->previous == FOLD_ACC)
    return false;
  return assigns(skip_blanks(lex_at(lx, lx->span.hi)));
}

static int broken_string(Parser *p) {
  Lexer *lx = &p->lexer;
  Diag *told = NULL;
  if (!lx->broken_string)
    told = diag(p->session->diags, DIAG_STRING_OPEN, lx->string,
                lx->mode == SCAN_LINE ? "this string does not end on its line"
                                      : "this string is never closed by `\"\"\"`");
  if (told && lx->mode == SCAN_LINE)
    diag_help(p->session->diags, told, "close it with `\"`, or use `\"\"\"` for a text of several lines");
  if (lx->mode == SCAN_BLOCK) bracket_told(p); /* it swallowed what would have closed them */
  lx->broken_string = false;
  return STRING_CLOSE;
}

/* What is given before the token ahead, or 0; `*given` is cleared when the token ahead is dropped. */
static int token_before(Parser *p) {
  Lexer *lx = &p->lexer;
  Bracket *open = lex_bracket(p);
  if (lx->stopped) {
    if (lx->mode != SCAN_CODE) return STRING_CLOSE;
    if (open) return close_kind(open);
    lx->kind = END;
    return 0;
  }
  switch (lx->kind) {
    case END:
      if (!open) return 0;
      bracket_unclosed(p, open);
      bracket_told(p);
      return close_kind(open);
    case INTERP_BROKEN:
      bracket_unclosed(p, open);
      bracket_told(p);
      if (open->close == '"') {
        lx->broken_string = open->mode == SCAN_LINE && *lex_at(lx, lx->span.lo) == '\n';
        drop_ahead(p);
      }
      return close_kind(open);
    case STRING_BROKEN:
      drop_ahead(p);
      return broken_string(p);
    default:
      break;
  }
  if (is_stranded(p)) {
    bracket_unclosed(p, open);
    return close_kind(open);
  }
  if (lx->newline && in_braces(p) && can_end(lx->previous) && !continues(lx->kind)) return NL;
  return 0;
}

static int give(Parser *p, int kind, Span span, bool synthetic) {
  Lexer *lx = &p->lexer;
  lex_structure(p, kind, span);
  lx->before = lx->previous;
  lx->before_end = lx->previous_span.hi;
  lx->previous = kind;
  lx->previous_span = span;
  lx->after_synthetic = lx->synthetic;
  lx->synthetic = synthetic;
  switch (kind) {
    case IMPORT:
      lx->importing = true;
      break;
    case TASK:
    case FN:
    case FLOW:
    case SITE:
      lx->header = true;
      break;
    case UNTIL:
    case WHILE:
      lx->bounds_due++;
      break;
    case MAX:
    case UNBOUNDED:
      lx->bounds_due--;
      break;
    case '}':
      if (!lx->brackets.len) lx->header = false;
      break;
    case NL:
    case ';':
      lx->importing = false;
      lx->angle = 0;
      lx->bounds_due = 0;
      if (!lx->brackets.len) lx->header = false;
      break;
    default:
      break;
  }
  return kind;
}

static int next_token(Parser *p, WEFT_STYPE *value, Span *span) {
  Lexer *lx = &p->lexer;
  for (;;) {
    if (lx->stopped && !lx->ahead) lx->ahead = true, lx->kind = END;
    if (!lx->ahead) read_ahead(p);
    int before = token_before(p);
    if (before) {
      if (before == NL) lx->newline = false;
      *span = (Span){lx->previous_span.hi, lx->previous_span.hi};
      return give(p, before, *span, before != NL);
    }
    int kind = lx->kind;
    if (kind == ')' || kind == ']' || kind == '}') {
      kind = closing(p);
      if (kind < 0) {
        drop_ahead(p);
        if (can_end(lx->previous)) continue;
        *span = lx->span; /* it stands where an expression was due */
        return give(p, BROKEN, *span, false);
      }
      if (!kind) {
        *span = (Span){lx->previous_span.hi, lx->previous_span.hi};
        return give(p, close_kind(lex_bracket(p)), *span, true);
      }
    }
    drop_ahead(p);
    *span = lx->span;
    memcpy(value, lx->value, sizeof lx->value);
    return give(p, kind, *span, false);
  }
}

static bool is_closing(int kind) { return kind == ')' || kind == ']' || kind == '}' || kind == INTERP_CLOSE; }

/* The body of a declaration is read even when its head is broken. */
static bool is_body(const Lexer *lx, int kind) {
  return kind == '{' && lx->brackets.len == 1 && lx->header && lx->recover_depth == 0;
}

int weft_lex(WEFT_STYPE *value, Span *span, Parser *p) {
  Lexer *lx = &p->lexer;
  if (lx->start) {
    int start = lx->start;
    lx->start = 0;
    *span = (Span){lx->base, lx->base};
    return lx->previous = start;
  }
  for (;;) {
    int kind = next_token(p, value, span);
    if (!lx->recovering || kind == END) return kind;
    uint32_t depth = lx->brackets.len;
    if (depth > lx->recover_depth) {
      if (!is_body(lx, kind)) continue;
      lx->recovering = false;
      return kind;
    }
    if (depth == lx->recover_depth && is_closing(kind)) continue;
    lx->recover_depth = depth;
    return kind;
  }
}

void lex_recovering(Parser *p, int found) {
  Lexer *lx = &p->lexer;
  bool opens = found == '(' || found == '[' || found == '{' || found == INTERP_OPEN;
  lx->recover_depth = lx->brackets.len - (opens && lx->brackets.len ? 1 : 0);
  lx->recovering = !is_body(lx, found);
}

void lex_recovered(Parser *p) { p->lexer.recovering = false; }

void lex_stop(Parser *p) {
  p->lexer.stopped = true;
  p->lexer.ahead = false;
}

void lex_open(Parser *p, int start) {
  Lexer *lx = &p->lexer;
  lx->text = p->source->text;
  lx->size = p->source->size;
  lx->base = p->source->base;
  lx->start = lx->previous = start;
  /* written to by the scanner in name only: see YY_DO_BEFORE_ACTION */
  lx->scanner = scan_open(p, (char *)(uintptr_t)p->source->text, p->source->size);
}

void lex_close(Parser *p) {
  scan_close(p->lexer.scanner);
  vec_free(&p->lexer.brackets);
  vec_free(&p->lexer.comments);
}
