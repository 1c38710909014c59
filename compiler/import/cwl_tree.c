#include "import/cwl_tree.h"

#include "base/hash.h"
#include "base/vec.h"
#include "import/utf8.h"
#include "import/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reader {
  Session *session;
  const Source *source;
  struct fy_document *document;
  uint32_t depth, aliased, expanded;
} Reader;

static Tree *wrong(const Reader *reader, Span span, const char *what) {
  diag(reader->session->diags, DIAG_DOCUMENT, span, "%s", what);
  return NULL;
}

static Tree *too_much(const Reader *reader, Span span, const char *what) {
  diag(reader->session->diags, DIAG_DOCUMENT_LIMIT, span, "%s", what);
  return NULL;
}

static Span span_of(const Reader *reader, struct fy_node *node, Span above) {
  struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
  const struct fy_mark *from = token ? fy_token_start_mark(token) : NULL;
  const struct fy_mark *to = token ? fy_token_end_mark(token) : NULL;
  if (!from || !to || to->input_pos > reader->source->size || from->input_pos >= to->input_pos) return above;
  uint32_t base = reader->source->base;
  return (Span){base + (uint32_t)from->input_pos, base + (uint32_t)to->input_pos};
}

/* ---- plain scalars: the core schema of YAML 1.2 ---- */

static bool is_one_of(const char *text, const char *const *words) {
  for (; *words; words++)
    if (!strcmp(text, *words)) return true;
  return false;
}

static TreeKind plain_kind(const char *text) {
  static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
  static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
  if (is_one_of(text, nulls)) return TREE_NULL;
  if (is_one_of(text, bools)) return TREE_BOOL;
  const char *digits = text + (*text == '-' || *text == '+');
  size_t whole = strspn(digits, "0123456789");
  if (whole && !digits[whole]) return TREE_INT;
  char *end;
  bool number = (whole || *digits == '.') && strspn(digits, "0123456789.eE+-") == strlen(digits);
  if (number && (strtod(text, &end), !*end)) return TREE_FLOAT;
  return TREE_STRING;
}

static Tree *read_scalar(const Reader *reader, struct fy_node *from, Tree *tree) {
  size_t len = 0;
  const char *text = fy_node_get_scalar(from, &len);
  if (!text) text = "";
  if (memchr(text, 0, len)) return wrong(reader, tree->span, "a text with a NUL byte");
  tree->text = arena_text(reader->session->arena, text, len);
  tree->len = len;
  tree->kind = fy_node_get_style(from) == FYNS_PLAIN ? (uint8_t)plain_kind(tree->text) : TREE_STRING;
  return tree;
}

static Tree *read_node(Reader *reader, struct fy_node *from, Span above);

static Tree *read_alias(Reader *reader, struct fy_node *from, const Tree *tree) {
  size_t len = 0;
  const char *text = fy_node_get_scalar(from, &len);
  struct fy_anchor *anchor = text ? fy_document_lookup_anchor(reader->document, text, len) : NULL;
  struct fy_node *target = anchor ? fy_anchor_node(anchor) : NULL;
  if (!target) return wrong(reader, tree->span, "an alias of an anchor that is not there");
  reader->aliased++;
  Tree *read = read_node(reader, target, tree->span);
  reader->aliased--;
  return read;
}

static Tree *read_list(Reader *reader, struct fy_node *from, Tree *tree) {
  Tree **last = &tree->first;
  void *at = NULL;
  tree->kind = TREE_LIST;
  for (struct fy_node *item; (item = fy_node_sequence_iterate(from, &at)); last = &(*last)->next) {
    if (!(*last = read_node(reader, item, tree->span))) return NULL;
    tree->count++;
  }
  return tree;
}

static Tree *read_pair(Reader *reader, struct fy_node_pair *pair, const Tree *map, Map *keys) {
  struct fy_node *from = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
  const Tree *key = from ? read_node(reader, from, map->span) : NULL;
  if (from && !key) return NULL;
  if (!key || !tree_is_scalar(key)) return wrong(reader, map->span, "a key that is not a name");
  uint64_t name = (uint64_t)intern(reader->session->names, key->text, key->len) + 1;
  if (map_get(keys, name)) return wrong(reader, (Span){key->span.lo, key->span.lo + 1}, "duplicate key");
  map_put(keys, name, 1);
  Tree *tree = value ? read_node(reader, value, key->span) : ARENA_NEW(reader->session->arena, Tree);
  if (!tree) return NULL;
  if (!value) *tree = (Tree){.span = key->span, .text = ""};
  tree->key = key->text;
  tree->key_span = key->span;
  return tree;
}

/* The library would look for each key among all before it. */
static Tree *read_map(Reader *reader, struct fy_node *from, Tree *tree) {
  Tree **last = &tree->first;
  void *at = NULL;
  Map keys = {0};
  struct fy_node_pair *pair;
  tree->kind = TREE_MAP;
  for (; (pair = fy_node_mapping_iterate(from, &at)); last = &(*last)->next) {
    if (!(*last = read_pair(reader, pair, tree, &keys))) break;
    tree->count++;
  }
  map_free(&keys);
  return pair ? NULL : tree;
}

static Tree *read_node(Reader *reader, struct fy_node *from, Span above) {
  Tree *tree = ARENA_NEW(reader->session->arena, Tree);
  tree->span = span_of(reader, from, above);
  if (reader->depth >= TREE_DEEPEST) return too_much(reader, tree->span, "the document is nested too deeply");
  if (reader->aliased && ++reader->expanded > TREE_MOST_ALIASED)
    return too_much(reader, tree->span, "aliases that expand without bound");
  reader->depth++;
  Tree *read = fy_node_is_alias(from)      ? read_alias(reader, from, tree)
               : fy_node_is_scalar(from)   ? read_scalar(reader, from, tree)
               : fy_node_is_sequence(from) ? read_list(reader, from, tree)
                                           : read_map(reader, from, tree);
  reader->depth--;
  return read;
}

/* ---- the document ---- */

/* Only what YAML may be made of reaches the library: version 0.7 never comes back from bytes that are not UTF-8. */
static bool bytes_fit(const Reader *reader) {
  const Source *source = reader->source;
  const char *bad = utf8_wrong(source->text, source->size), *end = bad ? bad : source->text + source->size;
  for (const char *at = source->text; at < end; at++)
    if (((unsigned char)*at < ' ' && !memchr("\t\n\r", *at, 3)) || *at == 0x7f) {
      bad = at;
      break;
    }
  if (!bad) return true;
  uint32_t lo = source->base + (uint32_t)(bad - source->text);
  wrong(reader, (Span){lo, lo + 1}, (unsigned char)*bad < 0x80 ? "a control character" : "not valid UTF-8");
  return false;
}

static Tree *build(Reader *reader, struct fy_diag *sink) {
  const struct fy_parse_cfg cfg = {.flags = FYPCF_JSON_NONE | FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS,
                                   .diag = sink};
  reader->document = fy_document_build_from_string(&cfg, reader->source->text, reader->source->size);
  struct fy_node *root = reader->document ? fy_document_root(reader->document) : NULL;
  Span all = {reader->source->base, reader->source->base + 1};
  Tree *tree = root ? read_node(reader, root, all) : NULL;
  if (!root) {
    const char *complaint = yaml_complaint(sink, reader->source, &all);
    wrong(reader, all, complaint ? complaint : "the document is empty");
  }
  fy_document_destroy(reader->document);
  return tree;
}

Tree *tree_read(Session *session, const Source *source) {
  Reader reader = {.session = session, .source = source};
  Span start = {source->base, source->base + 1};
  if (source->size > TREE_MOST_BYTES) return too_much(&reader, start, "a document of more than 4 MiB");
  if (!bytes_fit(&reader)) return NULL; /* how deep a document nests, the library bounds itself */
  struct fy_diag *sink = yaml_diag();
  if (!sink) return too_much(&reader, start, "out of memory");
  Tree *tree = build(&reader, sink);
  fy_diag_destroy(sink);
  return tree;
}

/* ---- looking at it ---- */

Tree *tree_get(const Tree *map, const char *key) {
  if (!map || map->kind != TREE_MAP) return NULL;
  for (Tree *child = map->first; child; child = child->next)
    if (!strcmp(child->key, key)) return child;
  return NULL;
}

Tree *tree_given(const Tree *map, const char *key) {
  Tree *value = tree_get(map, key);
  return value && value->kind != TREE_NULL ? value : NULL;
}

const char *tree_text(const Tree *tree) {
  return tree && tree_is_scalar(tree) && tree->kind != TREE_NULL ? tree->text : NULL;
}

const char *tree_get_text(const Tree *map, const char *key) { return tree_text(tree_get(map, key)); }

bool tree_is(const Tree *tree, const char *text) {
  const char *own = tree_text(tree);
  return own && !strcmp(own, text);
}

static bool is_json_number(const char *text) {
  if (*text == '-') text++;
  size_t whole = strspn(text, "0123456789");
  if (!whole || (*text == '0' && whole > 1)) return false;
  text += whole;
  if (*text == '.') {
    size_t digits = strspn(++text, "0123456789");
    if (!digits) return false;
    text += digits;
  }
  if (*text == 'e' || *text == 'E') {
    text++;
    if (*text == '+' || *text == '-') text++;
    size_t digits = strspn(text, "0123456789");
    if (!digits) return false;
    text += digits;
  }
  return !*text;
}

static void json_scalar(const Tree *tree, Text *into) {
  if (tree->kind == TREE_NULL)
    text_puts(into, "null");
  else if (tree->kind == TREE_BOOL)
    text_puts(into, (*tree->text | 32) == 't' ? "true" : "false");
  else if (tree->kind == TREE_STRING)
    text_json(into, tree->text, tree->len);
  else if (is_json_number(tree->text))
    text_puts(into, tree->text);
  else
    text_addf(into, "%.17g", strtod(tree->text, NULL));
}

void tree_json(const Tree *tree, Text *into) {
  if (tree_is_scalar(tree)) {
    json_scalar(tree, into);
    return;
  }
  bool map = tree->kind == TREE_MAP;
  text_putc(into, map ? '{' : '[');
  for (const Tree *child = tree->first; child; child = child->next) {
    if (child != tree->first) text_puts(into, ", ");
    if (map) {
      text_json(into, child->key, strlen(child->key));
      text_puts(into, ": ");
    }
    tree_json(child, into);
  }
  text_putc(into, map ? '}' : ']');
}
