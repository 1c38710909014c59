/* yaml_in.c: YAML through libfyaml into the same tree as JSON.  Aliases are followed here, with a bound on what
 * they expand to, and not by the library, which would copy without end what refers to itself many times. */
#include <libfyaml.h>
#include <string.h>

#include "arena.h"
#include "input.h"
#include "text.h"

enum { DEEPEST = 500, MOST_ALIASED = 1000000, MOST_BYTES = 4 << 20 };

typedef struct Reader {
  RtArena *arena;
  struct fy_document *document;
  const char *name;
  int depth;
  int aliased;      /* inside how many aliases */
  int64_t expanded; /* nodes made there */
  RtError *error;
} Reader;

static void place_of(struct fy_node *node, uint32_t *line, uint32_t *column) {
  struct fy_token *token = fy_node_is_scalar(node) ? fy_node_get_scalar_token(node) : NULL;
  const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
  if (!mark) return;
  *line = (uint32_t)mark->line + 1;
  *column = (uint32_t)mark->column +
            (fy_node_is_alias(node) ? 0 : 1); /* an alias's token is after its star */
}

static RtNode *wrong(Reader *r, const RtNode *at, const char *code, const char *what) {
  error_set(r->error, code, NULL, "%s:%u:%u: %s", r->name, at->line, at->column, what);
  return NULL;
}

static int is_null(const char *text, size_t len) {
  return len == 0 || (len == 1 && *text == '~') ||
         (len == 4 &&
          (memcmp(text, "null", 4) == 0 || memcmp(text, "Null", 4) == 0 || memcmp(text, "NULL", 4) == 0));
}

static RtNode *read_node(Reader *r, struct fy_node *from, uint32_t line, uint32_t column);

static RtNode *read_scalar(Reader *r, struct fy_node *from, RtNode *node) {
  size_t len = 0;
  const char *text = fy_node_get_scalar(from, &len);
  if (!text) text = "";
  if (memchr(text, 0, len)) return wrong(r, node, "R0015", "a String cannot hold a NUL byte");
  if (!utf8_valid(text, len, NULL)) return wrong(r, node, "R0015", "not valid UTF-8");
  int plain = fy_node_get_style(from) == FYNS_PLAIN;
  node->kind = plain ? (is_null(text, len) ? NODE_NULL : NODE_PLAIN) : NODE_STRING;
  node->text = arena_copy(r->arena, text, len);
  node->len = len;
  return node;
}

static RtNode *read_alias(Reader *r, struct fy_node *from, RtNode *node) {
  size_t len = 0;
  const char *text = fy_node_get_scalar(from, &len);
  struct fy_anchor *anchor = text ? fy_document_lookup_anchor(r->document, text, len) : NULL;
  struct fy_node *target = anchor ? fy_anchor_node(anchor) : NULL;
  if (!target) return wrong(r, node, "R0030", "an alias of an anchor that is not there");
  r->aliased++;
  RtNode *read = read_node(r, target, node->line, node->column);
  r->aliased--;
  return read;
}

static RtNode *read_sequence(Reader *r, struct fy_node *from, RtNode *node) {
  RtNode **last = &node->first;
  void *at = NULL;
  for (struct fy_node *item; (item = fy_node_sequence_iterate(from, &at));) {
    RtNode *child = read_node(r, item, node->line, node->column);
    if (!child) return NULL;
    *last = child;
    last = &child->next;
    node->len++;
  }
  node->kind = NODE_ARRAY;
  return node;
}

/* A value without a place of its own (an empty one, a block) has that of its key. */
static RtNode *read_pair(Reader *r, struct fy_node_pair *pair, const RtNode *parent) {
  RtNode *key = fy_node_pair_key(pair) ? read_node(r, fy_node_pair_key(pair), parent->line, parent->column)
                                       : NULL;
  if (!key) return NULL;
  if (!key->text) return wrong(r, key, "R0030", "a key that is not a name");
  struct fy_node *value = fy_node_pair_value(pair);
  RtNode *child = value ? read_node(r, value, key->line, key->column) : arena_alloc(r->arena, sizeof *child);
  if (!child) return NULL;
  if (!value) child->line = key->line, child->column = key->column;
  child->key = key->text;
  child->key_line = key->line;
  child->key_column = key->column;
  return child;
}

static RtNode *read_mapping(Reader *r, struct fy_node *from, RtNode *node) {
  RtNode **last = &node->first;
  void *at = NULL;
  for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(from, &at));) {
    RtNode *child = read_pair(r, pair, node);
    if (!child) {
      if (!r->error->text[0]) wrong(r, node, "R0030", "a key that is not a name");
      return NULL;
    }
    *last = child;
    last = &child->next;
    node->len++;
  }
  node->kind = NODE_OBJECT;
  return node;
}

static RtNode *read_node(Reader *r, struct fy_node *from, uint32_t line, uint32_t column) {
  RtNode *node = arena_alloc(r->arena, sizeof *node);
  node->line = line;
  node->column = column;
  place_of(from, &node->line, &node->column);
  if (r->depth >= DEEPEST) return wrong(r, node, "R0035", "nested too deeply");
  if (r->aliased && ++r->expanded > MOST_ALIASED)
    return wrong(r, node, "R0035", "aliases that expand without bound");
  r->depth++;
  RtNode *read = fy_node_is_alias(from)      ? read_alias(r, from, node)
                 : fy_node_is_scalar(from)   ? read_scalar(r, from, node)
                 : fy_node_is_sequence(from) ? read_sequence(r, from, node)
                                             : read_mapping(r, from, node);
  r->depth--;
  return read;
}

/* Swallows what the library would print. */
static void no_output(struct fy_diag *diag, void *user, const char *text, size_t len) {
  (void)diag, (void)user, (void)text, (void)len;
}

static void explain(struct fy_diag *diag, const char *name, RtError *error) {
  void *at = NULL;
  struct fy_diag_error *first = fy_diag_errors_iterate(diag, &at);
  if (!first)
    error_set(error, "R0030", NULL, "%s: the document is empty", name);
  else
    error_set(error, "R0030", NULL, "%s:%d:%d: %s", name, first->line, first->column, first->msg);
}

static RtNode *read_document(RtArena *arena, struct fy_document *document, const char *name, RtError *error) {
  Reader r = {.arena = arena, .document = document, .name = name, .error = error};
  struct fy_node *root = fy_document_root(document);
  error->text[0] = 0;
  if (root) return read_node(&r, root, 1, 1);
  error_set(error, "R0030", NULL, "%s: the document is empty", name);
  return NULL;
}

/* Only what YAML may be made of reaches the library: version 0.7 never comes back from bytes that are not UTF-8. */
static int check_bytes(const char *text, size_t len, const char *name, RtError *error) {
  uint32_t line = 1, column = 1, rune;
  for (const char *at = text, *end = text + len; at < end; column++) {
    int step = utf8_decode(at, end, &rune);
    if (!step) return error_set(error, "R0015", NULL, "%s:%u:%u: not valid UTF-8", name, line, column);
    if ((rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r') || rune == 0x7f)
      return error_set(error, rune ? "R0030" : "R0015", NULL, "%s:%u:%u: the control character 0x%02x", name,
                       line, column, rune);
    if (rune == '\n') line++, column = 0;
    at += step;
  }
  return 1;
}

/* The library takes up to 350 bytes of memory for a byte of text, all of which it may read before it says no. */
static int check_size(size_t len, const char *name, RtError *error) {
  if (len <= MOST_BYTES) return 1;
  return error_set(error, "R0037", "JSON may be of any size", "%s: a YAML document of more than 4 MiB", name);
}

RtNode *yaml_parse(RtArena *arena, const char *text, size_t len, const char *name, RtError *error) {
  if (!check_size(len, name, error) || !check_bytes(text, len, name, error)) return NULL;
  struct fy_diag_cfg diag_cfg;
  fy_diag_cfg_default(&diag_cfg);
  diag_cfg.fp = NULL;
  diag_cfg.output_fn = no_output;
  diag_cfg.level = FYET_ERROR;
  diag_cfg.colorize = false;
  struct fy_diag *diag = fy_diag_create(&diag_cfg);
  if (!diag) arena_exhausted(sizeof diag_cfg);
  fy_diag_set_collect_errors(diag, true);
  const struct fy_parse_cfg cfg = {.flags = FYPCF_JSON_NONE | FYPCF_COLLECT_DIAG, .diag = diag};
  struct fy_document *document = fy_document_build_from_string(&cfg, text, len);
  RtNode *root = document ? read_document(arena, document, name, error) : NULL;
  if (!document) explain(diag, name, error);
  fy_document_destroy(document);
  fy_diag_destroy(diag);
  return root;
}
