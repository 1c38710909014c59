/* quote.c: values as text and as words of a shell.
 *
 * A shell word is single-quoted, but what is special inside double quotes (" $ ` \) and the single quote itself
 * stand outside of the single quotes behind a backslash: so the word says the same where a word is expected, and
 * can start no expansion even if the template put it inside double quotes. */
#include "quote.h"

#include <string.h>

#include "run.h"
#include "text.h"

/* ---- paths below a root that is known later ---- */

static const char *moved_root;

void quote_from(const char *root) { moved_root = root; }

const char *quote_root(const char *bytes, size_t len) {
  return moved_root ? memmem(bytes, len, moved_root, strlen(moved_root)) : NULL;
}

size_t quote_root_len(void) { return moved_root ? strlen(moved_root) : 0; }

void quote_look(const RtString *string) {
  if (quote_root(string->bytes, (size_t)string->len)) run_later(NULL, NULL, NULL, "the folder of a file");
}

/* ---- words ---- */

int64_t quote_words(const RtType *type, const void *value) {
  if (type->kind == RT_OPTION) {
    int present = *((const uint8_t *)value + type->elem->size) != 0;
    return present ? quote_words(type->elem, value) : 0;
  }
  if (type->kind != RT_ARRAY) return 1;
  const RtArray *array = *(const RtArray *const *)value;
  int64_t words = 0;
  for (int64_t i = 0; i < array->len; i++)
    words += quote_words(type->elem, array->items + (size_t)i * type->elem->size);
  return words;
}

/* A value that is neither array nor option, as plain text. */
static void plain_scalar(RtText *into, const RtType *type, const void *value) {
  switch ((RtKind)type->kind) {
    case RT_BOOL:
      text_puts(into, *(const uint8_t *)value ? "true" : "false");
      break;
    case RT_INT:
      text_int(into, *(const int64_t *)value);
      break;
    case RT_FLOAT:
      text_double(into, *(const double *)value, 1);
      break;
    case RT_QUANTITY:
      text_double(into, *(const double *)value, 0);
      break;
    case RT_UNCERTAIN:
      text_double(into, ((const RtUncertain *)value)->mean, 0);
      text_puts(into, " \u00b1 ");
      text_double(into, ((const RtUncertain *)value)->sd, 0);
      break;
    case RT_STRING: {
      const RtString *string = *(const RtString *const *)value;
      text_add(into, string->bytes, (size_t)string->len);
      break;
    }
    case RT_FILE:
    case RT_DIR: {
      const RtFile *file = *(const RtFile *const *)value;
      text_add(into, file->path->bytes, (size_t)file->path->len);
      break;
    }
    case RT_RECORD:
      quote_literal(into, RT_QUOTE_JS, type, value);
      break;
    default:
      break;
  }
}

/* How words are joined and written. */
typedef struct Words {
  RtText *into;
  char between;
  int quoted;
  int any;
} Words;

/* A path or number that reads the same unquoted: no keyword, no assignment, nothing to expand. */
static int safe_word(const char *bytes, size_t len) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";
  if (len == 0 || strspn(bytes, safe) != len) return 0;
  return strcspn(bytes, "/.0123456789") < len;
}

/* Close or open the single quotes as needed. */
static void set_quotes(RtText *into, int *open, int wanted) {
  if (*open != wanted) text_char(into, '\'');
  *open = wanted;
}

static void fixed_word(RtText *into, const char *bytes, size_t len) {
  if (safe_word(bytes, len)) {
    text_add(into, bytes, len);
    return;
  }
  if (len == 0) text_puts(into, "''");
  int open = 0;
  for (size_t i = 0; i < len; i++) {
    int special = strchr("\"$`\\'", bytes[i]) != NULL;
    set_quotes(into, &open, !special);
    if (special) text_char(into, '\\');
    text_char(into, bytes[i]);
  }
  set_quotes(into, &open, 0);
}

static void shell_word(RtText *into, const char *bytes, size_t len) {
  const char *root = quote_root(bytes, len);
  if (!root) {
    fixed_word(into, bytes, len);
    return;
  }
  for (const char *end = bytes + len; bytes < end; root = quote_root(bytes, (size_t)(end - bytes))) {
    const char *to = root ? root : end;
    if (to > bytes) fixed_word(into, bytes, (size_t)(to - bytes));
    if (root) text_puts(into, "\"$" RT_ROOT_VARIABLE "\"");
    bytes = root ? root + quote_root_len() : end;
  }
}

static void add_words(Words *words, const RtType *type, const void *value) {
  if (type->kind == RT_OPTION) {
    if (*((const uint8_t *)value + type->elem->size)) add_words(words, type->elem, value);
    return;
  }
  if (type->kind == RT_ARRAY) {
    const RtArray *array = *(const RtArray *const *)value;
    for (int64_t i = 0; i < array->len; i++)
      add_words(words, type->elem, array->items + (size_t)i * type->elem->size);
    return;
  }
  if (words->any) text_char(words->into, words->between);
  words->any = 1;
  if (!words->quoted) {
    plain_scalar(words->into, type, value);
    return;
  }
  RtText plain = {0};
  plain_scalar(&plain, type, value);
  shell_word(words->into, plain.data ? plain.data : "", plain.len);
  text_free(&plain);
}

void quote_plain(RtText *into, const RtType *type, const void *value) {
  add_words(&(Words){.into = into, .between = ' '}, type, value);
}

/* Between quotes that the command has itself: nothing may end them, nothing may expand. */
static void add_inside(RtText *into, char quote, const RtType *type, const void *value) {
  RtText plain = {0};
  quote_plain(&plain, type, value);
  const char *root = plain.len ? quote_root(plain.data, plain.len) : NULL;
  for (size_t i = 0; i < plain.len; i++) {
    char c = plain.data[i];
    if (root == plain.data + i) {
      text_puts(into, quote == '"' ? "$" RT_ROOT_VARIABLE : "'\"$" RT_ROOT_VARIABLE "\"'");
      i += quote_root_len() - 1;
      root = quote_root(plain.data + i, plain.len - i);
      continue;
    }
    if (quote == '\'' && c == '\'') {
      text_puts(into, "'\\''");
      continue;
    }
    if (quote == '"' && strchr("\"$`\\", c)) text_char(into, '\\');
    text_char(into, c);
  }
  text_free(&plain);
}

void value_quote(RtText *into, RtQuote quote, const RtType *type, const void *value) {
  switch (quote) {
    case RT_QUOTE_SHELL:
      add_words(&(Words){.into = into, .between = ' ', .quoted = 1}, type, value);
      break;
    case RT_QUOTE_SINGLE:
      add_inside(into, '\'', type, value);
      break;
    case RT_QUOTE_DOUBLE:
      add_inside(into, '"', type, value);
      break;
    case RT_QUOTE_WORD:
      add_words(&(Words){.into = into, .between = 0}, type, value);
      break;
    case RT_QUOTE_RAW:
      quote_plain(into, type, value);
      break;
    case RT_QUOTE_PYTHON:
    case RT_QUOTE_R:
    case RT_QUOTE_JS:
    case RT_QUOTE_PERL:
      quote_literal(into, quote, type, value);
      break;
  }
}
