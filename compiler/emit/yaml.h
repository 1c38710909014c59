/* yaml.h: YAML as a person would write it: block style, text in the least quotes that it needs. */
#ifndef WEFT_EMIT_YAML_H
#define WEFT_EMIT_YAML_H

#include "base/vec.h"

#include <stdbool.h>

/* A document under way.  Keys and items go on lines of their own, indented by two blanks a level. */
typedef struct Yaml {
  Text *into;
  unsigned depth;
  bool item; /* "- " was written: the next key goes on the same line */
} Yaml;

/* `key:` on a line of its own; what belongs to it comes one level deeper, up to yaml_end. */
void yaml_begin(Yaml *yaml, const char *key);
/* The next item of a list; its keys come one level deeper, up to yaml_end. */
void yaml_item(Yaml *yaml);
void yaml_end(Yaml *yaml);
/* `key: text`, quoted as needed; several lines as a block. */
void yaml_text(Yaml *yaml, const char *key, const char *text);
/* `key: text`, as it is: numbers, true, flow style. */
void yaml_raw(Yaml *yaml, const char *key, const char *text);
/* `- text`, quoted as needed. */
void yaml_text_item(Yaml *yaml, const char *text);
/* A text as it can stand in flow style, on one line. */
void yaml_flow(const char *text, Text *into);

#endif
