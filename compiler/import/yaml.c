#include "import/yaml.h"

#include "import/utf8.h"

#include <libfyaml.h>

enum {
  MOST_DEPTH = 64,
  LONGEST_TEXT = 16 << 20,
  RELEASE_EACH = 4 << 20,
  MOST_BYTES = 32 << 20,
  MOST_OPEN = 1000
};

static void no_output(struct fy_diag *diag_, void *user, const char *text, size_t len) {
  (void)diag_, (void)user, (void)text, (void)len;
}

struct fy_diag *yaml_diag(void) {
  struct fy_diag_cfg config;
  fy_diag_cfg_default(&config);
  config.fp = NULL;
  config.output_fn = no_output;
  struct fy_diag *made = fy_diag_create(&config);
  if (made) fy_diag_set_collect_errors(made, true);
  return made;
}

/* ---- what is wrong ---- */

static bool fail(Yaml *yaml, DiagCode code, Span span, const char *message) {
  if (!yaml->failed) diag(yaml->session->diags, code, span, "%s", message);
  yaml->failed = true;
  yaml->kind = YAML_END;
  return false;
}

/* The offset of a line and column as the library counts them. */
static uint32_t offset_of(const Source *source, int line, int column) {
  const char *at = source->text, *end = at + source->size;
  for (int k = 1; k < line && at < end; k++) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    at = newline ? newline + 1 : end;
  }
  size_t rest = (size_t)(end - at), more = column > 1 ? (size_t)column - 1 : 0;
  return (uint32_t)(at - source->text) + (uint32_t)(more < rest ? more : rest);
}

const char *yaml_complaint(struct fy_diag *kept, const Source *source, Span *span) {
  void *at = NULL;
  const struct fy_diag_error *first = kept ? fy_diag_errors_iterate(kept, &at) : NULL;
  uint32_t lo = source->base + (first ? offset_of(source, first->line, first->column) : 0);
  *span = (Span){lo, lo + 1};
  return first ? first->msg : NULL;
}

static bool fail_by_library(Yaml *yaml) {
  Span span;
  const char *message = yaml_complaint(yaml->diag, yaml->source, &span);
  return fail(yaml, DIAG_DOCUMENT, span, message ? message : "no YAML");
}

/* ---- events ---- */

static Span span_of(const Yaml *yaml, const struct fy_mark *from, const struct fy_mark *to) {
  size_t lo = from ? from->input_pos : 0, hi = to ? to->input_pos : lo;
  if (lo > yaml->source->size) lo = yaml->source->size;
  if (hi > yaml->source->size || hi <= lo) hi = lo + 1;
  return (Span){yaml->source->base + (uint32_t)lo, yaml->source->base + (uint32_t)hi};
}

static void release(Yaml *yaml, const struct fy_mark *mark) {
  if (!mark || mark->input_pos < yaml->released + RELEASE_EACH || mark->input_pos > yaml->source->size)
    return;
  yaml->released = (uint32_t)mark->input_pos;
  source_release(yaml->source, yaml->released - RELEASE_EACH / 2);
}

static YamlKind kind_of(Yaml *yaml, const struct fy_event *event) {
  switch (event->type) {
    case FYET_SCALAR:
      return YAML_SCALAR;
    case FYET_MAPPING_START:
      return YAML_MAPPING;
    case FYET_SEQUENCE_START:
      return YAML_SEQUENCE;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
      return YAML_CLOSE;
    case FYET_ALIAS:
      fail(yaml, DIAG_DOCUMENT_LIMIT, yaml->span, "a reference to another part of the document");
      return YAML_END;
    default:
      return YAML_END;
  }
}

static bool is_frame(const struct fy_event *event) {
  return event->type == FYET_STREAM_START || event->type == FYET_DOCUMENT_START ||
         event->type == FYET_DOCUMENT_END;
}

/* Over the event that is next, to the one behind it. */
static void advance(Yaml *yaml) {
  if (yaml->failed) return;
  if (yaml->used) fy_parser_event_free(yaml->parser, yaml->used);
  yaml->used = yaml->next;
  do {
    if (yaml->next != yaml->used) fy_parser_event_free(yaml->parser, yaml->next);
    yaml->next = fy_parser_parse(yaml->parser);
  } while (yaml->next && is_frame(yaml->next));
  if (!yaml->next) {
    fail_by_library(yaml);
    return;
  }
  const struct fy_mark *from = fy_event_start_mark(yaml->next);
  yaml->span = span_of(yaml, from, fy_event_end_mark(yaml->next));
  release(yaml, from);
  yaml->kind = kind_of(yaml, yaml->next);
}

/* The library looks for a `:` behind all brackets of a line before it says anything. */
static bool check_nesting(Yaml *yaml, uint32_t *open, unsigned char byte, Span span) {
  if (byte == '\n') *open = 0;
  *open += byte == '[' || byte == '{';
  *open -= *open && (byte == ']' || byte == '}');
  return *open < MOST_OPEN || fail(yaml, DIAG_DOCUMENT_LIMIT, span, "nested too deeply");
}

/* Only what YAML may be made of reaches the library, which never comes back from bytes that are not UTF-8. */
static bool check_bytes(Yaml *yaml) {
  const Source *source = yaml->source;
  uint32_t lo = source->base, open = 0;
  if (source->size > MOST_BYTES)
    return fail(yaml, DIAG_FILE_SIZE, (Span){lo, lo + 1}, "YAML of more than 32 MiB");
  const char *wrong = utf8_wrong(source->text, source->size);
  if (wrong) {
    lo += (uint32_t)(wrong - source->text);
    return fail(yaml, DIAG_UTF8, (Span){lo, lo + 1}, "this byte is no part of a UTF-8 character");
  }
  for (uint32_t i = 0; i < source->size; i++, lo++) {
    unsigned char byte = (unsigned char)source->text[i];
    if ((byte < ' ' && !strchr("\t\n\r", byte)) || !byte || byte == 0x7f)
      return fail(yaml, byte ? DIAG_DOCUMENT : DIAG_NUL, (Span){lo, lo + 1}, "a control character");
    if (!check_nesting(yaml, &open, byte, (Span){lo, lo + 1})) return false;
  }
  return true;
}

void yaml_open(Yaml *yaml, Session *session, const Source *source) {
  *yaml = (Yaml){.session = session, .source = source};
  if (!check_bytes(yaml)) return;
  yaml->diag = yaml_diag();
  const struct fy_parse_cfg config = {.flags = FYPCF_JSON_NONE | FYPCF_COLLECT_DIAG, .diag = yaml->diag};
  yaml->parser = fy_parser_create(&config);
  if (!yaml->parser || fy_parser_set_string(yaml->parser, source->text, source->size))
    fail(yaml, DIAG_DOCUMENT, (Span){source->base, source->base + 1}, "no YAML");
  advance(yaml);
}

void yaml_close(Yaml *yaml) {
  if (!yaml->failed && yaml->kind != YAML_END)
    fail(yaml, DIAG_DOCUMENT, yaml->span, "expected nothing after the value");
  if (yaml->used) fy_parser_event_free(yaml->parser, yaml->used);
  if (yaml->next) fy_parser_event_free(yaml->parser, yaml->next);
  if (yaml->parser) fy_parser_destroy(yaml->parser);
  if (yaml->diag) fy_diag_destroy(yaml->diag);
}

/* ---- values ---- */

static bool text_of(Yaml *yaml, YamlText *text) {
  size_t len = 0;
  const char *data = fy_token_get_text(yaml->next->scalar.value, &len);
  if (len > LONGEST_TEXT) return fail(yaml, DIAG_DOCUMENT_LIMIT, yaml->span, "a text that is too long");
  if (data && memchr(data, 0, len)) return fail(yaml, DIAG_NUL, yaml->span, "a NUL character in a text");
  *text = (YamlText){data ? data : "", len, yaml->span};
  return true;
}

/* Whether the scalar that is next says that nothing is there. */
static bool is_nothing(Yaml *yaml) {
  YamlText text;
  if (yaml->kind != YAML_SCALAR || !text_of(yaml, &text)) return false;
  return !text.len || yaml_is(&text, "~") || yaml_is(&text, "null");
}

static bool open_kind(Yaml *yaml, YamlKind kind, const char *what) {
  if (yaml->failed) return false;
  if (yaml->kind == kind) {
    if (++yaml->depth > MOST_DEPTH) return fail(yaml, DIAG_DOCUMENT_LIMIT, yaml->span, "nested too deeply");
    advance(yaml);
    return true;
  }
  if (!is_nothing(yaml)) diag(yaml->session->diags, DIAG_DOCUMENT, yaml->span, "expected %s", what);
  yaml_skip(yaml);
  return false;
}

bool yaml_mapping(Yaml *yaml) { return open_kind(yaml, YAML_MAPPING, "a mapping"); }
bool yaml_sequence(Yaml *yaml) { return open_kind(yaml, YAML_SEQUENCE, "a sequence"); }

bool yaml_element(Yaml *yaml) {
  if (yaml->failed) return false;
  if (yaml->kind == YAML_END) return fail(yaml, DIAG_DOCUMENT, yaml->span, "the document ends too early");
  if (yaml->kind != YAML_CLOSE) return true;
  yaml->depth--;
  advance(yaml);
  return false;
}

bool yaml_member(Yaml *yaml, YamlText *key) {
  if (!yaml_element(yaml)) return false;
  if (yaml->kind != YAML_SCALAR) return fail(yaml, DIAG_DOCUMENT, yaml->span, "expected a name");
  if (!text_of(yaml, key)) return false;
  advance(yaml);
  return !yaml->failed;
}

bool yaml_scalar(Yaml *yaml, YamlText *text) {
  if (yaml->failed) return false;
  if (yaml->kind != YAML_SCALAR) {
    diag(yaml->session->diags, DIAG_DOCUMENT, yaml->span, "expected a text or a number");
    yaml_skip(yaml);
    return false;
  }
  if (!text_of(yaml, text)) return false;
  advance(yaml);
  return !yaml->failed;
}

void yaml_skip(Yaml *yaml) {
  uint32_t open = 0;
  do {
    if (yaml->failed || yaml->kind == YAML_END) return;
    bool deeper = yaml->kind == YAML_MAPPING || yaml->kind == YAML_SEQUENCE;
    if (yaml->kind == YAML_CLOSE && !open) return;
    if (deeper && open + yaml->depth >= MOST_DEPTH) {
      fail(yaml, DIAG_DOCUMENT_LIMIT, yaml->span, "nested too deeply");
      return;
    }
    open += deeper;
    open -= yaml->kind == YAML_CLOSE;
    advance(yaml);
  } while (open);
}
