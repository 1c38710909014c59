/* yaml.h: a pull reader of YAML with positions, over libfyaml's events: nothing is kept of what was read.  Used as that of
 * JSON (json.h).  What refers to another part of the document is an error, so that a small document stays small. */
#ifndef WEFT_IMPORT_YAML_H
#define WEFT_IMPORT_YAML_H

#include "base/session.h"

#include <string.h>

typedef struct YamlText {
  const char *data; /* good until the next call */
  size_t len;
  Span span;
} YamlText;

typedef enum YamlKind { YAML_END, YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE, YAML_CLOSE } YamlKind;

struct fy_parser;
struct fy_event;
struct fy_diag;
typedef struct Yaml {
  Session *session;
  const Source *source;
  struct fy_parser *parser;
  struct fy_diag *diag;
  struct fy_event *next, *used; /* the one that is looked at; the one whose text was given out last */
  YamlKind kind;                /* of `next` */
  Span span;                    /* where it is */
  uint32_t depth, released;
  bool failed;
} Yaml;

void yaml_open(Yaml *yaml, Session *session, const Source *source);
/* Nothing may follow the value that was read. */
void yaml_close(Yaml *yaml);
/* Whether the next value is a mapping, a sequence: it is opened.  Anything else is told and read over; an empty scalar is
 * as good as an empty one of these. */
bool yaml_mapping(Yaml *yaml);
bool yaml_sequence(Yaml *yaml);
/* The next pair of the mapping, its value being next; false: it is closed. */
bool yaml_member(Yaml *yaml, YamlText *key);
/* Whether the sequence has another element, which is next; false: it is closed. */
bool yaml_element(Yaml *yaml);
/* A scalar. Anything else is told and read over. */
bool yaml_scalar(Yaml *yaml, YamlText *text);
void yaml_skip(Yaml *yaml);

/* Where the library's messages go: they are kept, not printed. NULL: out of memory. */
struct fy_diag *yaml_diag(void);
/* The first of them and its place; NULL: there is none, and the place is where the source begins. */
const char *yaml_complaint(struct fy_diag *kept, const Source *source, Span *span);

static inline bool yaml_is(const YamlText *text, const char *word) {
  return strlen(word) == text->len && !memcmp(text->data, word, text->len);
}

#endif
