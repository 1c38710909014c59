#include "emit/yaml.h"

#include <string.h>

enum { FOLD_FROM = 100 }; /* texts on one line that are longer stand in a block */

/* ---- lines ---- */

static void line(Yaml *yaml) {
  if (!yaml->item)
    for (unsigned i = 0; i < yaml->depth; i++) text_puts(yaml->into, "  ");
  yaml->item = false;
}

/* ---- texts ---- */

/* Plain words that YAML would read as something else. */
static bool is_reserved(const char *text) {
  static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcasecmp(text, words[i])) return true;
  return false;
}

/* Whether a text on one line means itself without quotes: it begins like a word or an expression, and what ends a
 * plain scalar does not occur. */
static bool is_plain(const char *text, bool flow) {
  char c = text[0];
  if (c == '-') c = text[1]; /* an option */
  bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' || c == '$' ||
              c == '-';
  if (!word || is_reserved(text) || text[strlen(text) - 1] == ' ') return false;
  for (; *text; text++) {
    if (*text < ' ' || *text == 0x7f) return false;
    if (flow && strchr(",[]{}#:", *text)) return false;
    if (*text == ':' && (text[1] == ' ' || !text[1])) return false;
    if (*text == ' ' && text[1] == '#') return false;
  }
  return true;
}

static bool is_printable(const char *text) {
  for (; *text; text++)
    if ((*text >= 0 && *text < ' ') || *text == 0x7f) return false;
  return true;
}

static void quote(const char *text, Text *into) {
  if (!is_printable(text) || (strchr(text, '\'') && !strpbrk(text, "\"\\"))) {
    text_json(into, text, strlen(text));
    return;
  }
  text_putc(into, '\'');
  for (; *text; text++) {
    if (*text == '\'') text_putc(into, '\'');
    text_putc(into, *text);
  }
  text_putc(into, '\'');
}

static void scalar(const char *text, bool flow, Text *into) {
  if (is_plain(text, flow))
    text_puts(into, text);
  else
    quote(text, into);
}

void yaml_flow(const char *text, Text *into) { scalar(text, true, into); }

/* Whether a block shows it as it is: printable lines, the first without blanks before it, no line of blanks alone. */
static bool is_block(const char *text) {
  size_t len = strlen(text);
  if (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || !len) return false;
  if (!strchr(text, '\n') && len < FOLD_FROM) return false;
  for (const char *at = text; *at; at++) {
    if (*at >= 0 && *at < ' ' && *at != '\n' && *at != '\t') return false;
    if (*at == 0x7f || (*at == '\xef' && at[1] == '\xbb')) return false;
    if (*at == '\xc2' && at[1] == '\x85') return false; /* breaks of lines to YAML 1.1 */
    if (*at == '\xe2' && at[1] == '\x80' && (at[2] == '\xa8' || at[2] == '\xa9')) return false;
  }
  return text[len - 1] != '\n' || (len > 1 && text[len - 2] != '\n');
}

static void block(const Yaml *yaml, const char *text) {
  size_t len = strlen(text);
  text_puts(yaml->into, text[len - 1] == '\n' ? "|\n" : "|-\n");
  for (const char *end, *at = text; *at; at = *end ? end + 1 : end) {
    end = strchrnul(at, '\n');
    if (end > at)
      for (unsigned i = 0; i <= yaml->depth; i++) text_puts(yaml->into, "  ");
    text_add(yaml->into, at, (size_t)(end - at));
    text_putc(yaml->into, '\n');
  }
}

static void value(const Yaml *yaml, const char *text) {
  if (is_block(text)) {
    block(yaml, text);
    return;
  }
  scalar(text, false, yaml->into);
  text_putc(yaml->into, '\n');
}

/* ---- keys and items ---- */

static void key_of(Yaml *yaml, const char *key) {
  line(yaml);
  scalar(key, false, yaml->into);
  text_putc(yaml->into, ':');
}

void yaml_begin(Yaml *yaml, const char *key) {
  key_of(yaml, key);
  text_putc(yaml->into, '\n');
  yaml->depth++;
}

void yaml_item(Yaml *yaml) {
  line(yaml);
  text_puts(yaml->into, "- ");
  yaml->item = true;
  yaml->depth++;
}

void yaml_end(Yaml *yaml) { yaml->depth--; }

void yaml_text(Yaml *yaml, const char *key, const char *text) {
  key_of(yaml, key);
  text_putc(yaml->into, ' ');
  value(yaml, text);
}

void yaml_raw(Yaml *yaml, const char *key, const char *text) {
  key_of(yaml, key);
  text_putc(yaml->into, ' ');
  text_puts(yaml->into, text);
  text_putc(yaml->into, '\n');
}

void yaml_text_item(Yaml *yaml, const char *text) {
  line(yaml);
  text_puts(yaml->into, "- ");
  value(yaml, text);
}
